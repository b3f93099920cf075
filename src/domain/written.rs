//! What a run wrote, as an undo needs to know it: which changes are its own work, and which may not be visible everywhere yet.

use std::collections::{HashMap, HashSet};

use super::{Change, Operation, OperationNumber, OperationResult, Outcome, UserId, UserKey, Value};
use crate::catalogue::Attribute;

/// An operation of the run, as far as it wrote something.
#[derive(Debug, Clone, PartialEq)]
pub struct WrittenOperation {
    pub number: OperationNumber,
    pub user: UserId,
    pub upn: String,
    /// What it wrote or may have written, in its own order.
    pub changes: Vec<Written>,
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
    pub put_back: HashMap<(UserId, &'static str), jiff::Timestamp>,
}

impl Freshness {
    fn may_hide(&self, user: UserId, attribute: &Attribute, at: jiff::Timestamp) -> bool {
        let put_back = self.put_back.get(&(user, attribute.name));
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
                && result.is_some_and(|result| {
                    freshness.may_hide(operation.user, change.attribute, result.finished_at)
                })
        };
        let written = operation.changes().iter().filter(may_be_written);
        WrittenOperation {
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

/// A row of the run's sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct UndoRow {
    pub row: u64,
    pub line: u64,
    pub cells: Vec<String>,
    pub user: Option<UserId>,
    /// How messages name the user.
    pub label: String,
    /// What to take back of it; several rows may share an operation. Empty where nothing is to be taken back.
    pub operations: Vec<OperationNumber>,
}

/// Everything to take back.
#[derive(Debug, Clone, PartialEq)]
pub struct Undo {
    /// Every row of the sheet, in its order.
    pub rows: Vec<UndoRow>,
    pub written: HashMap<OperationNumber, WrittenOperation>,
}

impl Undo {
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
                    .filter_map(|written| match &written.change.before {
                        Value::Reference(reference) => Some(UserKey::Id(reference.id)),
                        _ => None,
                    }),
            );
        }
        keys
    }

    /// The attributes that were written.
    pub fn attributes(&self) -> Vec<&'static Attribute> {
        let mut attributes: Vec<&'static Attribute> = Vec::new();
        for written in self.operations().flat_map(|operation| &operation.changes) {
            let attribute = written.change.attribute;
            if !attributes.contains(&attribute) {
                attributes.push(attribute);
            }
        }
        attributes
    }
}
