//! What can be done to an account beside editing its attributes. Each is an attribute like any other to plans, journals and
//! proofs, but no column: only the words of the column `_action` set it.
//!
//! <https://learn.microsoft.com/graph/api/user-delete>, <https://learn.microsoft.com/graph/api/directory-deleteditems-restore>,
//! <https://learn.microsoft.com/graph/api/user-revokesigninsessions>,
//! <https://learn.microsoft.com/graph/api/resources/passwordprofile>.

use super::Section::{Identity, Settings};
use super::entry::editable;
use super::{Attribute, ClearRule, Kind, Mastery, Permissions, ReadRule, Sensitivity, WriteRule};

/// What of an account an action changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AccountPart {
    /// Whether it stands among the users or among the deleted ones.
    State,
    /// From when on sign-ins count.
    Sessions,
    /// The password.
    Password,
}

/// The account is among the users.
pub const PRESENT: &str = "present";
/// The account is among the deleted ones, from where it can be restored for 30 days.
pub const DELETED: &str = "deleted";

static STATE: Attribute = Attribute {
    read: ReadRule::Account,
    write: WriteRule::Account(AccountPart::State),
    clear: ClearRule::Never,
    sensitivity: Sensitivity::Sensitive,
    mastery: Mastery::Unknown,
    write_permission: Permissions {
        least: &[&["User.DeleteRestore.All"]],
        also: &[],
    },
    ..editable(
        Settings,
        "accountState",
        "Account",
        Kind::Choice(&[PRESENT, DELETED]),
    )
};

/// Microsoft does not count it among the sensitive actions.
static SESSIONS: Attribute = Attribute {
    read: ReadRule::List {
        select: "signInSessionsValidFromDateTime",
    },
    write: WriteRule::Account(AccountPart::Sessions),
    clear: ClearRule::Never,
    mastery: Mastery::Cloud,
    write_permission: Permissions {
        least: &[&["User.RevokeSessions.All"]],
        also: &[],
    },
    ..editable(Identity, "signInSessions", "Sign-in sessions", Kind::DateTime)
};

/// The password itself is nowhere: what is known of it is when it was changed.
static PASSWORD: Attribute = Attribute {
    read: ReadRule::List {
        select: "lastPasswordChangeDateTime",
    },
    write: WriteRule::Account(AccountPart::Password),
    clear: ClearRule::Never,
    sensitivity: Sensitivity::Sensitive,
    mastery: Mastery::OnPremises,
    write_permission: Permissions {
        least: &[&["User-PasswordProfile.ReadWrite.All"]],
        also: &[],
    },
    ..editable(Identity, "accountPassword", "Password", Kind::DateTime)
};

/// The attribute that stands for a part of the account.
pub fn account_attribute(part: AccountPart) -> &'static Attribute {
    match part {
        AccountPart::State => &STATE,
        AccountPart::Sessions => &SESSIONS,
        AccountPart::Password => &PASSWORD,
    }
}

/// All of them, in the order in which they are read.
pub fn account_attributes() -> impl Iterator<Item = &'static Attribute> {
    [AccountPart::State, AccountPart::Sessions, AccountPart::Password]
        .into_iter()
        .map(account_attribute)
}
