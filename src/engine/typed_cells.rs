//! New values that a workbook holds as numbers, dates or truth values where a text belongs.

use crate::domain::{CheckOptions, CheckedRow, ColumnRole, SheetColumn};
use crate::table::TypedCell;

/// Says what is doubtful about the edits of a row, holds back those whose value cannot be known, and hands on the cells of the rows
/// below.
pub(super) fn doubt<'t>(
    row: &mut CheckedRow,
    columns: &[SheetColumn],
    typed: &'t [TypedCell],
    options: &CheckOptions,
) -> &'t [TypedCell] {
    let number = row.place().row;
    let (_, typed) = typed.split_at(typed.partition_point(|cell| u64::from(cell.row) < number));
    let (of_row, rest) = typed.split_at(typed.partition_point(|cell| u64::from(cell.row) == number));
    for cell in of_row {
        let index = usize::from(cell.column);
        let Some(column) = columns.get(index) else {
            continue;
        };
        let ColumnRole::Attribute(attribute) = column.role else {
            continue;
        };
        let is_edit = row.cells().iter().any(|edit| edit.column == index);
        if !is_edit || options.accept_derived.iter().any(|meant| meant == attribute.name) {
            continue;
        }
        let text = row.raw().cells.get(index).unwrap_or_default().to_owned();
        match cell.finding(attribute, &column.header, &text) {
            Some(finding) if finding.is_error() => row.hold_cell(finding, true),
            Some(finding) => row.add_finding(finding),
            None => {}
        }
    }
    rest
}
