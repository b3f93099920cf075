//! Custom security attributes: what the tenant's definition of one says, and the entry that it makes.
//!
//! <https://learn.microsoft.com/graph/api/resources/custom-security-attributes-overview>,
//! <https://learn.microsoft.com/graph/api/resources/customsecurityattributedefinition>. The limits:
//! <https://learn.microsoft.com/entra/fundamentals/custom-security-attributes-overview#limits-and-constraints>.

use super::entry::editable;
use super::tenant::{DataType, Extension, leaked, made};
use super::{
    Attribute, ClearRule, Kind, Mastery, NO_LIMIT, OptIn, PatchPlace, Permissions, ReadRule, Section,
    WriteRule,
};

/// The property in which all of them stand.
pub const SECURITY_ATTRIBUTES: &str = "customSecurityAttributes";
/// The most values on one object, over all its custom security attributes.
pub const SECURITY_VALUES_MAX: u16 = 50;
/// The longest text of one.
pub const SECURITY_TEXT_MAX: u16 = 64;
/// The longest name of a set, and of an attribute in it.
const NAME_MAX: usize = 32;

/// What a definition says beside the type; it may change from one day to the next.
#[derive(Debug, Clone, Copy, Default)]
pub struct Definition {
    /// It is no longer given to anybody; what is there stays.
    pub is_deactivated: bool,
    /// The only values that may be given, where there are such; they are case sensitive.
    pub predefined: Option<&'static [&'static str]>,
}

/// What a definition says today does not make it another attribute: a plan and a journal know the name and the type alone.
impl PartialEq for Definition {
    fn eq(&self, _: &Definition) -> bool {
        true
    }
}

impl Eq for Definition {}

/// Set and name of a custom security attribute: `customSecurityAttributes.Engineering.CostCenter`.
pub fn set_and_name(text: &str) -> Option<(&str, &str)> {
    let (set, own) = text
        .strip_prefix(SECURITY_ATTRIBUTES)?
        .strip_prefix('.')?
        .split_once('.')?;
    (is_name(set) && is_name(own)).then_some((set, own))
}

/// Letters and digits of any script, no digit first.
fn is_name(text: &str) -> bool {
    let is_first = |c: char| c.is_alphabetic();
    text.starts_with(is_first) && text.chars().count() <= NAME_MAX && text.chars().all(char::is_alphanumeric)
}

/// The entry of a definition; `None` for a name or a type that Microsoft does not document.
pub fn security_attribute(
    set: &str,
    name: &str,
    (data, is_multi): (DataType, bool),
    is_deactivated: bool,
    predefined: Option<&[String]>,
) -> Option<&'static Attribute> {
    let type_word = Extension {
        is_multi,
        ..Extension::of(data)
    }
    .word();
    let mut text = format!("{SECURITY_ATTRIBUTES}.{set}.{name}:{type_word}");
    if is_deactivated {
        text.push('~');
    }
    if let Some(values) = predefined {
        let values: Vec<String> = values.iter().map(|value| escaped(value)).collect();
        text.push('=');
        text.push_str(&values.join("|"));
    }
    of_told(&text)
}

/// The name by which an export keeps an attribute: with its type, and of a custom security attribute with all that its
/// definition says, so that a sheet can be checked offline.
pub fn told_name(attribute: &Attribute) -> String {
    let mut text = super::stored_name(attribute);
    let Some(Extension { definition, .. }) = attribute.extension else {
        return text;
    };
    if definition.is_deactivated {
        text.push('~');
    }
    if let Some(values) = definition.predefined {
        let values: Vec<String> = values.iter().map(|value| escaped(value)).collect();
        text.push('=');
        text.push_str(&values.join("|"));
    }
    text
}

/// The entry of a stored name or a told one; `None` when it is no custom security attribute with its type.
pub(super) fn of_told(text: &str) -> Option<&'static Attribute> {
    let (name, rest) = text.split_once(':')?;
    set_and_name(name)?;
    let (word, values) = match rest.split_once('=') {
        Some((word, values)) => (word, Some(values)),
        None => (rest, None),
    };
    let (word, is_deactivated) = match word.strip_suffix('~') {
        Some(word) => (word, true),
        None => (word, false),
    };
    let own = Extension::parse(word).filter(|own| {
        let is_known = matches!(
            own.data,
            DataType::String | DataType::Integer | DataType::Boolean | DataType::Unknown
        );
        is_known && !own.is_synced && !(own.is_multi && own.data == DataType::Boolean)
    })?;
    Some(made(text, name, || {
        let predefined = values.map(|values| {
            let values = values.split('|').filter(|value| !value.is_empty());
            let values: Vec<&'static str> = values.map(|value| leaked(&unescaped(value))).collect();
            &*Box::leak(values.into_boxed_slice())
        });
        Extension {
            definition: Definition {
                is_deactivated,
                predefined,
            },
            ..own
        }
    }))
}

fn escaped(value: &str) -> String {
    value.replace('%', "%25").replace('|', "%7C")
}

fn unescaped(value: &str) -> String {
    value.replace("%7C", "|").replace("%25", "%")
}

pub(super) fn entry(name: &'static str, extension: Extension) -> Option<Attribute> {
    let (set, own) = set_and_name(name)?;
    let kind = match (extension.data, extension.is_multi) {
        (data, true) => Kind::TextList {
            items_max: SECURITY_VALUES_MAX,
            item_max: if data == DataType::String {
                SECURITY_TEXT_MAX
            } else {
                NO_LIMIT
            },
        },
        (DataType::Integer, false) => Kind::Integer,
        (DataType::Boolean, false) => Kind::Boolean,
        (DataType::String, false) => Kind::Text {
            max: Some(SECURITY_TEXT_MAX),
        },
        _ => Kind::Text { max: None },
    };
    Some(Attribute {
        read: ReadRule::ListOptIn {
            select: SECURITY_ATTRIBUTES,
            reason: OptIn::OwnPermission,
        },
        write: WriteRule::MainPatch(PatchPlace::InSet {
            parent: SECURITY_ATTRIBUTES,
            set,
            leaf: own,
        }),
        clear: if extension.is_multi {
            ClearRule::EmptyList
        } else {
            ClearRule::Null
        },
        // The directory of the cloud holds them for everybody.
        mastery: Mastery::Cloud,
        read_permission: Permissions {
            least: &[&["CustomSecAttributeAssignment.Read.All"]],
            also: &[],
        },
        write_permission: Permissions {
            least: &[&["CustomSecAttributeAssignment.ReadWrite.All"]],
            also: &[],
        },
        at_birth: false,
        extension: Some(extension),
        ..editable(Section::Extensions, name, own, kind)
    })
}

#[cfg(test)]
#[path = "security_tests.rs"]
mod tests;
