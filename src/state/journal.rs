//! A run written down: what it is going to do before it does anything, then every intent and every result.
//!
//! [`Journal`] writes and holds the run's lock, so no two processes can write one; [`RunRecord`] reads, also while another
//! process writes. What the journal knows of each operation is kept in memory (48 bytes each) and is always what a replay
//! of the entries would give.

mod head;
mod parts;
mod proof;
mod read;
mod recent;
mod replay;
mod schema;
mod slots;

use std::collections::HashMap;
use std::ops::Deref;
use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::error::{At, Doing, StateError};
use super::folder::{journal_file, sync_folder};
use super::lock::RunLock;
use super::sql::{Draft, stored};
use super::status::Mix;
use crate::domain::{Actor, Operation, OperationNumber, UserId};
use schema::{FORMAT, KIND_INTENT, KIND_PROOF, KIND_RESULT, TABLES};
use slots::{Slot, Slots};

pub(super) use head::{Head, seen_from_outside};
pub use parts::{Entry, RunHeader, RunRow, RunState};
pub use read::{Remaining, RemainingStanding, ReportRow, RunRecord};
pub(super) use recent::{announced_until, unproved_count};
pub use replay::{OperationState, Step, StepError, next_state};
pub(super) use schema::FORMAT as JOURNAL_FORMAT;

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
    ///
    /// An older journal becomes one of this version: what is written from now on may be of a kind that older ones do not know.
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
    ///
    /// [`StateError::Stuck`] when the disk is full: nothing of these entries is there, all before them is, and the journal can
    /// be written again as soon as there is room.
    pub fn record(&mut self, entries: &[Entry]) -> Result<(), StateError> {
        let RunRecord {
            connection,
            path,
            slots,
            ..
        } = &mut self.record;
        let mut moved: HashMap<usize, Slot> = HashMap::with_capacity(entries.len());
        let transaction = connection.transaction().at(path);
        let written = transaction.and_then(|transaction| {
            for entry in entries {
                write_entry(&transaction, path, slots, &mut moved, entry)?;
            }
            transaction.commit().at(path)
        });
        written.map_err(|error| error.stuck(&self.record.header().run))?;
        self.record.slots.put(moved);
        Ok(())
    }

    /// Keeps that somebody else than who began the run goes on with it, before anything is written so. Who is kept already is not
    /// kept twice, and of a run that does not tell who began it nothing is.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn go_on_as(&mut self, who: &Actor) -> Result<(), StateError> {
        let header = &mut self.record.header;
        let known = header.signed_in.iter().chain(&header.resumed_by);
        if header.signed_in.is_none() || known.into_iter().any(|one| one.is_same(who)) {
            return Ok(());
        }
        let mut all = header.resumed_by.clone();
        all.push(who.clone());
        let path = &self.record.path;
        let json = serde_json::to_string(&all).at(path)?;
        self.record
            .connection
            // What else is in the header may be of a newer dirsheet.
            .execute(
                "UPDATE run SET header = json_set(header, '$.resumed_by', json(?1))",
                [json],
            )
            .at(path)
            .map_err(|error| error.stuck(&header.run))?;
        header.resumed_by = all;
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
        let RunRecord { connection, path, .. } = &mut self.record;
        let transaction = connection.transaction().at(path)?;
        let written = transaction
            .execute(
                "UPDATE run SET state = ?1, finished_at = ?2, counts = ?3, remaining = ?4",
                params![
                    state.as_str(),
                    at.map(|at| at.as_microsecond()),
                    counts,
                    remaining
                ],
            )
            .and_then(|_| transaction.pragma_update(None, "user_version", FORMAT.version))
            .and_then(|()| transaction.commit())
            .at(path);
        written.map_err(|error| error.stuck(&self.record.header().run))?;
        self.record.state = state;
        self.record.finished_at = at;
        Ok(())
    }
}

/// One entry, into a transaction that is not finished yet; `moved` holds the operations after it.
fn write_entry(
    connection: &Connection,
    path: &Path,
    slots: &Slots,
    moved: &mut HashMap<usize, Slot>,
    entry: &Entry,
) -> Result<(), StateError> {
    let refused = |operation: OperationNumber| {
        move |problem| StateError::Step {
            path: path.to_owned(),
            operation,
            problem,
        }
    };
    let (kind, step, result) = match entry {
        Entry::Intent(numbers, at) => {
            let at = at.as_microsecond();
            for number in numbers {
                let slot = slots
                    .advance(moved, *number, Step::Intent, None)
                    .map_err(refused(*number))?;
                append(connection, *number, KIND_INTENT, at, None).at(path)?;
                slot.announce(at);
            }
            return Ok(());
        }
        Entry::Result(result) => (KIND_RESULT, Step::Result(Mix::of(result)), result),
        Entry::Proof(result) => (KIND_PROOF, Step::Proof(Mix::of(result)), result),
    };
    let number = result.number;
    let slot = slots
        .advance(moved, number, step, Some(result.outcomes.len()))
        .map_err(refused(number))?;
    if kind == KIND_PROOF
        && let Some(earlier) = read::result_at(connection, path, slot.result_entry)?
    {
        proof::check(&earlier, result).map_err(refused(number))?;
    }
    let json = serde_json::to_string(result).at(path)?;
    let at = result.finished_at.as_microsecond();
    let written = Some((Mix::of(result).to_number(), json));
    slot.result_entry = append(connection, number, kind, at, written).at(path)?;
    Ok(())
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
        // No result could tell what became of it, so the run would never be finished.
        if operation.changes().is_empty() {
            return Err(StateError::Contradiction {
                path: path.clone(),
                detail: format!("operation {} changes nothing", operation.number.0),
            });
        }
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
        .prepare("INSERT INTO rows (seq, row, line, user, user_label, cells, standing, notes, remarks, writes) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")
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
        let writes = row.writes.as_ref().map(serde_json::to_string);
        let writes = writes.transpose().at(path)?;
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
                remarks,
                writes
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
mod compat_tests;
#[cfg(test)]
mod crash_tests;
#[cfg(test)]
pub(super) mod fixtures;
#[cfg(test)]
mod power_tests;
#[cfg(test)]
mod proof_tests;
#[cfg(test)]
mod tests;
