//! The pace of the whole run: two budgets, one queue, one shared "not before".
//!
//! A caller takes its turn in a fair queue and keeps it until the shared hold has passed and both budgets have room; so a batch
//! of twenty is never overtaken for ever by single reads, and a `Retry-After` stops everybody, not only the one who got it.

use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::limits::{Budget, Cost, Limits};

/// The share of the limit from which the service reports how full it is.
const PERCENTAGE_FIRST: f64 = 0.8;
/// Slowness falls to half in this time when nothing more is heard.
const RECOVERY_HALF_LIFE: Duration = Duration::from_secs(15);
/// The slowest pace is the budget's own divided by this.
const SLOWNESS_MAX: f64 = 8.0;
/// What one write, or one resource unit, is taken to need where there is no budget to say so.
const INTERVAL_WITHOUT_BUDGET: Duration = Duration::from_millis(10);

/// Time as the runtime sees it, so that a test can pause it.
#[derive(Debug, Clone)]
struct TokioClock {
    anchor: Instant,
}

impl Clock for TokioClock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::from(self.anchor.elapsed())
    }
}

type Limiter = RateLimiter<NotKeyed, InMemoryState, TokioClock, NoOpMiddleware<Nanos>>;

/// One budget and the limiter that keeps it.
#[derive(Debug)]
struct Bucket {
    budget: Budget,
    limiter: Limiter,
    clock: TokioClock,
}

/// Why requests wait at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitReason {
    /// The budget of resource units is used up.
    ResourceUnits,
    /// The budget of writes is used up.
    Writes,
    /// The service asked everybody to wait.
    RetryAfter,
    /// The service said that its limit is near.
    NearLimit,
}

/// Until when requests wait, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    pub reason: WaitReason,
    pub until: Instant,
}

impl std::fmt::Display for WaitReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            WaitReason::ResourceUnits => "the budget of resource units is used up",
            WaitReason::Writes => "the budget of writes is used up",
            WaitReason::RetryAfter => "the service asked to wait",
            WaitReason::NearLimit => "the service said that its limit is near",
        })
    }
}

/// The deadline passed while a request waited for its turn; it was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeadlinePassed;

/// One for the whole run, shared by everything that sends.
#[derive(Debug)]
pub struct Pacer {
    queue: tokio::sync::Mutex<Buckets>,
    shared: Mutex<Shared>,
}

#[derive(Debug)]
struct Buckets {
    resource_units: Option<Bucket>,
    writes: Option<Bucket>,
}

#[derive(Debug, Default)]
struct Shared {
    not_before: Option<Instant>,
    /// Keeps requests apart while the limit is near.
    spaced_until: Option<Instant>,
    /// 0 is full speed, 1 the budget's mean pace without bursts, 2 half of it, and so on; as it was at `slow_since`.
    slowness: f64,
    slow_since: Option<Instant>,
    waiting: Option<Waiting>,
}

impl Pacer {
    pub fn new(limits: Limits) -> Pacer {
        Pacer {
            queue: tokio::sync::Mutex::new(Buckets::new(limits)),
            shared: Mutex::default(),
        }
    }

    /// Changes the budgets, for instance when the size of the directory is known. A budget that stays the same keeps its state;
    /// a new one begins empty, so that a change never gives more than a window holds.
    pub async fn set_limits(&self, limits: Limits) {
        let mut buckets = self.queue.lock().await;
        Bucket::replace(&mut buckets.resource_units, limits.resource_units);
        Bucket::replace(&mut buckets.writes, limits.writes);
    }

    /// Waits until a request of this cost may be sent.
    pub async fn acquire(&self, cost: Cost) {
        let buckets = self.queue.lock().await;
        // Whatever happens to this future, the state shown must not stay behind.
        let _shown = Shown(self);
        let mut need = [
            (
                WaitReason::ResourceUnits,
                cost.resource_units,
                &buckets.resource_units,
            ),
            (WaitReason::Writes, cost.writes, &buckets.writes),
        ];
        loop {
            if let Some(waiting) = self.barrier() {
                self.wait(waiting).await;
                continue;
            }
            let refused = need.iter_mut().find_map(|(reason, units, bucket)| {
                let until = bucket.as_ref()?.take(units)?;
                Some(Waiting {
                    reason: *reason,
                    until,
                })
            });
            match refused {
                Some(waiting) => self.wait(waiting).await,
                None => break,
            }
        }
        self.space(cost, &buckets);
    }

    /// The same, but gives up at the deadline.
    ///
    /// # Errors
    /// [`DeadlinePassed`]; nothing was sent.
    pub async fn acquire_until(&self, cost: Cost, deadline: Option<Instant>) -> Result<(), DeadlinePassed> {
        let Some(deadline) = deadline else {
            self.acquire(cost).await;
            return Ok(());
        };
        if Instant::now() >= deadline {
            return Err(DeadlinePassed);
        }
        timeout_at(deadline, self.acquire(cost))
            .await
            .map_err(|_| DeadlinePassed)
    }

    /// Nobody sends before this moment; of several moments the latest counts.
    pub fn hold_until(&self, moment: Instant) {
        let mut shared = self.shared();
        shared.not_before = shared.not_before.max(Some(moment));
    }

    /// Takes in `x-ms-throttle-limit-percentage`, a fraction of the limit that the service sends from 0.8 upward:
    /// from there on requests are spaced more and more, at half the mean pace from 1.0; silence brings the speed back.
    pub fn observe_percentage(&self, fraction: f64) {
        if !fraction.is_finite() || fraction < PERCENTAGE_FIRST {
            return;
        }
        let now = Instant::now();
        let mut shared = self.shared();
        let present = shared.slowness_at(now);
        let next = if fraction >= 1.0 {
            (present * 2.0).max(2.0)
        } else {
            (present * 1.25).max(1.0)
        };
        shared.slowness = next.min(SLOWNESS_MAX);
        shared.slow_since = Some(now);
    }

    /// What requests wait for at the moment; `None` when the way is free.
    pub fn wait_reason(&self) -> Option<Waiting> {
        self.shared().waiting
    }

    /// What stands before the budgets: the shared hold, then the spacing.
    fn barrier(&self) -> Option<Waiting> {
        let now = Instant::now();
        let shared = self.shared();
        let ahead = |moment: Option<Instant>, reason| {
            let until = moment.filter(|moment| *moment > now)?;
            Some(Waiting { reason, until })
        };
        ahead(shared.not_before, WaitReason::RetryAfter)
            .or_else(|| ahead(shared.spaced_until, WaitReason::NearLimit))
    }

    async fn wait(&self, waiting: Waiting) {
        self.shared().waiting = Some(waiting);
        sleep_until(waiting.until).await;
    }

    fn space(&self, cost: Cost, buckets: &Buckets) {
        let now = Instant::now();
        let mut shared = self.shared();
        let slowness = shared.slowness_at(now);
        if slowness < 0.25 {
            shared.spaced_until = None;
            return;
        }
        let worth = |bucket: &Option<Bucket>, units: u32| {
            let interval = bucket
                .as_ref()
                .map_or(INTERVAL_WITHOUT_BUDGET, |bucket| bucket.budget.interval());
            interval.saturating_mul(units)
        };
        let mean =
            worth(&buckets.resource_units, cost.resource_units).max(worth(&buckets.writes, cost.writes));
        shared.spaced_until = Some(now + mean.mul_f64(slowness));
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    fn slowness_at(&self, now: Instant) -> f64 {
        let quiet = self
            .slow_since
            .map_or(Duration::ZERO, |since| now.saturating_duration_since(since));
        self.slowness * 0.5_f64.powf(quiet.as_secs_f64() / RECOVERY_HALF_LIFE.as_secs_f64())
    }
}

/// Takes the shown state back when its waiter leaves, also when it is cancelled.
struct Shown<'a>(&'a Pacer);

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        self.0.shared().waiting = None;
    }
}

impl Buckets {
    fn new(limits: Limits) -> Buckets {
        Buckets {
            resource_units: limits.resource_units.and_then(Bucket::new),
            writes: limits.writes.and_then(Bucket::new),
        }
    }
}

impl Bucket {
    fn new(budget: Budget) -> Option<Bucket> {
        let clock = TokioClock {
            anchor: Instant::now(),
        };
        let quota = Quota::with_period(budget.interval())?.allow_burst(NonZeroU32::new(budget.burst())?);
        Some(Bucket {
            budget,
            limiter: RateLimiter::direct_with_clock(quota, clock.clone()),
            clock,
        })
    }

    fn replace(place: &mut Option<Bucket>, budget: Option<Budget>) {
        if place.as_ref().map(|bucket| bucket.budget) == budget {
            return;
        }
        *place = budget.and_then(Bucket::new);
        if let Some(bucket) = place {
            let mut all = bucket.budget.burst();
            bucket.take(&mut all);
        }
    }

    /// Takes what is needed and leaves 0, or says from when on it is worth another try. A need above the burst is taken in parts.
    fn take(&self, units: &mut u32) -> Option<Instant> {
        while let Some(part) = NonZeroU32::new((*units).min(self.budget.burst())) {
            match self.limiter.check_n(part) {
                Ok(Ok(())) => *units -= part.get(),
                Ok(Err(not_until)) => {
                    return Some(self.clock.anchor + Duration::from(not_until_instant(&not_until)));
                }
                // Cannot be: a part is never above the burst. Should it be, time passes rather than the limit.
                Err(_) => return Some(Instant::now() + self.budget.window),
            }
        }
        None
    }
}

fn not_until_instant(not_until: &governor::NotUntil<Nanos>) -> Nanos {
    not_until.earliest_possible()
}
