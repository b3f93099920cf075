//! The rows of a worksheet as text: one record for each row, every cell in quotes, so that line breaks and blanks stay.
//!
//! From there on a workbook is read like any other sheet. Rows without a cell are records too, or the numbers of the rows
//! below them would be wrong.

use std::io::{self, Write};

use super::cells::Spot;
use crate::table::FILE_BYTES_MAX;
use crate::table::source::{Source, SourceWriter};

/// What stands between the cells of a record.
pub(super) const DELIMITER: u8 = b',';

/// The most text one row may hold, in bytes.
const ROW_BYTES_MAX: usize = 64 << 20;

/// Collects the records.
#[derive(Debug, Default)]
pub(super) struct Records {
    out: SourceWriter,
    /// The row that is being filled.
    row: u32,
    cells: Vec<String>,
    /// The bytes of all texts so far.
    bytes: u64,
    /// And of the row that is being filled.
    row_bytes: usize,
}

impl Records {
    /// Takes a cell; rows come in order, and cells from left to right.
    pub fn take(&mut self, spot: Spot, text: &str) -> io::Result<()> {
        while self.row < spot.row {
            self.end_row()?;
        }
        self.bytes += text.len() as u64;
        // One text may be meant a million times; the row that is being filled is in memory.
        self.row_bytes += text.len();
        if self.bytes > FILE_BYTES_MAX || self.row_bytes > ROW_BYTES_MAX {
            return Err(too_large());
        }
        let column = usize::from(spot.column);
        while self.cells.len() < column {
            self.cells.push(String::new());
        }
        self.cells.truncate(column);
        self.cells.push(text.to_owned());
        Ok(())
    }

    fn end_row(&mut self) -> io::Result<()> {
        while self.cells.last().is_some_and(String::is_empty) {
            self.cells.pop();
        }
        // Empty cells take quotes and a comma as well.
        self.bytes += 3 * self.cells.len() as u64;
        if self.bytes > FILE_BYTES_MAX {
            return Err(too_large());
        }
        if self.cells.is_empty() {
            self.out.write_all(b"\"\"")?;
        }
        for (index, cell) in self.cells.iter().enumerate() {
            if index > 0 {
                self.out.write_all(&[DELIMITER])?;
            }
            self.out.write_all(b"\"")?;
            for (index, piece) in cell.split('"').enumerate() {
                if index > 0 {
                    self.out.write_all(b"\"\"")?;
                }
                self.out.write_all(piece.as_bytes())?;
            }
            self.out.write_all(b"\"")?;
        }
        self.out.write_all(b"\n")?;
        self.cells.clear();
        self.row_bytes = 0;
        self.row += 1;
        Ok(())
    }

    /// The records so far as a source.
    pub fn finish(mut self) -> io::Result<Source> {
        if !self.cells.is_empty() {
            self.end_row()?;
        }
        self.out.finish()
    }
}

fn too_large() -> io::Error {
    io::Error::new(
        io::ErrorKind::FileTooLarge,
        "its cells hold more text than is read",
    )
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn every_row_is_a_record_and_every_cell_is_quoted() {
        let mut records = Records::default();
        for (row, column, text) in [
            (0, 0, "id"),
            (0, 2, "say \"hi\","),
            (3, 1, "two\r\nlines"),
            (3, 2, ""),
            (4, 0, ""),
        ] {
            records.take(Spot { row, column }, text).unwrap();
        }
        let mut text = String::new();
        records
            .finish()
            .unwrap()
            .reader(0)
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(
            text,
            "\"id\",\"\",\"say \"\"hi\"\",\"\n\"\"\n\"\"\n\"\",\"two\r\nlines\"\n\"\"\n"
        );
    }
}
