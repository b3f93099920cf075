//! The only room with channels, tasks and threads: it moves rows and requests along the road and tells what happens.

mod counters;
mod event;
mod stop;

pub use counters::{Counter, Counters};
pub use event::{Event, Phase, Reporter};
pub use stop::{Stop, StopReason};
