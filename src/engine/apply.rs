//! Carries operations out: stages of batches, several batches in flight, every worker keeping its own until all is settled.
//!
//! The walk of a batch: wait for the turn, intent on disk, send, look at each answer. What was throttled or unlucky stays with
//! the worker and goes again; what was refused for one attribute is parted (row surgery); what is settled goes to the recorder.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;

use super::event::{Event, Phase, Reporter};
use super::recorder::{JournalLost, Recorder, RecorderThread, Settled};
use super::stop::{Stop, StopReason};
use super::work::Work;
use crate::domain::{ApprovedOperations, Batch, Operation, OperationNumber, Refusal, pack};
use crate::graph::{Answer, Decision, DirectoryWriter, Failure, NO_GRAPH_ERROR, Session, Tries};
use crate::state::{Journal, RunRecord, StateError};

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

/// What keeps a run from being carried out at all; everything else is an outcome.
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
    let watcher = tokio::spawn(tell_stop(context.clone()));
    let (thread, recorder) = RecorderThread::start(journal, context.reporter.clone())?;
    let (settled, open): (Vec<Work>, Vec<Work>) = known.into_iter().partition(Work::is_settled);
    let done: HashSet<OperationNumber> = settled.iter().map(Work::number).collect();
    let known: Known = open.into_iter().map(|work| (work.number(), work)).collect();
    let known = Arc::new(Mutex::new(known));
    let luck = Arc::new(Luck::default());
    let mut lost = recorder
        .results(settled.iter().map(Work::settled).collect())
        .await
        .is_err();
    for stage in pack(operations.without(&done)) {
        if lost || context.stop.is_draining() {
            break;
        }
        lost = run_stage(stage.into_batches(), &known, &luck, &recorder, context)
            .await
            .is_err();
    }
    drop(recorder);
    if lost {
        context.stop.drain(StopReason::Journal);
    }
    let record = tokio::task::spawn_blocking(move || thread.finish(jiff::Timestamp::now()));
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
    watcher.abort();
    // Whoever was asked to stop but had nothing left to do has finished.
    let stopped = if record.remaining_count() == 0 {
        None
    } else {
        context.stop.reason()
    };
    Ok(Applied { record, stopped })
}

/// Tells that the run was asked to end, when it is.
async fn tell_stop(context: ApplyContext) {
    context.stop.drained().await;
    let reason = match context.stop.reason() {
        Some(StopReason::Interrupted) => {
            "interrupted; what is in flight is settled first, once more leaves at once"
        }
        Some(StopReason::Deadline) => "the deadline passed",
        Some(StopReason::Unavailable) => "the service gives no usable answers",
        Some(StopReason::SignIn) => "sign-in or a permission stands in the way",
        Some(StopReason::Journal) => "the journal cannot be written",
        None => "asked to end",
    };
    context
        .reporter
        .emit(Event::Stopping {
            reason: reason.to_owned(),
        })
        .await;
}

/// Settles every batch of a stage before it returns.
async fn run_stage(
    batches: Vec<Batch>,
    known: &Arc<Mutex<Known>>,
    luck: &Arc<Luck>,
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
            luck: Arc::clone(luck),
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
    luck: Arc<Luck>,
}

/// The operations of a batch on their way, each with its attempts.
type Cargo = HashMap<OperationNumber, (Work, Tries)>;

impl Worker {
    /// Takes one batch to its end: every operation of it is settled and recorded, or recorded as not sent or in doubt.
    async fn carry(&self, batch: Batch, work: Vec<Work>) -> Result<(), JournalLost> {
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
                                pause.add(decision);
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
                        pause.add(decision);
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
            let reason = match self.context.session.wait_reason() {
                Some(waiting) => waiting.reason.to_string(),
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
struct Luck {
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
}

impl Pause {
    fn add(&mut self, decision: Decision) {
        if let Decision::Again {
            after,
            new_connection,
            ..
        } = decision
        {
            self.after = self.after.max(after);
            self.new_connection |= new_connection;
        }
    }
}
