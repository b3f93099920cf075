//! How many requests are in flight together: more while the service answers as fast as ever, fewer when it struggles.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::call_error::CallError;
use super::item_answer::ItemAnswer;
use super::retry::Failure;
use super::transport::TransportErrorKind;

/// Trouble leaves this much of the limit.
const AFTER_TROUBLE: f64 = 0.7;
/// Answers that are far slower than the best leave this much of it.
const AFTER_SLOWNESS: f64 = 0.9;
/// The mean of a round is near the best while it is below this many times the best, and [`NEAR_SLACK`].
const NEAR: f64 = 1.5;
const NEAR_SLACK: Duration = Duration::from_millis(20);
/// It is far above the best from this many times the best, and [`FAR_SLACK`].
const FAR: f64 = 3.0;
const FAR_SLACK: Duration = Duration::from_millis(50);
/// The best mean is remembered for one to two of these.
const BEST_LASTS: Duration = Duration::from_secs(60);

/// The bounds of a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GateSettings {
    pub min: u32,
    pub start: u32,
    pub max: u32,
}

impl Default for GateSettings {
    /// From 8 on, between 1 and 32: Microsoft publishes no number for the directory; 32 batches of twenty in flight are far more
    /// than any write budget lasts for.
    fn default() -> GateSettings {
        GateSettings {
            min: 1,
            start: 8,
            max: 32,
        }
    }
}

/// How a request ended, as far as the load of the service is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// An answer, also a refusal of the content.
    Good,
    /// 429, of the whole or of an item.
    Throttled,
    /// 503, 504, a timeout, a connection that broke or was not taken.
    Overloaded,
}

impl Ending {
    /// What the answers to a batch, or the lack of them, say about the load of the service.
    pub fn of(outcome: &Result<Vec<ItemAnswer>, CallError>) -> Ending {
        match outcome {
            Err(error) => Ending::of_failure(&error.failure()),
            Ok(answers) => {
                let endings = answers.iter().filter_map(ItemAnswer::failure);
                endings.fold(Ending::Good, |worst, failure| {
                    match (worst, Ending::of_failure(&failure)) {
                        (Ending::Overloaded, _) | (_, Ending::Overloaded) => Ending::Overloaded,
                        (Ending::Throttled, _) | (_, Ending::Throttled) => Ending::Throttled,
                        _ => Ending::Good,
                    }
                })
            }
        }
    }

    pub(super) fn of_failure(failure: &Failure) -> Ending {
        match failure {
            Failure::Answer { status: 429, .. } => Ending::Throttled,
            Failure::Answer {
                status: 502..=504, ..
            } => Ending::Overloaded,
            Failure::Transport { kind, .. } => match kind {
                TransportErrorKind::Certificate
                | TransportErrorKind::BodyTooLarge
                | TransportErrorKind::Other => Ending::Good,
                _ => Ending::Overloaded,
            },
            _ => Ending::Good,
        }
    }
}

/// What the decision is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heard {
    /// As many good answers as the limit allows in flight.
    Round {
        /// How many of them were on their way when the gate was full.
        while_full: u32,
        answers: u32,
        /// Their mean latency, and the best mean of late.
        mean: Duration,
        best: Duration,
        /// Nothing has ever stood in the way yet.
        opening: bool,
    },
    Trouble,
}

/// The next limit. Pure.
pub(super) fn next_limit(limit: u32, heard: Heard, settings: GateSettings) -> u32 {
    let shrunk = |share: f64| (f64::from(limit) * share).floor() as u32;
    let next = match heard {
        Heard::Trouble => shrunk(AFTER_TROUBLE),
        Heard::Round {
            while_full,
            answers,
            mean,
            best,
            opening,
        } => {
            let near = mean <= best.mul_f64(NEAR) + NEAR_SLACK;
            let full = while_full * 2 >= answers;
            // A short run would be over before single steps have opened the gate: it doubles, and takes the doubling that was
            // too much back.
            match (full && near, opening) {
                (true, true) => limit.saturating_mul(2),
                (true, false) => limit + 1,
                (false, true) if !near => limit / 2,
                (false, _) if mean > best.mul_f64(FAR) + FAR_SLACK => shrunk(AFTER_SLOWNESS),
                (false, _) => limit,
            }
        }
    };
    next.clamp(settings.min.max(1), settings.max.max(1))
}

/// One for everything that is sent to the service.
#[derive(Debug, Clone)]
pub struct Gate {
    settings: GateSettings,
    places: Arc<Semaphore>,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Debug)]
struct Shared {
    limit: u32,
    inside: u32,
    sending: u32,
    /// When the gate was last full of requests on their way.
    full_at: Option<Instant>,
    /// Places that were taken away and are still in use.
    to_remove: u32,
    /// Answers to what was sent before say nothing about the limit as it is now.
    shrunk_at: Option<Instant>,
    /// Until something stands in the way for the first time, the limit doubles from round to round.
    opening: bool,
    round: Round,
    /// The best mean latency of this time and of the time before.
    best: (Option<Duration>, Option<Duration>),
    best_since: Instant,
}

#[derive(Debug, Default)]
struct Round {
    answers: u32,
    while_full: u32,
    latency: Duration,
}

/// A place inside the gate. Dropped without [`Pass::done`] it only gives the place back.
#[derive(Debug)]
pub struct Pass {
    gate: Gate,
    permit: Option<OwnedSemaphorePermit>,
    /// When the request left.
    sent: Option<Instant>,
}

impl Gate {
    pub fn new(settings: GateSettings) -> Gate {
        let limit = settings.start.clamp(settings.min.max(1), settings.max.max(1));
        Gate {
            settings,
            places: Arc::new(Semaphore::new(limit as usize)),
            shared: Arc::new(Mutex::new(Shared {
                limit,
                inside: 0,
                sending: 0,
                full_at: None,
                to_remove: 0,
                shrunk_at: None,
                opening: true,
                round: Round::default(),
                best: (None, None),
                best_since: Instant::now(),
            })),
        }
    }

    /// Waits for a place. Who comes first is let in first. Can be cancelled at any moment.
    pub async fn enter(&self) -> Pass {
        // The semaphore is never closed; were it, nobody should be locked out.
        let permit = self.places.clone().acquire_owned().await.ok();
        self.shared().inside += 1;
        Pass {
            gate: self.clone(),
            permit,
            sent: None,
        }
    }

    /// How many may be inside at the moment.
    pub fn limit(&self) -> u32 {
        self.shared().limit
    }

    /// How many are inside at the moment.
    pub fn in_flight(&self) -> u32 {
        self.shared().inside
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hear(&self, shared: &mut Shared, sent: Instant, latency: Duration, ending: Ending) {
        if shared.shrunk_at.is_some_and(|shrunk| sent < shrunk) {
            return;
        }
        let was_full = shared.full_at.is_some_and(|full| full >= sent);
        if ending != Ending::Good {
            self.set_limit(shared, next_limit(shared.limit, Heard::Trouble, self.settings));
            shared.shrunk_at = Some(Instant::now());
            shared.round = Round::default();
            shared.opening = false;
            return;
        }
        shared.round.answers += 1;
        shared.round.while_full += u32::from(was_full);
        shared.round.latency += latency;
        if shared.round.answers < shared.limit {
            return;
        }
        let round = std::mem::take(&mut shared.round);
        let mean = round.latency / round.answers;
        let heard = Heard::Round {
            while_full: round.while_full,
            answers: round.answers,
            mean,
            best: shared.best_with(mean),
            opening: shared.opening,
        };
        let next = next_limit(shared.limit, heard, self.settings);
        shared.opening &= next > shared.limit;
        if next < shared.limit {
            shared.shrunk_at = Some(Instant::now());
        }
        self.set_limit(shared, next);
    }

    fn set_limit(&self, shared: &mut Shared, next: u32) {
        if next > shared.limit {
            let more = next - shared.limit;
            let kept = more.min(shared.to_remove);
            shared.to_remove -= kept;
            self.places.add_permits((more - kept) as usize);
        } else {
            let fewer = shared.limit - next;
            let removed = self.places.forget_permits(fewer as usize) as u32;
            shared.to_remove += fewer - removed;
        }
        shared.limit = next;
    }
}

impl Shared {
    /// Takes a round's mean in and gives the best of late.
    fn best_with(&mut self, mean: Duration) -> Duration {
        if self.best_since.elapsed() >= BEST_LASTS {
            self.best = (None, self.best.0);
            self.best_since = Instant::now();
        }
        let newest = self.best.0.map_or(mean, |best| best.min(mean));
        self.best.0 = Some(newest);
        self.best.1.map_or(newest, |before| before.min(newest))
    }
}

impl Pass {
    /// The request leaves now. Waiting for the pacer's turn inside the gate is no load for the service, so a gate counts as full
    /// only when it is full of requests on their way: where nobody calls this, the limit never rises.
    pub fn sends(&mut self) {
        if self.sent.is_some() {
            return;
        }
        let mut shared = self.gate.shared();
        let now = Instant::now();
        shared.sending += 1;
        if shared.sending >= shared.limit {
            shared.full_at = Some(now);
        }
        self.sent = Some(now);
    }

    /// The answer came after this time, or did not. Latencies of like requests are compared, so only batches of writes, or only
    /// pages, should go through one gate.
    pub fn done(mut self, latency: Duration, ending: Ending) {
        let now = Instant::now();
        let sent = self.sent.or(now.checked_sub(latency)).unwrap_or(now);
        let gate = self.gate.clone();
        gate.hear(&mut gate.shared(), sent, latency, ending);
        self.give_back();
    }

    fn give_back(&mut self) {
        let Some(permit) = self.permit.take() else { return };
        let mut shared = self.gate.shared();
        shared.inside -= 1;
        if self.sent.is_some() {
            shared.sending -= 1;
        }
        if shared.to_remove > 0 {
            shared.to_remove -= 1;
            permit.forget();
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.give_back();
    }
}
