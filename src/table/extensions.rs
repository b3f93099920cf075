//! Headers that mean attributes which the tenant made for itself, by their full name or by the short one.

use strsim::osa_distance;

use super::forms::key;
use super::header::Header;
use super::options::ToldBy;
use super::vocabulary::{Meaning, Vocabulary};
use crate::catalogue::{
    Attribute, DataType, Extension, SECURITY_ATTRIBUTES, is_directory_extension, is_tenants_own,
    set_and_name, short_name,
};
use crate::domain::{Extent, Finding, Place};

/// How many names are offered for one that the tenant does not have.
const OFFERED_MAX: usize = 3;

impl Vocabulary {
    /// Adds the tenant's own attributes. A short name counts when it is nothing else and means one of them only.
    pub(super) fn add_extensions(&mut self) {
        let attributes = self.extensions.attributes.clone();
        let taken: Vec<bool> = attributes
            .iter()
            .map(|attribute| short_name(attribute).is_none_or(|short| self.is_taken(&key(short))))
            .collect();
        for attribute in &attributes {
            self.add(attribute.name, attribute.name, Meaning::Attribute(attribute));
        }
        for (attribute, is_taken) in attributes.iter().zip(taken) {
            let Some(short) = short_name(attribute).filter(|_| !is_taken) else {
                continue;
            };
            let alike = |other: &&&'static Attribute| short_name(other).is_some_and(|o| key(o) == key(short));
            let names: Vec<&'static str> = attributes.iter().filter(alike).map(|other| other.name).collect();
            if names.len() > 1 {
                self.ambiguous.insert(key(short), names);
            } else {
                self.add(short, attribute.name, Meaning::Attribute(attribute));
            }
        }
    }

    fn is_taken(&self, key: &str) -> bool {
        self.meanings.contains_key(key) || self.ambiguous.contains_key(key)
    }

    /// Whether a sheet is read and the tenant has not said which extensions there are.
    fn is_offline(&self) -> bool {
        self.reads_sheets && self.extensions.told_by == ToldBy::Export
    }

    /// The attribute of a full name whose type nobody knows here.
    pub(super) fn untyped(&self, name: &str) -> Option<&'static Attribute> {
        let name = name.trim();
        let told_by = match set_and_name(name) {
            Some(_) => &self.extensions.security_by,
            None => &self.extensions.told_by,
        };
        let may_be = self.reads_sheets && *told_by == ToldBy::Export;
        may_be
            .then(|| Extension::of(DataType::Unknown).attribute(name))
            .flatten()
    }

    /// Names of the tenant that an unknown one may have been meant to be, the likeliest first.
    fn near_extensions(&self, text: &str) -> Vec<&'static str> {
        let own = |name: &str| {
            let short = name.get(43..).filter(|_| is_directory_extension(name));
            let in_set = set_and_name(name).and_then(|_| name.get(SECURITY_ATTRIBUTES.len() + 1..));
            key(short.or(in_set).unwrap_or(name))
        };
        let wanted = own(text.trim());
        let mut near: Vec<(usize, &'static str)> = self
            .extensions
            .attributes
            .iter()
            .filter(|attribute| set_and_name(attribute.name).is_some() == set_and_name(text.trim()).is_some())
            .map(|attribute| (osa_distance(&wanted, &own(attribute.name)), attribute.name))
            .filter(|(steps, _)| *steps <= (wanted.chars().count() / 3).max(2))
            .collect();
        near.sort_unstable();
        near.truncate(OFFERED_MAX);
        near.into_iter().map(|(_, name)| name).collect()
    }
}

/// What is said of a header that has the form of an extension and means nothing.
pub(super) fn unknown(text: &str, place: Place, vocabulary: &Vocabulary) -> Option<Finding> {
    let name = text.trim();
    let is_security = set_and_name(name).is_some();
    if !is_tenants_own(name) {
        return None;
    }
    let (told_by, what, export) = match is_security {
        true => (
            &vocabulary.extensions.security_by,
            "a custom security attribute",
            "dirsheet export --columns \"customSecurityAttributes.*\"",
        ),
        false => (
            &vocabulary.extensions.told_by,
            "an extension",
            "dirsheet export --extensions",
        ),
    };
    let finding = match told_by {
        ToldBy::Export => return None,
        ToldBy::Nobody(reason) => Finding::error(
            "extension-not-read",
            Extent::Column,
            format!("the column names {what} of the tenant, and which there are could not be read: {reason}"),
            "grant the application that permission with admin consent, or delete the column",
        ),
        ToldBy::Tenant => {
            let near: Vec<String> = vocabulary
                .near_extensions(name)
                .iter()
                .map(|name| format!("`{name}`"))
                .collect();
            Finding::error(
                "unknown-extension",
                Extent::Column,
                match is_security {
                    true => "this tenant has no custom security attribute of this name",
                    false => "this tenant has no extension of this name for users",
                },
                if near.is_empty() {
                    format!("delete the column, or correct its name; `{export}` shows those of the tenant")
                } else {
                    format!(
                        "did you mean {}? Rename the column, or delete it",
                        near.join(" or ")
                    )
                },
            )
        }
    };
    Some(finding.at(place).column(text).found(text))
}

/// What is said of a header that means nothing, and what to do. `nearest`: an attribute with nearly this name. Offline nobody knows
/// by which short names the tenant calls what it made for itself.
pub(super) fn what_may_be_meant(
    text: &str,
    nearest: Option<&str>,
    vocabulary: &Vocabulary,
) -> (&'static str, String) {
    let text = text.trim();
    let is_word = !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if is_word && vocabulary.is_offline() {
        return (
            "no attribute has this name; perhaps an extension of the tenant has it, which only `plan` can ask for",
            match nearest {
                Some(name) => format!(
                    "did you mean `{name}`? Rename the column; if it is an extension, write its full name"
                ),
                None => "a column of your own has no place in the sheet: delete it; if it is an extension, write its full name (`dirsheet export --extensions` shows it)"
                    .to_owned(),
            },
        );
    }
    (
        "no attribute has this name, so it is not clear what the column is for",
        match nearest {
            Some(name) => {
                format!(
                    "did you mean `{name}`? Rename the column, or delete it; `dirsheet columns` lists all names"
                )
            }
            None => "delete the column, or give it a name that `dirsheet columns` lists".to_owned(),
        },
    )
}

/// One finding for each column whose type is not known.
pub(super) fn untyped_columns(header: &Header, place: Place) -> Vec<Finding> {
    header
        .attribute_columns()
        .filter(|(_, attribute)| attribute.extension.is_some_and(|own| own.data == DataType::Unknown))
        .map(|(index, attribute)| {
            Finding::warning(
                "extension-type-not-known",
                Extent::Column,
                if set_and_name(attribute.name).is_some() {
                    "the column is a custom security attribute, and its definition is not known offline; its cells are only looked at as texts"
                } else {
                    "the column is an extension of the tenant, and its type is not known offline; its cells are only looked at as texts"
                },
                "nothing needs to be done: `plan` asks the tenant, and a sheet that was exported with the column knows the type",
            )
            .at(place.at(index))
            .column(attribute.name)
        })
        .collect()
}
