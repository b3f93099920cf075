//! What the labels in other languages must hold.

use super::*;
use crate::catalogue::{Preset, by_name};

fn in_language(language: usize) -> impl Iterator<Item = (&'static str, String)> {
    LABELS
        .iter()
        .map(move |(name, labels)| (*name, labels[language].to_lowercase()))
}

#[test]
fn no_two_attributes_share_a_label_inside_one_language() {
    for (language, code) in LABEL_LANGUAGES.iter().enumerate() {
        let labels: Vec<_> = in_language(language).collect();
        for (index, (name, label)) in labels.iter().enumerate() {
            let twin = labels[..index].iter().find(|(_, earlier)| earlier == label);
            assert_eq!(twin, None, "{code} `{label}` is also {name}");
        }
    }
}

#[test]
fn every_column_of_the_default_preset_has_a_label_in_all_languages() {
    for attribute in Preset::Default.columns() {
        let labels = LABELS.iter().filter(|(name, _)| *name == attribute.name);
        let labels: Vec<_> = labels.flat_map(|(_, labels)| labels).collect();
        assert_eq!(labels.len(), 4, "{}", attribute.name);
        assert!(labels.iter().all(|label| !label.is_empty()), "{}", attribute.name);
    }
}

#[test]
fn every_label_belongs_to_an_attribute() {
    let named = LABELS.iter().map(|(name, _)| *name);
    let others = OTHER_LABELS.iter().map(|(name, _)| *name);
    let ambiguous = AMBIGUOUS.iter().flat_map(|(_, names)| names.iter().copied());
    for name in named.chain(others).chain(ambiguous) {
        assert!(by_name(name).is_some(), "{name}");
    }
    assert!(AMBIGUOUS.iter().all(|(_, names)| names.len() >= 2));
}
