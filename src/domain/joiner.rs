//! Rows without a user that become new ones.
//!
//! Whoever makes users by a sheet must say so (`--allow create`). Even then a row that names nobody is no new user by itself: a
//! misspelt name would make a second account. It must carry neither an id nor an export, and everything a new user needs.
//! <https://learn.microsoft.com/graph/api/user-post-users>

use std::collections::HashMap;

use ring::digest;

use super::edit::Edit;
use super::key_value::Holders;
use super::{
    Change, CheckedCell, CheckedRow, Directory, Extent, Finding, KeyValue, UserId, UserKey, UserState, Value,
    shorten,
};
use crate::catalogue::{self, Attribute};

/// What a row must say of a new user. The fifth thing the service wants, the alias, comes from the name where the row has none.
const REQUIRED: [&str; 3] = ["userPrincipalName", "displayName", "accountEnabled"];

/// The identity of a user who is still to be made: only this tool uses it, and only until the service has given one.
///
/// It is made from the name, so that a run that goes on later means the same person by it.
pub fn newcomer_id(upn: &str) -> UserId {
    let digest = digest::digest(
        &digest::SHA256,
        format!("newcomer\n{}", upn.to_lowercase()).as_bytes(),
    );
    let mut bytes = [0; 16];
    for (byte, from) in bytes.iter_mut().zip(digest.as_ref()) {
        *byte = *from;
    }
    // Version 8, for a scheme of one's own: the service's own ids are of version 4 (RFC 9562, section 5.8).
    bytes[6] = (bytes[6] & 0x0F) | 0x80;
    bytes[8] = (bytes[8] & 0x3F) | 0x80;
    UserId::from_bytes(bytes)
}

/// The rows that make a user, by their index, and these users as they will begin: with nothing.
#[derive(Debug, Default)]
pub(super) struct Joiners {
    pub rows: HashMap<usize, UserId>,
    pub users: Vec<UserState>,
}

impl Joiners {
    /// Finds them. What keeps a row from being one is added to it.
    pub fn find(rows: &mut [CheckedRow], directory: &Directory) -> Joiners {
        let mut joiners = Joiners::default();
        for (index, row) in rows.iter_mut().enumerate() {
            let Some(name) = new_name(row, directory) else {
                continue;
            };
            let findings = objections(row, directory);
            if !findings.is_empty() {
                for finding in findings {
                    row.add_finding(finding.at(row.place()));
                }
                continue;
            }
            let id = newcomer_id(&name);
            joiners.rows.insert(index, id);
            if joiners.users.iter().all(|known| known.id != id) {
                joiners.users.push(UserState {
                    id,
                    upn: name,
                    synced: None,
                    restricted: false,
                    agent: false,
                    values: vec![Value::Empty; directory.columns().len()],
                    unread: Vec::new(),
                });
            }
        }
        joiners
    }
}

/// The name a row gives to nobody who is there; `None` when the row is about somebody, or cannot be read.
fn new_name(row: &CheckedRow, directory: &Directory) -> Option<String> {
    let acts = |cell: &CheckedCell| cell.attribute.account_part().is_some();
    if row.is_held() || row.has_base() || row.id().is_some() || row.cells().iter().any(acts) {
        return None;
    }
    if let Some(key) = row.key()
        && !matches!(key.holders(directory), Holders::None { near } if near.is_empty())
    {
        return None;
    }
    let Some(UserKey::Upn(wanted)) = row.wanted_name() else {
        return None;
    };
    if directory.find(&UserKey::Upn(wanted.clone())).is_some() {
        return None;
    }
    set(row, "userPrincipalName").map(Value::to_cell)
}

/// The value a row sets.
fn set<'r>(row: &'r CheckedRow, name: &str) -> Option<&'r Value> {
    row.cells().iter().find_map(|cell| match &cell.edit {
        Edit::Set(value) if cell.attribute.name == name => Some(value),
        _ => None,
    })
}

/// What keeps a row from making a user.
fn objections(row: &CheckedRow, directory: &Directory) -> Vec<Finding> {
    let mut findings = Vec::new();
    let missing: Vec<&str> = REQUIRED
        .into_iter()
        .filter(|name| set(row, name).is_none())
        .collect();
    if !missing.is_empty() {
        findings.push(Finding::error(
            "joiner-incomplete",
            Extent::Row,
            format!(
                "nobody has the userPrincipalName `{}`, and for a new user the row lacks: {}",
                row.label(),
                missing.join(", ")
            ),
            "fill these cells if a user is to be made; correct the name if somebody who is there is meant",
        ));
    }
    // One person, two accounts: the number is the one thing that does not change with the name.
    let number = catalogue::by_name("employeeId").zip(set(row, "employeeId"));
    if let Some((attribute, value)) = number
        && let Some(key) = KeyValue::new(attribute, &value.to_cell())
        && let Holders::One(user) = key.holders(directory)
    {
        findings.push(Finding::error(
            "joiner-is-there",
            Extent::Row,
            format!(
                "nobody has the userPrincipalName `{}`, but the employeeId `{}` belongs to `{}`",
                row.label(),
                shorten(key.text()),
                shorten(&user.upn)
            ),
            "correct the name if that user is meant; give a new user a number of its own",
        ));
    }
    findings
}

/// What a new user gets without being asked for: an alias, made from the name.
pub(super) fn completed(upn: &str, changes: &mut Vec<Change>) {
    let has_alias = changes
        .iter()
        .any(|change| change.attribute.name == "mailNickname");
    let Some(attribute) = catalogue::by_name("mailNickname").filter(|_| !has_alias) else {
        return;
    };
    let local = upn.split('@').next().unwrap_or_default();
    let alias: String = local
        .chars()
        .filter(|letter| letter.is_ascii_alphanumeric() || ".-_".contains(*letter))
        .take(64)
        .collect();
    if !alias.is_empty() {
        changes.push(Change {
            attribute,
            before: Value::Empty,
            after: Value::Text(alias),
        });
    }
}

/// Whether the service documents that an attribute is taken when a user is made; the others follow in a request of their own.
pub(super) fn is_taken_at_birth(attribute: &Attribute) -> bool {
    !matches!(
        attribute.name,
        "employeeLeaveDateTime" | "customSecurityAttributes"
    )
}
