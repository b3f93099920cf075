//! The only room with channels, tasks and threads: it moves rows and requests along the road and tells what happens.

mod bases;
mod counters;
mod event;
mod intake;
mod recorder;
mod stop;

pub use bases::{BaseError, Bases};
pub use counters::{Counter, Counters};
pub use event::{Event, Phase, Reporter};
pub use intake::{Intake, take_in};
pub use stop::{Stop, StopReason};
