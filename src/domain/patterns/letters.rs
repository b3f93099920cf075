//! A file that lost letters in many cells: then new texts lost some too, and those nobody can mend.

use super::super::{CheckedRow, Extent, Finding, Severity};

/// More than a handful of cells cannot be a slip of a single person.
const CELLS_MAX: usize = 5;

/// Refuses the sheet when more than a handful of cells lost letters on the way.
pub(in super::super) fn lost_letters(rows: &[CheckedRow]) -> Option<Finding> {
    let lost: Vec<(&CheckedRow, &Finding)> = rows
        .iter()
        .flat_map(|row| row.findings().iter().map(move |finding| (row, finding)))
        .filter(|(_, finding)| finding.rule == "lost-letters" && finding.severity == Severity::Repaired)
        .collect();
    if lost.len() <= CELLS_MAX {
        return None;
    }
    let places: Vec<String> = lost
        .iter()
        .take(3)
        .filter_map(|(_, finding)| {
            Some(format!(
                "{} “{}” → “{}”",
                finding.place?.cell_name()?,
                finding.base.as_deref()?,
                finding.found.as_deref()?
            ))
        })
        .collect();
    Some(Finding::error(
        "letters-lost-in-file",
        Extent::Sheet,
        format!(
            "the encoding of this file lost letters in {} cells, so what was typed into others may have lost some too: {}",
            lost.len(),
            places.join(", ")
        ),
        "open the exported file again, repeat the edits, and save as `CSV UTF-8` or as a workbook; a code page such as Windows-1252 does not have all letters",
    ))
}
