//! The commands: one recipe each, made of the other rooms' parts.

mod apply;
mod args;
mod args_history;
mod ask;
mod canary;
mod carry;
mod check;
mod columns;
mod connect;
mod copy;
mod demo;
mod diff;
mod dispatch;
mod error;
mod exit;
mod export;
mod handover;
mod history;
mod interactive;
mod knowledge;
mod limits;
mod output;
mod plan;
mod prepare;
mod prune;
mod reading;
mod reports;
mod restore;
mod resume;
mod runner;
mod sandbox;
mod sealed;
mod undo;
mod values;

pub use dispatch::{main, run};
pub use exit::Exit;
