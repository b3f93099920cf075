//! A run as its journal tells it, for resuming, reporting and listing.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, Row};

use super::super::error::{At, Doing, StateError};
use super::super::folder::{StateFolder, journal_file};
use super::super::sql::{self, loaded};
use super::super::status::{Mix, RowStanding, StatusCounts, status_of_mix};
use super::head::{Head, seen_from_outside};
use super::replay::OperationState;
use super::schema::FORMAT;
use super::slots::{Slot, Slots};
use super::{RunHeader, RunRow, RunState};
use crate::domain::{
    ChangeOutcome, Operation, OperationNumber, OperationResult, Outcome, RowStatus, RunId, UserId,
};

/// A run, read from its journal. Opening it changes nothing, and another process may go on writing meanwhile.
#[derive(Debug)]
pub struct RunRecord {
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
    pub(super) slots: Slots,
    pub(super) state: RunState,
    pub(super) finished_at: Option<Timestamp>,
    pub(super) header: RunHeader,
}

/// An operation that `resume` has something to do about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remaining {
    pub operation: Operation,
    pub standing: RemainingStanding,
    /// Its last result. Changes that are done or refused there stay so; only the others remain. An intent without an answer is
    /// shown as in doubt.
    pub last: Option<OperationResult>,
}

/// What `resume` must do about an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RemainingStanding {
    /// It may have been stored: read, then decide.
    InDoubt,
    /// It certainly was not sent, or not all of it.
    NotSent,
}

/// A row with everything that became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportRow {
    pub row: RunRow,
    pub status: RowStatus,
    /// The operations of the row in their order. An intent without an answer is shown as in doubt.
    pub results: Vec<(Operation, Option<OperationResult>)>,
}

/// Told of an intent that nothing follows.
const NO_ANSWER: &str = "it was about to be sent, and what became of it was not written down any more";

impl RunRecord {
    /// A run by its id; `None` when it is not in this folder.
    pub fn open(folder: &StateFolder, run: &RunId) -> Result<Option<RunRecord>, StateError> {
        let run_folder = folder.run_folder(run);
        let Some(mut record) = RunRecord::read(&run_folder)? else {
            return Ok(None);
        };
        record.state = seen_from_outside(record.state, &run_folder)?;
        Ok(Some(record))
    }

    /// With the state as it is written.
    pub(super) fn read(run_folder: &Path) -> Result<Option<RunRecord>, StateError> {
        let path = journal_file(run_folder);
        // One that cannot be looked at is none that is not there.
        if !path.try_exists().doing("look for", &path)? {
            return Ok(None);
        }
        // Even a reader of a WAL database must be able to write beside it.
        let connection = sql::open(&path, &FORMAT, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let head = Head::read(&connection, &path)?;
        Ok(Some(RunRecord {
            slots: Slots::replay(&connection, &path)?,
            connection,
            state: head.state,
            finished_at: head.finished_at,
            header: head.header,
            path,
        }))
    }

    /// What the run is of.
    pub fn header(&self) -> &RunHeader {
        &self.header
    }

    /// A run that says it is running while nobody holds its lock is interrupted.
    pub fn state(&self) -> RunState {
        self.state
    }

    /// When it last came to an end or was stopped in order.
    pub fn finished_at(&self) -> Option<Timestamp> {
        self.finished_at
    }

    /// Where an operation stands; `None` when it is not of this run.
    pub fn operation_state(&self, number: OperationNumber) -> Option<OperationState> {
        self.slots.get(number).map(|slot| slot.state)
    }

    /// How many operations the run has.
    pub fn operation_count(&self) -> u64 {
        self.slots.iter().count() as u64
    }

    /// How many operations have no final result.
    pub fn remaining_count(&self) -> u64 {
        self.slots.iter().filter(|slot| standing(slot).is_some()).count() as u64
    }

    /// What `resume` has to do, in the order of the operations.
    pub fn remaining(&self) -> Result<Vec<Remaining>, StateError> {
        let remaining = self.slots.iter().filter_map(|slot| Some((slot, standing(slot)?)));
        remaining
            .map(|(slot, standing)| {
                let operation = self.operation(slot.number)?;
                Ok(Remaining {
                    last: self.shown_result(slot, &operation)?,
                    operation,
                    standing,
                })
            })
            .collect()
    }

    /// Every operation with its result, in their order, one at a time. An intent without an answer is shown as in doubt.
    pub fn results<E: From<StateError>>(
        &self,
        mut each: impl FnMut(Operation, Option<OperationResult>) -> Result<(), E>,
    ) -> Result<(), E> {
        for slot in self.slots.iter() {
            let operation = self.operation(slot.number)?;
            let result = self.shown_result(slot, &operation)?;
            each(operation, result)?;
        }
        Ok(())
    }

    /// Every row of the sheet with what became of it, in the sheet's order, one at a time.
    pub fn rows<E: From<StateError>>(
        &self,
        mut each: impl FnMut(ReportRow) -> Result<(), E>,
    ) -> Result<(), E> {
        let path = &self.path;
        // Journals that were begun as version 1 have no such column.
        let writes = if self.connection.column_exists(None, "rows", "writes").at(path)? {
            "writes"
        } else {
            "NULL"
        };
        let mut select = self
            .connection
            .prepare(&format!(
                "SELECT seq, row, line, user, user_label, cells, standing, notes, remarks, {writes} FROM rows ORDER BY seq"
            ))
            .at(path)?;
        let mut rows = select.query([]).at(path)?;
        while let Some(row) = rows.next().at(path)? {
            let row = self.run_row(row)?;
            let mut mix = Mix::default();
            let mut results = Vec::with_capacity(row.operations.len());
            for number in &row.operations {
                let slot = self.slot(*number)?;
                let operation = self.operation(*number)?;
                let result = self.shown_result(slot, &operation)?;
                mix = mix.and(result.as_ref().map_or(Mix::NOT_SENT, Mix::of));
                results.push((operation, result));
            }
            let status = status_of_mix(row.standing, !row.notes.is_empty(), mix);
            each(ReportRow { row, status, results })?;
        }
        Ok(())
    }

    /// How many rows have each status.
    pub fn counts(&self) -> Result<StatusCounts, StateError> {
        Ok(self.tally()?.0)
    }

    /// How many rows have each status, and how many of those that count as failed are in doubt: something of them was sent and no
    /// answer is known, and nothing of them was refused or lost.
    pub fn tally(&self) -> Result<(StatusCounts, u64), StateError> {
        let path = &self.path;
        let mut select = self
            .connection
            .prepare("SELECT seq, standing, notes IS NOT NULL FROM rows ORDER BY seq")
            .at(path)?;
        let mut rows = select.query([]).at(path)?;
        let (mut counts, mut in_doubt) = (StatusCounts::default(), 0);
        while let Some(row) = rows.next().at(path)? {
            let mut mix = Mix::default();
            for number in self.operations_of(row.get(0).at(path)?)? {
                mix = mix.and(self.mix(self.slot(number)?)?);
            }
            let standing = self.row_standing(row.get_ref(1).and_then(|name| Ok(name.as_str()?)).at(path)?)?;
            let status = status_of_mix(standing, row.get(2).at(path)?, mix);
            counts.add(status);
            in_doubt += u64::from(status == RowStatus::Failed && mix.is_only_in_doubt());
        }
        Ok((counts, in_doubt))
    }
}

/// Reading the tables one row at a time.
impl RunRecord {
    fn slot(&self, number: OperationNumber) -> Result<&Slot, StateError> {
        self.slots.get(number).ok_or_else(|| StateError::Damaged {
            path: self.path.clone(),
            detail: format!("operation {} is missing", number.0),
        })
    }

    pub(super) fn operation(&self, number: OperationNumber) -> Result<Operation, StateError> {
        let path = &self.path;
        let (row, user, upn, action): (i64, [u8; 16], String, String) = self
            .connection
            .prepare_cached("SELECT row, user, upn, action FROM operations WHERE number = ?1")
            .and_then(|mut find| find.query_row([number.0], |row| row.try_into()))
            .at(path)?;
        Ok(Operation {
            number,
            user: UserId::from_bytes(user),
            upn,
            row: loaded(row),
            action: serde_json::from_str(&action).at(path)?,
        })
    }

    pub(super) fn last_result(&self, slot: &Slot) -> Result<Option<OperationResult>, StateError> {
        result_at(&self.connection, &self.path, slot.result_entry)
    }

    /// The last result, brought up to date when the operation was sent once more and nothing followed.
    fn shown_result(
        &self,
        slot: &Slot,
        operation: &Operation,
    ) -> Result<Option<OperationResult>, StateError> {
        let last = self.last_result(slot)?;
        if slot.state != OperationState::Sent {
            return Ok(last);
        }
        let in_doubt = || Outcome::InDoubt {
            reason: NO_ANSWER.to_owned(),
        };
        let finished_at =
            Timestamp::from_microsecond(slot.intent_at).map_err(|error| StateError::Damaged {
                path: self.path.clone(),
                detail: error.to_string(),
            })?;
        let known = last
            .as_ref()
            .map(|last| last.outcomes.as_slice())
            .unwrap_or_default();
        let outcomes = operation.changes().iter().map(|change| {
            let outcome = known
                .iter()
                .find(|known| known.attribute == change.attribute && known.outcome.is_final())
                .map_or_else(in_doubt, |known| known.outcome.clone());
            ChangeOutcome {
                attribute: change.attribute,
                outcome,
            }
        });
        Ok(Some(OperationResult {
            number: operation.number,
            outcomes: outcomes.collect(),
            request_id: last.as_ref().and_then(|last| last.request_id.clone()),
            finished_at,
            made: last.as_ref().and_then(|last| last.made),
        }))
    }

    /// The mix of [`shown_result`](RunRecord::shown_result), without reading it where the state tells.
    fn mix(&self, slot: &Slot) -> Result<Mix, StateError> {
        match slot.state {
            OperationState::Waiting => Ok(Mix::NOT_SENT),
            // Before version 3 the number did not say whether it was so before the run; the result itself may.
            OperationState::Open(mix) | OperationState::Settled(mix) if mix.has(Mix::ALREADY_THERE) => {
                Ok(self.last_result(slot)?.as_ref().map_or(mix, Mix::of))
            }
            OperationState::Open(mix) | OperationState::Settled(mix) => Ok(mix),
            OperationState::Sent if slot.result_entry == 0 => Ok(Mix::IN_DOUBT),
            OperationState::Sent => {
                let result = self.shown_result(slot, &self.operation(slot.number)?)?;
                Ok(result.as_ref().map_or(Mix::IN_DOUBT, Mix::of))
            }
        }
    }

    fn run_row(&self, row: &Row<'_>) -> Result<RunRow, StateError> {
        let path = &self.path;
        let cells: String = row.get(5).at(path)?;
        let notes: Option<String> = row.get(7).at(path)?;
        let remarks: Option<String> = row.get(8).at(path)?;
        let writes: Option<String> = row.get(9).at(path)?;
        let user: Option<[u8; 16]> = row.get(3).at(path)?;
        Ok(RunRow {
            row: loaded(row.get(1).at(path)?),
            line: loaded(row.get(2).at(path)?),
            user: user.map(UserId::from_bytes),
            user_label: row.get(4).at(path)?,
            cells: serde_json::from_str(&cells).at(path)?,
            standing: self.row_standing(row.get_ref(6).and_then(|name| Ok(name.as_str()?)).at(path)?)?,
            notes: match notes {
                Some(notes) => serde_json::from_str(&notes).at(path)?,
                None => Vec::new(),
            },
            remarks: match remarks {
                Some(remarks) => serde_json::from_str(&remarks).at(path)?,
                None => Vec::new(),
            },
            operations: self.operations_of(row.get(0).at(path)?)?,
            writes: writes
                .map(|writes| serde_json::from_str(&writes))
                .transpose()
                .at(path)?,
        })
    }

    fn operations_of(&self, seq: i64) -> Result<Vec<OperationNumber>, StateError> {
        self.connection
            .prepare_cached("SELECT number FROM row_operations WHERE seq = ?1 ORDER BY number")
            .and_then(|mut find| {
                find.query_map([seq], |row| row.get(0).map(OperationNumber))
                    .and_then(Iterator::collect)
            })
            .at(&self.path)
    }

    fn row_standing(&self, name: &str) -> Result<RowStanding, StateError> {
        RowStanding::from_name(name).ok_or_else(|| StateError::NotUnderstood {
            path: self.path.clone(),
            detail: format!("a row that is `{name}`"),
        })
    }
}

/// The result in an entry; `None` for the entry 0, which is no entry.
pub(super) fn result_at(
    connection: &Connection,
    path: &Path,
    entry: i64,
) -> Result<Option<OperationResult>, StateError> {
    if entry == 0 {
        return Ok(None);
    }
    let json: String = connection
        .prepare_cached("SELECT result FROM entries WHERE seq = ?1")
        .and_then(|mut find| find.query_row([entry], |row| row.get(0)))
        .at(path)?;
    serde_json::from_str(&json).at(path).map(Some)
}

/// What remains to do about an operation, if anything.
fn standing(slot: &Slot) -> Option<RemainingStanding> {
    match slot.state {
        OperationState::Waiting => Some(RemainingStanding::NotSent),
        OperationState::Sent => Some(RemainingStanding::InDoubt),
        OperationState::Open(mix) if mix.has(Mix::IN_DOUBT) => Some(RemainingStanding::InDoubt),
        OperationState::Open(_) => Some(RemainingStanding::NotSent),
        OperationState::Settled(_) => None,
    }
}
