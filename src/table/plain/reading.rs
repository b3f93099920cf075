//! The header and the rows of a file with a foreign header, one after another.

use std::collections::HashSet;

use super::{UnreadableSource, head};
use crate::domain::{Extent, Finding, Place, SourceRow, column_letters, shorten};
use crate::table::error::Refusal;
use crate::table::forms::without_garbled_mark;
use crate::table::guard::take_off;
use crate::table::header::{CELLS_MAX, COLUMNS_MAX};
use crate::table::rows::{Records, ragged_row};

/// A file being read from its header on.
pub(super) struct Reading {
    pub records: Records,
    pub columns: Vec<String>,
    /// Which of them are among the known ones; all, where none are known.
    pub is_wanted: Vec<bool>,
    /// A worksheet has no cells where nothing was typed.
    pub pads_rows: bool,
    pub findings: Vec<Finding>,
}

impl Reading {
    /// The header of the column at a place.
    pub fn header(&self, place: Place) -> Option<&str> {
        self.columns.get(place.column?).map(String::as_str)
    }

    /// Reads the header, and tells columns of one name.
    pub fn read_header(&mut self, wanted: &[String]) -> Result<(), Refusal> {
        let place = match self.records.advance() {
            Some(Ok(place)) => place,
            Some(Err(finding)) => return Err(finding.into()),
            None => return Err(head::empty().into()),
        };
        if self.records.cells.len() > COLUMNS_MAX {
            return Err(too_many_cells(self.records.cells.len(), 1).into());
        }
        self.columns = self
            .records
            .cells
            .iter()
            .map(|text| take_off(text).trim().to_owned())
            .collect();
        let unmarked = self
            .columns
            .first()
            .and_then(|first| without_garbled_mark(first))
            .map(str::to_owned);
        if let (Some(first), Some(unmarked)) = (self.columns.first_mut(), unmarked) {
            *first = unmarked;
        }
        let wanted: HashSet<&str> = wanted.iter().map(|name| name.trim()).collect();
        let mut seen: HashSet<&str> = HashSet::new();
        for (index, header) in self.columns.iter().enumerate() {
            self.is_wanted
                .push(wanted.is_empty() || wanted.contains(header.as_str()));
            if !header.is_empty() && !seen.insert(header) {
                self.findings.push(
                    doubled(&self.columns, index, wanted.contains(header.as_str())).at(place.at(index)),
                );
            }
        }
        Ok(())
    }

    /// The rows that can be trusted, and those that cannot. `broken` is in the order of the places; `rows_broken` knows rows
    /// whose finding is listed no more, because there are so many.
    pub fn read_rows(
        &mut self,
        broken: &[Finding],
        rows_broken: &[u64],
    ) -> Result<(Vec<SourceRow>, Vec<UnreadableSource>), Refusal> {
        let mut rows = Vec::new();
        let mut unreadable = Vec::new();
        let mut filled_nameless: Vec<Option<Place>> = vec![None; self.columns.len()];
        let mut passed = 0;
        while let Some(record) = self.records.advance() {
            let place = match record {
                Ok(place) => place,
                Err(finding) if finding.extent == Extent::Row => {
                    let row = finding.place.map_or(0, |place| place.row);
                    unreadable.push(UnreadableSource {
                        row: SourceRow::new(row, []),
                        finding,
                    });
                    continue;
                }
                Err(finding) => return Err(finding.into()),
            };
            if self.records.is_blank() {
                continue;
            }
            while broken
                .get(passed)
                .and_then(|finding| finding.place)
                .is_some_and(|at| at.row < place.row)
            {
                passed += 1;
            }
            let known = broken
                .get(passed)
                .filter(|finding| finding.place.is_some_and(|at| at.row == place.row));
            let finding = match known {
                Some(finding) => Some(finding.clone()),
                None if rows_broken.binary_search(&place.row).is_ok() => Some(not_listed(place)),
                None => self.ragged(place),
            };
            let row = self.row(place);
            match finding {
                Some(finding) => unreadable.push(UnreadableSource { row, finding }),
                None => {
                    for (index, first) in filled_nameless.iter_mut().enumerate() {
                        if first.is_none()
                            && self.columns[index].is_empty()
                            && !row.cell(index).trim().is_empty()
                        {
                            *first = Some(place.at(index));
                        }
                    }
                    rows.push(row);
                }
            }
        }
        self.end_nameless(&filled_nameless);
        Ok((rows, unreadable))
    }

    fn ragged(&self, place: Place) -> Option<Finding> {
        let width = self.columns.len();
        let cells = &self.records.cells;
        let is_filled = |index| cells.get(index).is_some_and(|cell: &str| !cell.trim().is_empty());
        let is_short = cells.len() < width && !self.pads_rows;
        (is_short || (width..cells.len()).any(is_filled)).then(|| ragged_row(place, cells.len(), width))
    }

    /// The row as it was read, padded or cut to the width of the header.
    fn row(&self, place: Place) -> SourceRow {
        let cells = self.records.cells.iter().chain(std::iter::repeat(""));
        SourceRow::new(place.row, cells.take(self.columns.len()).map(take_off))
    }

    /// Columns without a name: those with nothing in them go from the right end, those with something are told.
    fn end_nameless(&mut self, filled: &[Option<Place>]) {
        for place in filled.iter().flatten() {
            let column = place.column.map(column_letters).unwrap_or_default();
            self.findings.push(
                Finding::warning(
                    "column-without-name",
                    Extent::Column,
                    format!("column {column} has no name in the header, but cells below it are filled; nothing can read it"),
                    "give the column its name where the file is made, or leave it as it is",
                )
                .at(*place),
            );
        }
        while self.columns.last().is_some_and(String::is_empty)
            && filled.get(self.columns.len() - 1).is_some_and(Option::is_none)
        {
            self.columns.pop();
        }
    }
}

fn doubled(columns: &[String], index: usize, is_wanted: bool) -> Finding {
    let header = &columns[index];
    let first = columns
        .iter()
        .position(|column| column == header)
        .unwrap_or(index);
    let message = format!(
        "columns {} and {} are both called `{}`",
        column_letters(first),
        column_letters(index),
        shorten(header)
    );
    let finding = if is_wanted {
        Finding::error(
            "duplicate-column",
            Extent::Sheet,
            format!("{message}, and the settings read it: nothing says which is meant"),
            "give one of the two another name where the file is made",
        )
    } else {
        Finding::warning(
            "duplicate-column",
            Extent::Column,
            format!("{message}; the second cannot be read"),
            "give one of the two another name where the file is made, if you need it",
        )
    };
    finding.column(header)
}

fn not_listed(place: Place) -> Finding {
    Finding::error(
        "row-not-readable",
        Extent::Row,
        "the quotes or line ends of this row are broken, as those of many others",
        "look at the first findings of this kind, and have the file written again",
    )
    .at(place)
}

pub(super) fn too_many_cells(columns: usize, rows: u64) -> Finding {
    Finding::error(
        "too-many-columns",
        Extent::Sheet,
        format!(
            "the header has {columns} columns and there are {rows} rows; at most {COLUMNS_MAX} columns and {CELLS_MAX} cells are read"
        ),
        "leave out columns that nobody reads where the file is made",
    )
}
