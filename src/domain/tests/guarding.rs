//! More guards, each just below, at and above its limit: columns, people, and what the caller may not do.

use std::collections::{HashMap, HashSet};

use super::*;
use crate::domain::{Caller, ForeseenReason, Foresight, People, Role, RoleHolders};

const GLOBAL: &str = "62e90394-69f5-4237-9190-012177145e10";
const READERS: &str = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b";
const USER_ADMIN: &str = "fe930be7-5e62-47db-91af-98c3a49a38b1";

/// Users 1 to `users` with a fax number, of whom the first `edits` get this text.
fn plan_of(column: &str, users: u8, edits: u8, cell: &str) -> Plan {
    let mut directory = directory((1..=users).map(|number| {
        let value = text(&format!("+31 {number}"));
        user(number, &[(column, value), ("jobTitle", text("Cook"))])
    }));
    directory.set_users_total(100);
    let names = ["id", column];
    let mut rows: Vec<CheckedRow> = (1..=users)
        .map(|number| {
            let (key, live) = (id(number).to_string(), format!("+31 {number}"));
            let edited = match cell {
                _ if number > edits => live.clone(),
                "" => String::new(),
                cell => format!("{cell} {number}"),
            };
            checked(&names, &[&key, &edited], base(&names, &[&key, &live]))
        })
        .collect();
    plan(&mut rows, &directory)
}

fn report(plan: &Plan, limits: &Limits, name: &str) -> GuardReport {
    let mut found = inspect(plan, limits)
        .into_iter()
        .filter(|report| report.guard == name);
    let first = found.next().unwrap();
    assert!(found.next().is_none());
    first
}

#[test]
fn too_many_users_of_one_column_are_refused_from_one_above_the_limit() {
    for (edits, passed) in [(4, true), (5, true), (6, false)] {
        let plan = plan_of("faxNumber", 8, edits, "new");
        let limits = Limits {
            column: Some(Sourced {
                value: Limit::Percent(5),
                origin: "--max-column".to_owned(),
            }),
            ..Limits::default()
        };
        let report = report(&plan, &limits, "max-column");
        assert_eq!((report.passed, report.counted), (passed, u64::from(edits)));
        assert_eq!(report.column.as_deref(), Some("faxNumber"));
        assert_eq!(
            (report.limit.as_str(), report.origin.as_str()),
            ("5 (5% of 100)", "--max-column")
        );
        assert_eq!(report.flag, format!("--max-column {edits}"));
        let unset = inspect(&plan, &Limits::default());
        assert!(unset.iter().all(|report| report.guard != "max-column"));
    }
}

#[test]
fn a_column_is_emptied_when_everybody_in_the_sheet_who_had_a_value_loses_it_and_they_are_three() {
    for (users, edits, passed) in [
        (2, 2, true),
        (3, 3, false),
        (4, 3, true),
        (4, 4, false),
        (8, 7, true),
    ] {
        let plan = plan_of("faxNumber", users, edits, "");
        assert_eq!(plan.changes().count(), usize::from(edits));
        let mut limits = Limits::default();
        let told = report(&plan, &limits, "column-emptied");
        assert_eq!(told.passed, passed, "{edits} of {users}");
        if !passed {
            assert_eq!(told.counted, u64::from(users));
            assert_eq!(told.column.as_deref(), Some("faxNumber"));
            assert_eq!(
                (told.limit.as_str(), told.flag.as_str()),
                ("0", "--allow emptied")
            );
        }
        limits.allowed.push(Permission::Emptied);
        assert!(report(&plan, &limits, "column-emptied").passed);
    }
}

fn known(holders: &[(u8, &str)]) -> RoleHolders {
    let mut map: HashMap<_, Vec<Role>> = HashMap::new();
    for (number, role) in holders {
        map.entry(id(*number)).or_default().push(Role::of_id(role));
    }
    RoleHolders::Known {
        holders: map,
        missing: None,
    }
}

#[test]
fn holders_of_administrator_roles_are_guarded_and_readers_are_not() {
    let plan = plan_of("jobTitle", 3, 2, "Chef");
    for (holders, counted) in [
        (&[][..], 0),
        (&[(2, READERS)], 0),
        (&[(3, GLOBAL)], 0),
        (&[(2, GLOBAL)], 1),
        (&[(1, USER_ADMIN), (2, READERS), (2, GLOBAL)], 2),
    ] {
        let mut limits = Limits {
            people: People {
                roles: known(holders),
                ..People::default()
            },
            ..Limits::default()
        };
        let told = report(&plan, &limits, "admins");
        assert_eq!(
            (told.passed, told.counted, told.known),
            (counted == 0, counted, true),
            "{holders:?}"
        );
        assert_eq!(
            (told.flag.as_str(), told.origin.as_str()),
            ("--allow admins", "default")
        );
        if counted == 1 {
            assert!(
                told.message.ends_with("user2@example.com (Global Administrator)"),
                "{}",
                told.message
            );
        }
        limits.allowed.push(Permission::Admins);
        assert!(report(&plan, &limits, "admins").passed);
    }
}

#[test]
fn roles_that_could_not_be_read_are_said_and_stop_nothing() {
    let plan = plan_of("jobTitle", 2, 1, "Chef");
    let limits = Limits {
        people: People {
            roles: RoleHolders::Unknown {
                why: "no permission".to_owned(),
            },
            ..People::default()
        },
        ..Limits::default()
    };
    let told = report(&plan, &limits, "admins");
    assert_eq!((told.passed, told.known), (true, false));
    assert_eq!(
        told.message,
        "who holds administrator roles is not known: no permission"
    );
}

#[test]
fn where_roles_are_unknown_an_unattended_run_that_could_harm_an_administrator_needs_a_word() {
    let unknown = RoleHolders::Unknown {
        why: "no permission".to_owned(),
    };
    let reader = Role::of_id("88d8e3e3-8f55-4a1e-953a-9b9898b8876b");
    for (roles, caller, attribute, unattended, passed) in [
        (&unknown, None, "mobilePhone", true, Some(false)),
        (&unknown, None, "mobilePhone", false, Some(true)),
        (
            &unknown,
            Some(vec![Role::of_id(GLOBAL)]),
            "mobilePhone",
            true,
            Some(false),
        ),
        (
            &unknown,
            Some(vec![Role::of_id("made-here")]),
            "mobilePhone",
            true,
            Some(false),
        ),
        // The service refuses these to whoever has no such role.
        (&unknown, Some(Vec::new()), "mobilePhone", true, None),
        (&unknown, Some(vec![reader]), "mobilePhone", true, None),
        (&unknown, None, "jobTitle", true, None),
        (&known(&[]), None, "mobilePhone", true, None),
    ] {
        let plan = plan_of(attribute, 3, 2, "+31 6 1");
        let mut limits = Limits {
            people: People {
                roles: roles.clone(),
                caller: caller.clone(),
                ..People::default()
            },
            unattended,
            ..Limits::default()
        };
        let told = inspect(&plan, &limits)
            .into_iter()
            .find(|report| report.guard == "unknown-roles");
        let found = told.as_ref().map(|report| report.passed);
        assert_eq!(found, passed, "{caller:?} {attribute} {unattended}");
        let Some(told) = told else { continue };
        assert_eq!((told.counted, told.known), (2, false));
        assert_eq!(told.flag, "--allow unknown-roles");
        limits.allowed.push(Permission::UnknownRoles);
        assert!(report(&plan, &limits, "unknown-roles").passed);
        let mut made = plan.clone();
        made.users.iter_mut().for_each(|user| user.is_new = true);
        assert!(
            inspect(&made, &limits)
                .iter()
                .all(|told| told.guard != "unknown-roles")
        );
    }
}

#[test]
fn the_own_account_and_whom_the_filter_finds_are_touched_only_when_allowed() {
    let plan = plan_of("jobTitle", 3, 2, "Chef");
    for (number, passed) in [(1, false), (2, false), (3, true)] {
        let mut limits = Limits {
            protected_filter: Some(Sourced {
                value: "department eq 'Board'".to_owned(),
                origin: "guards.protected_filter in config.toml".to_owned(),
            }),
            people: People {
                own: Some(id(number)),
                filtered: HashSet::from([id(number)]),
                ..People::default()
            },
            ..Limits::default()
        };
        let own = report(&plan, &limits, "own-account");
        assert_eq!((own.passed, own.flag.as_str()), (passed, "--allow own-account"));
        let filter = report(&plan, &limits, "protected-filter");
        assert_eq!(
            (filter.passed, filter.flag.as_str()),
            (passed, "--allow protected")
        );
        assert!(filter.origin.contains("protected_filter"));
        limits.allowed = vec![Permission::OwnAccount, Permission::Protected];
        assert!(inspect(&plan, &limits).iter().all(|report| report.passed));
    }
    let app = inspect(&plan, &Limits::default());
    assert!(
        app.iter()
            .all(|report| report.guard != "own-account" && report.guard != "protected-filter")
    );
}

fn plan_with_phone() -> Plan {
    let live = |number| user(number, &[("jobTitle", text("Cook")), ("mobilePhone", text("1"))]);
    let directory = directory((1..=2).map(live));
    let names = ["id", "jobTitle", "mobilePhone"];
    let mut rows: Vec<CheckedRow> = (1..=2)
        .map(|number| {
            let key = id(number).to_string();
            let (title, phone) = (format!("Chef {number}"), format!("+31 6 {number}"));
            checked(
                &names,
                &[&key, &title, &phone],
                base(&names, &[&key, "Cook", "1"]),
            )
        })
        .collect();
    plan(&mut rows, &directory)
}

#[test]
fn a_sensitive_attribute_of_an_administrator_is_withheld_with_the_role_that_is_needed() {
    let roles = known(&[(1, GLOBAL)]);
    let admin = [Role::of_id(USER_ADMIN)];
    for (caller, withheld) in [
        (Some(&[][..]), 1),
        (Some(&admin[..]), 1),
        (Some(&[Role::of_id(GLOBAL)][..]), 0),
        (None, 0),
    ] {
        let mut plan = plan_with_phone();
        plan.foresee(Foresight {
            caller: Caller {
                granted: &[],
                roles: caller,
                ..Caller::default()
            },
            roles: &roles,
        });
        assert_eq!(plan.withheld().len(), withheld, "{caller:?}");
        assert_eq!(plan.changes().count(), 4 - withheld);
        let Some(held) = plan.withheld().first() else {
            continue;
        };
        assert_eq!(held.reason, ForeseenReason::AdminProtected);
        assert_eq!((held.user, held.change.attribute.name), (id(1), "mobilePhone"));
        assert_eq!(held.needs, "Privileged Authentication Administrator");
        let row = &plan.rows()[0];
        assert_eq!(row.writes, ["jobTitle"]);
        assert_eq!(row.notes[0].code, "admin-protected");
        assert!(
            row.notes[0]
                .hint
                .contains("Privileged Authentication Administrator")
        );
        assert_eq!(plan.rows()[1].writes, ["jobTitle", "mobilePhone"]);
    }
}

#[test]
fn a_column_without_its_permission_is_withheld_for_everybody_and_the_others_go() {
    for (granted, left) in [
        (&["User-Phone.ReadWrite.All"][..], "mobilePhone"),
        (&["User.ReadUpdate.All", "User.Read.All"], "jobTitle"),
    ] {
        let granted: Vec<String> = granted.iter().map(|name| (*name).to_owned()).collect();
        let mut plan = plan_with_phone();
        plan.foresee(Foresight {
            caller: Caller {
                granted: &granted,
                roles: None,
                ..Caller::default()
            },
            roles: &RoleHolders::NotAsked,
        });
        assert!(plan.changes().all(|(_, change)| change.attribute.name == left));
        assert_eq!((plan.changes().count(), plan.withheld().len()), (2, 2));
        assert!(
            plan.withheld()
                .iter()
                .all(|held| held.reason == ForeseenReason::PermissionMissing && !held.needs.is_empty())
        );
    }
    let mut all = plan_with_phone();
    all.foresee(Foresight {
        caller: Caller {
            granted: &["Mail.Read".to_owned()],
            roles: None,
            ..Caller::default()
        },
        roles: &RoleHolders::NotAsked,
    });
    assert!(all.is_empty() && all.users().is_empty());
    assert_eq!(all.withheld().len(), 4);
}

#[test]
fn what_travels_along_with_a_change_that_goes_stays_with_it() {
    let live = user(
        1,
        &[
            ("employeeOrgData.division", text("Sea")),
            ("employeeOrgData.costCenter", text("1")),
        ],
    );
    let directory = directory([live]);
    let names = ["id", "employeeOrgData.division"];
    let key = id(1).to_string();
    let mut rows = [checked(&names, &[&key, "Air"], base(&names, &[&key, "Sea"]))];
    let mut plan = plan(&mut rows, &directory);
    assert_eq!(plan.users()[0].companions.len(), 1);
    plan.foresee(Foresight {
        caller: Caller {
            granted: &["User.ReadWrite.All".to_owned()],
            roles: None,
            ..Caller::default()
        },
        roles: &RoleHolders::NotAsked,
    });
    assert_eq!(
        plan.users()[0].companions.len(),
        1,
        "nothing was withheld, and nothing is lost"
    );
}
