//! Reading a ledger.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension, Params, Row};

use super::Ledger;
use super::night::{GoodNight, Night, NightFile, NightId, NightOutcome, NightStage};
use crate::domain::RunId;
use crate::state::error::{At, StateError};
use crate::state::sql::loaded;

impl Ledger {
    /// The night that began in these moments, the second not among them.
    pub fn night_begun(&self, from: Timestamp, until: Timestamp) -> Result<Option<Night>, StateError> {
        self.one(
            "started_at >= ?1 AND started_at < ?2 ORDER BY id DESC LIMIT 1",
            [from.as_microsecond(), until.as_microsecond()],
        )
    }
}

/// The nights for which a condition holds, in its order.
pub(super) fn night_where(
    connection: &Connection,
    path: &Path,
    condition: &str,
    params: impl Params,
) -> Result<Vec<Night>, StateError> {
    let sql = format!(
        "SELECT id, started_at, file, sha256, bytes, modified, stage, run, plan, figures, outcome, exit_code, counts, note, \
         finished_at, processed, target, moved_to, told FROM nights WHERE {condition}"
    );
    let mut statement = connection.prepare(&sql).at(path)?;
    let mut rows = statement.query(params).at(path)?;
    let mut nights = Vec::new();
    while let Some(row) = rows.next().at(path)? {
        nights.push(night(row, path)?);
    }
    Ok(nights)
}

fn night(row: &Row<'_>, path: &Path) -> Result<Night, StateError> {
    let unknown = |what: &str| StateError::NotUnderstood {
        path: path.to_owned(),
        detail: what.to_owned(),
    };
    let moment = |at: i64| Timestamp::from_microsecond(at).map_err(|error| unknown(&error.to_string()));
    let text = |column: &str| row.get::<_, Option<String>>(column).at(path);
    let place = |column: &str| Ok::<_, StateError>(text(column)?.map(PathBuf::from));
    let stage: String = row.get("stage").at(path)?;
    let run = text("run")?.map(|run| RunId::parse(&run).ok_or_else(|| unknown(&run)));
    let outcome = text("outcome")?.map(|word| NightOutcome::parse(&word).ok_or_else(|| unknown(&word)));
    let finished: Option<i64> = row.get("finished_at").at(path)?;
    Ok(Night {
        id: NightId(row.get("id").at(path)?),
        started_at: moment(row.get("started_at").at(path)?)?,
        file: NightFile {
            path: place("file")?.unwrap_or_default(),
            sha256: row.get("sha256").at(path)?,
            bytes: loaded(row.get("bytes").at(path)?),
            modified: moment(row.get("modified").at(path)?)?,
        },
        stage: NightStage::parse(&stage).ok_or_else(|| unknown(&stage))?,
        run: run.transpose()?,
        plan: place("plan")?,
        figures: text("figures")?,
        outcome: outcome.transpose()?,
        exit_code: row.get("exit_code").at(path)?,
        counts: match text("counts")? {
            Some(json) => serde_json::from_str(&json).at(path)?,
            None => Default::default(),
        },
        note: text("note")?,
        finished_at: finished.map(moment).transpose()?,
        processed: row.get("processed").at(path)?,
        target: place("target")?,
        moved_to: place("moved_to")?,
        told: text("told")?
            .map(|json| serde_json::from_str(&json).at(path))
            .transpose()?,
    })
}

pub(super) fn last_good(connection: &Connection, path: &Path) -> Result<Option<GoodNight>, StateError> {
    connection
        .query_row("SELECT night, figures, prints FROM good", [], |row| {
            Ok(GoodNight {
                night: NightId(row.get(0)?),
                figures: row.get(1)?,
                prints: row.get(2)?,
            })
        })
        .optional()
        .at(path)
}

pub(super) fn missing_with(
    connection: &Connection,
    path: &Path,
    day: Date,
) -> Result<HashMap<String, u32>, StateError> {
    let mut statement = connection
        .prepare("SELECT key, days + (last_day < ?1) FROM missing")
        .at(path)?;
    let rows = statement
        .query_map([day.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))
        .at(path)?;
    rows.collect::<rusqlite::Result<_>>().at(path)
}
