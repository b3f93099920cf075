//! The HR feed: what a row of an HR system's file means for the directory. Pure: no clock, no file, no network.

mod believed;
mod days;
mod disputed;
mod event;
pub mod gate;
mod judge;
mod judged;
mod letters;
mod lift;
mod mapped;
mod mapping;
mod matching;
mod name_words;
mod near;
mod night;
mod notices;
mod outcome;
mod problem;
mod propose;
mod rules;
pub mod schedule;
pub mod settings;
mod sheet_name;
mod template;
#[cfg(test)]
mod testing;

pub use believed::Unbelieved;
pub use event::{NightEvent, NightStep};
pub use judge::{judge, never_allowed};
pub use judged::{AttributeMapping, Feed, ManagerMapping, NamedRule, Rule, RuleSource};
pub use lift::{LIFTED_GUARDS, Lift};
pub use mapped::{MappedCell, MappedRow, MappingProblem};
pub use mapping::{Mapper, Mapping, Worked, map};
pub use matching::{Doubt, Match, match_rows, missing_people};
pub use near::{nearest, nearest_first};
pub use night::{NightCounts, NightOutcome, NightPapers, NightSummary, Refusal, Warning};
pub use notices::NoticeResult;
pub use outcome::{
    LETTER_COLUMNS, NIGHT_COLUMN, OutcomeSheet, dead_letter_rows, letter_columns, outcome_sheet, reason_rows,
};
pub use problem::SettingsProblem;
pub use propose::{Proposal, propose};
pub use rules::{
    DeadLetter, Decided, Ground, MadeBefore, PersonWish, TakenBack, Told, ToldKind, TooMany, Touched, Wish,
    decide, decide_missing, hold_back, is_counted_missing, left_alone, not_again, not_too_many_leavers,
    said_otherwise, touched, unmatch,
};
pub use settings::{WrittenFeed, read_settings, settings_schema};
pub use sheet_name::{feed_of, left_by, sheet_name, stamp_of};
pub use template::{FILTERS, FUNCTIONS, TESTS, Words};
