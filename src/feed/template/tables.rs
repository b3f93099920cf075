//! The tables of words for `lookup`.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use minijinja::value::Rest;
use minijinja::{Error, Value};

use super::fault::Fault;
use super::filters::text_of;
use crate::feed::nearest;

/// Tables of words by name: what a text becomes.
#[derive(Debug, Clone, Default)]
pub struct Words {
    tables: BTreeMap<String, HashMap<String, String>>,
}

impl Words {
    /// Puts a word into a table; gives back what it was before, if it was there.
    pub fn put(&mut self, table: &str, word: &str, becomes: &str) -> Option<String> {
        let own = self.tables.entry(table.to_owned()).or_default();
        own.insert(folded(word), becomes.to_owned())
    }

    /// A table without a word.
    pub fn put_empty(&mut self, table: &str) {
        self.tables.entry(table.to_owned()).or_default();
    }
}

/// Case and blanks at the ends do not part words.
fn folded(word: &str) -> String {
    super::row::trimmed(word).to_lowercase()
}

/// `lookup("table")`, and with what stands for words that are not in it.
pub(super) fn lookup(
    words: &Arc<Words>,
    value: &Value,
    table: &str,
    otherwise: &Rest<Value>,
) -> Result<String, Error> {
    let text = text_of(value)?;
    let Some(own) = words.tables.get(table) else {
        let known: Vec<&str> = words.tables.keys().map(String::as_str).collect();
        let help = match nearest(table, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("make it with [tables.{table}]"),
        };
        return Err(Fault::rule(format!("there is no table `{table}`"), help).into());
    };
    if text.is_empty() {
        return Ok(String::new());
    }
    if let Some(becomes) = own.get(&folded(&text)) {
        return Ok(becomes.clone());
    }
    if let Some(otherwise) = otherwise.first() {
        return Ok(text_of(otherwise)?.into_owned());
    }
    let near = nearest(&text, own.keys().map(String::as_str));
    let near = near.map_or(String::new(), |near| format!("; `{near}` is near to it"));
    Err(Fault::row(
        format!("`{}` is not in the table `{table}`{near}", shortened(&text)),
        format!("put it into the table, or say what stands for others: `lookup(\"{table}\", \"…\")`"),
    )
    .into())
}

/// The beginning of a text, for a message.
pub(super) fn shortened(text: &str) -> String {
    crate::domain::shorten(text)
}
