//! What only shows over all rows of a sheet: the evidence of one cell for another, and values that moved.

use super::patterns::{
    believe_plain_letters, changed_letters, doubt_baseless, doubt_phones, find_patterns, letters_came_back,
    lost_letters,
};
use super::{CheckOptions, CheckedRow, Finding, Severity, SheetColumn, damage};

/// Looks over all checked rows of a sheet, before anything is planned. Findings of single cells and rows are put into their
/// rows; those of columns and of the whole sheet are returned.
pub fn look_over(rows: &mut [CheckedRow], columns: &[SheetColumn], options: &CheckOptions) -> Vec<Finding> {
    believe_plain_letters(rows, columns);
    damage::settle(rows, columns);
    doubt_phones(rows, columns, options);
    doubt_baseless(rows, columns);
    let mut findings = find_patterns(rows, columns, options);
    findings.extend(lost_letters(rows));
    findings.extend(changed_letters(rows));
    findings
}

/// Holds a guessed encoding against what was exported: letters that came back prove it, letters that changed disprove it.
/// `guess` is the finding that tells of the guess; without evidence it keeps its weight.
pub fn weigh_guess(guess: &mut Finding, rows: &[CheckedRow], columns: &[SheetColumn]) {
    match letters_came_back(rows, columns) {
        Some(true) => guess.severity = Severity::Warning,
        Some(false) => guess.severity = Severity::Error,
        None => {}
    }
}
