//! The manager of a user: read, set and removed as a reference.

use super::{
    directory::{Directory, Effect, at},
    reply::Refusal,
    select::Caller,
    update,
};
use serde_json::Value;
use uuid::Uuid;

/// Whether this user's manager may be written by this caller.
fn writable(directory: &Directory, place: u32, caller: &Caller) -> Result<(), Refusal> {
    if !update::may_relate(caller) || directory.record(place).raw(*at::RESTRICTED) == Some("true") {
        return Err(Refusal::denied());
    }
    if update::is_synced(directory, place) {
        Err(update::mastered())
    } else {
        Ok(())
    }
}

/// What `PUT /users/{id}/manager/$ref` does.
pub fn set(
    directory: &Directory,
    place: u32,
    body: &Value,
    base: &str,
    caller: &Caller,
) -> Result<Effect, Refusal> {
    let id = linked(body, base)?;
    writable(directory, place, caller)?;
    let manager = directory.resolve(&id).ok_or_else(|| Refusal::absent(&id))?;
    if manager == place {
        return Err(Refusal::bad(
            "A user cannot be the manager of himself or herself.",
        ));
    }
    Ok(Effect {
        settings: Vec::new(),
        manager: Some(Some(manager)),
    })
}

/// What `DELETE /users/{id}/manager/$ref` does.
pub fn remove(directory: &Directory, place: u32, caller: &Caller) -> Result<Effect, Refusal> {
    writable(directory, place, caller)?;
    if directory.manager(place).is_none() {
        return Err(Refusal::absent("manager"));
    }
    Ok(Effect {
        settings: Vec::new(),
        manager: Some(None),
    })
}

/// The id in the link of a body. The host must be the one of this cloud, the version the one that is spoken here.
pub fn linked(body: &Value, base: &str) -> Result<String, Refusal> {
    let link = body.get("@odata.id").and_then(Value::as_str).ok_or_else(|| {
        Refusal::unreadable("The body must hold the property '@odata.id' with the address of an object.")
    })?;
    let wrong = || Refusal::bad(format!("Invalid URI specified in '@odata.id': '{link}'."));
    let rest = link
        .strip_prefix(base)
        .and_then(|rest| rest.strip_prefix("/v1.0/"))
        .ok_or_else(wrong)?;
    let id = rest
        .strip_prefix("users/")
        .or_else(|| rest.strip_prefix("directoryObjects/"))
        .ok_or_else(wrong)?;
    let id = Uuid::try_parse(id).map_err(|_| wrong())?;
    Ok(id.to_string())
}
