//! What is taken back of a run, cell by cell, and what is left alone.

use std::collections::HashMap;

use super::*;

pub(super) fn done(operation: &Operation, outcomes: Vec<Outcome>) -> OperationResult {
    OperationResult {
        number: operation.number,
        outcomes: operation
            .changes()
            .iter()
            .zip(outcomes)
            .map(|(change, outcome)| ChangeOutcome {
                attribute: change.attribute,
                outcome,
            })
            .collect(),
        request_id: None,
        finished_at: moment(0),
        made: None,
    }
}

pub(super) fn moment(second: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_second(1_795_446_000 + second).unwrap()
}

pub(super) fn refusal() -> Refusal {
    Refusal {
        status: 403,
        code: "Authorization_RequestDenied".to_owned(),
        message: "no".to_owned(),
        target: None,
        request_id: None,
        hint: "ask".to_owned(),
    }
}

/// Writes since this second are fresh, and nothing was put back.
pub(super) fn fresh_since(second: i64) -> Freshness {
    Freshness {
        since: moment(second),
        put_back: HashMap::new(),
    }
}

/// One row of user 1 in which these changes landed.
fn undo_of(changes: Vec<Change>) -> Undo {
    let operation = patch(changes, Vec::new());
    let outcomes = vec![Outcome::Accepted; operation.changes().len()];
    let result = done(&operation, outcomes);
    undo(&[(2, vec![(operation, result)])])
}

/// Rows with their operations, all of user 1 and all announced.
pub(super) fn undo(rows: &[(u64, Vec<(Operation, OperationResult)>)]) -> Undo {
    let mut written = HashMap::new();
    let rows = rows.iter().map(|(row, operations)| {
        for (operation, result) in operations {
            written.insert(
                operation.number,
                WrittenOperation::of(operation, Some(result), true, &fresh_since(1)),
            );
        }
        UndoRow {
            row: *row,
            line: *row,
            cells: vec![id(1).to_string()].into(),
            user: Some(id(1)),
            label: upn(1),
            operations: operations.iter().map(|(operation, _)| operation.number).collect(),
            writes: None,
        }
    });
    let rows = rows.collect();
    Undo { rows, written }
}

pub(super) fn back(undo: &Undo, users: impl IntoIterator<Item = UserState>) -> Plan {
    build_undo(binding(), undo, &directory(users), ConflictPolicy::Stop)
}

fn codes(plan: &Plan) -> Vec<&str> {
    plan.rows()[0]
        .notes
        .iter()
        .map(|note| note.code.as_str())
        .collect()
}

#[test]
fn the_live_value_decides_what_becomes_of_a_cell() {
    enum Expected {
        Nothing,
        Set,
        Conflict,
    }
    use Expected::{Conflict, Nothing, Set};
    let none = || Value::Empty;
    let list = |items: &[&str]| Value::list(items.iter().map(|item| (*item).to_owned()).collect());
    let hired = |day: u8| text(&format!("2026-06-{day:02}T00:00:00Z"));
    for (name, before, after, live, expected) in [
        ("jobTitle", text("Cook"), text("Chef"), text("Chef"), Set),
        ("jobTitle", text("Cook"), text("Chef"), text("Cook"), Nothing),
        ("jobTitle", text("Cook"), text("Chef"), text("Baker"), Conflict),
        ("jobTitle", text("Cook"), text("Chef"), none(), Conflict),
        ("jobTitle", none(), text("Chef"), text("Chef"), Set),
        ("jobTitle", none(), text("Chef"), none(), Nothing),
        ("jobTitle", text("Cook"), none(), none(), Set),
        ("jobTitle", text("Cook"), none(), text("Cook"), Nothing),
        ("jobTitle", text("Cook"), none(), text("Baker"), Conflict),
        // Equality is that of the kind: sets, moments, composed letters.
        (
            "otherMails",
            list(&["a@x.nl"]),
            list(&["b@x.nl", "c@x.nl"]),
            list(&["C@x.nl", "b@x.nl"]),
            Set,
        ),
        ("otherMails", list(&["a@x.nl"]), none(), none(), Set),
        (
            "employeeHireDate",
            hired(5),
            hired(6),
            text("2026-06-06T02:00:00+02:00"),
            Set,
        ),
        ("employeeHireDate", hired(5), hired(6), hired(7), Conflict),
        (
            "accountEnabled",
            Value::Boolean(true),
            Value::Boolean(false),
            Value::Boolean(false),
            Set,
        ),
        (
            "accountEnabled",
            Value::Boolean(true),
            Value::Boolean(false),
            Value::Boolean(true),
            Nothing,
        ),
        ("manager", reference_to(3), reference_to(4), reference_to(4), Set),
        ("manager", reference_to(3), none(), none(), Set),
        ("manager", none(), reference_to(4), reference_to(4), Set),
        (
            "manager",
            reference_to(3),
            reference_to(4),
            reference_to(5),
            Conflict,
        ),
        ("manager", none(), reference_to(4), none(), Nothing),
    ] {
        let undo = undo_of(vec![change(name, before.clone(), after.clone())]);
        let plan = back(
            &undo,
            [
                user(1, &[(name, live.clone())]),
                user(3, &[]),
                user(4, &[]),
                user(5, &[]),
            ],
        );
        let told = format!("{name}: {before:?} to {after:?}, now {live:?}");
        let changes: Vec<&Change> = plan.changes().map(|(_, change)| change).collect();
        match expected {
            Nothing => assert!(plan.is_empty() && plan.conflicts().is_empty(), "{told}"),
            Set => {
                assert_eq!(changes, [&change(name, live, before)], "{told}");
                assert_eq!(plan.rows()[0].writes, [name], "{told}");
                assert!(plan.conflicts().is_empty(), "{told}");
            }
            Conflict => {
                assert!(changes.is_empty(), "{told}");
                let conflict = &plan.conflicts()[0];
                assert_eq!(conflict.base, after.to_cell(), "{told}");
                assert_eq!((&conflict.edited, &conflict.live), (&before, &live), "{told}");
                assert_eq!(codes(&plan), ["conflict"], "{told}");
            }
        }
    }
}

fn reference_to(number: u8) -> Value {
    Value::Reference(user(number, &[]).reference())
}

#[test]
fn a_later_edit_is_left_alone_or_overwritten_as_the_person_says() {
    let undo = undo_of(vec![
        change("jobTitle", text("Cook"), text("Chef")),
        change("department", text("Stock"), text("Sales")),
    ]);
    let live = || user(1, &[("jobTitle", text("Baker")), ("department", text("Sales"))]);
    for (policy, written, conflicts) in [
        (ConflictPolicy::Stop, vec!["department"], 1),
        (ConflictPolicy::Skip, vec!["department"], 1),
        (ConflictPolicy::Mine, vec!["jobTitle", "department"], 0),
    ] {
        let plan = build_undo(binding(), &undo, &directory([live()]), policy);
        let names: Vec<&str> = plan.changes().map(|(_, change)| change.attribute.name).collect();
        assert_eq!(names, written, "{policy:?}");
        assert_eq!(plan.conflicts().len(), conflicts, "{policy:?}");
        assert_eq!(plan.rows()[0].writes, written, "{policy:?}");
    }
    let plan = build_undo(binding(), &undo, &directory([live()]), ConflictPolicy::Mine);
    let (_, first) = plan.changes().next().unwrap();
    assert_eq!((&first.before, &first.after), (&text("Baker"), &text("Cook")));
}

#[test]
fn what_was_empty_and_cannot_be_emptied_is_said_before_and_after() {
    let location = change("usageLocation", Value::Empty, text("NL"));
    assert!(irreversible(&location).unwrap().contains("cannot be emptied"));
    for harmless in [
        change("usageLocation", text("DE"), text("NL")),
        change("jobTitle", Value::Empty, text("Chef")),
        change("jobTitle", text("Cook"), Value::Empty),
        change("manager", Value::Empty, reference_to(3)),
    ] {
        assert_eq!(irreversible(&harmless), None, "{harmless:?}");
    }
    let plan = back(
        &undo_of(vec![location, change("jobTitle", Value::Empty, text("Chef"))]),
        [user(
            1,
            &[("usageLocation", text("NL")), ("jobTitle", text("Chef"))],
        )],
    );
    assert_eq!(codes(&plan), ["cannot-be-emptied"]);
    assert_eq!(plan.rows()[0].writes, ["jobTitle"]);
    assert!(plan.changes().next().unwrap().1.is_clear());
}

#[test]
fn a_user_or_a_manager_who_is_gone_is_said() {
    let title = || change("jobTitle", text("Cook"), text("Chef"));
    let plan = back(&undo_of(vec![title()]), [user(2, &[])]);
    assert!(plan.is_empty());
    assert_eq!(codes(&plan), ["unknown-user"]);
    let undo = undo_of(vec![change("manager", reference_to(3), reference_to(4))]);
    let plan = back(&undo, [user(1, &[("manager", reference_to(4))]), user(4, &[])]);
    assert!(plan.is_empty());
    assert_eq!(codes(&plan), ["unknown-reference"]);
    assert!(plan.rows()[0].notes[0].message.contains("user3@example.com"));
    // A contact is no user, so nobody can tell from the users whether it is there.
    let contact = Value::Reference(Reference { id: id(3), upn: None });
    let undo = undo_of(vec![change("manager", contact.clone(), Value::Empty)]);
    let plan = back(&undo, [user(1, &[])]);
    assert_eq!(plan.changes().next().unwrap().1.after, contact);
}

#[test]
fn what_the_service_would_refuse_today_is_foreseen_and_what_was_not_read_is_not_written() {
    let undo = undo_of(vec![change("jobTitle", text("Cook"), text("Chef"))]);
    let live = || user(1, &[("jobTitle", text("Chef"))]);
    for (user, reason) in [
        (
            UserState {
                synced: Some(true),
                ..live()
            },
            ForeseenReason::MasteredOnPremises,
        ),
        (
            UserState {
                restricted: true,
                ..live()
            },
            ForeseenReason::ManagementRestricted,
        ),
        (
            UserState {
                agent: true,
                ..live()
            },
            ForeseenReason::AgentUser,
        ),
    ] {
        let plan = back(&undo, [user]);
        assert!(plan.is_empty());
        assert_eq!(codes(&plan), [reason.code()]);
        assert_eq!(plan.withheld()[0].reason, reason);
    }
    let plan = back(
        &undo,
        [UserState {
            unread: ["jobTitle"].into_iter().collect(),
            ..live()
        }],
    );
    assert!(plan.is_empty());
    assert_eq!(codes(&plan), ["not-read"]);
}

#[test]
fn a_leaf_takes_its_sibling_along_with_the_value_it_has_now() {
    let undo = undo_of(vec![change(
        "employeeOrgData.division",
        text("East"),
        text("West"),
    )]);
    let plan = back(
        &undo,
        [user(
            1,
            &[
                ("employeeOrgData.division", text("West")),
                ("employeeOrgData.costCenter", text("edited by somebody since")),
            ],
        )],
    );
    let companions = &plan.users()[0].companions;
    assert_eq!(companions.len(), 1);
    assert_eq!(companions[0].value, text("edited by somebody since"));
}

#[test]
fn rows_that_share_an_operation_take_it_back_once_and_every_row_is_told() {
    let operation = patch(
        vec![
            change("jobTitle", text("Cook"), text("Chef")),
            change("department", text("Stock"), text("Sales")),
        ],
        Vec::new(),
    );
    let result = done(&operation, vec![Outcome::Accepted, Outcome::Accepted]);
    let both = vec![(operation, result)];
    let undo = undo(&[(2, both.clone()), (5, both), (7, Vec::new())]);
    assert_eq!(undo.operations().count(), 1);
    let plan = back(
        &undo,
        [user(
            1,
            &[("jobTitle", text("Chef")), ("department", text("other"))],
        )],
    );
    assert_eq!(
        (plan.users().len(), plan.changes().count(), plan.conflicts().len()),
        (1, 1, 1)
    );
    let told: Vec<(u64, usize, usize)> = plan
        .rows()
        .iter()
        .map(|row| (row.row, row.writes.len(), row.notes.len()))
        .collect();
    assert_eq!(told, [(2, 1, 1), (5, 1, 1), (7, 0, 0)]);
}
