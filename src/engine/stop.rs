//! How a run ends early: told once, it finishes what is in flight; told twice, it leaves at once.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::signals::Signals;

/// Why a run ends before its work is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// Ctrl-C, or the signal a service manager sends.
    Interrupted,
    /// The time given with `--deadline` is over.
    Deadline,
    /// The service gave no usable answer for too long.
    Unavailable,
    /// Sign-in failed in the middle of the run.
    SignIn,
    /// The journal could not be written.
    Journal,
    /// A new password could not be kept.
    Passwords,
    /// More requests were refused than `--stop-after-failures` allows.
    Failures,
}

/// Shared by everybody who works; whoever waits also listens here.
#[derive(Debug, Clone, Default)]
pub struct Stop {
    drain: CancellationToken,
    leave: CancellationToken,
    /// A person or the deadline asked, whatever else has ended the run already.
    asked: CancellationToken,
    reason: Arc<OnceLock<StopReason>>,
    explanation: Arc<OnceLock<String>>,
}

impl Stop {
    pub fn new() -> Stop {
        Stop::default()
    }

    /// The same for what comes after the writing: it ends only when a person or the deadline asks, and not because the writing ended.
    pub fn after_writing(&self) -> Stop {
        Stop {
            drain: self.asked.clone(),
            leave: self.leave.clone(),
            asked: self.asked.clone(),
            reason: Arc::default(),
            explanation: Arc::default(),
        }
    }

    /// What stood behind the reason, in the words of the service. The first counts; call it before [`Stop::drain`].
    pub fn explain(&self, explanation: &str) {
        if !self.is_draining() {
            let _earlier = self.explanation.set(explanation.to_owned());
        }
    }

    pub fn explanation(&self) -> Option<&str> {
        self.explanation.get().map(String::as_str)
    }

    /// Asks for an orderly end. The first reason counts.
    pub fn drain(&self, reason: StopReason) {
        let _earlier = self.reason.set(reason);
        self.drain.cancel();
    }

    pub fn is_draining(&self) -> bool {
        self.drain.is_cancelled()
    }

    pub fn reason(&self) -> Option<StopReason> {
        self.reason.get().copied()
    }

    /// Why the run ends, for a row that is not done.
    pub(super) fn in_words(&self) -> String {
        let reason = match self.reason() {
            None | Some(StopReason::Interrupted) => return "the run was asked to end".to_owned(),
            Some(StopReason::Deadline) => return "the deadline passed".to_owned(),
            Some(StopReason::Failures) => {
                return "more requests were refused than `--stop-after-failures` allows".to_owned();
            }
            Some(StopReason::Unavailable) => "the service gave no usable answers any more",
            Some(StopReason::SignIn) => "sign-in or a permission stood in the way",
            Some(StopReason::Journal) => "the journal could not be written",
            Some(StopReason::Passwords) => "the file of passwords could not be written",
        };
        match self.explanation() {
            Some(explanation) => format!("{reason} ({})", explanation.trim_end_matches('.')),
            None => reason.to_owned(),
        }
    }

    /// Ends when an orderly end is asked for.
    pub async fn drained(&self) {
        self.drain.cancelled().await;
    }

    /// Ends when the person insists.
    pub async fn left(&self) {
        self.leave.cancelled().await;
    }

    /// Listens for signals and the deadline until the run is over. The first signal drains, the second leaves. From when this returns
    /// none is missed but a second one of the same kind that comes before the first was seen.
    pub fn listen(&self, deadline: Option<Duration>) -> tokio::task::JoinHandle<()> {
        let stop = self.clone();
        let mut signals = Signals::listen();
        tokio::spawn(async move {
            stop.until(signals.next(), deadline).await;
            signals.next().await;
            stop.leave.cancel();
        })
    }

    /// The same for a program that asks in its own way, and listens for signals itself if it wants to.
    pub fn heed(&self, wish: &Wish, deadline: Option<Duration>) -> AbortOnDropHandle<()> {
        let (stop, wish) = (self.clone(), wish.clone());
        AbortOnDropHandle::new(tokio::spawn(async move {
            stop.until(wish.0.cancelled(), deadline).await;
        }))
    }

    /// Drains when it is asked for or when the time is over.
    async fn until(&self, asked: impl Future<Output = ()>, deadline: Option<Duration>) {
        let deadline = async {
            match deadline {
                Some(deadline) => tokio::time::sleep(deadline).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = asked => self.drain(StopReason::Interrupted),
            () = deadline => self.drain(StopReason::Deadline),
        }
        self.asked.cancel();
    }
}

/// A program's wish that what is under way ends in good order. It cannot be taken back.
#[derive(Debug, Clone, Default)]
pub struct Wish(CancellationToken);

impl Wish {
    /// Asks for it.
    pub fn ask(&self) {
        self.0.cancel();
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::process::Command;

    use super::*;

    /// A moment in which a signal that was sent arrives for certain.
    const PATIENCE: Duration = Duration::from_secs(20);

    fn to_myself(signal: &str) {
        let sent = Command::new("kill")
            .args([signal, &std::process::id().to_string()])
            .status();
        assert!(sent.unwrap().success());
    }

    #[tokio::test]
    async fn signals_behind_each_other_count_as_two_and_none_comes_before_anybody_listens() {
        let stop = Stop::new();
        let listening = stop.listen(None);
        // Nothing waits in between: the task that was begun has not run yet, and the second comes before the first was dealt with.
        to_myself("-TERM");
        to_myself("-INT");
        assert!(!stop.is_draining());
        let both = async { tokio::join!(stop.drained(), stop.left()) };
        tokio::time::timeout(PATIENCE, both).await.unwrap();
        assert_eq!(stop.reason(), Some(StopReason::Interrupted));
        listening.await.unwrap();

        // One is only one.
        let stop = Stop::new();
        let listening = stop.listen(None);
        to_myself("-HUP");
        tokio::time::timeout(PATIENCE, stop.drained()).await.unwrap();
        let left = tokio::time::timeout(Duration::from_millis(200), stop.left()).await;
        assert!(left.is_err());
        listening.abort();
    }
}
