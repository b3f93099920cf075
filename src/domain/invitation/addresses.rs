//! The addresses of users, to see who is there already.

use std::collections::HashSet;

use super::guest_name_start;
use crate::domain::identities::identity_addresses;
use crate::domain::{Columns, Directory, There, UserState, Value};

/// Addresses, to ask of a user whether it has one of them.
#[derive(Debug, Default)]
pub struct Addresses {
    addresses: HashSet<String>,
    names: HashSet<String>,
}

impl Addresses {
    /// Takes in addresses in any capitals.
    pub fn of<'a>(addresses: impl IntoIterator<Item = &'a String>) -> Addresses {
        let mut all = Addresses::default();
        for address in addresses {
            all.addresses.insert(address.to_lowercase());
            all.names.insert(guest_name_start(address).to_lowercase());
        }
        all
    }

    /// Those that nobody in the directory has.
    pub fn nobodys<'a>(
        addresses: impl IntoIterator<Item = &'a String>,
        directory: &Directory,
    ) -> Vec<&'a String> {
        let mut held = HashSet::new();
        for user in directory.all() {
            let (addresses, name) = held_by(user, directory.columns());
            held.extend(addresses.into_iter().chain([name]));
        }
        let is_held = |address: &str| {
            held.contains(&address.to_lowercase()) || held.contains(&guest_name_start(address).to_lowercase())
        };
        addresses
            .into_iter()
            .filter(|address| !is_held(address))
            .collect()
    }

    /// Whether the user has one of the addresses, as `mail`, as one of `otherMails`, in its identities, or by the form of its name.
    pub fn hold(&self, user: &UserState, columns: &Columns) -> bool {
        if self.addresses.is_empty() {
            return false;
        }
        let (addresses, name) = held_by(user, columns);
        self.names.contains(&name) || addresses.iter().any(|address| self.addresses.contains(address))
    }
}

/// The addresses of a user in small letters, and what its name begins with as a guest's does.
pub(super) fn held_by(user: &UserState, columns: &Columns) -> (Vec<String>, String) {
    let mut addresses = vec![user.upn.to_lowercase()];
    if let Some(Value::Text(mail)) = user.value(columns, "mail") {
        addresses.push(mail.to_lowercase());
    }
    if let Some(Value::List(mails)) = user.value(columns, "otherMails") {
        addresses.extend(mails.iter().map(|mail| mail.to_lowercase()));
    }
    if let Some(identities) = user.value(columns, "identities") {
        addresses.extend(identity_addresses(identities));
    }
    let upn = user.upn.to_lowercase();
    let name = upn
        .split_once("#ext#@")
        .map(|(name, _)| format!("{name}#ext#@"))
        .unwrap_or_default();
    (addresses, name)
}

/// As what a user is there: `userType` says it, and where it does not the form of the name.
pub(super) fn as_what(user: &UserState, directory: &Directory) -> There {
    let kind = directory.value(user, "userType").to_cell();
    let is_guest = kind.eq_ignore_ascii_case("Guest") || (kind.is_empty() && is_named_as_guest(user));
    if is_guest { There::Guest } else { There::Member }
}

/// A guest who was made a member keeps the name.
fn is_named_as_guest(user: &UserState) -> bool {
    user.upn.to_lowercase().contains("#ext#@")
}

/// Somebody of the tenant itself, who was never invited.
pub(super) fn is_own_member(user: &UserState, directory: &Directory) -> bool {
    as_what(user, directory) == There::Member && !is_named_as_guest(user)
}
