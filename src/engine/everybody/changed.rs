//! Who has changed since a link. The service tells who and what; what they are like is read from each of them, and held against what was
//! told: an answer may come from a replica that is behind.

use super::*;
use crate::catalogue::{Attribute, MANAGER};
use crate::domain::{UserKey, Value, same};
use crate::engine::rounds::{self, NoChanges, SETTLING, TOO_MANY};
use crate::graph::{ChangedUser, DeltaItem, Lookup};

/// Why a shorter way does not do: for this reason, or because the service does not answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum GivenUp {
    #[error("{0}")]
    Because(String),
    #[error(transparent)]
    Call(#[from] CallError),
}

/// Who has changed, as they are now, and who is gone.
#[derive(Debug)]
pub(super) struct Changed {
    pub users: Vec<UserState>,
    pub gone: Vec<UserId>,
    /// Whether somebody was deleted and is back: people whose manager that is are told of neither.
    pub returned: bool,
    /// Where the changes after these begin.
    pub link: DeltaLink,
}

/// What was told last of each: what changed, or that they are gone.
pub(super) type Fates = HashMap<UserId, Option<Box<ChangedUser>>>;

/// What the service tells since a link.
#[derive(Debug)]
pub(super) struct Told {
    pub fates: Fates,
    returned: bool,
    link: DeltaLink,
}

/// Asks who has changed since a link.
pub(super) async fn who_changed(
    reader: &DirectoryReader,
    columns: &Columns,
    link: &DeltaLink,
) -> Result<Told, GivenUp> {
    let (mut fates, mut returned) = (Fates::new(), false);
    let played = rounds::play::<CallError>(reader, columns, link, |item| {
        match item {
            DeltaItem::Gone(id) => {
                fates.insert(id, None);
            }
            DeltaItem::Changed(changed) => {
                let before = fates.insert(changed.user.id, Some(changed));
                returned |= matches!(before, Some(None));
            }
        }
        Ok(())
    });
    match played.await {
        Ok((link, true)) => Ok(Told {
            fates,
            returned,
            link,
        }),
        Ok((_, false)) => Err(GivenUp::Because(TOO_MANY.to_owned())),
        Err(NoChanges::Lost(why) | NoChanges::Refused(why)) => Err(GivenUp::Because(format!(
            "the service does not tell what has changed ({why})"
        ))),
        Err(NoChanges::Failed(error)) => Err(GivenUp::Call(error)),
    }
}

/// Reads those who changed, until what is read is what was told. Who is told to be there and is not found, or is told to be gone and is
/// found, is asked for again: the service may be behind itself. What others change meanwhile is told and read as well.
pub(super) async fn read_changed(
    reader: &DirectoryReader,
    columns: &Columns,
    told: Told,
) -> Result<Changed, GivenUp> {
    let Told {
        mut fates,
        mut returned,
        mut link,
    } = told;
    let (mut users, mut gone): (HashMap<UserId, UserState>, HashSet<UserId>) = Default::default();
    let mut waits = SETTLING.into_iter();
    loop {
        let mut ids: Vec<UserId> = fates.keys().copied().collect();
        ids.sort_unstable();
        let keys: Vec<UserKey> = ids.iter().copied().map(UserKey::Id).collect();
        let found = reader.users_by_key(&keys, columns).await?;
        for (id, lookup) in ids.into_iter().zip(found) {
            let settled = match (fates.get(&id), lookup) {
                (Some(Some(told)), Lookup::Found(user)) if is_so(told, &user, columns) => {
                    gone.remove(&id);
                    users.insert(id, *user);
                    true
                }
                (Some(None), Lookup::NotFound) => {
                    users.remove(&id);
                    gone.insert(id);
                    true
                }
                (_, Lookup::Mismatch | Lookup::Failed(_)) => {
                    return Err(GivenUp::Because(
                        "the service does not show everybody who has changed".to_owned(),
                    ));
                }
                (_, Lookup::Found(_) | Lookup::NotFound) => false,
            };
            if settled {
                fates.remove(&id);
            }
        }
        if fates.is_empty() {
            break;
        }
        let Some(wait) = waits.next() else {
            return Err(GivenUp::Because(
                "the service tells of changes that it does not show yet".to_owned(),
            ));
        };
        tokio::time::sleep(wait).await;
        let later = who_changed(reader, columns, &link).await?;
        returned |= later.returned
            || later
                .fates
                .iter()
                .any(|(id, fate)| fate.is_some() && gone.contains(id));
        fates.extend(later.fates);
        link = later.link;
    }
    let mut users: Vec<UserState> = users.into_values().collect();
    users.sort_unstable_by_key(|user| user.id);
    let mut gone: Vec<UserId> = gone.into_iter().collect();
    gone.sort_unstable();
    Ok(Changed {
        users,
        gone,
        returned,
        link,
    })
}

/// Whether a user is what a change says. What it leaves out is empty or untold, and says nothing.
fn is_so(told: &ChangedUser, user: &UserState, columns: &Columns) -> bool {
    let is_name = told.user.upn.is_empty() || told.user.upn == user.upn;
    let is_value = |(attribute, (told, found)): (&&Attribute, (&Value, &Value))| {
        attribute.name == MANAGER || told.is_empty() || same(attribute, told, found)
    };
    let values = told.user.values.iter().zip(&user.values);
    let manager = user.value(columns, MANAGER).map(|found| match found {
        Value::Reference(manager) => Some(manager.id),
        _ => None,
    });
    let is_manager = match (told.manager, manager) {
        (Some(told), Some(found)) => told == found,
        _ => true,
    };
    is_name && is_manager && columns.iter().zip(values).all(is_value)
}
