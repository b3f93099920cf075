//! All limits of a run, and what the guards know of people.

use std::collections::HashSet;

use super::{Limit, Sourced};
use crate::domain::{Role, RoleHolders, UserId, UserKey};

/// What is off unless it is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Permission {
    /// Make users.
    Create,
    /// Invite guests.
    Invite,
    /// Switch accounts off.
    Disable,
    /// Delete users.
    Delete,
    /// Bring deleted users back.
    Restore,
    /// Sign users out everywhere.
    RevokeSessions,
    /// Give users new passwords.
    ResetPassword,
    /// Change the identities that people sign in with.
    Identities,
    /// Change userPrincipalNames.
    Rename,
    /// Touch holders of administrator roles.
    Admins,
    /// Touch users of the protected list and of the protected filter.
    Protected,
    /// Touch the account that is signed in.
    OwnAccount,
    /// Empty a column for everybody in the sheet.
    Emptied,
    /// Give a column's values to other people than had them.
    Shuffled,
    /// Take first passwords from a column of the sheet.
    PasswordsInSheet,
    /// Write sensitive attributes unattended while nobody knows who is an administrator.
    UnknownRoles,
    /// Give and take licences.
    Licenses,
    /// Give more licences than there were free seats when the plan was made.
    Seats,
    /// Give and take directory roles.
    Roles,
    /// Give and take privileged directory roles.
    PrivilegedRoles,
}

impl Permission {
    /// Every permission with the word that gives it.
    pub const NAMES: [(&'static str, Permission); 20] = [
        ("create", Permission::Create),
        ("invite", Permission::Invite),
        ("disable", Permission::Disable),
        ("delete", Permission::Delete),
        ("restore", Permission::Restore),
        ("revoke-sessions", Permission::RevokeSessions),
        ("reset-password", Permission::ResetPassword),
        ("identities", Permission::Identities),
        ("rename", Permission::Rename),
        ("admins", Permission::Admins),
        ("protected", Permission::Protected),
        ("own-account", Permission::OwnAccount),
        ("emptied", Permission::Emptied),
        ("shuffled", Permission::Shuffled),
        ("passwords-in-sheet", Permission::PasswordsInSheet),
        ("unknown-roles", Permission::UnknownRoles),
        ("licenses", Permission::Licenses),
        ("seats", Permission::Seats),
        ("roles", Permission::Roles),
        ("privileged-roles", Permission::PrivilegedRoles),
    ];
}

/// What is known of people at the moment of a command, read from the service when a plan changes anybody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct People {
    /// Who holds directory roles.
    pub roles: RoleHolders,
    /// The roles of whoever is signed in; `None` when they are not known.
    pub caller: Option<Vec<Role>>,
    /// The account of the signed-in person; an application has none.
    pub own: Option<UserId>,
    /// Whom the profile's filter found.
    pub filtered: HashSet<UserId>,
    /// Whom the profile's list means.
    pub listed: HashSet<UserId>,
    /// Entries of the list that mean nobody, as far as the directory tells.
    pub listed_nobody: Vec<String>,
}

/// All limits of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Users changed.
    pub users: Sourced<Limit>,
    /// Users changed in one column. Not set by default: the users of a column are never more than all users.
    pub column: Option<Sourced<Limit>>,
    /// Clears per column.
    pub clears: Sourced<Limit>,
    /// People who get one and the same value in a column whose values belong to one person.
    pub same_value_individual: Sourced<Limit>,
    /// The same for columns whose values many people share.
    pub same_value_shared: Sourced<Limit>,
    /// Users per action on accounts, beyond which even an allowed one stops.
    pub actions: Sourced<Limit>,
    /// Accounts switched on.
    pub enables: Sourced<Limit>,
    /// Guests made members.
    pub members: Sourced<Limit>,
    /// Guests invited: a mail cannot be called back.
    pub invites: Sourced<Limit>,
    /// Users whose licences change.
    pub licenses: Sourced<Limit>,
    /// Users whose roles change.
    pub roles: Sourced<Limit>,
    pub allowed: Vec<Permission>,
    /// Users nobody may touch through a sheet, such as break-glass accounts.
    pub protected: Sourced<Vec<UserKey>>,
    /// The same as an OData filter, which the service evaluates.
    pub protected_filter: Option<Sourced<String>>,
    /// Exactly this many users must change.
    pub expect: Option<u64>,
    /// Nobody looks at the plan between its making and the first write.
    pub unattended: bool,
    /// What is known of people.
    pub people: People,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            users: Sourced::default_value(Limit::UsersOrPercent(20, 20)),
            column: None,
            clears: Sourced::default_value(Limit::UsersOrPercent(10, 2)),
            same_value_individual: Sourced::default_value(Limit::Users(5)),
            same_value_shared: Sourced::default_value(Limit::UsersOrPercent(20, 20)),
            actions: Sourced::default_value(Limit::Users(10)),
            enables: Sourced::default_value(Limit::Users(5)),
            members: Sourced::default_value(Limit::Users(5)),
            invites: Sourced::default_value(Limit::Users(20)),
            licenses: Sourced::default_value(Limit::Users(20)),
            roles: Sourced::default_value(Limit::Users(3)),
            allowed: Vec::new(),
            protected: Sourced::default_value(Vec::new()),
            protected_filter: None,
            expect: None,
            unattended: false,
            people: People::default(),
        }
    }
}
