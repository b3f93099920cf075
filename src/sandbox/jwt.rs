//! Tokens that look like ones: three parts, readable claims, and a signature that proves nothing.

use super::{base64, device::Person, roles, tenant::Tenant};
use serde_json::{Value, json};
use std::time::Duration;

/// The token of an application.
pub fn of_app(
    tenant: &Tenant,
    roles: &[String],
    app_role: Option<&str>,
    lifetime: Duration,
    sequence: u64,
) -> String {
    let principal = tenant.principal_id();
    // Every application has the second one, which is no role anybody can be given.
    let mut wids: Vec<String> = app_role.map(roles::definition_id).into_iter().collect();
    wids.push("0997a1d0-0d1d-4acb-b408-d5ca73121e90".to_owned());
    let mut claims = common(tenant, lifetime, sequence);
    claims["appidacr"] = json!("1");
    claims["idtyp"] = json!("app");
    claims["oid"] = json!(principal);
    claims["sub"] = json!(principal);
    claims["wids"] = json!(wids);
    claims["roles"] = json!(roles);
    written(&claims)
}

/// The token of a person, by an application without a secret: delegated permissions in one text, and no `roles`.
pub fn of_person(tenant: &Tenant, person: &Person, lifetime: Duration, sequence: u64) -> String {
    let mut wids: Vec<String> = person
        .roles
        .iter()
        .map(|role| roles::definition_id(role))
        .collect();
    // Every member has this one.
    wids.push("b79fbf4d-3ef9-4689-8143-76b194e85509".to_owned());
    let mut claims = common(tenant, lifetime, sequence);
    claims["appidacr"] = json!("0");
    claims["idtyp"] = json!("user");
    claims["oid"] = json!(person.id);
    claims["sub"] = json!(person.id);
    claims["upn"] = json!(person.name);
    claims["unique_name"] = json!(person.name);
    claims["wids"] = json!(wids);
    claims["scp"] = json!(person.scopes.join(" "));
    written(&claims)
}

fn common(tenant: &Tenant, lifetime: Duration, sequence: u64) -> Value {
    let now = jiff::Timestamp::now().as_second();
    json!({
        "aud": "https://graph.microsoft.com", "iss": format!("https://sts.windows.net/{}/", tenant.tenant_id),
        "iat": now, "nbf": now, "exp": now + i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX / 2),
        "app_displayname": "dirsheet sandbox", "appid": tenant.client_id, "tid": tenant.tenant_id,
        "uti": sequence.to_string(), "ver": "1.0",
    })
}

fn written(claims: &Value) -> String {
    let head = json!({"typ": "JWT", "alg": "none", "kid": "sandbox"});
    let part = |value: &Value| base64::encode(value.to_string().as_bytes());
    format!(
        "{}.{}.{}",
        part(&head),
        part(claims),
        base64::encode(uuid::Uuid::new_v4().as_bytes())
    )
}
