//! The rows below the header, one after another.

use std::io::{self, Read};

use thin_vec::ThinVec;

use super::dialect::Start;
use super::error::reading_failed;
use super::lines::count_line_ends;
use super::reader::Sheet;
use super::source::SourceReader;
use super::treatment::Treatment;
use crate::domain::{CellTexts, CellTextsBuilder, Extent, Finding, Place, RawRow, would_lose_apostrophe};

/// A row whose cells cannot be trusted. It is still a row of the sheet, and belongs into every report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadableRow {
    /// The cells as far as they were read, padded or cut to the width of the header.
    pub raw: RawRow,
    /// Why; `None` when [`Sheet::findings`] says it.
    pub finding: Option<Finding>,
}

/// The rows of a sheet: each a [`RawRow`], or one that cannot be read (broken quotes, a wrong number of cells).
///
/// Empty rows are passed over.
pub struct Rows<'a> {
    sheet: &'a Sheet,
    records: Records,
    /// How many of the sheet's broken rows are behind.
    broken_passed: usize,
    /// Whether cells are handed on as they are, but for an apostrophe.
    is_plain: bool,
    /// The bytes and rows for which the next chunk makes room.
    room: (usize, usize),
}

impl<'a> Rows<'a> {
    pub(super) fn new(sheet: &'a Sheet) -> Rows<'a> {
        let mut records = sheet.records();
        // The header.
        let _ = records.advance();
        let is_plain = |treatment: &Treatment| matches!(treatment, Treatment::Plain | Treatment::Kept);
        Rows {
            sheet,
            records,
            broken_passed: 0,
            is_plain: sheet.treatments().iter().all(is_plain),
            room: (0, 0),
        }
    }

    /// Whether the scan found that this row's cells cannot be trusted.
    fn is_broken(&mut self, row: u64) -> bool {
        let broken = self.sheet.broken_rows();
        while broken.get(self.broken_passed).is_some_and(|passed| *passed < row) {
            self.broken_passed += 1;
        }
        broken.get(self.broken_passed) == Some(&row)
    }

    /// Whether the record has another width than the header.
    fn is_ragged(&self) -> bool {
        let width = self.sheet.header().len();
        let cells = &self.records.cells;
        let is_filled = |index| cells.get(index).is_some_and(|cell| !cell.trim().is_empty());
        let is_short = cells.len() < width && !self.sheet.pads_rows();
        is_short || (width..cells.len()).any(is_filled)
    }

    /// Adds the record's cells as they are delivered, padded or cut to the width of the header. Tells from which an apostrophe
    /// was taken.
    fn deliver(&self, texts: &mut CellTextsBuilder) -> ThinVec<usize> {
        let mut bared = ThinVec::new();
        let (cells, width) = (&self.records.cells, self.sheet.treatments().len());
        // Nearly every row: nothing is taken off any cell.
        if self.is_plain && cells.len() == width && !cells.as_slice().as_bytes().contains(&b'\'') {
            let ends = (0..width).filter_map(|index| cells.range(index));
            texts.push_all(cells.as_slice(), ends.map(|range| range.end));
            texts.end_row();
            return bared;
        }
        for (index, treatment) in self.sheet.treatments().iter().enumerate() {
            let cell = self.records.cells.get(index).unwrap_or_default();
            if *treatment == Treatment::Plain && would_lose_apostrophe(cell) {
                bared.push(index);
            }
            texts.push(&treatment.apply(cell));
        }
        texts.end_row();
        bared
    }

    /// Reads the next row that is not empty; its cells go to `texts`.
    fn advance(&mut self, texts: &mut CellTextsBuilder) -> Option<ReadRow> {
        loop {
            let (place, state) = match self.records.advance()? {
                Ok(place) if self.records.is_blank() || self.sheet.is_passed_over(place.row) => {
                    let _ = self.is_broken(place.row);
                    continue;
                }
                Ok(place) if self.is_broken(place.row) => (place, Err(None)),
                Ok(place) if self.is_ragged() => {
                    (place, Err(Some(self.ragged(place, self.sheet.header().len()))))
                }
                Ok(place) => (place, Ok(())),
                Err(finding) => {
                    self.records.cells.clear();
                    (finding.place.unwrap_or(Place::row(1, 1)), Err(Some(finding)))
                }
            };
            let bared = self.deliver(texts);
            return Some(ReadRow { place, bared, state });
        }
    }

    /// The next rows, at most so many. They share the memory of their cells.
    pub fn chunk(&mut self, rows_max: usize) -> Vec<Result<RawRow, Box<UnreadableRow>>> {
        let (bytes, count) = self.room;
        let mut texts = CellTextsBuilder::with_capacity(bytes, count * self.sheet.treatments().len(), count);
        let mut rows = Vec::with_capacity(count);
        while rows.len() < rows_max && texts.bytes() < CellTextsBuilder::BYTES_MAX {
            match self.advance(&mut texts) {
                Some(row) => rows.push(row),
                None => break,
            }
        }
        // The next ones are mostly as long; what is a little too much is not worth a copy.
        self.room = (texts.bytes() + texts.bytes() / 32, rows.len());
        let with_cells = rows.into_iter().zip(texts.finish());
        with_cells.map(|(row, cells)| row.with(cells)).collect()
    }

    fn ragged(&self, place: Place, width: usize) -> Finding {
        let cells = &self.records.cells;
        let finding = ragged_row(place, cells.len(), width);
        let user = ["userPrincipalName", "id"]
            .into_iter()
            .filter_map(|key| cells.get(self.sheet.header().index_of(key)?))
            .find(|text| !text.trim().is_empty());
        match user {
            Some(user) => finding.user(crate::domain::shorten(user)),
            None => finding,
        }
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<RawRow, Box<UnreadableRow>>;

    fn next(&mut self) -> Option<Result<RawRow, Box<UnreadableRow>>> {
        self.chunk(1).pop()
    }
}

/// A row without its cells.
struct ReadRow {
    place: Place,
    bared: ThinVec<usize>,
    /// Whether it can be read, and if not, why, unless the sheet says it.
    state: Result<(), Option<Finding>>,
}

impl ReadRow {
    fn with(self, cells: CellTexts) -> Result<RawRow, Box<UnreadableRow>> {
        let raw = RawRow {
            line: self.place.line,
            row: self.place.row,
            cells,
            bared: self.bared,
        };
        match self.state {
            Ok(()) => Ok(raw),
            Err(finding) => Err(Box::new(UnreadableRow { raw, finding })),
        }
    }
}

/// The records as the csv library splits them, with the places it does not tell: it counts no carriage returns as lines
/// and passes over empty lines.
pub(super) struct Records {
    reader: csv::Reader<Kept>,
    /// The record that came last; reused.
    pub cells: csv::StringRecord,
    lines_are_rows: bool,
    line: u64,
    row: u64,
    /// Where the record that came last begins.
    offset: u64,
    /// The last record ended with a carriage return, and a line feed right after it belongs to it.
    after_return: bool,
    has_failed: bool,
}

impl Records {
    pub(super) fn new(text: SourceReader, delimiter: u8, start: Start) -> Records {
        Records {
            reader: csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .delimiter(delimiter)
                .buffer_capacity(READ_BYTES)
                .from_reader(Kept::new(text)),
            cells: csv::StringRecord::new(),
            lines_are_rows: start.lines_are_rows,
            line: start.line,
            row: start.row,
            offset: 0,
            after_return: false,
            has_failed: false,
        }
    }

    /// Reads the next record into `cells` and tells where it begins. After a failure of the disk there is no next one.
    pub(super) fn advance(&mut self) -> Option<Result<Place, Finding>> {
        if self.has_failed {
            return None;
        }
        let error = match self.reader.read_record(&mut self.cells) {
            Ok(true) => return Some(Ok(self.step())),
            Ok(false) => return None,
            Err(error) => error,
        };
        if let csv::ErrorKind::Io(error) = error.kind() {
            self.has_failed = true;
            return Some(Err(reading_failed(error).at(self.place())));
        }
        // The text is known to be UTF-8, so this is not expected.
        let place = self.step();
        Some(Err(Finding::error(
            "row-not-readable",
            Extent::Row,
            format!("the row cannot be read: {error}"),
            "open the file in a text editor and look at this line",
        )
        .at(place)))
    }

    /// Whether the record has nothing but blanks.
    pub(super) fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }

    /// Where the record that came last begins, in bytes from the first record.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    fn place(&self) -> Place {
        let line = if self.lines_are_rows { self.row } else { self.line };
        Place::row(line, self.row)
    }

    fn step(&mut self) -> Place {
        let end = self.reader.position().byte();
        let kept = self.reader.get_mut();
        if std::mem::take(&mut self.after_return) && kept.ahead().first() == Some(&b'\n') {
            kept.passed += 1;
        }
        while let Some(length) = line_end_length(kept.ahead()) {
            kept.passed += length;
            self.line += 1;
            self.row += 1;
        }
        self.offset = kept.passed;
        let line = if self.lines_are_rows { self.row } else { self.line };
        let place = Place::row(line, self.row);
        let length = usize::try_from(end.saturating_sub(kept.passed)).unwrap_or(usize::MAX);
        let record = kept.ahead().get(..length).unwrap_or_default();
        self.line += record_lines(record);
        self.row += 1;
        // The csv reader may stop between the two bytes of a line end.
        self.after_return = record.last() == Some(&b'\r');
        kept.passed = kept.passed.max(end);
        place
    }
}

/// How many lines a record has, counted by their ends. Nearly every record has one end, the last bytes.
fn record_lines(record: &[u8]) -> u64 {
    let body = record.strip_suffix(b"\n").unwrap_or(record);
    let body = body.strip_suffix(b"\r").unwrap_or(body);
    let ends_line = u64::from(body.len() < record.len());
    let has_others = body
        .iter()
        .fold(false, |has, byte| has | matches!(byte, b'\n' | b'\r'));
    if has_others {
        count_line_ends(record)
    } else {
        ends_line
    }
}

/// The length of the line end that stands at the beginning.
fn line_end_length(text: &[u8]) -> Option<u64> {
    match text {
        [b'\r', b'\n', ..] => Some(2),
        [b'\r' | b'\n', ..] => Some(1),
        _ => None,
    }
}

/// What the csv reader takes, kept until it was looked at: it reads ahead, and does not tell what lies between records.
struct Kept {
    text: SourceReader,
    bytes: Vec<u8>,
    /// Where `bytes` begin, and how far was looked; offsets from the first record.
    from: u64,
    passed: u64,
}

impl Kept {
    fn new(text: SourceReader) -> Kept {
        Kept {
            text,
            bytes: Vec::new(),
            from: 0,
            passed: 0,
        }
    }

    /// What was taken and not looked at.
    fn ahead(&self) -> &[u8] {
        let start = usize::try_from(self.passed - self.from).unwrap_or(usize::MAX);
        self.bytes.get(start..).unwrap_or_default()
    }
}

impl Read for Kept {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.text.read(buffer)?;
        let gone = self.bytes.len() - self.ahead().len();
        self.bytes.drain(..gone);
        self.from = self.passed;
        self.bytes.extend_from_slice(&buffer[..count]);
        Ok(count)
    }
}

/// A row of another width than the header.
pub(super) fn ragged_row(place: Place, cells: usize, width: usize) -> Finding {
    let (problem, help) = if cells < width {
        (
            "too few",
            "add the missing cells, empty if they are empty; a line break inside a cell needs quotes around the cell",
        )
    } else {
        (
            "too many",
            "put quotes around a cell that holds the delimiter, or take the extra cells away",
        )
    };
    Finding::error(
        "ragged-row",
        Extent::Row,
        format!(
            "the row has {}, the header has {}: {problem}, so it is not clear which cell belongs where",
            counted(cells, "cell"),
            counted(width, "column")
        ),
        help,
    )
    .at(place)
}

fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// How much the csv reader takes at once, in bytes.
const READ_BYTES: usize = 64 * 1024;
