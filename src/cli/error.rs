//! What a person reads when a command cannot do what it was asked: one message, what to do, and the exit code.

use super::exit::Exit;
use crate::config::ConfigError;
use crate::domain::Finding;
use crate::engine::{ApplyError, BaseError, ExportError, StopReason, SurveyError};
use crate::graph::{CallError, SettingsError};
use crate::sandbox::SandboxError;
use crate::state::{PlanFileError, StateError};
use crate::table::FileError;

/// A command that ends early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CliError {
    pub exit: Exit,
    pub message: String,
    pub hints: Vec<String>,
    /// What is wrong with a file that is no sheet; told already where there is a terminal.
    pub findings: Vec<Finding>,
    /// Another process holds the run or the tenant: the same again may go well a little later.
    pub is_busy: bool,
}

impl CliError {
    pub fn new(exit: Exit, message: impl Into<String>) -> CliError {
        CliError {
            exit,
            message: message.into(),
            hints: Vec::new(),
            findings: Vec::new(),
            is_busy: false,
        }
    }

    pub fn usage(message: impl Into<String>) -> CliError {
        CliError::new(Exit::Usage, message)
    }

    pub fn hint(mut self, hint: impl Into<String>) -> CliError {
        let hint = hint.into();
        if !hint.is_empty() {
            self.hints.push(hint);
        }
        self
    }

    pub fn hints(self, hints: impl IntoIterator<Item = String>) -> CliError {
        hints.into_iter().fold(self, CliError::hint)
    }

    /// The whole text: the message, then one line for each hint.
    pub fn text(&self, bad: impl Fn(&str) -> String) -> String {
        let mut text = format!("{}: {}\n", bad("error"), self.message);
        for hint in &self.hints {
            text.push_str(&format!("  help: {hint}\n"));
        }
        text
    }
}

impl From<ConfigError> for CliError {
    fn from(error: ConfigError) -> CliError {
        CliError::usage(error.to_string()).hint(error.help())
    }
}

impl From<SettingsError> for CliError {
    fn from(error: SettingsError) -> CliError {
        CliError::usage(error.to_string()).hint(error.help())
    }
}

impl From<CallError> for CliError {
    fn from(error: CallError) -> CliError {
        let exit = if error.is_sign_in_or_permission() {
            Exit::SignIn
        } else if error.is_unavailable() {
            Exit::Unavailable
        } else {
            match &error {
                // The service did not accept the question: a filter or a column that it does not know.
                CallError::Graph { .. } | CallError::Unsupported { .. } => Exit::Usage,
                CallError::ForeignHost { .. } | CallError::EndlessPages => Exit::Unavailable,
                CallError::SignIn(_)
                | CallError::Transport(_)
                | CallError::Unreadable { .. }
                | CallError::PasswordNotKept { .. }
                | CallError::DeadlinePassed => Exit::Unexpected,
            }
        };
        let request_id = match &error {
            CallError::Graph { error, .. } => error.request_id.clone(),
            CallError::Unreadable { request_id, .. } => request_id.clone(),
            _ => None,
        };
        let told = CliError::new(exit, error.to_string()).hint(error.hint());
        match request_id {
            Some(id) => told.hint(format!(
                "Microsoft's support can find the request by its id {id}."
            )),
            None => told,
        }
    }
}

impl From<StateError> for CliError {
    fn from(error: StateError) -> CliError {
        // Another process at work is nothing unexpected: the person can wait for it.
        let is_busy = matches!(error, StateError::Busy { .. });
        let exit = if is_busy { Exit::Usage } else { Exit::Unexpected };
        CliError {
            is_busy,
            ..CliError::new(exit, error.to_string())
        }
    }
}

impl From<FileError> for CliError {
    fn from(error: FileError) -> CliError {
        let help = error.help().to_owned();
        CliError::usage(error.to_string()).hint(help)
    }
}

impl From<PlanFileError> for CliError {
    fn from(error: PlanFileError) -> CliError {
        CliError::usage(error.to_string()).hint(error.help())
    }
}

impl From<SandboxError> for CliError {
    fn from(error: SandboxError) -> CliError {
        CliError::usage(error.to_string())
    }
}

impl From<BaseError> for CliError {
    fn from(error: BaseError) -> CliError {
        match error {
            BaseError::State(error) => error.into(),
            BaseError::Sheet(_)
            | BaseError::Unusable { .. }
            | BaseError::Missing(_)
            | BaseError::Damaged { .. }
            | BaseError::Guessed(_)
            | BaseError::Repeated { .. } => CliError::usage(error.to_string()).hint(error.help()),
        }
    }
}

impl From<SurveyError> for CliError {
    fn from(error: SurveyError) -> CliError {
        match error {
            SurveyError::Call(error) => error.into(),
            SurveyError::Hidden { ref hint, .. } => {
                let hint = hint.clone();
                CliError::new(Exit::SignIn, error.to_string()).hint(hint)
            }
            SurveyError::Stopped(reason) => stopped(reason),
        }
    }
}

impl From<ExportError> for CliError {
    fn from(error: ExportError) -> CliError {
        match error {
            ExportError::Call(error) => error.into(),
            ExportError::State(error) => error.into(),
            ExportError::Sink(error) => {
                use std::io::ErrorKind::{QuotaExceeded, StorageFull};
                let is_full = matches!(error.kind(), StorageFull | QuotaExceeded);
                let told = CliError::new(
                    Exit::Unexpected,
                    format!("the export could not be written: {error}"),
                );
                match is_full {
                    true => told.hint("make room where the sheet is to be, or write it into another folder"),
                    false => told,
                }
            }
            ExportError::Stopped(reason) => stopped(reason),
        }
    }
}

impl From<ApplyError> for CliError {
    fn from(error: ApplyError) -> CliError {
        match error {
            ApplyError::State(error) => error.into(),
            ApplyError::Thread(error) => CliError::new(Exit::Unexpected, error.to_string()),
        }
    }
}

/// Stopped before anything was written.
fn stopped(reason: StopReason) -> CliError {
    match reason {
        StopReason::Interrupted => CliError::new(Exit::Interrupted, "interrupted before anything was sent"),
        StopReason::Deadline => {
            CliError::new(Exit::Unavailable, "the deadline passed before anything was sent")
        }
        StopReason::Unavailable => CliError::new(
            Exit::Unavailable,
            "the service stayed unavailable; nothing was sent",
        ),
        StopReason::SignIn => CliError::new(Exit::SignIn, "sign-in failed; nothing was sent"),
        StopReason::Passwords => {
            CliError::new(Exit::Unexpected, "the file of passwords could not be written")
        }
        StopReason::Journal => CliError::new(Exit::Unexpected, "the journal could not be written"),
        StopReason::Failures => CliError::new(Exit::SomeFailed, "too many requests were refused"),
    }
}
