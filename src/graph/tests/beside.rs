//! What no list holds: read for each user by itself, and written in requests of its own.

use serde_json::{Value as Json, json};

use super::super::encode::encode;
use super::super::testing::{Seen, Server, change, columns, json_answer, operation, text, user_id};
use super::super::*;
use crate::domain::{Action, Change, Operation, UserKey, Value};

const ROOT: &str = "https://graph.microsoft.com/v1.0";
const MOBILE: &str = "authentication.phoneMethods.mobile";
const ALTERNATE: &str = "authentication.phoneMethods.alternateMobile";

/// Answers every item of a batch by its address.
fn answer_items(seen: &Seen, answer: impl Fn(&str) -> (u16, Json)) -> axum::response::Response {
    let requests = seen.json()["requests"].as_array().unwrap().clone();
    let responses: Vec<Json> = requests
        .iter()
        .rev()
        .map(|item| {
            let (status, body) = answer(item["url"].as_str().unwrap());
            json!({"id": item["id"], "status": status, "headers": {}, "body": body})
        })
        .collect();
    json_answer(200, &json!({ "responses": responses }))
}

fn list(users: u32) -> Json {
    let users: Vec<Json> = (1..=users)
        .map(|number| json!({"id": user_id(number), "userPrincipalName": format!("u{number}@x.com"), "jobTitle": "J"}))
        .collect();
    json!({ "value": users })
}

fn number_of(url: &str) -> u32 {
    url[url.find("000000").unwrap()..][..12].parse().unwrap()
}

#[tokio::test]
async fn every_user_of_a_page_gets_its_own_questions_and_its_own_answers() {
    let server = Server::start(|_, seen| {
        if seen.uri.path().ends_with("/users") {
            assert!(!seen.uri.query().unwrap().contains("skills"));
            return json_answer(200, &list(45));
        }
        answer_items(seen, |url| {
            let number = number_of(url);
            match url.split_once("?$select=") {
                Some((_, names)) => {
                    assert_eq!(names, "skills,aboutMe");
                    (200, json!({"skills": [format!("skill {number}")], "aboutMe": null}))
                }
                None => {
                    assert!(url.ends_with("/authentication/phoneMethods"), "{url}");
                    let phones = json!([{"id": "3179E48A-750b-4051-897c-87b9720928f7", "phoneType": "mobile", "phoneNumber": format!("+31 {number}")}]);
                    (200, json!({ "value": phones }))
                }
            }
        })
    })
    .await;
    let columns = columns(&["jobTitle", "skills", "aboutMe", MOBILE, ALTERNATE]);
    let reader = DirectoryReader::new(server.session());
    let mut pages = reader.pages(ListQuery {
        columns,
        filter: None,
        page_size: None,
    });
    let users = pages.next_page().await.unwrap().unwrap();
    assert_eq!(users.len(), 45);
    for (user, number) in users.iter().zip(1..) {
        assert_eq!(user.id, user_id(number));
        assert_eq!(
            user.values,
            [
                text("J"),
                Value::List(vec![format!("skill {number}")]),
                Value::Empty,
                text(&format!("+31 {number}")),
                Value::Empty,
            ]
        );
        assert!(user.unread.is_empty());
    }
    // One list, and two questions for each of 45 users: twenty in a request, of authentication methods five.
    assert_eq!(server.seen().len(), 1 + 3 + 9);
    assert_eq!(reader.unreadable(), []);
}

#[tokio::test]
async fn a_refusal_for_one_user_leaves_its_value_unknown_and_the_list_whole() {
    let server = Server::start(|number, seen| {
        if seen.uri.path().ends_with("/users") {
            return json_answer(200, &list(2));
        }
        answer_items(seen, |url| match (number_of(url), number) {
            (1, _) => (200, json!({"skills": ["x"]})),
            // The first time it only looks busy; after that it is the answer that looks like a failure and is none.
            (_, 1) => (503, json!({"error": {"code": "UnknownError", "message": "busy"}})),
            _ => (
                500,
                json!({"error": {
                    "code": "-1, Microsoft.Office.Server.Directory.DirectoryObjectUnauthorizedAccessException",
                    "message": "Attempted to perform an unauthorized operation."
                }}),
            ),
        })
    })
    .await;
    let reader = DirectoryReader::new(server.session());
    let mut pages = reader.pages(ListQuery {
        columns: columns(&["skills"]),
        filter: None,
        page_size: None,
    });
    let users = pages.next_page().await.unwrap().unwrap();
    assert_eq!(users[0].values, [Value::List(vec!["x".to_owned()])]);
    assert!(users[0].unread.is_empty());
    assert_eq!(
        (users[1].values[0].clone(), users[1].unread.clone()),
        (Value::Empty, ["skills"].into_iter().collect())
    );
    let unread = reader.unreadable();
    assert_eq!(
        (unread.len(), unread[0].attribute, unread[0].users),
        (1, "skills", 1)
    );
    assert!(unread[0].reason.contains("unauthorized"), "{}", unread[0].reason);
    // The list, both questions, and the one that was busy.
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn a_look_at_single_users_fills_these_columns_too() {
    let server = Server::start(|_, seen| {
        answer_items(seen, |url| {
            let id = user_id(number_of(url));
            if url.ends_with("/authentication/emailMethods") {
                let mail =
                    json!({"id": "3ddfcfc8-9383-446f-83cc-3ab9be4be18f", "emailAddress": "a@b.example"});
                return (200, json!({ "value": [mail] }));
            }
            match number_of(url) {
                1 => (200, json!({"id": id, "userPrincipalName": "u1@x.com"})),
                _ => (
                    404,
                    json!({"error": {"code": "Request_ResourceNotFound", "message": "no"}}),
                ),
            }
        })
    })
    .await;
    let columns = columns(&["authentication.emailMethods.emailAddress"]);
    let keys = [UserKey::Id(user_id(1)), UserKey::Id(user_id(2))];
    let found = DirectoryReader::new(server.session())
        .users_by_key(&keys, &columns)
        .await
        .unwrap();
    assert!(matches!(&found[0], Lookup::Found(user) if user.values == [text("a@b.example")]));
    assert_eq!(found[1], Lookup::NotFound);
    // Nobody asks further about a user who is not there.
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_refused_method_holds_up_its_lane_and_no_other_write() {
    let server = Server::start(|_, seen| {
        if !seen.uri.path().ends_with("/phoneMethods") {
            return axum::response::IntoResponse::into_response(axum::http::StatusCode::NO_CONTENT);
        }
        let error = json!({"error": {"code": "TooManyRequests", "message": "slow down"}});
        let mut answer = json_answer(429, &error);
        answer.headers_mut().insert("retry-after", "30".parse().unwrap());
        answer
    })
    .await;
    let session = server.session();
    let writer = DirectoryWriter::new(session.clone());
    let phone = Operation {
        action: Action::Resource {
            change: change(MOBILE, text("+31 612345678")),
        },
        ..operation(1, vec![])
    };
    let answers = writer.send_operations(&[phone]).await.unwrap();
    let Answer::Failed { retry_after, .. } = &answers[0].answer else {
        panic!("{answers:?}");
    };
    assert_eq!(*retry_after, Some(std::time::Duration::from_secs(30)));
    assert_eq!(session.pace_state().waiting, None);
    let soon = || Some(tokio::time::Instant::now() + std::time::Duration::from_millis(50));
    assert!(session.enter_lane(Lane::Methods, 1, soon()).await.is_err());
    let ordinary = operation(2, vec![change("jobTitle", text("Lead"))]);
    let answers = writer.send_operations(&[ordinary]).await.unwrap();
    assert_eq!(answers[0].answer, Answer::Done { status: 204 });
}

fn sent(change: Change) -> (String, String, Option<Json>) {
    let operation = Operation {
        action: Action::Resource { change },
        ..operation(1, vec![])
    };
    let encoded = encode(&operation, ROOT).unwrap();
    let path = encoded.path.replace(&user_id(1).to_string(), "{id}");
    (encoded.method.to_string(), path, encoded.body)
}

#[test]
fn a_method_is_posted_when_absent_patched_when_present_and_deleted_when_cleared() {
    let from = |name: &str, before: Value, after: Value| Change {
        before,
        ..change(name, after)
    };
    let mobile = "/users/{id}/authentication/phoneMethods/3179e48a-750b-4051-897c-87b9720928f7";
    let body = Some(json!({"phoneNumber": "+31 612345678", "phoneType": "mobile"}));
    let number = || text("+31 612345678");
    assert_eq!(
        sent(from(MOBILE, Value::Empty, number())),
        (
            "POST".into(),
            "/users/{id}/authentication/phoneMethods".into(),
            body.clone()
        )
    );
    assert_eq!(
        sent(from(MOBILE, text("+31 6"), number())),
        ("PATCH".into(), mobile.into(), body)
    );
    assert_eq!(
        sent(from(MOBILE, number(), Value::Empty)),
        ("DELETE".into(), mobile.into(), None)
    );
    assert_eq!(
        sent(from(
            "authentication.emailMethods.emailAddress",
            Value::Empty,
            text("a@b.example")
        )),
        (
            "POST".into(),
            "/users/{id}/authentication/emailMethods".into(),
            Some(json!({"emailAddress": "a@b.example"}))
        )
    );
}

#[test]
fn the_profile_store_gets_a_request_with_nothing_else_in_it() {
    let operation = |changes| Operation {
        action: Action::Profile { changes },
        ..operation(1, vec![])
    };
    let both = vec![change("skills", Value::Empty), change("aboutMe", text("hello"))];
    let encoded = encode(&operation(both), ROOT).unwrap();
    assert_eq!(encoded.method, "PATCH");
    assert_eq!(encoded.body, Some(json!({"skills": [], "aboutMe": "hello"})));
    assert!(encode(&operation(vec![change("jobTitle", text("x"))]), ROOT).is_err());
    assert!(encode(&operation(vec![]), ROOT).is_err());
}

#[tokio::test(start_paused = true)]
async fn an_item_that_stays_out_of_order_or_unready_costs_its_cell_and_not_the_list() {
    let busy = || json!({"error": {"code": "generalException", "message": "out of order"}});
    for (status, body) in [(500, busy()), (202, Json::Null)] {
        let server = Server::start(move |_, seen| {
            if seen.uri.path().ends_with("/users") {
                return json_answer(200, &list(2));
            }
            answer_items(seen, |url| match number_of(url) {
                1 => (200, json!({"skills": ["x"]})),
                _ => (status, body.clone()),
            })
        })
        .await;
        let reader = DirectoryReader::new(server.session());
        let mut pages = reader.pages(ListQuery {
            columns: columns(&["skills"]),
            filter: None,
            page_size: None,
        });
        let users = pages.next_page().await.unwrap().unwrap();
        assert!(users[0].unread.is_empty());
        assert_eq!(users[1].unread, ["skills"], "{status}");
        assert_eq!(reader.unreadable()[0].users, 1);
        // The list, and a few attempts.
        assert_eq!(server.seen().len(), 1 + ATTEMPTS_FEW as usize, "{status}");
    }
}

#[tokio::test]
async fn a_page_whose_users_could_not_be_completed_is_given_again_whole() {
    let server = Server::start(|number, seen| {
        if seen.uri.path().ends_with("/users") {
            return json_answer(200, &list(3));
        }
        if number == 1 {
            let error = json!({"error": {"code": "BadRequest", "message": "not this envelope"}});
            return json_answer(400, &error);
        }
        answer_items(seen, |_| (200, json!({"skills": []})))
    })
    .await;
    let reader = DirectoryReader::new(server.session());
    let mut pages = reader.pages(ListQuery {
        columns: columns(&["skills"]),
        filter: None,
        page_size: None,
    });
    assert!(pages.next_page().await.is_err());
    assert_eq!(pages.next_page().await.unwrap().unwrap().len(), 3);
    assert_eq!(pages.next_page().await, Ok(None));
    assert_eq!(pages.restarts(), 0);
}

#[tokio::test]
async fn one_user_who_is_refused_with_any_columns_closes_none_of_them() {
    let server = Server::start(|_, seen| {
        answer_items(seen, |url| match number_of(url) {
            1 => (
                403,
                json!({"error": {"code": "Authorization_RequestDenied", "message": "no"}}),
            ),
            number => (
                200,
                json!({"id": user_id(number), "userPrincipalName": "u2@x.com", "jobTitle": null, "signInActivity": null}),
            ),
        })
    })
    .await;
    let reader = DirectoryReader::new(server.session());
    let columns = columns(&["jobTitle", "signInActivity"]);
    let found = reader.users_by_key(&[UserKey::Id(user_id(1))], &columns).await;
    assert!(matches!(&found.unwrap()[0], Lookup::Failed(_)));
    let found = reader.users_by_key(&[UserKey::Id(user_id(2))], &columns).await;
    assert!(matches!(&found.unwrap()[0], Lookup::Found(user) if user.unread.is_empty()));
    assert_eq!(
        server.seen().len(),
        3,
        "with the column, without it, and the other user"
    );
}

#[tokio::test]
async fn a_question_that_waits_for_its_next_attempt_holds_no_place_in_its_lane() {
    let server = Server::start(|_, seen| {
        answer_items(seen, |url| match url.ends_with("/phoneMethods") {
            true => (
                500,
                json!({"error": {"code": "generalException", "message": "no"}}),
            ),
            false => (200, json!({"id": user_id(1), "userPrincipalName": "u1@x.com"})),
        })
    })
    .await;
    let session = server.session();
    let reader = DirectoryReader::new(session.clone());
    let asks = tokio::spawn(async move {
        let columns = columns(&[MOBILE]);
        reader.users_by_key(&[UserKey::Id(user_id(1))], &columns).await
    });
    // The user, and the first attempt at the question.
    while server.seen().len() < 2 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    let soon = Some(tokio::time::Instant::now() + std::time::Duration::from_millis(200));
    let mut places = Vec::new();
    for _ in 0..METHODS_IN_FLIGHT {
        places.push(session.enter_lane(Lane::Methods, 1, soon).await.unwrap());
    }
    assert_eq!(server.seen().len(), 2, "it waits");
    asks.abort();
}

#[tokio::test]
async fn an_id_of_our_own_is_not_asked_for_among_the_deleted_users() {
    let server = Server::start(|_, seen| {
        answer_items(seen, |url| {
            assert!(!url.contains("deletedItems") || number_of(url) == 2, "{url}");
            (
                404,
                json!({"error": {"code": "Request_ResourceNotFound", "message": "nobody"}}),
            )
        })
    })
    .await;
    let session = server.session();
    session.expect_newcomers(std::iter::once((user_id(1), "new@x.com")));
    let state = crate::catalogue::account_attribute(crate::catalogue::AccountPart::State);
    let keys = [UserKey::Id(user_id(1)), UserKey::Id(user_id(2))];
    let found = DirectoryReader::new(session)
        .users_by_key(&keys, &vec![state].into())
        .await
        .unwrap();
    assert_eq!(found, [Lookup::NotFound, Lookup::NotFound]);
    assert_eq!(server.seen().len(), 2, "by key, and among the deleted");
}
