//! Other people a user is tied to.
//!
//! <https://learn.microsoft.com/graph/api/user-post-manager>,
//! <https://learn.microsoft.com/graph/api/user-delete-manager>, <https://learn.microsoft.com/graph/api/user-post-sponsors>,
//! <https://learn.microsoft.com/graph/api/user-delete-sponsors>.

use super::entry::{DIRECTORY, editable};
use super::{Attribute, Kind, Mastery, Permissions, ReadRule, Resource, Section, WriteRule};

/// The attribute that names one other user.
pub const MANAGER: &str = "manager";

/// The most sponsors of one user, as is generally said.
const SPONSORS_MAX: u16 = 5;

pub(super) const ATTRIBUTES: &[Attribute] = &[
    Attribute {
        read: ReadRule::Expand { navigation: MANAGER },
        write: WriteRule::Reference { navigation: MANAGER },
        write_permission: Permissions {
            least: &[&["User.ReadWrite.All"]],
            also: DIRECTORY,
        },
        note: "Written in a request of its own; emptying the cell removes the manager.",
        ..editable(Section::JobInformation, MANAGER, "Manager", Kind::Reference)
    },
    Attribute {
        read: ReadRule::Resource(Resource::Sponsors),
        write: WriteRule::Resource(Resource::Sponsors),
        mastery: Mastery::Cloud,
        write_permission: Permissions {
            least: &[&["User.ReadWrite.All"]],
            also: DIRECTORY,
        },
        at_birth: false,
        note: "Usually of a guest. Each sponsor is given and taken in a request of its own. A group that is a sponsor stands in the cell by \
           its id and can be kept or taken away, not added.",
        ..editable(
            Section::JobInformation,
            "sponsors",
            "Sponsors",
            Kind::References {
                items_max: SPONSORS_MAX,
            },
        )
    },
];
