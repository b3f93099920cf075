//! One user, packed: the set properties only, each as its place in the schema and its JSON text.
//!
//! A million users fit into memory because nothing is stored for what is unset, and a page is written by
//! copying texts instead of building values.

use super::schema::{self, Kind};
use serde_json::Value;

/// The set properties of one user: for each a letter for its place, its length in letters of six bits, and its JSON.
///
/// All of it is text, so that a page is written without looking at every byte again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Record(Box<str>);

/// More places than properties: each is one letter of ASCII.
pub const PLACES: usize = 128;

/// One property of a user set to a JSON text, or unset.
pub type Setting = (u8, Option<String>);

impl Record {
    /// A record of these properties; places must come once each.
    pub fn of(settings: impl IntoIterator<Item = (u8, String)>) -> Self {
        let mut text = String::new();
        for (slot, json) in settings {
            push(&mut text, slot, &json);
        }
        Record(text.into_boxed_str())
    }

    /// The set properties in stored order.
    pub fn iter(&self) -> impl Iterator<Item = (u8, &str)> {
        let mut rest: &str = &self.0;
        std::iter::from_fn(move || {
            let (entry, after) = take(rest)?;
            rest = after;
            Some(entry)
        })
    }

    /// The JSON texts of all properties by their places, for who wants many of them.
    pub fn by_place(&self) -> [Option<&str>; PLACES] {
        let mut all = [None; PLACES];
        for (slot, json) in self.iter() {
            if let Some(place) = all.get_mut(usize::from(slot)) {
                *place = Some(json);
            }
        }
        all
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
        let mut text = String::with_capacity(self.0.len() + 32);
        for (slot, json) in self.iter() {
            if !settings.iter().any(|(at, _)| *at == slot) {
                push(&mut text, slot, json);
            }
        }
        for (slot, json) in settings {
            if let Some(json) = json {
                push(&mut text, *slot, json);
            }
        }
        Record(text.into_boxed_str())
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.0.len()
    }
}

fn push(text: &mut String, slot: u8, json: &str) {
    text.push(char::from(slot & 0x7F));
    let mut length = json.len();
    while length >= 0x40 {
        text.push(char::from((length & 0x3F) as u8 | 0x40));
        length >>= 6;
    }
    text.push(char::from(length as u8));
    text.push_str(json);
}

fn take(text: &str) -> Option<((u8, &str), &str)> {
    let mut letters = text.bytes();
    let slot = letters.next()?;
    let (mut length, mut shift, mut head) = (0_usize, 0, 1);
    loop {
        let letter = letters.next()?;
        head += 1;
        length |= usize::from(letter & 0x3F) << shift;
        shift += 6;
        if letter & 0x40 == 0 {
            break;
        }
    }
    let (json, rest) = text.get(head..)?.split_at_checked(length)?;
    Some(((slot, json), rest))
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
        assert!(schema::PROPERTIES.len() < PLACES, "each place is one letter");
        let long = quote(&"x".repeat(70_000));
        let record = Record::of([(3, quote("a")), (9, long.clone())]);
        assert_eq!(record.raw(3), Some("\"a\""));
        assert_eq!(record.raw(9), Some(long.as_str()));
        assert_eq!(record.raw(4), None);
        let changed = record.with(&[(3, None), (4, Some("true".into()))]);
        assert_eq!(changed.raw(3), None);
        assert_eq!(changed.raw(4), Some("true"));
        assert_eq!(changed.raw(9), Some(long.as_str()));
        let spread = changed.by_place();
        assert_eq!(
            (spread[3], spread[4], spread[9]),
            (None, Some("true"), Some(long.as_str()))
        );
        for length in [0, 1, 63, 64, 65, 4_095, 4_096, 262_144] {
            let text = "é".repeat(length);
            let record = Record::of([(0, "1".to_owned()), (127, text.clone()), (5, "2".to_owned())]);
            assert_eq!(
                (record.raw(127), record.raw(5)),
                (Some(text.as_str()), Some("2")),
                "{length}"
            );
        }
    }
}
