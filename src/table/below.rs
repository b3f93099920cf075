//! What the rows below the header tell about its columns: one look through the sheet, and only when there is a question.

use super::complaints::FINDINGS_PER_RULE_MAX;
use super::foreign::{is_example, json_list, one_or_zero};
use super::header::{Header, nameless_column};
use super::rows::Records;
use super::treatment::Treatment;
use super::vocabulary::Meaning;
use crate::catalogue::Attribute;
use crate::domain::{Extent, Finding, Place};

/// What was seen.
#[derive(Debug, Default)]
pub(super) struct Below {
    /// Columns without a name that must stay, because cells below are filled: all before this position.
    pub keep: usize,
    /// The cells are written as CLI for Microsoft 365 writes them.
    pub is_cli: bool,
    /// Rows that are no users: the example of a template.
    pub passed_over: Vec<u64>,
    pub findings: Vec<Finding>,
}

/// How many rows below the header may be an example.
const EXAMPLE_ROWS_MAX: usize = 2;

/// Looks through `records`, which stand behind the header. `questions` are the original headers and positions of inverted
/// columns; `telling` are the columns that may be written by the CLI.
pub(super) fn look_below(
    mut records: Records,
    header: &Header,
    inverted: &[(usize, String)],
    telling: Option<Vec<(usize, &'static Attribute)>>,
) -> Below {
    let mut below = Below::default();
    let mut nameless: Vec<usize> = (0..header.len())
        .filter(|index| header.columns()[*index].meaning == Meaning::Blank)
        .collect();
    let mut telling = telling.unwrap_or_default();
    let mut has_told = false;
    let mut rows = 0;
    let mut unclear = 0;
    while let Some(record) = records.advance() {
        // What cannot be read is told by whoever reads the rows.
        let Ok(place) = record else {
            telling.clear();
            break;
        };
        if rows < EXAMPLE_ROWS_MAX && is_example(records.cells.iter()) {
            below.passed_over.push(place.row);
            below
                .findings
                .push(example_row(place, records.cells.get(0).unwrap_or_default()));
            continue;
        }
        rows += 1;
        let cell = |index: usize| records.cells.get(index).unwrap_or_default();
        nameless.retain(|index| {
            let is_filled = !cell(*index).trim().is_empty();
            if is_filled {
                below.keep = below.keep.max(index + 1);
                below
                    .findings
                    .push(nameless_column(place.at(*index), cell(*index)));
            }
            !is_filled
        });
        for (index, text) in inverted {
            if Treatment::Inverted.refuses(cell(*index)) {
                unclear += 1;
                if unclear <= FINDINGS_PER_RULE_MAX {
                    below
                        .findings
                        .push(not_yes_or_no(place.at(*index), text, cell(*index)));
                }
            }
        }
        if !telling.is_empty() {
            match as_cli(&telling, cell) {
                Some(told) => has_told |= told,
                None => telling.clear(),
            }
        }
        if rows >= EXAMPLE_ROWS_MAX && nameless.is_empty() && inverted.is_empty() && telling.is_empty() {
            break;
        }
    }
    if let (Some(more @ 1..), Some((_, text))) =
        (unclear.checked_sub(FINDINGS_PER_RULE_MAX), inverted.first())
    {
        below.findings.push(Finding {
            message: format!("{more} more cells have the same problem"),
            place: None,
            found: None,
            ..not_yes_or_no(Place::row(1, 1), text, "")
        });
    }
    below.is_cli = has_told && !telling.is_empty();
    below
}

/// Whether the filled cells of a row are written as the CLI does it: `Some(true)` when there are any, `None` when not.
fn as_cli<'a>(telling: &[(usize, &'static Attribute)], cell: impl Fn(usize) -> &'a str) -> Option<bool> {
    let mut told = false;
    for (index, attribute) in telling {
        let text = cell(*index);
        if !text.is_empty() {
            if one_or_zero(attribute, text).is_none() && json_list(attribute, text).is_none() {
                return None;
            }
            told = true;
        }
    }
    Some(told)
}

fn example_row(place: Place, found: &str) -> Finding {
    Finding::warning(
        "example-row",
        Extent::Row,
        format!(
            "row {} is the example of a template and no user; it is passed over",
            place.row
        ),
        "nothing needs to be done; you may delete the row",
    )
    .at(place)
    .found(found)
}

fn not_yes_or_no(place: Place, column: &str, found: &str) -> Finding {
    Finding::error(
        "not-yes-or-no",
        Extent::Cell,
        "the column asks whether sign-in is blocked, and this is neither yes nor no, so it is left out",
        "write `Yes` (sign-in is blocked) or `No` (the person can sign in)",
    )
    .at(place)
    .column(column)
    .found(found)
}
