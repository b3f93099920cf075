//! The token endpoint, and which tokens are good.

use super::{
    assertion::Registered,
    base64,
    claims::{self, Asked, Challenges},
    device::{DEVICE_GRANT, Devices, Person},
    form::{Failure, Fields, app, failure, missing, named},
    jwt, query,
    reply::Refusal,
    tenant::Tenant,
};
use serde_json::{Value, json};
use std::{collections::HashMap, time::Duration};
use tokio::time::Instant;

/// Tokens that were issued, and until when they are good.
#[derive(Debug, Default)]
pub struct TokenBook {
    issued: HashMap<String, Issued>,
    sequence: u64,
    challenges: Challenges,
    /// People who sign in.
    pub devices: Devices,
}

/// A token that was issued.
#[derive(Debug, Clone)]
struct Issued {
    until: Instant,
    asked: Asked,
    /// Whose it is, if it is a person's.
    person: Option<Person>,
}

/// Why a token is not good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadToken {
    /// There was none.
    Absent,
    /// It was never issued here.
    Unknown,
    /// Its time is over.
    Expired,
    /// It does not answer the last claims challenge, and its client would understand one.
    Challenged,
    /// It does not answer the last claims challenge, and its client would not understand one.
    Revoked,
}

impl BadToken {
    /// The text of the refusal.
    pub fn message(self) -> &'static str {
        match self {
            BadToken::Absent => "Access token is empty.",
            BadToken::Challenged | BadToken::Revoked | BadToken::Unknown => {
                "Access token has expired or is not yet valid."
            }
            BadToken::Expired => "Lifetime validation failed, the token is expired.",
        }
    }
}

/// What is asked of the token endpoint.
#[derive(Debug, Clone, Copy)]
pub struct TokenRequest<'a> {
    /// The tenant in the path.
    pub tenant: &'a str,
    /// The form.
    pub form: &'a str,
    /// The `Authorization` header.
    pub authorization: Option<&'a str>,
    /// The `Host` header.
    pub host: Option<&'a str>,
    /// What the application may prove itself with beside its secret.
    pub registered: &'a Registered,
    /// How long a client waits that asks whether a code was typed.
    pub poll_interval: Duration,
}

impl TokenBook {
    /// The tokens of the last hour, for whoever looks where they must not be.
    pub fn issued(&self) -> Vec<String> {
        self.issued.keys().cloned().collect()
    }

    /// Answers a token request: status and JSON.
    pub fn issue(
        &mut self,
        request: TokenRequest<'_>,
        tenant: &Tenant,
        roles: &[String],
        app_role: Option<&str>,
        lifetime: Duration,
        now: Instant,
    ) -> (u16, Value) {
        let fields = Fields::read(request.form);
        let seconds = lifetime.as_secs();
        if let Some(DEVICE_GRANT | "refresh_token") = fields.get("grant_type") {
            let redeemed = named(request.tenant, tenant)
                .and_then(|()| asked(&fields))
                .and_then(|asked| {
                    let person = self.devices.redeem(&fields, tenant, request.poll_interval, now)?;
                    Ok((asked, person))
                });
            let (asked, person) = match redeemed {
                Ok(redeemed) => redeemed,
                Err(failure) => return failure.told(),
            };
            self.sequence += 1;
            let token = jwt::of_person(tenant, &person, lifetime, self.sequence);
            let refresh = self.devices.refresh_token(&person);
            let scope = person.scopes.join(" ");
            self.keep(token.clone(), lifetime, asked, Some(person), now);
            return (
                200,
                json!({"token_type": "Bearer", "scope": scope, "expires_in": seconds, "ext_expires_in": seconds, "access_token": token, "refresh_token": refresh}),
            );
        }
        match check(request, &fields, tenant) {
            Ok(asked) => {
                let token = self.made(tenant, roles, app_role, lifetime, asked, now);
                (
                    200,
                    json!({"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": token}),
                )
            }
            Err(failure) => failure.told(),
        }
    }

    /// A token of a managed identity, whose client id stands in `tenant`. None of them says that it understands challenges.
    pub fn for_machine(
        &mut self,
        tenant: &Tenant,
        roles: &[String],
        app_role: Option<&str>,
        lifetime: Duration,
        now: Instant,
    ) -> String {
        self.made(tenant, roles, app_role, lifetime, Asked::default(), now)
    }

    /// Makes a token of an application, and remembers it.
    fn made(
        &mut self,
        tenant: &Tenant,
        roles: &[String],
        app_role: Option<&str>,
        lifetime: Duration,
        asked: Asked,
        now: Instant,
    ) -> String {
        self.sequence += 1;
        let token = jwt::of_app(tenant, roles, app_role, lifetime, self.sequence);
        self.keep(token.clone(), lifetime, asked, None, now);
        token
    }

    fn keep(
        &mut self,
        token: String,
        lifetime: Duration,
        asked: Asked,
        person: Option<Person>,
        now: Instant,
    ) {
        self.issued
            .retain(|_, token| token.until + Duration::from_secs(3_600) > now);
        let until = now + lifetime;
        self.issued.insert(token, Issued { until, asked, person });
    }

    /// The person whose token a call carries; `None` for an application's.
    pub fn person(&self, authorization: Option<&str>) -> Option<&Person> {
        self.issued.get(bearer(authorization)?)?.person.as_ref()
    }

    /// Whether the `Authorization` header of a call holds a good token.
    pub fn check(&self, authorization: Option<&str>, now: Instant) -> Result<(), BadToken> {
        match bearer(authorization) {
            None | Some("") => Err(BadToken::Absent),
            Some(token) => match self.issued.get(token) {
                None => Err(BadToken::Unknown),
                Some(token) if token.until <= now => Err(BadToken::Expired),
                Some(token) if self.challenges.pass(token.asked) => Ok(()),
                Some(token) if token.asked.capable => Err(BadToken::Challenged),
                Some(_) => Err(BadToken::Revoked),
            },
        }
    }

    /// Challenges the client of a call, if it said that it understands challenges; its token is then no longer good.
    /// False when it did not say so, and nothing happened.
    pub fn challenge(&mut self, authorization: Option<&str>) -> bool {
        let token = bearer(authorization).and_then(|token| self.issued.get(token));
        let capable = token.is_some_and(|token| token.asked.capable);
        if capable {
            self.challenges.make();
        }
        capable
    }

    /// What is answered to a call with a bad token.
    pub fn refusal(&self, bad: BadToken) -> Refusal {
        if bad == BadToken::Challenged {
            return self.challenges.refusal();
        }
        let authorization = r#"Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000""#;
        Refusal::new(401, "InvalidAuthenticationToken", bad.message())
            .header("WWW-Authenticate", authorization.to_owned())
    }

    /// Ends every token issued so far.
    pub fn expire(&mut self, now: Instant) {
        for token in self.issued.values_mut() {
            token.until = token.until.min(now);
        }
    }
}

/// The token of an `Authorization` header.
fn bearer(authorization: Option<&str>) -> Option<&str> {
    let (scheme, token) = authorization?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// What the `claims` of a form ask for.
fn asked(fields: &Fields) -> Result<Asked, Failure> {
    match fields.get("claims") {
        None => Ok(Asked::default()),
        Some(text) => claims::read(text).ok_or_else(|| {
            let text = "Request is malformed or invalid.";
            failure(
                400,
                "invalid_request",
                9_002_313,
                format!("Invalid request. {text}"),
            )
        }),
    }
}

fn check(request: TokenRequest<'_>, fields: &Fields, tenant: &Tenant) -> Result<Asked, Failure> {
    named(request.tenant, tenant)?;
    let field = |name: &str| fields.get(name);
    // Each half of HTTP Basic is form-encoded before it is joined.
    let basic = request.authorization.and_then(|text| {
        let (scheme, rest) = text.split_once(' ')?;
        let pair = scheme
            .eq_ignore_ascii_case("basic")
            .then(|| base64::decode(rest.trim()))
            .flatten()?;
        let pair = String::from_utf8(pair).ok()?;
        let (id, secret) = pair.split_once(':')?;
        Some((query::decode(id, true)?, query::decode(secret, true)?))
    });
    match field("grant_type") {
        None => return Err(missing("grant_type")),
        Some("client_credentials") => {}
        Some(other) => {
            let text = format!("The app requested an unsupported grant type '{other}'.");
            return Err(failure(400, "unsupported_grant_type", 70_003, text));
        }
    }
    let id = field("client_id")
        .or(basic.as_ref().map(|(id, _)| id.as_str()))
        .ok_or_else(|| missing("client_id"))?;
    app(id, tenant)?;
    let scope = field("scope").ok_or_else(|| missing("scope"))?;
    if scope.contains(' ') || scope.strip_suffix("/.default").is_none_or(str::is_empty) {
        let text = format!(
            "The provided value for scope {scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI)."
        );
        return Err(failure(400, "invalid_scope", 1_002_012, text));
    }
    let asked = asked(fields)?;
    match field("client_secret").or(basic.as_ref().map(|(_, secret)| secret.as_str())) {
        Some(secret) if secret == tenant.client_secret => Ok(asked),
        Some(_) => Err(failure(
            401,
            "invalid_client",
            7_000_215,
            format!(
                "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{id}'."
            ),
        )),
        None => {
            let Some(assertion) = field("client_assertion") else {
                return Err(failure(
                    401,
                    "invalid_client",
                    7_000_218,
                    "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
                ));
            };
            let own = |audience: &str| is_endpoint(audience, request.host, tenant);
            let now = jiff::Timestamp::now().as_second();
            request
                .registered
                .check(assertion, field("client_assertion_type"), id, &own, now)
                .map(|()| asked)
                .map_err(|(number, text)| failure(401, "invalid_client", number, text))
        }
    }
}

/// The hosts of the sign-in service. <https://learn.microsoft.com/graph/deployments>
const TOKEN_HOSTS: [&str; 4] = [
    "login.microsoftonline.com",
    "login.microsoftonline.us",
    "login.chinacloudapi.cn",
    "login.partner.microsoftonline.cn",
];

/// Whether an audience is the address of this tenant's token endpoint, at one of Microsoft's hosts or at this one.
fn is_endpoint(audience: &str, host: Option<&str>, tenant: &Tenant) -> bool {
    let (scheme, rest) = audience.split_once("://").unwrap_or(("", audience));
    let Some((named, path)) = rest.split_once('/') else {
        return false;
    };
    let is_microsofts = scheme == "https" && TOKEN_HOSTS.contains(&named);
    let is_own = scheme == "http" && host == Some(named);
    let segment = path.strip_suffix("/oauth2/v2.0/token");
    (is_microsofts || is_own) && segment.is_some_and(|segment| tenant.answers_to(segment))
}
