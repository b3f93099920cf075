//! Reading single users, twenty in one request.

use std::borrow::Cow;
use std::time::Duration;

use reqwest::Method;

use super::call_error::CallError;
use super::decode::Decoder;
use super::envelope::{self, Found, Item};
use super::error::GraphError;
use super::limits::Cost;
use super::query::Selection;
use super::reader::DirectoryReader;
use super::retry::Tries;
use super::session::Turn;
use crate::domain::{BATCH_OPERATIONS_MAX, Columns, UpnKey, UserKey, UserState};

/// What was found for one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    Found(Box<UserState>),
    /// There is no such user, or it is not visible yet.
    NotFound,
    /// The service answered with another user than the one asked for; it is not given, so that nothing is written to it.
    Mismatch,
    /// An error for this user alone.
    Failed(Box<GraphError>),
}

impl DirectoryReader {
    /// Reads users by id or userPrincipalName, one result for each key, in their order.
    ///
    /// # Errors
    /// [`CallError`] when a whole request failed after all attempts.
    pub async fn users_by_key(&self, keys: &[UserKey], columns: &Columns) -> Result<Vec<Lookup>, CallError> {
        let selection = Selection::of(columns)?;
        let decoder = Decoder::new(columns);
        let mut found = Vec::with_capacity(keys.len());
        for keys in keys.chunks(BATCH_OPERATIONS_MAX) {
            found.extend(self.twenty(keys, &selection, &decoder).await?);
        }
        Ok(found)
    }

    async fn twenty(
        &self,
        keys: &[UserKey],
        selection: &Selection,
        decoder: &Decoder,
    ) -> Result<Vec<Lookup>, CallError> {
        let mut found: Vec<Option<Lookup>> = vec![None; keys.len()];
        let end = Some(self.end());
        let mut tries = Tries::new(true, end);
        loop {
            let open: Vec<(usize, &UserKey)> = keys
                .iter()
                .enumerate()
                .filter(|(index, _)| found.get(*index).is_some_and(Option::is_none))
                .collect();
            if open.is_empty() {
                return Ok(found.into_iter().flatten().collect());
            }
            let items: Vec<Item> = open
                .iter()
                .map(|(index, key)| item(*index, key, selection))
                .collect();
            let units = selection
                .cost
                .resource_units
                .saturating_mul(u32::try_from(items.len()).unwrap_or(20));
            let sent = envelope::send(&self.session, &items, Turn::Ask(Cost::of_read(units)), end).await;
            let mut answers = match sent {
                Ok(answers) => answers,
                Err(error) => {
                    self.pause(&mut tries, &error.failure()).await.ok_or(error)?;
                    continue;
                }
            };
            let mut worst: Option<CallError> = None;
            for ((index, key), item) in open.iter().zip(&items) {
                let outcome = match answers.take(&item.id) {
                    Found::One(response) => {
                        let wish = self
                            .session
                            .observe(response.status, &response.headers, answers.sent);
                        read(key, response, wish, decoder)
                    }
                    Found::None | Found::Several => {
                        let reason = "a batch answer that lacks an item or has it twice";
                        Err(CallError::unreadable(200, reason))
                    }
                };
                match outcome {
                    Ok(lookup) => {
                        if let Some(place) = found.get_mut(*index) {
                            *place = Some(lookup);
                        }
                    }
                    Err(error) => {
                        if worst.as_ref().is_none_or(|worst| wish(worst) < wish(&error)) {
                            worst = Some(error);
                        }
                    }
                }
            }
            if let Some(error) = worst {
                self.pause(&mut tries, &error.failure()).await.ok_or(error)?;
            }
        }
    }
}

/// Of several items in trouble, the one that asks for the longest wait decides.
fn wish(error: &CallError) -> Option<Duration> {
    match error {
        CallError::Graph { retry_after, .. } => *retry_after,
        _ => None,
    }
}

fn item(index: usize, key: &UserKey, selection: &Selection) -> Item<'static> {
    Item {
        id: index.to_string(),
        method: Method::GET,
        path: Cow::Owned(selection.user_path(key)),
        eventual: selection.advanced,
        body: None,
    }
}

fn read(
    key: &UserKey,
    response: envelope::ItemResponse,
    retry_after: Option<Duration>,
    decoder: &Decoder,
) -> Result<Lookup, CallError> {
    let envelope::ItemResponse {
        status,
        headers,
        body,
    } = response;
    if status == 200 {
        let user = decoder
            .user(body)
            .map_err(|reason| CallError::unreadable(status, reason))?;
        return Ok(if is_asked_for(key, &user) {
            Lookup::Found(Box::new(user))
        } else {
            Lookup::Mismatch
        });
    }
    let error = Box::new(GraphError::of_json(status, &body).with_headers(&headers));
    match status {
        404 => Ok(Lookup::NotFound),
        401 | 408 | 429 | 500 | 502..=504 => Err(CallError::Graph { error, retry_after }),
        400..=599 => Ok(Lookup::Failed(error)),
        _ => Err(CallError::unreadable(status, error.message)),
    }
}

fn is_asked_for(key: &UserKey, user: &UserState) -> bool {
    match key {
        UserKey::Id(id) => *id == user.id,
        UserKey::Upn(upn) => *upn == UpnKey::new(&user.upn),
    }
}
