//! Licences: what the tenant has bought, and giving it to users.

use crate::{Answer, Desk, people, send};
use dirsheet::sandbox::SandboxOptions;
use reqwest::Method;
use serde_json::{Value, json};

const E3: &str = "6fd2c87f-b296-42f0-b197-1e91e994b900";
const E5: &str = "06ebc4ee-1bb5-47dd-8120-11324bc54e06";
const TEAMS: &str = "57ff2da0-773e-42df-b2af-ffb7a2317929";

async fn assign(desk: &Desk, user: &str, add: Value, remove: Value) -> Answer {
    let body = json!({"addLicenses": add, "removeLicenses": remove});
    let path = format!("/users/{user}/assignLicense");
    send(desk.request(Method::POST, &path).json(&body)).await
}

fn one(sku: &str) -> Value {
    json!([{"skuId": sku, "disabledPlans": []}])
}

/// Somebody with a usage location and somebody without.
async fn two(desk: &Desk) -> (String, String) {
    let id = |user: Value| user["id"].as_str().unwrap().to_owned();
    let (with, without) = (desk.plain(), id(desk.find(|user| user["userType"] == "Guest")));
    desk.sandbox.edit(&with, "usageLocation", json!("NL")).unwrap();
    desk.sandbox.edit(&without, "usageLocation", Value::Null).unwrap();
    (with, without)
}

#[tokio::test]
async fn a_licence_is_given_and_taken_and_counted() {
    let desk = Desk::with(60).await;
    let (user, _) = two(&desk).await;
    let add = json!([{"skuId": E3, "disabledPlans": [TEAMS]}]);
    let given = assign(&desk, &user, add, json!([])).await;
    assert_eq!(given.status, 200);
    assert_eq!(
        given.json["assignedLicenses"],
        json!([{"skuId": E3, "disabledPlans": [TEAMS]}])
    );
    assert!(desk.stored(&user)["licenseAssignmentStates"][0]["assignedByGroup"].is_null());
    let listed = desk.get("/subscribedSkus").await;
    let pack = &listed.json["value"][0];
    assert_eq!(
        (&pack["skuPartNumber"], &pack["consumedUnits"]),
        (&json!("ENTERPRISEPACK"), &json!(1))
    );
    assert_eq!(assign(&desk, &user, json!([]), json!([E3])).await.status, 200);
    assert_eq!(desk.stored(&user)["assignedLicenses"], json!([]));
}

#[tokio::test]
async fn what_the_documents_refuse_is_refused() {
    let desk = Desk::with(60).await;
    let (user, nowhere) = two(&desk).await;
    let says = |answer: &Answer, words: &str| {
        assert_eq!(answer.status, 400);
        assert!(answer.message().contains(words), "{}", answer.message());
    };
    says(
        &assign(&desk, &nowhere, one(E3), json!([])).await,
        "usage location",
    );
    says(
        &assign(&desk, &user, one(TEAMS), json!([])).await,
        "valid company License",
    );
    says(
        &assign(&desk, &user, json!([]), json!([E3])).await,
        "corresponding license",
    );
    says(&assign(&desk, &user, Value::Null, json!([])).await, "addLicenses");
    let inherited = json!([{"skuId": E3, "assignedByGroup": E5, "state": "Active", "disabledPlans": []}]);
    desk.sandbox
        .edit(&user, "licenseAssignmentStates", inherited)
        .unwrap();
    desk.sandbox.edit(&user, "assignedLicenses", one(E3)).unwrap();
    says(&assign(&desk, &user, json!([]), json!([E3])).await, "inherited");
    let others = desk.all("/users?$select=id").await.0;
    for (place, other) in others.iter().take(4).enumerate() {
        let id = other["id"].as_str().unwrap();
        desk.sandbox.edit(id, "usageLocation", json!("NL")).unwrap();
        let answer = assign(&desk, id, one(E5), json!([])).await;
        assert_eq!(answer.status, if place < 3 { 200 } else { 400 }, "{place}");
    }
}

#[tokio::test]
async fn without_a_permission_nothing_is_shown_or_given() {
    let desk = Desk::open(SandboxOptions {
        roles: vec!["User.Read.All".to_owned()],
        ..people(20)
    })
    .await;
    let user = desk.plain();
    assert_eq!(desk.get("/subscribedSkus").await.status, 403);
    assert_eq!(assign(&desk, &user, one(E3), json!([])).await.status, 403);
}
