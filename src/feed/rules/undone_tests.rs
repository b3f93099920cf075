//! What a person took back: held while HR says it, and let go once HR says something else.

use super::super::super::matching::match_rows;
use super::super::super::settings::FeedSettings;
use super::super::super::testing::{attribute, id, points_to, row, text};
use super::super::tests::{BASE, TODAY, people, reasons};
use super::super::{PersonWish, decide};
use super::*;

fn taken(name: &str, value: Value) -> TakenBack {
    TakenBack {
        user: id(1),
        attribute: attribute(name),
        values: vec![value],
        by: "run-20261129-023004-9f3a".to_owned(),
        at: "2026-11-29T08:00:00Z".parse().unwrap(),
    }
}

const SETTINGS: &str = "[attributes]\ndepartment = { column = 'Dept' }\njobTitle = { column = 'Title', blank = 'clear' }\nbusinessPhones = { column = 'Phone' }\n[manager]\ncolumn = 'Boss'\nblank = 'clear'\n[leavers]\nlast-day = 'x'\n[missing]\naction = 'disable'\n";

/// What is written after all, what is held, and what the file says otherwise.
fn weighed(rows: &[MappedRow], taken: &[TakenBack]) -> (Decided, Vec<&'static str>, Vec<&'static str>) {
    let settings: FeedSettings = toml::from_str(&format!("{BASE}{SETTINGS}")).unwrap();
    let directory = people();
    let key = attribute("employeeId");
    let ground = Ground {
        settings: &settings,
        directory: &directory,
        key,
        names: None,
        today: TODAY.parse().unwrap(),
    };
    let matches = match_rows(rows, &directory, key);
    let mut decided = decide(rows, &matches, ground);
    let names = |cells: Vec<(UserId, &'static str)>| cells.into_iter().map(|(_, name)| name).collect();
    let otherwise = said_otherwise(rows, &matches, taken, ground);
    let held = hold_back(&mut decided, taken, &directory);
    (decided, names(held), names(otherwise))
}

fn written(decided: &Decided) -> Vec<&str> {
    let cells = decided.people.iter().flat_map(|person| &person.cells);
    cells.map(|cell| cell.attribute.name).collect()
}

#[test]
fn a_cell_that_was_taken_back_is_for_a_person_and_the_others_of_the_row_are_written() {
    let rows = [row(5, "1001", &[("department", "Board"), ("jobTitle", "Chair")])];
    let (decided, held, otherwise) = weighed(&rows, &[taken("department", text("Board"))]);
    assert_eq!(written(&decided), ["jobTitle"]);
    assert_eq!((held, otherwise), (vec!["department"], Vec::new()));
    let reasons = reasons(&decided);
    assert_eq!(decided.letters[0].row, 5);
    assert_eq!(
        reasons,
        [
            "attributes.department: a person took `Board` back with `undo` (run-20261129-023004-9f3a of 2026-11-29T08:00:00Z), and HR still says so: it is not written again"
        ]
    );
    // Nothing else of the person differs.
    let (decided, ..) = weighed(
        &[row(5, "1001", &[("department", "Board")])],
        &[taken("department", text("Board"))],
    );
    assert_eq!((decided.people.len(), decided.letters.len()), (0, 1));
}

#[test]
fn whether_hr_still_says_it_is_told_by_the_kind_of_the_value() {
    let phones = |number: &str| Value::List(vec![number.to_owned()]);
    for (name, value, cell, is_held, is_other) in [
        ("department", text("Board"), "Board", true, false),
        ("department", text("Board"), "Law", false, true),
        // The directory holds it, so nothing is written; it is another value all the same.
        ("department", text("Board"), "Sales", false, true),
        // A blank that keeps says nothing.
        ("department", text("Board"), "", false, false),
        ("businessPhones", phones("+31 99"), "+31 99", true, false),
        ("businessPhones", phones("+31 99"), "+31 98", false, true),
        ("jobTitle", Value::Empty, "Clerk", false, true),
    ] {
        let taken = [taken(name, value.clone())];
        let (decided, held, otherwise) = weighed(&[row(5, "1001", &[(name, cell)])], &taken);
        assert_eq!(held == [name], is_held, "{name} {cell}");
        assert_eq!(otherwise == [name], is_other, "{name} {cell}");
        assert_eq!(decided.letters.len(), usize::from(is_held), "{name} {cell}");
    }
}

#[test]
fn a_clear_that_was_taken_back_is_held_until_hr_says_something() {
    let settings = |cell: &str| {
        let rows = [row(
            5,
            "1001",
            &[("businessPhones", "+31 20"), ("jobTitle", cell)],
        )];
        weighed(&rows, &[taken("jobTitle", Value::Empty)])
    };
    // The directory of this test has no title, so a wish of its own is made.
    let mut decided = Decided::default();
    decided.people.push(PersonWish {
        row: Some(5),
        user: Some(id(1)),
        upn: "ana@contoso.com".to_owned(),
        cells: vec![super::super::Wish {
            attribute: attribute("jobTitle"),
            text: CLEAR_WORD.to_owned(),
            before: "Clerk".to_owned(),
            rule: "attributes.jobTitle".to_owned(),
        }],
        disable: None,
    });
    let held = hold_back(&mut decided, &[taken("jobTitle", Value::Empty)], &people());
    assert_eq!((held.len(), decided.people.len()), (1, 0));
    assert_eq!(settings("").2, Vec::<&str>::new());
    assert_eq!(settings("Clerk").2, ["jobTitle"]);
}

#[test]
fn a_manager_that_was_taken_back_is_known_by_who_it_is() {
    let with = |boss: &str| MappedRow {
        manager: Some(boss.to_owned()),
        ..row(5, "1001", &[])
    };
    let third = [taken("manager", points_to(3, "off@contoso.com"))];
    let (decided, held, otherwise) = weighed(&[with("1003")], &third);
    assert_eq!(
        (written(&decided).len(), held, otherwise),
        (0, vec!["manager"], Vec::new())
    );
    // Under another name it is the same person.
    let renamed = [taken("manager", points_to(3, "former@contoso.com"))];
    assert_eq!(weighed(&[with("1003")], &renamed).1, ["manager"]);
    assert_eq!(weighed(&[with("1002")], &third).2, ["manager"]);
    assert_eq!(weighed(&[with("")], &third).2, ["manager"]);
    // Somebody who was made in the night of the run had an id of the plan's own.
    let made = [taken("manager", points_to(9, "BO@contoso.com"))];
    assert_eq!(weighed(&[with("1002")], &made).2, Vec::<&str>::new());
    // Whom nobody knows is no other manager.
    assert_eq!(weighed(&[with("9999")], &third).2, Vec::<&str>::new());
}

#[test]
fn an_account_that_a_person_switched_on_again_stays_on_and_the_letter_says_that_the_person_has_left() {
    let left = |is_left| MappedRow {
        has_left: is_left,
        ..row(5, "1001", &[("department", "Board")])
    };
    let on = [taken("accountEnabled", Value::Boolean(false))];
    let (decided, held, otherwise) = weighed(&[left(true)], &on);
    assert_eq!((held, otherwise), (vec!["accountEnabled"], Vec::new()));
    assert_eq!(written(&decided), ["department"]);
    assert!(decided.people.iter().all(|person| person.disable.is_none()));
    assert!(
        reasons(&decided)[0].starts_with("the person HAS LEFT, and a person switched the account on again")
    );
    assert_eq!(weighed(&[left(false)], &on).2, ["accountEnabled"]);
    // Who is in no row is told where the missing are.
    let mut missing = Decided::default();
    missing.people.push(PersonWish {
        row: None,
        user: Some(id(1)),
        upn: "ana@contoso.com".to_owned(),
        cells: Vec::new(),
        disable: Some("missing.action"),
    });
    hold_back(&mut missing, &on, &people());
    assert_eq!(
        (missing.people.len(), missing.told_of(ToldKind::ForAPerson)),
        (0, 1)
    );
}

#[test]
fn where_the_number_was_taken_back_nothing_of_the_row_is_written() {
    let mut decided = Decided::default();
    let wish = |name: &str, text: &str, rule: &str| super::super::Wish {
        attribute: attribute(name),
        text: text.to_owned(),
        before: String::new(),
        rule: rule.to_owned(),
    };
    decided.people.push(PersonWish {
        row: Some(5),
        user: Some(id(1)),
        upn: "ana@contoso.com".to_owned(),
        cells: vec![
            wish("employeeId", "1001", "key"),
            wish("department", "Board", "attributes.department"),
        ],
        disable: Some("leavers.when"),
    });
    hold_back(&mut decided, &[taken("employeeId", text("1001"))], &people());
    assert_eq!((decided.people.len(), decided.letters.len()), (0, 1));
}
