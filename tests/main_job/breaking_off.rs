//! Runs that end early, in good order: an interrupt, a deadline, a service that gives up; and how `resume` ends them.

use std::time::Duration;

use dirsheet::sandbox::SandboxOptions;
use serde_json::json;

use super::big::{Wish, fulfilled, requests, same_directory, wishes, write_into};
use super::stand::{Dump, Stand, finish, people};

/// A directory that takes its time, with so many edited rows in `users.csv`.
pub fn slow(users: usize, edited: usize, milliseconds: u64) -> (Stand, Vec<Wish>, Dump) {
    let stand = Stand::open(SandboxOptions {
        latency: Duration::from_millis(milliseconds),
        ..people(users)
    });
    let before = stand.dump();
    stand
        .run(&[
            "export",
            "-o",
            "users.csv",
            "--columns",
            "default,onPremisesExtensionAttributes.extensionAttribute1",
        ])
        .must(0);
    let mut sheet = stand.sheet("users.csv");
    let wishes = wishes(&stand.ordinary(), edited);
    write_into(&mut sheet, &wishes);
    stand.save("users.csv", &sheet);
    (stand, wishes, before)
}

pub const APPLY: [&str; 11] = [
    "apply",
    "users.csv",
    "--yes",
    "--max-users",
    "100%",
    "--max-clears",
    "100%",
    "--max-enables",
    "100%",
    "--allow",
    "disable",
];

/// A run that wrote sixty users and then met a service that answers 503 until the deadline; the service is well again.
pub fn stopped_by_a_deadline() -> (Stand, Vec<Wish>, Dump, String) {
    let (stand, wishes, before) = slow(300, 160, 0);
    stand.faults("503,on=patch,after=60");
    let ran = stand.run(&[&APPLY[..], &["--deadline", "6s"]].concat()).must(8);
    ran.says(&["dirsheet resume"]);
    stand.faults("");
    assert_eq!(stand.history().len(), 60);
    let run = stand.newest_run();
    (stand, wishes, before, run)
}

/// Resumes until nothing is left, and says how often that took.
pub fn resumed(stand: &Stand, run: &str) -> usize {
    for times in 1..20 {
        let ran = stand.run(&["resume", run, "--yes"]);
        match ran.code {
            Some(0) => return times,
            Some(8 | 130) => {}
            _ => panic!("{ran:?}"),
        }
    }
    panic!("never done")
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_is_resumed_as_if_nothing_had_happened() {
    let (stand, wishes, before) = slow(500, 240, 150);
    let child = stand.command(&APPLY).spawn().unwrap();
    super::stand::until("some writes", || stand.history().len() > 30);
    super::stand::interrupt(&child);
    let ran = finish(child, APPLY.join(" ")).must(130);
    ran.says(&["dirsheet resume run-"]);
    let done = stand.history().len();
    assert!(done > 30 && done < requests(&wishes), "{done}");
    let run = stand.newest_run();
    let listed = stand.json(&["runs"], 0);
    assert_eq!(listed[0]["state"], "interrupted");
    let half = stand.report(&run);
    let updated = half
        .cells("_status")
        .iter()
        .filter(|status| **status == "updated")
        .count();
    assert!(half.cells("_status").contains(&"not sent"));
    assert!(updated > 0 && updated <= done, "{updated} {done}");
    assert_eq!(resumed(&stand, &run), 1);
    same_directory(&fulfilled(&before, &wishes), &stand.dump());
    assert_eq!(stand.history().len(), requests(&wishes), "no write twice");
    let whole = stand.json(&["report", &run], 0);
    assert_eq!(whole["state"], "finished");
    assert_eq!(whole["remaining"], 0);
    assert_eq!(whole["summary"]["updated"], 240);
    assert_eq!(whole["summary"]["not sent"], 0);
    stand
        .run(&["resume", &run, "--yes"])
        .must(0)
        .says(&["nothing left to do"]);
    assert_eq!(stand.history().len(), requests(&wishes));
}

#[cfg(unix)]
#[test]
fn a_second_interrupt_leaves_at_once_and_resume_still_ends_it() {
    let (stand, wishes, before) = slow(300, 160, 0);
    stand.faults("delay:8000,on=write-batch,after=3");
    let child = stand.command(&APPLY).spawn().unwrap();
    super::stand::until("sixty writes", || stand.history().len() == 60);
    super::stand::interrupt(&child);
    std::thread::sleep(Duration::from_millis(500));
    super::stand::interrupt(&child);
    let ran = finish(child, APPLY.join(" ")).must(130);
    assert!(ran.took < Duration::from_secs(6), "{:?}", ran.took);
    // What was under way may land after the client has gone.
    std::thread::sleep(Duration::from_secs(9));
    stand.faults("");
    resumed(&stand, &stand.newest_run());
    same_directory(&fulfilled(&before, &wishes), &stand.dump());
    assert_eq!(stand.history().len(), requests(&wishes));
}

#[test]
fn a_deadline_ends_the_run_in_good_order_and_resume_goes_on() {
    let (stand, wishes, before, run) = stopped_by_a_deadline();
    resumed(&stand, &run);
    same_directory(&fulfilled(&before, &wishes), &stand.dump());
    assert_eq!(stand.history().len(), requests(&wishes));
}

#[test]
fn a_deadline_before_the_first_write_leaves_nothing_behind() {
    let (stand, _, _) = slow(60, 20, 700);
    let apply = [&APPLY[..], &["--deadline", "1s"]].concat();
    stand
        .run(&apply)
        .must(8)
        .says(&["the deadline passed before anything was sent"]);
    assert!(stand.history().is_empty());
}

#[test]
fn somebody_elses_edit_between_run_and_resume_is_left_alone() {
    let (stand, wishes, before, run) = stopped_by_a_deadline();
    let report = stand.report(&run);
    let nothing_yet =
        |row: &usize| report.cell(*row, "_status") != "unchanged" && report.cell(*row, "_changes").is_empty();
    let waiting = (0..report.rows.len()).find(nothing_yet).unwrap();
    let user = report.cell(waiting, "id").to_owned();
    stand.edit(&user, "jobTitle", "Somebody else");
    stand.run(&["resume", &run, "--yes"]).must(6);
    let mut expected = fulfilled(&before, &wishes);
    expected.get_mut(&user).unwrap()["jobTitle"] = json!("Somebody else");
    same_directory(&expected, &stand.dump());
    let report = stand.report(&run);
    assert!(["conflict", "partial"].contains(&report.of(&user, "_status")));
    assert!(report.of(&user, "_error").contains("Somebody else"));
}

#[test]
fn a_run_is_resumed_only_where_it_began() {
    let (mut stand, _, _, run) = stopped_by_a_deadline();
    let other = Stand::open(SandboxOptions {
        seed: 9,
        ..people(40)
    });
    stand.turn_to(&other);
    stand
        .run(&["resume", &run, "--yes"])
        .must(2)
        .says(&["belongs to tenant"]);
    assert!(other.history().is_empty());
    stand
        .run(&["resume", "run-20200101-000000-0000", "--yes"])
        .must(2)
        .says(&["dirsheet runs"]);
    stand.run(&["resume", "nonsense", "--yes"]).must(2);
}

#[test]
fn a_directory_that_goes_away_in_the_middle_ends_the_run_and_resume_finishes_it() {
    let (stand, wishes, before) = slow(300, 160, 0);
    stand.faults("drop-before,on=write-batch,after=3");
    let ran = stand.run(&[&APPLY[..], &["--deadline", "6s"]].concat()).must(8);
    ran.says(&["dirsheet resume"]);
    stand.faults("");
    assert_eq!(stand.history().len(), 60);
    resumed(&stand, &stand.newest_run());
    same_directory(&fulfilled(&before, &wishes), &stand.dump());
    assert_eq!(stand.history().len(), requests(&wishes));
}

/// What is under way when the deadline passes is waited for (at most as long as one request may take), so that nothing is in doubt.
#[test]
fn a_deadline_lets_what_is_under_way_end() {
    let (stand, wishes, before) = slow(300, 160, 0);
    stand.faults("delay:4000,on=write-batch,after=3");
    let ran = stand.run(&[&APPLY[..], &["--deadline", "3s"]].concat()).must(8);
    assert!(ran.took < Duration::from_secs(30), "{:?}", ran.took);
    stand.faults("");
    let run = stand.newest_run();
    assert!(!stand.report(&run).cells("_error_code").contains(&"in doubt"));
    resumed(&stand, &run);
    same_directory(&fulfilled(&before, &wishes), &stand.dump());
    assert_eq!(stand.history().len(), requests(&wishes));
}
