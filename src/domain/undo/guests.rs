//! Guests whom the run invited: an undo deletes them, and nobody else who has the address now.

use super::gone;
use crate::catalogue::PRESENT;
use crate::domain::{
    AccountAction, Change, Directory, RowNote, RowStatus, UserState, Value, WrittenOperation, shorten,
};

/// How far the clock here and the service's may be apart.
const CLOCKS_APART: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);

/// What becomes of a guest.
pub(super) enum Fate<'d> {
    Deleted(&'d UserState, Change),
    /// Nothing of the user is touched.
    Left(RowNote),
    /// The guest stays, and what was written later may be set back.
    Kept(Option<RowNote>),
}

/// What becomes of the guest whom this operation invited.
pub(super) fn fate<'d>(operation: &WrittenOperation, directory: &'d Directory) -> Fate<'d> {
    let is_asked_for = !operation.changes.is_empty();
    if !is_asked_for && operation.is_whole {
        return Fate::Kept(None);
    }
    let Some(user) = directory.user(&operation.user) else {
        return match is_asked_for {
            true => Fate::Left(gone(operation)),
            false => Fate::Kept(None),
        };
    };
    if !is_the_one(operation, user, directory) {
        return Fate::Left(note(
            "guest-is-another",
            format!(
                "the user who {} the guest `{}` was not invited by this run, as far as `creationType` and `createdDateTime` tell",
                if operation.made.is_some() {
                    "was answered for"
                } else {
                    "has the address of"
                },
                shorten(&operation.upn)
            ),
            "look who it is; delete the user by itself, if that is wanted",
        ));
    }
    if !operation.is_whole {
        return Fate::Kept(is_asked_for.then(|| {
            note(
                "guest-not-deleted",
                format!(
                    "the guest `{}` came with this column, and nobody is deleted for some columns alone",
                    shorten(&operation.upn)
                ),
                "undo the row without `--columns`, if the guest is to be deleted",
            )
        }));
    }
    match AccountAction::Delete.wish() {
        Some((attribute, after)) => Fate::Deleted(
            user,
            Change {
                attribute,
                before: Value::Text(PRESENT.to_owned()),
                after,
            },
        ),
        None => Fate::Kept(None),
    }
}

/// Whether this is the guest. Where the journal has no id the user was found by the address, which may have come to somebody else
/// since. An id alone does not say that the run made the user: an invitation of somebody who is there is answered with who that is.
fn is_the_one(operation: &WrittenOperation, user: &UserState, directory: &Directory) -> bool {
    let kind = directory.value(user, "creationType").to_cell();
    let created = directory.value(user, "createdDateTime").to_cell();
    let (Ok(created), Some(finished)) = (created.parse::<jiff::Timestamp>(), operation.finished_at) else {
        return false;
    };
    let began = operation.not_before.unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let is_the_id = operation.made == Some(user.id);
    let is_in_time = (is_the_id || created.duration_since(finished) <= CLOCKS_APART)
        && began.duration_since(created) <= CLOCKS_APART;
    kind.eq_ignore_ascii_case("Invitation") && is_in_time
}

fn note(code: &str, message: String, hint: &str) -> RowNote {
    RowNote {
        status: RowStatus::Skipped,
        code: code.to_owned(),
        message,
        hint: hint.to_owned(),
    }
}
