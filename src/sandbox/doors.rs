//! The ways in that are not the token endpoint: the device authorization endpoint, the page where its code is typed, and the endpoints
//! of managed identities.

use super::{
    device::Person,
    form::{Fields, named},
    managed,
    reply::{Body, Refusal, Reply, Stamp},
    service::Service,
};
use axum::http::{Method, request::Parts};
use serde_json::Value;
use tokio::time::Instant;

/// Where a code is typed.
const PAGE: &str = "/sandbox/device";

/// Answers a request to one of them; `None` for every other path.
pub fn answer(service: &Service, parts: &Parts, body: &[u8], stamp: &Stamp) -> Option<Reply> {
    let path = parts.uri.path();
    let query = parts.uri.query().unwrap_or_default();
    if path == managed::APP_SERVICE || path == managed::MACHINE {
        service.counters.token_requests.add();
        return Some(managed::answer(service, path, query, &parts.headers));
    }
    if path == PAGE {
        return Some(page(service, &parts.method, body));
    }
    let tenant = path.strip_suffix("/oauth2/v2.0/devicecode")?.strip_prefix('/')?;
    service.counters.token_requests.add();
    if parts.method != Method::POST {
        return Some(Refusal::method().reply(stamp));
    }
    let fields = Fields::read(std::str::from_utf8(body).unwrap_or_default());
    let known = service.directory().tenant.clone();
    let options = &service.options;
    let mut tokens = service.tokens();
    let begun = named(tenant, &known).and_then(|()| {
        let now = Instant::now();
        tokens.devices.begin(
            &fields,
            &known,
            &options.roles,
            &service.base,
            options.poll_interval,
            now,
        )
    });
    let (status, json) = match begun {
        Ok(json) => (200, json),
        Err(failure) => failure.told(),
    };
    Some(written(status, &json))
}

fn written(status: u16, json: &Value) -> Reply {
    Reply {
        status,
        headers: Vec::new(),
        body: Body::Json(json.to_string()),
    }
}

/// The page, and what is decided on it: `user_code`, `as` (a userPrincipalName or id), `answer` (`yes` or `no`).
fn page(service: &Service, method: &Method, body: &[u8]) -> Reply {
    let html = |status, text: &str| Reply {
        status,
        headers: Vec::new(),
        body: Body::Html(format!(
            "<!doctype html><meta charset=utf-8><title>Sign in</title>{text}"
        )),
    };
    if method != Method::POST {
        return html(
            200,
            "<h1>Practice directory</h1><form method=post><p>Code <input name=user_code> \
             <p>Sign in as <input name=as> <p><button name=answer value=yes>Approve</button> \
             <button name=answer value=no>Decline</button></form>",
        );
    }
    let fields = Fields::read(std::str::from_utf8(body).unwrap_or_default());
    let field = |name: &str| fields.get(name).unwrap_or_default();
    let person = match field("answer") {
        "yes" => match person(service, field("as")) {
            Some(person) => Some(person),
            None => return html(400, "There is no such user."),
        },
        _ => None,
    };
    match service.tokens().devices.decide(field("user_code"), person) {
        true => html(200, "Done. You may close this page."),
        false => html(400, "There is no such code."),
    }
}

/// Somebody of the directory.
fn person(service: &Service, name: &str) -> Option<Person> {
    let directory = service.directory();
    let place = directory.resolve(name)?;
    let own = directory.own(place)?;
    Some(Person {
        id: directory.id(place).to_string(),
        name: own["set"]["userPrincipalName"]
            .as_str()
            .unwrap_or(name)
            .to_owned(),
        roles: directory.roles(place).to_vec(),
        scopes: Vec::new(),
    })
}
