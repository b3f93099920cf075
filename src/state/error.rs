//! What can be wrong with the state folder, each with its path and what to do.

use std::io;
use std::path::{Path, PathBuf};

use super::journal::StepError;
use crate::domain::{OperationNumber, RunId};

/// Why the state folder could not be used.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// A file stands where the folder should be.
    #[error("`{path}` is not a folder; choose another place with `--state-dir`", path = .path.display())]
    NotAFolder { path: PathBuf },

    /// The folder is there, but nothing can be created in it.
    #[error(
        "nothing can be written in the state folder `{path}` ({source}); make it writable or choose another with `--state-dir`",
        path = .path.display()
    )]
    NotWritable { path: PathBuf, source: io::Error },

    /// The operating system refused something.
    #[error("could not {action} `{path}`: {source}", path = .path.display())]
    Io {
        action: &'static str,
        path: PathBuf,
        source: io::Error,
    },

    /// The disk is full.
    #[error("the disk that holds `{path}` is full; make room, then go on where it stopped", path = .path.display())]
    Full { path: PathBuf },

    /// A journal that cannot grow: a full disk, a quota, a limit on the size of files.
    #[error(
        "the journal `{path}` cannot grow ({detail}); everything it held before is safe: make room on the disk, then `dirsheet resume {run}` goes on",
        path = .path.display()
    )]
    Stuck {
        path: PathBuf,
        run: RunId,
        detail: String,
    },

    /// A file that cannot be written to, for a reason of the system.
    #[error(
        "`{path}` cannot be written to ({detail}); look whether there is room on the disk and no limit on the size of files",
        path = .path.display()
    )]
    Unwritten { path: PathBuf, detail: String },

    /// A database that cannot be read as one.
    #[error(
        "`{path}` is damaged ({detail}); restore it from a backup, or move it away to go on without it",
        path = .path.display()
    )]
    Damaged { path: PathBuf, detail: String },

    /// A database of another version of dirsheet.
    #[error(
        "`{path}` was written in version {found} of its format and this dirsheet knows version {known}; use the dirsheet that wrote it",
        path = .path.display()
    )]
    Version { path: PathBuf, found: i32, known: i32 },

    /// Whole, but naming something this version does not know (an attribute, for instance).
    #[error(
        "`{path}` holds something this dirsheet does not understand ({detail}); use the dirsheet that wrote it",
        path = .path.display()
    )]
    NotUnderstood { path: PathBuf, detail: String },

    /// SQLite refused for a reason of its own.
    #[error("the database `{path}` could not be used: {detail}", path = .path.display())]
    Database { path: PathBuf, detail: String },

    /// Another process works on it.
    #[error(
        "{what} is in use by another dirsheet{owner}; wait until it has ended, or stop it (lock file `{path}`)",
        owner = .owner.map(|id| format!(" (process {id})")).unwrap_or_default(),
        path = .path.display()
    )]
    Busy {
        what: String,
        owner: Option<u32>,
        path: PathBuf,
    },

    /// Something of this name is already there, and is never overwritten.
    #[error("`{path}` already exists and is not overwritten; try again for a new name", path = .path.display())]
    Exists { path: PathBuf },

    /// An entry that cannot follow what the journal says of the operation; nothing of its group was written.
    #[error("operation {number} of the run in `{path}` {problem}: this is a mistake of dirsheet's own; nothing more is written of it, so keep the state folder and tell whoever looks after dirsheet for you",
        number = .operation.0, path = .path.display())]
    Step {
        path: PathBuf,
        operation: OperationNumber,
        problem: StepError,
    },

    /// What was to be stored contradicts itself; nothing was stored.
    #[error("could not write `{path}`: {detail}: this is a mistake of dirsheet's own; keep the state folder and tell whoever looks after dirsheet for you", path = .path.display())]
    Contradiction { path: PathBuf, detail: String },
}

impl StateError {
    /// The file or folder the error is about.
    pub fn path(&self) -> &Path {
        match self {
            StateError::NotAFolder { path }
            | StateError::NotWritable { path, .. }
            | StateError::Io { path, .. }
            | StateError::Full { path }
            | StateError::Stuck { path, .. }
            | StateError::Unwritten { path, .. }
            | StateError::Damaged { path, .. }
            | StateError::Version { path, .. }
            | StateError::NotUnderstood { path, .. }
            | StateError::Database { path, .. }
            | StateError::Busy { path, .. }
            | StateError::Exists { path }
            | StateError::Step { path, .. }
            | StateError::Contradiction { path, .. } => path,
        }
    }

    /// The same of the journal of a run that can be resumed, where the file could not be written.
    pub(super) fn stuck(self, run: &RunId) -> StateError {
        let (path, detail) = match self {
            StateError::Full { path } => (path, "the disk is full".to_owned()),
            StateError::Unwritten { path, detail } => (path, detail),
            other => return other,
        };
        StateError::Stuck {
            path,
            run: run.clone(),
            detail,
        }
    }
}

/// Whether the system refused to write, as it does where a quota or a limit on the size of files ends.
fn is_write_failure(error: &rusqlite::Error) -> bool {
    use rusqlite::ffi::{
        SQLITE_IOERR_FSYNC, SQLITE_IOERR_SHMSIZE, SQLITE_IOERR_TRUNCATE, SQLITE_IOERR_WRITE,
    };
    error.sqlite_error().is_some_and(|error| {
        [
            SQLITE_IOERR_WRITE,
            SQLITE_IOERR_FSYNC,
            SQLITE_IOERR_SHMSIZE,
            SQLITE_IOERR_TRUNCATE,
        ]
        .contains(&error.extended_code)
    })
}

/// Names the file an error of a library is about.
pub(super) trait At<T> {
    fn at(self, path: &Path) -> Result<T, StateError>;
}

impl<T> At<T> for rusqlite::Result<T> {
    fn at(self, path: &Path) -> Result<T, StateError> {
        use rusqlite::ErrorCode::{DatabaseCorrupt, DiskFull, NotADatabase};
        self.map_err(|error| {
            let path = path.to_owned();
            let detail = error.to_string();
            match error.sqlite_error_code() {
                Some(DiskFull) => StateError::Full { path },
                Some(DatabaseCorrupt | NotADatabase) => StateError::Damaged { path, detail },
                Some(_) if is_write_failure(&error) => StateError::Unwritten { path, detail },
                Some(_) => StateError::Database { path, detail },
                // No code: the library read something of another type or number than was written.
                None => StateError::Damaged { path, detail },
            }
        })
    }
}

impl<T> At<T> for serde_json::Result<T> {
    fn at(self, path: &Path) -> Result<T, StateError> {
        self.map_err(|error| {
            let path = path.to_owned();
            let detail = error.to_string();
            match error.classify() {
                serde_json::error::Category::Data => StateError::NotUnderstood { path, detail },
                _ => StateError::Damaged { path, detail },
            }
        })
    }
}

/// Names what was tried and where, for an error of the operating system.
pub(super) trait Doing<T> {
    fn doing(self, action: &'static str, path: &Path) -> Result<T, StateError>;
}

impl<T> Doing<T> for io::Result<T> {
    fn doing(self, action: &'static str, path: &Path) -> Result<T, StateError> {
        self.map_err(|source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StateError::Full {
                path: path.to_owned(),
            },
            io::ErrorKind::FileTooLarge => StateError::Unwritten {
                path: path.to_owned(),
                detail: source.to_string(),
            },
            _ => StateError::Io {
                action,
                path: path.to_owned(),
                source,
            },
        })
    }
}
