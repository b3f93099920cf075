//! The listeners of engine events: bars, plain lines, NDJSON; and questions. Everything here goes to stderr.

mod bars;
mod ndjson;
mod plain;
mod progress;
mod question;

pub use progress::{Progress, ProgressMode};
pub use question::{ask_text, ask_yes, somebody_can_be_asked};
