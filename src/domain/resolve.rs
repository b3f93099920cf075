//! The value a cell wants, with the user it points to looked up.

use std::collections::HashMap;

use super::appointing;
use super::edit::Edit;
use super::key_value::{Holders, some_of, what_they_hold};
use super::licensing;
use super::unread::not_shown;
use super::{
    CheckedCell, CheckedRow, Directory, Extent, Finding, KeyValue, UpnKey, UserId, UserKey, UserState, Value,
    shorten,
};
use crate::catalogue::{Kind, WriteRule};

/// Names that users of this sheet have not yet, or have no longer, and the name each of them has now.
pub(super) struct OtherNames<'d> {
    names: HashMap<UpnKey, OtherName>,
    /// Guests by the addresses by which rows name them.
    guests: HashMap<UpnKey, UserId>,
    /// Where whoever is named by a value is looked for.
    holders: &'d Directory,
}

struct OtherName {
    now: String,
    /// This sheet gives it; otherwise it is the one that was exported.
    is_wanted: bool,
}

impl<'d> OtherNames<'d> {
    /// `users` are those of the rows; `holders` is the directory in which new users hold what they will.
    pub(super) fn of(
        rows: &[CheckedRow],
        users: &[Option<&UserState>],
        holders: &'d Directory,
    ) -> OtherNames<'d> {
        let mut names = HashMap::new();
        let mut guests = HashMap::new();
        for (row, user) in rows.iter().zip(users) {
            let Some(user) = user else { continue };
            let mut add = |name: &UpnKey, is_wanted| {
                if !name.is(&user.upn) {
                    let now = user.upn.clone();
                    names.insert(name.clone(), OtherName { now, is_wanted });
                }
            };
            if let Some(address) = row.guest_address() {
                guests.insert(UpnKey::new(address), user.id);
            }
            if let Some(name) = row.upn_unless(&user.upn) {
                add(&name, false);
            }
            if let Some(UserKey::Upn(name)) = row.wanted_name() {
                add(name, true);
            }
        }
        OtherNames {
            names,
            guests,
            holders,
        }
    }

    /// The guest whom a row names by this address, which is a name of nobody.
    fn guest<'u>(&self, key: &UserKey, directory: &'u Directory) -> Option<&'u UserState> {
        let UserKey::Upn(address) = key else { return None };
        directory.user(self.guests.get(address)?)
    }

    /// What is said of a cell that names somebody so.
    fn unknown(&self, name: &UpnKey) -> Option<Box<Finding>> {
        let OtherName { now, is_wanted } = self.names.get(name)?;
        let (now, text) = (shorten(now), shorten(name.as_str()));
        let (message, help) = if *is_wanted {
            (
                format!("no user of the directory is `{text}` yet: this sheet gives the name to `{now}`"),
                format!(
                    "write `{now}` here; who is named in a cell is kept by id, and shows under the new name after the rename"
                ),
            )
        } else {
            (
                format!(
                    "no user of the directory is `{text}` any more: the user was exported so, and is `{now}` now"
                ),
                format!("write `{now}` here"),
            )
        };
        Some(Box::new(
            Finding::error("unknown-reference", Extent::Cell, message, help).found(name.as_str()),
        ))
    }
}

/// # Errors
/// The cell points to nobody, to more than one user, or to its own user.
pub(super) fn resolve(
    cell: &CheckedCell,
    user: &UserState,
    directory: &Directory,
    names: &OtherNames<'_>,
) -> Result<Value, Box<Finding>> {
    let target = match &cell.edit {
        Edit::Clear => return Ok(Value::Empty),
        Edit::Set(value) if cell.attribute.write == WriteRule::Licences => {
            return licensing::settled(value, directory);
        }
        Edit::Set(value) if cell.attribute.write == WriteRule::Roles => {
            return appointing::settled(value, directory);
        }
        Edit::Set(Value::List(items)) if matches!(cell.attribute.kind, Kind::References { .. }) => {
            let known = directory.value(user, cell.attribute.name);
            return people(items, &known, user, directory, names);
        }
        Edit::Set(value) => return Ok(value.clone()),
        Edit::Refer(key) => found(key, directory, names)?,
        Edit::ReferHolder(key) => holder(key, names.holders)?,
    };
    if target.id == user.id {
        let message = "a user cannot be the manager of themselves";
        return Err(Box::new(Finding::error(
            "own-manager",
            Extent::Cell,
            message,
            "name another user",
        )));
    }
    Ok(Value::Reference(target.reference()))
}

fn found<'d>(
    key: &UserKey,
    directory: &'d Directory,
    names: &OtherNames<'_>,
) -> Result<&'d UserState, Box<Finding>> {
    let there = directory.find(key).or_else(|| names.guest(key, directory));
    there.ok_or_else(|| {
        if let Some(finding) = not_shown(key, Extent::Cell, directory) {
            return finding;
        }
        let name = match key {
            UserKey::Id(id) => id.to_string(),
            UserKey::Upn(upn) => match names.unknown(upn) {
                Some(finding) => return finding,
                None => upn.as_str().to_owned(),
            },
        };
        unknown(
            &name,
            "correct the name or id; it must be a user of this directory".to_owned(),
        )
    })
}

/// Several users by name or id. Whom the cell has already stays, also who is no user.
fn people(
    items: &[String],
    known: &Value,
    user: &UserState,
    directory: &Directory,
    names: &OtherNames,
) -> Result<Value, Box<Finding>> {
    let mut people = Vec::with_capacity(items.len());
    for item in items {
        let Some(key) = UserKey::parse(item) else {
            return Err(unknown(item, "write the userPrincipalName or the id".to_owned()));
        };
        if let Some(one) = known.pointed_to().iter().find(|one| key.names(one)) {
            people.push(one.clone());
            continue;
        }
        let target = found(&key, directory, names)?;
        if target.id == user.id {
            return Err(Box::new(
                Finding::error(
                    "own-sponsor",
                    Extent::Cell,
                    "a user cannot be a sponsor of themselves",
                    "name other users",
                )
                .found(item),
            ));
        }
        people.push(target.reference());
    }
    Ok(Value::references(people))
}

fn unknown(name: &str, help: String) -> Box<Finding> {
    let message = format!("no user of the directory is `{}`", shorten(name));
    Box::new(Finding::error("unknown-reference", Extent::Cell, message, help).found(name))
}

/// The one user who holds a value.
fn holder<'d>(key: &KeyValue, directory: &'d Directory) -> Result<&'d UserState, Box<Finding>> {
    let name = key.attribute().name;
    match key.holders(directory) {
        Holders::One(user) => Ok(user),
        Holders::Several(users) => Err(Box::new(
            Finding::error(
                "ambiguous-reference",
                Extent::Cell,
                format!(
                    "{} users have the {name} `{}`: {}",
                    users.len(),
                    shorten(key.text()),
                    some_of(&users)
                ),
                "write the userPrincipalName of the one who is meant",
            )
            .found(key.text()),
        )),
        Holders::None { near } => Err(unknown(
            key.text(),
            if near.is_empty() {
                format!("no user has this {name}; the userPrincipalName is always certain")
            } else {
                format!(
                    "the directory has the {name} {}; write it exactly so if that is meant",
                    what_they_hold(key, &near, directory)
                )
            },
        )),
    }
}
