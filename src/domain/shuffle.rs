//! A column whose values moved to other rows: sorted alone, shifted, or pasted one row off.
//!
//! Every cell of such a column is plausible by itself, so no check of a cell can see it. Over the whole plan it shows: the new
//! values of the column are the old values of the same people, only of others among them.

use std::collections::{BTreeMap, HashMap};

use super::{Change, Plan};

/// Fewer changes of a column may be a real exchange between a few people.
pub(super) const CHANGES_MIN: u64 = 5;
/// Fewer different values are a change of departments or cities among people who always shared them.
pub(super) const VALUES_MIN: usize = 4;
/// The share of new values that were there before, from which on a column counts as moved, in percent.
pub(super) const MOVED_PERCENT: u64 = 80;

/// The columns that look moved, with the number of people whose value would become somebody else's.
pub(super) fn moved_columns(plan: &Plan) -> Vec<(&'static str, u64)> {
    let mut columns: BTreeMap<&'static str, Vec<&Change>> = BTreeMap::new();
    for (_, change) in plan.changes() {
        columns.entry(change.attribute.name).or_default().push(change);
    }
    columns
        .into_iter()
        .filter_map(|(column, changes)| {
            let pairs = changes
                .iter()
                .map(|change| (change.before.to_cell(), change.after.to_cell()));
            moved(&pairs.collect::<Vec<_>>()).map(|people| (column, people))
        })
        .collect()
}

/// How many people of these would get a value that another of them had, when it looks as if the values moved. Each pair is
/// the value before and after; an empty one is none.
pub(super) fn moved(changes: &[(String, String)]) -> Option<u64> {
    let mut before: HashMap<&str, u64> = HashMap::new();
    for (value, _) in changes {
        *before.entry(value).or_default() += 1;
    }
    before.remove("");
    let values = before.len();
    let people = changes
        .iter()
        .filter(|(_, after)| {
            before
                .get_mut(after.as_str())
                .filter(|left| **left > 0)
                .map(|left| *left -= 1)
                .is_some()
        })
        .count() as u64;
    let set = changes.iter().filter(|(_, after)| !after.is_empty()).count() as u64;
    (people >= CHANGES_MIN && values >= VALUES_MIN && people * 100 >= set * MOVED_PERCENT).then_some(people)
}
