//! What a run wrote, as an undo needs to know it: which changes are its own work, and which may not be visible everywhere yet.

use std::collections::{HashMap, HashSet};

use super::joiner::newcomer_in;
use super::{
    Cell, CellTexts, Change, Operation, OperationNumber, OperationResult, Outcome, UserId, UserKey, Value,
    cell_of, invitee_id,
};
use crate::catalogue::{self, Attribute};

/// What tells an invited guest from another user who has the same address now.
pub(super) const OF_GUESTS: [&str; 2] = ["creationType", "createdDateTime"];

/// A user whom a run made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeUser {
    /// What this tool calls the user.
    pub own: UserId,
    pub upn: String,
    /// The service's id, where the answer to the making named it.
    pub id: Option<UserId>,
}

/// An operation of the run, as far as it wrote something.
#[derive(Debug, Clone, PartialEq)]
pub struct WrittenOperation {
    pub number: OperationNumber,
    pub user: UserId,
    pub upn: String,
    /// What it wrote or may have written, in its own order.
    pub changes: Vec<Written>,
    /// Whether the run made the user, so that there is nothing to set back.
    pub of_newcomer: bool,
    /// Whether it invited its user, who can be deleted again.
    pub invites: bool,
    /// The service's id of the user whom it made, where the answer named it.
    pub made: Option<UserId>,
    /// Whether all of it is to be taken back, and not some columns alone.
    pub is_whole: bool,
    /// When the run began, where that is known.
    pub not_before: Option<jiff::Timestamp>,
    /// When its last answer came.
    pub finished_at: Option<jiff::Timestamp>,
}

/// A change that the run made or may have made.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    pub change: Change,
    /// A read that shows the value from before it proves nothing yet: some server may be behind.
    pub may_be_hidden: bool,
}

/// How far back a write is so fresh that a read may still show what was there before it.
#[derive(Debug, Clone)]
pub struct Freshness {
    pub since: jiff::Timestamp,
    /// Cells that later runs put back, and when: there the former value is no wonder.
    pub put_back: HashMap<Cell, jiff::Timestamp>,
}

impl Freshness {
    fn may_hide(&self, user: UserId, change: &Change, at: jiff::Timestamp) -> bool {
        let put_back = self.put_back.get(&cell_of(user, change));
        at >= self.since && put_back.is_none_or(|back| *back <= at)
    }
}

impl WrittenOperation {
    /// What the run wrote by this operation. `announced`: its request was about to be sent at least once, so that what is in
    /// doubt may be the run's.
    pub fn of(
        operation: &Operation,
        result: Option<&OperationResult>,
        announced: bool,
        freshness: &Freshness,
    ) -> WrittenOperation {
        let known = |attribute: &Attribute| {
            result
                .and_then(|result| result.outcomes.iter().find(|known| known.attribute == attribute))
                .map(|known| &known.outcome)
        };
        let may_be_written = |change: &&Change| match known(change.attribute) {
            Some(Outcome::Accepted | Outcome::Confirmed | Outcome::NotVisible | Outcome::Lost { .. }) => true,
            Some(Outcome::InDoubt { .. }) | None => announced,
            Some(Outcome::AlreadyThere {
                after_send: Some(after_send),
            }) => *after_send,
            // Older journals do not say of which change the request was; with one change there is no question.
            Some(Outcome::AlreadyThere { after_send: None }) => announced && operation.changes().len() == 1,
            Some(Outcome::Refused { .. } | Outcome::Moved { .. } | Outcome::NotSent { .. }) => false,
        };
        // What is lost was seen to be something else, so the former value is news and no read that is behind.
        let may_be_hidden = |change: &Change| {
            !matches!(known(change.attribute), Some(Outcome::Lost { .. }))
                && result.is_some_and(|result| freshness.may_hide(operation.user, change, result.finished_at))
        };
        let written = operation.changes().iter().filter(may_be_written);
        WrittenOperation {
            of_newcomer: operation.is_for_newcomer(),
            invites: operation.invitation().is_some(),
            made: result.and_then(|result| result.made),
            is_whole: true,
            not_before: None,
            finished_at: result.map(|result| result.finished_at),
            number: operation.number,
            user: operation.user,
            upn: operation.upn.clone(),
            changes: written
                .map(|change| Written {
                    change: change.clone(),
                    may_be_hidden: may_be_hidden(change),
                })
                .collect(),
        }
    }
}

impl WrittenOperation {
    /// Leaves only these columns; all of them where none is named.
    pub fn keep_columns(&mut self, columns: &[String]) {
        if columns.is_empty() {
            return;
        }
        self.is_whole = false;
        self.changes.retain(|written| {
            columns
                .iter()
                .any(|column| column == written.change.attribute.name)
        });
    }

    /// Whether it invited somebody who is there now.
    pub(super) fn has_invited(&self) -> bool {
        self.invites && !self.of_newcomer
    }
}

/// A row of the run's sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct UndoRow {
    pub row: u64,
    pub line: u64,
    pub cells: CellTexts,
    pub user: Option<UserId>,
    /// How messages name the user.
    pub label: String,
    /// What the run did for it; several rows may share an operation.
    pub operations: Vec<OperationNumber>,
    /// The names of the attributes that the row itself asked for; `None` where the journal does not tell.
    pub writes: Option<Vec<String>>,
}

impl UndoRow {
    /// Whether the row asked for this change of one of its operations; where the journal does not tell, every row did.
    pub(super) fn asked_for(&self, change: &Change) -> bool {
        self.writes
            .as_ref()
            .is_none_or(|writes| writes.iter().any(|name| name == change.attribute.name))
    }
}

/// A row that is to be taken back and another that is not share a request, and the journal does not tell which of them asked for
/// what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SharedRequest {
    pub wanted: u64,
    pub other: u64,
}

/// Everything to take back.
#[derive(Debug, Clone, PartialEq)]
pub struct Undo {
    /// Every row of the sheet, in its order.
    pub rows: Vec<UndoRow>,
    pub written: HashMap<OperationNumber, WrittenOperation>,
}

impl Undo {
    /// The users whom the run made, as far as something is to be taken back of them or of whoever points to them.
    pub fn newcomers(&self) -> impl Iterator<Item = (UserId, &str)> {
        self.written.values().flat_map(|operation| {
            let own = operation
                .of_newcomer
                .then_some((operation.user, operation.upn.as_str()));
            let changes = operation.changes.iter();
            let pointed_to = changes.filter_map(|written| newcomer_in(&written.change.after));
            own.into_iter().chain(pointed_to)
        })
    }

    /// The guests among the users whom the run made, by our own ids.
    pub fn guests(&self) -> HashSet<UserId> {
        let guests = self
            .newcomers()
            .filter(|(own, address)| *own == invitee_id(address));
        guests.map(|(own, _)| own).collect()
    }

    /// Calls a guest by the service's id, as anybody else is called who is there.
    pub fn settle_guest(&mut self, own: UserId, id: UserId) {
        for operation in self.written.values_mut() {
            if operation.user == own {
                operation.user = id;
                operation.of_newcomer = false;
            }
            for written in &mut operation.changes {
                match &mut written.change.after {
                    Value::Reference(to) if to.id == own => to.id = id,
                    _ => {}
                }
            }
        }
        for row in self.rows.iter_mut().filter(|row| row.user == Some(own)) {
            row.user = Some(id);
        }
    }

    /// Leaves only what rows that are wanted asked for.
    ///
    /// # Errors
    /// [`SharedRequest`], where that cannot be told.
    pub fn keep_rows(&mut self, is_wanted: impl Fn(u64) -> bool) -> Result<(), SharedRequest> {
        let (wanted, others): (Vec<&UndoRow>, Vec<&UndoRow>) =
            self.rows.iter().partition(|row| is_wanted(row.row));
        let mut asking: HashMap<OperationNumber, Vec<&UndoRow>> = HashMap::new();
        for row in wanted {
            for number in &row.operations {
                asking.entry(*number).or_default().push(row);
            }
        }
        for row in others {
            for number in &row.operations {
                let is_written = self
                    .written
                    .get(number)
                    .is_some_and(|one| !one.changes.is_empty());
                let rows = asking.get(number).map(Vec::as_slice).unwrap_or_default();
                let untold = rows.iter().find(|row| row.writes.is_none());
                if let Some(wanted) = untold.filter(|_| is_written) {
                    return Err(SharedRequest {
                        wanted: wanted.row,
                        other: row.row,
                    });
                }
            }
        }
        for (number, operation) in &mut self.written {
            let rows = asking.get(number).map(Vec::as_slice).unwrap_or_default();
            operation
                .changes
                .retain(|written| rows.iter().any(|row| row.asked_for(&written.change)));
        }
        Ok(())
    }

    /// Every operation that a row names.
    pub fn operations(&self) -> impl Iterator<Item = &WrittenOperation> {
        let named: HashSet<OperationNumber> = self
            .rows
            .iter()
            .flat_map(|row| row.operations.iter().copied())
            .collect();
        let mut numbers: Vec<OperationNumber> = named.into_iter().collect();
        numbers.sort_unstable();
        numbers.into_iter().filter_map(|number| self.written.get(&number))
    }

    /// Everybody whose present values decide: the users that were written, and those that a former value points to.
    pub fn keys(&self) -> HashSet<UserKey> {
        let mut keys = HashSet::new();
        for operation in self
            .operations()
            .filter(|operation| !operation.changes.is_empty())
        {
            keys.insert(UserKey::Id(operation.user));
            keys.extend(
                operation
                    .changes
                    .iter()
                    .flat_map(|written| written.change.before.pointed_to())
                    .map(|reference| UserKey::Id(reference.id)),
            );
        }
        keys
    }

    /// The attributes that were written, and those that tell whether a guest is the one who was invited.
    pub fn attributes(&self) -> Vec<&'static Attribute> {
        let mut attributes: Vec<&'static Attribute> = Vec::new();
        if self.operations().any(WrittenOperation::has_invited) {
            attributes.extend(OF_GUESTS.into_iter().filter_map(catalogue::by_name));
        }
        for written in self.operations().flat_map(|operation| &operation.changes) {
            let attribute = written.change.attribute;
            if !attributes.contains(&attribute) {
                attributes.push(attribute);
            }
        }
        attributes
    }
}
