//! Why a plan has nothing to write.

use super::held_back::held_back;
use super::plan::{bases, counted, printable};
use crate::domain::{Plan, PlanSummary};

/// Why nothing is written: because of what is held back, because nobody edited anything, or because the directory has it already.
pub(super) fn nothing_to_write(plan: &Plan, summary: &PlanSummary) -> String {
    let all = plan.rows().len() as u64;
    let left = all.saturating_sub(summary.unchanged_rows);
    let is_held = plan.errors() + summary.conflicts + summary.refusals_foreseen > 0;
    let rows = counted(all, "row", "rows");
    if all == 0 && !is_held {
        return "Nothing to write: there are no rows.\n".to_owned();
    }
    if left == 0 && !is_held {
        return nothing_asked(plan, &rows);
    }
    held_back(plan, summary)
}

/// Nothing is held back: nobody asked for anything, or the directory has it already. These are not the same: where nobody edited a
/// cell, the directory may hold something else by now, and nobody has looked.
fn nothing_asked(plan: &Plan, rows: &str) -> String {
    let binding = plan.binding();
    if binding.restores.is_some() {
        return format!("Nothing to write: everything is so already ({rows}).\n");
    }
    let Some(already_there) = plan.cells_already_there() else {
        return format!("Nothing to write ({rows}).\n");
    };
    let cells = |word: &str| match already_there {
        1 => format!("the directory has it already, in the 1 cell that {word} (of {rows})"),
        count => format!("the directory has it already, in all {count} cells that {word} (of {rows})"),
    };
    match (bases(binding), already_there) {
        (None, 0) => format!(
            "Nothing to write: no cell asks for anything ({rows}); without a base, a blank cell keeps the value.\n"
        ),
        (None, _) => format!("Nothing to write: {}.\n", cells("the sheet fills")),
        (Some(_), 0) => {
            let (since, base) = match (&binding.snapshots[..], &binding.base_file) {
                ([snapshot], None) => ("since the export", snapshot.as_str().to_owned()),
                ([], Some(file)) if *file == binding.sheet_name => {
                    return format!(
                        "Nothing to write: the base is the sheet itself, so no cell of it was edited ({rows}); name the file as it was exported with `--base`.\n"
                    );
                }
                ([], Some(file)) => ("beside its base", printable(file)),
                _ => ("since the export", "SNAPSHOT".to_owned()),
            };
            format!(
                "Nothing to write: no cell was edited {since} ({rows}). What changed in the directory since then stays as it is and was not looked at; `dirsheet diff {base} live` shows it.\n"
            )
        }
        (Some(_), _) => format!(
            "Nothing to write: {}.\n",
            cells("were edited").replace("cell that were", "cell that was")
        ),
    }
}
