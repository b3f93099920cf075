//! Taking a run back: what it wrote, merged three ways with the directory as it is now.
//!
//! For every change the run wrote, *base* is the run's value, *wanted* the value before the run, *live* the value now.
//!
//! | live | verdict |
//! |---|---|
//! | same as wanted | already there: somebody was quicker, or the write never landed; a fresh write may only be hidden, and is set back |
//! | same as base | set back, or cleared back |
//! | anything else | conflict: a later edit by somebody else, which is nobody's to take away |
//!
//! What the run did not write is not looked at: cells that were refused, that had moved, that were never sent.

mod guests;

use std::collections::{HashMap, HashSet};

use thin_vec::ThinVec;

use super::alternate::hold_back_alternates;
use super::appointing::settle_roles;
use super::build::{companions, shown_of};
use super::foreseen::foreseen;
use super::identities::hold_back_identities;
use super::item_by_item::{Cell, about, cell_of, is_same_cell};
use super::licensing;
use super::unread::unread;
use super::value::holds_nothing;
use super::{
    Change, Conflict, ConflictPolicy, Directory, ForeseenReason, PersonFacts, Plan, PlanBinding, PlannedRow,
    RowNote, RowStatus, Settled, SettledBy, Side, Undo, UndoRow, UserChanges, UserId, UserKey, UserState,
    Value, Withheld, Written, WrittenOperation, invitee_id, same, shorten,
};
use crate::catalogue::{AccountPart, Attribute, ClearRule};
use guests::Fate;

/// Why a change could not be taken back later; `None` for nearly all of them. In words that stand behind the attribute's name.
pub fn irreversible(change: &Change) -> Option<&'static str> {
    match change.attribute.account_part() {
        Some(AccountPart::Sessions) => return Some("revoked for good"),
        Some(AccountPart::Password) => return Some("replaced, and nobody knows the former one"),
        Some(AccountPart::State) | None => {}
    }
    let was_empty = holds_nothing(change.attribute.kind, &change.before);
    (was_empty && !change.is_clear() && change.attribute.clear == ClearRule::Never)
        .then_some("was empty and cannot be emptied again")
}

/// Builds the plan that takes a run back. Its rows are the rows of the run's sheet.
pub fn build_undo(binding: PlanBinding, undo: &Undo, directory: &Directory, policy: ConflictPolicy) -> Plan {
    let mut plan = Plan::begin(binding, directory.users_total(), undo.rows.len());
    let mut seen = Seen::default();
    for row in &undo.rows {
        plan_row(&mut plan, undo, row, directory, policy, &mut seen);
    }
    hold_back_alternates(&mut plan, directory);
    hold_back_identities(&mut plan, directory);
    settle_roles(&mut plan, directory);
    plan.seats = licensing::seats(&plan, directory);
    plan.count_cleared(directory);
    for user in &mut plan.users {
        user.companions = companions(&user.changes, directory, &UserKey::Id(user.user));
    }
    plan
}

/// What the plan holds already: several rows may share an operation.
#[derive(Default)]
struct Seen {
    /// Where a user's changes stand.
    users: HashMap<UserId, usize>,
    /// Cells in conflict or withheld; of a list that is changed item by item, each item.
    held: HashSet<Cell>,
}

/// What is to be done about one cell.
enum Back {
    Nothing,
    Set(Change),
    /// It shows the former value already, perhaps only because a server is behind.
    SetAgain(Change),
    Conflict(Conflict),
    Withheld(Change, ForeseenReason),
    Impossible(RowNote),
}

fn plan_row(
    plan: &mut Plan,
    undo: &Undo,
    row: &UndoRow,
    directory: &Directory,
    policy: ConflictPolicy,
    seen: &mut Seen,
) {
    let mut writes = ThinVec::new();
    let mut notes = Vec::new();
    let mut remarks = Vec::new();
    let mut left = Vec::new();
    let written = row
        .operations
        .iter()
        .filter_map(|number| undo.written.get(number));
    for operation in written {
        if operation.has_invited() {
            match guests::fate(operation, directory) {
                Fate::Deleted(user, change) => {
                    writes.push(change.attribute.name.into());
                    left.push(operation.user);
                    add(plan, seen, user, row.row, directory).push(change);
                }
                Fate::Left(note) => {
                    notes.push(note);
                    left.push(operation.user);
                }
                Fate::Kept(note) => notes.extend(note),
            }
            continue;
        }
        // Of whoever is deleted, or is somebody else, nothing else is set back.
        if operation.changes.is_empty() || left.contains(&operation.user) {
            continue;
        }
        if operation.of_newcomer {
            // Its requests are one thing to whoever reads this.
            if !notes.iter().any(|note: &RowNote| note.code == MADE) {
                notes.push(made(operation));
            }
            continue;
        }
        let moved_account = |one: &Written| one.change.attribute.account_part() == Some(AccountPart::State);
        let user = if operation.changes.iter().any(moved_account) {
            directory.anywhere(&operation.user)
        } else {
            directory.user(&operation.user)
        };
        let Some(user) = user else {
            notes.push(gone(operation));
            continue;
        };
        for written in operation.changes.iter().filter(|one| row.asked_for(&one.change)) {
            let back = take_back(written, user, row.row, directory, policy);
            if let Back::SetAgain(change) = &back {
                remarks.push(format!("{}: {WRITTEN_AGAIN}", change.attribute.name));
            }
            match back {
                Back::Nothing => {}
                Back::Impossible(note) => notes.push(note),
                Back::Conflict(conflict) => {
                    notes.push(conflict_note(&conflict));
                    if seen.held.insert(cell_of(user.id, &written.change)) {
                        plan.conflicts.push(conflict);
                    }
                }
                Back::Withheld(change, reason) => {
                    notes.push(note(
                        reason.code(),
                        change.attribute,
                        reason.message(),
                        reason.hint(),
                    ));
                    if seen.held.insert(cell_of(user.id, &change)) {
                        plan.withheld.push(Withheld {
                            user: user.id,
                            upn: user.upn.clone(),
                            row: row.row,
                            change,
                            reason,
                            needs: String::new(),
                        });
                    }
                }
                Back::Set(change) | Back::SetAgain(change) => {
                    writes.push(change.attribute.name.into());
                    let changes = add(plan, seen, user, row.row, directory);
                    if !changes.iter().any(|known| is_same_cell(known, &change)) {
                        changes.push(change.clone());
                        plan.settled
                            .extend(overruled(written, &change, user, row.row, directory));
                    }
                }
            }
        }
    }
    plan.rows.push(PlannedRow {
        row: row.row,
        line: row.line,
        cells: row.cells.clone(),
        user: row.user,
        label: row.label.clone().into(),
        writes,
        notes: notes.into(),
        remarks: remarks.into(),
        there: None,
    });
}

/// The changes of a user in the plan, in which the user stands from now on.
fn add<'p>(
    plan: &'p mut Plan,
    seen: &mut Seen,
    user: &UserState,
    row: u64,
    directory: &Directory,
) -> &'p mut Vec<Change> {
    let index = *seen.users.entry(user.id).or_insert_with(|| {
        plan.users.push(UserChanges {
            user: user.id,
            upn: user.upn.clone(),
            person: PersonFacts::of(user, directory),
            row,
            changes: Vec::new(),
            companions: Default::default(),
            is_new: false,
            invitation: None,
        });
        plan.users.len() - 1
    });
    &mut plan.users[index].changes
}

/// The conflict that `--conflicts mine` settles by this change; `None` where there was none.
fn overruled(
    written: &Written,
    change: &Change,
    user: &UserState,
    row: u64,
    directory: &Directory,
) -> Option<Settled> {
    if same(change.attribute, &written.change.after, &change.before) {
        return None;
    }
    Some(Settled {
        conflict: Conflict {
            user: user.id,
            upn: user.upn.clone(),
            display_name: PersonFacts::of(user, directory).display_name,
            row,
            attribute: change.attribute,
            base: written.change.after.to_cell(),
            edited: change.after.clone(),
            live: change.before.clone(),
            is_void: false,
        },
        choice: Side::Mine,
        by: SettledBy::Flag,
    })
}

const WRITTEN_AGAIN: &str =
    "shows the value from before the run already; written again, because a server may be behind";

/// Decides about one cell that the run wrote.
fn take_back(
    written: &Written,
    user: &UserState,
    row: u64,
    directory: &Directory,
    policy: ConflictPolicy,
) -> Back {
    let change = &written.change;
    let attribute = change.attribute;
    if let (true, Some(reason)) = (change.is_done_anew(), irreversible(change)) {
        return Back::Impossible(note(
            "cannot-be-undone",
            attribute,
            reason,
            "nothing can be done about it here",
        ));
    }
    if unread(attribute, user, directory).is_some() {
        return Back::Impossible(note(
            "not-read",
            attribute,
            "the present value is not known, so the cell cannot be written safely",
            "check that the sign-in may read it (`dirsheet columns` names the permission)",
        ));
    }
    let mut live = about(change, &directory.value(user, attribute.name));
    let wanted = if holds_nothing(attribute.kind, &change.before) {
        Value::Empty
    } else {
        change.before.clone()
    };
    let hidden = same(attribute, &wanted, &live);
    if hidden && !written.may_be_hidden {
        return Back::Nothing;
    }
    if hidden {
        // The journal knows better than this read. Setting back what is there already does no harm, and believing it might.
        live = change.after.clone();
    }
    if !same(attribute, &change.after, &live) && policy != ConflictPolicy::Mine {
        return Back::Conflict(Conflict {
            user: user.id,
            upn: user.upn.clone(),
            display_name: PersonFacts::of(user, directory).display_name,
            row,
            attribute,
            base: change.after.to_cell(),
            edited: wanted,
            live,
            is_void: false,
        });
    }
    if let Some(reason) = irreversible(change) {
        return Back::Impossible(note(
            "cannot-be-emptied",
            attribute,
            reason,
            "set another value, if this one is wrong",
        ));
    }
    if let Value::Reference(former) = &wanted
        // A contact has no userPrincipalName and is not among the users; whether it is still there, the service says.
        && let Some(upn) = &former.upn
        && directory.user(&former.id).is_none()
    {
        let message = format!(
            "the former {} {} is not in the directory any more",
            attribute.label.to_lowercase(),
            shorten(upn)
        );
        return Back::Impossible(note(
            "unknown-reference",
            attribute,
            &message,
            "restore that user, then undo again; or set somebody else",
        ));
    }
    let back = Change {
        attribute,
        before: live,
        after: wanted,
    };
    match foreseen(attribute, user).or_else(|| licensing::from_group(&back, user, directory)) {
        Some(reason) => Back::Withheld(back, reason),
        None if hidden => Back::SetAgain(back),
        None => Back::Set(back),
    }
}

fn note(code: &str, attribute: &Attribute, message: &str, hint: &str) -> RowNote {
    RowNote {
        status: RowStatus::Skipped,
        code: code.to_owned(),
        message: format!("{}: {message}", attribute.name),
        hint: hint.to_owned(),
    }
}

const MADE: &str = "user-was-made";

/// The note for a user that the run made: taking an account away is no way back, and is asked for by itself.
fn made(operation: &WrittenOperation) -> RowNote {
    RowNote {
        status: RowStatus::Skipped,
        code: MADE.to_owned(),
        message: if operation.user == invitee_id(&operation.upn) {
            format!(
                "the guest `{}` is not there, or was invited by somebody else",
                shorten(&operation.upn)
            )
        } else {
            format!(
                "the run made the user `{}`, who is not deleted by an undo",
                shorten(&operation.upn)
            )
        },
        hint: "delete the user by itself, if it is not wanted".to_owned(),
    }
}

fn gone(operation: &WrittenOperation) -> RowNote {
    RowNote {
        status: RowStatus::Skipped,
        code: "unknown-user".to_owned(),
        message: format!("{} is not in the directory any more", shorten(&operation.upn)),
        hint: "a deleted user can be restored for 30 days; then undo again".to_owned(),
    }
}

fn conflict_note(conflict: &Conflict) -> RowNote {
    RowNote {
        status: RowStatus::Conflict,
        code: "conflict".to_owned(),
        message: format!(
            "{}: the run wrote {} over {}, but meanwhile it is {} in the directory",
            conflict.attribute.name,
            shown_of(conflict.attribute, &conflict.base),
            shown_of(conflict.attribute, &conflict.edited.to_cell()),
            shown_of(conflict.attribute, &conflict.live.to_cell()),
        ),
        hint: "look at it; then `--conflicts mine` writes the value from before the run, and `--conflicts skip` leaves the directory's"
            .to_owned(),
    }
}
