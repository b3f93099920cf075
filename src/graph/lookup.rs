//! Reading single users, twenty in one request.

use std::time::Duration;

use super::ask::Ask;
use super::call_error::CallError;
use super::decode::Decoder;
use super::envelope;
use super::error::GraphError;
use super::invitations;
use super::query::Selection;
use super::reader::DirectoryReader;
use crate::catalogue;
use crate::domain::{BATCH_OPERATIONS_MAX, Columns, UpnKey, UserKey, UserState};

/// How the service is asked for a user.
#[derive(Debug)]
enum Named {
    Key(UserKey),
    /// A guest whose name nobody knows yet.
    Address(String),
}

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
        let decoder = Decoder::new(columns);
        let mut found = Vec::with_capacity(keys.len());
        for asked in keys.chunks(BATCH_OPERATIONS_MAX) {
            let newcomers = &self.session.newcomers;
            let keys: Vec<Named> = asked
                .iter()
                .map(|key| match newcomers.address_of(key) {
                    Some(address) => Named::Address(address),
                    None => Named::Key(newcomers.key(key)),
                })
                .collect();
            let mut closed = Vec::new();
            let twenty = loop {
                let selection = self.open_selection(columns)?;
                let by_address = self.open_selection(&with_mail(columns))?;
                let selections = [&selection, &by_address];
                let twenty = self.twenty(&keys, selections, &decoder, columns).await?;
                let refused = twenty.iter().find_map(|lookup| match lookup {
                    Lookup::Failed(error) => Some(error),
                    _ => None,
                });
                // Where one user is shown with all columns, these are not what was refused.
                let is_shown = twenty.iter().any(|lookup| matches!(lookup, Lookup::Found(_)));
                let Some(error) = refused.filter(|_| !is_shown) else {
                    break twenty;
                };
                let more = self.close_columns(columns, error).await;
                if more.is_empty() {
                    // It was not for these columns, then.
                    self.reopen_columns(&closed);
                    break twenty;
                }
                closed.extend(more);
            };
            found.extend(twenty);
        }
        let mut users: Vec<&mut UserState> = found
            .iter_mut()
            .filter_map(|lookup| match lookup {
                Lookup::Found(user) => Some(&mut **user),
                Lookup::NotFound | Lookup::Mismatch | Lookup::Failed(_) => None,
            })
            .collect();
        self.fill_beside(&mut users, columns).await?;
        self.name_licences(&mut users, columns).await?;
        self.fill_roles(&mut users, columns).await?;
        self.doubt_security(&mut users, columns).await;
        self.note_closed(&users);
        for user in users {
            self.session.newcomers.rename(user);
        }
        for (asked, lookup) in keys.iter().zip(&mut found) {
            if let (UserKey::Id(own), Lookup::Found(user)) = (asked, lookup) {
                self.session.newcomers.meet(*own, user);
            }
        }
        self.account_states(keys, &mut found, columns).await?;
        Ok(found)
    }

    async fn twenty(
        &self,
        keys: &[Named],
        [selection, by_address]: [&Selection; 2],
        decoder: &Decoder,
        columns: &Columns,
    ) -> Result<Vec<Lookup>, CallError> {
        let asks: Vec<Ask> = keys
            .iter()
            .map(|key| Ask {
                lane: None,
                path: match key {
                    Named::Key(key) => selection.user_path(key),
                    Named::Address(address) => {
                        by_address.list_path(Some(&invitations::filter(address, false)), None, false)
                    }
                },
                eventual: selection.advanced,
                resource_units: selection.cost.resource_units,
            })
            .collect();
        let read = |index: usize, response, wish| match keys.get(index) {
            Some(key) => read(key, response, wish, decoder, columns),
            None => Ok(Lookup::NotFound),
        };
        self.ask_together(&asks, read, Err).await
    }
}

/// Whoever is found by an address must show it, whatever is asked for.
fn with_mail(columns: &Columns) -> Columns {
    let mail = catalogue::by_name("mail").filter(|mail| !columns.contains(mail));
    columns.iter().copied().chain(mail).collect()
}

fn read(
    key: &Named,
    response: envelope::ItemResponse,
    retry_after: Option<Duration>,
    decoder: &Decoder,
    columns: &Columns,
) -> Result<Lookup, CallError> {
    let envelope::ItemResponse {
        status,
        headers,
        body,
    } = response;
    if let (200, Named::Address(address)) = (status, key) {
        return invitations::found(body, address, decoder, columns)
            .map_err(|reason| CallError::unreadable(status, reason));
    }
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
    not_shown(
        GraphError::of_json(status, &body).with_headers(&headers),
        retry_after,
    )
}

/// What an answer without a user means: nobody is there, a refusal, or something that is worth another try.
pub(super) fn not_shown(error: GraphError, retry_after: Option<Duration>) -> Result<Lookup, CallError> {
    let error = Box::new(error);
    match error.status {
        404 => Ok(Lookup::NotFound),
        401 | 408 | 429 | 500 | 502..=504 => Err(CallError::Graph { error, retry_after }),
        400..=599 => Ok(Lookup::Failed(error)),
        status => Err(CallError::unreadable(status, error.message)),
    }
}

fn is_asked_for(key: &Named, user: &UserState) -> bool {
    match key {
        Named::Key(UserKey::Id(id)) => *id == user.id,
        Named::Key(UserKey::Upn(upn)) => *upn == UpnKey::new(&user.upn),
        Named::Address(_) => false,
    }
}
