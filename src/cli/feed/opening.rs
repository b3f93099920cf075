//! The file of a night as a table, or why it is none.

use std::path::Path;

use super::loading::Loaded;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::domain::Finding;
use crate::table::{AskedEncoding, Delimiter, PlainOptions, PlainTable};

/// Opens it as the settings say.
pub fn open(loaded: &Loaded, path: &Path) -> Result<PlainTable, CliError> {
    let source = &loaded.feed.settings.source;
    let bad = |key: &str, reason: String| CliError::usage(format!("source.{key}: {reason}"));
    let delimiter = source.delimiter.as_ref().map(|text| text.parse::<Delimiter>());
    let encoding = source.encoding.as_ref().map(|text| text.parse::<AskedEncoding>());
    let options = PlainOptions {
        columns: loaded
            .feed
            .columns_read()
            .into_iter()
            .map(str::to_owned)
            .collect(),
        delimiter: delimiter
            .transpose()
            .map_err(|error| bad("delimiter", error.to_string()))?,
        encoding: encoding
            .transpose()
            .map_err(|error| bad("encoding", error.to_string()))?,
        worksheet: source.worksheet.clone(),
    };
    let unusable = |findings: &[Finding]| {
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
    };
    let plain = PlainTable::open(path, &options).map_err(|error| unusable(error.findings()))?;
    if plain.is_usable() {
        Ok(plain)
    } else {
        Err(unusable(&plain.findings))
    }
}
