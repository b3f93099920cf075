//! Limits over a whole plan, looked at before the first write.
//!
//! A refusal names the guard, what was counted, the limit, where the limit was set and the flag that lifts it. One file for each
//! family: `number` (users), `columns` (clears and emptied columns), `values` (one value for many, moved columns), `kinds`
//! (renames, accounts switched off and on, guests made members), `people` (whom a sheet may not touch), `apart` (leaving those to a person).

mod accounts;
mod apart;
mod appointments;
mod columns;
mod inspect;
mod kinds;
mod limit;
mod limits;
mod number;
mod people;
mod report;
mod spelling;
mod values;

pub use inspect::inspect;
pub use limit::{Limit, Sourced};
pub use limits::{Limits, People, Permission};
pub use report::GuardReport;
