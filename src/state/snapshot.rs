//! All users as they were at one moment: one file, written once, found by its id.
//!
//! The cells are kept as the exact text an export wrote before any formula guard, so that "untouched" can be told byte by byte.

use std::cmp::Reverse;
use std::fs::File;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::error::{Doing, StateError};
use super::folder::StateFolder;
use super::lock;
use crate::domain::{CellTexts, Reading, SnapshotId, UserId};

mod file;
mod look_up;
mod old;
mod write;

use file::SnapshotFile;
use look_up::Walk;
use old::OldSnapshot;
use write::FileWriter;

/// How the name of a snapshot ends that is being written.
const DRAFT_SUFFIX: &str = ".part";

/// What a snapshot is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotMeta {
    pub id: SnapshotId,
    /// The tenant's id.
    pub tenant: String,
    /// The address of the service they were read from, or `sandbox`; empty where that is not known.
    #[serde(default)]
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

impl SnapshotMeta {
    /// A snapshot of everybody that is about to be written, with these columns.
    pub fn begun(
        id: SnapshotId,
        (tenant, graph_host): (&str, &str),
        taken_at: jiff::Timestamp,
        columns: impl IntoIterator<Item = impl Into<String>>,
    ) -> SnapshotMeta {
        SnapshotMeta {
            id,
            tenant: tenant.to_owned(),
            graph_host: graph_host.to_owned(),
            taken_at,
            columns: columns.into_iter().map(Into::into).collect(),
            filter: None,
            extensions: Vec::new(),
            reading: None,
            users: 0,
            complete: false,
        }
    }
}

/// One user of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotUser {
    pub id: UserId,
    pub upn: String,
    /// In the order of [`SnapshotMeta::columns`].
    pub cells: CellTexts,
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
    file: FileWriter,
    target: PathBuf,
    meta: SnapshotMeta,
    /// Shared by all writers; whoever can have it alone knows that no other writer lives.
    _writing: File,
}

impl SnapshotWriter {
    /// Adds a user. A user that is added twice (pages of a moving directory may repeat one) is kept as it was added last.
    pub fn add(&mut self, id: &UserId, upn: &str, cells: &[String]) -> Result<(), StateError> {
        if cells.len() != self.meta.columns.len() {
            return Err(StateError::Contradiction {
                path: self.file.path().to_owned(),
                detail: format!(
                    "a user has {} cells where the snapshot has {} columns",
                    cells.len(),
                    self.meta.columns.len()
                ),
            });
        }
        self.file.add(id, upn, cells)
    }

    /// Makes the snapshot visible, all of it at once.
    pub fn finish(self) -> Result<SnapshotMeta, StateError> {
        self.file.finish(self.meta, &self.target)
    }
}

/// A finished snapshot. It belongs to one thread at a time; open it once per thread to read in parallel.
pub struct Snapshot {
    kept: Kept,
}

/// What it is kept in.
enum Kept {
    Frames(Box<Walk>),
    /// As dirsheet wrote it before 2026-11-29.
    Database(Box<OldSnapshot>),
}

impl Snapshot {
    fn open(path: &Path, id: &SnapshotId) -> Result<Snapshot, StateError> {
        let is_old = path.extension().is_some_and(|extension| extension == "sqlite");
        let snapshot = Snapshot {
            kept: if is_old {
                Kept::Database(Box::new(OldSnapshot::open(path)?))
            } else {
                Kept::Frames(Box::new(Walk::new(SnapshotFile::open(path)?)))
            },
        };
        // Of another export it would be a base that makes edits of what others changed.
        let own = &snapshot.meta().id;
        if own != id {
            return Err(StateError::Damaged {
                path: path.to_owned(),
                detail: format!("it is a copy of `{own}` under another name"),
            });
        }
        Ok(snapshot)
    }

    /// What it is of.
    pub fn meta(&self) -> &SnapshotMeta {
        match &self.kept {
            Kept::Frames(walk) => &walk.file.meta,
            Kept::Database(old) => &old.meta,
        }
    }

    /// The cells of a user, in the order of the columns; `None` when the user was not there. Asking for users in the order in
    /// which they were added costs least: it needs no index.
    pub fn cells_of(&self, id: &UserId) -> Result<Option<CellTexts>, StateError> {
        match &self.kept {
            Kept::Frames(walk) => walk.cells_of(id),
            Kept::Database(old) => old.cells_of(id),
        }
    }

    /// The user with this userPrincipalName, in any case.
    pub fn id_of_upn(&self, upn: &str) -> Result<Option<UserId>, StateError> {
        match &self.kept {
            Kept::Frames(walk) => walk.id_of_upn(upn),
            Kept::Database(old) => old.id_of_upn(upn),
        }
    }

    /// Reads the first and the last users, and looks whether everything between them is there.
    pub(super) fn look_at_ends(&self) -> Result<(), StateError> {
        match &self.kept {
            Kept::Frames(walk) => walk.file.look_at_ends(),
            // A database says itself whether it is whole, and what it is of was read.
            Kept::Database(_) => Ok(()),
        }
    }

    /// All users, one at a time, in the order they were added.
    pub fn for_each<E: From<StateError>>(
        &self,
        mut each: impl FnMut(SnapshotUser) -> Result<(), E>,
    ) -> Result<(), E> {
        let each = |id, upn: &str, cells| {
            each(SnapshotUser {
                id,
                upn: upn.to_owned(),
                cells,
            })
        };
        match &self.kept {
            Kept::Frames(walk) => walk.for_each(each),
            Kept::Database(old) => old.for_each(each),
        }
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
            file: FileWriter::create(draft, &meta.columns)?,
            target,
            meta,
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
        path.exists().then(|| Snapshot::open(&path, id)).transpose()
    }

    /// All snapshots, newest first; one that cannot be read is listed with the reason.
    pub fn list_snapshots(&self) -> Result<Vec<ListedSnapshot>, StateError> {
        let folder = self.snapshots();
        let mut ids = Vec::new();
        for entry in std::fs::read_dir(&folder).doing("list", &folder)? {
            let name = entry.doing("list", &folder)?.file_name();
            let id = name
                .to_str()
                .and_then(|name| {
                    name.strip_suffix(".csv.zst")
                        .or_else(|| name.strip_suffix(".sqlite"))
                })
                .and_then(SnapshotId::parse);
            ids.extend(id);
        }
        let mut listed: Vec<ListedSnapshot> = ids
            .into_iter()
            .map(|id| ListedSnapshot {
                meta: Snapshot::open(&self.snapshot_file(&id), &id).map(|snapshot| snapshot.meta().clone()),
                bytes: std::fs::metadata(self.snapshot_file(&id)).map_or(0, |file| file.len()),
                id,
            })
            .collect();
        // A name tells the second; two of one second are told apart by the moment they were taken at.
        listed.sort_by_cached_key(|one| {
            let taken_at = one.meta.as_ref().ok().map(|meta| meta.taken_at);
            Reverse((one.id.second().to_owned(), taken_at, one.id.as_str().to_owned()))
        });
        Ok(listed)
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
