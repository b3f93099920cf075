//! The only type that can write.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::call_error::CallError;
use super::encode::{Encoded, encode};
use super::envelope::{self, Answers, Found, Item, ItemResponse};
use super::error::GraphError;
use super::harmless::beginning;
use super::licences;
use super::limits::{Cost, Touched};
use super::retry::Failure;
use super::service::{Request, Response};
use super::session::{Session, Turn};
use crate::catalogue::WriteRule;
use crate::domain::{Action, Batch, Operation, OperationNumber, Refusal};

/// A batch has waited in `turn` before it is sent.
const WRITE_TURN: Turn = Turn::Taken(Touched::Writes);

/// Sends batches. Each is sent once: the worker that holds it decides with [`super::decide`] what is sent again.
#[derive(Debug, Clone)]
pub struct DirectoryWriter {
    session: Arc<Session>,
    deadline: Option<Instant>,
}

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
    /// A relation was to be removed and the service answered 404: either there was none, or the user is gone.
    /// Nothing is left to remove either way; reading tells which.
    AlreadyAbsent { error: Box<GraphError> },
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
            Answer::Done { .. } | Answer::AlreadyAbsent { .. } => None,
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
            Answer::Failed { error, .. } | Answer::AlreadyAbsent { error } => {
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

impl DirectoryWriter {
    pub fn new(session: Arc<Session>) -> DirectoryWriter {
        DirectoryWriter {
            session,
            deadline: None,
        }
    }

    /// No request is sent after this moment; one under way is not cut off, because that would leave it in doubt.
    pub fn until(mut self, deadline: Option<Instant>) -> DirectoryWriter {
        self.deadline = deadline;
        self
    }

    /// Waits until this batch may be sent. It is apart from sending, so that a run that is asked to end meanwhile sends
    /// nothing, and so that the journal's intent is written only when the request really goes.
    ///
    /// # Errors
    /// [`CallError::DeadlinePassed`].
    pub async fn turn(&self, batch: &Batch) -> Result<(), CallError> {
        self.session
            .turn(Cost::of_writes(batch.operations().len()), self.deadline)
            .await
    }

    /// Waits until the service asks nobody to wait any more: between the turn of a batch and its sending lies a look at its users,
    /// and a 429 in that time holds this batch as well. It waits for no budget and charges nothing. A future that is dropped
    /// leaves nothing behind.
    ///
    /// # Errors
    /// [`CallError::DeadlinePassed`].
    pub async fn wait_out_hold(&self) -> Result<(), CallError> {
        self.session.wait_out_hold(self.deadline).await
    }

    /// Sends the operations, whose turn has come, and gives one answer for each, in the batch's order.
    ///
    /// A single operation is sent as a plain request: it costs the same, and its status cannot get lost in an envelope.
    ///
    /// # Errors
    /// The whole call failed. Whether anything was done says `CallError::failure` with `Failure::may_have_been_applied`.
    pub async fn send(&self, batch: &Batch) -> Result<Vec<ItemAnswer>, CallError> {
        self.send_operations(batch.operations()).await
    }

    /// What `send` does with the operations of a batch; apart only for the tests of this room, where nothing packs batches.
    pub(super) async fn send_operations(
        &self,
        operations: &[Operation],
    ) -> Result<Vec<ItemAnswer>, CallError> {
        let encoded: Vec<Result<Encoded, String>> = operations
            .iter()
            .map(|operation| {
                let mut encoded = match licences::request(&self.session, operation) {
                    Some(encoded) => encoded?,
                    None => {
                        encode(operation, self.session.version_root()).map_err(|error| error.to_string())?
                    }
                };
                self.session.newcomers.address(operation, &mut encoded);
                self.session.newcomers.give_password(operation, &mut encoded)?;
                Ok(encoded)
            })
            .collect();
        let sendable: Vec<(&Operation, &Encoded)> = operations
            .iter()
            .zip(&encoded)
            .filter_map(|(operation, encoded)| Some((operation, encoded.as_ref().ok()?)))
            .collect();
        let mut answers = match sendable.as_slice() {
            [] => Vec::new(),
            [(operation, encoded)] => vec![self.send_one(operation, encoded).await?],
            several => self.send_several(several).await?,
        }
        .into_iter();
        Ok(operations
            .iter()
            .zip(encoded)
            .filter_map(|(operation, encoded)| match encoded {
                Ok(_) => answers.next(),
                Err(reason) => Some(ItemAnswer {
                    number: operation.number,
                    answer: Answer::NotSent { reason },
                    request_id: None,
                }),
            })
            .collect())
    }

    async fn send_one(&self, operation: &Operation, encoded: &Encoded) -> Result<ItemAnswer, CallError> {
        let url = self.session.address(&encoded.path)?;
        let request = Request::json(encoded.method.clone(), url, encoded.body.as_ref());
        let request = request.ok_or_else(CallError::unwritable)?.bulk();
        let number = operation.number;
        match self.session.send(request, WRITE_TURN, self.deadline).await {
            Ok(response) => {
                if let Ok(body) = serde_json::from_slice(&response.body) {
                    self.session.newcomers.born(operation, &body);
                }
                Ok(ItemAnswer {
                    number,
                    request_id: response.request_id(),
                    answer: single(&response),
                })
            }
            Err(CallError::Graph { error, retry_after }) => Ok(ItemAnswer {
                number,
                request_id: error.request_id.clone(),
                answer: failed(operation, error, retry_after),
            }),
            Err(CallError::Unreadable {
                status,
                reason,
                request_id,
            }) => Ok(ItemAnswer {
                number,
                request_id,
                answer: Answer::Unreadable { status, reason },
            }),
            Err(error) => Err(error),
        }
    }

    async fn send_several(&self, sendable: &[(&Operation, &Encoded)]) -> Result<Vec<ItemAnswer>, CallError> {
        let items: Vec<Item> = sendable
            .iter()
            .map(|(operation, encoded)| Item {
                id: operation.number.0.to_string(),
                method: encoded.method.clone(),
                path: Cow::Borrowed(&encoded.path),
                eventual: false,
                body: encoded.body.as_ref(),
            })
            .collect();
        let mut answers = envelope::send(&self.session, &items, WRITE_TURN, self.deadline).await?;
        let mut out: Vec<ItemAnswer> = sendable
            .iter()
            .zip(&items)
            .map(|((operation, _), item)| {
                let found = answers.take(&item.id);
                self.item_answer(operation, found, &answers)
            })
            .collect();
        let strangers = answers.unknown_ids();
        for answer in &mut out {
            if let Answer::Missing { unknown_ids } = &mut answer.answer {
                unknown_ids.clone_from(&strangers);
            }
        }
        Ok(out)
    }

    fn item_answer(&self, operation: &Operation, found: Found, answers: &Answers) -> ItemAnswer {
        let number = operation.number;
        let request_id = answers.request_id.clone();
        let doubtful = |answer| ItemAnswer {
            number,
            answer,
            request_id: request_id.clone(),
        };
        let item = match found {
            Found::One(item) => item,
            Found::None => {
                return doubtful(Answer::Missing {
                    unknown_ids: Vec::new(),
                });
            }
            Found::Several => return doubtful(Answer::Duplicate),
        };
        let ItemResponse {
            status,
            headers,
            body,
        } = item;
        let retry_after = self.session.observe(status, &headers, answers.sent);
        match status {
            200..=299 => {
                self.session.newcomers.born(operation, &body);
                ItemAnswer {
                    number,
                    request_id: super::service::header_text(&headers, "request-id").or(request_id),
                    answer: Answer::Done { status },
                }
            }
            400..=599 => {
                let error = GraphError::of_json(status, &body).with_headers(&headers);
                ItemAnswer {
                    number,
                    request_id: error.request_id.clone().or(request_id),
                    answer: failed(operation, Box::new(error), retry_after),
                }
            }
            _ => doubtful(Answer::Unreadable {
                status,
                reason: beginning(body.to_string().as_bytes()),
            }),
        }
    }
}

/// Removing what is not there is no failure of the removal.
fn failed(operation: &Operation, error: Box<GraphError>, retry_after: Option<Duration>) -> Answer {
    let removes = matches!(&operation.action, Action::Relation { change } | Action::Resource { change }
        if change.is_clear() && change.attribute.write != WriteRule::Licences);
    if removes && error.is_not_found() && error.code == "Request_ResourceNotFound" {
        return Answer::AlreadyAbsent { error };
    }
    Answer::Failed { error, retry_after }
}

/// The service answers a write with 204 and no body. A page of a portal or proxy that says 200 is no success, nor is an error in it.
fn single(response: &Response) -> Answer {
    let status = response.status.as_u16();
    let plausible = response.body.is_empty()
        || serde_json::from_slice::<serde_json::Value>(&response.body)
            .is_ok_and(|body| body.is_object() && body.get("error").is_none());
    if plausible {
        return Answer::Done { status };
    }
    Answer::Unreadable {
        status,
        reason: beginning(&response.body),
    }
}
