//! The plan: everything one sheet would do to a directory, before anything is done.

mod already;
mod label;
mod packed;
mod printed;
mod summary;
mod take_out;

use std::borrow::Cow;
use std::collections::HashSet;

use ring::digest;
use thin_vec::ThinVec;

use serde::{Deserialize, Serialize};

use already::AlreadyThere;
pub use label::Label;
use printed::{Printed, Sha256};
pub use summary::PlanSummary;
pub(super) use take_out::Told;

use super::cleared::WantedClears;
use super::operation::attribute_by_name;
use super::{
    Action, CellTexts, Change, ClearedColumn, Companion, Directory, Invitation, Operation, OperationNumber,
    RowStatus, Seats, Settled, Side, SnapshotId, UserId, UserState, Value, Withheld,
};
use crate::catalogue::{Attribute, WriteRule};

/// What a plan is bound to; with anything else it stops.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanBinding {
    pub tenant: String,
    /// Scheme, host and port of the service.
    pub graph_url: String,
    pub sheet_name: String,
    pub sheet_sha256: String,
    pub snapshots: Vec<SnapshotId>,
    /// The file that was the base of rows without a snapshot, as it was named with `--base`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_file: Option<String>,
    /// The snapshot that users are set back to, for a plan that restores.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restores: Option<SnapshotId>,
    /// [`crate::catalogue::VERSION`].
    pub catalogue: u32,
}

/// How a reader knows a person; nothing is decided by it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonFacts {
    #[serde(rename = "displayName")]
    pub display_name: String,
    /// The department now; empty when there is none or it is not known.
    pub department: String,
}

impl PersonFacts {
    /// The attributes that must be read for it.
    pub const ATTRIBUTES: [&'static str; 2] = ["displayName", "department"];

    /// What a new user will be known by.
    pub(super) fn to_be(changes: &[Change]) -> PersonFacts {
        let text = |name| {
            let change = changes.iter().find(|change| change.attribute.name == name);
            change.map(|change| change.after.to_cell()).unwrap_or_default()
        };
        PersonFacts {
            display_name: text("displayName"),
            department: text("department"),
        }
    }

    /// What the directory says of a user, as far as it was read.
    pub fn of(user: &UserState, directory: &Directory) -> PersonFacts {
        let text = |name| directory.value(user, name).to_cell();
        PersonFacts {
            display_name: text("displayName"),
            department: text("department"),
        }
    }
}

/// Everything that would be written for one user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserChanges {
    pub user: UserId,
    #[serde(rename = "userPrincipalName")]
    pub upn: String,
    #[serde(flatten)]
    pub person: PersonFacts,
    /// The spreadsheet row; the first one where several rows name the user.
    pub row: u64,
    pub changes: Vec<Change>,
    #[serde(default, skip_serializing_if = "ThinVec::is_empty")]
    pub companions: ThinVec<Companion>,
    /// Whether the user is to be made first; `user` is then [`super::newcomer_id`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_new: bool,
    /// What goes with the invitation, for a new user who is a guest; `user` is then [`super::invitee_id`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitation: Option<Box<Invitation>>,
}

impl UserChanges {
    /// Whether the user is made with a password of its own, which no undo takes back; a guest is invited.
    pub fn is_made(&self) -> bool {
        self.is_new && self.invitation.is_none()
    }
}

/// A cell that a person and somebody else changed to different values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    pub user: UserId,
    #[serde(rename = "userPrincipalName")]
    pub upn: String,
    /// How a reader knows the person; nothing is decided by it.
    #[serde(rename = "displayName", default, skip_serializing_if = "String::is_empty")]
    pub display_name: String,
    pub row: u64,
    #[serde(with = "attribute_by_name")]
    pub attribute: &'static Attribute,
    /// The exported text.
    pub base: String,
    pub edited: Value,
    pub live: Value,
    /// Whether somebody decided about it, for other values.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_void: bool,
}

/// Something said about a row beside its status: code, what is wrong, what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowNote {
    pub status: RowStatus,
    pub code: String,
    pub message: String,
    pub hint: String,
}

/// One row of the sheet and what the plan says of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PlannedRow {
    pub row: u64,
    pub line: u64,
    /// The cells as they were read.
    pub cells: CellTexts,
    pub user: Option<UserId>,
    /// See [`PlannedRow::label`].
    pub(super) label: Label,
    /// The names of the attributes this row changes, in the sheet's order; empty when there is nothing to write.
    pub writes: ThinVec<Cow<'static, str>>,
    /// What keeps parts of the row from being written.
    pub notes: ThinVec<RowNote>,
    /// Cells whose exported value was kept because a spreadsheet rewrote them; nothing is left to do about them.
    #[serde(default)]
    pub remarks: ThinVec<String>,
    /// Who has the address that the row would have invited.
    #[serde(default)]
    pub there: Option<There>,
}

/// Somebody who is there already and is not invited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum There {
    Guest,
    /// Anybody else: a member of the tenant, say.
    Member,
}

/// Everything one sheet would do to a directory. Built by [`super::build_plan`]; nothing in it can be sent before it is approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    pub(super) binding: PlanBinding,
    pub(super) users_total: u64,
    pub(super) users: Vec<UserChanges>,
    pub(super) conflicts: Vec<Conflict>,
    pub(super) withheld: Vec<Withheld>,
    #[serde(deserialize_with = "packed::rows")]
    pub(super) rows: Vec<PlannedRow>,
    /// Errors in cells that hold something back.
    pub(super) errors: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) columns_cleared: Vec<ClearedColumn>,
    /// Conflicts that are settled. What is to be written because of them stands with the other changes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) settled: Vec<Settled>,
    /// Products that the plan gives to people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) seats: Vec<Seats>,
    /// Privileged roles that the plan gives or takes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) privileged_roles: Vec<String>,
    /// The values that the sheet wants to clear: what of them is not cleared is held, whatever holds it.
    #[serde(skip)]
    pub(super) wanted_clears: WantedClears,
    /// Cells that somebody edited and the directory holds so already.
    #[serde(skip)]
    pub(super) already_there: AlreadyThere,
    /// The fingerprint of the plan of which this one is a telling that leaves something out.
    #[serde(skip)]
    pub(super) told_of: Option<String>,
}

impl Plan {
    /// A plan in which nothing is planned yet, with room for so many rows.
    pub(super) fn begin(binding: PlanBinding, users_total: u64, rows: usize) -> Plan {
        Plan {
            binding,
            users_total,
            users: Vec::new(),
            conflicts: Vec::new(),
            settled: Vec::new(),
            withheld: Vec::new(),
            rows: Vec::with_capacity(rows),
            errors: 0,
            columns_cleared: Vec::new(),
            seats: Vec::new(),
            privileged_roles: Vec::new(),
            wanted_clears: WantedClears::default(),
            already_there: AlreadyThere(Some(0)),
            told_of: None,
        }
    }

    /// Where and with what it may be carried out.
    pub fn binding(&self) -> &PlanBinding {
        &self.binding
    }

    /// Users in the whole directory.
    pub fn users_total(&self) -> u64 {
        self.users_total
    }

    /// Users with something to write, in the sheet's order.
    pub fn users(&self) -> &[UserChanges] {
        &self.users
    }

    /// Cells that a person and somebody else changed.
    pub fn conflicts(&self) -> &[Conflict] {
        &self.conflicts
    }

    /// How many cells are in conflict although somebody decided about them, because they had other values then.
    pub fn void_conflicts(&self) -> usize {
        let void = self.conflicts.iter().filter(|conflict| conflict.is_void);
        let cells: HashSet<_> = void
            .map(|conflict| (conflict.user, conflict.attribute.name))
            .collect();
        cells.len()
    }

    /// Conflicts that are settled, by a flag or cell by cell, in the sheet's order; each cell once.
    pub fn settled(&self) -> &[Settled] {
        &self.settled
    }

    /// Changes the service would refuse.
    pub fn withheld(&self) -> &[Withheld] {
        &self.withheld
    }

    /// Every row of the sheet, in the sheet's order.
    pub fn rows(&self) -> &[PlannedRow] {
        &self.rows
    }

    /// Columns of which something is cleared, with how many users of the sheet have a value in them.
    pub fn columns_cleared(&self) -> &[ClearedColumn] {
        &self.columns_cleared
    }

    /// How many errors the sheet has.
    pub fn errors(&self) -> u64 {
        self.errors
    }

    /// How many cells ask for what the directory holds already; a plan that comes from its file does not know.
    pub fn cells_already_there(&self) -> Option<u64> {
        self.already_there.0
    }

    /// Every change, user by user.
    pub fn changes(&self) -> impl Iterator<Item = (&UserChanges, &Change)> {
        self.users
            .iter()
            .flat_map(|user| user.changes.iter().map(move |change| (user, change)))
    }

    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.users.is_empty()
    }

    /// The name of an attribute the plan would write although it cannot be written; `None` in every plan that was built here.
    pub fn unwritable(&self) -> Option<&'static str> {
        self.changes()
            .find(|(_, change)| matches!(change.attribute.write, WriteRule::ReadOnly(_)))
            .map(|(_, change)| change.attribute.name)
    }

    /// SHA-256 (hex) over the whole plan as its JSON is written, the sheet's name and the rows for the report included: what
    /// the guards look at is in it as well as what would be written. Only by what a conflict was settled is left out: the
    /// same values are written whether a flag, a sheet or an answer said so.
    ///
    /// It finds an accidental edit and lets two people see that they talk of the same plan. It is no protection against
    /// somebody who edits a plan and computes it again.
    pub fn fingerprint(&self) -> String {
        if let Some(whole) = &self.told_of {
            return whole.clone();
        }
        let mut digest = Sha256(digest::Context::new(&digest::SHA256));
        // Structs and lists alone, in the order of their declaration: one plan has one text. Writing it can only fail where
        // the sink fails, and this one does not.
        if serde_json::to_writer(&mut digest, &Printed::of(self)).is_err() {
            unreachable!("a plan is always JSON");
        }
        digest
            .0
            .finish()
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// The requests of this plan, numbered in the sheet's order.
    pub(super) fn operations(&self) -> Vec<Operation> {
        let mut operations = Vec::with_capacity(self.users.len());
        for user in &self.users {
            for action in Action::all_of(user) {
                operations.push(Operation {
                    number: OperationNumber(operations.len() as u32),
                    user: user.user,
                    upn: user.upn.clone(),
                    row: user.row,
                    action,
                });
            }
        }
        operations
    }
}
