//! What is put back, as the journals of all undos say it, and what is said where one cannot be read.

use super::super::journal::fixtures::{
    at, create, header, in_doubt, intent, not_sent, operation, place, result, row, user,
};
use super::super::{Entry, Journal, RowStanding, RunHeader, RunLock};
use super::*;
use crate::domain::Outcome;

const OLD: &str = "run-20261123-150312-9f3a";
const UNDO: &str = "run-20261124-080000-0001";

/// A run that takes another one back, with what became of its one operation.
fn undo(folder: &StateFolder, run: &str, undoes: &str, outcomes: [Outcome; 2], second: i64) {
    let header = RunHeader {
        undoes: RunId::parse(undoes),
        ..header(run)
    };
    let lock = RunLock::take(folder, &header.run).unwrap();
    let rows = [row(0, RowStanding::Planned, &[0])].into_iter();
    let mut journal = Journal::create(lock, header, rows, [operation(0)].into_iter()).unwrap();
    journal
        .record(&[intent(&[0], second), Entry::Result(result(0, outcomes, second))])
        .unwrap();
}

#[test]
fn what_later_runs_put_back_is_known_by_cell_and_moment_unless_it_was_taken_back_again() {
    let (_place, folder) = place();
    let run = RunId::parse(OLD).unwrap();
    let cells = || {
        let mut cells: Vec<(&str, Timestamp)> = folder
            .put_back(&run)
            .unwrap()
            .into_iter()
            .map(|((who, name, _), at)| {
                assert_eq!(who, user(0));
                (name, at)
            })
            .collect();
        cells.sort_unstable();
        cells
    };
    drop(create(&folder, OLD, 1));
    assert_eq!(cells(), []);
    let mut undos = ["run-20261124-080000-0001", "run-20261124-080000-0002"].into_iter();
    let mut next = || undos.next().unwrap();
    // What was accepted counts, and what is in doubt or was not sent does not.
    undo(&folder, next(), OLD, [Outcome::Confirmed, in_doubt()], 10);
    assert_eq!(cells(), [("jobTitle", at(10))]);
    undo(
        &folder,
        next(),
        OLD,
        [not_sent(), Outcome::already_there(true)],
        20,
    );
    assert_eq!(cells(), [("department", at(20)), ("jobTitle", at(10))]);
    // An undo that was undone explains nothing any more.
    let again = "run-20261124-090000-0001";
    undo(
        &folder,
        again,
        "run-20261124-080000-0001",
        [Outcome::Accepted, Outcome::already_there(false)],
        30,
    );
    assert_eq!(cells(), [("department", at(20))]);
    let third = "run-20261124-090000-0002";
    undo(&folder, third, again, [Outcome::Accepted, not_sent()], 40);
    assert_eq!(cells(), [("department", at(20)), ("jobTitle", at(10))]);
    // A run that cannot be read is passed over.
    let id = RunId::parse("run-20261124-080000-0002").unwrap();
    std::fs::write(journal_file(&folder.run_folder(&id)), "no database. ".repeat(100)).unwrap();
    assert_eq!(cells(), [("jobTitle", at(10))]);
}

fn damage(folder: &StateFolder, run: &str) {
    let id = RunId::parse(run).unwrap();
    std::fs::write(journal_file(&folder.run_folder(&id)), "no database. ".repeat(100)).unwrap();
}

#[test]
fn whoever_must_know_every_undo_is_told_of_a_run_that_cannot_be_read() {
    let (_place, folder) = place();
    let run = RunId::parse(OLD).unwrap();
    drop(create(&folder, OLD, 1));
    undo(&folder, UNDO, OLD, [Outcome::Accepted, Outcome::Accepted], 10);
    let undos = folder.undos().unwrap().all_readable().unwrap();
    let back = undos.put_back(&folder, &run).unwrap();
    assert!(back.values().all(|back| back.by == [RunId::parse(UNDO).unwrap()]));
    assert_eq!(back.len(), 2);
    // It was readable a moment ago.
    damage(&folder, UNDO);
    undos.put_back(&folder, &run).unwrap_err();
    let undos = folder.undos().unwrap();
    assert!(undos.has(&RunId::parse(UNDO).unwrap()));
    assert!(matches!(undos.all_readable(), Err(StateError::Damaged { .. })));
}

#[cfg(unix)]
#[test]
fn a_journal_that_cannot_be_looked_at_is_not_taken_for_none() {
    let (_place, folder) = place();
    drop(create(&folder, OLD, 1));
    // As for the folder of another user: whether something is in it cannot be told.
    let own = folder.run_folder(&RunId::parse(UNDO).unwrap());
    std::os::unix::fs::symlink(&own, &own).unwrap();
    folder.undos().unwrap().all_readable().unwrap_err();
    assert!(RunRecord::open(&folder, &RunId::parse(UNDO).unwrap()).is_err());
    let listed = folder.list_runs().unwrap();
    assert_eq!(listed.iter().filter(|run| run.overview.is_err()).count(), 1);
}

#[test]
fn a_run_that_somebody_wanted_to_take_back_is_marked_and_listed() {
    let (_place, folder) = place();
    drop(create(&folder, OLD, 1));
    assert_eq!(folder.undos().unwrap().asked(), []);
    let run = RunId::parse(OLD).unwrap();
    RunLock::take(&folder, &run).unwrap().ask_back().unwrap();
    let undos = folder.undos().unwrap();
    assert_eq!(undos.asked(), [(run, "users.csv".to_owned())]);
}
