//! Columns of which something is cleared: how many have a value, and how many would lose it.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::item_by_item::item_count;
use super::operation::attribute_by_name;
use super::{Directory, Plan, UserId, Value};
use crate::catalogue::Attribute;

/// A column of which something is cleared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClearedColumn {
    #[serde(with = "attribute_by_name")]
    pub attribute: &'static Attribute,
    /// Users of the sheet who have a value now.
    pub filled: u64,
    /// Users of the sheet whose value it wants to clear, whatever keeps single cells from being written.
    pub cleared: u64,
}

/// Of every column with a clear: how many users of the sheet have a value, and how many of them would lose it.
pub(super) fn columns_cleared(plan: &Plan, directory: &Directory) -> Vec<ClearedColumn> {
    let mut cleared: BTreeMap<&str, (&'static Attribute, HashSet<UserId>)> = BTreeMap::new();
    let wanted = plan
        .changes()
        .map(|(user, change)| (user.user, change.attribute, change.is_clear()))
        .chain(
            plan.withheld
                .iter()
                .map(|held| (held.user, held.change.attribute, held.change.is_clear())),
        )
        .chain(
            plan.conflicts
                .iter()
                .map(|one| (one.user, one.attribute, one.edited == Value::Empty)),
        );
    let wanted: Vec<_> = wanted.collect();
    // Of a list that is changed item by item each change is one item, and the cell is cleared when no item is left.
    let mut taken: HashMap<(UserId, &str), (usize, bool)> = HashMap::new();
    for (user, attribute, clears) in &wanted {
        let (count, gets) = taken.entry((*user, attribute.name)).or_default();
        *count += usize::from(*clears);
        *gets |= !*clears;
    }
    let is_left = |user: UserId, attribute: &'static Attribute| {
        let live = directory
            .user(&user)
            .map(|user| directory.value(user, attribute.name));
        let items = live.and_then(|live| item_count(attribute, &live));
        let (count, gets) = taken.get(&(user, attribute.name)).copied().unwrap_or_default();
        items.is_some_and(|items| gets || count < items)
    };
    for (user, attribute, _) in wanted.iter().copied().filter(|(_, _, clears)| *clears) {
        if is_left(user, attribute) {
            continue;
        }
        cleared
            .entry(attribute.name)
            .or_insert((attribute, HashSet::new()))
            .1
            .insert(user);
    }
    let users: HashSet<UserId> = plan.rows.iter().filter_map(|row| row.user).collect();
    let filled = |attribute: &Attribute| {
        users
            .iter()
            .filter_map(|id| directory.user(id))
            .filter(|user| directory.value(user, attribute.name) != Value::Empty)
            .count() as u64
    };
    cleared
        .into_values()
        .map(|(attribute, users)| ClearedColumn {
            attribute,
            filled: filled(attribute),
            cleared: users.len() as u64,
        })
        .collect()
}
