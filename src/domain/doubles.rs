//! Rows that name the same user: they may ask for the same, never for different values of one attribute.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use super::edit::Edit;
use super::{CheckedCell, CheckedRow, Extent, Finding, Place, UserKey, same};
use crate::catalogue::Attribute;

/// Holds rows against each other by what they call their user, as far as that can be told without the directory.
pub fn find_doubles(rows: &mut [CheckedRow]) {
    let keys: Vec<Option<UserKey>> = rows
        .iter()
        .map(|row| {
            row.id()
                .map(UserKey::Id)
                .or_else(|| row.upn().cloned().map(UserKey::Upn))
        })
        .collect();
    settle_doubles(rows, keys.into_iter());
}

/// Finds rows of one user whose cells contradict; both are told, each with the other's row.
pub(super) fn settle_doubles<K: Eq + Hash>(rows: &mut [CheckedRow], users: impl Iterator<Item = Option<K>>) {
    let mut rows_of: HashMap<K, Vec<usize>> = HashMap::new();
    for (index, user) in users.enumerate() {
        if let Some(user) = user {
            rows_of.entry(user).or_default().push(index);
        }
    }
    let mut groups: Vec<Vec<usize>> = rows_of.into_values().filter(|rows| rows.len() > 1).collect();
    groups.sort();
    for group in groups {
        settle_group(rows, &group);
    }
}

/// One pass over the rows of one user: where wishes for an attribute differ, every row with a wish for it is told of one
/// that wants something else.
fn settle_group(rows: &mut [CheckedRow], group: &[usize]) {
    let mut wishes: BTreeMap<&'static str, Vec<(usize, CheckedCell)>> = BTreeMap::new();
    for index in group {
        for cell in rows[*index].cells() {
            wishes
                .entry(cell.attribute.name)
                .or_default()
                .push((*index, cell.clone()));
        }
    }
    for (attribute, wishes) in wishes {
        let Some((first, wish)) = wishes.first() else {
            continue;
        };
        let agrees = |cell: &CheckedCell| same_edit(cell.attribute, &wish.edit, &cell.edit);
        let Some((other, _)) = wishes.iter().find(|(_, cell)| !agrees(cell)) else {
            continue;
        };
        for (index, cell) in &wishes {
            let against = rows[if agrees(cell) { *other } else { *first }].place().row;
            let place = rows[*index].place().at(cell.column);
            rows[*index].add_finding(contradiction(attribute, place, against));
        }
    }
}

fn contradiction(attribute: &str, place: Place, other_row: u64) -> Finding {
    Finding::error(
        "rows-contradict",
        Extent::Row,
        format!("row {other_row} names the same user and wants another value for `{attribute}`"),
        "delete one of the two rows, or make their cells agree",
    )
    .column(attribute)
    .at(place)
}

fn same_edit(attribute: &Attribute, left: &Edit, right: &Edit) -> bool {
    match (left, right) {
        (Edit::Set(left), Edit::Set(right)) => same(attribute, left, right),
        (left, right) => left == right,
    }
}
