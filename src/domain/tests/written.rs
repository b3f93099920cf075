//! Which changes an undo takes for the run's own work, and which it sets back although nobody sees them.

use std::collections::HashMap;

use super::undo::{back, done, fresh_since, moment, refusal, undo};
use super::*;

#[test]
fn only_what_the_run_wrote_or_may_have_written_is_taken_back() {
    let (lost, moved) = (
        Outcome::Lost { live: Value::Empty },
        Outcome::Moved { live: Value::Empty },
    );
    let not_sent = Outcome::NotSent {
        reason: String::new(),
    };
    let in_doubt = Outcome::InDoubt {
        reason: String::new(),
    };
    let refused = Outcome::Refused { refusal: refusal() };
    for (outcome, announced, counts) in [
        (Some(Outcome::Accepted), true, true),
        (Some(Outcome::Confirmed), true, true),
        (Some(Outcome::NotVisible), true, true),
        (Some(lost), true, true),
        (Some(Outcome::already_there(true)), true, true),
        // Somebody else set the cell, whatever else of the user was sent.
        (Some(Outcome::already_there(false)), true, false),
        (Some(Outcome::already_there(false)), false, false),
        (Some(Outcome::AlreadyThere { after_send: None }), true, true),
        (Some(Outcome::AlreadyThere { after_send: None }), false, false),
        (Some(in_doubt.clone()), true, true),
        (Some(in_doubt), false, false),
        (None, true, true),
        (None, false, false),
        (Some(refused), true, false),
        (Some(moved), true, false),
        (Some(not_sent), true, false),
    ] {
        let operation = patch(vec![change("jobTitle", text("Cook"), text("Chef"))], Vec::new());
        let result = outcome.clone().map(|outcome| done(&operation, vec![outcome]));
        let written = WrittenOperation::of(&operation, result.as_ref(), announced, &fresh_since(1));
        assert_eq!(
            !written.changes.is_empty(),
            counts,
            "{outcome:?}, announced {announced}"
        );
    }
    // An older journal does not tell whether the request was about this change or about the other.
    let title = change("jobTitle", text("Cook"), text("Chef"));
    let two = patch(
        vec![title.clone(), change("city", text("a"), text("b"))],
        Vec::new(),
    );
    let there = |after_send| Outcome::AlreadyThere { after_send };
    for (after_send, written) in [(None, vec![]), (Some(false), vec![]), (Some(true), vec![title])] {
        let result = done(&two, vec![there(after_send), refused_outcome()]);
        let found = WrittenOperation::of(&two, Some(&result), true, &fresh_since(1));
        let found: Vec<Change> = found.changes.into_iter().map(|one| one.change).collect();
        assert_eq!(found, written);
    }
}

fn refused_outcome() -> Outcome {
    Outcome::Refused { refusal: refusal() }
}

/// What a fresh run of one change wrote, as its outcome tells.
fn fresh_undo(change: Change, outcome: Option<Outcome>, freshness: &Freshness) -> Undo {
    let operation = patch(vec![change], Vec::new());
    let result = done(&operation, vec![outcome.unwrap_or(Outcome::Accepted)]);
    let mut undo = undo(&[(2, vec![(operation.clone(), result.clone())])]);
    let written = WrittenOperation::of(&operation, Some(&result), true, freshness);
    undo.written.insert(operation.number, written);
    undo
}

#[test]
fn a_fresh_write_that_nobody_sees_is_set_back_all_the_same_unless_a_later_undo_explains_it() {
    let title = || change("jobTitle", text("Cook"), text("Chef"));
    let put_back = |name: &'static str, number: u8, second: i64| Freshness {
        put_back: HashMap::from([((id(number), name, None), moment(second))]),
        ..fresh_since(-900)
    };
    // The run wrote at second 0.
    for (freshness, live, again) in [
        (fresh_since(-900), "Cook", true),
        (fresh_since(0), "Cook", true),
        (fresh_since(1), "Cook", false),
        (fresh_since(-900), "Chef", false),
        (put_back("jobTitle", 1, 5), "Cook", false),
        // Before the run, another cell, another user: none of them explains it.
        (put_back("jobTitle", 1, -5), "Cook", true),
        (put_back("department", 1, 5), "Cook", true),
        (put_back("jobTitle", 2, 5), "Cook", true),
    ] {
        let told = format!("{freshness:?} {live}");
        let plan = back(
            &fresh_undo(title(), None, &freshness),
            [user(1, &[("jobTitle", text(live))])],
        );
        let changes: Vec<&Change> = plan.changes().map(|(_, change)| change).collect();
        if again || live == "Chef" {
            // From the run's value, as the journal knows it: the look before the write finds the cell as wanted, and not moved.
            assert_eq!(
                changes,
                [&change("jobTitle", text("Chef"), text("Cook"))],
                "{told}"
            );
        } else {
            assert!(plan.is_empty(), "{told}");
        }
        let remarks = &plan.rows()[0].remarks;
        assert_eq!(remarks.len(), usize::from(again), "{told}");
        assert!(
            plan.rows()[0].notes.is_empty() && plan.conflicts().is_empty(),
            "{told}"
        );
    }
}

#[test]
fn only_what_the_run_may_have_written_is_set_back_unseen_and_nothing_that_was_seen_to_be_lost() {
    let title = || change("jobTitle", text("Cook"), text("Chef"));
    let doubt = Outcome::InDoubt {
        reason: String::new(),
    };
    for (outcome, live, written) in [
        (Outcome::Confirmed, "Cook", true),
        (Outcome::NotVisible, "Cook", true),
        (Outcome::already_there(true), "Cook", true),
        (Outcome::already_there(false), "Cook", false),
        (doubt, "Cook", true),
        (Outcome::Lost { live: text("Baker") }, "Cook", false),
        (refused_outcome(), "Cook", false),
    ] {
        let undo = fresh_undo(title(), Some(outcome.clone()), &fresh_since(-900));
        let plan = back(&undo, [user(1, &[("jobTitle", text(live))])]);
        assert_eq!(!plan.is_empty(), written, "{outcome:?}");
    }
    // A third value is a conflict however fresh the write is.
    let undo = fresh_undo(title(), None, &fresh_since(-900));
    let plan = back(&undo, [user(1, &[("jobTitle", text("Baker"))])]);
    assert_eq!((plan.changes().count(), plan.conflicts().len()), (0, 1));
}

/// Row 2 asks for the title and the city, row 3 for the city and the department, in one request; row 5 has one of its own.
fn shared(told: bool) -> Undo {
    let both = patch(
        ["jobTitle", "city", "department"]
            .map(|name| change(name, text("old"), text("new")))
            .to_vec(),
        Vec::new(),
    );
    let alone = Operation {
        number: OperationNumber(both.number.0 + 1),
        ..patch(vec![change("city", text("old"), text("new"))], Vec::new())
    };
    let accepted = |operation: &Operation| {
        let outcomes = vec![Outcome::Accepted; operation.changes().len()];
        (operation.clone(), done(operation, outcomes))
    };
    let mut undo = undo(&[
        (2, vec![accepted(&both)]),
        (3, vec![accepted(&both)]),
        (5, vec![accepted(&alone)]),
    ]);
    let writes: [&[&str]; 3] = [&["jobTitle", "city"], &["city", "department"], &["city"]];
    for (row, writes) in undo.rows.iter_mut().zip(writes) {
        row.writes = told.then(|| writes.iter().map(|name| (*name).to_owned()).collect());
    }
    undo
}

#[test]
fn only_what_the_rows_asked_for_themselves_is_taken_back_and_who_shares_a_cell_is_told() {
    let live = || {
        let new = ["jobTitle", "city", "department"].map(|name| (name, text("new")));
        [user(1, &new)]
    };
    for (rows, taken_back, told) in [
        (vec![2], vec!["jobTitle", "city"], [2, 1, 0]),
        (vec![3], vec!["city", "department"], [1, 2, 0]),
        (vec![2, 3], vec!["jobTitle", "city", "department"], [2, 2, 0]),
    ] {
        let mut undo = shared(true);
        undo.keep_rows(|row| rows.contains(&row)).unwrap();
        let plan = back(&undo, live());
        let names: Vec<&str> = plan.changes().map(|(_, change)| change.attribute.name).collect();
        assert_eq!(names, taken_back, "{rows:?}");
        let writes: Vec<usize> = plan.rows().iter().map(|row| row.writes.len()).collect();
        assert_eq!(writes, told, "{rows:?}");
    }
}

#[test]
fn where_the_journal_does_not_tell_who_asked_for_what_rows_that_share_a_request_go_together() {
    let shares = |wanted, other| Err(SharedRequest { wanted, other });
    for (rows, expected) in [
        (vec![2], shares(2, 3)),
        (vec![3, 5], shares(3, 2)),
        (vec![2, 3], Ok(())),
        (vec![5], Ok(())),
        (vec![2, 3, 5], Ok(())),
    ] {
        let mut undo = shared(false);
        assert_eq!(undo.keep_rows(|row| rows.contains(&row)), expected, "{rows:?}");
    }
    // Nothing was written of what they share.
    let mut undo = shared(false);
    for operation in undo.written.values_mut() {
        operation.changes.clear();
    }
    assert_eq!(undo.keep_rows(|row| row == 2), Ok(()));
}
