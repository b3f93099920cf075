//! What a person let pass of a night, by the names of `--lift`.

use std::collections::HashMap;

use rusqlite::{OpenFlags, params};

use super::night::NightId;
use super::repeats::has_table;
use super::schema::FORMAT;
use super::{Ledger, is_name, ledger_file};
use crate::state::error::{At, StateError};
use crate::state::folder::StateFolder;
use crate::state::sql;

impl Ledger {
    /// Keeps what was typed for a night, before anything of it passes.
    pub fn keep_lifted(&self, night: NightId, names: &[String]) -> Result<(), StateError> {
        if names.is_empty() {
            return Ok(());
        }
        let names = serde_json::to_string(names).at(&self.path)?;
        let sql = "INSERT OR REPLACE INTO lifted (night, names) VALUES (?1, ?2)";
        self.connection
            .execute(sql, params![night.0, names])
            .at(&self.path)?;
        Ok(())
    }
}

impl StateFolder {
    /// What was let pass, of each night of which something was. Needs no lock.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn lifted_of_nights(&self, feed: &str) -> Result<HashMap<NightId, Vec<String>>, StateError> {
        let path = ledger_file(self, feed);
        let mut found = HashMap::new();
        if !is_name(feed) || !path.exists() {
            return Ok(found);
        }
        let connection = sql::open(&path, &FORMAT, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        if !has_table(&connection, "lifted").at(&path)? {
            return Ok(found);
        }
        let mut statement = connection.prepare("SELECT night, names FROM lifted").at(&path)?;
        let mut rows = statement.query([]).at(&path)?;
        while let Some(row) = rows.next().at(&path)? {
            let names: String = row.get(1).at(&path)?;
            found.insert(
                NightId(row.get(0).at(&path)?),
                serde_json::from_str(&names).at(&path)?,
            );
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::super::schema::FORMAT;
    use super::super::tests::{Place, begun};

    #[test]
    fn a_ledger_of_version_8_knows_of_nothing_that_was_let_pass_and_keeps_it_from_then_on() {
        let place = Place::new();
        let mut ledger = place.ledger();
        let night = ledger.begin(&place.drop("1"), begun()).unwrap();
        let path = ledger.path().to_owned();
        drop(ledger);
        let old = Connection::open(&path).unwrap();
        old.execute_batch("DROP TABLE lifted; DROP TABLE passed; PRAGMA user_version = 8;")
            .unwrap();
        drop(old);
        assert!(place.folder.lifted_of_nights("workday").unwrap().is_empty());
        assert!(place.folder.passed_of_nights("workday").unwrap().is_empty());
        let ledger = place.ledger();
        let version = ledger
            .connection
            .pragma_query_value(None, "user_version", |row| row.get::<_, i32>(0));
        assert_eq!(version.unwrap(), FORMAT.version);
        assert!(ledger.passed_over().unwrap().is_empty());
        ledger.keep_lifted(night, &[]).unwrap();
        assert!(place.folder.lifted_of_nights("workday").unwrap().is_empty());
        ledger.keep_lifted(night, &["rows-lost".to_owned()]).unwrap();
        let lifted = place.folder.lifted_of_nights("workday").unwrap();
        assert_eq!(lifted[&night], ["rows-lost"]);
    }
}
