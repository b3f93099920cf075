//! A column whose values moved to other rows: sorted alone, shifted, or pasted one row off.
//!
//! Every cell of such a column is plausible by itself, so no check of a cell can see it. Over the whole plan it shows: the new
//! values of the column are the old values of the same people, only of others among them.

use std::collections::{BTreeMap, HashMap};

use super::{Change, Plan};

/// Fewer changes of a column may be a real exchange between a few people.
const CHANGES_MIN: u64 = 5;
/// Fewer different values are a change of departments or cities among people who always shared them.
const VALUES_MIN: usize = 4;
/// The share of new values that were there before, from which on a column counts as moved, in percent.
const MOVED_PERCENT: u64 = 80;

/// The columns that look moved, with the number of people whose value would become somebody else's.
pub(super) fn moved_columns(plan: &Plan) -> Vec<(&'static str, u64)> {
    let mut columns: BTreeMap<&'static str, Vec<&Change>> = BTreeMap::new();
    for (_, change) in plan.changes() {
        columns.entry(change.attribute.name).or_default().push(change);
    }
    columns
        .into_iter()
        .filter_map(|(column, changes)| moved(&changes).map(|people| (column, people)))
        .collect()
}

fn moved(changes: &[&Change]) -> Option<u64> {
    let mut before: HashMap<String, u64> = HashMap::new();
    for change in changes {
        *before.entry(change.before.to_cell()).or_default() += 1;
    }
    before.remove("");
    let values = before.len();
    let people = changes
        .iter()
        .filter(|change| {
            before
                .get_mut(&change.after.to_cell())
                .filter(|left| **left > 0)
                .map(|left| *left -= 1)
                .is_some()
        })
        .count() as u64;
    let set = changes.iter().filter(|change| !change.is_clear()).count() as u64;
    (people >= CHANGES_MIN && values >= VALUES_MIN && people * 100 >= set * MOVED_PERCENT).then_some(people)
}
