//! `check --annotate`: the sheet given back as a workbook with comments.

use std::io::{BufWriter, Write};
use std::path::Path;

use super::error::CliError;
use super::exit::Exit;
use super::prepare::Prepared;
use crate::domain::Finding;
use crate::report::annotate;
use crate::table::AtomicFile;

/// Refuses what can only end badly, before the sheet is read: another kind of file, or the sheet itself.
pub fn check_target(sheet: &Path, target: &Path) -> Result<(), CliError> {
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
    match (std::fs::canonicalize(sheet), std::fs::canonicalize(target)) {
        (Ok(one), Ok(other)) if one == other => Err(CliError::usage(format!(
            "`--annotate {shown}` is the sheet itself"
        ))
        .hint("name another file")),
        _ => Ok(()),
    }
}

/// Writes the workbook.
pub fn write(target: &Path, prepared: &Prepared, findings: &[Finding]) -> Result<(), CliError> {
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
