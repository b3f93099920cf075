//! Who holds directory roles, read once for a plan that changes anybody.

use std::collections::HashMap;

use crate::domain::{Role, RoleHolders, UserId};
use crate::graph::{CallError, Claims, DirectoryReader, ROLE_READERS, RoleAssignment};

/// What stands in `wids` for every application and for every user of a tenant: no role that anybody can be given.
const NO_ROLES: [&str; 2] = [
    "0997a1d0-0d1d-4acb-b408-d5ca73121e90",
    "b79fbf4d-3ef9-4689-8143-76b194e85509",
];

/// What was found out about roles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roles {
    pub holders: RoleHolders,
    /// The roles of whoever is signed in; `None` when they are not known. A role for a part of the directory counts like one for all
    /// of it: what even that does not allow is certain to be refused.
    pub caller: Option<Vec<Role>>,
}

/// Reads the assignments. A missing permission, or a service that does not offer them, is no error: it is told.
///
/// # Errors
/// When the service cannot be reached.
pub async fn role_holders(reader: &DirectoryReader, claims: Option<&Claims>) -> Result<Roles, CallError> {
    let in_token = claims.and_then(roles_in_token);
    let granted = claims.map(Claims::granted).unwrap_or_default();
    if !granted.is_empty() && !granted.iter().any(|name| ROLE_READERS.contains(&name.as_str())) {
        return Ok(Roles {
            holders: unknown("the sign-in lacks a permission for it"),
            caller: in_token,
        });
    }
    let assignments = match reader.role_assignments().await {
        Ok(assignments) => assignments,
        Err(CallError::Graph { error, .. }) if is_refusal(error.status) => {
            return Ok(Roles {
                holders: unknown(&format!("the service refused to say ({})", error.status)),
                caller: in_token,
            });
        }
        Err(error) => return Err(error),
    };
    let own = claims.and_then(|claims| claims.oid.as_deref());
    let mut found = Found::default();
    for assignment in &assignments {
        if assignment.principal_is_group.is_none() {
            found.groups_unread += 1;
        }
        if assignment.principal_is_group == Some(true) {
            match reader.group_members(&assignment.principal).await {
                Ok(members) => members
                    .iter()
                    .for_each(|member| found.add(member, assignment, own)),
                Err(CallError::Graph { error, .. }) if is_refusal(error.status) => {
                    found.groups_unread += 1;
                }
                Err(error) => return Err(error),
            }
        } else {
            found.add(&assignment.principal, assignment, own);
        }
    }
    Ok(found.into_roles(in_token, own.is_some()))
}

/// The tenant-wide roles that a token names; `None` for one that does not tell.
pub fn roles_in_token(claims: &Claims) -> Option<Vec<Role>> {
    let ids = claims.wids.iter().map(String::as_str);
    let roles = ids.filter(|id| !NO_ROLES.contains(id)).map(Role::of_id);
    (!claims.wids.is_empty()).then(|| roles.collect())
}

/// Whether the service says that it does not tell; whoever is throttled must come again.
fn is_refusal(status: u16) -> bool {
    matches!(status, 400 | 403 | 404)
}

fn unknown(why: &str) -> RoleHolders {
    RoleHolders::Unknown {
        why: format!("{why}; `{}` is enough", ROLE_READERS[0]),
    }
}

#[derive(Default)]
struct Found {
    holders: HashMap<UserId, Vec<Role>>,
    caller: Vec<Role>,
    groups_unread: u32,
}

impl Found {
    fn add(&mut self, principal: &str, assignment: &RoleAssignment, own: Option<&str>) {
        let role = Role::of_id(&assignment.role);
        if own.is_some_and(|own| own.eq_ignore_ascii_case(principal)) {
            self.caller.push(role.clone());
        }
        if let Some(user) = UserId::parse(principal) {
            let held = self.holders.entry(user).or_default();
            if !held.contains(&role) {
                held.push(role);
            }
        }
    }

    fn into_roles(self, in_token: Option<Vec<Role>>, own_known: bool) -> Roles {
        let missing = (self.groups_unread > 0).then(|| {
            format!(
                "{} groups hold a role, and their members cannot be read",
                self.groups_unread
            )
        });
        // A group that cannot be read may be the caller's.
        let caller = match in_token {
            Some(mut roles) => {
                roles.extend(self.caller);
                Some(roles)
            }
            None if own_known && missing.is_none() => Some(self.caller),
            None => None,
        };
        Roles {
            holders: RoleHolders::Known {
                holders: self.holders,
                missing,
            },
            caller,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assignment(role: &str) -> RoleAssignment {
        RoleAssignment {
            id: String::new(),
            scope: "/".to_owned(),
            role: role.to_owned(),
            principal: String::new(),
            principal_is_group: Some(false),
            principal_is_user: true,
        }
    }

    const OWN: &str = "6ea91a8d-e32e-41a1-b7bd-d2d185eed0e0";

    #[test]
    fn the_callers_roles_come_from_the_token_or_from_a_whole_list() {
        let found = |groups_unread| {
            let mut found = Found {
                groups_unread,
                ..Found::default()
            };
            found.add(OWN, &assignment("A"), Some(&OWN.to_uppercase()));
            found.add(OWN, &assignment("b"), Some(OWN));
            found.add(OWN, &assignment("a"), None);
            found
        };
        let (a, b) = (|| Role::of_id("a"), || Role::of_id("b"));
        for (in_token, own_known, groups_unread, caller) in [
            (None, true, 0, Some(vec![a(), b()])),
            (None, true, 1, None),
            (None, false, 0, None),
            (
                Some(vec![Role::of_id("t")]),
                true,
                1,
                Some(vec![Role::of_id("t"), a(), b()]),
            ),
        ] {
            let roles = found(groups_unread).into_roles(in_token, own_known);
            assert_eq!(roles.caller, caller);
            assert_eq!(roles.holders.gap().is_some(), groups_unread > 0);
            let user = UserId::parse(OWN).unwrap();
            assert_eq!(roles.holders.of(&user), [a(), b()]);
        }
    }
}
