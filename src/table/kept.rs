//! Putting a new sheet in the place of an old one without losing what somebody did in the old one.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::digest::{Sha256, file_sha256};
use super::error::FileError;
use super::exchange::{exchange, is_unknown};
use super::file::{AtomicFile, Placed, refused};

/// So many files kept in one minute have a number; whoever makes more is told to look.
const NAMES_MAX: u32 = 1_000;

/// So often a file that comes and goes is met anew.
const TURNS_MAX: u32 = 100;

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

    /// The file.
    pub fn file(&self) -> &AtomicFile {
        &self.file
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
/// Where names can be exchanged, what is saved there up to the last moment is kept too: the new file takes the kept name first, then
/// both names are exchanged, and what came out is looked at. Elsewhere the old file has its second name before the new one has
/// the first, and only what is saved by a rename between these two is lost.
///
/// # Errors
/// As for [`AtomicFile::commit`]; the old file then stands where it stood, unless only the folder could not be synchronised: then the
/// error names where it is.
pub fn commit_keeping(
    file: AtomicFile,
    minute: &str,
    is_ours: impl Fn(&str) -> bool,
) -> Result<Option<PathBuf>, FileError> {
    commit_with(file, minute, is_ours, || {})
}

/// With what happens just before the names are exchanged.
fn commit_with(
    mut file: AtomicFile,
    minute: &str,
    is_ours: impl Fn(&str) -> bool,
    mut meanwhile: impl FnMut(),
) -> Result<Option<PathBuf>, FileError> {
    file.write_down()?;
    let (target, shown, met_empty) = (file.target().to_owned(), file.path().to_owned(), file.met_empty());
    for _ in 0..TURNS_MAX {
        if fs::symlink_metadata(&target).is_ok() {
            match in_place_of(file, minute, &mut meanwhile)? {
                Turn::Done(kept, settled) => {
                    return told_of(&shown, judged(&shown, kept, met_empty, is_ours), settled);
                }
                Turn::Gone(back) => file = *back,
                Turn::Impossible(back) => return replace(*back, minute, is_ours),
            }
        } else {
            match file.take(&target) {
                Ok(placed) => return placed.settle().map(|()| None),
                // Somebody saved this very moment.
                Err((error, back)) if error.kind() == io::ErrorKind::AlreadyExists => file = *back,
                Err((_, back)) => return replace(*back, minute, is_ours),
            }
        }
    }
    replace(file, minute, is_ours)
}

/// What came of an exchange.
enum Turn {
    /// The new file stands in its place, and what stood there under this name; whether the disk has the names.
    Done(PathBuf, Result<(), FileError>),
    /// What stood there is gone.
    Gone(Box<AtomicFile>),
    /// Names cannot be exchanged here.
    Impossible(Box<AtomicFile>),
}

/// Exchanges the new file, which has the kept name by then, with what stands in its place.
fn in_place_of(file: AtomicFile, minute: &str, meanwhile: &mut impl FnMut()) -> Result<Turn, FileError> {
    let (target, shown) = (file.target().to_owned(), file.path().to_owned());
    let (placed, kept) = match take_free(file, &target, minute) {
        Ok(taken) => taken,
        Err((error, _)) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(cannot_keep(&shown, error));
        }
        Err((_, back)) => return Ok(Turn::Impossible(back)),
    };
    meanwhile();
    match exchange(&kept, &target) {
        Ok(()) => Ok(Turn::Done(kept, placed.settle())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            placed.back(&kept).map(|back| Turn::Gone(Box::new(back)))
        }
        Err(error) if is_unknown(&error) => {
            let back = placed.back(&kept)?;
            Ok(Turn::Impossible(Box::new(back)))
        }
        // The names were exchanged, and the word of it was lost on its way.
        Err(_) if placed.stands_at(&target) => Ok(Turn::Done(kept, placed.settle())),
        Err(error) => {
            let _left = if placed.stands_at(&kept) {
                fs::remove_file(&kept)
            } else {
                Ok(())
            };
            Err(refused(&shown, error))
        }
    }
}

/// Gives the new file a kept name that nobody has.
fn take_free(
    mut file: AtomicFile,
    target: &Path,
    minute: &str,
) -> Result<(Placed, PathBuf), (io::Error, Box<AtomicFile>)> {
    let mut number = 1;
    loop {
        let kept = target.with_file_name(kept_name(target, minute, number));
        match file.take(&kept) {
            Ok(placed) => return Ok((placed, kept)),
            Err((error, back)) if error.kind() == io::ErrorKind::AlreadyExists && number < NAMES_MAX => {
                file = *back;
                number += 1;
            }
            Err(refused) => return Err(refused),
        }
    }
}

/// Looks at what stood there: what a person wrote stays, and its name is returned.
fn judged(shown: &Path, kept: PathBuf, met_empty: bool, is_ours: impl Fn(&str) -> bool) -> Option<PathBuf> {
    let is_litter = fs::symlink_metadata(&kept).is_ok_and(|known| match known.len() {
        _ if !known.is_file() => false,
        // One that is empty since the last look is being saved.
        0 => met_empty,
        _ => file_sha256(&kept).is_ok_and(|digest| is_ours(&digest)),
    });
    if is_litter && fs::remove_file(&kept).is_ok() {
        return None;
    }
    Some(as_named(shown, kept))
}

/// What became of the old file is said with an error as well.
fn told_of(
    shown: &Path,
    kept: Option<PathBuf>,
    settled: Result<(), FileError>,
) -> Result<Option<PathBuf>, FileError> {
    match (settled, &kept) {
        (Ok(()), _) => Ok(kept),
        (Err(error), None) => Err(error),
        (Err(error), Some(kept)) => {
            let message = format!(
                "the new file stands there, and the one that was there as `{}`; but the disk may not have their names: {error}",
                kept.display()
            );
            Err(FileError::new(shown, message, "look at both, and at the disk"))
        }
    }
}

fn cannot_keep(shown: &Path, error: io::Error) -> FileError {
    let help = "save it under another name, or write to another one";
    FileError::new(shown, "the file that is there cannot be kept beside it", help).because(error)
}

/// Where names cannot be exchanged.
fn replace(
    file: AtomicFile,
    minute: &str,
    is_ours: impl Fn(&str) -> bool,
) -> Result<Option<PathBuf>, FileError> {
    let (target, shown, met_empty) = (file.target().to_owned(), file.path().to_owned(), file.met_empty());
    let is_something =
        fs::symlink_metadata(&target).is_ok_and(|known| known.is_file() && (known.len() > 0 || !met_empty));
    if !is_something {
        return file.commit().map(|()| None);
    }
    if let Ok(kept) = linked(&target, minute) {
        if let Err(error) = file.commit() {
            // The new file may stand there all the same, when only its folder could not be written to the disk.
            let is_old = is_same(&kept, &target);
            let _left = if is_old { fs::remove_file(&kept) } else { Ok(()) };
            return Err(error);
        }
        return Ok(judged(&shown, kept, met_empty, is_ours));
    }
    // A file system without second names (FAT): the old one is moved, so that the name is free for a moment.
    let kept = moved(&target, minute).map_err(|error| cannot_keep(&shown, error))?;
    if let Err(error) = file.commit() {
        if !target.exists() {
            let _left = fs::rename(&kept, &target);
        }
        return Err(error);
    }
    Ok(judged(&shown, kept, met_empty, is_ours))
}

/// Removes a file that is out of date. One that holds more than `is_ours` knows has a kept name afterwards, which is returned.
///
/// # Errors
/// The system refused. That there is no file is no error.
pub fn retire(path: &Path, minute: &str, is_ours: impl Fn(&str) -> bool) -> io::Result<Option<PathBuf>> {
    if let Err(error) = fs::symlink_metadata(path)
        && error.kind() == io::ErrorKind::NotFound
    {
        return Ok(None);
    }
    let kept = moved(path, minute)?;
    Ok(judged(path, kept, true, is_ours))
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
mod tests;
