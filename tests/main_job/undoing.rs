//! Taking a run back: everything it wrote is as before, later edits of others stay, and what cannot be undone is said.

use std::collections::BTreeSet;

use dirsheet::sandbox::SandboxOptions;
use serde_json::json;

use super::big::{Wish, fulfilled, id, requests, same_directory, wishes, write_into};
use super::breaking_off::{APPLY, slow};
use super::stand::{Dump, Stand, people};

/// A run over edits of every kind: lists, dates, switches, leaves that travel together, clears, managers set, replaced and
/// removed.
fn applied(edited: usize) -> (Stand, Vec<Wish>, Dump, String) {
    let stand = Stand::of(edited + 60);
    // Somebody who gets a first manager, beside those whose manager is replaced or removed.
    if let Some(user) = stand.ordinary().get(6) {
        stand.edit(&id(user), "manager", serde_json::Value::Null);
    }
    let before = stand.dump();
    let columns = "default,onPremisesExtensionAttributes.extensionAttribute1";
    stand
        .run(&["export", "-o", "users.csv", "--columns", columns])
        .must(0);
    let mut sheet = stand.sheet("users.csv");
    let mut wishes = wishes(&stand.ordinary(), edited);
    // What cannot be emptied again has a test of its own.
    wishes.retain(|wish| !(wish.column == "usageLocation" && before[&wish.user]["usageLocation"].is_null()));
    write_into(&mut sheet, &wishes);
    stand.save("users.csv", &sheet);
    stand.run(&[&APPLY[..], &["--quiet"]].concat()).must(0);
    same_directory(&fulfilled(&before, &wishes), &stand.dump());
    let run = stand.newest_run();
    (stand, wishes, before, run)
}

fn users(wishes: &[Wish]) -> BTreeSet<&str> {
    wishes.iter().map(|wish| wish.user.as_str()).collect()
}

#[test]
fn a_whole_run_is_taken_back_and_taken_back_again_and_once_more_finds_nothing_to_do() {
    let (stand, wishes, before, run) = applied(60);
    let managers = wishes.iter().filter(|wish| wish.column == "manager");
    let kinds: BTreeSet<(bool, bool)> = managers
        .map(|wish| (before[&wish.user]["manager"].is_null(), wish.stored.is_null()))
        .collect();
    assert_eq!(kinds.len(), 3, "managers set, replaced and removed: {kinds:?}");
    let writes = stand.history().len();

    let undone = stand.json(&["undo", &run, "--yes"], 0);
    same_directory(&before, &stand.dump());
    assert_eq!(
        stand.history().len() - writes,
        requests(&wishes),
        "one request for each of the run's"
    );
    assert_eq!(undone["summary"]["updated"], users(&wishes).len());
    let undo = undone["run"].as_str().unwrap().to_owned();
    let listed = stand.json(&["runs"], 0);
    assert_eq!(listed[0]["id"], undo.as_str());
    assert_eq!(listed[0]["command"], format!("undo {run}"));
    // The report is laid out as the run's sheet.
    let (report, sheet) = (stand.report(&undo), stand.sheet("users.csv"));
    assert_eq!(report.header[..sheet.header.len()], sheet.header);
    assert_eq!(report.cells("id"), sheet.cells("id"));

    let writes = stand.history().len();
    let again = stand.run(&["undo", &run, "--yes"]).must(0);
    again.says(&["Nothing is left to undo", "Nothing was written"]);
    assert_eq!(stand.history().len(), writes);
    assert_eq!(
        stand.json(&["runs"], 0).as_array().unwrap().len(),
        2,
        "no run is made"
    );

    stand.run(&["undo", &undo, "--yes"]).must(0);
    same_directory(&fulfilled(&before, &wishes), &stand.dump());
}

#[test]
fn a_later_edit_stops_the_undo_unless_it_is_told_to_go_on() {
    let (stand, wishes, before, run) = applied(20);
    let user = wishes[0].user.clone();
    stand.edit(&user, "jobTitle", "Somebody else");
    let (live, writes) = (stand.dump(), stand.history().len());
    let stopped = stand.run(&["undo", &run, "--yes"]).must(5);
    stopped.says(&[
        "changed by somebody else after the run",
        "Somebody else",
        "--conflicts skip",
    ]);
    let told = stand.json(&["undo", &run, "--yes"], 5);
    assert_eq!(told["guards"], json!([]));
    assert_eq!(told["summary"]["conflicts"], 1);
    assert_eq!(told["conflicts"][0]["live"], "Somebody else");
    assert_eq!(told["changes"][0]["undoable"], true);
    same_directory(&live, &stand.dump());
    assert_eq!(stand.history().len(), writes);

    stand.run(&["undo", &run, "--yes", "--conflicts", "skip"]).must(6);
    let mut expected = before.clone();
    expected.get_mut(&user).unwrap()["jobTitle"] = json!("Somebody else");
    same_directory(&expected, &stand.dump());
    let report = stand.report(&stand.newest_run());
    assert!(["conflict", "partial"].contains(&report.of(&user, "_status")));
    assert!(report.of(&user, "_error").contains("Somebody else"));

    stand.run(&["undo", &run, "--yes", "--conflicts", "mine"]).must(0);
    same_directory(&before, &stand.dump());
}

#[test]
fn only_the_rows_and_columns_that_are_named_are_taken_back() {
    let (stand, wishes, before, run) = applied(20);
    let sheet = stand.sheet("users.csv");
    let row_of = |user: &str| sheet.row_of(user) + 2;
    let users = users(&wishes);
    let first = *users.iter().min_by_key(|user| row_of(user)).unwrap();
    let row = row_of(first);
    let span = format!("{row}-{}", row + 3);
    let in_span = |user: &str| (row..=row + 3).contains(&row_of(user));
    stand
        .run(&["undo", &run, "--yes", "--rows", &span, "--columns", "jobTitle"])
        .must(0);
    let is_left = |wish: &&Wish| !(in_span(&wish.user) && wish.column == "jobTitle");
    let left: Vec<Wish> = wishes
        .iter()
        .filter(is_left)
        .map(|wish| Wish {
            user: wish.user.clone(),
            column: wish.column,
            cell: wish.cell.clone(),
            stored: wish.stored.clone(),
        })
        .collect();
    assert!(left.len() < wishes.len() && !left.is_empty());
    same_directory(&fulfilled(&before, &left), &stand.dump());

    let writes = stand.history().len();
    let last = sheet.rows.len() + 1;
    for (arguments, words) in [
        (
            ["--rows", &(last + 1).to_string()],
            format!("no row {}", last + 1),
        ),
        (
            ["--rows", &format!("2-{}", last + 9)],
            format!("no row {}", last + 9),
        ),
        (["--rows", "1"], "no row 1".to_owned()),
        (["--rows", "x"], "`x` is not a row".to_owned()),
        (["--columns", "shoeSize"], "--columns shoeSize".to_owned()),
        (
            ["--columns", "jobTitle,department"],
            "--columns department".to_owned(),
        ),
    ] {
        let refused = stand
            .run(&[&["undo", &run, "--yes"][..], &arguments].concat())
            .must(2);
        refused.says(&[&words]);
    }
    assert_eq!(stand.history().len(), writes);
}

#[test]
fn guards_refuse_an_undo_only_where_a_limit_is_typed() {
    let (stand, wishes, before, run) = applied(40);
    let writes = stand.history().len();
    let count = users(&wishes).len().to_string();
    for limit in [["--max-users", "3"], ["--expect", "3"], ["--max-clears", "0"]] {
        let refused = stand
            .run(&[&["undo", &run, "--yes"][..], &limit].concat())
            .must(4);
        refused.says(&["a guard refused", limit[0]]);
    }
    assert_eq!(stand.history().len(), writes);
    stand.run(&["undo", &run, "--yes", "--expect", &count]).must(0);
    same_directory(&before, &stand.dump());
}

#[test]
fn an_undo_asks_and_without_anybody_to_ask_it_needs_a_yes() {
    let (stand, _, _, run) = applied(10);
    let writes = stand.history().len();
    let asked = stand.run(&["undo", &run]).must(2);
    let asked = asked.says(&["Undo of run-", "needs a yes", "--yes"]);
    assert!(!asked.stderr.contains("Guards"), "{}", asked.stderr);
    assert_eq!(stand.history().len(), writes);
    stand
        .run(&["undo", "run-20200101-000000-0000", "--yes"])
        .must(2)
        .says(&["dirsheet runs"]);
    stand.run(&["undo", "nonsense", "--yes"]).must(2);
    assert!(!stand.state().join("runs/run-20200101-000000-0000").exists());
}

#[test]
fn what_cannot_be_undone_is_said_before_it_is_written_and_again_by_the_undo() {
    let stand = Stand::of(120);
    let mut sheet = stand.export();
    let somebody = stand
        .ordinary()
        .into_iter()
        .find(|user| user["usageLocation"].is_null())
        .map(|user| id(&user))
        .unwrap_or_else(|| {
            let user = id(&stand.ordinary()[0]);
            stand.edit(&user, "usageLocation", serde_json::Value::Null);
            user
        });
    if !sheet.of(&somebody, "usageLocation").is_empty() {
        sheet = stand.export();
    }
    let before = stand.dump();
    sheet.set(&somebody, "usageLocation", "NL");
    sheet.set(&somebody, "jobTitle", "Resident");
    stand.save("users.csv", &sheet);
    let line = "1 change cannot be undone later: usageLocation (was empty and cannot be emptied again)";
    stand.run(&["plan", "users.csv"]).must(0).says(&[line]);
    let plan = stand.json(&["plan", "users.csv"], 0);
    assert_eq!(plan["summary"]["cannot_be_undone"], 1);
    for change in plan["changes"].as_array().unwrap() {
        assert_eq!(
            change["undoable"],
            change["column"] != "usageLocation",
            "{change}"
        );
    }
    stand.run(&["apply", "users.csv", "--yes"]).must(0).says(&[line]);
    let run = stand.newest_run();
    stand.run(&["undo", &run, "--yes"]).must(6);
    let mut expected = before.clone();
    expected.get_mut(&somebody).unwrap()["usageLocation"] = json!("NL");
    same_directory(&expected, &stand.dump());
    let report = stand.report(&stand.newest_run());
    assert_eq!(report.of(&somebody, "_status"), "partial");
    assert!(report.of(&somebody, "_error").contains("cannot be emptied"));
    // Nothing else is left, and that is said as what it is.
    let left = stand.run(&["undo", &run, "--yes"]).must(6);
    left.says(&["Cannot be taken back", "can be taken back. Nothing was written"]);
}

#[test]
fn a_run_that_was_broken_off_is_taken_back_and_then_cannot_be_resumed() {
    let stand = Stand::of(300);
    let before = stand.dump();
    let mut sheet = stand.export();
    let wishes: Vec<Wish> = wishes(&stand.ordinary(), 160)
        .into_iter()
        .filter(|wish| wish.column == "jobTitle")
        .collect();
    write_into(&mut sheet, &wishes);
    stand.save("users.csv", &sheet);
    stand.faults("503,on=patch,after=60");
    stand.run(&[&APPLY[..], &["--deadline", "6s"]].concat()).must(8);
    stand.faults("");
    let run = stand.newest_run();
    assert_eq!(stand.history().len(), 60);
    let in_doubt = stand.json(&["report", &run], 0)["summary"]["failed"]
        .as_u64()
        .unwrap();
    assert!(in_doubt > 0);
    stand.run(&["undo", &run, "--yes", "--quiet"]).must(0);
    same_directory(&before, &stand.dump());
    // What is in doubt is set back as well: that nobody sees it yet does not mean that it did not land.
    let writes = stand.history().len();
    assert_eq!(writes, 120 + usize::try_from(in_doubt).unwrap());
    let refused = stand.run(&["resume", &run, "--yes"]).must(2);
    refused.says(&["was taken back by run-", "dirsheet plan SHEET"]);
    assert_eq!(stand.history().len(), writes);
}

#[test]
fn an_undo_that_was_broken_off_is_resumed_like_any_run() {
    let (stand, _, before, run) = applied(40);
    stand.faults("503,on=patch,after=5");
    stand
        .run(&["undo", &run, "--yes", "--deadline", "4s"])
        .must(8)
        .says(&["dirsheet resume"]);
    stand.faults("");
    let undo = stand.newest_run();
    assert_ne!(undo, run);
    super::breaking_off::resumed(&stand, &undo);
    same_directory(&before, &stand.dump());
}

#[test]
fn a_run_is_taken_back_only_where_it_began_and_while_nobody_works_on_it() {
    let (mut stand, _, _, run) = applied(10);
    let lock = std::fs::File::open(stand.state().join("runs").join(&run).join("lock")).unwrap();
    lock.lock().unwrap();
    stand
        .run(&["undo", &run, "--yes"])
        .must(2)
        .says(&["in use by another dirsheet"]);
    drop(lock);
    let other = Stand::open(SandboxOptions {
        seed: 9,
        ..people(40)
    });
    stand.turn_to(&other);
    stand
        .run(&["undo", &run, "--yes"])
        .must(2)
        .says(&["belongs to tenant"]);
    assert!(other.history().is_empty());
}

#[test]
fn a_run_of_which_nothing_was_sent_is_given_up_by_undo() {
    let (stand, _, before) = slow(200, 40, 0);
    stand.faults("429:60,on=write-batch");
    stand.run(&[&APPLY[..], &["--deadline", "2s"]].concat()).must(8);
    stand.faults("");
    let run = stand.newest_run();
    // Only a row of it: the rest may still follow.
    stand
        .run(&["undo", &run, "--rows", "2", "--yes"])
        .must(0)
        .says(&["was not finished", "would still send"]);
    stand
        .run(&["undo", &run, "--yes"])
        .must(0)
        .says(&["Nothing is left to undo", "is given up"]);
    stand
        .run(&["resume", &run, "--yes"])
        .must(2)
        .says(&["given up by `undo`"]);
    same_directory(&before, &stand.dump());
    assert!(stand.history().is_empty());
}

#[test]
fn a_column_is_named_in_any_case_or_by_its_label() {
    let (stand, _, before) = slow(200, 40, 0);
    stand.run(&APPLY).must(0);
    let run = stand.newest_run();
    for name in ["JOBTITLE", "Job title"] {
        let shown = stand.run(&["undo", &run, "--columns", name]).must(2);
        assert!(!shown.stderr.contains("no such column"), "{}", shown.stderr);
    }
    stand
        .run(&["undo", &run, "--columns", "jobtitle", "--yes"])
        .must(0);
    let after = stand.dump();
    assert!(
        before
            .iter()
            .all(|(id, user)| after[id]["jobTitle"] == user["jobTitle"])
    );
}
