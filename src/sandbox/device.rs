//! People who sign in: a code that is typed elsewhere, and refresh tokens.
//!
//! <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code>, RFC 8628, and
//! <https://learn.microsoft.com/entra/identity-platform/refresh-tokens>: a refresh token replaces itself upon every use, and the old
//! one stays good. Numbers of refusals are as people saw them.

use super::{
    form::{Failure, Fields, failure},
    tenant::Tenant,
};
use serde_json::{Value, json};
use std::{collections::HashMap, time::Duration};
use tokio::time::Instant;

/// The grant of a code.
pub const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// How long a code is good.
const CODE_LIFE: Duration = Duration::from_secs(900);

/// Somebody who signed in, and what the application may do for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub id: String,
    pub name: String,
    /// Directory roles by name.
    pub roles: Vec<String>,
    /// Delegated permissions.
    pub scopes: Vec<String>,
}

impl Person {
    /// What may be done: the application's permissions, as far as the person may do it as well. Somebody without a role reads.
    pub fn permissions(&self) -> Vec<String> {
        let reads = |scope: &&String| !scope.contains("Write") && !scope.contains("Manage");
        let is_administrator = !self.roles.is_empty();
        let scopes = self
            .scopes
            .iter()
            .filter(|scope| is_administrator || reads(scope));
        let mut all: Vec<String> = scopes.cloned().collect();
        // Who may write may read.
        if all.len() < self.scopes.len() && self.scopes.iter().any(|scope| scope == "User.ReadWrite.All") {
            all.push("User.Read.All".to_owned());
        }
        all
    }
}

/// What was decided where a code was typed.
#[derive(Debug, Clone)]
enum Decision {
    Open,
    Approved(Box<Person>),
    Declined,
}

#[derive(Debug)]
struct Code {
    user_code: String,
    scopes: Vec<String>,
    until: Instant,
    next_poll: Instant,
    decision: Decision,
}

/// Codes that wait, and refresh tokens.
#[derive(Debug, Default)]
pub struct Devices {
    codes: HashMap<String, Code>,
    refresh: HashMap<String, Person>,
    sequence: u32,
}

impl Devices {
    /// The answer of the device authorization endpoint.
    pub fn begin(
        &mut self,
        fields: &Fields,
        tenant: &Tenant,
        static_scopes: &[String],
        base: &str,
        interval: Duration,
        now: Instant,
    ) -> Result<Value, Failure> {
        fields.client(tenant)?;
        let scope = fields.needed("scope")?;
        let scopes = asked(&scope, static_scopes);
        self.sequence += 1;
        let user_code = format!("SBX{:06}", self.sequence * 7_919 % 1_000_000);
        let device_code = uuid::Uuid::new_v4().simple().to_string();
        let code = Code {
            user_code: user_code.clone(),
            scopes,
            until: now + CODE_LIFE,
            next_poll: now,
            decision: Decision::Open,
        };
        self.codes.insert(device_code.clone(), code);
        let page = format!("{base}/sandbox/device");
        Ok(json!({
            "device_code": device_code, "user_code": user_code, "verification_uri": page,
            "expires_in": CODE_LIFE.as_secs(), "interval": interval.as_secs(),
            "message": format!("To sign in, use a web browser to open the page {page} and enter the code {user_code} to authenticate."),
        }))
    }

    /// Approves a code as this person, or declines it; false when there is none that waits.
    pub fn decide(&mut self, user_code: &str, person: Option<Person>) -> bool {
        let wanted = user_code.trim();
        let mut codes = self.codes.values_mut();
        let Some(code) = codes.find(|code| {
            code.user_code.eq_ignore_ascii_case(wanted) && matches!(code.decision, Decision::Open)
        }) else {
            return false;
        };
        code.decision = match person {
            Some(person) => Decision::Approved(Box::new(Person {
                scopes: code.scopes.clone(),
                ..person
            })),
            None => Decision::Declined,
        };
        true
    }

    /// Lets all codes end, and all refresh tokens: as time does, and an administrator who revokes them.
    pub fn end_all(&mut self, now: Instant) {
        self.refresh.clear();
        for code in self.codes.values_mut() {
            code.until = now;
        }
    }

    /// Who signed in, for a request to the token endpoint with a code or a refresh token.
    pub fn redeem(
        &mut self,
        fields: &Fields,
        tenant: &Tenant,
        interval: Duration,
        now: Instant,
    ) -> Result<Person, Failure> {
        fields.client(tenant)?;
        if fields.get("grant_type") == Some("refresh_token") {
            let token = fields.needed("refresh_token")?;
            return self.refresh.get(&token).cloned().ok_or_else(|| {
                failure(
                    400,
                    "invalid_grant",
                    700_082,
                    "The refresh token has expired due to inactivity, or was revoked.",
                )
            });
        }
        let device_code = fields.needed("device_code")?;
        let Some(code) = self.codes.get_mut(&device_code) else {
            return Err(failure(
                400,
                "bad_verification_code",
                70_019,
                "The device code was not recognized.",
            ));
        };
        if code.until <= now {
            let text = "The device code has expired.";
            return Err(failure(400, "expired_token", 70_020, text));
        }
        match &code.decision {
            Decision::Open if now < code.next_poll => {
                let text = "The token endpoint was asked again too soon.";
                Err(failure(400, "slow_down", 70_043, text))
            }
            Decision::Open => {
                code.next_poll = now + interval;
                Err(failure(
                    400,
                    "authorization_pending",
                    70_016,
                    "OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
                ))
            }
            Decision::Declined => Err(failure(
                400,
                "authorization_declined",
                65_004,
                "User declined to consent to access the app.",
            )),
            Decision::Approved(person) => {
                let person = (**person).clone();
                self.codes.remove(&device_code);
                Ok(person)
            }
        }
    }

    /// A refresh token for somebody; the ones before stay good.
    pub fn refresh_token(&mut self, person: &Person) -> String {
        let token = format!("1.SBX-refresh-{}", uuid::Uuid::new_v4().simple());
        self.refresh.insert(token.clone(), person.clone());
        token
    }
}

/// The permissions that a `scope` asks for: by name, with the resource or without, or all that the application is registered for.
fn asked(scope: &str, registered: &[String]) -> Vec<String> {
    const OPEN_ID: [&str; 4] = ["openid", "profile", "email", "offline_access"];
    let mut all: Vec<String> = Vec::new();
    for word in scope.split_whitespace().filter(|word| !OPEN_ID.contains(word)) {
        match word.rsplit('/').next().unwrap_or(word) {
            ".default" => all.extend(registered.iter().cloned()),
            name => all.push(name.to_owned()),
        }
    }
    all.sort();
    all.dedup();
    all
}
