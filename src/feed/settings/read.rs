//! From the text of `FEED.toml` to its types. Every mistake is found, each with its line: the text is walked along the schema
//! of the types, what is wrong is told and left out, and the types read what remains.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use toml::de::DeTable;

use super::FeedSettings;
use super::walk::Walk;
use crate::feed::SettingsProblem;

/// A `FEED.toml` whose single keys were read. What they mean together is judged by [`crate::feed::judge()`].
#[derive(Debug, Clone)]
pub struct WrittenFeed {
    /// What could be read; the keys of [`WrittenFeed::problems`] are missing in it.
    pub settings: FeedSettings,
    /// What is wrong with single keys.
    pub problems: Vec<SettingsProblem>,
    pub(in crate::feed) spots: Spots,
}

/// Where each key stands, and which could not be read.
#[derive(Debug, Clone, Default)]
pub(in crate::feed) struct Spots {
    lines: BTreeMap<String, Spot>,
    broken: BTreeSet<String>,
}

#[derive(Debug, Clone, Copy)]
struct Spot {
    offset: usize,
    line: usize,
}

impl Spots {
    pub(super) fn put(&mut self, key: &str, offset: usize, line: usize) {
        self.lines.insert(key.to_owned(), Spot { offset, line });
    }

    pub(super) fn put_broken(&mut self, key: &str) {
        self.broken.insert(key.to_owned());
    }

    /// The line of a key; where it is not there, of the nearest table around it.
    pub(in crate::feed) fn line(&self, key: &str) -> Option<usize> {
        let mut key = key;
        loop {
            if let Some(spot) = self.lines.get(key) {
                return Some(spot.line);
            }
            key = key.rsplit_once('.')?.0;
        }
    }

    /// Where a key begins in the text, to put keys in the order in which they stand there.
    pub(in crate::feed) fn offset(&self, key: &str) -> usize {
        self.lines.get(key).map_or(usize::MAX, |spot| spot.offset)
    }

    /// Whether the key, or a table around it, was told as a problem already.
    pub(in crate::feed) fn is_broken(&self, key: &str) -> bool {
        let mut key = key;
        loop {
            if self.broken.contains(key) {
                return true;
            }
            match key.rsplit_once('.') {
                Some((around, _)) => key = around,
                None => return false,
            }
        }
    }
}

/// The JSON Schema of `FEED.toml`, made from the types that read it.
pub fn settings_schema() -> Json {
    schemars::schema_for!(FeedSettings).to_value()
}

/// Reads the text of a `FEED.toml`.
///
/// # Errors
/// Everything that is wrong, when so little is right that nothing can be judged: a text that is no TOML.
pub fn read_settings(text: &str) -> Result<WrittenFeed, Vec<SettingsProblem>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (document, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        let mut problems: Vec<SettingsProblem> = errors.iter().map(|error| no_toml(text, error)).collect();
        problems.dedup_by(|later, first| later.line == first.line);
        return Err(problems);
    }
    let schema = settings_schema();
    let mut walk = Walk::new(text, &schema);
    let read = walk.table(&schema, document.get_ref(), "");
    let (mut problems, spots) = walk.finish();
    problems.sort_by_key(|problem| problem.line);
    match serde_json::from_value::<FeedSettings>(read) {
        Ok(settings) => Ok(WrittenFeed {
            settings,
            problems,
            spots,
        }),
        Err(error) => {
            problems.push(SettingsProblem {
                line: None,
                key: String::new(),
                message: error.to_string(),
                help: "see docs/feed.md for what each key takes".to_owned(),
            });
            Err(problems)
        }
    }
}

fn no_toml(text: &str, error: &toml::de::Error) -> SettingsProblem {
    SettingsProblem {
        line: error.span().map(|span| line_of(text, span.start)),
        key: String::new(),
        message: format!("this is no TOML: {}", error.message()),
        help: "texts stand between quotes, and a template that has quotes of its own between '''three single ones'''"
            .to_owned(),
    }
}

/// The line in which a byte stands, from 1.
pub(super) fn line_of(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
    1 + before.iter().filter(|byte| **byte == b'\n').count()
}
