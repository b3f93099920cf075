//! All entries together, and the version of what they mean.

use super::{
    Attribute, authentication, contact, extension, identity, job, profile, relation, role, settings,
};

/// Raised whenever an entry changes meaning; a plan made with another version is refused.
pub const VERSION: u32 = 2;

/// All entries, in the order in which columns are shown and exported.
pub fn all() -> impl Iterator<Item = &'static Attribute> {
    [
        identity::ATTRIBUTES,
        job::ATTRIBUTES,
        relation::ATTRIBUTES,
        contact::ATTRIBUTES,
        settings::ATTRIBUTES,
        extension::ATTRIBUTES,
        authentication::ATTRIBUTES,
        profile::ATTRIBUTES,
        role::ATTRIBUTES,
    ]
    .into_iter()
    .flatten()
}

/// The entry with this Graph name, in exactly this spelling.
pub fn by_name(name: &str) -> Option<&'static Attribute> {
    all().find(|attribute| attribute.name == name)
}
