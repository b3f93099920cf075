//! How many writes were announced lately: the service counts them for a while after their run has ended.

use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags};

use super::super::error::{At, StateError};
use super::super::sql;
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

    /// How many requests were announced at this moment or later; one that was sent again counts again.
    pub fn intents_since(&self, at: Timestamp) -> Result<u64, StateError> {
        intents_since(&self.connection, &self.path, at)
    }
}

/// The same for a journal of this tenant, without replaying it. None for a run of another tenant or one that ended before.
pub(in crate::state) fn tenant_intents_since(
    path: &Path,
    tenant: &str,
    at: Timestamp,
) -> Result<u64, StateError> {
    let connection = sql::open(path, &FORMAT, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let head = Head::read(&connection, path)?;
    if head.header.tenant != tenant || head.finished_at.is_some_and(|ended| ended < at) {
        return Ok(0);
    }
    intents_since(&connection, path, at)
}

/// Walks backwards from the last intent, so that a long run costs no more than its last minutes.
fn intents_since(connection: &Connection, path: &Path, at: Timestamp) -> Result<u64, StateError> {
    let since = at.as_microsecond();
    let long_before = since.saturating_sub(OUT_OF_ORDER_MAX_MICROSECONDS);
    let mut select = connection
        .prepare("SELECT at FROM entries WHERE kind = ?1 ORDER BY seq DESC")
        .at(path)?;
    let mut intents = select.query([KIND_INTENT]).at(path)?;
    let mut count = 0;
    while let Some(intent) = intents.next().at(path)? {
        let announced: i64 = intent.get(0).at(path)?;
        if announced < long_before {
            break;
        }
        count += u64::from(announced >= since);
    }
    Ok(count)
}
