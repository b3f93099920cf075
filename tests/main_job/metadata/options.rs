//! The options of a query: which there are, and the names in `$select`, `$expand` and `$filter`.
//! <https://learn.microsoft.com/graph/query-parameters>

use std::collections::BTreeMap;

use super::csdl::{Metadata, Shape};
use super::resolve::Resolver;

/// Words of a filter that are no names. <https://learn.microsoft.com/graph/filter-query-parameter>
const WORDS: [&str; 19] = [
    "eq",
    "ne",
    "gt",
    "ge",
    "lt",
    "le",
    "and",
    "or",
    "not",
    "in",
    "null",
    "true",
    "false",
    "startsWith",
    "startswith",
    "endsWith",
    "endswith",
    "any",
    "all",
];

pub fn check(
    resolver: &mut Resolver,
    metadata: &Metadata,
    query: &str,
    shape: Option<&Shape>,
) -> Result<(), String> {
    for option in query.split('&').filter(|option| !option.is_empty()) {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        one(resolver, metadata, &decoded(name), &decoded(value), shape)?;
    }
    Ok(())
}

fn one(
    resolver: &mut Resolver,
    metadata: &Metadata,
    name: &str,
    value: &str,
    shape: Option<&Shape>,
) -> Result<(), String> {
    match (name, shape) {
        // Of an action and of a raw value nothing is asked beside.
        (_, None) => Err(format!("`{name}` where nothing has options")),
        ("$select", Some(shape)) => {
            let mut names = value.split(',');
            names.try_for_each(|name| resolver.member(metadata, &shape.one(), name).map(|_| ()))
        }
        ("$expand", Some(shape)) => expand(resolver, metadata, value, shape),
        ("$filter", Some(shape)) => filter(resolver, metadata, value, shape),
        ("$orderby", Some(shape)) => {
            let name = value.split(' ').next().unwrap_or_default();
            resolver.member(metadata, &shape.one(), name).map(|_| ())
        }
        ("$top" | "$levels", _) => number(name, value),
        ("$count", _) => match value {
            "true" | "false" => Ok(()),
            _ => Err(format!("`$count` is `{value}`")),
        },
        ("$skiptoken" | "$deltatoken", _) => Ok(()),
        _ => Err(format!("`{name}` is no option")),
    }
}

fn number(name: &str, value: &str) -> Result<(), String> {
    let number = value.parse::<u32>();
    number.map(|_| ()).map_err(|_| format!("`{name}` is `{value}`"))
}

/// `manager($levels=1;$select=id,userPrincipalName)`
fn expand(resolver: &mut Resolver, metadata: &Metadata, value: &str, shape: &Shape) -> Result<(), String> {
    let (name, inner) = match value.split_once('(') {
        Some((name, rest)) => (
            name,
            rest.strip_suffix(')').ok_or("an open bracket in `$expand`")?,
        ),
        None => (value, ""),
    };
    if inner.contains('(') || name.contains(',') {
        return Err(format!("this test does not read `$expand={value}`"));
    }
    let owners = metadata.lineage(&shape.name);
    if !owners.iter().any(|(_, of)| of.navigations.contains_key(name)) {
        return Err(format!("{} has no navigation `{name}`", shape.name));
    }
    let target = resolver.member(metadata, &shape.one(), name)?;
    for option in inner.split(';').filter(|option| !option.is_empty()) {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        one(resolver, metadata, name, value, Some(&target))?;
    }
    Ok(())
}

/// The names of a filter, also below `any`, and its words.
fn filter(resolver: &mut Resolver, metadata: &Metadata, text: &str, shape: &Shape) -> Result<(), String> {
    let mut variables: BTreeMap<String, Shape> = BTreeMap::new();
    // The collection that the last name led to, of which `any` binds one item to a variable.
    let mut last = Shape::read("");
    for word in words(text)? {
        let (bound, word) = match word.split_once(':') {
            Some((variable, rest)) => {
                variables.insert(variable.to_owned(), last.one());
                (true, rest.to_owned())
            }
            None => (false, word),
        };
        if word.is_empty() || (!bound && WORDS.contains(&word.as_str())) {
            continue;
        }
        let mut at = shape.one();
        for (index, name) in word.split('/').enumerate() {
            match variables.get(name) {
                Some(variable) if index == 0 => at = variable.clone(),
                _ if at.is_collection && WORDS.contains(&name) => {}
                _ => at = resolver.member(metadata, &at.one(), name)?,
            }
        }
        last = at;
    }
    Ok(())
}

/// Everything in a filter that is no text, no number and no sign.
fn words(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '\'' => {
                let close = rest[1..].find('\'').ok_or("an open text in `$filter`")?;
                close + 2
            }
            _ if first.is_ascii_alphabetic() => {
                let is_in = |c: char| c.is_ascii_alphanumeric() || "_/:.".contains(c);
                let end = rest.find(|c: char| !is_in(c)).unwrap_or(rest.len());
                words.push(rest[..end].to_owned());
                end
            }
            // A moment or a number.
            _ if first.is_ascii_digit() => {
                let is_in = |c: char| c.is_ascii_alphanumeric() || ":.-+".contains(c);
                rest.find(|c: char| !is_in(c)).unwrap_or(rest.len())
            }
            _ => first.len_utf8(),
        };
        rest = &rest[end..];
    }
    Ok(words)
}

pub fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = text
            .get(at + 1..at + 3)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (bytes[at], hex) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
            }
            (b'+', _) => {
                out.push(b' ');
                at += 1;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
