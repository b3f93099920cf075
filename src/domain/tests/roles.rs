//! Directory roles in a plan: whom the book of roles is needed for, who keeps the last one, and who is counted.

use std::sync::Arc;

use super::undo::{done, fresh_since, moment, undo};
use super::*;
use crate::domain::appointing::{RoleBook, RoleDefinition};
use crate::domain::roles::GLOBAL;

pub(super) fn book(administrators: &[u8]) -> RoleBook {
    let role = |id: &str, name: &str, is_privileged| RoleDefinition {
        id: id.to_owned(),
        template: id.to_owned(),
        name: name.to_owned(),
        is_privileged,
    };
    RoleBook {
        roles: vec![
            role(GLOBAL, "Global Administrator", true),
            role("a", "Reports Reader", false),
            role("b", "Guest Inviter", false),
        ],
        global_administrators: administrators.iter().map(|number| id(*number)).collect(),
        ..RoleBook::default()
    }
}

pub(super) fn roles(items: &[&str]) -> Value {
    Value::list(items.iter().map(|item| (*item).to_owned()).collect())
}

fn planned(
    users: Vec<UserState>,
    book: Option<RoleBook>,
    columns: &[&str],
    cells: &[&[&str]],
) -> (Vec<CheckedRow>, Plan) {
    let mut directory = directory(users);
    directory.set_roles(book.map(Arc::new));
    let mut rows = foreign_rows(columns, cells);
    let plan = plan(&mut rows, &directory);
    (rows, plan)
}

#[test]
fn without_the_roles_of_the_tenant_nobody_is_given_one() {
    let users = || vec![user(1, &[("directoryRoles", Value::Empty)])];
    let own = id(1).to_string();
    let cells: &[&[&str]] = &[&[&own, "Global Administrator"]];
    let (rows, plan) = planned(users(), None, &["id", "directoryRoles"], cells);
    assert_eq!(rules(&rows[0]), ["not-read"]);
    assert!(plan.is_empty());
    let (_, plan) = planned(users(), Some(book(&[])), &["id", "directoryRoles"], cells);
    assert_eq!(plan.privileged_changes().count(), 1);
}

#[test]
fn a_role_that_nobody_can_look_up_counts_as_a_privileged_one() {
    let mut plan = Plan::begin(binding(), 1, 1);
    let (_, known) = planned(
        vec![user(1, &[("directoryRoles", Value::Empty)])],
        Some(book(&[])),
        &["id", "directoryRoles"],
        &[&[&id(1).to_string(), "Reports Reader"]],
    );
    assert_eq!(known.privileged_changes().count(), 0);
    plan.users = known.users().to_vec();
    crate::domain::appointing::settle_roles(&mut plan, &directory([]));
    assert_eq!(plan.privileged_changes().count(), 1);
}

#[test]
fn the_last_global_administrator_keeps_the_role_also_where_the_other_one_is_deleted_or_disabled() {
    let ids = [id(1).to_string(), id(2).to_string()];
    let held = roles(&["Global Administrator"]);
    let users = || {
        let own = |number| {
            user(
                number,
                &[
                    ("directoryRoles", held.clone()),
                    ("accountEnabled", Value::Boolean(true)),
                ],
            )
        };
        vec![own(1), own(2)]
    };
    for (enabled, written) in [
        ("false", vec!["accountEnabled"]),
        ("true", vec!["directoryRoles"]),
    ] {
        let cells: &[&[&str]] = &[
            &[&ids[0], "<clear>", "true"],
            &[&ids[1], "Global Administrator", enabled],
        ];
        let columns = ["id", "directoryRoles", "accountEnabled"];
        let (_, plan) = planned(users(), Some(book(&[1, 2])), &columns, cells);
        let names: Vec<&str> = plan.changes().map(|(_, change)| change.attribute.name).collect();
        assert_eq!(names, written, "{enabled}");
    }
}

#[test]
fn a_user_who_loses_one_role_of_several_or_gets_another_is_counted_once_and_not_as_cleared() {
    let held = roles(&["Reports Reader", "Guest Inviter"]);
    let own: Vec<String> = (1..=4).map(|number| id(number).to_string()).collect();
    let users: Vec<UserState> = (1..=4)
        .map(|number| user(number, &[("directoryRoles", held.clone())]))
        .collect();
    let cells = |wanted: [&'static str; 4]| -> Vec<Vec<String>> {
        let row = |(own, wanted): (&String, &str)| vec![own.clone(), wanted.to_owned()];
        own.iter().zip(wanted).map(row).collect()
    };
    let told = |wanted: [&'static str; 4]| {
        let cells = cells(wanted);
        let cells: Vec<Vec<&str>> = cells
            .iter()
            .map(|row| row.iter().map(String::as_str).collect())
            .collect();
        let cells: Vec<&[&str]> = cells.iter().map(Vec::as_slice).collect();
        let (_, plan) = planned(users.clone(), Some(book(&[])), &["id", "directoryRoles"], &cells);
        let review = Review::of(plan.users());
        let counts = review.columns()[0];
        let cleared = plan.columns_cleared().first().map(|column| column.cleared);
        (counts.set, counts.cleared, cleared)
    };
    // Each loses one and keeps one.
    assert_eq!(told(["Guest Inviter"; 4]).2, Some(0));
    assert_eq!(
        told(["Guest Inviter", "<clear>", "Reports Reader", "<clear>"]).2,
        Some(2)
    );
    // Each loses both and gets another: four cells, none of them cleared.
    assert_eq!(told(["Global Administrator"; 4]), (4, 0, Some(0)));
    assert_eq!(told(["<clear>"; 4]), (0, 4, Some(4)));
}

#[test]
fn guards_of_columns_count_users_and_no_items() {
    let both = roles(&["Reports Reader", "Guest Inviter"]);
    let own = id(1).to_string();
    let (_, plan) = planned(
        vec![user(1, &[("directoryRoles", both)])],
        Some(book(&[])),
        &["id", "directoryRoles"],
        &[&[&own, "<clear>"]],
    );
    let limits = Limits {
        column: Some(Sourced::default_value(Limit::Users(1))),
        ..Limits::default()
    };
    let counted: Vec<u64> = inspect(&plan, &limits)
        .iter()
        .filter(|report| ["max-clears", "max-column"].contains(&report.guard))
        .map(|report| report.counted)
        .collect();
    assert_eq!(counted, [1, 1]);
}

#[test]
fn one_role_of_several_is_no_clear_and_what_is_refused_to_the_caller_saves_no_column() {
    let both = roles(&["Reports Reader", "Guest Inviter"]);
    let own: Vec<String> = (1..=3).map(|number| id(number).to_string()).collect();
    let users: Vec<UserState> = (1..=3)
        .map(|number| user(number, &[("directoryRoles", both.clone())]))
        .collect();
    let planned = |wanted: &str| {
        let cells: Vec<[&str; 2]> = own.iter().map(|own| [own.as_str(), wanted]).collect();
        let cells: Vec<&[&str]> = cells.iter().map(|row| &row[..]).collect();
        planned(users.clone(), Some(book(&[])), &["id", "directoryRoles"], &cells).1
    };
    let counted = |plan: &Plan, guard: &str| {
        let reports = inspect(plan, &Limits::default());
        let report = reports.iter().find(|report| report.guard == guard);
        report.map(|report| report.counted).unwrap()
    };
    let one = planned("Guest Inviter");
    assert_eq!(one.changes().count(), 3);
    assert_eq!(
        (counted(&one, "max-clears"), counted(&one, "column-emptied")),
        (0, 0)
    );
    let mut all = planned("<clear>");
    assert_eq!(
        (counted(&all, "max-clears"), counted(&all, "column-emptied")),
        (3, 3)
    );
    // Nobody takes a role from themselves: it is the other two who lose what they have.
    all.foresee(Foresight {
        caller: Caller {
            own: Some(id(1)),
            ..Caller::default()
        },
        roles: &RoleHolders::NotAsked,
    });
    all.count_cleared(&directory(users.clone()));
    assert_eq!(all.withheld().len(), 2);
    assert_eq!(
        (counted(&all, "max-clears"), counted(&all, "column-emptied")),
        (2, 2)
    );
}

#[test]
fn what_is_not_sent_is_told_in_the_order_of_the_sheet() {
    let held = roles(&["Global Administrator"]);
    let users: Vec<UserState> = (1..=20)
        .map(|number| user(number, &[("directoryRoles", held.clone())]))
        .collect();
    let own: Vec<String> = (1..=20).rev().map(|number| id(number).to_string()).collect();
    let cells: Vec<[&str; 2]> = own.iter().map(|own| [own.as_str(), "<clear>"]).collect();
    let cells: Vec<&[&str]> = cells.iter().map(|row| &row[..]).collect();
    let all: Vec<u8> = (1..=20).collect();
    let (_, plan) = planned(users, Some(book(&all)), &["id", "directoryRoles"], &cells);
    let rows: Vec<u64> = plan.withheld().iter().map(|held| held.row).collect();
    assert_eq!(rows.len(), 20);
    assert!(rows.is_sorted(), "{rows:?}");
}

#[test]
fn two_roles_of_one_user_that_an_undo_cannot_take_are_both_told() {
    let given = |number: u32, role: &str| Operation {
        number: OperationNumber(number),
        action: Action::Resource {
            change: change("directoryRoles", Value::Empty, roles(&[role])),
        },
        ..patch(Vec::new(), Vec::new())
    };
    let operations = [given(0, "Reports Reader"), given(1, "Guest Inviter")];
    let results = operations.map(|one| {
        let result = done(&one, vec![Outcome::Accepted]);
        (one, result)
    });
    let both = user(
        1,
        &[("directoryRoles", roles(&["Reports Reader", "Guest Inviter"]))],
    );
    let agent = UserState { agent: true, ..both };
    let mut directory = directory([agent]);
    directory.set_roles(Some(Arc::new(book(&[]))));
    let undo = undo(&[(2, results.to_vec())]);
    let plan = build_undo(binding(), &undo, &directory, ConflictPolicy::Stop);
    let told: Vec<String> = plan
        .withheld()
        .iter()
        .map(|held| held.change.before.to_cell())
        .collect();
    assert_eq!(told, ["Reports Reader", "Guest Inviter"]);
    assert!(plan.is_empty());
}

#[test]
fn what_a_later_undo_put_back_explains_its_own_role_and_no_other() {
    let given = |role: &str| change("directoryRoles", Value::Empty, roles(&[role]));
    let (reader, inviter) = (given("Reports Reader"), given("Guest Inviter"));
    let back = change("directoryRoles", roles(&["reports reader"]), Value::Empty);
    assert_eq!(cell_of(id(1), &reader), cell_of(id(1), &back));
    let freshness = Freshness {
        put_back: [(cell_of(id(1), &back), moment(5))].into(),
        ..fresh_since(-900)
    };
    for (change, may_be_hidden) in [(reader, false), (inviter, true)] {
        let operation = Operation {
            action: Action::Resource { change },
            ..patch(Vec::new(), Vec::new())
        };
        let result = done(&operation, vec![Outcome::Accepted]);
        let written = WrittenOperation::of(&operation, Some(&result), true, &freshness);
        assert_eq!(written.changes[0].may_be_hidden, may_be_hidden);
    }
}

#[test]
fn each_role_that_is_withheld_is_noted_and_the_others_of_the_cell_go() {
    let both = roles(&["Reports Reader", "Guest Inviter"]);
    let own = id(1).to_string();
    let (_, mut plan) = planned(
        vec![user(1, &[("directoryRoles", both)])],
        Some(book(&[])),
        &["id", "directoryRoles"],
        &[&[&own, "Global Administrator"]],
    );
    plan.foresee(Foresight {
        caller: Caller {
            own: Some(id(1)),
            ..Caller::default()
        },
        roles: &RoleHolders::NotAsked,
    });
    assert_eq!(plan.users()[0].changes.len(), 1);
    assert_eq!(plan.rows[0].writes, ["directoryRoles"]);
    assert_eq!(plan.rows[0].notes.len(), 2);
    // For the people who can do it, both stand in one cell.
    let changes: Vec<&Change> = plan.withheld().iter().map(|held| &held.change).collect();
    assert_eq!(
        told_together(&changes).unwrap(),
        [
            "Reports Reader; Guest Inviter",
            "remove: Reports Reader; Guest Inviter"
        ]
    );
    let given = change("directoryRoles", Value::Empty, roles(&["Message Center Reader"]));
    let changes = [&given, changes[0]];
    assert_eq!(
        told_together(&changes).unwrap()[1],
        "add: Message Center Reader; remove: Reports Reader"
    );
    assert_eq!(
        told_together(&[&change("jobTitle", Value::Empty, text("Chef"))]),
        None
    );
}
