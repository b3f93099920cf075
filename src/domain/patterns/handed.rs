//! Personal values that now stand in the rows of other people, too few to say that the column moved.

use std::collections::HashMap;

use super::grid::{Differing, Grid, examples, key};
use super::pattern::Pattern;
use crate::catalogue::Spread;

/// Columns of personal values in which somebody has the value that only another had, whose own changed as well. A telephone
/// may have been handed on, or a few cells were moved or sorted alone, so it is only said.
pub fn handed_on(grid: &Grid<'_>, known: &[usize]) -> Vec<Pattern> {
    (0..grid.width())
        .filter(|column| !known.contains(column))
        .filter(|column| {
            grid.attribute(*column)
                .is_some_and(|attribute| attribute.spread == Spread::Individual)
        })
        .filter_map(|column| handed_on_in(grid, column))
        .collect()
}

fn handed_on_in(grid: &Grid<'_>, column: usize) -> Option<Pattern> {
    let cells = grid.differing(column);
    let mut had: HashMap<&str, u64> = HashMap::new();
    for cell in cells.iter().filter(|cell| !cell.base.is_empty()) {
        *had.entry(key(cell.base)).or_default() += 1;
    }
    let handed: Vec<&Differing<'_>> = cells
        .iter()
        .filter(|cell| had.get(key(cell.edited)) == Some(&1) && key(cell.edited) != key(cell.base))
        .collect();
    if handed.is_empty() {
        return None;
    }
    let header = grid.header(column);
    let count = match handed.len() {
        1 => format!("one cell of `{header}` holds what was exported for another person"),
        cells => format!("{cells} cells of `{header}` hold what was exported for other people"),
    };
    Some(Pattern {
        rule: "values-handed-on",
        columns: vec![column],
        row: None,
        stops: false,
        whole_sheet: false,
        message: format!(
            "{count}, whose own changed as well; {}",
            examples(grid, handed.into_iter())
        ),
        help: "look whether this is meant, or cells were moved or sorted without the others".to_owned(),
    })
}
