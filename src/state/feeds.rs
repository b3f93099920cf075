//! The ledger of a feed: which files it has seen, what became of each night, and what the last good one looked like.
//!
//! ```text
//! ROOT/feeds/NAME/lock             held while a process works on the feed
//! ROOT/feeds/NAME/ledger.sqlite    0600, WAL with FULL: what a method returned from is on the disk
//! ```
//!
//! *The order of a night*, so that a kill at any moment neither processes a file twice nor loses one:
//!
//! 1. [`Ledger::open`] takes the lock. [`Ledger::unfinished`] tells the night that a kill left behind, if there is one.
//! 2. [`Ledger::begin`] writes the night and its file down. Killed here, nothing was written to the directory: the next start
//!    gives the night up ([`Ledger::give_up`]) and takes the file again.
//! 3. [`Ledger::run_begins`] writes the id of the run down, before the run has a journal. Killed after it, the next start looks
//!    for that journal: none means that nothing was sent and the file is taken again; else the run is resumed, and the night
//!    goes on with 4.
//! 4. [`Ledger::settle`] writes, in one transaction, the outcome, that the content was processed, the figures of a good night,
//!    who was missing, and where the file goes. From here on the content is never processed again unless somebody says so.
//! 5. [`Ledger::carry`] moves the file and writes down where it is. Killed in between, the next start finishes the move:
//!    the target is reserved first and never replaced, and the source goes only when its bytes stand at the target.
//! 6. [`Ledger::close`] writes down who was told. Killed before it, the next start knows that nobody may have heard.

mod first;
mod keeping;
mod lifted;
mod moving;
mod night;
mod passed;
mod plans;
mod read;
mod rehearsal;
mod repeats;
mod schema;
mod undos;
mod written;

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, OpenFlags, params};

use super::error::{At, Doing, StateError};
use super::folder::{StateFolder, create_private_folder};
use super::lock::take_file;
use super::sql::{self, Draft, stored};
use crate::domain::RunId;
pub use moving::Carried;
pub use night::{
    GoodNight, KeptFigures, MissingTally, Night, NightEnd, NightFile, NightId, NightOutcome, NightStage,
    Released, WaitingNight,
};
pub use passed::PassedOver;
pub use plans::KnownPlan;
use read::night_where;
pub use repeats::{Repeats, Start, StartEnd, StartId};
use schema::{FORMAT, TABLES, bring_up};

/// The ledger of one feed, and the right to work on it until dropped.
#[derive(Debug)]
pub struct Ledger {
    connection: Connection,
    path: PathBuf,
    _lock: File,
}

fn ledger_file(folder: &StateFolder, feed: &str) -> PathBuf {
    folder.root().join("feeds").join(feed).join("ledger.sqlite")
}

impl StateFolder {
    /// The nights of a feed, the newest first, at most `most`; none when the feed has never run. Needs no lock.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn nights(&self, feed: &str, most: u32) -> Result<Vec<Night>, StateError> {
        let path = ledger_file(self, feed);
        if !is_name(feed) || !path.exists() {
            return Ok(Vec::new());
        }
        let connection = sql::open(&path, &FORMAT, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        night_where(&connection, &path, "1 ORDER BY id DESC LIMIT ?1", [most])
    }
}

/// Whether it can be the name of a folder on every system.
fn is_name(feed: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    !feed.is_empty() && feed.len() <= 80 && feed.chars().all(is_plain)
}

impl Ledger {
    /// Takes the feed and opens its ledger, which is made when there is none.
    ///
    /// # Errors
    /// [`StateError::Busy`] when another process works on it; the ledger cannot be made or read.
    pub fn open(folder: &StateFolder, feed: &str) -> Result<Ledger, StateError> {
        let ledger = Ledger::take(folder, feed)?;
        bring_up(&ledger.connection, false).at(&ledger.path)?;
        Ok(ledger)
    }

    fn take(folder: &StateFolder, feed: &str) -> Result<Ledger, StateError> {
        let path = ledger_file(folder, feed);
        if !is_name(feed) {
            let detail = format!("`{feed}` is no name for a feed: letters, digits, `-` and `_`, at most 80");
            return Err(StateError::Contradiction { path, detail });
        }
        let own = folder.root().join("feeds").join(feed);
        create_private_folder(&own).doing("create the folder", &own)?;
        let lock = take_file(&own.join("lock"), || format!("feed `{feed}`"))?;
        if !path.exists() {
            make(&path)?;
        }
        let connection = sql::open(&path, &FORMAT, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        for (name, value) in [("synchronous", "FULL"), ("fullfsync", "ON")] {
            connection.pragma_update(None, name, value).at(&path)?;
        }
        Ok(Ledger {
            connection,
            path,
            _lock: lock,
        })
    }

    /// The ledger's file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The night that is not closed: a kill left it behind, or it is the one of now.
    pub fn unfinished(&self) -> Result<Option<Night>, StateError> {
        self.one("stage <> 'closed' ORDER BY id DESC LIMIT 1", [])
    }

    /// The last night that processed this content.
    pub fn seen(&self, sha256: &str) -> Result<Option<Night>, StateError> {
        self.one("sha256 = ?1 AND processed ORDER BY id DESC LIMIT 1", [sha256])
    }

    /// The last night that processed a file of the HR system.
    pub fn last_processed(&self) -> Result<Option<Night>, StateError> {
        self.one("processed ORDER BY id DESC LIMIT 1", [])
    }

    /// One night.
    pub fn night(&self, night: NightId) -> Result<Option<Night>, StateError> {
        self.one("id = ?1", [night.0])
    }

    /// The last nights, the newest first.
    pub fn nights(&self, most: u32) -> Result<Vec<Night>, StateError> {
        night_where(
            &self.connection,
            &self.path,
            "1 ORDER BY id DESC LIMIT ?1",
            [most],
        )
    }

    /// Nights whose file is still to be moved, the oldest first.
    pub fn to_carry(&self) -> Result<Vec<Night>, StateError> {
        night_where(
            &self.connection,
            &self.path,
            "target IS NOT NULL AND moved_to IS NULL ORDER BY id",
            [],
        )
    }

    /// What the last good night looked like.
    pub fn last_good(&self) -> Result<Option<GoodNight>, StateError> {
        read::last_good(&self.connection, &self.path)
    }

    /// The figures (JSON) of the last good nights, the newest first, at most `most`; none from before the night in which a person
    /// has let something pass.
    pub fn good_nights(&self, most: u32) -> Result<Vec<String>, StateError> {
        keeping::good_nights(&self.connection, most).at(&self.path)
    }

    /// The run of the last good night was taken back: the good night before it is the last one again, if there is one.
    pub fn disown_last(&mut self) -> Result<(), StateError> {
        let point = self.connection.savepoint().at(&self.path)?;
        keeping::disown_last(&point).at(&self.path)?;
        point.commit().at(&self.path)
    }

    /// For how many days each key has been missing, were it missing on `day` as well. A key that is not among them would be
    /// missing for the first day.
    pub fn missing_with(&self, day: Date) -> Result<HashMap<String, u32>, StateError> {
        read::missing_with(&self.connection, &self.path, day)
    }

    /// Who is missing and was let pass by a person: they are not too many, as long as they are missing.
    pub fn missing_let(&self) -> Result<HashSet<String>, StateError> {
        keeping::missing_let(&self.connection).at(&self.path)
    }

    /// Writes down that a night begins with this file.
    ///
    /// # Errors
    /// [`StateError::Contradiction`] while another night is not closed.
    pub fn begin(&mut self, file: &NightFile, at: Timestamp) -> Result<NightId, StateError> {
        if let Some(open) = self.unfinished()? {
            return Err(self.contradiction(format!("night {} is not closed", open.id.0)));
        }
        self.connection
            .execute(
                "INSERT INTO nights (started_at, file, sha256, bytes, modified, stage) VALUES (?1, ?2, ?3, ?4, ?5, 'begun')",
                params![
                    at.as_microsecond(),
                    night::path_text(&file.path),
                    file.sha256,
                    stored(file.bytes),
                    file.modified.as_microsecond()
                ],
            )
            .at(&self.path)?;
        Ok(NightId(self.connection.last_insert_rowid()))
    }

    /// Writes down that this run is about to begin; must return before the run has a journal. `kept` waits from here on for the
    /// end of the run, however often that is cut off.
    pub fn run_begins(
        &mut self,
        night: NightId,
        run: &RunId,
        kept: Option<&KeptFigures>,
    ) -> Result<(), StateError> {
        let sql =
            "UPDATE nights SET run = ?2, stage = 'running' WHERE id = ?1 AND stage IN ('begun', 'running')";
        self.update(night, sql, params![night.0, run.as_str()])?;
        match kept {
            Some(kept) => keeping::keep(
                &self.connection,
                night,
                &KeptFigures {
                    waits: true,
                    ..kept.clone()
                },
            )
            .at(&self.path),
            None => Ok(()),
        }
    }

    /// Gives a night up that wrote nothing to the directory; its file may be taken again. It is closed.
    pub fn give_up(&mut self, night: NightId, note: &str, at: Timestamp) -> Result<(), StateError> {
        let sql = "UPDATE nights SET stage = 'closed', outcome = 'interrupted', note = ?2, finished_at = ?3, processed = 0 \
                   WHERE id = ?1 AND stage IN ('begun', 'running')";
        self.update(night, sql, params![night.0, note, at.as_microsecond()])
    }

    /// Writes down what became of a night, all at once: from here on its content was processed, if `end` says so.
    pub fn settle(&mut self, night: NightId, end: &NightEnd) -> Result<(), StateError> {
        let known = self
            .night(night)?
            .ok_or_else(|| self.contradiction(format!("there is no night {}", night.0)))?;
        if !matches!(known.stage, NightStage::Begun | NightStage::Running) {
            return Err(self.contradiction(format!("night {} is settled already", night.0)));
        }
        let target = end
            .move_to
            .as_ref()
            .map(|folder| moving::target(&known.file.path, folder, known.started_at, 1));
        let counts = serde_json::to_string(&end.counts).at(&self.path)?;
        let path = &self.path;
        let transaction = self.connection.transaction().at(path)?;
        transaction
            .execute(
                "UPDATE nights SET stage = 'settled', outcome = ?2, exit_code = ?3, counts = ?4, plan = ?5, note = ?6, \
                 finished_at = ?7, processed = ?8, target = ?9 WHERE id = ?1",
                params![
                    night.0,
                    end.outcome.as_str(),
                    end.exit_code,
                    counts,
                    end.plan.as_deref().map(night::path_text),
                    end.note,
                    end.finished_at.as_microsecond(),
                    end.processed,
                    target.as_deref().map(night::path_text)
                ],
            )
            .at(path)?;
        if let Some(fingerprint) = &end.sealed {
            plans::keep_sealed(&transaction, night, fingerprint).at(path)?;
        }
        keeping::end(&transaction, night, end).at(path)?;
        passed::keep(&transaction, night, &end.passed, known.started_at).at(path)?;
        if let Some(tally) = &end.missing {
            keeping::missing(&transaction, tally).at(path)?;
        }
        undos::release(&transaction, &end.released).at(path)?;
        if let Some(way) = end.way.as_deref().filter(|_| !end.processed && target.is_none()) {
            repeats::fold(&transaction, night, way).at(path)?;
        }
        transaction.commit().at(path)
    }

    /// Moves the file of a settled night where it was to go, or finishes a move that a kill cut short.
    ///
    /// # Errors
    /// The file cannot be moved; it is where it was, and [`Ledger::to_carry`] still names it.
    pub fn carry(&mut self, night: NightId) -> Result<Carried, StateError> {
        self.carry_until(night, &mut |_| Ok(()))
    }

    fn carry_until(&mut self, night: NightId, after: &mut moving::After<'_>) -> Result<Carried, StateError> {
        let known = self
            .night(night)?
            .ok_or_else(|| self.contradiction(format!("there is no night {}", night.0)))?;
        let Some(mut target) = known.target.clone().filter(|_| known.moved_to.is_none()) else {
            return Ok(Carried::Nothing);
        };
        let mut number = 1;
        let carried = loop {
            match moving::carry(&known.file.path, &target, &known.file.sha256, after)? {
                Some(carried) => break carried,
                // Something else has the name. The next one is written down before it is used.
                None => {
                    number += 1;
                    let folder = target.parent().unwrap_or(Path::new("")).to_owned();
                    target = moving::target(&known.file.path, &folder, known.started_at, number);
                    let sql = "UPDATE nights SET target = ?2 WHERE id = ?1";
                    self.update(night, sql, params![night.0, night::path_text(&target)])?;
                }
            }
        };
        match &carried {
            Carried::Moved(to) => {
                self.update(
                    night,
                    "UPDATE nights SET moved_to = ?2 WHERE id = ?1",
                    params![night.0, night::path_text(to)],
                )?;
            }
            Carried::Gone | Carried::Another => {
                self.update(
                    night,
                    "UPDATE nights SET target = NULL WHERE id = ?1",
                    params![night.0],
                )?;
            }
            Carried::Nothing => {}
        }
        after(moving::Point::Written)?;
        Ok(carried)
    }

    /// Closes a settled night: these were told.
    pub fn close(&mut self, night: NightId, told: &[String]) -> Result<(), StateError> {
        let told = serde_json::to_string(told).at(&self.path)?;
        let sql = "UPDATE nights SET told = ?2, stage = 'closed' WHERE id = ?1 AND stage = 'settled'";
        self.update(night, sql, params![night.0, told])
    }

    fn one(&self, condition: &str, params: impl rusqlite::Params) -> Result<Option<Night>, StateError> {
        Ok(night_where(&self.connection, &self.path, condition, params)?.pop())
    }

    fn update(&self, night: NightId, sql: &str, params: impl rusqlite::Params) -> Result<(), StateError> {
        match self.connection.execute(sql, params).at(&self.path)? {
            0 => Err(self.contradiction(format!("night {} is not in the state for this", night.0))),
            _ => Ok(()),
        }
    }

    fn contradiction(&self, detail: String) -> StateError {
        StateError::Contradiction {
            path: self.path.clone(),
            detail,
        }
    }
}

/// Makes an empty ledger; a half-made one is never seen.
fn make(path: &Path) -> Result<(), StateError> {
    let draft = path.with_extension("sqlite.part");
    // Left by a process that was killed here: the lock says that nobody writes it any more.
    if draft.exists() {
        std::fs::remove_file(&draft).doing("remove", &draft)?;
    }
    let draft = Draft::create(draft, &FORMAT, TABLES)?;
    let wal =
        |connection: &Connection| connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()));
    wal(draft.connection()?).at(path)?;
    draft.publish(path)
}

#[cfg(test)]
mod keeping_tests;
#[cfg(test)]
mod kill_tests;
#[cfg(test)]
mod tests;
