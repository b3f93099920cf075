//! Whom a sheet may not touch unless that is said.

use std::collections::HashSet;

use super::report::gate;
use super::{GuardReport, Limits, Permission};
use crate::catalogue::Sensitivity;
use crate::domain::{Change, Plan, Role, RoleHolders, UpnKey, UserChanges, UserKey, shorten};

/// So many names stand in a refusal; `--json` lists every change.
const NAMES_MAX: usize = 10;

/// The profile's list.
pub(super) fn protected(plan: &Plan, limits: &Limits) -> GuardReport {
    let protected = protected_keys(limits);
    let touched = touched(plan, |user| {
        is_listed(user, limits, &protected).then(|| shorten(&user.upn))
    });
    let mut message = sentence(
        "no protected user is touched",
        "protected users would be changed",
        &touched,
    );
    // Whoever was renamed, or is misspelt in the list, may be among the users of the plan.
    let nobody = &limits.people.listed_nobody;
    if !nobody.is_empty() {
        let whom = sentence(
            "",
            "the list names users whom the directory does not have",
            nobody,
        );
        message = format!("{message}; {whom}; correct `guards.protected`, with ids where names may change");
    }
    gate(
        limits,
        Permission::Protected,
        "protected",
        "protected",
        (touched.len() + nobody.len()) as u64,
        &limits.protected.origin,
        message,
    )
}

/// The keys of the profile's list, to look users up in.
pub(super) fn protected_keys(limits: &Limits) -> HashSet<&UserKey> {
    limits.protected.value.iter().collect()
}

/// Whether the profile's list means this user.
pub(super) fn is_listed(user: &UserChanges, limits: &Limits, protected: &HashSet<&UserKey>) -> bool {
    limits.people.listed.contains(&user.user)
        || protected.contains(&UserKey::Id(user.user))
        || protected.contains(&UserKey::Upn(UpnKey::new(&user.upn)))
}

/// The profile's filter; nothing where there is none.
pub(super) fn protected_by_filter(plan: &Plan, limits: &Limits) -> Option<GuardReport> {
    let filter = limits.protected_filter.as_ref()?;
    let touched = touched(plan, |user| {
        limits
            .people
            .filtered
            .contains(&user.user)
            .then(|| shorten(&user.upn))
    });
    Some(gate(
        limits,
        Permission::Protected,
        "protected-filter",
        "protected",
        touched.len() as u64,
        &filter.origin,
        sentence(
            "nobody whom the filter protects is touched",
            &format!(
                "users protected by the filter `{}` would be changed",
                shorten(&filter.value)
            ),
            &touched,
        ),
    ))
}

/// Holders of administrator roles. What could not be read is said and stops nothing: the service still refuses.
pub(super) fn admins(plan: &Plan, limits: &Limits) -> GuardReport {
    let roles = &limits.people.roles;
    let touched = touched(plan, |user| {
        let held = administrator_roles(user, limits);
        (!held.is_empty()).then(|| format!("{} ({})", shorten(&user.upn), held.join(", ")))
    });
    let mut message = match roles {
        RoleHolders::Unknown { .. } => String::new(),
        RoleHolders::NotAsked | RoleHolders::Known { .. } => sentence(
            "no holder of an administrator role is touched",
            "holders of administrator roles would be changed",
            &touched,
        ),
    };
    if let Some(gap) = roles.gap() {
        let joint = if message.is_empty() { "" } else { "; " };
        message = format!("{message}{joint}who holds administrator roles is not known: {gap}");
    }
    let report = gate(
        limits,
        Permission::Admins,
        "admins",
        "admins",
        touched.len() as u64,
        "default",
        message,
    );
    GuardReport {
        known: roles.gap().is_none(),
        ..report
    }
}

/// The administrator roles that a user holds, as far as they are known.
pub(super) fn administrator_roles(user: &UserChanges, limits: &Limits) -> Vec<String> {
    let held = limits.people.roles.of(&user.user).iter();
    held.filter(|role| role.is_privileged())
        .map(Role::to_string)
        .collect()
}

/// Sensitive attributes of people of whom it is not known whether they are administrators, where the caller's own roles may be
/// enough to write them. It refuses only where nobody is asked; nothing where the roles are known, and where the caller is known
/// to hold none that matters: the service then refuses these attributes of administrators itself.
pub(super) fn unknown_roles(plan: &Plan, limits: &Limits) -> Option<GuardReport> {
    if !may_write_administrators(limits) {
        return None;
    }
    let touched = touched(plan, |user| has_sensitive(user).then(|| shorten(&user.upn)));
    if touched.is_empty() {
        return None;
    }
    let message = sentence(
        "",
        "sensitive attributes would be changed of users who may be administrators",
        &touched,
    );
    let report = gate(
        limits,
        Permission::UnknownRoles,
        "unknown-roles",
        "unknown-roles",
        touched.len() as u64,
        "--yes",
        message,
    );
    let report = if limits.unattended || report.passed {
        report
    } else {
        GuardReport {
            passed: true,
            limit: "not set".to_owned(),
            origin: "default".to_owned(),
            message: format!(
                "{}; `apply --yes` refuses that without `{}`",
                report.message, report.flag
            ),
            ..report
        }
    };
    Some(GuardReport {
        known: false,
        ..report
    })
}

/// Whether nobody knows who is an administrator, and the caller's own roles may be enough to write one.
pub(super) fn may_write_administrators(limits: &Limits) -> bool {
    let powerless = |roles: &Vec<Role>| !roles.iter().any(Role::is_privileged);
    limits.people.roles.gap().is_some() && !limits.people.caller.as_ref().is_some_and(powerless)
}

/// Whether sensitive attributes of somebody who is there would be changed.
pub(super) fn has_sensitive(user: &UserChanges) -> bool {
    let sensitive = |change: &Change| change.attribute.sensitivity == Sensitivity::Sensitive;
    !user.is_new && user.changes.iter().any(sensitive)
}

/// The account that is signed in; nothing where an application is.
pub(super) fn own_account(plan: &Plan, limits: &Limits) -> Option<GuardReport> {
    let own = limits.people.own?;
    let touched = touched(plan, |user| (user.user == own).then(|| shorten(&user.upn)));
    Some(gate(
        limits,
        Permission::OwnAccount,
        "own-account",
        "own-account",
        touched.len() as u64,
        "default",
        sentence(
            "the account that is signed in is not touched",
            "the account that is signed in would be changed",
            &touched,
        ),
    ))
}

fn touched(plan: &Plan, told: impl Fn(&UserChanges) -> Option<String>) -> Vec<String> {
    plan.users().iter().filter_map(told).collect()
}

pub(super) fn sentence(none: &str, some: &str, names: &[String]) -> String {
    if names.is_empty() {
        return none.to_owned();
    }
    let shown = names
        .iter()
        .take(NAMES_MAX)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    match names.len().checked_sub(NAMES_MAX) {
        Some(more) if more > 0 => format!("{some}: {shown} and {more} more"),
        _ => format!("{some}: {shown}"),
    }
}
