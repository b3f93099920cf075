//! `check --fix`: a copy of the sheet in which every certain repair was made.

use std::io::{BufWriter, Write};
use std::path::Path;

use super::error::CliError;
use super::exit::Exit;
use super::prepare::Prepared;
use crate::engine::RowSink;
use crate::report::Fixes;
use crate::table::{AtomicFile, Delimiter, SheetWriter, WorkbookStyle, WorkbookWriter, WriteStyle};

/// The copy may be a workbook, by its name.
const WORKBOOK_ENDING: &str = "xlsx";

/// Refuses what can only end badly, before the sheet is read: the copy must not be the sheet itself.
pub fn check_target(sheet: &Path, copy: &Path) -> Result<(), CliError> {
    match (std::fs::canonicalize(sheet), std::fs::canonicalize(copy)) {
        (Ok(one), Ok(other)) if one == other => Err(CliError::usage(format!(
            "`-o {}` is the sheet itself, and a repair is never made unseen",
            copy.display()
        ))
        .hint("name another file, look at it, and go on with it when it is right")),
        _ => Ok(()),
    }
}

/// Writes the copy: the same columns and rows, every repaired cell as it is right.
pub fn write(copy: &Path, prepared: &Prepared, fixes: &Fixes<'_>) -> Result<(), CliError> {
    if let Some(row) = prepared.intake.rows.iter().find(|row| !row.is_readable()) {
        return Err(CliError::new(
            Exit::SheetErrors,
            format!(
                "row {} of `{}` cannot be read, so no copy was written: it would lose what the row holds",
                row.place().row,
                prepared.name
            ),
        )
        .hint("mend the rows that cannot be read first"));
    }
    let failed = |error: std::io::Error| {
        CliError::new(
            Exit::Unexpected,
            format!("cannot write `{}`: {error}", copy.display()),
        )
    };
    let file = BufWriter::new(AtomicFile::create(copy)?);
    let is_workbook = copy
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case(WORKBOOK_ENDING));
    let mut file = if is_workbook {
        let mut writer = WorkbookWriter::new(file, WorkbookStyle::plain()).map_err(failed)?;
        fill(&mut writer, prepared, fixes).map_err(failed)?;
        writer.finish().map_err(failed)?.0
    } else {
        let delimiter = Delimiter::ALL
            .into_iter()
            .find(|delimiter| char::from(delimiter.byte()) == prepared.shape.delimiter)
            .unwrap_or_default();
        let mut writer = SheetWriter::new(file, WriteStyle::people(delimiter)).map_err(failed)?;
        fill(&mut writer, prepared, fixes).map_err(failed)?;
        writer.finish().map_err(failed)?.0
    };
    file.flush().map_err(failed)?;
    let file = file.into_inner().map_err(|error| failed(error.into_error()))?;
    Ok(file.commit()?)
}

fn fill(sink: &mut impl RowSink, prepared: &Prepared, fixes: &Fixes<'_>) -> std::io::Result<()> {
    let header: Vec<&str> = prepared.shape.header.iter().map(String::as_str).collect();
    sink.begin(&header)?;
    for row in &prepared.intake.rows {
        let raw = row.raw();
        let cells: Vec<String> = raw
            .cells
            .iter()
            .enumerate()
            .map(|(column, found)| fixes.text(raw.row, column, found).to_owned())
            .collect();
        sink.row(&header, &cells)?;
    }
    Ok(())
}
