//! Whether anybody is reached at all.

use std::time::Duration;

use super::session::Session;

impl Session {
    /// For how long attempts have reached nobody, whoever made them: from the first to the last of them. `None` when the last one
    /// was answered, be it with an error.
    pub fn unreachable_for(&self) -> Option<Duration> {
        self.service.unreachable_for()
    }
}
