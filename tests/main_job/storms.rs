//! Bad weather: every run ends right, every row has exactly one outcome, and the directory is what the report says.

use super::big::{Wish, fulfilled, same_directory};
use super::breaking_off::{APPLY, slow};
use super::stand::{Dump, Stand};

/// Applies under these faults; whatever happens, report and directory must agree, and resuming in good weather finishes.
fn weathered(faults: &str, deadline: &str) {
    let (stand, wishes, before) = slow(300, 160, 0);
    stand.faults(faults);
    let ran = stand.run(&[&APPLY[..], &["--deadline", deadline]].concat());
    assert!(
        [Some(0), Some(6), Some(8)].contains(&ran.code),
        "{faults}: {ran:?}"
    );
    stand.faults("");
    let run = stand.newest_run();
    agrees(&stand, &run, &wishes, &before);
    if ran.code == Some(8) {
        stand.run(&["resume", &run, "--yes"]).must(0);
        agrees(&stand, &run, &wishes, &before);
    }
    let report = stand.report(&run);
    let bad: Vec<&str> = report
        .cells("_status")
        .into_iter()
        .filter(|status| !["updated", "unchanged"].contains(status))
        .collect();
    assert!(
        bad.is_empty(),
        "{faults}: {bad:?}\n{}\n{:?}",
        ran.stdout,
        report.cells("_error")
    );
    same_directory(&fulfilled(&before, &wishes), &stand.dump());
    stand.run(&APPLY).must(0).says(&["Nothing was written"]);
}

/// Each row of the sheet once; what it says was written is there, what it says was not is not.
fn agrees(stand: &Stand, run: &str, wishes: &[Wish], before: &Dump) {
    let report = stand.report(run);
    assert_eq!(report.rows.len(), before.len());
    let mut ids = report.cells("id");
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), before.len(), "every row once");
    let (all, after) = (fulfilled(before, wishes), stand.dump());
    for (row, user) in report.cells("id").into_iter().enumerate() {
        let (status, error) = (report.cell(row, "_status"), report.cell(row, "_error"));
        match status {
            "updated" => assert_eq!(after[user], all[user]),
            "unchanged" => assert_eq!(after[user], before[user]),
            "partial" | "failed" | "not sent" => assert!(!error.is_empty(), "{user} {status}"),
            other => panic!("{user} is {other}: {error}"),
        }
        if status == "not sent" && !report.cell(row, "_error_code").contains("in doubt") {
            assert_eq!(after[user], before[user], "{user} was not sent");
        }
    }
}

#[test]
fn connections_that_break_before_the_write() {
    weathered("drop-before,on=write-batch,every=3,times=12", "60s");
}

#[test]
fn connections_that_break_after_the_write() {
    weathered("drop-after,on=write-batch,every=3,times=12", "60s");
}

#[test]
fn answers_that_are_cut_in_half() {
    weathered("truncated,on=write-batch,every=3,times=12", "60s");
}

#[test]
fn a_storm_of_503_inside_the_batches() {
    weathered("503:0.3,on=item,times=150", "60s");
}

#[test]
fn a_storm_of_gateways_that_answer_pages_and_nothing() {
    weathered(
        "503-html,on=write-batch,every=4,times=4; 504-empty,on=write-batch,every=3,times=4; html,on=write-batch,every=5,times=3",
        "60s",
    );
}

#[test]
fn internal_errors_and_changes_at_the_same_moment() {
    weathered(
        "500,on=patch,every=7,times=30; 409,on=write,every=5,times=30",
        "60s",
    );
}

#[test]
fn everything_at_once() {
    weathered(
        "drop-after,on=write-batch,share=0.1,times=2; truncated,on=write-batch,share=0.1,times=2; 503,on=item,share=0.1,times=20; \
         429:1,on=item,share=0.05,times=20; 409,on=write,share=0.05,times=10; expire-token-after:9",
        "100s",
    );
}

#[test]
fn a_storm_that_outlasts_the_deadline_is_finished_by_resume() {
    weathered("drop-after,on=write-batch,after=3; 503,on=token,every=2", "5s");
}

#[test]
fn a_manager_who_was_taken_away_without_an_answer_is_not_a_failure() {
    let stand = Stand::of(40);
    let users = stand.ordinary();
    let with = users.iter().find(|user| user["manager"].is_string()).unwrap();
    let user = super::big::id(with);
    let mut sheet = stand.export();
    sheet.set(&user, "manager", "");
    stand.save("users.csv", &sheet);
    stand.faults("drop-after,on=write-batch,times=1");
    stand.run(&["apply", "users.csv", "--yes"]).must(0);
    assert!(stand.dump()[&user]["manager"].is_null());
    assert_eq!(stand.report(&stand.newest_run()).of(&user, "_status"), "updated");
}

#[test]
fn reading_gets_through_bad_weather_too() {
    let stand = Stand::of(2_500);
    let calm = stand.export();
    stand.faults("503,on=list,every=2,times=4; drop-before,on=list,every=3,times=3; truncated,on=list,every=4,times=2; empty-page,every=5,times=2");
    let stormy = stand.export();
    assert_eq!(calm.rows.len(), stormy.rows.len());
    assert_eq!(calm.cells("id"), stormy.cells("id"));
}
