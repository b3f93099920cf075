//! Chinese characters in names.

use unicode_script::{Script, UnicodeScript};

/// Whether a text has characters of the Chinese script. Japanese and Chinese read them differently, and a Japanese name in more than one
/// way, so nothing but a person can write them in Latin letters. Kana and Hangul say how they are read.
pub fn has_han(text: &str) -> bool {
    text.chars().any(|letter| letter.script() == Script::Han)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_characters_are_told_from_letters_that_say_how_they_are_read() {
        for (text, expected) in [
            ("田中", true),
            ("佐々木 さくら", true),
            ("王伟", true),
            ("サトウ さくら", false),
            ("김민준", false),
            ("Łukasz Groß", false),
            ("", false),
        ] {
            assert_eq!(has_han(text), expected, "{text}");
        }
    }
}
