//! One worker: takes a batch to its end.
//!
//! The walk of a batch: wait for the turn, intent on disk, send, look at each answer. What was throttled or unlucky stays with
//! the worker and goes again; what was refused for one attribute is parted (row surgery); what is settled goes to the recorder.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use super::apply::ApplyContext;
use super::event::Event;
use super::recorder::{JournalLost, Recorder, Settled};
use super::stop::StopReason;
use super::work::Work;
use crate::domain::{Batch, Operation, OperationNumber, Refusal};
use crate::graph::{Answer, Decision, DirectoryWriter, Failure, NO_GRAPH_ERROR, Tries};

/// How long one batch is tried while the service gives no usable answer, before the whole run gives up.
const PATIENCE: Duration = Duration::from_secs(10 * 60);

/// What carries batches: the recorder, the way to the service, and what the whole run shares.
pub(super) struct Worker {
    pub recorder: Recorder,
    pub writer: DirectoryWriter,
    pub context: ApplyContext,
    pub luck: Arc<Luck>,
}

/// The operations of a batch on their way, each with its attempts.
type Cargo = HashMap<OperationNumber, (Work, Tries)>;

impl Worker {
    /// Takes one batch to its end: every operation of it is settled and recorded, or recorded as not sent or in doubt.
    pub async fn carry(&self, batch: Batch, work: Vec<Work>) -> Result<(), JournalLost> {
        let patience = Instant::now() + PATIENCE;
        let deadline = self
            .context
            .deadline
            .map_or(patience, |deadline| deadline.min(patience));
        let tries = || Tries::new(true, Some(deadline));
        let mut cargo: Cargo = work
            .into_iter()
            .map(|one| (one.number(), (one, tries())))
            .collect();
        loop {
            let next = |operation: &Operation| {
                cargo
                    .get(&operation.number)
                    .and_then(|(work, _)| work.next_part())
            };
            let Some(current) = batch.retain(next) else { break };
            let in_turn = tokio::select! {
                biased;
                () = self.context.stop.drained() => None,
                turn = self.writer.turn(&current) => Some(turn),
            };
            match in_turn {
                None => {
                    leave(&mut cargo, "the run was asked to end before this was sent");
                    break;
                }
                Some(Err(late)) => {
                    self.context.stop.drain(StopReason::Deadline);
                    leave(&mut cargo, &late.to_string());
                    break;
                }
                Some(Ok(())) => {}
            }
            let numbers = current
                .operations()
                .iter()
                .map(|operation| operation.number)
                .collect();
            self.recorder.intent(numbers, jiff::Timestamp::now()).await?;
            let mut pause = Pause::default();
            match self.writer.send(&current).await {
                Ok(answers) => {
                    for answer in answers {
                        let Some((work, attempts)) = cargo.get_mut(&answer.number) else {
                            continue;
                        };
                        work.note_request(answer.request_id.clone());
                        match answer.failure() {
                            None if matches!(answer.answer, Answer::AlreadyAbsent { .. }) => {
                                work.found_done();
                                self.luck.good();
                            }
                            None => {
                                work.landed();
                                self.luck.good();
                            }
                            Some(failure) => {
                                let decision = attempts.after(&failure);
                                pause.add(decision, &failure);
                                if self.decide(work, decision, &failure, answer.to_refusal()) {
                                    // What is left of the row is another request and begins to count anew.
                                    *attempts = tries();
                                }
                            }
                        }
                    }
                }
                Err(error) => {
                    let failure = error.failure();
                    for operation in current.operations() {
                        let Some((work, attempts)) = cargo.get_mut(&operation.number) else {
                            continue;
                        };
                        let decision = attempts.after(&failure);
                        pause.add(decision, &failure);
                        self.decide_whole(work, decision, &failure, &error.to_refusal().message);
                    }
                }
            }
            self.record(&mut cargo, false).await?;
            self.wait(pause).await;
        }
        self.record(&mut cargo, true).await
    }

    /// What the answer to one operation means for it. Says whether the answer was about its content.
    fn decide(&self, work: &mut Work, decision: Decision, failure: &Failure, refusal: Refusal) -> bool {
        let about_content = match failure {
            // An error that is not Graph's own comes from something in between, and says nothing about a row.
            Failure::Answer { code, .. } if code == NO_GRAPH_ERROR => false,
            Failure::Answer { status, .. } => !matches!(status, 401 | 408 | 429 | 502..=504),
            Failure::NotSent => true,
            Failure::Transport { .. } | Failure::Unreadable | Failure::SignIn { .. } => false,
        };
        if decision != Decision::GiveUp || !about_content {
            self.decide_whole(work, decision, failure, &refusal.message);
            return false;
        }
        if refusal.code == "Authorization_RequestDenied" {
            if self.luck.denied() {
                self.context.stop.drain(StopReason::SignIn);
            }
        } else {
            self.luck.good();
        }
        work.refused(refusal);
        true
    }

    /// What a failure that is not about the row itself means for it: nothing is refused for good.
    fn decide_whole(&self, work: &mut Work, decision: Decision, failure: &Failure, message: &str) {
        match decision {
            Decision::Again { .. } => {
                let counters = self.context.reporter.counters();
                counters.requests_repeated.add(1);
                if matches!(failure, Failure::Answer { status: 429, .. }) {
                    counters.answers_throttled.add(1);
                }
            }
            Decision::GiveUp => {
                self.context.stop.drain(self.why(failure));
                work.not_sent(message);
            }
            Decision::InDoubt => {
                // A single unlucky row is no reason to stop; a service that gives no good answers any more is.
                if !matches!(failure, Failure::Answer { .. }) || self.luck.bad() {
                    self.context.stop.drain(self.why(failure));
                }
                work.in_doubt(message);
            }
        }
    }

    fn why(&self, failure: &Failure) -> StopReason {
        match failure {
            Failure::SignIn { transient: false, .. }
            | Failure::Answer {
                status: 401 | 403, ..
            } => StopReason::SignIn,
            _ if self
                .context
                .deadline
                .is_some_and(|deadline| Instant::now() >= deadline) =>
            {
                StopReason::Deadline
            }
            _ => StopReason::Unavailable,
        }
    }

    /// Hands everything that is settled to the recorder; at the end, whatever is left as well.
    async fn record(&self, cargo: &mut Cargo, all: bool) -> Result<(), JournalLost> {
        let numbers: Vec<OperationNumber> = cargo
            .iter()
            .filter(|(_, (work, _))| all || work.is_settled())
            .map(|(number, _)| *number)
            .collect();
        let mut settled: Vec<Settled> = numbers
            .iter()
            .filter_map(|number| cargo.remove(number))
            .map(|(work, _)| work.settled())
            .collect();
        settled.sort_by_key(|settled| settled.result.number);
        self.recorder.results(settled).await
    }

    /// Waits the longest wait anybody asked for, or until the run is asked to end.
    async fn wait(&self, pause: Pause) {
        if pause.new_connection {
            self.context.session.renew_connections();
        }
        if pause.after.is_zero() {
            return;
        }
        if pause.after >= Duration::from_secs(1) {
            let reason = pause.reason;
            let seconds = pause.after.as_secs_f64();
            self.context
                .reporter
                .emit(Event::Waiting { reason, seconds })
                .await;
        }
        tokio::select! {
            () = tokio::time::sleep(pause.after) => {}
            () = self.context.stop.drained() => {}
        }
    }
}

/// Gives up what is still to be sent, so that the journal says so; what an earlier attempt may have stored is in doubt.
fn leave(cargo: &mut Cargo, reason: &str) {
    for (work, tries) in cargo.values_mut() {
        if tries.maybe_applied() {
            work.in_doubt("an attempt got no clear answer, and the run was asked to end");
        } else {
            work.not_sent(reason);
        }
    }
}

/// How the whole run fares: one row's bad luck is its own, many in a row are the service's.
#[derive(Debug, Default)]
pub(super) struct Luck {
    landed: AtomicBool,
    in_doubt_in_a_row: AtomicU32,
    denied: AtomicU32,
}

impl Luck {
    /// So many operations in a row in doubt, over all workers, and the run stops.
    const IN_DOUBT_MAX: u32 = 10;
    /// So many refusals for lack of a permission before anything else came, and the run stops.
    const DENIED_MAX: u32 = 20;

    fn good(&self) {
        self.landed.store(true, Ordering::Relaxed);
        self.in_doubt_in_a_row.store(0, Ordering::Relaxed);
    }

    fn bad(&self) -> bool {
        self.in_doubt_in_a_row.fetch_add(1, Ordering::Relaxed) + 1 >= Luck::IN_DOUBT_MAX
    }

    fn denied(&self) -> bool {
        !self.landed.load(Ordering::Relaxed)
            && self.denied.fetch_add(1, Ordering::Relaxed) + 1 >= Luck::DENIED_MAX
    }
}

/// The longest wait among the items of a batch.
#[derive(Debug, Default)]
struct Pause {
    after: Duration,
    new_connection: bool,
    reason: String,
}

impl Pause {
    fn add(&mut self, decision: Decision, failure: &Failure) {
        if let Decision::Again {
            after,
            new_connection,
            ..
        } = decision
        {
            if after >= self.after {
                self.after = after;
                self.reason = failure.in_words();
            }
            self.new_connection |= new_connection;
        }
    }
}
