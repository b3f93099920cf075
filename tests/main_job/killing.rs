//! `kill -9` in the middle of a run: the journal knows what is certain, and what is in doubt is read before anything is sent.

use std::collections::BTreeMap;
use std::time::Duration;

use super::big::{fulfilled, requests, same_directory};
use super::breaking_off::{APPLY, resumed, slow};
use super::stand::until;

/// Kills a run when the directory has accepted so many writes, plus a little; resumes; holds everything against everything.
fn killed_after(writes: usize, pause: Duration) {
    let (stand, wishes, before) = slow(400, 160, 150);
    let mut child = stand.command(&APPLY).spawn().unwrap();
    until("enough writes", || stand.history().len() >= writes);
    std::thread::sleep(pause);
    child.kill().unwrap();
    child.wait().unwrap();
    // What was under way at the moment of the kill may still land.
    stand.settle();
    let landed = stand.history().len();
    let run = stand.newest_run();
    let listed = stand.json(&["runs"], 0);
    assert_ne!(listed[0]["state"], "finished");
    resumed(&stand, &run);
    same_directory(&fulfilled(&before, &wishes), &stand.dump());
    let mut times: BTreeMap<(String, String), usize> = BTreeMap::new();
    for write in stand.history() {
        *times.entry((write.user_id, write.path)).or_default() += 1;
    }
    let twice: Vec<_> = times.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "killed at {landed}: {twice:?}");
    assert_eq!(stand.history().len(), requests(&wishes), "killed at {landed}");
    let report = stand.json(&["report", &run], 0);
    assert_eq!(report["state"], "finished");
    assert_eq!(report["summary"]["updated"], 160);
    assert_eq!(report["remaining"], 0);
    stand.run(&[&APPLY[..], &["--quiet"]].concat()).must(0);
    assert_eq!(stand.history().len(), requests(&wishes));
}

#[test]
fn a_run_killed_at_its_first_writes_is_resumed_without_a_lost_or_a_double_write() {
    killed_after(1, Duration::ZERO);
}

#[test]
fn a_run_killed_in_the_middle_is_resumed_without_a_lost_or_a_double_write() {
    killed_after(40, Duration::from_millis(7));
}

#[test]
fn a_run_killed_near_its_end_is_resumed_without_a_lost_or_a_double_write() {
    killed_after(141, Duration::from_millis(31));
}

#[test]
fn a_run_that_somebody_works_on_cannot_be_resumed_by_another() {
    // More batches than are in flight together: the rest of the run must last longer than the other process needs to begin.
    let (stand, wishes, _) = slow(900, 600, 400);
    let mut child = stand.command(&APPLY).spawn().unwrap();
    until("some writes", || stand.history().len() > 10);
    let run = stand.newest_run();
    let busy = stand.run(&["resume", &run, "--yes"]).must(2);
    busy.says(&["in use by another dirsheet"]);
    until("the end", || child.try_wait().unwrap().is_some());
    assert_eq!(stand.history().len(), requests(&wishes));
}
