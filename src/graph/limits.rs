//! How much may be asked of the service, in the two currencies it counts in.
//!
//! <https://learn.microsoft.com/graph/throttling-limits#identity-and-access-service-limits>, as of 2026-02.

use std::time::Duration;

/// What one request costs: resource units (RU) and write requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cost {
    pub resource_units: u32,
    pub writes: u32,
}

impl Cost {
    /// The turn was waited for before.
    pub(super) const TAKEN: Cost = Cost {
        resource_units: 0,
        writes: 0,
    };

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
}

/// So many units in any window of this length.
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
}

/// 3,000 write requests in 2 minutes and 30 seconds, whatever the size of the tenant.
const WRITES: Budget = Budget {
    units_max: 3_000,
    window: Duration::from_secs(150),
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
        }
    }

    /// Writes that may go at once after a quiet time, and writes a second after that; `None` without a limit.
    pub fn write_pace(&self) -> Option<(f64, f64)> {
        self.writes
            .map(|budget| (f64::from(budget.burst()), budget.interval().as_secs_f64().recip()))
    }

    /// No pacing but the service's own `Retry-After`.
    pub fn unlimited() -> Limits {
        Limits {
            resource_units: None,
            writes: None,
        }
    }
}

impl Budget {
    /// What may be used at once after a quiet time: a tenth of the window's units, at least one batch of 20.
    ///
    /// A bucket of `burst` units that gains `rate` per second gives at most `burst + rate x window` units in the worst window.
    /// So `rate = (units_max - burst) / window` uses the limit to the full and never exceeds it:
    /// for writes 300 + 18/s x 150 s = 3,000. A larger burst would serve small runs at once and slow down every long one.
    pub(super) fn burst(&self) -> u32 {
        let most = self.units_max.max(1);
        (most / 10).max(20).min(most)
    }

    /// The time after which one more unit is there; rounded up, so that rounding never adds a unit to a window.
    pub(super) fn interval(&self) -> Duration {
        let steady = u128::from(self.units_max.saturating_sub(self.burst()).max(1));
        let nanos = self.window.as_nanos().div_ceil(steady).max(1);
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn burst_and_rate_together_use_a_window_to_the_full_and_no_more() {
        let small = Budget {
            units_max: 20,
            window: Duration::from_secs(10),
        };
        let tiny = Budget {
            units_max: 3,
            ..small
        };
        let units = Limits::for_directory(Some(10_000)).resource_units.unwrap();
        assert_eq!(units.units_max, 8_000);
        for budget in [WRITES, units, small, tiny] {
            let gained = budget.window.as_nanos() / budget.interval().as_nanos();
            let worst = u128::from(budget.burst()) + gained;
            assert!(worst <= u128::from(budget.units_max) + 1, "{budget:?}: {worst}");
            assert!(worst + 1 >= u128::from(budget.units_max), "{budget:?}: {worst}");
        }
        assert_eq!(WRITES.burst(), 300);
        assert_eq!(WRITES.interval(), Duration::from_nanos(55_555_556));
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
