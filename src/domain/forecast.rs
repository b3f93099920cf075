//! How many requests a plan needs and how long they take at the service's pace.

use serde::Serialize;

use super::operation::BATCH_OPERATIONS_MAX;

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
