//! Rows of several exports, one below the other, of which one has a column that another lacks.

use std::collections::HashSet;

use super::super::{CheckedRow, Extent, Finding};

/// Refuses the filled cells of a column that the row's own export does not have and the export of other rows has: pasted below
/// another header, they stand under a name that is not theirs. `differing` are the columns that some of the exports have.
pub fn refuse_mixed(rows: &mut [CheckedRow], differing: &HashSet<String>) {
    if differing.is_empty() {
        return;
    }
    for row in rows.iter_mut().filter(|row| row.has_base()) {
        let strangers: Vec<_> = row
            .cells()
            .iter()
            .filter(|cell| cell.base.is_none() && differing.contains(cell.attribute.name))
            .map(|cell| (cell.column, cell.attribute))
            .collect();
        for (column, attribute) in strangers {
            let finding = Finding::error(
                "mixed-exports",
                Extent::Cell,
                format!(
                    "the export of this row has no column `{}`, and that of other rows has: were two exports with other columns pasted below one another?",
                    attribute.name
                ),
                "make one export with all the columns that you edit, or a sheet of each export",
            )
            .about(attribute)
            .at(row.place().at(column))
            .column(attribute.name);
            row.replace_finding(column, Some(finding));
        }
    }
}
