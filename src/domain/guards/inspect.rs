//! All guards, one after another.

use super::{GuardReport, Limits, accounts, appointments, columns, kinds, number, people, values};
use crate::domain::Plan;

/// Looks at the whole plan. Guards per column report only their worst column when they pass, and every column they refuse.
pub fn inspect(plan: &Plan, limits: &Limits) -> Vec<GuardReport> {
    let mut reports = vec![number::users_changed(plan, limits)];
    reports.extend(number::users_of_column(plan, limits));
    reports.extend(columns::clears(plan, limits));
    reports.extend(columns::emptied(plan, limits));
    reports.extend(values::same_values(plan, limits));
    reports.push(kinds::creates(plan, limits));
    reports.extend(kinds::invites(plan, limits));
    reports.push(kinds::renames(plan, limits));
    reports.extend(kinds::identities(plan, limits));
    reports.push(kinds::disables(plan, limits));
    reports.push(kinds::enables(plan, limits));
    reports.push(kinds::members(plan, limits));
    reports.extend(kinds::licences(plan, limits));
    reports.extend(appointments::roles(plan, limits));
    reports.extend(accounts::actions(plan, limits));
    reports.push(people::protected(plan, limits));
    reports.extend(people::protected_by_filter(plan, limits));
    reports.push(people::admins(plan, limits));
    reports.extend(people::unknown_roles(plan, limits));
    reports.extend(people::own_account(plan, limits));
    reports.extend(values::shuffled(plan, limits));
    reports.extend(limits.expect.map(|expected| number::expect(plan, expected)));
    reports
}
