//! What the engine tells while it works: events for the record, counters for the eye.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::mpsc;

use super::counters::Counters;
use crate::graph::DirectoryReader;

/// The parts of a run that take time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Users from the directory into a sheet.
    Export,
    /// Rows from the sheet.
    Check,
    /// The live values of the users the sheet names.
    Survey,
    /// Writes.
    Apply,
}

impl Phase {
    /// What is counted, in words.
    pub fn unit(self) -> &'static str {
        match self {
            Phase::Export | Phase::Survey => "users",
            Phase::Check => "rows",
            Phase::Apply => "operations",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Phase::Export => "exporting",
            Phase::Check => "checking the sheet",
            Phase::Survey => "reading the directory",
            Phase::Apply => "applying",
        }
    }
}

/// Something that happened. The names are stable: `--progress json` prints them as they are.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum Event {
    PhaseStarted {
        phase: Phase,
        total: Option<u64>,
    },
    PhaseFinished {
        phase: Phase,
        done: u64,
    },
    /// The service asked everybody to wait, or answers nothing.
    Waiting {
        reason: String,
        seconds: f64,
    },
    /// An operation is in the journal with its outcome.
    OperationSettled {
        row: u64,
        user: String,
        /// Whether every change of it is in the directory now.
        done: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<String>,
    },
    /// The run was asked to end early and settles what is in flight.
    Stopping {
        reason: String,
    },
}

/// Between two words about a service that does not answer.
const TROUBLE_EVERY: Duration = Duration::from_secs(5);

/// How many events may wait for the screen before the engine slows down; none is ever dropped.
const EVENTS_WAITING_MAX: usize = 1024;

/// The engine's end: counters that anyone may read, and the channel that loses nothing.
#[derive(Debug, Clone)]
pub struct Reporter {
    counters: Arc<Counters>,
    events: mpsc::Sender<Event>,
}

impl Reporter {
    /// A reporter and the listener's end of its channel.
    pub fn channel() -> (Reporter, mpsc::Receiver<Event>) {
        let (events, listener) = mpsc::channel(EVENTS_WAITING_MAX);
        (
            Reporter {
                counters: Arc::new(Counters::default()),
                events,
            },
            listener,
        )
    }

    pub fn counters(&self) -> &Arc<Counters> {
        &self.counters
    }

    /// Waits while the listener is behind; a listener that has gone away is no reason to stop working.
    pub async fn emit(&self, event: Event) {
        let _gone = self.events.send(event).await;
    }

    /// Tells every few seconds what stands in the way of reading; never ends by itself.
    pub async fn watch(&self, reader: &DirectoryReader) -> std::convert::Infallible {
        loop {
            tokio::time::sleep(TROUBLE_EVERY).await;
            if let Some((reason, since)) = reader.trouble() {
                self.emit(Event::Waiting {
                    reason,
                    seconds: since.as_secs_f64(),
                })
                .await;
            }
        }
    }

    /// The same from a thread that may block.
    pub fn emit_blocking(&self, event: Event) {
        let _gone = self.events.blocking_send(event);
    }
}
