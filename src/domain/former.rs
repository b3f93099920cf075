//! Deleted users, found by the userPrincipalName they had: for rows that restore somebody and have nothing but that name.
//!
//! Several people may have had one name, one after the other; then none of them is taken.

use std::borrow::Cow;

use super::edit::Edit;
use super::{CheckedRow, Directory, Extent, Finding, UpnKey, UserId, UserKey, UserState, same, shorten};
use crate::catalogue::AccountPart;

/// One deleted user, and when it was deleted, as the service writes that moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletedUser {
    pub user: UserState,
    pub deleted: String,
}

/// A deleted user as the directory keeps it beside the name it had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Former {
    pub id: UserId,
    pub deleted: String,
}

impl CheckedRow {
    /// The name by which this row wants somebody back, where it is all that the row says of whom.
    pub fn former_name(&self) -> Option<UpnKey> {
        let is_nameless = self.id().is_none() && self.key().is_none();
        let wants_back = is_nameless && self.restores_account();
        wants_back.then(|| self.upn()).flatten().map(Cow::into_owned)
    }
}

/// The user whom a row wants back by this name.
pub(super) fn by_former_name<'d>(
    row: &CheckedRow,
    name: &UpnKey,
    directory: &'d Directory,
) -> Result<&'d UserState, Box<Finding>> {
    let present = directory.find(&UserKey::Upn(name.clone()));
    let (rule, message, help) = match (directory.formerly(name), present) {
        // Nobody is to come back, or the only one has come back already. Whoever has the name may be somebody else, to whom
        // nothing is written for it.
        ([], Some(user)) if !wants_more(row, user, directory) => return Ok(user),
        ([], Some(_)) => (
            "action-not-alone",
            format!(
                "no deleted user had the userPrincipalName `{}`; somebody who is there has it, perhaps another person, and a row that restores by name writes nothing else",
                row.label()
            ),
            "to edit whoever has the name, take `restore` out of the row, or put the `id` into it",
        ),
        ([], None) => (
            "unknown-user",
            format!(
                "no user of the directory has the userPrincipalName `{}`, and no deleted one had it",
                row.label()
            ),
            "correct the name, or put the `id` into the row; after 30 days a deleted user is gone, and one who was deleted minutes ago may not be found by name yet",
        ),
        ([one], None) => match directory.anywhere(&one.id) {
            Some(user) => return Ok(user),
            None => return Err(gone(row)),
        },
        ([..], Some(_)) => (
            "name-taken",
            format!(
                "a deleted user had the userPrincipalName `{}`, which is another user's now, so the service would not give it back",
                row.label()
            ),
            "rename the user who has it, or leave the row out",
        ),
        (several, None) => (
            "ambiguous-deleted-user",
            format!(
                "{} deleted users had the userPrincipalName `{}`: {}",
                several.len(),
                row.label(),
                listed(several)
            ),
            "put the `id` of the one who is meant into the row",
        ),
    };
    Err(Box::new(
        Finding::error(rule, Extent::Row, message, help).at(row.place()),
    ))
}

/// Whether a cell says something that this user does not have.
fn wants_more(row: &CheckedRow, user: &UserState, directory: &Directory) -> bool {
    row.cells().iter().any(|cell| match &cell.edit {
        _ if cell.attribute.account_part() == Some(AccountPart::State) => false,
        Edit::Set(value) => !same(cell.attribute, value, &directory.value(user, cell.attribute.name)),
        Edit::Clear => !directory.value(user, cell.attribute.name).is_empty(),
        _ => true,
    })
}

fn gone(row: &CheckedRow) -> Box<Finding> {
    let finding = Finding::error(
        "unknown-user",
        Extent::Row,
        format!("the deleted user `{}` could not be read", row.label()),
        "put the `id` into the row",
    );
    Box::new(finding.at(row.place()))
}

/// Ids with the moments of their deletion, the latest first.
fn listed(several: &[Former]) -> String {
    const SHOWN_MAX: usize = 10;
    let mut sorted: Vec<&Former> = several.iter().collect();
    sorted.sort_by(|a, b| (&b.deleted, b.id).cmp(&(&a.deleted, a.id)));
    let mut told: Vec<String> = sorted
        .iter()
        .take(SHOWN_MAX)
        .map(|one| format!("{} (deleted {})", one.id, shorten(&one.deleted)))
        .collect();
    if let Some(more) = sorted.len().checked_sub(SHOWN_MAX).filter(|more| *more > 0) {
        told.push(format!("and {more} more"));
    }
    told.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{DELETED, account_attribute};
    use crate::domain::tests::fixtures::{columns, foreign_rows, id, plan, rules, text, upn, user};
    use crate::domain::{Change, Columns};

    fn with_state() -> Columns {
        let mut all = columns().to_vec();
        all.push(account_attribute(AccountPart::State));
        all.into()
    }

    fn somebody(number: u8, name: u8, state: &str) -> UserState {
        let mut person = user(number, &[]);
        person.upn = upn(name);
        let place = columns()
            .iter()
            .position(|column| column.name == "userPrincipalName");
        person.values[place.unwrap()] = text(&upn(name));
        person.values.push(text(state));
        person
    }

    #[test]
    fn a_name_alone_brings_back_the_one_deleted_user_who_had_it() {
        // The users who are there and the deleted ones, each with the number in its name; the name that the row says; who comes back, or why nobody.
        for (present, deleted, wanted, expected) in [
            (&[][..], &[(5, 3)][..], 3, Ok(Some(5))),
            (&[], &[(5, 3), (6, 3)], 3, Err("ambiguous-deleted-user")),
            (&[], &[(5, 3)], 4, Err("unknown-user")),
            (&[(1, 3)], &[(5, 3)], 3, Err("name-taken")),
            // It is there, and nobody else is to come back.
            (&[(1, 3)], &[], 3, Ok(None)),
        ] {
            let mut directory = Directory::new(with_state());
            for (number, name) in present {
                directory.insert(somebody(*number, *name, crate::catalogue::PRESENT));
            }
            for (number, name) in deleted {
                directory.insert_former(DeletedUser {
                    user: somebody(*number, *name, DELETED),
                    deleted: format!("2026-01-0{number}T00:00:00Z"),
                });
            }
            directory.set_users_total(10);
            let mut rows = foreign_rows(&["userPrincipalName", "_action"], &[&[&upn(wanted), "restore"]]);
            assert_eq!(rows[0].former_name(), Some(UpnKey::new(&upn(wanted))));
            let plan = plan(&mut rows, &directory);
            let changes: Vec<(UserId, &Change)> =
                plan.changes().map(|(user, change)| (user.user, change)).collect();
            match expected {
                Ok(Some(number)) => assert_eq!(changes[0].0, id(number)),
                Ok(None) => assert!(changes.is_empty() && rows[0].findings().is_empty()),
                Err(rule) => {
                    assert_eq!(rules(&rows[0]), [rule]);
                    assert!(changes.is_empty());
                }
            }
        }
    }

    #[test]
    fn whoever_has_the_name_now_gets_nothing_of_a_row_that_restores_by_name() {
        for (title, expected) in [("Chef", None), ("Cook", Some("action-not-alone"))] {
            let mut directory = Directory::new(with_state());
            let mut present = somebody(1, 3, crate::catalogue::PRESENT);
            let place = columns().iter().position(|column| column.name == "jobTitle");
            present.values[place.unwrap()] = text("Chef");
            directory.insert(present);
            directory.set_users_total(10);
            let names = ["userPrincipalName", "jobTitle", "_action"];
            let mut rows = foreign_rows(&names, &[&[&upn(3), title, "restore"]]);
            assert!(plan(&mut rows, &directory).is_empty());
            assert_eq!(rules(&rows[0]).first().copied(), expected);
        }
    }

    #[test]
    fn of_several_the_ids_and_the_moments_are_told_the_latest_first() {
        let one = |number: u8, deleted: &str| Former {
            id: id(number),
            deleted: deleted.to_owned(),
        };
        let several = [one(1, "2026-01-01T00:00:00Z"), one(2, "2026-01-02T00:00:00Z")];
        assert_eq!(
            listed(&several),
            "00000000-0000-4000-8000-000000000002 (deleted 2026-01-02T00:00:00Z), 00000000-0000-4000-8000-000000000001 (deleted 2026-01-01T00:00:00Z)"
        );
        let many: Vec<Former> = (0..12).map(|number| one(number, "x")).collect();
        assert!(listed(&many).ends_with("and 2 more"));
    }

    #[test]
    fn only_a_row_that_restores_and_has_a_name_alone_looks_among_former_names() {
        let key = id(1).to_string();
        for (names, cells, expected) in [
            (
                &["userPrincipalName", "_action"][..],
                &["a@b.example", "restore"][..],
                true,
            ),
            (
                &["userPrincipalName", "_action"],
                &["a@b.example", "delete"],
                false,
            ),
            (&["userPrincipalName", "_action"], &["a@b.example", ""], false),
            (
                &["id", "userPrincipalName", "_action"],
                &[&key, "a@b.example", "restore"],
                false,
            ),
        ] {
            let rows = foreign_rows(names, &[cells]);
            assert_eq!(rows[0].former_name().is_some(), expected, "{cells:?}");
        }
    }
}
