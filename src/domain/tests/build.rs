//! From rows and a directory to a plan.

use super::*;

pub fn names(plan: &Plan) -> Vec<&str> {
    plan.changes().map(|(_, change)| change.attribute.name).collect()
}

pub fn reference(number: u8) -> Value {
    Value::Reference(user(number, &[]).reference())
}

/// A sheet with these rows, each with the same base as the user it names by the first cell.
fn exported_row(row: u64, names: &[&str], exported: &[&str], edited: &[&str]) -> CheckedRow {
    let columns = sheet(names);
    CheckedRow::check(
        ParsedRow::read(raw(row, edited), &columns),
        &columns,
        base(names, exported),
        &CheckOptions::default(),
    )
}

#[test]
fn a_user_nobody_knows_is_a_finding_and_never_a_guess() {
    let directory = directory([user(1, &[])]);
    let (known, unknown) = (id(1).to_string(), id(9).to_string());
    for cells in [
        [unknown.as_str(), "", "Chef"],
        ["", "nobody@example.com", "Chef"],
        [&unknown, &upn(1), "Chef"],
    ] {
        let mut rows = foreign_rows(&["id", "userPrincipalName", "jobTitle"], &[&cells]);
        let plan = plan(&mut rows, &directory);
        assert!(plan.is_empty());
        assert_eq!(rules(&rows[0]), ["unknown-user"]);
        assert_eq!(plan.errors(), 1);
        assert_eq!(plan.rows()[0].notes[0].code, "unknown-user");
        assert_eq!(plan.rows()[0].user, None);
    }
    let mut rows = foreign_rows(
        &["id", "userPrincipalName", "jobTitle"],
        &[&[&known, "USER1@example.com", "Chef"]],
    );
    assert_eq!(names(&plan(&mut rows, &directory)), ["jobTitle"]);
}

#[test]
fn two_keys_that_disagree_hold_the_row() {
    let directory = directory([user(1, &[]), user(2, &[])]);
    let key = id(1).to_string();
    let sheet_names = ["id", "userPrincipalName", "jobTitle"];
    let mut rows = foreign_rows(&sheet_names, &[&[&key, "other@example.com", "Chef"]]);
    let plan_of = |rows: &mut [CheckedRow]| plan(rows, &directory);
    assert!(plan_of(&mut rows).is_empty());
    assert_eq!(rules(&rows[0]), ["keys-disagree"]);
    // The same when the base does not know the exported name: nobody can tell that a rename is meant.
    let mut rows = vec![checked(
        &sheet_names,
        &[&key, "other@example.com", "Chef"],
        base(&["id", "jobTitle"], &[&key, "Cook"]),
    )];
    assert!(plan_of(&mut rows).is_empty());
    assert_eq!(rules(&rows[0]), ["keys-disagree"]);
}

#[test]
fn a_name_that_somebody_else_has_holds_the_whole_row_because_ids_may_have_been_mixed_up() {
    let directory = directory([
        user(1, &[("jobTitle", text("Cook"))]),
        user(2, &[("jobTitle", text("Waiter"))]),
    ]);
    let key = id(1).to_string();
    let mut rows = vec![exported_row(
        2,
        &["id", "userPrincipalName", "jobTitle"],
        &[&key, &upn(1), "Cook"],
        &[&key, &upn(2), "Waiter"],
    )];
    let plan = plan(&mut rows, &directory);
    assert!(plan.is_empty());
    assert_eq!(rules(&rows[0]), ["name-taken"]);
    assert!(rows[0].is_held());
}

#[test]
fn one_name_cannot_be_wanted_for_two_users() {
    let directory = directory([user(1, &[]), user(2, &[]), user(3, &[])]);
    let rename = |row: u64, number: u8, name: &str| {
        let key = id(number).to_string();
        exported_row(
            row,
            &["id", "userPrincipalName"],
            &[&key, &upn(number)],
            &[&key, name],
        )
    };
    let mut rows = vec![
        rename(2, 1, "new@example.com"),
        rename(3, 2, "NEW@example.com"),
        rename(4, 3, "third@example.com"),
    ];
    let plan = plan(&mut rows, &directory);
    assert_eq!(
        plan.users().iter().map(|user| user.user).collect::<Vec<_>>(),
        [id(3)]
    );
    assert_eq!(rules(&rows[0]), ["name-wanted-twice"]);
    assert_eq!(rules(&rows[1]), ["name-wanted-twice"]);
}

#[test]
fn rows_for_one_user_merge_when_they_agree() {
    let directory = directory([user(1, &[])]);
    let key = id(1).to_string();
    let mut rows = foreign_rows(
        &["id", "userPrincipalName", "jobTitle", "city"],
        &[&[&key, "", "Chef", ""], &["", &upn(1), "Chef", "Delft"]],
    );
    let plan = plan(&mut rows, &directory);
    assert_eq!(plan.users().len(), 1);
    assert_eq!(names(&plan), ["jobTitle", "city"]);
    assert_eq!(plan.users()[0].row, 2);
    assert_eq!(plan.rows()[1].writes, ["jobTitle", "city"]);
    assert_eq!(plan.errors(), 0);
    assert_eq!(
        [rules(&rows[0]), rules(&rows[1])],
        [["user-twice"], ["user-twice"]]
    );
}

#[test]
fn rows_for_one_user_that_contradict_are_all_held() {
    let directory = directory([user(1, &[]), user(2, &[])]);
    let (one, two) = (id(1).to_string(), id(2).to_string());
    // The second row agrees with the first, and the third with neither: nobody knows who is right.
    let mut rows = foreign_rows(
        &["id", "jobTitle", "city"],
        &[
            &[&one, "Chef", "Delft"],
            &[&one, "Chef", ""],
            &[&one, "Cook", ""],
            &[&one, "<clear>", ""],
            &[&two, "Chef", ""],
        ],
    );
    let plan = plan(&mut rows, &directory);
    assert_eq!(
        plan.users().iter().map(|user| user.user).collect::<Vec<_>>(),
        [id(2)]
    );
    for (row, findings) in [(0, 1), (1, 1), (2, 1), (3, 1), (4, 0)] {
        assert_eq!(rules(&rows[row]), vec!["rows-contradict"; findings], "{row}");
    }
    assert!(rows[0].findings()[0].message.contains("row 4"));
}

#[test]
fn a_name_filled_down_an_export_without_ids_holds_both_rows() {
    let directory = directory([
        user(1, &[("jobTitle", text("Cook"))]),
        user(2, &[("jobTitle", text("Waiter"))]),
    ]);
    let names = ["userPrincipalName", "jobTitle"];
    let exported = [upn(1), "Cook".to_owned()];
    let exported = [exported[0].as_str(), exported[1].as_str()];
    let sheet = || {
        [
            exported_row(2, &names, &exported, &exported),
            exported_row(3, &names, &exported, &[exported[0], "Waiter"]),
        ]
    };
    let mut rows = sheet();
    let planned = plan(&mut rows, &directory);
    assert!(planned.is_empty());
    let mut offline = sheet();
    find_doubles(&mut offline);
    for rows in [&rows, &offline] {
        assert_eq!(rules(&rows[0]), ["duplicate-user"]);
        assert_eq!(rules(&rows[1]), ["duplicate-user"]);
        assert!(rows[0].findings()[0].message.contains("row 3"));
        assert!(rows[1].findings()[0].message.contains("row 2"));
    }
    let mut twice = [
        exported_row(2, &names, &exported, &[exported[0], "Chef"]),
        exported_row(3, &names, &exported, &[exported[0], "Chef"]),
    ];
    assert_eq!(plan(&mut twice, &directory).changes().count(), 1);
    assert_eq!(rules(&twice[0]), ["duplicate-row"]);
    assert_eq!(rules(&twice[1]), ["duplicate-row"]);
}

#[test]
fn a_manager_must_be_a_known_user_and_somebody_else() {
    let directory = directory([user(1, &[]), user(2, &[])]);
    let key = id(1).to_string();
    for (cell, rule) in [
        (upn(1), "own-manager"),
        (key.clone(), "own-manager"),
        ("nobody@example.com".to_owned(), "unknown-reference"),
        (id(9).to_string(), "unknown-reference"),
    ] {
        let mut rows = foreign_rows(&["id", "manager", "jobTitle"], &[&[&key, &cell, "Chef"]]);
        let plan = plan(&mut rows, &directory);
        assert_eq!(rules(&rows[0]), [rule]);
        assert_eq!(names(&plan), ["jobTitle"], "the other cells of the row still go");
    }
    let mut rows = foreign_rows(&["id", "manager"], &[&[&key, "USER2@EXAMPLE.COM"]]);
    let plan = plan(&mut rows, &directory);
    assert_eq!(
        plan.users()[0].changes,
        [change("manager", Value::Empty, reference(2))]
    );
}

#[test]
fn refusals_are_foreseen_for_every_mastery_and_state_of_synchronisation() {
    use catalogue::Mastery::{Cloud, OnPremises, OnPremisesOnce, Unknown};
    for (name, mastery) in [
        ("jobTitle", OnPremises),
        (
            "onPremisesExtensionAttributes.extensionAttribute1",
            OnPremisesOnce,
        ),
        ("ageGroup", Cloud),
        ("employeeType", Unknown),
    ] {
        assert_eq!(attribute(name).mastery, mastery);
        for synced in [Some(true), Some(false), None] {
            let expected = match (mastery, synced) {
                (OnPremises | OnPremisesOnce, Some(true)) => Some(ForeseenReason::MasteredOnPremises),
                (OnPremisesOnce, Some(false)) => Some(ForeseenReason::OnceSynchronised),
                _ => None,
            };
            let directory = directory([UserState {
                synced,
                ..user(1, &[])
            }]);
            let value = if name == "ageGroup" { "Adult" } else { "X" };
            let mut rows = foreign_rows(&["id", name], &[&[&id(1).to_string(), value]]);
            let plan = plan(&mut rows, &directory);
            assert_eq!(
                plan.withheld().first().map(|withheld| withheld.reason),
                expected,
                "{name} {synced:?}"
            );
            assert_eq!(plan.is_empty(), expected.is_some());
            assert_eq!(
                plan.rows()[0].notes.first().map(|note| note.code.as_str()),
                expected.map(ForeseenReason::code)
            );
            assert_eq!(plan.errors(), 0);
        }
    }
}

#[test]
fn agents_and_restricted_users_are_left_alone_whatever_the_attribute() {
    for (state, reason) in [
        (
            UserState {
                agent: true,
                ..user(1, &[])
            },
            ForeseenReason::AgentUser,
        ),
        (
            UserState {
                restricted: true,
                ..user(1, &[])
            },
            ForeseenReason::ManagementRestricted,
        ),
    ] {
        let directory = directory([state]);
        let mut rows = foreign_rows(
            &["id", "jobTitle", "usageLocation"],
            &[&[&id(1).to_string(), "Chef", "NL"]],
        );
        let plan = plan(&mut rows, &directory);
        assert!(plan.is_empty());
        assert_eq!(plan.withheld().len(), 2);
        assert!(plan.withheld().iter().all(|withheld| withheld.reason == reason));
        assert_eq!(plan.summary().refusals_foreseen, 2);
    }
    for reason in ForeseenReason::ALL {
        assert!(!reason.message().is_empty() && !reason.hint().is_empty());
        assert_eq!(
            serde_json::to_string(&reason).unwrap(),
            format!("\"{}\"", reason.code())
        );
    }
}

#[test]
fn a_conflict_stops_is_skipped_or_is_settled_for_the_sheet() {
    let directory = directory([user(1, &[("jobTitle", text("Baker")), ("city", text("Delft"))])]);
    let key = id(1).to_string();
    let rows = vec![exported_row(
        2,
        &["id", "jobTitle", "city"],
        &[&key, "Cook", "Delft"],
        &[&key, "Chef", "Breda"],
    )];
    for policy in [ConflictPolicy::Stop, ConflictPolicy::Skip] {
        let plan = build_plan(binding(), &mut rows.clone(), 0, &directory, policy);
        assert_eq!(names(&plan), ["city"]);
        let [conflict] = plan.conflicts() else { panic!() };
        assert_eq!(
            (conflict.base.as_str(), &conflict.edited, &conflict.live),
            ("Cook", &text("Chef"), &text("Baker"))
        );
        assert_eq!(plan.rows()[0].notes[0].status, RowStatus::Conflict);
        assert_eq!(plan.rows()[0].writes, ["city"]);
    }
    let plan = build_plan(binding(), &mut rows.clone(), 0, &directory, ConflictPolicy::Mine);
    assert_eq!(plan.conflicts(), []);
    assert_eq!(
        plan.users()[0].changes,
        [
            change("jobTitle", text("Baker"), text("Chef")),
            change("city", text("Delft"), text("Breda"))
        ]
    );
}

#[test]
fn a_plan_of_many_users_keeps_no_room_beside_what_it_holds() {
    let names = ["id", "jobTitle", "city"];
    let directory = directory([user(1, &[]), user(2, &[])]);
    let (one, two) = (id(1).to_string(), id(2).to_string());
    let mut rows = foreign_rows(&names, &[&[&one, "Chef", ""], &[&two, "Chef", "Delft"]]);
    let plan = plan(&mut rows, &directory);
    let room: Vec<(usize, usize)> = plan
        .users
        .iter()
        .map(|user| (user.changes.len(), user.changes.capacity()))
        .collect();
    assert_eq!(room, [(1, 1), (2, 2)]);
}

#[test]
fn errors_of_the_sheet_and_of_its_rows_are_counted_together() {
    let directory = directory([user(1, &[])]);
    let mut rows = foreign_rows(
        &["id", "usageLocation", "mail"],
        &[&[&id(1).to_string(), "Holland", "x"]],
    );
    let plan = build_plan(binding(), &mut rows, 2, &directory, ConflictPolicy::Stop);
    assert_eq!(plan.errors(), 4);
    assert_eq!(plan.summary().unchanged_rows, 0);
    assert!(
        plan.rows()[0]
            .notes
            .iter()
            .all(|note| note.status == RowStatus::Skipped)
    );
}

#[test]
fn a_cell_in_conflict_by_one_row_is_not_written_by_another_row_that_agrees() {
    let live = directory([user(1, &[("jobTitle", text("Baker"))])]);
    let key = id(1).to_string();
    let names = ["id", "jobTitle"];
    let mut rows = [
        checked(&names, &[&key, "Chef"], base(&names, &[&key, "Cook"])),
        checked(&names, &[&key, "Chef"], base(&names, &[&key, "Baker"])),
    ];
    let plan = plan(&mut rows, &live);
    assert_eq!(plan.conflicts().len(), 1);
    assert!(plan.is_empty());
    assert!(plan.rows()[1].writes.is_empty());
}

#[test]
fn what_the_answer_left_out_is_not_written_and_sends_no_sibling_away() {
    let directory = directory([UserState {
        unread: ["city", "employeeOrgData.costCenter"].into_iter().collect(),
        ..user(1, &[])
    }]);
    let mut rows = foreign_rows(
        &["id", "jobTitle", "city", "employeeOrgData.division"],
        &[&[&id(1).to_string(), "Chef", "Delft", "Kitchen"]],
    );
    let plan = plan(&mut rows, &directory);
    assert_eq!(names(&plan), ["jobTitle"]);
    assert_eq!(rules(&rows[0]), ["not-read", "not-read"]);
}
