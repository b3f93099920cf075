//! Values that stand some rows above or below the row they were exported in.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::grid::{Grid, key};

/// How far a block is looked for above and below.
pub const SHIFT_MAX: isize = 5;

/// The rows of a column, held against the rows around them.
pub struct Neighbours<'g, 'r> {
    grid: &'g Grid<'r>,
    column: usize,
    /// A hash of each row's exported value, where so many cells differ that nearly all of them are asked for, and each ten times.
    prints: Option<Vec<u64>>,
}

impl<'g, 'r> Neighbours<'g, 'r> {
    /// Makes ready what each question needs.
    pub fn of(grid: &'g Grid<'r>, column: usize) -> Neighbours<'g, 'r> {
        let asked = grid.differing(column).len().saturating_mul(SHIFT_MAX as usize);
        let prints = (asked >= grid.rows()).then(|| {
            let rows = 0..grid.rows();
            rows.map(|row| grid.base(row, column).map_or(0, print)).collect()
        });
        Neighbours { grid, column, prints }
    }

    /// Whether a row holds the value exported `by` rows above.
    fn holds(&self, row: usize, by: isize) -> bool {
        let edited = self.grid.edited(row, self.column);
        edited.is_some_and(|edited| self.was_beside(edited, row, by))
    }

    /// Whether a text, which is not empty, was exported `by` rows above a row.
    fn was_beside(&self, edited: &str, row: usize, by: isize) -> bool {
        let Some(from) = row.checked_add_signed(-by).filter(|_| !edited.is_empty()) else {
            return false;
        };
        let is_other = |prints: &Vec<u64>| prints.get(from) != Some(&print(edited));
        if self.prints.as_ref().is_some_and(is_other) {
            return false;
        }
        let base = self.grid.base(from, self.column);
        base.is_some_and(|base| key(base) == key(edited))
    }

    /// The most differing cells in a row of rows that all hold the value exported `by` rows above, with enough different values.
    pub fn longest_run(&self, by: isize, values_min: usize) -> u64 {
        let mut longest = 0;
        let mut cells = 0;
        let mut values: HashSet<&str> = HashSet::new();
        let mut end = 0;
        for cell in self.grid.differing(self.column) {
            if !self.was_beside(cell.edited, cell.row, by) {
                (cells, end) = (0, cell.row + 1);
                values.clear();
                continue;
            }
            // Rows between two of them belong to the block when they hold the value of their neighbour too.
            if cells > 0 && !(end..cell.row).all(|row| self.holds(row, by)) {
                cells = 0;
                values.clear();
            }
            cells += 1;
            end = cell.row + 1;
            values.insert(key(cell.edited));
            if values.len() >= values_min {
                longest = longest.max(cells);
            }
        }
        longest
    }
}

/// Values that are the same when they are held against each other have the same hash.
fn print(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    key(text).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::tests::fixtures::{base, checked, id, sheet};

    proptest! {
        #[test]
        fn with_hashes_the_same_runs_are_found_as_without(
            exported in prop::collection::vec("[ab0+ ]{0,2}", 40),
            moved in prop::collection::vec((0..4u8, "[ab]{0,1}"), 40),
            by in 0..5usize,
        ) {
            let names = ["id", "jobTitle"];
            // Some cells hold what stood above, some another text, most what they held.
            let rows: Vec<_> = (0..exported.len())
                .map(|row| {
                    let (how, text) = &moved[row];
                    let edited = match how {
                        0 => text.as_str(),
                        1 | 2 => exported.get(row.wrapping_sub(by)).map_or("", String::as_str),
                        _ => &exported[row],
                    };
                    let key = id(row as u8 + 1).to_string();
                    checked(&names, &[&key, edited], base(&names, &[&key, &exported[row]]))
                })
                .collect();
            let columns = sheet(&names);
            let grid = Grid::new(&rows, &columns);
            let without = Neighbours { prints: None, ..Neighbours::of(&grid, 1) };
            let with = Neighbours::of(&grid, 1);
            prop_assume!(with.prints.is_some());
            for by in (-SHIFT_MAX..=SHIFT_MAX).filter(|by| *by != 0) {
                for values in [1, 3] {
                    prop_assert_eq!(with.longest_run(by, values), without.longest_run(by, values));
                }
            }
        }
    }
}
