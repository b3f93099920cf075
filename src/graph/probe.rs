//! One small question, to see how long an answer takes and what time the service has.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::call_error::CallError;
use super::limits::Cost;
use super::reader::DirectoryReader;
use super::retry_after::date;
use super::service::{Request, Response};

/// What one answer told beside what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probe {
    /// From the question to the last byte of the answer, with what it waited for its turn and for other attempts.
    pub took: Duration,
    /// What the clock of the service said, to the second; `None` where it did not say.
    pub served_at: Option<Timestamp>,
    /// What the clock of this machine said when the answer was there.
    pub answered_at: Timestamp,
}

impl DirectoryReader {
    /// Asks for the id of one user, which whoever may read any user may. <https://learn.microsoft.com/graph/api/user-list>
    ///
    /// # Errors
    /// [`CallError`], after all attempts.
    pub async fn probe(&self) -> Result<Probe, CallError> {
        let url = self.session.address("/users?$select=id&$top=1")?;
        let begun = Instant::now();
        let read = |response: &Response| Ok(date(&response.headers));
        let served_at = self.get(&Request::get(url), Cost::of_read(1), read).await?;
        Ok(Probe {
            took: begun.elapsed(),
            served_at,
            answered_at: Timestamp::now(),
        })
    }
}
