//! Older files that lay beside the file of a night when it was taken: they are passed over, and no later start takes them. The file of
//! the same name that is delivered anew has another date, and is none of them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, params};

use super::moving::{self, Carried};
use super::night::{NightFile, NightId, path_text};
use super::repeats::has_table;
use super::schema::FORMAT;
use super::{Ledger, is_name, ledger_file};
use crate::state::error::{At, StateError};
use crate::state::folder::StateFolder;
use crate::state::sql::{self, loaded, stored};

/// The files that a night passes over, and the folder they go to, where there is one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PassedOver {
    pub files: Vec<NightFile>,
    pub move_to: Option<PathBuf>,
}

/// Keeps them, each with where it is to go.
pub(super) fn keep(
    connection: &Connection,
    night: NightId,
    passed: &PassedOver,
    moment: Timestamp,
) -> rusqlite::Result<()> {
    for file in &passed.files {
        let target = passed.move_to.as_deref();
        let target = target.map(|folder| moving::target(&file.path, folder, moment, 1));
        connection
            .prepare_cached(
                "INSERT INTO passed (night, file, sha256, bytes, modified, target) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                night.0,
                path_text(&file.path),
                file.sha256,
                stored(file.bytes),
                file.modified.as_microsecond(),
                target.as_deref().map(path_text)
            ])?;
    }
    Ok(())
}

/// Its row, its path, its SHA-256, where it is to go, and when its night began.
type ToMove = (i64, String, String, String, i64);

impl Ledger {
    /// Those that may still lie where they lay.
    pub fn passed_over(&self) -> Result<Vec<NightFile>, StateError> {
        let read = |connection: &Connection| -> rusqlite::Result<Vec<(String, String, i64, i64)>> {
            let sql = "SELECT file, sha256, bytes, modified FROM passed WHERE moved_to IS NULL";
            let mut statement = connection.prepare(sql)?;
            let rows =
                statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
            rows.collect()
        };
        let rows = read(&self.connection).at(&self.path)?.into_iter();
        let file = |(file, sha256, bytes, modified): (String, String, i64, i64)| {
            Ok(NightFile {
                path: PathBuf::from(file),
                sha256,
                bytes: loaded(bytes),
                modified: Timestamp::from_microsecond(modified)
                    .map_err(|error| self.contradiction(error.to_string()))?,
            })
        };
        rows.map(file).collect()
    }

    /// Moves those that are still to be moved, also after a kill. What is no longer the file that was passed over stays. Which could not
    /// be moved is told: they are passed over where they are, and the next call tries them again.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn carry_passed(&mut self) -> Result<Vec<(PathBuf, StateError)>, StateError> {
        let read = |connection: &Connection| -> rusqlite::Result<Vec<ToMove>> {
            let sql = "SELECT passed.rowid, passed.file, passed.sha256, passed.target, nights.started_at FROM passed \
                       JOIN nights ON nights.id = passed.night WHERE passed.target IS NOT NULL AND passed.moved_to IS NULL";
            let mut statement = connection.prepare(sql)?;
            let rows = statement.query_map([], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
            })?;
            rows.collect()
        };
        let mut left = Vec::new();
        for (row, file, sha256, target, moment) in read(&self.connection).at(&self.path)? {
            let (file, target) = (PathBuf::from(file), PathBuf::from(target));
            let moment =
                Timestamp::from_microsecond(moment).map_err(|error| self.contradiction(error.to_string()))?;
            match self.carry_one(row, &file, target, &sha256, moment) {
                Ok(Carried::Moved(to)) => self.set_passed(row, "moved_to", Some(&to))?,
                Ok(Carried::Gone | Carried::Another | Carried::Nothing) => {
                    self.set_passed(row, "target", None)?;
                }
                Err(error) => left.push((file, error)),
            }
        }
        Ok(left)
    }

    fn carry_one(
        &self,
        row: i64,
        file: &Path,
        mut target: PathBuf,
        sha256: &str,
        moment: Timestamp,
    ) -> Result<Carried, StateError> {
        let mut number = 1;
        loop {
            if let Some(carried) = moving::carry(file, &target, sha256, &mut |_| Ok(()))? {
                return Ok(carried);
            }
            // Something else has the name. The next one is written down before it is used.
            number += 1;
            let folder = target.parent().unwrap_or(Path::new("")).to_owned();
            target = moving::target(file, &folder, moment, number);
            self.set_passed(row, "target", Some(&target))?;
        }
    }

    fn set_passed(&self, row: i64, column: &str, path: Option<&Path>) -> Result<(), StateError> {
        let sql = format!("UPDATE passed SET {column} = ?2 WHERE rowid = ?1");
        self.connection
            .execute(&sql, params![row, path.map(path_text)])
            .at(&self.path)?;
        Ok(())
    }
}

impl StateFolder {
    /// The files that nights passed over, where they lay. Needs no lock.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn passed_of_nights(&self, feed: &str) -> Result<HashMap<NightId, Vec<PathBuf>>, StateError> {
        let path = ledger_file(self, feed);
        let mut found: HashMap<NightId, Vec<PathBuf>> = HashMap::new();
        if !is_name(feed) || !path.exists() {
            return Ok(found);
        }
        let connection = sql::open(&path, &FORMAT, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        if !has_table(&connection, "passed").at(&path)? {
            return Ok(found);
        }
        let mut statement = connection
            .prepare("SELECT night, file FROM passed ORDER BY rowid")
            .at(&path)?;
        let mut rows = statement.query([]).at(&path)?;
        while let Some(row) = rows.next().at(&path)? {
            let file: String = row.get(1).at(&path)?;
            found
                .entry(NightId(row.get(0).at(&path)?))
                .or_default()
                .push(PathBuf::from(file));
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Place, begun};
    use super::super::{NightEnd, NightOutcome};
    use super::*;

    /// A night that passed one older file over, killed before anything was moved.
    fn killed(place: &Place) -> (Ledger, NightFile) {
        let older = place.drop("old");
        let to = older.path.with_file_name("older.csv");
        std::fs::rename(&older.path, &to).unwrap();
        let older = NightFile { path: to, ..older };
        let mut ledger = place.ledger();
        let night = ledger.begin(&place.drop("new"), begun()).unwrap();
        let end = NightEnd {
            passed: PassedOver {
                files: vec![older.clone()],
                move_to: Some(older.path.with_file_name("aside")),
            },
            ..place.end(NightOutcome::Done)
        };
        ledger.settle(night, &end).unwrap();
        (ledger, older)
    }

    #[test]
    fn a_file_that_is_passed_over_is_known_before_it_is_moved_and_moved_by_the_next_start_after_a_kill() {
        let place = Place::new();
        let (ledger, older) = killed(&place);
        drop(ledger);
        let mut ledger = place.ledger();
        assert_eq!(ledger.passed_over().unwrap(), std::slice::from_ref(&older));
        ledger.carry_passed().unwrap();
        assert!(!older.path.exists());
        let aside = older.path.with_file_name("aside");
        let moved = std::fs::read_dir(aside).unwrap().next().unwrap().unwrap();
        assert_eq!(std::fs::read_to_string(moved.path()).unwrap(), "old");
        assert!(ledger.passed_over().unwrap().is_empty());
        let told = place.folder.passed_of_nights("workday").unwrap();
        assert_eq!(told.into_values().collect::<Vec<_>>(), [[older.path]]);
    }

    #[test]
    fn a_file_that_cannot_be_moved_is_told_and_keeps_no_other_from_being_moved() {
        let place = Place::new();
        let mut ledger = place.ledger();
        let mut files = Vec::new();
        for name in ["first.csv", "second.csv"] {
            let file = place.drop(name);
            let to = file.path.with_file_name(name);
            std::fs::rename(&file.path, &to).unwrap();
            files.push(NightFile { path: to, ..file });
        }
        let aside = place.inbox().with_file_name("aside");
        let night = ledger.begin(&place.drop("new"), begun()).unwrap();
        let end = NightEnd {
            passed: PassedOver {
                files: files.clone(),
                move_to: Some(aside),
            },
            ..place.end(NightOutcome::Done)
        };
        ledger.settle(night, &end).unwrap();
        // A file where the folder of the first one would be.
        let wrong = place.inbox().with_file_name("wrong");
        std::fs::write(&wrong, "").unwrap();
        ledger
            .set_passed(1, "target", Some(&wrong.join("first.csv")))
            .unwrap();
        let left = ledger.carry_passed().unwrap();
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].0, files[0].path);
        assert!(files[0].path.exists() && !files[1].path.exists());
    }

    #[test]
    fn where_its_name_is_taken_it_gets_the_next_one_as_in_an_archive() {
        let place = Place::new();
        let (mut ledger, older) = killed(&place);
        let aside = older.path.with_file_name("aside");
        std::fs::create_dir(&aside).unwrap();
        for number in [1, 2] {
            std::fs::write(moving::target(&older.path, &aside, begun(), number), "taken").unwrap();
        }
        assert!(ledger.carry_passed().unwrap().is_empty());
        let third = moving::target(&older.path, &aside, begun(), 3);
        assert_eq!(std::fs::read_to_string(third).unwrap(), "old");
    }

    #[test]
    fn another_file_that_has_come_under_its_name_stays_where_it_is() {
        let place = Place::new();
        let (mut ledger, older) = killed(&place);
        std::fs::write(&older.path, "another").unwrap();
        ledger.carry_passed().unwrap();
        assert_eq!(std::fs::read_to_string(&older.path).unwrap(), "another");
    }
}
