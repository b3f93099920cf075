//! Which files dirsheet has written, by the SHA-256 of their bytes: a file that is none of these holds something that nobody else
//! has, and is not replaced.

use std::fs::{self, DirEntry};
use std::io;
use std::path::PathBuf;
use std::time::SystemTime;

use super::error::{Doing, StateError};
use super::folder::{StateFolder, create_private_folder, private_file};

/// As many files are known: five years of five every night. A file of before these is kept needlessly, and no more.
const SHEETS_MAX: usize = 10_000;

impl StateFolder {
    fn sheets(&self) -> PathBuf {
        self.root().join("sheets")
    }

    /// Remembers that dirsheet wrote a file of these bytes.
    ///
    /// # Errors
    /// The state folder cannot be written.
    pub fn note_sheet(&self, sha256: &str) -> Result<(), StateError> {
        let folder = self.sheets();
        create_private_folder(&folder).doing("create the folder", &folder)?;
        let mark = folder.join(sha256);
        // Made new, so that the newest are known by their date.
        let _older = fs::remove_file(&mark);
        private_file()
            .create(true)
            .truncate(true)
            .open(&mark)
            .doing("create", &mark)?;
        forget(&folder, SHEETS_MAX).doing("look through", &folder)
    }

    /// The same of a file that holds what somebody edited, such as a repaired copy of a sheet: another such file may replace it, and
    /// nothing else may.
    ///
    /// # Errors
    /// The state folder cannot be written.
    pub fn note_copy(&self, sha256: &str) -> Result<(), StateError> {
        self.note_sheet(&copy(sha256))
    }

    /// Whether dirsheet wrote a file of these bytes that holds what somebody edited.
    pub fn knows_copy(&self, sha256: &str) -> bool {
        self.knows_sheet(&copy(sha256))
    }

    /// Whether dirsheet wrote a file of these bytes.
    pub fn knows_sheet(&self, sha256: &str) -> bool {
        self.sheets().join(sha256).is_file()
    }
}

fn copy(sha256: &str) -> String {
    format!("{sha256}-copy")
}

/// Leaves the newest.
fn forget(folder: &std::path::Path, most: usize) -> io::Result<()> {
    let marks: Vec<DirEntry> = fs::read_dir(folder)?.flatten().collect();
    let Some(over) = marks.len().checked_sub(most).filter(|over| *over > 0) else {
        return Ok(());
    };
    let mut dated: Vec<(SystemTime, PathBuf)> = Vec::with_capacity(marks.len());
    for mark in marks {
        // What another export has removed by now is over already.
        if let Ok(modified) = mark.metadata().and_then(|mark| mark.modified()) {
            dated.push((modified, mark.path()));
        }
    }
    dated.sort();
    // Another export may have been here.
    let over = over.min(dated.len());
    dated
        .drain(..over)
        .for_each(|(_, path)| drop(fs::remove_file(path)));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_is_known_by_its_bytes_until_many_newer_ones_were_written() {
        let place = tempfile::tempdir().unwrap();
        let state = StateFolder::open(place.path().join("state")).unwrap();
        assert!(!state.knows_sheet("aa"));
        state.note_sheet("aa").unwrap();
        state.note_sheet("aa").unwrap();
        assert!(state.knows_sheet("aa") && !state.knows_sheet("ab"));
        let old = fs::File::options()
            .write(true)
            .open(state.sheets().join("aa"))
            .unwrap();
        old.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        state.note_sheet("ab").unwrap();
        forget(&state.sheets(), 1).unwrap();
        assert!(state.knows_sheet("ab") && !state.knows_sheet("aa"));
    }
}
