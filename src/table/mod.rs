//! Bytes ⇄ rows: what a file is, how it is laid out, what its header means, and writing one that reads back the same.
//!
//! Reading goes bytes → `container` (taken once into a `source`; is this text at all) → `beginning` (delimiter, `sep=`
//! line, where the header is) → `strict` (one scan for broken quotes, because the csv library forgives them) → `header`
//! (columns and what they mean) → [`Sheet`] and its [`Rows`]. No step holds the whole file. Writing goes through [`SheetWriter`], which puts the formula guard of [`guard`] before
//! dangerous cells, into an [`AtomicFile`] that appears whole or not at all.
//!
//! Later: encodings beyond UTF-8, .xlsx workbooks and the headers of Microsoft's own templates. Until then
//! `container` refuses them in words.

mod beginning;
mod below;
mod complaints;
mod container;
mod dialect;
mod digest;
mod error;
mod file;
mod foreign;
mod forms;
pub mod guard;
mod header;
mod held;
mod lines;
mod reader;
mod rows;
mod source;
mod strict;
mod survey;
mod treatment;
mod vocabulary;
mod window;
mod workbook;
mod writer;

#[cfg(test)]
mod round_trip;
#[cfg(test)]
mod testing;

pub use complaints::{CELL_BYTES_MAX, FINDINGS_PER_RULE_MAX};
pub use container::FILE_BYTES_MAX;
pub use dialect::{Delimiter, Dialect, Encoding, Layout, LineEnd, WorkbookFacts};
pub use digest::file_sha256;
pub use error::{FileError, SheetError};
pub use file::AtomicFile;
pub use foreign::Origin;
pub use guard::Guard;
pub use header::{COLUMNS_MAX, Column, Header};
pub use held::{HeldCell, HeldReason};
pub use reader::{ReadOptions, Sheet};
pub use rows::{Rows, UnreadableRow};
pub use vocabulary::{Meaning, REPORT_COLUMNS, SNAPSHOT_COLUMN};
pub use workbook::{DATA_SHEET, DirectoryFacts, WorkbookStyle, WorkbookWriter};
pub use writer::{SheetWriter, WriteStyle, Written};
