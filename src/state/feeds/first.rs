//! When a feed was first started: from then on a file is waited for.

use jiff::Timestamp;

use super::Ledger;
use crate::state::error::{At, StateError};

impl Ledger {
    /// When the feed was first started: the first time that this is asked.
    pub fn first_start(&mut self, now: Timestamp) -> Result<Timestamp, StateError> {
        let first: i64 = self
            .connection
            .execute(
                "INSERT OR IGNORE INTO started (one, at) VALUES (1, ?1)",
                [now.as_microsecond()],
            )
            .and_then(|_| {
                self.connection
                    .query_row("SELECT at FROM started", [], |row| row.get(0))
            })
            .at(&self.path)?;
        Timestamp::from_microsecond(first).map_err(|error| self.contradiction(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::super::Ledger;
    use super::super::tests::{Place, begun};

    #[test]
    fn the_first_start_is_kept_and_an_older_ledger_takes_its_first_night_for_it() {
        let place = Place::new();
        let mut ledger = place.ledger();
        let later = begun() + jiff::SignedDuration::from_hours(50);
        assert_eq!(ledger.first_start(begun()).unwrap(), begun());
        assert_eq!(ledger.first_start(later).unwrap(), begun());
        ledger.begin(&place.drop("1"), begun()).unwrap();
        let path = ledger.path().to_owned();
        drop(ledger);
        let old = Connection::open(&path).unwrap();
        old.execute_batch("DROP TABLE started; PRAGMA user_version = 3;")
            .unwrap();
        drop(old);
        assert_eq!(place.ledger().first_start(later).unwrap(), begun());
    }

    #[test]
    fn a_rehearsal_is_no_start() {
        let place = Place::new();
        let later = begun() + jiff::SignedDuration::from_hours(50);
        let mut ledger = Ledger::rehearse(&place.folder, "workday").unwrap();
        assert_eq!(ledger.first_start(begun()).unwrap(), begun());
        drop(ledger);
        assert_eq!(place.ledger().first_start(later).unwrap(), later);
    }
}
