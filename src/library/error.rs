//! Why a call did not do what it was asked.

use std::fmt;

use super::finding::{Finding, told};
use crate::cli::hosted::{CliError, Exit};
use crate::domain::RunId;

/// What kind of reason it is; the tool has an exit code for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Something that should not happen, such as a disk that is full.
    Unexpected,
    /// The settings, the options or a file are not as they must be.
    Usage,
    /// The sheet has errors ([`Error::findings`]). Nothing was written.
    SheetErrors,
    /// A guard refused the plan. Nothing was written.
    Guards,
    /// Somebody else changed the same cells. Nothing was written.
    Conflicts,
    /// Sign-in or a permission stands in the way.
    SignIn,
    /// The service stayed unavailable, or the deadline passed.
    Unavailable,
    /// An undo that can take nothing back: somebody changed all of it since, or it is of a kind that has no way back. Nothing was written.
    NothingUndone,
    /// A [`Stopper`](crate::Stopper) was used before anything was sent.
    Stopped,
}

/// Why a call did not do what it was asked: a message for people, and what to do.
///
/// The words are those of the tool, and name its flags; the options of this crate have the same names. No secret is ever in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(Box<Told>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Told {
    kind: ErrorKind,
    message: String,
    help: Vec<String>,
    findings: Vec<Finding>,
    run: Option<String>,
}

impl Error {
    /// What kind of reason it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// One sentence: what is wrong.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What to do, a sentence each. Of a plan that was refused also which guards refused it, and which cells are in conflict.
    pub fn help(&self) -> &[String] {
        &self.0.help
    }

    /// What is wrong with the sheet, where that is the reason.
    pub fn findings(&self) -> &[Finding] {
        &self.0.findings
    }

    /// The run that had begun. What it did is in its journal: `dirsheet report RUN` shows it, and `dirsheet resume RUN` goes on.
    pub fn run(&self) -> Option<&str> {
        self.0.run.as_deref()
    }

    pub(super) fn usage(message: impl Into<String>) -> Error {
        CliError::usage(message).into()
    }

    pub(super) fn of_run(self, run: Option<RunId>) -> Error {
        let run = run.map(|run| run.to_string());
        Error(Box::new(Told { run, ..*self.0 }))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.message)?;
        self.0
            .help
            .iter()
            .try_for_each(|help| write!(formatter, "; {help}"))
    }
}

impl std::error::Error for Error {}

impl From<CliError> for Error {
    fn from(error: CliError) -> Error {
        let kind = match error.exit {
            Exit::Usage => ErrorKind::Usage,
            Exit::SheetErrors => ErrorKind::SheetErrors,
            Exit::GuardRefused => ErrorKind::Guards,
            Exit::Conflicts => ErrorKind::Conflicts,
            Exit::SignIn => ErrorKind::SignIn,
            Exit::Unavailable => ErrorKind::Unavailable,
            Exit::Interrupted => ErrorKind::Stopped,
            Exit::SomeFailed => ErrorKind::NothingUndone,
            Exit::Unexpected | Exit::Done | Exit::Changes | Exit::Waiting => ErrorKind::Unexpected,
        };
        Error(Box::new(Told {
            kind,
            message: error.message,
            help: error.hints,
            findings: told(&error.findings),
            run: None,
        }))
    }
}
