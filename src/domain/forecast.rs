//! How many requests a plan needs and how long they take at the service's pace.

use serde::Serialize;

use super::Plan;
use super::operation::{Action, BATCH_OPERATIONS_MAX, METHODS_TOGETHER_MAX};

/// The pace writes may keep: a bucket that is full at the start and refills evenly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// Writes that may go at once.
    pub burst: f64,
    /// Writes a second after that; infinite without a quota.
    pub per_second: f64,
    /// How long the service takes to answer one batch, and how many are in flight together.
    pub seconds_per_batch: f64,
    pub batches_in_flight: f64,
}

/// What a plan will cost.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Forecast {
    /// Writes the service counts.
    pub requests: u64,
    /// HTTP calls that carry them.
    pub batches: u64,
    /// From the first write to the last, rounded up.
    pub seconds: u64,
}

/// The cost of stages of so many writes at this pace: the quota or the round trips, whichever takes longer.
pub fn forecast(stages: &[u64], pace: Pace) -> Forecast {
    let requests: u64 = stages.iter().sum();
    let batches: u64 = stages
        .iter()
        .map(|stage| stage.div_ceil(BATCH_OPERATIONS_MAX as u64))
        .sum();
    let by_quota = ((requests as f64 - pace.burst).max(0.0)) / pace.per_second;
    let by_round_trips = batches as f64 * pace.seconds_per_batch / pace.batches_in_flight;
    Forecast {
        requests,
        batches,
        seconds: by_quota.max(by_round_trips).ceil() as u64,
    }
}

impl Forecast {
    /// The same with requests for authentication methods, which come after all others, in small batches. Each is read before and
    /// after it is written; `burst` and `per_second` are the pace of their lane.
    pub fn and_methods(self, requests: u64, burst: f64, per_second: f64) -> Forecast {
        let seconds = ((requests * METHOD_REQUESTS_PER_WRITE) as f64 - burst).max(0.0) / per_second;
        Forecast {
            requests: self.requests + requests,
            batches: self.batches + requests.div_ceil(METHODS_TOGETHER_MAX as u64),
            seconds: self.seconds + seconds.ceil() as u64,
        }
    }
}

impl Forecast {
    /// The same where so many of the requests are invitations, which are counted already and keep a lane of their own beside the
    /// others: whichever takes longer.
    pub fn with_invitations(self, invitations: u64, burst: f64, per_second: f64) -> Forecast {
        let seconds = (invitations as f64 - burst).max(0.0) / per_second;
        Forecast {
            seconds: self.seconds.max(seconds.ceil() as u64),
            ..self
        }
    }
}

impl Plan {
    /// How many requests go in the first stage, how many after it, and how many are for authentication methods, which come last.
    pub fn requests_by_stage(&self) -> ([u64; 2], u64) {
        let (mut first, mut later, mut methods) = (0, 0, 0);
        for user in &self.users {
            let actions = Action::all_of(user);
            let slow = actions.iter().filter(|action| action.is_sign_in_method()).count() as u64;
            let others = actions.len() as u64 - slow;
            first += others.min(1);
            later += others.saturating_sub(1);
            methods += slow;
        }
        ([first, later], methods)
    }
}

/// A look, the write itself, and reading back.
const METHOD_REQUESTS_PER_WRITE: u64 = 3;

/// What is known of a run while it goes on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UnderWay {
    /// Writes still to be made.
    pub remaining: u64,
    /// Writes that the budget allows at once; `None` without a budget.
    pub budget_left: Option<f64>,
    /// What the budget gains a second.
    pub budget_per_second: f64,
    /// What was settled a second lately, while nobody was held up; `None` when nothing was.
    pub lately_per_second: Option<f64>,
    /// How long everybody is still held up.
    pub hold_seconds: f64,
}

/// Seconds to the end, rounded up: what the budget allows or what was seen lately, whichever takes longer, and the hold before it.
/// `None` when nothing tells.
pub fn seconds_left(now: UnderWay) -> Option<u64> {
    let remaining = now.remaining as f64;
    let by_budget = now
        .budget_left
        .map(|left| (remaining - left).max(0.0) / now.budget_per_second.max(f64::MIN_POSITIVE));
    let by_sight = now
        .lately_per_second
        .filter(|lately| *lately > 0.0)
        .map(|lately| remaining / lately);
    let work = match (by_budget, by_sight) {
        (Some(budget), Some(sight)) => budget.max(sight),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) if now.remaining == 0 => 0.0,
        (None, None) => return None,
    };
    Some((now.hold_seconds.max(0.0) + work).ceil() as u64)
}
