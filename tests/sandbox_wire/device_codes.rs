//! People who sign in at the sandbox: codes that wait, are approved, declined and end, and refresh tokens.

use crate::{Desk, people};
use dirsheet::sandbox::SandboxOptions;
use serde_json::{Value, json};
use std::time::Duration;

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

async fn desk() -> Desk {
    Desk::open(SandboxOptions {
        poll_interval: Duration::from_secs(1),
        ..people(120)
    })
    .await
}

async fn posted(desk: &Desk, path: &str, fields: &[(&str, &str)]) -> (u16, Value) {
    let sent = desk
        .client
        .post(format!("{}{path}", desk.sandbox.url()))
        .form(fields);
    let answer = sent.send().await.unwrap();
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(json!(text)))
}

/// A code, and the one that is typed.
async fn begin(desk: &Desk, scope: &str) -> (String, String) {
    let path = format!("/{}/oauth2/v2.0/devicecode", desk.sandbox.tenant_id());
    let client = desk.sandbox.client_id().to_owned();
    let (status, json) = posted(desk, &path, &[("client_id", &client), ("scope", scope)]).await;
    assert_eq!(status, 200, "{json}");
    assert_eq!((&json["expires_in"], &json["interval"]), (&json!(900), &json!(1)));
    assert!(
        json["message"]
            .as_str()
            .unwrap()
            .contains(json["user_code"].as_str().unwrap())
    );
    let text = |name: &str| json[name].as_str().unwrap().to_owned();
    (text("device_code"), text("user_code"))
}

async fn poll(desk: &Desk, code: &str) -> (u16, Value) {
    let path = format!("/{}/oauth2/v2.0/token", desk.sandbox.tenant_id());
    let client = desk.sandbox.client_id().to_owned();
    let fields = [
        ("grant_type", GRANT),
        ("client_id", client.as_str()),
        ("device_code", code),
    ];
    posted(desk, &path, &fields).await
}

async fn decide(desk: &Desk, user_code: &str, who: &str, answer: &str) -> u16 {
    let fields = [("user_code", user_code), ("as", who), ("answer", answer)];
    posted(desk, "/sandbox/device", &fields).await.0
}

/// Somebody with a directory role, and somebody without any.
fn two(desk: &Desk) -> (String, String) {
    let users = desk.sandbox.dump();
    let find = |wanted: &dyn Fn(&Value) -> bool| {
        let user = users.iter().find(|user| wanted(&user["roles"])).unwrap();
        user["userPrincipalName"].as_str().unwrap().to_owned()
    };
    (
        find(&|roles| roles.as_array().is_some_and(|roles| !roles.is_empty())),
        find(&|roles| roles == &json!([])),
    )
}

fn claims(token: &Value) -> Value {
    use base64::Engine;
    let part = token.as_str().unwrap().split('.').nth(1).unwrap().to_owned();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(part)
        .unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

#[tokio::test]
async fn a_code_waits_is_approved_once_and_brings_a_person_with_delegated_permissions() {
    let desk = desk().await;
    let (code, user_code) = begin(&desk, "https://graph.microsoft.com/.default offline_access").await;
    let (status, json) = poll(&desk, &code).await;
    assert_eq!(
        (status, json["error"].as_str()),
        (400, Some("authorization_pending"))
    );
    // Sooner than the interval.
    assert_eq!(poll(&desk, &code).await.1["error"], "slow_down");
    let (administrator, _) = two(&desk);
    assert_eq!(decide(&desk, "WRONG", &administrator, "yes").await, 400);
    assert_eq!(decide(&desk, &user_code, "nobody@contoso.com", "yes").await, 400);
    assert_eq!(
        decide(&desk, &user_code.to_lowercase(), &administrator, "yes").await,
        200
    );
    let (status, json) = poll(&desk, &code).await;
    assert_eq!(status, 200, "{json}");
    let claims = claims(&json["access_token"]);
    assert_eq!(
        (&claims["upn"], &claims["idtyp"]),
        (&json!(administrator), &json!("user"))
    );
    assert!(claims["roles"].is_null() && claims["scp"].as_str().unwrap().contains("User.ReadWrite.All"));
    // A code is good once.
    assert_eq!(poll(&desk, &code).await.1["error"], "bad_verification_code");
    // A refresh token replaces itself, and the old one stays good.
    let path = format!("/{}/oauth2/v2.0/token", desk.sandbox.tenant_id());
    let client = desk.sandbox.client_id().to_owned();
    let first = json["refresh_token"].as_str().unwrap().to_owned();
    for token in [&first, &first] {
        let fields = [
            ("grant_type", "refresh_token"),
            ("client_id", client.as_str()),
            ("refresh_token", token),
        ];
        let (status, json) = posted(&desk, &path, &fields).await;
        assert_eq!(status, 200, "{json}");
        assert_ne!(json["refresh_token"], first.as_str());
    }
    desk.sandbox.end_sign_ins();
    let fields = [
        ("grant_type", "refresh_token"),
        ("client_id", client.as_str()),
        ("refresh_token", first.as_str()),
    ];
    assert_eq!(posted(&desk, &path, &fields).await.1["error"], "invalid_grant");
}

#[tokio::test]
async fn a_code_that_is_declined_or_too_old_brings_nothing() {
    let desk = desk().await;
    let (code, user_code) = begin(&desk, "User.Read.All offline_access").await;
    assert_eq!(decide(&desk, &user_code, "", "no").await, 200);
    assert_eq!(poll(&desk, &code).await.1["error"], "authorization_declined");
    let (code, _) = begin(&desk, "User.Read.All offline_access").await;
    desk.sandbox.end_sign_ins();
    assert_eq!(poll(&desk, &code).await.1["error"], "expired_token");
    let path = format!("/{}/oauth2/v2.0/devicecode", desk.sandbox.tenant_id());
    let (status, json) = posted(&desk, &path, &[("client_id", "other"), ("scope", "x")]).await;
    assert_eq!(
        (status, json["error"].as_str()),
        (400, Some("unauthorized_client"))
    );
    let other = "/nowhere.example/oauth2/v2.0/devicecode";
    assert!(
        posted(&desk, other, &[("client_id", "x"), ("scope", "x")])
            .await
            .1
            .to_string()
            .contains("AADSTS90002")
    );
}

#[tokio::test]
async fn somebody_without_a_role_reads_and_writes_nobody() {
    let desk = desk().await;
    let (administrator, other) = two(&desk);
    let users = desk.sandbox.dump();
    let target = users
        .iter()
        .find(|user| user["roles"] == json!([]) && user["userPrincipalName"] != other.as_str());
    let target = target.unwrap()["id"].as_str().unwrap();
    for (who, status) in [(&administrator, 204), (&other, 403)] {
        let (code, user_code) = begin(
            &desk,
            "https://graph.microsoft.com/User.ReadWrite.All offline_access",
        )
        .await;
        decide(&desk, &user_code, who, "yes").await;
        let (_, json) = poll(&desk, &code).await;
        let token = json["access_token"].as_str().unwrap();
        let url = format!("{}/v1.0/users/{target}", desk.sandbox.url());
        let read = desk.client.get(&url).bearer_auth(token).send().await.unwrap();
        assert_eq!(read.status().as_u16(), 200, "{who}");
        let written = desk
            .client
            .patch(&url)
            .bearer_auth(token)
            .json(&json!({"jobTitle": "Pilot"}));
        assert_eq!(written.send().await.unwrap().status().as_u16(), status, "{who}");
    }
}
