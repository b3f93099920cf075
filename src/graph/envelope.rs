//! The wire form of `$batch`: several requests in one. <https://learn.microsoft.com/graph/json-batching>

use std::borrow::Cow;
use std::collections::HashMap;

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde::Serialize;
use serde_json::Value as Json;
use tokio::time::Instant;

use super::call_error::CallError;
use super::harmless::harmless;
use super::passwords;
use super::pictures::JPEG;
use super::retry_after::item_headers;
use super::service::{LOW, Request, Sent};
use super::session::{Session, Turn, is_served};

/// One request of a batch. The path is below the version root, encoded.
#[derive(Debug, Clone)]
pub(super) struct Item<'a> {
    pub id: String,
    pub method: Method,
    pub path: Cow<'a, str>,
    /// `ConsistencyLevel: eventual`; outer headers are not inherited.
    pub eventual: bool,
    pub body: Option<&'a Json>,
}

/// The whole body, as it is written.
#[derive(Serialize)]
struct Body<'a> {
    requests: Vec<WireItem<'a>>,
}

#[derive(Serialize)]
struct WireItem<'a> {
    id: &'a str,
    method: &'a str,
    url: &'a str,
    headers: WireHeaders,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'a Json>,
}

#[derive(Serialize)]
struct WireHeaders {
    /// Every item is counted and throttled on its own, and outer headers are not inherited; so each item must say it.
    #[serde(rename = "x-ms-throttle-priority")]
    priority: &'static str,
    #[serde(rename = "ConsistencyLevel", skip_serializing_if = "Option::is_none")]
    consistency: Option<&'static str>,
    #[serde(rename = "Content-Type", skip_serializing_if = "Option::is_none")]
    content_type: Option<&'static str>,
}

impl<'a> WireItem<'a> {
    fn of(item: &'a Item<'_>) -> WireItem<'a> {
        // The service wants the type named even where there is no body (<https://learn.microsoft.com/graph/json-batching>).
        let posts = item.method == Method::POST;
        WireItem {
            id: &item.id,
            method: item.method.as_str(),
            url: &item.path,
            headers: WireHeaders {
                priority: LOW,
                consistency: item.eventual.then_some("eventual"),
                content_type: match item.body {
                    Some(body) if body.is_string() => Some(JPEG),
                    Some(_) => Some("application/json"),
                    None => posts.then_some("application/json"),
                },
            },
            body: item.body,
        }
    }
}

/// The answer to one item.
#[derive(Debug)]
pub(super) struct ItemResponse {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Json,
}

/// All answers, by id in lower case, as ids compare without regard to case.
#[derive(Debug)]
pub(super) struct Answers {
    by_id: HashMap<String, Vec<ItemResponse>>,
    pub request_id: Option<String>,
    pub sent: Sent,
}

/// What there is for one item.
#[derive(Debug)]
pub(super) enum Found {
    One(ItemResponse),
    None,
    Several,
}

impl Answers {
    /// Takes the answer of an item out.
    pub fn take(&mut self, id: &str) -> Found {
        let mut found = self.by_id.remove(&id.to_ascii_lowercase()).unwrap_or_default();
        match (found.pop(), found.is_empty()) {
            (Some(only), true) => Found::One(only),
            (Some(_), false) => Found::Several,
            (None, _) => Found::None,
        }
    }

    /// Whether the service did its work for one item at least. It is asked of all items together, before any of them is taken in:
    /// what a refusal beside it means must not hang on their order.
    fn any_served(&self) -> bool {
        self.by_id.values().flatten().any(|item| is_served(item.status))
    }

    /// The ids that nobody asked for; call it after all items were taken.
    pub fn unknown_ids(&self) -> Vec<String> {
        let mut ids: Vec<String> = self.by_id.keys().map(|id| harmless(id, 60)).collect();
        ids.sort();
        ids
    }
}

/// Sends the items in one request, once. Batches are bulk work, reads as well as writes.
///
/// # Errors
/// The whole call failed; for writes that may mean anything.
pub(super) async fn send(
    session: &Session,
    items: &[Item<'_>],
    turn: Turn,
    deadline: Option<Instant>,
) -> Result<Answers, CallError> {
    let body = Body {
        requests: items.iter().map(WireItem::of).collect(),
    };
    let request = Request::json(Method::POST, session.address("/$batch")?, Some(&body));
    let secrets = items.iter().filter_map(|item| passwords::in_body(item.body?));
    let request = request.ok_or_else(CallError::unwritable)?.bulk().keeping(secrets);
    let response = session.send_envelope(request, turn, deadline).await?;
    let (status, request_id) = (response.status.as_u16(), response.request_id());
    let by_id = read(&response.body).map_err(|reason| CallError::Unreadable {
        status,
        reason: format!("{reason}: {}", super::harmless::beginning(&response.body)),
        request_id: request_id.clone(),
    })?;
    let answers = Answers {
        by_id,
        request_id,
        sent: response.sent,
    };
    if answers.any_served() {
        session.answered(answers.sent);
    }
    Ok(answers)
}

fn read(body: &[u8]) -> Result<HashMap<String, Vec<ItemResponse>>, &'static str> {
    let mut body: Json = serde_json::from_slice(body).map_err(|_| "a batch answer that is not JSON")?;
    let Some(Json::Array(responses)) = body.get_mut("responses").map(Json::take) else {
        return Err("a batch answer without `responses`");
    };
    let mut by_id: HashMap<String, Vec<ItemResponse>> = HashMap::with_capacity(responses.len());
    for mut response in responses {
        let id = match response.get("id") {
            Some(Json::String(id)) => id.to_ascii_lowercase(),
            Some(Json::Number(id)) => id.to_string(),
            _ => return Err("a batch answer with an item without `id`"),
        };
        // A status that is none is kept as 0, which is neither success nor refusal.
        let status = response.get("status").and_then(|status| match status {
            Json::Number(number) => number.as_u64(),
            Json::String(text) => text.parse().ok(),
            _ => None,
        });
        by_id.entry(id).or_default().push(ItemResponse {
            status: status.and_then(|status| u16::try_from(status).ok()).unwrap_or(0),
            headers: item_headers(response.get("headers")),
            body: response.get_mut("body").map(Json::take).unwrap_or(Json::Null),
        });
    }
    Ok(by_id)
}
