//! `POST /$batch`: up to twenty calls in one envelope.

use super::{
    base64,
    call::{Call, Payload, is_picture, prefers_minimal},
    chance::Chance,
    faults::FaultKind,
    reply::{Body, Refusal, Reply, Stamp},
    select::Caller,
    service::Service,
};
use serde_json::{Map, Value, json};
use std::collections::HashSet;

/// The most calls of an envelope.
const ITEMS_MAX: usize = 20;

/// One call of an envelope.
#[derive(Debug)]
pub struct Item {
    id: String,
    /// The call.
    pub call: Call,
    client_request_id: Option<String>,
    needs: Vec<usize>,
}

/// Reads an envelope; what is wrong with it as a whole refuses all of it.
pub fn read(envelope: &Value) -> Result<Vec<Item>, Refusal> {
    let Some(requests) = envelope.get("requests").and_then(Value::as_array) else {
        return Err(Refusal::unreadable("Invalid batch payload format."));
    };
    if requests.len() > ITEMS_MAX {
        let message = format!("Number of batch request steps exceeds the maximum value of {ITEMS_MAX}.");
        return Err(Refusal::new(400, "MaximumValueExceeded", message));
    }
    if requests.is_empty() {
        return Err(Refusal::unreadable("Invalid batch payload format."));
    }
    let mut ids: Vec<String> = Vec::new();
    for request in requests {
        let id = request
            .get("id")
            .and_then(Value::as_str)
            .filter(|id| !id.is_empty());
        let Some(id) = id else {
            return Err(Refusal::unreadable(
                "Batch request id is missing or is not a string.",
            ));
        };
        if ids.iter().any(|known| known.to_lowercase() == id.to_lowercase()) {
            return Err(Refusal::unreadable(format!(
                "Request Id {id} has to be unique in a batch."
            )));
        }
        ids.push(id.to_owned());
    }
    let items = requests
        .iter()
        .zip(&ids)
        .map(|(request, id)| item(request, id, &ids))
        .collect::<Result<Vec<_>, _>>()?;
    shape(&items)?;
    Ok(items)
}

fn item(request: &Value, id: &str, ids: &[String]) -> Result<Item, Refusal> {
    let text = |name: &str| {
        request
            .get(name)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    };
    let (Some(method), Some(url)) = (text("method"), text("url")) else {
        return Err(Refusal::unreadable(format!(
            "The batch request {id} needs a method and a url."
        )));
    };
    let none = Map::new();
    let headers = request.get("headers").and_then(Value::as_object).unwrap_or(&none);
    let header = |name: &str| {
        headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .and_then(|(_, value)| value.as_str())
    };
    let method = method.to_ascii_uppercase();
    let body = request.get("body").filter(|body| !body.is_null());
    let content_type = header("Content-Type").map(str::to_owned);
    let writes = !matches!(method.as_str(), "GET" | "DELETE");
    if (body.is_some() || writes) && content_type.is_none() {
        return Err(Refusal::unreadable(
            "Write requests (excluding DELETE) must contain the Content-Type header declaration.",
        ));
    }
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let mut needs = Vec::new();
    for need in request
        .get("dependsOn")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let at = need
            .as_str()
            .and_then(|need| ids.iter().position(|known| known.eq_ignore_ascii_case(need)));
        match at {
            Some(at) => needs.push(at),
            None => {
                return Err(Refusal::unreadable(format!(
                    "The batch request {id} depends on a request that is not in the batch."
                )));
            }
        }
    }
    Ok(Item {
        id: id.to_owned(),
        client_request_id: header("client-request-id").map(str::to_owned),
        needs,
        call: Call {
            method,
            path: path.to_owned(),
            query: query.to_owned(),
            eventual: header("ConsistencyLevel").is_some_and(|level| level.eq_ignore_ascii_case("eventual")),
            minimal: header("Prefer").is_some_and(prefers_minimal),
            payload: payload(body, content_type.as_deref()),
            content_type,
            item: true,
        },
    })
}

/// Inside an envelope a picture is base64.
fn payload(body: Option<&Value>, content_type: Option<&str>) -> Payload {
    match (body, content_type) {
        (None, _) => Payload::None,
        (Some(body), Some(kind)) if is_picture(kind) => body
            .as_str()
            .and_then(base64::decode)
            .map_or(Payload::Unreadable, Payload::Bytes),
        (Some(body), _) => Payload::Json(body.clone()),
    }
}

/// Three shapes of dependence can be relied on: none, a chain in order, and all on one and the same.
fn shape(items: &[Item]) -> Result<(), Refusal> {
    let none = items.iter().all(|item| item.needs.is_empty());
    let chain = items.iter().enumerate().all(|(at, item)| match at {
        0 => item.needs.is_empty(),
        at => item.needs == [at - 1],
    });
    let mut depending = items
        .iter()
        .enumerate()
        .filter(|(_, item)| !item.needs.is_empty());
    let star = match depending.clone().next() {
        Some((_, first)) => {
            let (root, count) = (first.needs.first().copied(), items.len());
            depending.all(|(_, item)| item.needs.len() == 1 && item.needs.first().copied() == root)
                && items.iter().filter(|item| item.needs.is_empty()).count() == 1
                && count > 1
        }
        None => true,
    };
    if none || chain || star {
        return Ok(());
    }
    Err(Refusal::unreadable(
        "The dependsOn properties of the batch must name no request, the one before, or all the same one.",
    ))
}

/// Carries out an envelope. `blocked` are users that another request is writing just now; the turn of the service makes
/// the order of the answers, and of calls that run side by side, repeatable.
pub fn run(
    service: &Service,
    items: &[Item],
    caller: &Caller,
    outer: &Stamp,
    blocked: &HashSet<u32>,
    fault: Option<&FaultKind>,
) -> Reply {
    let mut chance = Chance::new(service.seed(), service.turn());
    let mut turns: Vec<usize> = (0..items.len()).collect();
    // Side by side means: in any order. Those that depend come after what they need.
    chance.shuffle(&mut turns);
    turns.sort_by_key(|at| depth(items, *at));
    // What goes wrong with one item of the envelope goes wrong with the first that is carried out: any of them.
    let victim = turns.first().copied();
    let mut statuses: Vec<u16> = vec![0; items.len()];
    let mut answers: Vec<String> = Vec::new();
    let mut headers: Vec<(&'static str, String)> = Vec::new();
    let mut written: HashSet<(usize, u32)> = HashSet::new();
    for at in turns {
        let Some(item) = items.get(at) else { continue };
        let own = service.faults().next(item.call.nature(), || item.call.about());
        let fault = own.as_ref().or(fault.filter(|_| victim == Some(at)));
        if fault == Some(&FaultKind::MissingBefore) {
            continue;
        }
        let stamp = Stamp::new(Some(
            item.client_request_id
                .as_deref()
                .unwrap_or(&outer.client_request_id),
        ));
        let failed = item
            .needs
            .iter()
            .any(|need| statuses.get(*need).is_none_or(|status| *status >= 400));
        let mut reply = if failed {
            Refusal::new(
                424,
                "FailedDependency",
                "The request was not carried out because a request it depends on failed.",
            )
            .reply(&stamp)
        } else {
            let place = service.written_place(&item.call);
            // What depends follows what it needs; what does not runs side by side, and writes to one user meet.
            let depth = depth(items, at);
            let meets =
                place.is_some_and(|place| blocked.contains(&place) || written.contains(&(depth, place)));
            written.extend(place.map(|place| (depth, place)));
            service.answer(&item.call, caller, &stamp, meets, own.as_ref())
        };
        if let Some(status) = statuses.get_mut(at) {
            *status = reply.status;
        }
        // The clock is the server's, and stands in the head of the whole answer.
        headers.extend(reply.headers.extract_if(.., |(name, _)| *name == "Date"));
        let answer = wrap(&item.id, &reply, &stamp);
        match fault {
            Some(FaultKind::Missing) => continue,
            Some(FaultKind::Twice) => answers.push(answer.clone()),
            _ => {}
        }
        answers.push(answer);
    }
    chance.shuffle(&mut answers);
    Reply {
        headers,
        ..Reply::json(format!("{{\"responses\":[{}]}}", answers.join(",")))
    }
}

fn depth(items: &[Item], mut at: usize) -> usize {
    let mut depth = 0;
    while let Some(need) = items.get(at).and_then(|item| item.needs.first())
        && depth < items.len()
    {
        at = *need;
        depth += 1;
    }
    depth
}

/// One answer of the envelope.
fn wrap(id: &str, reply: &Reply, stamp: &Stamp) -> String {
    let mut headers = Map::new();
    headers.insert("Cache-Control".into(), json!("no-cache"));
    headers.insert("request-id".into(), json!(stamp.request_id));
    headers.insert("client-request-id".into(), json!(stamp.client_request_id));
    if let Some(kind) = reply.content_type() {
        headers.insert("Content-Type".into(), json!(kind));
    }
    for (name, value) in &reply.headers {
        headers.insert((*name).to_owned(), json!(value));
    }
    let head = json!({"id": id, "status": reply.status, "headers": headers}).to_string();
    let head = head.strip_suffix('}').unwrap_or(&head);
    match &reply.body {
        Body::Empty => format!("{head}}}"),
        Body::Json(text) => format!("{head},\"body\":{text}}}"),
        Body::Text(text) | Body::Html(text) => format!("{head},\"body\":{}}}", Value::String(text.clone())),
        Body::Jpeg(bytes) => format!("{head},\"body\":\"{}\"}}", base64::standard(bytes)),
    }
}
