//! Snapshots of version 1: one SQLite file each. They are read, and not written any more.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::SnapshotMeta;
use crate::domain::{CellTexts, UpnKey, UserId};
use crate::state::error::{At, StateError};
use crate::state::sql::{self, Format};

const FORMAT: Format = Format {
    application: i32::from_be_bytes(*b"dshS"),
    oldest: 1,
    version: 1,
    name: "a snapshot",
};

/// A snapshot in a database.
pub(super) struct OldSnapshot {
    connection: Connection,
    path: PathBuf,
    pub meta: SnapshotMeta,
}

impl OldSnapshot {
    /// Opens the database.
    pub fn open(path: &Path) -> Result<OldSnapshot, StateError> {
        let connection = sql::open(path, &FORMAT, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let json: String = connection
            .query_row("SELECT json FROM meta", [], |row| row.get(0))
            .at(path)?;
        Ok(OldSnapshot {
            meta: serde_json::from_str(&json).at(path)?,
            path: path.to_owned(),
            connection,
        })
    }

    /// The cells of a user.
    pub fn cells_of(&self, id: &UserId) -> Result<Option<CellTexts>, StateError> {
        self.connection
            .prepare_cached("SELECT cells FROM users WHERE id = ?1")
            .and_then(|mut find| find.query_row([id.as_bytes()], |row| row.get(0)).optional())
            .at(&self.path)?
            .map(|json: String| self.cells(&json))
            .transpose()
    }

    /// The cells of a row, one for each column.
    fn cells(&self, json: &str) -> Result<CellTexts, StateError> {
        let cells: CellTexts = serde_json::from_str(json).at(&self.path)?;
        let columns = self.meta.columns.len();
        if cells.len() == columns {
            return Ok(cells);
        }
        Err(StateError::Damaged {
            path: self.path.clone(),
            detail: format!("a row has {} cells where {columns} belong", cells.len()),
        })
    }

    /// The user with this userPrincipalName, in any case.
    pub fn id_of_upn(&self, upn: &str) -> Result<Option<UserId>, StateError> {
        self.connection
            .prepare_cached(
                "SELECT id FROM users WHERE coalesce(upn_key, upn) = ?1 ORDER BY seq DESC LIMIT 1",
            )
            .and_then(|mut find| {
                find.query_row([UpnKey::new(upn).as_str()], |row| {
                    row.get(0).map(UserId::from_bytes)
                })
                .optional()
            })
            .at(&self.path)
    }

    /// Everybody, in the order in which they were added.
    pub fn for_each<E: From<StateError>>(
        &self,
        mut each: impl FnMut(UserId, &str, CellTexts) -> Result<(), E>,
    ) -> Result<(), E> {
        let path = &self.path;
        let mut select = self
            .connection
            .prepare("SELECT id, upn, cells FROM users ORDER BY seq")
            .at(path)?;
        let mut rows = select.query([]).at(path)?;
        while let Some(row) = rows.next().at(path)? {
            let upn = row.get_ref(1).and_then(|upn| Ok(upn.as_str()?)).at(path)?;
            let cells = row.get_ref(2).and_then(|cells| Ok(cells.as_str()?)).at(path)?;
            let id = UserId::from_bytes(row.get(0).at(path)?);
            each(id, upn, self.cells(cells)?)?;
        }
        Ok(())
    }
}
