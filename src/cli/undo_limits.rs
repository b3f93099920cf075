//! The limits of an undo: none but those that were typed.

use super::args::UndoArgs;
use crate::domain::{AccountAction, GuardReport, Limit, Limits, Permission, Plan, Sourced};

/// No limits but those that were typed: an undo writes only what the run wrote, see `docs/design/undo.md`. Only who deletes must
/// say so, and not for more users than in a sheet.
pub fn limits(arguments: &UndoArgs, plan: &Plan, profile: &Limits) -> Limits {
    let deletes = plan
        .changes()
        .any(|(_, change)| AccountAction::of(change) == Some(AccountAction::Delete));
    let limit = |flag: &str, typed: Option<Limit>| match typed {
        Some(value) => Sourced {
            value,
            origin: flag.to_owned(),
        },
        None => Sourced::default_value(Limit::Users(u64::MAX)),
    };
    Limits {
        users: limit("--max-users", arguments.max_users),
        clears: limit("--max-clears", arguments.max_clears),
        same_value_individual: limit("", None),
        same_value_shared: limit("", None),
        actions: match arguments.max_actions {
            None if deletes => profile.actions.clone(),
            typed => limit("--max-actions", typed),
        },
        enables: limit("", None),
        members: limit("", None),
        licenses: limit("", None),
        roles: limit("", None),
        allowed: Permission::NAMES
            .into_iter()
            .filter(|(word, permission)| {
                ![Permission::Delete, Permission::PrivilegedRoles].contains(permission)
                    || arguments.allow.iter().any(|typed| typed == word)
            })
            .map(|(_, permission)| permission)
            .collect(),
        expect: arguments.expect,
        ..Limits::default()
    }
}

/// The guards that somebody asked for, and what is not allowed.
pub fn asked(guards: Vec<GuardReport>) -> Vec<GuardReport> {
    const TYPED: [&str; 4] = ["--max-users", "--max-clears", "--max-actions", "--expect"];
    guards
        .into_iter()
        .filter(|guard| !guard.passed || TYPED.contains(&guard.origin.as_str()))
        .collect()
}
