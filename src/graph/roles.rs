//! Who holds directory roles: the active assignments, and the members of groups that hold one.
//!
//! <https://learn.microsoft.com/graph/api/rbacapplication-list-roleassignments>: the least privileged permission is
//! `RoleManagement.Read.Directory`. Roles that somebody may only activate (eligible ones) are not among them.
//! <https://learn.microsoft.com/graph/api/group-list-members>

use std::collections::HashSet;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::call_error::CallError;
use super::harmless::beginning;
use super::limits::Cost;
use super::reader::DirectoryReader;
use super::service::{Request, Response};

/// Permissions of which one is enough to list role assignments, the least privileged first.
pub const ROLE_READERS: [&str; 5] = [
    "RoleManagement.Read.Directory",
    "RoleManagement.Read.All",
    "Directory.Read.All",
    "RoleManagement.ReadWrite.Directory",
    "Directory.ReadWrite.All",
];

/// More pages than any tenant has: the service allows a few hundred assignments.
const PAGES_MAX: usize = 1_000;

/// One role on one principal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleAssignment {
    /// The id of the assignment itself.
    pub id: String,
    /// `/` for the whole directory.
    pub scope: String,
    /// The id of the role's definition; of a built-in role the id of its template.
    pub role: String,
    /// The id of a user, a group or an application.
    pub principal: String,
    pub principal_is_group: Option<bool>,
    pub principal_is_user: bool,
}

impl DirectoryReader {
    /// Every active assignment of a directory role.
    ///
    /// # Errors
    /// [`CallError`], after all attempts; 403 when the permission is missing.
    pub async fn role_assignments(&self) -> Result<Vec<RoleAssignment>, CallError> {
        // One request can expand one thing only; the role's name is known by its id.
        let path = "/roleManagement/directory/roleAssignments?$expand=principal";
        let wire: Vec<WireAssignment> = self.list_all(path).await?;
        Ok(wire.into_iter().map(RoleAssignment::from).collect())
    }

    /// The ids of a group's members. Groups that hold a role have no groups in them.
    ///
    /// # Errors
    /// [`CallError`], after all attempts.
    pub async fn group_members(&self, group: &str) -> Result<Vec<String>, CallError> {
        let safe: String = group
            .chars()
            .filter(|c| c.is_ascii_hexdigit() || *c == '-')
            .collect();
        let wire: Vec<WireMember> = self
            .list_all(&format!("/groups/{safe}/members?$select=id"))
            .await?;
        Ok(wire.into_iter().map(|member| member.id).collect())
    }

    /// A listing of a few pages as a whole.
    pub(super) async fn list_all<T: DeserializeOwned>(&self, path: &str) -> Result<Vec<T>, CallError> {
        let mut url = self.session.address(path)?;
        let (mut all, mut seen) = (Vec::new(), HashSet::new());
        loop {
            let read = |response: &Response| {
                serde_json::from_slice::<WirePage<T>>(&response.body).map_err(|_| beginning(&response.body))
            };
            let page = self
                .get(&Request::get(url.clone()), Cost::of_read(2), read)
                .await?;
            all.extend(page.value);
            match page.next_link.filter(|link| !link.is_empty()) {
                None => return Ok(all),
                Some(link) => {
                    url = self.session.link(&link)?;
                    if !seen.insert(link) || seen.len() > PAGES_MAX {
                        return Err(CallError::EndlessPages);
                    }
                }
            }
        }
    }
}

#[derive(Deserialize)]
struct WirePage<T> {
    value: Vec<T>,
    #[serde(rename = "@odata.nextLink")]
    next_link: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireAssignment {
    #[serde(default)]
    id: String,
    #[serde(default)]
    directory_scope_id: Option<String>,
    role_definition_id: String,
    principal_id: String,
    principal: Option<WirePrincipal>,
}

#[derive(Deserialize)]
struct WirePrincipal {
    #[serde(rename = "@odata.type")]
    kind: Option<String>,
}

#[derive(Deserialize)]
struct WireMember {
    id: String,
}

impl From<WireAssignment> for RoleAssignment {
    fn from(wire: WireAssignment) -> RoleAssignment {
        let kind = wire.principal.and_then(|principal| principal.kind);
        RoleAssignment {
            id: wire.id,
            scope: wire.directory_scope_id.unwrap_or_default(),
            role: wire.role_definition_id,
            principal: wire.principal_id,
            principal_is_user: kind
                .as_ref()
                .is_some_and(|kind| kind.ends_with("microsoft.graph.user")),
            principal_is_group: kind.map(|kind| kind.ends_with("microsoft.graph.group")),
        }
    }
}
