//! Tells once a second how a run gets on: its pace, what is left of the budget, what it waits for, and how long it takes.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::{Instant, interval};

use super::apply::ApplyContext;
use super::event::Event;
use crate::domain::{UnderWay, seconds_left};

const EVERY: Duration = Duration::from_secs(1);
/// So many seconds make "lately".
const LATELY: usize = 10;

/// Tells until it is dropped. `total` is the number of operations of the pass.
pub(super) async fn tell(context: ApplyContext, total: u64) {
    let counters = std::sync::Arc::clone(context.reporter.counters());
    let before = counters.operations_settled.get();
    let mut lately = Lately::default();
    let mut ticks = interval(EVERY);
    // The first tick comes at once, and there is nothing to tell yet.
    ticks.tick().await;
    loop {
        ticks.tick().await;
        let settled = counters.operations_settled.get() - before;
        let state = context.session.pace_state();
        let now = Instant::now();
        // Only the service holds everybody up; waiting for the budget is the pace itself. Workers that wait before another attempt
        // hold up the run when nobody else sends.
        let paused = context
            .pauses
            .now()
            .filter(|_| context.session.gate().in_flight() == 0);
        let held_by = state.waiting.filter(|waiting| waiting.reason.is_hold());
        let hold = held_by.map_or(Duration::ZERO, |waiting| {
            waiting.until.saturating_duration_since(now)
        });
        let hold = hold.max(paused.as_ref().map_or(Duration::ZERO, |(left, _)| *left));
        let held = !hold.is_zero();
        lately.note(settled, held);
        let per_second = lately.per_second();
        let left = seconds_left(UnderWay {
            remaining: total.saturating_sub(settled),
            budget_left: state.writes.map(|fill| f64::from(fill.left)),
            budget_per_second: state.writes.map_or(f64::INFINITY, |fill| fill.per_second),
            lately_per_second: per_second,
            hold_seconds: hold.as_secs_f64(),
        });
        context
            .reporter
            .emit(Event::Pace {
                settled,
                total,
                per_second: per_second.unwrap_or(0.0),
                budget_left: state.writes.map(|fill| u64::from(fill.left)),
                budget: state.writes.map(|fill| u64::from(fill.capacity)),
                in_flight: u64::from(context.session.gate().in_flight()),
                in_flight_max: u64::from(context.session.gate().limit()),
                waiting: state
                    .waiting
                    .map(|waiting| waiting.reason.to_string())
                    .or(paused.map(|(_, reason)| reason)),
                seconds_left: left,
            })
            .await;
    }
}

/// What was settled in each of the last seconds in which nobody was held up.
#[derive(Debug, Default)]
struct Lately {
    total: u64,
    seconds: VecDeque<u64>,
}

impl Lately {
    fn note(&mut self, settled: u64, held: bool) {
        let gained = settled.saturating_sub(self.total);
        self.total = settled;
        if held && gained == 0 {
            return;
        }
        self.seconds.push_back(gained);
        if self.seconds.len() > LATELY {
            self.seconds.pop_front();
        }
    }

    fn per_second(&self) -> Option<f64> {
        let gained: u64 = self.seconds.iter().sum();
        (gained > 0).then(|| gained as f64 / self.seconds.len() as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::Lately;

    #[test]
    fn lately_is_ten_seconds_and_a_hold_does_not_count() {
        let mut lately = Lately::default();
        assert_eq!(lately.per_second(), None);
        for second in 1..=5 {
            lately.note(second * 40, false);
        }
        assert_eq!(lately.per_second(), Some(40.0));
        for _ in 0..30 {
            lately.note(200, true);
        }
        assert_eq!(lately.per_second(), Some(40.0));
        for second in 1..=10 {
            lately.note(200 + second * 20, false);
        }
        assert_eq!(lately.per_second(), Some(20.0));
    }
}
