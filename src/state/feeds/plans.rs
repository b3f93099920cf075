//! Sealed plans that wait for a person, and those that a newer file has overtaken: by their fingerprint, whatever their files are called.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::PathBuf;

use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use super::night::{NightId, NightOutcome, WaitingNight};
use super::repeats::has_table;
use super::schema::FORMAT;
use super::{Ledger, keeping};
use crate::state::error::{At, Doing, StateError};
use crate::state::folder::StateFolder;
use crate::state::sql;

impl Ledger {
    /// The night whose figures are kept until its sealed plan is approved, or its run is at its end.
    pub fn waiting(&self) -> Result<Option<WaitingNight>, StateError> {
        let Some(night) = self.one("id = (SELECT night FROM waiting)", [])? else {
            return Ok(None);
        };
        let fingerprint = self
            .connection
            .query_row("SELECT fingerprint FROM waiting", [], |row| row.get(0))
            .optional()
            .at(&self.path)?;
        Ok(Some(WaitingNight {
            night,
            fingerprint: fingerprint.flatten(),
        }))
    }

    /// What the waiting night was to write is written: it is the last good night now.
    pub fn waiting_is_good(&mut self) -> Result<(), StateError> {
        let point = self.connection.savepoint().at(&self.path)?;
        keeping::waiting_is_good(&point).at(&self.path)?;
        point.commit().at(&self.path)
    }

    /// The fingerprint of the night's sealed plan, whatever became of its file.
    pub fn sealed(&self, night: NightId) -> Result<Option<String>, StateError> {
        self.connection
            .query_row(
                "SELECT fingerprint FROM sealed WHERE night = ?1",
                [night.0],
                |row| row.get(0),
            )
            .optional()
            .at(&self.path)
    }

    /// A newer file has overtaken the night's sealed plan: it is not to be applied any more.
    pub fn withdraw(&mut self, night: NightId, fingerprint: Option<&str>) -> Result<(), StateError> {
        let point = self.connection.savepoint().at(&self.path)?;
        point
            .execute(
                "UPDATE nights SET outcome = ?2 WHERE id = ?1",
                params![night.0, NightOutcome::Withdrawn.as_str()],
            )
            .at(&self.path)?;
        if let Some(fingerprint) = fingerprint {
            point
                .execute(
                    "INSERT OR REPLACE INTO sealed (night, fingerprint, withdrawn) VALUES (?1, ?2, 1)",
                    params![night.0, fingerprint],
                )
                .at(&self.path)?;
        }
        point.commit().at(&self.path)
    }
}

/// Keeps the fingerprint of a plan that waits. It is right also where an earlier night made the same one and it was withdrawn.
pub(super) fn keep_sealed(
    connection: &Connection,
    night: NightId,
    fingerprint: &str,
) -> rusqlite::Result<()> {
    connection.execute(
        "UPDATE sealed SET withdrawn = 0 WHERE fingerprint = ?1",
        [fingerprint],
    )?;
    connection.execute(
        "INSERT OR REPLACE INTO sealed (night, fingerprint, withdrawn) VALUES (?1, ?2, 0)",
        params![night.0, fingerprint],
    )?;
    Ok(())
}

/// A sealed plan that a ledger knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownPlan {
    /// The name of the feed that made it.
    pub feed: String,
    pub is_withdrawn: bool,
    /// Where the file that it was made of was put, or lay.
    pub file: Option<PathBuf>,
    /// Whether that file is one of dead letters, from which nobody is missing.
    pub is_of_letters: bool,
    /// The hashes of the files by which its night was set; `None` of one from before they were kept.
    pub settings: Option<BTreeMap<String, String>>,
    /// What a person let pass of its night, by the names of `--lift`.
    pub lifted: Vec<String>,
    /// No file of the feed was ever good, so each needs the word of a first night.
    pub is_first: bool,
}

impl StateFolder {
    /// What the ledgers of this folder know of a plan. One that withdrew it is believed before all others.
    ///
    /// # Errors
    /// A ledger cannot be read: it may be the one that knows.
    pub fn plan_of_feed(&self, fingerprint: &str) -> Result<Option<KnownPlan>, StateError> {
        let feeds = self.root().join("feeds");
        let listed = match std::fs::read_dir(&feeds) {
            Ok(listed) => listed,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            refused => refused.doing("read the folder", &feeds)?,
        };
        let mut known: Option<KnownPlan> = None;
        for feed in listed {
            let feed = feed.doing("read the folder", &feeds)?;
            let path = feed.path().join("ledger.sqlite");
            match std::fs::metadata(&path) {
                Ok(_) => {}
                // Whatever else lies there, and a feed that has never run.
                Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                    continue;
                }
                refused => {
                    refused.doing("look at", &path)?;
                }
            }
            let ledger = sql::open(&path, &FORMAT, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
            let name = feed.file_name().to_string_lossy().into_owned();
            if let Some(found) = known_to(&ledger, name, fingerprint).at(&path)?
                && (found.is_withdrawn || known.is_none())
            {
                known = Some(found);
            }
        }
        Ok(known)
    }
}

/// What one ledger knows of a plan. One of an earlier version lacks tables, and knows the less.
fn known_to(ledger: &Connection, feed: String, fingerprint: &str) -> rusqlite::Result<Option<KnownPlan>> {
    if !has_table(ledger, "sealed")? {
        return Ok(None);
    }
    let found = "SELECT sealed.night, sealed.withdrawn, nights.moved_to, nights.file, nights.processed \
                 FROM sealed LEFT JOIN nights ON nights.id = sealed.night \
                 WHERE fingerprint = ?1 ORDER BY sealed.withdrawn DESC, sealed.night DESC LIMIT 1";
    let found = ledger.query_row(found, [fingerprint], |row| {
        let night: i64 = row.get(0)?;
        let (moved, lay): (Option<String>, Option<String>) = (row.get(2)?, row.get(3)?);
        let plan = KnownPlan {
            feed,
            is_withdrawn: row.get(1)?,
            file: moved.or(lay).map(PathBuf::from),
            // A file of dead letters is no file of the HR system, and is processed as none.
            is_of_letters: row.get::<_, Option<bool>>(4)? == Some(false),
            settings: None,
            lifted: Vec::new(),
            is_first: false,
        };
        Ok((night, plan))
    });
    let Some((night, mut plan)) = found.optional()? else {
        return Ok(None);
    };
    plan.settings = json_of(ledger, "settings", "hashes", night)?;
    plan.lifted = json_of(ledger, "lifted", "names", night)?.unwrap_or_default();
    plan.is_first = ledger.query_row("SELECT count(*) = 0 FROM good", [], |row| row.get(0))?;
    Ok(Some(plan))
}

/// What this column of a table, which an earlier version may lack, says of a night; `None` also of what is no such JSON.
fn json_of<T: serde::de::DeserializeOwned>(
    ledger: &Connection,
    table: &str,
    column: &str,
    night: i64,
) -> rusqlite::Result<Option<T>> {
    if !has_table(ledger, table)? {
        return Ok(None);
    }
    let sql = format!("SELECT {column} FROM {table} WHERE night = ?1");
    let found = ledger.query_row(&sql, [night], |row| row.get::<_, String>(0));
    Ok(found
        .optional()?
        .and_then(|text| serde_json::from_str(&text).ok()))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Place, begun, kept};
    use super::super::{KeptFigures, NightEnd};
    use super::*;

    fn withdrawn(place: &Place, fingerprint: &str) -> bool {
        let known = place.folder.plan_of_feed(fingerprint).unwrap();
        known.is_some_and(|known| known.is_withdrawn)
    }

    fn night(place: &Place, ledger: &mut Ledger, figures: &str, fingerprint: Option<&str>) -> NightId {
        let id = ledger.begin(&place.drop(figures), begun()).unwrap();
        let good = KeptFigures {
            fingerprint: fingerprint.map(str::to_owned),
            ..kept(figures, false, fingerprint.is_some())
        };
        let end = NightEnd {
            good: Some(good),
            sealed: fingerprint.map(str::to_owned),
            move_to: None,
            ..place.end(NightOutcome::AwaitsApproval)
        };
        ledger.settle(id, &end).unwrap();
        ledger.close(id, &[]).unwrap();
        id
    }

    #[test]
    fn a_withdrawn_plan_is_known_by_its_fingerprint_until_it_is_made_again() {
        let place = Place::new();
        let mut ledger = place.ledger();
        let first = night(&place, &mut ledger, "1", Some("abc"));
        let known = place.folder.plan_of_feed("abc").unwrap().unwrap();
        assert_eq!(
            (known.feed.as_str(), known.file),
            (
                "workday",
                ledger.night(first).unwrap().map(|night| night.file.path)
            )
        );
        assert!(!withdrawn(&place, "abc"));
        let settings = BTreeMap::from([("FEED.toml".to_owned(), "hash".to_owned())]);
        ledger.keep_settings(first, &settings).unwrap();
        ledger.keep_lifted(first, &["rows-lost".to_owned()]).unwrap();
        let known = place.folder.plan_of_feed("abc").unwrap().unwrap();
        assert_eq!(known.settings, Some(settings));
        assert_eq!(known.lifted, ["rows-lost"]);
        assert!(known.is_first);
        // A newer file has taken its place among the figures that wait.
        night(&place, &mut ledger, "2", None);
        assert_eq!(ledger.sealed(first).unwrap().as_deref(), Some("abc"));
        ledger.withdraw(first, Some("abc")).unwrap();
        assert_eq!(
            ledger.night(first).unwrap().unwrap().outcome,
            Some(NightOutcome::Withdrawn)
        );
        assert!(withdrawn(&place, "abc"));
        assert!(!withdrawn(&place, "abd"));
        night(&place, &mut ledger, "3", Some("abc"));
        assert!(!withdrawn(&place, "abc"));
    }

    #[test]
    fn a_ledger_that_cannot_be_read_may_be_the_one_that_knows_and_an_older_one_knows_of_none() {
        let place = Place::new();
        let mut ledger = place.ledger();
        // The plan of a ledger of an earlier version: its file tells the fingerprint.
        let first = night(&place, &mut ledger, "1", None);
        ledger.withdraw(first, Some("abc")).unwrap();
        assert!(withdrawn(&place, "abc"));
        let path = ledger.path().to_owned();
        drop(ledger);
        let old = Connection::open(&path).unwrap();
        old.execute_batch("DROP TABLE sealed; PRAGMA user_version = 3;")
            .unwrap();
        drop(old);
        assert!(!withdrawn(&place, "abc"));
        for side in ["-wal", "-shm"] {
            let _gone = std::fs::remove_file(format!("{}{side}", path.display()));
        }
        std::fs::write(&path, "no ledger any more").unwrap();
        assert!(place.folder.plan_of_feed("abc").is_err());
    }
}
