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
        let mut wishes: BTreeMap<&'static str, Vec<(usize, CheckedCell)>> = BTreeMap::new();
        for index in group {
            for cell in rows[index].cells() {
                wishes
                    .entry(cell.attribute.name)
                    .or_default()
                    .push((index, cell.clone()));
            }
        }
        for (attribute, wishes) in wishes {
            hold_apart(rows, attribute, &wishes);
        }
    }
}

/// Where one wish for an attribute differs from the others, every row that has one is told: also of rows that agree with
/// each other nobody knows whether they are right.
fn hold_apart(rows: &mut [CheckedRow], attribute: &str, wishes: &[(usize, CheckedCell)]) {
    let [first, others @ ..] = wishes else {
        return;
    };
    let agrees = |wish: &(usize, CheckedCell)| same_edit(wish.1.attribute, &first.1.edit, &wish.1.edit);
    let Some(rebel) = others.iter().find(|wish| !agrees(wish)) else {
        return;
    };
    for wish in wishes {
        let other = if agrees(wish) { rebel } else { first };
        let place = rows[wish.0].place().at(wish.1.column);
        let other_row = rows[other.0].place().row;
        rows[wish.0].add_finding(contradiction(attribute, place, other_row));
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
