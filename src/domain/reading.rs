//! How the users of a snapshot were read: which way, as of which moment, and what is to be said about it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::SnapshotId;

/// Tokens of delta queries for directory objects are good for 7 days; a few hours are left for the reading itself.
/// <https://learn.microsoft.com/graph/delta-query-overview>
const TOKEN_HOURS: i64 = 7 * 24 - 6;

/// Where a delta query goes on. It is opaque, names a place in somebody's directory and is of use with a token only; still it is
/// nobody's to see: kept in files for the owner only, and never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeltaLink {
    url: String,
    /// When the service gave it.
    since: Timestamp,
}

impl DeltaLink {
    /// As the service gave it, and when.
    pub fn new(url: String, since: Timestamp) -> DeltaLink {
        DeltaLink { url, since }
    }

    /// The address as the service wrote it, for a request and for nothing else.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// When the service gave it.
    pub fn since(&self) -> Timestamp {
        self.since
    }

    /// Until when the service can be expected to know it.
    pub fn good_until(&self) -> Timestamp {
        let hours = jiff::SignedDuration::from_hours(TOKEN_HOURS);
        self.since.checked_add(hours).unwrap_or(Timestamp::MAX)
    }
}

impl std::fmt::Debug for DeltaLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DeltaLink(since {})", self.since)
    }
}

/// The ways to read everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadingWay {
    /// One page after another.
    Pages,
    /// Ranges of names, several pages at once.
    Ranges,
    /// An earlier snapshot and what has changed since.
    Refresh,
}

impl ReadingWay {
    /// The name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            ReadingWay::Pages => "pages",
            ReadingWay::Ranges => "ranges",
            ReadingWay::Refresh => "refresh",
        }
    }
}

/// How everybody was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    pub way: ReadingWay,
    /// The users are as they were at this moment, by the service's clock; where they are not exact, when the reading ended.
    pub moment: Timestamp,
    /// Whether all users are as they were at one moment, as far as the service had told its changes by then.
    pub exact: bool,
    /// Why they are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why_not_exact: Option<String>,
    /// Columns whose changes the service does not tell: their values are as they were when they were read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_covered: Vec<String>,
    /// Users whose changes were taken in after the reading.
    #[serde(default)]
    pub changed: u64,
    /// How many users the service counted at the end, in an index that may lag behind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<u64>,
    /// Between these names the ranges lay; the next reading begins with them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub boundaries: Vec<String>,
    /// The snapshot this one was made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refreshed: Option<SnapshotId>,
    /// Where the changes after the moment begin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delta_link: Option<DeltaLink>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delta_link_is_not_shown_and_is_good_for_less_than_seven_days() {
        let since: Timestamp = "2026-11-29T12:00:00Z".parse().unwrap();
        let link = DeltaLink::new("https://graph.example/delta?$deltatoken=s3cret".to_owned(), since);
        assert!(!format!("{link:?}").contains("s3cret"));
        assert_eq!(
            link.good_until(),
            "2026-12-06T06:00:00Z".parse::<Timestamp>().unwrap()
        );
        let json = serde_json::to_string(&link).unwrap();
        assert_eq!(serde_json::from_str::<DeltaLink>(&json).unwrap(), link);
    }
}
