//! One scan of the raw bytes for everything the csv library forgives or hides, with the place of each.
//!
//! The scan follows the same grammar as the csv library (a quote opens only at the beginning of a cell; after a closing
//! quote that is followed by something else the cell goes on unquoted), so both see the same records.

use std::io;

use super::complaints::{CELL_BYTES_MAX, Complaints};
use super::dialect::{LineEnd, Start};
use super::letters::Letters;
use super::source::Source;
use super::window::Window;
use crate::domain::{Extent, Place};

/// What the scan saw.
#[derive(Debug)]
pub(super) struct Scan {
    pub complaints: Complaints,
    pub letters: Letters,
    /// Records, the header counted, empty lines not.
    pub records: u64,
    pub line_end: LineEnd,
}

/// Scans the records of a text from the header on.
///
/// # Errors
/// The text could not be read again to its end.
pub(super) fn scan(source: &Source, delimiter: u8, start: Start) -> io::Result<Scan> {
    let mut scanner = Scanner::new(source, delimiter, start);
    scanner.run();
    if scanner.are_all_doubled() {
        let place = Place::row(scanner.place_line(start.line), start.row);
        scanner.complaints.doubled_ends(place);
    } else if scanner.has_mixed_ends() {
        // Only now it is known that a lone return is no ordinary line end; such a file is rare, and is read once more.
        scanner = Scanner::new(source, delimiter, start);
        scanner.returns_are_faults = true;
        scanner.run();
    }
    scanner.conclude()
}

/// What ended a cell.
enum CellEnd {
    Delimiter,
    Line,
    File,
    Fatal,
}

struct Scanner {
    window: Window,
    delimiter: u8,
    /// Bytes that need a look, outside quotes and inside them.
    outside: [bool; 256],
    inside: [bool; 256],
    lines_are_rows: bool,
    line: u64,
    row: u64,
    record_line: u64,
    column: usize,
    records: u64,
    /// The row of the first record; 0 before there is one.
    header_row: u64,
    complaints: Complaints,
    letters: Letters,
    /// How many lines end with CRLF, LF and CR outside quotes.
    ends: [u64; 3],
    /// How many of the last are followed by a CRLF at once.
    doubled: u64,
    after_return: bool,
    returns_are_faults: bool,
    /// Look at every cell; what the short way is held against.
    is_thorough: bool,
}

impl Scanner {
    fn new(source: &Source, delimiter: u8, start: Start) -> Scanner {
        let mut inside = [false; 256];
        for byte in 0..=255u8 {
            // 0xC2 begins the control characters U+0080 to U+009F.
            inside[usize::from(byte)] = (byte < 0x20 && byte != b'\t') || matches!(byte, 0x7F | 0xC2 | b'"');
        }
        let mut outside = inside;
        outside[usize::from(delimiter)] = true;
        Scanner {
            window: Window::new(source.reader(start.offset)),
            delimiter,
            outside,
            inside,
            lines_are_rows: start.lines_are_rows,
            line: start.line,
            row: start.row,
            record_line: start.line,
            column: 0,
            records: 0,
            header_row: 0,
            complaints: Complaints::default(),
            letters: Letters::default(),
            ends: [0; 3],
            doubled: 0,
            after_return: false,
            returns_are_faults: false,
            is_thorough: false,
        }
    }

    fn has_mixed_ends(&self) -> bool {
        let [crlf, lf, cr] = self.ends;
        cr > 0 && crlf + lf > 0
    }

    /// Whether every line ends with CR CR LF: something wrote CRLF, and something else put a CR before the LF once more.
    fn are_all_doubled(&self) -> bool {
        self.doubled > 1 && self.ends == [self.doubled, 0, self.doubled]
    }

    fn run(&mut self) {
        while let Some(byte) = self.window.byte() {
            self.record_line = self.line;
            if matches!(byte, b'\r' | b'\n') {
                let is_rest = self.after_return && byte == b'\r' && self.window.next_byte() == Some(b'\n');
                self.doubled += u64::from(is_rest);
                self.end_line();
                self.row += 1;
                continue;
            }
            self.records += 1;
            if self.records == 1 {
                self.header_row = self.row;
            }
            if !self.is_thorough && self.pass_plain() {
                self.row += 1;
                continue;
            }
            self.column = 0;
            loop {
                match self.cell() {
                    CellEnd::Delimiter => {
                        self.window.pass(1);
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

    /// Passes over a record in which nothing can be wrong: a line of ASCII without a control character, with no quote in it or with
    /// every cell in quotes and none inside. Nearly all records of an export are one of these.
    fn pass_plain(&mut self) -> bool {
        let Some((line, end)) = self.window.line() else {
            return false;
        };
        if line.len() > CELL_BYTES_MAX || !is_ordinary(line) || !is_quoted_evenly(line, self.delimiter) {
            return false;
        }
        self.after_return = false;
        let (length, kind) = (line.len() + end.len(), usize::from(end.len() == 1));
        self.window.pass_line(length);
        self.ends[kind] += 1;
        self.line += 1;
        true
    }

    fn cell(&mut self) -> CellEnd {
        self.window.begin_cell();
        let mut control = None;
        let mut was_quoted = false;
        if self.window.byte() == Some(b'"') {
            was_quoted = true;
            let opened = self.line;
            if !self.quoted(&mut control) {
                let place = Place {
                    line: if self.lines_are_rows { self.row } else { opened },
                    ..self.place()
                };
                self.complaints.quote_not_closed(place, &self.window.shown());
                return CellEnd::Fatal;
            }
            match self.window.byte() {
                Some(b'\r' | b'\n') | None => {}
                Some(byte) if byte == self.delimiter => {}
                Some(_) => {
                    let found = self.window.shown();
                    self.complaints.text_after_quote(
                        self.place(),
                        (opened, self.line),
                        self.row_extent(),
                        &found,
                    );
                }
            }
        }
        let end = self.unquoted(&mut control, was_quoted);
        if let Some(character) = control {
            self.complaints.control_character(self.place(), character);
        }
        if !self.window.cell().is_ascii() {
            let place = self.place();
            self.letters.look(self.window.cell(), place);
        }
        let length = self.window.cell_length();
        if length > CELL_BYTES_MAX {
            let found = self.window.shown();
            self.complaints.cell_too_long(self.place(), length, &found);
            return CellEnd::Fatal;
        }
        end
    }

    /// From an opening quote to behind the closing one; `false` when there is none.
    fn quoted(&mut self, control: &mut Option<u32>) -> bool {
        self.window.pass(1);
        while let Some(byte) = self.window.skip_to(&self.inside) {
            match byte {
                b'"' => {
                    if self.window.next_byte() == Some(b'"') {
                        self.window.pass(2);
                    } else {
                        self.window.pass(1);
                        return true;
                    }
                }
                b'\r' | b'\n' => {
                    let is_pair = byte == b'\r' && self.window.next_byte() == Some(b'\n');
                    self.window.pass(1 + usize::from(is_pair));
                    self.line += 1;
                }
                other => self.note_control(other, control),
            }
        }
        false
    }

    /// To the end of a cell without quotes, or of what follows a closing quote.
    fn unquoted(&mut self, control: &mut Option<u32>, was_quoted: bool) -> CellEnd {
        let mut quote_told = was_quoted;
        while let Some(byte) = self.window.skip_to(&self.outside) {
            match byte {
                b'\r' | b'\n' => return CellEnd::Line,
                byte if byte == self.delimiter => return CellEnd::Delimiter,
                b'"' => {
                    if !quote_told {
                        quote_told = true;
                        let found = self.window.shown();
                        self.complaints
                            .quote_inside(self.place(), self.row_extent(), &found);
                    }
                    self.window.pass(1);
                }
                other => self.note_control(other, control),
            }
        }
        CellEnd::File
    }

    /// Steps over a control character, or over the first byte of an ordinary one that looks like it.
    fn note_control(&mut self, byte: u8, control: &mut Option<u32>) {
        let code = if byte == 0xC2 {
            self.window
                .next_byte()
                .filter(|next| (0x80..0xA0).contains(next))
                .map(u32::from)
        } else {
            Some(u32::from(byte))
        };
        self.window.pass(1);
        *control = control.or(code);
    }

    fn end_line(&mut self) {
        let (kind, length) = match self.window.byte() {
            Some(b'\r') if self.window.next_byte() == Some(b'\n') => (0, 2),
            Some(b'\n') => (1, 1),
            _ => {
                if self.returns_are_faults {
                    let place = Place::row(self.place_line(self.record_line), self.row);
                    self.complaints.lone_return(place, self.row_extent());
                }
                (2, 1)
            }
        };
        self.after_return = kind == 2;
        self.ends[kind] += 1;
        self.window.pass(length);
        self.line += 1;
    }

    /// What a finding calls the line of the text; in a worksheet there are rows alone.
    fn place_line(&self, line: u64) -> u64 {
        if self.lines_are_rows { self.row } else { line }
    }

    fn place(&self) -> Place {
        Place::cell(self.place_line(self.record_line), self.row, self.column)
    }

    /// A broken header leaves nothing to trust.
    fn row_extent(&self) -> Extent {
        if self.row == self.header_row {
            Extent::Sheet
        } else {
            Extent::Row
        }
    }

    fn conclude(self) -> io::Result<Scan> {
        let [crlf, lf, cr] = self.ends;
        if let Some(error) = self.window.into_error() {
            return Err(error);
        }
        Ok(Scan {
            complaints: self.complaints.conclude(),
            letters: self.letters,
            records: self.records,
            line_end: match (crlf, lf, cr) {
                (0, 0, 0) => LineEnd::CrLf,
                (0, 0, _) => LineEnd::Cr,
                (crlf, lf, _) if lf > crlf => LineEnd::Lf,
                _ => LineEnd::CrLf,
            },
        })
    }
}

/// Whether all bytes are ASCII and none a control character but the tab.
fn is_ordinary(line: &[u8]) -> bool {
    // Without a way out in between, the processor takes many bytes at once.
    !line.iter().fold(false, |odd, byte| {
        odd | (*byte < 0x20 && *byte != b'\t') | (*byte >= 0x7F)
    })
}

/// Whether there is no quote, or every quote is the first or the last byte of a cell and every cell has both.
fn is_quoted_evenly(line: &[u8], delimiter: u8) -> bool {
    let mut quotes = memchr::memchr_iter(b'"', line);
    let Some(mut opening) = quotes.next() else {
        return true;
    };
    let mut begin = 0;
    loop {
        let Some(closing) = quotes.next().filter(|_| opening == begin) else {
            return false;
        };
        match line.get(closing + 1) {
            None => return true,
            Some(byte) if *byte == delimiter => begin = closing + 2,
            Some(_) => return false,
        }
        match quotes.next() {
            Some(next) => opening = next,
            None => return false,
        }
    }
}

#[cfg(test)]
mod tests;
