//! An earlier reading and who has changed since, instead of everybody.
//!
//! What the changes do not tell of is put right here: the names of managers, and managers who are gone. Where that cannot be done
//! (somebody was deleted and is back: the service shows that manager again and tells nothing of the reports), where the sum is not
//! what the service counts, and where anything else is not as it should be, everybody is to be read.

use jiff::Timestamp;

use super::*;
use crate::catalogue::MANAGER;
use crate::domain::{BATCH_OPERATIONS_MAX, Value};

/// What an earlier reading found.
#[derive(Debug, Clone, PartialEq)]
pub struct EarlierReading {
    pub users: HashMap<UserId, UserState>,
    pub links: Links,
}

const CREATED: &str = "createdDateTime";

/// Clocks of one service may differ by so much.
const CLOCKS: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);

/// Brings an earlier reading up to date. Gives the reason why everybody is to be read instead, whatever it is: a reading that everybody is
/// read for fails by itself where the service does not answer.
pub async fn refresh(
    everybody: &Everybody<'_>,
    earlier: EarlierReading,
) -> Result<(HashMap<UserId, UserState>, EverybodyTold), String> {
    refreshed(everybody, earlier)
        .await
        .map_err(|given_up| given_up.to_string())
}

async fn refreshed(
    everybody: &Everybody<'_>,
    earlier: EarlierReading,
) -> Result<(HashMap<UserId, UserState>, EverybodyTold), GivenUp> {
    let Everybody { reader, columns, .. } = everybody;
    let EarlierReading { mut users, links } = earlier;
    let kept_at = links.told.since();
    let mut link = links.from;
    let mut changed_ids: HashSet<UserId> = HashSet::new();
    let mut waits = SETTLING.into_iter();
    loop {
        let told = who_changed(reader, columns, &link).await?;
        is_worth_it(told.fates.len(), everybody.users_total)?;
        let changed = read_changed(reader, columns, told).await?;
        let untold = reader.untold_columns(columns);
        if !untold.is_empty() || changed.users.iter().any(|user| !user.unread.is_empty()) {
            return Err(GivenUp::Because(
                "the service does not tell, or no longer shows, some columns".to_owned(),
            ));
        }
        everybody
            .reporter
            .counters()
            .users_read
            .add(changed.users.len() as u64);
        changed_ids.extend(
            changed
                .users
                .iter()
                .map(|user| user.id)
                .chain(changed.gone.iter().copied()),
        );
        link = changed.link.clone();
        take_in(&mut users, changed, columns, kept_at).map_err(GivenUp::Because)?;
        let counted = reader.directory_size().await?;
        if counted == users.len() as u64 {
            break;
        }
        let Some(wait) = waits.next() else {
            let found = users.len();
            return Err(GivenUp::Because(format!(
                "with its changes the earlier reading comes to {found} users, and the service counts {counted}"
            )));
        };
        tokio::time::sleep(wait).await;
    }
    let told = EverybodyTold {
        way: ReadingWay::Refresh,
        users: users.len() as u64,
        ranges: 0,
        changed: changed_ids.len() as u64,
        why_pages: None,
        why_not_refreshed: None,
        links: Some(Links {
            from: links.told,
            told: link,
        }),
    };
    Ok((users, told))
}

/// Twenty users take as long as a page of a listing, and pages are read together.
pub(super) fn is_worth_it(changed: usize, users_total: u64) -> Result<(), GivenUp> {
    let requests = changed.div_ceil(BATCH_OPERATIONS_MAX) as u64;
    let pages = users_total.div_ceil(u64::from(PAGE_SIZE_MAX));
    if requests * 2 > pages {
        return Err(GivenUp::Because(format!(
            "{changed} users are to be read by themselves, and everybody is read sooner"
        )));
    }
    Ok(())
}

/// Puts those who changed in their places, and what follows from them into the others.
fn take_in(
    users: &mut HashMap<UserId, UserState>,
    changed: Changed,
    columns: &Columns,
    kept_at: Timestamp,
) -> Result<(), String> {
    let manager = columns.iter().position(|column| column.name == MANAGER);
    let is_back = |user: &UserState| !users.contains_key(&user.id) && !is_new(user, columns, kept_at);
    if manager.is_some() && (changed.returned || changed.users.iter().any(is_back)) {
        return Err(
            "somebody was deleted and is back, and the service tells nothing of whose manager that is"
                .to_owned(),
        );
    }
    for id in &changed.gone {
        users.remove(id);
    }
    // A manager has the name that was read last, and one who is gone is nobody's.
    let names: HashMap<UserId, String> = changed
        .users
        .iter()
        .map(|user| (user.id, user.upn.clone()))
        .collect();
    users.extend(changed.users.into_iter().map(|user| (user.id, user)));
    let gone: HashSet<UserId> = changed.gone.into_iter().collect();
    let Some(place) = manager.filter(|_| !names.is_empty() || !gone.is_empty()) else {
        return Ok(());
    };
    for cell in users.values_mut().filter_map(|user| user.values.get_mut(place)) {
        let Value::Reference(manager) = cell else { continue };
        if gone.contains(&manager.id) {
            *cell = Value::Empty;
        } else if let Some(name) = names.get(&manager.id).filter(|name| !name.is_empty()) {
            manager.upn = Some(name.clone());
        }
    }
    Ok(())
}

/// Whether somebody was made after the earlier reading. Who cannot be told is not.
fn is_new(user: &UserState, columns: &Columns, kept_at: Timestamp) -> bool {
    let Some(Value::Text(created)) = user.value(columns, CREATED) else {
        return false;
    };
    let earliest = kept_at.checked_sub(CLOCKS).unwrap_or(Timestamp::MIN);
    created
        .parse::<Timestamp>()
        .is_ok_and(|created| created >= earliest)
}

#[cfg(test)]
#[path = "refresh_tests.rs"]
mod tests;
