//! `feed`: the HR feed. `opening` reads and judges the settings, `reading` the file; the commands are recipes of these.

pub mod check;
pub mod init;
mod opening;
pub mod preview;
mod problems;
mod reading;
pub mod schema;
