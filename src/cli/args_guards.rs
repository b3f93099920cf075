//! The flags of the guards: their limits, and what is allowed that is off by default.

use clap::Args;

use super::args_conflicts::SettleArgs;
use super::args_invite::InviteArgs;
use super::values::{limit, permission, whole};
use crate::domain::{Limit, NameTemplate, Permission, Sourced, UserKey};

/// The guards' limits and what to do about conflicts and errors.
#[derive(Debug, Clone, Default, Args)]
pub struct GuardArgs {
    /// Most users one plan may change, as a number or a share
    #[arg(long, value_name = "N|P%", value_parser = limit)]
    pub max_users: Option<Limit>,
    /// Most users one column may change for, as a number or a share; without it `--max-users` is the limit
    #[arg(long, value_name = "N|P%", value_parser = limit)]
    pub max_column: Option<Limit>,
    /// Most clears in one column, as a number or a share of all users
    #[arg(long, value_name = "N|P%", value_parser = limit)]
    pub max_clears: Option<Limit>,
    /// Most users that may get one and the same value in a column
    #[arg(long, value_name = "N", value_parser = limit)]
    pub max_same_value: Option<Limit>,
    /// Most accounts that may be switched on, as a number or a share [default: 5]
    #[arg(long, value_name = "N|P%", value_parser = limit)]
    pub max_enables: Option<Limit>,
    /// Most guests that may become members, as a number or a share [default: 5]
    #[arg(long, value_name = "N|P%", value_parser = limit)]
    pub max_members: Option<Limit>,
    /// Most users whose licences may change, as a number or a share [default: 20]
    #[arg(long, value_name = "N|P%", value_parser = limit)]
    pub max_licenses: Option<Limit>,
    /// Most users whose directory roles may change, as a number or a share [default: 3]
    #[arg(long, value_name = "N|P%", value_parser = limit)]
    pub max_roles: Option<Limit>,
    /// Most users per action of the column `_action` (delete, restore, revoke-sessions, reset-password), as a number or a share
    #[arg(long, value_name = "N|P%", value_parser = limit)]
    pub max_actions: Option<Limit>,
    /// Allow what is off by default: disable, delete, restore, revoke-sessions, reset-password, rename, licenses, seats, roles,
    /// privileged-roles, admins, protected, own-account, emptied, shuffled, unknown-roles, create, invite,
    /// passwords-in-sheet, identities
    #[arg(long, value_name = "WHAT,…", value_delimiter = ',', value_parser = permission)]
    pub allow: Vec<Permission>,
    /// With `--allow create`: the userPrincipalName of a row that has a key and no name, like {givenName}.{surname}@contoso.com
    #[arg(long, value_name = "TEMPLATE")]
    pub new_names: Option<NameTemplate>,
    #[command(flatten)]
    pub invite: InviteArgs,
    /// Refuse a plan that does not change exactly this many users
    #[arg(long, value_name = "N", value_parser = whole::<u64>)]
    pub expect: Option<u64>,
    #[command(flatten)]
    pub settle: SettleArgs,
    /// Hold back only the cells and rows with errors, and go on with the rest
    #[arg(long)]
    pub skip_errors: bool,
    /// Users whom a feed protects besides the profile; no flag says it.
    #[arg(skip)]
    pub protected: Option<Sourced<Vec<UserKey>>>,
}
