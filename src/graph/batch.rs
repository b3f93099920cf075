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
use super::invitations::{LEFT_OUT, without_link};
use super::item_answer::{Answer, ItemAnswer};
use super::lanes::{Lane, LanePass};
use super::licences;
use super::limits::{Cost, Touched};
use super::pictures::{self, counted, is_picture, parts, single_request};
use super::role_column;
use super::service::Response;
use super::session::{Session, Turn};
use crate::catalogue::{Resource, WriteRule};
use crate::domain::{AccountAction, Action, Batch, Operation};

/// A batch has waited in `turn` before it is sent.
const WRITE_TURN: Turn = Turn::Taken(Touched::Writes);

/// Sends batches. Each is sent once: the worker that holds it decides with [`super::decide`] what is sent again.
#[derive(Debug, Clone)]
pub struct DirectoryWriter {
    session: Arc<Session>,
    deadline: Option<Instant>,
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
            .turn(Cost::of_writes(counted(batch.operations())), self.deadline)
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

    /// Waits for a place in the lane of authentication methods, where the batch has such requests; the place is kept until the
    /// answer is there. It is apart from the turn, because the look at the users in between needs places of the lane itself.
    ///
    /// # Errors
    /// [`CallError::DeadlinePassed`].
    pub async fn enter_lane(&self, batch: &Batch) -> Result<Option<LanePass>, CallError> {
        // Methods have batches of their own, so that no batch needs two lanes.
        let mut lanes = batch.operations().iter().filter_map(lane_of);
        let Some(lane) = lanes.next() else {
            return Ok(None);
        };
        let requests = 1 + lanes.filter(|other| *other == lane).count();
        let pass = self.session.enter_lane(lane, requests as u32, self.deadline);
        pass.await.map(Some)
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
        let shelf = self.session.pictures();
        let encoded: Vec<Result<Encoded, String>> = operations
            .iter()
            .map(|operation| -> Result<Result<Encoded, String>, CallError> {
                let encoded = licences::request(&self.session, operation)
                    .or_else(|| role_column::request(&self.session, operation));
                let encoded = encoded.unwrap_or_else(|| {
                    pictures::encode(operation, shelf.as_deref())
                        .unwrap_or_else(|| encode(operation, self.session.version_root()))
                        .map_err(|error| error.to_string())
                });
                let mut encoded = match encoded {
                    Ok(encoded) => encoded,
                    Err(error) => return Ok(Err(error)),
                };
                let newcomers = &self.session.newcomers;
                newcomers.address(operation, &mut encoded);
                let given = newcomers.give_password(operation, &mut encoded);
                given.map_err(|reason| CallError::PasswordNotKept { reason })?;
                Ok(Ok(encoded))
            })
            .collect::<Result<_, _>>()?;
        let sendable: Vec<(&Operation, &Encoded)> = operations
            .iter()
            .zip(&encoded)
            .filter_map(|(operation, encoded)| Some((operation, encoded.as_ref().ok()?)))
            .collect();
        let mut answers = match sendable.as_slice() {
            [] => Vec::new(),
            [(operation, encoded)] => vec![self.send_one(operation, encoded).await?],
            several => self.send_in_parts(several).await?,
        }
        .into_iter();
        Ok(operations
            .iter()
            .zip(encoded)
            .filter_map(|(operation, encoded)| match encoded {
                Ok(_) => answers.next().map(|answer| without_link(answer, operation)),
                Err(reason) => Some(ItemAnswer {
                    number: operation.number,
                    answer: role_column::gone(&self.session, operation)
                        .map_or(Answer::NotSent { reason }, |error| Answer::AlreadySo { error }),
                    request_id: None,
                }),
            })
            .collect())
    }

    async fn send_one(&self, operation: &Operation, encoded: &Encoded) -> Result<ItemAnswer, CallError> {
        let url = self.session.address(&encoded.path)?;
        let request = single_request(encoded, url)
            .ok_or_else(CallError::unwritable)?
            .bulk();
        let number = operation.number;
        let turn = match counted_beside(operation) {
            Some(lane) => Turn::Beside(lane, Touched::Writes),
            None => WRITE_TURN,
        };
        match self.session.send(request, turn, self.deadline).await {
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

    /// Pictures can make an envelope too large for the service: then it goes in parts, one after another.
    async fn send_in_parts(&self, sendable: &[(&Operation, &Encoded)]) -> Result<Vec<ItemAnswer>, CallError> {
        let mut answers = Vec::with_capacity(sendable.len());
        for part in parts(sendable) {
            match self.send_several(part).await {
                Ok(told) => answers.extend(told),
                // Nothing of an earlier part is at stake any more.
                Err(error) if answers.is_empty() => return Err(error),
                // Each of them was told to wait, or that the service is out of order.
                Err(CallError::Graph { error, retry_after })
                    if matches!(error.status, 401 | 408 | 429 | 502..=504) =>
                {
                    answers.extend(part.iter().map(|(operation, _)| ItemAnswer {
                        number: operation.number,
                        request_id: error.request_id.clone(),
                        answer: Answer::Failed {
                            error: error.clone(),
                            retry_after,
                        },
                    }));
                }
                // What came before is answered, so this part must be told item by item. In doubt is the safe word: it is looked at.
                Err(_) => answers.extend(part.iter().map(|(operation, _)| ItemAnswer {
                    number: operation.number,
                    answer: Answer::Missing {
                        unknown_ids: Vec::new(),
                    },
                    request_id: None,
                })),
            }
        }
        Ok(answers)
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
        let sent = envelope::send(&self.session, &items, WRITE_TURN, self.deadline).await;
        let mut answers = sent.map_err(|error| match error {
            CallError::Unreadable {
                status, request_id, ..
            } if sendable
                .iter()
                .any(|(operation, _)| operation.invitation().is_some()) =>
            {
                CallError::Unreadable {
                    status,
                    reason: LEFT_OUT.to_owned(),
                    request_id,
                }
            }
            other => other,
        })?;
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
        let retry_after = match counted_beside(operation) {
            Some(lane) => self.session.observe_beside(lane, status, &headers, answers.sent),
            None => self.session.observe(status, &headers, answers.sent),
        };
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

/// What a request needs beside the budgets of the directory.
fn lane_of(operation: &Operation) -> Option<Lane> {
    if operation.is_sign_in_method() {
        Some(Lane::Methods)
    } else {
        operation.invitation().is_some().then_some(Lane::Invitations)
    }
}

/// The lane, or none, of a request that the budgets of the directory do not count.
fn counted_beside(operation: &Operation) -> Option<Option<Lane>> {
    match lane_of(operation) {
        Some(lane) => Some(Some(lane)),
        None => is_picture(operation).then_some(None),
    }
}

/// What the service says when a reference is added that is there.
const ADDED_ALREADY: &str = "added object references already exist";

/// What it says when a role is given that the user holds.
const GIVEN_ALREADY: &str = "conflicting object";

/// Whether one item was to be added that is there already.
fn is_added_already(operation: &Operation, error: &GraphError) -> bool {
    let Action::Resource { change } = &operation.action else {
        return false;
    };
    let (statuses, words): (&[u16], _) = match change.attribute.write {
        WriteRule::Resource(Resource::Sponsors) => (&[400], ADDED_ALREADY),
        WriteRule::Roles => (&[400, 409], GIVEN_ALREADY),
        _ => return false,
    };
    !change.is_clear() && statuses.contains(&error.status) && error.message.contains(words)
}

/// Removing what is not there is no failure of the removal, nor is adding what is there one of the addition.
fn failed(operation: &Operation, error: Box<GraphError>, retry_after: Option<Duration>) -> Answer {
    let removes = match &operation.action {
        // Nothing is absent where licences are concerned but the user.
        Action::Resource { change } if change.attribute.write == WriteRule::Licences => false,
        Action::Relation { change } | Action::Resource { change } => change.is_clear(),
        Action::Account { change } => AccountAction::of(change) == Some(AccountAction::Delete),
        Action::Patch { .. } | Action::Profile { .. } | Action::Create { .. } => false,
    };
    let is_absent = error.code == "Request_ResourceNotFound" || pictures::says_none(&error);
    if removes && error.is_not_found() && is_absent {
        return Answer::AlreadySo { error };
    }
    if is_added_already(operation, &error) {
        return Answer::AlreadySo { error };
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
