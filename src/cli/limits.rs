//! Limits of the guards: the profile's, with the command's flags on top.

use super::args::GuardArgs;
use crate::domain::{Limits, Sourced};

/// The profile's limits with the command's flags on top.
pub fn limits(profile: &Limits, flags: &GuardArgs) -> Limits {
    let mut limits = profile.clone();
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
    if let Some(limit) = flags.max_licenses {
        limits.licenses = typed("--max-licenses", limit);
    }
    limits.allowed.clone_from(&flags.allow);
    limits.expect = flags.expect;
    limits
}
