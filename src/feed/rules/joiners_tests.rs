//! New people: who is perhaps one person, and who has left before an account was made.

use super::super::super::MappedCell;
use super::super::super::testing::{attribute, row};
use super::super::ToldKind;
use super::super::tests::{TODAY, decided, reasons};

#[test]
fn new_people_whose_numbers_are_nearly_one_are_all_for_a_person() {
    let settings = "[joiners]\ncreate = true\nfirst-day = 'x'\nnames = '{givenName}@contoso.com'\n";
    let new = |number: u64, key: &str, first_day: &str| {
        let name = format!("n{number}");
        let mut one = row(number, key, &[]);
        one.cells.push(MappedCell {
            attribute: attribute("givenName"),
            text: name,
        });
        one.first_day = Some(first_day.parse().unwrap());
        one
    };
    let mut gone = new(6, "0071", TODAY);
    gone.has_left = true;
    let rows = [
        new(2, "0042", TODAY),
        // Who is made later counts too.
        new(3, "42", "2027-06-01"),
        new(4, "7", TODAY),
        new(5, "71", TODAY),
        gone,
    ];
    let decided = decided(&format!("{settings}[leavers]\nwhen = 'x'\n"), &rows);
    let letters: Vec<u64> = decided.letters.iter().map(|letter| letter.row).collect();
    assert_eq!(letters, [2, 3], "{decided:?}");
    assert!(
        reasons(&decided)[0]
            .contains("nearly the same number, so they may be one person: `0042` (row 2), `42` (row 3)"),
        "{decided:?}"
    );
    assert_eq!(decided.joiners(), 2, "{decided:?}");
    assert_eq!(decided.told_of(ToldKind::JoinerGone), 1);
}

#[test]
fn who_has_left_before_an_account_was_made_is_told_in_the_days_around_the_first() {
    let settings = "[joiners]\ncreate = true\nfirst-day = 'x'\n[leavers]\n";
    for (first_day, last_day, told) in [
        (
            Some("2026-11-20"),
            Some("2026-11-25"),
            Some("with 2026-11-25 as the last day"),
        ),
        (
            Some("2026-11-20"),
            None,
            Some("is new, and has left already: nobody is made"),
        ),
        // Years ago: such rows stay in many files for ever.
        (Some("2020-01-01"), Some("2020-02-01"), None),
        (None, Some("2026-11-25"), None),
    ] {
        let mut one = row(2, "2001", &[]);
        one.first_day = first_day.map(|day| day.parse().unwrap());
        one.last_day = last_day.map(|day| day.parse().unwrap());
        one.has_left = last_day.is_none();
        let decided = decided(settings, &[one]);
        assert_eq!(
            (decided.gone, decided.people.len(), decided.letters.len()),
            (1, 0, 0)
        );
        let said: Vec<&str> = decided.told.iter().map(|one| one.message.as_str()).collect();
        match told {
            Some(told) => assert!(said.len() == 1 && said[0].contains(told), "{said:?}"),
            None => assert!(said.is_empty(), "{said:?}"),
        }
    }
}
