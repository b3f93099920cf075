//! A row of the source as templates see it: `row["Last Name"]` is the cell's text, without blanks at its ends.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::{Enumerator, Object};

use crate::domain::{SourceRow, is_invisible};

/// Where each header stands. Blanks around a header do not count.
#[derive(Debug, Default)]
pub(in crate::feed) struct Header {
    names: Vec<String>,
    places: HashMap<String, usize>,
    twice: Vec<String>,
}

impl Header {
    pub(in crate::feed) fn of(columns: &[String]) -> Arc<Header> {
        let mut header = Header::default();
        for (place, column) in columns.iter().enumerate() {
            let name = trimmed(column).to_owned();
            if !name.is_empty() && header.places.insert(name.clone(), place).is_some() {
                header.twice.push(name);
            } else if !name.is_empty() {
                header.names.push(name);
            }
        }
        Arc::new(header)
    }

    pub(in crate::feed) fn place(&self, name: &str) -> Option<usize> {
        self.places.get(trimmed(name)).copied()
    }

    pub(in crate::feed) fn is_twice(&self, name: &str) -> bool {
        self.twice.iter().any(|twice| twice == trimmed(name))
    }

    pub(in crate::feed) fn names(&self) -> impl Iterator<Item = &str> {
        self.names
            .iter()
            .map(String::as_str)
            .filter(|name| !name.is_empty())
    }
}

/// A text without blanks and marks that nobody sees at its ends.
pub(in crate::feed) fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c))
}

/// What a template can name: one word, and what it stands for.
#[derive(Debug)]
struct Context {
    word: &'static str,
    value: Value,
}

impl Object for Context {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        key.as_str().and_then(|key| self.get_value_by_str(key))
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        (key == self.word).then(|| self.value.clone())
    }
}

#[derive(Debug)]
struct RowObject {
    header: Arc<Header>,
    row: SourceRow,
}

impl Object for RowObject {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        key.as_str().and_then(|key| self.get_value_by_str(key))
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        let place = self.header.place(key)?;
        Some(Value::from(trimmed(self.row.cell(place))))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.header.names().map(Value::from).collect())
    }
}

/// A row as the word `row`.
pub(in crate::feed) fn row_value(header: &Arc<Header>, row: &SourceRow) -> Value {
    Value::from_object(Context {
        word: "row",
        value: Value::from_object(RowObject {
            header: Arc::clone(header),
            row: row.clone(),
        }),
    })
}

/// Answers every header with an empty text, to try a template before there is a file.
#[derive(Debug)]
struct EmptyRow;

impl Object for EmptyRow {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        key.as_str().map(|_| Value::from(""))
    }
}

/// The word that a rule may name, with an empty text for everything in it.
pub(in crate::feed) fn empty_row(word: &'static str) -> Value {
    Value::from_object(Context {
        word,
        value: Value::from_object(EmptyRow),
    })
}

/// A user of the directory as the word `user`.
pub(in crate::feed) fn user_value(values: &BTreeMap<String, Value>) -> Value {
    Value::from_object(Context {
        word: "user",
        value: Value::from_pairs(values.iter().map(|(name, value)| (name.as_str(), value.clone()))),
    })
}
