//! From a sheet to checked rows: in chunks, in parallel, in the sheet's order.

use std::collections::BTreeMap;
use std::sync::mpsc::{SyncSender, sync_channel};

use rayon::prelude::*;

use super::bases::{BaseError, Bases};
use super::event::{Event, Phase, Reporter};
use super::typed_cells::doubt;
use crate::catalogue::{Attribute, ReadOnlyReason, WriteRule};
use crate::domain::{
    Base, CellTexts, CheckOptions, CheckedRow, Checker, ColumnRole, Extent, Finding, ParsedRow, Place,
    ROWS_PER_PACK, RawRow, SheetColumn, SnapshotId, look_over, read_only_without_base, refuse_mixed,
    weigh_guess,
};
use crate::table::{ENCODING_GUESSED, Header, HeldCell, Meaning, Sheet, UnreadableRow};

/// How many rows are taken together.
#[derive(Debug, Clone, Copy)]
struct Sizes {
    /// Rows that are parsed and checked together: enough to keep every core busy, and few, as five such chunks are on their way at
    /// once.
    chunk: usize,
    /// Rows whose texts are packed together: enough that they pack well, few enough that one of them is quickly at hand.
    pack: usize,
}

const SIZES: Sizes = Sizes {
    chunk: 2 * ROWS_PER_PACK,
    pack: ROWS_PER_PACK,
};

/// A sheet, taken in: every row checked, every finding in one place.
#[derive(Debug)]
pub struct Intake {
    pub columns: Vec<SheetColumn>,
    /// Rows below the header that are not empty, readable or not.
    pub rows_seen: u64,
    /// Every row that is not empty, in order; one that cannot be read asks for nothing and holds the reason.
    pub rows: Vec<CheckedRow>,
    /// Findings of the file and its header; a row's own findings are with the row.
    pub findings: Vec<Finding>,
    /// The snapshots that were the base of at least one row.
    pub snapshots: Vec<SnapshotId>,
    /// The file given with `--base`, when it was the base of at least one row.
    pub base_file: Option<String>,
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
        // A row may say it too: the rest of the sheet could not be read.
        let of_rows = self.rows.iter().flat_map(CheckedRow::findings);
        self.findings
            .iter()
            .chain(of_rows)
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
    take_in_by(Road::Short, SIZES, sheet, bases, options, reporter)
}

/// How rows go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Road {
    /// Those that came back as they left are told by their whole text; all are packed, the others when they were looked over.
    Short,
    /// All go cell by cell, and stay open.
    #[cfg_attr(not(test), expect(dead_code, reason = "what the short road is held against"))]
    Whole,
}

fn take_in_by(
    road: Road,
    sizes: Sizes,
    sheet: &Sheet,
    bases: &mut Bases<'_>,
    options: &CheckOptions,
    reporter: &Reporter,
) -> Result<Intake, BaseError> {
    let columns = sheet_columns(sheet.header());
    let secrets = secret_columns(&columns);
    let (broken, mut findings): (Vec<Finding>, Vec<Finding>) = sheet
        .findings()
        .iter()
        .cloned()
        .partition(|finding| finding.extent == Extent::Row && finding.place.is_some());
    let mut of_rows: BTreeMap<u64, Vec<Finding>> = BTreeMap::new();
    for finding in broken {
        let row = finding.place.map_or(0, |place| place.row);
        of_rows.entry(row).or_default().push(finding);
    }
    findings.extend(
        secrets
            .iter()
            .filter(|index| {
                let first = sheet.password_column().map(|(first, _)| first);
                !(options.passwords_in_sheet && first == Some(**index))
            })
            .map(|index| secret_column(*index, &columns[*index].header)),
    );
    let mut intake = Intake {
        columns,
        rows_seen: 0,
        rows: Vec::with_capacity(usize::try_from(sheet.rows_max()).unwrap_or_default()),
        findings,
        snapshots: Vec::new(),
        base_file: None,
    };
    reporter.emit_blocking(Event::PhaseStarted {
        phase: Phase::Check,
        total: Some(sheet.rows_max()),
    });
    let (mut held, mut typed) = (sheet.held_cells(), sheet.typed_cells());
    let columns = &intake.columns.clone();
    let checker = Checker::new(columns, options);
    let of_rows = std::thread::scope(|scope| {
        // While some rows are checked, the next ones find their bases, and those behind them are read.
        let (reader, chunks) = sync_channel(1);
        scope.spawn(move || read_chunks(sheet, sizes.chunk, &reader));
        let (finder, found) = sync_channel(1);
        let (bases, secrets) = (&mut *bases, &secrets);
        let finding = scope.spawn(move || {
            for chunk in chunks {
                let chunk = find_bases(chunk, columns, options.key, secrets, bases, &mut of_rows)?;
                if finder.send(chunk).is_err() {
                    break;
                }
            }
            Ok::<_, BaseError>(of_rows)
        });
        for chunk in found {
            intake.rows_seen += chunk.len() as u64;
            reporter.counters().rows_checked.add(chunk.len() as u64);
            let checked = chunk.into_par_iter().map(|row| match row {
                Ok((row, base)) => match road {
                    Road::Short => checker.check(row, base),
                    Road::Whole => CheckedRow::check(row, columns, base, options),
                },
                Err((unreadable, mut findings)) => {
                    findings.extend(unreadable.finding);
                    CheckedRow::unreadable(unreadable.raw, columns, findings)
                }
            });
            let first = intake.rows.len();
            intake.rows.par_extend(checked);
            for row in &mut intake.rows[first..] {
                held = hold(row, columns, held, options.key);
                typed = doubt(row, columns, typed, options);
            }
            if road == Road::Short {
                intake.rows[first..]
                    .par_chunks_mut(sizes.pack)
                    .for_each(CheckedRow::pack);
            }
        }
        match finding.join() {
            Ok(found) => found,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })?;
    // What was found in rows that turned out to be empty.
    intake.findings.extend(of_rows.into_values().flatten());
    intake.snapshots = bases.used().to_vec();
    intake.base_file = bases.used_file().map(str::to_owned);
    if intake.rows.is_empty() {
        intake.findings.push(Finding::warning(
            "no-rows",
            Extent::Sheet,
            "the sheet has no row below its header, so there is nothing to do",
            "look whether this is the right file",
        ));
    }
    refuse_mixed(&mut intake.rows, &bases.differing_columns());
    let over_all = look_over(&mut intake.rows, &intake.columns, options);
    intake.findings.extend(over_all);
    let guess = intake
        .findings
        .iter_mut()
        .find(|finding| finding.rule == ENCODING_GUESSED);
    if let Some(guess) = guess {
        weigh_guess(guess, &intake.rows, &intake.columns);
    }
    intake.findings.extend(read_only_columns(&intake, options.key));
    if road == Road::Short {
        let mut open = CheckedRow::open_texts(&mut intake.rows);
        open.par_chunks_mut(sizes.pack).for_each(CellTexts::pack);
    }
    reporter.emit_blocking(Event::PhaseFinished {
        phase: Phase::Check,
        done: intake.rows.len() as u64,
    });
    Ok(intake)
}

/// Some rows that follow one another.
pub(super) type Chunk = Vec<Result<RawRow, Box<UnreadableRow>>>;

/// Rows with their bases; or why a row cannot be read, and what else is known of it.
type WithBases = Vec<Result<(ParsedRow, Base), (Box<UnreadableRow>, Vec<Finding>)>>;

/// Finds the base of each row. A snapshot is one file with one reader, so this is sequential but for the reading of the keys.
fn find_bases(
    mut chunk: Chunk,
    columns: &[SheetColumn],
    key: Option<&'static Attribute>,
    secrets: &[usize],
    bases: &mut Bases<'_>,
    of_rows: &mut BTreeMap<u64, Vec<Finding>>,
) -> Result<WithBases, BaseError> {
    for row in &mut chunk {
        let raw = match row {
            Ok(raw) => raw,
            Err(unreadable) => &mut unreadable.raw,
        };
        blank(raw, secrets);
    }
    let parsed: Vec<Result<ParsedRow, Box<UnreadableRow>>> = chunk
        .into_par_iter()
        .map(|row| row.map(|raw| ParsedRow::read_by(raw, columns, key)))
        .collect();
    let with_base = parsed.into_iter().map(|row| match row {
        Ok(row) => bases.of(&row).map(|base| Ok((row, base))),
        Err(unreadable) => {
            let known = of_rows.remove(&unreadable.raw.row).unwrap_or_default();
            Ok(Err((unreadable, known)))
        }
    });
    with_base.collect()
}

/// Hands on every row, until there is no other or nobody listens any more.
pub(super) fn read_chunks(sheet: &Sheet, rows_max: usize, listener: &SyncSender<Chunk>) {
    let mut rows = sheet.rows();
    loop {
        let chunk = rows.chunk(rows_max);
        if chunk.is_empty() || listener.send(chunk).is_err() {
            return;
        }
    }
}

/// Holds back the cells of a row whose text does not count, and hands on those of the rows below.
fn hold<'h>(
    row: &mut CheckedRow,
    columns: &[SheetColumn],
    held: &'h [HeldCell],
    key: Option<&'static Attribute>,
) -> &'h [HeldCell] {
    let number = row.place().row;
    let before = held.partition_point(|cell| cell.place.row < number);
    let (_, held) = held.split_at(before);
    let (of_row, rest) = held.split_at(held.partition_point(|cell| cell.place.row == number));
    for cell in of_row {
        let Some((column, text)) = cell.place.column.and_then(|index| {
            let text = row.raw().cells.get(index)?.to_owned();
            Some((columns.get(index)?, text))
        }) else {
            continue;
        };
        let mut finding = cell.finding(&column.header, &text);
        // Without its keys the row is about nobody.
        let is_key = match column.role {
            ColumnRole::Attribute(attribute) => {
                matches!(attribute.name, "id" | "userPrincipalName") || key == Some(attribute)
            }
            // Without a clear word nothing may happen to the account, nor to the rest of the row.
            ColumnRole::Snapshot | ColumnRole::Action | ColumnRole::Invitation(_) => true,
            ColumnRole::Other => continue,
        };
        if is_key {
            finding.extent = Extent::Row;
        }
        row.hold_cell(finding, cell.only_if_edited() && !is_key);
    }
    rest
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
                Meaning::Action => ColumnRole::Action,
                Meaning::Invitation(part) => ColumnRole::Invitation(part),
                Meaning::Repeated(_)
                | Meaning::Report
                | Meaning::Foreign
                | Meaning::Unknown
                | Meaning::Blank => ColumnRole::Other,
            },
        })
        .collect()
}

/// Columns of attributes that are secrets; their cells are never kept.
fn secret_columns(columns: &[SheetColumn]) -> Vec<usize> {
    let is_secret = |column: &SheetColumn| match column.role {
        ColumnRole::Attribute(attribute) => {
            matches!(attribute.write, WriteRule::ReadOnly(ReadOnlyReason::Secret))
        }
        ColumnRole::Snapshot | ColumnRole::Action | ColumnRole::Invitation(_) | ColumnRole::Other => false,
    };
    (0..columns.len())
        .filter(|index| is_secret(&columns[*index]))
        .collect()
}

fn secret_column(column: usize, header: &str) -> Finding {
    Finding::error(
        "secret-column",
        Extent::Sheet,
        "this column is for secrets, and a secret has no place in a sheet",
        "remove the column, and treat what stood in it as known to others; `--allow passwords-in-sheet` takes first passwords from a column `passwordProfile.password`",
    )
    .at(Place::cell(1, 1, column))
    .column(header)
}

fn blank(row: &mut RawRow, columns: &[usize]) {
    if !columns.is_empty() {
        row.cells = row.cells.with(|index| columns.contains(&index).then_some(""));
    }
}

/// Read-only columns that hold something in a row without a base: named once each.
fn read_only_columns(intake: &Intake, key: Option<&'static Attribute>) -> Vec<Finding> {
    let filled = |index: usize| {
        intake.rows.iter().any(|row| {
            !row.has_base()
                && !row.is_held()
                && row
                    .raw()
                    .cells
                    .at_hand()
                    .get(index)
                    .is_some_and(|cell| !cell.is_empty())
        })
    };
    intake
        .columns
        .iter()
        .enumerate()
        .filter(|(index, column)| match column.role {
            ColumnRole::Attribute(attribute) => {
                !attribute.is_writable() && attribute.name != "id" && key != Some(attribute) && filled(*index)
            }
            ColumnRole::Snapshot | ColumnRole::Action | ColumnRole::Invitation(_) | ColumnRole::Other => {
                false
            }
        })
        .map(|(index, column)| read_only_without_base(index, &column.header))
        .collect()
}

#[cfg(test)]
mod tests;
