//! Actions on accounts: each is off unless it is allowed, and even then only for so many users.

use super::report::{gate, users};
use super::{GuardReport, Limits, Permission};
use crate::domain::{AccountAction, Plan};

/// The permission that an action needs. Switching accounts off and on is an edit, with guards of its own.
fn needed(action: AccountAction) -> Option<Permission> {
    match action {
        AccountAction::Delete => Some(Permission::Delete),
        AccountAction::Restore => Some(Permission::Restore),
        AccountAction::RevokeSessions => Some(Permission::RevokeSessions),
        AccountAction::ResetPassword => Some(Permission::ResetPassword),
        AccountAction::Disable | AccountAction::Enable => None,
    }
}

/// Two reports for each action of the plan; most plans have none, and then there is nothing to tell.
pub(super) fn actions(plan: &Plan, limits: &Limits) -> Vec<GuardReport> {
    let mut reports = Vec::new();
    for action in AccountAction::ALL {
        let Some(needed) = needed(action) else { continue };
        let counted = plan
            .changes()
            .filter(|(_, change)| AccountAction::of(change) == Some(action))
            .count() as u64;
        if counted == 0 {
            continue;
        }
        let message = format!("{}: {}", what(action), users(counted));
        reports.push(gate(
            limits,
            needed,
            action.word(),
            action.word(),
            counted,
            "default",
            message.clone(),
        ));
        let total = plan.users_total();
        reports.push(GuardReport {
            guard: "max-actions",
            column: Some(action.word().to_owned()),
            passed: counted <= limits.actions.value.users(total),
            counted,
            limit: limits.actions.value.in_words(total),
            origin: limits.actions.origin.clone(),
            flag: format!("--max-actions {counted}"),
            known: true,
            message,
        });
    }
    reports
}

fn what(action: AccountAction) -> &'static str {
    match action {
        AccountAction::Delete => "accounts deleted",
        AccountAction::Restore => "accounts restored",
        AccountAction::RevokeSessions => "accounts signed out everywhere",
        AccountAction::ResetPassword => "accounts with a new password",
        AccountAction::Disable => "accounts switched off",
        AccountAction::Enable => "accounts switched on",
    }
}
