//! From checked rows and the live directory to a plan.

mod notes;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use thin_vec::ThinVec;

use super::alone::settle_alone;
use super::alternate::settle_alternates;
use super::appointing::{note_other_roles, settle_roles};
use super::cell::{Kept, means_the_base, repaired};
use super::choices::Decision;
use super::circle::settle_circles;
use super::cleared::wanted_clears;
use super::damage;
use super::domains;
use super::doubles::settle_doubles;
use super::edit::Edit;
use super::explain::explain;
use super::foreseen::foreseen;
use super::identify::{find_users, settle_names};
use super::identities::settle_identities;
use super::invitation::Guests;
use super::item_by_item::one_by_one;
use super::joiner::{Joiners, completed, hold_back_in_part, joiners_as_holders};
use super::licensing;
use super::minor::settle_minors;
use super::operation::whole_parent;
use super::resolve::{OtherNames, resolve};
use super::sparing::push_sparingly;
use super::unread::{not_read, unread};
use super::{
    Change, CheckedRow, Companion, Conflict, Directory, ForeseenReason, Label, PersonFacts, Plan,
    PlanBinding, PlannedRow, Settled, Settling, Side, UserChanges, UserKey, UserState, Value, Verdict,
    Withheld, merge,
};
use crate::catalogue;
use notes::{conflict_note, held_note, left_alone, remark};
pub(super) use notes::{finding_note, shown, shown_of};

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
pub fn build_plan<'s>(
    binding: PlanBinding,
    rows: &mut [CheckedRow],
    sheet_errors: u64,
    directory: &Directory,
    settling: impl Into<Settling<'s>>,
) -> Plan {
    let settling = settling.into();
    let mut guests = Guests::find(rows, directory, settling.inviting());
    let mut joiners = match settling.joining() {
        Some(joining) => Joiners::find(rows, directory, joining),
        None => Joiners::default(),
    };
    let mut with_joiners = None;
    joiners.rows.extend(guests.rows.drain());
    joiners.users.append(&mut guests.users);
    if !joiners.users.is_empty() {
        let grown = with_joiners.insert(directory.clone());
        for user in joiners.users {
            grown.insert(user);
        }
    }
    let directory = with_joiners.as_ref().unwrap_or(directory);
    let users = find_users(rows, directory, &joiners.rows);
    // A guest who is there is edited like anybody else.
    joiners.rows.retain(|index, _| !guests.there.contains_key(index));
    settle_doubles(rows, &users);
    settle_names(rows, &users);
    let wanted_clears = wanted_clears(rows, &users);
    let mut plan = Plan::begin(binding, directory.users_total(), rows.len());
    let holders = joiners_as_holders(&joiners.rows, rows, directory);
    let names = OtherNames::of(rows, &users, holders.as_ref().unwrap_or(directory));
    let mut seen = HashMap::new();
    for (row, user) in rows.iter_mut().zip(&users) {
        plan_row(&mut plan, row, *user, directory, &names, settling, &mut seen);
    }
    settle_shared_cells(&mut plan);
    settle_circles(&mut plan, rows, directory);
    settle_alone(&mut plan, rows);
    settle_alternates(&mut plan, rows, directory);
    settle_identities(&mut plan, rows, directory);
    settle_minors(&plan, rows, directory);
    let held = hold_back_in_part(&mut plan, rows, &joiners.rows);
    guests.complete(&mut plan, &held);
    let new = joiners.given;
    for user in &mut plan.users {
        if let Some(given) = new.get(&user.user) {
            user.is_new = true;
            completed(&user.upn, given, &mut user.changes);
            user.person = PersonFacts::to_be(&user.changes);
        }
        user.companions = companions(&user.changes, directory, &UserKey::Id(user.user));
    }
    settle_roles(&mut plan, directory);
    note_other_roles(&mut plan, directory);
    plan.seats = licensing::seats(&plan, directory);
    plan.wanted_clears = wanted_clears;
    plan.count_cleared(directory);
    plan.errors = sheet_errors
        + rows
            .iter()
            .flat_map(CheckedRow::findings)
            .filter(|finding| finding.is_error())
            .count() as u64;
    plan
}

fn withhold(change: Change, reason: ForeseenReason, user: &UserState, row: &CheckedRow) -> Withheld {
    Withheld {
        user: user.id,
        upn: user.upn.clone(),
        row: row.place().row,
        change,
        reason,
        needs: String::new(),
    }
}

/// A cell that is in conflict by one row, or left to the directory, is not written by another row that agrees with it but has
/// another base. A cell that several rows dispute is settled once, and not while one of them leaves it open.
fn settle_shared_cells(plan: &mut Plan) {
    let cell = |conflict: &Conflict| (conflict.user, conflict.attribute.name);
    let mut disputed: HashSet<_> = plan.conflicts.iter().map(cell).collect();
    let mut seen = HashSet::new();
    plan.settled.retain(|settled| {
        let cell = cell(&settled.conflict);
        !disputed.contains(&cell) && seen.insert(cell)
    });
    let left_alone = plan
        .settled
        .iter()
        .filter(|settled| settled.choice == Side::Theirs);
    disputed.extend(left_alone.map(|settled| cell(&settled.conflict)));
    if disputed.is_empty() {
        return;
    }
    plan.take_out(|user, change| disputed.contains(&(user.user, change.attribute.name)));
    for row in &mut plan.rows {
        let Some(user) = row.user else { continue };
        row.writes.retain(|name| !disputed.contains(&(user, &**name)));
    }
}

/// Adds one row to the plan.
fn plan_row(
    plan: &mut Plan,
    row: &mut CheckedRow,
    user: Option<&UserState>,
    directory: &Directory,
    names: &OtherNames<'_>,
    settling: Settling<'_>,
    seen: &mut HashMap<super::UserId, usize>,
) {
    let mut writes = ThinVec::new();
    let mut notes = ThinVec::new();
    let mut remarks = ThinVec::new();
    if let Some(user) = user.filter(|_| !row.is_held()) {
        explain(row, user, directory);
        for cell in row.cells().to_vec() {
            let wanted = match resolve(&cell, user, directory, names) {
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
            if directory.lacks(cell.attribute) {
                let change = Change {
                    attribute: cell.attribute,
                    before: Value::Empty,
                    after: wanted,
                };
                let withheld = withhold(change, ForeseenReason::NotInThisCloud, user, row);
                notes.push(withheld.note());
                plan.withheld.push(withheld);
                continue;
            }
            if let Some(unread) = unread(cell.attribute, user, directory) {
                row.add_finding(
                    not_read(unread)
                        .at(row.place().at(cell.column))
                        .column(cell.attribute.name),
                );
                continue;
            }
            let live = directory.value(user, cell.attribute.name);
            let text = cell.text();
            let verdict = if matches!(cell.edit, Edit::Set(_))
                && means_the_base(cell.attribute, &live.to_cell(), text)
            {
                // What the directory says, even where our rules would spell it otherwise.
                Verdict::AlreadyThere
            } else {
                merge(cell.attribute, cell.base.as_deref(), &wanted, &live)
            };
            // Without a base the live value shows what a spreadsheet has done to the cell.
            if let (Verdict::Set { before, .. }, None, Edit::Set(_)) = (&verdict, &cell.base, &cell.edit)
                && !row.accepts_derived(cell.attribute)
                && let Some(damage) = damage::rewritten(cell.attribute.kind, &before.to_cell(), text)
            {
                let finding = repaired(cell.attribute, damage, &before.to_cell(), Kept::Live)
                    .at(row.place().at(cell.column))
                    .column(cell.attribute.name)
                    .found(text);
                row.replace_finding(cell.column, Some(finding));
                continue;
            }
            let never_sent = foreseen(cell.attribute, user);
            let verdict = match verdict {
                // Nobody is asked about what is not sent, whatever they answer.
                Verdict::Conflict { live, edited } if never_sent.is_some() => Verdict::Set {
                    before: live,
                    after: edited,
                },
                Verdict::Set { before, after }
                    if never_sent.is_none() && settling.is_disputed(user.id, cell.attribute) =>
                {
                    Verdict::Conflict {
                        live: before,
                        edited: after,
                    }
                }
                verdict => verdict,
            };
            let change = match verdict {
                Verdict::AlreadyThere => {
                    plan.already_there.count();
                    continue;
                }
                Verdict::Set { before, after } => Change {
                    attribute: cell.attribute,
                    before,
                    after,
                },
                Verdict::Conflict { live, edited } => {
                    let mut conflict = Conflict {
                        user: user.id,
                        upn: user.upn.clone(),
                        display_name: PersonFacts::of(user, directory).display_name,
                        row: row.place().row,
                        attribute: cell.attribute,
                        base: cell.base.clone().unwrap_or_default(),
                        edited,
                        live,
                        is_void: false,
                    };
                    let (choice, by) = match settling.decide(&conflict) {
                        Decision::Settled(choice, by) => (choice, by),
                        open @ (Decision::Open | Decision::Void) => {
                            conflict.is_void = open == Decision::Void;
                            notes.push(conflict_note(&conflict));
                            plan.conflicts.push(conflict);
                            continue;
                        }
                    };
                    let change = Change {
                        attribute: cell.attribute,
                        before: conflict.live.clone(),
                        after: conflict.edited.clone(),
                    };
                    plan.settled.push(Settled { conflict, choice, by });
                    if choice == Side::Theirs {
                        remarks.push(left_alone(&change));
                        continue;
                    }
                    change
                }
            };
            let impossible = licensing::without_location(&change, row, user, directory)
                .or_else(|| licensing::unknown_product(&change, directory))
                .or_else(|| domains::unverified(&change, directory).filter(|_| never_sent.is_none()));
            if let Some(finding) = impossible {
                row.add_finding(
                    finding
                        .at(row.place().at(cell.column))
                        .column(cell.attribute.name),
                );
                continue;
            }
            match never_sent.or_else(|| licensing::from_group(&change, user, directory)) {
                Some(reason) => {
                    let withheld = withhold(change, reason, user, row);
                    notes.push(withheld.note());
                    plan.withheld.push(withheld);
                }
                None => {
                    writes.push(Cow::Borrowed(cell.attribute.name));
                    let index = *seen.entry(user.id).or_insert_with(|| {
                        let changed = UserChanges {
                            user: user.id,
                            upn: user.upn.clone(),
                            person: PersonFacts::of(user, directory),
                            row: row.place().row,
                            changes: Vec::new(),
                            companions: ThinVec::new(),
                            is_new: false,
                            invitation: None,
                        };
                        push_sparingly(&mut plan.users, changed);
                        plan.users.len() - 1
                    });
                    let changes = &mut plan.users[index].changes;
                    // A second row that wants the same adds nothing.
                    if !changes.iter().any(|known| known.attribute == change.attribute) {
                        changes.extend(one_by_one(change));
                    }
                }
            }
        }
    }
    let written = user
        .filter(|_| !row.cells().is_empty())
        .and_then(|user| seen.get(&user.id));
    if let Some(user) = written.and_then(|index| plan.users.get_mut(*index)) {
        // Many users are held, most with one change.
        user.changes.shrink_to_fit();
    }
    notes.extend(
        row.findings()
            .iter()
            .filter(|finding| finding.is_error())
            .map(finding_note),
    );
    notes.extend(
        row.held()
            .iter()
            .map(|(attribute, rule)| held_note(attribute, rule)),
    );
    let repaired = row.findings().iter();
    let repaired = repaired.filter(|finding| finding.severity == super::Severity::Repaired);
    remarks.extend(repaired.map(remark));
    // A row has one or two of each, and there are many rows.
    writes.shrink_to_fit();
    notes.shrink_to_fit();
    remarks.shrink_to_fit();
    plan.rows.push(PlannedRow {
        row: row.place().row,
        line: row.place().line,
        cells: row.raw().cells.clone(),
        user: user.map(|user| user.id),
        label: Label::of(row, user),
        writes,
        notes,
        remarks,
        there: None,
    });
}

/// The sibling leaves that must travel along, with the values they have now.
pub(super) fn companions(changes: &[Change], directory: &Directory, user: &UserKey) -> ThinVec<Companion> {
    let Some(user) = directory.find(user) else {
        return ThinVec::new();
    };
    let mut parents: Vec<&str> = changes
        .iter()
        .filter_map(|change| whole_parent(change.attribute))
        .collect();
    parents.dedup();
    // The catalogue does not list what the tenant made for itself.
    let mut leaves: Vec<_> = changes
        .iter()
        .flat_map(|change| catalogue::sibling_leaves(change.attribute))
        .collect();
    leaves.sort_by_key(|leaf| leaf.name);
    leaves.dedup();
    catalogue::all()
        .chain(leaves)
        .filter(|sibling| whole_parent(sibling).is_some_and(|parent| parents.contains(&parent)))
        .filter(|sibling| !changes.iter().any(|change| change.attribute == *sibling))
        .map(|sibling| Companion {
            attribute: sibling,
            value: directory.value(user, sibling.name),
        })
        .collect()
}
