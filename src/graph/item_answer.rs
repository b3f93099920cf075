//! What the service said to one operation of a batch.

use std::time::Duration;

use super::error::GraphError;
use super::retry::Failure;
use crate::domain::{OperationNumber, Refusal};

/// What the service said to one operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemAnswer {
    pub number: OperationNumber,
    pub answer: Answer,
    /// The service's id of the answer, of the item where it has one, else of the whole batch.
    pub request_id: Option<String>,
}

/// The answer to one operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// 2xx: stored durably, though not yet readable everywhere.
    Done { status: u16 },
    /// Something was to be removed and the service answered 404: either there was none, or the user is gone.
    /// Nothing is left to remove either way; reading tells which. Or somebody was to be added who is there already.
    AlreadySo { error: Box<GraphError> },
    /// An error of its own.
    Failed {
        error: Box<GraphError>,
        retry_after: Option<Duration>,
    },
    /// The batch was answered, this operation was not: in doubt. `unknown_ids` are answers nobody asked for.
    Missing { unknown_ids: Vec<String> },
    /// More than one answer: in doubt.
    Duplicate,
    /// An answer that means nothing: in doubt.
    Unreadable { status: u16, reason: String },
    /// The operation cannot be said in a request and was not sent; the others were.
    NotSent { reason: String },
}

impl ItemAnswer {
    /// What the retry decision needs to know; `None` when there is nothing to retry.
    pub fn failure(&self) -> Option<Failure> {
        match &self.answer {
            Answer::Done { .. } | Answer::AlreadySo { .. } => None,
            Answer::Failed { error, retry_after } => Some(Failure::Answer {
                status: error.status,
                code: error.code.clone(),
                retry_after: *retry_after,
            }),
            Answer::Missing { .. } | Answer::Duplicate | Answer::Unreadable { .. } => {
                Some(Failure::Unreadable)
            }
            Answer::NotSent { .. } => Some(Failure::NotSent),
        }
    }
}

impl ItemAnswer {
    /// The form in which journals and reports carry an answer that is not a success.
    pub fn to_refusal(&self) -> Refusal {
        let (status, code, message) = match &self.answer {
            Answer::Failed { error, .. } | Answer::AlreadySo { error } => {
                return GraphError::clone(error).into_refusal();
            }
            Answer::Done { status } => (*status, "done", "the service accepted it".to_owned()),
            Answer::Missing { .. } => (
                0,
                "no answer",
                "the batch was answered, but not this request".to_owned(),
            ),
            Answer::Duplicate => (
                0,
                "two answers",
                "the batch holds two answers for this request".to_owned(),
            ),
            Answer::Unreadable { status, reason } => (*status, "unreadable answer", reason.clone()),
            Answer::NotSent { reason } => (0, "not supported", reason.clone()),
        };
        Refusal {
            status,
            code: code.to_owned(),
            message,
            target: None,
            request_id: self.request_id.clone(),
            hint: "`dirsheet resume` reads the directory and goes on.".to_owned(),
        }
    }
}
