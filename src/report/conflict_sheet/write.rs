//! Writing the sheet of conflicts.

use std::collections::HashSet;
use std::io;

use super::CONFLICT_COLUMNS;
use crate::domain::{Choices, Conflict, Plan, Settled, SettledBy, Side, disputed_text, sheet_mark};
use crate::table::RowSink;

/// How many rows a sheet of conflicts has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ConflictRows {
    /// About cells that nobody decided.
    pub open: u64,
    /// With the choice that was made already.
    pub decided: u64,
}

/// Writes the sheet, in the order of the plan; a cell that several rows dispute has one row. Cells that a person decided stand
/// in it with their choice, so that the new sheet holds all of them; `answers` are choices the plan does not know yet. Returns the target and how many rows there are.
///
/// # Errors
/// Those of the target.
pub fn write_conflicts<S: RowSink>(
    mut sink: S,
    plan: &Plan,
    answers: &Choices,
) -> io::Result<(S::Target, ConflictRows)> {
    sink.begin(&CONFLICT_COLUMNS)?;
    let mark = sheet_mark(plan.binding());
    let (mut seen, mut count) = (HashSet::new(), ConflictRows::default());
    for (conflict, choice) in disputed(plan, answers) {
        if !seen.insert((conflict.user, conflict.attribute.name)) {
            continue;
        }
        match choice {
            None => count.open += 1,
            Some(_) => count.decided += 1,
        }
        let cells = [
            conflict.user.to_string(),
            conflict.upn.clone(),
            conflict.display_name.clone(),
            conflict.row.to_string(),
            conflict.attribute.name.to_owned(),
            conflict.base.clone(),
            disputed_text(&conflict.edited),
            disputed_text(&conflict.live),
            choice.map_or("", Side::as_str).to_owned(),
            mark.clone(),
        ];
        sink.row(&CONFLICT_COLUMNS, &cells)?;
    }
    Ok((sink.finish()?.0, count))
}

/// The cells nobody decided and those that a person did, row by row. What only a flag settles is left out: it says so again.
fn disputed<'p>(plan: &'p Plan, answers: &Choices) -> Vec<(&'p Conflict, Option<Side>)> {
    let by_person = |one: &&Settled| one.by != SettledBy::Flag;
    let decided = plan.settled().iter().filter(by_person);
    let answered = |conflict: &Conflict| {
        let choice = answers.about(conflict.user, conflict.attribute);
        choice.and_then(|choice| choice.side)
    };
    let open = plan
        .conflicts()
        .iter()
        .map(|conflict| (conflict, answered(conflict)));
    let mut cells: Vec<_> = open
        .chain(decided.map(|one| (&one.conflict, Some(one.choice))))
        .collect();
    cells.sort_by_key(|(conflict, _)| conflict.row);
    cells
}
