//! Others who write, and what somebody who watches may ask.

use crate::{Desk, people, send};
use dirsheet::sandbox::SandboxOptions;
use reqwest::Method;
use serde_json::{Value, json};
use std::{collections::HashMap, time::Duration};

async fn desk(churn: Option<u32>) -> Desk {
    Desk::open(SandboxOptions {
        churn,
        ..people(6_000)
    })
    .await
}

fn at(desk: &Desk, path: &str) -> String {
    format!("{}/sandbox/{path}", desk.sandbox.url())
}

/// The store, part by part, and the versions it was told at.
async fn state(desk: &Desk) -> (Vec<Value>, Vec<u64>) {
    let (mut users, mut versions, mut from) = (Vec::new(), Vec::new(), Some(0));
    while let Some(start) = from {
        let part = desk.get(&at(desk, &format!("state?from={start}"))).await;
        assert_eq!(part.status, 200, "{}", part.text);
        assert!(part.json["moment"].is_string());
        users.extend(part.json["users"].as_array().unwrap().iter().cloned());
        versions.push(part.json["version"].as_u64().unwrap());
        from = part.json["next"].as_u64();
    }
    (users, versions)
}

#[tokio::test]
async fn others_write_until_they_are_told_to_stop_and_then_the_store_stays_as_it_is() {
    let desk = desk(Some(1_000)).await;
    let before = desk.sandbox.dump();
    tokio::time::sleep(Duration::from_millis(700)).await;
    let stop = send(desk.request(Method::POST, &at(&desk, "churn/stop"))).await;
    let changes = stop.json["changes"].as_u64().unwrap();
    assert!(changes > 100, "{changes}");
    let (users, versions) = state(&desk).await;
    assert!(versions.len() > 1 && versions.iter().all(|version| *version == stop.json["version"]));
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(state(&desk).await.0, users);
    assert_eq!(users, desk.sandbox.own_state());

    // What others did is of every kind.
    let now = desk.sandbox.dump();
    let count = |all: &[Value], test: &dyn Fn(&Value) -> bool| all.iter().filter(|user| test(user)).count();
    let deleted = |user: &Value| !user["deletedDateTime"].is_null();
    assert!(count(&now, &deleted) > 0 && count(&before, &deleted) == 0);
    let old: HashMap<&str, &Value> = before
        .iter()
        .map(|user| (user["id"].as_str().unwrap(), user))
        .collect();
    let was = |user: &Value| old.get(user["id"].as_str().unwrap()).copied();
    assert!(count(&now, &|user| was(user).is_none()) > 0, "somebody is new");
    let changed = |name: &str| count(&now, &|user| was(user).is_some_and(|old| old[name] != user[name]));
    for name in ["userPrincipalName", "manager", "jobTitle", "city"] {
        assert!(changed(name) > 0, "{name}");
    }
}

#[tokio::test]
async fn the_store_is_told_only_to_who_has_a_token_and_only_where_others_write() {
    let desk = desk(Some(0)).await;
    let bare = send(desk.client.get(at(&desk, "state"))).await;
    assert_eq!(bare.status, 401);
    let (users, _) = state(&desk).await;
    assert_eq!(users.len(), 6_000);
    let listed = desk.stored(users[7]["id"].as_str().unwrap());
    assert_eq!(
        (&users[7]["set"]["city"], &users[7]["manager"]),
        (&listed["city"], &listed["manager"])
    );
    assert_eq!(users[7]["deleted"], json!(false));
    assert_eq!(desk.get(&at(&desk, "state?from=x")).await.status, 400);
    assert_eq!(desk.get(&at(&desk, "nonsense")).await.status, 400);
    let closed = crate::Desk::with(10).await;
    assert_eq!(closed.get(&at(&closed, "state")).await.status, 400);
}
