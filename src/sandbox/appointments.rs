//! Roles given and taken: the definitions of roles, and writes to `/roleManagement/directory/roleAssignments`.
//!
//! <https://learn.microsoft.com/graph/api/rbacapplication-post-roleassignments>,
//! <https://learn.microsoft.com/graph/api/unifiedroleassignment-delete>. The words of the refusals are not documented.

use super::{
    directory::{Directory, Effect, at},
    record,
    reply::{Refusal, Reply},
    roles::{TEMPLATES, definition_id},
    select::Caller,
    view::View,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The built-in roles here that Microsoft marks as privileged:
/// <https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference>.
const PRIVILEGED: [&str; 8] = [
    "Authentication Administrator",
    "Global Administrator",
    "Global Reader",
    "Helpdesk Administrator",
    "Password Administrator",
    "Privileged Authentication Administrator",
    "Privileged Role Administrator",
    "User Administrator",
];

/// The whole directory as a scope.
pub const WHOLE: &str = "/";

/// The roles of a user with their scopes. Kept as `Name`, or `Name|scope` for a part of the directory.
pub fn held(user: &View<'_>) -> Vec<(String, String)> {
    let Value::Array(items) = user.value(*at::ROLES) else {
        return Vec::new();
    };
    let texts = items.iter().filter_map(Value::as_str);
    texts.map(parted).collect()
}

/// The name of a role and where it counts.
pub fn parted(text: &str) -> (String, String) {
    match text.split_once('|') {
        Some((name, scope)) => (name.to_owned(), scope.to_owned()),
        None => (text.to_owned(), WHOLE.to_owned()),
    }
}

fn kept(held: &[(String, String)]) -> Value {
    let text = |(name, scope): &(String, String)| match scope.as_str() {
        WHOLE => name.clone(),
        scope => format!("{name}|{scope}"),
    };
    json!(held.iter().map(text).collect::<Vec<_>>())
}

/// The id of an assignment.
pub fn assignment_id(definition: &str, principal: &str, scope: &str) -> String {
    match scope {
        WHOLE => format!("{definition}.{principal}"),
        scope => format!(
            "{definition}.{principal}.{}",
            scope.trim_matches('/').replace('/', "-")
        ),
    }
}

/// Every role there is: the built-in ones, and those that somebody holds.
fn names(directory: &Directory) -> BTreeSet<String> {
    let built_in = TEMPLATES.iter().map(|(name, _)| (*name).to_owned());
    let places = 0..u32::try_from(directory.len()).unwrap_or(u32::MAX);
    let own = places.flat_map(|place| directory.roles(place).to_vec());
    built_in.chain(own).collect()
}

/// The answer to `GET /roleManagement/directory/roleDefinitions`.
pub fn definitions(directory: &Directory, base: &str, caller: &Caller) -> Result<Reply, Refusal> {
    super::roles::may_read(caller)?;
    let one = |name: &String| {
        let id = definition_id(name);
        json!({
            "id": id, "templateId": id, "displayName": name, "isEnabled": true,
            "isBuiltIn": TEMPLATES.iter().any(|(known, _)| known == name),
            "isPrivileged": PRIVILEGED.contains(&name.as_str()),
        })
    };
    let all: Vec<Value> = names(directory).iter().map(one).collect();
    Ok(Reply::json(
        json!({"@odata.context": format!("{base}/v1.0/$metadata#roleManagement/directory/roleDefinitions"),
               "value": all})
        .to_string(),
    ))
}

/// Whether a caller may give and take roles at all.
pub fn permit(caller: &Caller) -> Result<(), Refusal> {
    match caller.has_one(&["RoleManagement.ReadWrite.Directory"]) {
        true => Ok(()),
        false => Err(Refusal::denied()),
    }
}

/// The id of the user in the body of a new assignment.
pub fn principal(body: &Value) -> Result<String, Refusal> {
    text(body, "principalId").map(str::to_owned)
}

fn text<'b>(body: &'b Value, name: &str) -> Result<&'b str, Refusal> {
    let found = body.get(name).and_then(Value::as_str);
    found.ok_or_else(|| Refusal::bad(format!("The property '{name}' is required.")))
}

fn effect(held: &[(String, String)]) -> Effect {
    Effect {
        settings: vec![record::packed(*at::ROLES, &kept(held))],
        manager: None,
    }
}

/// Gives a role.
pub fn give(directory: &Directory, place: u32, body: &Value) -> Result<(Effect, Reply), Refusal> {
    let definition = text(body, "roleDefinitionId")?.to_lowercase();
    if text(body, "directoryScopeId")? != WHOLE {
        return Err(Refusal::bad("Only the scope '/' can be used here."));
    }
    let name = names(directory)
        .into_iter()
        .find(|name| definition_id(name) == definition)
        .ok_or_else(|| Refusal::absent(&definition))?;
    let mut roles = held(&directory.view(place, None));
    let wanted = (name, WHOLE.to_owned());
    if roles.contains(&wanted) {
        return Err(Refusal::bad(
            "A conflicting object with one or more of the specified property values is present in the directory.",
        ));
    }
    roles.push(wanted);
    let principal = directory.id(place);
    let reply = Reply::created(
        json!({
            "id": assignment_id(&definition, &principal, WHOLE), "principalId": principal,
            "roleDefinitionId": definition, "directoryScopeId": WHOLE, "resourceScopes": [WHOLE],
        })
        .to_string(),
    );
    Ok((effect(&roles), reply))
}

/// The id of the user in the id of an assignment.
pub fn principal_of(id: &str) -> Result<String, Refusal> {
    let found = id.split('.').nth(1);
    found.map(str::to_owned).ok_or_else(|| Refusal::absent(id))
}

/// Takes a role.
pub fn take(directory: &Directory, place: u32, id: &str) -> Result<Effect, Refusal> {
    let mut roles = held(&directory.view(place, None));
    let before = roles.len();
    let principal = directory.id(place);
    roles.retain(|(name, scope)| {
        !assignment_id(&definition_id(name), &principal, scope).eq_ignore_ascii_case(id)
    });
    if roles.len() == before {
        return Err(Refusal::absent(id));
    }
    Ok(effect(&roles))
}
