//! `feed preview`: what comes out of the mapping for each person, and which rule made each value. No network.

use serde_json::{Value as Json, json};

use super::opening::{self, Opened, file_name};
use super::problems::tell_settings;
use super::reading;
use crate::cli::args::FeedPreviewArgs;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::output::Output;
use crate::domain::{SourceRow, column_letters, shorten};
use crate::feed::settings::{Authority, Blank};
use crate::feed::{Mapper, Worked};

/// So many people are shown when nobody is named; `--json` shows all.
const SHOWN: usize = 10;

pub fn run(output: Output, arguments: &FeedPreviewArgs) -> Result<Exit, CliError> {
    let name = file_name(&arguments.settings);
    let wrong = |problems: &[_]| {
        tell_settings(output, &name, problems);
        Ok(Exit::Usage)
    };
    let opened = match opening::open(&arguments.settings)? {
        Ok(opened) => opened,
        Err(problems) => return wrong(&problems),
    };
    let options = match reading::options(&opened) {
        Ok(options) => options,
        Err(problems) => return wrong(&problems),
    };
    let path = reading::path(&opened, arguments.file.as_deref())?
        .ok_or_else(|| CliError::usage("no file was named, and there is none that the settings name"))?;
    let read = reading::table(&path, &options, output)?;
    let mapper = match Mapper::new(&opened.feed, read.table.columns()) {
        Ok(mapper) => mapper,
        Err(problems) => {
            tell_settings(output, &name, &problems);
            return Ok(Exit::SheetErrors);
        }
    };
    let is_wanted = |row: &&SourceRow| {
        let by_row = arguments.row.is_none_or(|number| row.row() == number);
        by_row
            && arguments.key.as_ref().is_none_or(|key| {
                mapper
                    .row(row)
                    .is_some_and(|mapped| mapped.key.as_deref() == Some(key.trim()))
            })
    };
    let mut wanted = read.table.rows().iter().filter(is_wanted).peekable();
    if wanted.peek().is_none() {
        let whom = match (&arguments.key, arguments.row) {
            (Some(key), _) => format!("nobody in `{}` has the key `{}`", file_name(&path), shorten(key)),
            (None, Some(row)) => format!("`{}` has no row {row}", file_name(&path)),
            (None, None) => format!("`{}` has no rows", file_name(&path)),
        };
        return Err(
            CliError::usage(whom).hint("a row has the number that a spreadsheet shows; the header is row 1")
        );
    }
    if output.json {
        let people: Vec<Json> = wanted
            .map(|row| person_json(&opened, &mapper, row, output))
            .collect();
        output.json(&json!({ "file": file_name(&path), "people": people }))?;
        return Ok(Exit::Done);
    }
    for row in wanted.by_ref().take(SHOWN) {
        output.data(&person_text(&opened, &mapper, row, output))?;
    }
    let more = wanted.count();
    if more > 0 {
        output.say(&format!(
            "{more} more rows; `--key K` or `--row N` shows one, `--json` all of them."
        ));
    }
    Ok(Exit::Done)
}

fn person_text(opened: &Opened, mapper: &Mapper<'_>, row: &SourceRow, output: Output) -> String {
    let counts = mapper.row(row);
    let key = counts.as_ref().and_then(|mapped| mapped.key.clone());
    let mut text = match (&counts, key) {
        (None, _) => format!("Row {}: it does not count\n", row.row()),
        (Some(_), Some(key)) => format!("Row {}, key {}\n", row.row(), shorten(&key)),
        (Some(_), None) => format!("Row {}, without a key\n", row.row()),
    };
    for worked in mapper.explain(row) {
        let result = match &worked.result {
            Ok(result) if result.is_empty() => format!("(empty{})", empty_means(opened, &worked)),
            Ok(result) => shorten(&told(&worked, result, output)),
            Err(problem) => format!("! {}", problem.message),
        };
        text.push_str(&format!(
            "  {} = {result}{}\n",
            worked.rule.key,
            only(opened, &worked)
        ));
        for (header, place, cell) in &worked.cells {
            let cell = shorten(&told(&worked, cell, output));
            text.push_str(&format!(
                "      {}{} \"{}\" = \"{cell}\"\n",
                column_letters(*place),
                row.row(),
                shorten(header)
            ));
        }
        let line = worked
            .rule
            .line
            .map_or_else(String::new, |line| format!("{}:{line}: ", opened.name));
        text.push_str(&format!("      {line}{}\n", worked.rule.text().trim()));
        if counts.is_none() {
            break;
        }
    }
    text
}

/// What an empty result does.
fn empty_means(opened: &Opened, worked: &Worked<'_>) -> &'static str {
    let feed = &opened.feed;
    let own = feed.attributes.iter().find(|own| own.rule.key == worked.rule.key);
    let blank = own.map(|own| own.blank).or_else(|| {
        let manager = feed
            .manager
            .as_ref()
            .filter(|own| own.rule.key == worked.rule.key);
        manager.map(|own| own.blank)
    });
    match blank {
        Some(Blank::Keep) => "; the directory keeps what it has",
        Some(Blank::Clear) => "; the directory's value is taken away",
        None => "",
    }
}

/// When the value is written, where that is not always.
fn only(opened: &Opened, worked: &Worked<'_>) -> &'static str {
    let own = opened
        .feed
        .attributes
        .iter()
        .find(|own| own.rule.key == worked.rule.key);
    match own.map(|own| own.authority) {
        Some(Authority::WhenEmpty) => "   (only where the directory holds nothing)",
        Some(Authority::OnCreate) => "   (only for new people)",
        Some(Authority::Always) | None => "",
    }
}

fn told(worked: &Worked<'_>, text: &str, output: Output) -> String {
    match worked.attribute {
        Some(attribute) => output.contacts.text(attribute, text),
        None => text.to_owned(),
    }
}

fn person_json(opened: &Opened, mapper: &Mapper<'_>, row: &SourceRow, output: Output) -> Json {
    let mapped = mapper.row(row);
    let values: Vec<Json> = mapper
        .explain(row)
        .iter()
        .map(|worked| {
            let cells = worked.cells.iter().map(|(header, place, cell)| {
                json!({
                    "cell": format!("{}{}", column_letters(*place), row.row()),
                    "column": header,
                    "text": told(worked, cell, output),
                })
            });
            json!({
                "rule": worked.rule.key,
                "line": worked.rule.line,
                "by": worked.rule.text(),
                "from": cells.collect::<Vec<_>>(),
                "value": worked.result.as_ref().ok().map(|result| told(worked, result, output)),
                "problem": worked.result.as_ref().err().map(|problem| json!({ "message": problem.message, "help": problem.help })),
                "when_empty": empty_means(opened, worked).strip_prefix("; "),
            })
        })
        .collect();
    json!({
        "row": row.row(),
        "counts": mapped.is_some(),
        "key": mapped.and_then(|mapped| mapped.key),
        "values": values,
    })
}
