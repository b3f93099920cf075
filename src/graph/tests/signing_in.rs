//! Tokens: one for all workers, renewed once, refused in words.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::super::testing::{Server, json_answer, plain_answer};
use super::super::*;

fn refusal(code: u32, text: &str) -> serde_json::Value {
    json!({
        "error": "invalid_client",
        "error_description": format!("AADSTS{code}: {text}\r\nTrace ID: t\r\nCorrelation ID: c"),
        "error_codes": [code], "correlation_id": "corr-1"
    })
}

async fn fails(
    token: impl Fn(usize, &super::super::testing::Seen) -> axum::response::Response + Send + Sync + 'static,
) -> (SignInError, Server) {
    let server = Server::start_with(token, |_, _| plain_answer(200, &[], "7")).await;
    let session = server.session();
    match session.sign_in().await {
        Err(CallError::SignIn(error)) => (*error, server),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_token_request_is_a_form_with_the_secret_encoded() {
    let (error, _server) = fails(|_, seen| {
        assert_eq!(seen.headers["content-type"], "application/x-www-form-urlencoded");
        assert_eq!(seen.uri.path(), "/contoso.com/oauth2/v2.0/token");
        let body = String::from_utf8(seen.body.to_vec()).unwrap();
        assert!(
            body.contains("client_secret=s3cret%2B%2F%3D%7E%26value"),
            "{body}"
        );
        assert!(body.contains("grant_type=client_credentials"), "{body}");
        assert!(body.contains("scope=http%3A%2F%2F127.0.0.1%3A"), "{body}");
        assert!(body.contains("%2F.default"), "{body}");
        json_answer(401, &refusal(7000215, "Invalid client secret provided."))
    })
    .await;
    assert_eq!(error.code, Some(7000215));
    assert_eq!(
        error.description,
        "AADSTS7000215: Invalid client secret provided."
    );
    assert_eq!(error.correlation_id.as_deref(), Some("corr-1"));
    assert!(CallError::from(error).is_sign_in_or_permission());
}

#[tokio::test]
async fn html_and_nonsense_from_the_authority_are_told_apart_from_a_refusal() {
    for (status, body) in [(200, "<html>login</html>"), (200, "{}"), (400, "oops"), (302, "")] {
        let (error, _server) =
            fails(move |_, _| plain_answer(status, &[("location", "http://127.0.0.1:1/")], body)).await;
        assert_eq!(error.reason, SignInReason::Unreadable { status });
        assert!(!error.is_transient());
    }
    let (error, _server) = fails(|_, _| json_answer(200, &json!({"access_token": "a\nb"}))).await;
    assert!(matches!(error.reason, SignInReason::Unreadable { .. }));
}

#[tokio::test]
async fn an_authority_that_is_not_there_is_a_network_failure() {
    let server = Server::start(|_, _| plain_answer(200, &[], "")).await;
    let mut settings = server.settings();
    settings.authority_url = "http://127.0.0.1:9".parse().unwrap();
    let session = Session::open(&settings, Limits::unlimited()).unwrap();
    let Err(CallError::SignIn(error)) = session.sign_in().await else {
        panic!()
    };
    let SignInReason::Transport(transport) = &error.reason else {
        panic!("{error:?}")
    };
    assert_eq!(
        (transport.kind, transport.sent, transport.first_contact),
        (TransportErrorKind::Refused, false, true)
    );
    assert!(error.is_transient());
    assert!(!format!("{error:?}{error}{settings:?}{session:?}").contains("s3cret"));
}

#[tokio::test]
async fn fifty_parallel_calls_fetch_one_token() {
    let server = Server::start(|_, _| plain_answer(200, &[], "7")).await;
    let session = server.session();
    let calls: Vec<_> = (0..50)
        .map(|_| {
            let reader = DirectoryReader::new(session.clone());
            tokio::spawn(async move { reader.directory_size().await })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap(), Ok(7));
    }
    assert_eq!(server.token_requests(), 1);
    assert_eq!(server.seen().len(), 50);
}

#[tokio::test]
async fn fifty_parallel_calls_share_one_failure() {
    let server = Server::start_with(
        |_, _| json_answer(401, &refusal(7000222, "expired")),
        |_, _| plain_answer(200, &[], "7"),
    )
    .await;
    let session = server.session();
    let calls: Vec<_> = (0..50)
        .map(|_| {
            let session = session.clone();
            tokio::spawn(async move { session.sign_in().await })
        })
        .collect();
    for call in calls {
        assert!(matches!(call.await.unwrap(), Err(CallError::SignIn(error)) if error.code == Some(7000222)));
    }
    assert_eq!(server.token_requests(), 1);
}

#[tokio::test]
async fn a_401_renews_the_token_once_for_everybody() {
    let server = Server::start(|_, seen| match seen.bearer() {
        "Bearer token-1" => json_answer(
            401,
            &json!({"error": {"code": "InvalidAuthenticationToken", "message": "expired"}}),
        ),
        _ => plain_answer(200, &[], "7"),
    })
    .await;
    let session = server.session();
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let reader = DirectoryReader::new(session.clone());
            tokio::spawn(async move { reader.directory_size().await })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap(), Ok(7));
    }
    assert_eq!(server.token_requests(), 2);
}

#[tokio::test]
async fn a_service_that_turns_every_token_away_is_asked_twice() {
    let server = Server::start(|_, _| plain_answer(401, &[], "")).await;
    let error = DirectoryReader::new(server.session())
        .directory_size()
        .await
        .unwrap_err();
    assert!(error.is_sign_in_or_permission());
    assert_eq!((server.seen().len(), server.token_requests()), (2, 2));
}

#[tokio::test]
async fn a_token_is_renewed_by_its_own_life_and_an_early_failure_keeps_the_old_one() {
    let server = Server::start_with(
        |number, _| match number {
            0 => json_answer(200, &json!({"access_token": "short", "expires_in": "2"})),
            1 => plain_answer(503, &[], ""),
            _ => json_answer(200, &json!({"access_token": "next", "expires_in": 3600})),
        },
        |_, _| plain_answer(200, &[], "7"),
    )
    .await;
    let reader = DirectoryReader::new(server.session());
    reader.directory_size().await.unwrap();
    reader.directory_size().await.unwrap();
    assert_eq!(server.token_requests(), 1);
    tokio::time::sleep(Duration::from_millis(1_850)).await;
    reader.directory_size().await.unwrap();
    assert_eq!(server.token_requests(), 2);
    tokio::time::sleep(Duration::from_millis(300)).await;
    reader.directory_size().await.unwrap();
    assert_eq!(server.token_requests(), 3);
    let bearers: Vec<String> = server
        .seen()
        .iter()
        .map(|seen| seen.bearer().to_owned())
        .collect();
    assert_eq!(
        bearers,
        ["Bearer short", "Bearer short", "Bearer short", "Bearer next"]
    );
}

#[tokio::test]
async fn the_permissions_in_a_token_can_be_read() {
    let server = Server::start_with(
        |_, _| json_answer(200, &json!({"expires_in": 3600, "access_token": "e30.eyJ0aWQiOiJ0LTEiLCJyb2xlcyI6WyJVc2VyLlJlYWQuQWxsIl19.x"})),
        |_, _| plain_answer(200, &[], "7"),
    )
    .await;
    let session: Arc<Session> = server.session();
    assert_eq!(session.granted().await, None);
    session.sign_in().await.unwrap();
    assert_eq!(session.granted().await, Some(vec!["User.Read.All".to_owned()]));
    let shown = format!("{session:?}");
    assert!(
        !shown.contains("eyJ0aWQi") && !shown.contains("s3cret"),
        "{shown}"
    );
    assert_eq!(session.claims().await.unwrap().tid.as_deref(), Some("t-1"));
}
