//! The form of a request to the sign-in service, and how it is refused.

use super::{query, tenant::Tenant};
use serde_json::{Value, json};
use std::collections::HashMap;

/// A failure of the token endpoint.
pub struct Failure {
    status: u16,
    error: &'static str,
    number: u32,
    text: String,
}

/// A failure with its number and text.
pub fn failure(status: u16, error: &'static str, number: u32, text: impl Into<String>) -> Failure {
    Failure {
        status,
        error,
        number,
        text: text.into(),
    }
}

impl Failure {
    /// Status and JSON.
    pub fn told(&self) -> (u16, Value) {
        let trace = uuid::Uuid::new_v4();
        let correlation = uuid::Uuid::new_v4();
        let time = jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M:%SZ").to_string();
        let text = format!(
            "AADSTS{}: {} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {time}",
            self.number, self.text
        );
        let body = json!({
            "error": self.error, "error_description": text, "error_codes": [self.number],
            "timestamp": time, "trace_id": trace.to_string(), "correlation_id": correlation.to_string(),
            "error_uri": format!("https://login.microsoftonline.com/error?code={}", self.number),
        });
        (self.status, body)
    }
}

/// The fields of a form.
pub struct Fields(HashMap<String, String>);

impl Fields {
    /// Reads a form.
    pub fn read(form: &str) -> Fields {
        let pairs = form.split('&').filter_map(|pair| pair.split_once('='));
        let decoded = |(name, value)| Some((query::decode(name, true)?, query::decode(value, true)?));
        Fields(pairs.filter_map(decoded).collect())
    }

    /// A field that is not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        let value = self.0.get(name).map(String::as_str);
        value.filter(|text| !text.is_empty())
    }

    /// A field that must be there.
    pub fn needed(&self, name: &str) -> Result<String, Failure> {
        self.get(name).map(str::to_owned).ok_or_else(|| missing(name))
    }

    /// Checks that the application is the one there is.
    pub fn client(&self, tenant: &Tenant) -> Result<(), Failure> {
        app(&self.needed("client_id")?, tenant)
    }
}

/// A field that is not there.
pub fn missing(name: &str) -> Failure {
    let text = format!("The request body must contain the following parameter: '{name}'.");
    failure(400, "invalid_request", 900_144, text)
}

/// Checks that an application is the one there is.
pub fn app(id: &str, tenant: &Tenant) -> Result<(), Failure> {
    if tenant.client_id.eq_ignore_ascii_case(id) {
        return Ok(());
    }
    let text = format!(
        "Application with identifier '{id}' was not found in the directory '{}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.",
        tenant.name
    );
    Err(failure(400, "unauthorized_client", 700_016, text))
}

/// Checks that the tenant of a path is the one there is.
pub fn named(path: &str, tenant: &Tenant) -> Result<(), Failure> {
    if tenant.answers_to(path) {
        return Ok(());
    }
    let text = format!(
        "Tenant '{path}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud."
    );
    Err(failure(400, "invalid_request", 90_002, text))
}
