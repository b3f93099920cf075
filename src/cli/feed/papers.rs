//! The files of a night: dead letters and reasons, and the sheets that refused nights left. Each appears whole or not at all, and only its owner can read it.

use std::collections::BTreeMap;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::domain::SourceTable;
use crate::feed::{
    DeadLetter, Decided, Doubt, OutcomeSheet, dead_letter_rows, feed_of, letter_columns, reason_rows,
    sheet_name,
};
use crate::state::StateFolder;
use crate::table::{AtomicFile, Delimiter, SheetWriter, WriteStyle};

/// Writes the sheet of what differs.
pub fn write_outcome(sheet: &OutcomeSheet, path: &Path) -> Result<(), CliError> {
    write(path, &sheet.columns, &sheet.rows)
}

/// Removes the sheets that nights left which were refused or failed, or whose plan waited: a newer file was taken, and they would write
/// what was right before it. `own` is that of the night itself. One that cannot be removed is told.
pub fn remove_sheets(state: &StateFolder, feed: &str, own: &str) -> Vec<String> {
    let folder = state.root().join("feeds").join(feed);
    // Who cannot list the folder could not have written the papers of this night either.
    let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
    let own = sheet_name(feed, own);
    let sheets = entries.filter(|entry| {
        let name = entry.file_name();
        name.to_str()
            .is_some_and(|name| feed_of(name) == Some(feed) && name != own)
    });
    let failed = |sheet: PathBuf| {
        let error = std::fs::remove_file(&sheet).err()?;
        Some(format!(
            "the sheet of an earlier night, `{}`, is overtaken by this one and could not be removed: {error}; nobody must apply it",
            sheet.display()
        ))
    };
    sheets.filter_map(|entry| failed(entry.path())).collect()
}

/// Writes the rows that need a person; nothing where there are none.
pub fn write_letters(
    source: &SourceTable,
    letters: &[DeadLetter],
    night: &str,
    path: PathBuf,
) -> Result<Option<String>, CliError> {
    if letters.is_empty() {
        return Ok(None);
    }
    write(
        &path,
        &letter_columns(source),
        &dead_letter_rows(source, letters, night),
    )?;
    Ok(Some(path.display().to_string()))
}

/// Writes why each cell is written; nothing where nothing is told of anybody.
pub fn write_reasons(
    decided: &Decided,
    letters: &[DeadLetter],
    path: PathBuf,
) -> Result<Option<String>, CliError> {
    let (columns, rows) = reason_rows(decided, letters);
    if rows.is_empty() {
        return Ok(None);
    }
    write(&path, &columns, &rows)?;
    Ok(Some(path.display().to_string()))
}

/// One letter for each row, in the order of the file.
pub fn merged(letters: impl Iterator<Item = DeadLetter>) -> Vec<DeadLetter> {
    let mut by_row: BTreeMap<u64, Vec<Doubt>> = BTreeMap::new();
    for letter in letters {
        by_row.entry(letter.row).or_default().extend(letter.doubts);
    }
    by_row
        .into_iter()
        .map(|(row, doubts)| DeadLetter { row, doubts })
        .collect()
}

fn write(path: &Path, columns: &[&str], rows: &[Vec<String>]) -> Result<(), CliError> {
    let failed = |error: std::io::Error| {
        CliError::new(
            Exit::Unexpected,
            format!("cannot write `{}`: {error}", path.display()),
        )
    };
    let file = BufWriter::new(AtomicFile::replace(path)?);
    // As for people: guarded, so that it comes back as it was, and no spreadsheet runs what an HR system holds.
    let mut writer = SheetWriter::new(file, WriteStyle::people(Delimiter::Comma)).map_err(failed)?;
    writer.write_header(columns).map_err(failed)?;
    for row in rows {
        writer.write_row(row).map_err(failed)?;
    }
    let (file, _) = writer.finish().map_err(failed)?;
    let file = file.into_inner().map_err(|error| failed(error.into_error()))?;
    Ok(file.commit()?)
}
