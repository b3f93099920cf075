//! `check --fix`: a copy of the sheet in which every certain repair was made.

use std::io::{BufWriter, Write};
use std::path::Path;

use super::error::CliError;
use super::exit::Exit;
use super::prepare::Prepared;
use crate::domain::{ColumnRole, Extent, Finding};
use crate::engine::RowSink;
use crate::report::Fixes;
use crate::table::{AtomicFile, Delimiter, SheetWriter, WorkbookStyle, WorkbookWriter, WriteStyle};

/// The copy may be a workbook, by its name.
const WORKBOOK_ENDING: &str = "xlsx";

/// Refuses what can only end badly, before the sheet is read: a copy in the place of another file, or under a name that lies.
pub fn check_target(copy: &Path) -> Result<(), CliError> {
    let ending = copy
        .extension()
        .map(|ending| ending.to_string_lossy().to_lowercase());
    if !matches!(ending.as_deref(), Some("csv" | "txt" | "tsv" | WORKBOOK_ENDING)) {
        return Err(CliError::usage(format!(
            "`-o {}`: the copy is a `.csv` or an `.xlsx`",
            copy.display()
        ))
        .hint("let its name end so, for example `repaired.csv`"));
    }
    if copy.exists() {
        return Err(CliError::usage(format!(
            "`-o {}` is there already, and a repair replaces nothing unseen",
            copy.display()
        ))
        .hint("name a new file, look at it, and go on with it when it is right"));
    }
    Ok(())
}

/// Findings that no copy carries on: in it the cell would be an ordinary one, or the letters would be certain.
const NOT_CARRIED: [&str; 2] = ["not-yes-or-no", "encoding-guessed"];

/// Why no copy may be made: it would turn what is held back here into ordinary cells there.
fn obstacle(prepared: &Prepared, findings: &[Finding]) -> Option<String> {
    if let Some(row) = prepared.intake.rows.iter().find(|row| !row.is_readable()) {
        return Some(format!(
            "row {} cannot be read, and the copy would lose what it holds",
            row.place().row
        ));
    }
    let whole = findings
        .iter()
        .find(|finding| finding.is_error() && finding.extent == Extent::Sheet);
    if let Some(finding) = whole {
        return Some(format!("the sheet as a whole cannot be used ({})", finding.rule));
    }
    if let Some(finding) = findings
        .iter()
        .find(|finding| NOT_CARRIED.contains(&finding.rule))
    {
        return Some(format!(
            "the copy would hide that a cell is doubtful ({})",
            finding.rule
        ));
    }
    (!prepared.sheet.held_cells().is_empty())
        .then(|| "cells of the workbook are not what they seem (formulas or merged cells), and the copy would hide that".to_owned())
}

/// Writes the copy: the same columns and rows, every repaired cell as it is right.
pub fn write(
    copy: &Path,
    prepared: &Prepared,
    findings: &[Finding],
    fixes: &Fixes<'_>,
) -> Result<(), CliError> {
    if let Some(obstacle) = obstacle(prepared, findings) {
        return Err(CliError::new(
            Exit::SheetErrors,
            format!("no copy of `{}` was written: {obstacle}", prepared.name),
        )
        .hint("mend that first; `dirsheet check` without `--fix` shows where it is"));
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
    // Graph's names: a word that only the program which made the sheet uses so would mean something else in the copy.
    let header: Vec<&str> = prepared
        .intake
        .columns
        .iter()
        .map(|column| match column.role {
            ColumnRole::Attribute(attribute) => attribute.name,
            ColumnRole::Snapshot | ColumnRole::Other => column.header.as_str(),
        })
        .collect();
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
