//! What the tenant's applications added to users: directory extensions and schema extensions, their definitions and values.
//!
//! <https://learn.microsoft.com/graph/api/resources/extensionproperty>,
//! <https://learn.microsoft.com/graph/api/resources/schemaextension>, <https://learn.microsoft.com/graph/extensibility-overview>.
//! An unset extension is left out of answers. What becomes of leaves of a schema extension that a PATCH does not mention is not
//! documented; here they are lost, which is the stricter reading.

use super::{
    base64,
    directory::{Directory, Effect, at},
    record,
    reply::Refusal,
    rules,
    security::{self, SecurityAttribute},
    view::View,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The most values on one object, over all applications.
const VALUES_MAX: usize = 100;
/// Whoever may not read these is shown nothing of them, and not refused.
pub const HIDDEN: &str = "customSecurityAttributes";
/// The longest text, and the most bytes.
const LENGTH_MAX: usize = 256;

/// A directory extension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtensionProperty {
    /// `extension_{appId without dashes}_{name}`
    pub name: String,
    /// Microsoft's word: `String`, `Integer`, `LargeInteger`, `Boolean`, `DateTime`, `Binary`.
    pub data_type: String,
    /// Whether it holds several values.
    pub multi: bool,
    /// Whether it comes from Active Directory.
    pub synced: bool,
    /// What it can be set on.
    pub targets: Vec<String>,
}

/// A schema extension of users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchemaExtension {
    /// Its id, which is the name of the complex property.
    pub id: String,
    /// Names and types of its leaves.
    pub leaves: Vec<(String, String)>,
}

/// All of a tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extensions {
    /// Directory extensions.
    pub properties: Vec<ExtensionProperty>,
    /// Schema extensions.
    pub schemas: Vec<SchemaExtension>,
    /// Custom security attributes.
    #[serde(default)]
    pub security: Vec<SecurityAttribute>,
    /// The tenant has so many service principals that the list of directory extensions is empty, as the documents warn.
    #[serde(default)]
    pub crowded: bool,
}

impl Extensions {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.properties.is_empty() && self.schemas.is_empty() && self.security.is_empty()
    }

    /// Adds one by the text of a header: `extension_…_level:Integer`, `…:String[]`, `…:String!` from Active Directory, or
    /// `ext1_company.title:String`. Without a type it is a String. `false` when it is no such text.
    pub fn register(&mut self, header: &str) -> bool {
        if let Some(attribute) = SecurityAttribute::of_header(header) {
            self.security.push(attribute);
            return true;
        }
        let (name, word) = header.split_once(':').unwrap_or((header, "String"));
        let (word, synced) = (word.trim_end_matches('!'), word.ends_with('!'));
        let (word, multi) = (word.trim_end_matches("[]"), word.ends_with("[]"));
        let types = [
            "String",
            "Integer",
            "LargeInteger",
            "Boolean",
            "DateTime",
            "Binary",
        ];
        if !types.contains(&word) {
            return false;
        }
        if let Some((id, leaf)) = name.split_once('.') {
            if !id.contains('_') || super::schema::slot(id).is_some() {
                return false;
            }
            let leaf = (leaf.to_owned(), word.to_owned());
            match self.schemas.iter_mut().find(|schema| schema.id == id) {
                Some(schema) => schema.leaves.push(leaf),
                None => self.schemas.push(SchemaExtension {
                    id: id.to_owned(),
                    leaves: vec![leaf],
                }),
            }
            return true;
        }
        let app = name
            .strip_prefix("extension_")
            .and_then(|rest| rest.split_once('_'))
            .is_some_and(|(app, own)| app.len() == 32 && !own.is_empty());
        if app {
            self.properties.push(ExtensionProperty {
                name: name.to_owned(),
                data_type: word.to_owned(),
                multi,
                synced,
                targets: vec!["User".to_owned()],
            });
        }
        app
    }

    /// Whether users can have a property of this name.
    pub fn has(&self, name: &str) -> bool {
        self.property(name).is_some() || self.schemas.iter().any(|schema| schema.id == name)
    }

    fn property(&self, name: &str) -> Option<&ExtensionProperty> {
        self.properties
            .iter()
            .find(|property| property.name == name && property.targets.iter().any(|target| target == "User"))
    }

    /// A cell of a sheet as a value, by the name of its column; `None` when it is no value of that type.
    pub fn of_cell(&self, name: &str, cell: &str) -> Option<Value> {
        let own = SecurityAttribute::of_header(name);
        if let Some(own) = own {
            let known = self.security.iter();
            let mut known = known.filter(|known| (&known.set, &known.name) == (&own.set, &own.name));
            return known.next()?.of_cell(cell);
        }
        let (data_type, multi) = match name.split_once('.') {
            Some((id, leaf)) => {
                let schema = self.schemas.iter().find(|schema| schema.id == id)?;
                let (_, data_type) = schema.leaves.iter().find(|(own, _)| own == leaf)?;
                (data_type, false)
            }
            None => self
                .property(name)
                .map(|property| (&property.data_type, property.multi))?,
        };
        let one = |text: &str| match data_type.as_str() {
            "Integer" | "LargeInteger" => text.parse::<i64>().ok().map(Value::from),
            "Boolean" => text.to_ascii_lowercase().parse::<bool>().ok().map(Value::from),
            _ => Some(json!(text)),
        };
        if multi {
            let items: Option<Vec<Value>> = super::cells::list(cell).iter().map(|item| one(item)).collect();
            return items.map(Value::Array);
        }
        one(cell)
    }
}

/// The stored values of a user, by the names of the properties.
fn stored(directory: &Directory, place: u32) -> Map<String, Value> {
    match directory.record(place).value(*at::EXTENSION_VALUES) {
        Some(Value::Object(values)) => values,
        _ => Map::new(),
    }
}

fn checked(name: &str, data_type: &str, multi: bool, value: &Value) -> Result<Value, Refusal> {
    if value.is_null() {
        return Ok(Value::Null);
    }
    if multi {
        let wanted = format!("Collection(Edm.{data_type})");
        let items = value.as_array().ok_or_else(|| rules::mistyped(value, &wanted))?;
        let items = items.iter().map(|item| checked(name, data_type, false, item));
        return Ok(Value::Array(items.collect::<Result<_, _>>()?));
    }
    let text = |value: &Value| {
        value
            .as_str()
            .map(str::to_owned)
            .ok_or_else(|| rules::mistyped(value, "Edm.String"))
    };
    match data_type {
        "Integer" => {
            let number = value.as_i64().and_then(|number| i32::try_from(number).ok());
            number
                .map(Value::from)
                .ok_or_else(|| rules::mistyped(value, "Edm.Int32"))
        }
        "LargeInteger" => value
            .as_i64()
            .map(Value::from)
            .ok_or_else(|| rules::mistyped(value, "Edm.Int64")),
        "Boolean" if value.is_boolean() => Ok(value.clone()),
        "Boolean" => Err(rules::mistyped(value, "Edm.Boolean")),
        "DateTime" => rules::moment(value),
        "Binary" => {
            let bytes = base64::decode(&text(value)?);
            match bytes {
                Some(bytes) if bytes.len() <= LENGTH_MAX => Ok(value.clone()),
                _ => Err(rules::mistyped(value, "Edm.Binary")),
            }
        }
        _ => {
            rules::check_length(name, &text(value)?, Some(LENGTH_MAX))?;
            Ok(value.clone())
        }
    }
}

/// What a PATCH with these extensions does to a user: one setting, in which all values stand.
pub fn settle(
    directory: &Directory,
    place: u32,
    given: &[(&str, &Value)],
) -> Result<Option<record::Setting>, Refusal> {
    if given.is_empty() {
        return Ok(None);
    }
    let extensions = &directory.tenant.extensions;
    let mut values = stored(directory, place);
    for (name, value) in given {
        let value = match extensions.property(name) {
            Some(property) if property.synced => return Err(super::update::mastered()),
            Some(property) => checked(name, &property.data_type, property.multi, value)?,
            None => complex(extensions, name, value)?,
        };
        if record::is_unset(&value) {
            values.remove(*name);
        } else {
            values.insert((*name).to_owned(), value);
        }
    }
    let held = |value: &Value| value.as_array().map_or(1, Vec::len);
    let count: usize = values
        .iter()
        .filter(|(name, _)| extensions.property(name).is_some())
        .map(|(_, value)| held(value))
        .sum();
    if count > VALUES_MAX {
        return Err(Refusal::bad(format!(
            "The number of extension values on the object exceeds the limit of {VALUES_MAX}."
        )));
    }
    Ok(Some(record::packed(
        *at::EXTENSION_VALUES,
        &Value::Object(values),
    )))
}

/// The complex value of a schema extension, as a whole.
fn complex(extensions: &Extensions, id: &str, value: &Value) -> Result<Value, Refusal> {
    let invalid = || Refusal::bad("One or more property values specified are invalid.");
    let schema = extensions.schemas.iter().find(|schema| schema.id == id);
    let (schema, leaves) = match (schema, value) {
        (Some(_), Value::Null) => return Ok(Value::Null),
        (Some(schema), Value::Object(leaves)) => (schema, leaves),
        _ => return Err(invalid()),
    };
    let mut kept = Map::new();
    for (leaf, value) in leaves.iter().filter(|(leaf, _)| !leaf.starts_with('@')) {
        let own = schema.leaves.iter().find(|(name, _)| name == leaf);
        let (name, data_type) = own.ok_or_else(invalid)?;
        let value = checked(name, data_type, false, value)?;
        if !value.is_null() {
            kept.insert(leaf.clone(), value);
        }
    }
    Ok(Value::Object(kept))
}

/// The refusal of names that are not registered.
pub fn not_available(names: &[&str]) -> Refusal {
    let names = names.join(",");
    Refusal::bad(format!(
        "The following extension properties are not available: {names}."
    ))
}

/// The members of these names that a user holds, as they stand in an answer.
pub fn members(user: &View<'_>, names: &[String]) -> String {
    if names.is_empty() {
        return String::new();
    }
    let values = match user.value(*at::EXTENSION_VALUES) {
        Value::Object(values) => values,
        _ => Map::new(),
    };
    let member = |name: &String| {
        if name == HIDDEN {
            return Some(format!("\"{name}\":null"));
        }
        let mut value = values.get(name)?.clone();
        if let Value::Object(leaves) = &mut value {
            leaves.insert(
                "@odata.type".into(),
                json!("#microsoft.graph.ComplexExtensionValue"),
            );
        }
        Some(format!("\"{name}\":{value}"))
    };
    names.iter().filter_map(member).collect::<Vec<_>>().join(",")
}

/// A change behind the client's back; `None` when the name is no extension.
pub fn edited(directory: &Directory, place: u32, name: &str, value: &Value) -> Option<Effect> {
    if let Some(effect) = security::edited(directory, place, name, value) {
        return Some(effect);
    }
    let (outer, leaf) = name.split_once('.').map_or((name, None), |(a, b)| (a, Some(b)));
    if !directory.tenant.extensions.has(outer) {
        return None;
    }
    let mut values = stored(directory, place);
    match leaf {
        Some(leaf) => {
            let group = values.entry(outer).or_insert_with(|| json!({}));
            group[leaf] = value.clone();
        }
        None => {
            values.insert(outer.to_owned(), value.clone());
        }
    }
    values.retain(|_, value| !record::is_unset(value));
    Some(Effect {
        settings: vec![record::packed(*at::EXTENSION_VALUES, &Value::Object(values))],
        manager: None,
    })
}
