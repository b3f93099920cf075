//! Writing the sheet of conflicts.

use std::collections::HashSet;
use std::io;

use super::CONFLICT_COLUMNS;
use crate::domain::{Plan, sheet_mark};
use crate::table::RowSink;

/// Writes the sheet, in the order of the plan; a cell that several rows dispute has one row. Returns the target and how many
/// rows there are.
///
/// # Errors
/// Those of the target.
pub fn write_conflicts<S: RowSink>(mut sink: S, plan: &Plan) -> io::Result<(S::Target, u64)> {
    sink.begin(&CONFLICT_COLUMNS)?;
    let mark = sheet_mark(plan.binding());
    let mut seen = HashSet::new();
    for conflict in plan.conflicts() {
        if !seen.insert((conflict.user, conflict.attribute.name)) {
            continue;
        }
        let cells = [
            conflict.user.to_string(),
            conflict.upn.clone(),
            conflict.display_name.clone(),
            conflict.row.to_string(),
            conflict.attribute.name.to_owned(),
            conflict.base.clone(),
            conflict.edited.to_cell(),
            conflict.live.to_cell(),
            String::new(),
            mark.clone(),
        ];
        sink.row(&CONFLICT_COLUMNS, &cells)?;
    }
    Ok((sink.finish()?.0, seen.len() as u64))
}
