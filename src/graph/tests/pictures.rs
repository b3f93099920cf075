//! Pictures: asked for by their marks, sent as bytes, never too many in one request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};

use super::super::testing::{Seen, Server, json_answer, operation, plain_answer, text, user_id};
use super::super::*;
use crate::catalogue;
use crate::domain::{
    Action, Change, Operation, OperationNumber, Pictures, UserId, UserState, Value, fingerprint,
};

/// Pictures in memory.
#[derive(Debug, Default)]
struct Shelf {
    bytes: Mutex<HashMap<String, Vec<u8>>>,
    marks: Mutex<HashMap<String, String>>,
}

impl Shelf {
    fn with(pictures: &[Vec<u8>]) -> Arc<Shelf> {
        let shelf = Shelf::default();
        for picture in pictures {
            let known = (fingerprint(picture), picture.clone());
            shelf.bytes.lock().unwrap().extend([known]);
        }
        Arc::new(shelf)
    }
}

impl Pictures for Shelf {
    fn known(&self, _: UserId, etag: &str) -> Option<String> {
        self.marks.lock().unwrap().get(etag).cloned()
    }

    fn take_in(&self, _: UserId, etag: Option<&str>, bytes: &[u8]) -> Result<String, String> {
        if bytes == b"full" {
            return Err("the disk is full".to_owned());
        }
        let name = fingerprint(bytes);
        let mark = etag.map(|etag| (etag.to_owned(), name.clone()));
        self.marks.lock().unwrap().extend(mark);
        Ok(name)
    }

    fn bytes(&self, fingerprint: &str) -> Option<Vec<u8>> {
        self.bytes.lock().unwrap().get(fingerprint).cloned()
    }

    fn stored_as(&self, _: &str, _: &str) {}
}

fn put(number: u32, after: Value) -> Operation {
    let change = Change {
        attribute: catalogue::by_name("photo").unwrap(),
        before: text("sha256:before"),
        after,
    };
    Operation {
        action: Action::Resource { change },
        ..operation(number, Vec::new())
    }
}

fn requests(seen: &Seen) -> Vec<Json> {
    seen.json()["requests"].as_array().unwrap().clone()
}

#[tokio::test]
async fn one_picture_goes_as_its_bytes_and_its_removal_without_any() {
    let server = Server::start(|_, _| plain_answer(200, &[], "")).await;
    let session = server.session();
    session.keep_pictures(Shelf::with(&[b"picture".to_vec()]));
    let writer = DirectoryWriter::new(session);
    for after in [text(&fingerprint(b"picture")), Value::Empty] {
        let answers = writer.send_operations(&[put(1, after)]).await.unwrap();
        assert_eq!(answers[0].answer, Answer::Done { status: 200 });
    }
    let lost = writer
        .send_operations(&[put(1, text(&fingerprint(b"lost")))])
        .await;
    assert!(
        matches!(&lost.unwrap()[0].answer, Answer::NotSent { reason } if reason.contains("no longer kept"))
    );
    let seen = server.seen();
    assert_eq!(seen.len(), 2);
    let path = format!("/v1.0/users/{}/photo/$value", user_id(1));
    assert!(seen.iter().all(|one| one.uri.path() == path));
    assert_eq!(
        (seen[0].method.as_str(), seen[1].method.as_str()),
        ("PUT", "DELETE")
    );
    assert_eq!(seen[0].headers["content-type"], "image/jpeg");
    assert_eq!(seen[0].body.as_ref() as &[u8], b"picture");
}

#[tokio::test]
async fn a_batch_that_would_be_too_large_goes_in_parts_and_a_part_that_fails_is_in_doubt() {
    let large: Vec<Vec<u8>> = (0..4).map(|number| vec![number; 1_200_000]).collect();
    let server = Server::start(|number, seen| {
        let requests = requests(seen);
        assert!(seen.body.len() < 3_600_000);
        assert!(
            requests
                .iter()
                .all(|item| item["headers"]["Content-Type"] == "image/jpeg")
        );
        if number == 1 {
            return plain_answer(504, &[], "");
        }
        let done: Vec<Json> = requests
            .iter()
            .map(|item| json!({"id": item["id"], "status": 200}))
            .collect();
        json_answer(200, &json!({ "responses": done }))
    })
    .await;
    let session = server.session();
    session.keep_pictures(Shelf::with(&large));
    let operations: Vec<Operation> = (1..)
        .zip(&large)
        .map(|(number, bytes)| put(number, text(&fingerprint(bytes))))
        .collect();
    let answers = DirectoryWriter::new(session)
        .send_operations(&operations)
        .await
        .unwrap();
    let numbers: Vec<OperationNumber> = answers.iter().map(|answer| answer.number).collect();
    assert_eq!(
        numbers,
        operations.iter().map(|one| one.number).collect::<Vec<_>>()
    );
    let done = answers
        .iter()
        .map(|answer| answer.answer == Answer::Done { status: 200 });
    assert_eq!(done.collect::<Vec<_>>(), [true, true, false, false]);
    assert!(answers[3].failure().unwrap().may_have_been_applied());
}

#[tokio::test]
async fn only_pictures_whose_mark_is_not_known_are_fetched_and_four_at_most_in_a_request() {
    let server = Server::start(|_, seen| {
        let requests = requests(seen);
        let bytes = requests[0]["url"].as_str().unwrap().ends_with("$value");
        assert!(!bytes || requests.len() <= 4);
        let refused = |status: u16, code: &str| (status, json!({"error": {"code": code, "message": "no"}}));
        let responses: Vec<Json> = requests
            .iter()
            .map(|item| {
                let url = item["url"].as_str().unwrap();
                let number: u32 = url[url.find("000000").unwrap()..][..12].parse().unwrap();
                let (status, body) = match (number, bytes) {
                    (1, _) => refused(404, "ImageNotFound"),
                    (2, _) => (
                        200,
                        json!({"@odata.mediaContentType": "image/gif", "@odata.mediaEtag": ""}),
                    ),
                    (3, _) => refused(403, "Authorization_RequestDenied"),
                    (4, false) => (200, json!({"@odata.mediaEtag": "full"})),
                    (4, true) => (200, json!(STANDARD.encode("full"))),
                    (_, false) => (200, json!({"@odata.mediaEtag": format!("mark {number}")})),
                    (_, true) => (200, json!(STANDARD.encode(format!("picture {number}")))),
                };
                json!({"id": item["id"], "status": status, "headers": {}, "body": body})
            })
            .collect();
        json_answer(200, &json!({ "responses": responses }))
    })
    .await;
    let session = server.session();
    session.keep_pictures(Shelf::with(&[]));
    let reader = DirectoryReader::new(session);
    let columns: crate::domain::Columns = vec![catalogue::by_name("photo").unwrap()].into();
    let mut fetched = Vec::new();
    for _ in 0..2 {
        let mut users: Vec<UserState> = (1..=30)
            .map(|number| UserState {
                id: user_id(number),
                upn: format!("u{number}@x.com"),
                values: thin_vec::thin_vec![Value::Empty],
                synced: None,
                restricted: false,
                agent: false,
                unread: Default::default(),
            })
            .collect();
        let mut some: Vec<&mut UserState> = users.iter_mut().collect();
        let before = server.seen().len();
        reader.fill_beside(&mut some, &columns).await.unwrap();
        fetched.push(server.seen().len() - before);
        for (user, number) in users.iter().zip(1..) {
            let expected = match number {
                1..=4 => Value::Empty,
                _ => text(&fingerprint(format!("picture {number}").as_bytes())),
            };
            assert_eq!(user.values, [expected], "{number}");
            assert_eq!(!user.unread.is_empty(), [3, 4].contains(&number), "{number}");
        }
    }
    // Marks of thirty in two requests, then 27 pictures; the second time only the one that could not be kept.
    assert_eq!(fetched, [2 + 7, 2 + 1]);
    let reasons: Vec<String> = reader.unreadable().iter().map(|one| one.reason.clone()).collect();
    assert!(
        reasons[0].contains("403") || reasons[0].contains("full"),
        "{reasons:?}"
    );
}

#[tokio::test]
async fn being_told_to_wait_for_pictures_holds_up_nothing_else_unless_a_budget_is_named() {
    for (named, holds) in [(false, false), (true, true)] {
        let server = Server::start(move |_, seen| {
            let error = json!({"error": {"code": "ApplicationThrottled", "message": "too much"}});
            if seen.uri.path().ends_with("/$value") {
                let headers: &[(&str, &str)] = if named {
                    &[
                        ("x-ms-throttle-scope", "Tenant_Application/ReadWrite/x/y/z"),
                        ("x-ms-throttle-information", "WriteLimitExceeded"),
                    ]
                } else {
                    &[]
                };
                return plain_answer(429, headers, &error.to_string());
            }
            let answers: Vec<Json> = requests(seen)
                .iter()
                .map(|item| json!({"id": item["id"], "status": 429, "headers": {}, "body": error}))
                .collect();
            json_answer(200, &json!({"responses": answers}))
        })
        .await;
        let session = server.session();
        session.keep_pictures(Shelf::with(&[b"picture".to_vec()]));
        let writer = DirectoryWriter::new(session.clone());
        let one = |number| put(number, text(&fingerprint(b"picture")));
        if !named {
            let several = writer.send_operations(&[one(1), one(2)]).await.unwrap();
            assert!(
                several.iter().all(
                    |answer| matches!(&answer.answer, Answer::Failed { error, .. } if error.status == 429)
                )
            );
        }
        let single = writer.send_operations(&[one(1)]).await.unwrap();
        assert!(matches!(&single[0].answer, Answer::Failed { error, .. } if error.status == 429));
        let soon = tokio::time::Instant::now() + std::time::Duration::from_millis(50);
        assert_eq!(session.wait_out_hold(Some(soon)).await.is_err(), holds, "{named}");
    }
}
