//! Bytes ⇄ rows: what a file is, how it is laid out, what its header means, and writing one that reads back the same.
//!
//! Reading goes bytes → `container` (taken once into a `source`) → `encoding` (is this text at all, and in which
//! encoding) → `beginning` (delimiter, `sep=` line, where the header is) → `strict` (one scan for broken quotes, because
//! the csv library forgives them) → `header` (columns and what they mean, `foreign` for Microsoft's own files) →
//! [`Sheet`] and its [`Rows`]. No step holds the whole file. Writing goes through [`SheetWriter`], which puts the formula
//! guard of [`guard`] before dangerous cells, into an [`AtomicFile`] that appears whole or not at all.

mod beginning;
mod below;
mod complaints;
mod container;
mod dialect;
mod digest;
mod drafts;
mod encoding;
mod error;
mod exchange;
mod extensions;
mod file;
mod foreign;
mod forms;
pub mod guard;
mod header;
mod held;
mod incoming;
mod kept;
mod letters;
mod lines;
mod options;
mod own_paper;
mod passwords;
mod plain;
mod plain_csv;
mod reader;
mod rows;
mod sink;
mod source;
mod strict;
mod survey;
mod text;
mod treatment;
mod typed_cell;
mod vocabulary;
mod window;
mod workbook;
mod writer;

#[cfg(test)]
mod round_trip;
#[cfg(test)]
mod testing;

pub use complaints::{CELL_BYTES_MAX, FINDINGS_PER_RULE_MAX};
pub use container::{FILE_BYTES_MAX, is_workbook};
pub use dialect::{Delimiter, Dialect, Layout, LineEnd, WorkbookFacts};
pub use digest::file_sha256;
pub use encoding::{AskedEncoding, Certainty, CodePage, Encoding};
pub use error::{FileError, SheetError};
pub use file::{AtomicFile, remove_unfinished};
pub use foreign::Origin;
pub use guard::Guard;
pub use header::{COLUMNS_MAX, Column, Header};
pub use held::{HeldCell, HeldReason};
pub use incoming::{Incoming, IncomingError, IncomingFile, Pending, Sighting, Wanted};
pub use kept::{DigestedFile, commit_keeping, retire};
pub use letters::ENCODING_GUESSED;
pub use options::{KnownExtensions, ReadOptions, ToldBy};
pub use own_paper::is_own_paper;
pub use plain::{PlainOptions, PlainTable, UnreadableSource};
pub use plain_csv::{NotPlain, PlainCsv};
pub use reader::Sheet;
pub use rows::{Rows, UnreadableRow};
pub use sink::RowSink;
pub use typed_cell::{TypedCell, TypedKind};
pub use vocabulary::{
    ACTION_COLUMN, ColumnNames, Meaning, REPORT_COLUMNS, SNAPSHOT_COLUMN, attribute_of_header,
};
pub use workbook::{
    AnnotationLine, Annotations, BookCell, BookWriter, CellMark, DATA_SHEET, DirectoryFacts, FormColumn,
    Shade, Tone, WorkbookStyle, WorkbookWriter, is_calm, write_annotated,
};
pub use writer::{SheetWriter, WriteStyle, Written};
