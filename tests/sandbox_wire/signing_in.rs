//! The token endpoint and what a token is good for.

use crate::{Desk, people, send};
use dirsheet::sandbox::SandboxOptions;
use std::time::Duration;

#[tokio::test]
async fn a_client_with_its_secret_gets_a_token_with_readable_claims() {
    let desk = Desk::with(5).await;
    let answer = desk.form(&desk.fields()).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json["token_type"], "Bearer");
    assert_eq!(answer.json["expires_in"], 3600);
    let token = answer.json["access_token"].as_str().unwrap();
    let parts: Vec<&str> = token.split('.').collect();
    assert_eq!(parts.len(), 3);
    let claims: serde_json::Value =
        serde_json::from_slice(&dirsheet::sandbox::base64::decode(parts[1]).unwrap()).unwrap();
    assert_eq!(claims["tid"], desk.sandbox.tenant_id());
    assert_eq!(claims["appid"], desk.sandbox.client_id());
    assert!(
        claims["roles"]
            .as_array()
            .unwrap()
            .contains(&"User.ReadWrite.All".into())
    );
    assert!(claims["exp"].as_i64() > claims["iat"].as_i64());
}

#[tokio::test]
async fn http_basic_works_as_well_as_the_form() {
    let desk = Desk::with(5).await;
    let secret = desk
        .sandbox
        .client_secret()
        .replace('+', "%2B")
        .replace('/', "%2F")
        .replace('=', "%3D");
    let request = desk
        .client
        .post(desk.token_url())
        .basic_auth(desk.sandbox.client_id(), Some(secret))
        .form(&[
            ("grant_type", "client_credentials"),
            ("scope", "https://graph.microsoft.com/.default"),
        ]);
    assert_eq!(send(request).await.status, 200);
}

#[tokio::test]
async fn sign_in_failures_carry_their_aadsts_number() {
    let desk = Desk::with(5).await;
    let with = |name: &'static str, value: &str| {
        let mut fields = desk.fields();
        fields.retain(|(known, _)| *known != name);
        if !value.is_empty() {
            fields.push((name, value.to_owned()));
        }
        fields
    };
    for (fields, status, error, number) in [
        (with("client_secret", "wrong"), 401, "invalid_client", 7_000_215),
        (with("client_secret", ""), 401, "invalid_client", 7_000_218),
        (
            with("client_id", "00000000-0000-0000-0000-000000000000"),
            400,
            "unauthorized_client",
            700_016,
        ),
        (with("scope", "User.Read"), 400, "invalid_scope", 1_002_012),
        (
            with("grant_type", "password"),
            400,
            "unsupported_grant_type",
            70_003,
        ),
    ] {
        let answer = desk.form(&fields).await;
        assert_eq!(answer.status, status, "{number}");
        assert_eq!(answer.json["error"], error);
        assert_eq!(answer.json["error_codes"][0], number);
        let text = answer.json["error_description"].as_str().unwrap();
        assert!(text.starts_with(&format!("AADSTS{number}: ")), "{text}");
        assert!(answer.json["correlation_id"].is_string());
    }
    let elsewhere = format!("{}/nobody.example/oauth2/v2.0/token", desk.sandbox.url());
    let answer = send(desk.client.post(elsewhere).form(&desk.fields())).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json["error_codes"][0]),
        (400, &90_002.into())
    );
    let by_domain = format!("{}/contoso.example/oauth2/v2.0/token", desk.sandbox.url());
    assert_eq!(
        send(desk.client.post(by_domain).form(&desk.fields()))
            .await
            .status,
        200
    );
    // A secret that is pasted into the body without encoding loses its plus sign.
    let raw = desk
        .fields()
        .iter()
        .map(|(k, v)| format!("{k}={v}"))
        .collect::<Vec<_>>()
        .join("&");
    assert_eq!(
        send(desk.client.post(desk.token_url()).body(raw)).await.status,
        401
    );
}

#[tokio::test]
async fn without_a_good_token_nothing_is_answered() {
    let desk = Desk::with(5).await;
    let url = desk.url("/users");
    for request in [
        desk.client.get(&url),
        desk.client.get(&url).bearer_auth("made.up.token"),
    ] {
        let answer = send(request).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json["error"]["code"]),
            (401, &"InvalidAuthenticationToken".into())
        );
        assert!(answer.header("www-authenticate").starts_with("Bearer realm"));
    }
    desk.sandbox.expire_tokens();
    let answer = desk.get("/users").await;
    assert_eq!(answer.status, 401);
    assert_eq!(
        answer.message(),
        "Lifetime validation failed, the token is expired."
    );
}

#[tokio::test]
async fn a_token_ends_when_its_lifetime_is_over() {
    let options = SandboxOptions {
        token_lifetime: Duration::from_millis(300),
        ..people(5)
    };
    let desk = Desk::open(options).await;
    assert_eq!(desk.get("/users").await.status, 200);
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(desk.get("/users").await.status, 401);
}

#[tokio::test]
async fn what_a_client_may_do_is_what_its_roles_say() {
    let with = |roles: &[&str]| SandboxOptions {
        roles: roles.iter().map(|r| (*r).to_owned()).collect(),
        ..people(20)
    };
    let desk = Desk::open(with(&["Mail.Read"])).await;
    let answer = desk.get("/users").await;
    assert_eq!(answer.refusal().0, 403);
    assert_eq!(answer.refusal().1, "Authorization_RequestDenied");
    let desk = Desk::open(with(&["User.ReadBasic.All"])).await;
    assert_eq!(desk.get("/users?$select=id,displayName").await.status, 200);
    assert_eq!(desk.get("/users?$select=id,department").await.status, 403);
    let desk = Desk::open(with(&["User.Read.All"])).await;
    assert_eq!(desk.get("/users?$select=id,department").await.status, 200);
    assert_eq!(
        desk.patch(&desk.plain(), serde_json::json!({"jobTitle": "x"}))
            .await
            .status,
        403
    );
    assert_eq!(desk.get("/organization").await.status, 403);
}
