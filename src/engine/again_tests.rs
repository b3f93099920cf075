//! What a look after some time leaves of an operation.

use super::*;
use crate::catalogue;
use crate::domain::{Action, ChangeOutcome, Columns, Directory, UserId, UserState};

const NAMES: [&str; 4] = ["jobTitle", "city", "department", "mobilePhone"];

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn columns() -> Columns {
    NAMES.map(|name| catalogue::by_name(name).unwrap()).into()
}

/// Four cells that go from `before` to `after`.
fn operation() -> Operation {
    let changes = columns()
        .iter()
        .map(|attribute| Change {
            attribute,
            before: text("before"),
            after: text("after"),
        })
        .collect();
    Operation {
        number: OperationNumber(0),
        user: UserId::from_bytes([1; 16]),
        upn: "anna@contoso.example".to_owned(),
        row: 2,
        action: Action::Patch {
            changes,
            companions: Vec::new(),
        },
    }
}

/// The user with these values in the order of the names; the last attribute is left out of the answer.
fn seen(values: [&str; 4]) -> Read {
    let mut directory = Directory::new(columns());
    directory.insert(UserState {
        id: operation().user,
        upn: operation().upn,
        synced: None,
        restricted: false,
        agent: false,
        values: values.map(text).into_iter().collect(),
        unread: ["mobilePhone"].into_iter().collect(),
    });
    Read::of(directory)
}

fn outcomes(work: &Work) -> Vec<Option<Outcome>> {
    work.changes().map(|(_, outcome)| outcome.cloned()).collect()
}

fn sent(work: &Work) -> Vec<&'static str> {
    let part = work.next_part();
    let changes = part.iter().flat_map(|part| part.changes());
    changes.map(|change| change.attribute.name).collect()
}

#[test]
fn what_is_there_is_believed_where_it_is_new_and_sent_once_more_where_it_is_old() {
    let read = seen(["before", "after", "somebody else's", "before"]);
    for (believe, there, expected) in [
        (true, Some(Outcome::already_there(false)), &["jobTitle"][..]),
        // In an undo the city may be shown by a server that is behind.
        (false, None, &["jobTitle", "city"]),
    ] {
        let work = after_look(operation(), None, believe, &read);
        assert_eq!(sent(&work), expected);
        assert!(!work.is_doubted());
        let moved = Some(Outcome::Moved {
            live: text("somebody else's"),
        });
        assert_eq!(outcomes(&work), [None, there, moved, Some(open(NOT_READ, false))]);
    }
}

#[test]
fn what_an_earlier_attempt_settled_stays_and_what_it_left_in_doubt_stays_so() {
    let doubt = || open("no answer", true);
    let earlier = OperationResult {
        number: OperationNumber(0),
        outcomes: columns()
            .iter()
            .zip([Outcome::Accepted, doubt(), doubt(), doubt()])
            .map(|(attribute, outcome)| ChangeOutcome { attribute, outcome })
            .collect(),
        request_id: None,
        finished_at: jiff::Timestamp::UNIX_EPOCH,
        made: None,
    };
    let read = seen(["before", "after", "before", "before"]);
    let work = after_look(operation(), Some(&earlier), true, &read);
    assert_eq!(sent(&work), ["department"]);
    assert!(work.is_doubted());
    assert_eq!(
        outcomes(&work),
        [
            Some(Outcome::Accepted),
            Some(Outcome::already_there(true)),
            None,
            Some(open(NOT_READ, true))
        ]
    );
}

#[test]
fn nothing_is_written_to_a_user_who_is_gone() {
    let work = after_look(operation(), None, false, &Read::of(Directory::new(columns())));
    assert!(work.is_settled());
    assert!(
        outcomes(&work)
            .iter()
            .all(|one| *one == Some(Outcome::Moved { live: Value::Empty }))
    );
}
