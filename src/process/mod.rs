//! Other programs that are started: how they are ended with all that they started themselves.

mod group;

pub use group::end_group;
