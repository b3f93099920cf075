//! What is read beside an attribute that is written, because the write needs it.

use crate::catalogue::{self, Attribute, PatchPlace, PhoneType, Resource, WriteRule};
use crate::domain::Columns;

/// What decides whether a licence can be given or taken.
const BESIDE_LICENCES: [&str; 2] = ["usageLocation", "licenseAssignmentStates"];

/// Leaves that must be sent together are read together, and so are the mobile number for signing in and the alternate one, of which
/// one needs the other and which come in one answer, and the age group and the consent for a minor, which only together say
/// something. In catalogue order, so that equal sheets ask equal questions.
pub(super) fn with_siblings(attributes: &[&'static Attribute]) -> Columns {
    let parents: Vec<&str> = attributes
        .iter()
        .filter_map(|attribute| parent(attribute))
        .collect();
    let licences = attributes.iter().any(|one| one.write == WriteRule::Licences);
    let mut wanted: Vec<&'static Attribute> = catalogue::all()
        .chain(catalogue::account_attributes())
        .filter(|known| {
            attributes.contains(known)
                || (licences && BESIDE_LICENCES.contains(&known.name))
                || parent(known).is_some_and(|parent| parents.contains(&parent))
        })
        .collect();
    // The catalogue does not list what the tenant made for itself.
    let own = attributes
        .iter()
        .copied()
        .filter(|attribute| attribute.extension.is_some());
    for attribute in own.flat_map(|own| std::iter::once(own).chain(catalogue::sibling_leaves(own))) {
        if !wanted.contains(&attribute) {
            wanted.push(attribute);
        }
    }
    wanted.into()
}

fn parent(attribute: &Attribute) -> Option<&'static str> {
    match attribute.write {
        WriteRule::MainPatch(PatchPlace::WholeParent { parent, .. }) => Some(parent),
        WriteRule::Resource(resource @ Resource::Phone(PhoneType::Mobile | PhoneType::AlternateMobile)) => {
            Some(resource.path())
        }
        _ if ["ageGroup", "consentProvidedForMinor"].contains(&attribute.name) => Some("ageGroup"),
        _ => None,
    }
}
