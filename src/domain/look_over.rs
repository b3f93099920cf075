//! What only shows over all rows of a sheet: the evidence of one cell for another, and values that moved.

use super::{CheckOptions, CheckedRow, Finding, SheetColumn, damage};

/// Looks over all checked rows of a sheet, before anything is planned. Findings of single cells are settled in their rows;
/// those of columns and of the whole sheet are returned.
pub fn look_over(rows: &mut [CheckedRow], columns: &[SheetColumn], _options: &CheckOptions) -> Vec<Finding> {
    damage::settle(rows, columns);
    Vec::new()
}
