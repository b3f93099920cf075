//! `feed`: the HR feed.

mod carrying;
mod directory;
mod gate;
mod incoming;
mod loading;
mod missing;
mod night;
mod opening;
mod papers;
mod remembering;
mod resuming;

pub mod history;
pub mod run;
