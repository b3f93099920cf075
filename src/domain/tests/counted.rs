//! Guards that count kinds of changes and spellings of one value, each just below, at and above its limit.

use super::*;

fn report(plan: &Plan, limits: &Limits, name: &str) -> GuardReport {
    let mut found = inspect(plan, limits)
        .into_iter()
        .filter(|report| report.guard == name);
    let first = found.next().unwrap();
    assert!(found.next().is_none());
    first
}

/// Users 1 to `count` with the first value, and a plan that gives each the second.
fn plan_from_to(column: &str, count: u8, before: &Value, after: impl Fn(u8) -> String) -> Plan {
    let mut directory = directory((1..=count).map(|number| user(number, &[(column, before.clone())])));
    directory.set_users_total(100);
    let mut rows: Vec<CheckedRow> = (1..=count)
        .flat_map(|number| foreign_rows(&["id", column], &[&[&id(number).to_string(), &after(number)]]))
        .collect();
    plan(&mut rows, &directory)
}

#[test]
fn accounts_switched_on_and_guests_made_members_are_refused_from_one_above_the_limit() {
    let kinds = [
        ("max-enables", "accountEnabled", Value::Boolean(false), "true"),
        ("max-members", "userType", text("Guest"), "member"),
    ];
    for (guard, column, before, after) in kinds {
        for (allowed, count, passed) in [
            (0, 1, false),
            (3, 2, true),
            (3, 3, true),
            (3, 4, false),
            (6, 6, true),
        ] {
            let plan = plan_from_to(column, count, &before, |_| after.to_owned());
            assert_eq!(plan.changes().count(), usize::from(count), "{guard}");
            let mut limits = Limits::default();
            let default = report(&plan, &limits, guard);
            assert!(default.passed == (count <= 5) && default.limit == "5" && default.origin == "default");
            let limit = Sourced {
                value: Limit::Users(allowed),
                origin: "--flag".to_owned(),
            };
            limits.enables = limit.clone();
            limits.members = limit;
            let told = report(&plan, &limits, guard);
            assert_eq!((told.passed, told.counted), (passed, u64::from(count)), "{guard}");
            assert_eq!(
                (told.limit, told.origin, told.flag),
                (
                    allowed.to_string(),
                    "--flag".to_owned(),
                    format!("--{guard} {count}")
                )
            );
            assert!(told.message.ends_with(&format!(": {count}")), "{}", told.message);
        }
    }
}

#[test]
fn switching_off_and_making_guests_is_neither_enabling_nor_making_members() {
    for (column, before, after) in [
        ("accountEnabled", Value::Boolean(true), "false"),
        ("userType", text("Member"), "Guest"),
    ] {
        let plan = plan_from_to(column, 3, &before, |_| after.to_owned());
        assert_eq!(plan.changes().count(), 3);
        for guard in ["max-enables", "max-members"] {
            let told = report(&plan, &Limits::default(), guard);
            assert!(told.passed && told.counted == 0, "{column}: {guard}");
        }
    }
}

#[test]
fn one_number_in_many_spellings_is_one_value_for_the_limit() {
    let spellings = [
        "+31 6 1234",
        "+3161234",
        "+31-6-1234",
        "0031 6 1234",
        "+31 (0)6 1234",
    ];
    for (count, passed) in [(4, true), (5, true), (6, false)] {
        let plan = plan_from_to("mobilePhone", count, &Value::Empty, |number| {
            spellings[usize::from(number) % spellings.len()].to_owned()
        });
        let told = report(&plan, &Limits::default(), "max-same-value");
        assert_eq!((told.passed, told.counted), (passed, u64::from(count)));
        assert!(
            told.message
                .ends_with(&format!(", in {} spellings", count.min(5))),
            "{}",
            told.message
        );
    }
    let different = plan_from_to("mobilePhone", 6, &Value::Empty, |number| {
        format!("+31 6 {number}")
    });
    assert_eq!(
        report(&different, &Limits::default(), "max-same-value").counted,
        1
    );
}

#[test]
fn an_action_is_off_until_it_is_allowed_and_stops_above_its_number() {
    let action = |number: u8| {
        let mut row = foreign_rows(&["id", "_action"], &[&[&id(number).to_string(), "delete"]]);
        row.remove(0)
    };
    for (users, allowed, limit, passed) in [
        (0, false, 10, [None, None]),
        (1, false, 10, [Some(false), Some(true)]),
        (9, true, 10, [Some(true), Some(true)]),
        (10, true, 10, [Some(true), Some(true)]),
        (11, true, 10, [Some(true), Some(false)]),
        (11, true, 11, [Some(true), Some(true)]),
    ] {
        let mut rows: Vec<CheckedRow> = (1..=users).map(action).collect();
        let state = crate::catalogue::account_attribute(crate::catalogue::AccountPart::State);
        let columns: Columns = columns().iter().copied().chain([state]).collect();
        let mut directory = Directory::new(columns.clone());
        for number in 1..=users {
            let mut user = user(number, &[]);
            user.values.push(text("present"));
            directory.insert(user);
        }
        let plan = plan(&mut rows, &directory);
        let limits = Limits {
            actions: Sourced::default_value(Limit::Users(limit)),
            allowed: if allowed {
                vec![Permission::Delete]
            } else {
                Vec::new()
            },
            ..Limits::default()
        };
        let reports = inspect(&plan, &limits);
        let told = ["delete", "max-actions"].map(|name| {
            let report = reports.iter().find(|report| report.guard == name)?;
            Some(report.passed)
        });
        assert_eq!(told, passed, "{users} users, {allowed}, {limit}");
    }
}

#[test]
fn only_clears_that_are_written_empty_a_column_and_who_keeps_the_value_does_not_save_it() {
    // Of so many users with a value, the first few are synchronised, and their clears are held back.
    // Who keeps the value counts among those who have one.
    for (users, synced, counted) in [(3, 0, 3), (2, 0, 0), (3, 1, 2), (4, 1, 3), (5, 2, 3), (4, 4, 0)] {
        let live = |number: u8| {
            let mut one = user(number, &[("faxNumber", text("1"))]);
            one.synced = Some(number <= synced).filter(|synced| *synced);
            one
        };
        let directory = directory((1..=users).map(live));
        let names = ["id", "faxNumber"];
        let mut rows: Vec<CheckedRow> = (1..=users)
            .map(|number| {
                let key = id(number).to_string();
                checked(&names, &[&key, ""], base(&names, &[&key, "1"]))
            })
            .collect();
        let plan = plan(&mut rows, &directory);
        assert_eq!(plan.withheld().len(), usize::from(synced));
        let told = report(&plan, &Limits::default(), "column-emptied");
        let case = format!("{users} users, {synced} synchronised");
        assert_eq!((told.counted, told.passed), (counted, counted == 0), "{case}");
        let clears = report(&plan, &Limits::default(), "max-clears");
        assert_eq!(clears.counted, u64::from(users - synced), "{case}");
    }
}
