//! The directory told to those who watch over it, and not to the client.

use super::super::{schema, schema::PROPERTIES};
use super::{Directory, at};
use serde_json::{Map, Value, json};

impl Directory {
    /// Every user with every property, and the manager's id.
    pub fn dump(&self) -> Vec<Value> {
        let all: Vec<u8> = (0..PROPERTIES.len())
            .filter_map(|slot| u8::try_from(slot).ok())
            .collect();
        (0..self.ids.len() as u32)
            .filter(|place| self.record(*place).raw(*at::GONE).is_none())
            .map(|place| {
                let mut text = String::new();
                self.view(place, None).write(&all, &mut text, "");
                let mut user = match serde_json::from_str(&text) {
                    Ok(Value::Object(user)) => user,
                    _ => Map::new(),
                };
                user.insert(
                    "manager".into(),
                    self.view(place, None)
                        .manager
                        .map_or(Value::Null, |place| json!(self.id(place))),
                );
                user.insert("roles".into(), json!(self.roles(place)));
                Value::Object(user)
            })
            .collect()
    }

    /// One user as the store holds it, untouched by the code that answers requests: the id, the manager's id, whether it is
    /// deleted, and the properties that are set. Nobody, for one who is gone for good.
    pub fn own(&self, place: u32) -> Option<Value> {
        let record = self.record(place);
        if record.raw(*at::GONE).is_some() {
            return None;
        }
        let set: Map<String, Value> = record
            .iter()
            .filter_map(|(slot, json)| {
                Some((
                    schema::property(slot)?.name.to_owned(),
                    serde_json::from_str(json).ok()?,
                ))
            })
            .collect();
        let manager = self.manager(place).filter(|manager| !self.is_deleted(*manager));
        Some(json!({
            "id": self.id(place),
            "manager": manager.map(|place| self.id(place)),
            "deleted": self.is_deleted(place),
            "set": set,
        }))
    }
}
