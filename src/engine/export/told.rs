//! What is said about how everybody was read.

use std::time::Duration;

use jiff::Timestamp;

use crate::domain::{ReadingWay, SnapshotId};
use crate::graph::{PAGES_TOGETHER_MAX, PagePace};

/// How everybody was read, for people and programs. It holds no link.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadingTold {
    pub way: ReadingWay,
    pub exact: bool,
    pub why_not_exact: Option<String>,
    /// Why no ranges were read where one page came after another.
    pub why_pages: Option<String>,
    /// `None` where rows were written while others were still read.
    pub moment: Option<Timestamp>,
    pub not_covered: Vec<String>,
    pub changed: u64,
    pub counted: Option<u64>,
    pub ranges: usize,
    /// Ranges that an export before this one had read already.
    pub kept: usize,
    /// The snapshot that was brought up to date.
    pub refreshed: Option<SnapshotId>,
    /// Why an earlier snapshot that could have been brought up to date was not.
    pub why_not_refreshed: Option<String>,
    pub pace: Option<PagePace>,
    /// What kept the reading from being faster.
    pub limit: Option<ReadingLimit>,
    pub reading: Duration,
}

/// What kept a reading from being faster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadingLimit {
    /// The service refused with 429.
    Throttled,
    /// The budget of resource units.
    ResourceUnits,
    /// As many pages together as we ask for at the most.
    Together,
    /// More pages at once made the answers slower: the service, the line or this machine.
    Answers,
}

impl ReadingLimit {
    /// From what the pages met.
    pub(super) fn of(pace: &PagePace) -> ReadingLimit {
        // A few refusals among many pages are not what set the pace.
        if pace.throttled * 50 > pace.pages {
            ReadingLimit::Throttled
        } else if pace.budget_wait * 4 > pace.answer_wait {
            ReadingLimit::ResourceUnits
        } else if pace.most_together >= PAGES_TOGETHER_MAX {
            ReadingLimit::Together
        } else {
            ReadingLimit::Answers
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            ReadingLimit::Throttled => "throttled",
            ReadingLimit::ResourceUnits => "resource_units",
            ReadingLimit::Together => "pages_together",
            ReadingLimit::Answers => "answers",
        }
    }

    pub fn in_words(self) -> &'static str {
        match self {
            ReadingLimit::Throttled => "the service asked to wait (429)",
            ReadingLimit::ResourceUnits => "the budget of resource units was used up",
            ReadingLimit::Together => "dirsheet asks for no more than 32 pages at once",
            ReadingLimit::Answers => "more pages at once made the answers slower",
        }
    }
}

impl ReadingTold {
    /// One page after another, rows written as they come.
    pub(super) fn of_pages(why_pages: Option<String>) -> ReadingTold {
        ReadingTold {
            way: ReadingWay::Pages,
            exact: false,
            why_not_exact: Some("rows were written while others were still read".to_owned()),
            why_pages,
            moment: None,
            not_covered: Vec::new(),
            changed: 0,
            counted: None,
            ranges: 0,
            kept: 0,
            refreshed: None,
            why_not_refreshed: None,
            pace: None,
            limit: None,
            reading: Duration::ZERO,
        }
    }
}
