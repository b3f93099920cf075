//! Workbooks, written so that no spreadsheet rewrites a cell.
//!
//! Writing goes through [`WorkbookWriter`]: every cell a text cell with the number format `@`, a first page that explains
//! the columns, lists to choose from. Why it is so stands in `docs/design/workbooks.md`.

#![expect(dead_code, reason = "the reading is plugged in next")]

mod archive;
mod cells;
mod fault;
mod inspect;
mod lists;
mod look;
mod ods;
mod ods_text;
mod read_me;
mod record;
mod typed;
mod write;
mod xlsx;
mod xml;

#[cfg(test)]
mod write_tests;

pub use read_me::DirectoryFacts;
pub use write::{WorkbookStyle, WorkbookWriter};

/// The worksheet that holds the users, in every workbook that dirsheet writes. Reading looks for it first.
pub const DATA_SHEET: &str = "Users";

/// The first page.
const READ_ME_SHEET: &str = "Read me";

/// The hidden worksheet with the values to choose from.
const LISTS_SHEET: &str = "Lists";

/// The most characters a cell of a workbook holds, in UTF-16 units.
const CELL_UNITS_MAX: usize = 32_767;

/// The most rows a worksheet has.
const ROWS_MAX: u32 = 1_048_576;
