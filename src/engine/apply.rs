//! Carries operations out: stages of batches, several batches in flight, every worker keeping its own until all is settled.
//!
//! The walk of a batch: wait for the turn, intent on disk, send, look at each answer. What was throttled or unlucky stays with
//! the worker and goes again; what was refused for one attribute is parted (row surgery); what is settled goes to the recorder.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;

use super::event::{Event, Phase, Reporter};
use super::recorder::{JournalLost, Recorder, RecorderThread, Settled};
use super::stop::{Stop, StopReason};
use super::work::Work;
use crate::domain::{ApprovedOperations, Batch, Operation, OperationNumber, Refusal, pack};
use crate::graph::{Decision, DirectoryWriter, Failure, Session, Tries, WaitReason};
use crate::state::{Journal, RunRecord, RunState, StateError};

/// Batches in flight together. The service's pace, not this number, is the limit of a long run.
pub const BATCHES_IN_FLIGHT: usize = 8;

/// How long one batch is tried while the service gives no usable answer, before the whole run gives up.
pub const PATIENCE: Duration = Duration::from_secs(10 * 60);

/// Everything a run needs beside the journal.
#[derive(Debug, Clone)]
pub struct ApplyContext {
    pub session: Arc<Session>,
    pub reporter: Reporter,
    pub stop: Stop,
    /// The moment after which nothing is sent any more.
    pub deadline: Option<Instant>,
}

/// How a run ended.
#[derive(Debug)]
pub struct Applied {
    pub record: RunRecord,
    /// Why it ended before its work was done; `None` when everything is settled.
    pub stopped: Option<StopReason>,
}

#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    #[error(transparent)]
    State(#[from] StateError),
    #[error("the recorder could not be started: {0}")]
    Thread(#[from] std::io::Error),
}

/// What is known of operations before they are sent; whoever is not in it is sent whole.
type Known = HashMap<OperationNumber, Work>;

/// Carries out the operations. `known` says of some of them what is decided already: those that are settled are only recorded.
pub async fn apply(
    journal: Journal,
    operations: ApprovedOperations,
    known: Vec<Work>,
    context: &ApplyContext,
) -> Result<Applied, ApplyError> {
    let total = operations.as_slice().len() as u64;
    context
        .reporter
        .emit(Event::PhaseStarted {
            phase: Phase::Apply,
            total: Some(total),
        })
        .await;
    let (thread, recorder) = RecorderThread::start(journal, context.reporter.clone())?;
    let (settled, open): (Vec<Work>, Vec<Work>) = known.into_iter().partition(Work::is_settled);
    let done: HashSet<OperationNumber> = settled.iter().map(Work::number).collect();
    let known: Known = open.into_iter().map(|work| (work.number(), work)).collect();
    let known = Arc::new(Mutex::new(known));
    let mut lost = recorder
        .results(settled.iter().map(Work::settled).collect())
        .await
        .is_err();
    for stage in pack(operations.without(&done)) {
        if lost || context.stop.is_draining() {
            break;
        }
        lost = run_stage(stage.into_batches(), &known, &recorder, context)
            .await
            .is_err();
    }
    drop(recorder);
    if lost {
        context.stop.drain(StopReason::Journal);
    }
    let stopped = context.stop.reason();
    let state = if stopped.is_some() {
        RunState::Interrupted
    } else {
        RunState::Finished
    };
    let record = tokio::task::spawn_blocking(move || thread.finish(state, jiff::Timestamp::now()));
    let record = match record.await {
        Ok(record) => record?,
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    };
    let done = context.reporter.counters().operations_settled.get();
    context
        .reporter
        .emit(Event::PhaseFinished {
            phase: Phase::Apply,
            done,
        })
        .await;
    let stopped = if record.remaining_count() == 0 {
        None
    } else {
        stopped
    };
    Ok(Applied { record, stopped })
}

/// Settles every batch of a stage before it returns.
async fn run_stage(
    batches: Vec<Batch>,
    known: &Arc<Mutex<Known>>,
    recorder: &Recorder,
    context: &ApplyContext,
) -> Result<(), JournalLost> {
    let queue = Arc::new(Mutex::new(batches.into_iter()));
    let mut workers = JoinSet::new();
    for _ in 0..BATCHES_IN_FLIGHT {
        let (queue, known) = (Arc::clone(&queue), Arc::clone(known));
        let worker = Worker {
            recorder: recorder.clone(),
            writer: DirectoryWriter::new(Arc::clone(&context.session)).until(context.deadline),
            context: context.clone(),
        };
        workers.spawn(async move {
            while !worker.context.stop.is_draining() {
                let Some(batch) = locked(&queue).next() else { break };
                let work = {
                    let mut known = locked(&known);
                    let prepared = |operation: &Operation| {
                        known
                            .remove(&operation.number)
                            .unwrap_or_else(|| Work::new(operation.clone()))
                    };
                    batch.operations().iter().map(prepared).collect()
                };
                worker.carry(batch, work).await?;
            }
            Ok::<(), JournalLost>(())
        });
    }
    let mut outcome = Ok(());
    while let Some(ended) = workers.join_next().await {
        match ended {
            Ok(worked) => outcome = outcome.and(worked),
            Err(panic) => std::panic::resume_unwind(panic.into_panic()),
        }
    }
    outcome
}

/// A lock whose holder panicked still holds sound data here: nobody panics between two changes to it.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Worker {
    recorder: Recorder,
    writer: DirectoryWriter,
    context: ApplyContext,
}

impl Worker {
    /// Takes one batch to its end: every operation of it is settled and recorded, or recorded as not sent or in doubt.
    async fn carry(&self, batch: Batch, work: Vec<Work>) -> Result<(), JournalLost> {
        let patience = Instant::now() + PATIENCE;
        let deadline = self
            .context
            .deadline
            .map_or(patience, |deadline| deadline.min(patience));
        let mut work: HashMap<OperationNumber, Work> =
            work.into_iter().map(|one| (one.number(), one)).collect();
        let mut tries: HashMap<OperationNumber, Tries> = work
            .keys()
            .map(|number| (*number, Tries::new(true, Some(deadline))))
            .collect();
        loop {
            let current = batch.retain(|operation| work.get(&operation.number).and_then(Work::next_part));
            let Some(current) = current else { break };
            if self.context.stop.is_draining() {
                self.leave(&mut work, &tries);
                break;
            }
            let numbers = current
                .operations()
                .iter()
                .map(|operation| operation.number)
                .collect();
            self.recorder.intent(numbers, jiff::Timestamp::now()).await?;
            let pause = match self.writer.send(&current).await {
                Ok(answers) => {
                    let mut pause = Pause::default();
                    for answer in answers {
                        let (Some(one), Some(tries)) =
                            (work.get_mut(&answer.number), tries.get_mut(&answer.number))
                        else {
                            continue;
                        };
                        one.note_request(answer.request_id.clone());
                        match answer.failure() {
                            None => one.landed(),
                            Some(failure) => {
                                let decision = tries.after(&failure);
                                pause.add(decision, &failure);
                                self.decide(one, decision, &failure, answer.to_refusal());
                            }
                        }
                    }
                    pause
                }
                Err(error) => {
                    let failure = error.failure();
                    let mut pause = Pause::default();
                    for operation in current.operations() {
                        let (Some(one), Some(tries)) =
                            (work.get_mut(&operation.number), tries.get_mut(&operation.number))
                        else {
                            continue;
                        };
                        let decision = tries.after(&failure);
                        pause.add(decision, &failure);
                        self.decide(one, decision, &failure, error.to_refusal());
                    }
                    pause
                }
            };
            self.record(&mut work, false).await?;
            self.wait(pause).await;
        }
        self.record(&mut work, true).await
    }

    /// What a failure means for one operation.
    fn decide(&self, work: &mut Work, decision: Decision, failure: &Failure, refusal: Refusal) {
        match (decision, failure) {
            (Decision::Again { .. }, _) => self.context.reporter.counters().requests_repeated.add(1),
            // The answer is about the content: find the attribute and let the others land.
            (Decision::GiveUp, Failure::Answer { status, .. })
                if !matches!(status, 401 | 408 | 429 | 500..) =>
            {
                work.refused(refusal);
            }
            (
                Decision::GiveUp,
                Failure::Answer {
                    status: 500 | 501 | 507,
                    ..
                },
            ) => work.refused(refusal),
            (Decision::GiveUp, Failure::SignIn { transient: false, .. })
            | (Decision::GiveUp, Failure::Answer { status: 401, .. }) => {
                self.context.stop.drain(StopReason::SignIn);
                work.not_sent(&refusal.message);
            }
            // It cannot be said in a request; trying again would not change that.
            (Decision::GiveUp, Failure::NotSent) if !self.is_late() => work.refused(refusal),
            (Decision::GiveUp, _) => {
                self.context.stop.drain(self.why_late());
                work.not_sent(&refusal.message);
            }
            (Decision::InDoubt, _) => {
                // A single unlucky row is no reason to stop; a service that gives no answers at all is.
                if !matches!(failure, Failure::Answer { .. }) {
                    self.context.stop.drain(self.why_late());
                }
                work.in_doubt(&refusal.message);
            }
        }
    }

    fn is_late(&self) -> bool {
        self.context
            .deadline
            .is_some_and(|deadline| Instant::now() >= deadline)
    }

    fn why_late(&self) -> StopReason {
        if self.is_late() {
            StopReason::Deadline
        } else {
            StopReason::Unavailable
        }
    }

    /// Gives up what is left, so that the journal says so. What was sent and got no usable answer may be stored all the same.
    fn leave(&self, work: &mut HashMap<OperationNumber, Work>, tries: &HashMap<OperationNumber, Tries>) {
        for (number, one) in work {
            if tries.get(number).is_some_and(Tries::may_have_been_applied) {
                one.in_doubt("the run was asked to end before the service had answered for certain");
            } else {
                one.not_sent("the run was asked to end before this was sent");
            }
        }
    }

    /// Hands everything that is settled to the recorder; at the end, whatever is left as well.
    async fn record(&self, work: &mut HashMap<OperationNumber, Work>, all: bool) -> Result<(), JournalLost> {
        let numbers: Vec<OperationNumber> = work
            .iter()
            .filter(|(_, one)| all || one.is_settled())
            .map(|(number, _)| *number)
            .collect();
        let mut settled: Vec<Settled> = numbers
            .iter()
            .filter_map(|number| work.remove(number))
            .map(|one| one.settled())
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
        if pause.throttled {
            self.context.reporter.counters().answers_throttled.add(1);
        }
        if pause.after >= Duration::from_secs(1) {
            let reason = match self.context.session.wait_reason() {
                Some(waiting) => waiting.reason.to_string(),
                None if pause.throttled => WaitReason::RetryAfter.to_string(),
                None => "the service could not take the request".to_owned(),
            };
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

/// The longest wait among the items of a batch.
#[derive(Debug, Default)]
struct Pause {
    after: Duration,
    new_connection: bool,
    throttled: bool,
}

impl Pause {
    fn add(&mut self, decision: Decision, failure: &Failure) {
        if let Decision::Again {
            after,
            new_connection,
            ..
        } = decision
        {
            self.after = self.after.max(after);
            self.new_connection |= new_connection;
            self.throttled |= matches!(failure, Failure::Answer { status: 429, .. });
        }
    }
}
