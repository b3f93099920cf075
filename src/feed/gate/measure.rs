//! What the gate measured: the figure of now and then, its limit, and whether it passed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Hint;

/// What is measured; its word is that of `FEED.toml` where there is a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MeasureName {
    /// A column that the settings read is not there.
    ColumnMissing,
    RowsMin,
    RowsLost,
    RowsGained,
    KeyChurn,
    DuplicateKeys,
    RowsWithoutKey,
    UnknownKeys,
    Blanks,
    BlanksGrown,
    DistinctLost,
    ValuesChanged,
    Age,
    /// The file is older than that of the last good night.
    OlderThanLast,
    Encoding,
    /// Columns that are new, and that nobody reads.
    ColumnsNew,
    /// Columns that are gone, and that nobody reads.
    ColumnsGone,
    UnreadableRows,
    /// The last line has no end, and that of the last good file had one.
    LastLine,
}

impl MeasureName {
    /// All of them.
    pub const ALL: [MeasureName; 19] = [
        MeasureName::ColumnMissing,
        MeasureName::RowsMin,
        MeasureName::RowsLost,
        MeasureName::RowsGained,
        MeasureName::KeyChurn,
        MeasureName::DuplicateKeys,
        MeasureName::RowsWithoutKey,
        MeasureName::UnknownKeys,
        MeasureName::Blanks,
        MeasureName::BlanksGrown,
        MeasureName::DistinctLost,
        MeasureName::ValuesChanged,
        MeasureName::Age,
        MeasureName::OlderThanLast,
        MeasureName::Encoding,
        MeasureName::ColumnsNew,
        MeasureName::ColumnsGone,
        MeasureName::UnreadableRows,
        MeasureName::LastLine,
    ];

    /// Whether a person may let it pass once. Without a column that is read nothing could be made of the rows.
    pub fn can_be_lifted(self) -> bool {
        self != MeasureName::ColumnMissing
    }

    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            MeasureName::ColumnMissing => "column-missing",
            MeasureName::RowsMin => "rows-min",
            MeasureName::RowsLost => "rows-lost",
            MeasureName::RowsGained => "rows-gained",
            MeasureName::KeyChurn => "key-churn",
            MeasureName::DuplicateKeys => "duplicate-keys",
            MeasureName::RowsWithoutKey => "rows-without-key",
            MeasureName::UnknownKeys => "unknown-keys",
            MeasureName::Blanks => "blanks",
            MeasureName::BlanksGrown => "blanks-grown",
            MeasureName::DistinctLost => "distinct-lost",
            MeasureName::ValuesChanged => "values-changed",
            MeasureName::Age => "age",
            MeasureName::OlderThanLast => "older-than-last",
            MeasureName::Encoding => "encoding",
            MeasureName::ColumnsNew => "columns-new",
            MeasureName::ColumnsGone => "columns-gone",
            MeasureName::UnreadableRows => "unreadable-rows",
            MeasureName::LastLine => "last-line",
        }
    }
}

/// A figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Amount {
    Count(u64),
    Share {
        count: u64,
        of: u64,
    },
    /// Points of a hundred, in tenths.
    PointTenths(i64),
    Seconds(i64),
    Moment(Timestamp),
    Text(String),
}

/// What a figure is held against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeasureLimit {
    /// What it comes to here.
    pub allowed: Amount,
    /// The share it was computed from, in percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<u64>,
    /// `default`, or the key of `FEED.toml`.
    pub origin: String,
}

/// What became of a measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    Refused,
    Warned,
    /// It would be refused, and somebody has said that it may pass.
    Lifted,
    Passed,
    /// The settings say `off`.
    Off,
}

/// One measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    pub name: MeasureName,
    /// The header it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What this file has.
    pub now: Amount,
    /// What the last good file had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<Amount>,
    /// What is held against the limit.
    pub counted: Amount,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<MeasureLimit>,
    pub standing: Standing,
}

/// Whether the night may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GateOutcome {
    Passed,
    Refused,
    /// Nothing speaks against the file itself, and there is no good night to hold it against: a person must say go.
    FirstRun,
}

/// What the gate says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    pub outcome: GateOutcome,
    /// The last good night, by the time its file was written.
    pub last_good: Option<Timestamp>,
    /// Refused ones first, then warnings; otherwise in a fixed order.
    pub measures: Vec<Measure>,
    /// What kind of accident it looks like.
    pub hints: Vec<Hint>,
}

impl Verdict {
    /// The measures that refuse.
    pub fn refused(&self) -> impl Iterator<Item = &Measure> {
        self.measures
            .iter()
            .filter(|measure| measure.standing == Standing::Refused)
    }
}
