//! Cells that count up: a value was dragged down, and the spreadsheet went on counting.
//!
//! Numbers that count up are also given out on purpose. What tells the accident is the cell that was dragged: it stands right
//! above, and nobody changed it. Without it only telephone numbers whose first number counts up are nobody's wish.

use std::collections::HashSet;

use super::grid::{Differing, Grid, examples};
use super::pattern::{CONFIRM, Pattern};
use crate::catalogue::Kind;

/// So many cells must count on from a cell that nobody changed: the one that was dragged.
const DRAGGED_MIN: usize = 3;
/// So many where no such cell is above them.
const COUNTED_MIN: usize = 5;
/// So many different values must be lost. Numbers for people who had none are ordinary work.
const LOST_MIN: usize = 3;

/// Columns with a series over values that were different.
pub fn counted(grid: &Grid<'_>, known: &[usize]) -> Vec<Pattern> {
    (0..grid.width())
        .filter(|column| !known.contains(column))
        .filter_map(|column| counted_in(grid, column))
        .collect()
}

fn counted_in(grid: &Grid<'_>, column: usize) -> Option<Pattern> {
    let cells = grid.differing(column);
    let longest = (0..cells.len())
        .scan(0, |next, start| {
            // Within a series no other one begins.
            let found =
                (start >= *next).then(|| series_from(grid, column, cells.get(start..).unwrap_or(&[])));
            if let Some((length, _)) = found {
                *next = start + length.max(1);
            }
            Some(found.map(|(length, dragged)| (start, length, dragged)))
        })
        .flatten()
        .filter(|(start, length, dragged)| {
            let lost: HashSet<&str> = cells
                .iter()
                .skip(*start)
                .take(*length)
                .map(|cell| cell.base)
                .filter(|base| !base.is_empty())
                .collect();
            let enough = if *dragged {
                *length >= DRAGGED_MIN
            } else {
                *length >= COUNTED_MIN && is_country_code(grid, column, cells.get(*start..).unwrap_or(&[]))
            };
            enough && lost.len() >= LOST_MIN
        })
        .max_by_key(|(_, length, _)| *length)?;
    let (start, length, _) = longest;
    Some(Pattern {
        rule: "filled-series",
        columns: vec![column],
        row: None,
        stops: true,
        whole_sheet: false,
        message: format!(
            "{length} cells of `{}` count on from row to row, as when a value is dragged down; {}",
            grid.header(column),
            examples(grid, cells.iter().skip(start))
        ),
        help: format!("put the exported values back; {CONFIRM}"),
    })
}

/// Whether the first number of a telephone number counts up, as when one with blanks is dragged.
fn is_country_code(grid: &Grid<'_>, column: usize, cells: &[Differing<'_>]) -> bool {
    let is_phone = grid.attribute(column).is_some_and(|attribute| {
        matches!(attribute.kind, Kind::Phone { .. } | Kind::SignInPhone { .. })
            || attribute.name == "businessPhones"
    });
    let counts = match cells {
        [one, two, ..] => step(one.edited, two.edited).is_some_and(|(at, _)| at == 0),
        _ => false,
    };
    is_phone && counts && cells.first().is_some_and(|cell| pieces(cell.edited).len() > 1)
}

/// How many of these cells, from the first on, are rows next to each other that count on; and whether the cell above them is
/// untouched and the one they count on from.
fn series_from(grid: &Grid<'_>, column: usize, cells: &[Differing<'_>]) -> (usize, bool) {
    let Some(first) = cells.first() else {
        return (0, false);
    };
    let above = first
        .row
        .checked_sub(1)
        .and_then(|row| grid.untouched(row, column));
    let from_above = above.and_then(|above| step(above, first.edited));
    let mut length = 1;
    let mut known = from_above;
    for pair in cells.windows(2) {
        let [one, two] = pair else { break };
        let counted = step(one.edited, two.edited);
        if one.row + 1 != two.row || counted.is_none() || known.is_some_and(|known| counted != Some(known)) {
            break;
        }
        known = counted;
        length += 1;
    }
    if length == 1 && from_above.is_some() {
        return (1, true);
    }
    (length, from_above.is_some())
}

/// By how much the second text counts on from the first, and which of its numbers does: `(0, 1)` for `33 1 42` and `34 1 42`.
fn step(one: &str, two: &str) -> Option<(usize, i128)> {
    let (before, after) = (pieces(one), pieces(two));
    if before.len() != after.len() {
        return None;
    }
    let mut found = None;
    for (at, (one, two)) in before.iter().zip(&after).enumerate() {
        if one == two {
            continue;
        }
        let (one, two) = (one.parse::<i128>().ok()?, two.parse::<i128>().ok()?);
        if found.is_some() || one == two {
            return None;
        }
        found = Some((at, two - one));
    }
    found
}

/// Runs of digits and of everything else; a plus at the front does not count, because it is lost on the way.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text.trim().trim_start_matches('+');
    while let Some(first) = rest.chars().next() {
        let digits = first.is_ascii_digit();
        let end = rest
            .find(|c: char| c.is_ascii_digit() != digits)
            .unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        pieces.push(piece);
        rest = after;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_of_a_text_counts_on() {
        for (one, two, expected) in [
            ("+33 1 42 68 53 00", "34 1 42 68 53 00", Some((0, 1))),
            ("34 1 42", "35 1 42", Some((0, 1))),
            ("E10", "E11", Some((1, 1))),
            ("Room 10", "Room 8", Some((1, -2))),
            ("09", "10", Some((0, 1))),
            ("1-2", "1-3", Some((2, 1))),
            ("Cook", "Chef", None),
            ("E10", "F11", None),
            ("1-2", "2-3", None),
            ("7", "7", None),
            ("7", "007", None),
        ] {
            assert_eq!(step(one, two), expected, "{one} {two}");
        }
    }
}
