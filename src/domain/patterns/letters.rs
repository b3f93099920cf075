//! A file that lost letters in many cells, or took them for others: then new texts did too, and those nobody can mend.

use std::collections::BTreeSet;

use super::super::{CheckedRow, ColumnRole, Extent, Finding, Severity, SheetColumn, shorten, undo_mojibake};

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

/// So many cells whose every letter beyond ASCII became another one are no edits.
const CHANGED_MIN: usize = 3;

/// Refuses the sheet when edits only exchange letters beyond ASCII: `München` became `Mьnchen`, because the file was read in
/// another encoding than it was written in. Somebody who mends such texts in the directory does the opposite, and may.
pub(in super::super) fn changed_letters(rows: &[CheckedRow]) -> Option<Finding> {
    let mut changed = 0;
    let mut examples: Vec<String> = Vec::new();
    for row in rows {
        for cell in row.cells() {
            let (Some(base), text) = (&cell.base, cell.text()) else {
                continue;
            };
            if base != text
                && is_same_but_for_letters(base, text)
                && undo_mojibake(base).as_deref() != Some(text)
            {
                changed += 1;
                if examples.len() < 3 {
                    let name = row.place().at(cell.column).cell_name().unwrap_or_default();
                    let told = |text: &str| shorten(&crate::domain::told_text(cell.attribute, text));
                    examples.push(format!("{name} “{}” → “{}”", told(base), told(text)));
                }
            }
        }
    }
    (changed >= CHANGED_MIN).then(|| {
        Finding::error(
            "letters-changed-in-file",
            Extent::Sheet,
            format!(
                "in {changed} cells only the letters with accents and the like became others, as when a file is read in the wrong encoding: {}",
                examples.join(", ")
            ),
            "name the encoding of the file with `--encoding`, or open the exported file again, repeat the edits, and save as `CSV UTF-8` or as a workbook",
        )
    })
}

/// What the exported texts say about a guessed encoding: right when cells with letters beyond ASCII came back as they left
/// none came back with only other ones, and every letter of a new text is among those that did; wrong when some did or when every one of them is another text now, `None` when
/// there is no such cell, or when some came back and others are another text.
pub(in super::super) fn letters_came_back(rows: &[CheckedRow], columns: &[SheetColumn]) -> Option<bool> {
    let (mut came_back, mut is_other) = (false, false);
    let (mut kept, mut new) = (BTreeSet::new(), BTreeSet::new());
    let beyond = |text: &str| text.chars().filter(|c| !c.is_ascii()).collect::<Vec<char>>();
    for row in rows.iter().filter(|row| row.has_base() && !row.is_held()) {
        let cells = row.raw().cells.at_hand();
        for (index, text) in cells.iter().enumerate().filter(|(_, text)| !text.is_ascii()) {
            let edit = row.cells().iter().find(|cell| cell.column == index);
            let finding = row
                .findings()
                .iter()
                .find(|finding| finding.place.and_then(|place| place.column) == Some(index));
            match (edit, finding) {
                (Some(edit), _) => {
                    let base = edit.base.as_deref().unwrap_or_default();
                    if is_same_but_for_letters(base, text) {
                        return Some(false);
                    }
                    new.extend(beyond(text));
                    // A double-byte page read as a single-byte one gives ASCII letters as well.
                    is_other |= !base.is_ascii();
                }
                // A lost letter says what the page lacks, and not which page it is.
                (None, Some(finding)) if finding.rule == "mojibake" => return Some(false),
                (None, Some(finding)) if finding.is_error() => {
                    is_other |= finding.exported_text().is_some_and(|base| !base.is_ascii());
                }
                (None, Some(_)) => {}
                (None, None) => {
                    let role = columns.get(index).map(|column| &column.role);
                    if matches!(role, Some(ColumnRole::Attribute(_))) {
                        came_back = true;
                        kept.extend(beyond(text));
                    }
                }
            }
        }
    }
    match (came_back, is_other) {
        // The usual letters are the same in many pages, so they say nothing about other ones.
        (true, false) => kept.is_superset(&new).then_some(true),
        (false, true) => Some(false),
        (true, true) | (false, false) => None,
    }
}

/// Whether two texts have the same ASCII characters in the same places, and others between them.
fn is_same_but_for_letters(base: &str, text: &str) -> bool {
    let skeleton = |text: &str| {
        let mut shape = String::new();
        // A program may have taken the apostrophe at the front for its own.
        for c in text.strip_prefix('\'').unwrap_or(text).chars() {
            if c.is_ascii() {
                shape.push(c);
            } else if !shape.ends_with('\u{fffc}') {
                shape.push('\u{fffc}');
            }
        }
        shape
    };
    base.chars().any(|c| !c.is_ascii() && c.is_alphabetic())
        && !text.is_ascii()
        && skeleton(base) == skeleton(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_other_letters_in_the_same_places_are_told() {
        for (base, text) in [
            ("München", "Mьnchen"),
            ("Núñez", "Núńez"),
            ("Jiří", "Ji┼Ö├¡"),
            ("'Žemaitė", "Þemaitë"),
            ("René", "ReneÌ"),
        ] {
            // A decomposed letter keeps its ASCII half, so the last one has another shape.
            assert_eq!(
                is_same_but_for_letters(base, text),
                base != "René",
                "{base} {text}"
            );
        }
        for (base, text) in [
            ("Jose", "José"),
            ("Zoë", "Zoe"),
            ("Zoë", "Zoë B"),
            ("a\u{2013}b", "a\u{2014}b"),
        ] {
            assert!(!is_same_but_for_letters(base, text), "{base} {text}");
        }
    }
}
