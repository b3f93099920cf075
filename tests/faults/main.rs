//! Faults: whatever goes wrong and whenever, every row has one outcome, the directory holds what the report says, and no
//! write that landed is repeated unless it was in doubt.

// Helpers of tests may stop a test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

#[cfg(unix)]
mod feed_month;
mod killing;
mod matrix;
mod proof;
mod roles;
#[cfg(unix)]
mod signals;
mod storms;
mod victims;
mod weather;

// Shared with `tests/main_job`, which needs more of them, or less.
#[allow(dead_code)]
#[path = "../common/hr.rs"]
mod hr;
#[allow(dead_code)]
#[path = "../common/receiver.rs"]
mod receiver;
#[allow(dead_code)]
#[path = "../common/sheet.rs"]
mod sheet;
#[allow(dead_code)]
#[path = "../common/stand.rs"]
mod stand;
#[allow(dead_code)]
#[path = "../common/wishes.rs"]
mod wishes;
