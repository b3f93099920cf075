//! The folder that everything is kept in, readable by its owner only.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::error::{Doing, StateError};
use crate::domain::{RunId, SnapshotId};

/// The state folder, made if it was not there and known to be writable.
#[derive(Debug, Clone)]
pub struct StateFolder {
    root: PathBuf,
}

impl StateFolder {
    /// Makes the folder and its rooms (0700), and tries whether it can be written. A folder that exists keeps its own mode.
    pub fn open(root: PathBuf) -> Result<StateFolder, StateError> {
        match fs::metadata(&root) {
            Ok(found) if !found.is_dir() => return Err(StateError::NotAFolder { path: root }),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                create_private_folder(&root).doing("create the state folder", &root)?;
            }
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
                return Err(StateError::NotAFolder { path: root });
            }
            Err(error) => return Err(error).doing("look at the state folder", &root),
        }
        let folder = StateFolder { root };
        if let Err(source) = tempfile::Builder::new().prefix(".try-").tempfile_in(&folder.root) {
            return Err(StateError::NotWritable {
                path: folder.root,
                source,
            });
        }
        for part in [folder.snapshots(), folder.runs()] {
            if part.exists() && !part.is_dir() {
                return Err(StateError::NotAFolder { path: part });
            }
            create_private_folder(&part).doing("create the folder", &part)?;
        }
        Ok(folder)
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where the embedded directory is kept between commands; made by whoever uses it.
    pub fn sandbox_folder(&self) -> PathBuf {
        self.root.join("sandbox")
    }

    pub(super) fn snapshots(&self) -> PathBuf {
        self.root.join("snapshots")
    }

    pub(super) fn runs(&self) -> PathBuf {
        self.root.join("runs")
    }

    /// The file of a snapshot; whether it is there is another question.
    pub fn snapshot_file(&self, id: &SnapshotId) -> PathBuf {
        let old = self.snapshots().join(format!("{id}.sqlite"));
        if old.exists() {
            old
        } else {
            self.snapshots().join(format!("{id}.csv.zst"))
        }
    }

    pub(super) fn run_folder(&self, run: &RunId) -> PathBuf {
        self.runs().join(run.as_str())
    }
}

impl StateFolder {
    /// Makes a folder with what is missing above it: for the owner only where it is in the state folder, else as the system makes folders.
    ///
    /// # Errors
    /// The system's own.
    pub fn make_folder(&self, folder: &Path) -> io::Result<()> {
        match folder.starts_with(self.root()) {
            true => create_private_folder(folder),
            false => fs::create_dir_all(folder),
        }
    }
}

/// The journal's file inside the folder of its run.
pub(super) fn journal_file(run_folder: &Path) -> PathBuf {
    run_folder.join("journal.sqlite")
}

/// Makes a folder and what is missing above it, for the owner only.
pub(super) fn create_private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Options that make a file for the owner only; SQLite gives its side files the mode of the main file.
pub(super) fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Gives a finished file its name so that it is either all there or not there, also after a power cut.
pub(super) fn publish(from: &Path, to: &Path) -> Result<(), StateError> {
    private_file()
        .open(from)
        .and_then(|file| file.sync_all())
        .doing("write to the disk", from)?;
    if to.exists() {
        return Err(StateError::Exists { path: to.to_owned() });
    }
    fs::rename(from, to).doing("name", to)?;
    match to.parent() {
        Some(parent) => sync_folder(parent).doing("write to the disk", parent),
        None => Ok(()),
    }
}

/// Writes the names in a folder to the disk, where the system can.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(path)?.sync_all()
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opening_makes_the_folder_and_its_rooms_and_opening_again_changes_nothing() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().join("a/b/state");
        let folder = StateFolder::open(root.clone()).unwrap();
        StateFolder::open(root.clone()).unwrap();
        assert_eq!(folder.root(), root);
        assert!(root.join("snapshots").is_dir() && root.join("runs").is_dir());
        assert_eq!(folder.sandbox_folder(), root.join("sandbox"));
        let left: Vec<_> = fs::read_dir(&root).unwrap().collect();
        assert_eq!(left.len(), 2, "{left:?}");
    }

    #[cfg(unix)]
    #[test]
    fn folders_are_for_the_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let place = tempfile::tempdir().unwrap();
        let root = place.path().join("state");
        let folder = StateFolder::open(root.clone()).unwrap();
        let report = root.join("reports/run-20261123-150312-9f3a");
        folder.make_folder(&report).unwrap();
        folder
            .make_folder(&place.path().join("elsewhere/reports"))
            .unwrap();
        assert!(place.path().join("elsewhere/reports").is_dir());
        for path in [
            root.clone(),
            root.join("snapshots"),
            root.join("runs"),
            root.join("reports"),
            report,
        ] {
            assert_eq!(
                fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o700,
                "{path:?}"
            );
        }
    }

    #[test]
    fn a_file_in_the_way_is_named_and_the_way_out_is_said() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("state");
        fs::write(&file, "x").unwrap();
        for root in [file.clone(), file.join("below")] {
            let error = StateFolder::open(root).unwrap_err();
            assert!(matches!(error, StateError::NotAFolder { .. }), "{error}");
            assert!(error.to_string().contains("--state-dir"));
        }
    }

    #[test]
    fn a_file_where_the_runs_should_be_is_refused() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("runs"), "x").unwrap();
        let error = StateFolder::open(place.path().to_owned()).unwrap_err();
        assert!(matches!(error, StateError::NotAFolder { path } if path.ends_with("runs")));
    }
}
