//! Pictures between a folder of files, a sheet, and the directory.
//!
//! A cell names a file. Before anything is planned each file is read and made into what would be sent, on all cores, and the edit
//! becomes the fingerprint of that; all that is wrong is told at once, with its cell. An export goes the other way: it writes the
//! pictures as files, and skips those whose mark and bytes are as they were.

use std::collections::HashMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::intake::Intake;
use crate::catalogue::Kind;
use crate::domain::{
    CheckedCell, CheckedRow, Edit, Extent, Finding, Pictures, UserId, Value, fingerprint, fingerprint_digits,
    photo_file_name,
};
use crate::photo::{FolderError, PhotoFolder, prepare};
use crate::state::PictureStore;
use crate::table::AtomicFile;

/// What became of a picture that a sheet names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureFacts {
    pub row: u64,
    /// How messages name the user.
    pub label: String,
    pub file: String,
    /// The file's picture, as a person sees it.
    pub width: u32,
    pub height: u32,
    /// What is sent: its width and height, and its bytes.
    pub side: u32,
    pub bytes: usize,
}

enum Settled {
    /// The cell asks for nothing: its file is what the base holds.
    Untouched,
    Picture(String, Option<PictureFacts>),
    Problem(Finding),
}

/// Makes the pictures that the cells of a sheet name. Without a `store` nothing is kept, which is enough for a check.
pub fn settle_pictures(
    intake: &mut Intake,
    folder: Option<&PhotoFolder>,
    store: Option<&PictureStore>,
) -> Vec<PictureFacts> {
    let columns = &intake.columns;
    let of_rows: Vec<Vec<PictureFacts>> = intake
        .rows
        .par_iter_mut()
        .map(|row| {
            let cells: Vec<CheckedCell> = row
                .cells()
                .iter()
                .filter(|cell| cell.attribute.kind == Kind::Picture)
                .cloned()
                .collect();
            let mut facts = Vec::new();
            for cell in cells {
                let Edit::Set(Value::Text(text)) = &cell.edit else {
                    continue;
                };
                match settle(row, &cell, text, folder, store) {
                    Settled::Untouched => row.settle_cell(cell.column, None),
                    Settled::Picture(fingerprint, told) => {
                        row.settle_cell(cell.column, Some(Value::Text(fingerprint)));
                        facts.extend(told);
                    }
                    Settled::Problem(finding) => {
                        let header = columns.get(cell.column).map_or("photo", |column| &column.header);
                        let finding = finding.at(row.place().at(cell.column)).column(header).found(text);
                        row.hold_cell(finding, false);
                    }
                }
            }
            facts
        })
        .collect();
    of_rows.into_iter().flatten().collect()
}

fn settle(
    row: &CheckedRow,
    cell: &CheckedCell,
    text: &str,
    folder: Option<&PhotoFolder>,
    store: Option<&PictureStore>,
) -> Settled {
    let problem = |rule, message: String, help: &str| {
        Settled::Problem(Finding::error(rule, Extent::Cell, message, help))
    };
    if fingerprint_digits(text).is_some() {
        return match store {
            Some(store) if !store.has(text) => problem(
                "picture-not-kept",
                "this is the fingerprint of a picture that is not kept in the state folder".to_owned(),
                "write the name of a file in the folder of `--photos`",
            ),
            _ => Settled::Picture(text.to_owned(), None),
        };
    }
    let Some(folder) = folder else {
        // What an export wrote itself, in a sheet that is about something else.
        if cell.base.is_some() && row.id().is_some_and(|id| photo_file_name(id) == text) {
            return Settled::Untouched;
        }
        return problem(
            "photos-not-given",
            "the cell names a file, and no folder of photos was given".to_owned(),
            "add `--photos DIR` with the folder that holds it, or remove the column",
        );
    };
    let bytes = match folder.read(text) {
        Ok(bytes) => bytes,
        Err(error) => {
            let help = match &error {
                FolderError::Outside => "put the file into the folder, and write its name alone",
                FolderError::TooLarge => "scale the picture down; 648 x 648 is all the service keeps",
                _ => "correct the name, or put the file into the folder",
            };
            return problem("photo-file", error.to_string(), help);
        }
    };
    if cell.base.as_deref() == Some(fingerprint(&bytes).as_str()) {
        return Settled::Untouched;
    }
    let made = match prepare(&bytes) {
        Ok(made) => made,
        Err(error) => return problem(error.rule(), error.to_string(), error.help()),
    };
    let kept = match store {
        Some(store) => store.keep(&made.jpeg),
        None => Ok(fingerprint(&made.jpeg)),
    };
    let facts = PictureFacts {
        row: row.place().row,
        label: row.label().to_owned(),
        file: text.to_owned(),
        width: made.width,
        height: made.height,
        side: made.side,
        bytes: made.jpeg.len(),
    };
    match kept {
        Ok(fingerprint) if cell.base.as_deref() == Some(fingerprint.as_str()) => Settled::Untouched,
        Ok(fingerprint) => Settled::Picture(fingerprint, Some(facts)),
        Err(error) => problem("photo-file", error.to_string(), "make room for the state folder"),
    }
}

/// A folder that an export writes pictures into.
#[derive(Debug)]
pub struct PhotoExport {
    folder: PathBuf,
    known: Mutex<HashMap<UserId, Noted>>,
}

/// What the index remembers of a picture.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Noted {
    id: UserId,
    etag: String,
    fingerprint: String,
}

/// One line for each picture that was written; the last one about a user counts.
const INDEX: &str = ".dirsheet-photos.jsonl";

impl PhotoExport {
    /// Opens the folder, which is made if need be, and reads what an earlier export noted. A line that was torn is left out.
    ///
    /// # Errors
    /// The folder cannot be made or written.
    pub fn open(folder: &Path) -> std::io::Result<PhotoExport> {
        fs::create_dir_all(folder)?;
        // An export that was broken off may have left half a line, which must not swallow the next one.
        index(folder)?.write_all(b"\n")?;
        let lines = fs::read_to_string(folder.join(INDEX))?;
        let known = lines
            .lines()
            .filter_map(|line| serde_json::from_str::<Noted>(line).ok())
            .map(|noted| (noted.id, noted))
            .collect();
        Ok(PhotoExport {
            folder: folder.to_owned(),
            known: Mutex::new(known),
        })
    }

    fn is_there(&self, user: UserId, wanted: &str) -> bool {
        let file = fs::read(self.folder.join(photo_file_name(user)));
        file.is_ok_and(|bytes| fingerprint(&bytes) == wanted)
    }
}

/// The index, for the owner only and to be appended to.
fn index(folder: &Path) -> std::io::Result<fs::File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(folder.join(INDEX))
}

impl Pictures for PhotoExport {
    fn known(&self, user: UserId, etag: &str) -> Option<String> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let noted = known.get(&user).filter(|noted| noted.etag == etag)?.clone();
        drop(known);
        // The file may have been changed or removed since.
        self.is_there(user, &noted.fingerprint)
            .then_some(noted.fingerprint)
    }

    fn take_in(&self, user: UserId, etag: Option<&str>, bytes: &[u8]) -> Result<String, String> {
        let fingerprint = fingerprint(bytes);
        if !self.is_there(user, &fingerprint) {
            let path = self.folder.join(photo_file_name(user));
            let mut file = AtomicFile::create(&path).map_err(|error| error.to_string())?;
            file.write_all(bytes).map_err(|error| error.to_string())?;
            file.commit().map_err(|error| error.to_string())?;
        }
        if let Some(etag) = etag {
            let noted = Noted {
                id: user,
                etag: etag.to_owned(),
                fingerprint: fingerprint.clone(),
            };
            // Without its line the picture is read again next time, and nothing else.
            if let (Ok(mut line), Ok(mut file)) = (serde_json::to_vec(&noted), index(&self.folder)) {
                line.push(b'\n');
                let _ = file.write_all(&line);
            }
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            known.insert(user, noted);
        }
        Ok(fingerprint)
    }

    fn bytes(&self, _: &str) -> Option<Vec<u8>> {
        None
    }

    fn stored_as(&self, _: &str, _: &str) {}
}

/// Pictures that are looked at and not kept.
#[derive(Debug)]
pub struct Unkept;

impl Pictures for Unkept {
    fn known(&self, _: UserId, _: &str) -> Option<String> {
        None
    }

    fn take_in(&self, _: UserId, _: Option<&str>, bytes: &[u8]) -> Result<String, String> {
        Ok(fingerprint(bytes))
    }

    fn bytes(&self, _: &str) -> Option<Vec<u8>> {
        None
    }

    fn stored_as(&self, _: &str, _: &str) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(number: u8) -> UserId {
        UserId::from_bytes([number; 16])
    }

    #[test]
    fn an_export_goes_on_where_it_was_and_believes_a_mark_only_with_its_file() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("photos");
        let export = PhotoExport::open(&folder).unwrap();
        let one = export.take_in(user(1), Some("a"), b"one").unwrap();
        export.take_in(user(2), None, b"two").unwrap();
        export.take_in(user(3), Some("c"), b"three").unwrap();
        assert_eq!(fs::read(folder.join(photo_file_name(user(2)))).unwrap(), b"two");
        drop(export);
        // It was broken off in the middle of a line.
        let mut torn = index(&folder).unwrap();
        torn.write_all(b"{\"id\":\"01").unwrap();
        let again = PhotoExport::open(&folder).unwrap();
        assert_eq!(again.known(user(1), "a"), Some(one));
        assert_eq!(again.known(user(1), "b"), None);
        assert_eq!(again.known(user(2), "b"), None, "without a mark nothing is known");
        fs::write(folder.join(photo_file_name(user(3))), "changed").unwrap();
        assert_eq!(again.known(user(3), "c"), None);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            for name in [INDEX.to_owned(), photo_file_name(user(1))] {
                let mode = fs::metadata(folder.join(&name)).unwrap().permissions().mode();
                assert_eq!(mode & 0o077, 0, "{name}");
            }
        }
    }
}
