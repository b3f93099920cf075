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

/// An answer that takes longer is told as something to wait for. Most take less than a second, and the first page of a large
/// directory some seconds.
const SILENT_AFTER: Duration = Duration::from_secs(10);

/// What may take long, in words.
pub(super) const SIGN_IN: &str = "the sign-in";
pub(super) const ANSWER: &str = "the answer of the service";

/// The last failure since something succeeded, and the wait that follows it.
#[derive(Debug)]
pub(super) struct Troubles {
    last: Mutex<Option<(String, Instant)>>,
    /// Each wait, in words.
    waits: watch::Sender<Option<String>>,
    /// The wait that was told, what for, and when it ends: many readers are asked to wait at the same time, and that is one wait.
    told: Mutex<Option<(String, Instant)>>,
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
            told: Mutex::new(None),
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

    /// So many attempts have failed, this one last, and the next follows after a wait. It is told unless a wait was told that
    /// lasts about as long.
    pub fn note_wait(&self, failure: &Failure, failed: u32, after: Duration) {
        let reason = failure.in_words();
        if after < TOLD_FROM {
            return self.put(reason);
        }
        if !self.is_another_than_told(&reason, after) {
            return;
        }
        let told = format!(
            "{reason}; attempt {} follows in {}",
            failed.saturating_add(1),
            in_words(after)
        );
        self.put(told.clone());
        self.waits.send_replace(Some(told));
    }

    /// Waits for an answer, and says so when it takes long. `what` it is that takes so long.
    pub async fn told_if_silent<T>(&self, what: &str, answer: impl Future<Output = T>) -> T {
        tokio::pin!(answer);
        if let Ok(answer) = tokio::time::timeout(SILENT_AFTER, &mut answer).await {
            return answer;
        }
        let told = format!("{what} takes more than {}", in_words(SILENT_AFTER));
        // Requests that are under way together are silent together; what was told stands until something is answered.
        let is_news = self.now().is_none_or(|(known, _)| known != told);
        self.put(told.clone());
        if is_news {
            self.waits.send_replace(Some(told.clone()));
        }
        let answer = answer.await;
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.as_ref().is_some_and(|(known, _)| *known == told) {
            *last = None;
        }
        answer
    }

    /// Whether it ends later than the wait that was told, or has another reason, or that one is over and forgotten.
    fn is_another_than_told(&self, reason: &str, after: Duration) -> bool {
        let until = Instant::now() + after;
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let is_told = told
            .as_ref()
            .is_some_and(|(known, end)| known == reason && until <= *end + TOLD_FROM);
        if !is_told {
            *told = Some((reason.to_owned(), until));
        }
        !is_told
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

    fn failure(status: u16) -> Failure {
        Failure::Answer {
            status,
            code: String::new(),
            retry_after: None,
        }
    }

    fn told(waits: &mut watch::Receiver<Option<String>>) -> Option<String> {
        let is_new = waits.has_changed().unwrap();
        is_new.then(|| waits.borrow_and_update().clone()).flatten()
    }

    #[tokio::test]
    async fn each_wait_is_told_with_its_reason_its_attempt_and_its_length_and_a_short_one_is_not() {
        let troubles = Troubles::default();
        let mut waits = troubles.waits();
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
            assert_eq!(told(&mut waits).as_deref(), words);
        }
        assert!(troubles.now().is_some());
        troubles.is_over();
        assert!(troubles.now().is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn readers_that_wait_together_are_one_wait_and_the_next_one_is_told_again() {
        let troubles = Troubles::default();
        let mut waits = troubles.waits();
        for (reader, after, is_told) in [
            (1, 8_000, true),
            (1, 8_600, false),
            (3, 5_000, false),
            (2, 12_000, true),
        ] {
            troubles.note_wait(&failure(429), reader, Duration::from_millis(after));
            assert_eq!(told(&mut waits).is_some(), is_told, "{after} ms");
            tokio::time::advance(Duration::from_millis(100)).await;
        }
        tokio::time::advance(Duration::from_secs(12)).await;
        troubles.note_wait(&failure(429), 2, Duration::from_secs(8));
        assert!(told(&mut waits).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_takes_long_is_told_once_for_all_who_wait_for_one() {
        let troubles = Troubles::default();
        let mut waits = troubles.waits();
        let answer = |seconds| async move {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            seconds
        };
        assert_eq!(
            troubles
                .told_if_silent("the answer of the service", answer(9))
                .await,
            9
        );
        assert_eq!(told(&mut waits), None);
        let (one, two) = tokio::join!(
            troubles.told_if_silent("the answer of the service", answer(11)),
            troubles.told_if_silent("the answer of the service", answer(30)),
        );
        assert_eq!((one, two), (11, 30));
        assert_eq!(
            told(&mut waits).as_deref(),
            Some("the answer of the service takes more than 10 s")
        );
        assert_eq!(told(&mut waits), None);
        assert!(troubles.now().is_none(), "it came");
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
