//! A disk that is full in the middle of a run, played by a limit on the size of files: the run stops with a sentence, and `resume`
//! finishes exactly the plan when there is room.
#![cfg(unix)]

use std::collections::BTreeMap;

use super::big::{Wish, fulfilled, requests, same_directory, wishes, write_into};
use super::breaking_off::{APPLY, resumed, slow};
use super::stand::{Dump, Stand, limited};

const EDITED: usize = 260;

/// A narrow sheet in which every row is edited: its journal is small when the run begins, and grows with every batch.
fn narrow() -> (Stand, Vec<Wish>, Dump) {
    let stand = Stand::of(400);
    let before = stand.dump();
    stand
        .run(&["export", "-o", "users.csv", "--columns", "id,jobTitle"])
        .must(0);
    let mut sheet = stand.sheet("users.csv");
    let mut wishes = wishes(&stand.ordinary(), EDITED);
    wishes.retain(|wish| wish.column == "jobTitle");
    write_into(&mut sheet, &wishes);
    let title = sheet.column("jobTitle");
    sheet.rows.retain(|row| row[title].starts_with("Engineer "));
    assert_eq!(sheet.rows.len(), EDITED);
    stand.save("users.csv", &sheet);
    (stand, wishes, before)
}

/// Runs under rising limits until one is large enough for the run to begin. That one, and what became of it.
fn begun(stand: &Stand, limits: impl Iterator<Item = u64>) -> (u64, String) {
    for kibibytes in limits {
        // One batch at a time, or all are on their way before the disk is full.
        let one_by_one = [&APPLY[..], &["--stop-after-failures", "1"]].concat();
        let ran = limited(stand, kibibytes, &one_by_one).must(1);
        assert!(ran.stderr.contains("journal.sqlite"), "{ran:?}");
        let runs = stand.json(&["runs"], 0);
        if let Some(run) = runs[0]["id"].as_str() {
            ran.says(&[
                "make room on the disk",
                &format!("`dirsheet resume {run}` goes on"),
            ]);
            return (kibibytes, run.to_owned());
        }
    }
    panic!("it never began")
}

#[test]
fn a_journal_that_cannot_grow_stops_the_run_and_resume_finishes_exactly_the_plan() {
    let mut stopped_at = Vec::new();
    let mut limits = 60..400;
    for _ in 0..2 {
        let (stand, wishes, before) = narrow();
        let (limit, run) = begun(&stand, limits.step_by(8));
        // The second time there is room for some batches more.
        limits = limit + 24..limit + 25;
        let landed = stand.history().len();
        // Whatever was sent is settled or in doubt.
        let report = stand.json(&["report", &run], 0);
        let rows = report["rows"].as_array().unwrap();
        for write in stand.history() {
            let row = rows
                .iter()
                .find(|row| row["user"] == write.user_id.as_str())
                .unwrap();
            assert_ne!(row["_status"], "not sent", "{row}");
            assert_ne!(row["_status"], "unchanged", "{row}");
        }
        resumed(&stand, &run);
        same_directory(&fulfilled(&before, &wishes), &stand.dump());
        let mut times: BTreeMap<(String, String), usize> = BTreeMap::new();
        for write in stand.history() {
            *times.entry((write.user_id, write.path)).or_default() += 1;
        }
        assert!(times.values().all(|times| *times == 1), "no write twice");
        assert_eq!(stand.history().len(), requests(&wishes));
        assert_eq!(stand.json(&["report", &run], 0)["summary"]["updated"], EDITED);
        stopped_at.push(landed);
    }
    // Something must have been written before, and something be left, or the test shows less than it says.
    assert!(
        stopped_at.iter().all(|landed| (1..EDITED).contains(landed)),
        "{stopped_at:?}"
    );
}

#[test]
fn a_disk_that_is_full_at_the_beginning_leaves_no_run_behind() {
    let (stand, _, before) = slow(300, 160, 0);
    let ran = limited(&stand, 40, &APPLY).must(1);
    ran.says(&["journal.sqlite", "room on the disk"]);
    assert!(stand.history().is_empty());
    same_directory(&before, &stand.dump());
    assert_eq!(stand.json(&["runs"], 0).as_array().unwrap().len(), 0);
    for run in std::fs::read_dir(stand.state().join("runs")).unwrap() {
        let left: Vec<_> = std::fs::read_dir(run.unwrap().path())
            .unwrap()
            .map(|file| file.unwrap().file_name())
            .collect();
        assert!(left.iter().all(|name| name == "lock"), "{left:?}");
    }
}
