//! How each attribute is read.

use dirsheet::catalogue::{Kind, OptIn, ReadOnlyReason, ReadRule, Resource, WriteRule};

use super::{assert_agreement, first_level, same};

#[test]
fn reading_selects_first_level_names_and_asks_for_the_costly_ones() {
    assert_agreement(|attribute, row| {
        let notes = row["notes"].as_str();
        let opt_in = if notes.contains("drops the max page size") {
            Some(OptIn::SmallPages)
        } else if notes.contains("READ also needs") || notes.contains("reading needs") {
            Some(OptIn::OwnPermission)
        } else {
            None
        };
        let parent = first_level(attribute.name);
        let documented = match opt_in {
            Some(reason) => ReadRule::ListOptIn {
                select: parent,
                reason,
            },
            None if attribute.write == WriteRule::ReadOnly(ReadOnlyReason::Secret) => ReadRule::Never,
            None if attribute.section.title() == "Authentication" => match attribute.write {
                WriteRule::Resource(resource) => ReadRule::Resource(resource),
                _ => return Err("has no resource".to_owned()),
            },
            None if row["returned_by_default"].contains("/directory/roleAssignments") => {
                ReadRule::RoleAssignments
            }
            None if row["returned_by_default"].contains("/photo/$value") => {
                ReadRule::Resource(Resource::Photo)
            }
            None if row["returned_by_default"].contains("GET /users/{id}/sponsors") => {
                ReadRule::Resource(Resource::Sponsors)
            }
            None if attribute.kind == Kind::Reference => ReadRule::Expand { navigation: parent },
            None if row["single_user_only"] == "yes" => ReadRule::SingleUser { select: parent },
            None => ReadRule::List { select: parent },
        };
        same("read rule", attribute.read, documented)
    });
}
