//! Actions on accounts: the column `_action`, what guards it, and what contradicts it.

use std::path::PathBuf;

use dirsheet::sandbox::{People, SandboxOptions};

use super::sheet::Sheet;
use super::stand::{Stand, people};

/// What the actions need beside the ordinary permissions.
const PERMISSIONS: [&str; 7] = [
    "User.ReadWrite.All",
    "User.EnableDisableAccount.All",
    "Organization.Read.All",
    "User.DeleteRestore.All",
    "User.RevokeSessions.All",
    "User-PasswordProfile.ReadWrite.All",
    "RoleManagement.Read.Directory",
];

pub fn options(users: usize) -> SandboxOptions {
    SandboxOptions {
        roles: PERMISSIONS.iter().map(|role| (*role).to_owned()).collect(),
        app_role: Some("User Administrator".to_owned()),
        ..people(users)
    }
}

/// The ids of so many ordinary users whose accounts are switched on.
pub fn enabled(stand: &Stand, count: usize) -> Vec<String> {
    let ids: Vec<String> = stand
        .ordinary()
        .iter()
        .filter(|user| user["accountEnabled"] == true)
        .take(count)
        .map(|user| user["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), count);
    ids
}

/// A sheet of ids and actions alone.
pub fn leavers(stand: &Stand, rows: &[(&str, &str)]) {
    let rows: Vec<[&str; 2]> = rows.iter().map(|(id, action)| [*id, *action]).collect();
    let rows: Vec<&[&str]> = rows.iter().map(|row| &row[..]).collect();
    stand.save("leavers.csv", &Sheet::new(&["id", "_action"], &rows));
}

#[test]
fn an_action_is_refused_by_a_guard_of_its_own_and_handed_back_in_the_report_as_it_was() {
    // Whoever may be switched on again needs no word here.
    for action in [
        "disable",
        "delete",
        "restore",
        "revoke-sessions",
        "reset-password",
    ] {
        let stand = Stand::open(options(60));
        let id = enabled(&stand, 1).remove(0);
        if action == "restore" {
            stand.edit(&id, "deletedDateTime", "2026-01-02T00:00:00Z");
        }
        leavers(&stand, &[(&id, action)]);
        stand
            .run(&["apply", "leavers.csv", "--yes"])
            .must(4)
            .says(&[action, "limit 0, by default"]);
        let passwords = ["--passwords", "passwords.csv"];
        let apply = ["apply", "leavers.csv", "--yes", "--allow", action];
        stand.run(&[&apply[..], &passwords].concat()).must(0);
        let file = stand.path("passwords.csv");
        assert_eq!(
            file.exists(),
            action == "reset-password",
            "a file only where it is needed"
        );
        let rows = stand.report(&stand.newest_run());
        assert_eq!(rows.of(&id, "_action"), action);
    }
}

#[test]
fn an_undo_that_takes_somebody_away_must_be_allowed_to_like_a_sheet() {
    let stand = Stand::open(options(60));
    let id = enabled(&stand, 1).remove(0);
    stand.edit(&id, "deletedDateTime", "2026-01-02T00:00:00Z");
    leavers(&stand, &[(&id, "restore")]);
    stand
        .run(&["apply", "leavers.csv", "--yes", "--allow", "restore"])
        .must(0);
    let run = stand.newest_run();
    let undo = ["undo", &run, "--yes"];
    stand.run(&undo).must(4).says(&["--allow delete"]);
    let more = ["--allow", "delete", "--max-actions", "0"];
    stand
        .run(&[&undo[..], &more].concat())
        .must(4)
        .says(&["--max-actions"]);
    assert_eq!(stand.history().len(), 1);
}

#[test]
fn a_blank_action_and_a_row_that_is_not_there_mean_nothing() {
    let stand = Stand::open(options(40));
    let before = stand.dump();
    let ids = enabled(&stand, 2);
    leavers(&stand, &[(&ids[0], ""), (&ids[1], "  ")]);
    stand
        .run(&["apply", "leavers.csv", "--yes", "--allow", "delete"])
        .must(0)
        .says(&["Nothing to write"]);
    assert!(stand.history().is_empty());
    assert_eq!(stand.dump(), before);
}

#[test]
fn what_is_no_action_or_contradicts_the_row_holds_the_whole_row_back() {
    let stand = Stand::open(options(40));
    let ids = enabled(&stand, 5);
    // Without a base only the directory tells whether a cell asks for anything, so the second row is told of by the plan.
    let header = ["id", "jobTitle", "accountEnabled", "_action"];
    let rows = [
        [ids[0].as_str(), "Cook", "", "delte"],
        [&ids[1], "Cook", "", "delete"],
        [&ids[2], "", "true", "disable"],
        [&ids[3], "", "", "disable; enable"],
        [&ids[4], "", "false", "disable"],
    ];
    let rows: Vec<&[&str]> = rows.iter().map(|row| &row[..]).collect();
    stand.save("sheet.csv", &Sheet::new(&header, &rows));
    let told = stand.json(&["check", "sheet.csv"], 3);
    let rules: Vec<&str> = told["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["severity"] == "error")
        .map(|finding| finding["rule"].as_str().unwrap())
        .collect();
    assert_eq!(
        rules,
        ["unknown-action", "actions-contradict", "actions-contradict"]
    );
    assert_eq!(told["findings"][0]["help"], "did you mean `delete`?");
    stand.run(&["check", "sheet.csv"]).must(3).says(&[
        "`disable` and the cell of `accountEnabled` of this row contradict each other",
        "`enable` and `disable` of this row contradict each other",
    ]);
    stand
        .run(&[
            "apply",
            "sheet.csv",
            "--yes",
            "--skip-errors",
            "--allow",
            "disable,delete",
        ])
        .must(6);
    let history = stand.history();
    assert_eq!(history.len(), 1);
    assert_eq!(history[0].user_id, ids[4]);
}

#[test]
fn a_user_who_is_deleted_in_one_row_and_edited_in_another_is_left_alone() {
    let stand = Stand::open(options(40));
    let ids = enabled(&stand, 1);
    let header = ["id", "jobTitle", "_action"];
    let rows: [&[&str]; 2] = [&[&ids[0], "", "delete"], &[&ids[0], "Cook", ""]];
    stand.save("sheet.csv", &Sheet::new(&header, &rows));
    let ran = stand.run(&["apply", "sheet.csv", "--yes", "--allow", "delete"]);
    ran.must(3).says(&["cannot be changed in the same run"]);
    assert!(stand.history().is_empty());
    // In an export the edit is known without the directory.
    let mut sheet = stand.export();
    sheet.set(&ids[0], "jobTitle", "Cook");
    let id = sheet.column("id");
    for row in &mut sheet.rows {
        let action = if row[id] == ids[0] { "delete" } else { "" };
        row.push(action.to_owned());
    }
    sheet.header.push("_action".to_owned());
    stand.save("users.csv", &sheet);
    let told = stand.json(&["check", "users.csv"], 3);
    assert_eq!(told["findings"][0]["rule"], "action-not-alone");
}

#[test]
fn an_allowed_action_still_stops_above_its_number() {
    let stand = Stand::open(options(80));
    let ids = enabled(&stand, 11);
    let rows: Vec<(&str, &str)> = ids.iter().map(|id| (id.as_str(), "delete")).collect();
    leavers(&stand, &rows);
    let allowed = ["apply", "leavers.csv", "--yes", "--allow", "delete"];
    stand.run(&allowed).must(4).says(&[
        "max-actions",
        "accounts deleted: 11 users",
        "limit 10",
        "--max-actions 11",
    ]);
    assert!(stand.history().is_empty());
    stand
        .run(&[&allowed[..], &["--max-actions", "11"]].concat())
        .must(0);
    assert_eq!(stand.history().len(), 11);
}

#[test]
fn the_sample_of_leavers_is_what_it_says() {
    let samples = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples");
    let stand = Stand::open(SandboxOptions {
        people: People::FromSheet(samples.join("directory.csv")),
        ..options(0)
    });
    let sample = samples.join("leavers.csv");
    let sheet = sample.to_str().unwrap();
    let allow = "disable,delete,revoke-sessions";
    let told = stand.json(&["plan", sheet, "--allow", allow], 0);
    let kinds: Vec<&str> = told["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| change["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        ["set", "revoke-sessions", "set", "revoke-sessions", "delete"]
    );
    stand.run(&["apply", sheet, "--yes", "--allow", allow]).must(0);
    let dump = stand.dump();
    let of = |alias: &str| dump.values().find(|user| user["mailNickname"] == alias).unwrap();
    assert_eq!(of("tijs.bakker")["accountEnabled"], false);
    assert!(of("pieter.bos")["deletedDateTime"].is_string());
    assert!(of("noor.dewit")["deletedDateTime"].is_null());
}
