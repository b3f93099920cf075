//! Batches: answers out of order, missing, doubled, refused one by one.

use serde_json::{Value as Json, json};

use super::super::testing::{Seen, Server, change, json_answer, operation, plain_answer, text};
use super::super::*;
use crate::domain::{Action, Operation, OperationNumber, Value};

fn titles(numbers: &[u32]) -> Vec<Operation> {
    numbers
        .iter()
        .map(|number| operation(*number, vec![change("jobTitle", text("Nurse"))]))
        .collect()
}

fn writer(server: &Server) -> DirectoryWriter {
    DirectoryWriter::new(server.session())
}

fn requests(seen: &Seen) -> Vec<Json> {
    seen.json()["requests"].as_array().unwrap().clone()
}

#[tokio::test]
async fn answers_are_matched_by_id_whatever_their_order() {
    let server = Server::start(|_, seen| {
        assert_eq!((seen.method.as_str(), seen.uri.path()), ("POST", "/v1.0/$batch"));
        let requests = requests(seen);
        assert_eq!(requests[0], json!({
            "id": "5", "method": "PATCH", "url": "/users/0a1b2c3d-0000-4000-8000-000000000005",
            "headers": {"Content-Type": "application/json", "x-ms-throttle-priority": "low"}, "body": {"jobTitle": "Nurse"}
        }));
        json_answer(200, &json!({"responses": [
            {"id": "9", "status": 429, "headers": {"Retry-After": "3"}, "body": {"error": {"code": "TooManyRequests"}}},
            {"id": "7", "status": 400, "headers": {"request-id": "item-7"}, "body": {"error": {"code": "Request_BadRequest",
                "details": [{"code": "InvalidLength", "target": "jobTitle"}]}}},
            {"id": "5", "status": 204, "headers": {"request-id": "item-5"}}
        ]}))
    })
    .await;
    let answers = writer(&server)
        .send_operations(&titles(&[5, 7, 9]))
        .await
        .unwrap();
    let numbers: Vec<u32> = answers.iter().map(|answer| answer.number.0).collect();
    assert_eq!(numbers, [5, 7, 9]);
    assert_eq!(answers[0].answer, Answer::Done { status: 204 });
    assert_eq!(answers[0].request_id.as_deref(), Some("item-5"));
    assert_eq!(answers[0].failure(), None);
    let Answer::Failed { error, .. } = &answers[1].answer else {
        panic!()
    };
    assert_eq!(
        (error.target(), answers[1].request_id.as_deref()),
        (Some("jobTitle"), Some("item-7"))
    );
    assert!(
        matches!(answers[2].failure(), Some(Failure::Answer { status: 429, retry_after: Some(wish), .. }) if wish.as_secs() == 3)
    );
    assert_eq!(answers[2].request_id.as_deref(), Some("req-1"));
}

#[tokio::test]
async fn a_throttled_item_holds_everybody() {
    let server = Server::start(|number, _| match number {
        0 => json_answer(200, &json!({"responses": [{"id": "1", "status": 204}, {"id": "2", "status": 429, "headers": {"retry-after": "1"}}]})),
        _ => plain_answer(200, &[], "7"),
    })
    .await;
    let session = server.session();
    DirectoryWriter::new(session.clone())
        .send_operations(&titles(&[1, 2]))
        .await
        .unwrap();
    let begin = tokio::time::Instant::now();
    DirectoryReader::new(session).directory_size().await.unwrap();
    assert!(begin.elapsed() >= std::time::Duration::from_millis(900));
}

#[tokio::test]
async fn missing_double_and_unknown_answers_are_never_guessed() {
    let server = Server::start(|_, _| {
        json_answer(
            200,
            &json!({"responses": [
                {"id": "1", "status": 204},
                {"id": "2", "status": 204},
                {"id": "2", "status": 204},
                {"id": "77", "status": 204},
                {"id": "4", "status": "nonsense"},
                {"id": "5", "status": 302}
            ]}),
        )
    })
    .await;
    let answers = writer(&server)
        .send_operations(&titles(&[1, 2, 3, 4, 5]))
        .await
        .unwrap();
    let found: Vec<&Answer> = answers.iter().map(|answer| &answer.answer).collect();
    assert_eq!(found[0], &Answer::Done { status: 204 });
    assert_eq!(found[1], &Answer::Duplicate);
    assert_eq!(
        found[2],
        &Answer::Missing {
            unknown_ids: vec!["77".into()]
        }
    );
    assert!(matches!(found[3], Answer::Unreadable { status: 0, .. }));
    assert!(matches!(found[4], Answer::Unreadable { status: 302, .. }));
    for answer in &answers[1..] {
        assert!(answer.failure().unwrap().may_have_been_applied());
    }
}

#[tokio::test]
async fn a_whole_batch_can_fail_and_says_whether_it_may_have_been_done() {
    for (status, body, doubt) in [
        (429, r#"{"error":{"code":"TooManyRequests"}}"#, false),
        (400, r#"{"error":{"code":"BadRequest"}}"#, false),
        (503, "<html>", true),
        (200, "<html>", true),
        (200, "{}", true),
        (200, r#"{"responses":[{"status":204}]}"#, true),
        (302, "", true),
    ] {
        let server = Server::start(move |_, _| plain_answer(status, &[], body)).await;
        let error = writer(&server)
            .send_operations(&titles(&[1, 2]))
            .await
            .unwrap_err();
        assert_eq!(error.failure().may_have_been_applied(), doubt, "{status} {body}");
        assert_eq!(server.seen().len(), 1, "a writer never repeats");
    }
}

#[tokio::test]
async fn a_single_operation_is_a_plain_request() {
    let server = Server::start(|number, seen| {
        assert_eq!(
            (seen.method.as_str(), seen.uri.path()),
            ("PATCH", "/v1.0/users/0a1b2c3d-0000-4000-8000-000000000001")
        );
        assert_eq!(
            (seen.json(), &seen.headers["content-type"]),
            (json!({"jobTitle": "Nurse"}), &"application/json".parse().unwrap())
        );
        match number {
            0 => plain_answer(204, &[("request-id", "r-1")], ""),
            1 => json_answer(403, &json!({"error": {"code": "Authorization_RequestDenied"}})),
            2 => plain_answer(429, &[("retry-after", "0")], ""),
            3 => json_answer(200, &json!({"error": {"code": "x"}})),
            _ => plain_answer(200, &[], "<html>please log in</html>"),
        }
    })
    .await;
    let writer = writer(&server);
    let one = async || writer.send_operations(&titles(&[1])).await.unwrap().remove(0);
    let done = one().await;
    assert_eq!(
        (done.answer, done.request_id.as_deref()),
        (Answer::Done { status: 204 }, Some("r-1"))
    );
    assert!(matches!(
        one().await.failure(),
        Some(Failure::Answer { status: 403, .. })
    ));
    assert!(matches!(
        one().await.failure(),
        Some(Failure::Answer {
            status: 429,
            retry_after: Some(_),
            ..
        })
    ));
    assert!(matches!(
        one().await.answer,
        Answer::Unreadable { status: 200, .. }
    ));
    assert!(
        matches!(one().await.answer, Answer::Unreadable { status: 200, .. }),
        "a portal's page is no success"
    );
}

#[tokio::test]
async fn what_cannot_be_said_is_not_sent_and_the_others_are() {
    let server = Server::start(|_, _| plain_answer(204, &[], "")).await;
    let mut operations = titles(&[1, 2]);
    operations[0] = operation(
        1,
        vec![
            change("usageLocation", Value::Empty),
            change("jobTitle", text("x")),
        ],
    );
    let answers = writer(&server).send_operations(&operations).await.unwrap();
    assert!(matches!(&answers[0].answer, Answer::NotSent { reason } if reason.contains("usageLocation")));
    assert_eq!(
        (answers[1].number, &answers[1].answer),
        (OperationNumber(2), &Answer::Done { status: 204 })
    );
    assert_eq!(server.seen().len(), 1);
    let none = writer(&server).send_operations(&operations[..1]).await.unwrap();
    assert_eq!(none[0].failure(), Some(Failure::NotSent));
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn removing_a_manager_that_is_not_there_is_told_apart_from_other_failures() {
    let server = Server::start(|_, seen| {
        let responses: Vec<Json> = requests(seen)
            .iter()
            .map(|request| json!({"id": request["id"], "status": 404, "body": {"error": {"code": "Request_ResourceNotFound"}}}))
            .collect();
        json_answer(200, &json!({"responses": responses}))
    })
    .await;
    let mut operations = titles(&[1, 2]);
    operations[0].action = Action::Relation {
        change: change("manager", Value::Empty),
    };
    let answers = writer(&server).send_operations(&operations).await.unwrap();
    assert!(matches!(answers[0].answer, Answer::AlreadySo { .. }));
    assert!(matches!(answers[1].answer, Answer::Failed { .. }));
    assert_eq!(
        requests(&server.seen()[0])[0],
        json!({
            "id": "1", "method": "DELETE", "url": "/users/0a1b2c3d-0000-4000-8000-000000000001/manager/$ref",
            "headers": {"x-ms-throttle-priority": "low"}
        })
    );
}

#[tokio::test]
async fn a_token_turned_away_inside_a_batch_is_renewed() {
    let server = Server::start(|_, seen| match seen.bearer() {
        "Bearer token-1" => json_answer(
            200,
            &json!({"responses": [{"id": "1", "status": 401}, {"id": "2", "status": 204}]}),
        ),
        _ => plain_answer(204, &[], ""),
    })
    .await;
    let writer = writer(&server);
    let answers = writer.send_operations(&titles(&[1, 2])).await.unwrap();
    let mut tries = Tries::new(true, None);
    assert!(matches!(
        tries.after(&answers[0].failure().unwrap()),
        Decision::Again {
            refresh_token: true,
            ..
        }
    ));
    let again = writer.send_operations(&titles(&[1])).await.unwrap();
    assert_eq!(again[0].answer, Answer::Done { status: 204 });
    assert_eq!(server.token_requests(), 2);
}

#[tokio::test]
async fn nothing_is_sent_after_the_deadline() {
    let server = Server::start(|_, _| plain_answer(204, &[], "")).await;
    let writer = writer(&server).until(Some(tokio::time::Instant::now()));
    let error = writer.send_operations(&titles(&[1])).await.unwrap_err();
    assert_eq!(error, CallError::DeadlinePassed);
    assert!(!error.failure().may_have_been_applied());
    assert_eq!(server.seen().len(), 0);
}
