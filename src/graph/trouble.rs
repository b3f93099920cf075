//! What stands in the way of requests, for people who wait.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::retry::Failure;
use super::session::Session;

/// A shorter wait is over before anybody has read of it.
const TOLD_FROM: Duration = Duration::from_secs(1);

/// The last failure since something succeeded, and the wait that follows it.
#[derive(Debug)]
pub(super) struct Troubles {
    last: Mutex<Option<(String, Instant)>>,
    /// Each wait, in words.
    waits: watch::Sender<Option<String>>,
    /// How many show it already.
    shown_by: AtomicUsize,
}

/// While it lives, somebody shows what stands in the way, and nobody else has to.
#[derive(Debug)]
pub struct ShownHere<'t>(&'t Troubles);

impl Drop for ShownHere<'_> {
    fn drop(&mut self) {
        self.0.shown_by.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Default for Troubles {
    fn default() -> Troubles {
        Troubles {
            last: Mutex::new(None),
            waits: watch::Sender::new(None),
            shown_by: AtomicUsize::new(0),
        }
    }
}

impl Troubles {
    /// What stands in the way at the moment, and since when.
    pub fn now(&self) -> Option<(String, Duration)> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().map(|(what, since)| (what.clone(), since.elapsed()))
    }

    /// Remembers a failure until something succeeds.
    pub fn note(&self, failure: &Failure) {
        self.put(failure.in_words());
    }

    /// So many attempts have failed, this one last, and the next follows after a wait.
    pub fn note_wait(&self, failure: &Failure, failed: u32, after: Duration) {
        if after < TOLD_FROM {
            return;
        }
        let told = format!(
            "{}; attempt {} follows in {}",
            failure.in_words(),
            failed.saturating_add(1),
            in_words(after)
        );
        self.put(told.clone());
        self.waits.send_replace(Some(told));
    }

    pub fn is_over(&self) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub fn waits(&self) -> watch::Receiver<Option<String>> {
        self.waits.subscribe()
    }

    pub fn show_here(&self) -> ShownHere<'_> {
        self.shown_by.fetch_add(1, Ordering::Relaxed);
        ShownHere(self)
    }

    pub fn are_shown(&self) -> bool {
        self.shown_by.load(Ordering::Relaxed) > 0
    }

    fn put(&self, what: String) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let since = last.as_ref().map_or_else(Instant::now, |(_, since)| *since);
        *last = Some((what, since));
    }
}

/// `8 s`, `3 min 20 s`, `2 h 5 min`.
pub(super) fn in_words(wait: Duration) -> String {
    let seconds = wait.as_secs_f64().round() as u64;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, 0) => format!("{minutes} min"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, 0, _) => format!("{hours} h"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

impl Session {
    /// Hands on each wait of a second or more, in words, that nobody else shows; never ends by itself.
    pub async fn tell_waits(&self, tell: impl Fn(&str)) {
        let mut waits = self.troubles().waits();
        while waits.changed().await.is_ok() {
            let told = waits.borrow_and_update().clone();
            if let Some(told) = told.filter(|_| !self.troubles().are_shown()) {
                tell(&told);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_wait_is_told_with_its_reason_its_attempt_and_its_length_and_a_short_one_is_not() {
        let troubles = Troubles::default();
        let mut waits = troubles.waits();
        let failure = |status| Failure::Answer {
            status,
            code: String::new(),
            retry_after: None,
        };
        for (status, failed, after, words) in [
            (503, 1, 900, None),
            (
                503,
                1,
                1_400,
                Some("the service answered 503; attempt 2 follows in 1 s"),
            ),
            (
                429,
                4,
                200_000,
                Some("the service asked to wait; attempt 5 follows in 3 min 20 s"),
            ),
            (
                429,
                5,
                7_500_000,
                Some("the service asked to wait; attempt 6 follows in 2 h 5 min"),
            ),
        ] {
            troubles.note_wait(&failure(status), failed, Duration::from_millis(after));
            let told = waits
                .has_changed()
                .unwrap()
                .then(|| waits.borrow_and_update().clone())
                .flatten();
            assert_eq!(told.as_deref(), words);
        }
        assert!(troubles.now().is_some());
        troubles.is_over();
        assert!(troubles.now().is_none());
    }

    #[test]
    fn whoever_shows_it_shows_it_as_long_as_he_lives() {
        let troubles = Troubles::default();
        let shown = troubles.show_here();
        assert!(troubles.are_shown());
        drop(shown);
        assert!(!troubles.are_shown());
    }
}
