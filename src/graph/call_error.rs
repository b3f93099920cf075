//! Everything that can go wrong with one call, each kind with its own type.

use std::time::Duration;

use thiserror::Error;

use super::error::GraphError;
use super::retry::Failure;
use super::retry_after::RETRY_AFTER_MAX;
use super::sign_in::{SignInError, SignInReason};
use super::transport::TransportError;
use super::trouble::in_words;
use crate::domain::Refusal;

/// A call that did not bring what it was made for.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CallError {
    #[error(transparent)]
    SignIn(Box<SignInError>),
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The service answered with an error for the whole call.
    #[error("{error}")]
    Graph {
        error: Box<GraphError>,
        retry_after: Option<Duration>,
    },
    /// The service, or something that answers in its place, sent what cannot be understood.
    #[error("the answer ({status}) cannot be understood: {reason}")]
    Unreadable {
        status: u16,
        reason: String,
        request_id: Option<String>,
    },
    /// The service pointed to another host; nothing was sent there.
    #[error("the service pointed to `{host}`, which is not the configured host")]
    ForeignHost { host: String },
    /// The pages of a listing led back to an earlier page.
    #[error(
        "the listing does not come to an end: its pages come back, hold nobody new, or hold many more users than the service counted"
    )]
    EndlessPages,
    /// The deadline passed before the request could be sent.
    #[error("the deadline passed before the request could be sent")]
    DeadlinePassed,
    /// A new password could not be put where it will be found again; nothing was sent.
    #[error("{reason}")]
    PasswordNotKept { reason: String },
    /// A request that this room cannot make.
    #[error("{what}")]
    Unsupported { what: String },
}

impl From<SignInError> for CallError {
    fn from(error: SignInError) -> CallError {
        CallError::SignIn(Box::new(error))
    }
}

impl CallError {
    pub(super) fn unreadable(status: u16, reason: impl Into<String>) -> CallError {
        CallError::Unreadable {
            status,
            reason: reason.into(),
            request_id: None,
        }
    }

    /// A body that cannot be written as JSON, which no request of ours has.
    pub(super) fn unwritable() -> CallError {
        CallError::Unsupported {
            what: "a request that cannot be written as JSON".to_owned(),
        }
    }

    /// What the retry decision needs to know.
    pub fn failure(&self) -> Failure {
        match self {
            CallError::SignIn(error) => Failure::SignIn {
                transient: error.is_transient(),
                doubtful: matches!(error.reason, SignInReason::NotFound { .. }),
                first_contact: matches!(&error.reason, SignInReason::Transport(error) if error.first_contact),
                retry_after: match &error.reason {
                    SignInReason::Refused { retry_after, .. }
                    | SignInReason::Updating { retry_after }
                    | SignInReason::NotFound { retry_after } => *retry_after,
                    SignInReason::Transport(_)
                    | SignInReason::Unreadable { .. }
                    | SignInReason::NoProof
                    | SignInReason::OtherTenant => None,
                },
            },
            CallError::Transport(error) => Failure::transport(error),
            CallError::Graph { error, retry_after } => Failure::Answer {
                status: error.status,
                code: error.code.clone(),
                retry_after: *retry_after,
            },
            CallError::Unreadable { .. } => Failure::Unreadable,
            CallError::ForeignHost { .. }
            | CallError::EndlessPages
            | CallError::DeadlinePassed
            | CallError::PasswordNotKept { .. }
            | CallError::Unsupported { .. } => Failure::NotSent,
        }
    }

    /// Whether sign-in or a permission stands in the way, rather than the data or the network.
    pub fn is_sign_in_or_permission(&self) -> bool {
        match self {
            CallError::SignIn(error) => !error.is_transient(),
            CallError::Graph { error, .. } => matches!(error.status, 401 | 403),
            _ => false,
        }
    }

    /// Whether the service, or the way to it, is out of order for now.
    pub fn is_unavailable(&self) -> bool {
        match self {
            CallError::SignIn(error) => error.is_transient(),
            CallError::Transport(_) | CallError::Unreadable { .. } | CallError::DeadlinePassed => true,
            CallError::Graph { error, .. } => error.status >= 500 || matches!(error.status, 408 | 429),
            CallError::ForeignHost { .. }
            | CallError::EndlessPages
            | CallError::PasswordNotKept { .. }
            | CallError::Unsupported { .. } => false,
        }
    }

    /// One sentence on what to do.
    pub fn hint(&self) -> String {
        match self {
            CallError::SignIn(error) => error.what_to_do.clone(),
            CallError::Transport(error) => error.hint().to_owned(),
            CallError::Graph {
                retry_after: Some(wait),
                ..
            } if *wait >= Duration::from_secs(1) && self.is_unavailable() => {
                let longer = if *wait >= RETRY_AFTER_MAX {
                    " or longer"
                } else {
                    ""
                };
                format!(
                    "the service asked to wait {}{longer}; run it again after that, what is done stays done",
                    in_words(*wait)
                )
            }
            CallError::Graph { error, .. } => error.hint(),
            CallError::Unreadable { .. } => {
                "check the address of the service and a proxy in between".to_owned()
            }
            CallError::ForeignHost { .. } => {
                "check the address of the service; behind a gateway, it must name itself in its links"
                    .to_owned()
            }
            CallError::EndlessPages => {
                "run it again; if it stays, give the request id to Microsoft's support".to_owned()
            }
            CallError::DeadlinePassed => "run it again, or allow more time".to_owned(),
            CallError::PasswordNotKept { .. } => {
                "make room on the disk, then `dirsheet resume` with a new file for `--passwords`".to_owned()
            }
            CallError::Unsupported { .. } => "leave the column out".to_owned(),
        }
    }

    /// The form in which journals and reports carry it; the status is 0 when there was no answer.
    pub fn to_refusal(&self) -> Refusal {
        let (status, code, request_id) = match self {
            CallError::Graph { error, .. } => return GraphError::clone(error).into_refusal(),
            CallError::Unreadable {
                status, request_id, ..
            } => (*status, "unreadable answer", request_id.clone()),
            CallError::SignIn(_) => (0, "no sign-in", None),
            CallError::Transport(_) => (0, "no answer", None),
            CallError::ForeignHost { .. } => (0, "foreign host", None),
            CallError::EndlessPages => (0, "endless pages", None),
            CallError::DeadlinePassed => (0, "deadline passed", None),
            CallError::PasswordNotKept { .. } => (0, "password not kept", None),
            CallError::Unsupported { .. } => (0, "not supported", None),
        };
        Refusal {
            status,
            code: code.to_owned(),
            message: self.to_string(),
            target: None,
            request_id,
            hint: self.hint(),
        }
    }
}
