//! Directory roles: who holds one, and what that protects.
//!
//! <https://learn.microsoft.com/graph/api/resources/users#who-can-update-sensitive-attributes>; the ids are those of
//! <https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference>.

use std::collections::HashMap;
use std::fmt;

use super::UserId;

/// A directory role, by the id of its template; a role that a tenant made itself has an id of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Role(String);

/// Who may change the sensitive attributes of a role's holder, beside the two highest administrators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Authentication and User Administrators.
    Both,
    Authentication,
    User,
    Neither,
}

pub(super) const GLOBAL: &str = "62e90394-69f5-4237-9190-012177145e10";
const PRIVILEGED_AUTHENTICATION: &str = "7be44c8a-adaf-4e2a-84d6-ab2649e08a13";
const AUTHENTICATION: &str = "c4e39bd9-1100-46d3-8c65-fb160da0071f";
const USER: &str = "fe930be7-5e62-47db-91af-98c3a49a38b1";
const PASSWORD: &str = "966707d0-3269-4727-9be2-8c3a10f19b9d";

/// The roles of Microsoft's table.
const TABLE: [(&str, &str, Reach); 13] = [
    (
        "88d8e3e3-8f55-4a1e-953a-9b9898b8876b",
        "Directory Readers",
        Reach::Both,
    ),
    (
        "95e79109-95c0-4d8e-aee3-d01accf2d47b",
        "Guest Inviter",
        Reach::Both,
    ),
    (
        "790c1fb9-7f7d-4f88-86a1-ef1f95c05c1b",
        "Message Center Reader",
        Reach::Both,
    ),
    (PASSWORD, "Password Administrator", Reach::Both),
    (
        "4a5d8f65-41da-4de4-8968-e035b65339cf",
        "Reports Reader",
        Reach::Both,
    ),
    (
        "75934031-6c7e-415a-99d7-48dbd49e875e",
        "Usage Summary Reports Reader",
        Reach::Both,
    ),
    (
        AUTHENTICATION,
        "Authentication Administrator",
        Reach::Authentication,
    ),
    (
        "fdd7a751-b60b-444a-984c-02652fe8fa1c",
        "Groups Administrator",
        Reach::User,
    ),
    (
        "729827e3-9c14-49f7-bb1b-9608f156bbb8",
        "Helpdesk Administrator",
        Reach::User,
    ),
    (USER, "User Administrator", Reach::User),
    (GLOBAL, "Global Administrator", Reach::Neither),
    (
        PRIVILEGED_AUTHENTICATION,
        "Privileged Authentication Administrator",
        Reach::Neither,
    ),
    (
        "e8611ab8-c189-46e8-94e1-60213ab1f814",
        "Privileged Role Administrator",
        Reach::Neither,
    ),
];

impl Role {
    /// The role with this id, in any case.
    pub fn of_id(id: &str) -> Role {
        Role(id.trim().to_ascii_lowercase())
    }

    fn known(&self) -> Option<&'static (&'static str, &'static str, Reach)> {
        TABLE.iter().find(|(id, ..)| *id == self.0)
    }

    /// Whether its holder can do more than read and invite.
    pub fn is_privileged(&self) -> bool {
        match self.known() {
            Some((id, _, reach)) => *reach != Reach::Both || *id == PASSWORD,
            None => true,
        }
    }

    fn is(&self, id: &str) -> bool {
        self.0 == id
    }
}

/// The id of a role of Microsoft's table by its name, in any case.
pub(super) fn id_of_name(name: &str) -> Option<&'static str> {
    let mut table = TABLE.iter();
    let known = table.find(|(_, known, _)| known.eq_ignore_ascii_case(name.trim()));
    known.map(|(id, ..)| *id)
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.known() {
            Some((_, name, _)) => f.write_str(name),
            None => write!(f, "the role {}", super::shorten(&self.0)),
        }
    }
}

/// The weakest role that could change the sensitive attributes of a holder of `target`, when it is certain that a caller
/// with these roles may not.
///
/// Certain is only what Microsoft's table says: a caller with a role that is not in it, and a target whose role is not in
/// it, are left to the service.
pub fn role_needed(caller: &[Role], target: &[Role]) -> Option<&'static str> {
    if target.is_empty()
        || caller
            .iter()
            .any(|role| role.is(GLOBAL) || role.is(PRIVILEGED_AUTHENTICATION))
    {
        return None;
    }
    let (authentication, user) = (holds(caller, AUTHENTICATION), holds(caller, USER));
    let others_matter = caller
        .iter()
        .any(|role| !role.is(AUTHENTICATION) && !role.is(USER) && role.is_privileged());
    if others_matter {
        return None;
    }
    let reaches: Vec<Option<Reach>> = target
        .iter()
        .map(|role| role.known().map(|(_, _, reach)| *reach))
        .collect();
    let refused = |reach: &Option<Reach>| match reach {
        Some(Reach::Both) => !authentication && !user,
        Some(Reach::Authentication) => !authentication,
        Some(Reach::User) => !user,
        Some(Reach::Neither) => true,
        None => !authentication && !user,
    };
    reaches.iter().any(refused).then(|| weakest(&reaches))
}

/// The same for the methods of signing in, which are no business of a User Administrator: of people with a role they are changed by
/// Authentication Administrators where the table says so, and else by Privileged Authentication Administrators.
/// <https://learn.microsoft.com/graph/api/phoneauthenticationmethod-update#permissions>
pub fn sign_in_role_needed(caller: &[Role], target: &[Role]) -> Option<&'static str> {
    let others: Vec<Role> = caller.iter().filter(|role| !role.is(USER)).cloned().collect();
    let reaches = |role: &Role| matches!(role.known(), Some((_, _, Reach::Both | Reach::Authentication)));
    role_needed(&others, target).map(|_| {
        if target.iter().all(reaches) {
            "Authentication Administrator"
        } else {
            "Privileged Authentication Administrator"
        }
    })
}

fn holds(roles: &[Role], id: &str) -> bool {
    roles.iter().any(|role| role.is(id))
}

fn weakest(target: &[Option<Reach>]) -> &'static str {
    let all = |wanted: &[Reach]| {
        target
            .iter()
            .all(|reach| reach.is_some_and(|reach| wanted.contains(&reach)))
    };
    if all(&[Reach::Both]) {
        "Authentication Administrator or User Administrator"
    } else if all(&[Reach::Both, Reach::Authentication]) {
        "Authentication Administrator"
    } else if all(&[Reach::Both, Reach::User]) {
        "User Administrator"
    } else {
        "Privileged Authentication Administrator"
    }
}

/// Who holds directory roles, as far as it could be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum RoleHolders {
    /// Nothing was to be guarded, so nobody asked.
    #[default]
    NotAsked,
    /// It could not be read, and why.
    Unknown { why: String },
    Known {
        holders: HashMap<UserId, Vec<Role>>,
        /// What of it could not be read, such as the members of a group.
        missing: Option<String>,
    },
}

impl RoleHolders {
    /// The roles of a user, as far as they are known.
    pub fn of(&self, user: &UserId) -> &[Role] {
        match self {
            RoleHolders::Known { holders, .. } => holders.get(user).map_or(&[], Vec::as_slice),
            RoleHolders::NotAsked | RoleHolders::Unknown { .. } => &[],
        }
    }

    /// What is not known, in words.
    pub fn gap(&self) -> Option<&str> {
        match self {
            RoleHolders::NotAsked => None,
            RoleHolders::Unknown { why } => Some(why),
            RoleHolders::Known { missing, .. } => missing.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(name: &str) -> Role {
        match TABLE.iter().find(|(_, known, _)| *known == name) {
            Some((id, ..)) => Role::of_id(id),
            None => Role::of_id("00000000-0000-0000-0000-0000000000aa"),
        }
    }

    /// Microsoft's table, with what is needed where the caller may not.
    #[test]
    fn who_may_change_sensitive_attributes_of_whom_is_microsofts_table() {
        let callers = [
            "",
            "Authentication Administrator",
            "User Administrator",
            "Privileged Authentication Administrator",
            "Global Administrator",
        ];
        for (target, allowed, needed) in [
            (
                "Directory Readers",
                [false, true, true, true, true],
                "Authentication Administrator or User Administrator",
            ),
            (
                "Password Administrator",
                [false, true, true, true, true],
                "Authentication Administrator or User Administrator",
            ),
            (
                "Authentication Administrator",
                [false, true, false, true, true],
                "Authentication Administrator",
            ),
            (
                "Helpdesk Administrator",
                [false, false, true, true, true],
                "User Administrator",
            ),
            (
                "User Administrator",
                [false, false, true, true, true],
                "User Administrator",
            ),
            (
                "Global Administrator",
                [false, false, false, true, true],
                "Privileged Authentication Administrator",
            ),
            (
                "Privileged Role Administrator",
                [false, false, false, true, true],
                "Privileged Authentication Administrator",
            ),
            // A role that is not in the table stops only who has none at all: anything else is for the service to say.
            (
                "a role of the tenant's own",
                [false, true, true, true, true],
                "Privileged Authentication Administrator",
            ),
        ] {
            for (caller, allowed) in callers.iter().zip(allowed) {
                let caller: Vec<Role> = (!caller.is_empty()).then(|| role(caller)).into_iter().collect();
                let told = role_needed(&caller, &[role(target)]);
                assert_eq!(told, (!allowed).then_some(needed), "{caller:?} on {target}");
            }
        }
        assert_eq!(role_needed(&[], &[]), None);
    }

    #[test]
    fn methods_of_signing_in_are_changed_by_authentication_administrators() {
        for (caller, target, needed) in [
            (
                "User Administrator",
                "Helpdesk Administrator",
                Some("Privileged Authentication Administrator"),
            ),
            (
                "User Administrator",
                "Reports Reader",
                Some("Authentication Administrator"),
            ),
            ("Authentication Administrator", "Reports Reader", None),
            (
                "Authentication Administrator",
                "Global Administrator",
                Some("Privileged Authentication Administrator"),
            ),
            (
                "Privileged Authentication Administrator",
                "Global Administrator",
                None,
            ),
        ] {
            assert_eq!(
                sign_in_role_needed(&[role(caller)], &[role(target)]),
                needed,
                "{caller} on {target}"
            );
        }
        assert_eq!(sign_in_role_needed(&[], &[]), None);
    }

    #[test]
    fn the_highest_role_of_the_target_counts_and_an_unlisted_role_of_the_caller_leaves_it_open() {
        let both = [role("Reports Reader"), role("Global Administrator")];
        assert!(role_needed(&[role("User Administrator")], &both).is_some());
        assert_eq!(role_needed(&[role("Helpdesk Administrator")], &both), None);
        assert!(role_needed(&[role("Reports Reader")], &both).is_some());
    }

    #[test]
    fn readers_and_inviters_are_not_privileged_and_unknown_roles_are() {
        for (name, privileged) in [
            ("Directory Readers", false),
            ("Guest Inviter", false),
            ("Password Administrator", true),
            ("Helpdesk Administrator", true),
            ("another", true),
        ] {
            assert_eq!(role(name).is_privileged(), privileged, "{name}");
        }
        assert_eq!(
            Role::of_id(" 62E90394-69F5-4237-9190-012177145E10").to_string(),
            "Global Administrator"
        );
    }
}
