//! `FEED.toml` from the disk to a judged feed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::cli::error::CliError;
use crate::domain::SourceTable;
use crate::feed::{Feed, SettingsProblem, judge, read_settings};
use crate::table::{PlainOptions, PlainTable};

/// A feed, and the folder that its paths are from.
pub struct Loaded {
    pub feed: Feed,
    pub folder: PathBuf,
}

impl Loaded {
    /// A path of the settings.
    pub fn path(&self, text: &str) -> PathBuf {
        self.folder.join(text)
    }
}

/// Reads and judges the settings.
///
/// # Errors
/// Everything that is wrong with them, at once.
pub fn load(path: &Path) -> Result<Loaded, CliError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| CliError::usage(format!("cannot read `{}`: {error}", path.display())))?;
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let folder = whole.parent().map(Path::to_owned).unwrap_or_default();
    let written = read_settings(&text).map_err(|problems| refused(path, &problems))?;
    let tables: BTreeMap<String, Result<SourceTable, String>> = written
        .settings
        .tables
        .iter()
        .map(|(name, table)| {
            let columns = vec![table.key.clone(), table.value.clone()];
            (name.clone(), table_of(&folder.join(&table.file), columns))
        })
        .collect();
    let feed = judge(written, &tables).map_err(|problems| refused(path, &problems))?;
    Ok(Loaded { feed, folder })
}

fn table_of(path: &Path, columns: Vec<String>) -> Result<SourceTable, String> {
    let options = PlainOptions {
        columns,
        ..PlainOptions::default()
    };
    match PlainTable::open(path, &options) {
        Ok(plain) => Ok(plain.table),
        Err(error) => Err(error.findings().first().map_or_else(
            || "it cannot be read".to_owned(),
            |finding| finding.message.clone(),
        )),
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
