//! The sign-in of a person: what a refresh token brings, what is kept, and what is told when it brings nothing.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value as Json, json};

use super::super::testing::{Seen, Server, json_answer, plain_answer};
use super::super::*;

#[derive(Debug, Default)]
struct Drawer(Mutex<Vec<String>>);

impl KeptSignIn for Drawer {
    fn refresh_token(&self) -> Result<SecretString, String> {
        let kept = self.0.lock().unwrap();
        kept.last()
            .map(|token| token.clone().into())
            .ok_or("nobody is signed in".to_owned())
    }

    fn replace(&self, token: SecretString) {
        self.0.lock().unwrap().push(token.expose_secret().to_owned());
    }
}

/// A person for whom this refresh token is kept, and a service that answers each of them.
async fn person(
    kept: &[&str],
    token: impl Fn(usize, &Seen) -> axum::response::Response + Send + Sync + 'static,
) -> (Arc<Session>, Arc<Drawer>, Server) {
    let server = Server::start_with(token, |_, _| plain_answer(200, &[], "7")).await;
    let drawer = Arc::new(Drawer(Mutex::new(
        kept.iter().map(|kept| (*kept).to_owned()).collect(),
    )));
    let settings = GraphSettings {
        credential: Credential::Person(Arc::clone(&drawer) as Arc<dyn KeptSignIn>),
        ..server.settings()
    };
    (
        Session::open(&settings, Limits::unlimited()).unwrap(),
        drawer,
        server,
    )
}

fn body(seen: &Seen) -> String {
    String::from_utf8(seen.body.to_vec()).unwrap()
}

async fn fails(kept: &[&str], status: u16, answer: Json) -> SignInError {
    let (session, _, _server) = person(kept, move |_, _| json_answer(status, &answer)).await;
    match session.sign_in().await {
        Err(CallError::SignIn(error)) => *error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_refresh_token_replaces_itself_and_the_next_request_sends_the_new_one() {
    let (session, drawer, server) = person(&["r-0"], |number, seen| {
        let body = body(seen);
        assert!(
            body.contains("grant_type=refresh_token") && body.contains(&format!("refresh_token=r-{number}")),
            "{body}"
        );
        assert!(body.contains(".default+offline_access"), "{body}");
        assert!(
            body.contains("xms_cc") && !body.contains("client_secret"),
            "{body}"
        );
        let next = format!("r-{}", number + 1);
        json_answer(
            200,
            &json!({"access_token": "a.b.c", "expires_in": 1, "refresh_token": next}),
        )
    })
    .await;
    session.sign_in().await.unwrap();
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    session.sign_in().await.unwrap();
    assert_eq!(server.token_requests(), 2);
    assert_eq!(*drawer.0.lock().unwrap(), ["r-0", "r-1", "r-2"]);
    assert!(!format!("{session:?}").contains("r-2x"));
}

#[tokio::test]
async fn a_service_that_gives_the_same_refresh_token_again_or_none_leaves_it_whole() {
    for answer in [
        json!({"access_token": "a.b.c", "expires_in": 3_600, "refresh_token": "r-same"}),
        json!({"access_token": "a.b.c", "expires_in": 3_600}),
    ] {
        let (session, drawer, _server) = person(&["r-same"], move |_, _| json_answer(200, &answer)).await;
        session.sign_in().await.unwrap();
        assert!(drawer.0.lock().unwrap().iter().all(|kept| kept == "r-same"));
    }
}

#[tokio::test]
async fn a_sign_in_that_has_ended_says_how_to_make_another_and_shows_no_token() {
    let refused = |code: u32, text: &str| json!({"error": "invalid_grant", "error_description": format!("AADSTS{code}: {text} r-secret"), "error_codes": [code]});
    for (code, word) in [
        (700082, "dirsheet login"),
        (50173, "dirsheet login"),
        (50076, "dirsheet login"),
        (7000218, "Allow public client flows"),
        (65001, "administrator"),
        (700016, "client id"),
    ] {
        let error = fails(&["r-secret"], 400, refused(code, "The token has ended.")).await;
        assert!(error.what_to_do.contains(word), "{code}: {}", error.what_to_do);
        assert!(
            !error.is_transient() && !format!("{error:?} {error}").contains("r-secret"),
            "{error:?}"
        );
    }
    let error = fails(&[], 200, json!({})).await;
    assert!(error.to_string().contains("nobody is signed in"), "{error}");
    let error = fails(
        &["r-secret"],
        200,
        json!({"access_token": 7, "refresh_token": "r-other"}),
    )
    .await;
    assert!(!format!("{error:?}").contains("r-"), "{error:?}");
}

#[tokio::test]
async fn somebody_else_does_not_go_on_with_the_work_of_the_one_before() {
    // {"oid":"a"} and {"oid":"b"}
    let (session, _, _server) = person(&["r"], |number, _| {
        let who = ["eyJvaWQiOiJhIn0", "eyJvaWQiOiJhIn0", "eyJvaWQiOiJiIn0"][number.min(2)];
        json_answer(
            200,
            &json!({"access_token": format!("e30.{who}.s"), "expires_in": 1}),
        )
    })
    .await;
    for is_same in [true, true, false] {
        let signed_in = session.sign_in().await;
        assert_eq!(signed_in.is_ok(), is_same, "{signed_in:?}");
        tokio::time::sleep(Duration::from_millis(1_100)).await;
    }
}

#[tokio::test]
async fn somebody_of_another_tenant_is_turned_away() {
    // {"tid":"22222222-2222-4333-8444-555555555555"}
    let token = "e30.eyJ0aWQiOiIyMjIyMjIyMi0yMjIyLTQzMzMtODQ0NC01NTU1NTU1NTU1NTUifQ.s";
    let server = Server::start_with(
        move |_, _| json_answer(200, &json!({"access_token": token, "expires_in": 3_600})),
        |_, _| plain_answer(200, &[], "7"),
    )
    .await;
    for (tenant, is_own) in [
        ("22222222-2222-4333-8444-555555555555", true),
        ("11111111-2222-4333-8444-555555555555", false),
    ] {
        let drawer = Drawer(Mutex::new(vec!["r".to_owned()]));
        let settings = GraphSettings {
            credential: Credential::Person(Arc::new(drawer)),
            tenant: tenant.to_owned(),
            ..server.settings()
        };
        let session = Session::open(&settings, Limits::unlimited()).unwrap();
        assert_eq!(session.sign_in().await.is_ok(), is_own, "{tenant}");
    }
}
