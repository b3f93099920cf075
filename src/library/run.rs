//! What became of an apply.

use std::path::PathBuf;

use super::Warning;
use crate::cli::hosted::{Exit, Report};
use crate::domain::{RowStatus, RunId};
use crate::report::ReportLine;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Ended {
    /// Everything is done.
    Done,
    /// Some rows need somebody: refused, in conflict, held back because of an error. It is finished, unless so many requests failed that it
    /// stopped ([`ApplyOptions::stop_after_failures`](crate::ApplyOptions)): then [`Run::remaining`] is not 0, and
    /// [`Directory::resume`](crate::Directory::resume) goes on.
    SomeFailed,
    /// The service stayed unavailable, the deadline passed, or what was written does not show yet. [`Directory::resume`](crate::Directory::resume) goes on.
    Unavailable,
    /// Sign-in or a permission stood in the way. [`Directory::resume`](crate::Directory::resume) goes on.
    SignIn,
    /// A [`Stopper`](crate::Stopper) was used. [`Directory::resume`](crate::Directory::resume) goes on.
    Stopped,
    /// Something that should not happen, such as a disk that is full. [`Directory::resume`](crate::Directory::resume) goes on.
    Unexpected,
}

/// What became of a row of the sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    /// There was nothing to write.
    Unchanged,
    /// All of it is written.
    Updated,
    /// A part of it is written.
    Partial,
    /// Nothing of it is written.
    Failed,
    /// Somebody else changed the same cells.
    Conflict,
    /// It was held back.
    Skipped,
    /// The run ended before it was sent.
    NotSent,
}

/// A row of the sheet, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Row {
    /// The spreadsheet's row, counted from 1 with the header.
    pub row: u64,
    /// The user's object id, where the row's user is known.
    pub user: Option<String>,
    /// The user as messages name it.
    pub label: String,
    /// What became of it.
    pub status: Status,
    /// What was written, in words: `jobTitle: “Analyst” → “Lead”`.
    pub changes: String,
    /// The code of what went wrong, the service's own where it has one; empty when nothing did.
    pub error_code: String,
    /// What went wrong.
    pub error: String,
    /// What to do about it.
    pub help: String,
    /// By which Microsoft's support can find the request.
    pub request_id: String,
}

/// What became of an apply.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Run {
    /// The run's id, for [`Directory::resume`](crate::Directory::resume) and [`Directory::undo`](crate::Directory::undo); the tool's
    /// `resume`, `undo` and `report` take it too, with the same state folder.
    pub id: String,
    /// How it ended.
    pub ended: Ended,
    /// Requests that a resume would still work on.
    pub remaining: u64,
    /// Cells that were accepted, and seen in the directory afterwards.
    pub confirmed: u64,
    /// Every row of the sheet, in its order.
    pub rows: Vec<Row>,
    /// The report of all rows (CSV), where it could be written.
    pub report: Option<PathBuf>,
    /// The rows that still need work (CSV), where there are any.
    pub needs_work: Option<PathBuf>,
    /// What was said beside it.
    pub warnings: Vec<Warning>,
}

impl Run {
    /// How many rows have this status.
    pub fn count(&self, status: Status) -> usize {
        self.rows.iter().filter(|row| row.status == status).count()
    }

    pub(super) fn new(run: &RunId, exit: Exit, report: Report, [all, rest]: [Option<PathBuf>; 2]) -> Run {
        Run {
            id: run.to_string(),
            ended: match exit {
                Exit::Done => Ended::Done,
                Exit::SomeFailed => Ended::SomeFailed,
                Exit::Unavailable => Ended::Unavailable,
                Exit::SignIn => Ended::SignIn,
                Exit::Interrupted => Ended::Stopped,
                Exit::Unexpected
                | Exit::Usage
                | Exit::SheetErrors
                | Exit::GuardRefused
                | Exit::Conflicts
                | Exit::Changes
                | Exit::Waiting => Ended::Unexpected,
            },
            remaining: report.summary.remaining,
            confirmed: report.summary.verified.confirmed,
            rows: report.lines.into_iter().map(row).collect(),
            report: all,
            needs_work: rest,
            warnings: Vec::new(),
        }
    }
}

fn row(line: ReportLine) -> Row {
    Row {
        row: line.row,
        user: line.user.map(|user| user.to_string()),
        label: line.label,
        status: match line.status {
            RowStatus::Unchanged => Status::Unchanged,
            RowStatus::Updated => Status::Updated,
            RowStatus::Partial => Status::Partial,
            RowStatus::Failed => Status::Failed,
            RowStatus::Conflict => Status::Conflict,
            RowStatus::Skipped => Status::Skipped,
            RowStatus::NotSent => Status::NotSent,
        },
        changes: line.changes,
        error_code: line.error_code,
        error: line.error,
        help: line.hint,
        request_id: line.request_id,
    }
}
