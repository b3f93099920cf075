//! One budget as a bucket. governor does the arithmetic; what the service says about its own bucket corrects it, downwards only.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::{StateInformationMiddleware, StateSnapshot};
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::time::Instant;

use super::limits::Budget;

/// A report may differ from our own reckoning by this share of the budget before it means that somebody else uses it too: the
/// service reports hundredths, and it charges a little later than we do.
const REPORT_TOLERANCE: f64 = 0.01;
/// A refusal leaves this much of the share of the rate that we believed to be ours.
const SHARE_AFTER_REFUSAL: f64 = 0.7;
/// The share never falls below this.
const SHARE_MIN: f64 = 0.1;
/// So much of the rate comes back after each [`SHARE_STEP_TIME`] in which nothing was heard.
const SHARE_STEP: f64 = 0.05;
/// See [`SHARE_STEP`]: from 0.7 to the whole rate it takes a minute and a half.
const SHARE_STEP_TIME: Duration = Duration::from_secs(15);

/// Less than this of a unit comes from the rounding of fractions.
const ROUNDING: f64 = 1e-6;

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

type Limiter = RateLimiter<NotKeyed, InMemoryState, TokioClock, StateInformationMiddleware>;

/// How full a bucket is, for display.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fill {
    /// Units that may be used at once.
    pub left: u32,
    /// What the bucket holds when it is full.
    pub capacity: u32,
    /// Units that are believed to come back each second.
    pub per_second: f64,
    /// Units that come back each second by Microsoft's documents.
    pub per_second_documented: f64,
}

/// The share of the documented rate that is believed to be ours; others may use the same budget.
#[derive(Debug, Clone, Copy)]
struct Belief {
    share: f64,
    quiet_since: Instant,
}

impl Belief {
    fn at(&self, now: Instant) -> f64 {
        let quiet = now.saturating_duration_since(self.quiet_since);
        let steps = (quiet.as_secs_f64() / SHARE_STEP_TIME.as_secs_f64()).floor();
        (self.share + steps * SHARE_STEP).min(1.0)
    }
}

/// One budget and the limiter that keeps it.
#[derive(Debug)]
pub(super) struct Bucket {
    budget: Budget,
    belief: Belief,
    /// The share for which the limiter was made.
    share: f64,
    limiter: Limiter,
    clock: TokioClock,
    /// What was left after the last taking, and when that was.
    known: (u32, Instant),
    /// What must drain off before anybody gets anything, beyond an empty bucket.
    owed: u32,
}

impl Bucket {
    /// A full bucket; `None` for a budget that is none.
    pub fn new(budget: Budget) -> Option<Bucket> {
        let now = Instant::now();
        let (limiter, clock) = limiter(budget, 1.0)?;
        Some(Bucket {
            budget,
            belief: Belief {
                share: 1.0,
                quiet_since: now,
            },
            share: 1.0,
            limiter,
            clock,
            known: (budget.capacity(), now),
            owed: 0,
        })
    }

    /// Changes the budget in its place. What was used stays used and what was not there is not given: the new bucket holds at
    /// most what was left, and at most what the used units leave of it. A bucket where none was begins empty.
    pub fn adapt(place: &mut Option<Bucket>, budget: Option<Budget>) {
        if place.as_ref().map(|bucket| bucket.budget) == budget {
            return;
        }
        let now = Instant::now();
        let Some(mut fresh) = budget.and_then(Bucket::new) else {
            *place = None;
            return;
        };
        let capacity = f64::from(fresh.budget.capacity());
        let used = match place {
            Some(old) => {
                fresh.belief = old.belief;
                old.used(now).max(capacity - old.free(now))
            }
            None => capacity,
        };
        fresh.settle(now);
        fresh.raise_used_to(used, now);
        *place = Some(fresh);
    }

    /// Takes what is needed and leaves 0, or says from when on it is worth another try. A need above the capacity is taken in
    /// parts, and what is owed is taken first.
    pub fn take(&mut self, units: &mut u32) -> Option<Instant> {
        self.settle(Instant::now());
        while *units > 0 {
            let part = self.owed.saturating_add(*units).min(self.budget.capacity());
            match self.limiter.check_n(NonZeroU32::new(part)?) {
                Ok(Ok(state)) => {
                    self.note(&state);
                    let paid = self.owed.min(part);
                    self.owed -= paid;
                    *units -= part - paid;
                }
                Ok(Err(not_until)) => {
                    let earliest: Nanos = not_until.earliest_possible();
                    return Some(self.clock.anchor + Duration::from(earliest));
                }
                // Cannot be: a part is never above the capacity. Should it be, time passes rather than the limit.
                Err(_) => return Some(Instant::now() + self.budget.window),
            }
        }
        None
    }

    /// Takes out what was used elsewhere, whether it is there or not.
    pub fn charge(&mut self, units: u32) {
        let now = Instant::now();
        self.settle(now);
        let there = units.min(self.left(now) as u32);
        let taken = match NonZeroU32::new(there).map(|part| self.limiter.check_n(part)) {
            Some(Ok(Ok(state))) => {
                self.note(&state);
                there
            }
            _ => 0,
        };
        self.owed = self.owed.saturating_add(units - taken);
    }

    /// Compares what the service says to be used, as a fraction of the limit, with our own reckoning, and takes the difference
    /// out; nothing is ever put back. `asked` is when the request left whose answer says so.
    ///
    /// Since then the service's bucket has refilled a little. From 1.0 upward there is no tolerance: the bucket is empty, and
    /// what is beyond is owed. Says whether others turned out to use the budget.
    pub fn report(&mut self, fraction: f64, asked: Instant) -> bool {
        let now = Instant::now();
        self.settle(now);
        let whole = f64::from(self.budget.units_max);
        let refilled = now.saturating_duration_since(asked).as_secs_f64() * self.budget.per_second();
        let tolerance = if fraction < 1.0 {
            whole * REPORT_TOLERANCE
        } else {
            0.0
        };
        let used = fraction * whole - refilled;
        let others = used > self.used(now) + tolerance;
        if others {
            self.heard(now);
            self.raise_used_to(used, now);
        }
        others
    }

    /// The service refused a request for this budget. `is_news` is false for the rest of a volley of refusals. When the hold is
    /// over the bucket is empty.
    pub fn refused(&mut self, until: Instant, is_news: bool) {
        let now = Instant::now();
        if is_news {
            self.belief.share = (self.belief.at(now) * SHARE_AFTER_REFUSAL).max(SHARE_MIN);
        }
        self.belief.quiet_since = self.belief.quiet_since.max(until);
        self.settle(now);
        let drained = until.saturating_duration_since(now).as_secs_f64() / self.interval();
        self.raise_used_to(f64::from(self.budget.capacity()) + drained, now);
    }

    /// Whether more was used than the bucket holds.
    pub fn is_in_debt(&self) -> bool {
        self.owed > 0
    }

    pub fn fill(&self) -> Fill {
        let now = Instant::now();
        Fill {
            left: (self.free(now) + ROUNDING).max(0.0) as u32,
            capacity: self.budget.capacity(),
            per_second: self.budget.per_second() * self.belief.at(now),
            per_second_documented: self.budget.per_second(),
        }
    }

    fn heard(&mut self, now: Instant) {
        self.belief.share = self.belief.at(now);
        self.belief.quiet_since = now.max(self.belief.quiet_since);
    }

    fn raise_used_to(&mut self, used: f64, now: Instant) {
        let more = used - self.used(now);
        self.charge((more - ROUNDING).ceil().max(0.0) as u32);
    }

    /// Brings the limiter to the share that is believed now. A changed quota needs a new limiter, which gets the old one's fill.
    fn settle(&mut self, now: Instant) {
        let share = self.belief.at(now);
        if (share - self.share).abs() < 1e-9 {
            return;
        }
        let left = self.left(now) as u32;
        let Some((limiter, clock)) = limiter(self.budget, share) else {
            return;
        };
        (self.limiter, self.clock, self.share) = (limiter, clock, share);
        self.known = (self.budget.capacity(), now);
        if let Some(gone) = NonZeroU32::new(self.budget.capacity() - left)
            && let Ok(Ok(state)) = self.limiter.check_n(gone)
        {
            self.note(&state);
        }
    }

    fn note(&mut self, state: &StateSnapshot) {
        self.known = (state.remaining_burst_capacity(), Instant::now());
    }

    /// Seconds for one more unit.
    fn interval(&self) -> f64 {
        self.budget.interval(self.share).as_secs_f64()
    }

    fn left(&self, now: Instant) -> f64 {
        let (left, at) = self.known;
        let gained = now.saturating_duration_since(at).as_secs_f64() / self.interval();
        (f64::from(left) + gained).min(f64::from(self.budget.capacity()))
    }

    /// What is left beyond what is owed; below zero in debt.
    fn free(&self, now: Instant) -> f64 {
        self.left(now) - f64::from(self.owed)
    }

    fn used(&self, now: Instant) -> f64 {
        f64::from(self.budget.capacity()) - self.free(now)
    }
}

fn limiter(budget: Budget, share: f64) -> Option<(Limiter, TokioClock)> {
    let clock = TokioClock {
        anchor: Instant::now(),
    };
    let quota = Quota::with_period(budget.interval(share))?.allow_burst(NonZeroU32::new(budget.capacity())?);
    let limiter = RateLimiter::direct_with_clock(quota, clock.clone()).with_middleware();
    Some((limiter, clock))
}
