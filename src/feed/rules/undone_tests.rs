//! What a person took back: held while HR says it, and let go once HR says something else.

use super::super::super::matching::match_rows;
use super::super::super::settings::FeedSettings;
use super::super::super::testing::{attribute, directory, id, points_to, row, text};
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
    weighed_by(SETTINGS, rows, taken)
}

fn settings_of(text: &str) -> FeedSettings {
    toml::from_str(&format!("{BASE}{text}")).unwrap()
}

fn ground_of<'a>(settings: &'a FeedSettings, directory: &'a Directory) -> Ground<'a> {
    Ground {
        settings,
        directory,
        key: attribute("employeeId"),
        names: None,
        today: TODAY.parse().unwrap(),
    }
}

fn weighed_by(
    settings: &str,
    rows: &[MappedRow],
    taken: &[TakenBack],
) -> (Decided, Vec<&'static str>, Vec<&'static str>) {
    let (settings, directory) = (settings_of(settings), people());
    let ground = ground_of(&settings, &directory);
    let matches = match_rows(rows, &directory, ground.key);
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
    let told = &decided.letters[0].doubts[0].reason;
    assert!(
        told.contains("took the emptying of the cell back") && !told.contains("<clear>"),
        "{told}"
    );
    assert_eq!(settings("").2, Vec::<&str>::new());
    assert_eq!(settings("Clerk").2, ["jobTitle"]);
}

#[test]
fn a_cell_that_could_not_be_written_is_no_other_word_of_hrs() {
    for (word, is_other) in [
        ("M?nchen", false),
        ("M\u{fffd}nchen", false),
        ("MÃ¼nchen", false),
        ("<clear>", false),
        ("<not read>", false),
        ("NULL", false),
        ("-", false),
        ("n/a", false),
        ("#REF!", false),
        ("München", true),
        // The directory holds it.
        ("Sales", true),
    ] {
        let taken = [taken("department", text("Board"))];
        let (_, _, otherwise) = weighed(&[row(5, "1001", &[("department", word)])], &taken);
        assert_eq!(otherwise == ["department"], is_other, "{word}");
    }
    // A title that was written, and that an empty cell may take away.
    let title = [taken("jobTitle", text("Chair"))];
    let said = |cell: &str| weighed(&[row(5, "1001", &[("jobTitle", cell)])], &title).2;
    assert_eq!((said(""), said("-")), (vec!["jobTitle"], Vec::new()));
}

#[test]
fn a_manager_whose_clearing_was_taken_back_may_be_set_to_somebody() {
    let with = |boss: &str| MappedRow {
        manager: Some(boss.to_owned()),
        ..row(5, "1001", &[])
    };
    let cleared = [taken("manager", Value::Empty)];
    let (decided, held, otherwise) = weighed(&[with("1003")], &cleared);
    assert_eq!(written(&decided), ["manager"]);
    assert_eq!((held, otherwise), (Vec::new(), vec!["manager"]));
}

#[test]
fn a_row_of_somebody_who_was_missing_and_is_here_again_lets_the_account_go_without_rules_for_leavers() {
    let on = [taken("accountEnabled", Value::Boolean(false))];
    let (_, _, otherwise) = weighed_by(
        "[attributes]\ndepartment = { column = 'Dept' }\n[missing]\naction = 'disable'\n",
        &[row(5, "1001", &[])],
        &on,
    );
    assert_eq!(otherwise, ["accountEnabled"]);
    // The file says of the account what was taken back.
    let (_, _, otherwise) = weighed_by(
        "[attributes]\naccountEnabled = { column = 'On' }\n[missing]\naction = 'disable'\n",
        &[row(5, "1001", &[("accountEnabled", "false")])],
        &on,
    );
    assert_eq!(otherwise, Vec::<&str>::new());
}

#[test]
fn a_first_match_that_was_taken_back_is_about_nobody_and_nobodys_manager() {
    let first = |number: &str, name: &str| MappedRow {
        first_match: vec![(attribute("userPrincipalName"), name.to_owned())],
        ..row(5, number, &[("department", "Board")])
    };
    let report = MappedRow {
        manager: Some("77".to_owned()),
        ..row(6, "1001", &[])
    };
    let rows = [first("77", "new@contoso.com"), report];
    let (new, settings) = (id(2), settings_of(SETTINGS));
    let directory = directory(&[
        (
            1,
            "ana@contoso.com",
            &[("employeeId", text("1001")), ("department", text("Sales"))],
        ),
        (2, "new@contoso.com", &[]),
    ]);
    let ground = ground_of(&settings, &directory);
    let taken = TakenBack {
        user: new,
        ..taken("employeeId", text("77"))
    };
    let mut matches = match_rows(&rows, &directory, ground.key);
    assert_eq!(matches[0].user(), Some(new));
    assert_eq!(unmatch(&rows, &mut matches, &[taken], ground), 1);
    let decided = decide(&rows, &matches, ground);
    assert!(decided.people.is_empty(), "{decided:#?}");
    let told = reasons(&decided);
    assert!(
        told[0].starts_with("a person took the number `77` of `new@contoso.com` back"),
        "{told:#?}"
    );
    assert!(
        told[1].starts_with("manager: the row of `77`, row 5, needs a person itself"),
        "{told:#?}"
    );
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
