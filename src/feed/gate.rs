//! The health gate: whether a file looks like the file of every night, before anything is planned from it.
//!
//! `figures` counts a file, `prints` keeps a small hash of every mapped cell by key, so that files of two nights can be held
//! against each other without keeping either; `limits` reads the thresholds, `judge` compares, and `hints` says what kind of
//! accident it looks like. A file judged against itself passes.

mod figures;
mod hints;
mod judge;
mod limits;
mod measure;
mod prints;
mod weigh;

pub use figures::{ColumnFigures, Counted, Figures, FileFacts, RowKey};
pub use hints::Hint;
pub use judge::{DirectoryFacts, LastGood, judge};
pub use limits::{ColumnLimits, GateLimits, LimitProblem, Threshold};
pub use measure::{Amount, GateOutcome, Measure, MeasureLimit, MeasureName, Standing, Verdict};
pub use prints::{NotPrints, Prints};

#[cfg(test)]
mod tests;
