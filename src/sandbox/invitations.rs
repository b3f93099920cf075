//! `POST /invitations`: a guest is asked in. <https://learn.microsoft.com/graph/api/invitation-post>
//!
//! The limit is 150 requests in 5 seconds for each tenant
//! (<https://learn.microsoft.com/graph/throttling-limits#invitation-manager-service-limits>). Mails are not sent; who would get
//! one is in the history of writes, once for each request that asked for it.

use super::{
    directory::{Directory, NewUser},
    record::{self, Record},
    reply::{Refusal, Reply},
    rules, schema,
    select::Caller,
};
use serde_json::{Value, json};

/// Whom an invitation is for.
#[derive(Debug)]
pub enum Invited {
    /// Somebody who is not here yet.
    Stranger(Box<NewUser>),
    /// The guest who has the address already.
    There(u32),
}

/// The guest that a body asks for, checked as a whole.
pub fn plan(directory: &Directory, body: &Value, caller: &Caller) -> Result<Invited, Refusal> {
    if !caller.has_one(&["User.Invite.All", "User.ReadWrite.All", "Directory.ReadWrite.All"]) {
        return Err(Refusal::denied());
    }
    let text = |name: &str| body[name].as_str().filter(|text| !text.is_empty());
    for name in ["invitedUserEmailAddress", "inviteRedirectUrl"] {
        if text(name).is_none() {
            let why = format!("The property '{name}' is required.");
            return Err(Refusal::bad(why.clone()).detail("MissingProperty", why, Some(name.to_owned())));
        }
    }
    let address = text("invitedUserEmailAddress").unwrap_or_default();
    let redirect = text("inviteRedirectUrl").unwrap_or_default();
    let Some((name, domain)) = address.split_once('@').filter(|_| rules::is_address(address)) else {
        return Err(Refusal::bad(
            "The invited user email address is not a valid email address.",
        ));
    };
    if !redirect.starts_with("https://") && !redirect.starts_with("http://") {
        return Err(Refusal::bad(
            "The invite redirect url is not a valid absolute url.",
        ));
    }
    if directory.tenant.has_domain(domain) {
        return Err(Refusal::bad(
            "The domain of the invited user email address is a verified domain of this directory.",
        ));
    }
    let kind = text("invitedUserType").unwrap_or("Guest");
    if !["Guest", "Member"].contains(&kind) {
        return Err(Refusal::bad("The invited user type is not valid."));
    }
    let alias = format!("{name}_{domain}#EXT#");
    let upn = format!("{alias}@{}", directory.tenant.initial_domain());
    let known = directory.by_name(&upn).or_else(|| directory.by_address(address));
    if let Some(place) = known.filter(|place| !directory.is_deleted(*place)) {
        return Ok(Invited::There(place));
    }
    let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let nick = alias.replace('#', "");
    let shown = text("invitedUserDisplayName").unwrap_or(name);
    let texts = [
        ("userPrincipalName", upn.as_str()),
        ("displayName", shown),
        ("mail", address),
        ("mailNickname", nick.get(..64).unwrap_or(&nick)),
        ("userType", kind),
        ("creationType", "Invitation"),
        ("externalUserState", "PendingAcceptance"),
        ("externalUserStateChangeDateTime", now.as_str()),
        ("createdDateTime", now.as_str()),
    ];
    let texts = texts.map(|(name, text)| (name, record::quote(text)));
    let others = [
        ("accountEnabled", "true".to_owned()),
        ("otherMails", json!([address]).to_string()),
    ];
    let settings = texts.into_iter().chain(others);
    Ok(Invited::Stranger(Box::new(NewUser {
        id: uuid::Uuid::new_v4(),
        record: Record::of(settings.filter_map(|(name, json)| Some((schema::slot(name)?, json)))),
        roles: Vec::new(),
    })))
}

/// The answer. The link in it lets whoever has it in, so no two are alike and nothing keeps them.
pub fn answer(user: &str, body: &Value, base: &str) -> Reply {
    let given = |name: &str| body.get(name).cloned().unwrap_or(Value::Null);
    let or = |name: &str, otherwise: Value| body.get(name).cloned().unwrap_or(otherwise);
    Reply::created(
        json!({
            "@odata.context": format!("{base}/v1.0/$metadata#invitations/$entity"),
            "id": uuid::Uuid::new_v4().to_string(),
            "inviteRedeemUrl": format!("https://login.microsoftonline.com/redeem?rd={}", uuid::Uuid::new_v4().simple()),
            "invitedUserDisplayName": given("invitedUserDisplayName"),
            "invitedUserType": or("invitedUserType", json!("Guest")),
            "invitedUserEmailAddress": given("invitedUserEmailAddress"),
            "sendInvitationMessage": or("sendInvitationMessage", json!(false)),
            "resetRedemption": false,
            "inviteRedirectUrl": given("inviteRedirectUrl"),
            "status": "PendingAcceptance",
            "invitedUserMessageInfo": given("invitedUserMessageInfo"),
            "invitedUser": {"id": user},
        })
        .to_string(),
    )
}
