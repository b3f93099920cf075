//! The sign-ins that a machine has: what is asked of its endpoint, and what becomes of an answer that is no token.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::response::Response;
use serde_json::json;

use super::super::machine::Machine;
use super::super::testing::{Seen, Server, json_answer, plain_answer};

const SCOPE: &str = "https://graph.microsoft.com/.default";

/// A machine whose endpoint answers like this.
async fn machine(answer: impl Fn(usize, &Seen) -> Response + Send + Sync + 'static) -> (Machine, Server) {
    let server = Server::start_with(|_, _| plain_answer(500, &[], ""), answer).await;
    (Machine::answered_by(server.settings().graph_url), server)
}

fn token(seconds: i64) -> serde_json::Value {
    let end = jiff::Timestamp::now().as_second() + seconds;
    json!({"access_token": "a.b.c", "expires_on": end.to_string(), "resource": "r", "token_type": "Bearer"})
}

#[tokio::test]
async fn the_endpoint_of_a_virtual_machine_is_asked_as_documented() {
    let (machine, server) = machine(|_, _| json_answer(200, &token(3_000))).await;
    let own = machine.managed_identity("", SCOPE).await.unwrap();
    assert_eq!(own.token, "a.b.c");
    assert!((2_990..=3_000).contains(&own.life.as_secs()), "{:?}", own.life);
    machine.managed_identity("id-1", SCOPE).await.unwrap();
    let asked: Vec<String> = server.seen().iter().map(|seen| seen.uri.to_string()).collect();
    assert_eq!(asked.len(), 2);
    for uri in &asked {
        assert!(uri.starts_with("/metadata/identity/oauth2/token?"), "{uri}");
        assert!(
            uri.contains("resource=https%3A%2F%2Fgraph.microsoft.com") && !uri.contains("default"),
            "{uri}"
        );
    }
    assert!(
        !asked[0].contains("client_id") && asked[1].contains("client_id=id-1"),
        "{asked:?}"
    );
    assert!(
        server
            .seen()
            .iter()
            .all(|seen| seen.headers["metadata"] == "true")
    );
}

#[tokio::test]
async fn what_the_endpoint_refuses_is_told_by_whether_it_is_worth_another_try() {
    for (status, body, transient, words) in [
        (
            400,
            r#"{"error":"invalid_request","error_description":"Identity not found"}"#,
            false,
            ["Identity not found", "assigned"],
        ),
        (410, "", true, ["endpoint of managed identities", "410"]),
        (404, "updating", true, ["updating", "404"]),
        (429, r#"{"error":"too many"}"#, true, ["too many", "busy"]),
        (
            500,
            r#"{"error":"unknown","error_description":"Failed"}"#,
            true,
            ["Failed", "busy"],
        ),
    ] {
        let (machine, _server) = machine(move |_, _| plain_answer(status, &[], body)).await;
        let error = machine.managed_identity("", SCOPE).await.err().unwrap();
        assert_eq!(error.is_transient(), transient, "{status}");
        let told = format!("{error} {}", error.what_to_do);
        for word in words {
            assert!(told.contains(word), "{status}: {told}");
        }
    }
}

#[tokio::test]
async fn nobody_at_the_endpoint_means_that_there_is_no_managed_identity() {
    let machine = Machine::answered_by("http://127.0.0.1:9".parse().unwrap());
    let error = machine.managed_identity("", SCOPE).await.err().unwrap();
    assert!(!error.is_transient(), "{error:?}");
    assert!(error.to_string().contains("no managed identity here"), "{error}");
}

#[tokio::test]
async fn an_answer_that_is_no_token_shows_nothing_of_one() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let (machine, _server) = machine(move |_, _| {
        count.fetch_add(1, Ordering::SeqCst);
        plain_answer(200, &[], r#"{"access_token":"eyJs3cret","expires_on":17}"#)
    })
    .await;
    let error = machine.managed_identity("", SCOPE).await.err().unwrap();
    assert!(!format!("{error:?} {error}").contains("s3cret"), "{error:?}");
    assert_eq!(asked.load(Ordering::SeqCst), 1, "it is the session that repeats");
}
