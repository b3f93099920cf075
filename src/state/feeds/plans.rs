//! Sealed plans that wait for a person, and those that a newer file has overtaken: by their fingerprint, whatever their files are called.

use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use super::night::{NightId, NightOutcome, WaitingNight};
use super::schema::FORMAT;
use super::{Ledger, keeping};
use crate::state::error::{At, StateError};
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
    pub fn withdraw(&mut self, night: NightId) -> Result<(), StateError> {
        let point = self.connection.savepoint().at(&self.path)?;
        point
            .execute(
                "UPDATE nights SET outcome = ?2 WHERE id = ?1",
                params![night.0, NightOutcome::Withdrawn.as_str()],
            )
            .and_then(|_| point.execute("UPDATE sealed SET withdrawn = 1 WHERE night = ?1", [night.0]))
            .at(&self.path)?;
        point.commit().at(&self.path)
    }
}

/// Keeps the fingerprint of a plan that waits. It is right also where an earlier night made the same one and it was withdrawn.
pub(super) fn keep_sealed(
    connection: &Connection,
    night: NightId,
    fingerprint: Option<&str>,
) -> rusqlite::Result<()> {
    let Some(fingerprint) = fingerprint else {
        return Ok(());
    };
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
    /// Whether a feed of this folder has withdrawn the plan. A ledger that cannot be read says nothing about it.
    pub fn has_withdrawn(&self, fingerprint: &str) -> bool {
        let feeds = std::fs::read_dir(self.root().join("feeds"));
        feeds
            .into_iter()
            .flatten()
            .flatten()
            .map(|feed| feed.path().join("ledger.sqlite"))
            .filter(|path| path.is_file())
            .any(|path| {
                let ledger = sql::open(&path, &FORMAT, OpenFlags::SQLITE_OPEN_READ_WRITE);
                let found = ledger.map(|ledger| {
                    // A ledger of an earlier version has no such table, and knows of none.
                    ledger.query_row(
                        "SELECT 1 FROM sealed WHERE fingerprint = ?1 AND withdrawn",
                        [fingerprint],
                        |_| Ok(()),
                    )
                });
                matches!(found, Ok(Ok(())))
            })
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
        assert!(!place.folder.has_withdrawn("abc"));
        // A newer file has taken its place among the figures that wait.
        night(&place, &mut ledger, "2", None);
        assert_eq!(ledger.sealed(first).unwrap().as_deref(), Some("abc"));
        ledger.withdraw(first).unwrap();
        assert_eq!(
            ledger.night(first).unwrap().unwrap().outcome,
            Some(NightOutcome::Withdrawn)
        );
        assert!(place.folder.has_withdrawn("abc"));
        assert!(!place.folder.has_withdrawn("abd"));
        night(&place, &mut ledger, "3", Some("abc"));
        assert!(!place.folder.has_withdrawn("abc"));
    }
}
