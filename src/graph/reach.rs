//! Whether anybody is reached at all.

use std::time::Duration;

use super::session::Session;

impl Session {
    /// HTTP requests of every kind so far, repetitions and those for tokens too; a batch counts once.
    pub fn requests_sent(&self) -> u64 {
        self.service.requests_begun()
    }

    /// For how long attempts have reached nobody, whoever made them: from the first to the last of them. `None` when the last one
    /// was answered, be it with an error.
    pub fn unreachable_for(&self) -> Option<Duration> {
        self.service.unreachable_for()
    }
}
