//! What is said where nothing is written because of what is held back.

use super::plan::counted;
use crate::domain::{Plan, PlanSummary};

/// The last line of a plan that would write, but for what is held back. Rows that are not held back ask for nothing; whether the
/// directory has all of them so is not said, because a column that is not known asks for something too.
pub(super) fn held_back(plan: &Plan, summary: &PlanSummary) -> String {
    let all = plan.rows().len() as u64;
    let left = all.saturating_sub(summary.unchanged_rows);
    let reasons: Vec<String> = [
        (plan.errors(), "error", "errors"),
        (summary.conflicts, "conflict", "conflicts"),
        (summary.refusals_foreseen, "cell not sent", "cells not sent"),
    ]
    .into_iter()
    .filter(|(count, _, _)| *count > 0)
    .map(|(count, one, many)| counted(count, one, many))
    .collect();
    let reasons = reasons.join(", ");
    if left == 0 {
        return format!(
            "Nothing to write: {reasons} of the sheet as a whole, such as a column that is not known; beside that no row asks for anything.\n"
        );
    }
    let is_held = match left {
        1 => "1 row is held back".to_owned(),
        many => format!("{many} rows are held back"),
    };
    let reasons = match &reasons[..] {
        "" => String::new(),
        reasons => format!(" ({reasons})"),
    };
    match summary.unchanged_rows {
        0 => format!("Nothing to write: {is_held}{reasons}.\n"),
        1 => format!("Nothing to write: {is_held}{reasons}; the other row asks for nothing.\n"),
        others => format!("Nothing to write: {is_held}{reasons}; the other {others} ask for nothing.\n"),
    }
}
