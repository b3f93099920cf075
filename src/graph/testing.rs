//! What the tests of this room share: attributes, and a server that answers by closure.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use reqwest::Url;
use serde_json::Value as Json;

use super::credential::Credential;
use super::limits::Limits;
use super::session::Session;
use super::settings::GraphSettings;
use crate::catalogue::{
    Attribute, ClearRule, Kind, Mastery, OptIn, PatchPlace, Permissions, PhoneType, ReadRule, Resource,
    Section, Sensitivity, Spread, WriteRule,
};
use crate::domain::{Change, Columns, Operation, OperationNumber, UserId, Value};

const BASE: Attribute = Attribute {
    name: "",
    label: "",
    aliases: &[],
    section: Section::Identity,
    kind: Kind::Text { max: None },
    read: ReadRule::List { select: "" },
    write: WriteRule::MainPatch(PatchPlace::Property),
    clear: ClearRule::Null,
    sensitivity: Sensitivity::Ordinary,
    mastery: Mastery::Cloud,
    spread: Spread::Shared,
    read_permission: Permissions::NONE,
    write_permission: Permissions::NONE,
    at_birth: true,
    extension: None,
    note: "",
};

const fn plain(name: &'static str, kind: Kind) -> Attribute {
    Attribute {
        name,
        kind,
        read: ReadRule::List { select: name },
        ..BASE
    }
}

const fn leaf(name: &'static str, parent: &'static str, write: PatchPlace) -> Attribute {
    Attribute {
        name,
        read: ReadRule::List { select: parent },
        write: WriteRule::MainPatch(write),
        ..BASE
    }
}

const fn below(name: &'static str, resource: Resource) -> Attribute {
    Attribute {
        name,
        read: ReadRule::Resource(resource),
        write: WriteRule::Resource(resource),
        ..BASE
    }
}

const LIST: Kind = Kind::TextList {
    items_max: 250,
    item_max: 250,
};

static ATTRIBUTES: &[Attribute] = &[
    plain("id", Kind::Guid),
    plain("displayName", Kind::Text { max: Some(256) }),
    plain("jobTitle", Kind::Text { max: Some(128) }),
    plain("mobilePhone", Kind::Phone { max: 64 }),
    plain("accountEnabled", Kind::Boolean),
    plain("employeeHireDate", Kind::DateTime),
    plain("deviceEnrollmentLimit", Kind::Integer),
    plain("identities", Kind::Json),
    Attribute {
        clear: ClearRule::Never,
        ..plain("usageLocation", Kind::Country)
    },
    Attribute {
        clear: ClearRule::EmptyList,
        ..plain("businessPhones", LIST)
    },
    leaf(
        "employeeOrgData.division",
        "employeeOrgData",
        PatchPlace::WholeParent {
            parent: "employeeOrgData",
            leaf: "division",
        },
    ),
    leaf(
        "employeeOrgData.costCenter",
        "employeeOrgData",
        PatchPlace::WholeParent {
            parent: "employeeOrgData",
            leaf: "costCenter",
        },
    ),
    leaf(
        "onPremisesExtensionAttributes.extensionAttribute1",
        "onPremisesExtensionAttributes",
        PatchPlace::Leaf {
            parent: "onPremisesExtensionAttributes",
            leaf: "extensionAttribute1",
        },
    ),
    Attribute {
        name: "manager",
        kind: Kind::Reference,
        read: ReadRule::Expand {
            navigation: "manager",
        },
        write: WriteRule::Reference {
            navigation: "manager",
        },
        ..BASE
    },
    Attribute {
        read: ReadRule::ListOptIn {
            select: "signInActivity",
            reason: OptIn::SmallPages,
        },
        ..plain("signInActivity", Kind::Json)
    },
    Attribute {
        read: ReadRule::SingleUser { select: "skills" },
        write: WriteRule::ProfilePatch,
        clear: ClearRule::EmptyList,
        ..plain("skills", LIST)
    },
    Attribute {
        read: ReadRule::SingleUser { select: "aboutMe" },
        write: WriteRule::ProfilePatch,
        ..plain("aboutMe", Kind::Text { max: None })
    },
    below(
        "authentication.phoneMethods.mobile",
        Resource::Phone(PhoneType::Mobile),
    ),
    below(
        "authentication.phoneMethods.alternateMobile",
        Resource::Phone(PhoneType::AlternateMobile),
    ),
    below("authentication.emailMethods.emailAddress", Resource::Email),
];

pub(super) fn attribute(name: &str) -> &'static Attribute {
    ATTRIBUTES
        .iter()
        .find(|attribute| attribute.name == name)
        .unwrap()
}

pub(super) fn columns(names: &[&str]) -> Columns {
    names.iter().map(|name| attribute(name)).collect()
}

pub(super) fn user_id(number: u32) -> UserId {
    UserId::parse(&format!("0a1b2c3d-0000-4000-8000-{number:012}")).unwrap()
}

pub(super) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub(super) fn change(name: &str, after: Value) -> Change {
    Change {
        attribute: attribute(name),
        before: Value::Empty,
        after,
    }
}

pub(super) fn operation(number: u32, changes: Vec<Change>) -> Operation {
    Operation {
        number: OperationNumber(number),
        user: user_id(number),
        upn: format!("user{number}@contoso.com"),
        row: u64::from(number) + 2,
        action: crate::domain::Action::Patch {
            changes,
            companions: Vec::new(),
        },
    }
}

/// A request as the server saw it.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub method: Method,
    pub uri: Uri,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Seen {
    pub fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn bearer(&self) -> &str {
        self.headers
            .get("authorization")
            .map_or("", |value| value.to_str().unwrap())
    }
}

/// A server for token and Graph on one port of this machine; tokens are `token-1`, `token-2` and so on.
pub(super) struct Server {
    pub address: SocketAddr,
    pub token_requests: Arc<AtomicUsize>,
    pub seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    /// `answer` gets the number of the Graph request, from 0, and the request.
    pub async fn start(answer: impl Fn(usize, &Seen) -> Response + Send + Sync + 'static) -> Server {
        Server::start_with(
            |number, _| json_answer(200, &serde_json::json!({
                "token_type": "Bearer", "expires_in": 3599, "access_token": format!("token-{}", number + 1)
            })),
            answer,
        )
        .await
    }

    /// The same, with the token endpoint answered by closure as well.
    pub async fn start_with(
        token: impl Fn(usize, &Seen) -> Response + Send + Sync + 'static,
        answer: impl Fn(usize, &Seen) -> Response + Send + Sync + 'static,
    ) -> Server {
        let token_requests = Arc::new(AtomicUsize::new(0));
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let (counted, kept) = (token_requests.clone(), seen.clone());
        let (token, answer) = (Arc::new(token), Arc::new(answer));
        let handle = move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
            let request = Seen {
                method,
                uri,
                headers,
                body,
            };
            let response = if request.uri.path().ends_with("/oauth2/v2.0/token") {
                token(counted.fetch_add(1, Ordering::SeqCst), &request)
            } else {
                let mut kept = kept.lock().unwrap();
                kept.push(request.clone());
                let number = kept.len() - 1;
                drop(kept);
                answer(number, &request)
            };
            async move {
                // Gives other callers time to queue up.
                tokio::time::sleep(Duration::from_millis(2)).await;
                response
            }
        };
        let app = axum::Router::new()
            .fallback(handle)
            .layer(axum::extract::DefaultBodyLimit::max(8 << 20));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await });
        Server {
            address,
            token_requests,
            seen,
        }
    }

    pub fn settings(&self) -> GraphSettings {
        let url = Url::parse(&format!("http://{}", self.address)).unwrap();
        GraphSettings {
            graph_url: url.clone(),
            authority_url: url,
            tenant: "contoso.com".into(),
            client_id: "11111111-2222-4333-8444-555555555555".into(),
            credential: Credential::Secret("s3cret+/=~&value".into()),
            request_timeout: Duration::from_secs(20),
            ca_file: None,
        }
    }

    pub fn session(&self) -> Arc<Session> {
        Session::open(&self.settings(), Limits::unlimited()).unwrap()
    }

    pub fn token_requests(&self) -> usize {
        self.token_requests.load(Ordering::SeqCst)
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

pub(super) fn json_answer(status: u16, body: &Json) -> Response {
    Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .header("request-id", "req-1")
        .body(Body::from(body.to_string()))
        .unwrap()
}

pub(super) fn plain_answer(status: u16, headers: &[(&str, &str)], body: &str) -> Response {
    let mut builder = Response::builder().status(status);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(Body::from(body.to_owned())).unwrap()
}
