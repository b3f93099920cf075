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
use super::lanes::Lane;
use super::reader::DirectoryReader;
use super::resource;
use crate::catalogue::{Attribute, Permissions, ReadRule, Resource};
use crate::domain::{BATCH_OPERATIONS_MAX, Columns, METHODS_TOGETHER_MAX, UserState, Value};

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
    Below(&'static str, Option<Lane>),
}

/// The questions for these columns, each with the places of the columns it answers.
fn questions(columns: &Columns) -> Vec<(Question, Vec<usize>)> {
    let mut selects: Vec<(Permissions, Vec<&'static str>, Vec<usize>)> = Vec::new();
    let mut below: Vec<(Question, Vec<usize>)> = Vec::new();
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
            // Bytes are asked for in another way: see `pictures`.
            ReadRule::Resource(Resource::Photo) => {}
            ReadRule::Resource(resource) => {
                let lane = resource.is_sign_in_method().then_some(Lane::Methods);
                let question = Question::Below(resource.path(), lane);
                match below.iter_mut().find(|(known, _)| *known == question) {
                    Some((_, places)) => places.push(place),
                    None => below.push((question, vec![place])),
                }
            }
            ReadRule::List { .. }
            | ReadRule::ListOptIn { .. }
            | ReadRule::Expand { .. }
            | ReadRule::RoleAssignments
            | ReadRule::Account
            | ReadRule::Never => {}
        }
    }
    let selects = selects
        .into_iter()
        .map(|(_, names, places)| (Question::Select(names), places));
    selects.chain(below).collect()
}

/// A final answer about one user.
#[derive(Debug)]
pub(super) enum Told {
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
        self.fill_pictures(users, columns).await?;
        let mut questions = questions(columns);
        if questions.is_empty() || users.is_empty() {
            return Ok(());
        }
        self.leave_out_denied(&mut questions, users, columns).await;
        let asks: Vec<Ask> = users
            .iter()
            .flat_map(|user| {
                questions.iter().map(move |(question, _)| Ask {
                    path: match question {
                        Question::Select(names) => format!("/users/{}?$select={}", user.id, names.join(",")),
                        Question::Below(path, _) => format!("/users/{}/{path}", user.id),
                    },
                    lane: match question {
                        Question::Select(_) => None,
                        Question::Below(_, lane) => *lane,
                    },
                    eventual: false,
                    resource_units: 1,
                })
            })
            .collect();
        let told = self.ask_all(&asks, BATCH_OPERATIONS_MAX).await?;
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
                    Err(reason) => self.unread(user, columns, *place, reason),
                }
            }
        }
        Ok(())
    }

    /// What lies below a user and the permissions in the token do not cover is not asked for user by user: the answer is known, and
    /// every refusal counts. A question with `$select` is asked all the same.
    async fn leave_out_denied(
        &self,
        questions: &mut Vec<(Question, Vec<usize>)>,
        users: &mut [&mut UserState],
        columns: &Columns,
    ) {
        let granted = self.session.granted().await.unwrap_or_default();
        if granted.is_empty() {
            return;
        }
        let denied = |place: &usize| {
            let attribute = columns.get(*place).copied();
            attribute.filter(|attribute| !attribute.read_permission.covered_by(&granted))
        };
        questions.retain(|(question, places)| {
            let denied: Vec<_> = places.iter().filter_map(denied).collect();
            if matches!(question, Question::Select(_)) || denied.len() < places.len() {
                return true;
            }
            for user in users.iter_mut() {
                for attribute in &denied {
                    user.unread.push(attribute.name);
                    let needs = || {
                        format!(
                            "the sign-in has no permission to read it: grant {}",
                            attribute.read_permission.in_words()
                        )
                    };
                    self.untold.note(attribute.name, needs);
                }
            }
            false
        });
    }

    /// Notes that a value could not be read.
    pub(super) fn unread(&self, user: &mut UserState, columns: &Columns, place: usize, reason: String) {
        if let Some(attribute) = columns.get(place) {
            user.unread.push(attribute.name);
            self.untold.note(attribute.name, || reason);
        }
    }

    /// All questions, a few requests of so many together; the answers stand in the order of the questions.
    pub(super) async fn ask_all(&self, asks: &[Ask], in_one: usize) -> Result<Vec<Told>, CallError> {
        let mut batches = batches(asks, in_one).into_iter();
        let mut told: Vec<Option<Told>> = asks.iter().map(|_| None).collect();
        let mut under_way = JoinSet::new();
        loop {
            while under_way.len() < TOGETHER
                && let Some(batch) = batches.next()
            {
                let reader = self.clone();
                under_way.spawn(async move {
                    let (places, asks): (Vec<usize>, Vec<Ask>) = batch.into_iter().unzip();
                    (places, reader.ask_together(&asks, told_of, given_up).await)
                });
            }
            match under_way.join_next().await {
                None => return Ok(told.into_iter().flatten().collect()),
                Some(Ok((places, answers))) => {
                    for (place, answer) in places.into_iter().zip(answers?) {
                        if let Some(place) = told.get_mut(place) {
                            *place = Some(answer);
                        }
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

/// The questions in requests, with their places: so many together, of a lane fewer and after the others.
fn batches(asks: &[Ask], in_one: usize) -> Vec<Vec<(usize, Ask)>> {
    let numbered = asks.iter().cloned().enumerate();
    let (ordinary, in_lane): (Vec<_>, Vec<_>) = numbered.partition(|(_, ask)| ask.lane.is_none());
    let ordinary = ordinary.chunks(in_one).map(<[_]>::to_vec);
    let in_lane = in_lane
        .chunks(in_one.min(METHODS_TOGETHER_MAX))
        .map(<[_]>::to_vec);
    ordinary.chain(in_lane).collect()
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

/// An answer that stays an error costs this user's cell and not the whole reading. Being told to wait, or to sign in, is about
/// all of it.
fn given_up(error: CallError) -> Result<Told, CallError> {
    match error {
        CallError::Graph { error, .. } if !matches!(error.status, 401 | 429) => Ok(Told::Refused(error)),
        other => Err(other),
    }
}

fn value_told(question: &Question, attribute: &'static Attribute, told: &Told) -> Result<Value, String> {
    let body = match told {
        Told::Body(body) => body,
        Told::Refused(error) => return Err(error.to_string()),
    };
    let unexpected = || format!("an answer without `{}`", attribute.name);
    match (question, attribute.read) {
        (Question::Below(..), ReadRule::Resource(resource)) => {
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
