//! One scan of the raw bytes for everything the csv library forgives or hides, with the place of each.
//!
//! The scan follows the same grammar as the csv library (a quote opens only at the beginning of a cell; after a closing
//! quote that is followed by something else the cell goes on unquoted), so both see the same records.

use super::complaints::{CELL_BYTES_MAX, Complaints};
use super::dialect::LineEnd;
use crate::domain::{Extent, Place};

/// What the scan saw.
#[derive(Debug)]
pub(super) struct Scan {
    pub complaints: Complaints,
    /// Records, the header counted, empty lines not.
    pub records: u64,
    pub line_end: LineEnd,
}

/// Scans the text after a byte order mark and a `sep=` line; `first_line` is the number of its first line.
pub(super) fn scan(bytes: &[u8], delimiter: u8, first_line: u64) -> Scan {
    let mut scanner = Scanner::new(bytes, delimiter, first_line);
    scanner.run();
    scanner.conclude()
}

/// What ended a cell.
enum CellEnd {
    Delimiter,
    Line,
    File,
    Fatal,
}

struct Scanner<'a> {
    bytes: &'a [u8],
    delimiter: u8,
    /// Bytes that need a look, outside quotes and inside them.
    outside: [bool; 256],
    inside: [bool; 256],
    at: usize,
    line: u64,
    row: u64,
    record_line: u64,
    column: usize,
    records: u64,
    /// The row of the first record; 0 before there is one.
    header_row: u64,
    complaints: Complaints,
    /// How many lines end with CRLF, LF and CR outside quotes; and where the last kind stands.
    ends: [u64; 3],
    lone_returns: Vec<Place>,
}

impl<'a> Scanner<'a> {
    fn new(bytes: &'a [u8], delimiter: u8, first_line: u64) -> Scanner<'a> {
        let mut inside = [false; 256];
        for byte in 0..=255u8 {
            // 0xC2 begins the control characters U+0080 to U+009F.
            inside[usize::from(byte)] = (byte < 0x20 && byte != b'\t') || matches!(byte, 0x7F | 0xC2 | b'"');
        }
        let mut outside = inside;
        outside[usize::from(delimiter)] = true;
        Scanner {
            bytes,
            delimiter,
            outside,
            inside,
            at: 0,
            line: first_line,
            row: first_line,
            record_line: first_line,
            column: 0,
            records: 0,
            header_row: 0,
            complaints: Complaints::default(),
            ends: [0; 3],
            lone_returns: Vec::new(),
        }
    }

    fn run(&mut self) {
        while let Some(byte) = self.bytes.get(self.at) {
            self.record_line = self.line;
            if matches!(byte, b'\r' | b'\n') {
                self.end_line();
                self.row += 1;
                continue;
            }
            self.records += 1;
            if self.records == 1 {
                self.header_row = self.row;
            }
            self.column = 0;
            loop {
                match self.cell() {
                    CellEnd::Delimiter => {
                        self.at += 1;
                        self.column += 1;
                    }
                    CellEnd::Line => {
                        self.end_line();
                        break;
                    }
                    CellEnd::File => break,
                    CellEnd::Fatal => return,
                }
            }
            self.row += 1;
        }
    }

    fn cell(&mut self) -> CellEnd {
        let start = self.at;
        let mut control = None;
        let mut was_quoted = false;
        if self.bytes.get(self.at) == Some(&b'"') {
            was_quoted = true;
            let opened = self.line;
            if !self.quoted(&mut control) {
                let place = Place {
                    line: opened,
                    ..self.place()
                };
                self.complaints.quote_not_closed(place, &self.text_from(start));
                return CellEnd::Fatal;
            }
            match self.bytes.get(self.at) {
                Some(b'\r' | b'\n') | None => {}
                Some(byte) if *byte == self.delimiter => {}
                Some(_) => self.complaints.text_after_quote(
                    self.place(),
                    (opened, self.line),
                    self.row_extent(),
                    &self.text_from(start),
                ),
            }
        }
        let end = self.unquoted(&mut control, was_quoted);
        if let Some(character) = control {
            self.complaints.control_character(self.place(), character);
        }
        if self.at - start > CELL_BYTES_MAX {
            let length = self.at - start;
            self.complaints
                .cell_too_long(self.place(), length, &self.text_from(start));
            return CellEnd::Fatal;
        }
        end
    }

    /// From an opening quote to behind the closing one; `false` when there is none.
    fn quoted(&mut self, control: &mut Option<u32>) -> bool {
        self.at += 1;
        while let Some(byte) = self.skip(true) {
            let next = self.bytes.get(self.at + 1);
            match byte {
                b'"' if next == Some(&b'"') => self.at += 2,
                b'"' => {
                    self.at += 1;
                    return true;
                }
                b'\r' if next == Some(&b'\n') => {
                    self.at += 2;
                    self.line += 1;
                }
                b'\r' | b'\n' => {
                    self.at += 1;
                    self.line += 1;
                }
                other => self.note_control(other, control),
            }
        }
        false
    }

    /// To the end of a cell without quotes, or of what follows a closing quote.
    fn unquoted(&mut self, control: &mut Option<u32>, was_quoted: bool) -> CellEnd {
        let start = self.at;
        let mut quote_told = was_quoted;
        while let Some(byte) = self.skip(false) {
            match byte {
                b'\r' | b'\n' => return CellEnd::Line,
                byte if byte == self.delimiter => return CellEnd::Delimiter,
                b'"' => {
                    if !quote_told {
                        quote_told = true;
                        let found = self.text_from(start);
                        self.complaints
                            .quote_inside(self.place(), self.row_extent(), &found);
                    }
                    self.at += 1;
                }
                other => self.note_control(other, control),
            }
        }
        CellEnd::File
    }

    /// Goes on to the next byte that needs a look.
    fn skip(&mut self, in_quotes: bool) -> Option<u8> {
        let table = if in_quotes { &self.inside } else { &self.outside };
        let rest = self.bytes.get(self.at..)?;
        match rest.iter().position(|byte| table[usize::from(*byte)]) {
            Some(steps) => {
                self.at += steps;
                rest.get(steps).copied()
            }
            None => {
                self.at = self.bytes.len();
                None
            }
        }
    }

    /// Steps over a control character, or over the first byte of an ordinary one that looks like it.
    fn note_control(&mut self, byte: u8, control: &mut Option<u32>) {
        self.at += 1;
        let code = if byte == 0xC2 {
            self.bytes
                .get(self.at)
                .filter(|next| (0x80..0xA0).contains(*next))
                .map(|next| u32::from(*next))
        } else {
            Some(u32::from(byte))
        };
        *control = control.or(code);
    }

    fn end_line(&mut self) {
        let next = self.bytes.get(self.at + 1);
        let (kind, length) = match self.bytes.get(self.at) {
            Some(b'\r') if next == Some(&b'\n') => (0, 2),
            Some(b'\n') => (1, 1),
            _ => {
                self.lone_returns.push(Place::row(self.record_line, self.row));
                (2, 1)
            }
        };
        self.ends[kind] += 1;
        self.at += length;
        self.line += 1;
    }

    fn place(&self) -> Place {
        Place::cell(self.record_line, self.row, self.column)
    }

    /// The bytes from here on as text, for a message.
    fn text_from(&self, start: usize) -> String {
        let end = self.bytes.len().min(start + 400);
        String::from_utf8_lossy(&self.bytes[start..end])
            .trim_end_matches('\u{FFFD}')
            .to_owned()
    }

    /// A broken header leaves nothing to trust.
    fn row_extent(&self) -> Extent {
        if self.row == self.header_row {
            Extent::Sheet
        } else {
            Extent::Row
        }
    }

    fn conclude(mut self) -> Scan {
        let [crlf, lf, cr] = self.ends;
        if cr > 0 && crlf + lf > 0 {
            for place in std::mem::take(&mut self.lone_returns) {
                let extent = if place.row == self.header_row {
                    Extent::Sheet
                } else {
                    Extent::Row
                };
                self.complaints.lone_return(place, extent);
            }
        }
        Scan {
            complaints: self.complaints.conclude(),
            records: self.records,
            line_end: match (crlf, lf, cr) {
                (0, 0, 0) => LineEnd::CrLf,
                (0, 0, _) => LineEnd::Cr,
                (crlf, lf, _) if lf > crlf => LineEnd::Lf,
                _ => LineEnd::CrLf,
            },
        }
    }
}

#[cfg(test)]
mod tests;
