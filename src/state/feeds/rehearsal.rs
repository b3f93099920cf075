//! A ledger for a dry run, and one that is left as it is.

use rusqlite::OpenFlags;

use super::schema::{FORMAT, bring_up};
use super::{Ledger, is_name, ledger_file};
use crate::state::error::{At, StateError};
use crate::state::folder::StateFolder;
use crate::state::sql;

impl Ledger {
    /// As [`Ledger::open`], for a dry run: what is written from here on is read as written, and is gone when the ledger is dropped. So is what
    /// brings a ledger of an earlier version up.
    pub fn rehearse(folder: &StateFolder, feed: &str) -> Result<Ledger, StateError> {
        let ledger = Ledger::take(folder, feed)?;
        ledger.connection.execute_batch("BEGIN").at(&ledger.path)?;
        bring_up(&ledger.connection, true).at(&ledger.path)?;
        Ok(ledger)
    }

    /// Whether it is one of an earlier version, which an older dirsheet may still be meant to read.
    pub fn is_of_before(folder: &StateFolder, feed: &str) -> bool {
        let path = ledger_file(folder, feed);
        let version = || {
            let connection = sql::open(&path, &FORMAT, OpenFlags::SQLITE_OPEN_READ_WRITE).ok()?;
            let version = connection.pragma_query_value(None, "user_version", |row| row.get::<_, i32>(0));
            version.ok()
        };
        is_name(feed) && version().is_some_and(|version| version < FORMAT.version)
    }
}
