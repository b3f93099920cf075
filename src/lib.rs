//! dirsheet turns a Microsoft Entra ID directory into a spreadsheet and a spreadsheet back into profile updates.
//!
//! The rooms, and who may know whom (`docs/architecture.md` has the whole map, `tests/tidy.rs` holds it):
//!
//! ```text
//! catalogue <- domain <- (table, graph, state, report, feed) <- engine <- (terminal, cli)
//! report -> table: a report is a sheet   config -> domain: limits   notify -> feed: a night   sandbox: knows none of the others
//! ```

pub mod catalogue;
pub mod cli;
pub mod config;
pub mod domain;
pub mod engine;
pub mod feed;
pub mod graph;
pub mod notify;
pub mod photo;
pub mod report;
pub mod sandbox;
pub mod state;
pub mod table;
pub mod terminal;
