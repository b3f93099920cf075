//! A value that was not read is not an empty one.

use super::appointing::is_roles;
use super::operation::whole_parent;
use super::{Directory, Extent, Finding, UserKey, UserState, shorten};
use crate::catalogue::{self, Attribute};

/// An attribute that must be known before this one can be written, and was not read.
pub(super) fn unread(
    attribute: &'static Attribute,
    user: &UserState,
    directory: &Directory,
) -> Option<&'static Attribute> {
    // Without the roles of the tenant nobody knows which one a cell means, and which are privileged.
    if is_roles(attribute) && directory.roles().is_none() {
        return Some(attribute);
    }
    let parent = whole_parent(attribute);
    catalogue::all()
        .chain(catalogue::account_attributes())
        .chain(own(attribute))
        .filter(|other| *other == attribute || (parent.is_some() && whole_parent(other) == parent))
        .filter(|needed| needed.name != "userPrincipalName")
        .find(|needed| !directory.columns().contains(needed) || directory.is_unread(user, needed.name))
}

/// What the catalogue does not list: an attribute of the tenant's own, and the leaves beside it.
pub(super) fn own(attribute: &'static Attribute) -> impl Iterator<Item = &'static Attribute> {
    let own = attribute.extension.map(|_| attribute);
    own.into_iter().chain(catalogue::sibling_leaves(attribute))
}

/// The service refused to show this user: nobody knows what is there, nor that nobody is.
pub(super) fn not_shown(key: &UserKey, extent: Extent, directory: &Directory) -> Option<Box<Finding>> {
    let reason = directory.not_shown(key)?;
    let name = match key {
        UserKey::Id(id) => id.to_string(),
        UserKey::Upn(upn) => upn.as_str().to_owned(),
    };
    Some(Box::new(Finding::error(
        "user-not-shown",
        extent,
        format!(
            "the service refused to show the user `{}`: {}",
            shorten(&name),
            reason.trim_end_matches('.')
        ),
        "check that the sign-in may read this user, or go on without the row (`--skip-errors`)",
    )))
}

/// A value that was not read looks like an empty one, and would be written over.
pub(super) fn not_read(attribute: &Attribute) -> Finding {
    Finding::error(
        "not-read",
        Extent::Cell,
        format!(
            "the present value of `{}` is not known, so this cell cannot be written safely",
            attribute.name
        ),
        "check that the sign-in may read it (`dirsheet columns` names the permission), or remove the column",
    )
}
