//! All users as they were at one moment: one SQLite file, written once, found by its id.
//!
//! The cells are kept as the exact text an export wrote before any formula guard, so that "untouched" can be told byte by byte.

use std::fs::File;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

use super::error::{At, Doing, StateError};
use super::folder::StateFolder;
use super::lock;
use super::sql::{self, Draft, Format};
use crate::domain::{Reading, SnapshotId, UpnKey, UserId};

const FORMAT: Format = Format {
    application: i32::from_be_bytes(*b"dshS"),
    oldest: 1,
    version: 1,
    name: "a snapshot",
};

/// `upn_key` is null where the userPrincipalName is its own key, which spares its bytes.
const TABLES: &str = "
    CREATE TABLE meta (json TEXT NOT NULL);
    CREATE TABLE users (seq INTEGER PRIMARY KEY, id BLOB NOT NULL, upn TEXT NOT NULL, upn_key TEXT, cells TEXT NOT NULL);
    BEGIN;";

/// Built when all users are in: sorting once is faster than keeping order all the time.
const INDEXES: &str = "
    CREATE INDEX users_by_id ON users (id);
    CREATE INDEX users_by_upn ON users (coalesce(upn_key, upn));";

/// Users per transaction: enough that a commit costs nothing, few enough that memory stays flat.
const COMMIT_USERS: u64 = 5_000;

/// How the name of a snapshot ends that is being written.
const DRAFT_SUFFIX: &str = ".part";

/// What a snapshot is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotMeta {
    pub id: SnapshotId,
    /// The tenant's id.
    pub tenant: String,
    /// The host the users were read from.
    pub graph_host: String,
    pub taken_at: jiff::Timestamp,
    /// Graph's names of the cells kept, in their order.
    pub columns: Vec<String>,
    /// The filter of the export, if it did not read everybody.
    pub filter: Option<String>,
    /// The tenant's own attributes with their types, as [`crate::catalogue::stored_name`] writes them; more than the columns when
    /// the tenant told more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<String>,
    /// How they were read; `None` in snapshots of earlier versions. It holds a delta link and is never printed as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<Box<Reading>>,
    /// Counted by the writer; what is handed in is not looked at.
    pub users: u64,
    /// Set by [`SnapshotWriter::finish`]; what is handed in is not looked at.
    pub complete: bool,
}

/// One user of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotUser {
    pub id: UserId,
    pub upn: String,
    /// In the order of [`SnapshotMeta::columns`].
    pub cells: Vec<String>,
}

/// One line of `dirsheet snapshots`: what it is, or why it cannot be read.
#[derive(Debug)]
pub struct ListedSnapshot {
    pub id: SnapshotId,
    pub meta: Result<SnapshotMeta, StateError>,
    /// How large its file is.
    pub bytes: u64,
}

/// A snapshot being written. Dropped without [`finish`](SnapshotWriter::finish), it leaves nothing behind.
pub struct SnapshotWriter {
    draft: Draft,
    target: PathBuf,
    meta: SnapshotMeta,
    json: Vec<u8>,
    /// Shared by all writers; whoever can have it alone knows that no other writer lives.
    _writing: File,
}

impl SnapshotWriter {
    /// Adds a user. A user that is added twice (pages of a moving directory may repeat one) is kept as it was added last.
    pub fn add(&mut self, id: &UserId, upn: &str, cells: &[String]) -> Result<(), StateError> {
        let path = &self.draft.path;
        if cells.len() != self.meta.columns.len() {
            return Err(StateError::Contradiction {
                path: path.clone(),
                detail: format!(
                    "a user has {} cells where the snapshot has {} columns",
                    cells.len(),
                    self.meta.columns.len()
                ),
            });
        }
        self.json.clear();
        serde_json::to_writer(&mut self.json, cells).at(path)?;
        let key = UpnKey::new(upn);
        let key = (key.as_str() != upn).then(|| key.as_str());
        let connection = self.draft.connection()?;
        connection
            .prepare_cached(
                "INSERT INTO users (id, upn, upn_key, cells) VALUES (?1, ?2, ?3, CAST(?4 AS TEXT))",
            )
            .and_then(|mut insert| insert.execute(params![id.as_bytes(), upn, key, self.json]))
            .at(path)?;
        self.meta.users += 1;
        if self.meta.users.is_multiple_of(COMMIT_USERS) {
            connection.execute_batch("COMMIT; BEGIN;").at(path)?;
        }
        Ok(())
    }

    /// Makes the snapshot visible, all of it at once.
    pub fn finish(mut self) -> Result<SnapshotMeta, StateError> {
        let path = &self.draft.path;
        let connection = self.draft.connection()?;
        connection.execute_batch("COMMIT;").at(path)?;
        connection.execute_batch(INDEXES).at(path)?;
        let repeated = connection
            .execute(
                "DELETE FROM users WHERE EXISTS (SELECT 1 FROM users AS later WHERE later.id = users.id AND later.seq > users.seq)",
                [],
            )
            .at(path)?;
        self.meta.users -= repeated as u64;
        self.meta.complete = true;
        let json = serde_json::to_string(&self.meta).at(path)?;
        connection
            .execute("INSERT INTO meta (json) VALUES (?1)", [json])
            .at(path)?;
        self.draft.publish(&self.target)?;
        Ok(self.meta)
    }
}

/// A finished snapshot. It belongs to one thread at a time; open it once per thread to read in parallel.
pub struct Snapshot {
    connection: Connection,
    path: PathBuf,
    meta: SnapshotMeta,
}

impl Snapshot {
    fn open(path: &Path) -> Result<Snapshot, StateError> {
        let connection = sql::open(path, &FORMAT, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let json: String = connection
            .query_row("SELECT json FROM meta", [], |row| row.get(0))
            .at(path)?;
        Ok(Snapshot {
            meta: serde_json::from_str(&json).at(path)?,
            path: path.to_owned(),
            connection,
        })
    }

    /// What it is of.
    pub fn meta(&self) -> &SnapshotMeta {
        &self.meta
    }

    /// The cells of a user, in the order of the columns; `None` when the user was not there.
    pub fn cells_of(&self, id: &UserId) -> Result<Option<Vec<String>>, StateError> {
        self.connection
            .prepare_cached("SELECT cells FROM users WHERE id = ?1")
            .and_then(|mut find| find.query_row([id.as_bytes()], |row| row.get(0)).optional())
            .at(&self.path)?
            .map(|json: String| serde_json::from_str(&json).at(&self.path))
            .transpose()
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

    /// All users, one at a time, in the order they were added.
    pub fn for_each<E: From<StateError>>(
        &self,
        mut each: impl FnMut(SnapshotUser) -> Result<(), E>,
    ) -> Result<(), E> {
        let path = &self.path;
        let mut select = self
            .connection
            .prepare("SELECT id, upn, cells FROM users ORDER BY seq")
            .at(path)?;
        let mut rows = select.query([]).at(path)?;
        while let Some(row) = rows.next().at(path)? {
            each(self.user(row)?)?;
        }
        Ok(())
    }

    fn user(&self, row: &Row<'_>) -> Result<SnapshotUser, StateError> {
        let cells = row
            .get_ref(2)
            .and_then(|cells| Ok(cells.as_str()?))
            .at(&self.path)?;
        Ok(SnapshotUser {
            id: UserId::from_bytes(row.get(0).at(&self.path)?),
            upn: row.get(1).at(&self.path)?,
            cells: serde_json::from_str(cells).at(&self.path)?,
        })
    }
}

impl StateFolder {
    /// Begins a snapshot. It is seen by nobody before it is finished.
    pub fn create_snapshot(&self, meta: SnapshotMeta) -> Result<SnapshotWriter, StateError> {
        let target = self.snapshot_file(&meta.id);
        if target.exists() {
            return Err(StateError::Exists { path: target });
        }
        let writing = lock::share(&self.snapshots().join(".lock"), || self.remove_drafts())?;
        let draft = self.snapshots().join(format!(".{}{DRAFT_SUFFIX}", meta.id));
        Ok(SnapshotWriter {
            draft: Draft::create(draft, &FORMAT, TABLES)?,
            target,
            meta: SnapshotMeta { users: 0, ..meta },
            json: Vec::new(),
            _writing: writing,
        })
    }

    /// Removes what killed exports left: it is of no use, and holds people's data.
    fn remove_drafts(&self) -> Result<(), StateError> {
        let folder = self.snapshots();
        for entry in std::fs::read_dir(&folder).doing("list", &folder)? {
            let name = entry.doing("list", &folder)?.file_name();
            let is_draft = |name: &str| name.starts_with(".snap-") && name.ends_with(DRAFT_SUFFIX);
            if name.to_str().is_some_and(is_draft) {
                let path = folder.join(name);
                std::fs::remove_file(&path).doing("remove", &path)?;
            }
        }
        Ok(())
    }

    /// A snapshot by its id; `None` when it is not in this folder.
    pub fn open_snapshot(&self, id: &SnapshotId) -> Result<Option<Snapshot>, StateError> {
        let path = self.snapshot_file(id);
        path.exists().then(|| Snapshot::open(&path)).transpose()
    }

    /// All snapshots, newest first; one that cannot be read is listed with the reason.
    pub fn list_snapshots(&self) -> Result<Vec<ListedSnapshot>, StateError> {
        let folder = self.snapshots();
        let mut ids = Vec::new();
        for entry in std::fs::read_dir(&folder).doing("list", &folder)? {
            let name = entry.doing("list", &folder)?.file_name();
            let id = name
                .to_str()
                .and_then(|name| name.strip_suffix(".sqlite"))
                .and_then(SnapshotId::parse);
            ids.extend(id);
        }
        ids.sort_unstable_by(|a, b| b.cmp(a));
        Ok(ids
            .into_iter()
            .map(|id| ListedSnapshot {
                meta: Snapshot::open(&self.snapshot_file(&id)).map(|snapshot| snapshot.meta),
                bytes: std::fs::metadata(self.snapshot_file(&id)).map_or(0, |file| file.len()),
                id,
            })
            .collect())
    }

    /// Removes a snapshot, damaged ones too; `false` when there was none.
    pub fn delete_snapshot(&self, id: &SnapshotId) -> Result<bool, StateError> {
        let path = self.snapshot_file(id);
        match std::fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error).doing("remove", &path),
        }
    }
}

#[cfg(test)]
#[path = "snapshot_tests.rs"]
mod tests;
