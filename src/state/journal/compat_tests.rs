//! Journals of earlier versions, written by the dirsheet of their time and never edited since.

use super::fixtures::{RUN, at, create, intent, open, place, report, result};
use super::*;
use crate::domain::{ChangeOutcome, OperationResult, Outcome, RowStatus, RunId};
use crate::state::StateFolder;

/// The run in `tests/compat/journals/v1`: fifty edited people of sixty, killed twice.
const V1: &str = "run-20261124-134023-e748";

fn v1() -> (tempfile::TempDir, StateFolder, RunId) {
    let (place, folder) = place();
    let run = RunId::parse(V1).unwrap();
    let run_folder = folder.run_folder(&run);
    std::fs::create_dir(&run_folder).unwrap();
    let kept = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/compat/journals/v1/journal.sqlite"
    );
    std::fs::copy(kept, journal_file(&run_folder)).unwrap();
    (place, folder, run)
}

fn version(folder: &StateFolder, run: &RunId) -> i32 {
    Connection::open(journal_file(&folder.run_folder(run)))
        .unwrap()
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap()
}

#[test]
fn a_journal_of_version_1_is_read_and_listed_without_being_changed() {
    let (_place, folder, run) = v1();
    let record = RunRecord::open(&folder, &run).unwrap().unwrap();
    assert_eq!(record.state(), RunState::Interrupted);
    assert_eq!(record.header().undoes, None);
    assert_eq!((record.operation_count(), record.remaining_count()), (55, 21));
    let standing = |wanted| {
        let remaining = record.remaining().unwrap();
        remaining.iter().filter(|one| one.standing == wanted).count()
    };
    assert_eq!(
        (
            standing(RemainingStanding::InDoubt),
            standing(RemainingStanding::NotSent)
        ),
        (17, 4)
    );
    let counts = record.counts().unwrap();
    for (status, rows) in [
        (RowStatus::Updated, 29),
        (RowStatus::Partial, 4),
        (RowStatus::Failed, 17),
        (RowStatus::Unchanged, 10),
    ] {
        assert_eq!(counts.of(status), rows, "{status:?}");
    }
    let mut refused = 0;
    record
        .rows(|row| {
            assert_eq!(row.row.writes, None, "nobody knew yet that it would be asked for");
            refused += row
                .results
                .iter()
                .flat_map(|(_, result)| result)
                .flat_map(|result| &result.outcomes)
                .filter(|change| matches!(change.outcome, Outcome::Refused { .. }))
                .count();
            Ok::<(), StateError>(())
        })
        .unwrap();
    assert_eq!(refused, 1, "the administrator's phone");
    assert_eq!(record.unproved_count(), 34);
    assert_eq!(record.unproved().unwrap().len(), 34);
    let listed = folder.list_runs().unwrap();
    assert_eq!(listed[0].overview.as_ref().unwrap().remaining, 21);
    assert_eq!(version(&folder, &run), 1, "reading changes nothing");
}

#[test]
fn a_journal_of_version_1_goes_on_as_one_of_this_version() {
    let (_place, folder, run) = v1();
    let lock = RunLock::take(&folder, &run).unwrap();
    let mut journal = Journal::resume(lock).unwrap().unwrap();
    assert_eq!(version(&folder, &run), FORMAT.version);
    for left in journal.remaining().unwrap() {
        let number = left.operation.number;
        let outcomes = left.operation.changes().iter().map(|change| ChangeOutcome {
            attribute: change.attribute,
            outcome: Outcome::Accepted,
        });
        let result = OperationResult {
            number,
            outcomes: outcomes.collect(),
            request_id: None,
            finished_at: at(2),
            made: None,
        };
        journal
            .record(&[Entry::Intent(vec![number], at(1)), Entry::Result(result)])
            .unwrap();
    }
    let proofs: Vec<Entry> = journal
        .unproved()
        .unwrap()
        .into_iter()
        .map(|(_, mut result)| {
            for change in result
                .outcomes
                .iter_mut()
                .filter(|change| change.outcome.is_unproved())
            {
                change.outcome = Outcome::Confirmed;
            }
            Entry::Proof(result)
        })
        .collect();
    assert_eq!(proofs.len(), 55);
    journal.record(&proofs).unwrap();
    journal.finish(RunState::Finished, at(3)).unwrap();
    let record = RunRecord::open(&folder, &run).unwrap().unwrap();
    let counts = record.counts().unwrap();
    assert_eq!(
        (counts.of(RowStatus::Updated), counts.of(RowStatus::Partial)),
        (49, 1)
    );
    assert_eq!((record.unproved_count(), record.remaining_count()), (0, 0));
}

#[test]
fn a_journal_that_could_not_be_raised_stays_as_it_was() {
    let (_place, folder, run) = v1();
    // The state cannot be written, so the version must not be raised either.
    let path = journal_file(&folder.run_folder(&run));
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch(
            "CREATE TRIGGER refuse BEFORE UPDATE ON run BEGIN SELECT RAISE(ABORT, 'not now'); END;",
        )
        .unwrap();
    let lock = RunLock::take(&folder, &run).unwrap();
    let error = Journal::resume(lock).unwrap_err();
    assert!(error.to_string().contains("not now"), "{error}");
    assert_eq!(version(&folder, &run), 1);
    connection.execute_batch("DROP TRIGGER refuse").unwrap();
    let lock = RunLock::take(&folder, &run).unwrap();
    let journal = Journal::resume(lock).unwrap().unwrap();
    assert_eq!(journal.remaining_count(), 21);
}

#[test]
fn a_journal_of_version_2_had_one_number_for_both_kinds_of_already_there_and_is_counted_by_its_results() {
    let (_place, folder) = place();
    let so_before = || Outcome::already_there(false);
    let mut journal = create(&folder, RUN, 3);
    journal
        .record(&[
            Entry::Result(result(0, [so_before(), so_before()], 1)),
            intent(&[1], 1),
            Entry::Result(result(1, [Outcome::Accepted, so_before()], 2)),
        ])
        .unwrap();
    let run = journal.header().run.clone();
    drop(journal);
    Connection::open(journal_file(&folder.run_folder(&run)))
        .unwrap()
        .execute_batch("UPDATE entries SET mix = (mix & ~512) | 2 WHERE mix & 512; PRAGMA user_version = 2;")
        .unwrap();
    let expected = [RowStatus::Unchanged, RowStatus::Updated, RowStatus::NotSent];
    let same = |record: &RunRecord| {
        let counts = record.counts().unwrap();
        let told: Vec<RowStatus> = report(record).iter().map(|row| row.status).collect();
        assert_eq!(told, expected);
        for status in expected {
            assert_eq!(counts.of(status), 1, "{status:?}");
        }
    };
    same(&open(&folder));
    assert_eq!(version(&folder, &run), 2, "reading changes nothing");

    let mut journal = Journal::resume(RunLock::take(&folder, &run).unwrap())
        .unwrap()
        .unwrap();
    let proof = result(1, [Outcome::Confirmed, so_before()], 3);
    journal.record(&[Entry::Proof(proof)]).unwrap();
    journal.finish(RunState::Interrupted, at(4)).unwrap();
    same(&open(&folder));
    assert_eq!(version(&folder, &run), FORMAT.version);
}
