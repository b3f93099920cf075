//! Rows that would make one person two accounts, or two people one.

use std::collections::{BTreeMap, HashMap};

use super::{Name, set};
use crate::catalogue;
use crate::domain::doubles::same_wishes;
use crate::domain::{CheckedRow, Extent, Finding, KeyValue, shorten};

/// What rows about somebody new say of each other.
#[derive(Debug, Default)]
pub(super) struct OnePerson {
    /// Rows without a name that say the same as an earlier one, and which.
    pub same_as: HashMap<usize, usize>,
    /// Rows that give one key or number to another new user, too.
    pub objections: HashMap<usize, Finding>,
}

impl OnePerson {
    /// Holds the rows against each other by their keys and numbers, in the loose spelling: zeros that a spreadsheet took tell nobody
    /// apart. Rows that give one name to their user are settled by that name.
    pub fn find(rows: &[CheckedRow], new: &[Option<Name>]) -> OnePerson {
        let mut holders: BTreeMap<(&'static str, String), Vec<usize>> = BTreeMap::new();
        for (index, row) in rows.iter().enumerate() {
            if matches!(new.get(index), Some(Some(_))) {
                for mark in marks(row) {
                    let held = holders.entry((mark.attribute().name, mark.loose())).or_default();
                    if held.last() != Some(&index) {
                        held.push(index);
                    }
                }
            }
        }
        let mut found = OnePerson::default();
        for ((attribute, _), indexes) in holders {
            let [first, others @ ..] = indexes.as_slice() else {
                continue;
            };
            let name = rows[*first].wanted_name();
            if others
                .iter()
                .all(|other| name.is_some() && rows[*other].wanted_name() == name)
            {
                continue;
            }
            let agrees = |other: &usize| {
                let (first, other) = (&rows[*first], &rows[*other]);
                first.key() == other.key() && same_wishes(first.cells(), other.cells())
            };
            if name.is_none() && others.iter().all(agrees) {
                found.same_as.extend(others.iter().map(|other| (*other, *first)));
                continue;
            }
            for index in &indexes {
                let other = if index == first {
                    others.first()
                } else {
                    Some(first)
                };
                if let Some(other) = other {
                    let finding = same_number(attribute, &rows[*other]);
                    found.objections.entry(*index).or_insert(finding);
                }
            }
        }
        found
    }
}

/// By what a row tells its new user from others: its key, and the number.
fn marks(row: &CheckedRow) -> impl Iterator<Item = KeyValue> {
    let number = catalogue::by_name("employeeId").zip(set(row, "employeeId"));
    let number = number.and_then(|(attribute, value)| KeyValue::new(attribute, &value.to_cell()));
    row.key().cloned().into_iter().chain(number)
}

fn same_number(attribute: &str, other: &CheckedRow) -> Finding {
    let text = marks(other).find(|mark| mark.attribute().name == attribute);
    let text = text.as_ref().map_or("", KeyValue::text);
    Finding::error(
        "joiner-twice",
        Extent::Row,
        format!(
            "row {} is about a new user with the {attribute} `{}` as well, so one person would get two accounts",
            other.place().row,
            shorten(text)
        ),
        "delete the row that is one too many, or give each of them a number of their own",
    )
}

/// The finding for rows that give one name to two people.
pub(super) fn two_people(row: &CheckedRow) -> Finding {
    Finding::error(
        "joiner-twice",
        Extent::Row,
        format!(
            "another row makes `{}` with another key, so two people would get one account",
            row.label()
        ),
        "give each of them a userPrincipalName of their own, or delete the row that is one too many",
    )
}
