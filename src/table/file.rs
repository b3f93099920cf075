//! A file that appears whole or not at all.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::{NamedTempFile, TempPath};

use super::drafts;
use super::error::FileError;

/// A file being written beside its target. [`AtomicFile::commit`] puts it in the target's place; dropped before that, it
/// leaves nothing behind and the target as it was. On Unix only its owner can read it (mode 0600).
#[derive(Debug)]
pub struct AtomicFile {
    /// As the caller named it, for messages.
    shown: PathBuf,
    /// Where it will stand: behind a symbolic link, what the link points to.
    target: PathBuf,
    folder: PathBuf,
    temporary: NamedTempFile,
    listed: Listed,
    /// Whether an empty file stood there when this one was begun: one that is empty only later is being saved.
    met_empty: bool,
}

/// The files that are being written, for a process that ends while others still hold them.
static UNFINISHED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// One of them, as long as it lives.
#[derive(Debug)]
struct Listed(PathBuf);

impl Listed {
    fn new(path: &Path) -> Listed {
        unfinished().insert(path.to_owned());
        Listed(path.to_owned())
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        unfinished().remove(&self.0);
    }
}

fn unfinished() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes the drafts of files that are still being written. Only a process that ends at once calls it: whoever writes one of them
/// cannot finish it any more.
pub fn remove_unfinished() {
    for path in std::mem::take(&mut *unfinished()) {
        // What was finished in this very moment has another name by now.
        let _gone = std::fs::remove_file(path);
    }
}

impl AtomicFile {
    /// Begins a file that will stand at `path`.
    ///
    /// # Errors
    /// The target is a folder, a device or protected against writing, or its folder is missing or not writable.
    pub fn create(path: &Path) -> Result<AtomicFile, FileError> {
        match std::fs::canonicalize(path) {
            Ok(target) => AtomicFile::alone(path, target),
            // A share that is not there tonight: the link would be gone, and the file in the wrong place.
            Err(error) if path.is_symlink() => {
                let help = "look whether what it points to is mounted, or name another file";
                let message = "it is a link, and what it points to cannot be found";
                Err(FileError::new(path, message, help).because(error))
            }
            Err(_) => AtomicFile::alone(path, path.to_owned()),
        }
    }

    /// Drafts of the same file that nobody finishes any more go first.
    fn alone(path: &Path, target: PathBuf) -> Result<AtomicFile, FileError> {
        let file = AtomicFile::beside(path, target)?;
        if let Some(name) = file.target.file_name() {
            drafts::sweep(&file.folder, name);
        }
        Ok(file)
    }

    /// The same where nobody named the file: a symbolic link at `path` is replaced and not followed, as it may lead anywhere.
    ///
    /// # Errors
    /// As for [`AtomicFile::create`].
    pub fn replace(path: &Path) -> Result<AtomicFile, FileError> {
        AtomicFile::beside(path, path.to_owned())
    }

    fn beside(path: &Path, target: PathBuf) -> Result<AtomicFile, FileError> {
        let there = std::fs::symlink_metadata(&target);
        if let Ok(metadata) = there.as_ref()
            && !metadata.is_symlink()
        {
            if metadata.is_dir() {
                let help = "name a file inside the folder, for example `users.csv`";
                return Err(FileError::new(path, "it is a folder", help));
            }
            if !metadata.is_file() {
                let help = "name an ordinary file, or leave `-o` out to write to stdout";
                return Err(FileError::new(path, "it is not an ordinary file", help));
            }
            if metadata.permissions().readonly() {
                let help = "choose another name, or take the write protection off";
                return Err(FileError::new(path, "it is write-protected", help));
            }
        }
        let Some(file_name) = target.file_name() else {
            let help = "name a file, for example `users.csv`";
            return Err(FileError::new(path, "this is not the name of a file", help));
        };
        let folder = match target.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        if !folder.is_dir() {
            let message = format!("there is no folder `{}`", folder.display());
            return Err(FileError::new(
                path,
                message,
                "make the folder first, or choose another one",
            ));
        }
        let prefix = drafts::prefix(file_name);
        let temporary = tempfile::Builder::new()
            .prefix(&prefix)
            .suffix(drafts::SUFFIX)
            .rand_bytes(drafts::CHANCE)
            .tempfile_in(&folder)
            .map_err(|error| {
                let help = "give yourself write permission on the folder, or choose another one";
                let message = format!("no file can be made in `{}`", folder.display());
                FileError::new(path, message, help).because(error)
            })?;
        if drafts::is_of_somebody_else(temporary.as_file(), &folder, &target) {
            let message = format!(
                "it belongs to somebody else, and `{}` lets only its owner replace it (the sticky bit)",
                folder.display()
            );
            return Err(FileError::new(path, message, OTHERS_HELP));
        }
        drafts::hold(temporary.as_file());
        Ok(AtomicFile {
            shown: path.to_owned(),
            target,
            folder,
            listed: Listed::new(temporary.path()),
            temporary,
            met_empty: there.is_ok_and(|known| known.is_file() && known.len() == 0),
        })
    }

    /// The target, as it was named.
    pub fn path(&self) -> &Path {
        &self.shown
    }

    /// Where it will stand: behind a symbolic link, what the link points to.
    pub(super) fn target(&self) -> &Path {
        &self.target
    }

    /// Whether an empty file stood there when this one was begun.
    pub(super) fn met_empty(&self) -> bool {
        self.met_empty
    }

    /// The folder it will stand in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Puts the file on disk and in the target's place.
    ///
    /// # Errors
    /// The disk refused; the target is as it was, unless only the folder could not be synchronised.
    pub fn commit(self) -> Result<(), FileError> {
        self.write_down()?;
        self.temporary
            .persist(&self.target)
            .map_err(|error| refused(&self.shown, error.error))?;
        sync_folder(&self.folder).map_err(|error| refused(&self.shown, error))
    }

    /// Puts the file on disk; it is a draft still.
    ///
    /// # Errors
    /// The disk refused.
    pub(super) fn write_down(&self) -> Result<(), FileError> {
        let written = self.temporary.as_file().sync_all();
        written.map_err(|error| refused(&self.shown, error))
    }

    /// Gives the draft a name that nobody has.
    ///
    /// # Errors
    /// Somebody has it, or the system cannot do that; the draft comes back.
    pub(super) fn take(self, name: &Path) -> Result<Placed, (io::Error, Box<AtomicFile>)> {
        let AtomicFile {
            shown,
            target,
            folder,
            temporary,
            listed,
            met_empty,
        } = self;
        let draft = temporary.path().to_owned();
        match temporary.persist_noclobber(name) {
            Ok(file) => Ok(Placed {
                shown,
                target,
                folder,
                draft,
                file,
                listed,
                met_empty,
            }),
            Err(tempfile::PersistError { error, file }) => {
                let back = AtomicFile {
                    shown,
                    target,
                    folder,
                    temporary: file,
                    listed,
                    met_empty,
                };
                Err((error, Box::new(back)))
            }
        }
    }

    fn name_error(&self, error: io::Error) -> io::Error {
        match error.kind() {
            io::ErrorKind::Interrupted => error,
            kind => io::Error::new(
                kind,
                format!("`{}` cannot be written: {error}", self.shown.display()),
            ),
        }
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.temporary
            .write(bytes)
            .map_err(|error| self.name_error(error))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.temporary.flush().map_err(|error| self.name_error(error))
    }
}

/// A file that stands under a name of its choice and is no draft any more: nothing removes it when the process ends.
#[derive(Debug)]
pub(super) struct Placed {
    shown: PathBuf,
    target: PathBuf,
    folder: PathBuf,
    draft: PathBuf,
    file: File,
    listed: Listed,
    met_empty: bool,
}

impl Placed {
    /// A draft again, as before.
    ///
    /// # Errors
    /// The system refused; the file stands at `at`.
    pub(super) fn back(self, at: &Path) -> Result<AtomicFile, FileError> {
        let failed = |error| refused(&self.shown, error);
        std::fs::rename(at, &self.draft).map_err(failed)?;
        let draft = TempPath::try_from_path(&self.draft).map_err(failed)?;
        Ok(AtomicFile {
            temporary: NamedTempFile::from_parts(self.file, draft),
            shown: self.shown,
            target: self.target,
            folder: self.folder,
            listed: self.listed,
            met_empty: self.met_empty,
        })
    }

    /// Whether the file stands under this name, as far as that can be told.
    #[cfg(unix)]
    pub(super) fn stands_at(&self, name: &Path) -> bool {
        use std::os::unix::fs::MetadataExt;
        let of = |known: std::fs::Metadata| (known.dev(), known.ino());
        let own = self.file.metadata().map(of);
        matches!((own, std::fs::symlink_metadata(name).map(of)), (Ok(own), Ok(there)) if own == there)
    }

    /// Elsewhere names are not exchanged, and it stands where it was put.
    #[cfg(not(unix))]
    pub(super) fn stands_at(&self, _name: &Path) -> bool {
        true
    }

    /// Makes the names themselves durable.
    ///
    /// # Errors
    /// The disk refused.
    pub(super) fn settle(self) -> Result<(), FileError> {
        sync_folder(&self.folder).map_err(|error| refused(&self.shown, error))
    }
}

/// What to do where a file is somebody else's.
const OTHERS_HELP: &str = "name another file, or ask its owner to remove it";

/// The error of a file that could not be put in its place.
pub(super) fn refused(shown: &Path, error: io::Error) -> FileError {
    let help = match error.kind() {
        io::ErrorKind::PermissionDenied => OTHERS_HELP,
        _ => "check that the disk is not full and that no other program has the file open, and try again",
    };
    FileError::new(shown, "the system refused", help).because(error)
}

/// Makes the new name itself durable. Some network file systems know no such thing, which is no failure.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        Err(error)
            if !matches!(
                error.kind(),
                io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported | io::ErrorKind::PermissionDenied
            ) =>
        {
            Err(error)
        }
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests;
