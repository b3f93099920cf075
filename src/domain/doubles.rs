//! Rows that name the same user: they may ask for the same, never for different values of one attribute.

use std::collections::HashMap;
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
    let mut told = Vec::new();
    for group in groups {
        let mut wishes: HashMap<&'static str, (usize, CheckedCell)> = HashMap::new();
        for index in group {
            for cell in rows[index].cells() {
                match wishes.get(cell.attribute.name) {
                    None => {
                        wishes.insert(cell.attribute.name, (index, cell.clone()));
                    }
                    Some((earlier, wish)) if !same_edit(cell.attribute, &wish.edit, &cell.edit) => {
                        told.push((*earlier, wish.column, index, cell.column, cell.attribute.name));
                    }
                    Some(_) => {}
                }
            }
        }
    }
    for (earlier, earlier_column, later, later_column, attribute) in told {
        let first = rows[earlier].place().at(earlier_column);
        let second = rows[later].place().at(later_column);
        rows[earlier].add_finding(contradiction(attribute, first, second.row));
        rows[later].add_finding(contradiction(attribute, second, first.row));
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
