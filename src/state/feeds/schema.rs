//! The tables of a ledger.

use crate::state::sql::Format;

/// Raised whenever the tables or the words in them change.
pub(super) const FORMAT: Format = Format {
    application: i32::from_be_bytes(*b"dshF"),
    oldest: 1,
    version: 1,
    name: "a ledger",
};

/// Moments in microseconds, days as `2026-11-29`, `counts` and `told` as JSON. `good` has one row. `target` is where a file is to
/// go, `moved_to` where it is.
pub(super) const TABLES: &str = "
    CREATE TABLE nights (
        id INTEGER PRIMARY KEY AUTOINCREMENT, started_at INTEGER NOT NULL, file TEXT NOT NULL, sha256 TEXT NOT NULL,
        bytes INTEGER NOT NULL, modified INTEGER NOT NULL, stage TEXT NOT NULL, run TEXT, plan TEXT, figures TEXT, outcome TEXT,
        exit_code INTEGER, counts TEXT, note TEXT, finished_at INTEGER, processed INTEGER NOT NULL DEFAULT 0, target TEXT,
        moved_to TEXT, told TEXT
    );
    CREATE INDEX nights_by_content ON nights (sha256);
    CREATE TABLE good (one INTEGER PRIMARY KEY CHECK (one = 1), night INTEGER NOT NULL, figures TEXT NOT NULL, prints BLOB NOT NULL);
    CREATE TABLE missing (
        key TEXT PRIMARY KEY, first_day TEXT NOT NULL, last_day TEXT NOT NULL, days INTEGER NOT NULL
    ) WITHOUT ROWID;";
