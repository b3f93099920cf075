//! Where the rows of a sheet go, whatever kind of sheet is written.

use std::io::{self, Write};

use super::workbook::WorkbookWriter;
use super::writer::{SheetWriter, Written};

/// A sheet being written, row by row.
pub trait RowSink: Send + Sized {
    /// What the sheet is written into.
    type Target: Write;

    /// Writes the header. It comes first, and once.
    ///
    /// # Errors
    /// Those of the target, or what this kind of sheet cannot hold.
    fn begin(&mut self, columns: &[&str]) -> io::Result<()>;

    /// Writes one row.
    ///
    /// # Errors
    /// As for [`RowSink::begin`].
    fn row(&mut self, columns: &[&str], cells: &[String]) -> io::Result<()>;

    /// Writes out everything and hands the target back.
    ///
    /// # Errors
    /// As for [`RowSink::begin`].
    fn finish(self) -> io::Result<(Self::Target, Written)>;
}

impl<W: Write + Send> RowSink for SheetWriter<W> {
    type Target = W;

    fn begin(&mut self, columns: &[&str]) -> io::Result<()> {
        self.write_header(columns)
    }

    fn row(&mut self, _columns: &[&str], cells: &[String]) -> io::Result<()> {
        self.write_row(cells)
    }

    fn finish(self) -> io::Result<(W, Written)> {
        SheetWriter::finish(self)
    }
}

impl<W: Write + Send> RowSink for WorkbookWriter<W> {
    type Target = W;

    fn begin(&mut self, columns: &[&str]) -> io::Result<()> {
        self.write_header(columns)
    }

    fn row(&mut self, _columns: &[&str], cells: &[String]) -> io::Result<()> {
        self.write_row(cells)
    }

    fn finish(self) -> io::Result<(W, Written)> {
        WorkbookWriter::finish(self)
    }
}
