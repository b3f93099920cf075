//! Kinds of changes that nobody makes by accident and gets away with.

use super::report::gate;
use super::{GuardReport, Limits, Permission};
use crate::catalogue::Attribute;
use crate::domain::{Plan, Value};

/// New userPrincipalNames.
pub(super) fn renames(plan: &Plan, limits: &Limits) -> GuardReport {
    kind(
        plan,
        limits,
        Permission::Rename,
        "rename",
        "userPrincipalNames changed",
        |attribute, _| attribute.name == "userPrincipalName",
    )
}

/// Accounts switched off.
pub(super) fn disables(plan: &Plan, limits: &Limits) -> GuardReport {
    kind(
        plan,
        limits,
        Permission::Disable,
        "disable",
        "accounts switched off",
        |attribute, after| attribute.name == "accountEnabled" && *after == Value::Boolean(false),
    )
}

fn kind(
    plan: &Plan,
    limits: &Limits,
    needed: Permission,
    name: &'static str,
    what: &str,
    concerns: impl Fn(&Attribute, &Value) -> bool,
) -> GuardReport {
    let counted = plan
        .changes()
        .filter(|(_, change)| concerns(change.attribute, &change.after))
        .count() as u64;
    gate(
        limits,
        needed,
        name,
        name,
        counted,
        "default",
        format!("{what}: {counted}"),
    )
}
