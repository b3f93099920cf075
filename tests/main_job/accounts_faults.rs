//! Actions on accounts when something goes wrong: no account is deleted twice, and never another one.

use std::collections::BTreeMap;
use std::time::Duration;

use dirsheet::sandbox::SandboxOptions;
use serde_json::json;

use super::accounts::{enabled, leavers, options};
use super::breaking_off::resumed;
use super::stand::{Stand, until};

const APPLY: [&str; 7] = [
    "apply",
    "leavers.csv",
    "--yes",
    "--allow",
    "delete,restore,revoke-sessions",
    "--max-actions",
    "100%",
];

fn deletes(stand: &Stand, count: usize) -> Vec<String> {
    let ids = enabled(stand, count);
    let rows: Vec<(&str, &str)> = ids.iter().map(|id| (id.as_str(), "delete")).collect();
    leavers(stand, &rows);
    ids
}

/// Exactly these users are deleted, each by one accepted request.
#[track_caller]
fn deleted_once(stand: &Stand, ids: &[String]) {
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for write in stand.history() {
        assert_eq!(write.method, "DELETE");
        *times.entry(write.user_id).or_default() += 1;
    }
    let once: BTreeMap<String, usize> = ids.iter().map(|id| (id.clone(), 1)).collect();
    assert_eq!(times, once);
    for (id, user) in stand.dump() {
        assert_eq!(!user["deletedDateTime"].is_null(), ids.contains(&id), "{id}");
    }
}

#[test]
fn a_run_of_deletes_that_is_killed_is_resumed_and_nobody_is_deleted_twice() {
    for (writes, pause) in [(1, 0), (40, 7), (75, 31)] {
        let stand = Stand::open(SandboxOptions {
            latency: Duration::from_millis(120),
            ..options(400)
        });
        let ids = deletes(&stand, 80);
        let apply = [&APPLY[..], &["--max-users", "100%"]].concat();
        let mut child = stand.command(&apply).spawn().unwrap();
        until("enough writes", || stand.history().len() >= writes);
        std::thread::sleep(Duration::from_millis(pause));
        child.kill().unwrap();
        child.wait().unwrap();
        stand.settle();
        let run = stand.newest_run();
        resumed(&stand, &run);
        deleted_once(&stand, &ids);
        let report = stand.json(&["report", &run], 0);
        assert_eq!(report["summary"]["updated"], 80, "{report}");
    }
}

#[test]
fn a_delete_without_a_clear_answer_is_looked_at_before_anything_is_sent_again() {
    for fault in [
        "504-after,on=write,times=1",
        "drop-after,on=write-batch,times=1",
        "missing,on=write,times=2",
        "truncated,on=write-batch,times=1",
        "500,on=write,times=3",
    ] {
        let stand = Stand::open(options(60));
        let ids = deletes(&stand, 5);
        stand.faults(fault);
        let ran = stand.run(&APPLY);
        if ran.code == Some(8) {
            resumed(&stand, &stand.newest_run());
        }
        deleted_once(&stand, &ids);
    }
}

#[test]
fn an_undo_whose_restore_got_no_clear_answer_restores_once_and_is_no_failure() {
    for fault in ["504-after,on=write,times=1", "504-after,on=write,times=3"] {
        let stand = Stand::open(options(60));
        let ids = deletes(&stand, 2);
        stand.run(&APPLY).must(0);
        stand.faults(fault);
        stand.run(&["undo", &stand.newest_run(), "--yes"]).must(0);
        let restores = stand
            .history()
            .iter()
            .filter(|write| write.method == "POST")
            .count();
        assert_eq!(restores, 2, "{fault}");
        let dump = stand.dump();
        assert!(ids.iter().all(|id| dump[id]["deletedDateTime"].is_null()));
    }
}

#[test]
fn deletes_and_restores_are_proved_although_servers_are_behind() {
    let stand = Stand::open(SandboxOptions {
        lag: Duration::from_millis(1_500),
        ..options(60)
    });
    let ids = deletes(&stand, 4);
    stand.run(&APPLY).must(0);
    deleted_once(&stand, &ids);
    let run = stand.newest_run();
    assert_eq!(stand.json(&["report", &run], 0)["summary"]["updated"], 4);
    std::thread::sleep(Duration::from_millis(1_600));
    let rows: Vec<(&str, &str)> = ids.iter().map(|id| (id.as_str(), "restore")).collect();
    leavers(&stand, &rows);
    stand.run(&APPLY).must(0);
    assert!(
        stand
            .dump()
            .values()
            .all(|user| user["deletedDateTime"].is_null())
    );
}

#[test]
fn what_is_deleted_already_needs_nothing_and_who_is_gone_for_good_is_a_finding() {
    let stand = Stand::open(options(60));
    let ids = deletes(&stand, 2);
    stand.edit(&ids[0], "deletedDateTime", "2026-01-02T00:00:00Z");
    let plan = stand.json(&["plan", "leavers.csv", "--allow", "delete"], 0);
    assert_eq!(plan["summary"]["users_changed"], 1);
    leavers(
        &stand,
        &[
            ("0a1b2c3d-0000-4000-8000-00000000000f", "restore"),
            (&ids[0], "disable"),
        ],
    );
    let told = stand.json(&["plan", "leavers.csv", "--allow", "restore"], 3);
    for (at, words) in [
        (0, "neither among the users nor among the deleted ones"),
        (1, "no user of the directory"),
    ] {
        let finding = &told["findings"][at];
        assert_eq!(finding["rule"], "unknown-user");
        assert!(finding["message"].as_str().unwrap().contains(words), "{finding}");
    }
}

#[test]
fn a_restore_whose_name_is_taken_is_refused_and_the_others_are_not() {
    let stand = Stand::open(options(60));
    let ids = enabled(&stand, 3);
    let name = stand.dump()[&ids[0]]["userPrincipalName"].clone();
    for id in &ids[..2] {
        stand.edit(id, "deletedDateTime", "2026-01-02T00:00:00Z");
    }
    stand.edit(&ids[2], "userPrincipalName", name.as_str().unwrap());
    leavers(&stand, &[(&ids[0], "restore"), (&ids[1], "restore")]);
    stand.run(&APPLY).must(6).says(&["userPrincipalName"]);
    let dump = stand.dump();
    assert!(dump[&ids[0]]["deletedDateTime"].is_string());
    assert_eq!(dump[&ids[1]]["deletedDateTime"], json!(null));
    let report = stand.report(&stand.newest_run());
    assert_eq!(report.of(&ids[0], "_status"), "failed");
    assert_eq!(report.of(&ids[0], "_action"), "restore");
}

#[test]
fn an_action_that_the_sign_in_may_not_do_is_foreseen_and_not_sent() {
    let stand = Stand::open(SandboxOptions {
        roles: vec![
            "User.ReadWrite.All".to_owned(),
            "Organization.Read.All".to_owned(),
            "RoleManagement.Read.Directory".to_owned(),
        ],
        app_role: None,
        ..options(60)
    });
    let ids = enabled(&stand, 2);
    leavers(&stand, &[(&ids[0], "delete"), (&ids[1], "revoke-sessions")]);
    let told = stand.json(&["plan", "leavers.csv"], 0);
    let needs: Vec<&str> = told["refusals_foreseen"]
        .as_array()
        .unwrap()
        .iter()
        .map(|refusal| refusal["needs"].as_str().unwrap())
        .collect();
    assert_eq!(needs, ["User.DeleteRestore.All", "User.RevokeSessions.All"]);
    stand.run(&APPLY).must(7);
    assert_eq!(stand.stats().writes_received, 0);
}
