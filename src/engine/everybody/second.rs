//! A second look, before anything is decided on an earlier reading: whether some of its people are as it says.

use super::refresh::is_worth_it;
use super::*;
use crate::domain::{Directory, KeyValue, UserKey, same};
use crate::graph::{Lookup, listings_by_value};

/// Reads these users by themselves, and whoever holds these values, and holds them against the directory that was put together from an
/// earlier reading. Gives the reason why everybody is to be read instead, where one of them is not as it says.
///
/// # Errors
/// The reason.
pub async fn look_again(
    everybody: &Everybody<'_>,
    directory: &Directory,
    keys: Vec<UserKey>,
    values: &[KeyValue],
) -> Result<(), String> {
    let looked = looked_again(everybody, directory, keys, values).await;
    looked.map_err(|given_up| given_up.to_string())
}

async fn looked_again(
    everybody: &Everybody<'_>,
    directory: &Directory,
    keys: Vec<UserKey>,
    values: &[KeyValue],
) -> Result<(), GivenUp> {
    let Everybody { reader, columns, .. } = everybody;
    is_worth_it(keys.len() + values.len(), everybody.users_total)?;
    let differs = || GivenUp::Because("somebody is not as the service told of changes".to_owned());
    let found = reader.users_by_key(&keys, columns).await?;
    everybody.reporter.counters().users_read.add(keys.len() as u64);
    for (key, lookup) in keys.iter().zip(found) {
        let is_as_known = match lookup {
            Lookup::Found(user) => is_known(directory, &user),
            Lookup::NotFound => directory.find(key).is_none(),
            Lookup::Mismatch | Lookup::Failed(_) => false,
        };
        if !is_as_known {
            return Err(differs());
        }
    }
    for listing in listings_by_value(values, columns) {
        let mut pages = reader.pages(listing);
        while let Some(users) = pages.next_page().await? {
            if !users.iter().all(|user| is_known(directory, user)) {
                return Err(differs());
            }
        }
    }
    Ok(())
}

/// Whether the directory has this user as it is.
fn is_known(directory: &Directory, user: &UserState) -> bool {
    let Some(known) = directory.user(&user.id) else {
        return false;
    };
    let facts = |one: &UserState| (one.synced, one.restricted, one.agent);
    let values = known.values.iter().zip(&user.values);
    known.upn == user.upn
        && facts(known) == facts(user)
        && user.unread.is_empty()
        && directory
            .columns()
            .iter()
            .zip(values)
            .all(|(attribute, (known, found))| same(attribute, known, found))
}
