//! `plan --conflict-sheet`: the cells in conflict, written down for whoever decides about them.

use std::io::{BufWriter, Write};
use std::path::Path;

use super::error::CliError;
use super::exit::Exit;
use crate::domain::Plan;
use crate::report::{CONFLICT_FORM, write_conflicts};
use crate::table::{AtomicFile, Delimiter, SheetWriter, WorkbookStyle, WorkbookWriter, WriteStyle};

/// Whether the file is to be a workbook.
///
/// # Errors
/// For a name that ends in something that is not written.
pub fn is_workbook(path: &Path) -> Result<bool, CliError> {
    let extension = path.extension().map(|extension| extension.to_ascii_lowercase());
    match extension.as_deref().and_then(|extension| extension.to_str()) {
        Some("csv") => Ok(false),
        Some("xlsx") => Ok(true),
        _ => Err(CliError::usage(format!(
            "`--conflict-sheet {}` must end in `.csv` or `.xlsx`",
            path.display()
        ))
        .hint("`.xlsx` is the safer one for a spreadsheet program, which leaves its cells as they are")),
    }
}

/// Writes the file, which is new as a whole or not at all, and readable by its owner only; nothing when there is no conflict.
/// Returns how many cells it holds.
pub fn write(file: AtomicFile, plan: &Plan) -> Result<u64, CliError> {
    if plan.conflicts().is_empty() {
        return Ok(0);
    }
    let (path, folder) = (file.path().to_owned(), file.folder().to_owned());
    let failed = |error: std::io::Error| {
        CliError::new(
            Exit::Unexpected,
            format!("cannot write `{}`: {error}", path.display()),
        )
    };
    let target = BufWriter::new(file);
    let written = if is_workbook(&path)? {
        WorkbookWriter::new(target, WorkbookStyle::form(&CONFLICT_FORM).waiting_in(&folder))
            .and_then(|sink| write_conflicts(sink, plan))
    } else {
        SheetWriter::new(target, WriteStyle::people(Delimiter::default()))
            .and_then(|sink| write_conflicts(sink, plan))
    };
    let (mut target, rows) = written.map_err(failed)?;
    target.flush().map_err(failed)?;
    let file = target.into_inner().map_err(|error| failed(error.into_error()))?;
    file.commit()?;
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_says_which_kind_of_sheet_it_is() {
        assert_eq!(is_workbook(Path::new("a/conflicts.XLSX")), Ok(true));
        assert_eq!(is_workbook(Path::new("conflicts.csv")), Ok(false));
        for name in ["conflicts", "conflicts.json", "conflicts.ods"] {
            let error = is_workbook(Path::new(name)).unwrap_err();
            assert_eq!(error.exit, Exit::Usage, "{name}");
        }
    }
}
