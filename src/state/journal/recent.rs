//! What of a run is asked without replaying it: how many writes were announced lately: the service counts them for a while after their run has ended.

use std::path::Path;

use jiff::Timestamp;
use rusqlite::{OpenFlags, OptionalExtension};

use super::super::error::{At, StateError};
use super::super::sql::{self, loaded};
use super::super::status::Mix;
use super::head::Head;
use super::read::RunRecord;
use super::schema::{FORMAT, KIND_INTENT};
use crate::domain::OperationNumber;

/// Entries are written in the order of their moments, but for what waited for the disk or for each other.
const OUT_OF_ORDER_MAX_MICROSECONDS: i64 = 60_000_000;

impl RunRecord {
    /// Whether a request of this operation was about to be sent at least once.
    pub fn was_announced(&self, number: OperationNumber) -> bool {
        self.slots.get(number).is_some_and(|slot| slot.is_announced())
    }

    /// When a request of this operation was first about to be sent; `None` when it never was.
    pub fn first_announced(&self, number: OperationNumber) -> Option<Timestamp> {
        let slot = self.slots.get(number).filter(|slot| slot.is_announced())?;
        Timestamp::from_microsecond(slot.first_intent_at).ok()
    }
}

/// When a run began and when each of its requests was announced, in microseconds and in order; one that was sent again counts again.
#[derive(Debug)]
pub(in crate::state) struct Announced {
    pub started_at: i64,
    pub moments: Vec<i64>,
}

/// The requests of a run of this tenant, without replaying it. `None` for a run of another tenant, and for one whose last request
/// was announced before this moment.
pub(in crate::state) fn announced_until(
    path: &Path,
    tenant: &str,
    since: i64,
) -> Result<Option<Announced>, StateError> {
    let connection = sql::open(path, &FORMAT, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let head = Head::read(&connection, path)?;
    if head.header.tenant != tenant {
        return Ok(None);
    }
    let last: Option<i64> = connection
        .query_row(
            "SELECT at FROM entries WHERE kind = ?1 ORDER BY seq DESC LIMIT 1",
            [KIND_INTENT],
            |row| row.get(0),
        )
        .optional()
        .at(path)?;
    if last.is_none_or(|last| last.saturating_add(OUT_OF_ORDER_MAX_MICROSECONDS) < since) {
        return Ok(None);
    }
    let mut moments: Vec<i64> = connection
        .prepare("SELECT at FROM entries WHERE kind = ?1")
        .and_then(|mut select| {
            select
                .query_map([KIND_INTENT], |row| row.get(0))
                .and_then(Iterator::collect)
        })
        .at(path)?;
    moments.sort_unstable();
    let ended_before = moments.last().is_none_or(|last| *last < since);
    Ok((!ended_before).then(|| Announced {
        started_at: head.header.started_at.as_microsecond(),
        moments,
    }))
}

/// How many operations the service accepted of which no read has shown everything, without replaying the journal.
pub(in crate::state) fn unproved_count(path: &Path) -> Result<u64, StateError> {
    let connection = sql::open(path, &FORMAT, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection
        .query_row(
            "SELECT count(*) FROM entries WHERE mix & ?2 <> 0
             AND seq IN (SELECT max(seq) FROM entries WHERE kind <> ?1 GROUP BY number)",
            [
                KIND_INTENT,
                i64::from(Mix::ACCEPTED.and(Mix::NOT_VISIBLE).to_number()),
            ],
            |row| row.get(0),
        )
        .map(loaded)
        .at(path)
}
