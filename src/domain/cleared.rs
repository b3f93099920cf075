//! Columns of which something is cleared: how many have a value, and how many would lose it.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};

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
    for (user, attribute, _) in wanted.filter(|(_, _, clears)| *clears) {
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
