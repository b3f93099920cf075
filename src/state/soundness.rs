//! Whether what lies in the state folder can be read to its end: what `doctor` looks at.

use std::fs;

use rusqlite::OpenFlags;

use super::error::{At, StateError};
use super::folder::{StateFolder, journal_file};
use super::journal::{JOURNAL_FORMAT, RunRecord};
use super::sql;
use crate::domain::{RunId, SnapshotId};

/// How much of a file was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookedAt {
    /// Every byte.
    Whole,
    /// What it says of itself, its beginning and its end: it is larger than was allowed for.
    Ends,
}

impl StateFolder {
    /// Reads a snapshot, all of it if its file has no more than `bytes_max`. Returns its size too. Nothing to read is nothing wrong: it may have been
    /// removed meanwhile.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn look_at_snapshot(&self, id: &SnapshotId, bytes_max: u64) -> Result<(LookedAt, u64), StateError> {
        let Some(snapshot) = self.open_snapshot(id)? else {
            return Ok((LookedAt::Whole, 0));
        };
        let bytes = fs::metadata(self.snapshot_file(id)).map_or(0, |file| file.len());
        if bytes > bytes_max {
            snapshot.look_at_ends()?;
            return Ok((LookedAt::Ends, bytes));
        }
        snapshot.for_each(|_| Ok::<(), StateError>(()))?;
        Ok((LookedAt::Whole, bytes))
    }

    /// Reads a journal: replays it, and looks through its database too if that has no more than `bytes_max`. Returns its
    /// size too.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn look_at_run(&self, run: &RunId, bytes_max: u64) -> Result<(LookedAt, u64), StateError> {
        let path = journal_file(&self.run_folder(run));
        let bytes = fs::metadata(&path).map_or(0, |file| file.len());
        if bytes > bytes_max {
            // Its head was read by whoever listed it.
            return Ok((LookedAt::Ends, bytes));
        }
        let connection = sql::open(&path, &JOURNAL_FORMAT, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let told: String = connection
            .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
            .at(&path)?;
        if told != "ok" {
            return Err(StateError::Damaged { path, detail: told });
        }
        if let Some(record) = RunRecord::open(self, run)? {
            record.results(|_, _| Ok::<(), StateError>(()))?;
            record.tally()?;
        }
        Ok((LookedAt::Whole, bytes))
    }
}
