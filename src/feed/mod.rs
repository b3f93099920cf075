//! The HR feed: what a row of an HR system's file means for the directory. Pure: no clock, no file, no network.

pub mod gate;
mod mapped;
mod matching;
mod night;
mod outcome;
mod rules;
pub mod settings;
#[cfg(test)]
mod testing;

pub use mapped::{MappedCell, MappedRow, MappingProblem};
pub use matching::{Doubt, Match, match_rows, missing_people};
pub use night::{NightCounts, NightOutcome, NightPapers, NightSummary, Refusal};
pub use outcome::{
    LETTER_COLUMNS, OutcomeSheet, dead_letter_rows, letter_columns, outcome_sheet, reason_rows,
};
pub use rules::{
    DeadLetter, Decided, Ground, MissingDays, PersonWish, Told, ToldKind, TooManyMissing, Wish, decide,
    decide_missing,
};
