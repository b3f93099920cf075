//! The copies `check` makes of a sheet: with every certain repair made (`--fix`), or with comments (`--annotate`).

use std::ffi::OsStr;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::args::CheckArgs;
use super::error::CliError;
use super::exit::Exit;
use super::keeper::{Keeper, KeptFile};
use super::prepare::Prepared;
use crate::domain::Finding;
use crate::report::{Fixes, annotate};
use crate::table::{Delimiter, SheetWriter, WorkbookStyle, WorkbookWriter, WriteStyle};

/// The ending of a workbook.
const WORKBOOK: &str = "xlsx";

/// Refuses what can only end badly, before the sheet is read: a copy in the place of another file, or under a name that lies.
pub fn check_targets(arguments: &CheckArgs) -> Result<(), CliError> {
    if let (Some(copy), Some(target)) = (&arguments.output, &arguments.annotate)
        && std::path::absolute(copy).ok() == std::path::absolute(target).ok()
    {
        return Err(CliError::usage(format!(
            "`-o` and `--annotate` name the same file, `{}`",
            copy.display()
        ))
        .hint("give each copy a name of its own"));
    }
    if let Some(copy) = &arguments.output {
        check_target("-o", copy, &["csv", "txt", "tsv", WORKBOOK])?;
    }
    if let Some(target) = &arguments.annotate {
        check_target("--annotate", target, &[WORKBOOK])?;
    }
    Ok(())
}

fn check_target(flag: &str, target: &Path, endings: &[&str]) -> Result<(), CliError> {
    let shown = target.display();
    if !endings.iter().any(|ending| ends_in(target, ending)) {
        let endings: Vec<String> = endings.iter().map(|ending| format!("`.{ending}`")).collect();
        return Err(CliError::usage(format!(
            "`{flag} {shown}`: the name says another kind of file than is written"
        ))
        .hint(format!("let it end in {}", endings.join(" or "))));
    }
    if target.exists() {
        return Err(CliError::usage(format!(
            "`{flag} {shown}`: the file is there already, and nothing is replaced unseen"
        ))
        .hint("name a new file, or remove this one"));
    }
    Ok(())
}

fn ends_in(path: &Path, ending: &str) -> bool {
    path.extension()
        .is_some_and(|own| OsStr::eq_ignore_ascii_case(own, ending))
}

/// Writes what was asked for.
pub fn write(
    arguments: &CheckArgs,
    prepared: &Prepared,
    findings: &[Finding],
    fixes: &Fixes<'_>,
    keeper: Keeper<'_>,
) -> Result<(), CliError> {
    if let Some(copy) = &arguments.output {
        write_fixed((copy, keeper), prepared, findings, fixes)?;
    }
    if let Some(target) = &arguments.annotate {
        if prepared.sheet.is_guessed() {
            let why = "its encoding was guessed, and a workbook would make the guess certain";
            return Err(refused(prepared, why, "name the encoding with `--encoding`"));
        }
        whole((target, keeper), |file| {
            let folder = file.get_ref().folder().to_owned();
            annotate(file, &prepared.sheet, findings, Some(&folder))
        })?;
    }
    Ok(())
}

fn write_fixed(
    (copy, keeper): (&Path, Keeper<'_>),
    prepared: &Prepared,
    findings: &[Finding],
    fixes: &Fixes<'_>,
) -> Result<(), CliError> {
    let (columns, rows) = (&prepared.intake.columns, &prepared.intake.rows);
    if let Some(obstacle) = Fixes::obstacle(&prepared.sheet, rows, findings) {
        return Err(refused(prepared, &obstacle, "mend that first; it is named above"));
    }
    whole((copy, keeper), |file| {
        if ends_in(copy, WORKBOOK) {
            return fixes.write(WorkbookWriter::new(file, WorkbookStyle::plain())?, columns, rows);
        }
        let delimiter = Delimiter::ALL
            .into_iter()
            .find(|delimiter| char::from(delimiter.byte()) == prepared.shape.delimiter)
            .unwrap_or_default();
        fixes.write(
            SheetWriter::new(file, WriteStyle::people(delimiter))?,
            columns,
            rows,
        )
    })
}

fn refused(prepared: &Prepared, why: &str, help: &str) -> CliError {
    let message = format!("no copy of `{}` was written: {why}", prepared.name);
    CliError::new(Exit::SheetErrors, message).hint(help)
}

/// A file that is there whole or not at all.
fn whole<'k>(
    (target, keeper): (&Path, Keeper<'k>),
    fill: impl FnOnce(BufWriter<KeptFile<'k>>) -> io::Result<BufWriter<KeptFile<'k>>>,
) -> Result<(), CliError> {
    let failed = |error: io::Error| {
        let message = format!("cannot write `{}`: {error}", target.display());
        CliError::new(Exit::Unexpected, message)
    };
    let mut sink = fill(BufWriter::new(keeper.begin_copy(target)?)).map_err(failed)?;
    sink.flush().map_err(failed)?;
    let file = sink.into_inner().map_err(|error| failed(error.into_error()))?;
    file.commit().map(drop)
}
