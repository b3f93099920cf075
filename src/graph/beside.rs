//! What no list of users holds: the profile store and the resources below a user, read for each user by itself.
//!
//! A question that is refused for one user costs that user's cell, never the list: its value is then unknown, which is not the
//! same as empty. Why, and how often, is remembered for the end of the reading.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value as Json;
use tokio::task::JoinSet;

use super::ask::Ask;
use super::call_error::CallError;
use super::decode::value_of;
use super::envelope::ItemResponse;
use super::error::GraphError;
use super::reader::DirectoryReader;
use super::resource;
use crate::catalogue::{Attribute, Permissions, ReadRule};
use crate::domain::{BATCH_OPERATIONS_MAX, Columns, UserState, Value};

/// Requests with such questions that are under way together.
const TOGETHER: usize = 8;

/// The service's answer where the profile store belongs to somebody else; it looks like a failure that could pass, and does not.
/// <https://learn.microsoft.com/graph/api/user-update>
const PROFILE_STORE_REFUSES: &str =
    "Microsoft.Office.Server.Directory.DirectoryObjectUnauthorizedAccessException";

/// One question about each user.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Question {
    /// `GET /users/{id}?$select=…`
    Select(Vec<&'static str>),
    /// `GET /users/{id}/{path}`
    Below(&'static str),
}

/// The questions for these columns, each with the places of the columns it answers.
fn questions(columns: &Columns) -> Vec<(Question, Vec<usize>)> {
    let mut selects: Vec<(Permissions, Vec<&'static str>, Vec<usize>)> = Vec::new();
    let mut below: Vec<(&'static str, Vec<usize>)> = Vec::new();
    for (place, attribute) in columns.iter().enumerate() {
        match attribute.read {
            // A question that is refused is refused as a whole, so each permission has one of its own.
            ReadRule::SingleUser { select } => {
                let permission = attribute.read_permission;
                match selects.iter_mut().find(|(known, ..)| *known == permission) {
                    Some((_, names, places)) => {
                        if !names.contains(&select) {
                            names.push(select);
                        }
                        places.push(place);
                    }
                    None => selects.push((permission, vec![select], vec![place])),
                }
            }
            ReadRule::Resource(resource) => {
                let path = resource.path();
                match below.iter_mut().find(|(known, _)| *known == path) {
                    Some((_, places)) => places.push(place),
                    None => below.push((path, vec![place])),
                }
            }
            ReadRule::List { .. }
            | ReadRule::ListOptIn { .. }
            | ReadRule::Expand { .. }
            | ReadRule::Never => {}
        }
    }
    let selects = selects
        .into_iter()
        .map(|(_, names, places)| (Question::Select(names), places));
    let below = below
        .into_iter()
        .map(|(path, places)| (Question::Below(path), places));
    selects.chain(below).collect()
}

/// A final answer about one user.
#[derive(Debug)]
enum Told {
    Body(Json),
    Refused(Box<GraphError>),
}

/// What could not be read, attribute by attribute: how often, and why the first time.
#[derive(Debug, Default)]
pub(super) struct Untold(Mutex<BTreeMap<&'static str, (u64, String)>>);

/// An attribute that could not be read for some users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    pub attribute: &'static str,
    pub users: u64,
    /// The first answer, in words.
    pub reason: String,
}

impl Untold {
    pub(super) fn note(&self, attribute: &'static str, reason: impl FnOnce() -> String) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(attribute).or_insert_with(|| (0, reason())).0 += 1;
    }
}

impl DirectoryReader {
    /// What could not be read so far, of attributes that are read for each user by itself.
    pub fn unreadable(&self) -> Vec<Unreadable> {
        let known = self.untold.0.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .iter()
            .map(|(attribute, (users, reason))| Unreadable {
                attribute,
                users: *users,
                reason: reason.clone(),
            })
            .collect()
    }

    /// Reads the columns that no list holds, for these users.
    ///
    /// # Errors
    /// [`CallError`] when a whole request failed after all attempts; a refusal for one user is none, its value stays unread.
    pub(super) async fn fill_beside(
        &self,
        users: &mut [&mut UserState],
        columns: &Columns,
    ) -> Result<(), CallError> {
        let questions = questions(columns);
        if questions.is_empty() || users.is_empty() {
            return Ok(());
        }
        let asks: Vec<Ask> = users
            .iter()
            .flat_map(|user| {
                questions.iter().map(move |(question, _)| Ask {
                    path: match question {
                        Question::Select(names) => format!("/users/{}?$select={}", user.id, names.join(",")),
                        Question::Below(path) => format!("/users/{}/{path}", user.id),
                    },
                    eventual: false,
                    resource_units: 1,
                })
            })
            .collect();
        let told = self.ask_all(&asks).await?;
        for (index, told) in told.into_iter().enumerate() {
            let user = users.get_mut(index / questions.len());
            let (Some(user), Some((question, places))) = (user, questions.get(index % questions.len()))
            else {
                continue;
            };
            for place in places {
                let Some(attribute) = columns.get(*place).copied() else {
                    continue;
                };
                match value_told(question, attribute, &told) {
                    Ok(value) => {
                        if let Some(cell) = user.values.get_mut(*place) {
                            *cell = value;
                        }
                    }
                    Err(reason) => {
                        user.unread.push(attribute.name);
                        self.untold.note(attribute.name, || reason);
                    }
                }
            }
        }
        Ok(())
    }

    /// All questions, a few requests of twenty together; the answers stand in the order of the questions.
    async fn ask_all(&self, asks: &[Ask]) -> Result<Vec<Told>, CallError> {
        let mut batches = asks.chunks(BATCH_OPERATIONS_MAX).map(<[Ask]>::to_vec).enumerate();
        let mut told: Vec<Vec<Told>> = asks.chunks(BATCH_OPERATIONS_MAX).map(|_| Vec::new()).collect();
        let mut under_way = JoinSet::new();
        loop {
            while under_way.len() < TOGETHER
                && let Some((number, batch)) = batches.next()
            {
                let reader = self.clone();
                under_way.spawn(async move { (number, reader.ask_together(&batch, told_of).await) });
            }
            match under_way.join_next().await {
                None => return Ok(told.into_iter().flatten().collect()),
                Some(Ok((number, answers))) => {
                    let answers = answers?;
                    if let Some(place) = told.get_mut(number) {
                        *place = answers;
                    }
                }
                Some(Err(ended)) => match ended.try_into_panic() {
                    Ok(panic) => std::panic::resume_unwind(panic),
                    Err(_) => return Err(CallError::unreadable(0, "a question that was broken off")),
                },
            }
        }
    }
}

/// Whether an answer is final, and what it says.
fn told_of(_: usize, response: ItemResponse, retry_after: Option<Duration>) -> Result<Told, CallError> {
    let ItemResponse {
        status,
        headers,
        body,
    } = response;
    if status == 200 {
        return Ok(Told::Body(body));
    }
    let error = Box::new(GraphError::of_json(status, &body).with_headers(&headers));
    let is_permanent = error.code.contains(PROFILE_STORE_REFUSES);
    match status {
        // 202: the service is still fetching what it keeps elsewhere.
        202 | 401 | 408 | 429 | 500 | 502..=504 if !is_permanent => {
            Err(CallError::Graph { error, retry_after })
        }
        400..=599 => Ok(Told::Refused(error)),
        _ => Err(CallError::unreadable(status, error.message)),
    }
}

fn value_told(question: &Question, attribute: &'static Attribute, told: &Told) -> Result<Value, String> {
    let body = match told {
        Told::Body(body) => body,
        Told::Refused(error) => return Err(error.to_string()),
    };
    let unexpected = || format!("an answer without `{}`", attribute.name);
    match (question, attribute.read) {
        (Question::Below(_), ReadRule::Resource(resource)) => {
            resource::value_in(resource, body).ok_or_else(unexpected)
        }
        (_, ReadRule::SingleUser { select }) => {
            let property = body.get(select).ok_or_else(unexpected)?;
            let json = match attribute.parent_and_leaf() {
                None => property.clone(),
                Some((_, leaf)) => {
                    let end = leaf.split('.').try_fold(property, |json, part| match json {
                        Json::Null => Some(json),
                        json => json.get(part),
                    });
                    end.ok_or_else(unexpected)?.clone()
                }
            };
            Ok(value_of(attribute, json))
        }
        _ => Err(unexpected()),
    }
}
