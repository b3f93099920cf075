//! What a journal says of its run as a whole, without its operations.

use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags};

use super::super::error::{At, StateError};
use super::super::lock;
use super::super::sql::{self, loaded};
use super::super::status::StatusCounts;
use super::schema::FORMAT;
use super::{RunHeader, RunState};

/// What a run that says it is running really is.
pub(in crate::state) fn seen_from_outside(
    written: RunState,
    run_folder: &Path,
) -> Result<RunState, StateError> {
    match written {
        RunState::Running if !lock::is_held(run_folder)? => Ok(RunState::Interrupted),
        state => Ok(state),
    }
}

/// The one row of the table `run`.
pub(in crate::state) struct Head {
    pub header: RunHeader,
    pub state: RunState,
    pub finished_at: Option<Timestamp>,
    /// Counts and the number of remaining operations, written when the work on the run ended in order.
    pub ending: Option<(StatusCounts, u64)>,
}

impl Head {
    pub(super) fn read(connection: &Connection, path: &Path) -> Result<Head, StateError> {
        type Texts = (String, String, Option<i64>, Option<String>, Option<i64>);
        let (header, state, finished_at, counts, remaining): Texts = connection
            .query_row(
                "SELECT header, state, finished_at, counts, remaining FROM run",
                [],
                |row| row.try_into(),
            )
            .at(path)?;
        let counts: Option<StatusCounts> = counts
            .map(|json| serde_json::from_str(&json))
            .transpose()
            .at(path)?;
        let finished_at = finished_at.map(Timestamp::from_microsecond).transpose();
        Ok(Head {
            header: serde_json::from_str(&header).at(path)?,
            state: RunState::from_name(&state).ok_or_else(|| StateError::NotUnderstood {
                path: path.to_owned(),
                detail: format!("a run that is `{state}`"),
            })?,
            finished_at: finished_at.map_err(|error| StateError::Damaged {
                path: path.to_owned(),
                detail: error.to_string(),
            })?,
            ending: counts.zip(remaining.map(loaded)),
        })
    }

    /// The head alone, without replaying the entries.
    pub fn open(path: &Path) -> Result<Head, StateError> {
        Head::read(
            &sql::open(path, &FORMAT, OpenFlags::SQLITE_OPEN_READ_WRITE)?,
            path,
        )
    }
}
