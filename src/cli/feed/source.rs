//! The file of a night as a table, or why it is none.

use std::path::Path;

use super::opening::{Opened, refused};
use super::reading::options;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::domain::Finding;
use crate::table::{PlainOptions, PlainTable};

/// Opens it as the settings say.
pub fn open(loaded: &Opened, path: &Path) -> Result<PlainTable, CliError> {
    let options = options(loaded).map_err(|problems| refused(Path::new(&loaded.name), &problems))?;
    open_as(&options, path)
}

/// Opens it as these say.
pub fn open_as(options: &PlainOptions, path: &Path) -> Result<PlainTable, CliError> {
    let plain = PlainTable::open(path, options).map_err(|error| unusable(path, error.findings()))?;
    if plain.is_usable() {
        Ok(plain)
    } else {
        Err(unusable(path, &plain.findings))
    }
}

/// What is wrong with it.
pub fn unusable(path: &Path, findings: &[Finding]) -> CliError {
    findings.iter().filter(|finding| finding.is_error()).fold(
        CliError::new(
            Exit::SheetErrors,
            format!(
                "the file `{}` cannot be used; nothing was written",
                path.display()
            ),
        ),
        |error, finding| error.hint(format!("{}: {}", finding.message, finding.help)),
    )
}
