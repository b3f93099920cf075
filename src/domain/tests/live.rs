//! What the live directory says, and what was not read of it.

use super::build::{names, reference};
use super::*;
use crate::domain::unread::unread;

#[test]
fn what_the_directory_already_holds_is_not_written() {
    let list = Value::List(vec!["a@x.nl".to_owned(), "b@x.nl".to_owned()]);
    let values = [
        ("jobTitle", text("Chef")),
        ("usageLocation", text("NL")),
        ("otherMails", list),
        ("accountEnabled", Value::Boolean(true)),
        ("employeeHireDate", text("2026-06-05T00:00:00.000Z")),
        ("manager", reference(2)),
        ("passwordPolicies", text("None")),
    ];
    let directory = directory([user(1, &values), user(2, &[])]);
    let mut rows = foreign_rows(
        &[
            "id",
            "userPrincipalName",
            "jobTitle",
            "usageLocation",
            "otherMails",
            "accountEnabled",
            "employeeHireDate",
            "manager",
            "passwordPolicies",
            "city",
        ],
        &[&[
            &id(1).to_string(),
            "USER1@EXAMPLE.COM",
            "Chef",
            "nl",
            "B@x.nl;a@x.nl",
            "WAAR",
            "2026-06-05",
            &id(2).to_string(),
            "<clear>",
            "<clear>",
        ]],
    );
    let plan = plan(&mut rows, &directory);
    assert_eq!(names(&plan), Vec::<&str>::new());
    assert_eq!(plan.summary().unchanged_rows, 1);
    assert_eq!((plan.errors(), rules(&rows[0]).len()), (0, 0));
}

#[test]
fn a_live_value_that_our_rules_would_spell_otherwise_is_not_rewritten() {
    let values = [
        ("jobTitle", text(" Chef ")),
        ("userType", text("member")),
        ("businessPhones", Value::List(vec!["020 1; 020 2".to_owned()])),
        ("mobilePhone", text("\u{202a}+31612345678\u{202c}")),
    ];
    let directory = directory([user(1, &values)]);
    let mut rows = foreign_rows(
        &["id", "jobTitle", "userType", "businessPhones", "mobilePhone"],
        &[&[
            &id(1).to_string(),
            " Chef ",
            "member",
            "020 1; 020 2",
            "\u{202a}+31612345678\u{202c}",
        ]],
    );
    assert!(plan(&mut rows, &directory).is_empty());
}

#[test]
fn a_live_value_that_a_spreadsheet_rewrote_is_kept_even_without_a_base() {
    let values = [
        ("employeeId", text("00123")),
        ("mobilePhone", text("+31612345678")),
        ("onPremisesExtensionAttributes.extensionAttribute1", text("1-2")),
    ];
    let directory = directory([user(1, &values)]);
    let sheet_names = [
        "id",
        "employeeId",
        "mobilePhone",
        "onPremisesExtensionAttributes.extensionAttribute1",
    ];
    let key = id(1).to_string();
    let cells = [key.as_str(), "123", "31612345678", "1-feb"];
    let mut rows = foreign_rows(&sheet_names, &[&cells]);
    let plan_of = |rows: &mut [CheckedRow]| plan(rows, &directory);
    assert!(plan_of(&mut rows).is_empty());
    assert_eq!(
        rules(&rows[0]),
        ["date-rewritten", "number-rewritten", "number-rewritten"]
    );
    assert!(
        rows[0]
            .findings()
            .iter()
            .all(|finding| finding.severity == Severity::Repaired)
    );
    let columns = sheet(&sheet_names);
    let accept = CheckOptions {
        accept_derived: vec!["employeeId".to_owned()],
        ..CheckOptions::default()
    };
    let mut rows = vec![CheckedRow::check(
        ParsedRow::read(raw(2, &cells), &columns),
        &columns,
        Base::None,
        &accept,
    )];
    assert_eq!(names(&plan_of(&mut rows)), ["employeeId"]);
}

#[test]
fn what_the_directory_holds_explains_what_looked_wrong_without_a_base() {
    let extension = "onPremisesExtensionAttributes.extensionAttribute1";
    for (name, live, cell, at_check, beside_live) in [
        (
            "employeeHireDate",
            "2026-06-05T00:00:00Z",
            "5-6-2026",
            "not-a-date",
            "date-rewritten",
        ),
        (
            "employeeHireDate",
            "2026-06-05T00:00:00Z",
            "46178",
            "not-a-date",
            "date-rewritten",
        ),
        (
            "mobilePhone",
            "+491771234567",
            "4,91771E11",
            "scientific-notation",
            "number-rewritten",
        ),
        ("displayName", "Zoë", "Zo\u{fffd}", "lost-letters", "lost-letters"),
        ("displayName", "Björn", "Bj?rn", "lost-letters", "lost-letters"),
        (
            extension,
            "10-11-12",
            "10/11/12",
            "two-digit-year",
            "date-rewritten",
        ),
        (extension, "MAR1", "1-Mar", "perhaps-a-date", "date-rewritten"),
        (
            extension,
            "@home",
            "#NAME?",
            "spreadsheet-error",
            "formula-worked-out",
        ),
        (extension, "007", "=\"007\"", "formula", "formula-worked-out"),
        ("mail", "jan@x.nl", "mailto:jan@x.nl", "link-added", "link-added"),
        ("displayName", "Zoë", "ZoÃ«", "mojibake", "mojibake"),
        (extension, "12:30", "12:30:00", "", "time-rewritten"),
        (extension, "O'Neil", "O’Neil", "", "automatic-correction"),
    ] {
        let directory = directory([user(1, &[(name, text(live))])]);
        let mut rows = [cell_without_base(name, cell)];
        assert_eq!(rules(&rows[0]).join(" "), at_check, "{cell}");
        let plan = plan(&mut rows, &directory);
        assert_eq!(names(&plan), [""; 0], "{cell}");
        let [finding] = rows[0].findings() else {
            panic!("{cell}")
        };
        assert_eq!(
            (finding.rule, finding.severity),
            (beside_live, Severity::Repaired)
        );
        assert_eq!(finding.fix(), Some(live));
        assert!(finding.message.contains("the directory holds it as it was"));
        assert_eq!(plan.errors(), 0);
    }
}

#[test]
fn a_doubtful_cell_that_says_what_the_directory_holds_is_no_finding() {
    for (name, live) in [
        ("jobTitle", "1-feb"),
        ("jobTitle", "Bj?rn"),
        ("jobTitle", "#NAME?"),
        ("usageLocation", "Netherlands"),
    ] {
        let directory = directory([user(1, &[(name, text(live))])]);
        let mut rows = [cell_without_base(name, live)];
        assert_eq!(rules(&rows[0]).len(), 1);
        assert!(plan(&mut rows, &directory).is_empty());
        assert_eq!(rules(&rows[0]), [""; 0], "{live}");
    }
}

#[test]
fn a_doubtful_cell_that_the_directory_does_not_explain_keeps_its_finding() {
    for (name, live, cell, rule) in [
        (
            "employeeHireDate",
            "2026-06-05T00:00:00Z",
            "5-7-2026",
            "not-a-date",
        ),
        (
            "mobilePhone",
            "+491771234567",
            "4,92771E11",
            "scientific-notation",
        ),
        ("jobTitle", "Cook", "#NAME?", "spreadsheet-error"),
        ("jobTitle", "Cook", "1-feb", "perhaps-a-date"),
    ] {
        let directory = directory([user(1, &[(name, text(live))])]);
        let mut rows = [cell_without_base(name, cell)];
        let written = plan(&mut rows, &directory).changes().count();
        assert_eq!(rules(&rows[0]), [rule]);
        assert_eq!(written, usize::from(rule == "perhaps-a-date"));
    }
}

#[test]
fn leaves_that_the_service_would_empty_travel_along_with_their_present_values() {
    let values = [
        ("employeeOrgData.division", text("Kitchen")),
        ("employeeOrgData.costCenter", text("42")),
    ];
    let directory = directory([user(1, &values)]);
    let key = id(1).to_string();
    let companions = |names: &[&str], cells: &[&str]| {
        plan(&mut foreign_rows(names, &[cells]), &directory).users()[0]
            .companions
            .iter()
            .map(|companion| (companion.attribute.name, companion.value.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        companions(&["id", "employeeOrgData.division"], &[&key, "Bar"]),
        [("employeeOrgData.costCenter", text("42"))]
    );
    assert_eq!(
        companions(
            &["id", "employeeOrgData.costCenter", "jobTitle"],
            &[&key, "<clear>", "Chef"]
        ),
        [("employeeOrgData.division", text("Kitchen"))]
    );
    assert_eq!(companions(&["id", "jobTitle"], &[&key, "Chef"]), []);
    assert_eq!(
        companions(
            &["id", "employeeOrgData.costCenter", "employeeOrgData.division"],
            &[&key, "43", "Bar"]
        ),
        []
    );
}

#[test]
fn what_was_not_read_is_not_written_and_does_not_send_its_siblings_away() {
    let few: Columns = [attribute("jobTitle"), attribute("employeeOrgData.division")].into();
    let mut directory = Directory::new(few);
    directory.insert(UserState {
        values: thin_vec::thin_vec![text("Cook"), text("Kitchen")],
        ..user(1, &[])
    });
    let mut rows = foreign_rows(
        &[
            "id",
            "userPrincipalName",
            "jobTitle",
            "city",
            "employeeOrgData.division",
        ],
        &[&[&id(1).to_string(), &upn(1), "Chef", "Delft", "Bar"]],
    );
    let plan = plan(&mut rows, &directory);
    assert_eq!(names(&plan), ["jobTitle"]);
    assert_eq!(rules(&rows[0]), ["not-read", "not-read"]);
}

/// A directory in which the service does not show the user `hidden@example.com`, nor the one with the id 9.
fn with_hidden() -> Directory {
    let mut directory = directory([user(1, &[])]);
    let keys = [
        UserKey::Id(id(9)),
        UserKey::Upn(UpnKey::new("hidden@example.com")),
    ];
    directory.set_not_shown(keys.map(|key| (key, "no right".to_owned())).into());
    directory
}

#[test]
fn a_user_who_is_not_shown_holds_only_the_rows_and_cells_that_name_them() {
    let directory = with_hidden();
    let (seen, hidden) = (id(1).to_string(), id(9).to_string());
    let names_of = ["id", "userPrincipalName", "jobTitle", "manager"];
    let mut rows = foreign_rows(
        &names_of,
        &[
            &[&hidden, "", "Chef", ""],
            &["", "hidden@example.com", "Chef", ""],
            &[&seen, "", "Chef", "hidden@example.com"],
        ],
    );
    let plan = plan(&mut rows, &directory);
    assert_eq!(names(&plan), ["jobTitle"]);
    assert_eq!(plan.errors(), 3);
    for row in &rows {
        assert_eq!(rules(row), ["user-not-shown"]);
        assert!(row.findings()[0].message.contains("no right"));
    }
}

#[test]
fn nobody_is_made_in_the_place_of_a_user_who_is_not_shown() {
    let mut rows = foreign_rows(
        &["userPrincipalName", "displayName", "accountEnabled"],
        &[&["hidden@example.com", "Hidden", "true"]],
    );
    let settling = Settling::from(ConflictPolicy::Stop).with_new_users(Some(Joining::default()));
    let plan = build_plan(binding(), &mut rows, 0, &with_hidden(), settling);
    assert!(plan.is_empty());
    assert_eq!(rules(&rows[0]), ["user-not-shown"]);
}

#[test]
fn of_whom_only_the_name_is_kept_no_value_is_known() {
    let mut directory = directory([user(2, &[])]);
    directory.set_roles(Some(std::sync::Arc::default()));
    directory.insert_named(user(1, &[("city", text("Delft"))]));
    let named = directory.named(&id(1)).unwrap();
    for attribute in columns().iter().filter(|one| one.name != "userPrincipalName") {
        assert!(
            unread(attribute, named, &directory).is_some(),
            "{}",
            attribute.name
        );
    }
    assert_eq!(
        unread(attribute("city"), directory.user(&id(2)).unwrap(), &directory),
        None
    );
}

#[test]
fn a_cell_of_somebody_of_whom_only_the_name_is_kept_is_never_written() {
    let mut directory = directory([]);
    directory.insert_named(user(1, &[("city", text("Delft"))]));
    for edited in ["Gouda", ""] {
        let mut rows = [cell_with_base("city", "Delft", edited)];
        assert!(plan(&mut rows, &directory).is_empty());
        assert_eq!(rules(&rows[0]), ["unknown-user"], "{edited}");
    }
    let mut rows = [cell_with_base("city", "Delft", "Delft")];
    let plan = plan(&mut rows, &directory);
    assert_eq!((plan.rows()[0].user, rules(&rows[0])), (Some(id(1)), vec![]));
}
