//! The sign-ins that a machine has: what is asked of its endpoint, and what becomes of an answer that is no token.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::response::Response;
use serde_json::json;

use super::super::machine::Machine;
use super::super::sign_in::SignInError;
use super::super::testing::{Seen, Server, json_answer, plain_answer};
use super::super::{CallError, Decision, Tries};

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
        (
            404,
            r#"{"error":"not_found","error_description":"AADSTS90002: No."}"#,
            true,
            ["AADSTS90002", "is changing"],
        ),
        (
            410,
            r#"{"error":"gone","error_description":"AADSTS70011: Wait."}"#,
            true,
            ["Wait", "is changing"],
        ),
        (
            503,
            r#"{"error":"x","error_description":"AADSTS700023: y"}"#,
            true,
            ["AADSTS700023", "busy"],
        ),
        (503, "<html>", true, ["endpoint of managed identities", "busy"]),
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
        assert!(!told.contains("authority") && !told.contains("secret"), "{told}");
        // What may stay so is not waited for as long as what is said to end.
        let failure = CallError::from(error).failure();
        let mut tries = Tries::new(true, None);
        let again = (0..20).take_while(|_| matches!(tries.after(&failure), Decision::Again { .. }));
        let most = match status {
            400 => 0,
            _ => 20,
        };
        assert_eq!(again.count(), most, "{failure:?}");
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

#[test]
fn a_404_of_an_apps_endpoint_is_tried_a_few_times_only() {
    for (of_imds, again) in [(true, 20), (false, 4)] {
        let error = SignInError::identity_refused((404, of_imds), b"", None);
        let failure = CallError::from(error).failure();
        let mut tries = Tries::new(true, None);
        let tried = (0..20).take_while(|_| matches!(tries.after(&failure), Decision::Again { .. }));
        assert_eq!(tried.count(), again, "{failure:?}");
    }
}
