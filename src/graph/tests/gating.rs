//! The gate: the decision as a table, and servers that bear more or less, under a paused clock.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::super::gate::{Heard, next_limit};
use super::super::*;

const MS: Duration = Duration::from_millis(1);

#[test]
fn the_next_limit_follows_from_what_was_heard() {
    let round = |while_full, mean, best| Heard::Round {
        while_full,
        answers: 10,
        mean: MS * mean,
        best: MS * best,
        opening: false,
    };
    let opening = |mean| Heard::Round {
        while_full: 10,
        answers: 10,
        mean: MS * mean,
        best: MS * 100,
        opening: true,
    };
    for (name, limit, heard, expected) in [
        ("used and fast", 10, round(10, 100, 100), 11),
        ("nothing stood in the way yet", 10, opening(100), 20),
        ("the last doubling was too much", 16, opening(171), 8),
        ("half used is used", 10, round(5, 100, 100), 11),
        ("hardly used", 10, round(4, 100, 100), 10),
        ("near the best", 10, round(10, 170, 100), 11),
        ("no longer near", 10, round(10, 171, 100), 10),
        ("not far yet", 10, round(10, 350, 100), 10),
        ("far", 10, round(10, 351, 100), 9),
        ("far, and hardly used", 10, round(0, 351, 100), 9),
        ("noise of a fast server", 10, round(10, 20, 1), 11),
        ("at the top", 32, round(10, 100, 100), 32),
        ("far, small", 2, round(10, 900, 100), 1),
        ("trouble", 10, Heard::Trouble, 7),
        ("trouble, small", 2, Heard::Trouble, 1),
        ("trouble at the bottom", 1, Heard::Trouble, 1),
        ("up from the bottom", 1, round(5, 100, 100), 2),
    ] {
        assert_eq!(
            next_limit(limit, heard, GateSettings::default()),
            expected,
            "{name}"
        );
    }
    let narrow = GateSettings {
        min: 4,
        start: 4,
        max: 5,
    };
    assert_eq!(next_limit(5, Heard::Trouble, narrow), 4);
    assert_eq!(next_limit(5, round(10, 1, 1), narrow), 5);
}

/// A server: how long it takes and how it ends with so many in flight.
type Server = dyn Fn(u32) -> (Duration, Ending) + Send + Sync;

/// So many workers send without a pause for so long. Gives the most that were in flight in the second half.
async fn drive(gate: &Gate, workers: u32, seconds: u64, server: Arc<Server>) -> u32 {
    let (flying, most) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let begin = Instant::now();
    let lasts = Duration::from_secs(seconds);
    let tasks: Vec<_> = (0..workers)
        .map(|_| {
            let (gate, server) = (gate.clone(), server.clone());
            let (flying, most) = (flying.clone(), most.clone());
            tokio::spawn(async move {
                while begin.elapsed() < lasts {
                    let mut pass = gate.enter().await;
                    pass.sends();
                    let now = flying.fetch_add(1, Ordering::SeqCst) + 1;
                    if begin.elapsed() > lasts / 2 {
                        most.fetch_max(now, Ordering::SeqCst);
                    }
                    let (takes, ending) = server(now);
                    sleep(takes).await;
                    flying.fetch_sub(1, Ordering::SeqCst);
                    pass.done(takes, ending);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(gate.in_flight(), 0);
    most.load(Ordering::SeqCst)
}

#[tokio::test(start_paused = true)]
async fn a_server_that_can_take_everything_opens_the_gate_to_the_top() {
    let gate = Gate::new(GateSettings::default());
    assert_eq!(gate.limit(), 8);
    let most = drive(&gate, 40, 10, Arc::new(|_| (MS * 150, Ending::Good))).await;
    assert_eq!((gate.limit(), most), (32, 32));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_slows_down_under_load_is_not_pushed_further() {
    // Ten at a time take 50 ms; more only wait for each other.
    let gate = Gate::new(GateSettings::default());
    let server = |flying: u32| (MS * 5 * flying.max(10), Ending::Good);
    let most = drive(&gate, 40, 60, Arc::new(server)).await;
    assert!((10..=21).contains(&most), "{most}");
    // One that suddenly takes four times as long as ever is relieved, down to where it is fast again.
    let gate = Gate::new(GateSettings::default());
    let begin = Instant::now();
    let server = move |flying: u32| {
        let overworked = begin.elapsed() > Duration::from_secs(10) && flying > 6;
        (if overworked { MS * 900 } else { MS * 100 }, Ending::Good)
    };
    let most = drive(&gate, 40, 60, Arc::new(server)).await;
    assert!(most <= 9, "{most}");
}

#[tokio::test(start_paused = true)]
async fn a_gate_that_is_not_used_to_the_full_does_not_open() {
    let gate = Gate::new(GateSettings::default());
    drive(&gate, 3, 10, Arc::new(|_| (MS * 150, Ending::Good))).await;
    assert_eq!(gate.limit(), 8);
    // Forty that wait for their turn inside the gate are no load: only one of them sends at a time.
    let turn = Arc::new(tokio::sync::Mutex::new(()));
    let tasks: Vec<_> = (0..40)
        .map(|_| {
            let (gate, turn) = (gate.clone(), turn.clone());
            tokio::spawn(async move {
                for _ in 0..10 {
                    let mut pass = gate.enter().await;
                    let _turn = turn.lock().await;
                    pass.sends();
                    sleep(MS * 50).await;
                    pass.done(MS * 50, Ending::Good);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(gate.limit(), 8);
}

#[tokio::test(start_paused = true)]
async fn throttling_closes_the_gate_once_for_each_round_trip_and_it_opens_again() {
    let gate = Gate::new(GateSettings {
        start: 20,
        ..GateSettings::default()
    });
    let troubled = Arc::new(AtomicBool::new(true));
    let limits = Arc::new(Mutex::new(Vec::new()));
    let server = {
        let (troubled, limits, watched) = (troubled.clone(), limits.clone(), gate.clone());
        move |_: u32| {
            limits.lock().unwrap().push(watched.limit());
            if troubled.load(Ordering::SeqCst) {
                (MS * 100, Ending::Throttled)
            } else {
                (MS * 100, Ending::Good)
            }
        }
    };
    let driven = drive(&gate, 40, 20, Arc::new(server));
    let relief = async {
        sleep(MS * 250).await;
        troubled.store(false, Ordering::SeqCst);
    };
    tokio::join!(driven, relief);
    let mut steps = limits.lock().unwrap().clone();
    steps.dedup();
    // Twenty refusals in one round trip are one step down.
    assert_eq!(steps[..4], [20, 14, 9, 6]);
    assert_eq!(gate.limit(), 32);
}

#[tokio::test(start_paused = true)]
async fn a_place_comes_back_however_its_request_ends() {
    let gate = Gate::new(GateSettings {
        min: 1,
        start: 2,
        max: 2,
    });
    let (first, second) = (gate.enter().await, gate.enter().await);
    // A waiter that is cancelled takes no place along.
    assert!(tokio::time::timeout(MS, gate.enter()).await.is_err());
    assert_eq!(gate.in_flight(), 2);
    drop(first);
    let mut third = gate.enter().await;
    third.sends();
    third.sends();
    third.done(MS, Ending::Overloaded);
    assert_eq!((gate.limit(), gate.in_flight()), (1, 1));
    assert!(
        tokio::time::timeout(MS, gate.enter()).await.is_err(),
        "only one may be inside now"
    );
    drop(second);
    assert_eq!(gate.in_flight(), 0);
    drop(gate.enter().await);
}

#[test]
fn the_answers_of_a_batch_tell_how_the_service_bears_the_load() {
    let item = |answer| ItemAnswer {
        number: crate::domain::OperationNumber(1),
        answer,
        request_id: None,
    };
    let failed = |status: u16| {
        let body = serde_json::json!({"error": {"code": "x", "message": "y"}});
        item(Answer::Failed {
            error: Box::new(GraphError::of_json(status, &body)),
            retry_after: None,
        })
    };
    let done = || item(Answer::Done { status: 204 });
    for (answers, expected) in [
        (vec![done()], Ending::Good),
        (vec![done(), failed(400)], Ending::Good),
        (vec![done(), failed(429)], Ending::Throttled),
        (vec![failed(503), failed(429)], Ending::Overloaded),
        (vec![failed(429), failed(504), done()], Ending::Overloaded),
        (vec![item(Answer::Duplicate)], Ending::Good),
    ] {
        assert_eq!(Ending::of(&Ok(answers.clone())), expected, "{answers:?}");
    }
    let broken = |kind| {
        CallError::Transport(TransportError {
            kind,
            sent: true,
            first_contact: false,
            host: "h".into(),
            detail: String::new(),
        })
    };
    assert_eq!(
        Ending::of(&Err(broken(TransportErrorKind::Timeout))),
        Ending::Overloaded
    );
    assert_eq!(
        Ending::of(&Err(broken(TransportErrorKind::Certificate))),
        Ending::Good
    );
    assert_eq!(Ending::of(&Err(CallError::DeadlinePassed)), Ending::Good);
}
