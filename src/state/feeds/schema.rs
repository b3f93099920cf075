//! The tables of a ledger.

use rusqlite::Connection;

use crate::state::sql::Format;

/// Raised whenever the tables or the words in them change.
pub(super) const FORMAT: Format = Format {
    application: i32::from_be_bytes(*b"dshF"),
    oldest: 1,
    version: 2,
    name: "a ledger",
};

/// Moments in microseconds, days as `2026-11-29`, `counts` and `told` as JSON. `good` and `waiting` have one row;
/// `begins` says that nights before are not to be held against any more. `target` is where a file is to
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
    CREATE TABLE good_nights (night INTEGER PRIMARY KEY, figures TEXT NOT NULL, begins INTEGER NOT NULL);
    CREATE TABLE waiting (
        one INTEGER PRIMARY KEY CHECK (one = 1), night INTEGER NOT NULL, figures TEXT NOT NULL, prints BLOB NOT NULL,
        begins INTEGER NOT NULL
    );
    CREATE TABLE missing (
        key TEXT PRIMARY KEY, first_day TEXT NOT NULL, last_day TEXT NOT NULL, days INTEGER NOT NULL
    ) WITHOUT ROWID;";

/// What version 1 lacks: the figures of more than one good night, and of a file whose plan waits.
const FROM_1: &str = "
    BEGIN IMMEDIATE;
    CREATE TABLE IF NOT EXISTS good_nights (night INTEGER PRIMARY KEY, figures TEXT NOT NULL, begins INTEGER NOT NULL);
    INSERT OR IGNORE INTO good_nights (night, figures, begins) SELECT night, figures, 1 FROM good;
    CREATE TABLE IF NOT EXISTS waiting (
        one INTEGER PRIMARY KEY CHECK (one = 1), night INTEGER NOT NULL, figures TEXT NOT NULL, prints BLOB NOT NULL,
        begins INTEGER NOT NULL
    );
    PRAGMA user_version = 2;
    COMMIT;";

/// Brings an older ledger to the tables of now, all or nothing. Whoever calls holds the feed's lock.
pub(super) fn bring_up(connection: &Connection) -> rusqlite::Result<()> {
    let version: i32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version < FORMAT.version {
        connection.execute_batch(FROM_1)?;
    }
    Ok(())
}
