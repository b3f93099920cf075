//! Changes made behind the client's back: they must exist, and nothing else is asked.

use super::{
    directory::{Directory, Effect},
    extensions, record, schema,
};
use serde_json::{Map, Value};

/// What setting a property (or a leaf such as `employeeOrgData.division`, or `manager`) does.
pub fn effect(directory: &Directory, place: u32, property: &str, value: &Value) -> Result<Effect, String> {
    if property == "manager" {
        let manager = match value {
            Value::Null => None,
            Value::String(key) => Some(
                directory
                    .resolve(key)
                    .ok_or_else(|| format!("there is no user `{key}`"))?,
            ),
            _ => return Err("a manager is named by id or user principal name".to_owned()),
        };
        return Ok(Effect {
            settings: Vec::new(),
            manager: Some(manager),
        });
    }
    if property == "id" {
        return Err("an id never changes".to_owned());
    }
    if let Some(effect) = extensions::edited(directory, place, property, value) {
        return Ok(effect);
    }
    if let Some((slot, leaf)) = schema::leaf_of(property, '.') {
        let mut leaves = match directory.record(place).value(slot) {
            Some(Value::Object(leaves)) => leaves,
            _ => Map::new(),
        };
        leaves.insert(leaf.name.to_owned(), value.clone());
        return Ok(Effect {
            settings: vec![record::packed(slot, &Value::Object(leaves))],
            manager: None,
        });
    }
    let slot = schema::slot(property).ok_or_else(|| format!("there is no property `{property}`"))?;
    Ok(Effect {
        settings: vec![record::packed(slot, value)],
        manager: None,
    })
}
