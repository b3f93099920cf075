//! A column that a sheet would empty, where some of its users keep the value because their cells are held.

use super::*;
use crate::domain::{Choice, Choices, ChosenIn, Place, Settling, Side};

fn report(plan: &Plan, limits: &Limits, name: &str) -> GuardReport {
    let mut found = inspect(plan, limits)
        .into_iter()
        .filter(|report| report.guard == name);
    let first = found.next().unwrap();
    assert!(found.next().is_none());
    first
}

/// Users 1 to `users` with a fax number each; what is done to them and their rows says the caller. Every cell is emptied.
fn all_emptied(
    users: u8,
    to_user: impl Fn(u8, &mut UserState),
    to_rows: impl FnOnce(&mut Vec<CheckedRow>),
    choices: &Choices,
) -> GuardReport {
    let names = ["id", "faxNumber"];
    let fax = |number: u8| format!("+31 {number}");
    let mut directory = directory((1..=users).map(|number| {
        let mut one = user(number, &[("faxNumber", text(&fax(number)))]);
        to_user(number, &mut one);
        one
    }));
    directory.set_users_total(100);
    let row = |number: u8| {
        let key = id(number).to_string();
        checked(&names, &[&key, ""], base(&names, &[&key, &fax(number)]))
    };
    let mut rows: Vec<CheckedRow> = (1..=users).map(row).collect();
    to_rows(&mut rows);
    let settling = Settling::new(ConflictPolicy::Stop, choices);
    let plan = build_plan(binding(), &mut rows, 0, &directory, settling);
    report(&plan, &Limits::default(), "column-emptied")
}

#[test]
fn whoever_cannot_lose_the_value_counts_among_those_who_have_one_and_not_among_those_who_could_lose_it() {
    let none = Choices::default();
    let synced_to = |last: u8| {
        move |number: u8, user: &mut UserState| {
            user.synced = (number <= last).then_some(true);
        }
    };
    for (users, synced, counted) in [(5, 3, 2), (5, 5, 0), (2, 1, 0), (3, 2, 1)] {
        let told = all_emptied(users, synced_to(synced), |_| (), &none);
        assert_eq!(
            (told.passed, told.counted),
            (counted == 0, counted),
            "{synced} of {users}"
        );
    }
    let told = all_emptied(5, synced_to(3), |_| (), &none);
    assert!(
        told.message
            .ends_with("2 users of the sheet whose value can be written now, of 5 who have one")
    );
}

#[test]
fn a_value_that_was_left_to_the_directory_or_whose_row_has_an_error_is_held() {
    let theirs = Choices::of([Choice {
        user: id(1),
        attribute: attribute("faxNumber"),
        side: Some(Side::Theirs),
        sheet: String::new(),
        directory: "+49 1".to_owned(),
        chosen_in: ChosenIn::Sheet(Place::cell(2, 2, 8)),
    }]);
    let moved = |number: u8, user: &mut UserState| {
        if number == 1 {
            let place = columns().iter().position(|one| one.name == "faxNumber").unwrap();
            user.values[place] = text("+49 1");
        }
    };
    let told = all_emptied(8, moved, |_| (), &theirs.unwrap());
    assert_eq!((told.passed, told.counted), (false, 7));
    // A second row of the first user does not say the same: both are held.
    let twice = |rows: &mut Vec<CheckedRow>| {
        let key = id(1).to_string();
        let names = ["id", "faxNumber"];
        rows.push(checked(&names, &[&key, "+31 9"], base(&names, &[&key, "+31 1"])));
    };
    let told = all_emptied(8, |_, _| (), twice, &Choices::default());
    assert_eq!((told.passed, told.counted), (false, 7));
}

#[test]
fn whose_value_is_not_known_keeps_no_column_from_being_called_emptied() {
    let names = ["id", "faxNumber"];
    let row = |number: u8, edited: &str| {
        let key = id(number).to_string();
        checked(&names, &[&key, edited], base(&names, &[&key, "+31"]))
    };
    let known = |number: u8| user(number, &[("faxNumber", text("+31"))]);
    let told = |directory: Directory| {
        let mut rows = [row(1, ""), row(2, ""), row(3, ""), row(4, "+31")];
        let plan = build_plan(binding(), &mut rows, 0, &directory, ConflictPolicy::Stop);
        assert_eq!(plan.rows()[3].user, Some(id(4)));
        let told = report(&plan, &Limits::default(), "column-emptied");
        (told.passed, told.counted)
    };
    assert_eq!(told(directory((1..=4).map(known))), (true, 0));
    let mut by_name = directory((1..=3).map(known));
    by_name.insert_named(known(4));
    assert_eq!(told(by_name), (false, 3));
    let unread = UserState {
        unread: ["faxNumber"].into_iter().collect(),
        ..user(4, &[])
    };
    assert_eq!(told(directory((1..=3).map(known).chain([unread]))), (false, 3));
}
