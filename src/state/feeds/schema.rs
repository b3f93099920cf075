//! The tables of a ledger.

use rusqlite::Connection;

use crate::state::sql::Format;

/// Raised whenever the tables or the words in them change.
pub(super) const FORMAT: Format = Format {
    application: i32::from_be_bytes(*b"dshF"),
    oldest: 1,
    version: 10,
    name: "a ledger",
};

/// Moments in microseconds, days as `2026-11-29`, `counts` and `told` as JSON. `good` and `waiting` have one row;
/// `fingerprint` is that of the sealed plan, where it is a plan that waits and no run; `prints` of `good_nights` are kept of the newest;
/// `begins` says that nights before are not to be held against any more; `started` has when the feed was
/// first started, and `sealed` the fingerprints of its sealed plans. `target` is where a file is to
/// go, `moved_to` where it is. `starts` are those that took no file, and `repeats` says of nights how many they stand for. `released` are cells that a person
/// took back and that may be written again, each with the run that took it back. `undos` are the runs that took runs of the feed back, as far
/// as its starts have seen them; `settings` has the hashes (JSON) of the files that a night was set by. `missing_let` are those of `missing` whom a person let pass.
/// `lifted` has the names (JSON) of what was let pass of a night; `passed` older files that lay beside that of a night; `refeeds` the nights that
/// fed dead letters.
pub(super) const TABLES: &str = "
    CREATE TABLE nights (
        id INTEGER PRIMARY KEY AUTOINCREMENT, started_at INTEGER NOT NULL, file TEXT NOT NULL, sha256 TEXT NOT NULL,
        bytes INTEGER NOT NULL, modified INTEGER NOT NULL, stage TEXT NOT NULL, run TEXT, plan TEXT, figures TEXT, outcome TEXT,
        exit_code INTEGER, counts TEXT, note TEXT, finished_at INTEGER, processed INTEGER NOT NULL DEFAULT 0, target TEXT,
        moved_to TEXT, told TEXT
    );
    CREATE INDEX nights_by_content ON nights (sha256);
    CREATE TABLE good (one INTEGER PRIMARY KEY CHECK (one = 1), night INTEGER NOT NULL, figures TEXT NOT NULL, prints BLOB NOT NULL);
    CREATE TABLE good_nights (night INTEGER PRIMARY KEY, figures TEXT NOT NULL, begins INTEGER NOT NULL, prints BLOB);
    CREATE TABLE waiting (
        one INTEGER PRIMARY KEY CHECK (one = 1), night INTEGER NOT NULL, figures TEXT NOT NULL, prints BLOB NOT NULL,
        begins INTEGER NOT NULL, fingerprint TEXT
    );
    CREATE TABLE started (one INTEGER PRIMARY KEY CHECK (one = 1), at INTEGER NOT NULL);
    CREATE TABLE sealed (night INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL, withdrawn INTEGER NOT NULL);
    CREATE TABLE starts (
        id INTEGER PRIMARY KEY AUTOINCREMENT, after_night INTEGER NOT NULL, outcome TEXT NOT NULL, exit_code INTEGER NOT NULL,
        file TEXT, sha256 TEXT, note TEXT NOT NULL, times INTEGER NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL,
        told TEXT
    );
    CREATE TABLE repeats (night INTEGER PRIMARY KEY, way TEXT NOT NULL, times INTEGER NOT NULL, first_at INTEGER NOT NULL);
    CREATE TABLE released (
        user TEXT NOT NULL, attribute TEXT NOT NULL, undo TEXT NOT NULL, PRIMARY KEY (user, attribute, undo)
    ) WITHOUT ROWID;
    CREATE TABLE undos (id TEXT PRIMARY KEY, of TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE settings (night INTEGER PRIMARY KEY, hashes TEXT NOT NULL);
    CREATE TABLE missing_let (key TEXT PRIMARY KEY) WITHOUT ROWID;
    CREATE TABLE lifted (night INTEGER PRIMARY KEY, names TEXT NOT NULL);
    CREATE TABLE passed (
        night INTEGER NOT NULL, file TEXT NOT NULL, sha256 TEXT NOT NULL, bytes INTEGER NOT NULL, modified INTEGER NOT NULL,
        target TEXT, moved_to TEXT
    );
    CREATE TABLE refeeds (night INTEGER PRIMARY KEY);
    CREATE TABLE missing (
        key TEXT PRIMARY KEY, first_day TEXT NOT NULL, last_day TEXT NOT NULL, days INTEGER NOT NULL
    ) WITHOUT ROWID;";

/// What version 1 lacks: the figures of more than one good night, and of a file whose plan waits, which it took for a good one.
const FROM_1: &str = "
    CREATE TABLE IF NOT EXISTS good_nights (night INTEGER PRIMARY KEY, figures TEXT NOT NULL, begins INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS waiting (
        one INTEGER PRIMARY KEY CHECK (one = 1), night INTEGER NOT NULL, figures TEXT NOT NULL, prints BLOB NOT NULL,
        begins INTEGER NOT NULL
    );
    INSERT OR IGNORE INTO waiting (one, night, figures, prints, begins) SELECT 1, night, figures, prints, 1 FROM good
        WHERE night IN (SELECT id FROM nights WHERE outcome = 'awaits-approval');
    DELETE FROM good WHERE night IN (SELECT night FROM waiting);
    INSERT OR IGNORE INTO good_nights (night, figures, begins) SELECT night, figures, 1 FROM good;
    PRAGMA user_version = 2;";

/// What version 2 lacks: the plan of a file that waits, and hashes of more than one good night.
const FROM_2: &str = "
    ALTER TABLE waiting ADD COLUMN fingerprint TEXT;
    ALTER TABLE good_nights ADD COLUMN prints BLOB;
    UPDATE good_nights SET prints = (SELECT prints FROM good) WHERE night IN (SELECT night FROM good);
    PRAGMA user_version = 3;";

/// What version 3 lacks: when the feed was first started (its first night is the best that is known of that), and the fingerprints
/// of sealed plans, which outlive their files.
const FROM_3: &str = "
    CREATE TABLE IF NOT EXISTS started (one INTEGER PRIMARY KEY CHECK (one = 1), at INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS sealed (night INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL, withdrawn INTEGER NOT NULL);
    INSERT OR IGNORE INTO sealed SELECT night, fingerprint, 0 FROM waiting WHERE fingerprint IS NOT NULL;
    INSERT OR IGNORE INTO started (one, at) SELECT 1, started_at FROM nights ORDER BY id LIMIT 1;
    PRAGMA user_version = 4;";

/// What version 4 lacks: starts that took no file, and nights that stand for several.
const FROM_4: &str = "
    CREATE TABLE IF NOT EXISTS starts (
        id INTEGER PRIMARY KEY AUTOINCREMENT, after_night INTEGER NOT NULL, outcome TEXT NOT NULL, exit_code INTEGER NOT NULL,
        file TEXT, sha256 TEXT, note TEXT NOT NULL, times INTEGER NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL,
        told TEXT
    );
    CREATE TABLE IF NOT EXISTS repeats (
        night INTEGER PRIMARY KEY, way TEXT NOT NULL, times INTEGER NOT NULL, first_at INTEGER NOT NULL
    );
    PRAGMA user_version = 5;";

/// What version 5 lacks: cells that were taken back and may be written again.
const FROM_5: &str = "
    CREATE TABLE IF NOT EXISTS released (
        user TEXT NOT NULL, attribute TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (user, attribute)
    ) WITHOUT ROWID;
    PRAGMA user_version = 6;";

/// What version 6 lacks: people who are missing and were let pass.
const FROM_6: &str = "
    CREATE TABLE IF NOT EXISTS missing_let (key TEXT PRIMARY KEY) WITHOUT ROWID;
    PRAGMA user_version = 7;";

/// What version 7 lacks: which run took a released cell back, which were seen, and by which settings a night was. It told a release by the clock, which may be set back
/// and says nothing of a run that the night did not know; what was released so is for a person once more.
const FROM_7: &str = "
    DROP TABLE IF EXISTS released;
    CREATE TABLE released (
        user TEXT NOT NULL, attribute TEXT NOT NULL, undo TEXT NOT NULL, PRIMARY KEY (user, attribute, undo)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS undos (id TEXT PRIMARY KEY, of TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS settings (night INTEGER PRIMARY KEY, hashes TEXT NOT NULL);
    PRAGMA user_version = 8;";

/// What version 8 lacks: what was let pass of a night, and which files were passed over.
const FROM_8: &str = "
    CREATE TABLE IF NOT EXISTS lifted (night INTEGER PRIMARY KEY, names TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS passed (
        night INTEGER NOT NULL, file TEXT NOT NULL, sha256 TEXT NOT NULL, bytes INTEGER NOT NULL, modified INTEGER NOT NULL,
        target TEXT, moved_to TEXT
    );
    PRAGMA user_version = 9;";

/// What version 9 lacks: which nights fed dead letters. Those of before count as nights of a file, after which older letters are refused.
const FROM_9: &str = "
    CREATE TABLE IF NOT EXISTS refeeds (night INTEGER PRIMARY KEY);
    PRAGMA user_version = 10;";

/// Brings an older ledger to the tables of now, all or nothing: in a transaction of its own, or in the one of a rehearsal, with which
/// it is gone. Whoever calls holds the feed's lock.
pub(super) fn bring_up(connection: &Connection, is_rehearsal: bool) -> rusqlite::Result<()> {
    let version: i32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version >= FORMAT.version {
        return Ok(());
    }
    if !is_rehearsal {
        connection.execute_batch("BEGIN IMMEDIATE")?;
    }
    let all = [
        (1, FROM_1),
        (2, FROM_2),
        (3, FROM_3),
        (4, FROM_4),
        (5, FROM_5),
        (6, FROM_6),
        (7, FROM_7),
        (8, FROM_8),
        (9, FROM_9),
    ];
    for (from, steps) in all {
        if version <= from {
            connection.execute_batch(steps)?;
        }
    }
    if is_rehearsal {
        return Ok(());
    }
    connection.execute_batch("COMMIT")
}
