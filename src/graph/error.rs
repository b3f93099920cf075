//! An error answer of Graph as a type. <https://learn.microsoft.com/graph/errors>

use std::fmt;

use reqwest::header::HeaderMap;
use serde_json::Value as Json;

use super::advice;
use super::harmless::{MESSAGE_CHARS_MAX, beginning, harmless};
use super::service::header_text;
use crate::domain;

/// The `code` of an error answer that was not Graph's: HTML of a gateway, an empty body.
pub const NO_GRAPH_ERROR: &str = "no Graph error";

/// What the service answered instead of doing the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphError {
    pub status: u16,
    /// `error.code`; empty when the service left it empty, [`NO_GRAPH_ERROR`] when the body was not Graph's.
    pub code: String,
    /// `error.message`, on one line; the beginning of the body when it was not Graph's.
    pub message: String,
    pub details: Vec<Detail>,
    pub request_id: Option<String>,
    pub client_request_id: Option<String>,
    /// As the service wrote it: `innerError.date` (UTC without a zone) or the `Date` header.
    pub date: Option<String>,
}

/// One entry of `error.details`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail {
    pub code: String,
    pub message: String,
    /// The property it is about, or another object (`User_<guid>`).
    pub target: Option<String>,
}

impl GraphError {
    /// Reads an answer of its own. Never fails: what cannot be understood is kept as text.
    pub(super) fn read(status: u16, headers: &HeaderMap, body: &[u8]) -> GraphError {
        let error = match serde_json::from_slice::<Json>(body) {
            Ok(value) => GraphError::of_json(status, &value),
            Err(_) => GraphError::foreign(status, beginning(body)),
        };
        error.with_headers(headers)
    }

    /// Reads the body of one answer inside a `$batch`.
    pub(super) fn of_json(status: u16, body: &Json) -> GraphError {
        let Some(error) = body.get("error").filter(|error| error.is_object()) else {
            let text = if body.is_null() {
                String::new()
            } else {
                body.to_string()
            };
            return GraphError::foreign(status, beginning(text.as_bytes()));
        };
        let inner = error.get("innerError").or_else(|| error.get("innererror"));
        let inner_text = |name: &str| inner.and_then(|inner| text(inner, name, 100));
        let details = error.get("details").and_then(Json::as_array);
        GraphError {
            status,
            code: text(error, "code", 200).unwrap_or_default(),
            message: text(error, "message", MESSAGE_CHARS_MAX).unwrap_or_default(),
            details: details.into_iter().flatten().map(Detail::of_json).collect(),
            request_id: inner_text("request-id"),
            client_request_id: inner_text("client-request-id"),
            date: inner_text("date"),
        }
    }

    fn foreign(status: u16, message: String) -> GraphError {
        GraphError {
            status,
            code: NO_GRAPH_ERROR.to_owned(),
            message,
            details: Vec::new(),
            request_id: None,
            client_request_id: None,
            date: None,
        }
    }

    /// What the body did not say is taken from the headers.
    pub(super) fn with_headers(mut self, headers: &HeaderMap) -> GraphError {
        let fill = |field: &mut Option<String>, name| {
            if field.is_none() {
                *field = header_text(headers, name);
            }
        };
        fill(&mut self.request_id, "request-id");
        fill(&mut self.client_request_id, "client-request-id");
        fill(&mut self.date, "date");
        self
    }

    /// The property the service names first as the cause.
    pub fn target(&self) -> Option<&str> {
        self.details.iter().find_map(|detail| detail.target.as_deref())
    }

    /// Whether one of the details has this code.
    pub fn has_detail(&self, code: &str) -> bool {
        self.details.iter().any(|detail| detail.code == code)
    }

    /// The object does not exist, or is not visible yet.
    pub fn is_not_found(&self) -> bool {
        self.status == 404
    }

    /// One sentence on what to do.
    pub fn hint(&self) -> String {
        advice::advise(self)
    }

    /// The form in which plans, journals and reports carry it.
    pub fn into_refusal(self) -> domain::Refusal {
        let hint = self.hint();
        let target = self.target().map(str::to_owned);
        domain::Refusal {
            status: self.status,
            code: if self.code.is_empty() {
                "no code".to_owned()
            } else {
                self.code
            },
            message: self.message,
            target,
            request_id: self.request_id,
            hint,
        }
    }
}

impl Detail {
    fn of_json(value: &Json) -> Detail {
        Detail {
            code: text(value, "code", 200).unwrap_or_default(),
            message: text(value, "message", MESSAGE_CHARS_MAX).unwrap_or_default(),
            target: text(value, "target", 200),
        }
    }
}

impl fmt::Display for GraphError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the service answered {}", self.status)?;
        if !self.code.is_empty() {
            write!(f, " {}", self.code)?;
        }
        if !self.message.is_empty() {
            write!(f, ": {}", self.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for GraphError {}

/// A member that is text (or a number, as some back ends write codes), made harmless; `None` when absent or empty.
fn text(value: &Json, name: &str, chars_max: usize) -> Option<String> {
    let text = match value.get(name)? {
        Json::String(text) => harmless(text, chars_max),
        Json::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn headers() -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("request-id", "from-header".parse().unwrap());
        headers.insert("date", "Mon, 23 Nov 2026 15:00:00 GMT".parse().unwrap());
        headers
    }

    #[test]
    fn a_full_error_is_read_with_its_details_and_ids() {
        let body = json!({"error": {
            "code": "Request_BadRequest",
            "message": "Another object with the same value for property userPrincipalName already exists.",
            "details": [
                {"code": "ObjectConflict", "message": "taken", "target": "userPrincipalName"},
                {"code": "ConflictingObjects", "target": "User_0a1b"}
            ],
            "innerError": {"date": "2023-02-16T17:22:25", "request-id": "r-1", "client-request-id": "c-1"}
        }});
        let error = GraphError::read(400, &headers(), body.to_string().as_bytes());
        assert_eq!(error.code, "Request_BadRequest");
        assert_eq!(error.target(), Some("userPrincipalName"));
        assert!(error.has_detail("ConflictingObjects"));
        assert_eq!(error.request_id.as_deref(), Some("r-1"));
        assert_eq!(error.date.as_deref(), Some("2023-02-16T17:22:25"));
        let refusal = error.into_refusal();
        assert_eq!(
            (refusal.status, refusal.target.as_deref()),
            (400, Some("userPrincipalName"))
        );
        assert!(!refusal.hint.is_empty());
    }

    #[test]
    fn odd_error_bodies_are_kept_as_far_as_they_go() {
        let read = |body: &str| GraphError::read(503, &headers(), body.as_bytes());
        let lower = read(r#"{"error":{"code":"","message":"x","innererror":{"request-id":"r-2"}}}"#);
        assert_eq!(
            (lower.code.as_str(), lower.request_id.as_deref()),
            ("", Some("r-2"))
        );
        assert_eq!(lower.clone().into_refusal().code, "no code");

        let html = read("<html>\r\n<h1>Service\x07 Unavailable</h1>");
        assert_eq!(html.code, NO_GRAPH_ERROR);
        assert_eq!(html.message, "<html> <h1>Service Unavailable</h1>");
        assert_eq!(html.request_id.as_deref(), Some("from-header"));

        for body in [
            "",
            "null",
            "[]",
            "42",
            r#"{"error":"text"}"#,
            r#"{"error":{}}"#,
            r#"{"error":{"details":[1,null]}}"#,
        ] {
            let error = read(body);
            assert_eq!(error.status, 503, "{body}");
        }
        assert_eq!(read("").code, NO_GRAPH_ERROR);
    }

    #[test]
    fn a_message_cannot_steer_the_terminal() {
        let error = GraphError::of_json(
            400,
            &json!({"error": {"code": "a\u{1b}]0;x", "message": "line\nline"}}),
        );
        assert!(!error.code.contains('\u{1b}'));
        assert_eq!(error.message, "line line");
    }
}
