//! The cells in conflict as a sheet to decide in: one row for each cell, with all that is known of it and a cell for the choice.
//! What is written here is read here, so that its columns and words stand in one place.

mod columns;
mod read;
#[cfg(test)]
mod tests;
mod void;
mod write;

pub use columns::{CONFLICT_COLUMNS, CONFLICT_FORM};
pub use read::{FilledIn, holds_choices, read_choices};
pub use void::ChoiceNotes;
pub use write::{ConflictRows, write_conflicts};
