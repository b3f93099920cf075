//! Setting users back to a snapshot.

use std::collections::HashMap;

use super::*;

fn restore(columns: &[&str], users: &[(u8, &[&str])]) -> Restore {
    Restore {
        columns: columns.iter().map(|name| attribute(name)).collect(),
        users: (2..)
            .zip(users)
            .map(|(row, (number, cells))| RestoreUser {
                row,
                id: id(*number),
                upn: upn(*number),
                cells: cells.iter().map(|cell| (*cell).to_owned()).collect(),
            })
            .collect(),
        references: HashMap::new(),
    }
}

fn built(restore: &Restore, directory: &Directory) -> Plan {
    build_restore(binding(), restore, directory)
}

fn codes(plan: &Plan) -> Vec<&str> {
    plan.rows()
        .iter()
        .flat_map(|row| row.notes.iter().map(|note| note.code.as_str()))
        .collect()
}

#[test]
fn what_differs_is_set_and_what_was_empty_is_cleared() {
    let now = directory([
        user(1, &[("jobTitle", text("Clown")), ("city", text("Utrecht"))]),
        user(2, &[("jobTitle", text("Nurse"))]),
    ]);
    let plan = built(
        &restore(&["jobTitle", "city"], &[(1, &["Nurse", ""]), (2, &["Nurse", ""])]),
        &now,
    );
    assert_eq!(plan.users().len(), 1);
    assert_eq!(
        plan.users()[0].changes,
        [
            change("jobTitle", text("Clown"), text("Nurse")),
            change("city", text("Utrecht"), Value::Empty),
        ]
    );
    let summary = plan.summary();
    assert_eq!((summary.clears, summary.unchanged_rows), (1, 1));
    // The rows say as a sheet what is to be done.
    assert_eq!(plan.rows()[0].cells.to_vec()[2..], ["Nurse", "<clear>"]);
    assert_eq!(plan.rows()[1].cells.to_vec()[2..], ["Nurse", ""]);
}

#[test]
fn values_of_every_shape_come_back_as_they_were() {
    let values = [
        ("accountEnabled", Value::Boolean(true), "true"),
        (
            "otherMails",
            Value::List(vec!["a@x.example".to_owned(), "b@x.example".to_owned()]),
            "a@x.example; b@x.example",
        ),
        // As exported, also where a person could not have typed it.
        ("jobTitle", text(" Nurse "), " Nurse "),
    ];
    for (name, value, cell) in values {
        assert_eq!(exported_value(attribute(name), cell), value, "{name}");
        assert_eq!(value.to_cell(), cell, "{name}");
        let there = directory([user(1, &[(name, value.clone())])]);
        assert!(
            built(&restore(&[name], &[(1, &[cell])]), &there).is_empty(),
            "{name}"
        );
        let gone = directory([user(1, &[])]);
        let plan = built(&restore(&[name], &[(1, &[cell])]), &gone);
        assert_eq!(
            plan.users()[0].changes,
            [change(name, Value::Empty, value)],
            "{name}"
        );
    }
}

#[test]
fn somebody_who_is_gone_is_told_and_the_others_are_set_back() {
    let now = directory([user(1, &[])]);
    let plan = built(&restore(&["jobTitle"], &[(7, &["Nurse"]), (1, &["Nurse"])]), &now);
    assert_eq!(codes(&plan), ["unknown-user"]);
    assert_eq!(plan.rows()[0].notes[0].status, RowStatus::Skipped);
    assert_eq!(plan.users().len(), 1);
}

#[test]
fn a_column_that_this_cloud_does_not_have_is_left_for_that_reason() {
    let mut now = Directory::new(
        columns()
            .iter()
            .copied()
            .filter(|column| column.name != "employeeType")
            .collect::<Vec<_>>()
            .into(),
    );
    now.set_lacking(vec![attribute("employeeType")]);
    let held: Vec<Value> = user(1, &[])
        .values
        .into_iter()
        .zip(columns().iter())
        .filter(|(_, column)| column.name != "employeeType")
        .map(|(value, _)| value)
        .collect();
    now.insert(UserState {
        values: held.into(),
        ..user(1, &[])
    });
    let wanted = restore(&["employeeType", "jobTitle"], &[(1, &["Contractor", "Nurse"])]);
    let plan = built(&wanted, &now);
    assert_eq!(codes(&plan), ["not-in-this-cloud"]);
    assert_eq!(plan.changes().count(), 1);
    // Nothing is to be set back where there was nothing.
    let empty = restore(&["employeeType", "jobTitle"], &[(1, &["", "Nurse"])]);
    assert_eq!(codes(&built(&empty, &now)), [""; 0]);
}

#[test]
fn a_manager_is_found_by_the_id_that_the_snapshot_knew() {
    let boss = |number| {
        Value::Reference(Reference {
            id: id(number),
            upn: Some(upn(number)),
        })
    };
    let now = directory([user(1, &[("manager", boss(2))]), user(2, &[]), user(3, &[])]);
    let mut wanted = restore(&["manager"], &[(1, &["old-name@example.com"])]);
    // Nobody has this name any more, and nothing says who it was.
    assert_eq!(codes(&built(&wanted, &now)), ["unknown-reference"]);
    wanted.references.insert("old-name@example.com".to_owned(), id(3));
    assert!(wanted.keys().contains(&UserKey::Id(id(3))));
    assert_eq!(
        built(&wanted, &now).users()[0].changes,
        [change("manager", boss(2), boss(3))]
    );
    // The manager has another name and is the same.
    wanted.references.insert("old-name@example.com".to_owned(), id(2));
    assert!(built(&wanted, &now).is_empty());
}

#[test]
fn what_cannot_be_written_is_said_and_left() {
    let now = directory([
        UserState {
            synced: Some(true),
            ..user(1, &[("jobTitle", text("Clown"))])
        },
        user(2, &[("usageLocation", text("NL"))]),
        UserState {
            unread: ["jobTitle"].into_iter().collect(),
            ..user(3, &[])
        },
    ]);
    let plan = built(&restore(&["jobTitle"], &[(1, &["Nurse"]), (3, &["Nurse"])]), &now);
    assert_eq!(plan.withheld().len(), 1);
    assert_eq!(codes(&plan), ["mastered-on-premises", "not-read"]);
    assert!(plan.is_empty());
    let plan = built(&restore(&["usageLocation"], &[(2, &[""])]), &now);
    assert_eq!(codes(&plan), ["cannot-be-emptied"]);
}

#[test]
fn a_mobile_number_for_signing_in_stays_beside_an_alternate_one() {
    const MOBILE: &str = "authentication.phoneMethods.mobile";
    const ALTERNATE: &str = "authentication.phoneMethods.alternateMobile";
    let mut now = Directory::new(vec![attribute(MOBILE), attribute(ALTERNATE)].into());
    now.insert(UserState {
        values: thin_vec::thin_vec![text("+31 612345678"), text("+31 687654321")],
        ..user(1, &[])
    });
    let plan = built(&restore(&[MOBILE], &[(1, &[""])]), &now);
    assert_eq!(codes(&plan), ["alternate-without-mobile"]);
    assert!(plan.is_empty() && plan.rows()[0].writes.is_empty());
    let plan = built(&restore(&[MOBILE, ALTERNATE], &[(1, &["", ""])]), &now);
    assert_eq!(codes(&plan), Vec::<&str>::new());
    assert_eq!(plan.changes().count(), 2);
}
