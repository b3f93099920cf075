//! Putting a new sheet in the place of an old one without losing what somebody did in the old one.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::digest::{Sha256, file_sha256};
use super::error::FileError;
use super::file::AtomicFile;

/// So many files kept in one minute have a number; whoever makes more is told to look.
const NAMES_MAX: u32 = 1_000;

/// A file being written whose bytes are known when it is finished.
#[derive(Debug)]
pub struct DigestedFile {
    file: AtomicFile,
    digest: Sha256,
}

impl DigestedFile {
    /// Nothing was written into the file yet.
    pub fn new(file: AtomicFile) -> DigestedFile {
        DigestedFile {
            file,
            digest: Sha256::new(),
        }
    }

    /// The file, still to be put in its place, and the SHA-256 of what was written.
    pub fn finish(self) -> (AtomicFile, String) {
        (self.file, self.digest.finish())
    }
}

impl Write for DigestedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.digest.feed(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Puts the file in the target's place, as [`AtomicFile::commit`] does. What stood there stays beside it under a name of its own,
/// unless it was empty or `is_ours` knows the SHA-256 of its bytes. `minute` (like `2026-11-30 1758`) becomes part of that name.
/// Returns the name.
///
/// The old file has its second name before the new one has the first, and is looked at under the second: what is saved into it
/// at the last moment is kept too.
///
/// # Errors
/// As for [`AtomicFile::commit`]; the old file then stands where it stood.
pub fn commit_keeping(
    file: AtomicFile,
    minute: &str,
    is_ours: impl Fn(&str) -> bool,
) -> Result<Option<PathBuf>, FileError> {
    let target = file.target().to_owned();
    let is_something = fs::symlink_metadata(&target).is_ok_and(|known| known.is_file() && known.len() > 0);
    if !is_something {
        return file.commit().map(|()| None);
    }
    let shown = file.path().to_owned();
    let failed = |error: io::Error| {
        let help = "save it under another name, or export to another one";
        FileError::new(&shown, "the file that is there cannot be kept beside it", help).because(error)
    };
    match linked(&target, minute) {
        Ok(kept) => {
            if let Err(error) = file.commit() {
                // The new file may stand there all the same, when only its folder could not be written to the disk.
                let is_old = is_same(&kept, &target);
                let _left = if is_old { fs::remove_file(&kept) } else { Ok(()) };
                return Err(error);
            }
            let is_litter = file_sha256(&kept).is_ok_and(|digest| is_ours(&digest));
            if is_litter && fs::remove_file(&kept).is_ok() {
                return Ok(None);
            }
            Ok(Some(as_named(&shown, kept)))
        }
        // A file system without second names (FAT): the old one is moved, so that the name is free for a moment.
        Err(_) => {
            let kept = moved(&target, minute).map_err(failed)?;
            if let Err(error) = file.commit() {
                if !target.exists() {
                    let _left = fs::rename(&kept, &target);
                }
                return Err(error);
            }
            let is_litter = file_sha256(&kept).is_ok_and(|digest| is_ours(&digest));
            if is_litter && fs::remove_file(&kept).is_ok() {
                return Ok(None);
            }
            Ok(Some(as_named(&shown, kept)))
        }
    }
}

/// The kept file from where the caller named the other one; behind a symbolic link it lies elsewhere.
fn as_named(shown: &Path, kept: PathBuf) -> PathBuf {
    match kept.file_name() {
        Some(name) if !shown.is_symlink() => shown.with_file_name(name),
        _ => kept,
    }
}

/// Gives the file a second name that nobody has.
fn linked(target: &Path, minute: &str) -> io::Result<PathBuf> {
    free(target, minute, |kept| fs::hard_link(target, kept))
}

/// Moves the file to a name that nobody has: the name is taken first, so that nothing that stands there is replaced.
fn moved(target: &Path, minute: &str) -> io::Result<PathBuf> {
    let take = |kept: &Path| OpenOptions::new().write(true).create_new(true).open(kept);
    let kept = free(target, minute, |kept| take(kept).map(drop))?;
    if let Err(error) = fs::rename(target, &kept) {
        let _left = fs::remove_file(&kept);
        return Err(error);
    }
    Ok(kept)
}

fn free(target: &Path, minute: &str, take: impl Fn(&Path) -> io::Result<()>) -> io::Result<PathBuf> {
    for number in 1..=NAMES_MAX {
        let kept = target.with_file_name(kept_name(target, minute, number));
        match take(&kept) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
            Ok(()) => return Ok(kept),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// `users (kept 2026-11-30 1758).csv`; no character of it is one that Windows refuses.
fn kept_name(target: &Path, minute: &str, number: u32) -> std::ffi::OsString {
    let mut name = target.file_stem().unwrap_or_default().to_owned();
    name.push(match number {
        1 => format!(" (kept {minute})"),
        _ => format!(" (kept {minute}, {number})"),
    });
    if let Some(extension) = target.extension() {
        name.push(".");
        name.push(extension);
    }
    name
}

/// Whether both names are of the same bytes, as far as that shows.
fn is_same(one: &Path, other: &Path) -> bool {
    matches!((file_sha256(one), file_sha256(other)), (Ok(one), Ok(other)) if one == other)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: &str = "2026-11-30 1758";

    fn written(path: &Path, text: &str) -> (AtomicFile, String) {
        let mut file = DigestedFile::new(AtomicFile::create(path).unwrap());
        file.write_all(text.as_bytes()).unwrap();
        file.finish()
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
        let mut names: Vec<String> = entries.map(name).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_that_is_not_ours_is_kept_under_a_free_name_and_one_that_is_ours_gives_way() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("users.csv");
        let (first, ours) = written(&path, "exported");
        assert_eq!(
            commit_keeping(first, MINUTE, |_| false).unwrap(),
            None,
            "nothing was there"
        );
        let (second, _) = written(&path, "exported again");
        assert_eq!(
            commit_keeping(second, MINUTE, |digest| digest == ours).unwrap(),
            None
        );
        assert_eq!(names(folder.path()), ["users.csv"]);
        for text in ["edited", "edited again"] {
            fs::write(&path, text).unwrap();
            let (file, _) = written(&path, "new");
            let kept = commit_keeping(file, MINUTE, |digest| digest == ours)
                .unwrap()
                .unwrap();
            assert_eq!(fs::read_to_string(&kept).unwrap(), text);
            assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        }
        let kept = [
            "users (kept 2026-11-30 1758).csv",
            "users (kept 2026-11-30 1758, 2).csv",
        ];
        assert_eq!(names(folder.path()), [kept[0], kept[1], "users.csv"]);
    }

    #[test]
    fn an_empty_file_is_nothing_to_keep() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("users.csv");
        fs::write(&path, "").unwrap();
        let (file, _) = written(&path, "new");
        assert_eq!(commit_keeping(file, MINUTE, |_| false).unwrap(), None);
        assert_eq!(names(folder.path()), ["users.csv"]);
    }

    #[test]
    fn where_no_second_name_can_be_given_the_file_is_moved_and_nothing_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("users");
        fs::write(&path, "edited").unwrap();
        fs::write(folder.path().join("users (kept 2026-11-30 1758)"), "older").unwrap();
        let kept = moved(&path, MINUTE).unwrap();
        assert_eq!(
            names(folder.path()),
            ["users (kept 2026-11-30 1758)", "users (kept 2026-11-30 1758, 2)"]
        );
        assert_eq!(fs::read_to_string(kept).unwrap(), "edited");
    }
}
