//! Actions on accounts: the column `_action`, each word on the whole road from the sheet to the directory and back.

use std::collections::BTreeMap;
use std::path::PathBuf;

use dirsheet::sandbox::{People, SandboxOptions};
use serde_json::{Value, json};

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

struct Case {
    action: &'static str,
    allow: &'static [&'static str],
    /// The guard that refuses without it; switching on has none here yet.
    guard: Option<&'static str>,
    kind: &'static str,
    column: &'static str,
    method: &'static str,
    path: fn(&str) -> String,
    undo: Option<&'static str>,
}

const CASES: [Case; 6] = [
    Case {
        action: "disable",
        allow: &["--allow", "disable"],
        guard: Some("disable"),
        kind: "set",
        column: "accountEnabled",
        method: "PATCH",
        path: |id| format!("users/{id}"),
        undo: Some("PATCH"),
    },
    Case {
        action: "enable",
        allow: &[],
        guard: None,
        kind: "set",
        column: "accountEnabled",
        method: "PATCH",
        path: |id| format!("users/{id}"),
        undo: Some("PATCH"),
    },
    Case {
        action: "delete",
        allow: &["--allow", "delete"],
        guard: Some("delete"),
        kind: "delete",
        column: "accountState",
        method: "DELETE",
        path: |id| format!("users/{id}"),
        undo: Some("POST"),
    },
    Case {
        action: "restore",
        allow: &["--allow", "restore"],
        guard: Some("restore"),
        kind: "restore",
        column: "accountState",
        method: "POST",
        path: |id| format!("directory/deletedItems/{id}/restore"),
        undo: Some("DELETE"),
    },
    Case {
        action: "revoke-sessions",
        allow: &["--allow", "revoke-sessions"],
        guard: Some("revoke-sessions"),
        kind: "revoke-sessions",
        column: "signInSessions",
        method: "POST",
        path: |id| format!("users/{id}/revokeSignInSessions"),
        undo: None,
    },
    Case {
        action: "reset-password",
        allow: &["--allow", "reset-password"],
        guard: Some("reset-password"),
        kind: "reset-password",
        column: "accountPassword",
        method: "PATCH",
        path: |id| format!("users/{id}"),
        undo: None,
    },
];

/// What the directory says of the user, without the moments that only move forward.
fn state(stand: &Stand, id: &str) -> BTreeMap<&'static str, Value> {
    let user = stand.dump()[id].clone();
    [
        "accountEnabled",
        "deletedDateTime",
        "userPrincipalName",
        "jobTitle",
    ]
    .into_iter()
    .map(|name| match name {
        "deletedDateTime" => (name, json!(!user[name].is_null())),
        name => (name, user[name].clone()),
    })
    .collect()
}

#[test]
fn every_action_is_planned_guarded_done_proved_and_taken_back_with_one_write_a_user() {
    for case in CASES {
        let stand = Stand::open(options(60));
        let id = enabled(&stand, 1).remove(0);
        match case.action {
            "enable" => stand.edit(&id, "accountEnabled", false),
            "restore" => stand.edit(&id, "deletedDateTime", "2026-01-02T00:00:00Z"),
            _ => {}
        }
        let before = state(&stand, &id);
        leavers(&stand, &[(&id, case.action)]);

        let plan = [&["plan", "leavers.csv"][..], case.allow].concat();
        let told = stand.json(&plan, 0);
        assert_eq!(told["changes"][0]["kind"], case.kind, "{}", case.action);
        assert_eq!(told["changes"][0]["column"], case.column);
        assert_eq!(told["changes"][0]["undoable"], case.undo.is_some());
        assert_eq!(told["summary"]["requests"], 1);

        if let Some(guard) = case.guard {
            let refused = stand.run(&["apply", "leavers.csv", "--yes"]).must(4);
            let flag = format!("--allow {guard}");
            refused.says(&[guard, "limit 0, by default", &flag]);
            assert!(stand.history().is_empty());
        }

        let passwords = &["--passwords", "passwords.csv"];
        let apply = [&["apply", "leavers.csv", "--yes"][..], passwords, case.allow].concat();
        stand.run(&apply).must(0);
        assert_eq!(
            stand.path("passwords.csv").exists(),
            case.action == "reset-password",
            "a file only where it is needed"
        );
        let history = stand.history();
        assert_eq!(history.len(), 1, "{}", case.action);
        let path = (case.path)(&id);
        assert_eq!(
            (history[0].method.as_str(), &history[0].path),
            (case.method, &path)
        );
        let run = stand.newest_run();
        let report = stand.json(&["report", &run], 0);
        assert_eq!(report["summary"]["updated"], 1, "{}", case.action);
        let rows = stand.report(&run);
        assert_eq!(rows.of(&id, "_action"), case.action, "handed back as it was");
        assert_eq!(stand.stats().writes_received, 1);

        let mut undone = stand.run(&["undo", &run, "--yes"]);
        if case.undo == Some("DELETE") {
            // Taking somebody away must be said, also on the way back.
            undone.must(4).says(&["--allow delete"]);
            let more = ["--allow", "delete", "--max-actions", "0"];
            let undo = ["undo", &run, "--yes"];
            stand
                .run(&[&undo[..], &more].concat())
                .must(4)
                .says(&["--max-actions"]);
            undone = stand.run(&[&undo[..], &more[..2]].concat());
        }
        match case.undo {
            Some(method) => {
                undone.must(0);
                assert_eq!(state(&stand, &id), before, "{}", case.action);
                assert_eq!(stand.history().last().unwrap().method, method);
            }
            None => {
                undone.must(6).says(&[case.column]);
                assert_eq!(stand.history().len(), 1);
            }
        }
    }
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
