//! The names a header can have, and what each of them means.

use std::collections::HashMap;

use crate::catalogue::Attribute;

/// The column that carries the id of each row's snapshot.
pub const SNAPSHOT_COLUMN: &str = "_snapshot";

/// The columns a report adds. They are ignored when a sheet is read, so that a report can be fed back.
pub const REPORT_COLUMNS: [&str; 7] = [
    "_status",
    "_changes",
    "_error_code",
    "_error",
    "_hint",
    "_request_id",
    "_finished_at",
];

/// What a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// This attribute.
    Attribute(&'static Attribute),
    /// This attribute again: another column before it means the same. A finding with [`crate::domain::Extent::Sheet`].
    Repeated(&'static Attribute),
    /// The id of the snapshot each row was exported from.
    Snapshot,
    /// A column that a report added; ignored.
    Report,
    /// A name nobody knows. A finding.
    Unknown,
    /// No name. A finding when cells below it are filled.
    Blank,
}

/// All names a header can have, for a set of attributes.
#[derive(Debug)]
pub(super) struct Vocabulary {
    meanings: HashMap<String, Meaning>,
    /// Every key with the spelling to offer for it, in the order of the catalogue.
    spellings: Vec<(String, &'static str)>,
}

impl Vocabulary {
    /// A Graph name wins over a label, a label over an alias.
    pub(super) fn new(attributes: impl Iterator<Item = &'static Attribute>) -> Vocabulary {
        let attributes: Vec<_> = attributes.collect();
        let mut vocabulary = Vocabulary {
            meanings: HashMap::new(),
            spellings: Vec::new(),
        };
        for attribute in &attributes {
            vocabulary.add(attribute.name, attribute.name, Meaning::Attribute(attribute));
        }
        vocabulary.add(SNAPSHOT_COLUMN, SNAPSHOT_COLUMN, Meaning::Snapshot);
        for name in REPORT_COLUMNS {
            vocabulary.add(name, name, Meaning::Report);
        }
        for attribute in &attributes {
            vocabulary.add(attribute.label, attribute.name, Meaning::Attribute(attribute));
        }
        for attribute in &attributes {
            for alias in attribute.aliases {
                vocabulary.add(alias, attribute.name, Meaning::Attribute(attribute));
            }
        }
        vocabulary
    }

    fn add(&mut self, text: &str, spelling: &'static str, meaning: Meaning) {
        let key = key(text);
        if !key.is_empty() && !self.meanings.contains_key(&key) {
            self.meanings.insert(key.clone(), meaning);
            self.spellings.push((key, spelling));
        }
    }

    /// What a header with this text means.
    pub(super) fn meaning(&self, text: &str) -> Meaning {
        let key = key(text);
        if key.is_empty() {
            return Meaning::Blank;
        }
        self.meanings.get(&key).copied().unwrap_or(Meaning::Unknown)
    }

    /// Whether the text names a column, a report's own columns included.
    pub(super) fn knows(&self, text: &str) -> bool {
        !matches!(self.meaning(text), Meaning::Unknown | Meaning::Blank)
    }

    /// The name that an unknown one was probably meant to be.
    pub(super) fn nearest(&self, text: &str) -> Option<&'static str> {
        let wanted: Vec<char> = key(text).chars().collect();
        if wanted.len() > NEAREST_CHARS_MAX {
            return None;
        }
        let allowed = (wanted.len() / 3).clamp(1, 4);
        self.spellings
            .iter()
            .map(|(key, spelling)| (distance(&wanted, &key.chars().collect::<Vec<_>>()), *spelling))
            .filter(|(steps, _)| *steps <= allowed && *steps < wanted.len())
            .min_by_key(|(steps, _)| *steps)
            .map(|(_, spelling)| spelling)
    }
}

/// Longer headers are not compared letter by letter.
const NEAREST_CHARS_MAX: usize = 64;

/// A header without what nobody sees or means: case, white space, zero-width characters, byte order marks.
fn key(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && !is_zero_width(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

fn is_zero_width(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}')
}

/// How many letters must be put in, taken out, replaced or swapped with their neighbour.
fn distance(from: &[char], to: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.iter().enumerate() {
        let mut row = Vec::with_capacity(to.len() + 1);
        row.push(i + 1);
        for (j, b) in to.iter().enumerate() {
            let mut steps = (last[j] + usize::from(a != b))
                .min(last[j + 1] + 1)
                .min(row[j] + 1);
            if i > 0 && j > 0 && *a == to[j - 1] && from[i - 1] == *b {
                steps = steps.min(before[j - 1] + 1);
            }
            row.push(steps);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::testing::{attribute_named, vocabulary};

    #[test]
    fn a_header_is_known_by_name_label_or_alias_in_any_dress() {
        let vocabulary = vocabulary();
        for (text, name) in [
            ("jobTitle", "jobTitle"),
            ("JOBTITLE", "jobTitle"),
            ("Job title", "jobTitle"),
            ("\u{feff}job\u{a0}title ", "jobTitle"),
            ("job\u{200b}Title", "jobTitle"),
            ("Object ID", "id"),
            ("UPN", "userPrincipalName"),
            ("employeeOrgData.division", "employeeOrgData.division"),
        ] {
            assert_eq!(
                vocabulary.meaning(text),
                Meaning::Attribute(attribute_named(name)),
                "{text:?}"
            );
        }
        assert_eq!(vocabulary.meaning("_Snapshot"), Meaning::Snapshot);
        assert_eq!(vocabulary.meaning("_finished_at"), Meaning::Report);
        assert_eq!(vocabulary.meaning("shoe size"), Meaning::Unknown);
        assert_eq!(vocabulary.meaning(" \u{feff}"), Meaning::Blank);
    }

    #[test]
    fn a_misspelt_header_is_told_its_nearest_name() {
        let vocabulary = vocabulary();
        for (text, nearest) in [
            ("jobTilte", Some("jobTitle")),
            ("departement", Some("department")),
            ("userPrincipleName", Some("userPrincipalName")),
            ("_snapshots", Some("_snapshot")),
            ("shoe size", None),
            ("x", None),
        ] {
            assert_eq!(vocabulary.nearest(text), nearest, "{text:?}");
        }
        assert_eq!(vocabulary.nearest(&"jobTitle".repeat(1000)), None);
    }

    #[test]
    fn swapped_neighbours_are_one_step() {
        let steps =
            |a: &str, b: &str| distance(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>());
        for (a, b, expected) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("ab", "ba", 1),
            ("title", "tilte", 1),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(steps(a, b), expected, "{a} {b}");
        }
    }
}
