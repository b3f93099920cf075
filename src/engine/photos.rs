//! Pictures between a folder of files, a sheet, and the directory.
//!
//! A cell names a file. Before anything is planned each file is read and made into what would be sent, on all cores, and the edit
//! becomes the fingerprint of that; all that is wrong is told at once, with its cell. The way out is in `photo_export`.

use rayon::prelude::*;

use super::intake::Intake;
use crate::catalogue::Kind;
use crate::domain::{
    CheckedCell, CheckedRow, Edit, Extent, Finding, Pictures, UserId, Value, fingerprint, fingerprint_digits,
    photo_file_name,
};
use crate::photo::{FolderError, PhotoFolder, prepare};
use crate::state::PictureStore;

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
        label: row.label().into_owned(),
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
