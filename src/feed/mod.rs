//! The HR feed: what a row of an HR system's file means for the directory. Pure: no clock, no file, no network.

mod event;
pub mod gate;
mod mapped;
mod night;
mod notices;
pub mod schedule;
pub mod settings;

pub use event::{NightEvent, NightStep};
pub use mapped::{MappedCell, MappedRow, MappingProblem};
pub use night::{NightCounts, NightOutcome, NightPapers, NightSummary, Refusal};
pub use notices::NoticeResult;
