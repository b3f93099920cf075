//! Requests kept apart where there is no budget to reckon with and the service says that its limit is near.

use std::time::Duration;

use tokio::time::Instant;

/// The share of the limit from which the service reports how full it is.
pub(super) const PERCENTAGE_FIRST: f64 = 0.8;
/// Slowness falls to half in this time when nothing more is heard.
const RECOVERY_HALF_LIFE: Duration = Duration::from_secs(15);
/// The slowest pace is the mean one divided by this.
const SLOWNESS_MAX: f64 = 8.0;
/// What one write, or one resource unit, is taken to need.
const INTERVAL: Duration = Duration::from_millis(10);

/// How far apart requests are kept.
#[derive(Debug, Default)]
pub(super) struct Spacing {
    /// 0 is full speed, 1 the mean pace, 2 half of it, and so on; as it was at `slow_since`.
    slowness: f64,
    slow_since: Option<Instant>,
    until: Option<Instant>,
}

impl Spacing {
    /// Takes in a fraction of the limit, from 0.8 upward: from there on requests are spaced more and more, at half the mean
    /// pace from 1.0; silence brings the speed back.
    pub fn report(&mut self, fraction: f64) {
        let now = Instant::now();
        let present = self.slowness_at(now);
        let next = if fraction >= 1.0 {
            (present * 2.0).max(2.0)
        } else {
            (present * 1.25).max(1.0)
        };
        self.slowness = next.min(SLOWNESS_MAX);
        self.slow_since = Some(now);
    }

    /// A request of so many units goes now; the next one waits accordingly.
    pub fn after(&mut self, units: u32) {
        let now = Instant::now();
        let slowness = self.slowness_at(now);
        self.until =
            (slowness >= 0.25 && units > 0).then(|| now + INTERVAL.saturating_mul(units).mul_f64(slowness));
    }

    /// Until when the next request waits.
    pub fn until(&self) -> Option<Instant> {
        self.until
    }

    fn slowness_at(&self, now: Instant) -> f64 {
        let quiet = self
            .slow_since
            .map_or(Duration::ZERO, |since| now.saturating_duration_since(since));
        self.slowness * 0.5_f64.powf(quiet.as_secs_f64() / RECOVERY_HALF_LIFE.as_secs_f64())
    }
}
