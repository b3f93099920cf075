//! The documented budgets: resource units by tenant size, and writes, each a bucket that empties with time.
//!
//! A bucket holds what was used. A call is refused when it would not fit, and counts nevertheless, as the
//! documents say; what refused calls add is capped at the highest percentage the service reports.

use super::options::Quota;
use std::time::Duration;
use tokio::time::Instant;

/// Above this share of a limit the service warns, up to [`PERCENTAGE_MAX`].
const PERCENTAGE_MIN: f64 = 0.8;
/// The highest share that is reported.
const PERCENTAGE_MAX: f64 = 1.8;
/// Writes of one app in one tenant per window.
const WRITES: (f64, Duration) = (3_000.0, Duration::from_secs(150));
/// Calls that touch the sign-in activity per window.
const SIGN_INS: (f64, Duration) = (10.0, Duration::from_secs(60));
/// Invitations of a tenant per window.
const INVITATIONS: (f64, Duration) = (150.0, Duration::from_secs(5));
/// The window of the resource units.
const UNITS_WINDOW: Duration = Duration::from_secs(10);

/// What a call costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cost {
    /// Resource units.
    pub units: u32,
    /// Writes.
    pub writes: u32,
    /// Whether the call reads or filters by sign-in activity.
    pub sign_in: bool,
    /// Whether the call invites somebody.
    pub invitation: bool,
}

#[derive(Debug)]
struct Bucket {
    capacity: f64,
    window: Duration,
    /// What others take from it, a second.
    others: f64,
    used: f64,
    at: Instant,
}

impl Bucket {
    fn new(capacity: f64, window: Duration, now: Instant) -> Self {
        Bucket {
            capacity,
            window,
            others: 0.0,
            used: 0.0,
            at: now,
        }
    }

    /// What comes back a second, less what others take of it.
    fn per_second(&self) -> f64 {
        self.capacity / self.window.as_secs_f64() - self.others
    }

    fn settle(&mut self, now: Instant) {
        let gone = now.saturating_duration_since(self.at).as_secs_f64();
        // Others fill it up at most; what is above was refused to us.
        let most = self.used.max(self.capacity);
        self.used = (self.used - gone * self.per_second()).clamp(0.0, most);
        self.at = now;
    }

    /// How long a call of this cost would have to wait; nothing when it fits.
    fn wait(&self, cost: f64) -> Option<f64> {
        let over = self.used + cost - self.capacity;
        // A budget below one call still lets a call through when nothing else was used.
        // Where others take all that comes back, a whole window is as good a word as any.
        let longest = self.window.as_secs_f64();
        (over > 1e-9 && self.used > 1e-9).then(|| match self.per_second() {
            rate if rate > 0.0 => (over / rate).min(longest),
            _ => longest,
        })
    }

    fn charge(&mut self, cost: f64) {
        self.used = (self.used + cost).min(self.capacity * PERCENTAGE_MAX);
    }

    fn share(&self) -> f64 {
        self.used / self.capacity
    }
}

/// What the budgets say to a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// Seconds to wait when it is refused, rounded up.
    pub refused: Option<u64>,
    /// The same in milliseconds.
    pub refused_ms: u64,
    /// The fullest budget from 0.8 upward.
    pub percentage: Option<f64>,
    /// `Read`, `Write` or `ReadWrite` when it is refused.
    pub limit: &'static str,
    /// Which limit was exceeded when it is refused.
    pub information: &'static str,
}

/// The budgets of one app in one tenant.
#[derive(Debug)]
pub struct Throttle(Option<Buckets>);

#[derive(Debug)]
struct Buckets {
    units: Bucket,
    writes: Bucket,
    sign_ins: Bucket,
    invitations: Bucket,
}

impl Throttle {
    /// Full budgets for a tenant of this many users.
    pub fn new(quota: Quota, users: usize, now: Instant) -> Self {
        let (size, speed) = match quota {
            Quota::Off => return Throttle(None),
            Quota::Real => (1.0, 1.0),
            Quota::Scaled(factor) => (factor, 1.0),
            Quota::Fast(factor) => (1.0, factor),
        };
        let bucket = |(capacity, window): (f64, Duration)| {
            let window = Duration::try_from_secs_f64(window.as_secs_f64() / speed).unwrap_or(window);
            Bucket::new(capacity * size, window, now)
        };
        Throttle(Some(Buckets {
            units: bucket((units_of(users), UNITS_WINDOW)),
            writes: bucket(WRITES),
            sign_ins: bucket(SIGN_INS),
            invitations: bucket(INVITATIONS),
        }))
    }

    /// The same with somebody else who takes so many writes a second.
    pub fn shared(mut self, others_writes_per_second: f64) -> Self {
        if let Some(buckets) = &mut self.0 {
            buckets.writes.others = others_writes_per_second.max(0.0);
        }
        self
    }

    /// Charges a call and says whether it may pass.
    pub fn take(&mut self, cost: Cost, now: Instant) -> Decision {
        let mut decision = Decision {
            refused: None,
            refused_ms: 0,
            percentage: None,
            limit: "ReadWrite",
            information: "",
        };
        let Some(buckets) = &mut self.0 else {
            return decision;
        };
        let parts = [
            (
                &mut buckets.writes,
                f64::from(cost.writes),
                "Write",
                "WriteLimitExceeded",
            ),
            (
                &mut buckets.sign_ins,
                f64::from(u8::from(cost.sign_in)),
                "Read",
                "ResourceUnitLimitExceeded",
            ),
            (
                &mut buckets.invitations,
                f64::from(u8::from(cost.invitation)),
                "Write",
                "InvitationLimitExceeded",
            ),
            (
                &mut buckets.units,
                f64::from(cost.units),
                "ReadWrite",
                "ResourceUnitLimitExceeded",
            ),
        ];
        let mut longest = 0.0_f64;
        let mut share = 0.0_f64;
        for (bucket, cost, limit, information) in parts {
            bucket.settle(now);
            if cost == 0.0 {
                continue;
            }
            if let Some(wait) = bucket.wait(cost)
                && wait > longest
            {
                longest = wait;
                decision.limit = limit;
                decision.information = information;
            }
            bucket.charge(cost);
            share = share.max(bucket.share());
        }
        if longest > 0.0 {
            decision.refused = Some(longest.ceil().max(1.0) as u64);
            decision.refused_ms = (longest * 1_000.0).ceil() as u64;
        }
        if share >= PERCENTAGE_MIN {
            decision.percentage = Some(share.min(PERCENTAGE_MAX));
        }
        decision
    }
}

/// The resource units of a tenant of this size per ten seconds.
fn units_of(users: usize) -> f64 {
    match users {
        0..50 => 3_500.0,
        50..=500 => 5_000.0,
        _ => 8_000.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITE: Cost = Cost {
        units: 1,
        writes: 1,
        sign_in: false,
        invitation: false,
    };

    #[test]
    fn three_thousand_writes_pass_at_once_and_then_twenty_a_second() {
        let start = Instant::now();
        let mut throttle = Throttle::new(Quota::Real, 600, start);
        for _ in 0..3_000 {
            assert_eq!(throttle.take(WRITE, start).refused, None);
        }
        let refused = throttle.take(WRITE, start);
        assert_eq!(
            (refused.refused, refused.limit, refused.information),
            (Some(1), "Write", "WriteLimitExceeded")
        );
        // The refused call counts, so a second later there is room for nineteen.
        let later = start + Duration::from_secs(1);
        let passed = (0..40)
            .filter(|_| throttle.take(WRITE, later).refused.is_none())
            .count();
        assert_eq!(passed, 19);
    }

    #[test]
    fn hammering_makes_the_wait_longer_up_to_the_highest_percentage() {
        let start = Instant::now();
        let mut throttle = Throttle::new(Quota::Real, 600, start);
        let mut last = throttle.take(WRITE, start);
        for _ in 0..9_000 {
            last = throttle.take(WRITE, start);
        }
        assert_eq!(last.percentage, Some(1.8));
        assert_eq!(last.refused, Some(121));
    }

    #[test]
    fn a_warning_comes_from_eighty_percent_upward() {
        let start = Instant::now();
        let mut throttle = Throttle::new(Quota::Real, 10, start);
        let read = Cost {
            units: 1,
            writes: 0,
            sign_in: false,
            invitation: false,
        };
        let warned = (1..=3_500).find(|_| throttle.take(read, start).percentage.is_some());
        assert_eq!(warned, Some(2_800));
    }

    #[test]
    fn the_tenant_size_decides_the_units() {
        for (users, units) in [(0, 3_500), (49, 3_500), (50, 5_000), (500, 5_000), (501, 8_000)] {
            let start = Instant::now();
            let mut throttle = Throttle::new(Quota::Real, users, start);
            let read = Cost {
                units: 1,
                writes: 0,
                sign_in: false,
                invitation: false,
            };
            let passed = (0..9_000)
                .filter(|_| throttle.take(read, start).refused.is_none())
                .count();
            assert_eq!(passed, units, "{users} users");
        }
    }

    #[test]
    fn in_scaled_time_the_budget_is_as_large_and_comes_back_faster() {
        let start = Instant::now();
        let mut throttle = Throttle::new(Quota::Fast(10.0), 600, start);
        let passed = (0..3_500).filter(|_| throttle.take(WRITE, start).refused.is_none());
        assert_eq!(passed.count(), 3_000);
        // The five hundred that were refused count; the next one fits after 501 of 200 a second came back.
        let refused = throttle.take(WRITE, start);
        assert_eq!((refused.refused, refused.refused_ms), (Some(3), 2_505));
        let later = start + Duration::from_millis(2_505) + Duration::from_secs(1);
        let passed = (0..500).filter(|_| throttle.take(WRITE, later).refused.is_none());
        assert_eq!(passed.count(), 200);
    }

    #[test]
    fn somebody_else_takes_a_part_of_what_comes_back() {
        for (others, room) in [(0.0, 200), (5.0, 150), (20.0, 0), (50.0, 0)] {
            let start = Instant::now();
            let mut throttle = Throttle::new(Quota::Real, 600, start).shared(others);
            let passed = (0..3_000).filter(|_| throttle.take(WRITE, start).refused.is_none());
            assert_eq!(passed.count(), 3_000);
            let later = start + Duration::from_secs(10);
            let passed = (0..300).take_while(|_| throttle.take(WRITE, later).refused.is_none());
            assert_eq!(passed.count(), room, "{others} a second");
        }
        // Who begins late finds what the others left.
        let start = Instant::now();
        let mut throttle = Throttle::new(Quota::Real, 600, start).shared(30.0);
        let later = start + Duration::from_secs(100);
        let passed = (0..3_000).take_while(|_| throttle.take(WRITE, later).refused.is_none());
        assert_eq!(passed.count(), 2_000);
        assert_eq!(throttle.take(WRITE, later).refused, Some(150));
    }

    #[test]
    fn without_quota_nothing_is_refused() {
        let start = Instant::now();
        let mut throttle = Throttle::new(Quota::Off, 10, start);
        assert!((0..10_000).all(|_| throttle.take(WRITE, start).refused.is_none()));
    }
}
