//! The pace under a paused clock: budgets, the queue, waits everybody shares.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::super::*;

const MINUTES_TEN: Duration = Duration::from_secs(600);

fn real() -> Limits {
    Limits::for_directory(Some(10_000))
}

/// The most units within any window of this length: a full bucket and what came back meanwhile.
fn worst(grants: &[(Instant, u32)], window: Duration) -> u32 {
    let mut first = 0;
    let (mut sum, mut most) = (0, 0);
    for (moment, units) in grants {
        sum += units;
        while *moment - grants[first].0 >= window {
            sum -= grants[first].1;
            first += 1;
        }
        most = most.max(sum);
    }
    most
}

#[tokio::test(start_paused = true)]
async fn ten_minutes_at_full_speed_use_a_full_bucket_and_its_refill_and_no_more() {
    let pacer = Arc::new(Pacer::new(real()));
    let grants: Arc<Mutex<Vec<(Instant, u32)>>> = Arc::default();
    let begin = Instant::now();
    let mut workers = Vec::new();
    for size in [20_usize, 20, 20, 1, 7, 20, 20, 3] {
        let (pacer, grants) = (pacer.clone(), grants.clone());
        workers.push(tokio::spawn(async move {
            while begin.elapsed() < MINUTES_TEN {
                pacer.acquire(Cost::of_writes(size)).await;
                grants.lock().unwrap().push((Instant::now(), size as u32));
                sleep(Duration::from_millis(120)).await;
            }
        }));
    }
    for worker in workers {
        worker.await.unwrap();
    }
    let mut grants = grants.lock().unwrap().clone();
    grants.sort();
    let most = worst(&grants, Duration::from_secs(150));
    assert!(most <= 2_970 + 3_000, "{most}");
    let total: u32 = grants.iter().map(|grant| grant.1).sum();
    let lasted = grants.last().unwrap().0 - begin;
    let there = 2_970.0 + 20.0 * lasted.as_secs_f64();
    assert!(
        (there - 25.0..=there).contains(&f64::from(total)),
        "{total} of {there}: the quota is left unused, or exceeded"
    );
}

#[tokio::test(start_paused = true)]
async fn reads_are_paced_by_resource_units() {
    let pacer = Pacer::new(Limits::for_directory(None));
    let mut grants = Vec::new();
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(60) {
        pacer.acquire(Cost::of_read(40)).await;
        grants.push((Instant::now(), 40));
    }
    let most = worst(&grants, Duration::from_secs(10));
    // A full bucket of 3,465 at first, and 3,500 that come back in ten seconds.
    assert!((6_800..=6_965).contains(&most), "{most}");
}

#[tokio::test(start_paused = true)]
async fn everybody_waits_for_the_shared_hold_and_the_latest_counts() {
    let pacer = Arc::new(Pacer::new(Limits::unlimited()));
    let begin = Instant::now();
    pacer.hold_until(begin + Duration::from_secs(30));
    pacer.hold_until(begin + Duration::from_secs(10));
    let workers: Vec<_> = (0..16)
        .map(|_| {
            let pacer = pacer.clone();
            tokio::spawn(async move {
                pacer.acquire(Cost::of_writes(20)).await;
                begin.elapsed()
            })
        })
        .collect();
    sleep(Duration::from_secs(5)).await;
    let waiting = pacer.wait_reason().unwrap();
    assert_eq!(
        (waiting.reason, waiting.until),
        (WaitReason::RetryAfter, begin + Duration::from_secs(30))
    );
    // A later wish reaches those who wait already.
    pacer.hold_until(begin + Duration::from_secs(40));
    for worker in workers {
        assert!(worker.await.unwrap() >= Duration::from_secs(40));
    }
    assert_eq!(pacer.wait_reason(), None);
}

#[tokio::test(start_paused = true)]
async fn a_hold_stops_those_who_wait_for_the_budget() {
    let pacer = Arc::new(Pacer::new(real()));
    pacer.acquire(Cost::of_writes(2_970)).await;
    let begin = Instant::now();
    let waiter = {
        let pacer = pacer.clone();
        tokio::spawn(async move {
            pacer.acquire(Cost::of_writes(20)).await;
            begin.elapsed()
        })
    };
    sleep(Duration::from_millis(100)).await;
    assert_eq!(pacer.wait_reason().unwrap().reason, WaitReason::Writes);
    pacer.hold_until(begin + Duration::from_secs(60));
    assert!(waiter.await.unwrap() >= Duration::from_secs(60));
}

#[tokio::test(start_paused = true)]
async fn a_hold_that_begins_after_the_turn_is_waited_out_without_a_second_charge() {
    let pacer = Arc::new(Pacer::new(real()));
    let left = |pacer: &Pacer| pacer.state().writes.unwrap().left;
    pacer.acquire(Cost::of_writes(2_970)).await;
    let begin = Instant::now();
    let after = move |seconds| begin + Duration::from_secs(seconds);
    // No hold: neither the empty bucket nor those who queue for it are waited for.
    let queued = {
        let pacer = pacer.clone();
        tokio::spawn(async move { pacer.acquire(Cost::of_writes(600)).await })
    };
    sleep(Duration::from_millis(1)).await;
    assert_eq!(pacer.wait_out_hold(None).await, Ok(()));
    assert_eq!(begin.elapsed(), Duration::from_millis(1));
    queued.abort();

    pacer.hold_until(after(10));
    let granted: Vec<_> = (0..8)
        .map(|_| {
            let pacer = pacer.clone();
            tokio::spawn(async move {
                assert_eq!(pacer.wait_out_hold(Some(after(1_000))).await, Ok(()));
                Instant::now()
            })
        })
        .collect();
    sleep(Duration::from_secs(5)).await;
    // They stand in no queue, and still it is told what they wait for.
    let hold = |until| {
        Some(Waiting {
            reason: WaitReason::RetryAfter,
            until,
        })
    };
    assert_eq!(pacer.wait_reason(), hold(after(10)));
    pacer.hold_until(after(20));
    assert_eq!(pacer.state().waiting, hold(after(20)));
    for granted in granted {
        assert_eq!(granted.await.unwrap(), after(20));
    }
    assert_eq!(pacer.wait_reason(), None);
    assert_eq!(left(&pacer), 400, "20 s at 20 a second, and nothing taken");
}

#[tokio::test(start_paused = true)]
async fn who_waits_out_a_hold_leaves_at_the_deadline_or_when_dropped_and_leaves_nothing_behind() {
    let pacer = Pacer::new(real());
    let begin = Instant::now();
    let after = move |seconds| begin + Duration::from_secs(seconds);
    pacer.hold_until(after(30));
    // As in a select with the stop token: the other branch wins.
    tokio::select! {
        _ = pacer.wait_out_hold(None) => panic!("the hold is not over"),
        () = sleep(Duration::from_secs(3)) => {}
    }
    assert_eq!(pacer.wait_reason(), None);
    assert_eq!(pacer.wait_out_hold(Some(after(5))).await, Err(DeadlinePassed));
    assert_eq!(begin.elapsed(), Duration::from_secs(5));
    assert_eq!(pacer.wait_reason(), None);
    assert_eq!(pacer.wait_out_hold(None).await, Ok(()));
    assert_eq!(begin.elapsed(), Duration::from_secs(30));
    // The hold is over, but so is the time.
    assert_eq!(pacer.wait_out_hold(Some(after(30))).await, Err(DeadlinePassed));
}

#[tokio::test(start_paused = true)]
async fn what_writes_wait_for_stays_visible_while_reads_come_and_go_and_else_the_reads_are_shown() {
    let pacer = Arc::new(Pacer::new(real()));
    pacer.acquire(Cost::of_writes(2_970)).await;
    let writer = {
        let pacer = pacer.clone();
        tokio::spawn(async move { pacer.acquire(Cost::of_writes(200)).await })
    };
    sleep(Duration::from_millis(1)).await;
    // A look goes through at once, and takes back only what it showed itself.
    for _ in 0..90 {
        pacer.acquire(Cost::of_read(20)).await;
        let waiting = pacer.wait_reason().unwrap();
        assert_eq!(waiting.reason, WaitReason::Writes);
        assert_eq!(pacer.state().waiting, Some(waiting));
        sleep(Duration::from_millis(100)).await;
    }
    // While the looks wait as well, the writes are told of.
    let reader = {
        let pacer = pacer.clone();
        tokio::spawn(async move { pacer.acquire(Cost::of_read(20_000)).await })
    };
    sleep(Duration::from_millis(1)).await;
    assert_eq!(pacer.wait_reason().unwrap().reason, WaitReason::Writes);
    // A waiter that leaves takes its own reason along, and not the other's.
    writer.abort();
    sleep(Duration::from_millis(1)).await;
    assert_eq!(pacer.wait_reason().unwrap().reason, WaitReason::ResourceUnits);
    reader.abort();
    sleep(Duration::from_millis(1)).await;
    assert_eq!(pacer.wait_reason(), None);
}

#[tokio::test(start_paused = true)]
async fn without_a_budget_requests_are_spaced_near_the_limit_and_silence_ends_it() {
    let pacer = Pacer::new(Limits::unlimited());
    let report = |fraction| pacer.observe_percentage(Touched::Writes, fraction, Instant::now());
    let ten_batches = async || {
        let begin = Instant::now();
        for _ in 0..10 {
            pacer.acquire(Cost::of_writes(20)).await;
        }
        begin.elapsed()
    };
    assert!(ten_batches().await < Duration::from_millis(50));
    report(0.5);
    report(f64::NAN);
    assert!(ten_batches().await < Duration::from_millis(50));

    report(0.85);
    let near = ten_batches().await;
    sleep(Duration::from_secs(300)).await;
    for _ in 0..3 {
        report(1.2);
    }
    let over = ten_batches().await;
    assert!(near > Duration::from_secs(1), "{near:?}");
    assert!(over > near * 2, "{over:?} {near:?}");
    sleep(Duration::from_secs(300)).await;
    assert!(ten_batches().await < Duration::from_millis(50));
}

#[tokio::test(start_paused = true)]
async fn a_deadline_ends_the_wait_and_leaves_the_queue_free() {
    let pacer = Pacer::new(Limits::unlimited());
    let begin = Instant::now();
    pacer.hold_until(begin + Duration::from_secs(100));
    let deadline = Some(begin + Duration::from_secs(5));
    assert_eq!(
        pacer.acquire_until(Cost::of_writes(1), deadline).await,
        Err(DeadlinePassed)
    );
    assert_eq!(begin.elapsed(), Duration::from_secs(5));
    assert_eq!(
        pacer.acquire_until(Cost::of_writes(1), deadline).await,
        Err(DeadlinePassed)
    );
    assert_eq!(pacer.wait_reason(), None);
    assert_eq!(pacer.acquire_until(Cost::of_writes(1), None).await, Ok(()));
}
