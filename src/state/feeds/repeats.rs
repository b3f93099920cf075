//! What ends in the same way again and again: a timer that starts every five minutes must not make the ledger grow for ever, and
//! nobody reads three hundred nights that say the same.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use super::night::{NightId, NightOutcome, path_text};
use super::schema::FORMAT;
use super::{Ledger, is_name, ledger_file};
use crate::state::error::{At, StateError};
use crate::state::folder::StateFolder;
use crate::state::sql::{self, loaded, stored};

/// So many different ends of starts are kept: more than anybody reads.
const STARTS_MAX: u32 = 400;

/// How often something ended in one way, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeats {
    pub times: u64,
    pub first: Timestamp,
    pub last: Timestamp,
}

/// How a start ended that took no file: there was none, or it was taken before, or the start could not begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartEnd {
    pub outcome: NightOutcome,
    pub exit_code: u8,
    /// The file that was not taken, and its content.
    pub file: Option<PathBuf>,
    pub sha256: Option<String>,
    pub note: String,
}

/// All starts after one night that ended so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    pub end: StartEnd,
    pub repeats: Repeats,
    /// Who was told of the last of them; `None` when it is not known that anybody was.
    pub told: Option<Vec<String>>,
}

/// The number of such an entry in its ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StartId(i64);

impl Ledger {
    /// Writes down how a start ended that took no file. One that ended so since the last night is counted there.
    pub fn record_start(&mut self, end: &StartEnd, at: Timestamp) -> Result<(StartId, Repeats), StateError> {
        let path = &self.path;
        let transaction = self.connection.transaction().at(path)?;
        let after: i64 = transaction
            .query_row("SELECT coalesce(max(id), 0) FROM nights", [], |row| row.get(0))
            .at(path)?;
        let file = end.file.as_deref().map(path_text);
        let now = at.as_microsecond();
        let again: Option<(i64, i64, i64)> = transaction
            .query_row(
                "UPDATE starts SET times = times + 1, last_at = ?7, told = NULL WHERE after_night = ?1 AND outcome = ?2 \
                 AND exit_code = ?3 AND file IS ?4 AND sha256 IS ?5 AND note = ?6 RETURNING id, times, first_at",
                params![after, end.outcome.as_str(), end.exit_code, file, end.sha256, end.note, now],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
            )
            .optional()
            .at(path)?;
        let (id, times, first) = match again {
            Some(again) => again,
            None => {
                transaction
                    .execute(
                        "INSERT INTO starts (after_night, outcome, exit_code, file, sha256, note, times, first_at, last_at) \
                         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1, ?7, ?7)",
                        params![after, end.outcome.as_str(), end.exit_code, file, end.sha256, end.note, now],
                    )
                    .at(path)?;
                let id = transaction.last_insert_rowid();
                transaction
                    .execute(
                        "DELETE FROM starts WHERE id NOT IN (SELECT id FROM starts ORDER BY last_at DESC, id DESC LIMIT ?1)",
                        [STARTS_MAX],
                    )
                    .at(path)?;
                (id, 1, now)
            }
        };
        transaction.commit().at(path)?;
        let repeats = Repeats {
            times: loaded(times),
            first: moment(first, path)?,
            last: at,
        };
        Ok((StartId(id), repeats))
    }

    /// Writes down who was told of the last start that ended so.
    pub fn start_told(&mut self, start: StartId, told: &[String]) -> Result<(), StateError> {
        let told = serde_json::to_string(told).at(&self.path)?;
        self.connection
            .execute(
                "UPDATE starts SET told = ?2 WHERE id = ?1",
                params![start.0, told],
            )
            .at(&self.path)?;
        Ok(())
    }

    /// How often nights have ended as this one did, one after another, where that is counted.
    pub fn repeats(&self, night: NightId) -> Result<Option<(u64, Timestamp)>, StateError> {
        Ok(repeats(&self.connection, &self.path)?.remove(&night.0))
    }
}

impl StateFolder {
    /// Starts of a feed that took no file, the newest first; none when the feed has never run. Needs no lock.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn starts(&self, feed: &str, most: u32) -> Result<Vec<Start>, StateError> {
        let path = ledger_file(self, feed);
        if !is_name(feed) || !path.exists() {
            return Ok(Vec::new());
        }
        let connection = sql::open(&path, &FORMAT, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        if !has_table(&connection, "starts").at(&path)? {
            return Ok(Vec::new());
        }
        starts_where(
            &connection,
            &path,
            "1 ORDER BY last_at DESC, id DESC LIMIT ?1",
            i64::from(most),
        )
    }

    /// For each night that stands for several, one after another: how many, and when the first began. Needs no lock.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn repeated_nights(&self, feed: &str) -> Result<HashMap<NightId, (u64, Timestamp)>, StateError> {
        let path = ledger_file(self, feed);
        if !is_name(feed) || !path.exists() {
            return Ok(HashMap::new());
        }
        let connection = sql::open(&path, &FORMAT, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let all = repeats(&connection, &path)?.into_iter();
        Ok(all.map(|(night, repeats)| (NightId(night), repeats)).collect())
    }
}

/// Whether a ledger has a table; one of an earlier version has not all.
pub(super) fn has_table(connection: &Connection, name: &str) -> rusqlite::Result<bool> {
    let sql = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?1";
    Ok(connection.query_row(sql, [name], |row| row.get::<_, i64>(0))? > 0)
}

fn moment(micros: i64, path: &Path) -> Result<Timestamp, StateError> {
    Timestamp::from_microsecond(micros).map_err(|error| StateError::NotUnderstood {
        path: path.to_owned(),
        detail: error.to_string(),
    })
}

fn starts_where(
    connection: &Connection,
    path: &Path,
    condition: &str,
    param: i64,
) -> Result<Vec<Start>, StateError> {
    let sql = format!(
        "SELECT outcome, exit_code, file, sha256, note, times, first_at, last_at, told FROM starts WHERE {condition}"
    );
    let not_understood = |detail: String| StateError::NotUnderstood {
        path: path.to_owned(),
        detail,
    };
    let mut statement = connection.prepare(&sql).at(path)?;
    let mut rows = statement.query([param]).at(path)?;
    let mut starts = Vec::new();
    while let Some(row) = rows.next().at(path)? {
        let outcome: String = row.get("outcome").at(path)?;
        let told: Option<String> = row.get("told").at(path)?;
        starts.push(Start {
            end: StartEnd {
                outcome: NightOutcome::parse(&outcome).ok_or_else(|| not_understood(outcome))?,
                exit_code: row.get("exit_code").at(path)?,
                file: row.get::<_, Option<String>>("file").at(path)?.map(PathBuf::from),
                sha256: row.get("sha256").at(path)?,
                note: row.get("note").at(path)?,
            },
            repeats: Repeats {
                times: loaded(row.get("times").at(path)?),
                first: moment(row.get("first_at").at(path)?, path)?,
                last: moment(row.get("last_at").at(path)?, path)?,
            },
            told: told
                .map(|json| serde_json::from_str(&json).at(path))
                .transpose()?,
        });
    }
    Ok(starts)
}

fn repeats(connection: &Connection, path: &Path) -> Result<HashMap<i64, (u64, Timestamp)>, StateError> {
    let mut found = HashMap::new();
    if !has_table(connection, "repeats").at(path)? {
        return Ok(found);
    }
    let mut statement = connection
        .prepare("SELECT night, times, first_at FROM repeats WHERE times > 1")
        .at(path)?;
    let mut rows = statement.query([]).at(path)?;
    while let Some(row) = rows.next().at(path)? {
        let first = moment(row.get(2).at(path)?, path)?;
        found.insert(row.get(0).at(path)?, (loaded(row.get(1).at(path)?), first));
    }
    Ok(found)
}

/// Counts a night that was just settled with the one before it, where both ended in the same way (`way`) with the same file, which
/// still lies where it was: the one before is gone from the ledger, and this one stands for both.
pub(super) fn fold(connection: &Connection, night: NightId, way: &str) -> rusqlite::Result<()> {
    let before: Option<(i64, i64, i64)> = connection
        .query_row(
            "SELECT before.id, repeats.times, repeats.first_at FROM nights AS before JOIN repeats ON repeats.night = before.id \
             JOIN nights AS now ON now.id = ?1 \
             WHERE before.id = (SELECT max(id) FROM nights WHERE id < ?1) AND repeats.way = ?2 \
             AND before.stage = 'closed' AND before.sha256 = now.sha256 AND before.file = now.file \
             AND before.outcome = now.outcome AND before.exit_code = now.exit_code",
            params![night.0, way],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()?;
    let (times, first) = match before {
        Some((before, times, first)) => {
            for table in ["repeats", "settings", "lifted", "refeeds"] {
                connection.execute(&format!("DELETE FROM {table} WHERE night = ?1"), [before])?;
            }
            connection.execute("DELETE FROM nights WHERE id = ?1", [before])?;
            (stored(loaded(times).saturating_add(1)), first)
        }
        None => {
            let sql = "SELECT started_at FROM nights WHERE id = ?1";
            (1, connection.query_row(sql, [night.0], |row| row.get(0))?)
        }
    };
    connection.execute(
        "INSERT OR REPLACE INTO repeats (night, way, times, first_at) VALUES (?1, ?2, ?3, ?4)",
        params![night.0, way, times, first],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Place, begun};
    use super::super::{Carried, NightEnd};
    use super::*;

    fn later(minutes: i64) -> Timestamp {
        begun() + jiff::SignedDuration::from_mins(minutes)
    }

    fn quiet(note: &str) -> StartEnd {
        StartEnd {
            outcome: NightOutcome::NoFile,
            exit_code: 0,
            file: None,
            sha256: None,
            note: note.to_owned(),
        }
    }

    /// A night of this file that ended so, in this way.
    fn night(place: &Place, ledger: &mut Ledger, text: &str, minutes: i64, way: Option<&str>) -> NightId {
        let id = ledger.begin(&place.drop(text), later(minutes)).unwrap();
        let end = NightEnd {
            processed: false,
            good: None,
            move_to: None,
            way: way.map(str::to_owned),
            ..place.end(NightOutcome::Refused)
        };
        ledger
            .keep_settings(id, &std::collections::BTreeMap::new())
            .unwrap();
        ledger.settle(id, &end).unwrap();
        assert_eq!(ledger.carry(id).unwrap(), Carried::Nothing);
        ledger.close(id, &[]).unwrap();
        id
    }

    #[test]
    fn starts_that_end_alike_are_one_entry_until_a_night_comes_between() {
        let place = Place::new();
        let mut ledger = place.ledger();
        for minutes in [0, 5, 10] {
            ledger.record_start(&quiet("no file"), later(minutes)).unwrap();
        }
        // Another end between them parts nothing.
        let (other, repeats) = ledger.record_start(&quiet("overdue"), later(15)).unwrap();
        assert_eq!(repeats.times, 1);
        ledger.start_told(other, &["mail".to_owned()]).unwrap();
        let (_, repeats) = ledger.record_start(&quiet("no file"), later(20)).unwrap();
        assert_eq!(
            (repeats.times, repeats.first, repeats.last),
            (4, later(0), later(20))
        );
        let told = |start: &Start| (start.end.note.clone(), start.repeats.times, start.told.clone());
        let all = place.folder.starts("workday", 9).unwrap();
        assert_eq!(
            all.iter().map(told).collect::<Vec<_>>(),
            [
                ("no file".to_owned(), 4, None),
                ("overdue".to_owned(), 1, Some(vec!["mail".to_owned()]))
            ]
        );
        night(&place, &mut ledger, "1", 25, None);
        let (_, repeats) = ledger.record_start(&quiet("no file"), later(30)).unwrap();
        assert_eq!(repeats.times, 1);
    }

    #[test]
    fn starts_that_all_end_differently_are_kept_up_to_a_number() {
        let place = Place::new();
        let mut ledger = place.ledger();
        for minutes in 0..i64::from(STARTS_MAX) + 3 {
            let end = quiet(&format!("it failed in another way, {minutes}"));
            ledger.record_start(&end, later(minutes)).unwrap();
        }
        let all = place.folder.starts("workday", 9999).unwrap();
        assert_eq!(all.len(), 400);
        assert_eq!(all[399].end.note, "it failed in another way, 3");
    }

    #[test]
    fn a_file_that_is_refused_again_and_again_is_one_night_and_another_file_or_reason_a_new_one() {
        let place = Place::new();
        let mut ledger = place.ledger();
        for minutes in [0, 5, 10] {
            night(&place, &mut ledger, "1", minutes, Some("rows-lost"));
        }
        let other = night(&place, &mut ledger, "1", 15, Some("age"));
        night(&place, &mut ledger, "2", 20, Some("age"));
        let last = night(&place, &mut ledger, "2", 25, Some("age"));
        // What may have moved its file stands alone.
        night(&place, &mut ledger, "2", 30, None);
        night(&place, &mut ledger, "2", 35, Some("age"));
        let nights = ledger.nights(99).unwrap();
        let started: Vec<Timestamp> = nights.iter().map(|night| night.started_at).collect();
        assert_eq!(started, [35, 30, 25, 15, 10].map(later));
        let repeated = place.folder.repeated_nights("workday").unwrap();
        assert_eq!(repeated.len(), 2);
        assert_eq!(repeated[&last], (2, later(20)));
        assert_eq!(ledger.repeats(other).unwrap(), None);
        assert_eq!(repeated[&nights[4].id], (3, later(0)));
        let kept = |table: &str| -> i64 {
            let sql = format!("SELECT count(*) FROM {table} WHERE night NOT IN (SELECT id FROM nights)");
            ledger.connection.query_row(&sql, [], |row| row.get(0)).unwrap()
        };
        assert_eq!(
            (kept("settings"), kept("repeats")),
            (0, 0),
            "nothing of nights that are gone"
        );
    }

    #[test]
    fn a_ledger_of_the_version_before_knows_of_no_starts_and_gets_their_tables() {
        let place = Place::new();
        let mut ledger = place.ledger();
        night(&place, &mut ledger, "1", 0, Some("age"));
        let path = ledger.path().to_owned();
        drop(ledger);
        let old = Connection::open(&path).unwrap();
        old.execute_batch("DROP TABLE starts; DROP TABLE repeats; PRAGMA user_version = 4;")
            .unwrap();
        drop(old);
        assert_eq!(place.folder.starts("workday", 9).unwrap(), []);
        assert!(place.folder.repeated_nights("workday").unwrap().is_empty());
        let mut ledger = place.ledger();
        ledger.record_start(&quiet("no file"), later(5)).unwrap();
        night(&place, &mut ledger, "1", 10, Some("age"));
        assert_eq!(ledger.nights(9).unwrap().len(), 2);
    }
}
