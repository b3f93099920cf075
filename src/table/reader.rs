//! A sheet that was read: its layout, its header, its rows and what is wrong with it.

use std::path::Path;

use super::container::{read_file, recognise};
use super::dialect::{Delimiter, Dialect, detect};
use super::digest::bytes_sha256;
use super::error::SheetError;
use super::guard;
use super::header::{Header, nameless_column};
use super::rows::{Records, Rows};
use super::strict::scan;
use super::vocabulary::{Meaning, Vocabulary};
use crate::catalogue;
use crate::domain::{Extent, Finding, shorten};

/// How a sheet is to be read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// The delimiter, when it is not to be found out from the header.
    pub delimiter: Option<Delimiter>,
    /// Leave apostrophes where they are: for files written with [`super::Guard::Off`].
    pub keep_guard: bool,
}

/// A CSV file in memory, known to be usable: the records can be told apart, and a column says who each row is about.
#[derive(Debug)]
pub struct Sheet {
    name: String,
    bytes: Vec<u8>,
    /// Where the header begins in `bytes`, and the number of that line.
    start: usize,
    first_line: u64,
    options: ReadOptions,
    dialect: Dialect,
    header: Header,
    findings: Vec<Finding>,
    broken_rows: Vec<u64>,
    record_count: u64,
}

impl Sheet {
    /// Reads a file. Memory: the file's size, at most [`super::FILE_BYTES_MAX`].
    ///
    /// # Errors
    /// [`SheetError::Io`] when it cannot be opened, [`SheetError::Unusable`] as for [`Sheet::from_bytes`].
    pub fn open(path: &Path, options: ReadOptions) -> Result<Sheet, SheetError> {
        let name = path.file_name().map_or_else(
            || path.display().to_string(),
            |name| name.to_string_lossy().into_owned(),
        );
        // Messages show it, and a file may be called anything.
        let name = shorten(&name);
        let bytes = read_file(path, &name)?;
        Sheet::from_bytes(&name, bytes, options)
    }

    /// Reads bytes; `name` is how messages call them.
    ///
    /// # Errors
    /// [`SheetError::Unusable`] when this is no CSV file in UTF-8, when its records cannot be told apart, or when it has
    /// neither `id` nor `userPrincipalName`.
    pub fn from_bytes(name: &str, bytes: Vec<u8>, options: ReadOptions) -> Result<Sheet, SheetError> {
        Sheet::with_vocabulary(name, bytes, options, &Vocabulary::new(catalogue::all()))
    }

    pub(super) fn with_vocabulary(
        name: &str,
        bytes: Vec<u8>,
        options: ReadOptions,
        vocabulary: &Vocabulary,
    ) -> Result<Sheet, SheetError> {
        let refused = |finding: Box<Finding>| SheetError::unusable(name, vec![*finding]);
        let (encoding, mark) = recognise(&bytes).map_err(refused)?;
        let beginning = detect(&bytes[mark..], options.delimiter, vocabulary).map_err(refused)?;
        let start = mark + beginning.offset;
        let delimiter = beginning.delimiter;
        let scan = scan(&bytes[start..], delimiter.byte(), beginning.line);
        if scan.complaints.is_fatal {
            return Err(SheetError::unusable(name, scan.complaints.findings));
        }
        let mut sheet = Sheet {
            name: name.to_owned(),
            bytes,
            start,
            first_line: beginning.line,
            options,
            dialect: Dialect {
                encoding,
                delimiter,
                line_end: scan.line_end,
            },
            header: Header::default(),
            findings: Vec::new(),
            broken_rows: scan.complaints.broken_rows,
            record_count: scan.records,
        };
        sheet.read_header(vocabulary)?;
        for mut finding in scan.complaints.findings {
            finding.column = finding
                .place
                .and_then(|place| sheet.header.text(place.column?))
                .map(crate::domain::shorten);
            sheet.findings.push(finding);
        }
        Ok(sheet)
    }

    fn read_header(&mut self, vocabulary: &Vocabulary) -> Result<(), SheetError> {
        let mut records = self.records();
        let place = match records.advance() {
            Some(Ok(place)) => place,
            Some(Err(finding)) => return Err(SheetError::unusable(&self.name, vec![finding])),
            // Only a `sep=` line.
            None => {
                let finding = Finding::error(
                    "file-empty",
                    Extent::Sheet,
                    "the file has no header row",
                    "the first row must hold the column names; `dirsheet export -o users.csv` makes a sheet with them",
                );
                return Err(SheetError::unusable(&self.name, vec![finding]));
            }
        };
        let texts = records
            .cells
            .iter()
            .map(|text| {
                if self.options.keep_guard {
                    text
                } else {
                    guard::take_off(text)
                }
                .to_owned()
            })
            .collect();
        let (header, findings) = Header::read(texts, place, vocabulary);
        let is_fatal = findings
            .iter()
            .any(|finding| matches!(finding.rule, "no-key-column" | "too-many-columns"));
        if is_fatal {
            return Err(SheetError::unusable(&self.name, findings));
        }
        self.header = header;
        self.findings = findings;
        self.name_nameless_columns();
        Ok(())
    }

    /// Columns without a name are dropped from the end of the header; where cells below them are filled, that is a finding.
    fn name_nameless_columns(&mut self) {
        let mut open: Vec<usize> = (0..self.header.len())
            .filter(|index| self.header.columns()[*index].meaning == Meaning::Blank)
            .collect();
        if open.is_empty() {
            return;
        }
        let mut keep = 0;
        let mut findings = Vec::new();
        let mut records = self.records();
        let _ = records.advance();
        while let Some(Ok(place)) = records.advance() {
            open.retain(|index| {
                let text = records.cells.get(*index).unwrap_or_default();
                let is_filled = !text.trim().is_empty();
                if is_filled {
                    keep = keep.max(index + 1);
                    findings.push(nameless_column(place.at(*index), text));
                }
                !is_filled
            });
            if open.is_empty() {
                break;
            }
        }
        self.header.drop_blank_end(keep);
        self.findings.extend(findings);
    }

    /// The file's name, as messages show it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How the file is laid out.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Its columns.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// How it was read.
    pub fn options(&self) -> ReadOptions {
        self.options
    }

    /// SHA-256 of the file's bytes, in lower-case hexadecimal digits.
    pub fn sha256(&self) -> String {
        bytes_sha256(&self.bytes)
    }

    /// What is wrong with the header and with the way cells are written. With [`Extent::Sheet`] among them (a duplicate
    /// column) rows may be read and checked, but nothing may be written. Rows of another width come from [`Sheet::rows`].
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The rows below the header. May be called again.
    pub fn rows(&self) -> Rows<'_> {
        Rows::new(self)
    }

    /// How many rows [`Sheet::rows`] gives at most: the records below the header, without empty lines.
    pub fn rows_max(&self) -> u64 {
        self.record_count.saturating_sub(1)
    }

    pub(super) fn records(&self) -> Records<'_> {
        Records::new(
            &self.bytes[self.start..],
            self.dialect.delimiter.byte(),
            self.first_line,
        )
    }

    pub(super) fn broken_rows(&self) -> &[u64] {
        &self.broken_rows
    }
}

#[cfg(test)]
mod tests;
