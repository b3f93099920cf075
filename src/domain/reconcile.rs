//! What is left to do about an operation whose fate is unknown, after a fresh look at the directory.
//!
//! Used where time has passed between the plan and the write: a resumed run, an operation in doubt, a sealed plan.

use super::item_by_item::about;
use super::{Change, Value, same};

/// What the directory says about one change that should have been made, or should be made now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Still as it was before: send it.
    ToSend,
    /// Already as wanted: nothing to send.
    AlreadyThere,
    /// Neither: somebody else changed it, and it is left alone.
    Moved(Value),
}

/// Compares one change with the live value.
pub fn reconcile(change: &Change, live: &Value) -> Standing {
    let live = &about(change, live);
    if change.is_reached_by(live) {
        Standing::AlreadyThere
    } else if change.is_done_anew() || same(change.attribute, &change.before, live) {
        Standing::ToSend
    } else {
        Standing::Moved(live.clone())
    }
}

/// What the service itself gives to a guest who is invited, so that it is not empty although nobody has changed it.
/// <https://learn.microsoft.com/entra/external-id/user-properties>
const GIVEN_TO_GUESTS: [&str; 4] = ["accountEnabled", "mailNickname", "otherMails", "userType"];

/// The same for an operation that may be about a guest whom its own run invites (`of_guest`): what the service has filled in by
/// itself meanwhile is nobody's change.
pub fn standing(change: &Change, live: &Value, of_guest: bool) -> Standing {
    let is_given = of_guest && change.before.is_empty() && GIVEN_TO_GUESTS.contains(&change.attribute.name);
    match reconcile(change, live) {
        Standing::Moved(_) if is_given => Standing::ToSend,
        standing => standing,
    }
}
