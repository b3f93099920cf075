//! Values of a few people that now stand in the rows of others, too few to say that a column moved.

use std::collections::{HashMap, HashSet};

use super::grid::{Differing, Grid, examples, key};
use super::pattern::{CONFIRM, Pattern};
use crate::catalogue::{Kind, Spread};

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

/// Several cells of one row that came from one other row are a block that moved.
const COLUMNS_MIN: usize = 2;
/// So many columns and rows of that kind leave open which side is right.
const STOPS: (usize, usize) = (3, 3);

/// Rows that hold several values of one other row whose own changed as well: a block of columns was moved or sorted apart from its
/// keys. Only values that one row alone had tell where they came from.
pub fn rows_apart(grid: &Grid<'_>, known: &[usize]) -> Vec<Pattern> {
    let mut from: HashMap<(usize, usize), Vec<&Differing<'_>>> = HashMap::new();
    let mut columns: Vec<usize> = Vec::new();
    for column in (0..grid.width()).filter(|column| !known.contains(column)) {
        let cells = grid.differing(column);
        let mut had: HashMap<&str, Option<usize>> = HashMap::new();
        for cell in cells.iter().filter(|cell| !cell.base.is_empty()) {
            had.entry(key(cell.base))
                .and_modify(|row| *row = None)
                .or_insert(Some(cell.row));
        }
        let mut found = false;
        for cell in cells {
            if let Some(Some(source)) = had.get(key(cell.edited))
                && *source != cell.row
            {
                from.entry((cell.row, *source)).or_default().push(cell);
                found = true;
            }
        }
        if found {
            columns.push(column);
        }
    }
    let mut moved: Vec<((usize, usize), Vec<&Differing<'_>>)> = from
        .into_iter()
        .filter(|(_, cells)| cells.len() >= COLUMNS_MIN)
        .collect();
    moved.sort_unstable_by_key(|(rows, _)| *rows);
    if moved.len() < COLUMNS_MIN {
        return Vec::new();
    }
    let wide = moved.iter().filter(|(_, cells)| cells.len() >= STOPS.0).count();
    let stops = wide >= STOPS.1;
    let help = if stops {
        format!("take the sheet as it was before, and sort it with all its columns; {CONFIRM}")
    } else {
        "look whether this is meant, or cells were moved or sorted without their rows".to_owned()
    };
    vec![Pattern {
        rule: "rows-mixed",
        columns: if stops { columns } else { Vec::new() },
        row: None,
        stops,
        whole_sheet: stops,
        message: format!(
            "{} rows hold several values of one other row each, whose own changed as well; {}",
            moved.len(),
            examples(grid, moved.iter().filter_map(|(_, cells)| cells.first().copied()))
        ),
        help,
    }]
}

/// So many exported values of a column must all be different for it to hold one value per person.
const DISTINCT_MIN: usize = 3;

/// Columns of personal values, no two of which were the same, in which new values are.
pub fn repeated(grid: &Grid<'_>, known: &[usize]) -> Vec<Pattern> {
    (0..grid.width())
        .filter(|column| !known.contains(column) && !grid.differing(*column).is_empty())
        .filter(|column| {
            grid.attribute(*column).is_some_and(|attribute| {
                attribute.spread == Spread::Individual && !matches!(attribute.kind, Kind::TextList { .. })
            })
        })
        .filter_map(|column| repeated_in(grid, column))
        .collect()
}

fn repeated_in(grid: &Grid<'_>, column: usize) -> Option<Pattern> {
    let mut exported: HashSet<&str> = HashSet::new();
    for base in (0..grid.rows()).filter_map(|row| grid.base(row, column)) {
        if !base.is_empty() && !exported.insert(key(base)) {
            return None;
        }
    }
    if exported.len() < DISTINCT_MIN {
        return None;
    }
    let mut holders: HashMap<&str, u64> = HashMap::new();
    for text in (0..grid.rows()).filter_map(|row| grid.edited(row, column)) {
        if !text.trim().is_empty() {
            *holders.entry(key(text)).or_default() += 1;
        }
    }
    let cells: Vec<&Differing<'_>> = grid
        .differing(column)
        .iter()
        .filter(|cell| holders.get(key(cell.edited)).is_some_and(|holders| *holders > 1))
        .collect();
    if cells.is_empty() {
        return None;
    }
    let header = grid.header(column);
    Some(Pattern {
        rule: "value-repeated",
        columns: vec![column],
        row: None,
        stops: false,
        whole_sheet: false,
        message: format!(
            "in `{header}` everybody had a value of their own, and now {} share one; {}",
            if cells.len() == 1 {
                "one new value is there twice, so two people".to_owned()
            } else {
                format!(
                    "new values of {} rows are there more than once, so people",
                    cells.len()
                )
            },
            examples(grid, cells.iter().copied())
        ),
        help: "look whether this is meant, or a cell was copied or dragged".to_owned(),
    })
}
