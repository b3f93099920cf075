//! `check --annotate`: the sheet given back as a workbook with comments.

use std::io::{BufWriter, Write};
use std::path::Path;

use super::error::CliError;
use super::exit::Exit;
use super::prepare::Prepared;
use crate::domain::Finding;
use crate::report::annotate;
use crate::table::AtomicFile;

/// Refuses what can only end badly, before the sheet is read: another kind of file, or one that somebody may have mended.
pub fn check_target(target: &Path) -> Result<(), CliError> {
    let shown = target.display();
    if !target
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("xlsx"))
    {
        return Err(
            CliError::usage(format!("`--annotate {shown}`: only a workbook has comments"))
                .hint("name a file that ends in `.xlsx`"),
        );
    }
    if target.exists() {
        return Err(CliError::usage(format!(
            "`--annotate {shown}`: the file is there already, and somebody may have mended it"
        ))
        .hint("name a new file, or remove this one"));
    }
    Ok(())
}

/// The finding that no workbook carries on: in it the letters would be certain.
const GUESSED: &str = "encoding-guessed";

/// Writes the workbook.
pub fn write(target: &Path, prepared: &Prepared, findings: &[Finding]) -> Result<(), CliError> {
    if findings.iter().any(|finding| finding.rule == GUESSED) {
        return Err(CliError::new(
            Exit::SheetErrors,
            format!(
                "the encoding of `{}` was guessed, and a workbook would make the guess certain; no workbook was written",
                prepared.name
            ),
        )
        .hint("name the encoding with `--encoding`"));
    }
    let failed = |error: std::io::Error| {
        CliError::new(
            Exit::Unexpected,
            format!("cannot write `{}`: {error}", target.display()),
        )
    };
    let file = AtomicFile::create(target)?;
    let folder = file.folder().to_owned();
    let mut sink =
        annotate(BufWriter::new(file), &prepared.sheet, findings, Some(&folder)).map_err(failed)?;
    sink.flush().map_err(failed)?;
    let file = sink.into_inner().map_err(|error| failed(error.into_error()))?;
    Ok(file.commit()?)
}
