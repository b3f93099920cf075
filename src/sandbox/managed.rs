//! The endpoints of managed identities, as a virtual machine and an App Service have them.
//!
//! <https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token>,
//! <https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference>

use super::{
    query::Query,
    reply::{Body, Reply},
    service::Service,
    tenant::Tenant,
};
use axum::http::HeaderMap;
use serde_json::{Value, json};
use tokio::time::Instant;

/// Which identities the machine has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ManagedIdentities {
    /// What an App Service puts into `IDENTITY_HEADER`.
    pub header: String,
    /// Whether it has one of its own.
    pub system: bool,
    /// The client ids of those that were assigned to it.
    pub assigned: Vec<String>,
    /// How many requests are answered as while the endpoint is being changed.
    pub updating: usize,
}

/// The endpoint of an App Service.
pub const APP_SERVICE: &str = "/msi/token";
/// That of a virtual machine, at an address of its own there.
pub const MACHINE: &str = "/metadata/identity/oauth2/token";

/// Answers a request for a token.
pub fn answer(service: &Service, path: &str, query: &str, headers: &HeaderMap) -> Reply {
    let Some(identities) = &service.options.managed else {
        return refused(404, "not_found", "There is no such endpoint here.");
    };
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let on_machine = path == MACHINE;
    if on_machine && header("metadata") != Some("true") {
        return refused(400, "bad_request_102", "Required metadata header not specified");
    }
    if !on_machine && header("x-identity-header") != Some(identities.header.as_str()) {
        return refused(401, "unauthorized", "The header is not that of this app.");
    }
    if service.counters.token_requests.get() <= identities.updating as u64 {
        return refused(410, "gone", "The endpoint is being changed.");
    }
    let Ok(query) = Query::read(query) else {
        return refused(400, "invalid_request", "The query cannot be read.");
    };
    if query
        .get("api-version")
        .is_none_or(|version| version < "2018-02-01")
    {
        return refused(400, "invalid_request", "api-version is missing or too old.");
    }
    let Some(resource) = query.get("resource").filter(|resource| !resource.is_empty()) else {
        return refused(400, "invalid_request", "resource is missing.");
    };
    let id = match query.get("client_id") {
        None => identities.system.then(|| "system".to_owned()),
        Some(wanted) => {
            let mut assigned = identities.assigned.iter();
            assigned.find(|id| id.eq_ignore_ascii_case(wanted)).cloned()
        }
    };
    let Some(id) = id else {
        return refused(400, "invalid_request", "Identity not found");
    };
    let tenant = Tenant {
        client_id: id.clone(),
        ..service.directory().tenant.clone()
    };
    let lifetime = service.options.token_lifetime;
    let token = service.tokens().for_machine(
        &tenant,
        &service.options.roles,
        service.options.app_role.as_deref(),
        lifetime,
        Instant::now(),
    );
    let now = jiff::Timestamp::now().as_second();
    let end = now + i64::try_from(lifetime.as_secs()).unwrap_or(0);
    let mut told = json!({
        "access_token": token, "expires_on": end.to_string(), "not_before": now.to_string(),
        "resource": resource, "token_type": "Bearer",
    });
    match on_machine {
        true => {
            told["expires_in"] = Value::from(lifetime.as_secs().to_string());
            told["refresh_token"] = Value::from("");
        }
        false => told["client_id"] = Value::from(id),
    }
    Reply::json(told.to_string())
}

fn refused(status: u16, error: &str, text: &str) -> Reply {
    Reply {
        status,
        headers: Vec::new(),
        body: Body::Json(json!({"error": error, "error_description": text}).to_string()),
    }
}
