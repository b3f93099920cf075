//! Saying what a command waits for where no progress shows it.

use std::sync::Arc;

use tokio::task::JoinHandle;

use super::output::Output;
use crate::graph::Session;

/// Waits are said as long as it lives.
#[derive(Debug)]
pub struct WaitsTold(JoinHandle<()>);

impl WaitsTold {
    /// Says each wait for a service that does not answer or asks to wait: why, the attempt that follows, and how long it is.
    pub fn begin(output: Output, session: &Arc<Session>) -> WaitsTold {
        let session = Arc::clone(session);
        WaitsTold(tokio::spawn(async move {
            let say = |told: &str| output.say(&format!("Waiting: {told}."));
            session.tell_waits(say).await;
        }))
    }
}

impl Drop for WaitsTold {
    fn drop(&mut self) {
        self.0.abort();
    }
}
