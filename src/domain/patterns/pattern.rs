//! What was found over all rows, and what becomes of it.

use super::super::{CheckOptions, CheckedRow, Extent, Finding, Place, SheetColumn};
use super::grid::Grid;
use super::{columns, filled, handed, moved, rows, series};

/// Values that are not where they were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    pub rule: &'static str,
    /// The columns it is about; with none it is about rows.
    pub columns: Vec<usize>,
    /// The row it is about, when it is about one.
    pub row: Option<usize>,
    /// Whether it stops the file until it is confirmed; otherwise it is only said.
    pub stops: bool,
    /// Whether nothing of the sheet can be trusted, and not only these columns.
    pub whole_sheet: bool,
    pub message: String,
    pub help: String,
}

/// How a pattern that stops is confirmed.
pub const CONFIRM: &str = "if it is meant, add `--allow shuffled`";

/// Finds the patterns of a sheet. What stops is held back in the rows, unless it was confirmed beforehand.
pub(in super::super) fn find_patterns(
    rows_of_sheet: &mut [CheckedRow],
    sheet_columns: &[SheetColumn],
    options: &CheckOptions,
) -> Vec<Finding> {
    let grid = Grid::new(rows_of_sheet, sheet_columns);
    let mut patterns = columns::exchanged(&grid);
    let mut known: Vec<usize> = patterns
        .iter()
        .flat_map(|pattern| pattern.columns.clone())
        .collect();
    let mut add = |found: Vec<Pattern>, known: &mut Vec<usize>| {
        for pattern in found {
            known.extend(&pattern.columns);
            patterns.push(pattern);
        }
    };
    add(rows::shifted(&grid, &known), &mut known);
    add(moved::moved(&grid, &known), &mut known);
    add(series::counted(&grid, &known), &mut known);
    add(filled::filled_down(&grid, &known), &mut known);
    add(moved::swapped(&grid, &known), &mut known);
    add(handed::rows_apart(&grid, &known), &mut known);
    add(handed::handed_on(&grid, &known), &mut known);
    add(handed::repeated(&grid, &known), &mut known);
    let mut findings = Vec::new();
    for pattern in &patterns {
        let stops = pattern.stops && !options.allow_shuffled;
        let finding = finding(pattern, stops, sheet_columns, rows_of_sheet);
        match pattern.row.and_then(|row| rows_of_sheet.get_mut(row)) {
            Some(row) => row.add_finding(finding),
            None => findings.push(finding),
        }
        if stops {
            // Where it is open whose rows they are, nothing of them can be meant.
            let columns: Vec<usize> = if pattern.whole_sheet {
                (0..sheet_columns.len()).collect()
            } else {
                pattern.columns.clone()
            };
            if columns.is_empty() {
                continue;
            }
            for row in rows_of_sheet.iter_mut() {
                for column in &columns {
                    row.hold(*column, pattern.rule);
                }
            }
        }
    }
    findings
}

fn finding(pattern: &Pattern, stops: bool, columns: &[SheetColumn], rows: &[CheckedRow]) -> Finding {
    let extent = match pattern.row {
        Some(_) => Extent::Row,
        None if pattern.whole_sheet => Extent::Sheet,
        None => Extent::Column,
    };
    let make = if stops { Finding::error } else { Finding::warning };
    let finding = make(
        pattern.rule,
        extent,
        pattern.message.clone(),
        pattern.help.clone(),
    );
    match (pattern.row.and_then(|row| rows.get(row)), pattern.columns.first()) {
        (Some(row), _) => finding.at(row.place()),
        (None, Some(column)) => {
            let header = columns.get(*column).map_or("", |column| column.header.as_str());
            let finding = finding.at(Place::cell(1, 1, *column));
            if pattern.columns.len() == 1 {
                finding.column(header)
            } else {
                finding
            }
        }
        (None, None) => finding,
    }
}
