//! Licences of a user, given and taken by `POST /users/{id}/assignLicense`.
//!
//! <https://learn.microsoft.com/graph/api/user-assignlicense>. The documents say when it is refused; the words of the refusals
//! are not documented.

use super::super::{
    directory::{Directory, Effect, at},
    licences::{product, used},
    record,
    reply::{Refusal, Reply},
    select::Caller,
};
use serde_json::{Value, json};

/// Whether a caller may do this at all.
pub fn permit(method: &str, caller: &Caller) -> Result<(), Refusal> {
    if method != "POST" {
        return Err(Refusal::method());
    }
    let allowed = caller.has_one(&[
        "LicenseAssignment.ReadWrite.All",
        "User.ReadWrite.All",
        "Directory.ReadWrite.All",
    ]);
    if allowed { Ok(()) } else { Err(Refusal::denied()) }
}

/// Both lists are one change: it is made whole, or refused whole.
pub fn assign(directory: &Directory, place: u32, body: &Value) -> Result<(Effect, Reply), Refusal> {
    if directory.record(place).raw(*at::RESTRICTED) == Some("true") {
        return Err(Refusal::denied());
    }
    let list = |name: &str| {
        body.get(name)
            .and_then(Value::as_array)
            .cloned()
            .ok_or_else(|| Refusal::bad(format!("The parameter '{name}' is required.")))
    };
    let (added, removed) = (list("addLicenses")?, list("removeLicenses")?);
    let now = directory.view(place, None);
    let kept = |slot| match now.value(slot) {
        Value::Array(items) => items,
        _ => Vec::new(),
    };
    let (mut licences, mut states) = (kept(*at::LICENCES), kept(*at::LICENCE_STATES));
    for id in &removed {
        let id = id.as_str().unwrap_or_default().to_lowercase();
        if states
            .iter()
            .any(|state| is(state, &id) && !state["assignedByGroup"].is_null())
        {
            return Err(Refusal::bad(
                "User license is inherited from a group membership and it cannot be removed directly from the user.",
            ));
        }
        if !licences.iter().any(|one| is(one, &id)) {
            return Err(Refusal::bad("User does not have a corresponding license."));
        }
        licences.retain(|one| !is(one, &id));
        states.retain(|one| !is(one, &id));
    }
    if !added.is_empty() && now.value(*at::USAGE_LOCATION).is_null() {
        return Err(Refusal::bad(
            "License assignment cannot be done for user with invalid usage location.",
        ));
    }
    for one in &added {
        let id = one["skuId"].as_str().unwrap_or_default().to_lowercase();
        let product = product(&id).ok_or_else(|| {
            Refusal::bad(format!(
                "License {id} does not correspond to a valid company License."
            ))
        })?;
        let off = one.get("disabledPlans").cloned().unwrap_or_else(|| json!([]));
        let is_plan = |plan: &Value| {
            let plan = plan.as_str().unwrap_or_default();
            product
                .plans
                .iter()
                .any(|(known, _)| known.eq_ignore_ascii_case(plan))
        };
        if !off.as_array().is_some_and(|off| off.iter().all(is_plan)) {
            return Err(Refusal::bad(format!(
                "A disabled plan does not belong to the license {id}."
            )));
        }
        if !licences.iter().any(|held| is(held, &id)) && used(directory, product) >= product.seats {
            return Err(Refusal::bad(format!(
                "Subscription with SKU {id} does not have any available licenses."
            )));
        }
        licences.retain(|held| !is(held, &id));
        states.retain(|held| !is(held, &id) || !held["assignedByGroup"].is_null());
        licences.push(json!({"skuId": id, "disabledPlans": off}));
        states.push(
            json!({"skuId": id, "disabledPlans": off, "assignedByGroup": null, "state": "Active",
                           "error": "None"}),
        );
    }
    let user =
        json!({"id": now.id(), "userPrincipalName": now.value(*at::UPN), "assignedLicenses": licences});
    let effect = Effect {
        settings: vec![
            record::packed(*at::LICENCES, &Value::Array(licences)),
            record::packed(*at::LICENCE_STATES, &Value::Array(states)),
        ],
        manager: None,
    };
    Ok((effect, Reply::json(user.to_string())))
}

fn is(licence: &Value, id: &str) -> bool {
    licence["skuId"]
        .as_str()
        .is_some_and(|known| known.eq_ignore_ascii_case(id))
}
