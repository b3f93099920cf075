//! Directory roles: off unless that is said, few at a time, and privileged ones only with a word of their own.

use super::kinds::few;
use super::people::sentence;
use super::report::gate;
use super::{GuardReport, Limits, Permission};
use crate::domain::{Plan, shorten};

/// Nothing is said of a plan without roles.
pub(super) fn roles(plan: &Plan, limits: &Limits) -> Vec<GuardReport> {
    let counted = plan.roles_changed();
    if counted == 0 {
        return Vec::new();
    }
    let message = format!("users whose roles change: {counted}");
    let privileged: Vec<String> = plan
        .privileged_changes()
        .map(|(user, change, role)| {
            let sign = if change.takes_role() { '-' } else { '+' };
            format!("{} {sign}{}", shorten(&user.upn), shorten(&role))
        })
        .collect();
    vec![
        gate(
            limits,
            Permission::Roles,
            "roles",
            "roles",
            counted,
            "default",
            message.clone(),
        ),
        few(plan, &limits.roles, "max-roles", counted, message),
        gate(
            limits,
            Permission::PrivilegedRoles,
            "privileged-roles",
            "privileged-roles",
            privileged.len() as u64,
            "default",
            sentence(
                "no privileged role is given or taken",
                "privileged roles would be given or taken",
                &privileged,
            ),
        ),
    ]
}
