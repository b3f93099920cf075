//! A file that appears whole or not at all.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::NamedTempFile;

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
    _listed: Listed,
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
            Ok(target) => AtomicFile::beside(path, target),
            // A share that is not there tonight: the link would be gone, and the file in the wrong place.
            Err(error) if path.is_symlink() => {
                let help = "look whether what it points to is mounted, or name another file";
                let message = "it is a link, and what it points to cannot be found";
                Err(FileError::new(path, message, help).because(error))
            }
            Err(_) => AtomicFile::beside(path, path.to_owned()),
        }
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
        let mut prefix = OsString::from(".");
        prefix.push(file_name);
        prefix.push(".");
        let temporary = tempfile::Builder::new()
            .prefix(&prefix)
            .suffix(".tmp")
            .tempfile_in(&folder)
            .map_err(|error| {
                let help = "give yourself write permission on the folder, or choose another one";
                let message = format!("no file can be made in `{}`", folder.display());
                FileError::new(path, message, help).because(error)
            })?;
        Ok(AtomicFile {
            shown: path.to_owned(),
            target,
            folder,
            _listed: Listed::new(temporary.path()),
            temporary,
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

    /// The folder it will stand in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Puts the file on disk and in the target's place.
    ///
    /// # Errors
    /// The disk refused; the target is as it was, unless only the folder could not be synchronised.
    pub fn commit(self) -> Result<(), FileError> {
        const HELP: &str =
            "check that the disk is not full and that no other program has the file open, and try again";
        let failed = |error| FileError::new(&self.shown, "the system refused", HELP).because(error);
        self.temporary.as_file().sync_all().map_err(failed)?;
        self.temporary
            .persist(&self.target)
            .map_err(|error| FileError::new(&self.shown, "the system refused", HELP).because(error.error))?;
        sync_folder(&self.folder).map_err(failed)
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
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_committed_file_takes_the_place_of_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("users.csv");
        std::fs::write(&path, "old").unwrap();
        let mut file = AtomicFile::create(&path).unwrap();
        file.write_all(b"new").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
        file.commit().unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(names(folder.path()), ["users.csv"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_nowhere_is_refused_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("users.csv");
        std::os::unix::fs::symlink("share/users.csv", &link).unwrap();
        let error = AtomicFile::create(&link).unwrap_err().to_string();
        assert!(error.contains("what it points to cannot be found"), "{error}");
        assert_eq!(names(folder.path()), ["users.csv"]);
        assert!(link.is_symlink());
    }

    #[test]
    fn a_file_that_is_dropped_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("users.csv");
        std::fs::write(&path, "old").unwrap();
        let mut file = AtomicFile::create(&path).unwrap();
        file.write_all(b"half").unwrap();
        assert_eq!(names(folder.path()).len(), 2);
        drop(file);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(names(folder.path()), ["users.csv"]);
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read_the_file_and_a_link_is_followed() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("users.csv"), folder.path().join("link.csv"));
        std::fs::write(&path, "old").unwrap();
        symlink(&path, &link).unwrap();
        AtomicFile::create(&link).unwrap().commit().unwrap();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "");
    }

    #[test]
    fn what_cannot_be_a_file_is_refused_with_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let error = AtomicFile::create(folder.path()).unwrap_err();
        assert!(error.to_string().contains("it is a folder"), "{error}");
        let path = folder.path().join("missing").join("users.csv");
        let error = AtomicFile::create(&path).unwrap_err();
        assert!(error.to_string().contains("there is no folder"), "{error}");
        assert_eq!(error.path(), path);
        assert!(!error.help().is_empty());
        assert_eq!(names(folder.path()), Vec::<String>::new());
    }

    #[cfg(unix)]
    #[test]
    fn a_device_and_a_protected_file_are_not_replaced() {
        let error = AtomicFile::create(Path::new("/dev/null")).unwrap_err();
        assert!(error.to_string().contains("not an ordinary file"), "{error}");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("users.csv");
        std::fs::write(&path, "old").unwrap();
        let mut permissions = std::fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(true);
        std::fs::set_permissions(&path, permissions).unwrap();
        let error = AtomicFile::create(&path).unwrap_err();
        assert!(error.to_string().contains("write-protected"), "{error}");
    }
}
