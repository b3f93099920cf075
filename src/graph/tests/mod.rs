//! Tests of this room that need more than one file of it: tables first, then a server on this machine.

mod beside;
mod bucket_laws;
mod budgets;
mod certificates;
mod challenging;
mod coding;
mod deciding;
mod doubting;
mod gating;
mod machine;
mod pacing;
mod persons;
mod pictures;
mod reading;
mod refusing;
mod roles;
mod signing_in;
mod wire;
mod writing;
