//! The streams: data on stdout, everything else on stderr, names that programs can rely on.

use std::io::{BufRead, BufReader};

use serde_json::Value;

use super::big::id;
use super::sheet::Sheet;
use super::stand::{Stand, finish};

#[track_caller]
fn has(object: &Value, names: &[&str]) {
    for name in names {
        assert!(object.get(name).is_some(), "`{name}` is missing in {object:#}");
    }
}

/// Forty people, a good edit, a clear, a conflict and a bad cell.
fn mixed() -> (Stand, Vec<String>) {
    let stand = Stand::of(40);
    let users: Vec<String> = stand.ordinary().iter().take(4).map(id).collect();
    stand.edit(&users[1], "jobTitle", "To be cleared");
    let mut sheet = stand.export();
    sheet.set(&users[0], "jobTitle", "Good");
    sheet.set(&users[1], "jobTitle", "");
    sheet.set(&users[2], "jobTitle", "Mine");
    sheet.set(&users[3], "usageLocation", "Atlantis");
    stand.edit(&users[2], "jobTitle", "Theirs");
    stand.save("users.csv", &sheet);
    (stand, users)
}

#[test]
fn the_json_of_check_has_the_promised_names() {
    let (stand, _) = mixed();
    let check = stand.json(&["check", "users.csv"], 3);
    has(&check["sheet"], &["encoding", "delimiter", "rows", "columns"]);
    assert_eq!(check["sheet"]["rows"], 40);
    let names = [
        "rule", "severity", "line", "cell", "column", "user", "found", "message", "help", "repair",
    ];
    has(&check["findings"][0], &names);
    assert_eq!(check["findings"][0]["found"], "Atlantis");
}

#[test]
fn the_json_of_plan_has_the_promised_names() {
    let (stand, users) = mixed();
    let plan = stand.json(&["plan", "users.csv", "--skip-errors", "--conflicts", "skip"], 0);
    has(
        &plan,
        &["sheet", "findings", "summary", "changes", "conflicts", "guards"],
    );
    let names = [
        "users_changed",
        "cells_changed",
        "clears",
        "unchanged_rows",
        "conflicts",
        "refusals_foreseen",
        "requests",
        "seconds",
    ];
    has(&plan["summary"], &names);
    assert_eq!(plan["summary"]["users_changed"], 2);
    assert_eq!(plan["summary"]["clears"], 1);
    has(
        &plan["changes"][0],
        &["user", "userPrincipalName", "column", "before", "after", "kind"],
    );
    has(
        &plan["conflicts"][0],
        &["user", "column", "base", "edited", "live"],
    );
    assert_eq!(plan["conflicts"][0]["user"], users[2]);
    let kinds: Vec<&str> = plan["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| change["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["set", "clear"]);
}

#[test]
fn the_json_of_apply_report_runs_and_snapshots_has_the_promised_names() {
    let (stand, users) = mixed();
    let apply = stand.json(
        &[
            "apply",
            "users.csv",
            "--yes",
            "--skip-errors",
            "--conflicts",
            "skip",
        ],
        6,
    );
    has(&apply, &["run", "summary", "rows"]);
    let statuses = [
        "unchanged",
        "updated",
        "partial",
        "failed",
        "conflict",
        "skipped",
        "not sent",
    ];
    has(&apply["summary"], &statuses);
    let all: u64 = statuses
        .iter()
        .map(|status| apply["summary"][status].as_u64().unwrap())
        .sum();
    assert_eq!(all, 40, "every row has one status");
    let columns = [
        "_status",
        "_changes",
        "_error_code",
        "_error",
        "_hint",
        "_request_id",
        "_finished_at",
    ];
    has(&apply["rows"][0], &columns);
    let run = apply["run"].as_str().unwrap();
    let report = stand.json(&["report", run], 0);
    assert_eq!(report["rows"], apply["rows"]);
    assert_eq!(report["summary"], apply["summary"]);
    let by_format = stand.run(&["report", run, "--format", "json"]).must(0);
    assert_eq!(
        serde_json::from_str::<Value>(&by_format.stdout).unwrap()["rows"],
        apply["rows"]
    );
    let runs = stand.json(&["runs"], 0);
    has(
        &runs[0],
        &["id", "state", "started_at", "sheet", "updated", "failed"],
    );
    assert_eq!(runs[0]["id"], run);
    assert_eq!(runs[0]["state"], "finished");
    let snapshots = stand.json(&["snapshots"], 0);
    has(&snapshots[0], &["id", "taken_at", "users", "tenant"]);
    let row = apply["rows"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["user"] == users[2].as_str())
        .unwrap();
    assert_eq!(row["_status"], "conflict");
}

#[test]
fn the_json_of_columns_lists_every_attribute_and_the_presets() {
    let stand = Stand::of(1);
    let columns = stand.json(&["columns"], 0);
    let listed = columns["columns"].as_array().unwrap();
    assert!(listed.len() > 80);
    has(&listed[0], &["name", "label", "kind", "writable", "exportable"]);
    has(&columns["presets"], &["default", "all", "minimal", "hr"]);
    assert_eq!(stand.stats().http_requests, 0);
}

#[test]
fn newest_runs_and_snapshots_come_first() {
    let stand = Stand::of(20);
    let user = id(&stand.ordinary()[0]);
    for title in ["One", "Two"] {
        let mut sheet = stand.export();
        sheet.set(&user, "jobTitle", title);
        stand.save("users.csv", &sheet);
        stand.run(&["apply", "users.csv", "--yes"]).must(0);
        // Names hold the second in which a run began.
        std::thread::sleep(std::time::Duration::from_millis(1_100));
    }
    for (list, moment) in [("runs", "started_at"), ("snapshots", "taken_at")] {
        let listed = stand.json(&[list], 0);
        assert_eq!(listed.as_array().unwrap().len(), 2);
        assert!(
            listed[0][moment].as_str() > listed[1][moment].as_str(),
            "{listed:#}"
        );
    }
}

#[test]
fn stdout_holds_data_only_and_quiet_leaves_stderr_empty() {
    let stand = Stand::of(40);
    let ran = stand.run(&["export"]).must(0);
    assert_eq!(Sheet::parse(ran.stdout.as_bytes()).rows.len(), 40);
    assert!(ran.stderr.contains("Exported 40 users"));
    let ran = stand.run(&["export", "-o", "users.csv"]).must(0);
    assert_eq!(ran.stdout, "");
    for arguments in [
        &["export", "-o", "users.csv", "--quiet"][..],
        &["check", "users.csv", "--quiet"],
        &["plan", "users.csv", "--quiet"],
        &["apply", "users.csv", "--yes", "--quiet"],
        &["runs", "--quiet"],
        &["snapshots", "--quiet"],
    ] {
        let ran = stand.run(arguments).must(0);
        assert_eq!(ran.stderr, "", "{arguments:?}");
    }
    let ran = stand.run(&["export", "--columns", "nonsense", "--quiet"]).must(2);
    assert!(
        ran.stderr.contains("unknown column: `nonsense`"),
        "errors are said to everybody"
    );
}

#[test]
fn progress_for_programs_is_one_object_a_line() {
    let stand = Stand::of(200);
    let mut sheet = stand.export();
    let users: Vec<String> = stand.ordinary().iter().take(30).map(id).collect();
    for (at, user) in users.iter().enumerate() {
        sheet.set(user, "jobTitle", format!("Title {at}"));
    }
    stand.save("users.csv", &sheet);
    stand.faults("429:1,on=patch,times=3");
    let ran = stand
        .run(&["apply", "users.csv", "--yes", "--progress", "json"])
        .must(0);
    let events: Vec<Value> = ran
        .stderr
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    let of = |name: &str| events.iter().filter(|event| event["event"] == name).count();
    assert_eq!(of("operation_settled"), 30);
    assert_eq!(of("phase_started"), of("phase_finished"));
    let waiting = events.iter().find(|event| event["event"] == "waiting").unwrap();
    assert!(!waiting["reason"].as_str().unwrap().is_empty());
    let done: Vec<&Value> = events.iter().filter(|event| event["phase"] == "apply").collect();
    assert_eq!(done.last().unwrap()["done"], 30);
}

#[test]
fn colours_are_for_those_who_ask() {
    let stand = Stand::of(20);
    stand.export();
    let ran = stand.run(&["plan", "users.csv"]).must(0);
    assert!(!ran.stdout.contains('\u{1b}') && !ran.stderr.contains('\u{1b}'));
    let ran = stand.run(&["plan", "users.csv", "--color", "always"]).must(0);
    assert!(ran.stdout.contains('\u{1b}'));
}

/// Reads one line, then goes away, as `head -n 1` does.
#[track_caller]
fn cut_off(stand: &Stand, arguments: &[&str]) {
    let mut child = stand.command(arguments).spawn().unwrap();
    let mut reader = BufReader::with_capacity(64, child.stdout.take().unwrap());
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    assert!(!line.is_empty());
    drop(reader);
    let ran = finish(child, arguments.join(" "));
    let ran = ran.must(0);
    assert!(!ran.stderr.contains("error"), "{}", ran.stderr);
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let stand = Stand::of(3_000);
    let mut sheet = stand.export();
    for (at, user) in stand.ordinary().iter().take(40).enumerate() {
        sheet.set(&id(user), "jobTitle", format!("Title {at}"));
    }
    stand.save("users.csv", &sheet);
    stand.run(&["apply", "users.csv", "--yes"]).must(0);
    let run = stand.newest_run();
    cut_off(&stand, &["columns"]);
    cut_off(&stand, &["export"]);
    cut_off(&stand, &["export", "--format", "jsonl"]);
    cut_off(&stand, &["report", &run, "--format", "csv"]);
    cut_off(&stand, &["report", &run, "--json"]);
}

#[test]
fn usage_mistakes_end_with_2_and_help_with_0() {
    let stand = Stand::of(1);
    stand.run(&["nonsense"]).must(2);
    stand.run(&["apply"]).must(2);
    stand.run(&["apply", "users.csv", "--max-users", "many"]).must(2);
    stand
        .run(&["apply", "users.csv", "--allow", "everything"])
        .must(2);
    stand.run(&["apply", "users.csv", "--deadline", "soon"]).must(2);
    stand.run(&["report", "run-20200101-000000-0000"]).must(2);
    stand
        .run(&["--help"])
        .must(0)
        .says(&["Exit codes:\n", "    0  done, nothing left to do\n"]);
    stand.run(&["--version"]).must(0).says(&["dirsheet 0."]);
    stand.run(&["completions", "bash"]).must(0).says(&["_dirsheet"]);
}

#[test]
fn every_command_has_a_manual_page_with_its_examples() {
    let stand = Stand::of(1);
    stand.run(&["man", "new/man1"]).must(0).says(&["new/man1"]);
    let pages: Vec<String> = std::fs::read_dir(stand.path("new/man1"))
        .unwrap()
        .map(|page| page.unwrap().file_name().into_string().unwrap())
        .collect();
    for (name, told) in [
        ("dirsheet.1", "EXIT STATUS"),
        ("dirsheet-apply.1", "canary"),
        ("dirsheet-feed-run.1", "EXAMPLES"),
        ("dirsheet-man.1", "EXAMPLES"),
    ] {
        let page = std::fs::read_to_string(stand.path(&format!("new/man1/{name}")))
            .unwrap_or_else(|_| panic!("{name} of {pages:?}"));
        assert!(page.starts_with(".ie") && page.contains(told), "{name}: {page}");
    }
    assert!(pages.len() > 24, "{pages:?}");
    stand.write("a-file", "");
    stand
        .run(&["man", "a-file"])
        .must(2)
        .says(&["cannot be written", "a folder of your own"]);
}

#[test]
fn the_lock_of_an_open_sheet_is_no_sheet_and_a_run_that_wrote_nothing_has_no_columns_to_undo() {
    let stand = Stand::of(5);
    stand.write("~$users.xlsx", "anna");
    stand
        .run(&["check", "~$users.xlsx"])
        .must(3)
        .says(&["file-is-a-lock", "`users.xlsx`"]);
    stand
        .run(&["export", "-o", "users.csv", "--columns", "jobTitle"])
        .must(0);
    stand.run(&["apply", "users.csv", "--yes"]).must(0);
    let run = stand.newest_run();
    let undo = stand.run(&["undo", &run, "--columns", "jobTitle", "--yes"]);
    undo.must(2).says(&["it wrote nothing"]);
    stand
        .run(&["export", "-o", "nowhere/users.csv"])
        .must(2)
        .says(&["make the folder first"]);
    stand
        .run(&["export", "--columns", "jobTitel"])
        .must(2)
        .says(&["did you mean `jobTitle`?"]);
    stand
        .run(&["apply", "users.csv", "--allow", "licences"])
        .must(2)
        .says(&["did you mean `licenses`?"]);
    stand
        .run(&["apply", "users.csv", "--canary", "0"])
        .must(2)
        .says(&["1 or more"]);
}

#[test]
fn changes_in_a_plan_end_with_20_when_that_is_asked_for() {
    let (stand, _) = mixed();
    let quiet = ["--skip-errors", "--conflicts", "skip"];
    stand.run(&[&["plan", "users.csv"][..], &quiet].concat()).must(0);
    stand
        .run(&[&["plan", "users.csv", "--detailed-exitcode"][..], &quiet].concat())
        .must(20);
    stand.run(&["export", "-o", "fresh.csv"]).must(0);
    stand.run(&["plan", "fresh.csv", "--detailed-exitcode"]).must(0);
}

#[test]
fn a_state_folder_that_cannot_be_used_is_said_with_its_place() {
    let mut stand = Stand::of(20);
    stand.export();
    stand.write("a-file", "not a folder");
    stand
        .run(&["plan", "users.csv", "--state-dir", "a-file"])
        .must(2)
        .says(&["a-file", "--state-dir"]);
    let snapshots = stand.state().join("snapshots");
    for entry in std::fs::read_dir(&snapshots).unwrap() {
        std::fs::write(
            entry.unwrap().path(),
            "this was a database once, and is not any more",
        )
        .unwrap();
    }
    stand
        .run(&["plan", "users.csv"])
        .must(1)
        .says(&["is damaged", "snapshots"]);
    let listed = stand.json(&["snapshots"], 0);
    assert!(listed[0]["error"].is_string(), "{listed:#}");
    assert!(stand.history().is_empty());
    stand.set("HOME", "");
    stand.run(&["runs"]).must(2).says(&["HOME is not set"]);
}
