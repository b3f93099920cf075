//! One user, packed: the set properties only, each as its place in the schema and its JSON text.
//!
//! A million users fit into memory because nothing is stored for what is unset, and a page is written by
//! copying texts instead of building values.

use super::schema::{self, Kind};
use serde_json::Value;

/// The set properties of one user.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Record(Box<[u8]>);

/// One property of a user set to a JSON text, or unset.
pub type Setting = (u8, Option<String>);

impl Record {
    /// A record of these properties; places must come once each.
    pub fn of(settings: impl IntoIterator<Item = (u8, String)>) -> Self {
        let mut bytes = Vec::new();
        for (slot, json) in settings {
            push(&mut bytes, slot, &json);
        }
        Record(bytes.into_boxed_slice())
    }

    /// The set properties in stored order.
    pub fn iter(&self) -> impl Iterator<Item = (u8, &str)> {
        let mut rest: &[u8] = &self.0;
        std::iter::from_fn(move || {
            let (entry, after) = take(rest)?;
            rest = after;
            Some(entry)
        })
    }

    /// The JSON text of a property, if it is set.
    pub fn raw(&self, slot: u8) -> Option<&str> {
        self.iter().find(|(at, _)| *at == slot).map(|(_, json)| json)
    }

    /// The value of a property, if it is set.
    pub fn value(&self, slot: u8) -> Option<Value> {
        self.raw(slot).and_then(|json| serde_json::from_str(json).ok())
    }

    /// The text of a property, if it is set and a text.
    pub fn text(&self, slot: u8) -> Option<String> {
        match self.value(slot)? {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The same user with some properties changed.
    pub fn with(&self, settings: &[Setting]) -> Self {
        let mut bytes = Vec::with_capacity(self.0.len() + 32);
        for (slot, json) in self.iter() {
            if !settings.iter().any(|(at, _)| *at == slot) {
                push(&mut bytes, slot, json);
            }
        }
        for (slot, json) in settings {
            if let Some(json) = json {
                push(&mut bytes, *slot, json);
            }
        }
        Record(bytes.into_boxed_slice())
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.0.len()
    }
}

fn push(bytes: &mut Vec<u8>, slot: u8, json: &str) {
    bytes.push(slot);
    let mut length = json.len();
    while length >= 0x80 {
        bytes.push((length & 0x7F) as u8 | 0x80);
        length >>= 7;
    }
    bytes.push(length as u8);
    bytes.extend_from_slice(json.as_bytes());
}

fn take(bytes: &[u8]) -> Option<((u8, &str), &[u8])> {
    let (slot, mut rest) = bytes.split_first()?;
    let (mut length, mut shift) = (0_usize, 0);
    loop {
        let (byte, after) = rest.split_first()?;
        rest = after;
        length |= usize::from(byte & 0x7F) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            break;
        }
    }
    let (text, rest) = rest.split_at_checked(length)?;
    Some(((*slot, std::str::from_utf8(text).ok()?), rest))
}

/// Whether a JSON value says nothing: it is then not stored.
pub fn is_unset(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(leaves) => leaves.values().all(Value::is_null),
        _ => false,
    }
}

/// A value as it is stored: nothing for an unset one, no null leaves inside a group.
pub fn packed(slot: u8, value: &Value) -> Setting {
    if is_unset(value) {
        return (slot, None);
    }
    let group = matches!(schema::property(slot).map(|p| p.kind), Some(Kind::Group(_)));
    match value {
        Value::Object(leaves) if group => {
            let set: serde_json::Map<String, Value> = leaves
                .iter()
                .filter(|(_, v)| !v.is_null())
                .map(|(k, v)| (k.clone(), v.clone()))
                .collect();
            (slot, Some(Value::Object(set).to_string()))
        }
        other => (slot, Some(other.to_string())),
    }
}

/// A text as JSON.
pub fn quote(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_gives_back_what_was_put_in() {
        let long = quote(&"x".repeat(70_000));
        let record = Record::of([(3, quote("a")), (9, long.clone())]);
        assert_eq!(record.raw(3), Some("\"a\""));
        assert_eq!(record.raw(9), Some(long.as_str()));
        assert_eq!(record.raw(4), None);
        let changed = record.with(&[(3, None), (4, Some("true".into()))]);
        assert_eq!(changed.raw(3), None);
        assert_eq!(changed.raw(4), Some("true"));
        assert_eq!(changed.raw(9), Some(long.as_str()));
    }
}
