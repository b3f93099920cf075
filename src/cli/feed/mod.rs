//! `feed`: the HR feed. `opening` reads and judges the settings, `reading` and `source` the file; the commands are recipes of these.

mod carrying;
pub mod check;
mod directory;
mod finishing;
mod folders;
mod gate;
mod hearing;
pub mod history;
mod incoming;
pub mod init;
mod missing;
mod night;
pub mod notices;
mod opening;
mod papers;
pub mod preview;
mod problems;
mod quiet;
mod reading;
mod remembering;
mod resuming;
pub mod run;
pub mod schedule;
pub mod schema;
mod source;
mod telling;
mod waiting;
