//! What is left after a process was killed, a write was torn or a file was damaged.

use std::path::{Path, PathBuf};

use super::fixtures::*;
use super::*;
use crate::domain::{ChangeOutcome, Outcome, RowStatus, RunId, Value};
use crate::state::StateFolder;

#[test]
fn after_a_crash_an_intent_without_an_answer_is_in_doubt_and_the_rest_is_told_apart() {
    let (_place, folder) = place();
    let mut journal = create(&folder, RUN, 6);
    journal.record(&[intent(&[0, 1, 2, 3, 4], 1)]).unwrap();
    let half = result(2, [Outcome::Accepted, not_sent()], 2);
    journal
        .record(&[
            Entry::Result(result(0, DONE, 2)),
            Entry::Result(half.clone()),
            Entry::Result(result(3, [in_doubt(), in_doubt()], 2)),
            Entry::Result(result(4, [refused(), Outcome::Moved { live: Value::Empty }], 2)),
        ])
        .unwrap();
    journal.record(&[intent(&[2], 7)]).unwrap();
    drop(journal); // as a killed process would: nothing is finished

    let record = open(&folder);
    assert_eq!(record.state(), RunState::Interrupted);
    let remaining = record.remaining().unwrap();
    let told: Vec<_> = remaining
        .iter()
        .map(|left| (left.operation.number.0, left.standing, left.last.is_some()))
        .collect();
    use RemainingStanding::{InDoubt, NotSent};
    assert_eq!(
        told,
        [
            (1, InDoubt, true),
            (2, InDoubt, true),
            (3, InDoubt, true),
            (5, NotSent, false)
        ]
    );
    // What an intent was the last word of is in doubt, but for what was settled before.
    let outcomes = |at: usize| remaining[at].last.as_ref().unwrap().outcomes.clone();
    let in_doubt = |change: &ChangeOutcome| matches!(change.outcome, Outcome::InDoubt { .. });
    assert!(outcomes(0).iter().all(in_doubt));
    assert_eq!(outcomes(1)[0], half.outcomes[0]);
    assert!(in_doubt(&outcomes(1)[1]));

    let rows = report(&record);
    let statuses: Vec<RowStatus> = rows.iter().map(|row| row.status).collect();
    assert_eq!(
        statuses,
        [
            RowStatus::Updated,
            RowStatus::Failed,
            RowStatus::Partial,
            RowStatus::Failed,
            RowStatus::Failed,
            RowStatus::NotSent
        ]
    );
    let shown = rows[2].results[0].1.clone().unwrap();
    assert_eq!(shown.outcomes[0].outcome, Outcome::Accepted);
    assert!(matches!(shown.outcomes[1].outcome, Outcome::InDoubt { .. }));
    assert_eq!(shown.finished_at, at(7));
    assert_eq!(rows[5].results[0].1, None);

    let counts = record.counts().unwrap();
    for status in RowStatus::ALL {
        let rows = statuses.iter().filter(|&&found| found == status).count() as u64;
        assert_eq!(counts.of(status), rows, "{status:?}");
    }
    let mut results = 0;
    record
        .results(|operation, result| {
            assert_eq!(result.is_some(), operation.number.0 != 5);
            results += 1;
            Ok::<(), StateError>(())
        })
        .unwrap();
    assert_eq!(results, 6);
}

#[test]
fn the_first_moment_of_an_operation_stays_through_retries_and_reading() {
    let (_place, folder) = place();
    let mut journal = create(&folder, RUN, 2);
    journal.record(&[intent(&[0], 5)]).unwrap();
    journal.record(&[intent(&[0], 900)]).unwrap();
    let told = |record: &RunRecord| [0, 1].map(|one| record.first_announced(OperationNumber(one)));
    assert_eq!(told(&journal), [Some(at(5)), None]);
    drop(journal);
    assert_eq!(told(&open(&folder)), [Some(at(5)), None]);
}

/// The files as a power cut would leave them: copied while the journal is open.
fn copied(journal: &Path, wal: impl Fn(Vec<u8>) -> Vec<u8>) -> (tempfile::TempDir, StateFolder) {
    let (place, folder) = place();
    let target = folder.run_folder(&RunId::parse(RUN).unwrap());
    std::fs::create_dir(&target).unwrap();
    std::fs::copy(journal, target.join("journal.sqlite")).unwrap();
    let bytes = std::fs::read(side_file(journal)).unwrap();
    std::fs::write(target.join("journal.sqlite-wal"), wal(bytes)).unwrap();
    (place, folder)
}

fn side_file(journal: &Path) -> PathBuf {
    journal.with_extension("sqlite-wal")
}

#[test]
fn a_torn_tail_loses_no_entry_that_was_told_to_be_written() {
    let (_place, folder) = place();
    let mut journal = create(&folder, RUN, 40);
    let path = journal_file(&folder.run_folder(&RunId::parse(RUN).unwrap()));
    for number in 0..20 {
        journal.record(&[intent(&[number], 1)]).unwrap();
        journal.record(&[Entry::Result(result(number, DONE, 2))]).unwrap();
    }
    let whole = std::fs::metadata(side_file(&path)).unwrap().len() as usize;
    let settled = |folder: &StateFolder| open(folder).operation_count() - open(folder).remaining_count();

    // A write that was torn in its middle: garbage after the last commit, of any length.
    for garbage in [1, 24, 100, 4_095, 4_120, 9_000] {
        let (_copy, folder) = copied(&path, |mut wal| {
            wal.extend(std::iter::repeat_n(0xA5, garbage));
            wal
        });
        assert_eq!(settled(&folder), 20, "{garbage} bytes of garbage");
    }
    // The next commit cut anywhere: all before it is there, nothing of it is.
    journal.record(&[intent(&[20, 21], 3)]).unwrap();
    let longer = std::fs::metadata(side_file(&path)).unwrap().len() as usize;
    assert!(longer > whole);
    for cut in [whole + 1, whole + 24, (whole + longer) / 2, longer - 1] {
        let (_copy, folder) = copied(&path, |mut wal| {
            wal.truncate(cut);
            wal
        });
        assert_eq!(settled(&folder), 20, "cut at {cut}");
        let record = open(&folder);
        assert_eq!(
            record.operation_state(OperationNumber(20)),
            Some(OperationState::Waiting)
        );
    }
    // A frame that was overwritten with zeros, as a disk may leave it.
    let (_copy, folder) = copied(&path, |mut wal| {
        wal[whole..].fill(0);
        wal
    });
    assert_eq!(settled(&folder), 20);
    let run = RunId::parse(RUN).unwrap();
    let mut resumed = Journal::resume(RunLock::take(&folder, &run).unwrap())
        .unwrap()
        .unwrap();
    resumed.record(&[intent(&[20], 9)]).unwrap();
    assert_eq!(
        open(&folder).operation_state(OperationNumber(20)),
        Some(OperationState::Sent)
    );
}

#[test]
fn what_cannot_be_read_is_refused_with_a_sentence_of_its_own() {
    let (_place, folder) = place();
    create(&folder, RUN, 3);
    let run = RunId::parse(RUN).unwrap();
    let path = journal_file(&folder.run_folder(&run));
    let whole = std::fs::read(&path).unwrap();
    let after = |sql: &str| {
        let _ = std::fs::remove_file(side_file(&path));
        std::fs::write(&path, &whole).unwrap();
        Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        let outcome = RunRecord::open(&folder, &run).and_then(|record| record.unwrap().remaining());
        outcome.unwrap_err().to_string()
    };
    for (sql, words) in [
        (
            "PRAGMA user_version = 7",
            "version 7 of its format and this dirsheet knows version 3",
        ),
        ("PRAGMA application_id = 7", "is not a journal of dirsheet"),
        ("UPDATE run SET header = '{'", "is damaged"),
        ("UPDATE run SET state = 'asleep'", "a run that is `asleep`"),
        ("DELETE FROM run", "is damaged"),
        ("DROP TABLE entries", "no such table: entries"),
        (
            "UPDATE operations SET action = replace(action, 'jobTitle', 'shoeSize')",
            "`shoeSize` is not an attribute of this version",
        ),
        (
            "INSERT INTO entries (number, kind, at, mix) VALUES (0, 1, 0, 1)",
            "operation 0 has a result that only a request can bring about",
        ),
        (
            "INSERT INTO entries (number, kind, at) VALUES (8, 0, 0)",
            "operation 8 is not part of this run",
        ),
        (
            "INSERT INTO entries (number, kind, at) VALUES (0, 5, 0)",
            "unknown kind 5",
        ),
    ] {
        let said = after(sql);
        assert!(said.contains(words), "{sql}: {said}");
    }
    std::fs::write(&path, "no database at all. ".repeat(300)).unwrap();
    assert!(matches!(
        RunRecord::open(&folder, &run),
        Err(StateError::Damaged { .. })
    ));
}

#[test]
fn a_journal_is_written_with_a_log_that_waits_for_the_disk() {
    let (_place, folder) = place();
    let journal = create(&folder, RUN, 1);
    let connection = &journal.connection;
    let mode: String = connection
        .pragma_query_value(None, "journal_mode", |row| row.get(0))
        .unwrap();
    let synchronous: i64 = connection
        .pragma_query_value(None, "synchronous", |row| row.get(0))
        .unwrap();
    assert_eq!((mode.as_str(), synchronous), ("wal", 2), "2 is FULL");
}
