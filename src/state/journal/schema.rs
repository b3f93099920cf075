//! The tables of a journal and the kinds of its entries.

use super::super::sql::Format;

/// Raised whenever the tables, the kinds of entries or the numbers in `mix` change. Version 1 had no proofs and no undo runs, and
/// version 2 one number for both kinds of "already there". They are read as they are, and become version 3 when their run goes
/// on; the rows of version 1 stay without `writes`.
pub(in crate::state) const FORMAT: Format = Format {
    application: i32::from_be_bytes(*b"dshJ"),
    oldest: 1,
    version: 3,
    name: "a journal",
};

/// `run`, `rows`, `row_operations` and `operations` are written once, before anything is sent. `entries` is only ever appended to.
///
/// In `entries`, `kind` is one of the numbers below, `at` is in microseconds, `mix` the outcomes that occur in a result and
/// `result` the result itself as JSON. The last columns of `run` are what `runs` shows of a run that nobody works on.
pub(super) const TABLES: &str = "
    CREATE TABLE run (
        header TEXT NOT NULL, state TEXT NOT NULL, finished_at INTEGER, counts TEXT, remaining INTEGER
    );
    CREATE TABLE rows (
        seq INTEGER PRIMARY KEY, row INTEGER NOT NULL, line INTEGER NOT NULL, user BLOB, user_label TEXT NOT NULL,
        cells TEXT NOT NULL, standing TEXT NOT NULL, notes TEXT, remarks TEXT, writes TEXT
    );
    CREATE TABLE row_operations (
        seq INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (seq, number)
    ) WITHOUT ROWID;
    CREATE TABLE operations (
        number INTEGER PRIMARY KEY, changes INTEGER NOT NULL, row INTEGER NOT NULL, user BLOB NOT NULL, upn TEXT NOT NULL,
        action TEXT NOT NULL
    );
    CREATE TABLE entries (
        seq INTEGER PRIMARY KEY, number INTEGER NOT NULL, kind INTEGER NOT NULL, at INTEGER NOT NULL, mix INTEGER, result TEXT
    );
    BEGIN;";

/// A request is about to be sent.
pub(super) const KIND_INTENT: i64 = 0;
/// A request was answered, or will not be.
pub(super) const KIND_RESULT: i64 = 1;
/// What was accepted was looked for in the directory. Since version 2.
pub(super) const KIND_PROOF: i64 = 2;
