//! The rows below the header, one after another.

use super::guard;
use super::lines::count_line_ends;
use super::reader::Sheet;
use crate::domain::{Extent, Finding, Place, RawRow};

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
    records: Records<'a>,
    /// How many of the sheet's broken rows are behind.
    broken_passed: usize,
}

impl<'a> Rows<'a> {
    pub(super) fn new(sheet: &'a Sheet) -> Rows<'a> {
        let mut records = sheet.records();
        // The header.
        let _ = records.advance();
        Rows {
            sheet,
            records,
            broken_passed: 0,
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

    fn row(&self, place: Place) -> Result<RawRow, Box<Finding>> {
        let width = self.sheet.header().len();
        let cells = &self.records.cells;
        let is_filled = |index| cells.get(index).is_some_and(|cell| !cell.trim().is_empty());
        if cells.len() < width || (width..cells.len()).any(is_filled) {
            return Err(Box::new(self.ragged(place, width)));
        }
        Ok(self.raw(place))
    }

    /// The row as it was read, padded or cut to the width of the header.
    fn raw(&self, place: Place) -> RawRow {
        let width = self.sheet.header().len();
        let keep_guard = self.sheet.options().keep_guard;
        let read = self.records.cells.iter().chain(std::iter::repeat(""));
        let cells = read
            .take(width)
            .map(|cell| if keep_guard { cell } else { guard::take_off(cell) }.to_owned())
            .collect();
        RawRow {
            line: place.line,
            row: place.row,
            cells,
        }
    }

    fn ragged(&self, place: Place, width: usize) -> Finding {
        let cells = &self.records.cells;
        let (problem, help) = if cells.len() < width {
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
        let finding = Finding::error(
            "ragged-row",
            Extent::Row,
            format!(
                "the row has {}, the header has {}: {problem}, so it is not clear which cell belongs where",
                counted(cells.len(), "cell"),
                counted(width, "column")
            ),
            help,
        )
        .at(place);
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
        loop {
            let (place, finding) = match self.records.advance()? {
                Ok(place) if self.records.is_blank() => {
                    let _ = self.is_broken(place.row);
                    continue;
                }
                Ok(place) if self.is_broken(place.row) => (place, None),
                Ok(place) => match self.row(place) {
                    Ok(row) => return Some(Ok(row)),
                    Err(finding) => (place, Some(*finding)),
                },
                Err(finding) => {
                    self.records.cells.clear();
                    (finding.place.unwrap_or(Place::row(1, 1)), Some(finding))
                }
            };
            let raw = self.raw(place);
            return Some(Err(Box::new(UnreadableRow { raw, finding })));
        }
    }
}

/// The records as the csv library splits them, with the places it does not tell: it counts no carriage returns as lines
/// and passes over empty lines.
pub(super) struct Records<'a> {
    bytes: &'a [u8],
    reader: csv::Reader<&'a [u8]>,
    /// The record that came last; reused.
    pub cells: csv::StringRecord,
    at: usize,
    line: u64,
    row: u64,
}

impl<'a> Records<'a> {
    /// `first_line` is the number of the line where `bytes` begin.
    pub(super) fn new(bytes: &'a [u8], delimiter: u8, first_line: u64) -> Records<'a> {
        Records {
            bytes,
            reader: csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .delimiter(delimiter)
                .buffer_capacity(READ_BYTES)
                .from_reader(bytes),
            cells: csv::StringRecord::new(),
            at: 0,
            line: first_line,
            row: first_line,
        }
    }

    /// Reads the next record into `cells` and tells where it begins.
    pub(super) fn advance(&mut self) -> Option<Result<Place, Finding>> {
        match self.reader.read_record(&mut self.cells) {
            Ok(true) => Some(Ok(self.step())),
            Ok(false) => None,
            Err(error) => {
                // The bytes are in memory and known to be UTF-8, so this is not expected.
                let place = self.step();
                Some(Err(Finding::error(
                    "row-not-readable",
                    Extent::Row,
                    format!("the row cannot be read: {error}"),
                    "open the file in a text editor and look at this line",
                )
                .at(place)))
            }
        }
    }

    /// Whether the record has nothing but blanks.
    pub(super) fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }

    fn step(&mut self) -> Place {
        while let Some(length) = self.line_end_length() {
            self.at += length;
            self.line += 1;
            self.row += 1;
        }
        let place = Place::row(self.line, self.row);
        let mut end = usize::try_from(self.reader.position().byte()).unwrap_or(usize::MAX);
        // The reader may stop between the two bytes of a line end.
        if end > 0 && self.bytes.get(end - 1) == Some(&b'\r') && self.bytes.get(end) == Some(&b'\n') {
            end += 1;
        }
        let record = self.bytes.get(self.at..end).unwrap_or_default();
        self.line += count_line_ends(record);
        self.row += 1;
        self.at = end;
        place
    }

    /// The length of the line end that stands at the cursor.
    fn line_end_length(&self) -> Option<usize> {
        match self.bytes.get(self.at..)? {
            [b'\r', b'\n', ..] => Some(2),
            [b'\r' | b'\n', ..] => Some(1),
            _ => None,
        }
    }
}

fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// How much the csv reader takes at once, in bytes.
const READ_BYTES: usize = 64 * 1024;
