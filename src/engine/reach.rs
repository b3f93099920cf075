//! Ends a run whose service nobody can reach any more.

use std::time::Duration;

use tokio::time::interval;

use super::stop::{Stop, StopReason};

/// So long may no attempt of any worker reach anybody: longer than a router needs to come back, and much shorter than a service that
/// answers with errors is borne with.
const GONE: Duration = Duration::from_secs(3 * 60);
const EVERY: Duration = Duration::from_secs(1);

/// Watches until it is dropped, or the run was asked to end. `unreachable_for` says how long attempts have reached nobody.
pub(super) async fn watch(stop: Stop, unreachable_for: impl Fn() -> Option<Duration>) {
    let mut ticks = interval(EVERY);
    loop {
        ticks.tick().await;
        if let Some(time) = unreachable_for().filter(|time| *time >= GONE) {
            let minutes = time.as_secs() / 60;
            stop.explain(&format!("it could not be reached for {minutes} minutes"));
            stop.drain(StopReason::Unavailable);
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_service_that_nobody_reaches_ends_the_run_after_minutes_and_one_answer_begins_anew() {
        let began = Instant::now();
        let stop = Stop::new();
        // Gone from the start, there again for a moment after two minutes, and then gone for good.
        let unreachable = move || {
            let back = Duration::from_secs(120);
            let elapsed = began.elapsed();
            if elapsed < back {
                Some(elapsed)
            } else {
                Some(elapsed - back).filter(|time| !time.is_zero())
            }
        };
        watch(stop.clone(), unreachable).await;
        assert_eq!(began.elapsed(), Duration::from_secs(120) + GONE);
        assert_eq!(stop.reason(), Some(StopReason::Unavailable));
        assert_eq!(stop.explanation(), Some("it could not be reached for 3 minutes"));
        assert_eq!(
            stop.in_words(),
            "the service gave no usable answers any more (it could not be reached for 3 minutes)"
        );
    }

    #[test]
    fn only_who_was_asked_to_end_is_said_to_have_been() {
        for (reason, words) in [
            (StopReason::Interrupted, "the run was asked to end"),
            (StopReason::Deadline, "the deadline passed"),
            (StopReason::SignIn, "sign-in or a permission stood in the way"),
        ] {
            let stop = Stop::new();
            stop.drain(reason);
            assert_eq!(stop.in_words(), words);
        }
    }
}
