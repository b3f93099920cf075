//! What an answer, or none, means for an operation of a batch, and for the run.

use tokio::time::Instant;

use super::super::stop::StopReason;
use super::super::work::Work;
use super::Worker;
use crate::domain::Refusal;
use crate::graph::{Decision, Failure, NO_GRAPH_ERROR};

/// Whether an answer refuses to make something, perhaps because it is made already.
pub(super) fn is_in_the_way(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::Answer {
            status: 400 | 404 | 409,
            ..
        }
    )
}

impl Worker {
    /// What the answer to one operation means for it. Says whether the answer was about its content.
    pub(super) fn decide(
        &self,
        work: &mut Work,
        decision: Decision,
        failure: &Failure,
        refusal: Refusal,
    ) -> bool {
        let about_content = match failure {
            // An error that is not Graph's own comes from something in between, and says nothing about a row.
            Failure::Answer { code, .. } if code == NO_GRAPH_ERROR => false,
            Failure::Answer { status, .. } => !matches!(status, 401 | 408 | 429 | 502..=504),
            Failure::NotSent => true,
            Failure::Transport { .. } | Failure::Unreadable | Failure::SignIn { .. } => false,
        };
        if decision == Decision::GiveUp && failure.is_concurrency() {
            // Somebody holds this user all the time; that is no fault of the row, and no reason to stop.
            work.not_sent(&refusal.message);
            return true;
        }
        if decision != Decision::GiveUp || !about_content {
            self.decide_whole(work, decision, failure, &refusal.message);
            return false;
        }
        let denied = refusal.code == "Authorization_RequestDenied";
        let for_good = work.refused(refusal);
        // A row that can be parted is no sign yet: the rest of it may be allowed.
        if denied && for_good && self.luck.denied() {
            self.context.stop.drain(StopReason::SignIn);
        }
        if !denied {
            self.luck.good();
        }
        true
    }

    /// What a failure that is not about the row itself means for it: nothing is refused for good.
    pub(super) fn decide_whole(&self, work: &mut Work, decision: Decision, failure: &Failure, message: &str) {
        match decision {
            Decision::Again { .. } => {
                let counters = self.context.reporter.counters();
                counters.requests_repeated.add(1);
                if matches!(failure, Failure::Answer { status: 429, .. }) {
                    counters.answers_throttled.add(1);
                }
            }
            Decision::GiveUp => {
                self.context.stop.explain(message);
                self.context.stop.drain(self.why(failure));
                work.not_sent(message);
            }
            Decision::InDoubt => {
                // A single unlucky row is no reason to stop; a service that gives no good answers any more is.
                if !matches!(failure, Failure::Answer { .. }) || (!is_in_the_way(failure) && self.luck.bad())
                {
                    self.context.stop.explain(message);
                    self.context.stop.drain(self.why(failure));
                }
                work.in_doubt(message);
            }
        }
    }

    pub(super) fn why(&self, failure: &Failure) -> StopReason {
        match failure {
            Failure::SignIn { transient: false, .. }
            | Failure::Answer {
                status: 401 | 403, ..
            } => StopReason::SignIn,
            // Also where the service asks for a longer wait than there is time.
            _ if self
                .context
                .deadline
                .is_some_and(|deadline| Instant::now() + failure.wish().unwrap_or_default() >= deadline) =>
            {
                StopReason::Deadline
            }
            _ => StopReason::Unavailable,
        }
    }
}
