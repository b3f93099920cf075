//! From a workbook to the text of one worksheet.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use super::archive::Archive;
use super::cells::{Flow, Formula, Looked, Merged, Noted, Spot, TakeCell};
use super::choose::{HEADER_ROWS_MAX, choose};
use super::fault::Fault;
use super::kind::{Kind, kind};
use super::ods::OdsBook;
use super::record::Records;
use super::xlsx::XlsxBook;
use crate::domain::{Extent, Finding, Place};
use crate::table::dialect::WorkbookFacts;
use crate::table::held::{HeldCell, HeldReason};
use crate::table::source::Source;
use crate::table::typed_cell::{TypedCell, TypedKind, takes_any_text};
use crate::table::vocabulary::{Meaning, Vocabulary};

/// The text of a worksheet: comma separated, every cell quoted, one record a row.
#[derive(Debug)]
pub(in crate::table) struct WorksheetText {
    pub source: Source,
    pub facts: WorkbookFacts,
    /// What was seen on the way; findings of a column have its place, and not its name.
    pub findings: Vec<Finding>,
    /// In the order of the cells.
    pub held: Vec<HeldCell>,
    /// Cells that hold no text, in their order; numbers only in columns of texts.
    pub typed: Vec<TypedCell>,
}

/// Reads a workbook. `wanted` names the worksheet; without it, the one that looks like users.
///
/// # Errors
/// A finding with [`Extent::Sheet`] that says what the file is instead, or what is wrong with it.
pub(in crate::table) fn read(
    bytes: &Source,
    wanted: Option<&str>,
    vocabulary: &Vocabulary,
) -> Result<WorksheetText, Box<Finding>> {
    read_worksheet(bytes, wanted, vocabulary).map_err(|fault| Box::new(fault.finding()))
}

fn read_worksheet(
    bytes: &Source,
    wanted: Option<&str>,
    vocabulary: &Vocabulary,
) -> Result<WorksheetText, Fault> {
    let mut archive = Archive::open(bytes)?;
    let (format, mut book) = match kind(&mut archive)? {
        kind @ (Kind::Xlsx | Kind::Xlsm) => (
            kind.as_str(),
            Book::Xlsx(Box::new(XlsxBook::open(archive, bytes)?)),
        ),
        Kind::Ods => (Kind::Ods.as_str(), Book::Ods(OdsBook::open(archive)?)),
    };
    let chosen = choose(&mut book, wanted, vocabulary)?;
    let looked = match chosen.looked {
        Some(looked) => looked,
        None => book.look(&chosen.name)?,
    };
    let mut reading = Reading {
        formulas: looked.formulas.into(),
        vocabulary: Some(vocabulary),
        ..Reading::default()
    };
    book.read(&chosen.name, &mut |spot, text, kind| {
        reading.note_type(spot, text, kind);
        reading.take(spot, text)?;
        Ok(Flow::On)
    })?;
    reading.flush(None)?;
    reading.hold_merged(&looked.merged)?;
    let mut findings: Vec<Finding> = chosen.finding.into_iter().collect();
    findings.extend(
        reading
            .columns
            .iter()
            .map(|(column, told)| formulas(*column, *told)),
    );
    reading
        .held
        .sort_by_key(|cell| (cell.place.row, cell.place.column));
    Ok(WorksheetText {
        source: reading.records.finish().map_err(|error| Fault::of_disk(&error))?,
        facts: WorkbookFacts {
            format,
            worksheet: chosen.name,
        },
        findings,
        held: reading.held,
        typed: reading.typed,
    })
}

/// A workbook of either kind.
pub(super) enum Book {
    Xlsx(Box<XlsxBook>),
    Ods(OdsBook),
}

impl Book {
    /// The worksheets in the order of their tabs, those in sight first.
    pub fn worksheets(&self) -> Vec<(String, bool)> {
        let mut all: Vec<(String, bool)> = match self {
            Book::Xlsx(book) => book
                .worksheets()
                .map(|(name, hidden)| (name.to_owned(), hidden))
                .collect(),
            Book::Ods(book) => book
                .worksheets()
                .map(|(name, hidden)| (name.to_owned(), hidden))
                .collect(),
        };
        all.sort_by_key(|(_, is_hidden)| *is_hidden);
        all
    }

    /// Looks at a worksheet before it is read.
    pub fn look(&mut self, name: &str) -> Result<Looked, Fault> {
        match self {
            Book::Xlsx(book) => book.look(name),
            Book::Ods(book) => Ok(book.look(name)),
        }
    }

    /// Hands on the cells of a worksheet.
    pub fn read(&mut self, name: &str, take: &mut TakeCell<'_>) -> Result<(), Fault> {
        match self {
            Book::Xlsx(book) => book.read(name, take),
            Book::Ods(book) => book.read(name, take),
        }
    }
}

/// How many cells may lie under others.
const MERGED_MAX: usize = 10_000;

/// A worksheet being read.
#[derive(Default)]
struct Reading<'v> {
    vocabulary: Option<&'v Vocabulary>,
    records: Records,
    /// Those that are still to come.
    formulas: VecDeque<Noted>,
    /// Columns with computed cells: the first row, and how many.
    columns: BTreeMap<u16, (u32, u64)>,
    held: Vec<HeldCell>,
    typed: Vec<TypedCell>,
    /// Columns that take any text, as far as a header names them.
    of_text: BTreeSet<u16>,
    last: Spot,
}

impl Reading<'_> {
    /// Notes what a cell holds where that is no text. Whole columns are numbers, and they only matter where texts are expected.
    fn note_type(&mut self, spot: Spot, text: &str, kind: Option<TypedKind>) {
        if let (None, Some(vocabulary)) = (kind, self.vocabulary)
            && spot.row < HEADER_ROWS_MAX
            && let Meaning::Attribute(attribute) = vocabulary.meaning(text)
            && takes_any_text(attribute)
        {
            self.of_text.insert(spot.column);
        }
        if let Some(kind) = kind
            && self.of_text.contains(&spot.column)
        {
            self.typed.push(TypedCell {
                row: spot.row + 1,
                column: spot.column,
                kind,
            });
        }
    }

    fn take(&mut self, spot: Spot, text: &str) -> Result<(), Fault> {
        self.flush(Some(spot))?;
        match self
            .next_formula(|noted| noted.spot == spot)
            .map(|noted| noted.formula)
        {
            None => {}
            // The library hands on what it found in the place of a value.
            Some(Formula::Bare(formula)) => return self.bare(spot, &formula),
            Some(Formula::External) => self.hold(spot, HeldReason::ExternalFormula),
            Some(Formula::Valued) => {
                let (_, count) = self.columns.entry(spot.column).or_insert((spot.row, 0));
                *count += 1;
                if text.is_empty() {
                    self.hold(spot, HeldReason::FormulaGivesNothing);
                }
            }
        }
        self.keep(spot, text)
    }

    /// Takes the formulas without a value that come before a cell: no reader hands them on.
    fn flush(&mut self, before: Option<Spot>) -> Result<(), Fault> {
        while let Some(noted) = self.next_formula(|noted| before.is_none_or(|spot| noted.spot < spot)) {
            match noted.formula {
                Formula::Bare(formula) => self.bare(noted.spot, &formula)?,
                Formula::External => self.hold(noted.spot, HeldReason::ExternalFormula),
                Formula::Valued => self.hold(noted.spot, HeldReason::FormulaGivesNothing),
            }
        }
        Ok(())
    }

    fn next_formula(&mut self, is_it: impl Fn(&Noted) -> bool) -> Option<Noted> {
        self.formulas.front().filter(|noted| is_it(noted))?;
        self.formulas.pop_front()
    }

    /// The formula stands in the place of its value, so that whoever forgets to ask does not find an empty cell.
    fn bare(&mut self, spot: Spot, formula: &str) -> Result<(), Fault> {
        self.hold(spot, HeldReason::FormulaWithoutValue);
        let formula = formula.strip_prefix("of:").unwrap_or(formula);
        let formula = formula.strip_prefix('=').unwrap_or(formula);
        self.keep(spot, &format!("={formula}"))
    }

    fn keep(&mut self, spot: Spot, text: &str) -> Result<(), Fault> {
        self.last = Spot {
            row: self.last.row.max(spot.row),
            column: self.last.column.max(spot.column),
        };
        self.records
            .take(spot, text)
            .map_err(|error| Fault::of_disk(&error))
    }

    fn hold(&mut self, spot: Spot, reason: HeldReason) {
        self.held.push(HeldCell {
            place: place(spot),
            reason,
        });
    }

    /// Notes the cells that lie under others, as far as the worksheet is filled.
    fn hold_merged(&mut self, merged: &[Merged]) -> Result<(), Fault> {
        let mut count = 0;
        for range in merged {
            let name: Arc<str> = range.name().into();
            for row in range.first.row..=range.last.row.min(self.last.row) {
                for column in range.first.column..=range.last.column.min(self.last.column) {
                    let spot = Spot { row, column };
                    if spot == range.first {
                        continue;
                    }
                    count += 1;
                    if count > MERGED_MAX {
                        return Err(Fault::Other(Box::new(
                            too_much_merged(&name).at(place(range.first)),
                        )));
                    }
                    self.hold(spot, HeldReason::Merged(Arc::clone(&name)));
                }
            }
        }
        Ok(())
    }
}

fn place(spot: Spot) -> Place {
    let row = u64::from(spot.row) + 1;
    Place::cell(row, row, usize::from(spot.column))
}

fn too_much_merged(range: &str) -> Finding {
    Finding::error(
        "merged-cells",
        Extent::Sheet,
        format!(
            "more than {MERGED_MAX} cells lie under others, such as in {range}: the rows of this worksheet are no users any more"
        ),
        "take the merging apart (in Excel: `Unmerge Cells`) and fill in every cell",
    )
}

fn formulas(column: u16, (first, count): (u32, u64)) -> Finding {
    let counted = match count {
        1 => "a cell of this column is a formula; the value it had when the workbook was saved is taken"
            .to_owned(),
        count => format!(
            "{count} cells of this column are formulas, the first is here; the values they had when the workbook was saved are taken"
        ),
    };
    Finding::warning(
        "formula-cells",
        Extent::Column,
        counted,
        "look whether the values are right; better still, paste them in the formulas' place (in Excel: `Paste Special`, `Values`)",
    )
    .at(place(Spot { row: first, column }))
}
