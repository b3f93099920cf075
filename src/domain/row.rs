//! The stations of a row on its way from bytes to a verdict.

use thin_vec::ThinVec;

use super::{CellTexts, Place};

/// A record of a sheet as it was read: the texts of its cells, the formula guard taken off, nothing interpreted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRow {
    /// The physical line where the record begins, 1-based.
    pub line: u64,
    /// The spreadsheet's row, 1-based, the header row counted.
    pub row: u64,
    /// As many cells as the header has columns.
    pub cells: CellTexts,
    /// The cells from which an apostrophe was taken as a guard, in order.
    pub bared: ThinVec<usize>,
}

impl RawRow {
    /// Whether the cell stands in the file with an apostrophe before the text that was read.
    pub fn is_bared(&self, column: usize) -> bool {
        self.bared.binary_search(&column).is_ok()
    }

    /// Where it stands in the sheet.
    pub fn place(&self) -> Place {
        Place::row(self.line, self.row)
    }
}
