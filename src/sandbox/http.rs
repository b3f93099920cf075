//! The HTTP edge: a request comes in, faults happen, an answer goes out.

use super::{
    batch,
    call::{Call, Payload},
    faults::{FaultKind, Nature},
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
        content_type: header(&parts.headers, "content-type").map(str::to_owned),
        payload: bytes.as_ref().map_or(Payload::None, payload),
        item: false,
    });
    let nature = match (&tenant, &call) {
        (Some(_), _) => Nature {
            token: true,
            ..Nature::default()
        },
        (None, Some(call)) => call.nature(),
        (None, None) => Nature::default(),
    };
    let fault = service.faults().next(nature);
    match fault {
        Some(FaultKind::DropBefore) => return broken(&scissors),
        Some(FaultKind::Delay(milliseconds)) => tokio::time::sleep(Duration::from_millis(milliseconds)).await,
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

fn payload(bytes: &Bytes) -> Payload {
    if bytes.is_empty() {
        return Payload::None;
    }
    serde_json::from_slice(bytes).map_or(Payload::Unreadable, Payload::Json)
}

async fn token(
    service: &Service,
    tenant: &str,
    parts: &axum::http::request::Parts,
    body: &Bytes,
    fault: Option<FaultKind>,
    stamp: Stamp,
) -> Outcome {
    service.counters.token_requests.add();
    tokio::time::sleep(service.options.latency).await;
    let reply = match gateway(fault, &stamp) {
        Some(reply) => reply,
        None if parts.method != axum::http::Method::POST => Refusal::method().reply(&stamp),
        None => {
            let request = TokenRequest {
                tenant,
                form: std::str::from_utf8(body).unwrap_or_default(),
                authorization: header(&parts.headers, "authorization"),
            };
            let (lifetime, roles) = (service.options.token_lifetime, &service.options.roles);
            let known = service.directory().tenant.clone();
            let (status, json) = service
                .tokens()
                .issue(request, &known, roles, lifetime, Instant::now());
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
    fault: Option<FaultKind>,
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
    let places = match &items {
        Some(Ok(items)) => items
            .iter()
            .filter_map(|item| service.written_place(&item.call))
            .collect(),
        _ => place.into_iter().collect::<Vec<_>>(),
    };
    // Held over the latency: two writes to one user that overlap in time meet.
    let claim = service.claim(places);
    tokio::time::sleep(service.options.latency).await;
    if let Some(reply) = gateway(fault, &stamp) {
        return done(reply, stamp);
    }
    let caller: Caller = service.caller();
    let reply = match (good, fault, items) {
        (_, Some(FaultKind::Claims), _) => challenge().reply(&stamp),
        (Err(bad), _, _) => {
            let authorization = r#"Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000""#;
            Refusal::new(401, "InvalidAuthenticationToken", bad.message())
                .header("WWW-Authenticate", authorization.to_owned())
                .reply(&stamp)
        }
        (Ok(()), Some(fault), Some(_)) if envelope_fault(fault).is_some() => envelope_fault(fault)
            .unwrap_or_else(Refusal::method)
            .reply(&stamp),
        (Ok(()), _, Some(Ok(items))) => service.batch(&items, &caller, &stamp, &claim.blocked),
        (Ok(()), _, Some(Err(refusal))) => refusal.reply(&stamp),
        (Ok(()), fault, None) => service.answer(call, &caller, &stamp, !claim.blocked.is_empty(), fault),
    };
    done(reply, stamp)
}

/// Faults that refuse a batch as a whole.
fn envelope_fault(fault: FaultKind) -> Option<Refusal> {
    match fault {
        FaultKind::TooMany(wait) => Some(Refusal::throttled(wait)),
        FaultKind::Unavailable => Some(Refusal::new(
            503,
            "ServiceUnavailable",
            "The service is temporarily unavailable.",
        )),
        FaultKind::Internal => Some(Refusal::new(
            500,
            "Service_InternalServerError",
            "Encountered an internal server error.",
        )),
        _ => None,
    }
}

/// Faults that a gateway in front of the directory makes.
fn gateway(fault: Option<FaultKind>, stamp: &Stamp) -> Option<Reply> {
    let page = "<!DOCTYPE html><html><head><title>Service unavailable</title></head><body><h2>The service is busy.</h2></body></html>";
    match fault? {
        FaultKind::UnavailableHtml => Some(Reply {
            status: 503,
            headers: vec![("Retry-After", "1".to_owned())],
            body: Body::Html(page.to_owned()),
        }),
        FaultKind::GatewayEmpty => Some(Reply {
            status: 504,
            headers: Vec::new(),
            body: Body::Empty,
        }),
        FaultKind::Html => Some(Reply {
            status: 200,
            headers: Vec::new(),
            body: Body::Html(page.to_owned()),
        }),
        _ => None,
    }
    .inspect(|_| debug_assert!(!stamp.request_id.is_empty()))
}

/// A claims challenge of continuous access evaluation.
fn challenge() -> Refusal {
    let claims =
        super::base64::encode(br#"{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}"#);
    let header = format!(
        r#"Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="insufficient_claims", claims="{claims}""#
    );
    Refusal::new(401, "InvalidAuthenticationToken", "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp")
        .header("WWW-Authenticate", header)
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
        (
            "Date",
            jiff::Timestamp::now()
                .strftime("%a, %d %b %Y %H:%M:%S GMT")
                .to_string(),
        ),
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
    let text = match reply.body {
        Body::Empty => String::new(),
        Body::Json(text) | Body::Text(text) | Body::Html(text) => text,
    };
    let length = text.len();
    let mut response = Response::new(axum::body::Body::from(text));
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
