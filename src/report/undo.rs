//! The plan that takes a run back, as a person reads it.

use super::plan::{
    PlanView, USERS_SHOWN_MAX, Words, figures, folded, guards_text, parts, printable, quoted, value,
};
use crate::domain::{Forecast, ForeseenReason, GuardReport, Plan, PlannedRow, RowStatus, RunId};

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
    text.push_str(&left_alone(plan, view));
    if !guards.is_empty() {
        text.push_str(&guards_text(guards, view.paint));
    }
    text.push('\n');
    text.push_str(&figures(plan, forecast));
    text
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
fn left_alone(plan: &Plan, view: PlanView) -> String {
    let told_above = |code: &str| ForeseenReason::ALL.iter().any(|reason| reason.code() == code);
    let lines: Vec<String> = plan
        .rows()
        .iter()
        .flat_map(|row| row.notes.iter().map(move |note| (row, note)))
        .filter(|(_, note)| note.status == RowStatus::Skipped && !told_above(&note.code))
        .map(|(row, note)| line(row, &note.message))
        .collect();
    listed("Cannot be taken back", lines, view)
}

fn line(row: &PlannedRow, what: &str) -> String {
    format!("  row {:<5} {}  {what}\n", row.row, printable(&row.label))
}

fn listed(title: &str, lines: Vec<String>, view: PlanView) -> String {
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
