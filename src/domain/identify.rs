//! Whom a row is about, and whether that is beyond doubt.

use std::collections::{HashMap, HashSet};

use super::build::shown;
use super::former::by_former_name;
use super::key_value::{Holders, some_of, what_they_hold};
use super::unread::not_shown;
use super::{CheckedRow, Directory, Extent, Finding, KeyValue, UserId, UserKey, UserState, shorten};

/// Finds the user of each row; whoever cannot be found with certainty is a finding.
pub(super) fn find_users<'d>(
    rows: &mut [CheckedRow],
    directory: &'d Directory,
    joiners: &HashMap<usize, UserId>,
) -> Vec<Option<&'d UserState>> {
    let made: HashSet<UserId> = joiners.values().copied().collect();
    rows.iter_mut()
        .enumerate()
        .map(|(index, row)| {
            if row.is_held() {
                return None;
            }
            if let Some(joiner) = joiners.get(&index) {
                return directory.user(joiner);
            }
            if let Some(finding) = hidden(row, directory) {
                row.add_finding(*finding);
                return None;
            }
            match find_user(row, directory) {
                // Another row makes this one, and an action is for somebody who is there.
                Ok(user) if row.has_action() && made.contains(&user.id) => {
                    let finding = unknown_name(row);
                    row.add_finding(*finding);
                    None
                }
                Ok(user) => match not_shown(&UserKey::Id(user.id), Extent::Row, directory) {
                    None => Some(user),
                    Some(finding) => {
                        let place = row.place();
                        row.add_finding(finding.at(place));
                        None
                    }
                },
                Err(finding) => {
                    row.add_finding(*finding);
                    None
                }
            }
        })
        .collect()
}

/// A key of the row, or the name it wants, is of somebody whom the service does not show.
fn hidden(row: &CheckedRow, directory: &Directory) -> Option<Box<Finding>> {
    if !directory.hides_somebody() {
        return None;
    }
    let id = row.id().map(UserKey::Id);
    let name = row.upn().map(|name| UserKey::Upn(name.into_owned()));
    let keys = id.iter().chain(&name).chain(row.wanted_name());
    let mut findings = keys.filter_map(|key| not_shown(key, Extent::Row, directory));
    findings.next().map(|finding| Box::new(finding.at(row.place())))
}

fn find_user<'d>(row: &CheckedRow, directory: &'d Directory) -> Result<&'d UserState, Box<Finding>> {
    let unknown = |what: String, help: &str| {
        Box::new(Finding::error("unknown-user", Extent::Row, what, help).at(row.place()))
    };
    // The name is looked at only where nothing else says who is meant.
    let name = if row.id().is_none() { row.upn() } else { None };
    let (found_by, user) = match (row.id(), row.key(), name) {
        (Some(id), _, _) if row.moves_account() => {
            let user = directory.anywhere(&id).ok_or_else(|| {
                unknown(
                    format!(
                        "neither among the users nor among the deleted ones is anybody with the id `{id}`"
                    ),
                    "the user was deleted for good, more than 30 days ago, or the sheet is of another tenant",
                )
            })?;
            ("id", user)
        }
        (Some(id), _, _) => {
            let user = match directory.user(&id) {
                None if row.cells().is_empty() => directory.named(&id),
                user => user,
            };
            let user = user.ok_or_else(|| {
                unknown(
                    format!("no user of the directory has the id `{id}`"),
                    "the user was deleted, or the sheet is of another tenant; delete the row or check the tenant",
                )
            })?;
            ("id", user)
        }
        (None, Some(key), _) => (key.attribute().name, by_key(row, key, directory)?),
        (None, None, Some(name)) if row.former_name().is_some() => {
            ("userPrincipalName", by_former_name(row, &name, directory)?)
        }
        (None, None, upn) => {
            let user = upn.and_then(|upn| directory.find(&UserKey::Upn(upn.into_owned())));
            ("userPrincipalName", user.ok_or_else(|| unknown_name(row))?)
        }
    };
    // With a base the name is an edit like any other; without one it is a second key, and two keys must agree.
    let other_name = row.name_is_key() && row.upn().is_some_and(|upn| !upn.is(&user.upn));
    let held = |key: &KeyValue| directory.value(user, key.attribute().name);
    let other_key = row.key().filter(|key| !key.is(&held(key)));
    let disagrees = match other_key {
        Some(key) => Some((
            format!("has the {} {}", key.attribute().name, shown(&held(key).to_cell())),
            key.attribute().name,
            shorten(key.text()),
            "correct one of them; to change the key itself, use the sheet without `--key`",
        )),
        None if other_name => Some((
            format!("is the user `{}`", shorten(&user.upn)),
            "userPrincipalName",
            row.label().into_owned(),
            "correct one of them; to rename a user, edit an exported sheet that still has its `_snapshot` column",
        )),
        None => None,
    };
    if let Some((is, column, says, help)) = disagrees {
        let message = if column == "userPrincipalName" {
            format!("`{found_by}` {is}, but `{column}` says `{says}`")
        } else {
            format!(
                "`{found_by}` is the user `{}`, who {is}, but `{column}` says `{says}`",
                shorten(&user.upn)
            )
        };
        return Err(Box::new(
            Finding::error("keys-disagree", Extent::Row, message, help).at(row.place()),
        ));
    }
    // Ids sorted apart from their rows look like this, and then none of the other cells is about this user either.
    let taken = row
        .wanted_name()
        .and_then(|name| directory.find(name))
        .filter(|other| other.id != user.id);
    if let Some(other) = taken {
        return Err(Box::new(
            Finding::error(
                "name-taken",
                Extent::Row,
                format!(
                    "`{found_by}` is the user `{}`, but `{}` is somebody else's userPrincipalName",
                    shorten(&user.upn),
                    shorten(&other.upn)
                ),
                "put the exported name back if the rows were mixed up, or choose another name",
            )
            .at(row.place())
            .column("userPrincipalName"),
        ));
    }
    Ok(user)
}

/// Nobody has the name in the row.
fn unknown_name(row: &CheckedRow) -> Box<Finding> {
    let help = if row.moves_account() {
        "who is deleted already needs no row; correct the name if somebody else is meant"
    } else if row.has_action() {
        "correct the name, or delete the row if the user is gone; a row with an `_action` makes no user"
    } else if row.may_be_a_joiner() {
        "correct the name, or delete the row if the user is gone; `--allow create` makes a user of the row"
    } else {
        "correct the name, or delete the row if the user is gone"
    };
    let message = format!(
        "no user of the directory has the userPrincipalName `{}`",
        row.label()
    );
    Box::new(Finding::error("unknown-user", Extent::Row, message, help).at(row.place()))
}

/// The one user who holds the row's key.
fn by_key<'d>(
    row: &CheckedRow,
    key: &KeyValue,
    directory: &'d Directory,
) -> Result<&'d UserState, Box<Finding>> {
    let (name, text) = (key.attribute().name, shorten(key.text()));
    let (rule, message, help) = match key.holders(directory) {
        Holders::One(user) => return Ok(user),
        Holders::Several(users) => (
            "ambiguous-key",
            format!("{} users have the {name} `{text}`: {}", users.len(), some_of(&users)),
            "put the `id` or the `userPrincipalName` of the one who is meant into the row".to_owned(),
        ),
        Holders::None { near } if near.is_empty() => (
            "unknown-user",
            format!("no user of the directory has the {name} `{text}`"),
            "correct the key, or delete the row if the user is gone".to_owned(),
        ),
        Holders::None { near } => (
            "near-key",
            format!(
                "no user of the directory has the {name} `{text}`, but there is {}",
                what_they_hold(key, &near, directory)
            ),
            "write the key exactly as the directory has it, if that user is meant; a spreadsheet takes zeros away"
                .to_owned(),
        ),
    };
    Err(Box::new(
        Finding::error(rule, Extent::Row, message, help)
            .at(row.place())
            .column(name)
            .found(key.text()),
    ))
}

/// Two users cannot get one name; which of them did would be chance.
pub(super) fn settle_names(rows: &mut [CheckedRow], users: &[Option<&UserState>]) {
    let mut wanted: HashMap<UserKey, Vec<usize>> = HashMap::new();
    for (index, row) in rows.iter().enumerate() {
        if let (Some(name), Some(_)) = (row.wanted_name(), users[index]) {
            wanted.entry(name.clone()).or_default().push(index);
        }
    }
    for indexes in wanted.into_values() {
        let mut people: Vec<UserId> = indexes
            .iter()
            .filter_map(|&index| users[index].map(|user| user.id))
            .collect();
        people.sort();
        people.dedup();
        if people.len() < 2 {
            continue;
        }
        for index in indexes {
            let finding = Finding::error(
                "name-wanted-twice",
                Extent::Row,
                "another row wants the same userPrincipalName for another user",
                "give each user a name of their own",
            )
            .at(rows[index].place())
            .column("userPrincipalName");
            rows[index].add_finding(finding);
        }
    }
}
