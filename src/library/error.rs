//! Why a call did not do what it was asked.

use std::fmt;

use super::finding::{Finding, told};
use super::{Plan, Warning};
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
    /// Another process, or another [`Directory`](crate::Directory), writes to the same tenant or works on the same run. The same call may
    /// go well a little later.
    Busy,
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
    warnings: Vec<Warning>,
}

/// Why a plan was not carried out, or not told of to its end; and the plan, where no run began.
///
/// `?` makes an [`Error`] of it, and lets the plan go.
#[derive(Debug)]
pub struct NotApplied(Box<(Error, Option<Plan>)>);

impl NotApplied {
    pub(super) fn new(error: Error, plan: Option<Plan>) -> NotApplied {
        NotApplied(Box::new((error, plan)))
    }

    /// Why.
    pub fn error(&self) -> &Error {
        &self.0.0
    }

    /// Why, and the plan where no run began: it can be applied again, once what stood in its way is gone. What it is about may have
    /// changed meanwhile; the apply looks.
    pub fn into_parts(self) -> (Error, Option<Plan>) {
        *self.0
    }
}

impl fmt::Display for NotApplied {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error().fmt(formatter)
    }
}

impl std::error::Error for NotApplied {}

impl From<NotApplied> for Error {
    fn from(not: NotApplied) -> Error {
        not.into_parts().0
    }
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

    /// What was said beside it.
    pub fn warnings(&self) -> &[Warning] {
        &self.0.warnings
    }

    pub(super) fn usage(message: impl Into<String>) -> Error {
        Error::of(CliError::usage(message))
    }

    pub(super) fn of_run(self, run: Option<RunId>) -> Error {
        let run = run.map(|run| run.to_string());
        Error(Box::new(Told { run, ..*self.0 }))
    }

    pub(super) fn beside(self, warnings: Vec<Warning>) -> Error {
        Error(Box::new(Told { warnings, ..*self.0 }))
    }

    pub(super) fn of(error: CliError) -> Error {
        let kind = match error.exit {
            Exit::Usage if error.is_busy => ErrorKind::Busy,
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
            warnings: Vec::new(),
        }))
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
