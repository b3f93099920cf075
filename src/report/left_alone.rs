//! What a plan without a sheet (an undo, a restore) leaves as it is: no finding says it, so the plan must.

use std::collections::HashSet;

use serde_json::{Value as Json, json};

use super::plan::{PlanView, USERS_SHOWN_MAX, folded, printable};
use crate::domain::{Plan, PlannedRow, RowNote, RowStatus};

/// What cannot be taken or set back, for reasons of its own, in the order of the rows. What the service would refuse is not among
/// it: that stands with what is not sent.
pub(super) fn left_alone(plan: &Plan) -> Vec<(&PlannedRow, &RowNote)> {
    let withheld = plan.withheld().iter();
    let told: HashSet<_> = withheld.map(|held| (held.user, held.reason.code())).collect();
    let is_told = |row: &PlannedRow, note: &RowNote| {
        row.user
            .is_some_and(|user| told.contains(&(user, note.code.as_str())))
    };
    plan.rows()
        .iter()
        .flat_map(|row| row.notes.iter().map(move |note| (row, note)))
        .filter(|(row, note)| note.status == RowStatus::Skipped && !is_told(row, note))
        .collect()
}

/// The same of a plan that sets back; nothing for the plan of a sheet, whose findings say it.
pub(super) fn not_set_back(plan: &Plan) -> Vec<(&PlannedRow, &RowNote)> {
    match plan.binding().restores {
        Some(_) => left_alone(plan),
        None => Vec::new(),
    }
}

/// The same under a heading.
pub(super) fn not_set_back_text(plan: &Plan, view: PlanView) -> String {
    let notes = not_set_back(plan).into_iter();
    let lines = notes.map(|(row, note)| line(row, &note.message)).collect();
    listed("Cannot be set back", lines, view)
}

pub(super) fn notes_json(notes: &[(&PlannedRow, &RowNote)]) -> Json {
    let one = |(row, note): &(&PlannedRow, &RowNote)| {
        json!({
            "user": row.user,
            "userPrincipalName": row.label(),
            "row": row.row,
            "reason": note.code,
            "message": note.message,
            "help": note.hint,
        })
    };
    notes.iter().map(one).collect()
}

pub(super) fn line(row: &PlannedRow, what: &str) -> String {
    format!("  row {:<5} {}  {what}\n", row.row, printable(&row.label()))
}

pub(super) fn listed(title: &str, lines: Vec<String>, view: PlanView) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let shown_max = if view.full { usize::MAX } else { USERS_SHOWN_MAX };
    let title = format!("{title} ({})", lines.len());
    let shown: String = lines.iter().take(shown_max).map(String::as_str).collect();
    format!(
        "\n{}\n{shown}{}",
        view.paint.warn(&title),
        folded(lines.len(), shown_max)
    )
}
