//! Actions on accounts: the requests that do them, and where deleted users are read.

use std::time::Duration;

use reqwest::Method;
use serde_json::Value as Json;

use super::ask::Ask;
use super::call_error::CallError;
use super::encode::{EncodeError, Encoded};
use super::envelope::ItemResponse;
use super::error::GraphError;
use super::lookup::{Lookup, not_shown};
use super::reader::DirectoryReader;
use crate::catalogue::{AccountPart, DELETED, PRESENT, ReadRule};
use crate::domain::{BATCH_OPERATIONS_MAX, Change, Columns, UserId, UserKey, UserState, Value};

/// Where a deleted user is read, below the version root.
/// <https://learn.microsoft.com/graph/api/directory-deleteditems-get>
pub(super) fn deleted_path(user: UserId) -> String {
    format!("/directory/deletedItems/{user}")
}

/// The request for one action.
pub(super) fn write(user: UserId, change: &Change) -> Result<Encoded, EncodeError> {
    let wrong = || EncodeError::WrongType(change.attribute.name);
    let (method, path) = match (change.attribute.account_part(), &change.after) {
        (Some(AccountPart::State), Value::Text(state)) if state == DELETED => {
            (Method::DELETE, format!("/users/{user}"))
        }
        (Some(AccountPart::State), Value::Text(state)) if state == PRESENT => {
            (Method::POST, format!("{}/restore", deleted_path(user)))
        }
        (Some(AccountPart::Sessions), _) => (Method::POST, format!("/users/{user}/revokeSignInSessions")),
        // The password itself is put in when the request is about to leave.
        (Some(AccountPart::Password), _) => (Method::PATCH, format!("/users/{user}")),
        (Some(AccountPart::State), _) => return Err(wrong()),
        (None, _) => return Err(EncodeError::NotWritten(change.attribute.name)),
    };
    Ok(Encoded {
        method,
        path,
        body: None,
    })
}

impl DirectoryReader {
    /// Says of each user whether it is among the users or among the deleted ones, where the columns ask for it. Only then is
    /// whoever was not found by id looked for among the deleted ones; of these hardly more than that is known.
    ///
    /// # Errors
    /// [`CallError`] when a whole request failed after all attempts.
    pub(super) async fn account_states(
        &self,
        keys: &[UserKey],
        found: &mut [Lookup],
        columns: &Columns,
    ) -> Result<(), CallError> {
        let Some(place) = columns.iter().position(|column| column.read == ReadRule::Account) else {
            return Ok(());
        };
        let mut missing = Vec::new();
        for (index, (key, lookup)) in keys.iter().zip(found.iter_mut()).enumerate() {
            match (key, lookup) {
                (_, Lookup::Found(user)) => {
                    if let Some(state) = user.values.get_mut(place) {
                        *state = Value::Text(PRESENT.to_owned());
                    }
                }
                // The service knows nothing of an id of our own.
                (UserKey::Id(id), Lookup::NotFound) if self.session.newcomers.key(key) == *key => {
                    missing.push((index, *id));
                }
                (_, Lookup::NotFound | Lookup::Mismatch | Lookup::Failed(_)) => {}
            }
        }
        for some in missing.chunks(BATCH_OPERATIONS_MAX) {
            let ask = |id: UserId| Ask {
                path: deleted_path(id),
                eventual: false,
                resource_units: 1,
                lane: None,
            };
            let asks: Vec<Ask> = some.iter().map(|(_, id)| ask(*id)).collect();
            let read = |at: usize, response, wish| match some.get(at) {
                Some((_, id)) => among_deleted(*id, response, wish, columns),
                None => Ok(Lookup::NotFound),
            };
            let answers = self.ask_together(&asks, read, Err).await?;
            for ((index, _), answer) in some.iter().zip(answers) {
                if let Some(lookup) = found.get_mut(*index) {
                    *lookup = answer;
                }
            }
        }
        Ok(())
    }
}

fn among_deleted(
    id: UserId,
    response: ItemResponse,
    retry_after: Option<Duration>,
    columns: &Columns,
) -> Result<Lookup, CallError> {
    let ItemResponse {
        status,
        headers,
        body,
    } = response;
    if status == 200 {
        let Some((upn, display_name)) = deleted_user(id, &body) else {
            return Ok(Lookup::Mismatch);
        };
        let user = deleted_state(id, &upn, display_name.as_deref(), columns);
        return Ok(Lookup::Found(Box::new(user)));
    }
    not_shown(
        GraphError::of_json(status, &body).with_headers(&headers),
        retry_after,
    )
}

/// A deleted user as far as it is known; what else the columns ask for was not read.
pub(super) fn deleted_state(
    id: UserId,
    upn: &str,
    display_name: Option<&str>,
    columns: &Columns,
) -> UserState {
    let known = |name: &str, read: ReadRule| match (name, read) {
        (_, ReadRule::Account) => Some(DELETED.to_owned()),
        ("id", _) => Some(id.to_string()),
        ("userPrincipalName", _) => Some(upn.to_owned()),
        ("displayName", _) => display_name.map(str::to_owned),
        _ => None,
    };
    let mut user = UserState {
        id,
        upn: upn.to_owned(),
        synced: None,
        restricted: false,
        agent: false,
        values: Default::default(),
        unread: Default::default(),
    };
    for column in columns.iter() {
        let value = known(column.name, column.read);
        if value.is_none() {
            user.unread.push(column.name);
        }
        user.values.push(value.map_or(Value::Empty, Value::Text));
    }
    user
}

/// What an answer about a deleted object tells of a user: its former userPrincipalName and displayName. `None` when it is no
/// user, or another one than was asked for.
pub(super) fn deleted_user(asked: UserId, body: &Json) -> Option<(String, Option<String>)> {
    let text = |name: &str| body.get(name).and_then(Json::as_str).map(str::to_owned);
    let id = UserId::parse(&text("id")?)?;
    let kind = text("@odata.type");
    let is_user = kind.is_none_or(|kind| kind.trim_start_matches('#') == "microsoft.graph.user");
    if id != asked || !is_user {
        return None;
    }
    let upn = text("userPrincipalName").unwrap_or_default();
    Some((former_name(id, &upn).to_owned(), text("displayName")))
}

/// The service may put the id, without its dashes, before the name of a deleted user, so that the name is free for others.
fn former_name(id: UserId, upn: &str) -> &str {
    let mark = id.to_string().replace('-', "");
    match upn.get(..mark.len()) {
        Some(beginning) if beginning.eq_ignore_ascii_case(&mark) => &upn[mark.len()..],
        _ => upn,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ID: &str = "0a1b2c3d-0000-4000-8000-00000000000f";

    #[test]
    fn a_deleted_user_is_known_by_the_name_it_had() {
        let id = UserId::parse(ID).unwrap();
        for (upn, former) in [
            ("jan@contoso.example", "jan@contoso.example"),
            (
                "0A1B2C3D00004000800000000000000Fjan@contoso.example",
                "jan@contoso.example",
            ),
            ("0a1b2c3d", "0a1b2c3d"),
            ("", ""),
        ] {
            let body = json!({"id": ID, "userPrincipalName": upn, "displayName": "Jan"});
            let told = Some((former.to_owned(), Some("Jan".to_owned())));
            assert_eq!(deleted_user(id, &body), told, "{upn}");
        }
    }

    #[test]
    fn another_object_is_not_taken_for_the_user() {
        let id = UserId::parse(ID).unwrap();
        for body in [
            json!({"id": "0a1b2c3d-0000-4000-8000-0000000000aa"}),
            json!({"id": ID, "@odata.type": "#microsoft.graph.group"}),
            json!({"value": []}),
            json!(null),
        ] {
            assert_eq!(deleted_user(id, &body), None, "{body}");
        }
    }
}
