//! What is read beside an attribute that is written, because the write needs it.

use crate::catalogue::{self, Attribute, PatchPlace, PhoneType, Resource, WriteRule};
use crate::domain::Columns;

/// What decides whether a licence can be given or taken.
const BESIDE_LICENCES: [&str; 2] = ["usageLocation", "licenseAssignmentStates"];

/// Leaves that must be sent together are read together, and so are the mobile number for signing in and the alternate one, of which
/// one needs the other and which come in one answer. In catalogue order, so that equal sheets ask equal questions.
pub(super) fn with_siblings(attributes: &[&'static Attribute]) -> Columns {
    let parents: Vec<&str> = attributes
        .iter()
        .filter_map(|attribute| parent(attribute))
        .collect();
    let licences = attributes.iter().any(|one| one.write == WriteRule::Licences);
    catalogue::all()
        .chain(catalogue::account_attributes())
        .filter(|known| {
            attributes.contains(known)
                || (licences && BESIDE_LICENCES.contains(&known.name))
                || parent(known).is_some_and(|parent| parents.contains(&parent))
        })
        .collect()
}

fn parent(attribute: &Attribute) -> Option<&'static str> {
    match attribute.write {
        WriteRule::MainPatch(PatchPlace::WholeParent { parent, .. }) => Some(parent),
        WriteRule::Resource(resource @ Resource::Phone(PhoneType::Mobile | PhoneType::AlternateMobile)) => {
            Some(resource.path())
        }
        _ => None,
    }
}
