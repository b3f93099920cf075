//! Refusals that show only beside the caller: permissions of the token, and roles. The changes are taken out of the plan
//! before anything is sent; the others of the row stay.

use std::collections::HashMap;

use super::joiner::is_at_birth;
use super::operation::whole_parent;
use super::roles::{role_needed, sign_in_role_needed};
use super::{
    Change, Companion, ForeseenReason, Plan, Role, RoleHolders, UserChanges, UserId, invitee_id, newcomer_in,
};
use crate::catalogue::{Attribute, Sensitivity, WriteRule};

/// Lets an application write the profile of the person who is signed in, and nobody else's.
/// <https://learn.microsoft.com/graph/permissions-reference#userreadwrite>
const OWN_PROFILE: &str = "User.ReadWrite";

/// With it an application has been reported to write the profile store, which the documents exclude: then it is tried.
const REPORTED_TO_HELP: &str = "Sites.ReadWrite.All";

/// Each of them is enough to make users.
const CREATE: [&str; 3] = ["User.Create", "User.ReadWrite.All", "Directory.ReadWrite.All"];

const CREATE_IN_WORDS: &str = "User.Create, or User.ReadWrite.All";

/// Each of them is enough to invite guests.
const INVITE: [&str; 3] = ["User.Invite.All", "User.ReadWrite.All", "Directory.ReadWrite.All"];

const INVITE_IN_WORDS: &str = "User.Invite.All";

/// What is known of whoever is signed in.
#[derive(Debug, Clone, Copy, Default)]
pub struct Caller<'a> {
    /// The permissions in the token; none when it does not tell, and then none is missed.
    pub granted: &'a [String],
    /// Its roles, those for a part of the directory included; `None` when they are not known.
    pub roles: Option<&'a [Role]>,
    /// Whether it is certain that an application is signed in, and no person.
    pub is_application: bool,
    /// The account of the person.
    pub own: Option<UserId>,
}

impl Caller<'_> {
    /// Whether the profile store is documented to refuse this caller.
    fn is_kept_out_of_profiles(&self) -> bool {
        self.is_application
            && !self.granted.is_empty()
            && !self.granted.iter().any(|name| name == REPORTED_TO_HELP)
    }

    /// Whether users may be made or invited, with all that they begin with, or that is not certain; as for [`Caller::may_write`].
    /// <https://learn.microsoft.com/graph/api/user-post-users#permissions>,
    /// <https://learn.microsoft.com/graph/api/invitation-post#permissions>
    fn may_make(&self, needed: &[&str]) -> bool {
        self.granted.is_empty()
            || self.granted.iter().any(|name| needed.contains(&name.as_str()))
            || self.has_a_role()
    }

    fn has_a_role(&self) -> bool {
        let holds = |roles: &[Role]| roles.iter().any(Role::is_privileged);
        self.is_application && self.roles.is_some_and(holds)
    }

    /// The permission without which this change is certainly refused; `None` where none is missed.
    pub fn lacks_for(&self, user: &UserChanges, change: &Change) -> Option<String> {
        // Nothing can be written of, or point to, whoever is not made.
        let of_newcomer = user.is_new || newcomer_in(&change.after).is_some();
        let is_guest = if user.is_new {
            user.invitation.is_some()
        } else {
            newcomer_in(&change.after).is_some_and(|(id, upn)| id == invitee_id(upn))
        };
        let (needed, in_words): (&[&str], _) = if is_guest {
            (&INVITE, INVITE_IN_WORDS)
        } else {
            (&CREATE, CREATE_IN_WORDS)
        };
        if of_newcomer && !self.may_make(needed) {
            return Some(in_words.to_owned());
        }
        let may = is_at_birth(user, change) || self.may_write(&user.user, change.attribute);
        (!may).then(|| change.attribute.write_permission.in_words())
    }

    /// Whether this attribute of this user may be written, or that is not certain. Certain is a missing permission only
    ///
    /// - of an application without a role that could stand in for it: an application may get what it needs from permissions or
    ///   from roles, a person needs both (<https://learn.microsoft.com/graph/permissions-overview>);
    /// - and not for the person's own profile, where that is granted.
    pub fn may_write(&self, user: &UserId, attribute: &Attribute) -> bool {
        let is_own = self.own.as_ref() == Some(user);
        self.granted.is_empty()
            || attribute.write_permission.covered_by(self.granted)
            || self.has_a_role()
            || (is_own && self.granted.iter().any(|name| name == OWN_PROFILE))
    }
}

/// What refusals are foreseen from.
#[derive(Debug, Clone, Copy)]
pub struct Foresight<'a> {
    pub caller: Caller<'a>,
    /// Who holds roles.
    pub roles: &'a RoleHolders,
}

impl Foresight<'_> {
    /// Why the service would refuse this change, and what would be needed.
    fn refusal(&self, user: &UserChanges, change: &Change) -> Option<(ForeseenReason, String)> {
        if let Some(needed) = self.caller.lacks_for(user, change) {
            return Some((ForeseenReason::PermissionMissing, needed));
        }
        // What goes with the user in one request goes whole.
        if is_at_birth(user, change) {
            return None;
        }
        if change.attribute.write == WriteRule::ProfilePatch && self.caller.is_kept_out_of_profiles() {
            return Some((ForeseenReason::ProfileStore, String::new()));
        }
        if change.takes_role() && self.caller.own == Some(user.user) {
            return Some((ForeseenReason::OwnRole, String::new()));
        }
        // An application needs a role even for people who hold none.
        if change.sets_password()
            && self
                .caller
                .roles
                .is_some_and(|roles| !roles.iter().any(Role::is_privileged))
        {
            return Some((ForeseenReason::RoleMissing, "User Administrator".to_owned()));
        }
        if change.attribute.sensitivity != Sensitivity::Sensitive {
            return None;
        }
        let (caller, target) = (self.caller.roles?, self.roles.of(&user.user));
        let role = if change.attribute.is_masked() {
            sign_in_role_needed(caller, target)
        } else {
            role_needed(caller, target)
        }?;
        Some((ForeseenReason::AdminProtected, role.to_owned()))
    }
}

impl Plan {
    /// Withholds what the service would refuse to this caller.
    pub fn foresee(&mut self, foresight: Foresight<'_>) {
        let before = self.withheld.len();
        self.withhold(|user, change| foresight.refusal(user, change));
        if self.withheld.len() == before {
            return;
        }
        // A part of a structure that stays must travel with the value it has now.
        let mut stay: HashMap<UserId, Vec<Companion>> = HashMap::new();
        for one in &self.withheld {
            stay.entry(one.user).or_default().push(Companion {
                attribute: one.change.attribute,
                value: one.change.before.clone(),
            });
        }
        for user in &mut self.users {
            let stay = stay.remove(&user.user).unwrap_or_default();
            let is_known = |known: &[Companion], one: &Companion| {
                known.iter().any(|other| other.attribute == one.attribute)
            };
            for one in stay {
                if !is_known(&user.companions, &one) {
                    user.companions.push(one);
                }
            }
            let changes = &user.changes;
            user.companions.retain(|companion| {
                changes
                    .iter()
                    .any(|change| companion_of(change.attribute, companion.attribute))
            });
        }
    }
}

/// Whether the second must be sent when the first is, because what is left out would be lost.
fn companion_of(sent: &Attribute, other: &Attribute) -> bool {
    sent != other && whole_parent(sent).is_some() && whole_parent(sent) == whole_parent(other)
}

#[cfg(test)]
mod tests {
    use super::super::{PersonFacts, Value};
    use super::*;
    use crate::catalogue;

    #[test]
    fn nobody_loses_a_role_by_a_sheet_they_apply_and_may_get_one() {
        let own = UserId::from_bytes([7; 16]);
        let other = UserId::from_bytes([8; 16]);
        let roles = Value::List(vec!["Reports Reader".to_owned()]);
        for (caller, before, after, refused) in [
            (Some(own), &roles, &Value::Empty, true),
            (Some(own), &Value::Empty, &roles, false),
            (Some(other), &roles, &Value::Empty, false),
            (None, &roles, &Value::Empty, false),
        ] {
            let user = UserChanges {
                user: own,
                upn: String::new(),
                person: PersonFacts::default(),
                row: 2,
                changes: Vec::new(),
                companions: Default::default(),
                is_new: false,
                invitation: None,
            };
            let change = Change {
                attribute: catalogue::by_name("directoryRoles").unwrap(),
                before: before.clone(),
                after: after.clone(),
            };
            let foresight = Foresight {
                caller: Caller {
                    own: caller,
                    ..Caller::default()
                },
                roles: &RoleHolders::NotAsked,
            };
            let told = foresight.refusal(&user, &change).map(|(reason, _)| reason);
            assert_eq!(told, refused.then_some(ForeseenReason::OwnRole), "{caller:?}");
        }
    }
}
