//! dirsheet turns a Microsoft Entra ID directory into a spreadsheet and a spreadsheet back into profile updates.
//!
//! It is a command-line tool, and this crate lets other programs build on it: a connector of an HR system, or a page in a browser where
//! people look at a plan before it is carried out. A program does what a person does: export everybody into a sheet, change cells in it,
//! look at the plan, apply it. Whatever guards the tool has hold here too.
//!
//! ```no_run
//! use dirsheet::{ApplyOptions, Directory, ExportOptions, PlanOptions, Settings};
//!
//! # async fn example() -> Result<(), dirsheet::Error> {
//! // The sign-in of the environment, as for the tool; `Settings::sandbox()` is a directory to practise on.
//! let settings = Settings::from_environment().state_dir("state");
//! let mut directory = Directory::connect(&settings).await?;
//! for warning in directory.warnings() {
//!     eprintln!("{warning}");
//! }
//! directory.export("users.csv", &ExportOptions::default()).await?;
//!
//! // … change cells in `users.csv` …
//!
//! let found = dirsheet::check(&settings, "users.csv", &Default::default()).await?;
//! for finding in &found.findings {
//!     println!("{:?} {}: {}", finding.cell, finding.message, finding.help);
//! }
//! let plan = directory.plan("users.csv", &PlanOptions::default().expect(1)).await?;
//! for change in plan.changes() {
//!     println!("{} {}: {} → {}", change.user_principal_name, change.column, change.before, change.after);
//! }
//! let run = directory.apply(plan, ApplyOptions::default()).await?;
//! println!("{:?}; `Directory::undo` takes {} back, and so does the tool", run.ended, run.id);
//! # Ok(())
//! # }
//! ```
//!
//! [`attributes`] lists what a directory holds, [`Directory`] and [`check`] do the work, [`Plan`] and [`Run`] tell what would change and
//! what became of it, and each call that goes wrong gives an [`Error`]. `samples/library/main.rs` is a whole program that runs by itself.
//! What may change from one version to the next stands in `docs/compatibility.md`: what is on this page changes as a crate's surface
//! does (semver), and everything else of the crate is private.

#![forbid(unsafe_code)]

// The rooms, and who may know whom (`docs/architecture.md` has the whole map, `tests/tidy.rs` holds it):
//
// catalogue <- domain <- (table, graph, state, report, feed) <- engine <- (terminal, cli) <- library
// report -> table: a report is a sheet   config -> domain: limits   notify -> feed: a night   sandbox: knows none of the others
// process: how a program that was started is ended; knows nobody, known to graph and config
//
// They are `pub` because the program, the integration tests and the benches reach them from outside the crate, and hidden because nothing
// about them is promised to anybody else: they change from one commit to the next.

#[doc(hidden)]
pub mod catalogue;
#[doc(hidden)]
pub mod cli;
#[doc(hidden)]
pub mod config;
#[doc(hidden)]
pub mod domain;
#[doc(hidden)]
pub mod engine;
#[doc(hidden)]
pub mod feed;
#[doc(hidden)]
pub mod graph;
mod library;
#[doc(hidden)]
pub mod notify;
#[doc(hidden)]
pub mod photo;
#[doc(hidden)]
pub mod process;
#[doc(hidden)]
pub mod report;
#[doc(hidden)]
pub mod sandbox;
#[doc(hidden)]
pub mod state;
#[doc(hidden)]
pub mod table;
#[doc(hidden)]
pub mod terminal;

pub use library::*;
