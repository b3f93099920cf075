//! An earlier reading and who has changed since, instead of everybody.
//!
//! What the changes do not tell of is put right here: the names of managers, and managers who are gone. Where that cannot be done
//! (somebody was deleted before the earlier reading and is back: the service shows that manager again and tells nothing of the
//! reports), and where the sum is not what the service counts, everybody is to be read.

use jiff::Timestamp;

use super::changed::{read_changed, requests_for, who_changed};
use super::*;
use crate::domain::Value;

/// What an earlier reading found.
#[derive(Debug, Clone, PartialEq)]
pub struct EarlierReading {
    pub users: HashMap<UserId, UserState>,
    /// Where the changes since then begin.
    pub link: DeltaLink,
}

const MANAGER: &str = "manager";
const CREATED: &str = "createdDateTime";

/// Clocks of one service may differ by so much.
const CLOCKS: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);

/// Brings an earlier reading up to date.
///
/// # Errors
/// The reason why everybody is to be read instead; [`CallError`] when the service does not answer.
pub async fn refresh(
    everybody: &Everybody<'_>,
    kept: EarlierReading,
) -> Result<Result<(HashMap<UserId, UserState>, EverybodyTold), String>, CallError> {
    match refreshed(everybody, kept).await {
        Ok(refreshed) => Ok(Ok(refreshed)),
        Err(NotTold::Because(why)) => Ok(Err(why)),
        Err(NotTold::Call(error)) => Err(error),
    }
}

async fn refreshed(
    everybody: &Everybody<'_>,
    kept: EarlierReading,
) -> Result<(HashMap<UserId, UserState>, EverybodyTold), NotTold> {
    let Everybody { reader, columns, .. } = everybody;
    let untold = reader.untold_columns(columns);
    if !untold.is_empty() {
        let untold = untold.join(", ");
        return Err(NotTold::Because(format!(
            "the service does not tell changes of {untold}"
        )));
    }
    let EarlierReading { mut users, mut link } = kept;
    let since = link.since();
    let pages = everybody.users_total.div_ceil(u64::from(PAGE_SIZE_MAX));
    let mut changes = 0;
    let mut waits = SETTLING.into_iter();
    loop {
        let (fates, next) = who_changed(reader, columns, &link).await?;
        let requests = requests_for(&fates);
        if requests > pages {
            let changed = fates.len();
            return Err(NotTold::Because(format!(
                "{changed} users have changed since, and everybody is read with fewer requests"
            )));
        }
        let changed = read_changed(reader, columns, fates, next).await?;
        everybody
            .reporter
            .counters()
            .users_read
            .add(changed.users.len() as u64);
        changes += (changed.users.len() + changed.gone.len()) as u64;
        take_in(&mut users, &changed.users, &changed.gone, columns, since).map_err(NotTold::Because)?;
        link = changed.link;
        let counted = reader.directory_size().await?;
        if counted == users.len() as u64 {
            break;
        }
        let Some(wait) = waits.next() else {
            let found = users.len();
            return Err(NotTold::Because(format!(
                "with its changes the earlier reading comes to {found} users, and the service counts {counted}"
            )));
        };
        tokio::time::sleep(wait).await;
    }
    let told = EverybodyTold {
        way: ReadingWay::Refresh,
        users: users.len() as u64,
        ranges: 0,
        changed: changes,
        why_pages: None,
        why_not_refreshed: None,
        link: Some(link),
    };
    Ok((users, told))
}

/// Puts those who changed in their places, and what follows from them into the others.
fn take_in(
    users: &mut HashMap<UserId, UserState>,
    changed: &[UserState],
    gone: &[UserId],
    columns: &Columns,
    since: Timestamp,
) -> Result<(), String> {
    let manager = columns.iter().position(|column| column.name == MANAGER);
    if manager.is_some()
        && let Some(back) = changed
            .iter()
            .find(|user| !users.contains_key(&user.id) && !is_new(user, columns, since))
    {
        let id = back.id;
        return Err(format!(
            "{id} was deleted and is back, and the service tells nothing of whose manager that is"
        ));
    }
    for id in gone {
        users.remove(id);
    }
    let names: HashMap<UserId, &str> = changed.iter().map(|user| (user.id, user.upn.as_str())).collect();
    let gone: HashSet<UserId> = gone.iter().copied().collect();
    if let Some(place) = manager {
        for cell in users.values_mut().filter_map(|user| user.values.get_mut(place)) {
            let Value::Reference(manager) = cell else { continue };
            if gone.contains(&manager.id) {
                *cell = Value::Empty;
            } else if let Some(name) = names.get(&manager.id).filter(|name| !name.is_empty())
                && manager.upn.as_deref() != Some(name)
            {
                manager.upn = Some((*name).to_owned());
            }
        }
    }
    users.extend(changed.iter().map(|user| (user.id, user.clone())));
    Ok(())
}

/// Whether somebody was made after the earlier reading. Who cannot be told is not.
fn is_new(user: &UserState, columns: &Columns, since: Timestamp) -> bool {
    let Some(Value::Text(created)) = user.value(columns, CREATED) else {
        return false;
    };
    let earliest = since.checked_sub(CLOCKS).unwrap_or(Timestamp::MIN);
    created
        .parse::<Timestamp>()
        .is_ok_and(|created| created >= earliest)
}

#[cfg(test)]
#[path = "refresh_tests.rs"]
mod tests;
