//! What the mapping makes of one row of the source.

use jiff::civil::Date;

use crate::catalogue::Attribute;

/// A row of the source in dirsheet's words. What could not be made is a problem; the rest of the row stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MappedRow {
    /// The number a spreadsheet shows.
    pub row: u64,
    /// The number of the person; `None` when the cell is empty.
    pub key: Option<String>,
    /// What may tell who it is where nobody holds the key yet, in the order of the settings; empty ones are left out.
    pub first_match: Vec<(&'static Attribute, String)>,
    /// One cell for each attribute of the settings, in their order; those with a problem are left out.
    pub cells: Vec<MappedCell>,
    /// The key of the manager; `None` where the settings have no rule for it, or its result is a problem.
    pub manager: Option<String>,
    /// The first and the last day, where the settings ask for them and the row has them.
    pub first_day: Option<Date>,
    pub last_day: Option<Date>,
    /// `leavers.when` is true.
    pub has_left: bool,
    pub problems: Vec<MappingProblem>,
}

impl MappedRow {
    /// What the row says about an attribute; `None` where the settings have none of it, or it could not be made.
    pub fn cell(&self, name: &str) -> Option<&MappedCell> {
        self.cells.iter().find(|cell| cell.attribute.name == name)
    }
}

/// What a row says about one attribute, as a cell of a sheet would say it. Empty: the rule gave nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedCell {
    pub attribute: &'static Attribute,
    pub text: String,
}

/// Why something of a row could not be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingProblem {
    /// The rule, as `FEED.toml` names it: `attributes.mobilePhone`.
    pub rule: String,
    /// The column of the source, when the rule reads one.
    pub column: Option<String>,
    /// What was found and what is allowed, in one sentence.
    pub message: String,
    /// What to do.
    pub help: String,
}
