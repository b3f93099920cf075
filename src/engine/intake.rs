//! From a sheet to checked rows: in chunks, in parallel, in the sheet's order.

use rayon::prelude::*;

use super::bases::{BaseError, Bases};
use super::event::{Event, Phase, Reporter};
use crate::domain::{
    CheckOptions, CheckedRow, ColumnRole, Extent, Finding, ParsedRow, SheetColumn, SnapshotId,
    read_only_without_base,
};
use crate::table::{Header, Meaning, Sheet};

/// Rows that are parsed and checked together: enough to keep every core busy, little enough to stay in the cache.
const ROWS_PER_CHUNK: usize = 4096;

/// A sheet, taken in: every row checked, every finding in one place.
#[derive(Debug)]
pub struct Intake {
    pub columns: Vec<SheetColumn>,
    /// Rows below the header that are not empty, readable or not.
    pub rows_seen: u64,
    /// Rows that could be read, in order. A row of the wrong width is a finding only.
    pub rows: Vec<CheckedRow>,
    /// Findings of the file, its header and its rows of the wrong width; a row's own findings are with the row.
    pub findings: Vec<Finding>,
    /// The snapshots that were the base of at least one row.
    pub snapshots: Vec<SnapshotId>,
}

impl Intake {
    /// All findings in the order of the sheet, those of the whole sheet first.
    pub fn all_findings(&self) -> Vec<Finding> {
        let of_rows = self.rows.iter().flat_map(CheckedRow::findings);
        let mut findings: Vec<Finding> = self.findings.iter().chain(of_rows).cloned().collect();
        findings.sort_by_key(|finding| finding.place.map(|place| (place.row, place.column)));
        findings
    }

    /// Errors that are not a row's own.
    pub fn sheet_errors(&self) -> u64 {
        self.findings.iter().filter(|finding| finding.is_error()).count() as u64
    }

    /// Whether the sheet as a whole cannot be used, with or without `--skip-errors`.
    pub fn is_unusable(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.is_error() && finding.extent == Extent::Sheet)
    }
}

/// Reads and checks every row. Blocks and uses all cores: call it from a thread that may.
pub fn take_in(
    sheet: &Sheet,
    bases: &mut Bases<'_>,
    options: &CheckOptions,
    reporter: &Reporter,
) -> Result<Intake, BaseError> {
    let columns = sheet_columns(sheet.header());
    let mut intake = Intake {
        columns,
        rows_seen: 0,
        rows: Vec::new(),
        findings: sheet.findings().to_vec(),
        snapshots: Vec::new(),
    };
    reporter.emit_blocking(Event::PhaseStarted {
        phase: Phase::Check,
        total: Some(sheet.rows_max()),
    });
    let mut rows = sheet.rows();
    loop {
        let mut raw = Vec::with_capacity(ROWS_PER_CHUNK);
        let mut broken = 0;
        for row in rows.by_ref().take(ROWS_PER_CHUNK) {
            match row {
                Ok(row) => raw.push(row),
                Err(finding) => {
                    broken += 1;
                    intake.findings.push(finding);
                }
            }
        }
        if raw.is_empty() && broken == 0 {
            break;
        }
        intake.rows_seen += (raw.len() + broken) as u64;
        reporter.counters().rows_checked.add((raw.len() + broken) as u64);
        let parsed: Vec<ParsedRow> = raw
            .into_par_iter()
            .map(|row| ParsedRow::read(row, &intake.columns))
            .collect();
        // The snapshot is one file with one reader: looking up is sequential, everything around it parallel.
        let with_base = parsed
            .into_iter()
            .map(|row| bases.of(&row).map(|base| (row, base)))
            .collect::<Result<Vec<_>, BaseError>>()?;
        let columns = &intake.columns;
        let checked = with_base
            .into_par_iter()
            .map(|(row, base)| CheckedRow::check(row, columns, base, options));
        intake.rows.par_extend(checked);
    }
    intake.snapshots = bases.used().to_vec();
    if intake.rows.iter().any(|row| !row.has_base()) {
        intake.findings.extend(read_only_columns(&intake));
    }
    reporter.emit_blocking(Event::PhaseFinished {
        phase: Phase::Check,
        done: intake.rows.len() as u64,
    });
    Ok(intake)
}

fn sheet_columns(header: &Header) -> Vec<SheetColumn> {
    header
        .columns()
        .iter()
        .map(|column| SheetColumn {
            header: column.text.clone(),
            role: match column.meaning {
                Meaning::Attribute(attribute) => ColumnRole::Attribute(attribute),
                Meaning::Snapshot => ColumnRole::Snapshot,
                Meaning::Repeated(_) | Meaning::Report | Meaning::Unknown | Meaning::Blank => {
                    ColumnRole::Other
                }
            },
        })
        .collect()
}

/// Read-only columns that hold something in a row without a base: named once each.
fn read_only_columns(intake: &Intake) -> Vec<Finding> {
    let filled = |index: usize| {
        intake
            .rows
            .iter()
            .any(|row| !row.has_base() && row.raw().cells.get(index).is_some_and(|cell| !cell.is_empty()))
    };
    intake
        .columns
        .iter()
        .enumerate()
        .filter(|(index, column)| match column.role {
            ColumnRole::Attribute(attribute) => {
                !attribute.is_writable() && attribute.name != "id" && filled(*index)
            }
            ColumnRole::Snapshot | ColumnRole::Other => false,
        })
        .map(|(index, column)| read_only_without_base(index, &column.header))
        .collect()
}
