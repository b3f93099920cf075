//! Deleted users, and what else is done to an account: delete, restore, revokeSignInSessions, and when a password was set.

use crate::{Answer, Desk, people, send};
use dirsheet::sandbox::SandboxOptions;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

fn options(users: usize) -> SandboxOptions {
    let roles = [
        "User.ReadWrite.All",
        "User.DeleteRestore.All",
        "User.RevokeSessions.All",
        "User-PasswordProfile.ReadWrite.All",
    ];
    SandboxOptions {
        roles: roles.map(str::to_owned).to_vec(),
        app_role: Some("User Administrator".to_owned()),
        ..people(users)
    }
}

impl Desk {
    async fn delete(&self, id: &str) -> Answer {
        send(self.request(Method::DELETE, &format!("/users/{id}"))).await
    }

    async fn restore(&self, id: &str, body: Option<Value>) -> Answer {
        let request = self.request(Method::POST, &format!("/directory/deletedItems/{id}/restore"));
        match body {
            Some(body) => send(request.json(&body)).await,
            None => send(request.header("Content-Length", "0")).await,
        }
    }

    async fn count(&self) -> String {
        self.advanced("/users/$count").await.text
    }
}

#[tokio::test]
async fn a_deleted_user_is_nowhere_but_among_the_deleted_ones_and_comes_back_as_it_was() {
    let desk = Desk::open(options(60)).await;
    let id = desk.plain();
    let before = desk.stored(&id);
    let name = before["userPrincipalName"].as_str().unwrap();
    assert_eq!(desk.delete(&id).await.status, 204);
    assert_eq!(desk.get(&format!("/users/{id}")).await.status, 404);
    assert_eq!(desk.get(&format!("/users/{name}")).await.status, 404);
    assert_eq!(desk.count().await, "59");
    let (users, _) = desk.all("/users?$select=id&$top=20").await;
    assert!(users.len() == 59 && users.iter().all(|user| user["id"] != id.as_str()));
    assert_eq!(desk.delete(&id).await.refusal().0, 404);
    assert_eq!(desk.patch(&id, json!({"jobTitle": "x"})).await.status, 404);

    let one = desk.get(&format!("/directory/deletedItems/{id}")).await;
    assert_eq!(one.json["@odata.type"], "#microsoft.graph.user");
    assert!(one.json["deletedDateTime"].is_string());
    let (all, _) = desk.all("/directory/deletedItems/microsoft.graph.user").await;
    assert_eq!(all.len(), 1);
    assert_eq!(all[0]["id"], id.as_str());
    // The name is free for others: the id stands before it.
    let marked = format!("{}{name}", id.replace('-', ""));
    assert_eq!(
        (&all[0]["userPrincipalName"], &one.json["userPrincipalName"]),
        (&json!(marked), &json!(marked))
    );
    let list = "/directory/deletedItems/microsoft.graph.user?$count=true&$top=999&$filter=";
    let ends = format!("endsWith(userPrincipalName,'{name}')");
    for (filter, found) in [
        (ends.as_str(), 1),
        ("endsWith(userPrincipalName,'nobody@contoso.example')", 0),
        (&format!("userPrincipalName eq '{name}'"), 0),
        (&format!("userPrincipalName eq '{marked}'"), 1),
    ] {
        let answer = desk.advanced(&format!("{list}{filter}")).await;
        assert_eq!(
            answer.json["value"].as_array().map(Vec::len),
            Some(found),
            "{filter}"
        );
    }
    // An end of a text is asked for by advanced queries only.
    assert_eq!(desk.get(&format!("{list}{ends}")).await.status, 400);

    let back = desk.restore(&id, None).await;
    assert_eq!((back.status.as_u16(), &back.json["id"]), (200, &json!(id)));
    assert_eq!(desk.stored(&id), before);
    assert_eq!(desk.restore(&id, None).await.status, 404);
    assert_eq!(desk.count().await, "60");
}

#[tokio::test]
async fn a_restore_needs_the_name_to_be_free_or_another_one() {
    let desk = Desk::open(options(60)).await;
    let id = desk.plain();
    let name = desk.stored(&id)["userPrincipalName"].as_str().unwrap().to_owned();
    desk.delete(&id).await;
    let other = desk.find(|user| {
        user["onPremisesSyncEnabled"].is_null()
            && user["roles"] == json!([])
            && user["identityParentId"].is_null()
            && user["isManagementRestricted"].is_null()
            && user["id"] != id.as_str()
    });
    let other = other["id"].as_str().unwrap().to_owned();
    let renamed = desk.patch(&other, json!({"userPrincipalName": name})).await;
    assert_eq!(renamed.status, 204, "{}", renamed.text);
    let (status, code, detail) = {
        let refused = desk.restore(&id, None).await;
        let (status, code, detail) = refused.refusal();
        (status, code.to_owned(), detail)
    };
    assert_eq!((status, code.as_str()), (400, "Request_BadRequest"));
    assert_eq!(detail, "ObjectConflict userPrincipalName");
    let domain = name.split('@').nth(1).unwrap();
    let free = format!("back.again@{domain}");
    let back = desk
        .restore(&id, Some(json!({"newUserPrincipalName": free})))
        .await;
    assert_eq!(back.status, 200, "{}", back.text);
    assert_eq!(desk.stored(&id)["userPrincipalName"], free);
}

#[tokio::test]
async fn each_action_needs_its_permission_and_holders_of_roles_a_higher_role() {
    let desk = Desk::open(SandboxOptions {
        roles: vec!["User.ReadWrite.All".to_owned()],
        ..options(60)
    })
    .await;
    let id = desk.plain();
    let revoke = format!("/users/{id}/revokeSignInSessions");
    let denied = (403, "Authorization_RequestDenied", " ".to_owned());
    assert_eq!(desk.delete(&id).await.refusal(), denied);
    assert_eq!(send(desk.request(Method::POST, &revoke)).await.refusal(), denied);
    let password = json!({"passwordProfile": {"password": "Wq7#aaaa-bbbb"}});
    assert_eq!(desk.patch(&id, password.clone()).await.refusal(), denied);

    let desk = Desk::open(options(60)).await;
    let head = desk.find(|user| user["roles"] == json!(["Global Administrator"]));
    let head = head["id"].as_str().unwrap();
    assert_eq!(desk.delete(head).await.refusal(), denied);
    assert_eq!(desk.patch(head, password).await.refusal(), denied);
}

#[tokio::test]
async fn revoking_answers_with_a_true_and_moves_a_moment_as_a_new_password_does() {
    let desk = Desk::open(options(60)).await;
    let id = desk.plain();
    let moment = |name: &'static str| {
        let text = desk.stored(&id)[name].as_str().unwrap_or_default().to_owned();
        text.parse::<jiff::Timestamp>().ok()
    };
    let (sessions, password) = ("signInSessionsValidFromDateTime", "lastPasswordChangeDateTime");
    for _ in 0..2 {
        let before = (moment(sessions), moment(password));
        let revoked = send(desk.request(Method::POST, &format!("/users/{id}/revokeSignInSessions"))).await;
        assert_eq!(
            (revoked.status.as_u16(), &revoked.json["value"]),
            (200, &json!(true))
        );
        assert!(moment(sessions) > before.0);
        let body =
            json!({"passwordProfile": {"password": "Wq7#aaaa-bbbb", "forceChangePasswordNextSignIn": true}});
        assert_eq!(desk.patch(&id, body).await.status, 204);
        assert!(moment(password) > before.1);
    }
}

#[tokio::test]
async fn readers_that_are_behind_still_see_who_was_deleted() {
    let desk = Desk::open(SandboxOptions {
        lag: Duration::from_millis(400),
        ..options(60)
    })
    .await;
    let id = desk.plain();
    desk.delete(&id).await;
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(desk.get(&format!("/users/{id}")).await.status.as_u16());
    }
    seen.sort_unstable();
    assert_eq!(seen, [200, 200, 404, 404]);
    tokio::time::sleep(Duration::from_millis(450)).await;
    for _ in 0..2 {
        assert_eq!(desk.get(&format!("/users/{id}")).await.status, 404);
        assert_eq!(
            desk.get(&format!("/directory/deletedItems/{id}")).await.status,
            200
        );
    }
}

#[tokio::test]
async fn deleted_users_are_kept_over_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let kept = || SandboxOptions {
        folder: Some(folder.path().to_owned()),
        ..options(40)
    };
    let desk = Desk::open(kept()).await;
    let id = desk.plain();
    desk.delete(&id).await;
    desk.sandbox.shutdown().await.unwrap();
    let desk = Desk::open(kept()).await;
    assert_eq!(
        desk.get(&format!("/directory/deletedItems/{id}")).await.status,
        200
    );
    assert_eq!(desk.count().await, "39");
    assert_eq!(desk.restore(&id, None).await.status, 200);
    assert_eq!(desk.count().await, "40");
}
