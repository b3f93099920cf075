//! The HR feed: what a row of an HR system's file means for the directory. Pure: no clock, no file, no network.

pub mod gate;
mod mapped;
pub mod settings;

pub use mapped::{MappedCell, MappedRow, MappingProblem};
