//! Columns that hold what was exported in another column: two that were exchanged, or one that was written over by its neighbour.

use std::collections::{BTreeMap, HashSet};

use super::super::shuffle::{CHANGES_MIN, MOVED_PERCENT, VALUES_MIN};
use super::grid::{Differing, Grid, examples, key};
use super::pattern::{CONFIRM, Pattern};
use crate::catalogue::Kind;

/// From so many rows on, two exchanged columns are said.
const FEW_MIN: usize = 2;

/// Columns that hold the values of other columns.
pub fn exchanged(grid: &Grid<'_>) -> Vec<Pattern> {
    let mut from: BTreeMap<usize, (usize, u64)> = BTreeMap::new();
    for column in 0..grid.width() {
        if let Some(found) = source(grid, column) {
            from.insert(column, found);
        }
    }
    let mut patterns = exchanged_by_few(grid, &from.keys().copied().collect());
    for (column, (source, people)) in &from {
        let is_swap = from.get(source).is_some_and(|(back, _)| back == column);
        if is_swap && column < source {
            patterns.push(pattern(
                grid,
                "columns-swapped",
                vec![*column, *source],
                format!(
                    "`{}` and `{}` hold each other's values in {people} rows",
                    grid.header(*column),
                    grid.header(*source)
                ),
            ));
        } else if !is_swap && overwrites(grid, *column, *source) {
            patterns.push(pattern(
                grid,
                "other-columns-values",
                vec![*column],
                format!(
                    "{people} cells of `{}` hold what was exported in `{}`, and what they held is gone",
                    grid.header(*column),
                    grid.header(*source)
                ),
            ));
        }
    }
    patterns
}

/// Pairs of columns that hold each other's values in a few rows, and in all rows in which either of them changed. It may be meant,
/// so it is only said; for one person it is an ordinary correction.
fn exchanged_by_few(grid: &Grid<'_>, known: &HashSet<usize>) -> Vec<Pattern> {
    let changed: Vec<usize> = (0..grid.width())
        .filter(|column| !known.contains(column) && grid.differing(*column).len() >= FEW_MIN)
        .collect();
    let holds = |cell: &Differing<'_>, other: usize| {
        grid.base(cell.row, other)
            .is_some_and(|base| key(base) == key(cell.edited) && key(base) != key(cell.base))
    };
    let mut patterns = Vec::new();
    for (at, one) in changed.iter().enumerate() {
        for two in &changed[at + 1..] {
            let (cells, others) = (grid.differing(*one), grid.differing(*two));
            let is_swap = cells.len() == others.len()
                && cells
                    .iter()
                    .zip(others)
                    .all(|(cell, other)| cell.row == other.row && holds(cell, *two) && holds(other, *one));
            if is_swap {
                let mut pattern = pattern(
                    grid,
                    "columns-swapped",
                    vec![*one, *two],
                    format!(
                        "`{}` and `{}` hold each other's values in {} rows",
                        grid.header(*one),
                        grid.header(*two),
                        cells.len()
                    ),
                );
                pattern.stops = false;
                pattern.help =
                    "look whether this is meant, or the headers of two columns were exchanged".to_owned();
                patterns.push(pattern);
            }
        }
    }
    patterns
}

fn pattern(grid: &Grid<'_>, rule: &'static str, columns: Vec<usize>, what: String) -> Pattern {
    let shown = columns.first().map_or(&[][..], |column| grid.differing(*column));
    let filled = shown.iter().filter(|cell| !cell.edited.is_empty());
    Pattern {
        rule,
        row: None,
        stops: true,
        whole_sheet: false,
        message: format!("{what}; {}", examples(grid, filled)),
        help: format!("put the exported columns back; {CONFIRM}"),
        columns,
    }
}

/// The other column whose exported values nearly all changed cells of this one hold, and how many do.
fn source(grid: &Grid<'_>, column: usize) -> Option<(usize, u64)> {
    let cells: Vec<&Differing<'_>> = grid
        .differing(column)
        .iter()
        .filter(|cell| !cell.edited.is_empty())
        .collect();
    if (cells.len() as u64) < CHANGES_MIN {
        return None;
    }
    (0..grid.width())
        .filter(|other| *other != column && grid.attribute(*other).is_some())
        .filter_map(|other| Some((other, matching(grid, &cells, other)?)))
        .max_by_key(|(_, people)| *people)
}

/// How many of these cells hold what was exported in another column, when they are enough.
fn matching(grid: &Grid<'_>, cells: &[&Differing<'_>], other: usize) -> Option<u64> {
    let all = cells.len() as u64;
    let (mut people, mut missing) = (0, 0);
    let mut values: HashSet<&str> = HashSet::new();
    for cell in cells {
        let base = grid.base(cell.row, other);
        if base.is_some_and(|base| key(base) == key(cell.edited) && key(base) != key(cell.base)) {
            people += 1;
            values.insert(key(cell.edited));
        } else {
            missing += 1;
            // Nearly every pair of columns ends here, after a fifth of the cells.
            if (all - missing) * 100 < all * MOVED_PERCENT {
                return None;
            }
        }
    }
    (people >= CHANGES_MIN && values.len() >= VALUES_MIN).then_some(people)
}

/// Whether copying the other column lost something. Filling an empty column from another is ordinary work, and so is making a
/// sign-in name of an address.
fn overwrites(grid: &Grid<'_>, column: usize, source: usize) -> bool {
    let is_address = |column: usize| {
        grid.attribute(column).is_some_and(|attribute| {
            matches!(
                attribute.kind,
                Kind::Email { .. } | Kind::EmailList { .. } | Kind::UserPrincipalName
            )
        })
    };
    let lost: HashSet<&str> = grid
        .differing(column)
        .iter()
        .map(|cell| key(cell.base))
        .filter(|base| !base.is_empty())
        .collect();
    !(is_address(column) && is_address(source)) && lost.len() >= VALUES_MIN
}
