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

impl DirectoryReader {
    /// The custom security attributes that the tenant has defined, deactivated ones included, in the order of their names. One
    /// request, and one more for each of them with many predefined values of which `wanted` says that it is needed.
    ///
    /// # Errors
    /// [`CallError`], after all attempts; 403 when the permission is missing.
    pub async fn security_attributes(
        &self,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Vec<&'static Attribute>, CallError> {
        let path = "/directory/customSecurityAttributeDefinitions";
        let definitions: Vec<WireDefinition> =
            self.list_all(&format!("{path}?$expand=allowedValues")).await?;
        let mut found = Vec::new();
        for mut definition in definitions {
            let name = format!(
                "{SECURITY_ATTRIBUTES}.{}.{}",
                definition.attribute_set, definition.name
            );
            if set_and_name(&name).is_none() {
                continue;
            }
            let is_long = definition.allowed_values.len() >= EXPANDED_MAX;
            if definition.use_pre_defined_values_only && is_long && wanted(&name) {
                // Set and name hold letters and digits only.
                let (set, own) = (&definition.attribute_set, &definition.name);
                let values = format!("{path}/{set}_{own}/allowedValues");
                definition.allowed_values = self.list_all(&values).await?;
            }
            found.extend(definition.attribute());
        }
        found.sort_by_key(|attribute| attribute.name);
        found.dedup_by_key(|attribute| attribute.name);
        Ok(found)
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

fn is_security(attribute: &Attribute) -> bool {
    matches!(attribute.read, ReadRule::ListOptIn { select, .. } if select == SECURITY_ATTRIBUTES)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireDefinition {
    attribute_set: String,
    name: String,
    #[serde(rename = "type")]
    data_type: String,
    #[serde(default)]
    is_collection: bool,
    #[serde(default)]
    use_pre_defined_values_only: bool,
    #[serde(default)]
    status: String,
    #[serde(default)]
    allowed_values: Vec<WireValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireValue {
    id: String,
    #[serde(default)]
    is_active: bool,
}

impl WireDefinition {
    fn attribute(&self) -> Option<&'static Attribute> {
        let active = self.allowed_values.iter().filter(|value| value.is_active);
        let values: Vec<String> = active.map(|value| value.id.clone()).collect();
        security_attribute(
            &self.attribute_set,
            &self.name,
            (DataType::parse(&self.data_type)?, self.is_collection),
            self.status.eq_ignore_ascii_case("Deprecated"),
            self.use_pre_defined_values_only.then_some(&values[..]),
        )
    }
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
