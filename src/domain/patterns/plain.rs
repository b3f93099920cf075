//! Accents that somebody took off, where the file shows that no code page did.

use std::collections::BTreeSet;

use super::super::damage::flattened;
use super::super::{CheckedRow, ColumnRole, Extent, Finding, Severity, SheetColumn};

/// `Łukasz` that became `Lukasz` is what saving in a Western code page does. Where that very letter came back in another cell, the
/// file never went through a page that lacks it, so a person wrote the plain one.
pub fn believe_plain_letters(rows: &mut [CheckedRow], columns: &[SheetColumn]) {
    let lost: BTreeSet<char> = rows
        .iter()
        .flat_map(lost_letters)
        .flat_map(|(_, lost)| lost)
        .collect();
    if lost.is_empty() {
        return;
    }
    let mut kept = BTreeSet::new();
    for row in rows.iter() {
        keep_letters(row, columns, &lost, &mut kept);
    }
    for row in rows {
        let meant: Vec<usize> = lost_letters(row)
            .into_iter()
            .filter(|(_, lost)| lost.iter().all(|letter| kept.contains(letter)))
            .map(|(column, _)| column)
            .collect();
        for column in meant {
            row.take_as_edit(column, columns);
        }
    }
}

/// The cells of a row in which letters became plain ones, with these letters.
fn lost_letters(row: &CheckedRow) -> Vec<(usize, Vec<char>)> {
    let mut cells = None;
    row.findings()
        .iter()
        .filter(|finding| {
            finding.rule == "lost-letters"
                && finding.severity == Severity::Repaired
                && finding.extent == Extent::Cell
        })
        .filter_map(|finding| {
            let column = finding.place?.column?;
            let text = cells
                .get_or_insert_with(|| row.raw().cells.at_hand())
                .get(column)?;
            Some((column, flattened(finding.exported_text()?, text)?))
        })
        .collect()
}

/// Notes which of these letters came back in cells of the row that nobody changed.
fn keep_letters(
    row: &CheckedRow,
    columns: &[SheetColumn],
    letters: &BTreeSet<char>,
    kept: &mut BTreeSet<char>,
) {
    if !row.has_base() || row.is_held() {
        return;
    }
    let is_known = |index: usize| {
        matches!(
            columns.get(index).map(|column| &column.role),
            Some(ColumnRole::Attribute(_))
        )
    };
    let is_told = |index: usize| {
        let is_it = |finding: &Finding| finding.place.and_then(|place| place.column) == Some(index);
        row.cells().iter().any(|cell| cell.column == index) || row.findings().iter().any(is_it)
    };
    let cells = row.raw().cells.at_hand();
    for (index, text) in cells.iter().enumerate() {
        if !text.is_ascii() && is_known(index) && !is_told(index) {
            kept.extend(text.chars().filter(|c| letters.contains(c)));
        }
    }
}
