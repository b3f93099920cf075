//! How the sheet and its base are read: from the flags to options, and flags that do not fit the file, before anything else.

use std::path::Path;

use super::args::SheetArgs;
use super::error::CliError;
use crate::catalogue;
use crate::domain::SnapshotId;
use crate::engine::GivenBase;
use crate::state::{RunHeader, SheetReading};
use crate::table::{Layout, ReadOptions, Sheet, SheetError, is_workbook};

/// How the sheet is read.
pub fn of_sheet(reading: &SheetArgs) -> ReadOptions {
    ReadOptions {
        delimiter: reading.delimiter,
        encoding: reading.encoding,
        worksheet: reading.worksheet.clone(),
        key: reading.key,
        ..ReadOptions::default()
    }
}

/// How a sheet was read, to be read so again.
pub fn as_read(sheet: &Sheet) -> SheetReading {
    let (worksheet, encoding) = match sheet.layout() {
        Layout::Text(dialect) => (None, Some(dialect.encoding.as_str().to_owned())),
        Layout::Workbook(facts) => (Some(facts.worksheet.clone()), None),
    };
    SheetReading {
        worksheet,
        encoding,
        key: sheet.options().key.map(|key| key.name.to_owned()),
    }
}

/// How the sheet of a run is read again. A journal of an older dirsheet does not say it: then it is found out.
pub fn of_run(header: &RunHeader) -> ReadOptions {
    let Some(reading) = &header.reading else {
        return ReadOptions::default();
    };
    let is_text = reading.encoding.is_some();
    let delimiter = header.delimiter.to_string();
    ReadOptions {
        delimiter: is_text.then(|| delimiter.parse().ok()).flatten(),
        encoding: reading.encoding.as_ref().and_then(|name| name.parse().ok()),
        worksheet: reading.worksheet.clone(),
        key: reading.key.as_deref().and_then(catalogue::by_name),
        ..ReadOptions::default()
    }
}

/// The base that was given, and how it is read when it is a file.
pub fn of_base(reading: &SheetArgs) -> Option<GivenBase> {
    let name = reading.base.clone()?;
    let options = ReadOptions {
        delimiter: reading.base_delimiter,
        encoding: reading.base_encoding,
        worksheet: reading.base_worksheet.clone(),
        ..ReadOptions::default()
    };
    Some(GivenBase { name, options })
}

/// What is said of a sheet that names its users by neither id nor userPrincipalName, where `--key` is not taken; `None` when
/// something else is wrong with it.
pub fn nameless(what: &str, error: &SheetError) -> Option<CliError> {
    let is_it = error
        .findings()
        .iter()
        .any(|finding| finding.rule == "no-key-column");
    is_it.then(|| {
        CliError::usage(format!(
            "`{what}`: the header has neither `id` nor `userPrincipalName`, and here users are found by these alone"
        ))
        .hint("put one of them into the sheet; an export with `--columns id,employeeId` says who has which number")
    })
}

/// Refuses flags that say nothing about the file they are given for: whoever typed them expects something that will not happen.
pub fn check_flags(sheet: &Path, reading: &SheetArgs) -> Result<(), CliError> {
    fits(sheet, &of_sheet(reading), "--")?;
    let Some(base) = of_base(reading) else {
        return Ok(());
    };
    if SnapshotId::parse(&base.name).is_none() {
        return fits(Path::new(&base.name), &base.options, "--base-");
    }
    match first_given(&base.options, true).or_else(|| first_given(&base.options, false)) {
        None => Ok(()),
        Some(flag) => Err(CliError::usage(format!(
            "`--base-{flag}` is for a base that is a file, and `{}` is a snapshot",
            base.name
        ))
        .hint("leave it out: a snapshot needs no reading")),
    }
}

/// The first flag that is there, of those for workbooks or of those for text.
fn first_given(options: &ReadOptions, of_workbook: bool) -> Option<&'static str> {
    let flags = [
        (options.encoding.is_some() && !of_workbook, "encoding"),
        (options.delimiter.is_some() && !of_workbook, "delimiter"),
        (options.worksheet.is_some() && of_workbook, "worksheet"),
    ];
    flags
        .into_iter()
        .find(|(is_given, _)| *is_given)
        .map(|(_, flag)| flag)
}

fn fits(path: &Path, options: &ReadOptions, dashes: &str) -> Result<(), CliError> {
    // A file that cannot be read is told when it is opened.
    let Ok(is_workbook) = is_workbook(path) else {
        return Ok(());
    };
    let Some(flag) = first_given(options, !is_workbook) else {
        return Ok(());
    };
    let (meant, is, hint) = if is_workbook {
        (
            "text files",
            "a workbook",
            format!("leave it out; `{dashes}worksheet NAME` says which worksheet is read"),
        )
    } else {
        (
            "workbooks",
            "a text file",
            "leave it out, or name the workbook that the file was saved from".to_owned(),
        )
    };
    Err(CliError::usage(format!(
        "`{dashes}{flag}` is for {meant}, and `{}` is {is}",
        path.display()
    ))
    .hint(hint))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::args::{Cli, Command};
    use super::super::exit::Exit;
    use super::*;

    #[test]
    fn a_flag_that_says_nothing_about_its_file_is_a_mistake() {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| folder.path().join(name).display().to_string();
        std::fs::write(place("users.csv"), "id\n").unwrap();
        std::fs::write(place("users.xlsx"), b"PK\x03\x04").unwrap();
        let (text, workbook) = (place("users.csv"), place("users.xlsx"));
        let snapshot = "snap-20261123-163203-224f";
        let check = |arguments: &[&str]| {
            let line = ["dirsheet", "check"].iter().chain(arguments);
            match Cli::try_parse_from(line).unwrap().command {
                Command::Check(arguments) => check_flags(
                    arguments.sheet.as_deref().unwrap_or(Path::new("")),
                    &arguments.reading,
                ),
                other => unreachable!("{other:?}"),
            }
        };
        for (arguments, told) in [
            (
                &[&workbook[..], "--encoding", "ansi"][..],
                "`--encoding` is for text files",
            ),
            (
                &[&workbook, "--delimiter", ";"],
                "`--delimiter` is for text files",
            ),
            (&[&text, "--worksheet", "Users"], "`--worksheet` is for workbooks"),
            (
                &[&text, "--base", &workbook, "--base-encoding", "ansi"],
                "`--base-encoding` is for text files",
            ),
            (
                &[&text, "--base", &workbook, "--base-delimiter", "tab"],
                "`--base-delimiter` is for text files",
            ),
            (
                &[&workbook, "--base", &text, "--base-worksheet", "x"],
                "`--base-worksheet` is for workbooks",
            ),
            (
                &[&text, "--base", snapshot, "--base-encoding", "ansi"],
                "is a snapshot",
            ),
            (
                &[&text, "--base", snapshot, "--base-worksheet", "x"],
                "is a snapshot",
            ),
        ] {
            let error = check(arguments).unwrap_err();
            assert_eq!(error.exit, Exit::Usage, "{arguments:?}");
            assert!(error.message.contains(told), "{}", error.message);
        }
        for arguments in [
            &[&text[..], "--encoding", "ansi", "--delimiter", ";"][..],
            &[&workbook, "--worksheet", "Users"],
            &[
                &workbook,
                "--base",
                &text,
                "--base-encoding",
                "ansi",
                "--base-delimiter",
                ";",
            ],
            &[&text, "--base", &workbook, "--base-worksheet", "Users"],
            &[&place("none.csv"), "--worksheet", "Users"],
        ] {
            assert_eq!(check(arguments), Ok(()), "{arguments:?}");
        }
        // Without a base they have nothing to say.
        assert!(Cli::try_parse_from(["dirsheet", "check", &text, "--base-encoding", "ansi"]).is_err());
    }
}
