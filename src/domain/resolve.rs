//! The value a cell wants, with the user it points to looked up.

use super::edit::Edit;
use super::key_value::{Holders, some_of, what_they_hold};
use super::{CheckedCell, Directory, Extent, Finding, KeyValue, UserKey, UserState, Value, shorten};

/// # Errors
/// The cell points to nobody, to more than one user, or to its own user.
pub(super) fn resolve(
    cell: &CheckedCell,
    user: &UserState,
    directory: &Directory,
) -> Result<Value, Box<Finding>> {
    let target = match &cell.edit {
        Edit::Clear => return Ok(Value::Empty),
        Edit::Set(value) => return Ok(value.clone()),
        Edit::Refer(key) => directory.find(key).ok_or_else(|| {
            let name = match key {
                UserKey::Id(id) => id.to_string(),
                UserKey::Upn(upn) => upn.as_str().to_owned(),
            };
            unknown(
                &name,
                "correct the name or id; it must be a user of this directory".to_owned(),
            )
        })?,
        Edit::ReferHolder(key) => holder(key, directory)?,
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
