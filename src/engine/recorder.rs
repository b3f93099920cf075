//! Owns "done": journal first, then counters, then the screen.
//!
//! One thread holds the journal. Whoever sends a request asks it first to write the intent down and waits for the disk; whoever
//! has an outcome hands it over and goes on. Messages that arrive while the disk works are committed together, in their order.

use std::thread::JoinHandle;

use tokio::sync::{mpsc, oneshot};

use super::event::{Event, Reporter};
use crate::domain::{OperationNumber, OperationResult, Outcome};
use crate::state::{Entry, Journal, StateError};

/// How many messages may wait for the disk: two for every batch in flight.
const MESSAGES_WAITING_MAX: usize = 64;
/// How many messages one commit takes at most.
const MESSAGES_PER_COMMIT_MAX: usize = 32;

/// A result and what the screen needs to name it.
#[derive(Debug, Clone)]
pub(super) struct Settled {
    pub result: OperationResult,
    pub row: u64,
    pub upn: String,
}

enum Message {
    Intent {
        numbers: Vec<OperationNumber>,
        at: jiff::Timestamp,
        done: oneshot::Sender<()>,
    },
    Results {
        settled: Vec<Settled>,
    },
}

/// The journal could not be written; the error itself comes out of [`RecorderThread::finish`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct JournalLost;

/// The workers' end.
#[derive(Debug, Clone)]
pub(super) struct Recorder {
    messages: mpsc::Sender<Message>,
}

impl Recorder {
    /// Returns when the intent is on the disk.
    pub async fn intent(
        &self,
        numbers: Vec<OperationNumber>,
        at: jiff::Timestamp,
    ) -> Result<(), JournalLost> {
        let (done, written) = oneshot::channel();
        self.messages
            .send(Message::Intent { numbers, at, done })
            .await
            .map_err(|_| JournalLost)?;
        written.await.map_err(|_| JournalLost)
    }

    /// Hands results over. They are on the disk before anybody else hears of them, and before the intent of whatever comes after
    /// them; who hands them over need not wait for that. What a crash takes with it in between is in doubt, and is read.
    pub async fn results(&self, settled: Vec<Settled>) -> Result<(), JournalLost> {
        if settled.is_empty() {
            return Ok(());
        }
        self.messages
            .send(Message::Results { settled })
            .await
            .map_err(|_| JournalLost)
    }
}

/// The thread that holds the journal.
#[derive(Debug)]
pub(super) struct RecorderThread {
    thread: JoinHandle<Result<Journal, StateError>>,
}

impl RecorderThread {
    /// Starts the thread. It ends when every [`Recorder`] is dropped, or at the first error.
    pub fn start(journal: Journal, reporter: Reporter) -> std::io::Result<(RecorderThread, Recorder)> {
        let (messages, inbox) = mpsc::channel(MESSAGES_WAITING_MAX);
        let thread = std::thread::Builder::new()
            .name("recorder".to_owned())
            .spawn(move || record(journal, inbox, &reporter))?;
        Ok((RecorderThread { thread }, Recorder { messages }))
    }

    /// Waits for the thread and gives the journal back.
    pub fn finish(self) -> Result<Journal, StateError> {
        match self.thread.join() {
            Ok(journal) => journal,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
}

fn record(
    mut journal: Journal,
    mut inbox: mpsc::Receiver<Message>,
    reporter: &Reporter,
) -> Result<Journal, StateError> {
    while let Some(first) = inbox.blocking_recv() {
        let mut messages = vec![first];
        while messages.len() < MESSAGES_PER_COMMIT_MAX
            && let Ok(message) = inbox.try_recv()
        {
            messages.push(message);
        }
        let mut entries = Vec::new();
        for message in &messages {
            match message {
                Message::Intent { numbers, at, .. } => entries.push(Entry::Intent(numbers.clone(), *at)),
                Message::Results { settled, .. } => {
                    entries.extend(
                        settled
                            .iter()
                            .map(|settled| Entry::Result(settled.result.clone())),
                    );
                }
            }
        }
        let began = std::time::Instant::now();
        journal.record(&entries)?;
        let micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        reporter.counters().journal_micros.add(micros);
        for message in messages {
            match message {
                // A worker that no longer waits has been told to leave; the record stands all the same.
                Message::Intent { done, .. } => drop(done.send(())),
                Message::Results { settled } => settled.iter().for_each(|settled| tell(reporter, settled)),
            }
        }
    }
    Ok(journal)
}

fn tell(reporter: &Reporter, settled: &Settled) {
    let outcomes = &settled.result.outcomes;
    let done = outcomes.iter().all(|change| change.outcome.is_done());
    reporter.counters().operations_settled.add(1);
    if !done {
        reporter.counters().operations_failed.add(1);
    }
    let error = outcomes.iter().find_map(|change| match &change.outcome {
        Outcome::Accepted | Outcome::Confirmed | Outcome::NotVisible | Outcome::AlreadyThere { .. } => None,
        Outcome::Lost { .. } => Some(format!(
            "{}: accepted, but the directory holds something else",
            change.attribute.name
        )),
        Outcome::Refused { refusal } => Some(format!(
            "{}: {} ({})",
            change.attribute.name, refusal.message, refusal.code
        )),
        Outcome::Moved { .. } => Some(format!(
            "{}: somebody else changed it meanwhile",
            change.attribute.name
        )),
        // Why nothing more is sent is told once for the run.
        Outcome::NotSent { .. } => None,
        Outcome::InDoubt { reason } => Some(format!("{}: {reason}", change.attribute.name)),
    });
    reporter.emit_blocking(Event::OperationSettled {
        row: settled.row,
        user: crate::domain::shorten(&settled.upn),
        done,
        error,
    });
}
