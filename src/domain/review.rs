//! What a reader needs to judge many changes: in which part each belongs, how many there are per column and per department,
//! and which are the same for many people. Plans, comparisons of snapshots and what is taken back are all told from it.

use std::collections::{HashMap, HashSet};

use super::{AccountAction, Change, UserChanges};
use crate::catalogue::{Attribute, Kind, Sensitivity};

/// The part of a review in which a change is told, the most dangerous first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// An account goes, though it can be restored for a while.
    Deleted,
    /// Another action on an account.
    Account,
    /// A value goes and nothing takes its place.
    Cleared,
    /// An attribute whose change Microsoft counts as a sensitive action, and the identities that people sign in with.
    Sensitive,
    Ordinary,
}

impl Part {
    /// All parts, in the order in which they are told.
    pub const ALL: [Part; 5] = [
        Part::Deleted,
        Part::Account,
        Part::Cleared,
        Part::Sensitive,
        Part::Ordinary,
    ];

    /// The part of a change.
    pub fn of(change: &Change) -> Part {
        if let Some(action) = AccountAction::of(change) {
            match action {
                AccountAction::Delete => Part::Deleted,
                _ => Part::Account,
            }
        } else if change.is_clear() {
            Part::Cleared
        } else if change.attribute.sensitivity == Sensitivity::Sensitive
            // How somebody signs in; Microsoft counts that with no actions, and a reader must see it.
            || matches!(change.attribute.kind, Kind::Identities { .. })
        {
            Part::Sensitive
        } else {
            Part::Ordinary
        }
    }
}

/// How many cells of a column change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnCount {
    pub attribute: &'static Attribute,
    pub set: u64,
    pub cleared: u64,
}

/// How much changes in one department, by the name it has now; empty for people without one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DepartmentCount<'p> {
    pub department: &'p str,
    pub users: u64,
    pub cells: u64,
}

/// The same change of several people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alike<'p> {
    pub change: &'p Change,
    /// In the order of the sheet.
    pub users: Vec<&'p UserChanges>,
}

/// The same change of fewer people is told person by person.
pub const ALIKE_MIN: usize = 3;

/// The changes of several users, counted and put together.
#[derive(Debug)]
pub struct Review<'p> {
    users: &'p [UserChanges],
    columns: Vec<ColumnCount>,
    departments: Vec<DepartmentCount<'p>>,
    alike: Vec<Alike<'p>>,
    /// What stands in `alike`, to be found again.
    alike_keys: HashSet<ChangeKey>,
    /// In the order of [`Part::ALL`].
    cells: [u64; 5],
}

/// By what a change is the same as another: its column, and the texts before and after.
type ChangeKey = (&'static str, String, String);

fn key(change: &Change) -> ChangeKey {
    (
        change.attribute.name,
        change.before.to_cell(),
        change.after.to_cell(),
    )
}

impl<'p> Review<'p> {
    /// Counts; linear in the number of changes.
    pub fn of(users: &'p [UserChanges]) -> Review<'p> {
        let mut columns: HashMap<&str, ColumnCount> = HashMap::new();
        let mut departments: HashMap<&str, DepartmentCount<'p>> = HashMap::new();
        let mut alike: HashMap<ChangeKey, Alike<'p>> = HashMap::new();
        let mut cells = [0; 5];
        for user in users {
            let department = departments
                .entry(&user.person.department)
                .or_insert_with(|| DepartmentCount {
                    department: &user.person.department,
                    users: 0,
                    cells: 0,
                });
            department.users += 1;
            department.cells += user.changes.len() as u64;
            let mut told: HashSet<&str> = HashSet::new();
            for change in &user.changes {
                let column = columns.entry(change.attribute.name).or_insert(ColumnCount {
                    attribute: change.attribute,
                    set: 0,
                    cleared: 0,
                });
                // A list that is changed item by item is one cell.
                let is_first = told.insert(change.attribute.name);
                if is_first && user.clears(change) {
                    column.cleared += 1;
                } else if is_first {
                    column.set += 1;
                }
                cells[Part::of(change) as usize] += 1;
                // What is told in part may look the same and be another.
                if change.attribute.is_masked() {
                    continue;
                }
                alike
                    .entry(key(change))
                    .or_insert_with(|| Alike {
                        change,
                        users: Vec::new(),
                    })
                    .users
                    .push(user);
            }
        }
        let mut columns: Vec<ColumnCount> = columns.into_values().collect();
        columns.sort_by_key(|count| (std::cmp::Reverse(count.set + count.cleared), count.attribute.name));
        let mut departments: Vec<DepartmentCount<'p>> = departments.into_values().collect();
        departments.sort_by_key(|count| (std::cmp::Reverse(count.users), count.department));
        alike.retain(|_, alike| alike.users.len() >= ALIKE_MIN);
        let (alike_keys, mut alike): (HashSet<ChangeKey>, Vec<Alike<'p>>) = alike.into_iter().unzip();
        alike.sort_by_cached_key(|alike| {
            let change = alike.change;
            (
                Part::of(change),
                std::cmp::Reverse(alike.users.len()),
                change.attribute.name,
                change.before.to_cell(),
                change.after.to_cell(),
            )
        });
        Review {
            users,
            columns,
            departments,
            alike,
            alike_keys,
            cells,
        }
    }

    /// How many cells a part has.
    pub fn cells(&self, part: Part) -> u64 {
        self.cells[part as usize]
    }

    /// Everybody with a change, in the order of the sheet.
    pub fn users(&self) -> &'p [UserChanges] {
        self.users
    }

    /// The columns, the one with the most changes first.
    pub fn columns(&self) -> &[ColumnCount] {
        &self.columns
    }

    /// The departments, the one with the most people first.
    pub fn departments(&self) -> &[DepartmentCount<'p>] {
        &self.departments
    }

    /// What is the same for [`ALIKE_MIN`] people or more, by part, and the most frequent first.
    pub fn alike(&self) -> &[Alike<'p>] {
        &self.alike
    }

    /// Whether the change is one of [`Review::alike`].
    pub fn is_alike(&self, change: &Change) -> bool {
        !self.alike_keys.is_empty() && self.alike_keys.contains(&key(change))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;
    use crate::domain::{PersonFacts, UserId, Value};

    fn change(name: &str, before: &str, after: &str) -> Change {
        let value = |text: &str| {
            if text.is_empty() {
                Value::Empty
            } else {
                Value::Text(text.to_owned())
            }
        };
        Change {
            attribute: catalogue::by_name(name).unwrap(),
            before: value(before),
            after: value(after),
        }
    }

    fn user(number: u8, department: &str, changes: Vec<Change>) -> UserChanges {
        UserChanges {
            user: UserId::parse(&format!("00000000-0000-0000-0000-0000000000{number:02}")).unwrap(),
            upn: format!("user{number}@contoso.example"),
            person: PersonFacts {
                display_name: format!("User {number}"),
                department: department.to_owned(),
            },
            row: u64::from(number) + 1,
            changes,
            companions: Default::default(),
            is_new: false,
            invitation: None,
        }
    }

    fn moved() -> Vec<UserChanges> {
        let sales = || change("department", "Sales", "Commercial");
        vec![
            user(1, "Sales", vec![sales(), change("mobilePhone", "+31", "")]),
            user(2, "Sales", vec![sales()]),
            user(3, "", vec![change("department", "", "Commercial")]),
            user(4, "Sales", vec![sales(), change("jobTitle", "Cook", "Chef")]),
        ]
    }

    #[test]
    fn equal_changes_of_three_people_are_put_together() {
        let users = moved();
        let review = Review::of(&users);
        let [alike] = review.alike() else {
            panic!("{:?}", review.alike())
        };
        assert_eq!(alike.change, &change("department", "Sales", "Commercial"));
        let rows: Vec<u64> = alike.users.iter().map(|user| user.row).collect();
        assert_eq!(rows, [2, 3, 5]);
        let told: Vec<bool> = users
            .iter()
            .flat_map(|user| &user.changes)
            .map(|change| review.is_alike(change))
            .collect();
        assert_eq!(told, [true, false, true, false, true, false]);
        assert_eq!(Part::ALL.map(|part| review.cells(part)), [0, 0, 1, 0, 5]);
    }

    #[test]
    fn columns_and_departments_are_counted_and_the_largest_comes_first() {
        let users = moved();
        let review = Review::of(&users);
        let columns: Vec<(&str, u64, u64)> = review
            .columns()
            .iter()
            .map(|count| (count.attribute.name, count.set, count.cleared))
            .collect();
        assert_eq!(
            columns,
            [("department", 4, 0), ("jobTitle", 1, 0), ("mobilePhone", 0, 1)]
        );
        let departments: Vec<(&str, u64, u64)> = review
            .departments()
            .iter()
            .map(|count| (count.department, count.users, count.cells))
            .collect();
        assert_eq!(departments, [("Sales", 3, 5), ("", 1, 1)]);
    }

    #[test]
    fn a_clear_is_told_before_a_sensitive_change_and_that_before_the_rest() {
        let part = |name, before, after| Part::of(&change(name, before, after));
        assert_eq!(part("mobilePhone", "+31", ""), Part::Cleared);
        assert_eq!(part("mobilePhone", "+31", "+32"), Part::Sensitive);
        assert_eq!(part("department", "Sales", "Bar"), Part::Ordinary);
        assert!(Part::ALL.is_sorted());
    }
}
