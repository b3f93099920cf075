//! Rows of a sheet that would make users, and what keeps them from it.

use super::*;

/// The plan of rows that may make users.
fn joined(rows: &mut [CheckedRow], directory: &Directory) -> Plan {
    let settling = Settling::from(ConflictPolicy::Stop).with_new_users(Some(Joining::default()));
    build_plan(binding(), rows, 0, directory, settling)
}

/// Rows of a sheet in which `employeeId` says whom they are about, and names are made by a template.
fn numbered(names: &[&str], rows: &[&[&str]]) -> Vec<CheckedRow> {
    let columns = sheet(names);
    let key = Some(attribute("employeeId"));
    let options = CheckOptions {
        key,
        ..CheckOptions::default()
    };
    let row = |(number, cells): (u64, &&[&str])| {
        let parsed = ParsedRow::read_by(raw(number, cells), &columns, key);
        CheckedRow::check(parsed, &columns, Base::None, &options)
    };
    (2..).zip(rows).map(row).collect()
}

/// The plan of such rows.
fn joined_by_number(rows: &mut [CheckedRow], directory: &Directory) -> Plan {
    let template: NameTemplate = "{givenName}@example.com".parse().unwrap();
    let joining = Joining {
        names: Some(&template),
    };
    let settling = Settling::from(ConflictPolicy::Stop).with_new_users(Some(joining));
    build_plan(binding(), rows, 0, directory, settling)
}

/// The names of the users that a plan makes.
fn made(plan: &Plan) -> Vec<&str> {
    let new = plan.users().iter().filter(|user| user.is_new);
    new.map(|user| user.upn.as_str()).collect()
}

#[test]
fn a_row_with_an_action_makes_nobody_and_is_about_nobody_who_is_only_made() {
    let directory = directory([user(1, &[("displayName", text("One"))])]);
    let names = ["userPrincipalName", "displayName", "accountEnabled", "_action"];
    for (enabled, action) in [
        ("", "disable"),
        ("", "enable"),
        ("true", "enable"),
        ("true", "revoke-sessions"),
        ("true", "reset-password"),
    ] {
        let mut rows = foreign_rows(&names, &[&["usr1@example.com", "One", enabled, action]]);
        let plan = joined(&mut rows, &directory);
        assert!(plan.is_empty(), "{action}");
        assert_eq!(rules(&rows[0]), ["unknown-user"], "{action}");
        assert!(!rows[0].findings()[0].help.contains("--allow create"), "{action}");
        let mut rows = foreign_rows(
            &names,
            &[
                &["new@example.com", "New", "true", ""],
                &["new@example.com", "New", "", action],
            ],
        );
        let plan = joined(&mut rows, &directory);
        assert_eq!(made(&plan), ["new@example.com"], "{action}");
        assert_eq!(rules(&rows[1]), ["unknown-user"], "{action}");
    }
}

#[test]
fn rows_of_one_new_person_make_one_account_when_they_agree_and_else_none() {
    let names = [
        "employeeId",
        "userPrincipalName",
        "givenName",
        "displayName",
        "accountEnabled",
    ];
    let mut empty = directory([user(1, &[])]);
    empty.watch(attribute("employeeId"));
    let one = ["9005", "", "Anna", "Anna Berg", "true"];
    // One person, twice.
    let mut rows = numbered(&names, &[&one, &one]);
    let plan = joined_by_number(&mut rows, &empty);
    assert_eq!(made(&plan), ["anna@example.com"]);
    assert!(rows.iter().all(|row| rules(row) == ["user-twice"]));
    assert!(
        plan.rows()
            .iter()
            .all(|row| row.user == Some(newcomer_id("anna@example.com")))
    );
    // One number, and something else differs.
    for other in [
        ["9005", "", "Anna", "Anna Bergh", "true"],
        ["9005", "", "Berta", "Berta Berg", "true"],
        ["09005", "", "Anna", "Anna Berg", "true"],
        ["9005", "a.berg@example.com", "Anna", "Anna Berg", "true"],
    ] {
        let mut rows = numbered(&names, &[&one, &other, &["9006", "", "Carl", "Carl", "true"]]);
        let plan = joined_by_number(&mut rows, &empty);
        assert_eq!(made(&plan), ["carl@example.com"], "{other:?}");
        assert!(
            rows[..2].iter().all(|row| rules(row) == ["joiner-twice"]),
            "{other:?}"
        );
        assert!(rows[0].findings()[0].message.contains("row 3"), "{other:?}");
    }
    // Two names with one number, where the name says whom a row is about.
    let cells = |name, number| [number, name, "Anna", "Anna Berg", "true"];
    let (left, right) = (cells("a@example.com", "9005"), cells("b@example.com", "9005"));
    let mut rows = foreign_rows(&names, &[&left, &right]);
    assert!(joined(&mut rows, &empty).is_empty());
    assert!(rows.iter().all(|row| rules(row) == ["joiner-twice"]));
    // One name for two numbers, where two of three rows agree: all are refused.
    let two = [cells("a@example.com", "9005"), cells("a@example.com", "9006")];
    let mut rows = numbered(&names, &[&two[0], &two[0], &two[1]]);
    assert!(joined_by_number(&mut rows, &empty).is_empty());
    assert!(
        rows.iter().all(|row| rules(row).contains(&"joiner-twice")),
        "{:?}",
        rows.iter().map(rules).collect::<Vec<_>>()
    );
    // Rows of one name say it together.
    let mut rows = foreign_rows(&names, &[&left, &left]);
    assert_eq!(made(&joined(&mut rows, &empty)), ["a@example.com"]);
}

#[test]
fn a_new_user_with_an_error_anywhere_is_not_made_nor_is_who_points_to_it() {
    let names = [
        "userPrincipalName",
        "displayName",
        "accountEnabled",
        "manager",
        "jobTitle",
    ];
    let directory = directory([user(1, &[]), user(2, &[])]);
    let (one, two) = (upn(1), upn(2));
    let mut rows = foreign_rows(
        &names,
        &[
            &["lena@example.com", "Lena", "true", "tom@example.com", ""],
            &["tom@example.com", "Tom", "true", "noor@example.com", ""],
            &["noor@example.com", "Noor", "true", "nobody@example.com", "Head"],
            &["good@example.com", "Good", "true", &one, ""],
            &[&two, "", "", "noor@example.com", "Chef"],
        ],
    );
    let plan = joined(&mut rows, &directory);
    assert_eq!(made(&plan), ["good@example.com"]);
    for row in &rows[..3] {
        assert_eq!(
            rules(row),
            ["unknown-reference", "joiner-incomplete"],
            "{}",
            row.label()
        );
    }
    assert_eq!(rules(&rows[4]), ["unknown-reference"]);
    assert_eq!(plan.errors(), 7);
    // Who is there gets the rest.
    let chef = plan.users().iter().find(|user| user.user == id(2)).unwrap();
    assert_eq!(chef.changes.len(), 1);
    assert_eq!(chef.changes[0].attribute.name, "jobTitle");
    let writes: Vec<usize> = plan.rows().iter().map(|row| row.writes.len()).collect();
    assert_eq!(writes, [0, 0, 0, 4, 1]);
}

#[test]
fn making_a_user_is_proposed_only_for_a_row_of_which_one_could_be_made() {
    let directory = directory([user(1, &[])]);
    for (names, cells, proposed) in [
        (
            &["userPrincipalName", "displayName", "jobTitle"][..],
            &["new@example.com", "New", "Chef"][..],
            true,
        ),
        (
            &["userPrincipalName", "jobTitle"],
            &["usr1@example.com", "Chef"],
            false,
        ),
        (
            &["userPrincipalName", "photo"],
            &["usr1@example.com", "usr1.jpg"],
            false,
        ),
        (&["userPrincipalName", "displayName"], &["no name@", "New"], false),
        (
            &["userPrincipalName", "displayName", "_action"],
            &["usr1@example.com", "New", "disable"],
            false,
        ),
    ] {
        for joining in [None, Some(Joining::default())] {
            let mut rows = foreign_rows(names, &[cells]);
            let settling = Settling::from(ConflictPolicy::Stop).with_new_users(joining);
            build_plan(binding(), &mut rows, 0, &directory, settling);
            let told = rows[0]
                .findings()
                .iter()
                .any(|finding| finding.help.contains("--allow create"));
            assert_eq!(told, proposed && joining.is_none(), "{cells:?} {joining:?}");
        }
    }
}

#[test]
fn a_manager_who_is_made_in_the_same_sheet_is_found_by_number() {
    let names = [
        "employeeId",
        "userPrincipalName",
        "givenName",
        "displayName",
        "accountEnabled",
        "manager",
    ];
    let mut live = directory([user(1, &[])]);
    live.watch(attribute("employeeId"));
    live.insert(user(2, &[("employeeId", text("K0009"))]));
    for (manager, found) in [
        ("employeeId:K0000", Ok(newcomer_id("kim@example.com"))),
        ("employeeId:K0009", Ok(id(2))),
        ("employeeId:k0000", Err("unknown-reference")),
        ("employeeId:K0001", Err("unknown-reference")),
    ] {
        let rows: [&[&str]; 2] = [
            &["K0002", "", "Lena", "Lena", "true", manager],
            &["K0000", "", "Kim", "Kim", "true", ""],
        ];
        let mut rows = numbered(&names, &rows);
        let plan = joined_by_number(&mut rows, &live);
        match found {
            Ok(id) => {
                let lena = plan
                    .users()
                    .iter()
                    .find(|user| user.upn == "lena@example.com")
                    .unwrap();
                let set = lena
                    .changes
                    .iter()
                    .find(|change| change.attribute.name == "manager")
                    .unwrap();
                assert!(
                    matches!(&set.after, Value::Reference(to) if to.id == id),
                    "{manager}"
                );
                assert!(rules(&rows[0]).is_empty(), "{manager}");
                // The number is still to be written.
                let kim = plan
                    .users()
                    .iter()
                    .find(|user| user.upn == "kim@example.com")
                    .unwrap();
                assert!(
                    kim.changes
                        .iter()
                        .any(|change| change.attribute.name == "employeeId")
                );
            }
            Err(rule) => assert_eq!(rules(&rows[0])[0], rule, "{manager}"),
        }
    }
}
