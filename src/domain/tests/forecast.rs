//! How long a run takes, before it begins and while it goes on.

use super::*;

#[test]
fn the_forecast_takes_the_longer_of_quota_and_round_trips() {
    let pace = Pace {
        burst: 100.0,
        per_second: 10.0,
        seconds_per_batch: 1.0,
        batches_in_flight: 4.0,
    };
    let cost = |requests| {
        let Forecast { batches, seconds, .. } = forecast(&[requests], pace);
        (batches, seconds)
    };
    assert_eq!(cost(0), (0, 0));
    assert_eq!(cost(1), (1, 1));
    assert_eq!(cost(20), (1, 1));
    assert_eq!(cost(21), (2, 1));
    assert_eq!(cost(100), (5, 2));
    assert_eq!(cost(1000), (50, 90));
    let no_quota = Pace {
        burst: f64::INFINITY,
        per_second: f64::INFINITY,
        ..pace
    };
    assert_eq!(forecast(&[1000], no_quota).seconds, 13);
    assert_eq!(forecast(&[0], no_quota).seconds, 0);
    // Invitations keep a pace of their own beside the others, and are no requests more.
    let guests = |invited| forecast(&[100], no_quota).with_invitations(invited, 75.0, 15.0);
    assert_eq!(
        (guests(0).seconds, guests(75).seconds, guests(100).seconds),
        (2, 2, 2)
    );
    assert_eq!((guests(375).seconds, guests(375).requests), (20, 100));
    // A stage begins a batch of its own.
    assert_eq!(forecast(&[14, 1], no_quota).batches, 2);
}

#[test]
fn the_time_left_is_what_takes_longest_and_never_less_than_the_hold() {
    let now = UnderWay {
        remaining: 1_000,
        budget_left: Some(0.0),
        budget_per_second: 20.0,
        lately_per_second: None,
        hold_seconds: 0.0,
    };
    let fast = Some(500.0);
    for (now, expected) in [
        (now, Some(50)),
        (
            UnderWay {
                budget_left: Some(600.0),
                ..now
            },
            Some(20),
        ),
        // A burst is no promise for what comes after it.
        (
            UnderWay {
                lately_per_second: fast,
                budget_left: Some(600.0),
                ..now
            },
            Some(20),
        ),
        (
            UnderWay {
                lately_per_second: fast,
                budget_left: Some(5_000.0),
                ..now
            },
            Some(2),
        ),
        (
            UnderWay {
                lately_per_second: Some(10.0),
                ..now
            },
            Some(100),
        ),
        (
            UnderWay {
                hold_seconds: 30.0,
                ..now
            },
            Some(80),
        ),
        (
            UnderWay {
                budget_left: None,
                ..now
            },
            None,
        ),
        (
            UnderWay {
                budget_left: None,
                lately_per_second: fast,
                ..now
            },
            Some(2),
        ),
        (
            UnderWay {
                remaining: 0,
                budget_left: None,
                ..now
            },
            Some(0),
        ),
        (
            UnderWay {
                remaining: 0,
                hold_seconds: 7.0,
                ..now
            },
            Some(7),
        ),
    ] {
        assert_eq!(seconds_left(now), expected, "{now:?}");
    }
}
