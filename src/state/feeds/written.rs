//! Which nights say what the directory holds: those whose file was taken, and those that wrote of a file without its being taken.

use jiff::Timestamp;
use rusqlite::params;

use super::Ledger;
use super::night::{Night, NightId};
use super::read::night_where;
use crate::state::error::{At, StateError};
use crate::state::sql::stored;

/// A run without a journal wrote nothing: its night was given up. Dead letters say nothing new of anybody else.
const SAYS: &str = "(processed OR (run IS NOT NULL AND outcome IS NOT 'interrupted' AND id NOT IN (SELECT night FROM refeeds))) \
                    ORDER BY id DESC LIMIT 1";

impl Ledger {
    /// Keeps that a night feeds dead letters, before it has a run.
    pub fn keep_refeed(&self, night: NightId) -> Result<(), StateError> {
        self.connection
            .execute("INSERT OR IGNORE INTO refeeds (night) VALUES (?1)", [night.0])
            .at(&self.path)?;
        Ok(())
    }

    /// Whether a night fed dead letters.
    pub fn is_refeed(&self, night: NightId) -> Result<bool, StateError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM refeeds WHERE night = ?1)";
        self.connection
            .query_row(sql, [night.0], |row| row.get(0))
            .at(&self.path)
    }

    /// The last night whose file was taken, or that wrote of a file: a run that a later start took to its end belongs to a night whose
    /// file is still to be taken.
    pub fn last_taken_or_written(&self) -> Result<Option<Night>, StateError> {
        Ok(night_where(&self.connection, &self.path, SAYS, [])?.pop())
    }

    /// All nights with this content, the oldest first.
    pub fn nights_of(&self, sha256: &str) -> Result<Vec<Night>, StateError> {
        night_where(&self.connection, &self.path, "sha256 = ?1 ORDER BY id", [sha256])
    }

    /// Whether a night took a file of this size and date.
    pub fn has_taken(&self, bytes: u64, modified: Timestamp) -> Result<bool, StateError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM nights WHERE processed AND bytes = ?1 AND modified = ?2)";
        self.connection
            .query_row(sql, params![stored(bytes), modified.as_microsecond()], |row| {
                row.get(0)
            })
            .at(&self.path)
    }

    /// Whether a night passed older files over.
    pub fn has_passed(&self, night: NightId) -> Result<bool, StateError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM passed WHERE night = ?1)";
        self.connection
            .query_row(sql, [night.0], |row| row.get(0))
            .at(&self.path)
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::super::schema::FORMAT;
    use super::super::tests::{Place, begun};
    use super::super::{NightEnd, NightOutcome};
    use crate::domain::RunId;

    #[test]
    fn a_night_that_wrote_says_more_than_one_before_it_unless_it_fed_letters_or_had_no_journal() {
        let place = Place::new();
        let mut ledger = place.ledger();
        let run = RunId::parse("run-20261129-013000-9f3a").unwrap();
        let not_taken = NightEnd {
            processed: false,
            good: None,
            ..place.end(NightOutcome::Done)
        };
        let mut last = None;
        for (text, is_refeed, is_given_up, says) in [
            ("a", false, false, true),
            ("b", true, false, false),
            ("c", false, true, false),
            ("d", false, false, true),
        ] {
            let night = ledger.begin(&place.drop(text), begun()).unwrap();
            if is_refeed {
                ledger.keep_refeed(night).unwrap();
            }
            assert_eq!(ledger.is_refeed(night).unwrap(), is_refeed);
            ledger.run_begins(night, &run, None).unwrap();
            if is_given_up {
                ledger.give_up(night, "", begun()).unwrap();
            } else {
                ledger.settle(night, &not_taken).unwrap();
                ledger.close(night, &[]).unwrap();
            }
            last = if says { Some(night) } else { last };
            let told = ledger.last_taken_or_written().unwrap().map(|night| night.id);
            assert_eq!(told, last, "{text}");
        }
        assert!(ledger.last_processed().unwrap().is_none());
    }

    #[test]
    fn a_taken_file_is_known_by_its_size_and_date_and_by_its_content() {
        let place = Place::new();
        let mut ledger = place.ledger();
        let file = place.drop("a");
        let night = ledger.begin(&file, begun()).unwrap();
        assert!(!ledger.has_taken(file.bytes, file.modified).unwrap());
        ledger.settle(night, &place.end(NightOutcome::Done)).unwrap();
        assert!(ledger.has_taken(file.bytes, file.modified).unwrap());
        assert!(!ledger.has_taken(file.bytes + 1, file.modified).unwrap());
        assert_eq!(ledger.nights_of(&file.sha256).unwrap().len(), 1);
        assert!(ledger.nights_of("00").unwrap().is_empty());
        assert!(!ledger.has_passed(night).unwrap());
    }

    #[test]
    fn a_ledger_of_version_9_has_nights_of_files_alone() {
        let place = Place::new();
        let mut ledger = place.ledger();
        let night = ledger.begin(&place.drop("1"), begun()).unwrap();
        let path = ledger.path().to_owned();
        drop(ledger);
        let old = Connection::open(&path).unwrap();
        old.execute_batch("DROP TABLE refeeds; PRAGMA user_version = 9;")
            .unwrap();
        drop(old);
        let ledger = place.ledger();
        let version = ledger
            .connection
            .pragma_query_value(None, "user_version", |row| row.get::<_, i32>(0));
        assert_eq!(version.unwrap(), FORMAT.version);
        assert!(!ledger.is_refeed(night).unwrap());
        ledger.keep_refeed(night).unwrap();
        assert!(ledger.is_refeed(night).unwrap());
    }
}
