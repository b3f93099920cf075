//! How long a worker waits before it sends the rest of a batch again, and when it has waited long enough.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::worker::PATIENCE;
use crate::graph::{Answer, CallError, Decision, Failure, ItemAnswer, Tries};

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

/// The longest pause of all workers, for the display.
#[derive(Debug, Default)]
pub struct Pauses(Mutex<Option<(Instant, String)>>);

impl Pauses {
    /// A worker begins to wait. Says whether that is news: not when others wait about as long already.
    pub(super) fn begin(&self, pause: Duration, reason: &str) -> bool {
        let until = Instant::now() + pause;
        let mut longest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let news = longest
            .as_ref()
            .is_none_or(|(known, _)| until > *known + Duration::from_secs(1));
        if news {
            *longest = Some((until, reason.to_owned()));
        }
        news
    }

    /// What is waited for now, and how long.
    pub(super) fn now(&self) -> Option<(Duration, String)> {
        let longest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (until, reason) = longest.as_ref()?;
        let left = until.saturating_duration_since(Instant::now());
        (!left.is_zero()).then(|| (left, reason.clone()))
    }
}

/// Since when a batch has got no usable answer.
#[derive(Debug, Default)]
pub(super) struct Trouble {
    since: Option<Instant>,
}

impl Trouble {
    /// Takes in what came of one attempt. One usable answer among them is a service that works.
    pub fn note(&mut self, outcome: &Result<Vec<ItemAnswer>, CallError>) {
        let usable = match outcome {
            Ok(answers) => answers.iter().any(|answer| {
                matches!(answer.answer, Answer::Done { .. })
                    || answer.failure().is_none_or(|failure| is_usable(&failure))
            }),
            Err(error) => is_usable(&error.failure()),
        };
        self.since = match self.since {
            _ if usable => None,
            None => Some(Instant::now()),
            since => since,
        };
    }

    /// No further attempt when there was no usable answer for too long.
    pub fn judge(&self, decision: Decision, tries: &Tries) -> Decision {
        let spent = self.since.is_some_and(|since| since.elapsed() >= PATIENCE);
        match decision {
            Decision::Again { .. } if spent && tries.maybe_applied() => Decision::InDoubt,
            Decision::Again { .. } if spent => Decision::GiveUp,
            decision => decision,
        }
    }
}

/// Whether the service said something with which the run can go on. Being told to wait is an answer.
fn is_usable(failure: &Failure) -> bool {
    match failure {
        Failure::Answer { status: 408, .. } => false,
        Failure::Answer { status, .. } => *status < 500 && !failure.is_concurrency(),
        Failure::NotSent => true,
        Failure::Transport { .. } | Failure::Unreadable | Failure::SignIn { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::TransportErrorKind;

    const AGAIN: Decision = Decision::Again {
        after: Duration::from_secs(1),
        refresh_token: false,
        new_connection: false,
    };

    fn broken() -> Failure {
        Failure::Transport {
            kind: TransportErrorKind::Reset,
            sent: true,
            first_contact: false,
        }
    }

    fn attempt(status: u16) -> Result<Vec<ItemAnswer>, CallError> {
        let answer = match status {
            204 => Answer::Done { status },
            _ => Answer::Unreadable {
                status,
                reason: "nothing that is known".to_owned(),
            },
        };
        Ok(vec![ItemAnswer {
            number: crate::domain::OperationNumber(0),
            answer,
            request_id: None,
        }])
    }

    #[tokio::test(start_paused = true)]
    async fn ten_minutes_without_a_usable_answer_are_enough_and_one_answer_begins_them_anew() {
        let mut trouble = Trouble::default();
        let mut tries = Tries::new(true, None);
        trouble.note(&attempt(200));
        tokio::time::advance(PATIENCE - Duration::from_secs(1)).await;
        trouble.note(&attempt(200));
        assert_eq!(trouble.judge(AGAIN, &tries), AGAIN);
        trouble.note(&attempt(204));
        tokio::time::advance(PATIENCE).await;
        assert_eq!(trouble.judge(AGAIN, &tries), AGAIN);
        trouble.note(&attempt(200));
        tokio::time::advance(PATIENCE).await;
        assert_eq!(trouble.judge(AGAIN, &tries), Decision::GiveUp);
        tries.after(&broken());
        assert_eq!(trouble.judge(AGAIN, &tries), Decision::InDoubt);
        assert_eq!(trouble.judge(Decision::GiveUp, &tries), Decision::GiveUp);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_is_news_once_and_over_when_its_time_is() {
        let pauses = Pauses::default();
        assert!(pauses.begin(Duration::from_secs(30), "the service answered 503"));
        assert!(!pauses.begin(Duration::from_secs(30), "the service answered 503"));
        assert!(!pauses.begin(Duration::from_secs(5), "the service asked to wait"));
        assert_eq!(pauses.now().unwrap().1, "the service answered 503");
        tokio::time::advance(Duration::from_secs(31)).await;
        assert_eq!(pauses.now(), None);
        assert!(pauses.begin(Duration::from_secs(2), "the service asked to wait"));
    }

    #[test]
    fn being_told_to_wait_is_an_answer_and_a_gateway_page_is_none() {
        for (status, usable) in [
            (429, true),
            (403, true),
            (409, true),
            (500, false),
            (503, false),
            (504, false),
        ] {
            let failure = Failure::Answer {
                status,
                code: String::new(),
                retry_after: None,
            };
            assert_eq!(is_usable(&failure), usable, "{status}");
        }
        assert!(!is_usable(&broken()) && !is_usable(&Failure::Unreadable));
    }
}
