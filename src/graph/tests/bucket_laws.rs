//! Laws of the budgets, whatever happens: random runs under a paused clock.

use std::time::Duration;

use proptest::prelude::*;
use tokio::time::{Instant, advance};

use super::super::pacer::{Exceeded, Refused};
use super::super::*;

#[derive(Debug, Clone)]
enum Event {
    Write(u16),
    Pass(u32),
    Spent(u16),
    /// In hundredths, and the age of the answer in milliseconds.
    Report(u8, u16),
    Refusal(Option<u8>),
    Limits(u16),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        6 => (1..60_u16).prop_map(Event::Write),
        4 => (0..30_000_u32).prop_map(Event::Pass),
        1 => (0..400_u16).prop_map(Event::Spent),
        2 => (70..190_u8, 0..3_000_u16).prop_map(|(share, age)| Event::Report(share, age)),
        1 => proptest::option::of(0..20_u8).prop_map(Event::Refusal),
        1 => (1..600_u16).prop_map(Event::Limits),
    ];
    proptest::collection::vec(event, 1..60)
}

fn limits(units_max: u16) -> Limits {
    Limits {
        writes: Some(Budget {
            units_max: units_max.into(),
            window: Duration::from_secs(30),
        }),
        ..Limits::unlimited()
    }
}

fn left(pacer: &Pacer) -> u32 {
    pacer.state().writes.unwrap().left
}

/// Plays the events and checks after each of them, and the windows in the end.
async fn play(events: Vec<Event>) -> Result<(), TestCaseError> {
    let mut units = 300_u16;
    let mut largest = f64::from(units);
    let pacer = Pacer::new(limits(units));
    let mut grants: Vec<(Instant, f64)> = Vec::new();
    for event in events {
        let before = left(&pacer);
        match event {
            Event::Write(count) => {
                let hour = Instant::now() + Duration::from_secs(36_000);
                let turn = pacer.acquire_until(Cost::of_writes(count.into()), Some(hour));
                prop_assert!(turn.await.is_ok(), "every write has its turn in the end");
                grants.push((Instant::now(), count.into()));
            }
            Event::Pass(milliseconds) => {
                advance(Duration::from_millis(milliseconds.into())).await;
                prop_assert!(left(&pacer) >= before);
            }
            Event::Spent(count) => pacer.note_spent(count.into()),
            Event::Report(share, age) => {
                let now = Instant::now();
                let asked = now.checked_sub(Duration::from_millis(age.into())).unwrap_or(now);
                pacer.observe_percentage(Touched::Writes, f64::from(share) / 100.0, asked);
                prop_assert!(left(&pacer) <= before, "a report gave something back");
            }
            Event::Refusal(wish) => {
                pacer.refused(Refused {
                    exceeded: Exceeded::Budget(Touched::Writes),
                    wish: wish.map(|seconds| Duration::from_secs(seconds.into())),
                    asked: Instant::now(),
                });
                prop_assert_eq!(left(&pacer), 0);
            }
            Event::Limits(next) => {
                units = next;
                largest = largest.max(f64::from(units));
                pacer.set_limits(limits(units));
                prop_assert!(left(&pacer) <= before, "a change gave something away");
            }
        }
        let fill = pacer.state().writes.unwrap();
        prop_assert!(fill.left <= fill.capacity);
        prop_assert!(fill.per_second <= fill.per_second_documented + 1e-9);
        prop_assert!(fill.per_second >= fill.per_second_documented * 0.1 - 1e-9);
    }
    for (index, (first, _)) in grants.iter().enumerate() {
        let mut sum = 0.0;
        for (moment, count) in &grants[index..] {
            sum += count;
            // The first of them may have gathered over time before it was granted.
            let most = largest + (*moment - *first).as_secs_f64() * largest / 30.0;
            let gathered = grants[index].1;
            prop_assert!(sum <= most + gathered + 1.0, "{sum} of {most}");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_window_gives_more_than_a_full_bucket_and_its_refill_and_everybody_gets_a_turn(events in events()) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(play(events))?;
    }
}
