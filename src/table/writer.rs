//! Writing rows as CSV, for people or for programs.

use std::io::{self, Write};

use super::dialect::{Delimiter, LineEnd};
use super::guard::{self, Guard};
use super::lines::count_line_ends;
use crate::domain::Place;

/// How a file is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriteStyle {
    /// A byte order mark before the text, which is UTF-8 either way.
    pub bom: bool,
    pub delimiter: Delimiter,
    pub line_end: LineEnd,
    /// Quotes around every cell, not only where they are needed.
    pub quote_all: bool,
    pub guard: Guard,
}

impl WriteStyle {
    /// For spreadsheet programs: byte order mark, CRLF, every cell quoted, guarded where a spreadsheet would run the cell.
    pub fn people(delimiter: Delimiter) -> WriteStyle {
        WriteStyle {
            bom: true,
            delimiter,
            line_end: LineEnd::CrLf,
            quote_all: true,
            guard: Guard::Run,
        }
    }

    /// For pipes and scripts: UTF-8, commas, LF, quotes where needed, no guard.
    pub fn programs() -> WriteStyle {
        WriteStyle {
            bom: false,
            delimiter: Delimiter::Comma,
            line_end: LineEnd::Lf,
            quote_all: false,
            guard: Guard::Off,
        }
    }

    /// The same with another delimiter.
    pub fn with_delimiter(self, delimiter: Delimiter) -> WriteStyle {
        WriteStyle { delimiter, ..self }
    }

    /// The same with another guard.
    pub fn with_guard(self, guard: Guard) -> WriteStyle {
        WriteStyle { guard, ..self }
    }
}

/// What was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// Rows below the header.
    pub rows: u64,
    /// Cells that got an apostrophe.
    pub guarded_cells: u64,
    /// Cells that a spreadsheet would run and that have no apostrophe, because the guard is off.
    pub unguarded_cells: u64,
    /// Where the first few of them stand.
    pub unguarded_places: Vec<Place>,
}

/// How many places of unguarded cells are kept.
const PLACES_MAX: usize = 5;

/// Writes a header and rows of the same width. Memory does not grow with the rows.
pub struct SheetWriter<W: Write> {
    csv: csv::Writer<W>,
    guard: Guard,
    line: u64,
    row: u64,
    written: Written,
}

impl<W: Write> SheetWriter<W> {
    /// Begins a sheet; a byte order mark is written at once.
    ///
    /// # Errors
    /// Those of `sink`.
    pub fn new(mut sink: W, style: WriteStyle) -> io::Result<SheetWriter<W>> {
        if style.bom {
            sink.write_all(b"\xEF\xBB\xBF")?;
        }
        let csv = csv::WriterBuilder::new()
            .has_headers(false)
            .delimiter(style.delimiter.byte())
            .terminator(match style.line_end {
                LineEnd::CrLf => csv::Terminator::CRLF,
                LineEnd::Lf => csv::Terminator::Any(b'\n'),
                LineEnd::Cr => csv::Terminator::Any(b'\r'),
            })
            .quote_style(if style.quote_all {
                csv::QuoteStyle::Always
            } else {
                csv::QuoteStyle::Necessary
            })
            .buffer_capacity(WRITE_BYTES)
            .from_writer(sink);
        Ok(SheetWriter {
            csv,
            guard: style.guard,
            line: 1,
            row: 1,
            written: Written::default(),
        })
    }

    /// Writes the header row. It comes first, and once.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn write_header(&mut self, names: &[&str]) -> io::Result<()> {
        self.write_record(names)
    }

    /// Writes one row.
    ///
    /// # Errors
    /// Those of the sink; [`io::ErrorKind::InvalidInput`] when the row has another width than the header.
    pub fn write_row<C: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = C>) -> io::Result<()> {
        self.write_record(cells)?;
        self.written.rows += 1;
        Ok(())
    }

    /// Writes out what is buffered and hands the sink back.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn finish(self) -> io::Result<(W, Written)> {
        let sink = self.csv.into_inner().map_err(csv::IntoInnerError::into_error)?;
        Ok((sink, self.written))
    }

    /// What was written so far.
    pub fn written(&self) -> &Written {
        &self.written
    }

    fn write_record<C: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = C>) -> io::Result<()> {
        let place = Place::row(self.line, self.row);
        for (column, cell) in cells.into_iter().enumerate() {
            let text = cell.as_ref();
            let shown = guard::put_on(text, self.guard);
            if shown.len() != text.len() {
                self.written.guarded_cells += 1;
            } else if self.guard == Guard::Off && guard::would_run(text) {
                self.written.unguarded_cells += 1;
                if self.written.unguarded_places.len() < PLACES_MAX {
                    self.written.unguarded_places.push(place.at(column));
                }
            }
            self.line += count_line_ends(text.as_bytes());
            self.csv.write_field(shown.as_bytes()).map_err(as_io)?;
        }
        self.csv.write_record(None::<&[u8]>).map_err(as_io)?;
        self.line += 1;
        self.row += 1;
        Ok(())
    }
}

/// How much is collected before it goes to the sink, in bytes.
const WRITE_BYTES: usize = 64 * 1024;

fn as_io(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("a row of {len} cells does not fit under a header of {expected_len} columns"),
        ),
        other => io::Error::other(format!("the row cannot be written as CSV: {other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(style: WriteStyle, rows: &[&[&str]]) -> (String, Written) {
        let mut writer = SheetWriter::new(Vec::new(), style).unwrap();
        writer.write_header(&["id", "jobTitle"]).unwrap();
        for row in rows {
            writer.write_row(row.iter()).unwrap();
        }
        let (bytes, written) = writer.finish().unwrap();
        (String::from_utf8(bytes).unwrap(), written)
    }

    #[test]
    fn a_sheet_for_people_has_a_mark_and_quotes_and_a_guard() {
        let (text, written) = written(
            WriteStyle::people(Delimiter::Semicolon),
            &[&["1", "=1+1"], &["2", "say \"hi\";"], &["3", ""]],
        );
        assert_eq!(
            text,
            "\u{feff}\"id\";\"jobTitle\"\r\n\"1\";\"'=1+1\"\r\n\"2\";\"say \"\"hi\"\";\"\r\n\"3\";\"\"\r\n"
        );
        assert_eq!(
            (written.rows, written.guarded_cells, written.unguarded_cells),
            (3, 1, 0)
        );
    }

    #[test]
    fn a_sheet_for_programs_is_plain_and_says_which_cells_would_run() {
        let (text, written) = written(
            WriteStyle::programs(),
            &[
                &["1", "a\r\nb"],
                &["2", "=1+1"],
                &["3", "x\ry"],
                &["4", "+31 6 12345678"],
            ],
        );
        assert_eq!(
            text,
            "id,jobTitle\n1,\"a\r\nb\"\n2,=1+1\n3,\"x\ry\"\n4,+31 6 12345678\n"
        );
        assert_eq!((written.guarded_cells, written.unguarded_cells), (0, 1));
        assert_eq!(written.unguarded_places, [Place::cell(4, 3, 1)]);
    }

    #[test]
    fn a_row_of_another_width_is_refused() {
        let mut writer = SheetWriter::new(Vec::new(), WriteStyle::programs()).unwrap();
        writer.write_header(&["id", "jobTitle"]).unwrap();
        let error = writer.write_row(["1"]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
        assert!(error.to_string().contains("2 columns"), "{error}");
    }
}
