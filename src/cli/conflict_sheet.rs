//! `plan --conflict-sheet`: the cells in conflict, written down for whoever decides about them.

use std::io::{BufWriter, Write};
use std::path::Path;

use super::error::CliError;
use super::exit::Exit;
use super::keeper::KeptFile;
use super::typed;
use crate::domain::{Choices, Plan};
use crate::report::{CONFLICT_FORM, ConflictRows, holds_choices, write_conflicts};
use crate::table::{
    Delimiter, Guard, ReadOptions, Sheet, SheetWriter, WorkbookStyle, WorkbookWriter, WriteStyle,
};

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

/// Refuses to take the place of a file that somebody may need: of all but a sheet of conflicts in which nothing was chosen.
pub fn check_replaces(path: &Path) -> Result<(), CliError> {
    let is_something = std::fs::metadata(path).is_ok_and(|known| known.is_file() && known.len() > 0);
    if !is_something {
        return Ok(());
    }
    let sheet = Sheet::open(path, ReadOptions::default()).ok();
    let why = match sheet.as_ref().and_then(holds_choices) {
        Some(false) => return Ok(()),
        Some(true) => "choices are written in it",
        None => "it is no sheet of conflicts",
    };
    Err(CliError::usage(format!(
        "`--conflict-sheet {}`: the file is there already, and {why}; nothing was written",
        path.display()
    ))
    .hint(format!(
        "name a new file, like `{}`, or remove this one",
        typed::free_name("conflicts")
    )))
}

/// Writes the file, which is new as a whole or not at all, and readable by its owner only; nothing when no conflict is
/// left. `answers` are choices that the plan does not know yet. Returns how many rows it has.
pub fn write(file: KeptFile<'_>, plan: &Plan, answers: &Choices) -> Result<ConflictRows, CliError> {
    if plan.conflicts().is_empty() {
        return Ok(ConflictRows::default());
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
            .and_then(|sink| write_conflicts(sink, plan, answers))
    } else {
        // A value that a spreadsheet program rewrites would not be the one that was decided about.
        SheetWriter::new(
            target,
            WriteStyle::people(Delimiter::default()).with_guard(Guard::Full),
        )
        .and_then(|sink| write_conflicts(sink, plan, answers))
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
