//! Rows without a user that become new ones.
//!
//! Whoever makes users by a sheet must say so (`--allow create`). Even then a row that names nobody is no new user by itself: a
//! misspelt name would make a second account. It must carry neither an id nor an export, and everything a new user needs.
//! <https://learn.microsoft.com/graph/api/user-post-users>

mod taken;
mod twice;
mod whole;

use std::collections::{HashMap, HashSet};

use ring::digest;

use thin_vec::thin_vec;

use super::domains::unverified_name;
use super::edit::Edit;
use super::invitation::goes_with_invitation;
use super::key_value::{Holders, some_of, what_they_hold};
use super::{
    Change, CheckedCell, CheckedRow, Directory, Extent, Finding, KeyValue, NameTemplate, Reference, UpnKey,
    UserChanges, UserId, UserKey, UserState, Value, invitee_id, shorten,
};
use crate::catalogue::{self, Attribute, WriteRule};
use twice::{OnePerson, two_people};
pub(super) use whole::{hold_back_in_part, joiners_as_holders};

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

/// The new user that a value points to, with the name.
pub fn newcomer_in(value: &Value) -> Option<(UserId, &str)> {
    match value {
        Value::Reference(Reference { id, upn: Some(upn) })
            if *id == newcomer_id(upn) || *id == invitee_id(upn) =>
        {
            Some((*id, upn))
        }
        _ => None,
    }
}

/// Whether the change is part of the request that makes its user.
pub(super) fn is_at_birth(user: &UserChanges, change: &Change) -> bool {
    match &user.invitation {
        Some(_) => goes_with_invitation(change),
        None => {
            user.is_new
                && change.attribute.at_birth
                && matches!(change.attribute.write, WriteRule::MainPatch(_))
        }
    }
}

/// How rows that name nobody make a user.
#[derive(Debug, Clone, Copy, Default)]
pub struct Joining<'c> {
    /// Makes the name of a row that has a key and none; without it such a row is an error.
    pub names: Option<&'c NameTemplate>,
}

/// The rows that make a user, by their index, and these users as they will begin: with nothing.
#[derive(Debug, Default)]
pub(super) struct Joiners {
    pub rows: HashMap<usize, UserId>,
    pub users: Vec<UserState>,
    /// What each gets although no cell asks for it: the key by which the row is found again, and a name made for it.
    pub given: HashMap<UserId, Vec<Change>>,
}

impl Joiners {
    /// Finds them. What keeps a row from being one is added to it.
    pub fn find(rows: &mut [CheckedRow], directory: &Directory, joining: Joining<'_>) -> Joiners {
        taken::refuse(rows, directory);
        let mut joiners = Joiners::default();
        let mut disputed: HashSet<UserId> = HashSet::new();
        let mut twice = Vec::new();
        let new: Vec<Option<Name>> = rows.iter().map(|row| new_name(row, directory)).collect();
        let mut one_person = OnePerson::find(rows, &new);
        let mut names: HashSet<UserKey> = rows.iter().filter_map(|row| row.wanted_name().cloned()).collect();
        for ((index, row), name) in rows.iter_mut().enumerate().zip(new) {
            let Some(name) = name else {
                continue;
            };
            let mut findings = objections(row, directory, &name);
            findings.extend(one_person.objections.remove(&index));
            let first = one_person.same_as.get(&index);
            if let Some(id) = first.and_then(|first| joiners.rows.get(first)).copied() {
                joiners.rows.insert(index, id);
                continue;
            }
            let made = match (&name, joining.names) {
                (Name::Missing, Some(template)) if findings.is_empty() => {
                    let free = made_names(row, template).into_iter().find(|name| {
                        let key = UserKey::Upn(UpnKey::new(name));
                        directory.find(&key).is_none()
                            && directory.not_shown(&key).is_none()
                            && names.insert(key)
                    });
                    match &free {
                        None => findings.push(no_name(row, template)),
                        Some(name) => findings.extend(unverified_name(name, directory)),
                    }
                    free
                }
                _ => None,
            };
            if !findings.is_empty() {
                for finding in findings {
                    row.add_finding(finding.at(row.place()));
                }
                continue;
            }
            let Some(name) = name.text().or_else(|| made.clone()) else {
                continue;
            };
            let id = newcomer_id(&name);
            let given = given(row, made);
            match joiners.given.get(&id) {
                Some(known) if *known != given => {
                    disputed.insert(id);
                    twice.push(index);
                    continue;
                }
                Some(_) => {}
                None => {
                    joiners.given.insert(id, given);
                    joiners.users.push(UserState {
                        id,
                        upn: name,
                        synced: None,
                        restricted: false,
                        agent: false,
                        values: thin_vec![Value::Empty; directory.columns().len()],
                        unread: Default::default(),
                    });
                }
            }
            joiners.rows.insert(index, id);
        }
        let rivals = joiners.rows.iter().filter(|(_, id)| disputed.contains(id));
        twice.extend(rivals.map(|(index, _)| *index));
        twice.sort_unstable();
        for index in twice {
            joiners.rows.remove(&index);
            if let Some(row) = rows.get_mut(index) {
                row.add_finding(two_people(row).at(row.place()));
            }
        }
        joiners
    }
}

/// What a row about nobody says of the name.
enum Name {
    Given(String),
    /// There is a key and no name.
    Missing,
}

impl Name {
    fn text(&self) -> Option<String> {
        match self {
            Name::Given(name) => Some(name.clone()),
            Name::Missing => None,
        }
    }
}

/// The name of a row that is about nobody who is there; `None` when it is about somebody, or cannot be read.
fn new_name(row: &CheckedRow, directory: &Directory) -> Option<Name> {
    let acts = |cell: &CheckedCell| cell.attribute.account_part().is_some();
    // An action is for somebody who is there: a leaver whose name is misspelt is no joiner.
    if row.is_held()
        || row.has_base()
        || row.id().is_some()
        || row.has_action()
        || row.cells().iter().any(acts)
    {
        return None;
    }
    if let Some(key) = row.key()
        && !matches!(key.holders(directory), Holders::None { near } if near.is_empty())
    {
        return None;
    }
    match row.wanted_name() {
        // Whom the service does not show is there all the same.
        Some(wanted) if directory.find(wanted).is_some() || directory.not_shown(wanted).is_some() => None,
        Some(_) => set(row, "userPrincipalName").map(|value| Name::Given(value.to_cell())),
        None if row.key().is_some() && !row.has_upn() => Some(Name::Missing),
        None => None,
    }
}

/// The names a template makes of a row.
pub(super) fn made_names(row: &CheckedRow, template: &NameTemplate) -> Vec<String> {
    template.names(|attribute| text_of(row, attribute))
}

fn text_of<'r>(row: &'r CheckedRow, attribute: &Attribute) -> Option<&'r str> {
    match set(row, attribute.name) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}

impl CheckedRow {
    /// The names that a template would make for this row, if it brings none and may be about somebody new.
    pub fn names_by(&self, template: &NameTemplate) -> Vec<String> {
        if self.id().is_none() && !self.has_upn() && self.key().is_some() && !self.has_base() {
            made_names(self, template)
        } else {
            Vec::new()
        }
    }
}

impl CheckedRow {
    /// Whether the row looks as if it were about a new user: `--allow create` would make one of it, or ask for little more.
    pub(super) fn may_be_a_joiner(&self) -> bool {
        let is_new = self.id().is_none() && !self.has_base() && !self.has_action();
        is_new && self.wanted_name().is_some() && set(self, "displayName").is_some()
    }
}

fn no_name(row: &CheckedRow, template: &NameTemplate) -> Finding {
    if let Some(attribute) = template.unreadable(|attribute| text_of(row, attribute)) {
        return Finding::error(
            "joiner-no-name",
            Extent::Row,
            format!(
                "no name is made of the Chinese characters in `{}` of {}: nobody knows how they are read, and a Japanese name would be written as if it were Chinese",
                attribute.name,
                row.label()
            ),
            "write a `userPrincipalName` into the row, in Latin letters",
        );
    }
    let parts: Vec<&str> = template.attributes().map(|attribute| attribute.name).collect();
    Finding::error(
        "joiner-no-name",
        Extent::Row,
        format!("no free name could be made of `{template}` for {}", row.label()),
        format!(
            "write a `userPrincipalName` into the row, or fill what the name is made of: {}",
            parts.join(", ")
        ),
    )
}

/// What a new user gets although no cell asks for it.
fn given(row: &CheckedRow, name: Option<String>) -> Vec<Change> {
    let change = |attribute, text: String| Change {
        attribute,
        before: Value::Empty,
        after: Value::Text(text),
    };
    let name = catalogue::by_name("userPrincipalName").zip(name);
    let key = row.key().filter(|key| key.attribute().is_writable());
    name.map(|(attribute, name)| change(attribute, name))
        .into_iter()
        .chain(key.map(|key| change(key.attribute(), key.text().to_owned())))
        .collect()
}

/// The value a row sets.
fn set<'r>(row: &'r CheckedRow, name: &str) -> Option<&'r Value> {
    row.cells().iter().find_map(|cell| match &cell.edit {
        Edit::Set(value) if cell.attribute.name == name => Some(value),
        _ => None,
    })
}

/// What keeps a row from making a user.
fn objections(row: &CheckedRow, directory: &Directory, name: &Name) -> Vec<Finding> {
    let mut findings = Vec::new();
    let missing: Vec<&str> = REQUIRED
        .into_iter()
        .filter(|needed| set(row, needed).is_none())
        .filter(|needed| *needed != "userPrincipalName" || matches!(name, Name::Given(_)))
        .collect();
    if !missing.is_empty() {
        findings.push(Finding::error(
            "joiner-incomplete",
            Extent::Row,
            format!(
                "nobody is `{}`, and for a new user the row lacks: {}",
                row.label(),
                missing.join(", ")
            ),
            "fill these cells if a user is to be made; correct the name if somebody who is there is meant",
        ));
    }
    // Without a cell that was meant, the account would not be the one that was asked for, and nothing would look again.
    if row.findings().iter().any(Finding::is_error) {
        findings.push(Finding::error(
            "joiner-incomplete",
            Extent::Row,
            format!("nobody is `{}`, and cells of the row have errors", row.label()),
            "correct them first: a new user is made whole or not at all",
        ));
    }
    // One person, two accounts: the number is the one thing that does not change with the name.
    let number = catalogue::by_name("employeeId").zip(set(row, "employeeId"));
    let key = number.and_then(|(attribute, value)| KeyValue::new(attribute, &value.to_cell()));
    let belongs = key.as_ref().and_then(|key| match key.holders(directory) {
        Holders::One(user) => Some(format!("belongs to `{}`", shorten(&user.upn))),
        Holders::Several(users) => Some(format!("belongs to {}", some_of(&users))),
        Holders::None { near } if near.is_empty() => None,
        Holders::None { near } => Some(format!(
            "is nearly one that is there: {}",
            what_they_hold(key, &near, directory)
        )),
    });
    if let Some((key, belongs)) = key.as_ref().zip(belongs) {
        findings.push(Finding::error(
            "joiner-is-there",
            Extent::Row,
            format!(
                "nobody is `{}`, but the employeeId `{}` {belongs}",
                row.label(),
                shorten(key.text())
            ),
            "correct the name if that user is meant; give a new user a number of its own",
        ));
    }
    findings
}

/// Adds what a new user gets without being asked for: what was `given`, and an alias made from the name.
pub(super) fn completed(upn: &str, given: &[Change], changes: &mut Vec<Change>) {
    for change in given {
        if changes.iter().all(|known| known.attribute != change.attribute) {
            changes.push(change.clone());
        }
    }
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
