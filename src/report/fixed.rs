//! A sheet with every certain repair in its place: which cells were put right, and the words that say so.
//!
//! The person's own file stays as it is. The copy holds the same columns and rows; each cell that was put right is listed,
//! so that the copy can be reviewed against the sheet.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use serde_json::{Value as Json, json};

use crate::domain::{CheckedRow, ColumnRole, Extent, Finding, Place, SheetColumn, shorten};
use crate::table::{RowSink, Sheet};

/// How many repaired cells a terminal lists.
const LISTED_MAX: usize = 50;

/// A finding that no copy carries on: in it the cell would be an ordinary one.
const NOT_CARRIED: [&str; 2] = ["not-yes-or-no", "date-turned"];

/// The repairs of a sheet, by row and column.
#[derive(Debug, Default)]
pub struct Fixes<'f> {
    cells: BTreeMap<(u64, usize), &'f Finding>,
}

impl<'f> Fixes<'f> {
    /// The findings that have a certain repair. A cell with two different ones has none.
    pub fn of(findings: &'f [Finding]) -> Fixes<'f> {
        let mut cells: BTreeMap<(u64, usize), &Finding> = BTreeMap::new();
        let mut contradicted = Vec::new();
        for finding in findings.iter().filter(|finding| finding.fix().is_some()) {
            let Some(at) = finding.place.and_then(|place| Some((place.row, place.column?))) else {
                continue;
            };
            if let Some(other) = cells.insert(at, finding)
                && other.fix() != finding.fix()
            {
                contradicted.push(at);
            }
        }
        for at in contradicted {
            cells.remove(&at);
        }
        Fixes { cells }
    }

    /// The text that belongs into a cell.
    fn text<'t>(&'t self, row: u64, column: usize, found: &'t str) -> &'t str {
        let finding = self.cells.get(&(row, column));
        finding.and_then(|finding| finding.fix()).unwrap_or(found)
    }

    /// Why no copy may be made: it would turn what is held back here into ordinary cells there.
    pub fn obstacle(sheet: &Sheet, rows: &[CheckedRow], findings: &[Finding]) -> Option<String> {
        let first = |is_it: &dyn Fn(&Finding) -> bool| findings.iter().find(|finding| is_it(finding));
        if let Some(row) = rows.iter().find(|row| !row.is_readable()) {
            let row = row.place().row;
            Some(format!(
                "row {row} cannot be read, and the copy would lose what it holds"
            ))
        } else if let Some(finding) = first(&|finding| finding.is_error() && finding.extent == Extent::Sheet)
        {
            Some(format!("the sheet as a whole cannot be used ({})", finding.rule))
        } else if let Some(finding) =
            first(&|finding| finding.is_error() && NOT_CARRIED.contains(&finding.rule))
        {
            Some(format!(
                "the copy would hide that a cell is doubtful ({})",
                finding.rule
            ))
        } else if sheet.is_guessed() {
            Some("its encoding was guessed, and the copy would make the guess certain".to_owned())
        } else {
            (!sheet.held_cells().is_empty()).then(|| {
                "cells of the workbook are not what they seem (formulas or merged cells), and the copy would hide that"
                    .to_owned()
            })
        }
    }

    /// Writes the copy: the columns and rows of the sheet, every repaired cell as it is right. Columns get Graph's names: a
    /// word that only the program which made the sheet uses so would mean something else in the copy.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn write<S: RowSink>(
        &self,
        mut sink: S,
        columns: &[SheetColumn],
        rows: &[CheckedRow],
    ) -> io::Result<S::Target> {
        let names: Vec<&str> = columns
            .iter()
            .map(|column| match column.role {
                ColumnRole::Attribute(attribute) => attribute.name,
                ColumnRole::Snapshot | ColumnRole::Action | ColumnRole::Invitation(_) | ColumnRole::Other => {
                    column.header.as_str()
                }
            })
            .collect();
        sink.begin(&names)?;
        for row in rows {
            let raw = row.raw();
            let cells: Vec<String> = raw
                .cells
                .at_hand()
                .iter()
                .enumerate()
                .map(|(column, found)| self.text(raw.row, column, found).to_owned())
                .collect();
            sink.row(&names, &cells)?;
        }
        sink.finish().map(|(target, _)| target)
    }

    /// Whether this finding is settled by the copy.
    pub fn settles(&self, finding: &Finding) -> bool {
        let at = finding.place.and_then(|place| Some((place.row, place.column?)));
        at.and_then(|at| self.cells.get(&at))
            .is_some_and(|kept| kept.rule == finding.rule)
    }

    /// What the copy is, and one line for each cell that was put right: where, what was there, what is there now, and why.
    pub fn told(&self, copy: &Path, findings: &[Finding]) -> String {
        let errors = findings
            .iter()
            .filter(|finding| finding.is_error() && !self.settles(finding))
            .count();
        let left = match errors {
            0 => "no error is left".to_owned(),
            1 => "1 error is left for you".to_owned(),
            errors => format!("{errors} errors are left for you"),
        };
        let cells = match self.cells.len() {
            0 => "no cell could be put right".to_owned(),
            1 => "1 cell put right".to_owned(),
            cells => format!("{cells} cells put right"),
        };
        let mut text = format!(
            "Wrote {}: {cells}, {left}. Look it over before you use it.\n",
            copy.display()
        );
        for finding in self.cells.values().take(LISTED_MAX) {
            text.push_str(&format!(
                "  {} {}: “{}” → “{}” ({})\n",
                cell_name(finding.place),
                finding.column.as_deref().unwrap_or_default(),
                finding.found.as_deref().unwrap_or_default(),
                shorten(&finding.told_fix().unwrap_or_default()),
                finding.rule
            ));
        }
        if self.cells.len() > LISTED_MAX {
            let rest = self.cells.len() - LISTED_MAX;
            text.push_str(&format!("  … and {rest} more; `--json` lists all of them\n"));
        }
        text
    }

    /// One entry for each cell.
    pub fn json(&self) -> Json {
        let one = |finding: &&Finding| {
            json!({
                "cell": cell_name(finding.place),
                "column": finding.column,
                "user": finding.user,
                "rule": finding.rule,
                "found": finding.found,
                "put": finding.told_fix(),
            })
        };
        self.cells.values().map(one).collect()
    }
}

fn cell_name(place: Option<Place>) -> String {
    place.and_then(|place| place.cell_name()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Extent;

    fn at(finding: Finding, row: u64, column: usize) -> Finding {
        finding
            .at(Place::cell(row, row, column))
            .column("city")
            .found("x")
    }

    fn error() -> Finding {
        Finding::error("not-a-country", Extent::Cell, "wrong", "mend it")
    }

    #[test]
    fn what_is_certain_is_put_right_and_everything_else_stays() {
        let findings = [
            at(error().repair("NL"), 2, 1),
            at(Finding::repaired("number-rewritten", "kept", "ok", "007"), 3, 1),
            at(error(), 4, 1),
            at(
                Finding::warning("odd", Extent::Cell, "odd", "look").repair("y"),
                5,
                1,
            ),
            error().repair("z"),
        ];
        let fixes = Fixes::of(&findings);
        assert_eq!(fixes.cells.len(), 2);
        assert_eq!(fixes.text(2, 1, "Netherlands"), "NL");
        assert_eq!(fixes.text(3, 1, "7"), "007");
        for row in [4, 5] {
            assert_eq!(fixes.text(row, 1, "as it was"), "as it was");
        }
        assert_eq!(fixes.text(2, 2, "a neighbour"), "a neighbour");
        assert!(fixes.settles(&findings[0]) && !fixes.settles(&findings[2]));
        let told = fixes.told(Path::new("repaired.csv"), &findings);
        assert!(
            told.starts_with("Wrote repaired.csv: 2 cells put right, 2 errors are left for you."),
            "{told}"
        );
        assert!(told.contains("B2 city: “x” → “NL” (not-a-country)"), "{told}");
    }

    #[test]
    fn two_repairs_that_contradict_each_other_are_none() {
        let findings = [at(error().repair("NL"), 2, 1), at(error().repair("BE"), 2, 1)];
        let fixes = Fixes::of(&findings);
        assert!(fixes.cells.is_empty());
        assert!(!fixes.settles(&findings[0]));
    }
}
