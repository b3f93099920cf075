//! What differs between two sides that hold users: snapshots, sheets, the directory now. Pairs come one at a time, so that
//! neither side need be held whole.
//!
//! Nothing is written from it, so columns that are only read are compared like any other. Two texts are the same value when an
//! apply would have nothing to write ([`same`]).

use super::edit::{CLEAR_WORD, Edit, NOT_READ_WORD};
use super::items::split_items;
use super::restore::exported_value;
use super::spellings::Spellings;
use super::{Change, PersonFacts, Reference, UserChanges, UserId, Value, photo_file_name, rules, same};
use crate::catalogue::{Attribute, Kind};

/// A user as one side has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// Unknown where a sheet names its users by userPrincipalName.
    pub id: Option<UserId>,
    pub upn: String,
    pub facts: PersonFacts,
    /// The texts of the compared columns, in their order.
    pub cells: Vec<String>,
    /// The row in the sheet, or what would be its row in a sheet; 0 for the directory.
    pub row: u64,
}

/// One of two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    Before,
    After,
}

/// Everything that differs, gathered pair by pair. Memory: the users that differ.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    columns: Vec<&'static Attribute>,
    pub(super) changed: Vec<UserChanges>,
    added: Vec<Person>,
    removed: Vec<Person>,
    unchanged: u64,
    /// The side whose own users are only counted.
    counted_only: Option<When>,
    left_out: u64,
    spellings: Spellings,
}

impl Comparison {
    /// A comparison of these columns.
    pub fn new(columns: Vec<&'static Attribute>) -> Comparison {
        Comparison {
            columns,
            ..Comparison::default()
        }
    }

    /// The same, in which users that only this side has are counted and are no difference: the other side is a sheet, and who is not
    /// in a sheet is not meant.
    pub fn only_counting(self, side: When) -> Comparison {
        Comparison {
            counted_only: Some(side),
            ..self
        }
    }

    /// From now on these names of licences and roles are known.
    pub fn know(&mut self, spellings: Spellings) {
        self.spellings = spellings;
    }

    /// What is compared.
    pub fn columns(&self) -> &[&'static Attribute] {
        &self.columns
    }

    /// A user that both sides have. `refers` says whom the text of a reference means on one side, where that side knows.
    pub fn pair(
        &mut self,
        before: &Person,
        after: &Person,
        mut refers: impl FnMut(When, &str) -> Option<UserId>,
    ) {
        let mut changes = Vec::new();
        for (index, attribute) in self.columns.iter().copied().enumerate() {
            let text = |person: &Person| person.cells.get(index).map_or("", String::as_str).to_owned();
            let (left, right) = (text(before), text(after));
            // What could not be read on one side may be anything.
            if left == right || left == NOT_READ_WORD || right == NOT_READ_WORD {
                continue;
            }
            // The file that an export wrote beside the fingerprint of the same picture: nobody here can tell whether it still is that.
            let own_file = after.id.or(before.id).map(photo_file_name);
            let is_own_file = |text: &str| own_file.as_deref() == Some(text);
            if attribute.kind == Kind::Picture
                && ((is_own_file(&left) && !right.is_empty()) || (is_own_file(&right) && !left.is_empty()))
            {
                continue;
            }
            let mut value = |when, text: &str| match attribute.kind {
                Kind::Reference if !text.is_empty() => refers(when, text).map_or_else(
                    || Value::Text(text.to_lowercase()),
                    |id| {
                        Value::Reference(Reference {
                            id,
                            upn: Some(text.to_owned()),
                        })
                    },
                ),
                Kind::References { .. } => people(text, |item| refers(when, item)),
                _ => value_of(attribute, text),
            };
            let (mut left_value, mut right_value) = (value(When::Before, &left), value(When::After, &right));
            // Where one side does not know whom it names, names are all there is.
            match (&left_value, &right_value) {
                (Value::References(_), Value::List(_)) => left_value = people(&left, |_| None),
                (Value::List(_), Value::References(_)) => right_value = people(&right, |_| None),
                _ => {}
            }
            let one_name = attribute.kind == Kind::Reference && left.eq_ignore_ascii_case(&right);
            let is_same = one_name
                || same(attribute, &left_value, &right_value)
                || self.spellings.are_alike(attribute, &left_value, &right_value);
            if !is_same {
                changes.push(Change {
                    attribute,
                    before: left_value,
                    after: right_value,
                });
            }
        }
        if changes.is_empty() {
            self.unchanged += 1;
            return;
        }
        self.changed.push(UserChanges {
            user: after.id.or(before.id).unwrap_or(NOBODY),
            upn: after.upn.clone(),
            person: if after.facts == PersonFacts::default() {
                before.facts.clone()
            } else {
                after.facts.clone()
            },
            row: after.row.max(if after.row == 0 { before.row } else { 0 }),
            changes,
            companions: Default::default(),
            is_new: false,
            invitation: None,
        });
    }

    /// A user that only the first side has.
    pub fn only_before(&mut self, person: Person) {
        if self.counted_only == Some(When::Before) {
            self.left_out += 1;
        } else {
            self.removed.push(person);
        }
    }

    /// A user that only the second side has.
    pub fn only_after(&mut self, person: Person) {
        if self.counted_only == Some(When::After) {
            self.left_out += 1;
        } else {
            self.added.push(person);
        }
    }

    /// Users with at least one other value, in the order of the side that was read through.
    pub fn changed(&self) -> &[UserChanges] {
        &self.changed
    }

    /// Users that only the second side has.
    pub fn added(&self) -> &[Person] {
        &self.added
    }

    /// Users that only the first side has.
    pub fn removed(&self) -> &[Person] {
        &self.removed
    }

    /// Users that are the same on both sides.
    pub fn unchanged(&self) -> u64 {
        self.unchanged
    }

    /// How many users are not in the sheet of the two sides, where these are only counted.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Whether nothing differs. Users that are only counted are no difference.
    pub fn is_same(&self) -> bool {
        self.changed.is_empty() && self.added.is_empty() && self.removed.is_empty()
    }
}

/// The id of a user whose id no side tells.
pub const NOBODY: UserId = UserId::from_bytes([0; 16]);

/// Whom a cell names, by id where all of them are known, else by name.
fn people(text: &str, mut refers: impl FnMut(&str) -> Option<UserId>) -> Value {
    let items = if text.trim().eq_ignore_ascii_case(CLEAR_WORD) {
        Vec::new()
    } else {
        split_items(text).unwrap_or_else(|_| vec![text.to_owned()])
    };
    let known: Option<Vec<Reference>> = items
        .iter()
        .map(|item: &String| {
            let upn = UserId::parse(item).is_none().then(|| item.clone());
            refers(item.as_str()).map(|id| Reference { id, upn })
        })
        .collect();
    match known {
        Some(people) => Value::references(people),
        None => Value::list(items.iter().map(|item| item.to_lowercase()).collect()),
    }
}

/// The value a text means, typed by a person or exported. What breaks the rules is only its own text.
fn value_of(attribute: &'static Attribute, text: &str) -> Value {
    if text.trim().eq_ignore_ascii_case(CLEAR_WORD) {
        return Value::Empty;
    }
    match rules::interpret(attribute, text) {
        Some(Edit::Set(value)) => value,
        Some(Edit::Refer(_) | Edit::ReferHolder(_) | Edit::Clear) | None => exported_value(attribute, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;

    fn id(number: u8) -> UserId {
        UserId::from_bytes([number; 16])
    }

    fn person(number: u8, cells: &[&str]) -> Person {
        Person {
            id: Some(id(number)),
            upn: format!("user{number}@example.com"),
            cells: cells.iter().map(|cell| (*cell).to_owned()).collect(),
            row: u64::from(number),
            ..Person::default()
        }
    }

    fn of(names: &[&str]) -> Comparison {
        Comparison::new(
            names
                .iter()
                .map(|name| catalogue::by_name(name).unwrap())
                .collect(),
        )
    }

    #[test]
    fn two_texts_of_one_value_are_no_difference() {
        for (name, left, right) in [
            ("jobTitle", "Nurse", "Nurse"),
            (
                "otherMails",
                "a@x.example; b@x.example",
                "B@x.example; a@x.example",
            ),
            ("accountEnabled", "true", "TRUE"),
            (
                "employeeHireDate",
                "2026-01-02T00:00:00Z",
                "2026-01-02T00:00:00.000Z",
            ),
            ("manager", "Boss@example.com", "boss@example.com"),
            ("city", "", "<clear>"),
            ("assignedLicenses", "EMS; FLOW_FREE", "flow_free; EMS"),
            (
                "directoryRoles",
                "Reports Reader; Guest Inviter",
                "guest inviter; 4a5d8f65-41da-4de4-8968-e035b65339cf",
            ),
        ] {
            let mut comparison = of(&[name]);
            comparison.pair(&person(1, &[left]), &person(1, &[right]), |_, _| None);
            assert!(comparison.is_same(), "{name}: {left} {right}");
            assert_eq!(comparison.unchanged(), 1);
        }
    }

    #[test]
    fn what_differs_is_told_before_and_after_also_where_it_is_only_read() {
        let mut comparison = of(&["jobTitle", "createdDateTime", "city"]);
        comparison.pair(
            &person(1, &["Nurse", "2020-01-01T00:00:00Z", "Utrecht"]),
            &person(1, &["Doctor", "2021-01-01T00:00:00Z", ""]),
            |_, _| None,
        );
        let changes: Vec<(&str, String, String)> = comparison.changed()[0]
            .changes
            .iter()
            .map(|change| {
                (
                    change.attribute.name,
                    change.before.to_cell(),
                    change.after.to_cell(),
                )
            })
            .collect();
        assert_eq!(changes[0], ("jobTitle", "Nurse".to_owned(), "Doctor".to_owned()));
        assert_eq!(changes[1].0, "createdDateTime");
        assert!(comparison.changed()[0].changes[2].is_clear());
        assert!(!comparison.is_same());
    }

    #[test]
    fn a_manager_with_a_new_name_is_the_same_where_both_sides_know_who_it_is() {
        let (old, new) = (person(1, &["old@example.com"]), person(1, &["new@example.com"]));
        let mut comparison = of(&["manager"]);
        comparison.pair(&old, &new, |_, _| Some(id(9)));
        assert!(comparison.is_same());
        comparison.pair(&old, &new, |when, _| (when == When::Before).then(|| id(9)));
        comparison.pair(&old, &new, |_, _| None);
        assert_eq!(comparison.changed().len(), 2);
    }

    #[test]
    fn who_is_on_one_side_only_is_no_change() {
        let mut comparison = of(&["jobTitle"]);
        comparison.only_before(person(1, &["Nurse"]));
        comparison.only_after(person(2, &["Nurse"]));
        assert_eq!(comparison.removed()[0].id, Some(id(1)));
        assert_eq!(comparison.added()[0].id, Some(id(2)));
        assert!(comparison.changed().is_empty() && !comparison.is_same());
    }

    #[test]
    fn who_is_not_in_the_sheet_is_counted_and_no_difference() {
        for (side, kept) in [(When::Before, When::After), (When::After, When::Before)] {
            let mut comparison = of(&["jobTitle"]).only_counting(side);
            let mut only = |which: When, number: u8| match which {
                When::Before => comparison.only_before(person(number, &["Nurse"])),
                When::After => comparison.only_after(person(number, &["Nurse"])),
            };
            only(side, 1);
            only(side, 2);
            assert!(comparison.is_same() && comparison.left_out() == 2, "{side:?}");
            match kept {
                When::Before => comparison.only_before(person(3, &["Nurse"])),
                When::After => comparison.only_after(person(3, &["Nurse"])),
            }
            assert!(!comparison.is_same() && comparison.left_out() == 2, "{side:?}");
        }
    }
}
