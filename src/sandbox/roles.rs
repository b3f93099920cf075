//! Directory roles: who may do sensitive things to whom.

use super::{
    appointments::{WHOLE, assignment_id, held},
    chance,
    directory::Directory,
    pager::{Cursor, Pager},
    query::Query,
    reply::{Refusal, Reply},
    select::Caller,
};
use serde_json::{Value, json};
use tokio::time::Instant;

/// Roles that do not protect their holder from ordinary administrators.
const LIGHT: [&str; 6] = [
    "Directory Readers",
    "Guest Inviter",
    "Message Center Reader",
    "Password Administrator",
    "Reports Reader",
    "Usage Summary Reports Reader",
];
/// Roles whose holder a User Administrator may touch.
const MIDDLE: [&str; 3] = [
    "Groups Administrator",
    "Helpdesk Administrator",
    "User Administrator",
];

/// Whether an app with this directory role may do something sensitive to a holder of these roles. The highest role
/// of the target counts; a role that is not in the table (a custom one, say) protects like the highest.
pub fn may_touch(app_role: Option<&str>, target: &[String]) -> bool {
    target.iter().all(|role| match app_role {
        Some("Global Administrator" | "Privileged Authentication Administrator") => true,
        Some("User Administrator") => LIGHT.contains(&role.as_str()) || MIDDLE.contains(&role.as_str()),
        Some("Authentication Administrator") => {
            LIGHT.contains(&role.as_str()) || role == "Authentication Administrator"
        }
        _ => false,
    })
}

/// Whether an app with this role may set passwords at all.
pub fn may_reset_passwords(app_role: Option<&str>) -> bool {
    matches!(
        app_role,
        Some("User Administrator" | "Privileged Authentication Administrator" | "Global Administrator")
    )
}

/// Template ids of built-in roles, as Microsoft publishes them:
/// <https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference>.
pub(super) const TEMPLATES: [(&str, &str); 15] = [
    (
        "Authentication Administrator",
        "c4e39bd9-1100-46d3-8c65-fb160da0071f",
    ),
    ("Directory Readers", "88d8e3e3-8f55-4a1e-953a-9b9898b8876b"),
    ("Exchange Administrator", "29232cdf-9323-42fd-ade2-1d097af3e4de"),
    ("Global Administrator", "62e90394-69f5-4237-9190-012177145e10"),
    ("Global Reader", "f2ef992c-3afb-46b9-b7cf-a126ee74c451"),
    ("Groups Administrator", "fdd7a751-b60b-444a-984c-02652fe8fa1c"),
    ("Guest Inviter", "95e79109-95c0-4d8e-aee3-d01accf2d47b"),
    ("Helpdesk Administrator", "729827e3-9c14-49f7-bb1b-9608f156bbb8"),
    ("Message Center Reader", "790c1fb9-7f7d-4f88-86a1-ef1f95c05c1b"),
    ("Password Administrator", "966707d0-3269-4727-9be2-8c3a10f19b9d"),
    (
        "Privileged Authentication Administrator",
        "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",
    ),
    (
        "Privileged Role Administrator",
        "e8611ab8-c189-46e8-94e1-60213ab1f814",
    ),
    ("Reports Reader", "4a5d8f65-41da-4de4-8968-e035b65339cf"),
    (
        "Usage Summary Reports Reader",
        "75934031-6c7e-415a-99d7-48dbd49e875e",
    ),
    ("User Administrator", "fe930be7-5e62-47db-91af-98c3a49a38b1"),
];

/// The id of a role's definition; a role that is not built in has one of its own.
pub fn definition_id(name: &str) -> String {
    match TEMPLATES.iter().find(|(known, _)| *known == name) {
        Some((_, id)) => (*id).to_owned(),
        None => chance::guid(chance::hash(0x0043_0557, name.as_bytes()), 1).to_string(),
    }
}

/// Whether a caller may read roles and who holds them.
pub fn may_read(caller: &Caller) -> Result<(), Refusal> {
    const READERS: [&str; 5] = [
        "RoleManagement.Read.Directory",
        "RoleManagement.Read.All",
        "Directory.Read.All",
        "RoleManagement.ReadWrite.Directory",
        "Directory.ReadWrite.All",
    ];
    match caller.has_one(&READERS) {
        true => Ok(()),
        false => Err(Refusal::denied()),
    }
}

/// One page of the list of role assignments: users and the client's service principal, in the directory's order.
#[derive(Debug)]
pub struct Assignments {
    expand: bool,
    token: Option<String>,
    link: String,
}

/// The documents name no page length.
const PAGE: usize = 100;

impl Assignments {
    /// Reads the options of the request.
    pub fn read(query: &Query, caller: &Caller) -> Result<Assignments, Refusal> {
        may_read(caller)?;
        let expand = match query.get("$expand") {
            None => false,
            Some("principal") => true,
            Some(other) => {
                return Err(Refusal::bad(format!(
                    "The expand clause '{other}' is not supported."
                )));
            }
        };
        Ok(Assignments {
            expand,
            token: query.get("$skiptoken").map(str::to_owned),
            link: query.link(),
        })
    }

    /// The page that was asked for.
    pub fn page(
        &self,
        directory: &Directory,
        app_role: Option<&str>,
        pager: &Pager,
        base: &str,
        stale: Option<Instant>,
    ) -> Result<Reply, Refusal> {
        let start = match &self.token {
            None => 0,
            Some(token) => match pager.open(token, &self.link) {
                Some((Cursor::At(start), _)) => start,
                _ => return Err(Refusal::bad("The page token is not valid.")),
            },
        };
        let one = |principal: String, kind: &str, role: &str, scope: &str| {
            let definition = definition_id(role);
            let mut assignment = json!({
                "id": assignment_id(&definition, &principal, scope), "principalId": principal,
                "roleDefinitionId": definition, "resourceScope": scope, "directoryScopeId": scope,
            });
            if self.expand {
                assignment["principal"] = json!({"@odata.type": kind, "id": principal});
            }
            assignment
        };
        let mut all: Vec<Value> = (0..directory.len() as u32)
            .filter(|place| !directory.is_deleted(*place))
            .flat_map(|place| {
                let held = held(&directory.view(place, stale));
                held.into_iter().map(move |role| (place, role))
            })
            .map(|(place, (role, scope))| one(directory.id(place), "#microsoft.graph.user", &role, &scope))
            .collect();
        all.extend(app_role.map(|role| {
            one(
                directory.tenant.principal_id(),
                "#microsoft.graph.servicePrincipal",
                role,
                WHOLE,
            )
        }));
        let mut body = json!({
            "@odata.context": format!("{base}/v1.0/$metadata#roleManagement/directory/roleAssignments"),
            "value": all.iter().skip(start).take(PAGE).collect::<Vec<_>>(),
        });
        if start + PAGE < all.len() {
            let token = pager.seal(&Cursor::At(start + PAGE), false, &self.link);
            let joint = if self.link.is_empty() { "" } else { "&" };
            body["@odata.nextLink"] = json!(format!(
                "{base}/v1.0/roleManagement/directory/roleAssignments?{}{joint}$skiptoken={token}",
                self.link
            ));
        }
        Ok(Reply::json(body.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_sensitive_actions_holds() {
        let table = [
            ("Directory Readers", [false, true, true, true, true]),
            ("Authentication Administrator", [false, true, false, true, true]),
            ("Helpdesk Administrator", [false, false, true, true, true]),
            ("Global Administrator", [false, false, false, true, true]),
            ("A custom role", [false, false, false, true, true]),
        ];
        let callers = [
            None,
            Some("Authentication Administrator"),
            Some("User Administrator"),
            Some("Privileged Authentication Administrator"),
            Some("Global Administrator"),
        ];
        for (target, allowed) in table {
            for (caller, allowed) in callers.iter().zip(allowed) {
                assert_eq!(
                    may_touch(*caller, &[target.to_owned()]),
                    allowed,
                    "{caller:?} on {target}"
                );
            }
        }
        assert!(callers.iter().all(|caller| may_touch(*caller, &[])));
    }
}
