//! The health gate: whether a file looks like the file of every night, before anything is planned from it.
//!
//! `figures` counts a file, `prints` keeps a small hash of every mapped cell by key, so that files of two nights can be held
//! against each other without keeping either; `limits` reads the thresholds, `judge` compares with the last good night, `best`
//! with the best of several, `directory` with what the directory holds now, and `hints` says what kind of
//! accident it looks like. A file judged against itself passes.

mod best;
mod blanks;
mod directory;
mod figures;
mod hints;
mod judge;
mod limits;
mod measure;
mod prints;
mod tables;
mod weigh;

pub use directory::{AttributeFacts, DirectoryFacts, Reading};
pub use figures::{ColumnFigures, Counted, Figures, FileFacts, RowKey, TableFigures};
pub use hints::Hint;
pub use judge::{LastGood, judge};
pub use limits::{ColumnLimits, GateLimits, LimitProblem, Threshold};
pub use measure::{Amount, GateOutcome, Measure, MeasureLimit, MeasureName, Standing, Verdict};
pub use prints::{NotPrints, Prints};

#[cfg(test)]
mod tests;
