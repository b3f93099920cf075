//! Change tracking: `GET /users/delta`.

use crate::{Answer, Desk, escape, people, send};
use dirsheet::sandbox::{PRACTICE_ROLES, SandboxOptions};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub fn options(users: usize) -> SandboxOptions {
    SandboxOptions {
        roles: PRACTICE_ROLES.map(str::to_owned).to_vec(),
        app_role: Some("User Administrator".to_owned()),
        ..people(users)
    }
}

/// A round to its end: its items in order, how many pages, and the link of the next.
pub async fn round(desk: &Desk, path: &str) -> (Vec<Value>, usize, String) {
    let (mut items, mut pages, mut next) = (Vec::new(), 0, desk.url(path));
    loop {
        let page = desk.get(&next).await;
        assert_eq!(page.status, 200, "{}", page.text);
        items.extend(page.json["value"].as_array().unwrap().iter().cloned());
        pages += 1;
        let link = |name: &str| page.json[name].as_str().map(str::to_owned);
        let (on, end) = (link("@odata.nextLink"), link("@odata.deltaLink"));
        assert!(on.is_some() != end.is_some(), "one of both links: {}", page.text);
        match (on, end) {
            (_, Some(link)) => return (items, pages, link),
            (on, None) => next = on.unwrap_or_default(),
        }
    }
}

pub async fn latest(desk: &Desk, select: &str) -> String {
    let (items, pages, link) =
        round(desk, &format!("/users/delta?$select={select}&$deltatoken=latest")).await;
    assert_eq!((items.len(), pages), (0, 1));
    link
}

async fn delete(desk: &Desk, path: &str) -> u16 {
    send(desk.request(Method::DELETE, path)).await.status.as_u16()
}

async fn restore(desk: &Desk, id: &str) -> u16 {
    let path = format!("/directory/deletedItems/{id}/restore");
    send(desk.request(Method::POST, &path).header("Content-Length", "0"))
        .await
        .status
        .as_u16()
}

async fn minimal(desk: &Desk, link: &str) -> Answer {
    send(desk.request(Method::GET, link).header("Prefer", "return=minimal")).await
}

pub fn plain(desk: &Desk, count: usize) -> Vec<String> {
    crate::mishaps::plain(desk, count)
}

#[tokio::test]
async fn the_first_round_tells_everybody_and_leaves_out_what_was_never_set() {
    let desk = Desk::with(900).await;
    let (items, pages, _) = round(
        &desk,
        "/users/delta?$select=id,displayName,jobTitle,businessPhones",
    )
    .await;
    assert!(pages >= 5, "{pages}");
    let ids: BTreeSet<&str> = items.iter().map(|item| item["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 900);
    let stored = desk.sandbox.dump();
    let without = stored.iter().find(|user| user["jobTitle"].is_null()).unwrap();
    let item = items.iter().find(|item| item["id"] == without["id"]).unwrap();
    assert!(item.get("jobTitle").is_none() && item["displayName"].is_string());
    assert!(
        items
            .iter()
            .all(|item| !item["jobTitle"].is_null() || item.get("jobTitle").is_none())
    );
    assert!(items.iter().all(|item| item["businessPhones"] != json!([])));
}

#[tokio::test]
async fn latest_gives_a_link_at_once_and_from_there_on_only_what_is_selected_is_followed() {
    let desk = Desk::open(options(60)).await;
    let link = latest(&desk, "displayName,jobTitle").await;
    let users = plain(&desk, 3);
    assert_eq!(
        desk.patch(&users[0], json!({"jobTitle": "Followed"}))
            .await
            .status,
        204
    );
    assert_eq!(
        desk.patch(&users[1], json!({"city": "Elsewhere"})).await.status,
        204
    );
    // What is written as it was is no change.
    let title = desk.stored(&users[2])["jobTitle"].clone();
    desk.patch(&users[2], json!({"jobTitle": title})).await;
    let (items, _, link) = round(&desk, &link).await;
    assert_eq!(items.len(), 1, "{items:?}");
    assert_eq!(items[0]["id"], users[0].as_str());
    assert_eq!(items[0]["jobTitle"], "Followed");
    assert!(
        items[0]["displayName"].is_string(),
        "all that was selected comes along"
    );
    assert!(items[0].get("city").is_none());
    assert_eq!(round(&desk, &link).await.0.len(), 0);
    // Without a selection every property is followed, and the usual ones are shown.
    let (_, _, all) = round(&desk, "/users/delta?$deltatoken=latest").await;
    desk.patch(&users[1], json!({"city": "Again"})).await;
    let (items, _, _) = round(&desk, &all).await;
    assert_eq!((items.len(), &items[0]["id"]), (1, &json!(users[1])));
}

#[tokio::test]
async fn a_cleared_property_is_null_and_with_return_minimal_only_what_changed_is_told() {
    let desk = Desk::open(options(60)).await;
    let link = latest(&desk, "displayName,jobTitle,businessPhones,city").await;
    let id = desk.plain();
    desk.sandbox
        .edit(&id, "businessPhones", json!(["+31 20 1"]))
        .unwrap();
    desk.patch(&id, json!({"jobTitle": "Set"})).await;
    desk.patch(&id, json!({"jobTitle": null, "businessPhones": []}))
        .await;
    let page = minimal(&desk, &link).await;
    let item = &page.json["value"][0];
    let names: BTreeSet<&str> = item.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, BTreeSet::from(["id", "jobTitle", "businessPhones"]));
    assert_eq!(
        (&item["jobTitle"], &item["businessPhones"]),
        (&Value::Null, &json!([]))
    );
    let whole = desk.get(&link).await;
    assert!(
        whole.json["value"][0]["displayName"].is_string(),
        "the header belongs to one request"
    );
    assert!(
        whole.json["value"][0]
            .as_object()
            .unwrap()
            .contains_key("jobTitle")
    );
}

#[tokio::test]
async fn the_removed_the_restored_the_new_and_those_gone_for_good_are_told_apart() {
    let desk = Desk::open(options(60)).await;
    let link = latest(&desk, "displayName,userPrincipalName").await;
    let users = plain(&desk, 3);
    for id in &users {
        assert_eq!(delete(&desk, &format!("/users/{id}")).await, 204);
    }
    let (items, _, second) = round(&desk, &link).await;
    assert_eq!(items.len(), 3);
    assert!(items.iter().all(|item| item["@removed"] == json!({"reason": "changed"}) && item.get("displayName").is_none()));

    assert_eq!(restore(&desk, &users[0]).await, 200);
    assert_eq!(
        delete(&desk, &format!("/directory/deletedItems/{}", users[1])).await,
        204
    );
    let body = json!({"accountEnabled": true, "displayName": "New One", "mailNickname": "new.one",
        "userPrincipalName": "new.one@contoso.example", "passwordProfile": {"password": "Xy7!long-enough"}});
    let new = send(desk.request(Method::POST, "/users").json(&body)).await;
    assert_eq!(new.status, 201, "{}", new.text);
    let (items, _, third) = round(&desk, &second).await;
    let of = |id: &str| items.iter().rfind(|item| item["id"] == id).unwrap();
    assert!(of(&users[0])["displayName"].is_string() && of(&users[0]).get("@removed").is_none());
    assert_eq!(of(&users[1])["@removed"], json!({"reason": "deleted"}));
    assert_eq!(of(new.json["id"].as_str().unwrap())["displayName"], "New One");
    assert!(items.iter().all(|item| item["id"] != users[2].as_str()));
    assert_eq!(round(&desk, &third).await.0.len(), 0);

    // Whoever is gone for good is nowhere any more.
    assert_eq!(
        desk.get(&format!("/directory/deletedItems/{}", users[1]))
            .await
            .status,
        404
    );
    assert_eq!(restore(&desk, &users[1]).await, 404);
    let (deleted, _) = desk.all("/directory/deletedItems/microsoft.graph.user").await;
    assert_eq!(deleted.len(), 1);
    // A first round tells those who are among the deleted ones, if it tells of them, as removed.
    let (items, _, _) = round(&desk, "/users/delta?$select=id").await;
    let gone = items.iter().filter(|item| item["@removed"].is_object()).count();
    assert_eq!((items.len() - gone, gone), (59, 2));
}

#[tokio::test]
async fn a_manager_is_followed_when_it_is_selected() {
    let desk = Desk::open(options(60)).await;
    let link = latest(&desk, "displayName,manager").await;
    let users = plain(&desk, 4);
    let former = desk.stored(&users[0])["manager"].clone();
    let target = desk.url(&format!("/users/{}", users[3]));
    assert_eq!(desk.put_manager(&users[0], &target).await.status, 204);
    assert_eq!(
        delete(&desk, &format!("/users/{}/manager/$ref", users[1])).await,
        204
    );
    let (items, _, link) = round(&desk, &link).await;
    assert_eq!(items.len(), 2, "{items:?}");
    let of = |items: &[Value], id: &str| {
        items.iter().rfind(|item| item["id"] == id).unwrap()["manager@delta"].clone()
    };
    let now = of(&items, &users[0]);
    assert!(
        now.as_array()
            .unwrap()
            .contains(&json!({"@odata.type": "#microsoft.graph.user", "id": users[3]}))
    );
    assert!(
        now.as_array()
            .unwrap()
            .iter()
            .any(|entry| entry["id"] == former && entry["@removed"].is_object())
    );
    let none = of(&items, &users[1]);
    assert!(
        none.as_array()
            .unwrap()
            .iter()
            .all(|entry| entry["@removed"].is_object())
    );
    // Whoever has a deleted manager has none.
    assert_eq!(delete(&desk, &format!("/users/{}", users[3])).await, 204);
    let (items, _, _) = round(&desk, &link).await;
    let gone = of(&items, &users[0]);
    assert!(
        gone.as_array()
            .unwrap()
            .iter()
            .all(|entry| entry["@removed"].is_object())
    );
}

#[tokio::test]
async fn options_are_given_once_and_most_of_lists_are_refused() {
    let desk = Desk::open(options(60)).await;
    for option in [
        "$top=5",
        "$expand=manager",
        "$orderby=displayName",
        "$search=\"displayName:a\"",
        "$count=true",
    ] {
        let answer = desk.get(&format!("/users/delta?{option}")).await;
        assert_eq!(answer.refusal().0, 400, "{option}");
    }
    let link = latest(&desk, "displayName").await;
    assert_eq!(desk.get(&format!("{link}&$select=id")).await.refusal().0, 400);
    let users = plain(&desk, 60);
    let filter = |ids: &[String]| {
        let terms: Vec<String> = ids.iter().map(|id| format!("id eq '{id}'")).collect();
        format!(
            "/users/delta?$select=jobTitle&$filter={}",
            escape(&terms.join(" or "))
        )
    };
    assert_eq!(
        desk.get(&filter(&users[..51.min(users.len())])).await.status,
        if users.len() > 50 { 400 } else { 200 }
    );
    assert_eq!(
        desk.get("/users/delta?$filter=city%20eq%20'x'").await.refusal().0,
        400
    );
    let (items, _, link) = round(&desk, &filter(&users[..2])).await;
    assert_eq!(items.len(), 2);
    desk.patch(&users[0], json!({"jobTitle": "In"})).await;
    desk.patch(&users[5], json!({"jobTitle": "Out"})).await;
    assert_eq!(round(&desk, &link).await.0.len(), 1);
    for (name, status) in [
        ("signInActivity", 400),
        ("aboutMe", 501),
        ("photo", 400),
        ("mailboxSettings", 501),
    ] {
        assert_eq!(
            desk.get(&format!("/users/delta?$select={name}")).await.status,
            status,
            "{name}"
        );
    }
    let basic = SandboxOptions {
        roles: vec!["User.ReadBasic.All".into()],
        ..people(5)
    };
    assert_eq!(Desk::open(basic).await.get("/users/delta").await.status, 403);
}

#[tokio::test]
async fn all_extensions_come_along_when_one_of_them_changed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("people.csv");
    let app = "extension_0123456789abcdef0123456789abcdef";
    let sheet =
        format!("userPrincipalName,{app}_a,{app}_b\nann@contoso.example,1,2\nbob@contoso.example,,\n");
    std::fs::write(&path, sheet).unwrap();
    let desk = Desk::open(SandboxOptions {
        people: dirsheet::sandbox::People::FromSheet(path),
        ..options(1)
    })
    .await;
    let (items, _, link) = round(&desk, &format!("/users/delta?$select={app}_a,{app}_b")).await;
    let bob = items.iter().find(|item| item.as_object().unwrap().len() == 1);
    assert!(bob.is_some(), "one without any shows none: {items:?}");
    desk.patch("ann@contoso.example", json!({format!("{app}_a"): null}))
        .await;
    let page = minimal(&desk, &link).await;
    let item = &page.json["value"][0];
    assert_eq!(
        (&item[format!("{app}_a")], &item[format!("{app}_b")]),
        (&Value::Null, &json!("2"))
    );
    assert_eq!(item.as_object().unwrap().len(), 3);
}

#[tokio::test]
async fn a_request_with_a_selection_costs_one_unit_and_one_without_two() {
    let desk = Desk::open(options(60)).await;
    let first = desk.get("/users/delta?$select=displayName").await;
    assert_eq!(first.header("x-ms-resource-unit"), "1");
    let next = first.json["@odata.deltaLink"].as_str().unwrap().to_owned();
    assert_eq!(desk.get(&next).await.header("x-ms-resource-unit"), "2");
}
