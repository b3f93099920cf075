//! The cells in conflict as a sheet to decide in: one row for each cell, with all that is known of it and a cell for the choice.
//! What is written here is read here, so that its columns and words stand in one place.

mod read;
#[cfg(test)]
mod tests;
mod write;

pub use read::{FilledIn, read_choices};
pub use write::write_conflicts;

/// The columns, in their order. The last but one is for the person who decides.
pub const CONFLICT_COLUMNS: [&str; 10] = [
    ID,
    "userPrincipalName",
    "displayName",
    "row",
    COLUMN,
    "exported",
    SHEET,
    DIRECTORY,
    CHOICE,
    PLAN,
];

const ID: &str = "id";
const COLUMN: &str = "column";
const SHEET: &str = "sheet";
const DIRECTORY: &str = "directory";
/// The column for the choice.
pub const CHOICE: &str = "_choice";
/// The column that ties a row to the sheet and the tenant.
const PLAN: &str = "_plan";
