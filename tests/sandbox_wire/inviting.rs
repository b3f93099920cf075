//! Invitations: `POST /invitations`.

use crate::{Desk, people, send};
use dirsheet::sandbox::{Quota, SandboxOptions};
use reqwest::Method;
use serde_json::{Value, json};

const ANNA: &str = "anna.berg@fabrikam.example";

async fn invite(desk: &Desk, body: Value) -> crate::Answer {
    send(desk.request(Method::POST, "/invitations").json(&body)).await
}

fn asked(address: &str) -> Value {
    json!({"invitedUserEmailAddress": address, "inviteRedirectUrl": "https://contoso.example/start"})
}

#[tokio::test]
async fn an_invitation_makes_a_guest_with_the_documented_form_of_name_and_gives_a_link() {
    let desk = Desk::with(5).await;
    let mut body = asked(ANNA);
    body["invitedUserDisplayName"] = json!("Anna Berg");
    let answer = invite(&desk, body.clone()).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.json["status"], "PendingAcceptance");
    assert_eq!(answer.json["sendInvitationMessage"], false);
    let link = answer.json["inviteRedeemUrl"].as_str().unwrap().to_owned();
    assert!(link.starts_with("https://"), "{link}");
    let id = answer.json["invitedUser"]["id"].as_str().unwrap().to_owned();
    // The name has to be escaped in a path, because `#` would end it.
    let path = "/users/anna.berg_fabrikam.example%23EXT%23%40contoso.onmicrosoft.com\
                ?$select=id,displayName,mail,userType,creationType,externalUserState";
    let user = desk.get(path).await.json;
    for (name, value) in [
        ("id", id.as_str()),
        ("displayName", "Anna Berg"),
        ("mail", ANNA),
        ("userType", "Guest"),
        ("creationType", "Invitation"),
        ("externalUserState", "PendingAcceptance"),
    ] {
        assert_eq!(user[name], value, "{name}");
    }
    // Once more is the same guest, with another link.
    let again = invite(&desk, body).await;
    assert_eq!(again.status, 201);
    assert_eq!(again.json["invitedUser"]["id"], id.as_str());
    assert_ne!(again.json["inviteRedeemUrl"], link.as_str());
}

#[tokio::test]
async fn what_an_invitation_lacks_or_may_not_have_is_refused() {
    let desk = Desk::with(5).await;
    for (body, target) in [
        (
            json!({"inviteRedirectUrl": "https://x.example"}),
            "MissingProperty invitedUserEmailAddress",
        ),
        (
            json!({"invitedUserEmailAddress": ANNA}),
            "MissingProperty inviteRedirectUrl",
        ),
        (asked("somebody@contoso.example"), " "),
        (asked("nobody"), " "),
        (
            json!({"invitedUserEmailAddress": ANNA, "inviteRedirectUrl": "start"}),
            " ",
        ),
    ] {
        let answer = invite(&desk, body.clone()).await;
        assert_eq!(answer.refusal().0, 400, "{body}");
        assert_eq!(answer.refusal().2, target, "{body}");
    }
    let desk = Desk::open(SandboxOptions {
        roles: vec!["User.Read.All".to_owned()],
        ..people(5)
    })
    .await;
    assert_eq!(invite(&desk, asked(ANNA)).await.status, 403);
}

#[tokio::test]
async fn a_tenant_takes_a_hundred_and_fifty_invitations_at_once_and_more_are_refused() {
    let desk = Desk::open(SandboxOptions {
        quota: Quota::Scaled(0.02),
        ..people(600)
    })
    .await;
    // A fiftieth of the budget.
    for number in 0..3 {
        let answer = invite(&desk, asked(&format!("g{number}@fabrikam.example"))).await;
        assert_eq!(answer.status, 201);
    }
    let answer = invite(&desk, asked("g4@fabrikam.example")).await;
    assert_eq!(answer.status, 429);
    assert!(!answer.header("retry-after").is_empty());
}
