//! The guards' limits, and what a feed may be allowed.

use super::Judge;
use crate::domain::{Limit, Permission, UserKey, shorten};
use crate::feed::judged::FeedLimits;
use crate::feed::near::suggestion;
use crate::feed::settings::{FeedSettings, LimitText};

/// What nobody watching may be allowed, each with the reason.
const NEVER: [(Permission, &str); 14] = [
    (
        Permission::Invite,
        "a feed invites nobody; a mail cannot be called back",
    ),
    (
        Permission::Delete,
        "a feed deletes nobody; it switches accounts off, and a person deletes them",
    ),
    (
        Permission::Restore,
        "a feed brings nobody back; a person decides that",
    ),
    (Permission::RevokeSessions, "no rule of a feed asks for it"),
    (Permission::ResetPassword, "no rule of a feed asks for it"),
    (
        Permission::Identities,
        "how people sign in is not for an HR system to say",
    ),
    (
        Permission::Protected,
        "the protected list is there for what nobody watches",
    ),
    (
        Permission::OwnAccount,
        "a feed that changes the account it runs as can lock itself out",
    ),
    (
        Permission::Emptied,
        "an emptied column is what a broken export looks like; a person applies that",
    ),
    (
        Permission::Shuffled,
        "values on other people are what a shifted export looks like; a person applies that",
    ),
    (
        Permission::PasswordsInSheet,
        "a file that lies about every night is no place for passwords",
    ),
    (
        Permission::UnknownRoles,
        "unattended, nobody would see that administrators are written",
    ),
    (
        Permission::Roles,
        "a feed gives and takes no roles: who may write the file would appoint administrators",
    ),
    (
        Permission::PrivilegedRoles,
        "a feed gives and takes no roles: who may write the file would appoint administrators",
    ),
];

/// Why a feed can never be allowed something, by its word.
pub fn never_allowed(word: &str) -> Option<&'static str> {
    let (_, permission) = Permission::NAMES.iter().find(|(name, _)| *name == word)?;
    let (_, reason) = NEVER.iter().find(|(never, _)| never == permission)?;
    Some(reason)
}

impl Judge {
    pub(super) fn allowed(&mut self, settings: &FeedSettings) -> Vec<Permission> {
        let mut allowed = Vec::new();
        let known: Vec<&str> = Permission::NAMES
            .iter()
            .filter(|(_, permission)| NEVER.iter().all(|(never, _)| never != permission))
            .map(|(word, _)| *word)
            .collect();
        for (number, word) in (1..).zip(&settings.guards.allow) {
            let key = format!("guards.allow.{number}");
            let permission = Permission::NAMES.iter().find(|(name, _)| name == word);
            let Some((_, permission)) = permission else {
                self.problem(
                    &key,
                    format!("`{}` is nothing that can be allowed", shorten(word)),
                    suggestion(word, &known),
                );
                continue;
            };
            match NEVER.iter().find(|(never, _)| never == permission) {
                Some((_, reason)) => self.problem(
                    &key,
                    format!("a feed can never be allowed `{word}`: {reason}"),
                    format!("remove it; a feed can be allowed {}", known.join(", ")),
                ),
                None => allowed.push(*permission),
            }
        }
        allowed
    }

    pub(super) fn limits(&mut self, settings: &FeedSettings) -> FeedLimits {
        let own = &settings.guards;
        let mut read = |name: &str, limit: &Option<LimitText>| {
            let limit = limit.as_ref()?;
            self.limit(&format!("guards.{name}"), limit)
        };
        FeedLimits {
            users: read("max-users", &own.max_users),
            column: read("max-column", &own.max_column),
            clears: read("max-clears", &own.max_clears),
            same_value: read("max-same-value", &own.max_same_value),
            enables: read("max-enables", &own.max_enables),
            licenses: read("max-licenses", &own.max_licenses),
        }
    }

    /// The feed's own list, read as the profile's is.
    pub(super) fn protected(&mut self, settings: &FeedSettings) -> Vec<UserKey> {
        let mut keys = Vec::new();
        for (number, name) in (1..).zip(&settings.guards.protected) {
            match UserKey::parse(name) {
                Some(key) => keys.push(key),
                None => self.problem(
                    &format!("guards.protected.{number}"),
                    // Its text may be somebody's name, and this stands in messages: the number tells which one it is.
                    "the entry is neither a userPrincipalName nor an object id",
                    "write a name like `ceo@contoso.com`, or an object id, which stays when the name changes",
                ),
            }
        }
        keys
    }

    pub(super) fn limit(&mut self, key: &str, limit: &LimitText) -> Option<Limit> {
        match Limit::parse(&limit.text()) {
            Ok(limit) => Some(limit),
            Err(reason) => {
                self.problem(
                    key,
                    reason,
                    "write a number like `200`, or a share between quotes like `\"5%\"`",
                );
                None
            }
        }
    }

    /// An action needs its word, so that a file of settings cannot do what its guards do not say.
    pub(super) fn needs(&mut self, settings: &FeedSettings, key: &str, permission: Permission, what: &str) {
        let word = Permission::NAMES.iter().find(|(_, own)| *own == permission);
        let Some((word, _)) = word else { return };
        if settings.guards.allow.iter().all(|allowed| allowed != word) {
            self.problem(
                key,
                format!("{what}, and `guards.allow` does not have `{word}`"),
                format!("write `allow = [\"{word}\"]` under [guards] if that is meant"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_can_be_allowed_is_decided_about() {
        let kept = Permission::NAMES
            .iter()
            .filter(|(_, permission)| NEVER.iter().all(|(never, _)| never != permission))
            .map(|(word, _)| *word);
        assert_eq!(
            kept.collect::<Vec<_>>(),
            ["create", "disable", "rename", "admins", "licenses", "seats"],
            "a new permission is for a feed, or it stands in NEVER with its reason"
        );
    }
}
