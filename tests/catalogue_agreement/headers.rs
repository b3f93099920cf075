//! Headers and notes of the catalogue.

use std::collections::{BTreeMap, BTreeSet};

use dirsheet::catalogue;

use super::assert_none;

fn header_key(header: &str) -> String {
    header.split_whitespace().collect::<String>().to_lowercase()
}

#[test]
fn no_header_means_two_attributes() {
    let mut owners: BTreeMap<String, &str> = BTreeMap::new();
    let mut mismatches = Vec::new();
    for attribute in catalogue::all() {
        for header in [attribute.name, attribute.label].iter().chain(attribute.aliases) {
            let owner = owners.entry(header_key(header)).or_insert(attribute.name);
            if *owner != attribute.name {
                mismatches.push(format!("{header:?} means {owner} and {}", attribute.name));
            }
        }
    }
    let names: BTreeSet<_> = catalogue::all().map(|attribute| attribute.name).collect();
    if names.len() != catalogue::all().count() {
        mismatches.push("a name has two entries".to_owned());
    }
    assert_none(&mismatches);
}

#[test]
fn notes_are_single_sentences() {
    let mismatches: Vec<String> = catalogue::all()
        .filter(|attribute| !attribute.note.is_empty())
        .filter(|attribute| {
            let note = attribute.note;
            !note.ends_with('.') || note.contains("  ") || note.contains('|') || note.contains('\n')
        })
        .map(|attribute| format!("{}: {:?}", attribute.name, attribute.note))
        .collect();
    assert_none(&mismatches);
}
