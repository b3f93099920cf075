//! How much may be asked of the service, in the currencies it counts in.
//!
//! <https://learn.microsoft.com/graph/throttling-limits#identity-and-access-service-limits>, as of 2026-02.

use std::time::Duration;

use jiff::Timestamp;

/// What one request costs: resource units (RU) and write requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cost {
    pub resource_units: u32,
    pub writes: u32,
}

impl Cost {
    /// `PATCH`, `PUT` and `DELETE` cost 1 RU and 1 write each, alone or in a batch.
    pub fn of_writes(count: usize) -> Cost {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        Cost {
            resource_units: count,
            writes: count,
        }
    }

    pub fn of_read(resource_units: u32) -> Cost {
        Cost {
            resource_units,
            writes: 0,
        }
    }

    /// The budget that an answer to a request of this cost speaks about.
    pub(super) fn touched(self) -> Touched {
        if self.writes > 0 {
            Touched::Writes
        } else {
            Touched::ResourceUnits
        }
    }
}

/// One of the two budgets of the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Touched {
    ResourceUnits,
    Writes,
}

/// A token bucket as the service keeps it: it holds `units_max` and refills to the full in one window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    pub units_max: u32,
    pub window: Duration,
}

/// The budgets of one application in one tenant; `None` is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub resource_units: Option<Budget>,
    pub writes: Option<Budget>,
    /// Requests for authentication methods.
    pub methods: Option<Budget>,
    /// Invitations.
    pub invitations: Option<Budget>,
}

/// 3,000 write requests in 2 minutes and 30 seconds, whatever the size of the tenant.
const WRITES: Budget = Budget {
    units_max: 3_000,
    window: Duration::from_secs(150),
};

/// Half of the one number that names authentication methods, 122 in 10 seconds for an application over all tenants: it may be
/// at work in others. What comes after a refusal says [`Limits::methods_after_refusal`].
/// <https://learn.microsoft.com/graph/throttling-limits#identity-and-access-reports-service-limits>
const METHODS: Budget = Budget {
    units_max: 60,
    window: Duration::from_secs(10),
};

/// Of the budget of authentication methods, after a refusal: 5 of 60, the number of the whole row. Whether the methods of one
/// user fall under it is not confirmed.
const METHODS_UNITS_AFTER_REFUSAL: u32 = 5;

/// Half of 150 in 5 seconds, which is for the tenant as a whole: the portal and others invite too.
/// <https://learn.microsoft.com/graph/throttling-limits#invitation-manager-service-limits>
const INVITATIONS: Budget = Budget {
    units_max: 75,
    window: Duration::from_secs(5),
};

impl Limits {
    /// Microsoft's published limits for a tenant of so many users: under 50, up to 500, more. An unknown size counts as small.
    pub fn for_directory(users: Option<u64>) -> Limits {
        let units_max = match users {
            None | Some(0..50) => 3_500,
            Some(50..=500) => 5_000,
            Some(501..) => 8_000,
        };
        Limits {
            resource_units: Some(Budget {
                units_max,
                window: Duration::from_secs(10),
            }),
            writes: Some(WRITES),
            methods: Some(METHODS),
            invitations: Some(INVITATIONS),
        }
    }

    /// No pacing but the service's own `Retry-After`.
    pub fn unlimited() -> Limits {
        Limits {
            resource_units: None,
            writes: None,
            methods: None,
            invitations: None,
        }
    }

    /// The budget of authentication methods while the service has lately refused one: the strictest that may be meant.
    pub fn methods_after_refusal(&self) -> Option<Budget> {
        self.methods.map(|budget| Budget {
            units_max: budget.units_max.min(METHODS_UNITS_AFTER_REFUSAL),
            ..budget
        })
    }

    /// The same units in windows that are shorter by this factor: a measurement in time that runs `factor` times as fast.
    pub fn scaled(self, factor: f64) -> Limits {
        let scaled = |budget: Budget| Budget {
            window: Duration::try_from_secs_f64(budget.window.as_secs_f64() / factor)
                .unwrap_or(budget.window)
                .max(Duration::from_nanos(1)),
            ..budget
        };
        Limits {
            resource_units: self.resource_units.map(scaled),
            writes: self.writes.map(scaled),
            methods: self.methods.map(scaled),
            invitations: self.invitations.map(scaled),
        }
    }
}

impl Budget {
    /// How much of the budget is used at a moment, when one unit was used at each of these earlier moments, in order.
    pub fn used_after(&self, moments: &[Timestamp], now: Timestamp) -> u32 {
        let leaked = |from: Timestamp, to: Timestamp| {
            to.duration_since(from).as_secs_f64().max(0.0) * self.per_second()
        };
        let mut used = 0.0_f64;
        let mut before = moments.first().copied().unwrap_or(now);
        for moment in moments {
            used = (used - leaked(before, *moment)).max(0.0) + 1.0;
            before = before.max(*moment);
        }
        (used - leaked(before, now))
            .max(0.0)
            .ceil()
            .min(f64::from(self.units_max)) as u32
    }

    /// What is never touched: a hundredth of the budget, 30 writes of 3,000.
    ///
    /// The service charges a request a moment after we do. Its bucket can therefore never be emptier than ours by more than it
    /// had to wait for the first request after a quiet time: 30 writes are one and a half seconds of that.
    pub(super) fn reserve(&self) -> u32 {
        self.units_max / 100
    }

    /// What may be used at once when the bucket is full.
    pub(super) fn capacity(&self) -> u32 {
        (self.units_max - self.reserve()).max(1)
    }

    /// Units that come back each second: the whole documented rate.
    pub fn per_second(&self) -> f64 {
        f64::from(self.units_max) / self.window.as_secs_f64()
    }

    /// The time after which one more unit is there when only this share of the rate is ours; rounded up.
    pub(super) fn interval(&self, share: f64) -> Duration {
        let nanos = self.window.as_nanos() as f64 / f64::from(self.units_max.max(1)) / share;
        Duration::from_nanos(nanos.ceil().max(1.0) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes that may go at once after a quiet time, and writes a second after that.
    fn pace(limits: Limits) -> Option<(f64, f64)> {
        let budget = limits.writes?;
        Some((f64::from(budget.capacity()), budget.per_second()))
    }

    #[test]
    fn what_earlier_writes_leave_of_the_budget_is_reckoned_from_their_moments() {
        let at = |second: i64| Timestamp::from_second(1_795_446_000 + second).unwrap();
        let burst = |second: i64, count: usize| vec![at(second); count];
        let steady = |from: i64, to: i64| (from..to).flat_map(|second| vec![at(second); 20]);
        for (moments, now, used) in [
            (Vec::new(), 0, 0),
            (burst(0, 300), 0, 300),
            (burst(0, 300), 10, 100),
            (burst(0, 300), 15, 0),
            (burst(0, 3_000), 149, 20),
            // A long run that began with a burst and kept the pace since has the bucket empty to its end.
            (
                burst(0, 3_000).into_iter().chain(steady(1, 4_000)).collect(),
                3_999,
                3_000,
            ),
            ([burst(0, 300), burst(1_000, 300)].concat(), 1_000, 300),
        ] {
            let found = WRITES.used_after(&moments, at(now));
            assert!(found.abs_diff(used) <= 20, "{found} {used} at {now}");
        }
    }

    #[test]
    fn a_bucket_holds_the_budget_but_for_a_hundredth_and_refills_in_one_window() {
        let small = Budget {
            units_max: 20,
            window: Duration::from_secs(10),
        };
        assert_eq!((WRITES.capacity(), WRITES.reserve()), (2_970, 30));
        assert_eq!(WRITES.interval(1.0), Duration::from_millis(50));
        assert_eq!(WRITES.interval(0.5), Duration::from_millis(100));
        assert_eq!(
            (small.capacity(), small.interval(1.0)),
            (20, Duration::from_millis(500))
        );
        let nothing = Budget {
            units_max: 0,
            ..small
        };
        assert_eq!(nothing.capacity(), 1);
        let units = Limits::for_directory(Some(10_000)).resource_units.unwrap();
        assert_eq!((units.units_max, units.capacity()), (8_000, 7_920));
        assert_eq!(
            pace(Limits::for_directory(None)),
            Some((2_970.0, 20.0)),
            "the forecast reckons with what the pacer does"
        );
    }

    #[test]
    fn scaled_limits_hold_the_same_units_in_shorter_windows() {
        let limits = Limits::for_directory(Some(10_000)).scaled(20.0);
        assert_eq!(
            limits.writes,
            Some(Budget {
                units_max: 3_000,
                window: Duration::from_millis(7_500)
            })
        );
        assert_eq!(limits.resource_units.unwrap().window, Duration::from_millis(500));
        assert_eq!(limits.methods.unwrap().window, Duration::from_millis(500));
        assert_eq!(pace(limits), Some((2_970.0, 400.0)));
        assert_eq!(Limits::unlimited().scaled(3.0), Limits::unlimited());
        let same = Limits::for_directory(None);
        assert_eq!(
            same.scaled(0.0),
            same,
            "a factor that means nothing changes nothing"
        );
    }

    #[test]
    fn the_size_of_the_tenant_decides_about_resource_units_only() {
        let units = |users| Limits::for_directory(users).resource_units.unwrap().units_max;
        assert_eq!(
            [
                units(None),
                units(Some(49)),
                units(Some(50)),
                units(Some(500)),
                units(Some(501))
            ],
            [3_500, 3_500, 5_000, 5_000, 8_000]
        );
        assert_eq!(
            Limits::for_directory(Some(9)).writes,
            Limits::for_directory(Some(9_000)).writes
        );
    }
}
