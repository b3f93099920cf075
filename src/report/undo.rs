//! The plan that takes a run back, as a person reads it.

use serde_json::Value as Json;

use super::conflict_sheet::ChoiceNotes;
use super::json::{SheetFacts, plan_json};
use super::left_alone::{left_alone, line, listed, notes_json};
use super::plan::{PlanView, Words, figures, guards_text, parts, quoted, value};
use crate::domain::{Forecast, GuardReport, Plan, RunId};

/// The plan that takes a run back. `guards` are only those that somebody asked for.
pub fn undo_text(
    plan: &Plan,
    run: &RunId,
    guards: &[GuardReport],
    forecast: Forecast,
    view: PlanView,
) -> String {
    let binding = plan.binding();
    let title = format!(
        "Undo of {run} ({}), tenant {} ({} users)",
        binding.sheet_name,
        binding.tenant,
        plan.users_total()
    );
    let mut text = format!("{}\n", view.paint.bold(&title));
    text.push_str(&parts(plan, view, &OF_UNDO));
    text.push_str(&written_again(plan, view));
    text.push_str(&not_taken_back(plan, view));
    if !guards.is_empty() {
        text.push_str(&guards_text(guards, view.paint));
    }
    text.push('\n');
    text.push_str(&figures(plan, forecast));
    text
}

/// The same as JSON: what `plan --json` tells, with what cannot be taken back.
pub fn undo_json(sheet: &SheetFacts, plan: &Plan, guards: &[GuardReport], forecast: Forecast) -> Json {
    let mut told = plan_json(sheet, &[], plan, guards, forecast, &ChoiceNotes::default());
    told["left_alone"] = notes_json(&left_alone(plan));
    told
}

const OF_UNDO: Words = Words {
    conflicts: "somebody changed the cell after the run",
    conflict: |conflict| {
        format!(
            "before the run {}, written {}, in the directory now {}",
            value(&conflict.edited),
            quoted(&conflict.base),
            value(&conflict.live)
        )
    },
    conflicts_help: "`--conflicts skip` leaves these cells as they are, `--conflicts mine` writes the value from before the run",
};

/// What shows the value from before the run already and is written all the same.
fn written_again(plan: &Plan, view: PlanView) -> String {
    let remarks = plan
        .rows()
        .iter()
        .flat_map(|row| row.remarks.iter().map(move |remark| line(row, remark)))
        .collect();
    listed("Nothing to see of the run's write", remarks, view)
}

/// What cannot be taken back, for reasons of its own.
fn not_taken_back(plan: &Plan, view: PlanView) -> String {
    let notes = left_alone(plan).into_iter();
    let lines = notes.map(|(row, note)| line(row, &note.message)).collect();
    listed("Cannot be taken back", lines, view)
}
