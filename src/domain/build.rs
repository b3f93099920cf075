//! From checked rows and the live directory to a plan.

use std::collections::HashMap;

use super::edit::Edit;
use super::operation::whole_parent;
use super::{
    Change, CheckedCell, CheckedRow, Companion, Conflict, Directory, Extent, Finding, ForeseenReason, Place,
    Plan, PlanBinding, PlannedRow, RowNote, RowStatus, UserChanges, UserKey, UserState, Value, Verdict,
    Withheld, merge,
};
use crate::catalogue::{self, Attribute, Mastery};

/// What to do about a cell that two people changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ConflictPolicy {
    /// Nothing is written while there is one.
    #[default]
    Stop,
    /// The cell keeps what the directory has; the rest goes.
    Skip,
    /// The sheet wins.
    Mine,
}

/// Builds the plan. `sheet_errors` counts the errors of the sheet as a whole (columns). Findings that only show beside the directory are added to the rows; read them there afterwards.
pub fn build_plan(
    binding: PlanBinding,
    rows: &mut [CheckedRow],
    sheet_errors: u64,
    directory: &Directory,
    policy: ConflictPolicy,
) -> Plan {
    let users = find_users(rows, directory);
    settle_doubles(rows, &users);
    let mut plan = Plan {
        binding,
        users_total: directory.users_total(),
        users: Vec::new(),
        conflicts: Vec::new(),
        withheld: Vec::new(),
        rows: Vec::with_capacity(rows.len()),
        errors: 0,
    };
    let mut seen = HashMap::new();
    for (row, user) in rows.iter_mut().zip(&users) {
        plan_row(&mut plan, row, *user, directory, policy, &mut seen);
    }
    for user in &mut plan.users {
        user.companions = companions(&user.changes, directory, &UserKey::Id(user.user));
    }
    plan.errors = sheet_errors
        + rows
            .iter()
            .flat_map(CheckedRow::findings)
            .filter(|finding| finding.is_error())
            .count() as u64;
    plan
}

/// Finds the user of each row; whoever cannot be found with certainty is a finding.
fn find_users<'d>(rows: &mut [CheckedRow], directory: &'d Directory) -> Vec<Option<&'d UserState>> {
    rows.iter_mut()
        .map(|row| {
            if row.is_held() {
                return None;
            }
            match find_user(row, directory) {
                Ok(user) => Some(user),
                Err(finding) => {
                    row.add_finding(*finding);
                    None
                }
            }
        })
        .collect()
}

fn find_user<'d>(row: &CheckedRow, directory: &'d Directory) -> Result<&'d UserState, Box<Finding>> {
    let unknown = |what: String, help: &str| {
        Box::new(Finding::error("unknown-user", Extent::Row, what, help).at(row.place()))
    };
    let by_upn = row
        .upn()
        .and_then(|upn| directory.find(&UserKey::Upn(upn.clone())));
    let Some(id) = row.id() else {
        return by_upn.ok_or_else(|| {
            unknown(
                format!(
                    "no user of the directory has the userPrincipalName `{}`",
                    row.label()
                ),
                "correct the name, or delete the row if the user is gone",
            )
        });
    };
    let Some(user) = directory.user(&id) else {
        return Err(unknown(
            format!("no user of the directory has the id `{id}`"),
            "the user was deleted, or the sheet is of another tenant; delete the row or check the tenant",
        ));
    };
    // With a base the name is an edit like any other; without one it is a second key, and two keys must agree.
    let disagrees = !row.has_base() && row.upn().is_some_and(|upn| *upn != super::UpnKey::new(&user.upn));
    if disagrees {
        return Err(Box::new(
            Finding::error(
                "keys-disagree",
                Extent::Row,
                format!("`id` is the user `{}`, but `userPrincipalName` says `{}`", user.upn, row.label()),
                "correct one of them; to rename a user, edit an exported sheet that still has its `_snapshot` column",
            )
            .at(row.place()),
        ));
    }
    Ok(user)
}

/// Rows that name the same user may ask for the same, never for different values of one attribute.
fn settle_doubles(rows: &mut [CheckedRow], users: &[Option<&UserState>]) {
    let mut by_user: HashMap<super::UserId, Vec<usize>> = HashMap::new();
    for (index, user) in users.iter().enumerate() {
        if let Some(user) = user {
            by_user.entry(user.id).or_default().push(index);
        }
    }
    let mut doubles: Vec<Vec<usize>> = by_user
        .into_values()
        .filter(|indexes| indexes.len() > 1)
        .collect();
    doubles.sort();
    for indexes in doubles {
        for (position, &later) in indexes.iter().enumerate() {
            for &earlier in &indexes[..position] {
                let contradiction = contradiction(&rows[earlier], &rows[later]);
                if let Some((attribute, place)) = contradiction {
                    let first = rows[earlier].place();
                    let second = rows[later].place();
                    let finding = |other: Place| {
                        Finding::error(
                            "rows-contradict",
                            Extent::Row,
                            format!(
                                "row {} names the same user and wants another value for `{attribute}`",
                                other.row
                            ),
                            "delete one of the two rows, or make their cells agree",
                        )
                        .column(attribute)
                    };
                    rows[earlier].add_finding(finding(second).at(first));
                    rows[later].add_finding(finding(first).at(place));
                }
            }
        }
    }
}

fn contradiction(earlier: &CheckedRow, later: &CheckedRow) -> Option<(&'static str, Place)> {
    later.cells().iter().find_map(|cell| {
        let other = earlier
            .cells()
            .iter()
            .find(|other| other.attribute == cell.attribute)?;
        (!same_edit(cell.attribute, &other.edit, &cell.edit))
            .then_some((cell.attribute.name, later.place().at(cell.column)))
    })
}

fn same_edit(attribute: &Attribute, left: &Edit, right: &Edit) -> bool {
    match (left, right) {
        (Edit::Set(left), Edit::Set(right)) => super::same(attribute, left, right),
        (left, right) => left == right,
    }
}

/// Adds one row to the plan.
fn plan_row(
    plan: &mut Plan,
    row: &mut CheckedRow,
    user: Option<&UserState>,
    directory: &Directory,
    policy: ConflictPolicy,
    seen: &mut HashMap<super::UserId, usize>,
) {
    let mut writes = Vec::new();
    let mut notes = Vec::new();
    if let Some(user) = user.filter(|_| !row.is_held()) {
        for cell in row.cells().to_vec() {
            let wanted = match resolve(&cell, user, directory) {
                Ok(wanted) => wanted,
                Err(finding) => {
                    row.add_finding(
                        finding
                            .at(row.place().at(cell.column))
                            .column(cell.attribute.name),
                    );
                    continue;
                }
            };
            let live = directory.value(user, cell.attribute.name);
            let verdict = merge(cell.attribute, cell.base.as_deref(), &wanted, &live);
            let change = match (verdict, policy) {
                (Verdict::AlreadyThere, _) => continue,
                (Verdict::Set { before, after }, _) => Change {
                    attribute: cell.attribute,
                    before,
                    after,
                },
                (Verdict::Conflict { live, edited }, ConflictPolicy::Mine) => Change {
                    attribute: cell.attribute,
                    before: live,
                    after: edited,
                },
                (Verdict::Conflict { live, edited }, ConflictPolicy::Stop | ConflictPolicy::Skip) => {
                    let conflict = Conflict {
                        user: user.id,
                        upn: user.upn.clone(),
                        row: row.place().row,
                        attribute: cell.attribute,
                        base: cell.base.clone().unwrap_or_default(),
                        edited,
                        live,
                    };
                    notes.push(conflict_note(&conflict));
                    plan.conflicts.push(conflict);
                    continue;
                }
            };
            match foreseen(cell.attribute, user) {
                Some(reason) => {
                    notes.push(RowNote {
                        status: RowStatus::Skipped,
                        code: reason.code().to_owned(),
                        message: format!("{}: {}", cell.attribute.name, reason.message()),
                        hint: reason.hint().to_owned(),
                    });
                    let upn = user.upn.clone();
                    plan.withheld.push(Withheld {
                        user: user.id,
                        upn,
                        row: row.place().row,
                        change,
                        reason,
                    });
                }
                None => {
                    writes.push(cell.attribute.name.to_owned());
                    let index = *seen.entry(user.id).or_insert_with(|| {
                        plan.users.push(UserChanges {
                            user: user.id,
                            upn: user.upn.clone(),
                            row: row.place().row,
                            changes: Vec::new(),
                            companions: Vec::new(),
                        });
                        plan.users.len() - 1
                    });
                    let changes = &mut plan.users[index].changes;
                    // A second row that wants the same adds nothing.
                    if !changes.iter().any(|known| known.attribute == change.attribute) {
                        changes.push(change);
                    }
                }
            }
        }
    }
    notes.extend(
        row.findings()
            .iter()
            .filter(|finding| finding.is_error())
            .map(finding_note),
    );
    plan.rows.push(PlannedRow {
        row: row.place().row,
        line: row.place().line,
        cells: row.raw().cells.clone(),
        user: user.map(|user| user.id),
        label: user.map_or_else(|| row.label().to_owned(), |user| user.upn.clone()),
        writes,
        notes,
    });
}

/// The value a cell wants, with the user it points to looked up.
fn resolve(cell: &CheckedCell, user: &UserState, directory: &Directory) -> Result<Value, Finding> {
    match &cell.edit {
        Edit::Clear => Ok(Value::Empty),
        Edit::Set(value) => {
            if cell.attribute.name == "userPrincipalName"
                && let Value::Text(upn) = value
                && let Some(other) = directory.find(&UserKey::Upn(super::UpnKey::new(upn)))
                && other.id != user.id
            {
                return Err(Finding::error(
                    "name-taken",
                    Extent::Cell,
                    format!("the userPrincipalName `{upn}` belongs to another user"),
                    "choose another name",
                ));
            }
            Ok(value.clone())
        }
        Edit::Refer(key) => {
            let target = directory.find(key).ok_or_else(|| {
                let name = match key {
                    UserKey::Id(id) => id.to_string(),
                    UserKey::Upn(upn) => upn.as_str().to_owned(),
                };
                Finding::error(
                    "unknown-reference",
                    Extent::Cell,
                    format!("no user of the directory is `{name}`"),
                    "correct the name or id; it must be a user of this directory",
                )
                .found(&name)
            })?;
            if target.id == user.id {
                return Err(Finding::error(
                    "own-manager",
                    Extent::Cell,
                    "a user cannot be the manager of themselves",
                    "name another user",
                ));
            }
            Ok(Value::Reference(target.reference()))
        }
    }
}

/// Why the service would refuse to write this attribute of this user, as far as the directory tells.
fn foreseen(attribute: &Attribute, user: &UserState) -> Option<ForeseenReason> {
    if user.agent {
        return Some(ForeseenReason::AgentUser);
    }
    if user.restricted {
        return Some(ForeseenReason::ManagementRestricted);
    }
    match (attribute.mastery, user.synced) {
        (Mastery::OnPremises | Mastery::OnPremisesOnce, Some(true)) => {
            Some(ForeseenReason::MasteredOnPremises)
        }
        (Mastery::OnPremisesOnce, Some(false)) => Some(ForeseenReason::OnceSynchronised),
        (Mastery::OnPremises, Some(false) | None)
        | (Mastery::OnPremisesOnce, None)
        | (Mastery::Cloud | Mastery::Unknown, _) => None,
    }
}

/// The sibling leaves that must travel along, with the values they have now.
fn companions(changes: &[Change], directory: &Directory, user: &UserKey) -> Vec<Companion> {
    let Some(user) = directory.find(user) else {
        return Vec::new();
    };
    let mut parents: Vec<&str> = changes
        .iter()
        .filter_map(|change| whole_parent(change.attribute))
        .collect();
    parents.dedup();
    catalogue::all()
        .filter(|sibling| whole_parent(sibling).is_some_and(|parent| parents.contains(&parent)))
        .filter(|sibling| !changes.iter().any(|change| change.attribute == *sibling))
        .map(|sibling| Companion {
            attribute: sibling,
            value: directory.value(user, sibling.name),
        })
        .collect()
}

fn conflict_note(conflict: &Conflict) -> RowNote {
    RowNote {
        status: RowStatus::Conflict,
        code: "conflict".to_owned(),
        message: format!(
            "{}: exported as {}, in the sheet {}, but meanwhile {} in the directory",
            conflict.attribute.name,
            shown(&conflict.base),
            shown(&conflict.edited.to_cell()),
            shown(&conflict.live.to_cell()),
        ),
        hint: "look at both; then `--conflicts mine` writes the sheet's value, and `--conflicts skip` leaves the directory's"
            .to_owned(),
    }
}

fn finding_note(finding: &Finding) -> RowNote {
    RowNote {
        status: RowStatus::Skipped,
        code: finding.rule.to_owned(),
        message: match &finding.column {
            Some(column) => format!("{column}: {}", finding.message),
            None => finding.message.clone(),
        },
        hint: finding.help.clone(),
    }
}

/// A cell's text in a sentence.
fn shown(text: &str) -> String {
    if text.is_empty() {
        "empty".to_owned()
    } else {
        format!("“{}”", super::shorten(text))
    }
}
