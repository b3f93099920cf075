//! From the service's JSON to users and values, straight from the bytes: one page at a time, no tree of the whole page.

use std::collections::HashMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value as Json;

use super::{licences, security};
use crate::catalogue::{Attribute, Extension, Kind, ReadRule, WriteRule, is_schema_leaf};
use crate::domain::{Columns, Reference, UserId, UserState, Value, identity_items};

/// Knows where each property of a user goes; made once for a set of columns.
#[derive(Debug)]
pub(super) struct Decoder {
    columns: Columns,
    /// The columns that one property fills, by its name; for a complex property one per leaf.
    places: HashMap<&'static str, Vec<Place>>,
    /// In changes, what was never set is left out, and what the service does not track as well; else only what is withheld.
    untold: Option<Vec<&'static str>>,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    column: usize,
    leaf: Option<&'static str>,
}

/// One page of a listing.
#[derive(Debug)]
pub(super) struct Page {
    pub users: Vec<UserState>,
    pub next_link: Option<String>,
}

impl Decoder {
    pub fn new(columns: &Columns) -> Decoder {
        let mut places: HashMap<&'static str, Vec<Place>> = HashMap::new();
        for (column, attribute) in columns.iter().enumerate() {
            let property = match attribute.read {
                ReadRule::Expand { navigation } => Some((navigation, None)),
                _ => attribute
                    .select()
                    .map(|select| (select, attribute.parent_and_leaf().map(|(_, leaf)| leaf))),
            };
            if let Some((name, leaf)) = property {
                places.entry(name).or_default().push(Place { column, leaf });
            }
        }
        Decoder {
            columns: columns.clone(),
            places,
            untold: None,
        }
    }

    /// For the items of a delta: what is left out was never set, but for these columns, of which it tells nothing.
    pub fn of_delta(columns: &Columns, untold: Vec<&'static str>) -> Decoder {
        Decoder {
            untold: Some(untold),
            ..Decoder::new(columns)
        }
    }

    /// # Errors
    /// What is wrong with the body, without repeating it.
    pub fn page(&self, body: &[u8]) -> Result<Page, String> {
        let mut json = serde_json::Deserializer::from_slice(body);
        let page = PageSeed(self)
            .deserialize(&mut json)
            .map_err(|error| error.to_string())?;
        json.end().map_err(|error| error.to_string())?;
        Ok(page)
    }

    /// # Errors
    /// What is wrong with the object.
    pub fn user(&self, json: Json) -> Result<UserState, String> {
        UserSeed(self)
            .deserialize(json)
            .map_err(|error| error.to_string())
    }
}

struct PageSeed<'d>(&'d Decoder);

impl<'de> DeserializeSeed<'de> for PageSeed<'_> {
    type Value = Page;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Page, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for PageSeed<'_> {
    type Value = Page;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a page of users")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Page, A::Error> {
        let (mut users, mut next_link) = (None, None);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "value" => users = Some(map.next_value_seed(UsersSeed(self.0))?),
                "@odata.nextLink" => next_link = map.next_value::<Option<String>>()?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Page {
            users: users.ok_or_else(|| A::Error::custom("a page without `value`"))?,
            next_link: next_link.filter(|link| !link.is_empty()),
        })
    }
}

struct UsersSeed<'d>(&'d Decoder);

impl<'de> DeserializeSeed<'de> for UsersSeed<'_> {
    type Value = Vec<UserState>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<UserState>, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for UsersSeed<'_> {
    type Value = Vec<UserState>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of users")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<UserState>, A::Error> {
        let mut users = Vec::with_capacity(seq.size_hint().unwrap_or(0));
        while let Some(user) = seq.next_element_seed(UserSeed(self.0))? {
            users.push(user);
        }
        Ok(users)
    }
}

struct UserSeed<'d>(&'d Decoder);

impl<'de> DeserializeSeed<'de> for UserSeed<'_> {
    type Value = UserState;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<UserState, D::Error> {
        deserializer.deserialize_map(self)
    }
}

/// What stands in every user, beside the columns.
enum Special {
    Id,
    Upn,
    Synced,
    Restricted,
    Type,
}

/// The places of a property are looked up while its name is read, so that no name is copied.
struct KeySeed<'d>(&'d Decoder);

struct Key<'d> {
    special: Option<Special>,
    places: &'d [Place],
}

impl<'de, 'd> DeserializeSeed<'de> for KeySeed<'d> {
    type Value = Key<'d>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key<'d>, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<'d> Visitor<'_> for KeySeed<'d> {
    type Value = Key<'d>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a property")
    }

    fn visit_str<E>(self, name: &str) -> Result<Key<'d>, E> {
        Ok(Key {
            special: match name {
                "id" => Some(Special::Id),
                "userPrincipalName" => Some(Special::Upn),
                "onPremisesSyncEnabled" => Some(Special::Synced),
                "isManagementRestricted" => Some(Special::Restricted),
                "@odata.type" => Some(Special::Type),
                _ => None,
            },
            places: self.0.places.get(name).map_or(&[], Vec::as_slice),
        })
    }
}

impl<'de> Visitor<'de> for UserSeed<'_> {
    type Value = UserState;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a user")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<UserState, A::Error> {
        let decoder = self.0;
        let mut id = None;
        let mut user = UserState {
            id: UserId::from_bytes([0; 16]),
            upn: String::new(),
            synced: None,
            restricted: false,
            agent: false,
            values: std::iter::repeat_n(Value::Empty, decoder.columns.len()).collect(),
            unread: Default::default(),
        };
        let mut seen = vec![false; decoder.columns.len()];
        let mut strange = Vec::new();
        while let Some(key) = map.next_key_seed(KeySeed(decoder))? {
            if key.special.is_none() && key.places.is_empty() {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let json = map.next_value::<Json>()?;
            match key.special {
                Some(Special::Id) => id = json.as_str().and_then(UserId::parse),
                Some(Special::Upn) => user.upn = json.as_str().unwrap_or_default().to_owned(),
                Some(Special::Synced) => user.synced = json.as_bool(),
                Some(Special::Restricted) => user.restricted = json.as_bool() == Some(true),
                Some(Special::Type) => user.agent = json.as_str() == Some("#microsoft.graph.agentUser"),
                None => {}
            }
            strange.extend(decoder.beside_strangers(key.places, &json));
            decoder.fill(&mut user.values, &mut seen, key.places, json);
        }
        user.unread = decoder.unread(&seen).into();
        user.unread.extend(strange);
        user.id = id.ok_or_else(|| A::Error::custom("a user without a usable `id`"))?;
        Ok(user)
    }
}

impl Decoder {
    /// Selected properties that the answer left out. A list answers null for what is not set, so what is missing was withheld,
    /// or this cloud does not have it. A navigation is missing when it leads nowhere.
    fn unread(&self, seen: &[bool]) -> Vec<&'static str> {
        if let Some(untold) = &self.untold {
            return untold.clone();
        }
        self.columns
            .iter()
            .zip(seen)
            .filter(|(attribute, seen)| {
                let is_navigation = matches!(attribute.read, ReadRule::Expand { .. });
                // An extension that holds nothing is left out of the answer.
                let may_be_left_out = attribute.extension.is_some() && !security::is_security(attribute);
                let is_withheld = !**seen && !may_be_left_out;
                is_withheld && !is_navigation && attribute.select().is_some()
            })
            .map(|(attribute, _)| attribute.name)
            .collect()
    }

    /// Leaves of a schema extension that holds a value in another leaf, of which the entry does not know: a write would lose it.
    fn beside_strangers(&self, places: &[Place], json: &Json) -> Vec<&'static str> {
        let Json::Object(parent) = json else {
            return Vec::new();
        };
        let is_strange = |attribute: &&Attribute, leaf: &str, value: &Json| {
            let knows = |extension: Extension| {
                attribute.name.ends_with(&format!(".{leaf}")) || extension.knows_leaf(leaf)
            };
            !value.is_null() && !leaf.starts_with('@') && attribute.extension.is_some_and(|one| !knows(one))
        };
        places
            .iter()
            .filter_map(|place| self.columns.get(place.column).filter(|_| place.leaf.is_some()))
            .filter(|attribute| is_schema_leaf(attribute.name))
            .filter(|attribute| {
                parent
                    .iter()
                    .any(|(leaf, value)| is_strange(attribute, leaf, value))
            })
            .map(|attribute| attribute.name)
            .collect()
    }

    fn fill(&self, values: &mut [Value], seen: &mut [bool], places: &[Place], json: Json) {
        let mut rest = Some(json);
        for (index, place) in places.iter().enumerate() {
            let (Some(attribute), Some(value)) =
                (self.columns.get(place.column), values.get_mut(place.column))
            else {
                continue;
            };
            let is_withheld = matches!((place.leaf, &rest), (Some(leaf), Some(Json::Object(parent))) if security::leaf_in(parent, leaf).is_none());
            if let Some(seen) = seen.get_mut(place.column) {
                // What a user has none of is not in its set, and nobody has all sets.
                *seen = !is_withheld || security::is_security(attribute);
            }
            let part = match place.leaf {
                Some(leaf) => match &rest {
                    Some(Json::Object(parent)) => {
                        security::leaf_in(parent, leaf).cloned().unwrap_or(Json::Null)
                    }
                    Some(Json::Null) | None => Json::Null,
                    Some(other) => other.clone(),
                },
                // The last one takes the value instead of copying it.
                None if index + 1 == places.len() => rest.take().unwrap_or(Json::Null),
                None => rest.clone().unwrap_or(Json::Null),
            };
            *value = value_of(attribute, part);
        }
    }
}

/// The value of an attribute. What has another type than expected is kept as text, so that nothing is hidden and nothing breaks.
pub(super) fn value_of(attribute: &Attribute, json: Json) -> Value {
    match (attribute.kind, json) {
        (_, Json::Null) => Value::Empty,
        (Kind::Boolean, Json::Bool(value)) => Value::Boolean(value),
        (Kind::Integer, Json::Number(number)) => match number.as_i64() {
            Some(value) => Value::Integer(value),
            None => Value::Text(number.to_string()),
        },
        (Kind::TextList { .. }, Json::Array(items)) if attribute.write == WriteRule::Licences => {
            licences::ids_in(&items).unwrap_or_else(|| Value::Text(Json::Array(items).to_string()))
        }
        (Kind::TextList { .. } | Kind::EmailList { .. }, Json::Array(items)) => {
            list_of(items, attribute.extension.is_some())
        }
        (Kind::Identities { .. }, Json::Array(items)) => match identity_items(&items) {
            Some(items) => Value::list(items),
            None => Value::Text(Json::Array(items).to_string()),
        },
        (Kind::Json, Json::Array(items)) if items.is_empty() => Value::Empty,
        (Kind::Reference, Json::Object(object)) => reference_of(object),
        // The profile store's word for a day that was never set.
        (Kind::DateTime, Json::String(text)) if text.starts_with("0001-01-01T00:00:00") => Value::Empty,
        (_, Json::String(text)) if text.is_empty() => Value::Empty,
        (Kind::Json, Json::String(text)) => Value::Text(Json::String(text).to_string()),
        (_, Json::String(text)) => Value::Text(text),
        (_, other) => Value::Text(other.to_string()),
    }
}

/// `typed`: the items may be numbers and truths, as an extension of such a type has them.
fn list_of(items: Vec<Json>, typed: bool) -> Value {
    let text = |item: &Json| match item {
        Json::Number(_) | Json::Bool(_) if typed => Some(item.to_string()),
        item => item.as_str().map(str::to_owned),
    };
    let texts: Option<Vec<String>> = items.iter().map(text).collect();
    match texts {
        Some(texts) => Value::list(texts),
        None => Value::Text(Json::Array(items).to_string()),
    }
}

/// A user has a userPrincipalName, a contact (`orgContact`) has none.
pub(super) fn reference_of(object: serde_json::Map<String, Json>) -> Value {
    let text = |name: &str| {
        object
            .get(name)
            .and_then(Json::as_str)
            .filter(|text| !text.is_empty())
    };
    match text("id").and_then(UserId::parse) {
        Some(id) => Value::Reference(Reference {
            id,
            upn: text("userPrincipalName").map(str::to_owned),
        }),
        None if object.is_empty() => Value::Empty,
        None => Value::Text(Json::Object(object).to_string()),
    }
}
