//! Columns whose values stand in other rows: sorted alone, shifted by some rows, pasted beside their rows, exchanged.

use std::collections::{HashMap, HashSet};

use super::super::shuffle::{self, CHANGES_MIN, MOVED_PERCENT, VALUES_MIN};
use super::grid::{Differing, Grid, examples, key};
use super::neighbours::{Neighbours, SHIFT_MAX};
use super::pattern::{CONFIRM, Pattern};
use crate::catalogue::Spread;

/// Cells in adjoining rows, and different values among them, from which on a shifted block stops the sheet.
const ENOUGH: (u64, usize) = (CHANGES_MIN, VALUES_MIN);
/// The same for a block that is only told.
const FEW: (u64, usize) = (3, 3);

/// So many cells of a small column must have changed for it to count as sorted alone.
const SORTED_MIN: usize = 3;

/// A column that moved.
struct Moved {
    column: usize,
    /// How many cells hold another row's value.
    people: u64,
    how: How,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Sorted,
    Mixed,
    /// By so many rows; downwards when positive.
    Shifted(isize),
}

/// Columns that were sorted, shifted or mixed. Several that moved in the same way are one pattern: then it is open whether they
/// moved or the keys beside them.
pub fn moved(grid: &Grid<'_>, known: &[usize]) -> Vec<Pattern> {
    let moved: Vec<Moved> = (0..grid.width())
        .filter(|column| !known.contains(column))
        .filter_map(|column| moved_column(grid, column))
        .collect();
    let mut patterns = Vec::new();
    let mut left: Vec<&Moved> = moved.iter().collect();
    while let Some(reference) = left
        .iter()
        .copied()
        .max_by_key(|moved| distinct(grid, moved.column))
    {
        let sources = sources(grid, reference);
        let (together, apart): (Vec<&Moved>, Vec<&Moved>) = left
            .into_iter()
            .partition(|other| other.column == reference.column || follows(grid, other, &sources));
        left = apart;
        patterns.push(if together.len() == 1 {
            alone(grid, reference)
        } else {
            mixed(grid, reference, &together)
        });
    }
    patterns.sort_by_key(|pattern| pattern.columns.first().copied());
    patterns
}

fn moved_column(grid: &Grid<'_>, column: usize) -> Option<Moved> {
    // Another spelling of one's own number did not come from anybody.
    let cells: Vec<&Differing<'_>> = grid
        .differing(column)
        .iter()
        .filter(|cell| key(cell.base) != key(cell.edited))
        .collect();
    if (cells.len() as u64) < CHANGES_MIN {
        return sorted_alone(grid, column, &cells).or_else(|| {
            let (by, people) = shift(grid, column, FEW)?;
            let how = How::Shifted(by);
            Some(Moved { column, people, how })
        });
    }
    if let Some((by, people)) = shift(grid, column, ENOUGH) {
        return Some(Moved {
            column,
            people,
            how: How::Shifted(by),
        });
    }
    let pairs: Vec<(String, String)> = cells
        .iter()
        .map(|cell| (key(cell.base).to_owned(), key(cell.edited).to_owned()))
        .collect();
    let people = shuffle::moved(&pairs)?;
    let how = if is_sorted(grid, column) {
        How::Sorted
    } else {
        How::Mixed
    };
    Some(Moved { column, people, how })
}

/// A small column that holds exactly its exported values, now in order from the first row to the last, and was in no order
/// before. That few people exchange their values so that all are sorted is hardly an accident.
fn sorted_alone(grid: &Grid<'_>, column: usize, cells: &[&Differing<'_>]) -> Option<Moved> {
    if cells.len() < SORTED_MIN {
        return None;
    }
    let mut before: Vec<&str> = cells.iter().map(|cell| key(cell.base)).collect();
    let mut after: Vec<&str> = cells.iter().map(|cell| key(cell.edited)).collect();
    before.sort_unstable();
    after.sort_unstable();
    let exported = |row| grid.base(row, column);
    let is_it = before == after && is_sorted(grid, column) && !is_ordered(grid, exported);
    is_it.then_some(Moved {
        column,
        people: cells.len() as u64,
        how: How::Sorted,
    })
}

/// The distance by which a block moved, and how many cells moved so.
fn shift(grid: &Grid<'_>, column: usize, (cells_min, values_min): (u64, usize)) -> Option<(isize, u64)> {
    let neighbours = Neighbours::of(grid, column);
    (1..=SHIFT_MAX)
        .flat_map(|distance| [distance, -distance])
        .filter_map(|by| {
            let longest = neighbours.longest_run(by, values_min);
            (longest >= cells_min).then_some((by, longest))
        })
        .max_by_key(|(_, people)| *people)
}

/// Whether the column as it is now goes up or down all the way.
fn is_sorted(grid: &Grid<'_>, column: usize) -> bool {
    is_ordered(grid, |row| grid.edited(row, column))
}

/// Whether the texts of all rows go up or down all the way.
fn is_ordered<'g>(grid: &'g Grid<'_>, text: impl Fn(usize) -> Option<&'g str>) -> bool {
    let texts = || (0..grid.rows()).filter_map(&text).map(str::to_lowercase);
    let numbers = || -> Option<Vec<u128>> { texts().map(|text| key(&text).parse().ok()).collect() };
    let ordered = match numbers() {
        Some(numbers) => [numbers.is_sorted(), numbers.iter().rev().is_sorted()],
        None => {
            let texts: Vec<String> = texts().collect();
            [texts.is_sorted(), texts.iter().rev().is_sorted()]
        }
    };
    ordered.contains(&true)
}

fn distinct(grid: &Grid<'_>, column: usize) -> usize {
    grid.differing(column)
        .iter()
        .map(|cell| key(cell.edited))
        .collect::<HashSet<_>>()
        .len()
}

/// From which row the value of each differing row of a column came, where only one row had it.
fn sources(grid: &Grid<'_>, moved: &Moved) -> HashMap<usize, usize> {
    let cells = grid.differing(moved.column);
    if let How::Shifted(by) = moved.how {
        return cells
            .iter()
            .filter_map(|cell| Some((cell.row, cell.row.checked_add_signed(-by)?)))
            .collect();
    }
    let mut had: HashMap<&str, Option<usize>> = HashMap::new();
    for cell in cells {
        had.entry(key(cell.base))
            .and_modify(|row| *row = None)
            .or_insert(Some(cell.row));
    }
    cells
        .iter()
        .filter_map(|cell| Some((cell.row, (*had.get(key(cell.edited))?)?)))
        .collect()
}

/// Whether the values of a column came from the same rows.
fn follows(grid: &Grid<'_>, other: &Moved, sources: &HashMap<usize, usize>) -> bool {
    let compared: Vec<bool> = grid
        .differing(other.column)
        .iter()
        .filter_map(|cell| {
            let base = grid.base(*sources.get(&cell.row)?, other.column)?;
            Some(key(base) == key(cell.edited))
        })
        .collect();
    let agreeing = compared.iter().filter(|agrees| **agrees).count() as u64;
    agreeing >= CHANGES_MIN && agreeing * 100 >= compared.len() as u64 * MOVED_PERCENT
}

/// The cells of a column that hold a value exported in another row.
fn held<'g, 'r>(grid: &'g Grid<'r>, moved: &Moved) -> Vec<&'g Differing<'r>> {
    let cells = grid.differing(moved.column);
    let had: HashSet<&str> = cells.iter().map(|cell| key(cell.base)).collect();
    cells
        .iter()
        .filter(|cell| !cell.edited.is_empty() && had.contains(key(cell.edited)))
        .collect()
}

fn alone(grid: &Grid<'_>, moved: &Moved) -> Pattern {
    let header = grid.header(moved.column);
    let (rule, what) = match moved.how {
        How::Shifted(by) => {
            let rows = by.unsigned_abs();
            let rows = if rows == 1 {
                "one row".to_owned()
            } else {
                format!("{rows} rows")
            };
            let above = if by > 0 { "above" } else { "below" };
            (
                "column-shifted",
                format!(
                    "{} cells of `{header}` hold the value exported {rows} {above}, so a part of the column was shifted",
                    moved.people
                ),
            )
        }
        How::Sorted => (
            "column-shuffled",
            format!(
                "{} cells of `{header}` hold the value of another row, and the column is sorted: it was sorted without the others",
                moved.people
            ),
        ),
        How::Mixed => (
            "column-shuffled",
            format!(
                "{} cells of `{header}` hold the value of another row, as when a column is sorted or pasted without the others",
                moved.people
            ),
        ),
    };
    // A few cells that slipped by a row may be meant.
    let stops = moved.people >= CHANGES_MIN || moved.how == How::Sorted;
    Pattern {
        rule,
        columns: vec![moved.column],
        row: None,
        stops,
        whole_sheet: false,
        message: format!("{what}; {}", examples(grid, held(grid, moved).into_iter())),
        help: format!("take the sheet as it was before, or put the exported column back; {CONFIRM}"),
    }
}

fn mixed(grid: &Grid<'_>, reference: &Moved, together: &[&Moved]) -> Pattern {
    let mut columns: Vec<usize> = together.iter().map(|moved| moved.column).collect();
    columns.sort_unstable();
    let names: Vec<String> = columns
        .iter()
        .map(|column| format!("`{}`", grid.header(*column)))
        .collect();
    Pattern {
        rule: "rows-mixed",
        row: None,
        stops: true,
        whole_sheet: true,
        message: format!(
            "in {} rows the keys and the rest no longer belong together: {} stand in the rows of other people, as when a part of the columns is sorted; {}",
            reference.people,
            names.join(", "),
            examples(grid, held(grid, reference).into_iter()),
        ),
        columns,
        help: format!("take the sheet as it was before, and sort it with all its columns; {CONFIRM}"),
    }
}

/// Personal values that two people exchanged. It may be meant, so it is only said.
pub fn swapped(grid: &Grid<'_>, known: &[usize]) -> Vec<Pattern> {
    (0..grid.width())
        .filter(|column| !known.contains(column))
        .filter(|column| {
            grid.attribute(*column)
                .is_some_and(|attribute| attribute.spread == Spread::Individual)
        })
        .filter_map(|column| swapped_in(grid, column))
        .collect()
}

fn swapped_in(grid: &Grid<'_>, column: usize) -> Option<Pattern> {
    let mut had: HashMap<&str, &Differing<'_>> = HashMap::new();
    for cell in grid.differing(column).iter().filter(|cell| !cell.base.is_empty()) {
        had.insert(key(cell.base), cell);
    }
    let pairs: Vec<(&Differing<'_>, &Differing<'_>)> = grid
        .differing(column)
        .iter()
        .filter_map(|cell| {
            let other = *had.get(key(cell.edited))?;
            (cell.row < other.row && key(other.edited) == key(cell.base)).then_some((cell, other))
        })
        .collect();
    let (one, other) = pairs.first()?;
    let header = grid.header(column);
    let count = match pairs.len() {
        1 => "two people exchanged their".to_owned(),
        pairs => format!("{pairs} pairs of people exchanged their"),
    };
    Some(Pattern {
        rule: "values-swapped",
        columns: vec![column],
        row: None,
        stops: false,
        whole_sheet: false,
        message: format!(
            "{count} `{header}`; {}",
            examples(grid, [*one, *other].into_iter())
        ),
        help: "look whether this is meant, or two cells were mixed up".to_owned(),
    })
}
