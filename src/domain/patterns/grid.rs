//! What differs from the base, column by column.

use std::cell::OnceCell;

use super::super::{
    CellTexts, CellTextsBuilder, CheckedRow, ColumnRole, Extent, Severity, SheetColumn, masked, shorten,
};
use crate::catalogue::Attribute;

/// A cell that differs from its base.
#[derive(Debug, Clone, Copy)]
pub struct Differing<'r> {
    /// The place of the row among all rows.
    pub row: usize,
    pub base: &'r str,
    pub edited: &'r str,
    /// Its texts are told in part.
    pub is_masked: bool,
}

/// The differing cells of a sheet. Everything else is read from the rows when it is asked for.
pub struct Grid<'r> {
    rows: &'r [CheckedRow],
    columns: &'r [SheetColumn],
    differing: Vec<Vec<Differing<'r>>>,
    /// Cells that only a program changed: as good as untouched.
    repaired: Vec<Vec<Differing<'r>>>,
    /// By column, once somebody asked: which of the differing cells is that of a row, counted from 1; 0 for none.
    places: Vec<OnceCell<Box<[u32]>>>,
    /// The texts of packed rows, by column: taken out of them when the first is asked for.
    packed: Vec<OnceCell<CellTexts>>,
}

impl<'r> Grid<'r> {
    /// Takes what differs out of the rows; the order is that of the sheet.
    pub fn new(rows: &'r [CheckedRow], columns: &'r [SheetColumn]) -> Grid<'r> {
        let mut differing: Vec<Vec<Differing<'r>>> = vec![Vec::new(); columns.len()];
        let mut repaired = differing.clone();
        for (index, row) in rows.iter().enumerate() {
            if !row.has_base() || row.is_held() {
                continue;
            }
            let add = |cells: &mut Vec<Vec<Differing<'r>>>, column: usize, base: &'r str| {
                if let (Some(edited), Some(cells)) = (row.raw().cells.get(column), cells.get_mut(column)) {
                    let row = index;
                    let is_masked = matches!(
                        columns.get(column).map(|column| &column.role),
                        Some(ColumnRole::Attribute(attribute)) if attribute.is_masked()
                    );
                    cells.push(Differing {
                        row,
                        base,
                        edited,
                        is_masked,
                    });
                }
            };
            for cell in row.cells() {
                if let Some(base) = &cell.base {
                    add(&mut differing, cell.column, base);
                }
            }
            for finding in row
                .findings()
                .iter()
                .filter(|finding| finding.extent == Extent::Cell)
            {
                let column = finding.place.and_then(|place| place.column);
                let (Some(column), Some(base)) = (column, finding.exported_text()) else {
                    continue;
                };
                match finding.severity {
                    Severity::Error => add(&mut differing, column, base),
                    Severity::Repaired => add(&mut repaired, column, base),
                    // It doubts an edit, which is among the cells.
                    Severity::Warning => {}
                }
            }
        }
        Grid {
            rows,
            columns,
            differing,
            repaired,
            places: vec![OnceCell::new(); columns.len()],
            packed: vec![OnceCell::new(); columns.len()],
        }
    }

    /// How many columns the sheet has.
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// The differing cells of one column, in the order of the rows.
    pub fn differing(&self, column: usize) -> &[Differing<'r>] {
        self.differing.get(column).map_or(&[], Vec::as_slice)
    }

    /// The attribute of a column; `None` where it has none.
    pub fn attribute(&self, column: usize) -> Option<&'static Attribute> {
        match self.columns.get(column)?.role {
            ColumnRole::Attribute(attribute) => Some(attribute),
            ColumnRole::Snapshot | ColumnRole::Action | ColumnRole::Invitation(_) | ColumnRole::Other => None,
        }
    }

    /// The header of a column, fit for a message.
    pub fn header(&self, column: usize) -> String {
        self.columns
            .get(column)
            .map_or_else(String::new, |column| shorten(&column.header))
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    /// The number of a row as a spreadsheet counts.
    pub fn row_number(&self, row: usize) -> u64 {
        self.rows.get(row).map_or(0, |row| row.place().row)
    }

    /// The exported text of a cell; `None` where nothing is known of it.
    pub fn base(&self, row: usize, column: usize) -> Option<&str> {
        self.find(row, column)
            .or_else(|| find(self.repaired.get(column)?, row))
            .map(|cell| cell.base)
            .or_else(|| self.edited(row, column).filter(|_| self.is_known(row)))
    }

    /// The text of a cell as it is in the sheet.
    pub fn edited(&self, row: usize, column: usize) -> Option<&str> {
        let cells = &self.rows.get(row)?.raw().cells;
        if !cells.is_packed() {
            return cells.get(column);
        }
        let texts = self.packed.get(column)?.get_or_init(|| self.packed_texts(column));
        texts.get(row).filter(|_| column < cells.len())
    }

    /// The texts that packed rows have in this column, an empty one for each of the other rows. It takes much less memory
    /// than to unpack the rows.
    fn packed_texts(&self, column: usize) -> CellTexts {
        let mut texts = CellTextsBuilder::default();
        for row in self.rows {
            let cells = &row.raw().cells;
            let text = cells.is_packed().then(|| cells.at_hand());
            texts.push(
                text.as_ref()
                    .and_then(|cells| cells.get(column))
                    .unwrap_or_default(),
            );
        }
        texts.end_row();
        texts.finish().pop().unwrap_or_default()
    }

    /// The text of a cell that no person changed.
    pub fn untouched(&self, row: usize, column: usize) -> Option<&str> {
        match self.find(row, column) {
            None if self.is_known(row) => self.edited(row, column),
            _ => None,
        }
    }

    /// Whether it is known what of a row differs.
    fn is_known(&self, row: usize) -> bool {
        self.rows
            .get(row)
            .is_some_and(|row| row.has_base() && !row.is_held())
    }

    fn find(&self, row: usize, column: usize) -> Option<&Differing<'r>> {
        let cells = self.differing(column);
        let are_many = cells.len() >= MANY && cells.len() * SPARSE >= self.rows.len();
        if !are_many {
            return find(cells, row);
        }
        let places = self.places.get(column)?.get_or_init(|| self.places_of(cells));
        cells.get((*places.get(row)? as usize).checked_sub(1)?)
    }

    fn places_of(&self, cells: &[Differing<'r>]) -> Box<[u32]> {
        let mut places = vec![0; self.rows.len()].into_boxed_slice();
        for (index, cell) in (1..).zip(cells) {
            // The first of several cells of one row, as a search would find one of them.
            match places.get_mut(cell.row) {
                Some(place) if *place == 0 => *place = index,
                _ => {}
            }
        }
        places
    }
}

/// From so many cells on, and where so many rows have one of them, they are looked up by row: they are asked for again and again.
const MANY: usize = 8;
const SPARSE: usize = 64;

fn find<'c, 'r>(cells: &'c [Differing<'r>], row: usize) -> Option<&'c Differing<'r>> {
    let at = cells.binary_search_by_key(&row, |cell| cell.row).ok()?;
    cells.get(at)
}

/// The form in which values are held against each other when they may have moved: a sorted column of numbers may have lost
/// their signs and zeros as well.
pub fn key(text: &str) -> &str {
    let text = text.trim();
    let digits = text.trim_start_matches('+');
    if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
        digits.trim_start_matches('0')
    } else {
        text
    }
}

/// The first few places and texts of a pattern, for its message: `row 5: “Cook” → “Chef”`.
pub fn examples<'c, 'r: 'c>(grid: &Grid<'r>, cells: impl Iterator<Item = &'c Differing<'r>>) -> String {
    let shown = |cell: &Differing<'_>, text: &str| {
        if text.is_empty() {
            "empty".to_owned()
        } else if cell.is_masked {
            format!("“{}”", shorten(&masked(text)))
        } else {
            format!("“{}”", shorten(&text.chars().take(40).collect::<String>()))
        }
    };
    let examples: Vec<String> = cells
        .take(3)
        .map(|cell| {
            format!(
                "row {}: {} → {}",
                grid.row_number(cell.row),
                shown(cell, cell.base),
                shown(cell, cell.edited)
            )
        })
        .collect();
    examples.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_without_what_a_spreadsheet_takes_away() {
        assert_eq!(key("+31612345678"), key("31612345678"));
        assert_eq!(key("007"), key("7"));
        assert_ne!(key("7a"), key("07a"));
        assert_ne!(key("+31 6"), key("31 6"));
        assert_eq!(key(" Cook "), "Cook");
    }
}
