//! Names of people by their words: how two of them are held against each other.

use std::collections::BTreeSet;

use crate::domain::plain_letters;

/// By these a row and a user are told apart.
pub(super) const NAMES: [&str; 3] = ["givenName", "surname", "displayName"];

/// The words of a name, in small letters and without accents.
pub(super) fn plain_words(text: &str) -> BTreeSet<String> {
    words(&plain_letters(text))
}

/// The words as they are written, in small letters.
pub(super) fn words(text: &str) -> BTreeSet<String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    words
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_its_words_without_accents_capitals_and_pictures() {
        let read = |text| plain_words(text).into_iter().collect::<Vec<_>>();
        assert_eq!(read("de la Cruz, JOSÉ"), ["cruz", "de", "jose", "la"]);
        assert_eq!(read("Ana \u{1F642}"), ["ana"]);
        assert_eq!(read(" - "), Vec::<String>::new());
        assert_eq!(words("José").into_iter().collect::<Vec<_>>(), ["josé"]);
    }
}
