//! What a sequence of looks makes of an accepted change.

use std::sync::Arc;

use super::*;
use crate::catalogue;
use crate::domain::{Action, Change, ChangeOutcome, Columns, Directory, UserId, UserState};

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// A job title that went from `old` to `new`, accepted at the beginning of time.
fn case(sights_needed: u32) -> Case {
    let attribute = catalogue::by_name("jobTitle").unwrap();
    let change = Change {
        attribute,
        before: text("old"),
        after: text("new"),
    };
    let operation = Operation {
        number: OperationNumber(0),
        user: UserId::from_bytes([7; 16]),
        upn: String::new(),
        row: 2,
        action: Action::Patch {
            changes: vec![change],
            companions: Vec::new(),
        },
    };
    let result = OperationResult {
        number: operation.number,
        outcomes: vec![ChangeOutcome {
            attribute,
            outcome: Outcome::NotVisible,
        }],
        request_id: None,
        finished_at: Timestamp::UNIX_EPOCH,
        made: None,
    };
    Case::new((operation, result), sights_needed)
}

/// A look: a value, `-` for an answer without the attribute, `?` for no such user.
fn look(seen: &str) -> Read {
    let columns: Columns = Arc::new([catalogue::by_name("jobTitle").unwrap()]);
    let mut directory = Directory::new(columns);
    if seen != "?" {
        directory.insert(UserState {
            id: UserId::from_bytes([7; 16]),
            upn: "anna@contoso.example".to_owned(),
            synced: None,
            restricted: false,
            agent: false,
            values: thin_vec::thin_vec![text(seen)],
            unread: seen.starts_with('-').then_some("jobTitle").into_iter().collect(),
        });
    }
    Read::of(directory)
}

#[test]
fn looks_make_confirmed_not_visible_or_lost_of_what_was_accepted() {
    let lost = |live: Value| Outcome::Lost { live };
    let (soon, late) = (60, 16 * 60);
    for (sights, looks, given_up, expected) in [
        (1, "new", None, Outcome::Confirmed),
        (1, "old new", None, Outcome::Confirmed),
        (1, "other new", None, Outcome::Confirmed),
        (1, "old old old old old old", None, Outcome::Accepted),
        (1, "old old", Some(soon), Outcome::NotVisible),
        (1, "old old", Some(late), lost(text("old"))),
        (1, "other other other other", None, Outcome::Accepted),
        (1, "other other other other", Some(soon), Outcome::NotVisible),
        (1, "other other", Some(late), lost(text("other"))),
        (1, "other other other other other", None, lost(text("other"))),
        (1, "other other old other other other", None, Outcome::Accepted),
        (1, "other third other third other third", None, Outcome::Accepted),
        (1, "? ? ? ? ?", None, lost(Value::Empty)),
        // What nobody has seen is neither late nor lost.
        (1, "- - - - - -", Some(late), Outcome::Accepted),
        (1, "old -", Some(late), Outcome::Accepted),
        // An undo is confirmed only by a value that stays.
        (3, "new", None, Outcome::Accepted),
        (3, "new new old new new", None, Outcome::Accepted),
        (3, "new new new", None, Outcome::Confirmed),
        (3, "old new new new", None, Outcome::Confirmed),
        (3, "new", Some(soon), Outcome::NotVisible),
    ] {
        let mut case = case(sights);
        for seen in looks.split(' ') {
            case.look(&look(seen), Timestamp::now());
        }
        if let Some(seconds) = given_up {
            case.give_up(Timestamp::from_second(seconds).unwrap());
        }
        let outcome = &case.result.outcomes[0].outcome;
        assert_eq!(*outcome, expected, "{looks}, given up after {given_up:?} s");
        assert_eq!(case.is_decided(), expected != Outcome::Accepted);
    }
}

#[test]
fn a_foreign_picture_is_ours_for_a_day_and_somebody_elses_after_that() {
    let attribute = catalogue::all()
        .find(|attribute| attribute.kind == Kind::Picture)
        .unwrap();
    let change = Change {
        attribute,
        before: text("old"),
        after: text("sent"),
    };
    let mut stored_as = Vec::new();
    assert_eq!(
        standing(&change, &text("stored"), Some(&mut stored_as)),
        Standing::AlreadyThere
    );
    assert_eq!(stored_as, [("sent".to_owned(), "stored".to_owned())]);
    assert_eq!(
        standing(&change, &text("stored"), None),
        Standing::Moved(text("stored"))
    );
}
