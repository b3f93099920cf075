//! Managers in a circle: somebody who would be, over others, their own manager.
//!
//! A circle is looked for in what would be: the planned managers, and the directory's for everybody else. Only a circle that
//! goes through a planned manager is told; one that is in the directory already is not this sheet's doing.

use std::collections::{HashMap, HashSet};

use super::build::finding_note;
use super::{
    CheckedRow, Directory, Extent, Finding, Plan, Reference, RowNote, RowStatus, UserId, Value, shorten,
};

const MANAGER: &str = "manager";

/// Takes the managers out of the plan that would close a circle. Each time around every circle loses its planned parts; the
/// directory's managers, which stay then, may close another one.
pub(super) fn settle_circles(plan: &mut Plan, rows: &mut [CheckedRow], directory: &Directory) {
    take_out_circles(plan, directory, |index, circle| {
        let row = rows.get_mut(index)?;
        let column = row
            .cells()
            .iter()
            .find(|cell| cell.attribute.name == MANAGER)?
            .column;
        let finding = Finding::error("manager-circle", Extent::Cell, told(circle), HELP)
            .at(row.place().at(column))
            .column(MANAGER);
        let note = finding_note(&finding);
        row.add_finding(finding);
        Some(note)
    });
}

/// The same for a plan that does not come from a sheet: only its rows say it.
pub(super) fn hold_back_circles(plan: &mut Plan, directory: &Directory) {
    take_out_circles(plan, directory, |_, circle| {
        Some(RowNote {
            status: RowStatus::Skipped,
            code: "manager-circle".to_owned(),
            message: format!("{MANAGER}: {}", told(circle)),
            hint: HELP.to_owned(),
        })
    });
}

const HELP: &str = "give one of them another manager; everybody in the circle would be their own manager";

fn told(circle: &str) -> String {
    format!("the managers would go in a circle: {circle}")
}

/// `note` is asked for what the row of this number says.
fn take_out_circles(
    plan: &mut Plan,
    directory: &Directory,
    mut note: impl FnMut(usize, &str) -> Option<RowNote>,
) {
    loop {
        let planned = planned(plan);
        let circles: HashMap<UserId, String> = planned
            .keys()
            .filter_map(|user| {
                Some((
                    *user,
                    in_words(&circle(*user, &planned, directory)?, plan, directory),
                ))
            })
            .collect();
        if circles.is_empty() {
            return;
        }
        for user in &mut plan.users {
            if circles.contains_key(&user.user) {
                user.changes.retain(|change| change.attribute.name != MANAGER);
            }
        }
        plan.users.retain(|user| !user.changes.is_empty());
        for (index, planned_row) in plan.rows.iter_mut().enumerate() {
            let circle = planned_row.user.and_then(|user| circles.get(&user));
            let (Some(circle), true) = (circle, planned_row.writes.iter().any(|name| name == MANAGER)) else {
                continue;
            };
            planned_row.writes.retain(|name| name != MANAGER);
            planned_row.notes.extend(note(index, circle));
        }
    }
}

/// The managers that the plan gives or takes away.
fn planned(plan: &Plan) -> HashMap<UserId, Option<Reference>> {
    let of_manager = plan
        .changes()
        .filter(|(_, change)| change.attribute.name == MANAGER);
    of_manager
        .map(|(user, change)| {
            let manager = match &change.after {
                Value::Reference(manager) => Some(manager.clone()),
                _ => None,
            };
            (user.user, manager)
        })
        .collect()
}

/// The way from a user over the managers back to that user.
fn circle(
    start: UserId,
    planned: &HashMap<UserId, Option<Reference>>,
    directory: &Directory,
) -> Option<Vec<Reference>> {
    let mut way: Vec<Reference> = Vec::new();
    let mut seen = HashSet::new();
    let mut at = start;
    while seen.insert(at) {
        let next = match planned.get(&at) {
            Some(manager) => manager.as_ref(),
            None => directory.manager_of(&at).flatten(),
        };
        way.push(next?.clone());
        at = next?.id;
    }
    (at == start).then_some(way)
}

fn in_words(way: &[Reference], plan: &Plan, directory: &Directory) -> String {
    /// A long way is told by its beginning and its end.
    const SHOWN_MAX: usize = 8;
    let name = |reference: &Reference| {
        let known = directory.user(&reference.id).map(|user| user.upn.as_str());
        let in_plan = plan.users.iter().find(|user| user.user == reference.id);
        let name = known
            .or(reference.upn.as_deref())
            .or(in_plan.map(|user| user.upn.as_str()));
        name.map_or_else(|| reference.id.to_string(), shorten)
    };
    let mut names: Vec<String> = way.last().into_iter().chain(way).map(name).collect();
    if names.len() > SHOWN_MAX {
        names.splice(SHOWN_MAX / 2..names.len() - SHOWN_MAX / 2, ["…".to_owned()]);
    }
    names.join(" → ")
}
