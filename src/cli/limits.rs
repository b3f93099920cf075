//! Limits of the guards: the profile's, with the command's flags on top.

use super::args::GuardArgs;
use super::error::CliError;
use crate::domain::{Limits, Permission, Sourced};

/// Refuses names for new users where none may be made, and what is said of guests where none may be invited.
///
/// # Errors
/// A usage error.
pub fn check_flags(flags: &GuardArgs) -> Result<(), CliError> {
    if flags.invite.invite_redirect.is_some() && !flags.allow.contains(&Permission::Invite) {
        return Err(
            CliError::usage("`--invite-redirect` goes with `--allow invite`; nothing was written")
                .hint("leave it out, or add `--allow invite` if the sheet is to invite guests"),
        );
    }
    if flags.new_names.is_none() || flags.allow.contains(&Permission::Create) {
        return Ok(());
    }
    Err(
        CliError::usage("`--new-names` goes with `--allow create`; nothing was written")
            .hint("leave it out, or add `--allow create` if the sheet is to make users"),
    )
}

/// The profile's limits with the command's flags on top.
pub fn limits(profile: &Limits, flags: &GuardArgs) -> Limits {
    let mut limits = profile.clone();
    if let Some(own) = &flags.protected {
        let listed = &mut limits.protected;
        listed.origin = match listed.value.is_empty() {
            true => own.origin.clone(),
            false => format!("{}, and {}", listed.origin, own.origin),
        };
        listed.value.extend(own.value.iter().cloned());
    }
    let typed = |flag: &str, limit| Sourced {
        value: limit,
        origin: flag.to_owned(),
    };
    if let Some(limit) = flags.max_users {
        limits.users = typed("--max-users", limit);
    }
    if let Some(limit) = flags.max_column {
        limits.column = Some(typed("--max-column", limit));
    }
    if let Some(limit) = flags.max_clears {
        limits.clears = typed("--max-clears", limit);
    }
    if let Some(limit) = flags.max_same_value {
        limits.same_value_individual = typed("--max-same-value", limit);
        limits.same_value_shared = limits.same_value_individual.clone();
    }
    if let Some(limit) = flags.max_actions {
        limits.actions = typed("--max-actions", limit);
    }
    if let Some(limit) = flags.max_enables {
        limits.enables = typed("--max-enables", limit);
    }
    if let Some(limit) = flags.max_members {
        limits.members = typed("--max-members", limit);
    }
    if let Some(limit) = flags.invite.max_invites {
        limits.invites = typed("--max-invites", limit);
    }
    if let Some(limit) = flags.max_licenses {
        limits.licenses = typed("--max-licenses", limit);
    }
    if let Some(limit) = flags.max_roles {
        limits.roles = typed("--max-roles", limit);
    }
    limits.allowed.clone_from(&flags.allow);
    limits.expect = flags.expect;
    limits
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::args::{Cli, Command};
    use super::*;

    #[test]
    fn names_for_new_users_are_refused_where_none_may_be_made() {
        for (allow, fits) in [
            (&[][..], false),
            (&["--allow", "rename"], false),
            (&["--allow", "create"], true),
        ] {
            let names = [
                "dirsheet",
                "plan",
                "hr.csv",
                "--new-names",
                "{surname}@contoso.com",
            ];
            let Command::Plan(arguments) = Cli::try_parse_from(names.iter().chain(allow)).unwrap().command
            else {
                panic!("{allow:?}")
            };
            assert_eq!(check_flags(&arguments.guards).is_ok(), fits, "{allow:?}");
        }
    }
}
