//! Sponsors: read, added and removed one by one.

use crate::{Answer, Desk, people, send};
use dirsheet::sandbox::SandboxOptions;
use reqwest::Method;
use serde_json::{Value, json};

async fn add(desk: &Desk, user: &str, sponsor: &str) -> Answer {
    let body = json!({"@odata.id": desk.url(&format!("/users/{sponsor}"))});
    let path = format!("/users/{user}/sponsors/$ref");
    send(desk.request(Method::POST, &path).json(&body)).await
}

async fn remove(desk: &Desk, user: &str, sponsor: &str) -> Answer {
    let path = format!("/users/{user}/sponsors/{sponsor}/$ref");
    send(desk.request(Method::DELETE, &path)).await
}

fn id(user: &Value) -> String {
    user["id"].as_str().unwrap().to_owned()
}

/// A guest, and six people who could answer for them.
async fn guest(desk: &Desk) -> (String, Vec<String>) {
    let guest = id(&desk.find(|user| user["userType"] == "Guest"));
    let (all, _) = desk.all("/users?$select=id").await;
    let others = all
        .iter()
        .map(id)
        .filter(|other| *other != guest)
        .take(6)
        .collect();
    (guest, others)
}

#[tokio::test]
async fn sponsors_are_added_and_removed_one_by_one() {
    let desk = Desk::with(60).await;
    let (guest, others) = guest(&desk).await;
    let path = format!("/users/{guest}/sponsors");
    assert_eq!(desk.get(&path).await.json["value"], json!([]));
    assert_eq!(add(&desk, &guest, &others[0]).await.status, 204);
    assert_eq!(add(&desk, &guest, &others[1]).await.status, 204);
    let shown = desk.get(&path).await;
    assert_eq!(shown.json["value"][1]["id"], others[1].as_str());
    assert_eq!(shown.json["value"][1]["@odata.type"], "#microsoft.graph.user");
    assert!(shown.json["value"][1]["userPrincipalName"].is_string());
    assert_eq!(remove(&desk, &guest, &others[0]).await.status, 204);
    assert_eq!(remove(&desk, &guest, &others[0]).await.status, 404);
    assert_eq!(
        desk.get(&path).await.json["value"].as_array().map(Vec::len),
        Some(1)
    );
    // It is a relation, and no property of the user.
    assert_eq!(
        desk.get(&format!("/users/{guest}?$select=sponsors")).await.status,
        400
    );
}

#[tokio::test]
async fn a_sponsor_twice_a_sixth_and_a_stranger_are_refused() {
    let desk = Desk::with(60).await;
    let (guest, others) = guest(&desk).await;
    for other in &others[..5] {
        assert_eq!(add(&desk, &guest, other).await.status, 204);
    }
    assert!(add(&desk, &guest, &others[5]).await.message().contains('5'));
    assert_eq!(remove(&desk, &guest, &others[4]).await.status, 204);
    let again = add(&desk, &guest, &others[0]).await;
    assert_eq!(
        (again.status.as_u16(), again.message().contains("already")),
        (400, true)
    );
    let stranger = "00000000-0000-0000-0000-000000000001";
    assert_eq!(add(&desk, &guest, stranger).await.status, 404);
    let path = format!("/users/{guest}/sponsors/$ref");
    let empty = send(desk.request(Method::POST, &path).json(&json!({}))).await;
    assert_eq!(empty.status, 400);
}

#[tokio::test]
async fn whoever_may_only_read_adds_nobody() {
    let desk = Desk::open(SandboxOptions {
        roles: vec!["User.Read.All".to_owned()],
        ..people(60)
    })
    .await;
    let (guest, others) = guest(&desk).await;
    assert_eq!(desk.get(&format!("/users/{guest}/sponsors")).await.status, 200);
    assert_eq!(add(&desk, &guest, &others[0]).await.status, 403);
}

#[tokio::test]
async fn a_link_of_another_cloud_names_nobody() {
    let desk = Desk::with(60).await;
    let (guest, others) = guest(&desk).await;
    let link = format!("https://elsewhere.example/v1.0/users/{}", others[0]);
    let path = format!("/users/{guest}/sponsors/$ref");
    let body = json!({"@odata.id": link});
    assert_eq!(
        send(desk.request(Method::POST, &path).json(&body)).await.status,
        400
    );
}
