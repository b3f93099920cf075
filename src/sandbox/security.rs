//! Custom security attributes: their definitions, what a PATCH of them does, and how they are shown.
//!
//! <https://learn.microsoft.com/graph/custom-security-attributes-examples>,
//! <https://learn.microsoft.com/graph/api/resources/customsecurityattributedefinition>,
//! <https://learn.microsoft.com/entra/fundamentals/custom-security-attributes-overview#limits-and-constraints>. What is not mentioned
//! is kept. The documents always name the type of a set, of numbers and of lists; here nothing else is taken. That a deactivated
//! attribute can still be taken away is a reading of "assignments are not automatically removed".

use super::{
    directory::{Directory, Effect, at},
    record,
    reply::{Refusal, Reply},
    rules,
    select::Caller,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

const PARENT: &str = "customSecurityAttributes";
/// The most values on one object, over all attributes.
const VALUES_MAX: usize = 50;
/// The longest text.
const LENGTH_MAX: usize = 64;
/// What a `$expand` shows of a long list of values.
const EXPANDED_MAX: usize = 20;
const SET_TYPE: &str = "#Microsoft.DirectoryServices.CustomSecurityAttributeValue";

/// A definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityAttribute {
    /// The attribute set.
    pub set: String,
    /// Its name in the set.
    pub name: String,
    /// `String`, `Integer` or `Boolean`.
    pub data_type: String,
    /// Whether it holds several values.
    pub multi: bool,
    /// The only values that can be given; one that begins with a dash is deactivated.
    pub predefined: Option<Vec<String>>,
    /// Whether it can no longer be given.
    pub deprecated: bool,
}

impl SecurityAttribute {
    /// Reads the text of a header: `customSecurityAttributes.Engineering.Project:String[]`, with `~` behind the type where it is
    /// deactivated, and `=Alpine|Baker` where only these values are allowed. Without a type it is a String.
    pub fn of_header(header: &str) -> Option<SecurityAttribute> {
        let (name, rest) = header.split_once(':').unwrap_or((header, "String"));
        let (set, own) = name.strip_prefix(PARENT)?.strip_prefix('.')?.split_once('.')?;
        let (word, values) = match rest.split_once('=') {
            Some((word, values)) => (word, Some(values)),
            None => (rest, None),
        };
        let (word, deprecated) = (word.trim_end_matches('~'), word.ends_with('~'));
        let (word, multi) = (word.trim_end_matches("[]"), word.ends_with("[]"));
        let sound = |name: &str| !name.is_empty() && name.chars().all(char::is_alphanumeric);
        let known = ["String", "Integer", "Boolean"].contains(&word) && !(multi && word == "Boolean");
        (known && sound(set) && sound(own)).then(|| SecurityAttribute {
            set: set.to_owned(),
            name: own.to_owned(),
            data_type: word.to_owned(),
            multi,
            predefined: values.map(|values| values.split('|').map(str::to_owned).collect()),
            deprecated,
        })
    }

    /// Those of the directory to practise in, as the documents name them.
    pub fn of_practice() -> Vec<SecurityAttribute> {
        [
            "customSecurityAttributes.Engineering.Project:String[]=Alpine|Baker|Cascade",
            "customSecurityAttributes.Engineering.ProjectDate",
            "customSecurityAttributes.Engineering.NumVendors:Integer",
            "customSecurityAttributes.Engineering.CostCenter:Integer[]",
            "customSecurityAttributes.Engineering.Certification:Boolean",
            "customSecurityAttributes.Marketing.Level:String=Public|Confidential",
            "customSecurityAttributes.Marketing.OldCode:String~",
        ]
        .into_iter()
        .filter_map(SecurityAttribute::of_header)
        .collect()
    }

    /// A cell of a sheet as a value; `None` when it is no value of that type.
    pub fn of_cell(&self, cell: &str) -> Option<Value> {
        let one = |text: &str| match self.data_type.as_str() {
            "Integer" => text.parse::<i32>().ok().map(Value::from),
            "Boolean" => text.to_ascii_lowercase().parse::<bool>().ok().map(Value::from),
            _ => Some(json!(text)),
        };
        if self.multi {
            let items: Option<Vec<Value>> = super::cells::list(cell).iter().map(|item| one(item)).collect();
            return items.map(Value::Array);
        }
        one(cell)
    }

    fn id(&self) -> String {
        format!("{}_{}", self.set, self.name)
    }

    /// Whether this is a value that can be given, with the type that stands beside it.
    fn check(&self, value: &Value, annotation: Option<&str>) -> Result<(), Refusal> {
        let removes = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        if removes {
            // The documents empty one value with null and several with an empty list.
            return match value.is_array() == self.multi {
                true => Ok(()),
                false => Err(self.refused("has a value of another type")),
            };
        }
        if self.deprecated {
            return Err(self.refused("is deactivated"));
        }
        let wanted = match (self.data_type.as_str(), self.multi) {
            ("Integer", false) => Some("#Int32"),
            ("Integer", true) => Some("#Collection(Int32)"),
            (_, true) => Some("#Collection(String)"),
            _ => None,
        };
        if wanted.is_some() && annotation != wanted {
            return Err(self.refused("has a value without its type"));
        }
        match (value, self.multi) {
            (Value::Array(items), true) => items.iter().try_for_each(|item| self.check_one(item)),
            (one, false) => self.check_one(one),
            _ => Err(self.refused("has a value of another type")),
        }
    }

    fn check_one(&self, value: &Value) -> Result<(), Refusal> {
        match self.data_type.as_str() {
            "Integer" => {
                let number = value.as_i64().and_then(|number| i32::try_from(number).ok());
                number.ok_or_else(|| rules::mistyped(value, "Edm.Int32"))?;
            }
            "Boolean" => {
                value
                    .as_bool()
                    .ok_or_else(|| rules::mistyped(value, "Edm.Boolean"))?;
            }
            _ => {
                let text = value.as_str();
                let text = text.ok_or_else(|| rules::mistyped(value, "Edm.String"))?;
                rules::check_length(&self.name, text, Some(LENGTH_MAX))?;
            }
        }
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match &self.predefined {
            Some(values) if !values.contains(&text) || text.starts_with('-') => {
                Err(self.refused("takes predefined values only"))
            }
            _ => Ok(()),
        }
    }

    fn refused(&self, why: &str) -> Refusal {
        Refusal::bad(format!(
            "The custom security attribute '{}' {why}. Invalid value for property '{PARENT}'.",
            self.id()
        ))
    }

    fn shown(&self, expanded: bool) -> Value {
        let mut shown = json!({
            "id": self.id(),
            "attributeSet": self.set,
            "name": self.name,
            "description": "",
            "type": self.data_type,
            "isCollection": self.multi,
            "isSearchable": true,
            "status": if self.deprecated { "Deprecated" } else { "Available" },
            "usePreDefinedValuesOnly": self.predefined.is_some(),
        });
        if expanded {
            let mut values = self.values();
            values.truncate(EXPANDED_MAX);
            shown["allowedValues"] = Value::Array(values);
        }
        shown
    }

    fn values(&self) -> Vec<Value> {
        let values = self.predefined.iter().flatten();
        values
            .map(|value| json!({"id": value.trim_start_matches('-'), "isActive": !value.starts_with('-')}))
            .collect()
    }
}

fn find<'d>(directory: &'d Directory, set: &str, name: &str) -> Option<&'d SecurityAttribute> {
    let all = &directory.tenant.extensions.security;
    all.iter().find(|one| {
        one.set.to_lowercase() == set.to_lowercase() && one.name.to_lowercase() == name.to_lowercase()
    })
}

/// The stored values of a user, set by set.
fn stored(directory: &Directory, place: u32) -> Map<String, Value> {
    match directory.record(place).value(*at::SECURITY) {
        Some(Value::Object(mut sets)) => {
            // A sheet of an export may have brought the types along.
            for set in sets.values_mut().filter_map(Value::as_object_mut) {
                set.retain(|name, _| !name.contains('@'));
            }
            sets
        }
        _ => Map::new(),
    }
}

/// What a PATCH with this value does: what it names is set or taken away, the rest stays.
pub fn settle(directory: &Directory, place: u32, value: &Value) -> Result<record::Setting, Refusal> {
    let invalid = || Refusal::bad("One or more property values specified are invalid.");
    let sets = value.as_object().ok_or_else(invalid)?;
    let mut all = stored(directory, place);
    for (set, given) in sets.iter().filter(|(name, _)| !name.starts_with('@')) {
        let given = given.as_object().ok_or_else(invalid)?;
        if given.get("@odata.type").and_then(Value::as_str) != Some(SET_TYPE) {
            return Err(Refusal::bad(format!(
                "The value of the attribute set '{set}' has no type or another one than '{SET_TYPE}'."
            )));
        }
        for (name, value) in given.iter().filter(|(name, _)| !name.contains('@')) {
            let definition = find(directory, set, name).ok_or_else(|| {
                Refusal::bad(format!(
                    "The custom security attribute '{set}_{name}' is not defined in this tenant."
                ))
            })?;
            let annotation = given.get(&format!("{name}@odata.type")).and_then(Value::as_str);
            definition.check(value, annotation)?;
            put(&mut all, definition, value.clone());
        }
    }
    let values = all.values().filter_map(Value::as_object);
    let count: usize = values
        .flat_map(Map::values)
        .map(|value| value.as_array().map_or(1, Vec::len))
        .sum();
    if count > VALUES_MAX {
        return Err(Refusal::bad(format!(
            "The number of custom security attribute values on the object exceeds the limit of {VALUES_MAX}."
        )));
    }
    Ok(packed(&all))
}

fn put(all: &mut Map<String, Value>, definition: &SecurityAttribute, value: Value) {
    let set = all.entry(&definition.set).or_insert_with(|| json!({}));
    if let Some(set) = set.as_object_mut() {
        set.insert(definition.name.clone(), value);
        set.retain(|_, value| !record::is_unset(value));
    }
    all.retain(|_, set| set.as_object().is_some_and(|set| !set.is_empty()));
}

fn packed(all: &Map<String, Value>) -> record::Setting {
    let value = Value::Object(all.clone());
    (*at::SECURITY, (!all.is_empty()).then(|| value.to_string()))
}

/// Adds the value of a cell to what a sheet says of a user; `leaf` is set and name with a dot between.
pub fn imported(values: &mut BTreeMap<u8, Value>, leaf: &str, value: Value) {
    if let Some((set, name)) = leaf.split_once('.') {
        values.entry(*at::SECURITY).or_default()[set][name] = value;
    }
}

/// A change behind the client's back; `None` when the name is no custom security attribute.
pub fn edited(directory: &Directory, place: u32, name: &str, value: &Value) -> Option<Effect> {
    let (set, own) = name.strip_prefix(PARENT)?.strip_prefix('.')?.split_once('.')?;
    let mut all = stored(directory, place);
    put(&mut all, find(directory, set, own)?, value.clone());
    Some(Effect {
        settings: vec![packed(&all)],
        manager: None,
    })
}

/// The stored text as an answer shows it: with the types of sets and lists.
pub fn shown(raw: &str) -> String {
    let Ok(Value::Object(sets)) = serde_json::from_str(raw) else {
        return raw.to_owned();
    };
    let of_set = |set: &Value| {
        let mut shown = Map::new();
        shown.insert(
            "@odata.type".into(),
            json!("#microsoft.graph.customSecurityAttributeValue"),
        );
        let own = set.as_object().into_iter().flatten();
        for (name, value) in own.filter(|(name, _)| !name.contains('@')) {
            if let Value::Array(items) = value {
                let numbers = items.first().is_some_and(Value::is_number);
                let kind = if numbers { "Int32" } else { "String" };
                shown.insert(
                    format!("{name}@odata.type"),
                    json!(format!("#Collection({kind})")),
                );
            }
            shown.insert(name.clone(), value.clone());
        }
        Value::Object(shown)
    };
    let all: Map<String, Value> = sets
        .iter()
        .map(|(name, set)| (name.clone(), of_set(set)))
        .collect();
    Value::Object(all).to_string()
}

/// Whether definitions may be read.
pub fn may_read(caller: &Caller) -> Result<(), Refusal> {
    let readers = [
        "CustomSecAttributeDefinition.Read.All",
        "CustomSecAttributeDefinition.ReadWrite.All",
    ];
    match caller.has_one(&readers) {
        true => Ok(()),
        false => Err(Refusal::denied()),
    }
}

/// `GET /directory/customSecurityAttributeDefinitions`
pub fn list(directory: &Directory, expanded: bool, base: &str) -> Reply {
    let all = &directory.tenant.extensions.security;
    let shown: Vec<Value> = all.iter().map(|one| one.shown(expanded)).collect();
    let context = format!("{base}/v1.0/$metadata#directory/customSecurityAttributeDefinitions");
    Reply::json(json!({"@odata.context": context, "value": shown}).to_string())
}

/// `GET /directory/customSecurityAttributeDefinitions/{id}/allowedValues`
pub fn list_values(directory: &Directory, id: &str, base: &str) -> Result<Reply, Refusal> {
    let all = &directory.tenant.extensions.security;
    let one = all.iter().find(|one| one.id().eq_ignore_ascii_case(id));
    let one = one.ok_or_else(|| Refusal::absent(id))?;
    let context =
        format!("{base}/v1.0/$metadata#directory/customSecurityAttributeDefinitions('{id}')/allowedValues");
    Ok(Reply::json(
        json!({"@odata.context": context, "value": one.values()}).to_string(),
    ))
}
