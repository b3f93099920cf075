//! Custom security attributes: their definitions, how one is written, and what an answer without them means.
//!
//! <https://learn.microsoft.com/graph/api/directory-list-customsecurityattributedefinitions>: `CustomSecAttributeDefinition.Read.All`.
//! <https://learn.microsoft.com/graph/custom-security-attributes-examples>: a PATCH names the type of numbers and lists, and keeps
//! what it does not mention. Whoever may not read them is answered `null`, exactly as for a user who has none.

use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use super::call_error::CallError;
use super::reader::DirectoryReader;
use crate::catalogue::{
    Attribute, DataType, Extension, ReadRule, SECURITY_ATTRIBUTES, security_attribute, set_and_name,
};
use crate::domain::{Columns, UserState, Value};

/// Permissions of which one is enough to read the definitions.
pub const DEFINITION_READERS: [&str; 2] = [
    "CustomSecAttributeDefinition.Read.All",
    "CustomSecAttributeDefinition.ReadWrite.All",
];

/// As many objects as a `$expand` of the directory may be cut off at; a list that long is asked for by itself.
const EXPANDED_MAX: usize = 20;

const SET_TYPE: &str = "#Microsoft.DirectoryServices.CustomSecurityAttributeValue";

/// What a tenant has defined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityAttributes {
    pub found: Vec<&'static Attribute>,
    /// Names, and types that nothing is known of.
    pub unsupported: Vec<(String, String)>,
}

impl DirectoryReader {
    /// The custom security attributes that the tenant has defined, deactivated ones included, in the order of their names. One
    /// request, and one more for each of them with many predefined values of which `wanted` says that it is needed.
    ///
    /// # Errors
    /// [`CallError`], after all attempts; 403 when the permission is missing.
    pub async fn security_attributes(
        &self,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<SecurityAttributes, CallError> {
        let path = "/directory/customSecurityAttributeDefinitions";
        let definitions: Vec<WireDefinition> =
            self.list_all(&format!("{path}?$expand=allowedValues")).await?;
        let mut found = Vec::new();
        let mut unsupported = Vec::new();
        for mut definition in definitions {
            let Some((set, own)) = definition.place() else {
                continue;
            };
            let name = full_name(set, own);
            let is_long = definition.allowed_values.as_ref().map_or(0, Vec::len) >= EXPANDED_MAX;
            if definition.is_limited() && is_long && wanted(&name) {
                // Set and name hold letters and digits only.
                let values = format!("{path}/{set}_{own}/allowedValues");
                definition.allowed_values = Some(self.list_all(&values).await?);
            }
            match definition.attribute() {
                Some(attribute) => found.push(attribute),
                None => unsupported.push((name, definition.data_type.unwrap_or_default())),
            }
        }
        found.sort_by_key(|attribute| attribute.name);
        found.dedup_by_key(|attribute| attribute.name);
        Ok(SecurityAttributes { found, unsupported })
    }

    /// `null` does not say that a user has none, unless the token shows that they may be read: such values stay unread.
    pub(super) async fn doubt_security(&self, users: &mut [&mut UserState], columns: &Columns) {
        let places: Vec<(usize, &'static Attribute)> = columns
            .iter()
            .copied()
            .enumerate()
            .filter(|(_, attribute)| is_security(attribute))
            .collect();
        let Some((_, first)) = places.first() else { return };
        let granted = self.session.granted().await.unwrap_or_default();
        if !granted.is_empty() && first.read_permission.covered_by(&granted) {
            return;
        }
        for user in users {
            for (place, attribute) in &places {
                let is_empty = user.values.get(*place).is_some_and(Value::is_empty);
                if is_empty && !user.unread.contains(&attribute.name) {
                    let reason = || {
                        format!(
                            "the service answers nothing to whoever may not read it; it needs {}",
                            attribute.read_permission.in_words()
                        )
                    };
                    self.unread(user, columns, *place, reason());
                }
            }
        }
    }
}

pub(super) fn is_security(attribute: &Attribute) -> bool {
    matches!(attribute.read, ReadRule::ListOptIn { select, .. } if select == SECURITY_ATTRIBUTES)
}

/// Any of it may be null.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct WireDefinition {
    attribute_set: Option<String>,
    name: Option<String>,
    #[serde(rename = "type")]
    data_type: Option<String>,
    is_collection: Option<bool>,
    use_pre_defined_values_only: Option<bool>,
    status: Option<String>,
    allowed_values: Option<Vec<WireValue>>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct WireValue {
    id: Option<String>,
    is_active: Option<bool>,
}

impl WireDefinition {
    /// Set and name; `None` when it can be no attribute.
    fn place(&self) -> Option<(&str, &str)> {
        let (set, name) = (self.attribute_set.as_deref()?, self.name.as_deref()?);
        set_and_name(&full_name(set, name))
            .is_some()
            .then_some((set, name))
    }

    fn is_limited(&self) -> bool {
        self.use_pre_defined_values_only == Some(true)
    }

    /// `None` for a type that is not known.
    fn attribute(&self) -> Option<&'static Attribute> {
        let (set, name) = self.place()?;
        let values = self.allowed_values.iter().flatten();
        let active = values.filter(|value| value.is_active == Some(true));
        let values: Vec<String> = active.filter_map(|value| value.id.clone()).collect();
        let status = self.status.as_deref().unwrap_or_default();
        security_attribute(
            set,
            name,
            (
                DataType::parse(self.data_type.as_deref()?)?,
                self.is_collection == Some(true),
            ),
            status.eq_ignore_ascii_case("Deprecated"),
            self.is_limited().then_some(&values[..]),
        )
    }
}

fn full_name(set: &str, name: &str) -> String {
    format!("{SECURITY_ATTRIBUTES}.{set}.{name}")
}

/// Puts a value into its set, with the types that Microsoft asks for; `None` when it stands there already.
pub(super) fn put(
    body: &mut Map<String, Json>,
    (parent, set, leaf): (&str, &str, &str),
    extension: Option<Extension>,
    value: Json,
) -> Option<()> {
    let object = |map: &mut Map<String, Json>, name: &str| {
        map.entry(name)
            .or_insert_with(|| json!({}))
            .as_object_mut()
            .cloned()
    };
    let mut all = object(body, parent)?;
    let mut own = object(&mut all, set)?;
    own.insert("@odata.type".to_owned(), json!(SET_TYPE));
    let is_number = extension.is_some_and(|own| own.data == DataType::Integer);
    let annotation = match &value {
        Json::Number(_) => Some("#Int32"),
        Json::Array(items) if items.is_empty() => None,
        Json::Array(_) if is_number => Some("#Collection(Int32)"),
        Json::Array(_) => Some("#Collection(String)"),
        _ => None,
    };
    if let Some(annotation) = annotation {
        own.insert(format!("{leaf}@odata.type"), json!(annotation));
    }
    let before = own.insert(leaf.to_owned(), value);
    all.insert(set.to_owned(), Json::Object(own));
    body.insert(parent.to_owned(), Json::Object(all));
    before.is_none().then_some(())
}

/// The value of a leaf of a complex property; a custom security attribute stands in its set, whose name and its own are told apart
/// by no case.
pub(super) fn leaf_in<'j>(parent: &'j Map<String, Json>, leaf: &str) -> Option<&'j Json> {
    let Some((set, own)) = leaf.split_once('.') else {
        return parent.get(leaf);
    };
    let find = |map: &'j Map<String, Json>, name: &str| {
        map.get(name).or_else(|| {
            map.iter()
                .find(|(key, _)| key.to_lowercase() == name.to_lowercase())
                .map(|(_, value)| value)
        })
    };
    find(find(parent, set)?.as_object()?, own)
}

#[cfg(test)]
#[path = "tests/security.rs"]
mod tests;
