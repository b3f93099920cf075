//! Faults on the wire.

use crate::{Desk, people};
use dirsheet::sandbox::{Fault, SandboxOptions};
use reqwest::Method;
use serde_json::json;

async fn with(faults: &str) -> Desk {
    let desk = Desk::open(people(60)).await;
    desk.sandbox.set_faults(Fault::parse_list(faults).unwrap());
    desk
}

#[tokio::test]
async fn a_connection_that_drops_before_leaves_no_effect_and_one_that_drops_after_does() {
    for (fault, effect) in [
        ("drop-before,times=1,on=patch", false),
        ("drop-after,times=1,on=patch", true),
    ] {
        let desk = with(fault).await;
        let id = desk.plain();
        let request = desk
            .request(Method::PATCH, &format!("/users/{id}"))
            .json(&json!({"city": "Reached"}));
        assert!(request.send().await.is_err(), "{fault}");
        assert_eq!(desk.stored(&id)["city"] == "Reached", effect, "{fault}");
        assert_eq!(desk.patch(&id, json!({"city": "Reached"})).await.status, 204);
    }
}

#[tokio::test]
async fn a_truncated_answer_ends_in_the_middle() {
    let desk = with("truncated,times=1,on=list").await;
    let response = desk.request(Method::GET, "/users").send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.text().await.is_err());
    assert_eq!(desk.get("/users").await.status, 200);
}

#[tokio::test]
async fn gateways_answer_with_pages_and_with_nothing() {
    let desk = with("503-html,times=1,on=list; 504-empty,times=1,on=list; html,times=1,on=list; 500,times=1,on=list; 503,times=1,on=list").await;
    let seen: Vec<(u16, bool, bool)> = {
        let mut seen = Vec::new();
        for _ in 0..6 {
            let answer = desk.get("/users").await;
            seen.push((
                answer.status.as_u16(),
                answer.text.starts_with("<!DOCTYPE"),
                answer.text.is_empty(),
            ));
        }
        seen
    };
    assert_eq!(
        seen,
        [
            (503, true, false),
            (504, false, true),
            (200, true, false),
            (500, false, false),
            (503, false, false),
            (200, false, false)
        ]
    );
}

#[tokio::test]
async fn a_token_can_end_in_the_middle_of_a_run() {
    let desk = with("expire-token-after:3").await;
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(desk.get("/users?$top=1").await.status.as_u16());
    }
    assert_eq!(statuses, [200, 200, 200, 401, 401]);
    let fresh = Desk {
        token: desk.sign_in().await,
        ..desk
    };
    assert_eq!(fresh.get("/users").await.status, 200);
}

#[tokio::test]
async fn pages_can_be_empty_and_page_tokens_go_stale() {
    let desk = with("empty-page,times=1; stale-page,times=1,after=1").await;
    let page = desk.get("/users?$top=20").await;
    assert_eq!(page.json["value"], json!([]));
    let next = page.json["@odata.nextLink"].as_str().unwrap();
    assert_eq!(desk.get(next).await.message(), "The page token is not valid.");
    assert!(!desk.get(next).await.json["value"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn a_whole_batch_can_be_lost_after_it_took_effect() {
    let desk = with("drop-after,times=1,on=batch").await;
    let id = desk.plain();
    let item = json!({"id": "1", "method": "PATCH", "url": format!("/users/{id}"), "headers": {"Content-Type": "application/json"}, "body": {"city": "Reached"}});
    assert!(
        desk.request(Method::POST, "/$batch")
            .json(&json!({"requests": [item]}))
            .send()
            .await
            .is_err()
    );
    assert_eq!(desk.stored(&id)["city"], "Reached");
}

#[tokio::test]
async fn the_sign_in_can_fail_too() {
    let desk = with("503-html,times=1,on=token").await;
    assert_eq!(desk.form(&desk.fields()).await.status, 503);
    assert_eq!(desk.form(&desk.fields()).await.status, 200);
    let closed = SandboxOptions {
        listen: "0.0.0.0:0".parse().unwrap(),
        ..people(1)
    };
    assert!(dirsheet::sandbox::start(closed).await.is_err(), "only loopback");
}
