//! The budgets against a model of the service's own buckets, under a paused clock.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::super::pacer::{Exceeded, Refused};
use super::super::*;

const SECOND: Duration = Duration::from_secs(1);
/// An ordinary answer time of a batch.
const ORDINARY: Duration = Duration::from_millis(150);

fn real() -> Limits {
    Limits::for_directory(Some(10_000))
}

/// The service's bucket of writes: what was used drains evenly, and refused requests count as well.
#[derive(Debug)]
struct ServiceBucket {
    used: f64,
    at: Instant,
    refused: u32,
    accepted: u32,
}

impl ServiceBucket {
    const WHOLE: f64 = 3_000.0;
    const RATE: f64 = 20.0;

    fn with_used(used: f64) -> Arc<Mutex<ServiceBucket>> {
        Arc::new(Mutex::new(ServiceBucket {
            used,
            at: Instant::now(),
            refused: 0,
            accepted: 0,
        }))
    }

    /// One write: whether it passes, and the share of the limit in hundredths.
    fn write(&mut self) -> (bool, f64) {
        self.used = (self.used - self.at.elapsed().as_secs_f64() * Self::RATE).max(0.0);
        self.at = Instant::now();
        let passes = self.used + 1.0 <= Self::WHOLE;
        self.used = (self.used + 1.0).min(Self::WHOLE * 1.8);
        if passes {
            self.accepted += 1;
        } else {
            self.refused += 1;
        }
        (passes, (self.used / Self::WHOLE * 100.0).round() / 100.0)
    }
}

/// Workers send batches of twenty until `total` writes have passed; the charge comes in the middle of the time a batch takes.
async fn send(
    pacer: &Arc<Pacer>,
    service: &Arc<Mutex<ServiceBucket>>,
    total: u32,
    (workers, latency): (u32, Duration),
) -> Duration {
    let begin = Instant::now();
    let left = Arc::new(AtomicU32::new(total));
    let workers: Vec<_> = (0..workers)
        .map(|_| {
            let (pacer, service, left) = (pacer.clone(), service.clone(), left.clone());
            tokio::spawn(async move {
                loop {
                    let taken = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                        (left > 0).then(|| left.saturating_sub(20))
                    });
                    let Ok(before) = taken else { break };
                    let mut open = before.min(20);
                    while open > 0 {
                        pacer.acquire(Cost::of_writes(open as usize)).await;
                        let asked = Instant::now();
                        sleep(latency / 2).await;
                        let answers: Vec<_> = {
                            let mut service = service.lock().unwrap();
                            (0..open).map(|_| service.write()).collect()
                        };
                        sleep(latency / 2).await;
                        for (passed, share) in answers {
                            pacer.observe_percentage(Touched::Writes, share, asked);
                            if passed {
                                open -= 1;
                                pacer.answered(asked);
                            } else {
                                pacer.refused(Refused {
                                    exceeded: Exceeded::Budget(Touched::Writes),
                                    wish: Some(SECOND),
                                    asked,
                                });
                            }
                        }
                    }
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await.unwrap();
    }
    begin.elapsed()
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_writes_take_one_percent_longer_than_the_bucket_allows_at_most() {
    for (workers, milliseconds) in [(1, 50), (8, 2), (8, 150), (32, 150), (32, 1_000)] {
        let (pacer, service) = (Arc::new(Pacer::new(real())), ServiceBucket::with_used(0.0));
        let shape = (workers, Duration::from_millis(milliseconds));
        let took = send(&pacer, &service, 10_000, shape).await.as_secs_f64();
        let least = (10_000.0 - ServiceBucket::WHOLE) / ServiceBucket::RATE;
        assert!(
            (least..=least * 1.01).contains(&took),
            "{shape:?}: {took} for {least} s"
        );
        let service = service.lock().unwrap();
        assert_eq!((service.accepted, service.refused), (10_000, 0), "{shape:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn another_application_that_takes_half_is_noticed_by_the_percentage_and_nobody_gets_a_429() {
    let (pacer, service) = (Arc::new(Pacer::new(real())), ServiceBucket::with_used(0.0));
    let other = {
        let service = service.clone();
        tokio::spawn(async move {
            loop {
                sleep(SECOND / 10).await;
                service.lock().unwrap().write();
            }
        })
    };
    let took = send(&pacer, &service, 8_000, (8, ORDINARY)).await;
    other.abort();
    assert_eq!(service.lock().unwrap().refused, 0);
    // Alone: 250 s. With half of the rate: 500 s, and as good as nothing of it is left lying.
    assert!(took > Duration::from_secs(480), "{took:?}");
    assert!(took < Duration::from_secs(550), "{took:?}");
    let fill = pacer.state().writes.unwrap();
    assert_eq!(
        fill.per_second, 20.0,
        "reports empty the bucket, only a 429 lowers the rate"
    );
}

#[tokio::test(start_paused = true)]
async fn what_others_used_before_the_run_is_taken_out_with_the_first_report() {
    let (pacer, service) = (Arc::new(Pacer::new(real())), ServiceBucket::with_used(2_000.0));
    let took = send(&pacer, &service, 3_000, (8, ORDINARY)).await;
    assert_eq!(service.lock().unwrap().refused, 0);
    assert!(
        (100..=105).contains(&took.as_secs()),
        "{took:?}: 2,000 of 3,000 were used up before"
    );
}

#[tokio::test(start_paused = true)]
async fn the_burst_is_used_only_as_far_as_the_bucket_is_known_to_be_full() {
    let pacer = Pacer::new(real());
    pacer.note_spent(2_900);
    assert_eq!(pacer.state().writes.unwrap().left, 70);
    let begin = Instant::now();
    pacer.acquire(Cost::of_writes(70)).await;
    assert_eq!(begin.elapsed(), Duration::ZERO);
    pacer.acquire(Cost::of_writes(20)).await;
    assert_eq!(begin.elapsed(), SECOND);

    pacer.note_spent(100);
    assert_eq!(pacer.state().writes.unwrap().left, 0);
    pacer.acquire(Cost::of_writes(20)).await;
    assert_eq!(
        begin.elapsed(),
        SECOND * 7,
        "what was spent beyond the bucket is waited for"
    );

    sleep(Duration::from_secs(1_000)).await;
    let full = pacer.state().writes.unwrap();
    assert_eq!((full.left, full.capacity), (2_970, 2_970));
    pacer.acquire(Cost::of_writes(2_970)).await;
    assert_eq!(begin.elapsed(), SECOND * 1_007);
}

#[tokio::test(start_paused = true)]
async fn a_report_that_agrees_with_our_own_reckoning_changes_nothing() {
    let pacer = Pacer::new(real());
    pacer.acquire(Cost::of_writes(2_700)).await;
    let left = |pacer: &Pacer| pacer.state().writes.unwrap().left;
    for fraction in [0.8, 0.9, 0.91] {
        pacer.observe_percentage(Touched::Writes, fraction, Instant::now());
        assert_eq!(left(&pacer), 270, "{fraction}");
    }
    // An old answer: the service's bucket has drained since.
    let asked = Instant::now();
    sleep(SECOND * 5).await;
    pacer.observe_percentage(Touched::Writes, 0.91, asked);
    assert_eq!(left(&pacer), 370);
    // Beyond the tolerance the difference is taken out: 0.95 is 2,850 of 3,000, so 120 of our 2,970 are left.
    pacer.observe_percentage(Touched::Writes, 0.95, Instant::now());
    assert_eq!(left(&pacer), 120);
    pacer.observe_percentage(Touched::ResourceUnits, 0.8, Instant::now());
    assert_eq!(left(&pacer), 120, "a report about reads is not about writes");
    // From 1.0 on the bucket is empty, and what is beyond must drain: 1.1 is 3,300, so 330 before the next.
    pacer.observe_percentage(Touched::Writes, 1.1, Instant::now());
    assert_eq!(left(&pacer), 0);
    let begin = Instant::now();
    let waiting = async {
        sleep(SECOND).await;
        pacer.wait_reason().unwrap().reason
    };
    let (_, reason) = tokio::join!(pacer.acquire(Cost::of_writes(20)), waiting);
    assert_eq!(reason, WaitReason::NearLimit);
    assert_eq!(begin.elapsed().as_millis(), 17_500);
}

#[tokio::test(start_paused = true)]
async fn a_429_empties_the_bucket_and_lowers_the_rate_which_comes_back() {
    let pacer = Pacer::new(real());
    let rate = |pacer: &Pacer| pacer.state().writes.unwrap().per_second;
    let begin = Instant::now();
    let refused = |wish, asked| {
        pacer.refused(Refused {
            exceeded: Exceeded::Budget(Touched::Writes),
            wish,
            asked,
        });
    };
    pacer.acquire(Cost::of_writes(20)).await;
    // A volley counts once.
    for _ in 0..20 {
        refused(Some(SECOND * 10), begin);
    }
    assert_eq!(rate(&pacer), 14.0);
    assert_eq!(pacer.state().writes.unwrap().left, 0);
    pacer.acquire(Cost::of_read(1)).await;
    assert_eq!(begin.elapsed(), SECOND * 10, "everybody waits for the hold");
    pacer.acquire(Cost::of_writes(14)).await;
    let waited = begin.elapsed().as_secs_f64();
    assert!(
        (10.9..11.1).contains(&waited),
        "{waited}: the bucket begins empty after the hold, at 14 a second"
    );

    refused(None, Instant::now());
    assert!((rate(&pacer) - 9.8).abs() < 0.01);
    for _ in 0..30 {
        sleep(SECOND * 100).await;
        refused(Some(SECOND), Instant::now());
    }
    assert!(
        rate(&pacer) >= 2.0,
        "{}: never below a tenth of the documented rate",
        rate(&pacer)
    );
    let low = rate(&pacer);
    sleep(SECOND * 17).await;
    assert!(
        (rate(&pacer) - low - 1.0).abs() < 0.01,
        "a twentieth of it in 15 s"
    );
    sleep(SECOND * 300).await;
    assert_eq!(rate(&pacer), 20.0);
    assert_eq!(
        pacer.state().resource_units.unwrap().per_second,
        800.0,
        "the other budget was not named"
    );
}

#[tokio::test(start_paused = true)]
async fn a_429_that_says_nothing_is_taken_for_the_budget_when_nothing_succeeds_before_the_next() {
    let pacer = Pacer::new(real());
    let refused = |exceeded| {
        pacer.refused(Refused {
            exceeded,
            wish: Some(SECOND),
            asked: Instant::now(),
        });
    };
    let fill = |pacer: &Pacer| {
        let fill = pacer.state().writes.unwrap();
        (fill.left, fill.per_second)
    };
    for _ in 0..5 {
        refused(Exceeded::Perhaps(Touched::Writes));
        sleep(SECOND).await;
        pacer.answered(Instant::now());
    }
    assert_eq!(fill(&pacer), (2_970, 20.0), "passing trouble");
    for _ in 0..5 {
        refused(Exceeded::Other);
        sleep(SECOND).await;
    }
    assert_eq!(fill(&pacer), (2_970, 20.0), "neither budget is used up");
    refused(Exceeded::Perhaps(Touched::Writes));
    assert_eq!(fill(&pacer), (0, 14.0));
}

#[tokio::test(start_paused = true)]
async fn refusals_without_a_wish_hold_longer_and_longer_until_something_succeeds() {
    let pacer = Pacer::new(Limits::unlimited());
    let refused = |wish: Option<Duration>| {
        pacer.refused(Refused {
            exceeded: Exceeded::Other,
            wish,
            asked: Instant::now(),
        });
    };
    let held = async || {
        let begin = Instant::now();
        pacer.acquire(Cost::of_writes(20)).await;
        begin.elapsed().as_secs()
    };
    for expected in [2, 4, 8, 16, 32, 64, 64] {
        refused(None);
        assert_eq!(held().await, expected);
    }
    refused(Some(Duration::ZERO));
    assert_eq!(held().await, 1, "a wish of nothing is not believed for ever");
    pacer.answered(Instant::now());
    refused(Some(Duration::ZERO));
    assert_eq!(held().await, 0);
    pacer.answered(Instant::now());
    refused(None);
    assert_eq!(held().await, 2);
    // An answer to what was asked before the refusal is no success after it.
    let before = Instant::now();
    refused(None);
    pacer.answered(before);
    assert_eq!(held().await, 4);
}

#[tokio::test(start_paused = true)]
async fn a_change_of_limits_never_gives_more_than_a_window_holds() {
    let budget = |units_max, seconds| {
        Some(Budget {
            units_max,
            window: Duration::from_secs(seconds),
        })
    };
    let writes = |writes| Limits {
        writes,
        ..Limits::unlimited()
    };
    for (name, first, spent, second, left) in [
        ("unchanged", budget(3_000, 150), 1_000, budget(3_000, 150), 1_970),
        ("grown", budget(1_000, 150), 400, budget(3_000, 150), 590),
        ("shrunk", budget(3_000, 150), 1_000, budget(2_000, 150), 980),
        (
            "shrunk below what was used",
            budget(3_000, 150),
            2_500,
            budget(2_000, 150),
            0,
        ),
        ("slower", budget(3_000, 150), 1_000, budget(3_000, 300), 1_970),
        ("new", None, 0, budget(3_000, 150), 0),
    ] {
        let pacer = Pacer::new(writes(first));
        pacer.acquire(Cost::of_writes(spent)).await;
        pacer.set_limits(writes(second));
        assert_eq!(pacer.state().writes.unwrap().left, left, "{name}");
        pacer.set_limits(writes(None));
        assert_eq!(pacer.state().writes, None);
        let begin = Instant::now();
        pacer.acquire(Cost::of_writes(100_000)).await;
        assert_eq!(begin.elapsed(), Duration::ZERO);
    }
    // A batch that is larger than the bucket is let through in parts.
    let pacer = Pacer::new(writes(budget(3, 1)));
    let begin = Instant::now();
    pacer.acquire(Cost::of_writes(20)).await;
    assert!((5.6..6.1).contains(&begin.elapsed().as_secs_f64()));
}
