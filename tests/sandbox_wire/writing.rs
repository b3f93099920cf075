//! PATCH and the manager.

use crate::{Desk, escape, people, send};
use dirsheet::sandbox::SandboxOptions;
use reqwest::Method;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn an_accepted_patch_answers_204_without_a_body_and_is_remembered() {
    let desk = Desk::with(30).await;
    let id = desk.plain();
    let answer = desk
        .patch(
            &id,
            json!({"jobTitle": "Pilot", "businessPhones": ["1"], "city": null}),
        )
        .await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (204, ""));
    let user = desk.stored(&id);
    assert_eq!(
        (&user["jobTitle"], &user["businessPhones"], &user["city"]),
        (&json!("Pilot"), &json!(["1"]), &json!(null))
    );
    let history = desk.sandbox.history();
    assert_eq!(
        (
            history.len(),
            history[0].user_id.as_str(),
            history[0].method.as_str()
        ),
        (1, id.as_str(), "PATCH")
    );
    assert_eq!(history[0].request_id, answer.header("request-id"));
    let stats = desk.sandbox.stats();
    assert_eq!(
        (stats.writes_received, stats.writes_accepted, stats.writes_refused),
        (1, 1, 0)
    );
}

#[tokio::test]
async fn a_refused_patch_changes_nothing_at_all() {
    let desk = Desk::with(30).await;
    let id = desk.plain();
    let before = desk.stored(&id);
    let answer = desk
        .patch(&id, json!({"jobTitle": "Pilot", "department": ""}))
        .await;
    assert_eq!(
        answer.refusal(),
        (400, "Request_BadRequest", "InvalidLength department".into())
    );
    assert_eq!(desk.stored(&id), before);
    assert_eq!(desk.sandbox.stats().writes_refused, 1);
    assert!(desk.sandbox.history().is_empty());
}

#[tokio::test]
async fn a_patch_needs_json_and_says_so() {
    let desk = Desk::with(30).await;
    let path = format!("/users/{}", desk.plain());
    for request in [
        desk.request(Method::PATCH, &path),
        desk.request(Method::PATCH, &path).body("{\"jobTitle\":\"x\"}"),
        desk.request(Method::PATCH, &path)
            .header("Content-Type", "text/csv")
            .body("{\"jobTitle\":\"x\"}"),
        desk.request(Method::PATCH, &path)
            .header("Content-Type", "application/json")
            .body("{\"jobTitle\":"),
        desk.request(Method::PATCH, &path)
            .header("Content-Type", "application/json")
            .body("[]"),
    ] {
        assert_eq!(send(request).await.status, 400);
    }
}

#[tokio::test]
async fn a_name_that_is_taken_is_a_400_with_a_conflict_and_not_a_409() {
    let desk = Desk::with(30).await;
    let id = desk.plain();
    let other = desk.find(|user| user["id"] != id.as_str() && user["userType"] == "Member");
    let answer = desk
        .patch(&id, json!({"userPrincipalName": other["userPrincipalName"]}))
        .await;
    assert_eq!(
        answer.refusal(),
        (
            400,
            "Request_BadRequest",
            "ObjectConflict userPrincipalName".into()
        )
    );
    assert_eq!(
        answer.message(),
        "Another object with the same value for property userPrincipalName already exists."
    );
    let target = format!("User_{}", other["id"].as_str().unwrap());
    assert_eq!(answer.json["error"]["details"][1]["target"], target);
}

#[tokio::test]
async fn a_renamed_user_is_no_longer_found_by_the_former_name() {
    let desk = Desk::with(30).await;
    let user = desk.stored(&desk.plain());
    let former = user["userPrincipalName"].as_str().unwrap();
    assert_eq!(
        desk.patch(former, json!({"userPrincipalName": "new.name@contoso.com"}))
            .await
            .status,
        204
    );
    assert_eq!(desk.patch(former, json!({"jobTitle": "x"})).await.status, 404);
    assert_eq!(
        desk.patch("New.Name@contoso.com", json!({"jobTitle": "x"}))
            .await
            .status,
        204
    );
    let answer = desk
        .get(&format!(
            "/users/{}?$select=identities",
            escape("new.name@contoso.com")
        ))
        .await;
    assert_eq!(
        answer.json["identities"][0]["issuerAssignedId"],
        "new.name@contoso.com"
    );
}

#[tokio::test]
async fn synced_users_keep_what_is_mastered_on_premises() {
    let desk = Desk::with(100).await;
    let user =
        desk.find(|user| user["onPremisesSyncEnabled"] == true && user["isManagementRestricted"].is_null());
    let id = user["id"].as_str().unwrap();
    let answer = desk.patch(id, json!({"department": "x"})).await;
    assert_eq!(answer.refusal().0, 400);
    assert!(
        answer
            .message()
            .starts_with("Unable to update the specified properties for on-premises mastered")
    );
    assert_eq!(desk.patch(id, json!({"usageLocation": "SE"})).await.status, 204);
    let manager = desk.url(&format!("/users/{}", desk.plain()));
    assert_eq!(desk.put_manager(id, &manager).await.status, 400);
    let former = Desk::with(600).await;
    let user = former.find(|user| user["onPremisesSyncEnabled"] == false);
    let body = json!({"onPremisesExtensionAttributes": {"extensionAttribute1": "x"}});
    let answer = former.patch(user["id"].as_str().unwrap(), body).await;
    assert!(
        answer.message().contains("originated within an external service"),
        "{}",
        answer.text
    );
}

#[tokio::test]
async fn administrators_and_restricted_users_are_protected() {
    let desk = Desk::with(30).await;
    let admin = desk.find(|user| user["roles"] == json!(["Global Administrator"]));
    let admin = admin["id"].as_str().unwrap();
    assert_eq!(desk.patch(admin, json!({"jobTitle": "Chief"})).await.status, 204);
    let answer = desk.patch(admin, json!({"mobilePhone": "1"})).await;
    assert_eq!(
        (answer.refusal().0, answer.message()),
        (403, "Insufficient privileges to complete the operation.")
    );
    let restricted = desk.find(|user| user["isManagementRestricted"] == true);
    assert_eq!(
        desk.patch(restricted["id"].as_str().unwrap(), json!({"jobTitle": "x"}))
            .await
            .status,
        403
    );
    let strong = SandboxOptions {
        app_role: Some("Privileged Authentication Administrator".into()),
        ..people(30)
    };
    let desk = Desk::open(strong).await;
    assert_eq!(desk.patch(admin, json!({"mobilePhone": "1"})).await.status, 204);
}

#[tokio::test]
async fn the_sharepoint_set_goes_alone_and_never_by_an_app() {
    let desk = Desk::with(30).await;
    let id = desk.plain();
    let answer = desk.patch(&id, json!({"aboutMe": "x", "jobTitle": "y"})).await;
    assert_eq!(answer.refusal().1, "BadRequest");
    assert_eq!(
        answer.message(),
        "The request is currently not supported on the targeted entity set"
    );
    let answer = desk.patch(&id, json!({"aboutMe": "x"})).await;
    assert_eq!(answer.refusal().0, 500);
    assert!(
        answer
            .refusal()
            .1
            .starts_with("-1, Microsoft.Office.Server.Directory")
    );
}

#[tokio::test]
async fn the_manager_is_set_and_removed_as_a_reference() {
    let desk = Desk::with(60).await;
    let id = desk.plain();
    let other = desk.sandbox.dump()[4]["id"].as_str().unwrap().to_owned();
    for kind in ["users", "directoryObjects"] {
        assert_eq!(
            desk.put_manager(&id, &desk.url(&format!("/{kind}/{other}")))
                .await
                .status,
            204
        );
    }
    assert_eq!(desk.stored(&id)["manager"], other.as_str());
    let unknown = desk.url("/users/00000000-0000-4000-8000-000000000000");
    for (link, status) in [
        (unknown, 404),
        (format!("https://graph.microsoft.com/v1.0/users/{other}"), 400),
        (desk.url(&format!("/users/{id}")), 400),
        (desk.url("/groups/x"), 400),
        (String::new(), 400),
    ] {
        assert_eq!(desk.put_manager(&id, &link).await.status, status, "{link}");
    }
    let path = format!("/users/{id}/manager/$ref");
    assert_eq!(send(desk.request(Method::DELETE, &path)).await.status, 204);
    let answer = send(desk.request(Method::DELETE, &path)).await;
    assert_eq!(
        (answer.refusal().0, answer.refusal().1),
        (404, "Request_ResourceNotFound")
    );
    assert!(desk.stored(&id)["manager"].is_null());
    assert_eq!(desk.patch(&id, json!({"manager": "x"})).await.status, 400);
}

#[tokio::test]
async fn two_writes_to_one_user_that_overlap_in_time_meet() {
    let desk = Desk::open(SandboxOptions {
        latency: Duration::from_millis(200),
        ..people(30)
    })
    .await;
    let id = desk.plain();
    let (one, two) = tokio::join!(
        desk.patch(&id, json!({"city": "A"})),
        desk.patch(&id, json!({"city": "B"}))
    );
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 409]);
    assert_eq!(desk.patch(&id, json!({"city": "C"})).await.status, 204);
}

#[tokio::test]
async fn a_change_behind_the_back_is_seen_and_costs_nothing() {
    let desk = Desk::with(30).await;
    let id = desk.plain();
    desk.sandbox
        .edit(&id, "employeeOrgData.division", json!("Moved"))
        .unwrap();
    desk.sandbox.edit(&id, "manager", json!(null)).unwrap();
    assert_eq!(desk.stored(&id)["employeeOrgData"]["division"], "Moved");
    assert!(desk.stored(&id)["manager"].is_null());
    assert!(desk.sandbox.edit(&id, "nonsense", json!(1)).is_err());
    assert!(desk.sandbox.edit("nobody", "city", json!("x")).is_err());
    assert_eq!(desk.sandbox.stats().writes_received, 0);
}
