//! What a run is made of, as it is handed to a journal and read from it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::plan_file::SheetReading;
use super::super::status::RowStanding;
use crate::domain::{Actor, CellTexts, OperationNumber, OperationResult, RowNote, RunId, UserId};

/// What a run is of. Nothing in it is secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunHeader {
    pub run: RunId,
    pub tenant: String,
    pub graph_url: String,
    /// `apply users.csv`
    pub command: String,
    pub sheet_name: String,
    pub sheet_path: String,
    pub sheet_sha256: String,
    pub delimiter: char,
    pub bom: bool,
    pub crlf: bool,
    /// How else the sheet was read; `None` in journals of an older dirsheet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<SheetReading>,
    /// The texts of the columns as they are in the sheet.
    pub header: Vec<String>,
    pub plan_fingerprint: String,
    /// The ids of the snapshots that were the base.
    pub snapshots: Vec<String>,
    pub started_at: Timestamp,
    pub report_dir: Option<String>,
    /// The plan's summary.
    pub summary: serde_json::Value,
    /// The run that this one takes back. Journals before version 2 know no such runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<RunId>,
    /// Whether first passwords came out of the sheet. None of them is kept anywhere.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub passwords_of_sheet: bool,
    /// As whom somebody was signed in who began it. `None` in journals of an older dirsheet, and where the sign-in did not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_in: Option<Actor>,
    /// Who else went on with it, each once, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resumed_by: Vec<Actor>,
}

/// A row of the sheet, changed or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRow {
    pub row: u64,
    pub line: u64,
    pub user: Option<UserId>,
    /// How the row names its user.
    pub user_label: String,
    /// As they were read.
    pub cells: CellTexts,
    pub standing: RowStanding,
    pub notes: Vec<RowNote>,
    /// What is told of the row although nothing is left to do about it.
    pub remarks: Vec<String>,
    /// Several rows may share an operation. Their order is the operations' own.
    pub operations: Vec<OperationNumber>,
    /// The names of the attributes that the row itself changes in them; `None` where it has no operation, and in journals that
    /// were begun as version 1.
    pub writes: Option<Vec<String>>,
}

/// Whether a run goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// A living process works on it.
    Running,
    /// It stopped, or its process died, with something left to do.
    Interrupted,
    /// It came to its end.
    Finished,
}

impl RunState {
    /// Its name in journals and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            RunState::Running => "running",
            RunState::Interrupted => "interrupted",
            RunState::Finished => "finished",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<RunState> {
        [RunState::Running, RunState::Interrupted, RunState::Finished]
            .into_iter()
            .find(|state| state.as_str() == name)
    }
}

/// What is written down while a run goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// These are about to be sent together.
    Intent(Vec<OperationNumber>, Timestamp),
    /// This is what became of one.
    Result(OperationResult),
    /// The whole result of one again, after a look at the directory: what was accepted is confirmed, not visible or lost.
    Proof(OperationResult),
}
