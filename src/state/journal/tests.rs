//! A journal that is written and read again tells the same.

use std::path::Path;

use super::fixtures::*;
use super::*;
use crate::domain::{Outcome, RowNote, RowStatus, RunId};
use crate::state::{RowStanding, StatusCounts};

fn step_error(result: Result<(), StateError>) -> (u32, StepError) {
    match result.unwrap_err() {
        StateError::Step {
            operation, problem, ..
        } => (operation.0, problem),
        other => panic!("{other}"),
    }
}

#[test]
fn everything_written_at_the_start_is_read_back_exactly() {
    let (_place, folder) = place();
    let lock = RunLock::take(&folder, &RunId::parse(RUN).unwrap()).unwrap();
    let mut noted = row(3, RowStanding::Unchanged, &[]);
    noted.user = None;
    noted.notes.push(RowNote {
        status: RowStatus::Skipped,
        code: "held-back".to_owned(),
        message: "the cell is not a date".to_owned(),
        hint: "write 2026-11-23".to_owned(),
    });
    let mut sharing = row(1, RowStanding::Planned, &[0]);
    sharing.writes = Some(vec!["department".to_owned()]);
    let rows = vec![
        row(0, RowStanding::Planned, &[0, 1]),
        sharing,
        row(2, RowStanding::Conflict, &[]),
        noted,
    ];
    let journal =
        Journal::create(lock, header(RUN), rows.clone().into_iter(), (0..2).map(operation)).unwrap();
    assert_eq!(journal.state(), RunState::Running);
    assert_eq!(journal.header(), &header(RUN));
    drop(journal);

    let record = open(&folder);
    assert_eq!(record.header(), &header(RUN));
    let read = report(&record);
    assert_eq!(read.iter().map(|read| read.row.clone()).collect::<Vec<_>>(), rows);
    assert_eq!(read[0].results, [(operation(0), None), (operation(1), None)]);
    assert_eq!(read[1].results, [(operation(0), None)]);
    let statuses: Vec<RowStatus> = read.iter().map(|read| read.status).collect();
    assert_eq!(
        statuses,
        [
            RowStatus::NotSent,
            RowStatus::NotSent,
            RowStatus::Conflict,
            RowStatus::Skipped
        ]
    );
    assert_eq!((record.operation_count(), record.remaining_count()), (2, 2));
}

#[test]
fn a_run_that_never_began_has_no_journal_and_a_failed_beginning_leaves_none() {
    let (_place, folder) = place();
    let run = RunId::parse(RUN).unwrap();
    assert!(RunRecord::open(&folder, &run).unwrap().is_none());
    let lock = RunLock::take(&folder, &run).unwrap();
    let rows = [row(0, RowStanding::Planned, &[7])].into_iter();
    let error = Journal::create(lock, header(RUN), rows, (0..1).map(operation)).unwrap_err();
    assert!(error.to_string().contains("names operation 7"), "{error}");
    let left: Vec<_> = std::fs::read_dir(folder.run_folder(&run)).unwrap().collect();
    assert_eq!(left.len(), 1, "only the lock file: {left:?}");
    assert!(RunRecord::open(&folder, &run).unwrap().is_none());
    assert!(
        Journal::resume(RunLock::take(&folder, &run).unwrap())
            .unwrap()
            .is_none()
    );
    std::fs::write(
        folder.run_folder(&run).join("journal.sqlite.part"),
        "from a killed process",
    )
    .unwrap();
    create(&folder, RUN, 1);
}

#[test]
fn a_lock_of_another_run_and_a_second_beginning_are_refused() {
    let (_place, folder) = place();
    let lock = RunLock::take(&folder, &RunId::parse("run-20261123-150312-0000").unwrap()).unwrap();
    let nothing = Journal::create(lock, header(RUN), std::iter::empty(), std::iter::empty());
    assert!(matches!(nothing, Err(StateError::Contradiction { .. })));
    create(&folder, RUN, 1);
    let lock = RunLock::take(&folder, &RunId::parse(RUN).unwrap()).unwrap();
    let twice = Journal::create(lock, header(RUN), std::iter::empty(), std::iter::empty());
    assert!(matches!(twice, Err(StateError::Exists { .. })));
}

#[test]
fn only_one_process_writes_a_run_while_others_may_read_it() {
    let (_place, folder) = place();
    let mut journal = create(&folder, RUN, 2);
    assert!(matches!(
        RunLock::take(&folder, &RunId::parse(RUN).unwrap()),
        Err(StateError::Busy { .. })
    ));
    journal.record(&[intent(&[0], 1)]).unwrap();
    let record = open(&folder);
    assert_eq!(record.state(), RunState::Running);
    assert_eq!(
        record.operation_state(OperationNumber(0)),
        Some(OperationState::Sent)
    );
    journal.record(&[Entry::Result(result(0, DONE, 2))]).unwrap();
    assert_eq!(open(&folder).remaining_count(), 1);
}

#[test]
fn illegal_steps_name_the_operation_and_write_nothing() {
    let (_place, folder) = place();
    let mut journal = create(&folder, RUN, 2);
    let said = Entry::Result(result(1, DONE, 3));
    assert_eq!(
        step_error(journal.record(&[intent(&[0], 1), said.clone()])),
        (1, StepError::ResultWithoutIntent)
    );
    assert_eq!(
        journal.operation_state(OperationNumber(0)),
        Some(OperationState::Waiting)
    );
    journal.record(&[intent(&[1], 2), said.clone()]).unwrap();
    assert_eq!(
        step_error(journal.record(std::slice::from_ref(&said))),
        (1, StepError::SecondFinalResult)
    );
    assert_eq!(
        step_error(journal.record(&[intent(&[0, 1], 4)])),
        (1, StepError::IntentAfterFinalResult)
    );
    assert_eq!(
        step_error(journal.record(&[intent(&[9], 4)])),
        (9, StepError::Unknown)
    );
    let mut short = result(0, DONE, 5);
    short.outcomes.pop();
    assert_eq!(
        step_error(journal.record(&[intent(&[0], 4), Entry::Result(short)])),
        (0, StepError::OtherChanges)
    );
    let record = open(&folder);
    assert_eq!(
        record.operation_state(OperationNumber(0)),
        Some(OperationState::Waiting)
    );
    assert_eq!(record.remaining_count(), 1);
}

#[test]
fn a_resumed_run_goes_on_where_it_stopped_and_then_is_finished() {
    let (_place, folder) = place();
    let mut journal = create(&folder, RUN, 2);
    journal
        .record(&[
            intent(&[0, 1], 1),
            Entry::Result(result(1, [not_sent(), not_sent()], 2)),
        ])
        .unwrap();
    let refused = journal.finish(RunState::Finished, at(3)).unwrap_err();
    assert!(matches!(
        refused,
        StateError::Step {
            problem: StepError::StillSent,
            ..
        }
    ));

    let run = RunId::parse(RUN).unwrap();
    let journal = Journal::resume(RunLock::take(&folder, &run).unwrap())
        .unwrap()
        .unwrap();
    let record = journal.finish(RunState::Interrupted, at(4)).unwrap();
    assert_eq!(
        (record.state(), record.finished_at()),
        (RunState::Interrupted, Some(at(4)))
    );

    let mut journal = Journal::resume(RunLock::take(&folder, &run).unwrap())
        .unwrap()
        .unwrap();
    assert_eq!(
        (journal.state(), journal.finished_at()),
        (RunState::Running, None)
    );
    assert_eq!(open(&folder).state(), RunState::Running);
    let by_reading = result(0, [Outcome::already_there(true), Outcome::already_there(true)], 5);
    journal
        .record(&[
            Entry::Result(by_reading),
            intent(&[1], 5),
            Entry::Result(result(1, DONE, 6)),
        ])
        .unwrap();
    assert_eq!(journal.remaining().unwrap(), []);
    journal.finish(RunState::Finished, at(7)).unwrap();
    let record = open(&folder);
    assert_eq!(
        (record.state(), record.finished_at()),
        (RunState::Finished, Some(at(7)))
    );
    let mut counts = StatusCounts::default();
    counts.add(RowStatus::Updated);
    counts.add(RowStatus::Updated);
    assert_eq!(record.counts().unwrap(), counts);
}

#[cfg(unix)]
#[test]
fn the_journal_and_its_side_files_are_for_the_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let (_place, folder) = place();
    let mut journal = create(&folder, RUN, 1);
    journal.record(&[intent(&[0], 1)]).unwrap();
    let run_folder = folder.run_folder(&RunId::parse(RUN).unwrap());
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&run_folder), 0o700);
    let mut files = 0;
    for entry in std::fs::read_dir(&run_folder).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{path:?}");
        files += 1;
    }
    assert_eq!(files, 4, "lock, journal, wal, shm");
}
