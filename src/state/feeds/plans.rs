//! Sealed plans that wait for a person, and those that a newer file has overtaken: by their fingerprint, whatever their files are called.

use std::io::ErrorKind;

use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use super::night::{NightId, NightOutcome, WaitingNight};
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

impl StateFolder {
    /// Whether a feed of this folder has withdrawn the plan.
    ///
    /// # Errors
    /// A ledger cannot be read: it may be the one that knows.
    pub fn has_withdrawn(&self, fingerprint: &str) -> Result<bool, StateError> {
        let feeds = self.root().join("feeds");
        let listed = match std::fs::read_dir(&feeds) {
            Ok(listed) => listed,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
            refused => refused.doing("read the folder", &feeds)?,
        };
        for feed in listed {
            let path = feed
                .doing("read the folder", &feeds)?
                .path()
                .join("ledger.sqlite");
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
            let count = |sql: &str, what: &str| ledger.query_row(sql, [what], |row| row.get::<_, i64>(0));
            // A ledger of an earlier version has no such table, and knows of none.
            let knows = count("SELECT count(*) FROM sqlite_master WHERE name = ?1", "sealed").at(&path)?;
            let found = "SELECT count(*) FROM sealed WHERE fingerprint = ?1 AND withdrawn";
            if knows > 0 && count(found, fingerprint).at(&path)? > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Place, begun, kept};
    use super::super::{KeptFigures, NightEnd};
    use super::*;

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
        assert!(!place.folder.has_withdrawn("abc").unwrap());
        // A newer file has taken its place among the figures that wait.
        night(&place, &mut ledger, "2", None);
        assert_eq!(ledger.sealed(first).unwrap().as_deref(), Some("abc"));
        ledger.withdraw(first, Some("abc")).unwrap();
        assert_eq!(
            ledger.night(first).unwrap().unwrap().outcome,
            Some(NightOutcome::Withdrawn)
        );
        assert!(place.folder.has_withdrawn("abc").unwrap());
        assert!(!place.folder.has_withdrawn("abd").unwrap());
        night(&place, &mut ledger, "3", Some("abc"));
        assert!(!place.folder.has_withdrawn("abc").unwrap());
    }

    #[test]
    fn a_ledger_that_cannot_be_read_may_be_the_one_that_knows_and_an_older_one_knows_of_none() {
        let place = Place::new();
        let mut ledger = place.ledger();
        // The plan of a ledger of an earlier version: its file tells the fingerprint.
        let first = night(&place, &mut ledger, "1", None);
        ledger.withdraw(first, Some("abc")).unwrap();
        assert!(place.folder.has_withdrawn("abc").unwrap());
        let path = ledger.path().to_owned();
        drop(ledger);
        let old = Connection::open(&path).unwrap();
        old.execute_batch("DROP TABLE sealed; PRAGMA user_version = 3;")
            .unwrap();
        drop(old);
        assert!(!place.folder.has_withdrawn("abc").unwrap());
        for side in ["-wal", "-shm"] {
            let _gone = std::fs::remove_file(format!("{}{side}", path.display()));
        }
        std::fs::write(&path, "no ledger any more").unwrap();
        assert!(place.folder.has_withdrawn("abc").is_err());
    }
}
