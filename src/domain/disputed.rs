//! A value of a cell in conflict as a person reads it, and whether a text they decided about still means it.

use std::collections::HashSet;

use super::damage::rewritten;
use super::items::join_items;
use super::value::comparable;
use super::{Reference, UserId, Value, is_masked_text, same, split_items};
use crate::catalogue::{Attribute, Kind};

/// The value as the sheet of conflicts shows it. Somebody a cell refers to is named with the id, because a name can pass
/// to another user.
pub fn disputed_text(value: &Value) -> String {
    match value {
        Value::Reference(reference) => with_id(reference),
        Value::References(people) => join_items(&people.iter().map(with_id).collect::<Vec<_>>()),
        value => value.to_cell(),
    }
}

fn with_id(reference: &Reference) -> String {
    match &reference.upn {
        Some(upn) => format!("{upn} ({})", reference.id),
        None => reference.id.to_string(),
    }
}

/// Whether the text that [`disputed_text`] once made still means the value, equality being that of the kind of value. A value that
/// was told in part means none: many have the same parts.
pub(super) fn still_says(attribute: &Attribute, text: &str, value: &Value) -> bool {
    if attribute.is_masked() && is_masked_text(text) {
        return false;
    }
    if text == disputed_text(value) {
        return true;
    }
    match value {
        Value::Reference(reference) => referred(text) == Some(reference.id),
        Value::References(people) => {
            let said = split_items(text).unwrap_or_default();
            let said: HashSet<Option<UserId>> = said.iter().map(|item| referred(item)).collect();
            said == people.iter().map(|one| Some(one.id)).collect()
        }
        Value::Boolean(_) => text.eq_ignore_ascii_case(&value.to_cell()),
        Value::List(_) => same_items(attribute.kind, text, &value.to_cell()),
        Value::Text(_) | Value::Empty if !text.is_empty() => {
            same(attribute, &Value::Text(text.to_owned()), value)
        }
        Value::Text(_) | Value::Empty => same(attribute, &Value::Empty, value),
        Value::Integer(_) => false,
    }
}

/// Whether the text is what a spreadsheet program makes of the value, so that nobody typed it.
pub fn was_rewritten(attribute: &Attribute, text: &str, value: &Value) -> bool {
    rewritten(attribute.kind, &disputed_text(value), text).is_some()
}

/// The id in `anna@contoso.example (00000000-…)`.
fn referred(text: &str) -> Option<UserId> {
    let text = text.trim();
    let inner = text.strip_suffix(')').and_then(|text| text.rsplit_once('('));
    UserId::parse(inner.map_or(text, |(_, id)| id))
}

fn same_items(kind: Kind, left: &str, right: &str) -> bool {
    let items = |text: &str| {
        let mut items: Vec<String> = split_items(text)
            .ok()?
            .iter()
            .map(|item| comparable(kind, item))
            .collect();
        items.sort_unstable();
        items.dedup();
        Some(items)
    };
    items(left).is_some_and(|left| Some(left) == items(right))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;
    use crate::domain::Reference;

    #[test]
    fn a_text_means_a_value_as_far_as_its_kind_says_they_are_the_same() {
        let id = |last: u8| UserId::parse(&format!("00000000-0000-4000-8000-00000000000{last}")).unwrap();
        let text = |text: &str| Value::Text(text.to_owned());
        let boss = Value::Reference(Reference {
            id: id(1),
            upn: Some("anna@contoso.example".to_owned()),
        });
        let renamed = format!("former@contoso.example ({})", id(1));
        let other = format!("anna@contoso.example ({})", id(2));
        let skills = Value::List(vec!["a; b".to_owned(), "Rust".to_owned()]);
        let list = Value::List(vec!["a@x.example".to_owned(), "B@x.example".to_owned()]);
        for (name, said, value, holds) in [
            ("jobTitle", "Chef", text("Chef"), true),
            ("jobTitle", "chef", text("Chef"), false),
            ("jobTitle", "Cafe\u{301}", text("Café"), true),
            ("jobTitle", "", Value::Empty, true),
            ("jobTitle", "Chef", Value::Empty, false),
            ("jobTitle", "", text("Chef"), false),
            ("mail", "A@x.example", text("a@X.example"), true),
            ("otherMails", "b@x.example; a@x.example", list.clone(), true),
            ("otherMails", "b@x.example", list, false),
            ("skills", "Rust; \"a; b\"", skills.clone(), true),
            ("skills", "\"a; b\"; Rust", skills.clone(), true),
            ("skills", "Rust; a; b", skills.clone(), false),
            ("skills", "Rust; \"a; b", skills, false),
            ("accountEnabled", "TRUE", Value::Boolean(true), true),
            ("accountEnabled", "TRUE", Value::Boolean(false), false),
            (
                "authentication.phoneMethods.mobile",
                "+31 612345678",
                text("+31 612345678"),
                true,
            ),
            (
                "authentication.phoneMethods.mobile",
                "+31 ••••••78",
                text("+31 612345678"),
                false,
            ),
            (
                "authentication.phoneMethods.mobile",
                "+31 ••••••78",
                Value::Empty,
                false,
            ),
            ("mobilePhone", "+31 ••••••78", text("+31 612345678"), false),
            ("manager", &disputed_text(&boss), boss.clone(), true),
            ("manager", &renamed, boss.clone(), true),
            ("manager", &other, boss.clone(), false),
            ("manager", "anna@contoso.example", boss.clone(), false),
            ("manager", "", boss, false),
        ] {
            let attribute = catalogue::by_name(name).unwrap();
            assert_eq!(
                still_says(attribute, said, &value),
                holds,
                "{name} {said} {value:?}"
            );
        }
    }
}
