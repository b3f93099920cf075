//! Attributes that a tenant made for itself: directory extensions, and the leaves of schema extensions; custom security
//! attributes stand in `security`.
//!
//! They are known only after asking the tenant, and then they are entries like any other. An entry is made from its name and its
//! type alone: equal texts give equal entries, so files that keep [`stored_name`] need no tenant to be read again. Design:
//! `docs/design/extensions.md`.
//!
//! <https://learn.microsoft.com/graph/api/resources/extensionproperty>,
//! <https://learn.microsoft.com/graph/api/resources/schemaextension>,
//! <https://learn.microsoft.com/graph/extensibility-overview>.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::entry::{DIRECTORY, READ, editable};
use super::security::{self, Definition};
use super::{
    Attribute, ClearRule, Kind, Mastery, NO_LIMIT, PatchPlace, Permissions, ReadOnlyReason, ReadRule,
    Section, WriteRule,
};

/// What the values of an extension are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataType {
    /// At most 256 characters.
    String,
    /// 32 bits.
    Integer,
    /// 64 bits.
    LargeInteger,
    Boolean,
    /// Kept in UTC.
    DateTime,
    /// At most 256 bytes.
    Binary,
    /// Nobody has asked the tenant yet.
    Unknown,
}

/// What makes an entry one of the tenant's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extension {
    pub data: DataType,
    /// Several values in one.
    pub is_multi: bool,
    /// Active Directory fills it.
    pub is_synced: bool,
    /// The other leaves of the same schema extension with their types: `level:Integer|title:String`.
    pub siblings: &'static str,
    /// What the definition of a custom security attribute says beside the type.
    pub definition: Definition,
}

/// The most extension values on one object, over all applications.
pub const EXTENSION_VALUES_MAX: u16 = 100;
/// The longest text of an extension.
pub const EXTENSION_TEXT_MAX: u16 = 256;

/// How the name of a directory extension begins; the id of its application without dashes follows, and its own name.
const PREFIX: &str = "extension_";
const APP_ID_DIGITS: usize = 32;

impl DataType {
    const NAMES: [(&str, DataType); 7] = [
        ("String", DataType::String),
        ("Integer", DataType::Integer),
        ("LargeInteger", DataType::LargeInteger),
        ("Boolean", DataType::Boolean),
        ("DateTime", DataType::DateTime),
        ("Binary", DataType::Binary),
        ("?", DataType::Unknown),
    ];

    /// Microsoft's word for it.
    pub fn as_str(self) -> &'static str {
        let own = Self::NAMES.iter().find(|(_, data)| *data == self);
        own.map_or("?", |(name, _)| name)
    }

    /// From Microsoft's word.
    pub fn parse(word: &str) -> Option<DataType> {
        let own = Self::NAMES.iter().find(|(name, _)| *name == word);
        own.map(|(_, data)| *data)
    }
}

impl Extension {
    /// A single value of this type, written in the cloud.
    pub const fn of(data: DataType) -> Extension {
        Extension {
            data,
            is_multi: false,
            is_synced: false,
            siblings: "",
            definition: Definition {
                is_deactivated: false,
                predefined: None,
            },
        }
    }

    /// Whether it is known that the same schema extension has this other leaf.
    pub fn knows_leaf(&self, leaf: &str) -> bool {
        let mut others = self.siblings.split('|').filter_map(|other| other.split_once(':'));
        others.any(|(other, _)| other == leaf)
    }

    /// The entry of this name; `None` when no extension can be called so.
    pub fn attribute(self, name: &str) -> Option<&'static Attribute> {
        is_tenants_own(name).then(|| interned(&stored(name, self), name, self))
    }

    fn kind(self) -> Kind {
        match (self.data, self.is_multi) {
            (DataType::String, true) => Kind::TextList {
                items_max: EXTENSION_VALUES_MAX,
                item_max: EXTENSION_TEXT_MAX,
            },
            (_, true) => Kind::TextList {
                items_max: EXTENSION_VALUES_MAX,
                item_max: NO_LIMIT,
            },
            (DataType::String, false) => Kind::Text {
                max: Some(EXTENSION_TEXT_MAX),
            },
            (DataType::Integer | DataType::LargeInteger, false) => Kind::Integer,
            (DataType::Boolean, false) => Kind::Boolean,
            (DataType::DateTime, false) => Kind::DateTime,
            (DataType::Binary | DataType::Unknown, false) => Kind::Text { max: None },
        }
    }

    /// `Integer`, `String[]`, `String!`: how the type is kept in files.
    pub(super) fn word(self) -> String {
        let (list, synced) = (
            if self.is_multi { "[]" } else { "" },
            if self.is_synced { "!" } else { "" },
        );
        format!("{}{list}{synced}", self.data.as_str())
    }

    pub(super) fn parse(word: &str) -> Option<Extension> {
        let (word, is_synced) = (word.trim_end_matches('!'), word.ends_with('!'));
        let (word, is_multi) = (word.trim_end_matches("[]"), word.ends_with("[]"));
        Some(Extension {
            is_multi,
            is_synced,
            ..Extension::of(DataType::parse(word)?)
        })
    }
}

/// Whether a directory extension can be called so: `extension_0123456789abcdef0123456789abcdef_costCentre`.
pub fn is_directory_extension(name: &str) -> bool {
    let Some(rest) = name.strip_prefix(PREFIX) else {
        return false;
    };
    let Some((app, own)) = rest.split_once('_') else {
        return false;
    };
    app.len() == APP_ID_DIGITS && app.bytes().all(|byte| byte.is_ascii_hexdigit()) && is_word(own)
}

/// Whether a leaf of a schema extension can be called so: `ext2a3b4c5d_company.costCentre`.
pub fn is_schema_leaf(name: &str) -> bool {
    name.split_once('.').is_some_and(|(parent, leaf)| {
        is_word(parent)
            && parent
                .split_once('_')
                .is_some_and(|(owner, own)| !owner.is_empty() && !own.is_empty())
            && is_word(leaf)
    })
}

/// Whether something that a tenant made for itself can be called so, in full.
pub fn is_tenants_own(name: &str) -> bool {
    is_directory_extension(name) || is_schema_leaf(name) || security::set_and_name(name).is_some()
}

fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The name by which files keep an attribute: an extension's has its type behind it, so that it can be read again anywhere.
pub fn stored_name(attribute: &Attribute) -> String {
    match attribute.extension {
        Some(extension) => stored(attribute.name, extension),
        None => attribute.name.to_owned(),
    }
}

fn stored(name: &str, extension: Extension) -> String {
    let mut text = format!("{name}:{}", extension.word());
    if !extension.siblings.is_empty() {
        text.push('|');
        text.push_str(extension.siblings);
    }
    text
}

/// The entry that a stored name means; `None` when it is the name of no extension with its type.
pub(super) fn of_stored_name(text: &str) -> Option<&'static Attribute> {
    if let Some(attribute) = security::of_told(text) {
        return Some(attribute);
    }
    let (own, siblings) = text.split_once('|').unwrap_or((text, ""));
    let (name, word) = own.split_once(':')?;
    let siblings_are_sound = siblings.is_empty()
        || siblings.split('|').all(|leaf| {
            leaf.split_once(':')
                .is_some_and(|(leaf, word)| is_word(leaf) && Extension::parse(word).is_some())
        });
    let is_name = is_directory_extension(name) && siblings.is_empty() || is_schema_leaf(name);
    let extension = Extension::parse(word).filter(|_| is_name && siblings_are_sound)?;
    Some(interned(
        text,
        name,
        Extension {
            siblings: leaked(siblings),
            ..extension
        },
    ))
}

/// The leaves of a schema extension, in the order given. `parent` is its id.
pub fn schema_leaves(parent: &str, leaves: &[(String, DataType)]) -> Vec<&'static Attribute> {
    let told = |(leaf, data): &(String, DataType)| format!("{leaf}:{}", Extension::of(*data).word());
    leaves
        .iter()
        .filter_map(|own| {
            let others: Vec<String> = leaves.iter().filter(|leaf| *leaf != own).map(told).collect();
            of_stored_name(&format!(
                "{parent}.{}{}{}",
                told(own),
                if others.is_empty() { "" } else { "|" },
                others.join("|")
            ))
        })
        .collect()
}

/// The other leaves of the schema extension that an attribute is a leaf of.
pub fn sibling_leaves(attribute: &Attribute) -> Vec<&'static Attribute> {
    let (Some(extension), Some((parent, own))) = (attribute.extension, attribute.name.split_once('.')) else {
        return Vec::new();
    };
    if !is_schema_leaf(attribute.name) {
        return Vec::new();
    }
    let mut leaves = vec![(own.to_owned(), extension.data)];
    leaves.extend(extension.siblings.split('|').filter_map(|leaf| {
        let (leaf, word) = leaf.split_once(':')?;
        Some((leaf.to_owned(), Extension::parse(word)?.data))
    }));
    leaves.sort_by(|a, b| a.0.cmp(&b.0));
    let mut others = schema_leaves(parent, &leaves);
    others.retain(|other| other.name != attribute.name);
    others
}

/// A directory extension's own name: `costCentre`.
pub fn short_name(attribute: &Attribute) -> Option<&'static str> {
    is_directory_extension(attribute.name)
        .then(|| attribute.name.get(PREFIX.len() + APP_ID_DIGITS + 1..))
        .flatten()
}

pub(super) fn leaked(text: &str) -> &'static str {
    if text.is_empty() {
        ""
    } else {
        Box::leak(text.to_owned().into_boxed_str())
    }
}

/// One entry for each stored name, so that reading a journal does not make a new one for every change. What is in it follows
/// from the stored name alone, so nobody can tell whether an entry was there already.
fn interned(stored: &str, name: &str, extension: Extension) -> &'static Attribute {
    made(stored, name, || extension)
}

/// The same where the extension is only worked out for a new entry.
pub(super) fn made(stored: &str, name: &str, extension: impl FnOnce() -> Extension) -> &'static Attribute {
    static KNOWN: Mutex<BTreeMap<String, &'static Attribute>> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(attribute) = known.get(stored) {
        return attribute;
    }
    let attribute: &'static Attribute = Box::leak(Box::new(entry(leaked(name), extension())));
    known.insert(stored.to_owned(), attribute);
    attribute
}

fn entry(name: &'static str, extension: Extension) -> Attribute {
    if let Some(attribute) = security::entry(name, extension) {
        return attribute;
    }
    let (select, place, label) = match name.split_once('.') {
        // Microsoft does not say what becomes of a leaf that is left out, so none ever is.
        Some((parent, leaf)) => (parent, PatchPlace::WholeParent { parent, leaf }, leaf),
        None => {
            let own = name.get(PREFIX.len() + APP_ID_DIGITS + 1..).unwrap_or(name);
            (name, PatchPlace::Property, own)
        }
    };
    let write = match extension.data {
        _ if extension.is_synced => WriteRule::ReadOnly(ReadOnlyReason::SetOnPremises),
        DataType::Binary => WriteRule::ReadOnly(ReadOnlyReason::Bytes),
        _ => WriteRule::MainPatch(place),
    };
    let is_read_only = matches!(write, WriteRule::ReadOnly(_));
    Attribute {
        read: ReadRule::List { select },
        write,
        clear: if is_read_only {
            ClearRule::Never
        } else {
            ClearRule::Null
        },
        // Microsoft does not say what a write does for a synchronised user.
        mastery: if extension.is_synced {
            Mastery::OnPremises
        } else {
            Mastery::Unknown
        },
        read_permission: READ,
        write_permission: if is_read_only {
            Permissions::NONE
        } else {
            Permissions {
                least: &[&["User.ReadWrite.All"]],
                also: DIRECTORY,
            }
        },
        at_birth: false,
        extension: Some(extension),
        ..editable(Section::Extensions, name, label, extension.kind())
    }
}

#[cfg(test)]
#[path = "tenant_tests.rs"]
mod tests;
