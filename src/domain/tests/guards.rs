//! Limits: just below, at and above; and what a refusal says.

use super::*;

/// A directory of so many users, and a plan that sets an attribute of the first `changed` of them.
fn plan_setting(total: u64, name: &str, cells: &[String]) -> Plan {
    let mut directory = directory((1..=cells.len()).map(|number| {
        user(
            number as u8,
            &[
                ("jobTitle", text("Cook")),
                ("city", text("Delft")),
                ("accountEnabled", Value::Boolean(true)),
            ],
        )
    }));
    directory.set_users_total(total);
    let rows: Vec<[String; 2]> = (1..)
        .zip(cells)
        .map(|(number, cell)| [id(number).to_string(), cell.clone()])
        .collect();
    let mut checked: Vec<CheckedRow> = rows
        .iter()
        .flat_map(|row| foreign_rows(&["id", name], &[&[&row[0], &row[1]]]))
        .collect();
    plan(&mut checked, &directory)
}

fn same_cell(cell: &str, count: usize) -> Vec<String> {
    vec![cell.to_owned(); count]
}

fn different_cells(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("Value {number}")).collect()
}

fn flag<T>(value: T) -> Sourced<T> {
    Sourced {
        value,
        origin: "--flag".to_owned(),
    }
}

fn guard<'g>(reports: &'g [GuardReport], name: &str) -> &'g GuardReport {
    let mut found = reports.iter().filter(|report| report.guard == name);
    let first = found.next().unwrap();
    assert!(found.next().is_none(), "{reports:?}");
    first
}

#[test]
fn a_limit_is_a_number_or_a_share_of_the_directory() {
    for (text, limit) in [
        ("12", Some(Limit::Users(12))),
        ("5%", Some(Limit::Percent(5))),
        ("5 %", Some(Limit::Percent(5))),
        ("100%", Some(Limit::Percent(100))),
        ("0", Some(Limit::Users(0))),
        ("101%", None),
        ("-1", None),
        ("", None),
        ("%", None),
        ("5.5%", None),
        ("many", None),
    ] {
        assert_eq!(Limit::parse(text).ok(), limit, "{text:?}");
    }
    assert_eq!(Limit::Percent(10).users(99), 9);
    assert_eq!(Limit::Percent(10).users(0), 0);
    assert_eq!(Limit::Percent(100).users(u64::MAX), u64::MAX / 100);
    assert_eq!(Limit::UsersOrPercent(50, 20).users(100), 50);
    assert_eq!(Limit::UsersOrPercent(50, 20).users(1000), 200);
}

#[test]
fn too_many_users_are_refused_from_one_above_the_limit() {
    for (changed, passed) in [(9, true), (10, true), (11, false)] {
        let plan = plan_setting(100, "jobTitle", &different_cells(changed));
        let limits = Limits {
            users: flag(Limit::Percent(10)),
            ..Limits::default()
        };
        let reports = inspect(&plan, &limits);
        let report = guard(&reports, "max-users");
        assert_eq!((report.passed, report.counted), (passed, changed as u64));
        assert_eq!(report.limit, "10 (10% of 100)");
        assert_eq!(report.origin, "--flag");
        assert_eq!(report.flag, format!("--max-users {changed}"));
        assert_eq!(report.message, format!("{changed} of 100 users would be changed"));
    }
}

#[test]
fn too_many_clears_of_one_column_are_refused_with_the_column() {
    for (cleared, passed) in [(2, true), (3, true), (4, false)] {
        let plan = plan_setting(100, "jobTitle", &same_cell("<clear>", cleared));
        let limits = Limits {
            clears: flag(Limit::Users(3)),
            ..Limits::default()
        };
        let reports = inspect(&plan, &limits);
        let report = guard(&reports, "max-clears");
        assert_eq!((report.passed, report.counted), (passed, cleared as u64));
        assert_eq!(report.column.as_deref(), Some("jobTitle"));
        assert_eq!(
            (report.limit.as_str(), report.flag.as_str()),
            ("3", format!("--max-clears {cleared}").as_str())
        );
        assert!(report.message.contains("`jobTitle`"));
    }
}

#[test]
fn one_value_on_too_many_people_is_refused_sooner_where_values_are_personal() {
    for (name, allowed) in [("displayName", 5), ("city", 40)] {
        for (count, passed) in [(allowed - 1, true), (allowed, true), (allowed + 1, false)] {
            let plan = plan_setting(200, name, &same_cell("Alkmaar", count));
            let reports = inspect(&plan, &Limits::default());
            let report = guard(&reports, "max-same-value");
            assert_eq!((report.passed, report.counted), (passed, count as u64), "{name}");
            assert_eq!(report.column.as_deref(), Some(name));
            assert_eq!(report.flag, format!("--max-same-value {count}"));
            assert!(report.message.contains("“Alkmaar”"));
            assert_eq!(report.origin, "default");
        }
    }
}

#[test]
fn every_refused_column_is_named_and_otherwise_only_the_worst() {
    let directory = directory([
        user(1, &[("jobTitle", text("a")), ("city", text("b"))]),
        user(2, &[("jobTitle", text("a")), ("city", text("b"))]),
    ]);
    let rows: Vec<[String; 3]> = (1..=2)
        .map(|number| [id(number).to_string(), "<clear>".to_owned(), "<clear>".to_owned()])
        .collect();
    let mut checked: Vec<CheckedRow> = rows
        .iter()
        .flat_map(|row| foreign_rows(&["id", "jobTitle", "city"], &[&[&row[0], &row[1], &row[2]]]))
        .collect();
    let plan = plan(&mut checked, &directory);
    let columns = |clears: Limit| -> Vec<Option<String>> {
        let limits = Limits {
            clears: flag(clears),
            ..Limits::default()
        };
        inspect(&plan, &limits)
            .into_iter()
            .filter(|report| report.guard == "max-clears")
            .map(|report| report.column)
            .collect()
    };
    assert_eq!(
        columns(Limit::Users(1)),
        [Some("city".to_owned()), Some("jobTitle".to_owned())]
    );
    assert_eq!(columns(Limit::Users(2)).len(), 1);
}

#[test]
fn renames_and_disabled_accounts_need_to_be_allowed() {
    for (name, cells, permission) in [
        ("accountEnabled", vec!["false".to_owned()], Permission::Disable),
        (
            "userPrincipalName",
            vec!["new@example.com".to_owned()],
            Permission::Rename,
        ),
    ] {
        let key = id(1).to_string();
        let directory = directory([user(1, &[("accountEnabled", Value::Boolean(true))])]);
        let names = ["id", "userPrincipalName", "accountEnabled"];
        let exported = [key.as_str(), &upn(1), "true"];
        let edited: Vec<&str> = names
            .iter()
            .zip(exported)
            .map(|(column, cell)| if *column == name { cells[0].as_str() } else { cell })
            .collect();
        let plan = plan(
            &mut [checked(&names, &edited, base(&names, &exported))],
            &directory,
        );
        assert_eq!(plan.changes().count(), 1);
        let word = Permission::NAMES
            .iter()
            .find(|(_, known)| *known == permission)
            .unwrap()
            .0;
        let reports = inspect(&plan, &Limits::default());
        let report = guard(&reports, word);
        assert_eq!(
            (report.passed, report.counted, report.limit.as_str()),
            (false, 1, "0")
        );
        assert_eq!(report.flag, format!("--allow {word}"));
        assert_eq!(report.origin, "default");
        let limits = Limits {
            allowed: vec![permission],
            ..Limits::default()
        };
        assert!(inspect(&plan, &limits).iter().all(|report| report.passed));
    }
}

#[test]
fn switching_an_account_on_is_no_disabling() {
    let directory = directory([user(1, &[("accountEnabled", Value::Boolean(false))])]);
    let mut rows = foreign_rows(&["id", "accountEnabled"], &[&[&id(1).to_string(), "true"]]);
    let plan = plan(&mut rows, &directory);
    assert_eq!(plan.changes().count(), 1);
    assert!(guard(&inspect(&plan, &Limits::default()), "disable").passed);
}

#[test]
fn a_protected_user_is_recognised_by_id_and_by_name_in_any_case() {
    let plan = plan_setting(100, "jobTitle", &different_cells(2));
    for key in [UserKey::Id(id(2)), UserKey::Upn(UpnKey::new("USER2@Example.com"))] {
        let mut limits = Limits {
            protected: flag(vec![key]),
            ..Limits::default()
        };
        let reports = inspect(&plan, &limits);
        let report = guard(&reports, "protected");
        assert_eq!((report.passed, report.counted), (false, 1));
        assert_eq!(
            (report.origin.as_str(), report.flag.as_str()),
            ("--flag", "--allow protected")
        );
        assert!(report.message.ends_with("user2@example.com"));
        limits.allowed.push(Permission::Protected);
        assert!(guard(&inspect(&plan, &limits), "protected").passed);
    }
    let limits = Limits {
        protected: flag(vec![UserKey::Id(id(77))]),
        ..Limits::default()
    };
    assert!(guard(&inspect(&plan, &limits), "protected").passed);
}

#[test]
fn an_expected_number_of_users_is_meant_exactly() {
    let plan = plan_setting(100, "jobTitle", &different_cells(3));
    for (expected, passed) in [(2, false), (3, true), (4, false)] {
        let limits = Limits {
            expect: Some(expected),
            ..Limits::default()
        };
        let reports = inspect(&plan, &limits);
        let report = guard(&reports, "expect");
        assert_eq!((report.passed, report.counted), (passed, 3));
        assert_eq!(report.flag, "--expect 3");
    }
    assert!(
        inspect(&plan, &Limits::default())
            .iter()
            .all(|report| report.guard != "expect")
    );
}

#[test]
fn a_plan_is_approved_only_without_errors_refusals_and_conflicts() {
    let good = plan_setting(100, "jobTitle", &different_cells(1));
    let open = Limits::default();
    assert!(
        inspect(&good, &open)
            .iter()
            .all(|report| report.passed && !report.message.is_empty())
    );
    assert_eq!(
        good.clone()
            .approve(&open, false, false)
            .unwrap()
            .operations()
            .as_slice()
            .len(),
        1
    );

    let narrow = Limits {
        users: flag(Limit::Users(0)),
        ..Limits::default()
    };
    for skip in [false, true] {
        let not = good.clone().approve(&narrow, skip, skip).unwrap_err();
        assert_eq!((not.plan, not.obstacle), (good.clone(), Obstacle::Guards));
        assert!(not.guards.iter().any(|report| !report.passed));
    }

    let bad = plan_setting(100, "usageLocation", &["Holland".to_owned(), "NL".to_owned()]);
    assert_eq!(
        bad.clone().approve(&open, false, true).unwrap_err().obstacle,
        Obstacle::SheetErrors
    );
    assert!(bad.approve(&open, true, false).is_ok());

    let key = id(1).to_string();
    let live = directory([user(1, &[("jobTitle", text("Baker"))])]);
    let names = ["id", "jobTitle"];
    let mut rows = [checked(&names, &[&key, "Chef"], base(&names, &[&key, "Cook"]))];
    let conflict = plan(&mut rows, &live);
    assert_eq!(
        conflict.clone().approve(&open, true, false).unwrap_err().obstacle,
        Obstacle::Conflicts
    );
    assert!(conflict.approve(&open, false, true).is_ok());
}

/// A plan that gives each of these users a new employeeId.
fn plan_moving(before: &[&str], after: &[&str]) -> Plan {
    let numbers = 1..=before.len() as u8;
    let users = numbers
        .clone()
        .zip(before)
        .map(|(number, value)| user(number, &[("employeeId", text(value))]));
    let live = directory(users);
    let names = ["id", "employeeId"];
    let mut rows: Vec<CheckedRow> = numbers
        .zip(before.iter().zip(after))
        .map(|(number, (before, after))| {
            let key = id(number).to_string();
            checked(&names, &[&key, after], base(&names, &[&key, before]))
        })
        .collect();
    plan(&mut rows, &live)
}

#[test]
fn a_column_that_was_sorted_or_shifted_alone_is_refused_until_allowed() {
    let before = ["E41", "E32", "E53", "E24", "E65", "E16"];
    let sorted = ["E16", "E24", "E32", "E41", "E53", "E65"];
    let shifted = ["E32", "E53", "E24", "E65", "E16", "E99"];
    for after in [sorted, shifted] {
        let plan = plan_moving(&before, &after);
        let reports = inspect(&plan, &Limits::default());
        let report = guard(&reports, "shuffled");
        assert!(!report.passed, "{after:?}");
        assert!(report.message.contains("`employeeId`") && report.flag == "--allow shuffled");
        let allowed = Limits {
            allowed: vec![Permission::Shuffled],
            ..Limits::default()
        };
        assert!(guard(&inspect(&plan, &allowed), "shuffled").passed);
    }
}

#[test]
fn new_values_and_an_exchange_between_a_few_people_are_no_shuffle() {
    let before = ["E41", "E32", "E53", "E24", "E65", "E16"];
    let few = ["E32", "E41", "E53", "E24", "E65", "E16"];
    let new = ["F1", "F2", "F3", "F4", "F5", "F6"];
    for after in [few, new] {
        let reports = inspect(&plan_moving(&before, &after), &Limits::default());
        assert!(guard(&reports, "shuffled").passed, "{after:?}");
    }
}

#[test]
fn the_switches_of_new_users_are_no_value_for_too_many() {
    let people: Vec<UserState> = (1..=30)
        .map(|number| user(number, &[("accountEnabled", Value::Boolean(false))]))
        .collect();
    let names = ["id", "accountEnabled"];
    let mut rows: Vec<CheckedRow> = (1..=30)
        .map(|number| {
            let key = id(number).to_string();
            checked(&names, &[&key, "true"], base(&names, &[&key, "false"]))
        })
        .collect();
    let mut plan = plan(&mut rows, &directory(people));
    let passed = |plan: &Plan, name: &str| {
        let reports = inspect(plan, &Limits::default());
        reports
            .iter()
            .filter(|one| one.guard == name)
            .all(|one| one.passed)
    };
    assert!(!passed(&plan, "max-same-value") && !passed(&plan, "max-enables"));
    for user in &mut plan.users {
        user.is_new = true;
    }
    assert!(passed(&plan, "max-same-value") && passed(&plan, "max-enables"));
}
