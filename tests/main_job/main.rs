//! The main job, end to end: the real binary against an embedded directory over real HTTP on 127.0.0.1.

// Helpers of tests may stop a test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bad_input;
mod bad_values;
mod big;
mod breaking_off;
mod compat;
mod conflicts;
mod exporting;
mod full_disk;
mod guards;
mod keys;
mod killing;
mod output;
mod partial;
mod practice;
mod reports;
mod sealed;
mod secrets;
mod service;
mod sheet;
mod stand;
mod storms;
mod undoing;
