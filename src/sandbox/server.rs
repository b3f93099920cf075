//! Start and end of a sandbox, and what can be asked of a running one.

use super::{
    directory::Directory,
    faults::{Fault, FaultDesk},
    http, import,
    options::{People, SandboxError, SandboxOptions},
    people,
    persist::Keeper,
    service::Service,
    stats::{AcceptedWrite, Stats},
    tenant::Tenant,
    wire::{Scissors, Wire},
};
use axum::Router;
use serde_json::Value;
use std::{sync::Arc, time::Duration};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle, time::Instant};

/// How long the end waits for requests that are under way.
const GRACE: Duration = Duration::from_secs(5);

/// A running sandbox; dropping it ends it without waiting.
#[derive(Debug)]
pub struct Sandbox {
    service: Arc<Service>,
    tenant: Tenant,
    stop: watch::Sender<bool>,
    task: JoinHandle<std::io::Result<()>>,
}

/// Starts a sandbox.
pub async fn start(options: SandboxOptions) -> Result<Sandbox, SandboxError> {
    if !options.listen.ip().is_loopback() {
        return Err(SandboxError::NotLoopback(options.listen));
    }
    let address = options.listen;
    let listener = TcpListener::bind(address)
        .await
        .map_err(|source| SandboxError::Listen { address, source })?;
    let local = listener
        .local_addr()
        .map_err(|source| SandboxError::Listen { address, source })?;
    let make = {
        let options = options.clone();
        move || match &options.folder {
            Some(folder) => Keeper::open(folder, || populate(&options))
                .map(|(keeper, directory)| (Some(keeper), directory)),
            None => populate(&options).map(|directory| (None, directory)),
        }
    };
    let (keeper, directory) = tokio::task::spawn_blocking(make)
        .await
        .map_err(|error| SandboxError::Stopped(error.to_string()))??;
    let tenant = directory.tenant.clone();
    let service = Arc::new(Service::new(
        format!("http://{local}"),
        options,
        directory,
        keeper,
    ));
    let (stop, mut stopped) = watch::channel(false);
<<<<<<< HEAD
    let app = Router::new().fallback(serve).with_state(Arc::clone(&service));
=======
    let app = Router::new()
        .fallback(http::serve)
        .with_state(Arc::clone(&service));
>>>>>>> sandbox
    let running = axum::serve(
        Wire(listener),
        app.into_make_service_with_connect_info::<Scissors>(),
    )
    .with_graceful_shutdown(async move {
        // The sender going away ends it too.
        let _ = stopped.wait_for(|stop| *stop).await;
    });
    let task = tokio::spawn(running.into_future());
    Ok(Sandbox {
        service,
        tenant,
        stop,
        task,
    })
}

fn populate(options: &SandboxOptions) -> Result<Directory, SandboxError> {
    let tenant = Tenant::of(options.seed);
    match &options.people {
        People::Empty => Ok(Directory::new(tenant)),
        People::Generated { users } => Ok(people::generate(tenant, *users, options.seed)),
        People::FromSheet(path) => import::read(path, tenant, options.seed),
    }
}

impl Sandbox {
    /// The address, `http://127.0.0.1:PORT`; Graph is under `/v1.0`, sign-in under `/{tenant}/oauth2/v2.0/token`.
    pub fn url(&self) -> String {
        self.service.base.clone()
    }

    /// The tenant's id.
    pub fn tenant_id(&self) -> &str {
        &self.tenant.tenant_id
    }

    /// The client's id.
    pub fn client_id(&self) -> &str {
        &self.tenant.client_id
    }

    /// The client's secret.
    pub fn client_secret(&self) -> &str {
        &self.tenant.client_secret
    }

    /// The verified domains, the default one first.
    pub fn domains(&self) -> &[String] {
        &self.tenant.domains
    }

    /// What was counted so far.
    pub fn stats(&self) -> Stats {
        self.service.counters.read(self.user_count())
    }

    /// Accepted writes in their order.
    pub fn history(&self) -> Vec<AcceptedWrite> {
        self.service.history()
    }

    /// How many users there are.
    pub fn user_count(&self) -> usize {
        self.service.directory().len()
    }

    /// Bytes that users and indexes take.
    pub fn memory(&self) -> usize {
        self.service.directory().bytes()
    }

    /// All users with every property, `manager` (id or null) and `roles`.
    pub fn dump(&self) -> Vec<Value> {
        self.service.directory().dump()
    }

    /// A change behind the client's back: `property` may be a leaf (`employeeOrgData.division`) or `manager`.
    pub fn edit(&self, id_or_upn: &str, property: &str, value: Value) -> Result<(), String> {
        self.service.edit(id_or_upn, property, &value)
    }

    /// Replaces what goes wrong on purpose.
    pub fn set_faults(&self, faults: Vec<Fault>) {
        *self.service.faults() = FaultDesk::new(faults, self.service.seed());
    }

    /// Ends every token issued so far.
    pub fn expire_tokens(&self) {
        self.service.tokens().expire(Instant::now());
    }

    /// Ends the server, lets requests that are under way finish, and puts a kept directory in order.
    pub async fn shutdown(mut self) -> Result<(), SandboxError> {
        let _ = self.stop.send(true);
        match tokio::time::timeout(GRACE, &mut self.task).await {
            Err(_) => self.task.abort(),
            Ok(Err(error)) => return Err(SandboxError::Stopped(error.to_string())),
            Ok(Ok(Err(error))) => return Err(SandboxError::Stopped(error.to_string())),
            Ok(Ok(Ok(()))) => {}
        }
        let service = Arc::clone(&self.service);
        tokio::task::spawn_blocking(move || service.compact())
            .await
            .map_err(|error| SandboxError::Stopped(error.to_string()))?
    }
}
<<<<<<< HEAD

/// What became of a request: the answer, and whether its connection breaks.
struct Outcome {
    reply: Reply,
    stamp: Stamp,
    oauth: bool,
}

async fn serve(
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
=======
>>>>>>> sandbox
