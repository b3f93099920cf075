//! One request in, one answer out. Everything else in this room is built on top of this seam.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Certificate, Client, Method, StatusCode, Url, redirect};
use secrecy::SecretString;
use serde::Serialize;
use uuid::Uuid;

use super::endless::is_too_heavy;
use super::limits::Touched;
use super::retry_after::date;
use super::settings::{GraphSettings, SettingsError, is_link_local, is_loopback, is_private};
use super::transport::{TransportError, TransportErrorKind};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// Far above the largest page of users; more than this is a mistake or an attack.
const BODY_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Connections are thrown away at most this often, so that many workers in trouble do it once.
const RENEWAL_PAUSE: Duration = Duration::from_secs(5);
pub(super) const USER_AGENT: &str = concat!("dirsheet/", env!("CARGO_PKG_VERSION"));
/// Bulk work gives way to people who wait at a screen: the service sheds `low` first.
/// <https://learn.microsoft.com/graph/throttling-limits#identity-and-access-service-limits>
const THROTTLE_PRIORITY: HeaderName = HeaderName::from_static("x-ms-throttle-priority");
pub(super) const LOW: &str = "low";
const CONSISTENCY_LEVEL: HeaderName = HeaderName::from_static("consistencylevel");
pub(super) const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");

#[derive(Debug, Clone)]
pub(super) struct Request {
    pub method: Method,
    pub url: Url,
    pub headers: HeaderMap,
    pub body: Option<Body>,
    /// What is in the body and must not be in what is made of the answer.
    pub secrets: Vec<SecretString>,
}

#[derive(Clone)]
pub(super) struct Body {
    pub content_type: &'static str,
    pub bytes: Vec<u8>,
}

/// A body may hold a secret or personal data, so only its length is shown.
impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({} bytes)", self.content_type, self.bytes.len())
    }
}

#[derive(Debug)]
pub(super) struct Response {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    pub client_request_id: String,
    pub sent: Sent,
}

/// What must be known of a request to learn from its answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sent {
    /// When it left.
    pub at: tokio::time::Instant,
    /// The service's own clock when it answered: what it says about moments is meant by that clock.
    pub date: Option<Timestamp>,
    /// Which budget its answer speaks of.
    pub touched: Touched,
    /// Which token it was sent with.
    pub token_generation: u64,
}

impl Response {
    /// The service's own id of the answer, which Microsoft's support asks for.
    pub fn request_id(&self) -> Option<String> {
        header_text(&self.headers, "request-id")
    }
}

pub(super) fn header_text(headers: &HeaderMap, name: &str) -> Option<String> {
    let text = headers.get(name)?.to_str().ok()?;
    (!text.is_empty()).then(|| super::harmless::harmless(text, 100))
}

impl Request {
    pub fn get(url: Url) -> Request {
        Request {
            method: Method::GET,
            url,
            headers: HeaderMap::new(),
            body: None,
            secrets: Vec::new(),
        }
    }

    /// Says what of its body no answer may bring back.
    pub fn keeping(mut self, secrets: impl IntoIterator<Item = SecretString>) -> Request {
        self.secrets.extend(secrets);
        self
    }

    /// Marks it as part of bulk work.
    pub fn bulk(mut self) -> Request {
        self.headers
            .insert(THROTTLE_PRIORITY, HeaderValue::from_static(LOW));
        self
    }

    /// Asks the advanced query engine, whose answers lag behind a little.
    /// <https://learn.microsoft.com/graph/aad-advanced-queries>
    pub fn eventual(mut self) -> Request {
        self.headers
            .insert(CONSISTENCY_LEVEL, HeaderValue::from_static("eventual"));
        self
    }

    /// A request with a JSON body, written straight to bytes; `None` when the body cannot be written as JSON.
    pub fn json(method: Method, url: Url, body: Option<&impl Serialize>) -> Option<Request> {
        let body = match body {
            Some(value) => Some(Body {
                content_type: "application/json",
                bytes: serde_json::to_vec(value).ok()?,
            }),
            None => None,
        };
        Some(Request {
            method,
            url,
            headers: HeaderMap::new(),
            body,
            secrets: Vec::new(),
        })
    }
}

/// How a host is reached: this machine and its host never through a proxy, and plain HTTP without any certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Route {
    secure: bool,
    direct: bool,
}

impl Route {
    fn to(url: &Url) -> Route {
        Route {
            secure: url.scheme() == "https",
            direct: is_loopback(url) || is_link_local(url),
        }
    }
}

#[derive(Debug)]
pub(super) struct Service {
    clients: RwLock<Clients>,
    certificates: Vec<Certificate>,
    request_timeout: Duration,
    /// For the endpoints of managed identities, which an App Service has on a network of its own.
    is_machines: bool,
    body_bytes_max: usize,
    /// Requests of every kind that were begun, a batch counting once.
    begun: AtomicU64,
    /// Hosts that have answered at least once.
    heard: Mutex<HashSet<String>>,
    /// The first and the last of the attempts since the last answer that reached nobody.
    unreached: Mutex<Option<(tokio::time::Instant, tokio::time::Instant)>>,
}

#[derive(Debug)]
struct Clients {
    by_route: HashMap<Route, Client>,
    made: Instant,
}

impl Service {
    pub fn new(settings: &GraphSettings) -> Result<Service, SettingsError> {
        let certificates = match &settings.ca_file {
            Some(pem) => certificates(pem)?,
            None => Vec::new(),
        };
        let routes = [Route::to(&settings.graph_url), Route::to(&settings.authority_url)];
        Service::reaching(&routes, certificates, settings.request_timeout)
    }

    /// One that reaches nobody but this machine, the host below it and private addresses, where the endpoints of managed identities are.
    pub fn for_machine(request_timeout: Duration) -> Result<Service, SettingsError> {
        let plain = Route {
            secure: false,
            direct: true,
        };
        let mut service = Service::reaching(&[plain], Vec::new(), request_timeout)?;
        service.is_machines = true;
        Ok(service)
    }

    fn route(&self, url: &Url) -> Route {
        let mut route = Route::to(url);
        route.direct |= self.is_machines && is_private(url);
        route
    }

    fn reaching(
        routes: &[Route],
        certificates: Vec<Certificate>,
        request_timeout: Duration,
    ) -> Result<Service, SettingsError> {
        // Another provider that is already installed serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let clients = build(routes, &certificates, request_timeout)?;
        Ok(Service {
            clients: RwLock::new(clients),
            certificates,
            request_timeout,
            is_machines: false,
            body_bytes_max: BODY_BYTES_MAX,
            begun: AtomicU64::new(0),
            heard: Mutex::default(),
            unreached: Mutex::default(),
        })
    }

    #[cfg(test)]
    pub fn with_body_bytes_max(mut self, bytes: usize) -> Service {
        self.body_bytes_max = bytes;
        self
    }

    /// Sends once. Redirects are answers like any other; nothing is repeated here.
    pub async fn send(&self, request: Request) -> Result<Response, TransportError> {
        // A request is not told its token and its cost here: the session knows them.
        let mut sent = Sent {
            date: None,
            at: tokio::time::Instant::now(),
            touched: Touched::ResourceUnits,
            token_generation: 0,
        };
        let host = match (request.url.host_str().unwrap_or_default(), request.url.port()) {
            (host, Some(port)) => format!("{host}:{port}"),
            (host, None) => host.to_owned(),
        };
        let failed = |kind, sent, detail: &str| TransportError {
            kind,
            sent,
            first_contact: !self.has_answered(&host),
            host: host.clone(),
            detail: detail.to_owned(),
        };
        let Some(client) = self.client(self.route(&request.url)) else {
            return Err(failed(
                TransportErrorKind::Other,
                false,
                "an address that was not set up",
            ));
        };
        let client_request_id = Uuid::new_v4().to_string();
        let mut outgoing = client
            .request(request.method, request.url)
            .headers(request.headers)
            .header(CLIENT_REQUEST_ID, client_request_id.as_str());
        if let Some(body) = request.body {
            outgoing = outgoing
                .header(CONTENT_TYPE, HeaderValue::from_static(body.content_type))
                .body(body.bytes);
        }
        self.begun.fetch_add(1, Ordering::Relaxed);
        let mut incoming = outgoing
            .send()
            .await
            .map_err(|error| TransportError::of(error, host.clone(), !self.has_answered(&host), false))
            .inspect_err(|error| self.note_unreached(error))?;
        self.note_answer(&host);
        let (status, headers) = (incoming.status(), incoming.headers().clone());
        sent.date = date(&headers);
        let mut body = Vec::new();
        while let Some(chunk) = incoming
            .chunk()
            .await
            .map_err(|error| TransportError::of(error, host.clone(), false, true))?
        {
            if body.len() + chunk.len() > self.body_bytes_max {
                let detail = format!("more than {} bytes", self.body_bytes_max);
                return Err(failed(TransportErrorKind::BodyTooLarge, true, &detail));
            }
            body.extend_from_slice(&chunk);
        }
        if is_too_heavy(&body) {
            let detail = "more values than there is memory for";
            return Err(failed(TransportErrorKind::BodyTooLarge, true, detail));
        }
        Ok(Response {
            status,
            headers,
            body,
            client_request_id,
            sent,
        })
    }

    /// Lets go of all open connections, so that the next request makes a fresh one, as Microsoft advises after a 503.
    /// Does nothing when that was done a moment ago.
    pub fn renew_connections(&self) {
        let mut clients = self.clients.write().unwrap_or_else(PoisonError::into_inner);
        if clients.made.elapsed() < RENEWAL_PAUSE {
            return;
        }
        let routes: Vec<Route> = clients.by_route.keys().copied().collect();
        // The settings were good once; should building fail now, the old connections serve on.
        if let Ok(fresh) = build(&routes, &self.certificates, self.request_timeout) {
            *clients = fresh;
        }
    }

    fn client(&self, route: Route) -> Option<Client> {
        let clients = self.clients.read().unwrap_or_else(PoisonError::into_inner);
        clients.by_route.get(&route).cloned()
    }

    /// For how long attempts have reached nobody at all, from the first to the last one; `None` when the last was answered.
    pub fn unreachable_for(&self) -> Option<Duration> {
        let unreached = self.unreached.lock().unwrap_or_else(PoisonError::into_inner);
        unreached.map(|(first, last)| last.saturating_duration_since(first))
    }

    fn note_unreached(&self, error: &TransportError) {
        if error.is_unreachable() {
            let now = tokio::time::Instant::now();
            let mut unreached = self.unreached.lock().unwrap_or_else(PoisonError::into_inner);
            *unreached = Some((unreached.map_or(now, |(first, _)| first), now));
        }
    }

    pub fn requests_begun(&self) -> u64 {
        self.begun.load(Ordering::Relaxed)
    }

    fn has_answered(&self, host: &str) -> bool {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.contains(host)
    }

    fn note_answer(&self, host: &str) {
        *self.unreached.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        if !heard.contains(host) {
            heard.insert(host.to_owned());
        }
    }
}

fn build(
    routes: &[Route],
    certificates: &[Certificate],
    timeout: Duration,
) -> Result<Clients, SettingsError> {
    let mut by_route = HashMap::new();
    for route in routes {
        let mut builder = Client::builder()
            .user_agent(USER_AGENT)
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .gzip(true)
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(timeout);
        if route.direct {
            builder = builder.no_proxy();
        }
        builder = match (route.secure, certificates) {
            // The embedded directory must work on a machine without any root certificates.
            (false, _) => builder.tls_certs_only([]),
            (true, []) => builder,
            (true, private) => builder.tls_certs_merge(private.iter().cloned()),
        };
        let client = builder.build().map_err(|error| SettingsError::Client {
            reason: super::harmless::harmless(&error.to_string(), 200),
        })?;
        by_route.insert(*route, client);
    }
    Ok(Clients {
        by_route,
        made: Instant::now(),
    })
}

/// The certificates of a PEM text.
pub(super) fn certificates(pem: &[u8]) -> Result<Vec<Certificate>, SettingsError> {
    let unusable = |reason: &str| SettingsError::Certificates {
        reason: reason.to_owned(),
    };
    let found = Certificate::from_pem_bundle(pem).map_err(|_| unusable("it is not PEM text"))?;
    if found.is_empty() {
        return Err(unusable("it holds no certificate"));
    }
    Ok(found)
}
