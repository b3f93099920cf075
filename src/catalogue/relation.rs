//! Other people a user is tied to.
//!
//! <https://learn.microsoft.com/graph/api/user-post-manager>,
//! <https://learn.microsoft.com/graph/api/user-delete-manager>.

use super::entry::{DIRECTORY, editable};
use super::{Attribute, Kind, Permissions, ReadRule, Section, WriteRule};

pub(super) const ATTRIBUTES: &[Attribute] = &[Attribute {
    read: ReadRule::Expand {
        navigation: "manager",
    },
    write: WriteRule::Reference {
        navigation: "manager",
    },
    write_permission: Permissions {
        least: &[&["User.ReadWrite.All"]],
        also: DIRECTORY,
    },
    note: "Written in a request of its own; emptying the cell removes the manager.",
    ..editable(Section::JobInformation, "manager", "Manager", Kind::Reference)
}];
