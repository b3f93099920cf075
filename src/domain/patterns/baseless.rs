//! Rows that lost their base while the rest of the sheet has one.

use super::super::{CheckedRow, ColumnRole, Extent, Finding, SheetColumn};

/// Says of a row with an id and an empty `_snapshot` that its blank cells keep their values, where other rows have a base.
pub fn doubt_baseless(rows: &mut [CheckedRow], columns: &[SheetColumn]) {
    let Some(snapshot) = columns
        .iter()
        .position(|column| column.role == ColumnRole::Snapshot)
    else {
        return;
    };
    if !rows.iter().any(CheckedRow::has_base) {
        return;
    }
    for row in rows {
        // A row without an id may be a person who was added below the others.
        if row.has_base() || row.id().is_none() || row.is_held() || !row.is_readable() {
            continue;
        }
        let cells = row.raw().cells.at_hand();
        let is_emptied = cells.get(snapshot).is_none_or(|cell| cell.trim().is_empty());
        if !is_emptied {
            continue;
        }
        let finding = Finding::warning(
            "without-base",
            Extent::Row,
            "this row has an id and no `_snapshot`, although other rows have one; so its blank cells keep their values, and every filled cell counts as meant",
            "if cells of this row were emptied on purpose, copy the `_snapshot` of the row above, or write `<clear>` into them",
        )
        .at(row.place());
        row.add_finding(finding);
    }
}
