//! How many users.

use std::collections::{BTreeMap, HashSet};

use super::report::worst_or_refused;
use super::{GuardReport, Limits};
use crate::domain::{Plan, UserId};

pub(super) fn users_changed(plan: &Plan, limits: &Limits) -> GuardReport {
    let counted = plan.users().len() as u64;
    let total = plan.users_total();
    let allowed = limits.users.value.users(total);
    GuardReport {
        guard: "max-users",
        column: None,
        passed: counted <= allowed,
        counted,
        limit: limits.users.value.in_words(total),
        origin: limits.users.origin.clone(),
        flag: format!("--max-users {counted}"),
        known: true,
        message: format!("{counted} of {total} users would be changed"),
    }
}

/// Users changed per column; nothing where no such limit was set.
pub(super) fn users_of_column(plan: &Plan, limits: &Limits) -> Vec<GuardReport> {
    let Some(limit) = &limits.column else {
        return Vec::new();
    };
    // Users: of a list that is changed item by item one user may have several changes.
    let mut per_column: BTreeMap<&str, HashSet<UserId>> = BTreeMap::new();
    for (user, change) in plan.changes() {
        per_column
            .entry(change.attribute.name)
            .or_default()
            .insert(user.user);
    }
    let total = plan.users_total();
    let report = |column: Option<&str>, counted: u64| GuardReport {
        guard: "max-column",
        column: column.map(str::to_owned),
        passed: counted <= limit.value.users(total),
        counted,
        limit: limit.value.in_words(total),
        origin: limit.origin.clone(),
        flag: format!("--max-column {counted}"),
        known: true,
        message: match column {
            Some(column) => format!("`{column}` would change for {counted} of {total} users"),
            None => "no column would change".to_owned(),
        },
    };
    let reports = per_column
        .into_iter()
        .map(|(column, counted)| report(Some(column), counted.len() as u64))
        .collect();
    worst_or_refused(reports, || report(None, 0))
}

pub(super) fn expect(plan: &Plan, expected: u64) -> GuardReport {
    let counted = plan.users().len() as u64;
    GuardReport {
        guard: "expect",
        column: None,
        passed: counted == expected,
        counted,
        limit: format!("exactly {expected}"),
        origin: "--expect".to_owned(),
        flag: format!("--expect {counted}"),
        known: true,
        message: format!("{counted} users would be changed, {expected} were expected"),
    }
}
