//! Lists, single users, managers.

use crate::{Desk, escape, people, send};
use dirsheet::sandbox::SandboxOptions;
use reqwest::Method;
use serde_json::{Value, json};
use std::{collections::HashSet, time::Duration};

#[tokio::test]
async fn a_list_without_select_shows_eleven_properties_and_null_for_what_is_unset() {
    let desk = Desk::with(30).await;
    let answer = desk.get("/users").await;
    let users = answer.json["value"].as_array().unwrap();
    for user in users {
        let names: Vec<&String> = user
            .as_object()
            .unwrap()
            .keys()
            .filter(|name| !name.starts_with('@'))
            .collect();
        assert_eq!(names.len(), 11, "{names:?}");
        assert!(user["businessPhones"].is_array());
    }
    assert!(users.iter().any(|user| user["jobTitle"].is_null()));
    assert!(
        answer.json["@odata.context"]
            .as_str()
            .unwrap()
            .ends_with("/v1.0/$metadata#users")
    );
    assert!(answer.json["@microsoft.graph.tips"].is_string());
}

#[tokio::test]
async fn every_answer_carries_the_headers_of_the_service() {
    let desk = Desk::with(5).await;
    let request = desk
        .request(Method::GET, "/users")
        .header("client-request-id", "11111111-2222-3333-4444-555555555555");
    let answer = send(request).await;
    assert_eq!(
        answer.header("client-request-id"),
        "11111111-2222-3333-4444-555555555555"
    );
    assert_eq!(answer.header("request-id").len(), 36);
    assert_eq!(answer.header("odata-version"), "4.0");
    assert!(answer.header("date").ends_with(" GMT"));
    assert!(
        serde_json::from_str::<Value>(answer.header("x-ms-ags-diagnostic")).unwrap()["ServerInfo"]
            .is_object()
    );
    assert!(
        answer
            .header("content-type")
            .starts_with("application/json;odata.metadata=minimal")
    );
    let answer = desk.get("/users/nobody").await;
    assert_eq!(
        answer.json["error"]["innerError"]["request-id"],
        answer.header("request-id")
    );
}

#[tokio::test]
async fn following_the_next_links_gives_everyone_once_over_odd_and_empty_pages() {
    let desk = Desk::with(1_500).await;
    let (users, pages) = desk.all("/users?$select=id,userPrincipalName&$top=20").await;
    assert_eq!(users.len(), 1_500);
    assert_eq!(
        users
            .iter()
            .map(|user| user["id"].as_str().unwrap())
            .collect::<HashSet<_>>()
            .len(),
        1_500
    );
    assert!(pages > 75, "{pages} pages");
    let (mut lengths, mut next) = (Vec::new(), Some(desk.url("/users?$select=id&$top=20")));
    while let Some(url) = next {
        let page = desk.get(&url).await;
        lengths.push(page.json["value"].as_array().unwrap().len());
        next = page.json["@odata.nextLink"].as_str().map(str::to_owned);
    }
    assert!(lengths.contains(&0), "an empty page with a next link");
    assert!(lengths.iter().any(|length| *length > 0 && *length < 20));
    let (filtered, _) = desk
        .all("/users?$select=id&$top=10&$filter=userType%20eq%20'Guest'")
        .await;
    let guests = desk
        .sandbox
        .dump()
        .iter()
        .filter(|user| user["userType"] == "Guest")
        .count();
    assert_eq!(filtered.len(), guests);
}

#[tokio::test]
async fn the_page_size_is_at_most_999_and_100_without_top() {
    let desk = Desk::with(1_200).await;
    for (top, status) in [
        ("0", 400),
        ("-1", 400),
        ("x", 400),
        ("1000", 400),
        ("999", 200),
        ("1", 200),
    ] {
        assert_eq!(
            desk.get(&format!("/users?$top={top}")).await.status,
            status,
            "{top}"
        );
    }
    assert!(desk.get("/users").await.json["value"].as_array().unwrap().len() <= 100);
    let audited = SandboxOptions {
        roles: vec!["User.Read.All".into(), "AuditLog.Read.All".into()],
        ..people(5)
    };
    let desk = Desk::open(audited).await;
    assert_eq!(
        desk.get("/users?$select=signInActivity&$top=501").await.status,
        400
    );
    assert_eq!(
        desk.get("/users?$select=signInActivity&$top=500").await.status,
        200
    );
}

#[tokio::test]
async fn a_forged_or_foreign_page_token_is_not_valid() {
    let desk = Desk::with(50).await;
    let page = desk.get("/users?$top=5").await;
    let next = page.json["@odata.nextLink"].as_str().unwrap().to_owned();
    for link in [
        format!("{next}x"),
        next.replace("top=5", "top=6"),
        desk.url("/users?$skiptoken=abc"),
    ] {
        let answer = desk.get(&link).await;
        assert_eq!(
            (answer.refusal().0, answer.message()),
            (400, "The page token is not valid."),
            "{link}"
        );
    }
    assert_eq!(desk.get(&next).await.status, 200);
}

#[tokio::test]
async fn select_takes_first_level_names_only() {
    let desk = Desk::with(30).await;
    let answer = desk
        .get("/users?$select=id,employeeOrgData,onPremisesExtensionAttributes,onPremisesSyncEnabled")
        .await;
    let user = &answer.json["value"][0];
    assert!(
        user["onPremisesExtensionAttributes"]
            .as_object()
            .unwrap()
            .contains_key("extensionAttribute15")
    );
    for wrong in ["nonsense", "employeeOrgData/division", "DisplayName", ""] {
        assert_eq!(
            desk.get(&format!("/users?$select={wrong}")).await.refusal().0,
            400,
            "{wrong}"
        );
    }
    assert_eq!(desk.get("/users?$skip=5").await.status, 400);
}

#[tokio::test]
async fn what_is_read_one_by_one_answers_501_in_a_list_and_what_needs_more_rights_403() {
    let desk = Desk::with(30).await;
    for name in [
        "aboutMe",
        "birthday",
        "hireDate",
        "interests",
        "mySite",
        "pastProjects",
        "preferredName",
        "responsibilities",
        "schools",
        "skills",
    ] {
        let answer = desk.get(&format!("/users?$select=id,{name}")).await;
        assert_eq!(
            (answer.refusal().0, answer.refusal().1),
            (501, "NotImplemented"),
            "{name}"
        );
        assert_eq!(answer.message(), "This operation target is not yet supported.");
        assert_eq!(
            desk.get(&format!("/users/{}?$select={name}", desk.plain()))
                .await
                .status,
            200
        );
    }
    for name in ["signInActivity", "employeeLeaveDateTime"] {
        assert_eq!(
            desk.get(&format!("/users?$select=id,{name}")).await.status,
            403,
            "{name}"
        );
    }
}

#[tokio::test]
async fn one_user_is_found_by_id_or_by_name_in_any_case() {
    let desk = Desk::with(60).await;
    let guest = desk.find(|user| user["userType"] == "Guest");
    let (id, name) = (
        guest["id"].as_str().unwrap(),
        guest["userPrincipalName"].as_str().unwrap(),
    );
    for key in [
        id.to_owned(),
        id.to_uppercase(),
        escape(name),
        escape(&name.to_uppercase()),
    ] {
        let answer = desk.get(&format!("/users/{key}?$select=id,mail")).await;
        assert_eq!(answer.json["id"], id, "{key}");
    }
    assert_eq!(
        desk.get(&format!("/users('{}')", escape(name))).await.json["id"],
        id
    );
    let answer = desk.get("/users/nobody@contoso.com").await;
    assert_eq!(
        (answer.refusal().0, answer.refusal().1),
        (404, "Request_ResourceNotFound")
    );
    assert!(
        answer
            .message()
            .starts_with("Resource 'nobody@contoso.com' does not exist")
    );
    assert_eq!(desk.get("/nonsense").await.status, 400);
    assert_eq!(send(desk.request(Method::DELETE, "/users")).await.status, 405);
}

#[tokio::test]
async fn a_user_without_a_manager_answers_404_for_it() {
    let desk = Desk::with(20).await;
    let boss = desk.find(|user| user["manager"].is_null());
    let answer = desk
        .get(&format!("/users/{}/manager", boss["id"].as_str().unwrap()))
        .await;
    assert_eq!(answer.refusal().0, 404);
    assert!(answer.message().starts_with("Resource 'manager' does not exist"));
    let user = desk.stored(&desk.plain());
    let answer = desk
        .get(&format!("/users/{}/manager", user["id"].as_str().unwrap()))
        .await;
    assert_eq!(answer.json["id"], user["manager"]);
    assert_eq!(answer.json["@odata.type"], "#microsoft.graph.user");
}

#[tokio::test]
async fn an_agent_user_says_what_it_is_and_the_organisation_names_its_domains() {
    let desk = Desk::with(30).await;
    let (users, _) = desk.all("/users?$select=id").await;
    assert_eq!(
        users
            .iter()
            .filter(|user| user["@odata.type"] == "#microsoft.graph.agentUser")
            .count(),
        1
    );
    let answer = desk.get("/organization").await;
    assert_eq!(answer.json["value"][0]["id"], desk.sandbox.tenant_id());
    assert!(
        answer.json["value"][0]["verifiedDomains"]
            .as_array()
            .unwrap()
            .iter()
            .any(|d| d["isDefault"] == true)
    );
}

#[tokio::test]
async fn with_a_lag_reads_alternate_between_before_and_after() {
    let desk = Desk::open(SandboxOptions {
        lag: Duration::from_millis(600),
        ..people(20)
    })
    .await;
    let id = desk.plain();
    assert_eq!(
        desk.patch(&id, json!({"jobTitle": "Newly set"})).await.status,
        204
    );
    let mut seen = HashSet::new();
    for _ in 0..4 {
        let answer = desk.get(&format!("/users/{id}?$select=jobTitle")).await;
        seen.insert(answer.json["jobTitle"] == "Newly set");
    }
    assert_eq!(seen.len(), 2, "fresh and stale");
    tokio::time::sleep(Duration::from_millis(700)).await;
    for _ in 0..4 {
        assert_eq!(
            desk.get(&format!("/users/{id}?$select=jobTitle")).await.json["jobTitle"],
            "Newly set"
        );
    }
}
