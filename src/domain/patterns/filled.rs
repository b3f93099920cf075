//! One value over many different ones, row after row: the value above was dragged down.
//!
//! This is only said. One value for many people is also what a reorganisation looks like, and the guard `max-same-value` stops
//! too many of them with a number that can be confirmed.

use std::collections::HashSet;

use super::super::shuffle::VALUES_MIN;
use super::grid::{Differing, Grid, examples, key};
use super::pattern::Pattern;
use crate::catalogue::Spread;

/// Fewer rows with one new value are an ordinary edit.
const ROWS_MIN: usize = 6;

/// Columns in which one value stands over many different ones.
pub fn filled_down(grid: &Grid<'_>, known: &[usize]) -> Vec<Pattern> {
    (0..grid.width())
        .filter(|column| !known.contains(column))
        .filter_map(|column| filled_in(grid, column))
        .collect()
}

fn filled_in(grid: &Grid<'_>, column: usize) -> Option<Pattern> {
    let attribute = grid.attribute(column)?;
    let block = grid
        .differing(column)
        .chunk_by(|one, two| one.row + 1 == two.row && one.edited == two.edited)
        .filter(|block| is_filled(grid, column, attribute.spread, block))
        .max_by_key(|block| block.len())?;
    let (first, last) = (block.first()?, block.last()?);
    Some(Pattern {
        rule: "filled-down",
        columns: vec![column],
        row: None,
        stops: false,
        whole_sheet: false,
        message: format!(
            "rows {} to {} of `{}` hold one value where different ones were exported; {}",
            grid.row_number(first.row),
            grid.row_number(last.row),
            grid.header(column),
            examples(grid, block.iter())
        ),
        help: "look whether the value was dragged down by accident".to_owned(),
    })
}

fn is_filled(grid: &Grid<'_>, column: usize, spread: Spread, block: &[Differing<'_>]) -> bool {
    let Some(first) = block.first().filter(|first| !first.edited.is_empty()) else {
        return false;
    };
    let lost: HashSet<&str> = block
        .iter()
        .map(|cell| key(cell.base))
        .filter(|base| !base.is_empty())
        .collect();
    let above = first
        .row
        .checked_sub(1)
        .and_then(|row| grid.untouched(row, column));
    // A value that people share is often given to many; dragging leaves the cell it came from right above.
    let from_above = above.is_some_and(|above| key(above) == key(first.edited));
    block.len() >= ROWS_MIN && lost.len() >= VALUES_MIN && (spread == Spread::Individual || from_above)
}
