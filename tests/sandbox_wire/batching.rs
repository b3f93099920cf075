//! `$batch`.

use crate::{Desk, people, send};
use dirsheet::sandbox::{Fault, SandboxOptions};
use reqwest::Method;
use serde_json::{Value, json};

fn patch(id: &str, user: &str, body: Value) -> Value {
    json!({"id": id, "method": "PATCH", "url": format!("/users/{user}"), "headers": {"Content-Type": "application/json"}, "body": body})
}

fn status(answer: &Value, id: &str) -> u64 {
    let responses = answer["responses"].as_array().unwrap();
    responses.iter().find(|response| response["id"] == id).unwrap()["status"]
        .as_u64()
        .unwrap()
}

fn users(desk: &Desk, count: usize) -> Vec<String> {
    let all = desk.sandbox.dump();
    let plain = all.iter().filter(|user| {
        user["onPremisesSyncEnabled"].is_null()
            && user["roles"] == json!([])
            && user["isManagementRestricted"].is_null()
            && user["identityParentId"].is_null()
    });
    plain
        .take(count)
        .map(|user| user["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn twenty_items_are_answered_in_another_order_and_each_counts_as_a_write() {
    let desk = Desk::with(60).await;
    let people = users(&desk, 20);
    let requests: Vec<Value> = people
        .iter()
        .enumerate()
        .map(|(at, user)| patch(&at.to_string(), user, json!({"city": "X"})))
        .collect();
    let answer = desk.batch(json!(requests)).await;
    assert_eq!(answer.status, 200);
    let responses = answer.json["responses"].as_array().unwrap();
    assert_eq!(responses.len(), 20);
    assert!(
        responses
            .iter()
            .all(|response| response["status"] == 204 && response.get("body").is_none())
    );
    assert!(
        responses
            .iter()
            .all(|response| response["headers"]["request-id"].is_string())
    );
    let order: Vec<&str> = responses
        .iter()
        .map(|response| response["id"].as_str().unwrap())
        .collect();
    let sent: Vec<String> = (0..20).map(|at| at.to_string()).collect();
    assert_ne!(order, sent);
    let stats = desk.sandbox.stats();
    assert_eq!((stats.batches, stats.writes_accepted), (1, 20));
}

#[tokio::test]
async fn an_envelope_that_is_wrong_is_refused_as_a_whole() {
    let desk = Desk::with(30).await;
    let user = desk.plain();
    let many: Vec<Value> = (0..21)
        .map(|at| patch(&at.to_string(), &user, json!({})))
        .collect();
    let answer = desk.batch(json!(many)).await;
    assert_eq!(
        (answer.refusal().0, answer.refusal().1),
        (400, "MaximumValueExceeded")
    );
    assert_eq!(
        answer.message(),
        "Number of batch request steps exceeds the maximum value of 20."
    );
    for wrong in [
        json!([patch("a", &user, json!({})), patch("A", &user, json!({}))]),
        json!([{"id": "1", "method": "PATCH", "url": format!("/users/{user}"), "body": {"city": "x"}}]),
        json!([{"id": 1, "method": "GET", "url": "/users"}]),
        json!([{"id": "1", "url": "/users"}]),
        json!([{"id": "1", "method": "GET", "url": "/users", "dependsOn": ["2"]}]),
        json!([]),
        json!("x"),
    ] {
        assert_eq!(desk.batch(wrong.clone()).await.status, 400, "{wrong}");
    }
    assert_eq!(
        send(desk.request(Method::POST, "/$batch").body("{")).await.status,
        400
    );
    assert_eq!(desk.sandbox.stats().writes_received, 0);
}

#[tokio::test]
async fn items_fail_one_by_one_and_what_depends_on_them_is_424() {
    let desk = Desk::with(60).await;
    let people = users(&desk, 3);
    let mut second = patch("2", &people[1], json!({"city": "x"}));
    second["dependsOn"] = json!(["1"]);
    let mut third = patch("3", &people[2], json!({"city": "x"}));
    third["dependsOn"] = json!(["2"]);
    let chain = json!([patch("1", &people[0], json!({"city": ""})), second, third]);
    let answer = desk.batch(chain).await;
    assert_eq!(
        (
            status(&answer.json, "1"),
            status(&answer.json, "2"),
            status(&answer.json, "3")
        ),
        (400, 424, 424)
    );
    let answer = desk
        .batch(json!([
            patch("1", &people[0], json!({"city": ""})),
            patch("2", &people[1], json!({"city": "x"}))
        ]))
        .await;
    assert_eq!((status(&answer.json, "1"), status(&answer.json, "2")), (400, 204));
}

#[tokio::test]
async fn two_parallel_writes_to_one_user_meet_and_a_chain_does_not() {
    let desk = Desk::with(60).await;
    let user = desk.plain();
    let answer = desk
        .batch(json!([
            patch("1", &user, json!({"city": "a"})),
            patch("2", &user, json!({"city": "b"}))
        ]))
        .await;
    let mut statuses = [status(&answer.json, "1"), status(&answer.json, "2")];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 409]);
    let mut second = patch("2", &user, json!({"city": "b"}));
    second["dependsOn"] = json!(["1"]);
    let answer = desk
        .batch(json!([patch("1", &user, json!({"city": "a"})), second]))
        .await;
    assert_eq!((status(&answer.json, "1"), status(&answer.json, "2")), (204, 204));
    assert_eq!(desk.stored(&user)["city"], "b");
}

#[tokio::test]
async fn items_carry_their_own_headers_and_the_envelope_its_token() {
    let desk = Desk::with(30).await;
    let count =
        |headers: Value| json!([{"id": "1", "method": "GET", "url": "users/$count", "headers": headers}]);
    let answer = desk.batch(count(json!({"ConsistencyLevel": "eventual"}))).await;
    assert_eq!(answer.json["responses"][0]["body"], "30");
    let request = desk
        .request(Method::POST, "/$batch")
        .header("ConsistencyLevel", "eventual");
    let answer = send(request.json(&json!({"requests": count(json!({}))}))).await;
    assert_eq!(
        answer.json["responses"][0]["status"], 400,
        "outer headers are not inherited"
    );
    let nested = json!([{"id": "1", "method": "POST", "url": "/$batch", "headers": {"Content-Type": "application/json"}, "body": {}}]);
    assert_eq!(desk.batch(nested).await.json["responses"][0]["status"], 400);
    desk.sandbox.expire_tokens();
    assert_eq!(
        desk.batch(count(json!({"Authorization": "Bearer x"})))
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn a_throttled_item_has_its_own_retry_after_inside_a_200() {
    let faults = Fault::parse_list("429:7,every=4,on=item").unwrap();
    let desk = Desk::open(SandboxOptions { faults, ..people(60) }).await;
    let people = users(&desk, 8);
    let requests: Vec<Value> = people
        .iter()
        .enumerate()
        .map(|(at, user)| patch(&at.to_string(), user, json!({"city": "X"})))
        .collect();
    let answer = desk.batch(json!(requests)).await;
    assert_eq!(answer.status, 200);
    let throttled: Vec<&Value> = answer.json["responses"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|r| r["status"] == 429)
        .collect();
    assert_eq!(throttled.len(), 2);
    assert_eq!(throttled[0]["headers"]["Retry-After"], "7");
    assert_eq!(throttled[0]["body"]["error"]["code"], "TooManyRequests");
    assert_eq!(desk.sandbox.stats().throttled, 2);
}

#[tokio::test]
async fn only_the_three_reliable_shapes_of_dependence_are_taken() {
    let desk = Desk::with(30).await;
    let get = |id: &str, needs: &[&str]| json!({"id": id, "method": "GET", "url": "/users?$top=1", "dependsOn": needs});
    for (requests, status) in [
        (json!([get("1", &[]), get("2", &[]), get("3", &[])]), 200),
        (json!([get("1", &[]), get("2", &["1"]), get("3", &["2"])]), 200),
        (json!([get("1", &[]), get("2", &["1"]), get("3", &["1"])]), 200),
        (json!([get("1", &[]), get("2", &["1"]), get("3", &[])]), 400),
        (json!([get("1", &[]), get("2", &[]), get("3", &["1", "2"])]), 400),
        (json!([get("1", &["2"]), get("2", &["1"])]), 400),
        (json!([get("1", &["1"])]), 400),
    ] {
        assert_eq!(desk.batch(requests.clone()).await.status, status, "{requests}");
    }
}
