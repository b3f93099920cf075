//! Answers: their bodies, their headers, and the shape in which the directory refuses.

use serde_json::{Map, Value, json};

/// The content type of a directory answer.
pub const JSON_TYPE: &str =
    "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

/// The body of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Nothing.
    Empty,
    /// A JSON text.
    Json(String),
    /// Plain text.
    Text(String),
    /// A page that a gateway would send.
    Html(String),
    /// A picture.
    Jpeg(Vec<u8>),
}

/// An answer before it is put on the wire or into a batch.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// Headers beside the usual ones.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Body,
}

impl Reply {
    /// 200 with a JSON text.
    pub fn json(text: String) -> Self {
        Reply {
            status: 200,
            headers: Vec::new(),
            body: Body::Json(text),
        }
    }

    /// 201 with what was made.
    pub fn created(text: String) -> Self {
        Reply {
            status: 201,
            ..Reply::json(text)
        }
    }

    /// 204.
    pub fn done() -> Self {
        Reply {
            status: 204,
            headers: Vec::new(),
            body: Body::Empty,
        }
    }

    /// The content type of the body, if there is one.
    pub fn content_type(&self) -> Option<&'static str> {
        match self.body {
            Body::Empty => None,
            Body::Json(_) => Some(JSON_TYPE),
            Body::Text(_) => Some("text/plain"),
            Body::Html(_) => Some("text/html; charset=utf-8"),
            Body::Jpeg(_) => Some("image/jpeg"),
        }
    }
}

/// The three things that name one call.
#[derive(Debug, Clone)]
pub struct Stamp {
    /// The server's id of the call.
    pub request_id: String,
    /// The client's id of the call.
    pub client_request_id: String,
    /// When, in UTC without a zone, as error bodies have it.
    pub date: String,
}

impl Stamp {
    /// A new call; the client's id is echoed, or the server's is used for both.
    pub fn new(client: Option<&str>) -> Self {
        let request_id = uuid::Uuid::new_v4().to_string();
        let client_request_id = client.map_or_else(|| request_id.clone(), str::to_owned);
        Stamp {
            request_id,
            client_request_id,
            date: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S").to_string(),
        }
    }
}

/// One entry of `details`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail {
    /// The code.
    pub code: &'static str,
    /// The text.
    pub message: String,
    /// The property or object meant.
    pub target: Option<String>,
}

/// A refusal: status, code, text, details.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The status.
    pub status: u16,
    /// The code.
    pub code: &'static str,
    /// The text.
    pub message: String,
    /// The details.
    pub details: Vec<Detail>,
    /// Headers beside the usual ones.
    pub headers: Vec<(&'static str, String)>,
}

impl Refusal {
    /// A refusal without details.
    pub fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Refusal {
            status,
            code,
            message: message.into(),
            details: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// 400 `Request_BadRequest`.
    pub fn bad(message: impl Into<String>) -> Self {
        Refusal::new(400, "Request_BadRequest", message)
    }

    /// 400 `BadRequest`, what the front door says to a request it cannot read.
    pub fn unreadable(message: impl Into<String>) -> Self {
        Refusal::new(400, "BadRequest", message)
    }

    /// 400 `Request_UnsupportedQuery`.
    pub fn unsupported(message: impl Into<String>) -> Self {
        Refusal::new(400, "Request_UnsupportedQuery", message)
    }

    /// 403: the permission or the role is missing.
    pub fn denied() -> Self {
        Refusal::new(
            403,
            "Authorization_RequestDenied",
            "Insufficient privileges to complete the operation.",
        )
    }

    /// 404 for something that is not there.
    pub fn absent(what: &str) -> Self {
        let message = format!(
            "Resource '{what}' does not exist or one of its queried reference-property objects are not present."
        );
        Refusal::new(404, "Request_ResourceNotFound", message)
    }

    /// 400 for a value, with a detail that names the property.
    pub fn value(property: &str, code: &'static str, why: impl Into<String>) -> Self {
        Refusal::bad(format!(
            "Invalid value specified for property '{property}' of resource 'User'."
        ))
        .detail(code, why, Some(property.to_owned()))
    }

    /// 405.
    pub fn method() -> Self {
        Refusal::new(
            405,
            "Request_BadRequest",
            "Specified HTTP method is not allowed for the request target.",
        )
    }

    /// 429 that does not say how long to wait.
    pub fn too_many() -> Self {
        Refusal::new(429, "TooManyRequests", "Please retry again later.")
    }

    /// 429.
    pub fn throttled(wait_seconds: u64) -> Self {
        Refusal::too_many().header("Retry-After", wait_seconds.to_string())
    }

    /// The same with a detail.
    pub fn detail(mut self, code: &'static str, message: impl Into<String>, target: Option<String>) -> Self {
        self.details.push(Detail {
            code,
            message: message.into(),
            target,
        });
        self
    }

    /// The same with a header.
    pub fn header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The answer.
    pub fn reply(self, stamp: &Stamp) -> Reply {
        let mut inner = Map::new();
        if self.status == 429 {
            inner.insert("code".into(), json!("429"));
        }
        inner.insert("date".into(), json!(stamp.date));
        if self.status == 429 {
            inner.insert("message".into(), json!("Please retry after"));
            inner.insert("status".into(), json!("429"));
        }
        inner.insert("request-id".into(), json!(stamp.request_id));
        inner.insert("client-request-id".into(), json!(stamp.client_request_id));
        let mut error = Map::new();
        error.insert("code".into(), json!(self.code));
        error.insert("message".into(), json!(self.message));
        if !self.details.is_empty() {
            let details = self.details.iter().map(|detail| {
                let mut entry = Map::new();
                entry.insert("code".into(), json!(detail.code));
                entry.insert("message".into(), json!(detail.message));
                if let Some(target) = &detail.target {
                    entry.insert("target".into(), json!(target));
                }
                Value::Object(entry)
            });
            error.insert("details".into(), Value::Array(details.collect()));
        }
        error.insert("innerError".into(), Value::Object(inner));
        Reply {
            status: self.status,
            headers: self.headers,
            body: Body::Json(json!({ "error": error }).to_string()),
        }
    }
}
