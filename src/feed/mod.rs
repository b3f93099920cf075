//! The HR feed: what a row of an HR system's file means for the directory. Pure: no clock, no file, no network.

mod judge;
mod judged;
mod mapped;
mod mapping;
mod near;
mod problem;
mod propose;
pub mod settings;
mod template;

pub use judge::judge;
pub use judged::{
    AttributeMapping, Feed, Joiners, Leavers, ManagerMapping, MissingPeople, NamedRule, Rule, RuleSource,
};
pub use mapped::{MappedCell, MappedRow, MappingProblem};
pub use mapping::{Mapper, Mapping, Worked, map};
pub use near::nearest;
pub use problem::SettingsProblem;
pub use propose::{Proposal, propose};
pub use settings::{WrittenFeed, read_settings, settings_schema};
pub use template::{FILTERS, FUNCTIONS, TESTS, Words};
