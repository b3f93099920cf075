//! How long a worker waits before it sends the rest of a batch again.

use std::time::Duration;

use crate::graph::{Decision, Failure};

/// The longest wait among the items of a batch.
#[derive(Debug, Default)]
pub(super) struct Pause {
    pub after: Duration,
    pub new_connection: bool,
    pub reason: String,
}

impl Pause {
    /// Takes in what is to be done about one more of them.
    pub fn add(&mut self, decision: Decision, failure: &Failure) {
        if let Decision::Again {
            after,
            new_connection,
            ..
        } = decision
        {
            if after >= self.after {
                self.after = after;
                self.reason = failure.in_words();
            }
            self.new_connection |= new_connection;
        }
    }
}
