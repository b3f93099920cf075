//! Rows whose cells stand one column beside their own.

use std::collections::HashMap;

use super::super::shuffle::MOVED_PERCENT;
use super::grid::{Grid, examples, key};
use super::pattern::{CONFIRM, Pattern};

/// Fewer cells may hold their neighbour's value by chance, or on purpose.
const CELLS_MIN: usize = 3;

/// Rows in which a cell was inserted or taken out, so that the others moved to the side. Columns that are known to hold other
/// columns' values are left out.
pub fn shifted(grid: &Grid<'_>, known: &[usize]) -> Vec<Pattern> {
    // How many cells of a row differ, and how many of them hold the value of the column before or behind.
    let mut rows: HashMap<usize, (usize, [usize; 2])> = HashMap::new();
    for column in (0..grid.width()).filter(|column| !known.contains(column)) {
        for cell in grid
            .differing(column)
            .iter()
            .filter(|cell| !cell.edited.is_empty())
        {
            let (differing, beside) = rows.entry(cell.row).or_default();
            *differing += 1;
            let neighbours = [column.checked_sub(1), column.checked_add(1)];
            for (count, neighbour) in beside.iter_mut().zip(neighbours) {
                let base = neighbour.and_then(|neighbour| grid.base(cell.row, neighbour));
                if base.is_some_and(|base| key(base) == key(cell.edited) && key(base) != key(cell.base)) {
                    *count += 1;
                }
            }
        }
    }
    let mut found: Vec<(usize, usize)> = rows
        .into_iter()
        .filter_map(|(row, (differing, beside))| {
            let most = beside.into_iter().max()?;
            let enough = most >= CELLS_MIN && most as u64 * 100 >= differing as u64 * MOVED_PERCENT;
            enough.then_some((row, most))
        })
        .collect();
    found.sort_unstable();
    found
        .into_iter()
        .map(|(row, cells)| {
            let moved = (0..grid.width()).filter_map(|column| {
                let cells = grid.differing(column);
                cells.get(cells.binary_search_by_key(&row, |cell| cell.row).ok()?)
            });
            Pattern {
                rule: "row-shifted",
                columns: Vec::new(),
                row: Some(row),
                stops: true,
                whole_sheet: false,
                message: format!(
                    "{cells} cells of this row hold what was exported one column beside them, as when a cell is inserted or deleted; {}",
                    examples(grid, moved)
                ),
                help: format!("put the exported row back and edit it again; {CONFIRM}"),
            }
        })
        .collect()
}
