//! Which cells are edits, and what is said of the others.

use super::*;

#[track_caller]
fn edit(row: &CheckedRow) -> &Edit {
    assert_eq!(rules(row), Vec::<&str>::new());
    match row.cells() {
        [cell] => &cell.edit,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn untouched(row: &CheckedRow) {
    assert_eq!(rules(row), Vec::<&str>::new());
    assert_eq!(row.cells(), &[]);
}

#[track_caller]
fn repaired(row: &CheckedRow, exported: &str) {
    assert_eq!(row.cells(), &[]);
    match row.findings() {
        [finding] => {
            assert_eq!(finding.severity, Severity::Repaired);
            assert_eq!(finding.repair.as_deref(), Some(exported));
            assert!(finding.help.contains("--accept-derived"));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_exported_value_that_breaks_our_rules_is_never_a_finding() {
    for (name, cell) in [
        ("userPrincipalName", "not a name"),
        ("mail", "Jan <jan@x.nl>"),
        ("usageLocation", "Netherlands"),
        ("employeeHireDate", "0001-01-01T00:00:00Z"),
        ("employeeHireDate", "yesterday"),
        ("jobTitle", "=1+1"),
        ("jobTitle", "<clear>"),
        ("jobTitle", "#NAME?"),
        ("jobTitle", "a\u{0}b\u{202e}"),
        ("jobTitle", " "),
        ("employeeId", "12345678901234567"),
        ("otherMails", "; ;"),
        ("accountEnabled", ""),
        ("manager", "a contact"),
        ("mobilePhone", "3.1E+10"),
        ("identities", "[{\"issuer\":1}]"),
        ("createdDateTime", "5-6-2026"),
    ] {
        untouched(&cell_with_base(name, cell, cell));
    }
}

#[test]
fn marks_that_are_taken_off_the_ends_of_a_new_value_are_named() {
    for (text, marks) in [
        ("\u{202e}Chef", "U+202E"),
        ("\u{200f}Chef", "U+200F"),
        ("\u{feff}Chef", "U+FEFF"),
        ("Chef \u{200b}", "U+200B"),
        (" \u{202a}\u{feff} Chef\u{202c}\u{feff}", "U+202A, U+FEFF, U+202C"),
    ] {
        for row in [
            cell_with_base("jobTitle", "Cook", text),
            cell_without_base("jobTitle", text),
        ] {
            assert_eq!(rules(&row), ["marks-taken-off"], "{text:?}");
            let finding = &row.findings()[0];
            assert!(!finding.is_error());
            assert!(
                finding.message.contains(&format!("nobody sees: {marks};")),
                "{}",
                finding.message
            );
            assert_eq!(row.cells()[0].edit, Edit::Set(super::text("Chef")));
        }
    }
    // Blanks are no marks, and an exported mark that stays is nobody's edit.
    assert_eq!(rules(&cell_with_base("jobTitle", "Cook", " Chef ")), [""; 0]);
    assert_eq!(
        rules(&cell_with_base("jobTitle", "\u{200f}Cook", "\u{200f}Cook")),
        [""; 0]
    );
    // Another doubt about the cell does not hide them.
    let doubted = cell_without_base("mobilePhone", "\u{202a}31612345678.0\u{202c}");
    let told: String = doubted.findings().iter().map(|one| one.message.clone()).collect();
    assert!(rules(&doubted).len() == 1 && !told.is_empty(), "{doubted:?}");
}

#[test]
fn another_spelling_of_the_base_is_no_edit() {
    for (name, exported, cell) in [
        ("accountEnabled", "true", "TRUE"),
        ("accountEnabled", "false", "ONWAAR"),
        ("streetAddress", "Dam 1\r\nBak 3", "Dam 1\nBak 3"),
        ("streetAddress", "Dam 1\nBak 3", "Dam 1\r\nBak 3"),
        ("streetAddress", "Dam 1\rBak 3", "Dam 1\nBak 3"),
        ("displayName", "Zoë", "Zoe\u{308}"),
        ("displayName", "Smit", " Smit\u{a0}"),
        ("displayName", "Smit", "\u{feff}Smit\u{200b}"),
        ("otherMails", "a@x.nl; b@x.nl", "b@x.nl;a@x.nl"),
        ("employeeHireDate", "2026-06-05T00:00:00Z", "2026-06-05"),
        ("preferredLanguage", "en-us", "en-US"),
        ("passwordPolicies", "", "None"),
        ("manager", "Boss@x.nl", "boss@x.nl"),
        (
            "createdDateTime",
            "2026-06-05T00:00:00Z",
            "2026-06-05T00:00:00.0000000Z",
        ),
        ("onPremisesSyncEnabled", "true", "WAHR"),
        ("jobTitle", "", "\u{200b}"),
    ] {
        untouched(&cell_with_base(name, exported, cell));
    }
}

#[test]
fn a_text_that_lost_its_own_apostrophe_to_the_reader_is_no_edit_and_one_that_lost_it_before_is_told() {
    let names = ["id", "employeeId"];
    let columns = sheet(&names);
    let row = |exported: &str, read: &str, is_bared: bool, accept_derived: &[&str]| {
        let key = id(1).to_string();
        let mut raw = raw(2, &[&key, read]);
        raw.bared.extend(is_bared.then_some(1));
        CheckedRow::check(
            ParsedRow::read(raw, &columns),
            &columns,
            base(&names, &[&key, exported]),
            &CheckOptions {
                accept_derived: accept_derived.iter().map(|name| (*name).to_owned()).collect(),
                ..CheckOptions::default()
            },
        )
    };
    untouched(&row("'007", "007", true, &[]));
    untouched(&row("'1\r\n2", "1\n2", true, &[]));
    // The apostrophe was gone in the file: a spreadsheet may have taken it, or a person.
    repaired(&row("'007", "007", false, &[]), "'007");
    repaired(&cell_with_base("displayName", "'s", "s"), "'s");
    let meant = row("'007", "007", false, &["employeeId"]);
    assert_eq!(edit(&meant), &Edit::Set(text("007")));
}

#[test]
fn a_changed_cell_is_an_edit_with_its_exported_text() {
    let row = cell_with_base("jobTitle", "Cook", "Chef");
    assert_eq!(edit(&row), &Edit::Set(text("Chef")));
    assert_eq!(row.cells()[0].base.as_deref(), Some("Cook"));
    assert_eq!(row.cells()[0].column, 1);
    let row = cell_without_base("jobTitle", "Chef");
    assert_eq!(edit(&row), &Edit::Set(text("Chef")));
    assert_eq!(row.cells()[0].base, None);
}

#[test]
fn an_emptied_cell_clears_with_a_base_and_keeps_without_one() {
    assert_eq!(edit(&cell_with_base("jobTitle", "Cook", "")), &Edit::Clear);
    assert_eq!(edit(&cell_with_base("manager", "boss@x.nl", "")), &Edit::Clear);
    untouched(&cell_with_base("jobTitle", "", ""));
    untouched(&cell_without_base("jobTitle", ""));
    untouched(&cell_without_base("usageLocation", ""));
    assert_eq!(edit(&cell_without_base("jobTitle", "<Clear>")), &Edit::Clear);
}

#[test]
fn a_column_that_was_not_exported_is_compared_two_ways_even_in_a_row_with_a_base() {
    let key = id(1).to_string();
    let row = |cell: &str| checked(&["id", "jobTitle"], &[&key, cell], base(&["id"], &[&key]));
    untouched(&row(""));
    assert_eq!(row("Chef").cells()[0].base, None);
}

#[test]
fn a_cell_that_is_missing_from_its_row_asks_for_nothing() {
    let key = id(1).to_string();
    let names = ["id", "jobTitle", "city"];
    untouched(&checked(
        &names,
        &[&key, "Cook"],
        base(&names, &[&key, "Cook", "Delft"]),
    ));
}

#[test]
fn a_bad_edit_is_a_finding_with_its_place_and_user() {
    let row = cell_with_base("usageLocation", "NL", "Netherland");
    let [finding] = row.findings() else { panic!() };
    assert_eq!(finding.rule, "not-a-country");
    assert_eq!(finding.extent, Extent::Cell);
    assert_eq!(finding.place, Some(Place::cell(2, 2, 1)));
    assert_eq!(finding.column.as_deref(), Some("usageLocation"));
    assert_eq!(finding.user.as_deref(), Some(id(1).to_string().as_str()));
    assert_eq!(finding.found.as_deref(), Some("Netherland"));
    assert_eq!(finding.repair.as_deref(), Some("NL"));
    assert!(!row.is_held());
    assert_eq!(row.cells(), &[]);
}

#[test]
fn a_column_that_cannot_be_cleared_says_so_when_it_is_emptied() {
    assert_eq!(
        rules(&cell_with_base("displayName", "Jan", "")),
        ["not-clearable"]
    );
    assert_eq!(
        rules(&cell_with_base("accountEnabled", "true", "<clear>")),
        ["not-clearable"]
    );
}

#[test]
fn a_read_only_column_is_a_finding_only_where_a_base_shows_that_it_was_touched() {
    assert_eq!(
        rules(&cell_with_base("createdDateTime", "2026-06-05T00:00:00Z", "2027")),
        ["read-only"]
    );
    assert_eq!(
        rules(&cell_with_base("creationType", "Invitation", "")),
        ["read-only"]
    );
    untouched(&cell_without_base("createdDateTime", "whatever"));
    untouched(&cell_without_base("passwordProfile.password", "Secret1!"));
}

#[test]
fn what_a_spreadsheet_rewrote_is_repaired_towards_the_base_and_can_be_accepted() {
    for (name, exported, cell) in [
        ("employeeId", "007", "7"),
        ("mobilePhone", "+31612345678", "31612345678"),
        ("businessPhones", "0201234567", "201234567"),
        (
            "onPremisesExtensionAttributes.extensionAttribute1",
            "1-2",
            "01-02-26",
        ),
        (
            "onPremisesExtensionAttributes.extensionAttribute2",
            "true",
            "TRUE",
        ),
        ("displayName", "Jan\u{a0}Smit", "Jan Smit"),
        ("employeeId", "1234567890123456", "1234567890123460"),
        ("onPremisesSamAccountName", "007", "7"),
    ] {
        repaired(&cell_with_base(name, exported, cell), exported);
    }
    let columns = sheet(&["id", "employeeId"]);
    let key = id(1).to_string();
    let row = CheckedRow::check(
        ParsedRow::read(raw(2, &[&key, "7"]), &columns),
        &columns,
        base(&["id", "employeeId"], &[&key, "007"]),
        &CheckOptions {
            accept_derived: vec!["employeeId".to_owned()],
            ..CheckOptions::default()
        },
    );
    assert_eq!(edit(&row), &Edit::Set(text("7")));
}

#[test]
fn where_ids_decide_another_name_is_the_wish_to_rename() {
    let columns = sheet(&["id", "userPrincipalName"]);
    let key = id(1).to_string();
    for (id_cell, ids_decide, is_key) in [(key.as_str(), true, false), (&key, false, true), ("", true, true)]
    {
        let options = CheckOptions {
            ids_decide,
            ..CheckOptions::default()
        };
        let parsed = ParsedRow::read(raw(2, &[id_cell, "new@x.nl"]), &columns);
        let row = CheckedRow::check(parsed, &columns, Base::None, &options);
        assert_eq!(row.name_is_key(), is_key, "{id_cell} {ids_decide}");
        assert_eq!(edit(&row), &Edit::Set(text("new@x.nl")));
    }
}

#[test]
fn a_row_without_a_usable_key_is_held_and_asks_for_nothing() {
    for (cells, rule) in [
        (["", "", "Chef"], "no-key"),
        ([" ", "", "Chef"], "no-key"),
        (["42", "jan@x.nl", "Chef"], "not-an-id"),
        (
            ["{00000000-0000-4000-8000-000000000001}", "", "Chef"],
            "not-an-id",
        ),
    ] {
        let row = checked(&["id", "userPrincipalName", "jobTitle"], &cells, Base::None);
        assert_eq!(rules(&row), [rule]);
        assert!(row.is_held());
        assert_eq!(row.cells(), &[]);
    }
}

#[test]
fn a_snapshot_that_is_no_snapshot_holds_the_row() {
    let row = checked(
        &["id", "jobTitle", "_snapshot"],
        &[&id(1).to_string(), "Chef", "43000"],
        Base::None,
    );
    assert_eq!(rules(&row), ["not-a-snapshot"]);
    assert!(row.is_held());
    assert_eq!(row.cells(), &[]);
}

#[test]
fn a_base_that_cannot_be_used_holds_the_row_instead_of_guessing() {
    let finding = Finding::error("unknown-snapshot", Extent::Row, "gone", "export again");
    let row = checked(
        &["id", "jobTitle"],
        &[&id(1).to_string(), ""],
        Base::Unusable(finding),
    );
    assert_eq!(rules(&row), ["unknown-snapshot"]);
    assert!(row.is_held() && !row.has_base());
    assert_eq!(row.findings()[0].place, Some(Place::row(2, 2)));
    assert_eq!(row.cells(), &[]);
}

#[test]
fn a_rename_is_an_edit_of_the_exported_name_and_names_whoever_may_have_it() {
    let key = id(1).to_string();
    let names = ["id", "userPrincipalName"];
    let row = checked(&names, &[&key, "new@x.nl"], base(&names, &[&key, "old@x.nl"]));
    assert_eq!(edit(&row), &Edit::Set(text("new@x.nl")));
    assert_eq!(row.upn().as_deref(), Some(&UpnKey::new("old@x.nl")));
    assert_eq!(row.label(), "new@x.nl");
    assert_eq!(
        row.references().collect::<Vec<_>>(),
        [&UserKey::Upn(UpnKey::new("new@x.nl"))]
    );
}

#[test]
fn the_exported_id_says_who_is_meant_where_the_sheet_has_only_names() {
    let row = checked(
        &["userPrincipalName", "jobTitle"],
        &["jan@x.nl", "Chef"],
        base(
            &["id", "userPrincipalName", "jobTitle"],
            &[&id(1).to_string(), "jan@x.nl", "Cook"],
        ),
    );
    assert_eq!(row.id(), Some(id(1)));
    assert_eq!(edit(&row), &Edit::Set(text("Chef")));
}

#[test]
fn a_base_of_another_user_holds_the_row() {
    let names = ["id", "userPrincipalName", "jobTitle"];
    let row = checked(
        &names,
        &[&id(1).to_string(), "jan@x.nl", "Chef"],
        base(&names, &[&id(2).to_string(), "jan@x.nl", "Cook"]),
    );
    assert_eq!(rules(&row), ["other-base"]);
    assert!(row.is_held());
    assert_eq!(row.cells(), &[]);
}

#[test]
fn columns_that_carry_nothing_of_ours_are_not_read() {
    let row = checked(
        &["id", "_status", "shoe size"],
        &[&id(1).to_string(), "failed", "44"],
        Base::None,
    );
    untouched(&row);
}

#[test]
fn every_problem_of_a_row_is_found_at_once() {
    let row = checked(
        &["id", "mail", "usageLocation", "jobTitle"],
        &["42", "x", "Holland", "Chef"],
        Base::None,
    );
    assert_eq!(rules(&row), ["not-an-id", "not-an-address", "not-a-country"]);
    assert!(row.findings().iter().all(|finding| finding.place.is_some()));
}

#[test]
fn the_warning_for_read_only_columns_names_the_header() {
    let finding = read_only_without_base(3, "createdDateTime");
    assert_eq!(finding.severity, Severity::Warning);
    assert_eq!(
        finding.place.and_then(|place| place.cell_name()).as_deref(),
        Some("D1")
    );
}
