PRAGMA application_id = 1685284934;
PRAGMA user_version = 2;
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
) WITHOUT ROWID;
