//! Columns of which something is cleared: how many have a value, and how many would lose it.

use std::cell::LazyCell;
use std::collections::{BTreeMap, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::edit::Edit;
use super::item_by_item::{is_item_by_item, item_count};
use super::operation::attribute_by_name;
use super::{CheckedRow, Directory, Plan, UserId, UserState, Value};
use crate::catalogue::Attribute;

/// A column of which something is cleared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClearedColumn {
    #[serde(with = "attribute_by_name")]
    pub attribute: &'static Attribute,
    /// Users of the sheet who are known to have a value now. Whose value was not read, or not kept, is not counted: with fewer
    /// users the guard stops sooner.
    pub filled: u64,
    /// Those of them whose value can be lost, where these are fewer: without those whose value the sheet wants to clear and the plan
    /// does not, because the service would refuse that, somebody else changed the value, or the row has an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_stake: Option<u64>,
    /// Users whose value is cleared; of a list that is changed item by item, those of whose items none is left.
    pub cleared: u64,
}

impl ClearedColumn {
    /// Users of the sheet whose value can be lost.
    pub fn at_stake(&self) -> u64 {
        self.at_stake.unwrap_or(self.filled)
    }
}

/// The values that a sheet wants to clear, whatever becomes of that. A plan that comes from its file has none, and is the same plan.
#[derive(Debug, Clone, Default)]
pub(super) struct WantedClears(HashSet<(UserId, &'static str)>);

impl PartialEq for WantedClears {
    fn eq(&self, _: &WantedClears) -> bool {
        true
    }
}

impl Eq for WantedClears {}

/// What these rows want to clear of their users.
pub(super) fn wanted_clears(rows: &[CheckedRow], users: &[Option<&UserState>]) -> WantedClears {
    let of_users = rows
        .iter()
        .zip(users)
        .filter_map(|(row, user)| Some((row, (*user)?.id)));
    let cells = of_users.flat_map(|(row, user)| row.cells().iter().map(move |cell| (user, cell)));
    let clears = cells
        .filter(|(_, cell)| matches!(cell.edit, Edit::Clear))
        .map(|(user, cell)| (user, cell.attribute.name));
    WantedClears(clears.collect())
}

impl Plan {
    /// Counts the columns of which something is cleared. What is held back later is counted only when this is called again.
    pub fn count_cleared(&mut self, directory: &Directory) {
        self.columns_cleared = columns_cleared(self, directory);
    }
}

/// What a plan does to the value that a user has in a column.
#[derive(Default)]
struct Taken {
    /// Changes that clear; more than one only of a list that is changed item by item.
    clears: usize,
    /// Whether something comes, too.
    gets: bool,
}

fn columns_cleared(plan: &Plan, directory: &Directory) -> Vec<ClearedColumn> {
    let mut taken: BTreeMap<&str, (&'static Attribute, HashMap<UserId, Taken>)> = BTreeMap::new();
    for (user, change) in plan.changes() {
        let column = taken
            .entry(change.attribute.name)
            .or_insert_with(|| (change.attribute, HashMap::new()));
        let own = column.1.entry(user.user).or_default();
        own.clears += usize::from(change.is_clear());
        own.gets |= !change.is_clear();
    }
    let is_withheld = plan.withheld.iter().filter(|one| one.change.is_clear());
    let is_disputed = plan.conflicts.iter().filter(|one| one.edited == Value::Empty);
    let held: HashSet<(UserId, &str)> = is_withheld
        .map(|one| (one.user, one.change.attribute.name))
        .chain(is_disputed.map(|one| (one.user, one.attribute.name)))
        .chain(plan.wanted_clears.0.iter().copied())
        .collect();
    // Most plans clear nothing.
    let users = LazyCell::new(|| {
        plan.rows
            .iter()
            .filter_map(|row| row.user)
            .collect::<HashSet<UserId>>()
    });
    let mut columns = Vec::new();
    for (name, (attribute, taken)) in taken {
        let live = |user: &UserId| {
            let user = directory.user(user)?;
            (!directory.is_unread(user, name)).then(|| directory.value(user, name))
        };
        // Of a list that is changed item by item each change is one item.
        let is_cleared = |(user, own): &(&UserId, &Taken)| {
            let items = live(user).and_then(|live| item_count(attribute, &live));
            own.clears > 0 && items.is_none_or(|items| !own.gets && own.clears >= items)
        };
        let cleared: HashSet<&UserId> = taken.iter().filter(is_cleared).map(|(user, _)| user).collect();
        // Of a list that is changed item by item nobody may be cleared although items go, and a guard must know that.
        if cleared.is_empty() && !(is_item_by_item(attribute) && taken.values().any(|own| own.clears > 0)) {
            continue;
        }
        let filled = users
            .iter()
            .filter(|user| live(user).is_some_and(|live| live != Value::Empty));
        let (left, at_stake): (Vec<&UserId>, Vec<&UserId>) =
            filled.partition(|user| held.contains(&(**user, name)) && !cleared.contains(user));
        columns.push(ClearedColumn {
            attribute,
            filled: (left.len() + at_stake.len()) as u64,
            at_stake: (!left.is_empty()).then_some(at_stake.len() as u64),
            cleared: cleared.len() as u64,
        });
    }
    columns
}
