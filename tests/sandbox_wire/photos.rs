//! The profile picture.

use crate::{Answer, Desk, people, send};
use dirsheet::sandbox::SandboxOptions;
use reqwest::Method;
use serde_json::json;
use std::time::Duration;

/// As much of a JPEG as its frame header, with something behind it.
fn jpeg(side: u16, length: usize) -> Vec<u8> {
    let [high, low] = side.to_be_bytes();
    let mut bytes = vec![
        0xFF, 0xD8, 0xFF, 0xC0, 0x00, 0x0B, 0x08, high, low, high, low, 0x01,
    ];
    bytes.resize(length.max(bytes.len()), 0x11);
    bytes
}

async fn put(desk: &Desk, user: &str, kind: &str, body: Vec<u8>) -> Answer {
    let path = format!("/users/{user}/photo/$value");
    let request = desk.request(Method::PUT, &path);
    send(request.header("Content-Type", kind).body(body)).await
}

async fn bytes(desk: &Desk, path: &str) -> (u16, Vec<u8>) {
    let answer = desk.request(Method::GET, path).send().await.unwrap();
    (answer.status().as_u16(), answer.bytes().await.unwrap().to_vec())
}

#[tokio::test]
async fn a_picture_is_put_read_described_and_removed() {
    let desk = Desk::with(20).await;
    let user = desk.plain();
    let (value, facts) = (
        format!("/users/{user}/photo/$value"),
        format!("/users/{user}/photo"),
    );
    assert_eq!(desk.get(&value).await.refusal().0, 404);
    assert_eq!(desk.get(&facts).await.refusal().1, "ImageNotFound");
    let picture = jpeg(240, 5_000);
    let answer = put(&desk, &user, "image/jpeg", picture.clone()).await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, ""));
    assert_eq!(bytes(&desk, &value).await, (200, picture.clone()));
    let first = desk.get(&facts).await.json;
    assert_eq!((&first["id"], &first["height"]), (&json!("240x240"), &json!(240)));
    let sized = |side: u16| format!("/users/{user}/photos/{side}x{side}/$value");
    assert_eq!(bytes(&desk, &sized(240)).await.0, 200);
    assert_eq!(bytes(&desk, &sized(360)).await.0, 404);
    put(&desk, &user, "image/jpeg", jpeg(240, 5_001)).await;
    let second = desk.get(&facts).await.json;
    assert_ne!(first["@odata.mediaEtag"], second["@odata.mediaEtag"]);
    assert_eq!(send(desk.request(Method::DELETE, &value)).await.status, 204);
    assert_eq!(send(desk.request(Method::DELETE, &value)).await.status, 404);
    // It is no property of the user.
    assert_eq!(
        desk.get(&format!("/users/{user}?$select=photo")).await.status,
        400
    );
}

#[tokio::test]
async fn what_is_no_jpeg_or_too_large_is_refused() {
    let desk = Desk::with(20).await;
    let user = desk.plain();
    for (kind, body, status) in [
        ("image/png", jpeg(64, 100), 415),
        ("application/json", b"{}".to_vec(), 415),
        ("image/jpeg", b"\x89PNG\r\n\x1a\n".to_vec(), 415),
        ("image/jpeg", jpeg(64, 100)[..9].to_vec(), 415),
        ("image/jpeg", Vec::new(), 400),
        ("image/jpeg", jpeg(64, 4 * 1024 * 1024 + 1), 413),
        ("image/jpeg", jpeg(64, 4 * 1024 * 1024), 200),
    ] {
        let answer = put(&desk, &user, kind, body).await;
        assert_eq!(answer.status, status, "{kind} {}", answer.text);
    }
}

#[tokio::test]
async fn inside_an_envelope_a_picture_is_base64_and_of_no_budget_of_the_directory() {
    let desk = Desk::open(SandboxOptions {
        quota: dirsheet::sandbox::Quota::Real,
        ..people(20)
    })
    .await;
    let user = desk.plain();
    let url = format!("/users/{user}/photo/$value");
    // Three bytes more or less make the padding differ.
    for length in [100, 101, 102] {
        let picture = jpeg(64, length);
        use base64::Engine;
        let text = base64::engine::general_purpose::STANDARD.encode(&picture);
        let put = json!([{"id": "1", "method": "PUT", "url": url, "headers": {"Content-Type": "image/jpeg"}, "body": text}]);
        let answer = desk.batch(put).await.json;
        assert_eq!(answer["responses"][0]["status"], 200, "{answer}");
        assert_eq!(answer["responses"][0]["headers"]["x-ms-resource-unit"], "0");
        let get = json!([{"id": "1", "method": "GET", "url": url}]);
        let answer = desk.batch(get).await.json;
        assert_eq!(answer["responses"][0]["body"], json!(text));
        assert_eq!(answer["responses"][0]["headers"]["Content-Type"], "image/jpeg");
    }
}

#[tokio::test]
async fn one_mailbox_takes_four_requests_at_once() {
    let desk = Desk::open(SandboxOptions {
        latency: Duration::from_millis(300),
        ..people(20)
    })
    .await;
    let user = desk.plain();
    let others = desk.find(|other| other["id"] != json!(user))["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = |user: &str| format!("/users/{user}/photo");
    let (mine, other) = (path(&user), path(&others));
    let all = tokio::join!(
        desk.get(&mine),
        desk.get(&mine),
        desk.get(&mine),
        desk.get(&mine),
        desk.get(&mine),
        desk.get(&other)
    );
    let mut statuses: Vec<u16> = [&all.0, &all.1, &all.2, &all.3, &all.4, &all.5]
        .iter()
        .map(|answer| answer.status.as_u16())
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [404, 404, 404, 404, 404, 429]);
}

#[tokio::test]
async fn a_picture_survives_the_process_and_needs_its_permission() {
    let folder = tempfile::tempdir().unwrap();
    let options = || SandboxOptions {
        folder: Some(folder.path().to_owned()),
        ..people(20)
    };
    let desk = Desk::open(options()).await;
    let user = desk.plain();
    put(&desk, &user, "image/jpeg", jpeg(64, 200)).await;
    desk.sandbox.shutdown().await.unwrap();
    let desk = Desk::open(SandboxOptions {
        roles: vec!["User.Read.All".into()],
        ..options()
    })
    .await;
    let path = format!("/users/{user}/photo/$value");
    assert_eq!(bytes(&desk, &path).await, (200, jpeg(64, 200)));
    assert_eq!(put(&desk, &user, "image/jpeg", jpeg(64, 200)).await.status, 403);
    assert_eq!(send(desk.request(Method::DELETE, &path)).await.status, 403);
}
