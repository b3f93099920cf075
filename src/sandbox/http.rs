//! The HTTP edge: a request comes in, faults happen, an answer goes out.

use super::{
    batch,
    call::{Call, Payload, is_picture, prefers_minimal},
    control, doors,
    faults::{FaultKind, Nature},
    mishap,
    reply::{Body, Refusal, Reply, Stamp},
    select::Caller,
    service::Service,
    token::TokenRequest,
    wire::Scissors,
};
use axum::{
    body::Bytes,
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode},
    response::Response,
};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

/// The longest body of a request.
const BODY_MAX: usize = 4 * 1024 * 1024;

/// What became of a request: the answer, and whether its connection breaks.
struct Outcome {
    reply: Reply,
    stamp: Stamp,
    oauth: bool,
}

/// Answers one HTTP request.
pub async fn serve(
    State(service): State<Arc<Service>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    request: Request,
) -> Response {
    service.counters.http_requests.add();
    // What was done to the answer before this one on the same connection is over.
    scissors.mend();
    let (parts, body) = request.into_parts();
    let stamp = Stamp::new(header(&parts.headers, "client-request-id"));
    let bytes = axum::body::to_bytes(body, BODY_MAX).await;
    let path = parts.uri.path().to_owned();
    let query = parts.uri.query().unwrap_or_default().to_owned();
    let tenant = path
        .strip_suffix("/oauth2/v2.0/token")
        .and_then(|rest| rest.strip_prefix('/'));
    let call = path.strip_prefix("/v1.0/").map(|path| Call {
        method: parts.method.as_str().to_owned(),
        path: path.to_owned(),
        query,
        eventual: header(&parts.headers, "consistencylevel")
            .is_some_and(|level| level.eq_ignore_ascii_case("eventual")),
        minimal: header(&parts.headers, "prefer").is_some_and(prefers_minimal),
        content_type: header(&parts.headers, "content-type").map(str::to_owned),
        payload: bytes.as_ref().map_or(Payload::None, |bytes| {
            payload(bytes, header(&parts.headers, "content-type"))
        }),
        item: false,
    });
    let body = bytes.as_ref().map_or(&[][..], |bytes| bytes);
    if let Some(reply) = doors::answer(&service, &parts, body, &stamp) {
        let oauth = true;
        return respond(Outcome { reply, stamp, oauth }).response;
    }
    if let Some(wish) = path.strip_prefix("/sandbox/")
        && service.options.churn.is_some()
    {
        let authorization = header(&parts.headers, "authorization");
        let query = parts.uri.query().unwrap_or_default();
        let reply = control::answer(&service, &parts.method, wish, query, authorization, &stamp);
        let oauth = false;
        return respond(Outcome { reply, stamp, oauth }).response;
    }
    let nature = match (&tenant, &call) {
        (Some(_), _) => Nature {
            token: true,
            ..Nature::default()
        },
        (None, Some(call)) => call.nature(),
        (None, None) => Nature::default(),
    };
    let about = || call.as_ref().map(Call::about).unwrap_or_default();
    let fault = service.faults().next(nature, about);
    let fault = fault.as_ref();
    match fault {
        Some(FaultKind::DropBefore) => return broken(&scissors),
        Some(FaultKind::Delay(milliseconds)) => {
            tokio::time::sleep(Duration::from_millis(*milliseconds)).await;
        }
        Some(FaultKind::Claims) => {
            let authorization = header(&parts.headers, "authorization");
            if service.tokens().challenge(authorization) {
                service.counters.challenges.add();
            }
        }
        Some(FaultKind::ExpireTokenAfter(_)) => service.tokens().expire(Instant::now()),
        _ => {}
    }
    let outcome = match (tenant, call, bytes) {
        (_, _, Err(_)) => {
            let refusal = Refusal::new(
                413,
                "RequestEntityTooLarge",
                "The request body is larger than 4 MB.",
            );
            Outcome {
                reply: refusal.reply(&stamp),
                stamp,
                oauth: false,
            }
        }
        (Some(tenant), _, Ok(body)) => token(&service, tenant, &parts, &body, fault, stamp).await,
        (None, Some(call), Ok(_)) => graph(&service, &call, &parts.headers, fault, stamp).await,
        (None, None, Ok(_)) => {
            let refusal = Refusal::unreadable("Invalid version: the only version spoken here is v1.0.");
            Outcome {
                reply: refusal.reply(&stamp),
                stamp,
                oauth: false,
            }
        }
    };
    match fault {
        Some(FaultKind::DropAfter) => broken(&scissors),
        Some(FaultKind::Truncated) => {
            let response = respond(outcome);
            // Enough for the head and a part of the body, never for the whole.
            scissors.cut_after(match &response.length {
                0 => 40,
                length => response.head + length / 2,
            });
            response.response
        }
        Some(FaultKind::SlowBody(milliseconds)) => {
            let response = respond(outcome);
            scissors.trickle(
                response.head,
                response.length,
                Duration::from_millis(*milliseconds),
            );
            response.response
        }
        _ => respond(outcome).response,
    }
}

/// The connection breaks before a byte of the answer was sent.
fn broken(scissors: &Scissors) -> Response {
    scissors.cut_after(0);
    Response::new(axum::body::Body::empty())
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn payload(bytes: &Bytes, content_type: Option<&str>) -> Payload {
    if bytes.is_empty() {
        return Payload::None;
    }
    if content_type.is_some_and(is_picture) {
        return Payload::Bytes(bytes.to_vec());
    }
    serde_json::from_slice(bytes).map_or(Payload::Unreadable, Payload::Json)
}

async fn token(
    service: &Service,
    tenant: &str,
    parts: &axum::http::request::Parts,
    body: &Bytes,
    fault: Option<&FaultKind>,
    stamp: Stamp,
) -> Outcome {
    service.counters.token_requests.add();
    let form = std::str::from_utf8(body).unwrap_or_default();
    service.see_sign_in(parts.method.as_str(), parts.uri.path(), form);
    service.dawdle().await;
    let reply = match mishap::gateway(fault, &stamp).or_else(|| mishap::instead(fault, &stamp)) {
        Some(reply) => reply,
        None if parts.method != axum::http::Method::POST => Refusal::method().reply(&stamp),
        None => {
            let request = TokenRequest {
                tenant,
                form,
                authorization: header(&parts.headers, "authorization"),
                host: header(&parts.headers, "host"),
                registered: &service.options.registered,
                poll_interval: service.options.poll_interval,
            };
            let (lifetime, roles) = (service.options.token_lifetime, &service.options.roles);
            let known = service.directory().tenant.clone();
            let (status, json) = service.tokens().issue(
                request,
                &known,
                roles,
                service.options.app_role.as_deref(),
                lifetime,
                Instant::now(),
            );
            Reply {
                status,
                headers: Vec::new(),
                body: Body::Json(json.to_string()),
            }
        }
    };
    Outcome {
        reply,
        stamp,
        oauth: true,
    }
}

async fn graph(
    service: &Service,
    call: &Call,
    headers: &HeaderMap,
    fault: Option<&FaultKind>,
    stamp: Stamp,
) -> Outcome {
    let done = |reply: Reply, stamp: Stamp| Outcome {
        reply,
        stamp,
        oauth: false,
    };
    let good = service
        .tokens()
        .check(header(headers, "authorization"), Instant::now());
    let place = good.is_ok().then(|| service.written_place(call)).flatten();
    let mut items = None;
    if call.nature().batch && call.method == "POST" && good.is_ok() {
        items = Some(match &call.payload {
            Payload::Json(envelope) => batch::read(envelope),
            _ => Err(Refusal::unreadable("Invalid batch payload format.")),
        });
    }
    service.see(call, items.as_ref().and_then(|items| items.as_deref().ok()));
    let places = match &items {
        Some(Ok(items)) => items
            .iter()
            .filter_map(|item| service.written_place(&item.call))
            .collect(),
        _ => place.into_iter().collect::<Vec<_>>(),
    };
    // Held over the latency: two writes to one user that overlap in time meet.
    let claim = service.claim(places);
    let mailbox = match good.is_ok().then(|| service.enter_mailbox(call)) {
        Some(Err(refusal)) => {
            service.counters.throttled.add();
            return done(refusal.reply(&stamp), stamp);
        }
        Some(Ok(pass)) => pass,
        None => None,
    };
    service.dawdle().await;
    if let Some(reply) = mishap::gateway(fault, &stamp) {
        return done(reply, stamp);
    }
    let caller: Caller = service.caller_of(header(headers, "authorization"));
    let reply = match (good, items) {
        (Err(bad), _) => service.tokens().refusal(bad).reply(&stamp),
        (Ok(()), Some(Ok(items))) => match mishap::instead(fault, &stamp) {
            Some(reply) => {
                if reply.status == 429 {
                    service.counters.throttled.add();
                }
                reply
            }
            None => service.batch(&items, &caller, &stamp, &claim.blocked, fault),
        },
        (Ok(()), Some(Err(refusal))) => refusal.reply(&stamp),
        (Ok(()), None) => service.answer(call, &caller, &stamp, !claim.blocked.is_empty(), fault),
    };
    drop(mailbox);
    done(reply, stamp)
}

/// A response, and about how long its two parts are.
struct Measured {
    response: Response,
    head: usize,
    length: usize,
}

fn respond(outcome: Outcome) -> Measured {
    let Outcome { reply, stamp, oauth } = outcome;
    let mut headers: Vec<(&str, String)> = vec![
        (
            "Cache-Control",
            if oauth { "no-store, no-cache" } else { "no-cache" }.to_owned(),
        ),
        ("request-id", stamp.request_id),
        ("client-request-id", stamp.client_request_id),
        ("Date", mishap::http_date(jiff::Timestamp::now())),
    ];
    if !oauth {
        let diagnostic = r#"{"ServerInfo":{"DataCenter":"Sandbox","Slice":"E","Ring":"5","ScaleUnit":"000","RoleInstance":"SANDBOX000"}}"#;
        headers.push(("x-ms-ags-diagnostic", diagnostic.to_owned()));
        headers.push(("OData-Version", "4.0".to_owned()));
    }
    if let Some(kind) = reply.content_type() {
        headers.push((
            "Content-Type",
            if oauth && kind.starts_with("application/json") {
                "application/json; charset=utf-8"
            } else {
                kind
            }
            .to_owned(),
        ));
    }
    headers.extend(reply.headers);
    let bytes = match reply.body {
        Body::Empty => Vec::new(),
        Body::Json(text) | Body::Text(text) | Body::Html(text) => text.into_bytes(),
        Body::Jpeg(bytes) => bytes,
    };
    let length = bytes.len();
    let mut response = Response::new(axum::body::Body::from(bytes));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut head = 40;
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(&value)
            && let Ok(name) = axum::http::HeaderName::from_bytes(name.as_bytes())
        {
            head += name.as_str().len() + value.len() + 4;
            response.headers_mut().insert(name, value);
        }
    }
    Measured {
        response,
        head,
        length,
    }
}
