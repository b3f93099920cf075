//! The log cut at any length, as a power cut may leave it; and a disk that is full in the middle of a run.

use std::path::Path;

use super::fixtures::*;
use super::*;
use crate::domain::{Outcome, RunId};
use crate::state::StateFolder;

const OPERATIONS: u32 = 6;

fn states(record: &RunRecord) -> Vec<OperationState> {
    (0..OPERATIONS)
        .map(|number| record.operation_state(OperationNumber(number)).unwrap())
        .collect()
}

fn log_of(journal: &Path) -> std::path::PathBuf {
    journal.with_extension("sqlite-wal")
}

fn length(path: &Path) -> usize {
    std::fs::metadata(path).map_or(0, |found| found.len() as usize)
}

/// What stood on the disk after each commit: the length of the log, and where every operation stood.
struct Recorded {
    place: tempfile::TempDir,
    journal: Vec<u8>,
    log: Vec<u8>,
    commits: Vec<(usize, Vec<OperationState>)>,
}

/// Intents, results and proofs of one operation after another. After `emptied` operations the log is taken over into the
/// database and begins anew, over the remains of the old one.
fn recorded(emptied: Option<u32>) -> Recorded {
    let (place, folder) = place();
    let mut journal = create(&folder, RUN, OPERATIONS);
    let path = journal.path.clone();
    let mut commits = vec![(length(&log_of(&path)), states(&journal))];
    for number in 0..OPERATIONS {
        let proof = [Outcome::Confirmed, Outcome::already_there(true)];
        for entry in [
            intent(&[number], 1),
            Entry::Result(result(number, DONE, 2)),
            Entry::Proof(result(number, proof, 3)),
        ] {
            journal.record(&[entry]).unwrap();
            commits.push((0, states(&journal)));
            // The log may lie over the rest of an earlier one, so its length alone does not tell where the commit ends.
            let pages: i64 = journal
                .connection
                .query_row("PRAGMA wal_checkpoint(NOOP)", [], |row| row.get(1))
                .unwrap();
            commits.last_mut().unwrap().0 = 32 + pages as usize * (4096 + 24);
        }
        if emptied == Some(number + 1) {
            journal
                .connection
                .query_row("PRAGMA wal_checkpoint(RESTART)", [], |_| Ok(()))
                .unwrap();
            commits = vec![(0, states(&journal))];
        }
    }
    Recorded {
        journal: std::fs::read(&path).unwrap(),
        log: std::fs::read(log_of(&path)).unwrap(),
        commits,
        place,
    }
}

/// The journal with this log beside it, in a folder of its own.
fn with_log(recorded: &Recorded, log: &[u8]) -> (tempfile::TempDir, StateFolder) {
    let place = tempfile::tempdir_in(recorded.place.path()).unwrap();
    let folder = StateFolder::open(place.path().join("state")).unwrap();
    let target = folder.run_folder(&RunId::parse(RUN).unwrap());
    std::fs::create_dir(&target).unwrap();
    std::fs::write(journal_file(&target), &recorded.journal).unwrap();
    std::fs::write(log_of(&journal_file(&target)), log).unwrap();
    (place, folder)
}

impl Recorded {
    /// What must be there when so many bytes of the log are whole.
    fn expected(&self, whole: usize) -> &[OperationState] {
        let before = self.commits.iter().take_while(|(length, _)| *length <= whole);
        &before.last().unwrap_or(&self.commits[0]).1
    }
}

#[test]
fn a_log_cut_at_any_length_is_a_clean_beginning_of_what_was_recorded() {
    for emptied in [None, Some(2)] {
        let recorded = recorded(emptied);
        let all = recorded.log.len();
        assert!(recorded.commits.len() > 12, "{}", recorded.commits.len());
        let frames = (0..)
            .map(|frame| 32 + frame * (4096 + 24))
            .take_while(|at| *at <= all);
        let around = frames.flat_map(|at| [at.saturating_sub(1), at, at + 1, at + 24, at + 25]);
        let mut cuts: Vec<usize> = around.chain((0..=all).step_by(2_039)).collect();
        cuts.retain(|cut| *cut <= all);
        for cut in cuts {
            let (_place, folder) = with_log(&recorded, &recorded.log[..cut]);
            let record = open(&folder);
            assert_eq!(
                states(&record),
                recorded.expected(cut),
                "{emptied:?}, cut at {cut}"
            );
            assert_eq!(record.header(), &header(RUN));
        }
    }
}

#[test]
fn a_last_page_of_garbage_takes_its_own_commit_away_and_no_other() {
    let recorded = recorded(None);
    let run = RunId::parse(RUN).unwrap();
    for pair in recorded.commits.windows(2) {
        let ((before, earlier), (end, _)) = (&pair[0], &pair[1]);
        let garbled = |from: usize, with: &dyn Fn(u8) -> u8| {
            let mut log = recorded.log[..*end].to_vec();
            log[from..].iter_mut().for_each(|byte| *byte = with(*byte));
            log
        };
        let page = end - 4096 - 24;
        for log in [
            garbled(page, &|_| 0xA5),
            garbled(page, &|_| 0),
            garbled(end - 1, &|byte| byte ^ 1),
            garbled(page + 24, &|byte| byte.wrapping_add(1)),
        ] {
            assert!(page >= *before);
            let (_place, folder) = with_log(&recorded, &log);
            assert_eq!(&states(&open(&folder)), earlier, "the commit that ends at {end}");
            // And it is a journal like any other: what was lost is done again.
            let mut journal = Journal::resume(RunLock::take(&folder, &run).unwrap())
                .unwrap()
                .unwrap();
            for number in 0..OPERATIONS {
                if let Some(OperationState::Waiting | OperationState::Sent) =
                    journal.operation_state(OperationNumber(number))
                {
                    let entries = [intent(&[number], 5), Entry::Result(result(number, DONE, 6))];
                    journal.record(&entries).unwrap();
                }
            }
            assert_eq!(open(&folder).remaining_count(), 0);
        }
    }
}

#[test]
fn a_full_disk_stops_the_record_with_a_sentence_and_takes_nothing_with_it() {
    let (_place, folder) = place();
    let mut journal = create(&folder, RUN, OPERATIONS);
    let room = |journal: &Journal, pages: i64| {
        journal
            .connection
            .query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))
            .unwrap();
    };
    let pages: i64 = journal
        .connection
        .pragma_query_value(None, "page_count", |row| row.get(0))
        .unwrap();
    room(&journal, pages + 1);
    let mut wrote = 0;
    let said = loop {
        let group = [
            intent(&[wrote], 1),
            Entry::Result(result(wrote, [in_doubt_at_length(), refused()], 2)),
        ];
        match journal.record(&group) {
            Ok(()) => wrote += 1,
            Err(error) => break error,
        }
    };
    assert!(wrote > 0, "something was written before");
    let StateError::Stuck { path, run, .. } = &said else {
        panic!("{said:?}");
    };
    assert_eq!((path, run.as_str()), (&journal.path, RUN));
    let words = said.to_string();
    for part in [
        "journal.sqlite",
        "the disk is full",
        "make room",
        "dirsheet resume run-",
    ] {
        assert!(words.contains(part), "{part}: {words}");
    }
    for record in [&*journal, &open(&folder)] {
        let states = states(record);
        for (number, state) in (0..).zip(states) {
            let is_open = matches!(state, OperationState::Open(_));
            assert_eq!(is_open, number < wrote, "{number}: {state:?}");
            assert!(is_open || state == OperationState::Waiting, "{number}: {state:?}");
        }
    }
    // As soon as there is room it goes on.
    room(&journal, pages + 100);
    let entries = [intent(&[wrote], 3), Entry::Result(result(wrote, DONE, 4))];
    journal.record(&entries).unwrap();
    drop(journal);
    let record = open(&folder);
    assert_eq!(record.state(), RunState::Interrupted);
    let settled = record.operation_state(OperationNumber(wrote)).unwrap();
    assert!(matches!(settled, OperationState::Settled(_)));
}

/// Long enough to fill pages.
fn in_doubt_at_length() -> Outcome {
    Outcome::InDoubt {
        reason: "no answer. ".repeat(200),
    }
}
