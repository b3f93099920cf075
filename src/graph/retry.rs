//! Whether a request that failed is sent again, and when. Pure: time and chance are handed in.
//!
//! Facts: <https://learn.microsoft.com/graph/throttling>, <https://learn.microsoft.com/graph/errors>,
//! <https://learn.microsoft.com/graph/best-practices-concept>.

use std::time::Duration;

use tokio::time::Instant;

use super::error::NO_GRAPH_ERROR;
use super::transport::{TransportError, TransportErrorKind};

/// For trouble that may pass but need not: attempts in all, the first one counted.
pub const ATTEMPTS_FEW: u32 = 5;
/// For a host that never answered anything: its name or the way to it is probably wrong.
pub const ATTEMPTS_FIRST_CONTACT: u32 = 3;
/// For an object that was created moments ago and is not visible everywhere yet: one to two minutes in all. Microsoft's article
/// "Designing for eventual consistency for Microsoft Entra" advises to repeat with growing waits.
pub const ATTEMPTS_JUST_CREATED: u32 = 8;
/// Own waits double from the first to the second of these.
pub const BACKOFF_FIRST: Duration = Duration::from_secs(1);
/// The longest wait of our own; the service may ask for more.
pub const BACKOFF_MAX: Duration = Duration::from_secs(60);

/// A wish that is repeated is stretched to at most so many times itself.
const WISH_STRETCHED_MAX: u32 = 4;

/// What a request or one item of a `$batch` failed with, as far as the decision needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// An answer with an error status.
    Answer {
        status: u16,
        code: String,
        retry_after: Option<Duration>,
    },
    /// No complete answer.
    Transport {
        kind: TransportErrorKind,
        sent: bool,
        first_contact: bool,
    },
    /// An answer that cannot be understood, or none (or two) for an item: anything may have happened.
    Unreadable,
    /// No token. `transient` says whether another try may help.
    SignIn {
        transient: bool,
        /// It may be so for good, and only a few more tries tell.
        doubtful: bool,
        first_contact: bool,
        retry_after: Option<Duration>,
    },
    /// It was never sent and will not be: it cannot be said in a request, or the deadline has passed.
    NotSent,
}

impl Failure {
    pub fn transport(error: &TransportError) -> Failure {
        Failure::Transport {
            kind: error.kind,
            sent: error.sent,
            first_contact: error.first_contact,
        }
    }

    /// Whether the service may have done what was asked all the same.
    pub fn may_have_been_applied(&self) -> bool {
        match self {
            Failure::Answer { status, code, .. } => {
                *status >= 500 && !matches!(status, 501 | 507 | 509) && !is_refusal_dressed_as_500(code)
            }
            Failure::Transport { sent, .. } => *sent,
            Failure::Unreadable => true,
            Failure::SignIn { .. } | Failure::NotSent => false,
        }
    }

    /// What went wrong, for people who wait.
    pub fn in_words(&self) -> String {
        match self {
            Failure::Answer { status: 429, .. } => "the service asked to wait".to_owned(),
            Failure::Answer { status, .. } => format!("the service answered {status}"),
            Failure::Transport { .. } => "the service cannot be reached".to_owned(),
            Failure::Unreadable => "the service answers what cannot be understood".to_owned(),
            Failure::SignIn {
                retry_after: Some(_), ..
            } => "the sign-in service asked to wait".to_owned(),
            Failure::SignIn { .. } => "the sign-in does not succeed".to_owned(),
            Failure::NotSent => "the request was not sent".to_owned(),
        }
    }

    /// An answer about the request's content, which the same request would get every time.
    fn is_refusal(&self) -> bool {
        match self {
            Failure::Answer { status, code, .. } => match status {
                401 | 408 | 429 => false,
                409 => !is_concurrency(code),
                400..=499 | 501 => true,
                _ => is_refusal_dressed_as_500(code),
            },
            _ => false,
        }
    }

    /// Another change of the same object was being carried out: nothing is wrong with this one.
    pub fn is_concurrency(&self) -> bool {
        matches!(self, Failure::Answer { status: 409, code, .. } if is_concurrency(code))
    }

    /// How long the service asks to wait.
    pub fn wish(&self) -> Option<Duration> {
        match self {
            Failure::Answer { retry_after, .. } | Failure::SignIn { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

/// What is known when the decision is made.
#[derive(Debug, Clone)]
pub struct Situation<'a> {
    pub failure: &'a Failure,
    /// The number of the attempt that failed, from 1.
    pub attempt: u32,
    /// Whether doing it twice is the same as doing it once: reads, PATCH of plain values, PUT and DELETE of a relation.
    pub idempotent: bool,
    /// Whether a token was renewed for this request already.
    pub token_renewed: bool,
    /// Whether an earlier attempt may have been applied.
    pub maybe_applied: bool,
    /// Whether the object, or the one it is tied to, was created moments ago, so that 404 may mean "not visible yet".
    pub just_created: bool,
    pub now: Instant,
    /// No wait reaches beyond it.
    pub deadline: Option<Instant>,
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Send it again after this wait.
    Again {
        after: Duration,
        /// The token was turned away; the session fetches another by itself.
        refresh_token: bool,
        /// Call `Session::renew_connections` first.
        new_connection: bool,
    },
    /// It was refused, or certainly not done.
    GiveUp,
    /// It may or may not have been done: read before anything else.
    InDoubt,
}

/// How often something is tried.
enum Patience {
    None,
    Attempts(u32),
    UntilDeadline,
}

/// Decides. `chance` is between 0 and 1 and spreads the waits of many workers.
pub fn decide(situation: &Situation<'_>, chance: f64) -> Decision {
    let failure = situation.failure;
    let doubtful = situation.maybe_applied || failure.may_have_been_applied();
    // A refusal settles what can be done twice. What cannot may be refused because the first attempt did it.
    let end = if doubtful && !(situation.idempotent && failure.is_refusal()) {
        Decision::InDoubt
    } else {
        Decision::GiveUp
    };
    let refresh_token = matches!(failure, Failure::Answer { status: 401, .. });
    let again = match patience(situation) {
        Patience::None => false,
        Patience::Attempts(most) => situation.attempt < most,
        Patience::UntilDeadline => true,
    };
    // Whoever looks first may repeat it after that.
    let unsafe_to_repeat = doubtful && !situation.idempotent;
    if !again || unsafe_to_repeat {
        return end;
    }
    let after = if refresh_token {
        Duration::ZERO
    } else {
        wait(failure.wish(), situation.attempt, chance.clamp(0.0, 1.0))
    };
    let in_time = situation
        .deadline
        .is_none_or(|deadline| deadline.saturating_duration_since(situation.now) >= after);
    if !in_time {
        return end;
    }
    Decision::Again {
        after,
        refresh_token,
        new_connection: wants_new_connection(failure),
    }
}

fn patience(situation: &Situation<'_>) -> Patience {
    match situation.failure {
        Failure::Answer { status, code, .. } => match status {
            401 if situation.token_renewed || code == "Authorization_IdentityNotFound" => Patience::None,
            401 => Patience::UntilDeadline,
            404 if situation.just_created => Patience::Attempts(ATTEMPTS_JUST_CREATED),
            408 | 429 | 502 | 503 | 504 => Patience::UntilDeadline,
            // The service is still fetching what was asked for.
            202 => Patience::Attempts(ATTEMPTS_FEW),
            409 if is_concurrency(code) => Patience::UntilDeadline,
            500 if is_refusal_dressed_as_500(code) => Patience::None,
            500 => Patience::Attempts(ATTEMPTS_FEW),
            _ => Patience::None,
        },
        Failure::Transport {
            kind:
                TransportErrorKind::Certificate | TransportErrorKind::BodyTooLarge | TransportErrorKind::Other,
            ..
        } => Patience::None,
        Failure::Transport {
            kind: TransportErrorKind::Malformed,
            ..
        } => Patience::Attempts(ATTEMPTS_FEW),
        Failure::Transport {
            first_contact: true, ..
        } => Patience::Attempts(ATTEMPTS_FIRST_CONTACT),
        Failure::Transport { .. } => Patience::UntilDeadline,
        Failure::Unreadable => Patience::Attempts(ATTEMPTS_FEW),
        Failure::SignIn { transient: false, .. } | Failure::NotSent => Patience::None,
        Failure::SignIn {
            first_contact: true, ..
        } => Patience::Attempts(ATTEMPTS_FIRST_CONTACT),
        Failure::SignIn { doubtful: true, .. } => Patience::Attempts(ATTEMPTS_FEW),
        Failure::SignIn { .. } => Patience::UntilDeadline,
    }
}

/// The service's wish is kept and a little added, so that not everybody comes back in the same instant.
/// Without a wish the wait doubles with every attempt, half of it left to chance.
fn wait(wish: Option<Duration>, attempt: u32, chance: f64) -> Duration {
    let doubled = BACKOFF_FIRST.saturating_mul(1 << attempt.saturating_sub(1).min(16));
    let half = doubled.min(BACKOFF_MAX) / 2;
    match wish {
        // A wish of nothing is no reason to hammer, and a short one that is repeated again and again was too short: from the second
        // refusal on there is a floor, which a real wish keeps near itself.
        Some(wish) => {
            let floor = match (attempt > 1, wish.is_zero()) {
                (false, _) => Duration::ZERO,
                (true, true) => half,
                (true, false) => half.min(wish.saturating_mul(WISH_STRETCHED_MAX)),
            };
            (wish + (wish / 10).min(Duration::from_secs(1)).mul_f64(chance)).max(floor)
        }
        None => half + half.mul_f64(chance),
    }
}

fn wants_new_connection(failure: &Failure) -> bool {
    match failure {
        Failure::Answer { status, .. } => matches!(status, 502..=504),
        Failure::Transport { .. } | Failure::Unreadable => true,
        Failure::SignIn { .. } | Failure::NotSent => false,
    }
}

fn is_concurrency(code: &str) -> bool {
    matches!(code, "Directory_ConcurrencyViolation" | "ConcurrencyViolation")
}

/// The profile store says "not allowed" with a 500 and a code like `-1, Some.UnauthorizedAccessException`.
fn is_refusal_dressed_as_500(code: &str) -> bool {
    code != NO_GRAPH_ERROR && (code.starts_with("-1, ") || code.contains("UnauthorizedAccessException"))
}

/// The attempts of one request: what is used up, and the decision after each failure.
#[derive(Debug, Clone)]
pub struct Tries {
    idempotent: bool,
    deadline: Option<Instant>,
    failed: u32,
    token_renewed: bool,
    maybe_applied: bool,
    /// One of these attempts may have been, not only one before them.
    own_doubt: bool,
    just_created: bool,
}

impl Tries {
    pub fn new(idempotent: bool, deadline: Option<Instant>) -> Tries {
        Tries {
            idempotent,
            deadline,
            failed: 0,
            token_renewed: false,
            maybe_applied: false,
            own_doubt: false,
            just_created: false,
        }
    }

    /// The object, or the one it is tied to, was created moments ago: 404 is worth another try.
    pub fn just_created(mut self) -> Tries {
        self.just_created = true;
        self
    }

    /// An attempt before these may have been applied: one of another process, or of an earlier try.
    pub fn in_doubt(mut self) -> Tries {
        self.maybe_applied = true;
        self
    }

    /// Those of the next request for the same object: nothing is used up and nothing in doubt, and the object is as new as before.
    pub fn anew(&self) -> Tries {
        Tries {
            just_created: self.just_created,
            ..Tries::new(self.idempotent, self.deadline)
        }
    }

    /// Counts a failure and says what to do now.
    pub fn after(&mut self, failure: &Failure) -> Decision {
        self.failed = self.failed.saturating_add(1);
        let situation = Situation {
            failure,
            attempt: self.failed,
            idempotent: self.idempotent,
            token_renewed: self.token_renewed,
            maybe_applied: self.maybe_applied,
            just_created: self.just_created,
            now: Instant::now(),
            deadline: self.deadline,
        };
        let decision = decide(&situation, chance());
        self.own_doubt |= failure.may_have_been_applied();
        self.maybe_applied |= self.own_doubt;
        if let Decision::Again { refresh_token, .. } = decision {
            self.token_renewed |= refresh_token;
        }
        decision
    }

    /// Whether an attempt may have been applied although it failed.
    pub fn maybe_applied(&self) -> bool {
        self.maybe_applied
    }

    /// Whether it is one of these attempts that may have been applied, and not only one before them.
    pub fn is_own_doubt(&self) -> bool {
        self.own_doubt
    }

    /// How many attempts have failed.
    pub fn failed(&self) -> u32 {
        self.failed
    }
}

/// A number between 0 and 1; a random GUID is the chance at hand.
fn chance() -> f64 {
    let bytes = uuid::Uuid::new_v4().into_bytes();
    f64::from(u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])) / f64::from(u32::MAX)
}
