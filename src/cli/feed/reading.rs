//! The file of a feed, read as its settings say.

use std::path::{Path, PathBuf};

use super::incoming::newest;
use super::opening::{Opened, file_name};
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::output::Output;
use crate::cli::prepare::tell_findings;
use crate::domain::Finding;
use crate::feed::SettingsProblem;
use crate::table::{AskedEncoding, Delimiter, PlainOptions, PlainTable};

/// The file that was named, else the newest that the settings name. `None`: there is none.
///
/// # Errors
/// The folder of the settings is not there, or its path is no pattern.
pub fn path(opened: &Opened, named: Option<&Path>) -> Result<Option<PathBuf>, CliError> {
    match named {
        Some(named) => Ok(Some(named.to_owned())),
        None => newest(opened),
    }
}

/// How the settings say that the file is written; what they say wrong is a problem of theirs.
pub fn options(opened: &Opened) -> Result<PlainOptions, Vec<SettingsProblem>> {
    let source = &opened.feed.settings.source;
    let mut problems = Vec::new();
    let mut put = |key: &str, message: String, help: &str| {
        problems.push(SettingsProblem {
            line: opened.feed.line(key),
            key: key.to_owned(),
            message,
            help: help.to_owned(),
        });
    };
    let encoding = source.encoding.as_deref().map(str::parse::<AskedEncoding>);
    let encoding = encoding.and_then(|encoding| {
        encoding
            .map_err(|reason| {
                put(
                    "source.encoding",
                    reason,
                    "write it as `--encoding` takes it, like `windows-1252`",
                )
            })
            .ok()
    });
    let delimiter = source.delimiter.as_deref().map(str::parse::<Delimiter>);
    let delimiter = delimiter.and_then(|delimiter| {
        delimiter
            .map_err(|reason| {
                put(
                    "source.delimiter",
                    reason.to_string(),
                    "write `,`, `;`, `tab` or `|`",
                )
            })
            .ok()
    });
    if problems.is_empty() {
        Ok(PlainOptions {
            columns: opened
                .feed
                .columns_read()
                .into_iter()
                .map(str::to_owned)
                .collect(),
            delimiter,
            encoding,
            worksheet: source.worksheet.clone(),
        })
    } else {
        Err(problems)
    }
}

/// Reads a file; what was found on the way is told. A file that cannot be used ends the command.
pub fn table(path: &Path, options: &PlainOptions, output: Output) -> Result<PlainTable, CliError> {
    let unusable = |findings: Vec<Finding>| {
        tell_findings(output, &file_name(path), 0, &findings);
        CliError::new(Exit::SheetErrors, format!("`{}` cannot be used", file_name(path)))
    };
    let read = PlainTable::open(path, options).map_err(|error| unusable(error.findings().to_vec()))?;
    if read.is_usable() {
        Ok(read)
    } else {
        Err(unusable(read.findings))
    }
}
