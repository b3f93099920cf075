//! The list of runs, with living, finished and damaged ones.

use super::super::journal::fixtures::{at, create, intent, place, result};
use super::super::{Entry, RunState};
use super::*;
use crate::domain::{Outcome, RowStatus};

const OLD: &str = "run-20261123-150312-9f3a";
const NEW: &str = "run-20261124-080000-0001";

#[test]
fn runs_are_listed_newest_first_with_what_became_of_them() {
    let (_place, folder) = place();
    let done = [Outcome::Accepted, Outcome::Accepted];
    let mut journal = create(&folder, OLD, 2);
    journal
        .record(&[
            intent(&[0, 1], 1),
            Entry::Result(result(0, done.clone(), 2)),
            Entry::Result(result(1, done.clone(), 2)),
        ])
        .unwrap();
    journal.finish(RunState::Finished, at(3)).unwrap();
    let mut journal = create(&folder, NEW, 3);
    journal
        .record(&[intent(&[0], 1), Entry::Result(result(0, done, 2))])
        .unwrap();
    // A run that never began, and something that is none.
    std::fs::create_dir(folder.runs().join("run-20261125-080000-0001")).unwrap();
    std::fs::create_dir(folder.runs().join("mine")).unwrap();

    let listed = folder.list_runs().unwrap();
    let ids: Vec<&str> = listed.iter().map(|run| run.id.as_str()).collect();
    assert_eq!(ids, [NEW, OLD]);
    let newest = listed[0].overview.as_ref().unwrap();
    assert_eq!((newest.state, newest.finished_at), (RunState::Running, None));
    assert_eq!((newest.counts.of(RowStatus::Updated), newest.remaining), (1, 2));
    assert_eq!(newest.counts.of(RowStatus::NotSent), 2);
    let oldest = listed[1].overview.as_ref().unwrap();
    assert_eq!(
        (oldest.state, oldest.finished_at),
        (RunState::Finished, Some(at(3)))
    );
    assert_eq!((oldest.counts.of(RowStatus::Updated), oldest.remaining), (2, 0));
    assert_eq!((oldest.sheet.as_str(), oldest.started_at), ("users.csv", at(0)));

    drop(journal);
    let listed = folder.list_runs().unwrap();
    let newest = listed[0].overview.as_ref().unwrap();
    assert_eq!((newest.state, newest.remaining), (RunState::Interrupted, 2));
}

#[test]
fn a_damaged_run_is_listed_as_such_and_hides_no_other() {
    let (_place, folder) = place();
    drop(create(&folder, OLD, 1));
    drop(create(&folder, NEW, 1));
    let id = RunId::parse(NEW).unwrap();
    std::fs::write(journal_file(&folder.run_folder(&id)), "no database. ".repeat(100)).unwrap();
    let listed = folder.list_runs().unwrap();
    assert!(matches!(&listed[0].overview, Err(StateError::Damaged { .. })));
    assert_eq!(listed[1].overview.as_ref().unwrap().state, RunState::Interrupted);
}

#[test]
fn a_run_that_ended_with_something_left_is_listed_by_its_head_whatever_became_of_its_entries() {
    let (_place, folder) = place();
    let mut journal = create(&folder, OLD, 3);
    let done = [Outcome::Accepted, Outcome::Accepted];
    journal
        .record(&[intent(&[0], 1), Entry::Result(result(0, done, 2))])
        .unwrap();
    journal.finish(RunState::Interrupted, at(3)).unwrap();
    let id = RunId::parse(OLD).unwrap();
    let listed = folder.list_runs().unwrap();
    let overview = listed[0].overview.as_ref().unwrap();
    let told = (overview.state, overview.remaining);
    assert_eq!(told, (RunState::Interrupted, 2));
    assert_eq!(folder.doubts(overview).unwrap().in_doubt, 0);

    let file = journal_file(&folder.run_folder(&id));
    let connection = rusqlite::Connection::open(&file).unwrap();
    connection
        .execute_batch("ALTER TABLE entries RENAME TO lost")
        .unwrap();
    drop(connection);
    let listed = folder.list_runs().unwrap();
    let overview = listed[0].overview.as_ref().unwrap();
    assert_eq!((overview.state, overview.remaining), told);
    assert!(folder.doubts(overview).is_err());
    assert_eq!(folder.sheet_of(&id).unwrap(), "users.csv");
}
