//! `FEED.toml` and the tables beside it, read and judged.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::cli::error::CliError;
use crate::domain::{SourceTable, shorten};
use crate::feed::gate::TableFigures;
use crate::feed::schedule::shell_word;
use crate::feed::settings::FeedSettings;
use crate::feed::{self, Feed, SettingsProblem, WrittenFeed};
use crate::table::{PlainOptions, PlainTable, SheetError};

/// A feed and the folder its paths are from.
#[derive(Debug)]
pub struct Opened {
    pub feed: Feed,
    pub folder: PathBuf,
    /// The name of `FEED.toml`, for messages.
    pub name: String,
    /// The tables of words, as they were read.
    pub tables: Vec<TableFigures>,
}

impl Opened {
    /// A path of the settings.
    pub fn path(&self, text: &str) -> PathBuf {
        self.folder.join(text)
    }
}

/// The same where wrong settings end the command.
///
/// # Errors
/// Everything that is wrong with them, at once.
pub fn load(path: &Path) -> Result<Opened, CliError> {
    open(path)?.map_err(|problems| mistakes(path, &problems))
}

/// Settings that are wrong; a single mistake stands where everybody looks first.
fn mistakes(path: &Path, problems: &[SettingsProblem]) -> CliError {
    match problems {
        [only] => CliError::usage(format!("`{}`, {only}; nothing was written", path.display()))
            .hint(only.help.clone()),
        many => refused(path, many),
    }
}

/// What is wrong with the settings, each with its line.
pub fn refused(path: &Path, problems: &[SettingsProblem]) -> CliError {
    let count = match problems.len() {
        1 => "1 mistake".to_owned(),
        many => format!("{many} mistakes"),
    };
    problems.iter().fold(
        CliError::usage(format!("`{}` has {count}; nothing was written", path.display())),
        |error, problem| {
            let help = if problem.help.is_empty() {
                String::new()
            } else {
                format!(": {}", problem.help)
            };
            error.hint(format!("{problem}{help}"))
        },
    )
}

/// Reads and judges a feed. What is wrong with the settings is the inner error.
pub fn open(path: &Path) -> Result<Result<Opened, Vec<SettingsProblem>>, CliError> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        CliError::usage(format!("cannot read the settings `{}`: {error}", path.display()))
            .hint("`dirsheet feed init FILE` proposes such a file")
    })?;
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let folder = whole.parent().map(Path::to_owned).unwrap_or_default();
    let name = file_name(path);
    let written = match feed::read_settings(&text) {
        Ok(written) => written,
        Err(problems) => return Ok(Err(problems)),
    };
    let mut figures = Vec::new();
    let mut tables: BTreeMap<String, Result<SourceTable, String>> = BTreeMap::new();
    for (table, own) in &written.settings.tables {
        let read = words(&folder.join(&own.file), &[&own.key, &own.value]);
        if let Ok(read) = &read {
            figures.push(TableFigures {
                name: table.clone(),
                rows: read.table.rows().len() as u64,
                sha256: read.sha256.clone(),
            });
        }
        tables.insert(table.clone(), read.map(|read| read.table));
    }
    Ok(feed::judge(written, &tables).map(|feed| Opened {
        feed,
        folder,
        name,
        tables: figures,
    }))
}

/// The settings as they stand, for what needs neither the tables beside them nor the mapping.
pub fn settings(path: &Path) -> Result<FeedSettings, CliError> {
    let written = written(path)?;
    match written.problems.as_slice() {
        [] => Ok(written.settings),
        problems => Err(mistakes(path, problems)),
    }
}

/// What the file says, as far as it can be read.
fn written(path: &Path) -> Result<WrittenFeed, CliError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| CliError::usage(format!("cannot read `{}`: {error}", path.display())))?;
    feed::read_settings(&text).map_err(|problems| mistakes(path, &problems))
}

/// The name of a feed, whatever else is wrong with its settings.
///
/// # Errors
/// It cannot be read.
pub fn name_of_feed(path: &Path) -> Result<String, CliError> {
    written(path).map(|written| written.settings.name)
}

/// A path for a command that somebody may type in another folder.
pub fn whole_path(path: &Path) -> String {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    shell_word(&whole.display().to_string())
}

/// The last part of a path, for messages.
pub fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(
        || path.display().to_string(),
        |name| shorten(&name.to_string_lossy()),
    )
}

fn words(path: &Path, columns: &[&String]) -> Result<PlainTable, String> {
    let known = PlainOptions {
        columns: columns.iter().map(|column| (*column).clone()).collect(),
        ..PlainOptions::default()
    };
    // Where none of the columns is there, the first row is the header, and the judge says which columns it has.
    let table = PlainTable::open(path, &known)
        .or_else(|_| PlainTable::open(path, &PlainOptions::default()))
        .map_err(|error| why(&error))?;
    match table.findings.iter().find(|finding| finding.is_error()) {
        Some(finding) => Err(finding.message.clone()),
        None => Ok(table),
    }
}

/// Why a file could not be read, in one sentence.
pub fn why(error: &SheetError) -> String {
    let findings = error.findings();
    findings
        .iter()
        .find(|finding| finding.is_error())
        .map_or_else(|| error.to_string(), |finding| finding.message.clone())
}
