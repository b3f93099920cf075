//! `feed`: the HR feed. `opening` reads and judges the settings, `reading` the file; the commands are recipes of these.

pub mod check;
pub mod init;
pub mod notices;
mod opening;
pub mod preview;
mod problems;
mod reading;
pub mod schedule;
pub mod schema;
mod telling;
