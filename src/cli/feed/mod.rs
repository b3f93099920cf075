//! `feed`: the HR feed.

pub mod notices;
pub mod schedule;
pub mod telling;
