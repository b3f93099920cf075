//! A run written down: what it is going to do before it does anything, then every intent and every result.
//!
//! [`Journal`] writes and holds the run's lock, so no two processes can write one; [`RunRecord`] reads, also while another
//! process writes. What the journal knows of each operation is kept in memory (40 bytes each) and is always what a replay
//! of the entries would give.

mod read;
mod replay;
mod schema;
mod slots;

use std::collections::HashMap;
use std::ops::Deref;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::error::{At, Doing, StateError};
use super::folder::{journal_file, sync_folder};
use super::lock::RunLock;
use super::sql::{Draft, stored};
use super::status::{Mix, RowStanding};
use crate::domain::{Operation, OperationNumber, OperationResult, RowNote, RunId, UserId};
use schema::{FORMAT, KIND_INTENT, KIND_RESULT, TABLES};
use slots::Slot;

pub(super) use read::{Head, seen_from_outside};
pub use read::{Remaining, RemainingStanding, ReportRow, RunRecord};
pub use replay::{OperationState, Step, StepError, next_state};

/// What a run is of. Nothing in it is secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunHeader {
    pub run: RunId,
    pub tenant: String,
    pub graph_url: String,
    /// `apply users.csv`
    pub command: String,
    pub sheet_name: String,
    pub sheet_path: String,
    pub sheet_sha256: String,
    pub delimiter: char,
    pub bom: bool,
    pub crlf: bool,
    /// The texts of the columns as they are in the sheet.
    pub header: Vec<String>,
    pub plan_fingerprint: String,
    /// The ids of the snapshots that were the base.
    pub snapshots: Vec<String>,
    pub started_at: Timestamp,
    pub report_dir: Option<String>,
    /// The plan's summary.
    pub summary: serde_json::Value,
}

/// A row of the sheet, changed or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRow {
    pub row: u64,
    pub line: u64,
    pub user: Option<UserId>,
    /// How the row names its user.
    pub user_label: String,
    /// As they were read.
    pub cells: Vec<String>,
    pub standing: RowStanding,
    pub notes: Vec<RowNote>,
    /// What is told of the row although nothing is left to do about it.
    pub remarks: Vec<String>,
    /// Several rows may share an operation. Their order is the operations' own.
    pub operations: Vec<OperationNumber>,
}

/// Whether a run goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// A living process works on it.
    Running,
    /// It stopped, or its process died, with something left to do.
    Interrupted,
    /// It came to its end.
    Finished,
}

impl RunState {
    /// Its name in journals and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            RunState::Running => "running",
            RunState::Interrupted => "interrupted",
            RunState::Finished => "finished",
        }
    }

    fn from_name(name: &str) -> Option<RunState> {
        [RunState::Running, RunState::Interrupted, RunState::Finished]
            .into_iter()
            .find(|state| state.as_str() == name)
    }
}

/// What is written down while a run goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// These are about to be sent together.
    Intent(Vec<OperationNumber>, Timestamp),
    /// This is what became of one.
    Result(OperationResult),
}

/// A run's journal, open for writing.
#[derive(Debug)]
pub struct Journal {
    record: RunRecord,
    _lock: RunLock,
}

/// A journal can be asked everything a record can.
impl Deref for Journal {
    type Target = RunRecord;

    fn deref(&self) -> &RunRecord {
        &self.record
    }
}

impl Journal {
    /// Writes the whole run down and returns when it is on the disk; before that, nothing is visible.
    pub fn create(
        lock: RunLock,
        header: RunHeader,
        rows: impl Iterator<Item = RunRow>,
        operations: impl Iterator<Item = Operation>,
    ) -> Result<Journal, StateError> {
        let path = journal_file(lock.folder());
        if path.exists() {
            return Err(StateError::Exists { path });
        }
        if header.run != *lock.run() {
            return Err(StateError::Contradiction {
                path,
                detail: format!(
                    "the lock is of `{}` and the header of `{}`",
                    lock.run(),
                    header.run
                ),
            });
        }
        let draft = path.with_extension("sqlite.part");
        // Left by a process that was killed here: the lock says that nobody writes it any more.
        if draft.exists() {
            std::fs::remove_file(&draft).doing("remove", &draft)?;
        }
        let draft = Draft::create(draft, &FORMAT, TABLES)?;
        write_plan(&draft, &header, rows, operations)?;
        draft
            .connection()?
            .pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))
            .at(&path)?;
        draft.publish(&path)?;
        // The run's folder is new as well: without its own name on the disk, what is in it cannot be found.
        for above in lock.folder().ancestors().skip(1).take(2) {
            sync_folder(above).doing("write to the disk", above)?;
        }
        Journal::open(lock)?.ok_or(StateError::Contradiction {
            path,
            detail: "it is gone right after it was written".to_owned(),
        })
    }

    /// Goes on with a run that stopped: it is running again. `None` when the run has no journal.
    pub fn resume(lock: RunLock) -> Result<Option<Journal>, StateError> {
        let Some(mut journal) = Journal::open(lock)? else {
            return Ok(None);
        };
        journal.set_state(RunState::Running, None)?;
        Ok(Some(journal))
    }

    fn open(lock: RunLock) -> Result<Option<Journal>, StateError> {
        let Some(record) = RunRecord::read(lock.folder())? else {
            return Ok(None);
        };
        // WAL with FULL: a commit returns when the entries are on the disk. `fullfsync` matters on macOS only.
        for (name, value) in [("synchronous", "FULL"), ("fullfsync", "ON")] {
            record
                .connection
                .pragma_update(None, name, value)
                .at(&record.path)?;
        }
        Ok(Some(Journal { record, _lock: lock }))
    }

    /// Writes these entries down, all or none, and returns when they are on the disk.
    pub fn record(&mut self, entries: &[Entry]) -> Result<(), StateError> {
        let RunRecord {
            connection,
            path,
            slots,
            ..
        } = &mut self.record;
        let mut moved: HashMap<usize, Slot> = HashMap::with_capacity(entries.len());
        let refused = |operation: OperationNumber| {
            let path = path.clone();
            move |problem| StateError::Step {
                path,
                operation,
                problem,
            }
        };
        let transaction = connection.transaction().at(path)?;
        for entry in entries {
            match entry {
                Entry::Intent(numbers, at) => {
                    let at = at.as_microsecond();
                    for number in numbers {
                        let slot = slots
                            .advance(&mut moved, *number, Step::Intent, None)
                            .map_err(refused(*number))?;
                        append(&transaction, *number, KIND_INTENT, at, None).at(path)?;
                        slot.intent_at = at;
                    }
                }
                Entry::Result(result) => {
                    let mix = Mix::of(result);
                    let outcomes = Some(result.outcomes.len());
                    let slot = slots
                        .advance(&mut moved, result.number, Step::Result(mix), outcomes)
                        .map_err(refused(result.number))?;
                    let json = serde_json::to_string(result).at(path)?;
                    let at = result.finished_at.as_microsecond();
                    let result = Some((mix.to_number(), json));
                    slot.result_entry =
                        append(&transaction, slot.number, KIND_RESULT, at, result).at(path)?;
                }
            }
        }
        transaction.commit().at(path)?;
        slots.put(moved);
        Ok(())
    }

    /// Ends the work on the run. [`RunState::Finished`] is refused while an intent has no result.
    pub fn finish(mut self, state: RunState, at: Timestamp) -> Result<RunRecord, StateError> {
        if state == RunState::Finished
            && let Some(slot) = self.slots.iter().find(|slot| slot.state == OperationState::Sent)
        {
            return Err(StateError::Step {
                path: self.path.clone(),
                operation: slot.number,
                problem: StepError::StillSent,
            });
        }
        self.set_state(state, Some(at))?;
        Ok(self.record)
    }

    fn set_state(&mut self, state: RunState, at: Option<Timestamp>) -> Result<(), StateError> {
        let counts = match at {
            Some(_) => Some(serde_json::to_string(&self.counts()?).at(&self.path)?),
            None => None,
        };
        let remaining = at.map(|_| stored(self.remaining_count()));
        self.connection
            .execute(
                "UPDATE run SET state = ?1, finished_at = ?2, counts = ?3, remaining = ?4",
                params![
                    state.as_str(),
                    at.map(|at| at.as_microsecond()),
                    counts,
                    remaining
                ],
            )
            .at(&self.path)?;
        self.record.state = state;
        self.record.finished_at = at;
        Ok(())
    }
}

fn append(
    connection: &Connection,
    number: OperationNumber,
    kind: i64,
    at: i64,
    result: Option<(u16, String)>,
) -> rusqlite::Result<i64> {
    let (mix, json) = result.unzip();
    connection
        .prepare_cached("INSERT INTO entries (number, kind, at, mix, result) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .insert(params![number.0, kind, at, mix, json])
}

/// Fills the tables that never change, in the draft's one transaction.
fn write_plan(
    draft: &Draft,
    header: &RunHeader,
    rows: impl Iterator<Item = RunRow>,
    operations: impl Iterator<Item = Operation>,
) -> Result<(), StateError> {
    let path = &draft.path;
    let connection = draft.connection()?;
    let header = serde_json::to_string(header).at(path)?;
    connection
        .execute(
            "INSERT INTO run (header, state) VALUES (?1, ?2)",
            [header.as_str(), RunState::Running.as_str()],
        )
        .at(path)?;
    let mut insert = connection
        .prepare("INSERT INTO operations (number, changes, row, user, upn, action) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
        .at(path)?;
    for operation in operations {
        let action = serde_json::to_string(&operation.action).at(path)?;
        let changes = stored(operation.changes().len() as u64);
        let user = operation.user.as_bytes();
        let row = stored(operation.row);
        insert
            .execute(params![
                operation.number.0,
                changes,
                row,
                user,
                operation.upn,
                action
            ])
            .at(path)?;
    }
    let mut insert = connection
        .prepare("INSERT INTO rows (seq, row, line, user, user_label, cells, standing, notes, remarks) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")
        .at(path)?;
    let mut link = connection
        .prepare("INSERT INTO row_operations (seq, number) VALUES (?1, ?2)")
        .at(path)?;
    for (seq, row) in (1_i64..).zip(rows) {
        let cells = serde_json::to_string(&row.cells).at(path)?;
        let notes = (!row.notes.is_empty()).then(|| serde_json::to_string(&row.notes));
        let notes = notes.transpose().at(path)?;
        let remarks = (!row.remarks.is_empty()).then(|| serde_json::to_string(&row.remarks));
        let remarks = remarks.transpose().at(path)?;
        let user = row.user.as_ref().map(UserId::as_bytes);
        let (number, line) = (stored(row.row), stored(row.line));
        let standing = row.standing.as_str();
        insert
            .execute(params![
                seq,
                number,
                line,
                user,
                row.user_label,
                cells,
                standing,
                notes,
                remarks
            ])
            .at(path)?;
        for number in &row.operations {
            link.execute(params![seq, number.0]).at(path)?;
        }
    }
    connection.execute_batch("COMMIT;").at(path)?;
    let lost: Option<u32> = connection
        .query_row(
            "SELECT number FROM row_operations WHERE number NOT IN (SELECT number FROM operations) LIMIT 1",
            [],
            |row| row.get(0),
        )
        .optional()
        .at(path)?;
    match lost {
        None => Ok(()),
        Some(number) => Err(StateError::Contradiction {
            path: path.clone(),
            detail: format!("a row names operation {number}, which is not among the operations"),
        }),
    }
}

#[cfg(test)]
mod crash_tests;
#[cfg(test)]
pub(super) mod fixtures;
#[cfg(test)]
mod tests;
