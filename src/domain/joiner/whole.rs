//! A new user is made whole or not at all, and whom it points to as well.

use std::collections::{HashMap, HashSet};

use crate::domain::build::finding_note;
use crate::domain::edit::Edit;
use crate::domain::plan::Told;
use crate::domain::{CheckedRow, Directory, Extent, Finding, Plan, Reference, UserId, Value, shorten};

/// Takes new users out of the plan of whom a row has an error or a cell that is held back, and then whoever points to them: a cell
/// that points to nobody is an error itself, so it goes on until nothing changes. Gives those who were taken out.
pub(in crate::domain) fn hold_back_in_part(
    plan: &mut Plan,
    rows: &mut [CheckedRow],
    joiners: &HashMap<usize, UserId>,
) -> HashSet<UserId> {
    let mut held: HashSet<UserId> = HashSet::new();
    loop {
        let in_part =
            |row: &CheckedRow| row.findings().iter().any(Finding::is_error) || !row.held().is_empty();
        let more: HashSet<UserId> = joiners
            .iter()
            .filter(|(index, user)| !held.contains(user) && rows.get(**index).is_some_and(in_part))
            .map(|(_, user)| *user)
            .collect();
        if more.is_empty() {
            return held;
        }
        hold(plan, rows, joiners, &more);
        without_references(plan, rows, &more);
        held.extend(more);
    }
}

/// The directory in which new users hold what their rows say, so that a cell may name them by that, as by their number. `None` when
/// there are none, or no cell names anybody so.
pub(in crate::domain) fn joiners_as_holders(
    joiners: &HashMap<usize, UserId>,
    rows: &[CheckedRow],
    directory: &Directory,
) -> Option<Directory> {
    if joiners.is_empty() || rows.iter().all(|row| row.holders().next().is_none()) {
        return None;
    }
    let mut holders = directory.clone();
    for (index, id) in joiners {
        let (Some(row), Some(mut user)) = (rows.get(*index), directory.user(id).cloned()) else {
            continue;
        };
        let key = row
            .key()
            .map(|key| (key.attribute(), Value::Text(key.text().to_owned())));
        let set = row.cells().iter().filter_map(|cell| match &cell.edit {
            Edit::Set(value) => Some((cell.attribute, value.clone())),
            _ => None,
        });
        for (attribute, value) in key.into_iter().chain(set) {
            let place = directory.columns().iter().position(|column| *column == attribute);
            if let Some(slot) = place.and_then(|place| user.values.get_mut(place)) {
                *slot = value;
            }
        }
        holders.insert(user);
    }
    Some(holders)
}

/// Takes these users out, and tells it in their rows.
fn hold(plan: &mut Plan, rows: &mut [CheckedRow], joiners: &HashMap<usize, UserId>, held: &HashSet<UserId>) {
    plan.users.retain(|user| !held.contains(&user.user));
    plan.conflicts.retain(|conflict| !held.contains(&conflict.user));
    plan.withheld.retain(|one| !held.contains(&one.user));
    for (index, (planned, row)) in plan.rows.iter_mut().zip(rows).enumerate() {
        if !joiners.get(&index).is_some_and(|user| held.contains(user)) {
            continue;
        }
        planned.writes.clear();
        if row.is_held() {
            continue;
        }
        let finding = Finding::error(
            "joiner-incomplete",
            Extent::Row,
            format!(
                "nobody is `{}`, and something of what the new user is to begin with has errors",
                row.label()
            ),
            "correct it first: a new user is made whole or not at all",
        )
        .at(row.place());
        planned.notes.push(finding_note(&finding));
        row.add_finding(finding);
    }
}

/// Takes out what points to users who are not made; a cell that names several is held whole.
fn without_references(plan: &mut Plan, rows: &mut [CheckedRow], held: &HashSet<UserId>) {
    let nobody = |value: &Value| match value {
        Value::Reference(Reference { id, upn }) if held.contains(id) => Some(upn.clone().unwrap_or_default()),
        _ => None,
    };
    let mut told = Told::new();
    for (user, change) in plan.changes() {
        let Some(upn) = nobody(&change.after) else {
            continue;
        };
        let finding = Finding::error(
            "unknown-reference",
            Extent::Cell,
            format!(
                "`{}` is not made, because the row about that user has errors",
                shorten(&upn)
            ),
            "correct that row first",
        );
        told.entry(user.user)
            .or_default()
            .push((change.attribute.name, finding));
    }
    plan.tell_in_cells(rows, &told);
}
