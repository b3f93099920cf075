//! The commands: one recipe each, made of the other rooms' parts.

mod apply;
mod args;
mod ask;
mod canary;
mod carry;
mod check;
mod columns;
mod connect;
mod copy;
mod demo;
mod dispatch;
mod error;
mod exit;
mod export;
mod handover;
mod history;
mod knowledge;
mod limits;
mod output;
mod papers;
mod plan;
mod prepare;
mod reading;
mod reports;
mod resume;
mod runner;
mod sandbox;
mod sealed;
mod undo;
mod values;

pub use dispatch::{main, run};
pub use exit::Exit;
