//! The directory roles of a user, given directly and for the whole directory.
//!
//! <https://learn.microsoft.com/graph/api/rbacapplication-post-roleassignments>,
//! <https://learn.microsoft.com/graph/api/rbacapplication-list-roleassignments>.

use super::entry::editable;
use super::{
    Attribute, ClearRule, Kind, Mastery, NO_LIMIT, Permissions, ReadRule, Section, Spread, WriteRule,
};

pub(super) const ATTRIBUTES: &[Attribute] = &[Attribute {
    read: ReadRule::RoleAssignments,
    write: WriteRule::Roles,
    clear: ClearRule::Null,
    mastery: Mastery::Cloud,
    spread: Spread::Individual,
    read_permission: Permissions {
        least: &[&["RoleManagement.Read.Directory"]],
        also: &[
            "RoleManagement.Read.All",
            "Directory.Read.All",
            "RoleManagement.ReadWrite.Directory",
            "Directory.ReadWrite.All",
        ],
    },
    write_permission: Permissions {
        least: &[&["RoleManagement.ReadWrite.Directory"]],
        also: &[],
    },
    at_birth: false,
    note: "Roles by name or template id, those for the whole directory that the user has directly; written only with `--allow roles`, \
           privileged ones with `--allow privileged-roles` as well. Roles through a group or for a part of the directory are left alone.",
    ..editable(
        Section::Identity,
        "directoryRoles",
        "Assigned roles",
        Kind::TextList {
            items_max: NO_LIMIT,
            item_max: NO_LIMIT,
        },
    )
}];
