//! What has changed since a moment. <https://learn.microsoft.com/graph/delta-query-users>
//!
//! Items are upserts by id: they may come several times, in any order, and again although they were seen before. What they come
//! to is valid when the round has reached its end, which is a new link.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value as Json;

use super::call_error::CallError;
use super::decode::Decoder;
use super::endless::Followed;
use super::limits::Cost;
use super::reader::DirectoryReader;
use super::service::{Request, Response};
use crate::catalogue::{Attribute, OptIn, ReadRule};
use crate::domain::{Columns, DeltaLink, UserId, UserState};

/// How often a round begins again when the service no longer knows a place inside it.
const RESTARTS_MAX: u32 = 3;

/// What became of a user.
#[derive(Debug, Clone, PartialEq)]
pub enum DeltaItem {
    Changed(Box<ChangedUser>),
    /// Deleted, for now or for good.
    Gone(UserId),
}

/// A user as it is after a change.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangedUser {
    /// What the delta does not cover is empty in it, and not known; so is the name when the item lacks it.
    pub user: UserState,
    /// `None` when nothing was said about the manager: it is who it was.
    pub manager: Option<Option<UserId>>,
}

/// Why changes cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeltaError {
    /// The service no longer knows the place: everybody has to be read again.
    #[error("the service no longer knows what has changed since then ({0})")]
    Lost(String),
    /// The service does not tell changes to this sign-in, in this tenant, or of these columns.
    #[error("the service does not tell changes: {0}")]
    Refused(String),
    #[error(transparent)]
    Call(#[from] CallError),
}

/// Whether the changes of a column are told.
fn is_tracked(attribute: &Attribute) -> bool {
    match attribute.read {
        ReadRule::List { .. } | ReadRule::Expand { .. } => true,
        // `signInActivity` is kept outside the directory, and of security attributes nothing is documented.
        ReadRule::ListOptIn { reason, select } => {
            reason == OptIn::OwnPermission && select != "customSecurityAttributes"
        }
        ReadRule::SingleUser { .. }
        | ReadRule::Resource(_)
        | ReadRule::RoleAssignments
        | ReadRule::Account
        | ReadRule::Never => false,
    }
}

impl DirectoryReader {
    /// A link that tells what changes from now on, of these columns.
    ///
    /// # Errors
    /// [`DeltaError::Refused`] where there is no delta.
    pub async fn delta_from_now(&self, columns: &Columns) -> Result<DeltaLink, DeltaError> {
        let names = self.tracked_names(columns);
        let path = format!("/users/delta?$deltatoken=latest&$select={}", names.join(","));
        let request = Request::get(self.session.address(&path)?).bulk();
        let page = self.get(&request, Cost::of_read(1), WirePage::of).await;
        match page.map_err(refused)? {
            (
                WirePage {
                    delta_link: Some(link),
                    ..
                },
                moment,
            ) => Ok(DeltaLink::new(link, moment)),
            _ => Err(DeltaError::Refused("it gave no link to its changes".to_owned())),
        }
    }

    /// A round of changes; nothing is sent before the first page is asked for.
    pub fn delta(&self, link: &DeltaLink, columns: &Columns) -> Delta {
        Delta {
            reader: self.clone(),
            decoder: Decoder::of_delta(columns, self.untold_columns(columns)),
            columns: columns.clone(),
            begin: link.url().to_owned(),
            place: Place::At(link.url().to_owned()),
            restarts: 0,
            followed: Followed::default(),
        }
    }

    /// The columns whose changes are not told: those that the service does not track, and those that it does not show to this sign-in.
    pub fn untold_columns(&self, columns: &Columns) -> Vec<&'static str> {
        let closed = self.closed_names();
        columns
            .iter()
            .filter(|attribute| !is_tracked(attribute) || closed.contains(&attribute.name))
            .map(|attribute| attribute.name)
            .collect()
    }

    fn tracked_names(&self, columns: &Columns) -> Vec<&'static str> {
        let untold = self.untold_columns(columns);
        let mut names = vec!["id", "userPrincipalName"];
        for attribute in columns.iter() {
            let name = match attribute.read {
                ReadRule::Expand { navigation } => Some(navigation),
                _ => attribute.select(),
            };
            if let Some(name) = name
                && !untold.contains(&attribute.name)
                && !names.contains(&name)
            {
                names.push(name);
            }
        }
        names
    }
}

/// A round under way.
#[derive(Debug)]
pub struct Delta {
    reader: DirectoryReader,
    decoder: Decoder,
    columns: Columns,
    begin: String,
    place: Place,
    restarts: u32,
    followed: Followed,
}

#[derive(Debug, Clone)]
enum Place {
    At(String),
    End(DeltaLink),
}

impl Delta {
    /// The next items, `None` when the round has reached its end.
    ///
    /// # Errors
    /// [`DeltaError::Lost`] when the link has expired.
    pub async fn next_page(&mut self) -> Result<Option<Vec<DeltaItem>>, DeltaError> {
        loop {
            let Place::At(link) = &self.place else {
                return Ok(None);
            };
            let is_begin = *link == self.begin;
            let url = match self.reader.session.link(link) {
                Ok(url) => url,
                // The link is of an earlier day, and the service stands elsewhere now.
                Err(error @ CallError::ForeignHost { .. }) if is_begin => {
                    return Err(DeltaError::Lost(error.to_string()));
                }
                Err(error) => return Err(error.into()),
            };
            let request = Request::get(url).bulk();
            let page = self.reader.get(&request, Cost::of_read(1), WirePage::of).await;
            match page {
                Ok((page, moment)) => return self.take_in(page, moment).await.map(Some),
                Err(CallError::Graph { error, .. }) if is_lost(error.status, &error.code) => {
                    return Err(DeltaError::Lost(error.code.clone()));
                }
                // As in a listing: the place came from an answer that was repeated. The round can be told once more.
                Err(CallError::Graph { error, .. }) if matches!(error.status, 400 | 404 | 410) => {
                    if is_begin || self.restarts >= RESTARTS_MAX {
                        return Err(DeltaError::Lost(error.code.clone()));
                    }
                    self.restarts += 1;
                    self.followed.begin_again();
                    self.place = Place::At(self.begin.clone());
                }
                Err(error) => return Err(refused(error)),
            }
        }
    }

    /// Where the changes after this round begin; `None` before its end. Its moment is the one the users are as of.
    pub fn end(&self) -> Option<&DeltaLink> {
        match &self.place {
            Place::At(_) => None,
            Place::End(link) => Some(link),
        }
    }

    async fn take_in(&mut self, page: WirePage, moment: Timestamp) -> Result<Vec<DeltaItem>, DeltaError> {
        let place = match (page.next_link, page.delta_link) {
            (None, Some(link)) => Place::End(DeltaLink::new(link, moment)),
            (Some(link), None) => Place::At(link),
            _ => {
                return Err(CallError::unreadable(200, "changes with neither a next page nor an end").into());
            }
        };
        let next = match &place {
            Place::At(link) => Some(link.as_str()),
            Place::End(_) => None,
        };
        let changes_max = self.reader.counted.changes_max();
        let step = self.followed.with(page.value.len(), next, changes_max)?;
        let mut items = Vec::with_capacity(page.value.len());
        for json in page.value {
            items.push(self.item(json)?);
        }
        let mut users: Vec<&mut UserState> = items
            .iter_mut()
            .filter_map(|item| match item {
                DeltaItem::Changed(changed) => Some(&mut changed.user),
                DeltaItem::Gone(_) => None,
            })
            .collect();
        self.reader.name_licences(&mut users, &self.columns).await?;
        for user in users {
            self.reader.session.newcomers.rename(user);
        }
        self.followed.take(step);
        self.place = place;
        Ok(items)
    }

    fn item(&self, json: Json) -> Result<DeltaItem, CallError> {
        let unusable = |reason: String| CallError::unreadable(200, reason);
        if json.get("@removed").is_some() {
            let id = json.get("id").and_then(Json::as_str).and_then(UserId::parse);
            return match id {
                Some(id) => Ok(DeltaItem::Gone(id)),
                None => Err(unusable("a removed user without a usable `id`".to_owned())),
            };
        }
        let manager = json
            .get("manager@delta")
            .and_then(Json::as_array)
            .map(|told| manager_of(told));
        let user = self.decoder.user(json).map_err(unusable)?;
        Ok(DeltaItem::Changed(Box::new(ChangedUser { user, manager })))
    }
}

/// Who it is now: one may go and another come in the same item, in any order.
fn manager_of(told: &[Json]) -> Option<UserId> {
    let mut there = told.iter().filter(|one| one.get("@removed").is_none());
    let one = there.next()?;
    one.get("id").and_then(Json::as_str).and_then(UserId::parse)
}

fn is_lost(status: u16, code: &str) -> bool {
    status == 410
        || ["syncStateNotFound", "syncStateInvalid", "resyncRequired"]
            .iter()
            .any(|known| code.eq_ignore_ascii_case(known))
}

/// A refusal of the question itself, rather than trouble on the way.
fn refused(error: CallError) -> DeltaError {
    match error {
        CallError::Graph { error, .. } if matches!(error.status, 400 | 403 | 404 | 405 | 501) => {
            DeltaError::Refused(error.to_string())
        }
        error => DeltaError::Call(error),
    }
}

#[derive(Debug, Deserialize)]
struct WirePage {
    value: Vec<Json>,
    #[serde(rename = "@odata.nextLink")]
    next_link: Option<String>,
    #[serde(rename = "@odata.deltaLink")]
    delta_link: Option<String>,
}

impl WirePage {
    /// The page, and when the service answered by its own clock.
    fn of(response: &Response) -> Result<(WirePage, Timestamp), String> {
        let page = serde_json::from_slice(&response.body).map_err(|error| error.to_string())?;
        Ok((page, response.sent.date.unwrap_or_else(Timestamp::now)))
    }
}

#[cfg(test)]
#[path = "delta_tests.rs"]
mod tests;
