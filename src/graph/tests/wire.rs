//! One request and its answer: addresses, headers, time limits, bodies that are too large.

use std::time::Duration;

use reqwest::Url;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::super::service::{Request, Service};
use super::super::session::Turn;
use super::super::testing::{Server, change, columns, operation, plain_answer, text, user_id};
use super::super::*;

/// A server that reads a request and answers every connection with exactly these bytes.
async fn raw(bytes: &'static [u8]) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut buffer = [0; 4_096];
            let _ = stream.read(&mut buffer).await;
            let _ = stream.write_all(bytes).await;
        }
    });
    Url::parse(&format!("http://{address}/")).unwrap()
}

async fn settings() -> GraphSettings {
    Server::start(|_, _| plain_answer(200, &[], "")).await.settings()
}

async fn failure(settings: &GraphSettings, url: &str) -> TransportError {
    let service = Service::new(settings).unwrap();
    service
        .send(Request::get(Url::parse(url).unwrap()))
        .await
        .unwrap_err()
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Server::start(|_, _| plain_answer(200, &[], "7")).await;
    let location = format!("http://{}/v1.0/users/$count", elsewhere.address);
    let server = Server::start(move |_, _| plain_answer(302, &[("location", &location)], "")).await;
    let session = server.session();
    let url = session.address("/users/$count").unwrap();
    let error = session
        .send(Request::get(url), Turn::Ask(Cost::of_read(1)), None)
        .await
        .unwrap_err();
    assert!(
        matches!(error, CallError::Unreadable { status: 302, .. }),
        "{error:?}"
    );
    assert_eq!((elsewhere.seen().len(), server.seen().len()), (0, 1));
}

#[tokio::test]
async fn a_request_to_another_origin_is_refused_before_anything_is_sent() {
    let elsewhere = Server::start(|_, _| plain_answer(200, &[], "7")).await;
    let server = Server::start(|_, _| plain_answer(200, &[], "7")).await;
    let url = Url::parse(&format!("http://{}/v1.0/users", elsewhere.address)).unwrap();
    let error = server
        .session()
        .send(Request::get(url), Turn::Ask(Cost::of_read(1)), None)
        .await
        .unwrap_err();
    assert!(matches!(error, CallError::ForeignHost { .. }));
    assert_eq!((elsewhere.seen().len(), server.token_requests()), (0, 0));
}

#[tokio::test]
async fn a_body_that_breaks_off_is_in_doubt() {
    let settings = settings().await;
    let url = raw(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"value\":[").await;
    let error = failure(&settings, url.as_str()).await;
    assert_eq!(
        (error.kind, error.sent, error.first_contact),
        (TransportErrorKind::Truncated, true, false)
    );
    let url = raw(b"").await;
    let error = failure(&settings, url.as_str()).await;
    assert_eq!((error.kind, error.sent), (TransportErrorKind::Reset, true));
}

#[tokio::test]
async fn a_body_without_end_is_cut_off() {
    let server = Server::start(|_, _| plain_answer(200, &[], &"x".repeat(5_000))).await;
    let service = Service::new(&server.settings())
        .unwrap()
        .with_body_bytes_max(4_999);
    let url = Url::parse(&format!("http://{}/v1.0/users", server.address)).unwrap();
    let error = service.send(Request::get(url.clone())).await.unwrap_err();
    assert_eq!(error.kind, TransportErrorKind::BodyTooLarge);
    let service = service.with_body_bytes_max(5_000);
    assert_eq!(service.send(Request::get(url)).await.unwrap().body.len(), 5_000);
}

#[tokio::test]
async fn silence_is_a_timeout_and_may_have_been_done() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut settings = settings().await;
    settings.request_timeout = Duration::from_millis(200);
    let url = format!("http://{}/users?secret=1", listener.local_addr().unwrap());
    let error = failure(&settings, &url).await;
    assert_eq!((error.kind, error.sent), (TransportErrorKind::Timeout, true));
    assert!(!format!("{error:?} {error}").contains("secret"));
}

#[tokio::test]
async fn how_long_nobody_was_reached_is_counted_from_the_first_attempt_to_the_last_and_ends_with_an_answer() {
    let server = Server::start(|_, _| plain_answer(503, &[], "")).await;
    let service = Service::new(&server.settings()).unwrap();
    let there = Url::parse(&format!("http://{}/v1.0/users", server.address)).unwrap();
    let nowhere = Url::parse("http://127.0.0.1:9/").unwrap();
    assert_eq!(service.unreachable_for(), None);
    for attempt in 0..3 {
        assert!(service.send(Request::get(nowhere.clone())).await.is_err());
        let time = service.unreachable_for().unwrap();
        assert_eq!(time.is_zero(), attempt == 0);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // Waiting is no attempt.
    let before = service.unreachable_for();
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(service.unreachable_for(), before);
    service.send(Request::get(there)).await.unwrap();
    assert_eq!(service.unreachable_for(), None);
}

#[tokio::test]
async fn nobody_listening_is_told_apart_from_a_port_that_speaks_no_tls() {
    let mut settings = settings().await;
    let error = failure(&settings, "http://127.0.0.1:9/").await;
    assert_eq!(
        (error.kind, error.sent, error.first_contact),
        (TransportErrorKind::Refused, false, true)
    );

    let plain = raw(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    let secure = format!("https://127.0.0.1:{}/", plain.port().unwrap());
    settings.graph_url = Url::parse(&secure).unwrap();
    let error = failure(&settings, &secure).await;
    assert_eq!(
        (error.kind, error.sent),
        (TransportErrorKind::Tls, false),
        "{error}"
    );
}

#[tokio::test]
async fn a_name_without_an_address_is_told_as_such() {
    let mut settings = settings().await;
    settings.graph_url = Url::parse("https://graph.invalid/").unwrap();
    let error = failure(&settings, "https://graph.invalid/v1.0/users?secret=1").await;
    // Behind a proxy the name is never looked up here.
    assert!(
        matches!(
            error.kind,
            TransportErrorKind::Dns | TransportErrorKind::Connect | TransportErrorKind::Refused
        ),
        "{error:?}"
    );
    assert!(!error.sent);
    assert!(error.to_string().contains("graph.invalid") && !error.to_string().contains("secret"));
}

#[tokio::test]
async fn a_connection_can_be_renewed_and_the_host_stays_known() {
    let server = Server::start(|_, _| plain_answer(200, &[], "7")).await;
    let session = server.session();
    session.renew_connections();
    assert_eq!(
        DirectoryReader::new(session.clone()).directory_size().await,
        Ok(7)
    );
    session.renew_connections();
    assert_eq!(DirectoryReader::new(session).directory_size().await, Ok(7));
}

#[test]
fn a_file_without_certificates_is_refused() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut settings = runtime.block_on(settings());
    for pem in [
        &b""[..],
        b"not PEM",
        b"-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n",
    ] {
        settings.ca_file = Some(pem.to_vec());
        assert!(Session::open(&settings, Limits::unlimited()).is_err());
    }
}

#[tokio::test]
async fn bulk_work_gives_way_and_small_reads_do_not() {
    let server = Server::start(|_, seen| match (seen.method.as_str(), seen.uri.path()) {
        (_, "/v1.0/users/$count") => plain_answer(200, &[], "7"),
        ("POST", _) => plain_answer(
            200,
            &[],
            r#"{"responses":[{"id":"0","status":404},{"id":"1","status":204},{"id":"2","status":204}]}"#,
        ),
        ("PATCH", _) => plain_answer(204, &[], ""),
        _ => plain_answer(200, &[], r#"{"value":[]}"#),
    })
    .await;
    let reader = DirectoryReader::new(server.session());
    let writer = DirectoryWriter::new(server.session());
    let one = |number| operation(number, vec![change("jobTitle", text("Nurse"))]);
    let columns = columns(&["id", "displayName"]);
    reader.directory_size().await.unwrap();
    reader.organization().await.unwrap();
    let query = ListQuery {
        columns: columns.clone(),
        filter: None,
        page_size: None,
    };
    reader.pages(query).next_page().await.unwrap();
    let key = crate::domain::UserKey::Id(user_id(1));
    reader.users_by_key(&[key], &columns).await.unwrap();
    writer.send_operations(&[one(1)]).await.unwrap();
    writer.send_operations(&[one(1), one(2)]).await.unwrap();
    let seen = server.seen();
    let said: Vec<(&str, Option<&str>)> = seen
        .iter()
        .map(|seen| {
            let priority = seen.headers.get("x-ms-throttle-priority");
            (seen.uri.path(), priority.map(|value| value.to_str().unwrap()))
        })
        .collect();
    let low = Some("low");
    assert_eq!(
        said,
        [
            ("/v1.0/users/$count", None),
            ("/v1.0/organization", None),
            ("/v1.0/users", low),
            ("/v1.0/$batch", low),
            ("/v1.0/users/0a1b2c3d-0000-4000-8000-000000000001", low),
            ("/v1.0/$batch", low),
        ]
    );
    for batch in [&seen[3], &seen[5]] {
        for item in batch.json()["requests"].as_array().unwrap() {
            assert_eq!(item["headers"]["x-ms-throttle-priority"], "low");
        }
    }
}
