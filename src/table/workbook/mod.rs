//! Workbooks, written so that no spreadsheet rewrites a cell, and read without loss.
//!
//! Writing goes through [`WorkbookWriter`]: every cell a text cell with the number format `@`, a first page that explains
//! the columns, lists to choose from. Reading opens the archive with distrust (`archive`, `inspect`), takes the cells of one
//! worksheet (`xlsx`, `ods`) and makes a text of them (`record`), which is read like any other sheet. Why it is so stands in
//! `docs/design/workbooks.md`.

mod annotated;
mod archive;
mod book;
mod cells;
mod choose;
mod fault;
mod inspect;
mod kind;
mod lists;
mod look;
mod ods;
mod ods_text;
mod offer;
mod put;
mod read;
mod read_me;
mod record;
mod typed;
mod write;
mod xlsx;
mod xml;

#[cfg(test)]
mod annotated_tests;
#[cfg(test)]
mod crafted;
#[cfg(test)]
mod ods_tests;
#[cfg(test)]
mod read_tests;
#[cfg(test)]
mod round_trip;
#[cfg(test)]
mod write_tests;

pub use annotated::{AnnotationLine, Annotations, CellMark, Tone, write_annotated};
pub use book::{BookCell, BookWriter, Shade};
pub(super) use kind::old_container;
pub use offer::FormColumn;
pub(super) use read::read;
pub use read_me::DirectoryFacts;
pub(super) use read_me::TITLE as READ_ME_TITLE;
pub use write::{WorkbookStyle, WorkbookWriter, is_calm};

/// The worksheet that holds the users, in every workbook that dirsheet writes. Reading looks for it first.
pub const DATA_SHEET: &str = "Users";

/// The worksheet of a form about conflicts.
pub(super) const CONFLICTS_SHEET: &str = "Conflicts";

/// The first page.
pub(super) const READ_ME_SHEET: &str = "Read me";

/// The hidden worksheet with the values to choose from.
const LISTS_SHEET: &str = "Lists";

/// The first page of an annotated workbook.
const FINDINGS_SHEET: &str = "Findings";

/// The most characters a cell of a workbook holds, in UTF-16 units.
const CELL_UNITS_MAX: usize = 32_767;

/// The most rows a worksheet has.
const ROWS_MAX: u32 = 1_048_576;
