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
    /// As [`MeasureName::RowsLost`], beside the best of the last good nights.
    RowsLostOverNights,
    UnknownKeys,
    /// People whose row has the names or the address of somebody else.
    Disputed,
    /// Too few of those who hold a key are in the file.
    CoverageMin,
    /// Fewer of those who hold a key are in the file.
    CoverageLost,
    CoverageLostOverNights,
    Blanks,
    BlanksGrown,
    BlanksGrownOverNights,
    DistinctLost,
    DistinctLostOverNights,
    ValuesChanged,
    /// People for whom the directory holds a value and the file a blank.
    ValuesBlanked,
    /// A table of words has fewer rows.
    TableRows,
    /// Tables of words that have other words than in the last good night.
    TablesChanged,
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
    pub const ALL: [MeasureName; 29] = [
        MeasureName::ColumnMissing,
        MeasureName::RowsMin,
        MeasureName::RowsLost,
        MeasureName::RowsGained,
        MeasureName::KeyChurn,
        MeasureName::DuplicateKeys,
        MeasureName::RowsWithoutKey,
        MeasureName::RowsLostOverNights,
        MeasureName::UnknownKeys,
        MeasureName::Disputed,
        MeasureName::CoverageMin,
        MeasureName::CoverageLost,
        MeasureName::CoverageLostOverNights,
        MeasureName::Blanks,
        MeasureName::BlanksGrown,
        MeasureName::BlanksGrownOverNights,
        MeasureName::DistinctLost,
        MeasureName::DistinctLostOverNights,
        MeasureName::ValuesChanged,
        MeasureName::ValuesBlanked,
        MeasureName::TableRows,
        MeasureName::TablesChanged,
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

    /// Whether it looks at the best of the last good nights.
    pub fn is_over_nights(self) -> bool {
        matches!(
            self,
            MeasureName::RowsLostOverNights
                | MeasureName::CoverageLostOverNights
                | MeasureName::BlanksGrownOverNights
                | MeasureName::DistinctLostOverNights
        )
    }

    /// Whether a file that a person lets pass it differs from those before for good, so that it is not held against them any more.
    fn is_of_content(self) -> bool {
        self.is_over_nights()
            || matches!(
                self,
                MeasureName::RowsMin
                    | MeasureName::RowsLost
                    | MeasureName::RowsGained
                    | MeasureName::KeyChurn
                    | MeasureName::UnknownKeys
                    | MeasureName::Disputed
                    | MeasureName::CoverageMin
                    | MeasureName::CoverageLost
                    | MeasureName::Blanks
                    | MeasureName::BlanksGrown
                    | MeasureName::DistinctLost
                    | MeasureName::ValuesChanged
                    | MeasureName::ValuesBlanked
            )
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
            MeasureName::RowsLostOverNights => "rows-lost-over-nights",
            MeasureName::UnknownKeys => "unknown-keys",
            MeasureName::Disputed => "disputed",
            MeasureName::CoverageMin => "coverage-min",
            MeasureName::CoverageLost => "coverage-lost",
            MeasureName::CoverageLostOverNights => "coverage-lost-over-nights",
            MeasureName::Blanks => "blanks",
            MeasureName::BlanksGrown => "blanks-grown",
            MeasureName::BlanksGrownOverNights => "blanks-grown-over-nights",
            MeasureName::DistinctLost => "distinct-lost",
            MeasureName::DistinctLostOverNights => "distinct-lost-over-nights",
            MeasureName::ValuesChanged => "values-changed",
            MeasureName::ValuesBlanked => "values-blanked",
            MeasureName::TableRows => "table-rows",
            MeasureName::TablesChanged => "tables-changed",
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
    /// The same in millionths, where tenths would hide what is too much.
    PointMillionths(i64),
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
    /// The attribute it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
    /// The table of words it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// What this file has.
    pub now: Amount,
    /// What the last good file had, or the best of the last good ones.
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

    /// Whether a person has let pass what parts this file from those before it: it begins a new row of good nights.
    pub fn begins(&self) -> bool {
        let lifted = |measure: &Measure| measure.standing == Standing::Lifted && measure.name.is_of_content();
        self.outcome == GateOutcome::FirstRun || self.measures.iter().any(lifted)
    }
}
