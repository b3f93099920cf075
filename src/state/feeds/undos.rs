//! What a ledger keeps of runs that took the feed's runs back: which were seen, and which of their cells may be written again.

use std::collections::HashSet;

use rusqlite::{Connection, params};

use super::night::Released;
use super::{Ledger, is_name, ledger_file};
use crate::domain::RunId;
use crate::state::error::{At, StateError};
use crate::state::folder::StateFolder;

/// A user, an attribute, and the run that took it back.
pub type ReleasedCell = (String, String, String);

impl StateFolder {
    /// Whether a feed of this name has run with this folder. One that cannot be looked at may have.
    pub fn has_feed(&self, feed: &str) -> bool {
        is_name(feed) && ledger_file(self, feed).try_exists().unwrap_or(true)
    }
}

impl Ledger {
    /// Cells that were taken back and may be written again.
    pub fn released(&self) -> Result<HashSet<ReleasedCell>, StateError> {
        let read = |connection: &Connection| -> rusqlite::Result<HashSet<ReleasedCell>> {
            let mut statement = connection.prepare("SELECT user, attribute, undo FROM released")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            rows.collect()
        };
        read(&self.connection).at(&self.path)
    }

    /// The runs that took runs of the feed back, as far as its starts have seen them, each with the one that it took back.
    pub fn seen_undos(&self) -> Result<Vec<(String, String)>, StateError> {
        let read = |connection: &Connection| -> rusqlite::Result<Vec<(String, String)>> {
            let mut statement = connection.prepare("SELECT id, of FROM undos ORDER BY id")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect()
        };
        read(&self.connection).at(&self.path)
    }

    /// Keeps that this start has seen these.
    pub fn see_undos<'r>(
        &mut self,
        undos: impl Iterator<Item = (&'r RunId, &'r RunId)>,
    ) -> Result<(), StateError> {
        for (id, of) in undos {
            let sql = "INSERT OR IGNORE INTO undos (id, of) VALUES (?1, ?2)";
            let kept = self
                .connection
                .prepare_cached(sql)
                .and_then(|mut statement| statement.execute(params![id.as_str(), of.as_str()]));
            kept.at(&self.path)?;
        }
        Ok(())
    }

    /// Whether a run of this id is the run of one of the nights.
    pub fn is_run_of_a_night(&self, run: &RunId) -> Result<bool, StateError> {
        Ok(self.one("run = ?1 LIMIT 1", [run.as_str()])?.is_some())
    }
}

/// Keeps what may be written again, and forgets runs that are gone.
pub(super) fn release(connection: &Connection, released: &Released) -> rusqlite::Result<()> {
    for (user, attribute, undo) in &released.cells {
        connection
            .prepare_cached("INSERT OR IGNORE INTO released (user, attribute, undo) VALUES (?1, ?2, ?3)")?
            .execute(params![user.to_string(), attribute, undo.as_str()])?;
    }
    for gone in &released.gone {
        connection
            .prepare_cached("DELETE FROM undos WHERE id = ?1")?
            .execute([gone])?;
    }
    Ok(())
}
