//! What is heard while a call works.

use super::Warning;
use crate::cli::hosted::Heard;
use crate::engine;

/// The parts of a call that take time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// Users from the directory into a sheet.
    Export,
    /// Rows from the sheet.
    Check,
    /// The live values of the users that the sheet names.
    Survey,
    /// Writes.
    Apply,
    /// What was written is read back.
    Verify,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// A part begins.
    #[non_exhaustive]
    PhaseStarted {
        /// Which.
        phase: Phase,
        /// How many users, rows or operations there are, where that is known.
        total: Option<u64>,
    },
    /// A part is done.
    #[non_exhaustive]
    PhaseFinished {
        /// Which.
        phase: Phase,
        /// How many users, rows or operations it took.
        done: u64,
    },
    /// A run is in the journal, and nothing of it was sent. By this id the tool can `resume`, `undo` and `report` it, whatever becomes
    /// of this program.
    #[non_exhaustive]
    RunBegan {
        /// The id.
        run: String,
    },
    /// Something is said beside the result. What the call gives in the end has it too.
    #[non_exhaustive]
    Warned {
        /// What.
        warning: Warning,
    },
    /// An operation is in the journal with its outcome.
    #[non_exhaustive]
    Settled {
        /// The spreadsheet's row.
        row: u64,
        /// The userPrincipalName.
        user: String,
        /// Whether every change of it is in the directory now.
        done: bool,
        /// Why not.
        error: Option<String>,
    },
    /// How writing gets on, about once a second.
    #[non_exhaustive]
    Pace {
        /// Operations with an outcome.
        settled: u64,
        /// All operations of the run.
        total: u64,
        /// Operations settled a second lately.
        per_second: f64,
        /// To the end of writing, in seconds; `None` when nothing tells.
        seconds_left: Option<u64>,
    },
    /// The service asked everybody to wait, or answers nothing.
    #[non_exhaustive]
    Waiting {
        /// Why.
        reason: String,
        /// While reading, since when it is so; while writing, how long the wait is that begins.
        seconds: f64,
    },
    /// The run was asked to end early, and settles what is under way.
    #[non_exhaustive]
    Stopping {
        /// Why.
        reason: String,
    },
}

impl Event {
    pub(super) fn of(heard: Heard) -> Event {
        match heard {
            Heard::RunBegan(run) => Event::RunBegan { run: run.to_string() },
            Heard::Event(event) => Event::of_engine(event),
            Heard::Warned(warning) => Event::Warned {
                warning: Warning::of(warning),
            },
        }
    }

    fn of_engine(event: engine::Event) -> Event {
        match event {
            engine::Event::PhaseStarted { phase, total } => Event::PhaseStarted {
                phase: Phase::of(phase),
                total,
            },
            engine::Event::PhaseFinished { phase, done } => Event::PhaseFinished {
                phase: Phase::of(phase),
                done,
            },
            engine::Event::Waiting { reason, seconds } => Event::Waiting { reason, seconds },
            engine::Event::Pace {
                settled,
                total,
                per_second,
                seconds_left,
                ..
            } => Event::Pace {
                settled,
                total,
                per_second,
                seconds_left,
            },
            engine::Event::OperationSettled {
                row,
                user,
                done,
                error,
            } => Event::Settled {
                row,
                user,
                done,
                error,
            },
            engine::Event::Stopping { reason } => Event::Stopping { reason },
        }
    }
}

impl Phase {
    fn of(phase: engine::Phase) -> Phase {
        match phase {
            engine::Phase::Export => Phase::Export,
            engine::Phase::Check => Phase::Check,
            engine::Phase::Survey => Phase::Survey,
            engine::Phase::Apply => Phase::Apply,
            engine::Phase::Verify => Phase::Verify,
        }
    }
}
