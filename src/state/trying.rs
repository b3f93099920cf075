//! Whether a folder can be written to, found out by doing it: what rights, shares and full disks come to nobody can reckon.

use std::io::{self, ErrorKind, Write};
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

/// How the files are called that are made for a try, and removed again.
const TRY: &str = ".dirsheet-try-";

/// A file of ours that is older was left by a start that was killed; no try takes so long.
const LEFT: Duration = Duration::from_secs(10 * 60);

/// Why a folder cannot be used.
#[derive(Debug)]
pub struct FailedTry {
    pub error: io::Error,
    /// What could be made there and not be removed.
    pub left: Option<PathBuf>,
}

impl From<io::Error> for FailedTry {
    fn from(error: io::Error) -> FailedTry {
        FailedTry { error, left: None }
    }
}

/// Writes and removes a file in the folder, and moves one there. A folder that is not there is made under a name of the try, below
/// what is there of it: nobody else can come to use that one, and lose it when it is removed.
pub fn try_folder(folder: &Path, from: Option<&Path>) -> Result<(), FailedTry> {
    let (there, missing) = parted(folder);
    sweep(&there)?;
    if missing.as_os_str().is_empty() {
        probe(&there)?;
        return from.map_or(Ok(()), |from| across(from, &there));
    }
    let own = tempfile::Builder::new().prefix(TRY).tempdir_in(&there)?;
    let inner = own.path().join(missing);
    let tried = std::fs::create_dir_all(&inner)
        .map_err(FailedTry::from)
        .and_then(|()| probe(&inner))
        .and_then(|()| from.map_or(Ok(()), |from| across(from, &inner)));
    let made = own.path().to_owned();
    let closed = own.close().map_err(|error| left(error, &made));
    tried.and(closed)
}

/// What is there of a path, and what is still to be made below it.
fn parted(folder: &Path) -> (PathBuf, PathBuf) {
    let (mut there, mut missing) = (PathBuf::new(), PathBuf::new());
    for part in folder.components() {
        let is_there = missing.as_os_str().is_empty() && std::fs::symlink_metadata(there.join(part)).is_ok();
        match part {
            part if is_there => there.push(part),
            Component::CurDir => {}
            // What is not there is no link, so going back from it ends where it began.
            Component::ParentDir => {
                missing.pop();
            }
            part => missing.push(part),
        }
    }
    if there.as_os_str().is_empty() {
        there.push(".");
    }
    (there, missing)
}

fn left(error: io::Error, path: &Path) -> FailedTry {
    FailedTry {
        error,
        left: std::fs::symlink_metadata(path).is_ok().then(|| path.to_owned()),
    }
}

/// Removes what was left by a try that was killed. Where that cannot be, each start would leave another.
fn sweep(folder: &Path) -> Result<(), FailedTry> {
    // Where names may not be listed, nothing can be said.
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if !entry.file_name().to_string_lossy().starts_with(TRY) {
            continue;
        }
        let Ok(metadata) = entry.metadata() else { continue };
        let age = metadata.modified().ok().and_then(|moment| moment.elapsed().ok());
        if age.is_none_or(|age| age < LEFT) {
            continue;
        }
        let path = entry.path();
        let removed = match metadata.is_dir() {
            true => std::fs::remove_dir_all(&path),
            false => std::fs::remove_file(&path),
        };
        match removed {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(left(error, &path)),
            _ => {}
        }
    }
    Ok(())
}

fn draft(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut file = tempfile::Builder::new().prefix(TRY).tempfile_in(folder)?;
    // A full disk lets names be made and nothing be written.
    file.write_all(b"dirsheet tries whether this folder can be written to\n")?;
    Ok(file)
}

/// Writes and removes a file.
fn probe(folder: &Path) -> Result<(), FailedTry> {
    let file = draft(folder)?;
    let path = file.path().to_owned();
    file.close().map_err(|error| left(error, &path))
}

/// As a night moves its file: renamed, or copied and removed where that cannot be.
fn across(from: &Path, to: &Path) -> Result<(), FailedTry> {
    let file = draft(from)?;
    let target = to.join(file.path().file_name().unwrap_or_default());
    let moved = std::fs::rename(file.path(), &target)
        .or_else(|_| std::fs::copy(file.path(), &target).and_then(|_| std::fs::remove_file(file.path())));
    let removed = std::fs::remove_file(&target);
    moved.map_err(|error| left(error, file.path()))?;
    removed.map_err(|error| left(error, &target))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_try_makes_what_is_missing_moves_a_file_across_and_leaves_nothing() {
        let root = tempfile::tempdir().unwrap();
        let (inbox, deep) = (root.path().join("inbox"), root.path().join("a/b/c"));
        std::fs::create_dir(&inbox).unwrap();
        try_folder(&deep, Some(&inbox)).unwrap();
        // The file of a refused night goes back to the folder it came from.
        try_folder(&inbox, Some(&inbox)).unwrap();
        assert!(!root.path().join("a").exists());
        assert_eq!(std::fs::read_dir(&inbox).unwrap().count(), 0);
    }

    #[test]
    fn what_stands_in_the_way_is_an_error_and_what_was_there_stays() {
        let root = tempfile::tempdir().unwrap();
        let (file, there) = (root.path().join("file"), root.path().join("there"));
        std::fs::write(&file, "x").unwrap();
        std::fs::create_dir(&there).unwrap();
        for folder in [file.clone(), file.join("below")] {
            assert!(try_folder(&folder, None).is_err());
        }
        assert!(try_folder(&there.join("new"), Some(&file)).is_err());
        assert!(there.exists() && !there.join("new").exists());
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "x");
    }

    #[test]
    fn what_is_there_of_a_path_is_parted_from_what_is_to_be_made() {
        let root = tempfile::tempdir().unwrap();
        let there = root.path().join("there");
        std::fs::create_dir(&there).unwrap();
        for (folder, base, missing) in [
            ("there", "there", ""),
            ("there/a/./b", "there", "a/b"),
            ("there/../x", "there/..", "x"),
            ("new/../a", "", "a"),
        ] {
            let expected = (root.path().join(base), PathBuf::from(missing));
            assert_eq!(parted(&root.path().join(folder)), expected, "{folder}");
        }
        assert_eq!(parted(Path::new("not-there")), (".".into(), "not-there".into()));
    }

    #[test]
    fn what_a_killed_try_left_is_removed_by_a_later_one_and_what_another_makes_now_stays() {
        let root = tempfile::tempdir().unwrap();
        let (old, new) = (
            root.path().join(format!("{TRY}old")),
            root.path().join(format!("{TRY}new")),
        );
        let own = root.path().join("hr.csv");
        for path in [&old, &new, &own] {
            std::fs::write(path, "x").unwrap();
        }
        let before = std::time::SystemTime::now() - 2 * LEFT;
        for path in [&old, &own] {
            let file = std::fs::File::options().append(true).open(path).unwrap();
            file.set_modified(before).unwrap();
        }
        try_folder(root.path(), None).unwrap();
        assert_eq!([&old, &new, &own].map(|path| path.exists()), [false, true, true]);
    }

    #[test]
    fn a_folder_that_is_missing_never_stands_under_its_own_name() {
        let root = tempfile::tempdir().unwrap();
        let passwords = root.path().join("passwords");
        let (stop, ended) = std::sync::mpsc::channel::<()>();
        let watched = passwords.clone();
        let seen = std::thread::spawn(move || {
            let mut seen = false;
            while ended.try_recv().is_err() {
                seen |= watched.exists();
            }
            seen
        });
        for _ in 0..50 {
            try_folder(&passwords, None).unwrap();
        }
        stop.send(()).unwrap();
        assert!(!seen.join().unwrap());
    }
}
