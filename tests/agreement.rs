//! The client's catalogue against the sandbox's schema: two tables written apart, from the same documents.
//!
//! Each is held against `tests/facts/user-attributes.csv` elsewhere; here the two meet, so that a mistake in one cannot be
//! cancelled out by the same mistake in the other.

use dirsheet::catalogue::{
    self, Attribute, ClearRule, Kind, Mastery, PatchPlace, ReadRule, Sensitivity, WriteRule,
};
use dirsheet::sandbox::schema::{self, Property};

/// The property of the sandbox that holds an attribute; relations and what lies below a user have none.
fn property(attribute: &Attribute) -> Option<&'static Property> {
    // What lies below a user has an address and rules of its own there, and no property.
    if let WriteRule::Resource(_) = attribute.write {
        return None;
    }
    let outer = attribute.name.split('.').next().unwrap_or(attribute.name);
    schema::slot(outer).and_then(schema::property)
}

/// What is written under an address of its own has rules of its own there, whatever property shows it.
fn has_an_address(attribute: &Attribute) -> bool {
    matches!(attribute.write, WriteRule::Licences | WriteRule::Roles)
}

fn is_relation(attribute: &Attribute) -> bool {
    matches!(attribute.read, ReadRule::Expand { .. } | ReadRule::Resource(_))
}

/// Runs a comparison over all attributes with a property and fails with every difference at once.
fn compare(what: &str, differs: impl Fn(&Attribute, &Property) -> Option<String>) {
    let differences: Vec<String> = catalogue::all()
        .filter(|attribute| !has_an_address(attribute))
        .filter_map(|attribute| {
            differs(attribute, property(attribute)?).map(|how| format!("{}: {how}", attribute.name))
        })
        .collect();
    assert!(differences.is_empty(), "{what}:\n{}", differences.join("\n"));
}

#[test]
fn every_attribute_the_client_selects_exists_in_the_sandbox() {
    let missing: Vec<&str> = catalogue::all()
        .filter(|attribute| !is_relation(attribute) && property(attribute).is_none())
        .map(|attribute| attribute.name)
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn whatever_the_client_writes_the_sandbox_takes() {
    compare(
        "writable in the catalogue, refused by the sandbox",
        |attribute, property| {
            (attribute.is_writable() && !property.updatable).then(|| "the sandbox refuses it".to_owned())
        },
    );
}

#[test]
fn both_agree_on_what_may_be_cleared() {
    compare("clearing", |attribute, property| {
        // A leaf is cleared inside its parent, and only the parent is a property of the sandbox.
        if !attribute.is_writable() || attribute.name.contains('.') {
            return None;
        }
        let clearable = attribute.clear != ClearRule::Never;
        (clearable != property.clearable)
            .then(|| format!("client {clearable}, sandbox {}", property.clearable))
    });
}

#[test]
fn both_agree_on_the_longest_text() {
    compare("lengths", |attribute, property| {
        let max = match attribute.kind {
            Kind::Text { max } | Kind::Email { max } => max.map(usize::from),
            Kind::Phone { max } | Kind::MailNickname { max } => Some(usize::from(max)),
            _ => return None,
        };
        let max = max.filter(|max| *max != usize::from(catalogue::NO_LIMIT));
        let leaf = attribute.name.contains('.');
        (!leaf && attribute.is_writable() && max != property.max)
            .then(|| format!("client {max:?}, sandbox {:?}", property.max))
    });
}

#[test]
fn both_agree_on_what_is_sensitive() {
    compare("sensitive", |attribute, property| {
        let sensitive = attribute.sensitivity == Sensitivity::Sensitive;
        (attribute.is_writable() && sensitive != property.sensitive)
            .then(|| format!("client {sensitive}, sandbox {}", property.sensitive))
    });
}

#[test]
fn both_agree_on_what_is_mastered_on_premises() {
    compare("mastered on premises", |attribute, property| {
        let mastered = match attribute.mastery {
            Mastery::OnPremises | Mastery::OnPremisesOnce => true,
            Mastery::Cloud => false,
            Mastery::Unknown => return None,
        };
        (attribute.is_writable() && mastered != property.mastered)
            .then(|| format!("client {mastered}, sandbox {}", property.mastered))
    });
}

#[test]
fn a_written_name_is_the_property_or_a_leaf_of_it() {
    let wrong: Vec<&str> = catalogue::all()
        .filter(|attribute| match attribute.write {
            WriteRule::MainPatch(
                PatchPlace::Leaf { parent, leaf } | PatchPlace::WholeParent { parent, leaf },
            ) => attribute.name != format!("{parent}.{leaf}"),
            WriteRule::MainPatch(PatchPlace::Property) => attribute.name.contains('.'),
            _ => false,
        })
        .map(|attribute| attribute.name)
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}
