//! Signing a user out everywhere.
//!
//! <https://learn.microsoft.com/graph/api/user-revokesigninsessions>

use super::super::{
    deleted,
    directory::{Directory, Effect, at},
    reply::{Refusal, Reply},
    select::Caller,
};
use serde_json::json;

/// Whether a caller may do it.
pub fn permit(method: &str, caller: &Caller) -> Result<(), Refusal> {
    match method {
        "POST" if caller.has_one(&["User.RevokeSessions.All"]) => Ok(()),
        "POST" => Err(Refusal::denied()),
        _ => Err(Refusal::method()),
    }
}

/// Sign-ins from before now count no more. The answer is 200 with a true, which the documents call a known issue.
pub fn revoke(directory: &Directory, place: u32) -> (Effect, Reply) {
    let effect = Effect {
        settings: vec![(
            *at::SESSIONS,
            Some(deleted::later(directory, place, *at::SESSIONS)),
        )],
        manager: None,
    };
    (effect, Reply::json(json!({"value": true}).to_string()))
}
