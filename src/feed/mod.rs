//! The HR feed: what a row of an HR system's file means for the directory. Pure: no clock, no file, no network.

mod mapped;
mod night;
pub mod settings;

pub use mapped::{MappedCell, MappedRow, MappingProblem};
pub use night::{NightCounts, NightOutcome, NightPapers, NightSummary, Refusal};
