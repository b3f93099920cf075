//! The state folder: snapshots, the journals of runs, and the locks that keep two processes apart.
//!
//! ```text
//! ROOT/                              0700
//!   snapshots/snap-….csv.zst         0600, one per export, written once and never changed
//!   runs/run-…/journal.sqlite        0600, one per run, appended to: intent before the send, result before the event
//!   runs/run-…/lock                  held while a process works on the run
//!   feeds/NAME/ledger.sqlite         0600, one per feed: which files it has seen, and what became of each night
//!   feeds/NAME/everybody.jsonl.zst   0600, everybody as the last night read them, so that the next asks only who has changed
//!   feeds/NAME/lock                  held while a process works on the feed
//!   exports/snap-…/                  0700, what an export under way has read; gone when its snapshot is there
//!   sheets/SHA256                    0600, empty: dirsheet wrote a file of these bytes
//!   pictures/….jpg                   0600, pictures to send and those that stood there before, by fingerprint
//!   sandbox/                         the embedded directory, when it is kept between commands
//! ```
//!
//! - `folder` opens the folder; `error` is what can be wrong with it, with what to do.
//! - `snapshot` keeps all users as they were at one moment.
//! - `journal` writes a run down and reads it again; `journal::replay` holds the rules of an operation's life as one pure function.
//! - `status` derives the word of a row from what the plan said and what became of its operations.
//! - `staging` keeps what an export under way has read, so that it can go on; `staged_rows` is the form of its files.
//! - `pictures` keeps the bytes of pictures; `sheets` knows the files of exports by their bytes.
//! - `feeds` keeps the ledger of a feed, and moves its files; `kept_users` keeps whom its last night read.
//! - `plan_file` is a plan as a file; `soundness` reads snapshots and journals to their end, for `doctor`.
//! - `trying` finds out whether a folder can be written to.
//! - `lock` keeps two processes from one run; `runs` lists the runs.
//!
//! *Invariants.* No clock and no chance of its own: ids and moments are arguments. Nothing secret is stored. What `Journal::record`
//! returned from is on the disk. A file that is half written is never visible under its final name.

mod error;
mod feeds;
mod folder;
mod journal;
mod kept_users;
mod keyring;
mod lock;
mod pictures;
mod plan_file;
mod runs;
mod sheets;
mod snapshot;
mod soundness;
mod sql;
mod staged_rows;
mod staging;
mod status;
mod trying;
mod undos;

pub use error::StateError;
pub use feeds::{
    Carried, GoodNight, KeptFigures, KnownPlan, Ledger, MissingTally, Night, NightEnd, NightFile, NightId,
    NightOutcome, NightStage, PassedOver, Released, Repeats, Start, StartEnd, StartId, WaitingNight,
};
pub use folder::StateFolder;
pub use journal::{
    Entry, Journal, OperationState, Remaining, RemainingStanding, ReportRow, RunHeader, RunRecord, RunRow,
    RunState, Step, StepError, next_state,
};
pub use kept_users::{Kept, KeptSince, KeptUsers, ReadingOf};
pub use keyring::{KEYRING, Keyring};
pub use lock::{RunLock, TenantLock};
pub use pictures::{IdlePictures, PictureStore};
pub use plan_file::{PLAN_FILE_VERSION, PlanFile, PlanFileError, SheetReading, SheetShape, WITHDRAWN};
pub use runs::{Doubts, ListedRun, RunOverview};
pub use snapshot::{ListedSnapshot, Snapshot, SnapshotMeta, SnapshotUser, SnapshotWriter};
pub use soundness::LookedAt;
pub use staged_rows::{ChangesFile, RowsReader, RowsWriter, StagedUser};
pub use staging::{StagedRange, Staging, StagingPlan, put_ranges};
pub use status::{Mix, RowStanding, StatusCounts, row_status};
pub use trying::{FailedTry, try_folder};
pub use undos::{PutBack, UndoRun, Undos};
