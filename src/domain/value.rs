//! The value of one attribute, and when two values are the same.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::UserId;
use super::invisible::{line_feeds, visible};
use super::items::join_items;
use super::telephone::bare;
use crate::catalogue::{Attribute, Kind};

/// The value of one attribute of one user. Which variant is allowed follows from the attribute's [`Kind`].
///
/// In JSON (plan files, journals): `null`, text, `true`, a number, an array of texts, `{"id", "upn"}`, or an array of these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// The directory holds nothing: `null`, or `[]` for a collection.
    Empty,
    /// Text, a moment in the service's own spelling, or a structure as compact JSON.
    Text(String),
    Boolean(bool),
    Integer(i64),
    /// Never empty: an empty collection is [`Value::Empty`].
    List(Vec<String>),
    /// Another user or contact.
    Reference(Reference),
    /// Several users or groups, by what their cells say; never empty.
    References(Vec<Reference>),
}

/// Another object of the directory, as a cell shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    pub id: UserId,
    /// Its userPrincipalName; a contact and a group have none.
    pub upn: Option<String>,
}

impl Reference {
    /// The text by which a cell points to it.
    pub fn to_cell(&self) -> String {
        self.upn.clone().unwrap_or_else(|| self.id.to_string())
    }
}

impl Value {
    /// A list, empty or not.
    pub fn list(items: Vec<String>) -> Value {
        if items.is_empty() {
            Value::Empty
        } else {
            Value::List(items)
        }
    }

    /// Several users, none of them twice, in the order of their texts.
    pub fn references(mut people: Vec<Reference>) -> Value {
        people.sort_by_cached_key(|one| (one.to_cell().to_lowercase(), one.id));
        people.dedup_by_key(|one| one.id);
        if people.is_empty() {
            Value::Empty
        } else {
            Value::References(people)
        }
    }

    /// Whom it points to.
    pub fn pointed_to(&self) -> &[Reference] {
        match self {
            Value::Reference(one) => std::slice::from_ref(one),
            Value::References(several) => several,
            _ => &[],
        }
    }

    /// The same, where they are called by other ids.
    pub fn pointed_to_mut(&mut self) -> &mut [Reference] {
        match self {
            Value::Reference(one) => std::slice::from_mut(one),
            Value::References(several) => several,
            _ => &mut [],
        }
    }

    /// Whether the directory holds nothing.
    pub fn is_empty(&self) -> bool {
        matches!(self, Value::Empty)
    }

    /// The text of the cell, exactly as an export writes it (before any formula guard).
    pub fn to_cell(&self) -> String {
        match self {
            Value::Empty => String::new(),
            Value::Text(text) => text.clone(),
            Value::Boolean(true) => "true".to_owned(),
            Value::Boolean(false) => "false".to_owned(),
            Value::Integer(number) => number.to_string(),
            Value::List(items) => join_items(items),
            Value::Reference(one) => one.to_cell(),
            Value::References(people) => {
                join_items(&people.iter().map(Reference::to_cell).collect::<Vec<_>>())
            }
        }
    }
}

/// Whether writing `right` where `left` stands would change nothing a person or a program could mean.
/// Equality is per kind: moments as instants, lists as sets, addresses without case, text in Unicode's composed form.
pub fn same(attribute: &Attribute, left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Text(left), Value::Text(right)) => same_text(attribute.kind, left, right),
        (Value::List(left), Value::List(right)) => same_set(attribute.kind, left, right),
        (Value::Reference(_) | Value::References(_), Value::Reference(_) | Value::References(_)) => {
            let ids = |value: &Value| {
                let people = value.pointed_to().iter();
                people.map(|one| one.id).collect::<HashSet<UserId>>()
            };
            ids(left) == ids(right)
        }
        (left, right) => {
            left == right || (holds_nothing(attribute.kind, left) && holds_nothing(attribute.kind, right))
        }
    }
}

/// Whether the value stands for nothing: the service also spells that as an empty text, or as the flags `None`.
pub(super) fn holds_nothing(kind: Kind, value: &Value) -> bool {
    match value {
        Value::Empty => true,
        Value::Text(text) => {
            text.is_empty() || (matches!(kind, Kind::Flags(_)) && comparable(kind, text).is_empty())
        }
        Value::List(items) => items.is_empty(),
        Value::Boolean(_) | Value::Integer(_) | Value::Reference(_) | Value::References(_) => false,
    }
}

fn same_text(kind: Kind, left: &str, right: &str) -> bool {
    left == right || comparable(kind, left) == comparable(kind, right)
}

/// The items of a list, each once: an item that compares as an earlier one would be written and could never be told from it.
pub(super) fn distinct(kind: Kind, items: Vec<String>) -> Vec<String> {
    let mut seen = HashSet::new();
    let mut kept = items;
    kept.retain(|item| seen.insert(comparable(kind, item)));
    kept
}

fn same_set(kind: Kind, left: &[String], right: &[String]) -> bool {
    let prepared = |items: &[String]| {
        let mut items: Vec<String> = items.iter().map(|item| comparable(kind, item)).collect();
        items.sort();
        items.dedup();
        items
    };
    prepared(left) == prepared(right)
}

/// The form in which texts of this kind are compared.
pub(super) fn comparable(kind: Kind, text: &str) -> String {
    let composed: String = line_feeds(text).nfc().collect();
    match kind {
        Kind::Email { .. }
        | Kind::EmailList { .. }
        | Kind::UserPrincipalName
        | Kind::Guid
        | Kind::References { .. }
        | Kind::Language
        | Kind::Country => composed.to_lowercase(),
        Kind::DateTime => match text.parse::<jiff::Timestamp>() {
            Ok(moment) => moment.to_string(),
            Err(_) => composed,
        },
        Kind::SignInPhone { .. } => bare(&composed),
        // A person who writes +31 6 1234 5678 for +31612345678 means the change; only what nobody can see is ignored.
        Kind::Phone { .. } => visible(&composed).trim().to_owned(),
        Kind::Flags(_) => {
            // `None` is the service's word for no flag at all.
            let mut flags: Vec<&str> = composed
                .split(',')
                .map(str::trim)
                .filter(|flag| !flag.is_empty() && !flag.eq_ignore_ascii_case("None"))
                .collect();
            flags.sort_unstable();
            flags.dedup();
            flags.join(", ")
        }
        Kind::Text { .. }
        | Kind::WebAddress
        | Kind::MailNickname { .. }
        | Kind::Boolean
        | Kind::Integer
        | Kind::Choice(_)
        | Kind::TextList { .. }
        | Kind::Identities { .. }
        | Kind::Json
        | Kind::Reference
        | Kind::Picture => composed,
    }
}
