//! What a journal knows of each operation, in memory: always what a replay of its entries would give.

use std::collections::HashMap;

use rusqlite::Connection;

use super::super::error::{At, StateError};
use super::super::status::Mix;
use super::replay::{OperationState, Step, StepError, next_state};
use super::schema::{KIND_INTENT, KIND_PROOF, KIND_RESULT};
use crate::domain::OperationNumber;

/// What is known of one operation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    pub number: OperationNumber,
    /// How many changes it has.
    pub changes: u32,
    pub state: OperationState,
    /// When it was last about to be sent, in microseconds.
    pub intent_at: i64,
    /// When it was first about to be sent, in microseconds; 0 when it never was.
    pub first_intent_at: i64,
    /// The entry of its last result; 0 when there is none.
    pub result_entry: i64,
}

impl Slot {
    /// It is about to be sent at this moment.
    pub fn announce(&mut self, at: i64) {
        self.intent_at = at;
        if self.first_intent_at == 0 {
            self.first_intent_at = at;
        }
    }

    /// Whether it was ever about to be sent.
    pub fn is_announced(&self) -> bool {
        self.intent_at != 0
    }
}

/// All operations of a run, by rising number.
#[derive(Debug)]
pub(super) struct Slots(Vec<Slot>);

impl Slots {
    /// Replays the entries of a journal.
    pub fn replay(connection: &Connection, path: &std::path::Path) -> Result<Slots, StateError> {
        let mut select = connection
            .prepare("SELECT number, changes FROM operations ORDER BY number")
            .at(path)?;
        let slots = select
            .query_map([], |row| {
                Ok(Slot {
                    number: OperationNumber(row.get(0)?),
                    changes: row.get(1)?,
                    state: OperationState::Waiting,
                    intent_at: 0,
                    first_intent_at: 0,
                    result_entry: 0,
                })
            })
            .and_then(Iterator::collect)
            .at(path)?;
        let mut slots = Slots(slots);
        let mut select = connection
            .prepare("SELECT seq, number, kind, at, mix FROM entries ORDER BY seq")
            .at(path)?;
        let mut entries = select.query([]).at(path)?;
        while let Some(entry) = entries.next().at(path)? {
            let seq: i64 = entry.get(0).at(path)?;
            let number = OperationNumber(entry.get(1).at(path)?);
            let at = entry.get(3).at(path)?;
            let mix: Option<u16> = entry.get(4).at(path)?;
            let damaged = |detail: String| StateError::Damaged {
                path: path.to_owned(),
                detail: format!("entry {seq}: {detail}"),
            };
            let step = match (entry.get(2).at(path)?, mix.and_then(Mix::from_number)) {
                (KIND_INTENT, None) => Step::Intent,
                (KIND_RESULT, Some(mix)) => Step::Result(mix),
                (KIND_PROOF, Some(mix)) => Step::Proof(mix),
                (kind, _) => return Err(damaged(format!("it is of the unknown kind {kind}"))),
            };
            let illegal = |problem| damaged(format!("operation {} {problem}", number.0));
            let index = slots.find(number).ok_or_else(|| illegal(StepError::Unknown))?;
            let slot = &mut slots.0[index];
            slot.state = next_state(slot.state, step).map_err(illegal)?;
            match step {
                Step::Intent => slot.announce(at),
                Step::Result(_) | Step::Proof(_) => slot.result_entry = seq,
            }
        }
        Ok(slots)
    }

    /// The operation after this step, kept in `moved` until the step is on the disk. `outcomes`: how many a result has.
    pub fn advance<'m>(
        &self,
        moved: &'m mut HashMap<usize, Slot>,
        number: OperationNumber,
        step: Step,
        outcomes: Option<usize>,
    ) -> Result<&'m mut Slot, StepError> {
        let index = self.find(number).ok_or(StepError::Unknown)?;
        let slot = moved.entry(index).or_insert(self.0[index]);
        if outcomes.is_some_and(|outcomes| outcomes != slot.changes as usize) {
            return Err(StepError::OtherChanges);
        }
        slot.state = next_state(slot.state, step)?;
        Ok(slot)
    }

    /// Takes over what is on the disk now.
    pub fn put(&mut self, moved: HashMap<usize, Slot>) {
        for (index, slot) in moved {
            self.0[index] = slot;
        }
    }

    /// What is known of one operation.
    pub fn get(&self, number: OperationNumber) -> Option<&Slot> {
        self.find(number).map(|index| &self.0[index])
    }

    /// What is known of each, in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = &Slot> {
        self.0.iter()
    }

    fn find(&self, number: OperationNumber) -> Option<usize> {
        // Numbers count from 0, so the number nearly always is the index.
        let guess = number.0 as usize;
        match self.0.get(guess) {
            Some(slot) if slot.number == number => Some(guess),
            _ => self.0.binary_search_by_key(&number, |slot| slot.number).ok(),
        }
    }
}
