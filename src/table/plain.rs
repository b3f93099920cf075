//! A file whose header is not ours, such as an HR system's: which row is its header, and the rows below it as they stand.
//!
//! Everything up to the header is the road of [`super::Sheet`]: taken once, decoded, or read from a worksheet; scanned for
//! what the csv library forgives. What differs: the names to look for come from outside, a report's title stands above the
//! header, a footer below the rows, and a row that cannot be trusted is kept aside instead of holding back a user.

mod footer;
mod head;
mod reading;

use std::path::Path;

use super::container::{Taken, open_file, take};
use super::dialect::{Delimiter, Dialect, Layout};
use super::encoding::{AskedEncoding, Certainty, Encoding};
use super::error::{Refusal, SheetError};
use super::header::CELLS_MAX;
use super::options::ReadOptions;
use super::rows::Records;
use super::source::Source;
use super::strict::scan;
use super::text::{Text, TextKind};
use super::vocabulary::Vocabulary;
use crate::domain::{Extent, Finding, SourceRow, SourceTable, shorten};
use head::Head;
use reading::{Reading, too_many_cells};

/// How a file with a foreign header is to be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlainOptions {
    /// The headers that are known: the row with the most of them is the header. Without any, it is the first full row.
    pub columns: Vec<String>,
    /// The delimiter, when it is not to be found out.
    pub delimiter: Option<Delimiter>,
    /// The encoding, when it is not to be found out from the bytes.
    pub encoding: Option<AskedEncoding>,
    /// The worksheet of a workbook, when it is not to be found out.
    pub worksheet: Option<String>,
}

/// A file with a foreign header, and what is known of it.
#[derive(Debug)]
pub struct PlainTable {
    /// The header, blanks around its texts taken off, and the rows that can be trusted. A column without a name and without
    /// a filled cell at the right end is left out.
    pub table: SourceTable,
    pub layout: Layout,
    /// SHA-256 of the file's bytes, in lower-case hexadecimal digits.
    pub sha256: String,
    /// The row that holds the header, as a spreadsheet counts.
    pub header_row: u64,
    /// Rows whose cells cannot be trusted, in the order of the file: broken quotes, a wrong number of cells, a formula
    /// without its value. They are padded or cut to the width of the header.
    pub unreadable: Vec<UnreadableSource>,
    /// Rows at the end that are about the file and nobody in it (`Total: 123`).
    pub footer: Vec<SourceRow>,
    /// Whether the last line ends as the others do; a file that was cut off mostly does not. Always so of a workbook.
    pub ends_with_line_end: bool,
    /// Everything that was found. With [`PlainTable::is_usable`] false, nothing may be done with the rows.
    pub findings: Vec<Finding>,
}

/// A row that a person must look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadableSource {
    pub row: SourceRow,
    /// Why.
    pub finding: Finding,
}

impl PlainTable {
    /// Reads a file, once, in blocks. Memory: the rows, and beside them little, whatever the file's size (at most
    /// [`super::FILE_BYTES_MAX`]).
    ///
    /// # Errors
    /// As of [`super::Sheet::open`]: it cannot be opened, is no text and no workbook, its records cannot be told apart, or
    /// none of the known columns is in it. Helps name the keys of `FEED.toml`.
    pub fn open(path: &Path, options: &PlainOptions) -> Result<PlainTable, SheetError> {
        let name = path.file_name().map_or_else(
            || path.display().to_string(),
            |name| name.to_string_lossy().into_owned(),
        );
        let name = shorten(&name);
        let taken = take(open_file(path, &name)?, path, &name)?;
        PlainTable::from_taken(&name, taken, options)
    }

    /// Reads bytes; `name` is how messages call them.
    ///
    /// # Errors
    /// As of [`PlainTable::open`].
    pub fn from_bytes(name: &str, bytes: Vec<u8>, options: &PlainOptions) -> Result<PlainTable, SheetError> {
        PlainTable::from_taken(name, Taken::from(bytes), options)
    }

    /// Whether the rows may be used: no finding holds back the whole file.
    pub fn is_usable(&self) -> bool {
        !self
            .findings
            .iter()
            .any(|finding| finding.is_error() && finding.extent == Extent::Sheet)
    }

    /// The encoding's name and how sure it is; of a workbook its format, which is certain.
    pub fn encoding(&self) -> (&'static str, Certainty) {
        match &self.layout {
            Layout::Text(dialect) => (dialect.encoding.as_str(), dialect.certainty),
            Layout::Workbook(facts) => (facts.format, Certainty::Certain),
        }
    }

    fn from_taken(name: &str, taken: Taken, options: &PlainOptions) -> Result<PlainTable, SheetError> {
        let read = ReadOptions {
            encoding: options.encoding,
            worksheet: options.worksheet.clone(),
            ..ReadOptions::default()
        };
        let vocabulary = Vocabulary::of_names(&options.columns);
        Text::of(taken, &read, name, &vocabulary)
            .and_then(|text| begin(text, options).map_err(|refusal| refusal.into_error(name)))
            .map_err(in_words_of_the_feed)
    }
}

/// From the text on.
fn begin(text: Text, options: &PlainOptions) -> Result<PlainTable, Refusal> {
    let (forced, has_garbled_mark) = match text.kind {
        TextKind::File { has_garbled_mark, .. } => (options.delimiter, has_garbled_mark),
        TextKind::Worksheet(_) => (Some(Delimiter::Comma), false),
    };
    let Head {
        delimiter,
        start,
        above,
    } = head::find(&text.source, text.start, forced, &options.columns)?;
    let scan = scan(&text.source, delimiter.byte(), start)?;
    if scan.complaints.is_fatal {
        return Err(Refusal::Found(scan.complaints.findings));
    }
    let mut findings = text.findings;
    findings.extend(head::told_above(&above, start.row));
    let mut reading = Reading {
        records: Records::new(text.source.reader(start.offset), delimiter.byte(), start),
        columns: Vec::new(),
        is_wanted: Vec::new(),
        pads_rows: start.lines_are_rows,
        findings: Vec::new(),
    };
    reading.read_header(&options.columns)?;
    if (reading.columns.len() as u64).saturating_mul(scan.records) > CELLS_MAX {
        return Err(too_many_cells(reading.columns.len(), scan.records).into());
    }
    // What is broken, by row: of several reasons the first is told with the row, all of them among the findings.
    let mut broken: Vec<Finding> = Vec::new();
    for mut finding in scan.complaints.findings {
        finding.column = finding.place.and_then(|place| reading.header(place)).map(shorten);
        if finding.is_error() && finding.extent == Extent::Row {
            broken.push(finding.clone());
        }
        findings.push(finding);
    }
    for cell in text.held {
        let Some(header) = reading.header(cell.place).filter(|_| cell.place.row > start.row) else {
            continue;
        };
        let finding = cell.finding(header, "");
        let is_wanted = cell
            .place
            .column
            .is_some_and(|at| reading.is_wanted.get(at) == Some(&true));
        if is_wanted && !cell.only_if_edited() {
            broken.push(finding.clone());
        }
        findings.push(finding);
    }
    broken.sort_by_key(|finding| finding.place);
    let (rows, unreadable) = reading.read_rows(&broken, &scan.complaints.broken_rows)?;
    let ends_with_line_end = start.lines_are_rows || ends_line(&text.source)?;
    let (layout, guess) = match text.kind {
        TextKind::File {
            encoding, certainty, ..
        } => {
            let guessed = matches!(encoding, Encoding::Page(_))
                && matches!(certainty, Certainty::Likely | Certainty::Guess);
            let line_end = scan.line_end;
            let dialect = Dialect {
                encoding,
                certainty,
                delimiter,
                line_end,
            };
            (Layout::Text(dialect), guessed.then_some((encoding, certainty)))
        }
        TextKind::Worksheet(facts) => (Layout::Workbook(facts), None),
    };
    match guess {
        Some((encoding, certainty)) => {
            findings.push(scan.letters.guessed(encoding, certainty));
            findings.extend(scan.letters.mixed(encoding));
        }
        None => findings.extend(scan.letters.mojibake(has_garbled_mark, false)),
    }
    let (footer, told, unreadable, rows) = footer::split(rows, unreadable);
    findings.append(&mut reading.findings);
    // A footer is short, and nothing is wrong with that.
    findings.extend(
        unreadable
            .iter()
            .filter(|row| row.finding.rule == RAGGED)
            .map(|row| row.finding.clone()),
    );
    findings.extend(told);
    for finding in &mut findings {
        mend_help(finding);
    }
    Ok(PlainTable {
        table: SourceTable::new(reading.columns, rows),
        layout,
        sha256: text.sha256,
        header_row: start.row,
        unreadable,
        footer,
        ends_with_line_end,
        findings,
    })
}

const RAGGED: &str = "ragged-row";

fn ends_line(source: &Source) -> std::io::Result<bool> {
    let last = source.bytes(source.len().saturating_sub(1), 1)?;
    Ok(matches!(last.first(), Some(b'\n' | b'\r')))
}

/// Helps name flags of commands that read a sheet; a feed has keys of its own for the same.
fn mend_help(finding: &mut Finding) {
    const WORDS: [(&str, &str); 4] = [
        ("`--worksheet NAME`", "`source.worksheet` in FEED.toml"),
        ("`--worksheet`", "`source.worksheet` in FEED.toml"),
        ("`--encoding`", "`source.encoding` in FEED.toml"),
        (
            "the first row must hold the column names; `dirsheet export -o users.csv` makes a sheet with them",
            "the first row must hold the column names: let the HR system write the file again",
        ),
    ];
    for (flag, key) in WORDS {
        if finding.help.contains(flag) {
            finding.help = finding.help.replace(flag, key);
        }
    }
    // With the encoding behind the flag.
    if let Some((before, rest)) = finding.help.split_once("`--encoding ")
        && let Some((encoding, after)) = rest.split_once('`')
    {
        finding.help = format!("{before}`source.encoding = \"{encoding}\"` in FEED.toml{after}");
    }
}

fn in_words_of_the_feed(mut error: SheetError) -> SheetError {
    match &mut error {
        SheetError::Io { finding, .. } => mend_help(finding),
        SheetError::Unusable { findings, .. } => findings.iter_mut().for_each(mend_help),
    }
    error
}

#[cfg(test)]
mod tests;
