//! `PATCH /users/{id}`: whether a body may be stored, and what it does.
//!
//! A body is taken as a whole or not at all. The order of the checks is: can it be read, does the app have the
//! permission, may this user be touched, is each value good, is it mastered elsewhere, is it taken already.

use super::{
    deleted,
    directory::{Directory, Effect, at},
    extensions, record,
    reply::Refusal,
    roles, rules,
    schema::{self, Kind, Property},
    security,
    select::Caller,
};
use serde_json::{Map, Value, json};

/// Permissions that write the ordinary properties.
const WRITERS: [&str; 3] = [
    "User.ReadUpdate.All",
    "User.ReadWrite.All",
    "Directory.ReadWrite.All",
];

const MASTERED: &str = "Unable to update the specified properties for on-premises mastered Directory Sync objects or \
                        objects currently undergoing migration.";
const EXTERNAL: &str =
    "Unable to update the specified properties for objects that have originated within an external service.";

/// Permissions that set a manager.
pub fn may_relate(caller: &Caller) -> bool {
    caller.has_one(&["User.ReadWrite.All", "Directory.ReadWrite.All"])
}

/// What a synced user's on-premises data answers to a write.
pub fn mastered() -> Refusal {
    Refusal::bad(MASTERED)
}

/// Whether the user is mastered on premises now.
pub fn is_synced(directory: &Directory, place: u32) -> bool {
    directory.record(place).raw(*at::SYNCED) == Some("true")
}

/// What a PATCH of this user with this body does.
pub fn plan(directory: &Directory, place: u32, body: &Value, caller: &Caller) -> Result<Effect, Refusal> {
    let Value::Object(body) = body else {
        return Err(Refusal::unreadable(
            "The body of the request must be a JSON object.",
        ));
    };
    let (given, own) = properties(directory, place, body)?;
    let sharepoint = given
        .iter()
        .filter(|(_, property, _)| property.sharepoint)
        .count();
    if sharepoint > 0 && sharepoint < given.len() + own.len() {
        return Err(Refusal::unreadable(
            "The request is currently not supported on the targeted entity set",
        ));
    }
    if sharepoint > 0 && !caller.writes_profiles() {
        // Permanent, though it looks like a failure that could pass.
        return Err(Refusal::new(
            500,
            "-1, Microsoft.Office.Server.Directory.DirectoryObjectUnauthorizedAccessException",
            "Attempted to perform an unauthorized operation.",
        ));
    }
    if let Some((_, property, _)) = given.iter().find(|(_, property, _)| !property.updatable) {
        let message = format!("Property '{}' is read-only and cannot be set.", property.name);
        return Err(Refusal::bad(message));
    }
    permitted(directory, place, &given, !own.is_empty(), caller)?;

    let mut effect = Effect::default();
    for (slot, property, value) in &given {
        settle(directory, place, *slot, property, value, &mut effect)?;
    }
    effect
        .settings
        .extend(extensions::settle(directory, place, &own)?);
    owned_elsewhere(directory, place, &given)?;
    free(directory, place, &effect)?;
    Ok(effect)
}

/// What the body of a new user holds: every property that may be set at birth, each with a good value, and no name taken.
pub fn of_new_user(directory: &Directory, body: &Map<String, Value>) -> Result<Effect, Refusal> {
    const NOWHERE: u32 = u32::MAX;
    let (given, own) = properties(directory, NOWHERE, body)?;
    if let Some((_, property, _)) = given.iter().find(|(_, property, _)| property.sharepoint) {
        return Err(Refusal::unreadable(format!(
            "The property '{}' cannot be set when a user is created.",
            property.name
        )));
    }
    if let Some((_, property, _)) = given.iter().find(|(_, property, _)| !property.updatable) {
        let message = format!("Property '{}' is read-only and cannot be set.", property.name);
        return Err(Refusal::bad(message));
    }
    let mut effect = Effect::default();
    for (slot, property, value) in &given {
        settle(directory, NOWHERE, *slot, property, value, &mut effect)?;
    }
    effect
        .settings
        .extend(extensions::settle(directory, NOWHERE, &own)?);
    free(directory, NOWHERE, &effect)?;
    Ok(effect)
}

type Given<'a> = (u8, &'static Property, &'a Value);
/// The extensions of a body.
type Own<'a> = Vec<(&'a str, &'a Value)>;

/// The properties of a body; annotations are read, names that do not exist refuse the whole.
fn properties<'a>(
    directory: &Directory,
    place: u32,
    body: &'a Map<String, Value>,
) -> Result<(Vec<Given<'a>>, Own<'a>), Refusal> {
    let agent = directory.record(place).raw(*at::PARENT).is_some();
    let kind = body
        .get("@odata.type")
        .and_then(Value::as_str)
        .unwrap_or("#microsoft.graph.user");
    let wanted = if agent {
        "#microsoft.graph.agentUser"
    } else {
        "#microsoft.graph.user"
    };
    if kind.trim_start_matches('#') != wanted.trim_start_matches('#') {
        return Err(Refusal::bad("One or more property values specified are invalid."));
    }
    let mut given = Vec::new();
    let (mut own, mut unknown): (Own<'_>, Vec<&str>) = (Vec::new(), Vec::new());
    for (name, value) in body {
        if name.starts_with('@') {
            continue;
        }
        match schema::open_slot(name).and_then(|slot| schema::property(slot).map(|property| (slot, property)))
        {
            Some((slot, property)) => given.push((slot, property, value)),
            None if directory.tenant.extensions.has(name) => own.push((name, value)),
            None if name.starts_with("extension_") => unknown.push(name.as_str()),
            None => return Err(Refusal::bad("One or more property values specified are invalid.")),
        }
    }
    if !unknown.is_empty() {
        return Err(extensions::not_available(&unknown));
    }
    Ok((given, own))
}

/// Permissions of the app, and the roles of the user it wants to change.
fn permitted(
    directory: &Directory,
    place: u32,
    given: &[Given<'_>],
    own: bool,
    caller: &Caller,
) -> Result<(), Refusal> {
    for (_, property, _) in given {
        let allowed = match property.write_roles {
            [] => caller.has_one(&WRITERS),
            special => caller.has_one(special),
        };
        if !allowed {
            return Err(Refusal::denied());
        }
        if property.name == "passwordProfile" && !roles::may_reset_passwords(caller.app_role.as_deref()) {
            return Err(Refusal::denied());
        }
    }
    if (given.is_empty() || own) && !caller.has_one(&WRITERS) {
        return Err(Refusal::denied());
    }
    if directory.record(place).raw(*at::RESTRICTED) == Some("true") {
        return Err(Refusal::denied());
    }
    let sensitive = given.iter().any(|(_, property, _)| property.sensitive);
    if sensitive && !roles::may_touch(caller.app_role.as_deref(), directory.roles(place)) {
        return Err(Refusal::denied());
    }
    Ok(())
}

/// What is mastered on premises or in Exchange.
fn owned_elsewhere(directory: &Directory, place: u32, given: &[Given<'_>]) -> Result<(), Refusal> {
    let ever = directory.record(place).raw(*at::SYNCED).is_some();
    let now = is_synced(directory, place);
    if now && given.iter().any(|(_, property, _)| property.mastered) {
        return Err(mastered());
    }
    if ever && given.iter().any(|(slot, _, _)| *slot == *at::EXTENSIONS) {
        return Err(Refusal::bad(EXTERNAL));
    }
    Ok(())
}

/// Checks one value and adds what it does.
fn settle(
    directory: &Directory,
    place: u32,
    slot: u8,
    property: &Property,
    value: &Value,
    effect: &mut Effect,
) -> Result<(), Refusal> {
    let tenant = &directory.tenant;
    let stored = directory.record(place);
    match property.name {
        "passwordProfile" => {
            let checked = rules::check(property, value, tenant)?;
            if let Some(text) = checked.get("password").and_then(Value::as_str) {
                rules::password(text)?;
            }
            // A secret is never kept, and nothing of it is ever read but when it was set.
            if checked.get("password").is_some_and(Value::is_string) {
                let moment = deleted::later(directory, place, *at::PASSWORD_CHANGED);
                effect.settings.push((*at::PASSWORD_CHANGED, Some(moment)));
            }
        }
        "identities" => {
            let name = rules::identities(value, tenant)?;
            effect.settings.push((slot, Some(value.to_string())));
            effect.settings.retain(|(slot, _)| *slot != *at::UPN);
            effect.settings.push((*at::UPN, Some(record::quote(&name))));
        }
        "userPrincipalName" => {
            rules::check(property, value, tenant)?;
            if effect.settings.iter().any(|(slot, _)| *slot == *at::UPN) {
                // The identities of the same body have said so already.
                return Ok(());
            }
            effect.settings.push((slot, Some(value.to_string())));
            if let Some(Value::Array(mut entries)) = stored.value(*at::IDENTITIES) {
                for entry in &mut entries {
                    if entry["signInType"] == "userPrincipalName" {
                        entry["issuerAssignedId"] = value.clone();
                    }
                }
                effect
                    .settings
                    .push((*at::IDENTITIES, Some(Value::Array(entries).to_string())));
            }
        }
        "mail" => {
            rules::check(property, value, tenant)?;
            effect.settings.push((slot, Some(value.to_string())));
            effect.settings.push((
                *at::PROXIES,
                Some(proxies(directory, place, value.as_str().unwrap_or_default())),
            ));
        }
        "onPremisesExtensionAttributes" => {
            let checked = rules::check(property, value, tenant)?;
            // Leaves that are not mentioned stay.
            let mut leaves = match stored.value(slot) {
                Some(Value::Object(leaves)) if !checked.is_null() => leaves,
                _ => Map::new(),
            };
            if let Value::Object(new) = checked {
                leaves.extend(new);
            }
            effect.settings.push(record::packed(slot, &Value::Object(leaves)));
        }
        "customSecurityAttributes" => {
            effect.settings.push(security::settle(directory, place, value)?);
        }
        // Leaves of other groups that are left out are lost, as the documents warn for employeeOrgData.
        _ => effect
            .settings
            .push(record::packed(slot, &rules::check(property, value, tenant)?)),
    }
    debug_assert!(!matches!(property.kind, Kind::OpaqueList) || property.name == "identities");
    Ok(())
}

/// The proxy addresses after a mail address was set: it becomes the primary one, the former ones stay as aliases.
fn proxies(directory: &Directory, place: u32, mail: &str) -> String {
    let mut list = vec![format!("SMTP:{mail}")];
    if let Value::Array(known) = directory.view(place, None).value(*at::PROXIES) {
        for address in known.iter().filter_map(Value::as_str) {
            let bare = address.split_once(':').map_or(address, |(_, bare)| bare);
            if !bare.eq_ignore_ascii_case(mail) {
                list.push(match address.strip_prefix("SMTP:") {
                    Some(former) => format!("smtp:{former}"),
                    None => address.to_owned(),
                });
            }
        }
    }
    json!(list).to_string()
}

/// Whether what must be unique is free.
pub fn free(directory: &Directory, place: u32, effect: &Effect) -> Result<(), Refusal> {
    for (slot, json) in &effect.settings {
        let Some(Ok(Value::String(text))) = json.as_deref().map(serde_json::from_str) else {
            continue;
        };
        let (holder, name) = if *slot == *at::UPN {
            (
                directory.by_name(&text).or_else(|| directory.by_address(&text)),
                "userPrincipalName",
            )
        } else if *slot == *at::MAIL {
            (directory.by_address(&text), "proxyAddresses")
        } else if *slot == *at::ANCHOR {
            (directory.by_anchor(&text), "onPremisesImmutableId")
        } else {
            continue;
        };
        if let Some(holder) = holder.filter(|holder| *holder != place) {
            let message = format!("Another object with the same value for property {name} already exists.");
            return Err(Refusal::bad(message.clone())
                .detail("ObjectConflict", message, Some(name.to_owned()))
                .detail(
                    "ConflictingObjects",
                    "The object that holds the value.",
                    Some(format!("User_{}", directory.id(holder))),
                ));
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "update_tests.rs"]
mod tests;
