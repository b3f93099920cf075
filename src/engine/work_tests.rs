//! Parts, refusals and looks: what is sent next and what became of each change.

use super::*;
use crate::catalogue;
use crate::domain::{Action, Companion, UserId};

fn change(name: &str) -> Change {
    let attribute = catalogue::by_name(name).unwrap();
    Change {
        attribute,
        before: Value::Empty,
        after: Value::Text("x".to_owned()),
    }
}

fn operation(names: &[&str]) -> Operation {
    Operation {
        number: OperationNumber(7),
        user: UserId::from_bytes([1; 16]),
        upn: "anna@contoso.example".to_owned(),
        row: 3,
        action: Action::Patch {
            changes: names.iter().map(|name| change(name)).collect(),
            companions: Vec::new(),
        },
    }
}

fn refusal(status: u16, target: Option<&str>) -> Refusal {
    Refusal {
        status,
        code: "Request_BadRequest".to_owned(),
        message: "no".to_owned(),
        target: target.map(str::to_owned),
        request_id: None,
        hint: "mend it".to_owned(),
    }
}

fn names(operation: &Operation) -> Vec<&str> {
    operation
        .changes()
        .iter()
        .map(|change| change.attribute.name)
        .collect()
}

#[test]
fn a_refused_attribute_is_found_and_the_others_land() {
    let mut work = Work::new(operation(&["jobTitle", "mobilePhone", "city"]));
    work.refused(refusal(403, None));
    assert_eq!(names(&work.next_part().unwrap()), ["jobTitle", "city"]);
    work.landed();
    assert_eq!(names(&work.next_part().unwrap()), ["mobilePhone"]);
    work.refused(refusal(403, None));
    assert!(work.is_settled());
    let outcomes = work.settled().result.outcomes;
    assert!(outcomes[0].outcome.is_done() && outcomes[2].outcome.is_done());
    assert!(matches!(outcomes[1].outcome, Outcome::Refused { .. }));
}

#[test]
fn what_is_known_already_is_not_sent_again() {
    let work = Work::with_known(
        operation(&["jobTitle", "city"]),
        |change| (change.attribute.name == "city").then_some(Outcome::already_there(false)),
        |_| Some(Value::Empty),
    );
    assert_eq!(names(&work.next_part().unwrap()), ["jobTitle"]);
    let done = Work::with_known(
        operation(&["city"]),
        |_| Some(Outcome::already_there(false)),
        |_| Some(Value::Empty),
    );
    assert!(done.is_settled());
}

#[test]
fn a_look_just_before_the_write_takes_out_what_moved() {
    let seen = |attribute: &'static Attribute| match attribute.name {
        "city" => Some(Value::Text("x".to_owned())),
        "department" => Some(Value::Text("somebody else's".to_owned())),
        "surname" => None,
        _ => Some(Value::Empty),
    };
    let all = ["jobTitle", "city", "department", "surname"];
    // A value that is there already may be a stale one, unless the write may have landed before.
    for (in_doubt, sent) in [(false, &["jobTitle", "city"][..]), (true, &["jobTitle"])] {
        let mut work = Work::new(operation(&all));
        assert!(work.looked(seen, in_doubt, true));
        assert_eq!(names(&work.next_part().unwrap()), sent);
        work.landed();
        assert!(work.is_settled());
        let outcomes = work.settled().result.outcomes;
        assert_eq!(outcomes[0].outcome, Outcome::Accepted);
        assert_eq!(outcomes[1].outcome == Outcome::already_there(true), in_doubt);
        assert!(
            matches!(&outcomes[2].outcome, Outcome::Moved { live } if live.to_cell() == "somebody else's")
        );
        assert_eq!(matches!(outcomes[3].outcome, Outcome::InDoubt { .. }), in_doubt);
    }
}

#[test]
fn whatever_a_look_finds_before_anything_was_sent_the_journal_takes_it_without_an_intent() {
    use crate::state::{Mix, OperationState, Step, next_state};
    let values = [
        None,
        Some(Value::Empty),
        Some(Value::Text("x".to_owned())),
        Some(Value::Text("y".to_owned())),
    ];
    let attributes = ["jobTitle", "city", "surname"];
    for choice in 0..64_usize {
        for shown in [true, false] {
            let mut work = Work::new(operation(&attributes));
            let seen = |attribute: &'static Attribute| {
                let place = attributes
                    .iter()
                    .position(|name| *name == attribute.name)
                    .unwrap();
                values[choice / 4_usize.pow(place as u32) % 4].clone()
            };
            if shown {
                work.looked(seen, false, true);
            } else {
                work.not_shown("403", false);
            }
            work.not_sent("the run was asked to end");
            let mix = Mix::of(&work.settled().result);
            let next = next_state(OperationState::Waiting, Step::Result(mix));
            assert!(next.is_ok(), "{choice} {shown}: {next:?}");
        }
    }
}

#[test]
fn a_leaf_whose_sibling_moved_travels_with_the_value_seen_last() {
    let (division, cost_center) = ("employeeOrgData.division", "employeeOrgData.costCenter");
    let mut work = Work::new(operation(&[division, cost_center]));
    let moved = Value::Text("4711".to_owned());
    assert!(work.looked(
        |attribute| Some(if attribute.name == cost_center {
            moved.clone()
        } else {
            Value::Empty
        }),
        false,
        true
    ));
    let Some(Operation {
        action: Action::Patch { changes, companions },
        ..
    }) = work.next_part()
    else {
        panic!("one leaf is still to be sent")
    };
    assert_eq!(changes.len(), 1);
    assert_eq!(companions[0].value, moved);
}

#[test]
fn a_look_says_whether_the_part_in_doubt_is_still_to_be_sent() {
    let mut work = Work::new(operation(&["jobTitle", "mobilePhone"]));
    work.refused(refusal(403, None));
    let landed = |attribute: &'static Attribute| {
        let there = attribute.name == "jobTitle";
        Some(if there {
            Value::Text("x".to_owned())
        } else {
            Value::Empty
        })
    };
    let mut both = work.clone();
    assert!(!work.looked(landed, true, true));
    assert_eq!(names(&work.next_part().unwrap()), ["mobilePhone"]);
    assert!(work.looked(landed, true, true));
    let there = |_: &'static Attribute| Some(Value::Text("x".to_owned()));
    work.looked(there, true, true);
    assert!(work.is_settled());
    // A part that was never sent is in no doubt, and what is there of it may be a server that is behind.
    both.looked(there, true, true);
    assert_eq!(names(&both.next_part().unwrap()), ["mobilePhone"]);
    both.landed();
    let outcomes = both.settled().result.outcomes;
    assert_eq!(outcomes[0].outcome, Outcome::already_there(true));
    assert_eq!(outcomes[1].outcome, Outcome::Accepted);
}

#[test]
fn a_user_who_cannot_be_looked_at_is_not_written_and_what_was_in_doubt_stays_so() {
    for in_doubt in [false, true] {
        let mut work = Work::new(operation(&["jobTitle", "mobilePhone"]));
        work.refused(refusal(403, None));
        work.not_shown("403", in_doubt);
        assert!(work.is_settled());
        let outcomes = work.settled().result.outcomes;
        assert_eq!(matches!(outcomes[0].outcome, Outcome::InDoubt { .. }), in_doubt);
        assert!(matches!(outcomes[1].outcome, Outcome::NotSent { .. }));
    }
}

#[test]
fn an_old_value_that_is_seen_again_proves_nothing_not_even_in_doubt() {
    let mut work = Work::new(operation(&["jobTitle"]));
    assert!(work.looked(|_| Some(Value::Text("x".to_owned())), true, false));
    assert_eq!(names(&work.next_part().unwrap()), ["jobTitle"]);
}

#[test]
fn an_attribute_that_a_look_in_doubt_did_not_show_stays_in_doubt() {
    let mut work = Work::new(operation(&["jobTitle"]));
    assert!(!work.looked(|_| None, true, true));
    let outcomes = work.settled().result.outcomes;
    assert!(matches!(outcomes[0].outcome, Outcome::InDoubt { .. }));
}

#[test]
fn what_is_expected_to_be_refused_travels_apart_from_the_start() {
    let mut work = Work::new(operation(&["jobTitle", "mobilePhone", "city"]));
    work.part_off(|attribute| attribute.name == "mobilePhone");
    assert_eq!(names(&work.next_part().unwrap()), ["jobTitle", "city"]);
    work.landed();
    assert_eq!(names(&work.next_part().unwrap()), ["mobilePhone"]);
    let mut alone = Work::new(operation(&["mobilePhone"]));
    alone.part_off(|_| true);
    assert_eq!(names(&alone.next_part().unwrap()), ["mobilePhone"]);
}

#[test]
fn a_leaf_that_moved_meanwhile_travels_along_with_the_value_it_has_now() {
    let (division, cost_center) = ("employeeOrgData.division", "employeeOrgData.costCenter");
    let both = operation(&[division, cost_center]);
    let live = |attribute: &'static Attribute| {
        Some(if attribute.name == cost_center {
            Value::Text("4711".to_owned())
        } else {
            Value::Empty
        })
    };
    let known = |change: &Change| {
        (change.attribute.name == cost_center).then(|| Outcome::Moved {
            live: Value::Text("4711".to_owned()),
        })
    };
    let work = Work::with_known(both, known, live);
    let Some(Operation {
        action: Action::Patch { changes, companions },
        ..
    }) = work.next_part()
    else {
        panic!("one leaf is still to be sent")
    };
    assert_eq!(changes.len(), 1);
    let attribute = catalogue::by_name(cost_center).unwrap();
    assert_eq!(
        companions,
        [Companion {
            attribute,
            value: Value::Text("4711".to_owned())
        }]
    );
}

#[test]
fn nothing_of_a_row_is_sent_after_a_part_of_it_is_in_doubt() {
    let mut work = Work::new(operation(&["jobTitle", "city"]));
    work.refused(refusal(400, Some("city")));
    work.in_doubt("no answer");
    assert!(work.is_settled());
    let outcomes = work.settled().result.outcomes;
    assert!(matches!(outcomes[0].outcome, Outcome::InDoubt { .. }));
    assert!(matches!(outcomes[1].outcome, Outcome::NotSent { .. }));
}
