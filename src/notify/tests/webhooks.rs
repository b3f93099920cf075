//! Webhooks and the watchdog, with receivers that misbehave.

use super::receivers::{Answer, Web};
use super::*;

fn hook(web: &Web) -> Hook {
    Hook {
        number: 2,
        address: secret(format!("{}/hook/{SECRET}?sig={SECRET}", web.address)),
        shape: HookShape::Teams,
        when: When::Always,
    }
}

async fn told_by(answers: &[Answer]) -> (NoticeResult, usize) {
    let web = Web::start(answers).await;
    let channels = Channels {
        hooks: vec![hook(&web)],
        pace: quick(),
        ..Channels::default()
    };
    let begun = std::time::Instant::now();
    let mut results = channels.ended(&night(NightOutcome::Written)).await;
    assert!(
        begun.elapsed() < Duration::from_secs(6),
        "it takes no longer than it may"
    );
    assert_eq!(results.len(), 1);
    let result = results.remove(0);
    let shown = format!(
        "{result:?} {channels:?} {}",
        serde_json::to_string(&result).unwrap()
    );
    assert!(!shown.contains(SECRET), "{shown}");
    (result, web.requests().len())
}

#[tokio::test]
async fn a_webhook_that_takes_it_gets_it_once() {
    for status in [200, 202, 204] {
        let (result, requests) = told_by(&[Answer::Status(status)]).await;
        assert_eq!((result.told, requests), (true, 1), "{result:?}");
        assert_eq!(result.to, "webhook 2 (127.0.0.1)");
    }
}

#[tokio::test]
async fn a_webhook_in_short_trouble_is_asked_again() {
    for first in [
        Answer::Status(500),
        Answer::Status(503),
        Answer::Status(429),
        Answer::Close,
        Answer::Hang,
    ] {
        let (result, requests) = told_by(&[first, Answer::Status(202)]).await;
        assert_eq!((result.told, requests), (true, 2), "{first:?} {result:?}");
    }
}

#[tokio::test]
async fn a_webhook_that_does_not_take_it_is_told_without_its_address() {
    for (answer, requests, part) in [
        (Answer::Status(500), 3, "it answered 500"),
        (Answer::Status(404), 1, "still valid"),
        (Answer::Status(403), 1, "not accepted"),
        (Answer::Status(413), 1, "too long"),
        (Answer::Redirect, 1, "points elsewhere, which is not followed"),
        (Answer::Hang, 3, "did not answer in time"),
        (Answer::Close, 3, "the connection broke"),
    ] {
        let (result, seen) = told_by(&[answer]).await;
        assert!(!result.told);
        assert_eq!(seen, requests, "{answer:?}");
        assert!(result.problem.as_ref().unwrap().contains(part), "{result:?}");
    }
}

#[tokio::test]
async fn an_address_that_may_not_be_used_is_refused_without_being_shown() {
    for (address, part) in [
        ("http://hooks.example/s3cr3t-sig", "use https://"),
        ("ftp://hooks.example/s3cr3t-sig", "does not begin with https://"),
        ("s3cr3t-sig", "no web address"),
        ("https://me:s3cr3t-sig@hooks.example/", "no account"),
        ("http://127.0.0.1:1/s3cr3t-sig", "cannot be reached"),
    ] {
        let channels = Channels {
            ping: Some(secret(address)),
            pace: quick(),
            ..Channels::default()
        };
        let results = channels.started().await;
        assert!(!results[0].told);
        assert!(results[0].problem.as_ref().unwrap().contains(part), "{results:?}");
        assert!(!format!("{results:?}").contains(SECRET), "{results:?}");
    }
}

#[tokio::test]
async fn a_secret_that_is_not_there_is_told_and_the_others_still_hear() {
    let web = Web::start(&[Answer::Status(200)]).await;
    let lost = Hook {
        address: Err("HOOK_URL is not set in the environment".to_owned()),
        number: 1,
        ..hook(&web)
    };
    let channels = Channels {
        hooks: vec![lost, hook(&web)],
        ping: Some(secret(format!("{}/watch", web.address))),
        pace: quick(),
        ..Channels::default()
    };
    let results = channels.ended(&night(NightOutcome::Refused)).await;
    let told: Vec<(&str, bool)> = results
        .iter()
        .map(|result| (result.to.as_str(), result.told))
        .collect();
    assert_eq!(
        told,
        [
            ("webhook 1", false),
            ("webhook 2 (127.0.0.1)", true),
            ("ping (127.0.0.1)", true)
        ]
    );
    assert!(
        results[0]
            .problem
            .as_ref()
            .unwrap()
            .contains("HOOK_URL is not set")
    );
}

#[tokio::test]
async fn the_watchdog_hears_the_start_and_how_it_ended() {
    for (outcome, path) in [
        (NightOutcome::Written, "/ping/abc?key=1"),
        (NightOutcome::Unchanged, "/ping/abc?key=1"),
        (NightOutcome::NeedsPerson, "/ping/abc?key=1"),
        (NightOutcome::Refused, "/ping/abc/fail?key=1"),
        (NightOutcome::Failed, "/ping/abc/fail?key=1"),
        (NightOutcome::Unfinished, "/ping/abc/fail?key=1"),
    ] {
        let web = Web::start(&[Answer::Status(200)]).await;
        let channels = Channels {
            ping: Some(secret(format!("{}/ping/abc?key=1", web.address))),
            pace: quick(),
            ..Channels::default()
        };
        assert!(channels.started().await[0].told);
        assert!(channels.ended(&night(outcome)).await[0].told);
        let requests = web.requests();
        assert_eq!(requests[0].path, "/ping/abc/start?key=1");
        assert_eq!(requests[1].path, path, "{outcome:?}");
        assert!(requests[1].body.starts_with("workday: "), "{}", requests[1].body);
    }
}
