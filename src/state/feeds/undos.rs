//! What a ledger keeps of runs that took the feed's runs back: which were seen, and which of their cells may be written again.

use std::collections::{BTreeMap, HashSet};

use rusqlite::{Connection, OptionalExtension, params};

use super::night::{NightId, Released};
use super::{Ledger, is_name, ledger_file};
use crate::domain::RunId;
use crate::state::error::{At, StateError};
use crate::state::folder::StateFolder;

/// A user, an attribute, and the run that took it back.
pub type ReleasedCell = (String, String, String);

impl StateFolder {
    /// Whether a feed of this name has run with this folder. One that cannot be looked at may have.
    pub fn has_feed(&self, feed: &str) -> bool {
        is_name(feed) && ledger_file(self, feed).try_exists().unwrap_or(true)
    }
}

impl Ledger {
    /// Cells that were taken back and may be written again.
    pub fn released(&self) -> Result<HashSet<ReleasedCell>, StateError> {
        let read = |connection: &Connection| -> rusqlite::Result<HashSet<ReleasedCell>> {
            let mut statement = connection.prepare("SELECT user, attribute, undo FROM released")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            rows.collect()
        };
        read(&self.connection).at(&self.path)
    }

    /// The runs that took runs of the feed back, as far as its starts have seen them, each with the one that it took back.
    pub fn seen_undos(&self) -> Result<Vec<(String, String)>, StateError> {
        let read = |connection: &Connection| -> rusqlite::Result<Vec<(String, String)>> {
            let mut statement = connection.prepare("SELECT id, of FROM undos ORDER BY id")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect()
        };
        read(&self.connection).at(&self.path)
    }

    /// Keeps that this start has seen these.
    pub fn see_undos<'r>(
        &mut self,
        undos: impl Iterator<Item = (&'r RunId, &'r RunId)>,
    ) -> Result<(), StateError> {
        for (id, of) in undos {
            let sql = "INSERT OR IGNORE INTO undos (id, of) VALUES (?1, ?2)";
            let kept = self
                .connection
                .prepare_cached(sql)
                .and_then(|mut statement| statement.execute(params![id.as_str(), of.as_str()]));
            kept.at(&self.path)?;
        }
        Ok(())
    }

    /// Keeps by which files a night was set, each with its hash.
    pub fn keep_settings(&self, night: NightId, hashes: &BTreeMap<String, String>) -> Result<(), StateError> {
        let hashes = serde_json::to_string(hashes).at(&self.path)?;
        let sql = "INSERT OR REPLACE INTO settings (night, hashes) VALUES (?1, ?2)";
        self.connection
            .execute(sql, params![night.0, hashes])
            .at(&self.path)?;
        Ok(())
    }

    /// By which files a night was set; `None` of one from before they were kept.
    pub fn settings_of(&self, night: NightId) -> Result<Option<BTreeMap<String, String>>, StateError> {
        let sql = "SELECT hashes FROM settings WHERE night = ?1";
        let hashes = self
            .connection
            .query_row(sql, [night.0], |row| row.get::<_, String>(0));
        let hashes = hashes.optional().at(&self.path)?;
        hashes
            .map(|hashes| serde_json::from_str(&hashes).at(&self.path))
            .transpose()
    }

    /// Whether a run of this id is the run of one of the nights.
    pub fn is_run_of_a_night(&self, run: &RunId) -> Result<bool, StateError> {
        Ok(self.one("run = ?1 LIMIT 1", [run.as_str()])?.is_some())
    }
}

/// Keeps what may be written again, and forgets runs that are gone.
pub(super) fn release(connection: &Connection, released: &Released) -> rusqlite::Result<()> {
    for (user, attribute, undo) in &released.cells {
        connection
            .prepare_cached("INSERT OR IGNORE INTO released (user, attribute, undo) VALUES (?1, ?2, ?3)")?
            .execute(params![user.to_string(), attribute, undo.as_str()])?;
    }
    for gone in &released.gone {
        connection
            .prepare_cached("DELETE FROM undos WHERE id = ?1")?
            .execute([gone])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::schema::FORMAT;
    use super::super::tests::{Place, begun};
    use super::super::{MissingTally, NightOutcome};
    use super::*;
    use crate::domain::UserId;

    const VERSION_6: &str = "DROP TABLE missing_let; DROP TABLE undos; DROP TABLE settings; DROP TABLE released; \
        CREATE TABLE released (user TEXT NOT NULL, attribute TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (user, attribute)) WITHOUT ROWID; \
        INSERT INTO released VALUES ('00000000-0000-4000-8000-000000000001', 'department', 5); PRAGMA user_version = 6;";

    fn version(place: &Place) -> i32 {
        let path = ledger_file(&place.folder, "workday");
        let connection = Connection::open(path).unwrap();
        connection
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .unwrap()
    }

    /// A ledger as version 6 left it, with a night, somebody who is missing, and a release.
    fn old(place: &Place) {
        let mut ledger = Ledger::open(&place.folder, "workday").unwrap();
        let night = ledger.begin(&place.drop("1"), begun()).unwrap();
        let missing = MissingTally {
            day: "2026-11-29".parse().unwrap(),
            keys: vec!["7".to_owned()],
            let_pass: false,
        };
        let end = crate::state::NightEnd {
            missing: Some(missing),
            ..place.end(NightOutcome::Done)
        };
        ledger.settle(night, &end).unwrap();
        ledger.close(night, &[]).unwrap();
        ledger.connection.execute_batch(VERSION_6).unwrap();
    }

    #[test]
    fn a_ledger_of_version_6_is_brought_up_with_what_it_holds_and_its_releases_are_asked_about_anew() {
        let place = Place::new();
        old(&place);
        let ledger = Ledger::open(&place.folder, "workday").unwrap();
        assert_eq!(version(&place), FORMAT.version);
        assert_eq!(ledger.nights(9).unwrap().len(), 1);
        assert_eq!(
            ledger.missing_with("2026-11-30".parse().unwrap()).unwrap()["7"],
            2
        );
        assert!(ledger.released().unwrap().is_empty() && ledger.missing_let().unwrap().is_empty());
        assert!(ledger.seen_undos().unwrap().is_empty());
    }

    #[test]
    fn a_rehearsal_reads_an_older_ledger_as_brought_up_and_leaves_it_as_it_was() {
        let place = Place::new();
        old(&place);
        assert!(Ledger::is_of_before(&place.folder, "workday"));
        let mut ledger = Ledger::rehearse(&place.folder, "workday").unwrap();
        let run = RunId::parse("run-20261129-023004-9f3a").unwrap();
        ledger.see_undos([(&run, &run)].into_iter()).unwrap();
        assert_eq!(ledger.seen_undos().unwrap().len(), 1);
        drop(ledger);
        assert_eq!(version(&place), 6);
        Ledger::open(&place.folder, "workday").unwrap();
        assert!(!Ledger::is_of_before(&place.folder, "workday"));
    }

    #[test]
    fn a_release_is_of_the_run_that_took_the_cell_back_and_of_no_later_one() {
        let place = Place::new();
        let mut ledger = Ledger::open(&place.folder, "workday").unwrap();
        let night = ledger.begin(&place.drop("1"), begun()).unwrap();
        let run = |text: &str| RunId::parse(text).unwrap();
        let (one, other) = (run("run-20261129-023004-9f3a"), run("run-20261129-083004-9f3a"));
        ledger
            .see_undos([(&one, &other), (&other, &one)].into_iter())
            .unwrap();
        let user = UserId::parse("00000000-0000-4000-8000-000000000001").unwrap();
        let end = crate::state::NightEnd {
            released: Released {
                cells: vec![(user, "department".to_owned(), one.clone())],
                gone: vec![other.to_string()],
            },
            ..place.end(NightOutcome::Done)
        };
        ledger.settle(night, &end).unwrap();
        let of = |run: &RunId| (user.to_string(), "department".to_owned(), run.to_string());
        let released = ledger.released().unwrap();
        assert!(released.contains(&of(&one)) && !released.contains(&of(&other)));
        assert_eq!(
            ledger.seen_undos().unwrap(),
            [(one.to_string(), other.to_string())]
        );
    }
}
