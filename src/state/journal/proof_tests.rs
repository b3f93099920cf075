//! Proofs: what was accepted becomes confirmed, not visible or lost, and nothing else changes.

use super::fixtures::*;
use super::*;
use crate::domain::{OperationResult, Outcome, RowStatus, RunId, Value};
use crate::state::{RowStanding, StateFolder};

const ACCEPTED: [Outcome; 2] = [Outcome::Accepted, Outcome::Accepted];

fn lost() -> Outcome {
    Outcome::Lost {
        live: Value::Text("Clerk".to_owned()),
    }
}

fn proof(number: u32, outcomes: [Outcome; 2]) -> Entry {
    Entry::Proof(result(number, outcomes, 9))
}

fn step_error(result: Result<(), StateError>) -> StepError {
    match result.unwrap_err() {
        StateError::Step { problem, .. } => problem,
        other => panic!("{other}"),
    }
}

/// Five operations: accepted, half refused, open with an accepted half, done without a request, never sent.
fn journal(folder: &StateFolder) -> Journal {
    let mut journal = create(folder, RUN, 5);
    let there = || [Outcome::already_there(true), Outcome::already_there(true)];
    journal
        .record(&[
            intent(&[0, 1, 2], 1),
            Entry::Result(result(0, ACCEPTED, 2)),
            Entry::Result(result(1, [Outcome::Accepted, refused()], 2)),
            Entry::Result(result(2, [Outcome::Accepted, not_sent()], 2)),
            Entry::Result(result(3, there(), 2)),
        ])
        .unwrap();
    journal
}

fn numbers(unproved: &[(Operation, OperationResult)]) -> Vec<u32> {
    unproved.iter().map(|(operation, _)| operation.number.0).collect()
}

#[test]
fn what_was_accepted_waits_for_a_proof_and_the_proof_becomes_the_result() {
    let (_place, folder) = place();
    let mut journal = journal(&folder);
    assert_eq!(numbers(&journal.unproved().unwrap()), [0, 1, 2]);
    assert_eq!(journal.unproved_count(), 3);
    journal
        .record(&[
            proof(0, [Outcome::Confirmed, Outcome::NotVisible]),
            proof(1, [lost(), refused()]),
            proof(2, [Outcome::Confirmed, not_sent()]),
        ])
        .unwrap();
    for record in [&*journal, &open(&folder)] {
        assert_eq!(numbers(&record.unproved().unwrap()), [0]);
        let rows = report(record);
        let statuses: Vec<RowStatus> = rows.iter().map(|row| row.status).collect();
        use RowStatus::{Failed, NotSent, Partial, Updated};
        assert_eq!(statuses, [Updated, Failed, Partial, Updated, NotSent]);
        assert_eq!(
            rows[1].results[0].1,
            Some(result(1, [lost(), refused()], 9)),
            "the proof is the result now"
        );
        assert_eq!(record.counts().unwrap().of(Failed), 1);
        assert_eq!(record.remaining_count(), 2, "operations 2 and 4");
    }
    // A later look may know more.
    journal.record(&[proof(0, [Outcome::Confirmed, lost()])]).unwrap();
    assert_eq!(open(&folder).unproved_count(), 0);
    assert_eq!(report(&open(&folder))[0].status, RowStatus::Partial);
}

#[test]
fn an_operation_whose_half_was_proved_goes_on_with_its_other_half() {
    let (_place, folder) = place();
    let mut journal = journal(&folder);
    journal
        .record(&[
            proof(2, [Outcome::Confirmed, not_sent()]),
            intent(&[2], 10),
            Entry::Result(result(2, [Outcome::Confirmed, Outcome::Accepted], 11)),
        ])
        .unwrap();
    assert_eq!(numbers(&open(&folder).unproved().unwrap()), [0, 1, 2]);
    assert_eq!(report(&open(&folder))[2].status, RowStatus::Updated);
}

#[test]
fn a_proof_that_changes_anything_else_is_refused_and_nothing_is_written() {
    use StepError::{OtherChanges, ProofOfNothing, ProofOfOther, Unknown};
    let (_place, folder) = place();
    let mut journal = journal(&folder);
    let mut other_attribute = result(0, ACCEPTED, 9);
    other_attribute.outcomes.swap(0, 1);
    let mut short = result(0, ACCEPTED, 9);
    short.outcomes.pop();
    for (entry, problem) in [
        (
            proof(0, [Outcome::Confirmed, Outcome::already_there(true)]),
            ProofOfOther,
        ),
        (proof(0, [Outcome::Confirmed, refused()]), ProofOfOther),
        (Entry::Proof(other_attribute), ProofOfOther),
        (Entry::Proof(short), OtherChanges),
        // The same mix, on the other attribute: only the outcomes tell.
        (proof(1, [refused(), Outcome::Confirmed]), ProofOfOther),
        (
            proof(1, [Outcome::Confirmed, Outcome::already_there(true)]),
            ProofOfOther,
        ),
        (proof(2, ACCEPTED), ProofOfOther),
        (
            proof(3, [Outcome::Confirmed, Outcome::already_there(true)]),
            ProofOfNothing,
        ),
        (proof(4, [Outcome::Confirmed, Outcome::Confirmed]), ProofOfNothing),
        (proof(9, ACCEPTED), Unknown),
    ] {
        let both = [proof(0, [Outcome::NotVisible, Outcome::Accepted]), entry];
        assert_eq!(step_error(journal.record(&both)), problem, "{:?}", both[1]);
        assert_eq!(open(&folder).unproved_count(), 3);
    }
    // While it is sent again nobody knows what a read would show.
    journal.record(&[intent(&[2], 10)]).unwrap();
    let sent = proof(2, [Outcome::Confirmed, not_sent()]);
    assert_eq!(step_error(journal.record(&[sent])), ProofOfNothing);
    assert_eq!(numbers(&journal.unproved().unwrap()), [0, 1]);
    // What was confirmed once stays so.
    journal
        .record(&[proof(0, [Outcome::Confirmed, Outcome::NotVisible])])
        .unwrap();
    let turned = proof(0, [Outcome::NotVisible, Outcome::Confirmed]);
    assert_eq!(step_error(journal.record(&[turned])), ProofOfOther);
    let lost = proof(0, [lost(), Outcome::Confirmed]);
    assert_eq!(step_error(journal.record(&[lost])), ProofOfOther);
}

#[test]
fn a_run_says_which_run_it_takes_back_and_is_found_by_it() {
    const UNDO: &str = "run-20261123-160000-0001";
    let (_place, folder) = place();
    drop(create(&folder, RUN, 1));
    let run = |name| RunId::parse(name).unwrap();
    assert_eq!(folder.undone_by(&run(RUN)).unwrap(), []);
    let mut undo = header(UNDO);
    undo.undoes = Some(run(RUN));
    let lock = RunLock::take(&folder, &run(UNDO)).unwrap();
    let rows = [row(0, RowStanding::Planned, &[0])];
    Journal::create(lock, undo, rows.into_iter(), [operation(0)].into_iter()).unwrap();
    assert_eq!(folder.undone_by(&run(RUN)).unwrap(), [run(UNDO)]);
    assert_eq!(folder.undone_by(&run(UNDO)).unwrap(), []);
    let read = RunRecord::open(&folder, &run(UNDO)).unwrap().unwrap();
    assert_eq!(read.header().undoes, Some(run(RUN)));
}

#[test]
fn the_moments_of_earlier_writes_are_told_as_far_back_as_they_matter() {
    let (_place, folder) = place();
    let mut journal = create(&folder, RUN, 40);
    for second in 0..40 {
        let number = second as u32;
        journal.record(&[intent(&[number], second * 10)]).unwrap();
        journal
            .record(&[Entry::Result(result(number, ACCEPTED, second * 10 + 1))])
            .unwrap();
    }
    journal
        .record(&[proof(39, [Outcome::Confirmed, Outcome::Confirmed])])
        .unwrap();
    let window = jiff::SignedDuration::from_secs(150);
    let moments = |folder: &StateFolder, tenant: &str, now: i64| -> Vec<i64> {
        let moments = folder.write_moments(tenant, at(now), window);
        moments
            .iter()
            .map(|moment| moment.as_second() - at(0).as_second())
            .collect()
    };
    // The whole run, as long as its last write is not older than the window.
    assert_eq!(moments(&folder, "contoso", 391).len(), 40);
    assert_eq!(moments(&folder, "contoso", 390 + 150).len(), 40);
    assert_eq!(moments(&folder, "contoso", 390 + 151).len(), 0);
    assert_eq!(moments(&folder, "fabrikam", 391).len(), 0);
    // A second attempt is a second request, and one that waited for the disk stands in its place.
    drop(journal);
    let mut journal = create(&folder, "run-20261123-150313-0001", 3);
    journal
        .record(&[intent(&[0, 1], 400), intent(&[0], 395)])
        .unwrap();
    let all = moments(&folder, "contoso", 401);
    assert_eq!(all.len(), 43);
    assert_eq!(all[39..], [390, 395, 400, 400]);
    // A run that cannot be read is passed over.
    drop(journal);
    std::fs::write(
        journal_file(&folder.run_folder(&RunId::parse(RUN).unwrap())),
        "no database",
    )
    .unwrap();
    assert_eq!(moments(&folder, "contoso", 401), [395, 400, 400]);
}
