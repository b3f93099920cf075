//! What was asked of the directory, request by request, for those who count what something costs.

use super::{
    batch::Item,
    call::{Call, Payload, Work},
    select::Caller,
    service::{Service, lock},
};
use serde_json::Value;

/// One HTTP request that came in, however it was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenRequest {
    /// Whether it was a `$batch`.
    pub is_batch: bool,
    /// The call, or the calls of the batch in the order of the envelope.
    pub calls: Vec<SeenCall>,
}

/// One call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenCall {
    /// The method.
    pub method: String,
    /// The path under the version root, with a slash before it; of a sign-in the path of the token endpoint.
    pub path: String,
    /// What stands behind the question mark.
    pub query: String,
    /// The body, where it is JSON; of a sign-in its form, as one text.
    pub body: Option<Value>,
    /// Whether it changes something.
    pub is_write: bool,
    /// Resource units, by the prices that Microsoft publishes.
    /// <https://learn.microsoft.com/graph/throttling-limits#identity-and-access-service-limits>
    pub units: u32,
    /// Requests that count as writes there; what Outlook keeps has budgets of its own.
    pub writes: u32,
}

impl SeenCall {
    fn of(call: &Call, caller: &Caller) -> SeenCall {
        // What cannot be read costs as much as the cheapest that can.
        let (units, writes) = match Work::read(call, caller) {
            Ok((_, cost)) => (cost.units, cost.writes),
            Err(_) => (1, u32::from(call.writes())),
        };
        SeenCall {
            method: call.method.clone(),
            path: format!("/{}", call.path.trim_start_matches('/')),
            query: call.query.clone(),
            body: match &call.payload {
                Payload::Json(body) => Some(body.clone()),
                Payload::None | Payload::Bytes(_) | Payload::Unreadable => None,
            },
            is_write: call.writes(),
            units,
            writes,
        }
    }
}

impl Service {
    /// Writes a request down, when that was asked for.
    pub(super) fn see(&self, call: &Call, items: Option<&[Item]>) {
        if !self.options.keeps_requests {
            return;
        }
        let caller = self.caller();
        let calls = match items {
            Some(items) => items
                .iter()
                .map(|item| SeenCall::of(&item.call, &caller))
                .collect(),
            None => vec![SeenCall::of(call, &caller)],
        };
        lock(&self.seen).push(SeenRequest {
            is_batch: items.is_some(),
            calls,
        });
    }

    /// The same of a sign-in, which the budgets do not count.
    pub(super) fn see_sign_in(&self, method: &str, path: &str, form: &str) {
        if self.options.keeps_requests {
            lock(&self.seen).push(SeenRequest {
                is_batch: false,
                calls: vec![SeenCall {
                    method: method.to_owned(),
                    path: path.to_owned(),
                    query: String::new(),
                    body: Some(Value::String(form.to_owned())),
                    is_write: false,
                    units: 0,
                    writes: 0,
                }],
            });
        }
    }

    /// The requests since the last time this was asked.
    pub fn take_seen(&self) -> Vec<SeenRequest> {
        std::mem::take(&mut *lock(&self.seen))
    }
}
