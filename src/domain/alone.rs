//! A user who is deleted or restored is not changed in the same run: what came first would be chance, and an undo would have to
//! know it.

use std::collections::HashSet;

use super::build::finding_note;
use super::check::actions::not_alone;
use super::{CheckedRow, Finding, Plan, UserId};
use crate::catalogue::{AccountPart, Attribute};

fn is_state(attribute: &Attribute) -> bool {
    attribute.account_part() == Some(AccountPart::State)
}

/// Whether a finding of the row says this.
fn row_has(row: &CheckedRow, rule: &str) -> bool {
    let errors = row.findings().iter().filter(|finding| finding.is_error());
    errors.map(|finding| finding.rule).any(|known| known == rule)
}

/// Takes users out of the plan of whom more is wanted, in whatever rows; all of these rows are told of.
pub(super) fn settle_alone(plan: &mut Plan, rows: &mut [CheckedRow]) {
    let moved: HashSet<UserId> = plan
        .changes()
        .filter(|(_, change)| is_state(change.attribute))
        .map(|(user, _)| user.user)
        .collect();
    if moved.is_empty() {
        return;
    }
    let changed = plan.changes().map(|(user, change)| (user.user, change.attribute));
    let disputed = plan
        .conflicts
        .iter()
        .map(|conflict| (conflict.user, conflict.attribute));
    let held = plan.withheld.iter().map(|one| (one.user, one.change.attribute));
    let not_alone_users: HashSet<UserId> = changed
        .chain(disputed)
        .chain(held)
        .filter(|(user, attribute)| moved.contains(user) && !is_state(attribute))
        .map(|(user, _)| user)
        .collect();
    // A cell with an error, or one that is held back with its column, is a wish as well, whatever becomes of it.
    let wants_more =
        |row: &CheckedRow| row.findings().iter().any(Finding::is_error) || !row.held().is_empty();
    let with_errors = plan
        .rows
        .iter()
        .zip(rows.iter())
        .filter_map(|(planned, row)| planned.user.filter(|_| wants_more(row)))
        .filter(|user| moved.contains(user));
    let not_alone_users: HashSet<UserId> = not_alone_users.into_iter().chain(with_errors).collect();
    if not_alone_users.is_empty() {
        return;
    }
    plan.users.retain(|user| !not_alone_users.contains(&user.user));
    plan.conflicts
        .retain(|conflict| !not_alone_users.contains(&conflict.user));
    plan.withheld.retain(|one| !not_alone_users.contains(&one.user));
    for (planned, row) in plan.rows.iter_mut().zip(rows) {
        if !planned.user.is_some_and(|user| not_alone_users.contains(&user)) {
            continue;
        }
        let finding = not_alone().at(row.place()).column("_action");
        planned.writes.clear();
        planned.notes.retain(|note| row_has(row, &note.code));
        planned.notes.push(finding_note(&finding));
        row.add_finding(finding);
    }
}
