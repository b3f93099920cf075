//! One identity belongs to one user: issuer and issuerAssignedId together are unique in a tenant.
//! <https://learn.microsoft.com/graph/api/resources/objectidentity>

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{Hash, Hasher};

use super::{IDENTITIES, NAME, parts};
use crate::domain::edit::Edit;
use crate::domain::{
    CheckedRow, Directory, Extent, Finding, Plan, UserChanges, UserId, Value, shorten, split_items,
};

/// By what an identity is told from all others, as it is written. Issuers are compared without case, and so is what they assigned
/// where that is an address; any other text may be told apart by its case, as the name of a SAML issuer is.
#[derive(Debug, Clone)]
pub struct IdentityKey {
    pub issuer: String,
    pub assigned: String,
}

impl PartialEq for IdentityKey {
    fn eq(&self, other: &IdentityKey) -> bool {
        self.compared() == other.compared()
    }
}

impl Eq for IdentityKey {}

impl Hash for IdentityKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.compared().hash(state);
    }
}

impl PartialOrd for IdentityKey {
    fn partial_cmp(&self, other: &IdentityKey) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for IdentityKey {
    fn cmp(&self, other: &IdentityKey) -> Ordering {
        self.compared().cmp(&other.compared())
    }
}

/// Issuers of the identities by which guests are known, beside the domain of their address and the tenant itself.
/// <https://learn.microsoft.com/entra/external-id/user-properties>
const GUEST_ISSUERS: [&str; 3] = ["mail", "google.com", "facebook.com"];

/// Who may have issued the identity of a guest with this address, as far as that can be asked for: the tenant (`own`, its default
/// domain), the organization of the address, and those who do that for anybody.
pub fn guest_issuers<'a>(address: &'a str, own: Option<&'a str>) -> Vec<&'a str> {
    let domain = address.rsplit('@').next().unwrap_or_default();
    std::iter::once(domain).chain(GUEST_ISSUERS).chain(own).collect()
}

/// So many issuers are asked for one address.
pub const GUEST_ISSUERS_MAX: usize = GUEST_ISSUERS.len() + 2;

/// The addresses by which the identities of a user tell that it is a guest, or a local account, with them.
pub(in crate::domain) fn identity_addresses(value: &Value) -> impl Iterator<Item = String> {
    let items = match value {
        Value::List(items) => items.as_slice(),
        _ => &[],
    };
    let name = items
        .iter()
        .filter_map(|item| parts(item))
        .find(|one| one.sign_in_type == NAME);
    let own = name.map(|name| name.issuer);
    let others = items
        .iter()
        .filter_map(|item| parts(item))
        .filter(|one| one.sign_in_type != NAME);
    others
        .filter(move |one| {
            let mut issuers = guest_issuers(one.assigned, own).into_iter();
            let is_told = one.sign_in_type == "emailAddress"
                || issuers.any(|issuer| issuer.eq_ignore_ascii_case(one.issuer));
            one.assigned.contains('@') && is_told
        })
        .map(|one| one.assigned.to_lowercase())
}

impl IdentityKey {
    /// The identity that an issuer gave this name.
    pub fn new(issuer: &str, assigned: &str) -> IdentityKey {
        IdentityKey {
            issuer: issuer.to_owned(),
            assigned: assigned.to_owned(),
        }
    }

    fn compared(&self) -> (String, Cow<'_, str>) {
        let assigned = match self.assigned.contains('@') {
            true => Cow::Owned(self.assigned.to_lowercase()),
            false => Cow::Borrowed(self.assigned.as_str()),
        };
        (self.issuer.to_lowercase(), assigned)
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

/// Said of rows that give identities of which it could not be read whether somebody has them.
pub fn identities_not_known(rows: &[CheckedRow], directory: &Directory) -> Option<Finding> {
    let unknown = directory.unknown_identities();
    let mut wanted = rows.iter().flat_map(CheckedRow::new_identities);
    let key = wanted.find(|key| unknown.contains(key))?;
    Some(Finding::warning(
        "identities-not-known",
        Extent::Column,
        format!(
            "the sheet gives identities such as `{}`, and the service did not tell whether somebody has them: whether one is taken is not known",
            shown(&key)
        ),
        "nothing to do if they are right: the service refuses an identity that somebody else has; try again to let the plan tell beforehand",
    ))
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
