//! How many rows of a file have the number of one person and the names or the address of another: some are mistakes, and many are the
//! file of another company, or another number.

use super::MappedRow;
use super::matching::{Match, candidates, contradicted, has_another_name};
use crate::catalogue::Attribute;
use crate::domain::{Directory, Holders, KeyValue, UserState, is_blank};

/// Of how many people whom rows are about something besides the number can be compared: an address, or names.
pub fn with_more_than_numbers(rows: &[MappedRow], matches: &[Match], directory: &Directory) -> u64 {
    let all = rows.iter().zip(matches);
    // A row about nobody is compared with nobody.
    let about = all.filter(|(_, whom)| **whom != Match::Nobody);
    let compared = about.filter(|(row, whom)| {
        let has_address = row.first_match.iter().any(|(_, text)| !is_blank(text));
        let user = whom.user().and_then(|id| directory.user(&id));
        has_address || user.is_some_and(|user| are_comparable(row, user, directory))
    });
    compared.count() as u64
}

/// How many people rows are about, and of how many of them the row is perhaps not theirs.
pub fn disputed(
    rows: &[MappedRow],
    matches: &[Match],
    directory: &Directory,
    key: &'static Attribute,
) -> (u64, u64) {
    let (mut found, mut disputed) = (0, 0);
    for (row, whom) in rows.iter().zip(matches) {
        let (is_found, is_disputed) = match whom {
            Match::Holder(_) => (true, false),
            Match::FirstTime { .. } => (true, false),
            Match::Nobody => (false, false),
            Match::Unclear(_) => {
                let is_another = is_another(row, directory, key);
                (is_another.is_some(), is_another == Some(true))
            }
        };
        found += u64::from(is_found);
        disputed += u64::from(is_disputed);
    }
    (found, disputed)
}

/// Whether it is unclear whom the row is about because it has the names or the address of somebody else; `None` where it is about
/// nobody at all.
fn is_another(row: &MappedRow, directory: &Directory, key: &'static Attribute) -> Option<bool> {
    let value = row.key.as_deref().and_then(|text| KeyValue::new(key, text))?;
    match value.holders(directory) {
        Holders::One(user) => Some(contradicted(row, user, directory).is_some()),
        Holders::Several(_) => None,
        Holders::None { .. } => {
            let is_another = row.first_match.iter().any(|(attribute, text)| {
                let told = candidates(attribute, text, directory).ok().flatten();
                told.is_some_and(|user| has_another_name(row, user, directory))
            });
            is_another.then_some(true)
        }
    }
}

/// Whether both have a given name and a surname, or a display name.
fn are_comparable(row: &MappedRow, user: &UserState, directory: &Directory) -> bool {
    let is_in_both = |name: &str| {
        row.cell(name).is_some_and(|cell| !is_blank(&cell.text))
            && !directory.value(user, name).to_cell().is_empty()
    };
    is_in_both("displayName") || (is_in_both("givenName") && is_in_both("surname"))
}

#[cfg(test)]
mod tests {
    use super::super::matching::match_rows;
    use super::super::testing::{attribute, directory, row, text};
    use super::*;

    fn people() -> Directory {
        directory(&[
            (
                1,
                "ana@contoso.com",
                &[
                    ("employeeId", text("1")),
                    ("givenName", text("Ana")),
                    ("surname", text("Ruiz")),
                ],
            ),
            (
                2,
                "bo@contoso.com",
                &[
                    ("employeeId", text("2")),
                    ("givenName", text("Bo")),
                    ("surname", text("Lind")),
                ],
            ),
            (
                3,
                "cy@contoso.com",
                &[("givenName", text("Cy")), ("surname", text("Oz"))],
            ),
        ])
    }

    fn counted(rows: &[MappedRow]) -> (u64, u64) {
        let people = people();
        let key = attribute("employeeId");
        disputed(rows, &match_rows(rows, &people, key), &people, key)
    }

    fn of(number: &str, names: (&str, &str), address: Option<&str>) -> MappedRow {
        let mut row = row(2, number, &[("givenName", names.0), ("surname", names.1)]);
        if let Some(address) = address {
            row.first_match = vec![(attribute("userPrincipalName"), address.to_owned())];
        }
        row
    }

    #[test]
    fn what_can_be_compared_besides_the_number_is_counted() {
        let people = people();
        let key = attribute("employeeId");
        let bare = row(2, "1", &[]);
        let counted = |row: MappedRow| {
            let rows = [row];
            with_more_than_numbers(&rows, &match_rows(&rows, &people, key), &people)
        };
        assert_eq!(counted(bare), 0);
        assert_eq!(counted(of("1", ("", "Smith"), None)), 0);
        assert_eq!(counted(of("1", ("Ana", "Smith"), None)), 1);
        assert_eq!(counted(of("1", ("", ""), Some("zoe@fabrikam.com"))), 1);
        assert_eq!(counted(of("9", ("Zoe", "Smith"), Some("zoe@fabrikam.com"))), 0);
    }

    #[test]
    fn the_number_of_one_person_with_the_names_of_another_is_disputed() {
        for (row, expected) in [
            (of("1", ("Ana", "Ruiz"), None), (1, 0)),
            (of("1", ("Ana", "Smith"), None), (1, 0)),
            // Written in another way.
            (of("1", ("ÁNA", "Ruíz-Lind"), None), (1, 0)),
            (of("1", ("ÁNA", "Ruíz"), Some("ana.ruiz@fabrikam.com")), (1, 0)),
            (of("1", ("Zoe", "Smith"), None), (1, 1)),
            (of("1", ("", "Smith"), None), (1, 0)),
            // HR writes names without accents, and only one of several.
            (of("1", ("Aná", "Ruiz García"), None), (1, 0)),
            // An address that is theirs speaks for them.
            (of("1", ("Zoe", "Smith"), Some("ana@contoso.com")), (1, 0)),
            (of("1", ("Zoe", "Smith"), Some("zoe@fabrikam.com")), (1, 1)),
            (of("1", ("Ana", "Ruiz"), Some("bo@contoso.com")), (1, 1)),
            // Nobody holds the number.
            (of("9", ("Zoe", "Smith"), Some("cy@contoso.com")), (1, 1)),
            (of("9", ("Cy", "Oz"), Some("cy@contoso.com")), (1, 0)),
            (of("9", ("Zoe", "Smith"), Some("zoe@fabrikam.com")), (0, 0)),
        ] {
            assert_eq!(counted(std::slice::from_ref(&row)), expected, "{row:?}");
        }
    }
}
