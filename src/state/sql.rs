//! What all our databases share: how one is made, opened and recognised.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::error::{At, Doing, StateError};
use super::folder::private_file;

/// One of our two file formats.
pub(super) struct Format {
    /// SQLite's `application_id`, so that a foreign database is not mistaken for ours.
    pub application: i32,
    /// The oldest `user_version` that is still read.
    pub oldest: i32,
    /// SQLite's `user_version` of what is written now.
    pub version: i32,
    /// `a journal`, `a snapshot`.
    pub name: &'static str,
}

/// How long a reader waits for a writer of the same file, which holds it for milliseconds.
const BUSY_WAIT: Duration = Duration::from_secs(10);

/// Opens an existing database and makes sure that it is of this format.
pub(super) fn open(path: &Path, format: &Format, flags: OpenFlags) -> Result<Connection, StateError> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX).at(path)?;
    connection.busy_timeout(BUSY_WAIT).at(path)?;
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let application = pragma("application_id").at(path)?;
    if application != format.application {
        return Err(StateError::Damaged {
            path: path.to_owned(),
            detail: format!("it is not {} of dirsheet", format.name),
        });
    }
    let found = pragma("user_version").at(path)?;
    if !(format.oldest..=format.version).contains(&found) {
        return Err(StateError::Version {
            path: path.to_owned(),
            found,
            known: format.version,
        });
    }
    Ok(connection)
}

/// A database that is being made under another name; gone when it is dropped before it is published.
pub(super) struct Draft {
    pub path: PathBuf,
    connection: Option<Connection>,
}

impl Draft {
    /// Makes the file (0600), which must not exist. Until it is published a power cut may lose it, so it is written without waiting for the disk.
    pub fn create(path: PathBuf, format: &Format, schema: &str) -> Result<Draft, StateError> {
        private_file()
            .create_new(true)
            .open(&path)
            .doing("create", &path)?;
        let draft = Draft {
            connection: Some(Connection::open(&path).at(&path)?),
            path,
        };
        let connection = draft.connection()?;
        for (name, value) in [("journal_mode", "OFF"), ("synchronous", "OFF")] {
            connection
                .pragma_update_and_check(None, name, value, |_| Ok(()))
                .or_else(without_answer)
                .at(&draft.path)?;
        }
        for (name, value) in [
            ("application_id", format.application),
            ("user_version", format.version),
        ] {
            connection.pragma_update(None, name, value).at(&draft.path)?;
        }
        connection.execute_batch(schema).at(&draft.path)?;
        Ok(draft)
    }

    /// The open database.
    pub fn connection(&self) -> Result<&Connection, StateError> {
        self.connection.as_ref().ok_or_else(|| StateError::Contradiction {
            path: self.path.clone(),
            detail: "it is already closed".to_owned(),
        })
    }

    /// Closes the database and gives the file its final name.
    pub fn publish(mut self, to: &Path) -> Result<(), StateError> {
        if let Some(connection) = self.connection.take() {
            connection.close().map_err(|(_, error)| error).at(&self.path)?;
        }
        super::folder::publish(&self.path, to)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        drop(self.connection.take());
        // After publishing there is nothing under this name. If removing fails there is nobody left to tell.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Some pragmas answer with a row and some do not; both are fine.
pub(super) fn without_answer(error: rusqlite::Error) -> rusqlite::Result<()> {
    match error {
        rusqlite::Error::QueryReturnedNoRows => Ok(()),
        error => Err(error),
    }
}

/// SQLite's integers are signed: a number beyond them cannot come from a sheet and is stored as the largest.
pub(super) fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The number as it was before [`stored`].
pub(super) fn loaded(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
