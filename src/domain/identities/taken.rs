//! One identity belongs to one user: issuer and issuerAssignedId together are unique in a tenant.
//! <https://learn.microsoft.com/graph/api/resources/objectidentity>

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{IDENTITIES, NAME, parts};
use crate::domain::edit::Edit;
use crate::domain::{
    CheckedRow, Directory, Extent, Finding, Plan, UserChanges, UserId, Value, shorten, split_items,
};

/// By what an identity is told from all others, in small letters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IdentityKey {
    pub issuer: String,
    pub assigned: String,
}

impl IdentityKey {
    /// The identity that an issuer gave this name.
    pub fn new(issuer: &str, assigned: &str) -> IdentityKey {
        IdentityKey {
            issuer: issuer.to_lowercase(),
            assigned: assigned.to_lowercase(),
        }
    }

    /// Of an item of a cell. The userPrincipalName is looked after as a name, and an item without a last part is nobody's.
    fn of(item: &str) -> Option<IdentityKey> {
        let one = parts(item)?;
        (one.sign_in_type != NAME && !one.assigned.is_empty())
            .then(|| IdentityKey::new(one.issuer, one.assigned))
    }

    /// All of a value.
    pub fn all_of(value: &Value) -> impl Iterator<Item = IdentityKey> {
        let items = match value {
            Value::List(items) => items.as_slice(),
            _ => &[],
        };
        items.iter().filter_map(|item| IdentityKey::of(item))
    }
}

impl CheckedRow {
    /// The identities that the row adds to what was exported.
    pub fn new_identities(&self) -> Vec<IdentityKey> {
        let mut cells = self.cells().iter().filter(|_| !self.is_held());
        let Some(cell) = cells.find(|cell| cell.attribute.name == IDENTITIES) else {
            return Vec::new();
        };
        let Edit::Set(value) = &cell.edit else {
            return Vec::new();
        };
        let base = cell
            .base
            .as_deref()
            .map(split_items)
            .and_then(Result::ok)
            .unwrap_or_default();
        let had: HashSet<IdentityKey> = base.iter().filter_map(|item| IdentityKey::of(item)).collect();
        IdentityKey::all_of(value)
            .filter(|key| !had.contains(key))
            .collect()
    }
}

/// What a user of a plan gets.
fn added(user: &UserChanges) -> Vec<IdentityKey> {
    let mut changes = user.changes.iter();
    let Some(change) = changes.find(|change| change.attribute.name == IDENTITIES) else {
        return Vec::new();
    };
    let had: HashSet<IdentityKey> = IdentityKey::all_of(&change.before).collect();
    IdentityKey::all_of(&change.after)
        .filter(|key| !had.contains(key))
        .collect()
}

/// The users of a plan who would get an identity that somebody else has or gets.
pub(super) fn taken(plan: &Plan, directory: &Directory) -> HashMap<UserId, Finding> {
    let mut wanted: BTreeMap<IdentityKey, Vec<&UserChanges>> = BTreeMap::new();
    for user in &plan.users {
        for key in added(user) {
            wanted.entry(key).or_default().push(user);
        }
    }
    let mut told = HashMap::new();
    if wanted.is_empty() {
        return told;
    }
    for holder in directory.all() {
        for key in IdentityKey::all_of(&directory.value(holder, IDENTITIES)) {
            for user in wanted
                .get(&key)
                .into_iter()
                .flatten()
                .filter(|user| user.user != holder.id)
            {
                let message = format!("`{}` is an identity of `{}`", shown(&key), shorten(&holder.upn));
                told.entry(user.user).or_insert_with(|| finding(&message));
            }
        }
    }
    for (key, users) in &wanted {
        for user in users {
            if let Some(other) = users.iter().find(|other| other.user != user.user) {
                let message = format!(
                    "row {} gives the identity `{}` to `{}` as well",
                    other.row,
                    shown(key),
                    shorten(&other.upn)
                );
                told.entry(user.user).or_insert_with(|| finding(&message));
            }
        }
    }
    told
}

fn shown(key: &IdentityKey) -> String {
    shorten(&format!("{}|{}", key.issuer, key.assigned))
}

fn finding(message: &str) -> Finding {
    Finding::error(
        "identity-taken",
        Extent::Cell,
        format!("{message}, and an identity belongs to one user"),
        "leave it to one of them; one that moves is taken from its user first, in a run of its own",
    )
}
