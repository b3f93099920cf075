//! Why a template gave nothing, in words, on its way through the template engine.

use std::error::Error as _;

use minijinja::{Error, ErrorKind};

/// Why a template gave nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// What was found and what is allowed.
    pub message: String,
    /// What to do.
    pub help: String,
    pub(in crate::feed) whose: Whose,
}

/// Who must put it right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::feed) enum Whose {
    /// The template is wrong, whatever the row.
    Rule,
    /// The row is wrong.
    Row,
}

impl Fault {
    pub(in crate::feed) fn rule(message: impl Into<String>, help: impl Into<String>) -> Fault {
        Fault {
            message: message.into(),
            help: help.into(),
            whose: Whose::Rule,
        }
    }

    pub(in crate::feed) fn row(message: impl Into<String>, help: impl Into<String>) -> Fault {
        Fault {
            whose: Whose::Row,
            ..Fault::rule(message, help)
        }
    }

    /// The fault behind an error of the engine; what the engine says itself is about the template.
    pub(super) fn of(error: &Error) -> Fault {
        let mut source = error.source();
        while let Some(inner) = source {
            if let Some(fault) = inner.downcast_ref::<Fault>() {
                return fault.clone();
            }
            source = inner.source();
        }
        let detail = error.detail().unwrap_or_default();
        match error.kind() {
            ErrorKind::UndefinedError => Fault::row(
                "the template uses something that is not there",
                "see which columns, tables and list items it names; `row[\"…\"]` needs the header as it is written",
            ),
            ErrorKind::MissingArgument | ErrorKind::TooManyArguments => Fault::rule(
                format!("a filter has too few or too many arguments: {error}"),
                "docs/feed.md shows every filter with an example",
            ),
            _ if detail.is_empty() => Fault::rule(
                format!("the template cannot be worked out: {error}"),
                "docs/feed.md shows every filter with an example",
            ),
            _ => Fault::rule(
                format!("the template cannot be worked out: {detail}"),
                "docs/feed.md shows every filter with an example",
            ),
        }
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Error {
        Error::new(ErrorKind::InvalidOperation, fault.message.clone()).with_source(fault)
    }
}
