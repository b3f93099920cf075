//! A TOML document held against the JSON Schema of its types. It goes on behind a mistake, which serde does not.

use serde_json::{Map, Value as Json};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::read::{Spots, line_of};
use crate::feed::SettingsProblem;
use crate::feed::near::{listed, suggestion};

/// The walk, with what it found so far.
pub(super) struct Walk<'t> {
    text: &'t str,
    root: &'t Json,
    problems: Vec<SettingsProblem>,
    spots: Spots,
}

impl<'t> Walk<'t> {
    pub(super) fn new(text: &'t str, root: &'t Json) -> Walk<'t> {
        Walk {
            text,
            root,
            problems: Vec::new(),
            spots: Spots::default(),
        }
    }

    pub(super) fn finish(self) -> (Vec<SettingsProblem>, Spots) {
        (self.problems, self.spots)
    }

    /// What is right in a table, as JSON. A required key that is not there is told, and an empty value stands in for it.
    pub(super) fn table(&mut self, schema: &Json, table: &DeTable<'_>, path: &str) -> Json {
        let schema = self.resolved(schema);
        let properties = schema.get("properties").and_then(Json::as_object);
        let open = schema.get("additionalProperties").filter(|more| more.is_object());
        let mut read = Map::new();
        for (key, value) in table.iter() {
            let name = key.get_ref().as_ref();
            let inner = if path.is_empty() {
                name.to_owned()
            } else {
                format!("{path}.{name}")
            };
            let offset = key.span().start;
            self.spots.put(&inner, offset, line_of(self.text, offset));
            let known = properties.and_then(|all| all.get(name)).or(open);
            match known {
                Some(known) => {
                    if let Some(value) = self.value(known, value, &inner) {
                        read.insert(name.to_owned(), value);
                    }
                }
                None => self.unknown(name, &inner, path, properties),
            }
        }
        for name in strings(schema.get("required")) {
            if read.contains_key(name) {
                continue;
            }
            let inner = if path.is_empty() {
                name.to_owned()
            } else {
                format!("{path}.{name}")
            };
            let was_told = self.spots.is_broken(&inner);
            let wanted = properties
                .and_then(|all| all.get(name))
                .map(|own| self.resolved(own));
            let is_table = wanted.is_some_and(|own| own.get("properties").is_some());
            if !was_told {
                let what = if is_table {
                    format!("[{inner}]")
                } else {
                    name.to_owned()
                };
                let place = if path.is_empty() {
                    "the file".to_owned()
                } else {
                    format!("[{path}]")
                };
                self.problem(
                    &inner,
                    format!("`{what}` is missing in {place}"),
                    "see docs/feed.md for what it says".to_owned(),
                );
            }
            let stand_in = if is_table {
                let before = self.problems.len();
                let empty = wanted.map_or(Json::Null, |own| self.table(own, &DeTable::new(), &inner));
                // That the whole table is missing says it.
                self.problems.truncate(before);
                empty
            } else {
                Json::String(String::new())
            };
            read.insert(name.to_owned(), stand_in);
        }
        Json::Object(read)
    }

    fn unknown(&mut self, name: &str, inner: &str, path: &str, properties: Option<&Map<String, Json>>) {
        let known: Vec<&str> = properties
            .into_iter()
            .flat_map(Map::keys)
            .map(String::as_str)
            .collect();
        let place = if path.is_empty() {
            "of the file".to_owned()
        } else {
            format!("of [{path}]")
        };
        let mut help = suggestion(name, &known);
        if let Some(rule) = path.strip_prefix("attributes.")
            && crate::catalogue::all().any(|attribute| attribute.name == format!("{rule}.{name}"))
        {
            help = format!("a name with a dot stands between quotes: `[attributes.\"{rule}.{name}\"]`");
        }
        self.problem(inner, format!("there is no key `{name}` {place}"), help);
    }

    fn problem(&mut self, key: &str, message: String, help: String) {
        self.spots.put_broken(key);
        self.problems.push(SettingsProblem {
            line: self.spots.line(key),
            key: key.to_owned(),
            message,
            help,
        });
    }

    fn value(&mut self, schema: &Json, value: &Spanned<DeValue<'_>>, path: &str) -> Option<Json> {
        let schema = self.resolved(schema);
        let value = value.get_ref();
        if let Some(words) = words(schema) {
            return match value {
                DeValue::String(word) if words.contains(&word.as_ref()) => {
                    Some(Json::String(word.clone().into_owned()))
                }
                DeValue::String(word) => {
                    let all = listed(words.iter().copied());
                    let help = match crate::feed::nearest(word, words.iter().copied()) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => format!("write one of {all}"),
                    };
                    self.problem(path, format!("`{word}` is none of {all}"), help);
                    None
                }
                other => self.wrong_kind(path, "one of these words", &listed(words), other),
            };
        }
        if let Some(ways) = tagged(schema) {
            return self.one_way(&ways, value, path);
        }
        let kinds = kinds(schema);
        match value {
            DeValue::Table(table) if kinds.contains(&"object") => Some(self.table(schema, table, path)),
            DeValue::Array(items) if kinds.contains(&"array") => {
                let own = schema.get("items").cloned().unwrap_or(Json::Bool(true));
                let mut read = Vec::new();
                for (number, item) in (1..).zip(items.iter()) {
                    let inner = format!("{path}.{number}");
                    let offset = item.span().start;
                    self.spots.put(&inner, offset, line_of(self.text, offset));
                    read.extend(self.value(&own, item, &inner));
                }
                Some(Json::Array(read))
            }
            DeValue::String(text) if kinds.contains(&"string") => {
                Some(Json::String(text.clone().into_owned()))
            }
            DeValue::Boolean(truth) if kinds.contains(&"boolean") => Some(Json::Bool(*truth)),
            DeValue::Integer(number) if kinds.contains(&"integer") => {
                let max = match schema.get("format").and_then(Json::as_str) {
                    Some("uint16") => u64::from(u16::MAX),
                    Some("uint32") => u64::from(u32::MAX),
                    _ => u64::MAX,
                };
                let parsed = u64::from_str_radix(number.as_str(), number.radix()).ok();
                match parsed.filter(|parsed| *parsed <= max) {
                    Some(parsed) => Some(Json::from(parsed)),
                    None => {
                        self.problem(
                            path,
                            format!("`{number}` is no whole number from 0 to {max}"),
                            "write a number from that range".to_owned(),
                        );
                        None
                    }
                }
            }
            other => {
                let wanted: Vec<&str> = kinds.iter().map(|kind| kind_in_words(kind)).collect();
                self.wrong_kind(path, &wanted.join(" or "), "", other)
            }
        }
    }

    /// Where exactly one of several keys must stand, as of a secret.
    fn one_way(&mut self, ways: &[(&str, &Json)], value: &DeValue<'_>, path: &str) -> Option<Json> {
        let names: Vec<&str> = ways.iter().map(|(name, _)| *name).collect();
        let example = format!("write it like {{ {} = … }}", names.first().unwrap_or(&"env"));
        let DeValue::Table(table) = value else {
            return self.wrong_kind(path, "a table with one of the keys", &listed(names), value);
        };
        let mut read = Map::new();
        for (key, value) in table.iter() {
            let name = key.get_ref().as_ref();
            let inner = format!("{path}.{name}");
            let offset = key.span().start;
            self.spots.put(&inner, offset, line_of(self.text, offset));
            match ways.iter().find(|(known, _)| *known == name) {
                Some((_, schema)) => {
                    let value = self.value(schema, value, &inner)?;
                    read.insert(name.to_owned(), value);
                }
                None => {
                    self.problem(
                        &inner,
                        format!("there is no key `{name}` of [{path}]"),
                        suggestion(name, &names),
                    );
                    return None;
                }
            }
        }
        if read.len() != 1 {
            self.problem(
                path,
                format!(
                    "it takes exactly one of {}, and has {}",
                    listed(names),
                    read.len()
                ),
                example,
            );
            return None;
        }
        Some(Json::Object(read))
    }

    fn wrong_kind(&mut self, path: &str, wanted: &str, listed: &str, found: &DeValue<'_>) -> Option<Json> {
        let found = match found {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) => "a whole number",
            DeValue::Float(_) => "a number with a point",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date or a time without quotes",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let help = if wanted.contains("quotes") {
            "put it between quotes".to_owned()
        } else if listed.is_empty() {
            format!("write {wanted}")
        } else {
            format!("write {wanted} {listed}")
        };
        self.problem(path, format!("it takes {wanted}, and {found} stands there"), help);
        None
    }

    /// The schema behind references, and of what may be left out the schema of what may stand there.
    fn resolved<'s>(&self, schema: &'s Json) -> &'s Json
    where
        't: 's,
    {
        let mut schema = schema;
        loop {
            if let Some(name) = schema
                .get("$ref")
                .and_then(Json::as_str)
                .and_then(|name| name.strip_prefix("#/$defs/"))
                && let Some(own) = self.root.get("$defs").and_then(|defs| defs.get(name))
            {
                schema = own;
                continue;
            }
            let is_null = |one: &&Json| one.get("type").and_then(Json::as_str) == Some("null");
            let ways = schema.get("anyOf").and_then(Json::as_array);
            match ways.map(Vec::as_slice) {
                Some([one, other]) if is_null(&other) => schema = one,
                _ => return schema,
            }
        }
    }
}

fn strings(list: Option<&Json>) -> impl Iterator<Item = &str> {
    list.and_then(Json::as_array)
        .into_iter()
        .flatten()
        .filter_map(Json::as_str)
}

/// The words that a schema allows, when it allows only words.
fn words(schema: &Json) -> Option<Vec<&str>> {
    if schema.get("enum").is_some() {
        return Some(strings(schema.get("enum")).collect());
    }
    let ways = schema.get("oneOf")?.as_array()?;
    let mut words = Vec::new();
    for way in ways {
        match way.get("const").and_then(Json::as_str) {
            Some(word) => words.push(word),
            None if way.get("enum").is_some() => words.extend(strings(way.get("enum"))),
            None => return None,
        }
    }
    Some(words)
}

/// The keys of which exactly one may stand, each with its schema.
fn tagged(schema: &Json) -> Option<Vec<(&str, &Json)>> {
    let ways = schema.get("oneOf")?.as_array()?;
    let own = ways.iter().map(|way| {
        let (name, schema) = way.get("properties")?.as_object()?.iter().next()?;
        Some((name.as_str(), schema))
    });
    own.collect()
}

/// The kinds of values that a schema allows.
fn kinds(schema: &Json) -> Vec<&str> {
    let mut kinds: Vec<&str> = match schema.get("type") {
        Some(Json::String(kind)) => vec![kind],
        several => strings(several).collect(),
    };
    for way in schema.get("anyOf").and_then(Json::as_array).into_iter().flatten() {
        kinds.extend(self::kinds(way));
    }
    kinds.retain(|kind| *kind != "null");
    kinds
}

fn kind_in_words(kind: &str) -> &'static str {
    match kind {
        "string" => "a text between quotes",
        "integer" => "a whole number",
        "boolean" => "true or false",
        "array" => "a list",
        "object" => "a table",
        _ => "something else",
    }
}
