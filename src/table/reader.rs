//! A sheet that was read: its layout, its header, its rows and what is wrong with it.

use std::path::Path;

use super::beginning::{Above, Beginning, detect, rows_above};
use super::below::look_below;
use super::container::{Taken, open_file, take};
use super::dialect::{Delimiter, Dialect, Layout, Start};
use super::encoding::{Certainty, Encoding};
use super::error::{Refusal, SheetError};
use super::foreign::{Origin, holds_passwords, is_default_list, may_be_cli, recognise as recognise_origin};
use super::forms::without_garbled_mark;
use super::header::{Header, check_size};
use super::held::HeldCell;
use super::letters::Letters;
pub use super::options::ReadOptions;
use super::rows::{Records, Rows};
use super::source::Source;
use super::strict::scan;
use super::text::{Text, TextKind};
use super::treatment::Treatment;
use super::typed_cell::TypedCell;
use super::vocabulary::{Meaning, Vocabulary};
use crate::domain::{Extent, Finding, shorten};

/// A sheet whose text was taken, known to be usable: the records can be told apart, and a column says who each row is
/// about. Its rows are read again and again from the text that was taken; the file itself is not looked at any more.
#[derive(Debug)]
pub struct Sheet {
    name: String,
    source: Source,
    /// Where the header begins.
    start: Start,
    delimiter: Delimiter,
    options: ReadOptions,
    layout: Layout,
    sha256: String,
    origin: Option<Origin>,
    header: Header,
    /// How the cells of each column are read.
    treatments: Vec<Treatment>,
    /// Rows that are no users.
    passed_over: Vec<u64>,
    findings: Vec<Finding>,
    broken_rows: Vec<u64>,
    held: Vec<HeldCell>,
    typed: Vec<TypedCell>,
    record_count: u64,
    /// The filled rows above the header.
    above: Vec<Above>,
}

impl Sheet {
    /// Reads a file, once, in blocks. Memory: bounded, whatever the file's size (at most [`super::FILE_BYTES_MAX`]); a
    /// large text is kept in a nameless temporary file.
    ///
    /// # Errors
    /// [`SheetError::Io`] when it cannot be opened or its text not be kept, [`SheetError::Unusable`] as for
    /// [`Sheet::from_bytes`].
    pub fn open(path: &Path, options: ReadOptions) -> Result<Sheet, SheetError> {
        let name = path.file_name().map_or_else(
            || path.display().to_string(),
            |name| name.to_string_lossy().into_owned(),
        );
        // Messages show it, and a file may be called anything.
        let name = shorten(&name);
        let taken = take(open_file(path, &name)?, path, &name)?;
        let vocabulary = Vocabulary::for_sheet(&options);
        Sheet::from_taken(&name, taken, options, &vocabulary)
    }

    /// Reads bytes; `name` is how messages call them.
    ///
    /// # Errors
    /// [`SheetError::Unusable`] when this is no text or none that can be decoded, when its records cannot be told apart, or when it has
    /// neither `id` nor `userPrincipalName`.
    pub fn from_bytes(name: &str, bytes: Vec<u8>, options: ReadOptions) -> Result<Sheet, SheetError> {
        let vocabulary = Vocabulary::for_sheet(&options);
        Sheet::with_vocabulary(name, bytes, options, &vocabulary)
    }

    pub(super) fn with_vocabulary(
        name: &str,
        bytes: Vec<u8>,
        options: ReadOptions,
        vocabulary: &Vocabulary,
    ) -> Result<Sheet, SheetError> {
        Sheet::from_taken(name, Taken::from(bytes), options, vocabulary)
    }

    fn from_taken(
        name: &str,
        taken: Taken,
        options: ReadOptions,
        vocabulary: &Vocabulary,
    ) -> Result<Sheet, SheetError> {
        let text = Text::of(taken, &options, name, vocabulary)?;
        Sheet::from_text(name, text, options, vocabulary)
    }

    /// Reads the header and scans the records of a text, wherever it came from.
    pub(super) fn from_text(
        name: &str,
        text: Text,
        options: ReadOptions,
        vocabulary: &Vocabulary,
    ) -> Result<Sheet, SheetError> {
        Sheet::begin(name, text, options, vocabulary).map_err(|refusal| refusal.into_error(name))
    }

    fn begin(
        name: &str,
        text: Text,
        options: ReadOptions,
        vocabulary: &Vocabulary,
    ) -> Result<Sheet, Refusal> {
        let forced = match text.kind {
            TextKind::File { .. } => options.delimiter,
            TextKind::Worksheet(_) => Some(Delimiter::Comma),
        };
        let Beginning {
            delimiter,
            start,
            above,
        } = detect(&text.source, text.start, forced, vocabulary)?;
        let scan = scan(&text.source, delimiter.byte(), start)?;
        if scan.complaints.is_fatal {
            return Err(Refusal::Found(scan.complaints.findings));
        }
        let mut has_garbled_mark = matches!(
            text.kind,
            TextKind::File {
                has_garbled_mark: true,
                ..
            }
        );
        let mut sheet = Sheet {
            name: name.to_owned(),
            source: text.source,
            start,
            delimiter,
            options,
            layout: match text.kind {
                TextKind::File {
                    encoding, certainty, ..
                } => Layout::Text(Dialect {
                    encoding,
                    certainty,
                    delimiter,
                    line_end: scan.line_end,
                }),
                TextKind::Worksheet(facts) => Layout::Workbook(facts),
            },
            sha256: text.sha256,
            origin: None,
            header: Header::default(),
            treatments: Vec::new(),
            passed_over: Vec::new(),
            findings: text.findings,
            broken_rows: scan.complaints.broken_rows,
            held: text.held,
            typed: text.typed,
            record_count: scan.records,
            above,
        };
        sheet.findings.extend(rows_above(&sheet.above, start.row));
        has_garbled_mark |= sheet.read_header(vocabulary)?;
        check_size(&sheet.header, scan.records)?;
        sheet.keep_held();
        sheet.judge_letters(&scan.letters, has_garbled_mark);
        for mut finding in scan.complaints.findings {
            finding.column = finding
                .place
                .and_then(|place| sheet.header.text(place.column?))
                .map(shorten);
            sheet.findings.push(finding);
        }
        Ok(sheet)
    }

    /// Keeps what was noted of cells of users, and names the columns of findings that lack it.
    fn keep_held(&mut self) {
        let (header, header_row) = (&self.header, self.start.row);
        self.held.retain(|cell| cell.is_of_user(header, header_row));
        self.typed.retain(|cell| u64::from(cell.row) > header_row);
        for finding in &mut self.findings {
            let column = finding.place.and_then(|place| header.text(place.column?));
            finding.column = finding.column.take().or_else(|| column.map(shorten));
        }
    }

    /// What was only guessed: the encoding, and how sure the guess is.
    fn guess(&self) -> Option<(Encoding, Certainty)> {
        match self.layout {
            Layout::Text(Dialect {
                encoding: encoding @ Encoding::Page(_),
                certainty: certainty @ (Certainty::Likely | Certainty::Guess),
                ..
            }) => Some((encoding, certainty)),
            _ => None,
        }
    }

    /// What the letters beyond ASCII say about the encoding.
    fn judge_letters(&mut self, letters: &Letters, has_garbled_mark: bool) {
        let has_base = self.header.snapshot_column().is_some();
        match self.guess() {
            Some((encoding, certainty)) => {
                self.findings.push(letters.guessed(encoding, certainty));
                self.findings.extend(letters.mixed(encoding));
            }
            None => self.findings.extend(letters.mojibake(has_garbled_mark, has_base)),
        }
    }

    /// Reads the header and what the rows below tell about it. Tells whether a byte order mark that was taken for letters
    /// stands in it.
    fn read_header(&mut self, vocabulary: &Vocabulary) -> Result<bool, Refusal> {
        let mut records = self.records();
        let place = match records.advance() {
            Some(Ok(place)) => place,
            Some(Err(finding)) => return Err(finding.into()),
            // Only a `sep=` line.
            None => {
                return Err(Finding::error(
                    "file-empty",
                    Extent::Sheet,
                    "the file has no header row",
                    "the first row must hold the column names; `dirsheet export -o users.csv` makes a sheet with them",
                )
                .into());
            }
        };
        let usual = if self.options.keep_guard {
            Treatment::Kept
        } else {
            Treatment::Plain
        };
        let mut texts: Vec<String> = records
            .cells
            .iter()
            .map(|text| usual.apply(text).into_owned())
            .collect();
        let unmarked = texts
            .first()
            .and_then(|text| without_garbled_mark(text))
            .map(str::to_owned);
        let has_garbled_mark = unmarked.is_some();
        if let (Some(first), Some(unmarked)) = (texts.first_mut(), unmarked) {
            *first = unmarked;
        }
        self.origin = recognise_origin(&texts, &self.above);
        if let Some(finding) = self.origin.and_then(|origin| origin.refusal(place)) {
            return Err(finding.into());
        }
        let (header, findings) =
            Header::read(texts.clone(), place, vocabulary, self.origin, self.options.key);
        let is_fatal = findings
            .iter()
            .any(|finding| matches!(finding.rule, "no-key-column" | "own-paper" | "too-many-columns"));
        if is_fatal {
            return Err(Refusal::Found(findings));
        }
        self.header = header;
        self.findings.extend(findings);
        self.read_columns(records, texts, usual);
        Ok(has_garbled_mark)
    }

    /// Looks at the rows below the header as far as they say what the columns are, and decides how cells are read.
    fn read_columns(&mut self, records: Records, mut texts: Vec<String>, usual: Treatment) {
        let columns = self.header.columns();
        let inverted: Vec<(usize, String)> = (0..columns.len())
            .filter(|index| columns[*index].inverted)
            .map(|index| (index, std::mem::take(&mut texts[index])))
            .collect();
        let has_origin = self.origin.is_some() || self.header.snapshot_column().is_some();
        let telling = if has_origin { None } else { may_be_cli(&texts) };
        let below = look_below(records, &self.header, &inverted, telling);
        self.header.drop_blank_end(below.keep);
        if !has_origin && (below.is_cli || is_default_list(&texts)) {
            self.origin = Some(Origin::CliForMicrosoft365);
        }
        self.record_count -= below.passed_over.len() as u64;
        self.passed_over = below.passed_over;
        self.findings.extend(below.findings);
        let is_cli = self.origin == Some(Origin::CliForMicrosoft365);
        self.treatments = self
            .header
            .columns()
            .iter()
            .map(|column| match column.meaning {
                _ if column.inverted => Treatment::Inverted,
                meaning if holds_passwords(&column.text, meaning) => Treatment::Blank,
                Meaning::Attribute(attribute) if is_cli => Treatment::Cli(attribute),
                _ => usual,
            })
            .collect();
    }

    /// The file's name, as messages show it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the sheet was: a text in some dialect, or a worksheet.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Whether its encoding was guessed from its letters; a finding says so.
    pub fn is_guessed(&self) -> bool {
        self.guess().is_some()
    }

    /// Which of Microsoft's own files it is, if it is one.
    pub fn origin(&self) -> Option<Origin> {
        self.origin
    }

    /// Its columns.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The row that holds the header, as a spreadsheet counts.
    pub fn header_row(&self) -> u64 {
        self.start.row
    }

    pub(super) fn above(&self) -> &[Above] {
        &self.above
    }

    /// How it was read.
    pub fn options(&self) -> &ReadOptions {
        &self.options
    }

    /// SHA-256 of the file's bytes, in lower-case hexadecimal digits.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// What is wrong with the header and with the way cells are written. With [`Extent::Sheet`] among them (a duplicate
    /// column) rows may be read and checked, but nothing may be written. Rows of another width come from [`Sheet::rows`].
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The cells of users whose text is not what it seems, in the order of the rows: nothing may be written for them.
    pub fn held_cells(&self) -> &[HeldCell] {
        &self.held
    }

    /// The cells of users that hold no text, in the order of the rows.
    pub fn typed_cells(&self) -> &[TypedCell] {
        &self.typed
    }

    /// The rows below the header. May be called again.
    pub fn rows(&self) -> Rows<'_> {
        Rows::new(self)
    }

    /// How many rows [`Sheet::rows`] gives at most: the records below the header, without empty lines.
    pub fn rows_max(&self) -> u64 {
        self.record_count.saturating_sub(1)
    }

    pub(super) fn records(&self) -> Records {
        let text = self.source.reader(self.start.offset);
        Records::new(text, self.delimiter.byte(), self.start)
    }

    /// Whether a row that ends early is padded: a worksheet has no cells where nothing was typed.
    pub(super) fn pads_rows(&self) -> bool {
        self.start.lines_are_rows
    }

    pub(super) fn treatments(&self) -> &[Treatment] {
        &self.treatments
    }

    pub(super) fn is_passed_over(&self, row: u64) -> bool {
        self.passed_over.contains(&row)
    }

    pub(super) fn broken_rows(&self) -> &[u64] {
        &self.broken_rows
    }
}

#[cfg(test)]
mod tests;
