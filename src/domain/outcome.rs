//! What became of every change, every operation and every row.

use serde::{Deserialize, Serialize};

use super::{OperationNumber, UserId, Value};
use crate::catalogue::Attribute;

/// A refusal by the service, told in its own words and ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The HTTP status; 0 when there was no answer.
    pub status: u16,
    /// Graph's `error.code`, or a word of ours in lower case with blanks (`no answer`).
    pub code: String,
    pub message: String,
    /// The property Graph names as the cause, if it names one.
    pub target: Option<String>,
    pub request_id: Option<String>,
    /// What to do about it.
    pub hint: String,
}

/// What became of one change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum Outcome {
    /// The service answered 2xx: stored durably, though not yet readable everywhere. Nobody has looked yet.
    Accepted,
    /// Accepted, and a read after the run showed the written value.
    Confirmed,
    /// Accepted, and reads still showed the earlier value when the patience for looking ended.
    NotVisible,
    /// Accepted, but the directory holds something else: it was overwritten or never stored.
    Lost { live: Value },
    /// A later read showed the wanted value; nothing had to be sent again.
    AlreadyThere {
        /// Whether the run had sent this change before, so that what was seen may be its own work. `None` in journals from before
        /// this was told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after_send: Option<bool>,
    },
    /// The service refused it for good.
    Refused { refusal: Refusal },
    /// Somebody else changed the cell after the plan was made, so it was left alone.
    Moved { live: Value },
    /// It was never sent, for this reason.
    NotSent { reason: String },
    /// It may or may not have been stored; `resume` reads and decides.
    InDoubt { reason: String },
}

impl Outcome {
    /// The wanted value was seen. `after_send`: the run had sent this change before.
    pub const fn already_there(after_send: bool) -> Outcome {
        Outcome::AlreadyThere {
            after_send: Some(after_send),
        }
    }

    /// Whether the directory holds the wanted value, as far as the service said.
    pub fn is_done(&self) -> bool {
        match self {
            Outcome::Accepted | Outcome::Confirmed | Outcome::NotVisible | Outcome::AlreadyThere { .. } => {
                true
            }
            Outcome::Lost { .. }
            | Outcome::Refused { .. }
            | Outcome::Moved { .. }
            | Outcome::NotSent { .. }
            | Outcome::InDoubt { .. } => false,
        }
    }

    /// Whether the service accepted it and no read has shown it yet.
    pub fn is_unproved(&self) -> bool {
        matches!(self, Outcome::Accepted | Outcome::NotVisible)
    }

    /// Whether `resume` has anything left to do about it.
    pub fn is_final(&self) -> bool {
        !matches!(self, Outcome::NotSent { .. } | Outcome::InDoubt { .. })
    }
}

/// What became of one attribute of an operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeOutcome {
    #[serde(with = "super::operation::attribute_by_name")]
    pub attribute: &'static Attribute,
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What became of an operation: one entry for each of its changes, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationResult {
    pub number: OperationNumber,
    pub outcomes: Vec<ChangeOutcome>,
    /// The service's id of the last answer, for Microsoft's support.
    pub request_id: Option<String>,
    pub finished_at: jiff::Timestamp,
    /// The service's id of the user whom the operation made, where its answer named it. Journals from before this was kept, and
    /// operations whose answer got lost, have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<UserId>,
}

impl OperationResult {
    /// Whether all of it was done by the run itself, as far as the service said.
    pub fn is_done_by_run(&self) -> bool {
        self.outcomes.iter().all(|change| {
            matches!(
                change.outcome,
                Outcome::Accepted
                    | Outcome::Confirmed
                    | Outcome::NotVisible
                    | Outcome::AlreadyThere {
                        after_send: Some(true)
                    }
            )
        })
    }

    /// Whether `resume` has anything left to do about it.
    pub fn is_final(&self) -> bool {
        self.outcomes.iter().all(|change| change.outcome.is_final())
    }
}

/// The word in the `_status` column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum RowStatus {
    #[serde(rename = "unchanged")]
    Unchanged,
    #[serde(rename = "updated")]
    Updated,
    #[serde(rename = "partial")]
    Partial,
    #[serde(rename = "failed")]
    Failed,
    #[serde(rename = "conflict")]
    Conflict,
    #[serde(rename = "skipped")]
    Skipped,
    #[serde(rename = "not sent")]
    NotSent,
}

impl RowStatus {
    /// Every status, in the order in which a summary names them.
    pub const ALL: [RowStatus; 7] = [
        RowStatus::Updated,
        RowStatus::Partial,
        RowStatus::Failed,
        RowStatus::Conflict,
        RowStatus::Skipped,
        RowStatus::NotSent,
        RowStatus::Unchanged,
    ];

    /// The word in reports and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            RowStatus::Unchanged => "unchanged",
            RowStatus::Updated => "updated",
            RowStatus::Partial => "partial",
            RowStatus::Failed => "failed",
            RowStatus::Conflict => "conflict",
            RowStatus::Skipped => "skipped",
            RowStatus::NotSent => "not sent",
        }
    }

    /// Whether a row with this status belongs into the file of rows that still need work.
    pub fn needs_work(self) -> bool {
        match self {
            RowStatus::Unchanged | RowStatus::Updated => false,
            RowStatus::Partial
            | RowStatus::Failed
            | RowStatus::Conflict
            | RowStatus::Skipped
            | RowStatus::NotSent => true,
        }
    }
}
