//! Faults that leave the client in doubt, and those that only tell when to come again.

use crate::{Answer, Desk, people, send};
use dirsheet::sandbox::{Fault, Quota, SandboxOptions};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

pub async fn with(faults: &str) -> Desk {
    let desk = Desk::open(people(60)).await;
    desk.sandbox.set_faults(Fault::parse_list(faults).unwrap());
    desk
}

pub fn patch(id: &str, user: &str) -> Value {
    json!({"id": id, "method": "PATCH", "url": format!("/users/{user}"), "headers": {"Content-Type": "application/json"}, "body": {"city": "Reached"}})
}

pub fn read(id: &str, user: &str) -> Value {
    json!({"id": id, "method": "GET", "url": format!("/users/{user}?$select=id,city")})
}

/// Users nobody refuses to change.
pub fn plain(desk: &Desk, count: usize) -> Vec<String> {
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

pub fn reached(desk: &Desk, users: &[String]) -> usize {
    users
        .iter()
        .filter(|user| desk.stored(user)["city"] == "Reached")
        .count()
}

fn ids(answer: &Answer) -> Vec<String> {
    let responses = answer.json["responses"].as_array().unwrap();
    let mut ids: Vec<String> = responses
        .iter()
        .map(|response| response["id"].as_str().unwrap().to_owned())
        .collect();
    ids.sort();
    ids
}

#[tokio::test]
async fn an_error_after_the_work_leaves_an_effect_and_one_instead_of_it_does_not() {
    for (kind, status, effect) in [
        ("500", 500, false),
        ("502", 502, false),
        ("503", 503, false),
        ("504", 504, false),
        ("500-after", 500, true),
        ("503-after", 503, true),
        ("504-after", 504, true),
    ] {
        let desk = with(&format!("{kind},times=1,on=patch")).await;
        let id = desk.plain();
        let answer = desk.patch(&id, json!({"city": "Reached"})).await;
        assert_eq!(answer.status, status, "{kind}");
        assert!(answer.json["error"]["code"].is_string(), "{kind}");
        assert_eq!(desk.stored(&id)["city"] == "Reached", effect, "{kind}");
        let stats = desk.sandbox.stats();
        assert_eq!(stats.writes_accepted, u64::from(effect), "{kind}");
        assert_eq!(desk.sandbox.history().len(), usize::from(effect), "{kind}");
        assert_eq!(desk.sandbox.faults_happened(), [1], "{kind}");

        let desk = with(&format!("{kind},times=1,on=write-batch")).await;
        let users = plain(&desk, 3);
        let requests: Vec<Value> = users.iter().map(|user| patch(user, user)).collect();
        assert_eq!(desk.batch(json!(requests)).await.status, status, "{kind}");
        assert_eq!(reached(&desk, &users), if effect { 3 } else { 0 }, "{kind}");

        let desk = with(&format!("{kind},times=1,on=item")).await;
        let requests: Vec<Value> = users.iter().map(|user| patch(user, user)).collect();
        let answer = desk.batch(json!(requests)).await;
        assert_eq!(answer.status, 200, "{kind}");
        let wrong = answer.json["responses"].as_array().unwrap().iter();
        assert_eq!(wrong.filter(|item| item["status"] == status).count(), 1, "{kind}");
        assert_eq!(reached(&desk, &users), if effect { 3 } else { 2 }, "{kind}");
    }
}

#[tokio::test]
async fn a_429_for_a_whole_batch_does_nothing_of_it() {
    for (kind, header) in [
        ("429:7", "retry-after"),
        ("429-bare", ""),
        ("429-ms:40", "retry-after-ms"),
        ("429-date:5", "retry-after"),
    ] {
        for place in ["batch", "write-batch"] {
            let desk = with(&format!("{kind},times=1,on={place}")).await;
            let users = plain(&desk, 3);
            let requests: Vec<Value> = users.iter().map(|user| patch(user, user)).collect();
            let answer = desk.batch(json!(requests)).await;
            assert_eq!(answer.refusal().0, 429, "{kind}");
            assert_eq!(answer.refusal().1, "TooManyRequests");
            assert_eq!(reached(&desk, &users), 0);
            let stats = desk.sandbox.stats();
            assert_eq!((stats.writes_received, stats.throttled, stats.batches), (0, 1, 0));
            for name in ["retry-after", "retry-after-ms"] {
                assert_eq!(answer.header(name).is_empty(), name != header, "{kind} {name}");
            }
            assert_eq!(desk.batch(json!(requests)).await.status, 200);
            assert_eq!(reached(&desk, &users), 3);
        }
    }
}

#[tokio::test]
async fn a_wrong_clock_shows_in_date_and_in_retry_after_alike() {
    let clock = |answer: &Answer, name: &str| {
        jiff::fmt::rfc2822::parse(answer.header(name))
            .unwrap()
            .timestamp()
    };
    let desk = with("429-date:5,times=1,on=list; 429-date:5,times=1,on=item").await;
    let answer = desk.get("/users").await;
    let (date, until) = (clock(&answer, "date"), clock(&answer, "retry-after"));
    assert_eq!(until.duration_since(date).as_secs(), 5);
    assert!(date.duration_since(jiff::Timestamp::now()).as_secs() > 3_500);
    // One item says it; the head of the answer shows by which clock.
    let answer = desk.batch(json!([read("1", &desk.plain())])).await;
    assert_eq!(answer.status, 200);
    let headers = &answer.json["responses"][0]["headers"];
    assert!(headers["Date"].is_null());
    let until = jiff::fmt::rfc2822::parse(headers["Retry-After"].as_str().unwrap()).unwrap();
    let wait = until.timestamp().duration_since(clock(&answer, "date"));
    assert_eq!(wait.as_secs(), 5);
}

#[tokio::test]
async fn a_batch_answer_can_miss_an_item_or_have_one_twice() {
    for (fault, answered, effects) in [
        ("missing,times=1", 2, 3),
        ("missing-before,times=1", 2, 2),
        ("twice,times=1", 4, 3),
        ("missing,on=item", 0, 3),
        ("missing-before,on=item,times=2", 1, 1),
        ("twice,on=patch", 6, 3),
        ("missing,on=read-batch", 3, 3),
    ] {
        let desk = with(fault).await;
        let users = plain(&desk, 3);
        let requests: Vec<Value> = users.iter().map(|user| patch(user, user)).collect();
        let answer = desk.batch(json!(requests)).await;
        assert_eq!(answer.status, 200, "{fault}");
        let ids = ids(&answer);
        assert_eq!(ids.len(), answered, "{fault}");
        assert_eq!(reached(&desk, &users), effects, "{fault}");
        let mut unique = ids.clone();
        unique.dedup();
        assert_eq!(unique.len() < ids.len(), fault.starts_with("twice"), "{fault}");
    }
}

#[tokio::test]
async fn a_lost_write_is_answered_like_any_other() {
    let desk = with("lost,times=1").await;
    let users = plain(&desk, 2);
    let answer = desk.batch(json!([patch("1", &users[0])])).await;
    assert_eq!(answer.json["responses"][0]["status"], 204);
    assert_eq!(reached(&desk, &users), 0);
    assert_eq!(
        desk.patch(&users[1], json!({"city": "Reached"})).await.status,
        204
    );
    assert_eq!(reached(&desk, &users), 1);
    let stats = desk.sandbox.stats();
    assert_eq!(
        (stats.writes_received, stats.writes_accepted, stats.writes_refused),
        (2, 1, 0)
    );
    assert_eq!(desk.sandbox.history().len(), 1);
    // A wrong value is refused nevertheless.
    let desk = with("lost").await;
    let id = desk.plain();
    assert_eq!(desk.patch(&id, json!({"city": ""})).await.status, 400);
}

#[tokio::test]
async fn reads_can_become_stale_in_the_middle_and_good_weather_ends_that() {
    let desk = with("stale:60000,on=write-batch,after=1").await;
    let users = plain(&desk, 2);
    let cities = async |user: &str| {
        let mut seen = Vec::new();
        for _ in 0..4 {
            let answer = desk.get(&format!("/users/{user}?$select=city")).await;
            seen.push(answer.json["city"] == "Reached");
        }
        seen
    };
    desk.batch(json!([patch("1", &users[0])])).await;
    assert_eq!(cities(&users[0]).await, [true; 4]);
    desk.batch(json!([patch("1", &users[1])])).await;
    let seen = cities(&users[1]).await;
    assert_eq!(seen.iter().filter(|fresh| **fresh).count(), 2, "{seen:?}");
    assert_ne!(seen[0], seen[1], "new and old take turns");
    desk.sandbox.set_faults(Vec::new());
    assert_eq!(cities(&users[1]).await, [true; 4]);
}

#[tokio::test]
async fn somebody_else_can_write_a_moment_before() {
    let desk =
        with("edit-behind:jobTitle=Nurse,times=1,on=read,after=1; edit-behind:accountEnabled=false,times=1")
            .await;
    let id = desk.plain();
    let path = format!("/users/{id}?$select=jobTitle");
    assert_ne!(desk.get(&path).await.json["jobTitle"], "Nurse");
    assert_eq!(desk.get(&path).await.json["jobTitle"], "Nurse");
    assert_eq!(desk.patch(&id, json!({"city": "Reached"})).await.status, 204);
    let stored = desk.stored(&id);
    assert_eq!(
        (&stored["accountEnabled"], &stored["city"]),
        (&json!(false), &json!("Reached"))
    );
    assert_eq!(desk.sandbox.history().len(), 1, "the history is the client's");
}

#[tokio::test]
async fn a_slow_body_comes_whole_after_its_head() {
    let desk = with("slow-body:400,times=1,on=batch").await;
    let users = plain(&desk, 2);
    let started = Instant::now();
    let request = desk.request(Method::POST, "/$batch");
    let response = request
        .json(&json!({"requests": [patch("1", &users[0]), patch("2", &users[1])]}))
        .send()
        .await
        .unwrap();
    let head = started.elapsed();
    let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    let whole = started.elapsed();
    assert_eq!(body["responses"].as_array().unwrap().len(), 2);
    assert!(head < Duration::from_millis(300), "{head:?}");
    assert!(whole >= Duration::from_millis(300), "{whole:?}");
    let started = Instant::now();
    desk.get("/users").await;
    assert!(
        started.elapsed() < Duration::from_millis(300),
        "the next answer is fast"
    );
}

#[tokio::test]
async fn a_claims_challenge_is_made_to_who_understands_it_and_answered_by_its_claims_alone() {
    let desk = with("claims,times=2,on=list").await;
    assert_eq!(
        desk.get("/users").await.status,
        200,
        "this client declared nothing"
    );
    let declared = json!({"access_token": {"xms_cc": {"values": ["cp1"]}}});
    let signed = async |claims: &Value| {
        let mut fields = desk.fields();
        fields.push(("claims", claims.to_string()));
        let answer = desk.form(&fields).await;
        answer.json["access_token"].as_str().unwrap().to_owned()
    };
    let get = async |token: &str| send(desk.client.get(desk.url("/users")).bearer_auth(token)).await;
    let first = signed(&declared).await;
    let answer = get(&first).await;
    assert_eq!(answer.refusal().0, 401);
    let header = answer.header("www-authenticate");
    let (_, claims) = header
        .split_once("error=\"insufficient_claims\", claims=\"")
        .unwrap();
    let claims = dirsheet::sandbox::base64::decode(claims.trim_end_matches('"')).unwrap();
    let wanted: Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!(wanted["access_token"]["nbf"]["essential"], true);
    let mut merged = wanted.clone();
    merged["access_token"]["xms_cc"] = declared["access_token"]["xms_cc"].clone();
    for (token, status, challenged) in [
        (first, 401, true),
        (signed(&declared).await, 401, true),
        (desk.token.clone(), 401, false),
        (desk.sign_in().await, 401, false),
        (signed(&wanted).await, 401, false),
        (signed(&merged).await, 200, false),
    ] {
        let answer = get(&token).await;
        assert_eq!(answer.status, status);
        assert_eq!(
            answer.header("www-authenticate").contains("insufficient_claims"),
            challenged
        );
    }
    assert_eq!(desk.sandbox.stats().challenges, 1);
    let mut fields = desk.fields();
    fields.push(("claims", "no claims".to_owned()));
    assert_eq!(desk.form(&fields).await.status, 400);
}

#[tokio::test]
async fn in_scaled_time_the_wait_is_told_in_milliseconds() {
    let desk = Desk::open(SandboxOptions {
        quota: Quota::Fast(1_000.0),
        others_writes_per_second: 1e9,
        ..people(60)
    })
    .await;
    tokio::time::sleep(Duration::from_millis(20)).await;
    let answer = desk.patch(&desk.plain(), json!({"city": "x"})).await;
    assert_eq!(answer.status, 429, "others took everything");
    assert_eq!(answer.header("retry-after"), "");
    let wait: u64 = answer.header("retry-after-ms").parse().unwrap();
    assert!((1..=150).contains(&wait), "{wait}");
}

#[tokio::test]
async fn batches_are_counted_by_what_is_in_them_and_writes_by_when_they_came() {
    let desk = Desk::with(60).await;
    let users = plain(&desk, 2);
    desk.batch(json!([read("1", &users[0])])).await;
    desk.batch(json!([read("1", &users[0]), patch("2", &users[1])]))
        .await;
    tokio::time::sleep(Duration::from_millis(30)).await;
    desk.batch(json!([patch("1", &users[0])])).await;
    let stats = desk.sandbox.stats();
    assert_eq!(
        (stats.batches, stats.write_batches, stats.read_batches),
        (3, 2, 1)
    );
    let at: Vec<u64> = desk.sandbox.history().iter().map(|write| write.at_ms).collect();
    assert!(at[1] >= at[0] + 30, "{at:?}");
}

#[test]
fn the_page_about_faults_names_each_of_them_and_no_other() {
    let page = include_str!("../../docs/formats/faults.md");
    let mut kinds = 0;
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    let words = rows.flat_map(|row| {
        let first = row.trim_matches('|').split('|').next().unwrap();
        first.split('`').skip(1).step_by(2).collect::<Vec<_>>()
    });
    for word in words {
        let example = word
            .replace("PROPERTY=VALUE", "jobTitle=Nurse")
            .replace("SECONDS", "2")
            .replace("MS", "20")
            .replace(":N", ":3");
        assert!(example.parse::<Fault>().is_ok(), "{word}");
        kinds += 1;
    }
    let all = "nonsense".parse::<Fault>().unwrap_err();
    let names = all.split("there are ").nth(1).unwrap();
    for name in names.split([',', ' ']).filter(|name| !["", "and"].contains(name)) {
        assert!(
            page.contains(&format!("`{name}`")) || page.contains(&format!("`{name}:")),
            "{name} is not on the page"
        );
        kinds -= 1;
    }
    assert_eq!(kinds, 0, "each once");
    let places = "html,on=moon".parse::<Fault>().unwrap_err();
    for place in places.split("there are ").nth(1).unwrap().split(", ") {
        assert!(page.contains(&format!("`{place}`")), "{place}");
    }
}
