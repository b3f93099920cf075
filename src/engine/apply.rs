//! Carries operations out: stages of batches, several batches in flight, every worker keeping its own until all is settled.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;

use super::event::{Event, Phase, Reporter};
use super::luck::Luck;
use super::pause::Pauses;
use super::recorder::{JournalLost, Recorder, RecorderThread};
use super::stop::{Stop, StopReason};
use super::suspects::Suspects;
use super::work::Work;
use super::worker::{Worker, give_up_the_unmade};
use crate::domain::{ApprovedOperations, BATCH_OPERATIONS_MAX, Batch, Operation, OperationNumber, pack};
use crate::graph::{DirectoryReader, DirectoryWriter, Session};
use crate::state::{Journal, OperationState, StateError};

/// Batches in flight together when a run begins, as a forecast reckons; the gate lets in more or fewer.
pub const BATCHES_IN_FLIGHT: usize = 8;
/// Workers; how many of them send at once is the gate's to say, which never lets in more.
const WORKERS: usize = 32;

/// Everything a run needs beside the journal.
#[derive(Debug, Clone)]
pub struct ApplyContext {
    pub session: Arc<Session>,
    pub reporter: Reporter,
    pub stop: Stop,
    /// The moment after which nothing is sent any more.
    pub deadline: Option<Instant>,
    /// Whether each batch is read just before it is written. What is in doubt is read in any case.
    pub recheck: bool,
    /// So many operations may be refused before the run stops.
    pub failed_max: Option<u64>,
    /// Attributes that are expected to be refused.
    pub suspects: Arc<Suspects>,
    /// What workers wait for outside the pacer.
    pub pauses: Arc<Pauses>,
}

/// How the operations of a pass ended.
#[derive(Debug)]
pub struct Applied {
    /// Still open: what was written can be read back and recorded, and more operations can follow.
    pub journal: Journal,
    /// Why it ended before its work was done; `None` when every operation of the pass is settled.
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
    let numbers: Vec<OperationNumber> = operations
        .as_slice()
        .iter()
        .map(|operation| operation.number)
        .collect();
    context
        .reporter
        .emit(Event::PhaseStarted {
            phase: Phase::Apply,
            total: Some(total),
        })
        .await;
    // Both hold the reporter, and end with this function however it ends.
    let _watcher = AbortOnDropHandle::new(tokio::spawn(tell_stop(context.clone())));
    let pace = AbortOnDropHandle::new(tokio::spawn(super::pace::tell(context.clone(), total)));
    let session = Arc::clone(&context.session);
    let reach = super::reach::watch(context.stop.clone(), move || session.unreachable_for());
    let _reach = AbortOnDropHandle::new(tokio::spawn(reach));
    context
        .session
        .expect_newcomers(operations.as_slice().iter().flat_map(Operation::newcomers));
    // The values of an undo are old ones: a server that is behind may still show them.
    let believe = journal.header().undoes.is_none();
    let (thread, recorder) = RecorderThread::start(journal, context.reporter.clone())?;
    let (settled, open): (Vec<Work>, Vec<Work>) = known.into_iter().partition(Work::is_settled);
    for work in &settled {
        give_up_the_unmade(&context.session, work);
    }
    let done: HashSet<OperationNumber> = settled.iter().map(Work::number).collect();
    let known: Known = open.into_iter().map(|work| (work.number(), work)).collect();
    let known = Arc::new(Mutex::new(known));
    let luck = Arc::new(Luck::new(context.failed_max));
    let mut lost = recorder
        .results(settled.iter().map(Work::settled).collect())
        .await
        .is_err();
    for stage in pack(operations.without(&done)) {
        if lost || context.stop.is_draining() {
            break;
        }
        lost = run_stage(stage.into_batches(), &known, &luck, &recorder, believe, context)
            .await
            .is_err();
    }
    drop(pace);
    drop(recorder);
    if lost {
        context.stop.drain(StopReason::Journal);
    }
    let journal = tokio::task::spawn_blocking(move || thread.finish());
    let journal = match journal.await {
        Ok(journal) => journal?,
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
    let settled = |number: &OperationNumber| {
        matches!(journal.operation_state(*number), Some(OperationState::Settled(_)))
    };
    // Whoever was asked to stop but had nothing left to do has finished.
    let stopped = if numbers.iter().all(settled) {
        None
    } else {
        context.stop.reason()
    };
    Ok(Applied { journal, stopped })
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
        Some(StopReason::Passwords) => "the file of passwords cannot be written",
        Some(StopReason::Journal) => "the journal cannot be written",
        Some(StopReason::Failures) => "more requests were refused than `--stop-after-failures` allows",
        None => "asked to end",
    };
    let reason = match context.stop.explanation() {
        Some(explanation) => format!("{reason}: {explanation}"),
        None => reason.to_owned(),
    };
    context.reporter.emit(Event::Stopping { reason }).await;
}

/// Where the run is to stop after some refusals, what is in flight then may be refused as well: so no more of it than about as
/// much again, and at least one batch.
fn workers_for(failed_max: Option<u64>) -> usize {
    failed_max.map_or(WORKERS, |most| {
        let batches = usize::try_from(most).unwrap_or(usize::MAX) / BATCH_OPERATIONS_MAX;
        batches.clamp(1, WORKERS)
    })
}

/// Settles every batch of a stage before it returns.
async fn run_stage(
    batches: Vec<Batch>,
    known: &Arc<Mutex<Known>>,
    luck: &Arc<Luck>,
    recorder: &Recorder,
    believe: bool,
    context: &ApplyContext,
) -> Result<(), JournalLost> {
    let batches_count = batches.len();
    let queue = Arc::new(Mutex::new(batches.into_iter()));
    let mut workers = JoinSet::new();
    for _ in 0..workers_for(context.failed_max).min(batches_count) {
        let (queue, known) = (Arc::clone(&queue), Arc::clone(known));
        let worker = Worker {
            recorder: recorder.clone(),
            reader: DirectoryReader::new(Arc::clone(&context.session)),
            writer: DirectoryWriter::new(Arc::clone(&context.session)).until(context.deadline),
            context: context.clone(),
            luck: Arc::clone(luck),
            believe,
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

#[cfg(test)]
mod tests {
    use super::workers_for;

    #[test]
    fn a_limit_for_failures_limits_what_is_in_flight() {
        for (limit, expected) in [
            (None, 32),
            (Some(1), 1),
            (Some(39), 1),
            (Some(40), 2),
            (Some(9_999), 32),
        ] {
            assert_eq!(workers_for(limit), expected, "{limit:?}");
        }
    }
}
