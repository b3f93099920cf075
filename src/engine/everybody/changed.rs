//! Who has changed since a link. The service tells who; what they are like now is read from each of them.

use super::*;
use crate::domain::{BATCH_OPERATIONS_MAX, UserKey};
use crate::engine::rounds::{self, NoChanges, TOO_MANY};
use crate::graph::{DeltaItem, Lookup};

/// Why nobody knows who has changed, or what they are like.
#[derive(Debug)]
pub(super) enum NotTold {
    Because(String),
    Call(CallError),
}

impl From<CallError> for NotTold {
    fn from(error: CallError) -> NotTold {
        NotTold::Call(error)
    }
}

/// Who has changed, as they are now, and who is gone.
#[derive(Debug)]
pub(super) struct Changed {
    pub users: Vec<UserState>,
    pub gone: Vec<UserId>,
    /// Where the changes after these begin.
    pub link: DeltaLink,
}

impl Changed {
    /// Hands them on, and gives how many they are.
    pub fn hand_on(&mut self, ids: &mut HashSet<UserId>, take: &mut (dyn FnMut(Came) + Send)) -> u64 {
        let users = std::mem::take(&mut self.users);
        let gone = std::mem::take(&mut self.gone);
        let changed = (users.len() + gone.len()) as u64;
        ids.extend(users.iter().map(|user| user.id));
        if !users.is_empty() {
            take(Came::Users(users));
        }
        for id in gone {
            ids.remove(&id);
            take(Came::Gone(id));
        }
        changed
    }
}

/// Asks who has changed since a link, and reads them.
pub(super) async fn look_at_changes(
    reader: &DirectoryReader,
    columns: &Columns,
    link: DeltaLink,
) -> Result<Changed, NotTold> {
    let (fates, link) = who_changed(reader, columns, &link).await?;
    read_changed(reader, columns, fates, link).await
}

/// Whether somebody who changed is still there, by what was told last.
pub(super) type Fates = HashMap<UserId, bool>;

/// Who has changed since a link, and the link after that.
pub(super) async fn who_changed(
    reader: &DirectoryReader,
    columns: &Columns,
    link: &DeltaLink,
) -> Result<(Fates, DeltaLink), NotTold> {
    let mut fates = Fates::new();
    let played = rounds::play::<CallError>(reader, columns, link, |item| {
        match item {
            DeltaItem::Gone(id) => fates.insert(id, false),
            DeltaItem::Changed(changed) => fates.insert(changed.user.id, true),
        };
        Ok(())
    });
    match played.await {
        Ok((link, true)) => Ok((fates, link)),
        Ok((_, false)) => Err(NotTold::Because(TOO_MANY.to_owned())),
        Err(NoChanges::Lost(why) | NoChanges::Refused(why)) => Err(NotTold::Because(format!(
            "the service does not tell what has changed ({why})"
        ))),
        Err(NoChanges::Failed(error)) => Err(NotTold::Call(error)),
    }
}

/// How many requests it takes to read those who changed by themselves.
pub(super) fn requests_for(fates: &Fates) -> u64 {
    let still = fates.values().filter(|is_there| **is_there).count();
    still.div_ceil(BATCH_OPERATIONS_MAX) as u64
}

/// Reads those who changed.
pub(super) async fn read_changed(
    reader: &DirectoryReader,
    columns: &Columns,
    fates: Fates,
    link: DeltaLink,
) -> Result<Changed, NotTold> {
    let mut ids: Vec<UserId> = fates
        .iter()
        .filter(|(_, is_there)| **is_there)
        .map(|(id, _)| *id)
        .collect();
    ids.sort_unstable();
    let mut gone: Vec<UserId> = fates
        .into_iter()
        .filter(|(_, is_there)| !is_there)
        .map(|(id, _)| id)
        .collect();
    let mut users = Vec::with_capacity(ids.len());
    let keys: Vec<UserKey> = ids.iter().copied().map(UserKey::Id).collect();
    for (id, lookup) in ids.into_iter().zip(reader.users_by_key(&keys, columns).await?) {
        match lookup {
            Lookup::Found(user) => users.push(*user),
            // Deleted since.
            Lookup::NotFound => gone.push(id),
            Lookup::Mismatch => {
                return Err(NotTold::Because(format!(
                    "the service answered with somebody else than {id}"
                )));
            }
            Lookup::Failed(error) => {
                return Err(NotTold::Because(format!(
                    "the service does not show {id}, who has changed ({error})"
                )));
            }
        }
    }
    gone.sort_unstable();
    Ok(Changed { users, gone, link })
}
