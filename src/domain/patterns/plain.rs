//! Accents that somebody took off, where the file shows that no code page did.

use super::super::damage::{has_other_letters, is_flattened};
use super::super::{CheckedRow, ColumnRole, Extent, Finding, Severity, SheetColumn};

/// `Łukasz` that became `Lukasz` is what saving in a Western code page does. Where another cell came back with such a letter, the
/// file never went through one, so a person wrote the plain letter.
pub fn believe_plain_letters(rows: &mut [CheckedRow], columns: &[SheetColumn]) {
    let is_flat = |finding: &Finding| {
        finding.rule == "lost-letters"
            && finding.severity == Severity::Repaired
            && finding.extent == Extent::Cell
            && matches!((finding.exported_text(), &finding.found), (Some(base), Some(found)) if is_flattened(base, found))
    };
    if !rows.iter().any(|row| row.findings().iter().any(is_flat))
        || !rows.iter().any(|row| kept_letters(row, columns))
    {
        return;
    }
    for row in rows {
        let flat: Vec<usize> = row
            .findings()
            .iter()
            .filter(|finding| is_flat(finding))
            .filter_map(|finding| finding.place?.column)
            .collect();
        for column in flat {
            row.take_as_edit(column, columns);
        }
    }
}

/// Whether a cell of the row came back as it was exported with a letter that Western code pages lack.
fn kept_letters(row: &CheckedRow, columns: &[SheetColumn]) -> bool {
    let is_known = |index: usize| {
        matches!(
            columns.get(index).map(|column| &column.role),
            Some(ColumnRole::Attribute(_))
        )
    };
    let is_told = |index: usize| {
        row.cells().iter().any(|cell| cell.column == index)
            || row
                .findings()
                .iter()
                .any(|finding| finding.place.and_then(|place| place.column) == Some(index))
    };
    row.has_base()
        && !row.is_held()
        && row.raw().cells.iter().enumerate().any(|(index, text)| {
            !text.is_ascii() && has_other_letters(text) && is_known(index) && !is_told(index)
        })
}
