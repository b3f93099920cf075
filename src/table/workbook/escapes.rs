//! Texts that no workbook can hold, because two ways of writing characters meet in them.
//!
//! A workbook writes what XML cannot carry as `_x0001_`. A text that holds `_x0042` and then such a character comes out as
//! `_x0042_x0001_`, which every program reads as `B` and the rest.

/// Whether a text would come back as another one.
pub(super) fn would_be_misread(text: &str) -> bool {
    text.match_indices("_x").any(|(at, start)| {
        let rest = &text[at + start.len()..];
        let digits: usize = rest.chars().take(4).filter(char::is_ascii_hexdigit).count();
        digits == 4 && rest.chars().nth(4).is_some_and(is_escaped)
    })
}

/// What XML cannot carry, or would change.
fn is_escaped(c: char) -> bool {
    (c.is_control() && !matches!(c, '\t' | '\n')) || matches!(c, '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_unfinished_escape_before_an_escaped_character_is_misread() {
        for text in ["_x0042\u{1}", "a_x00e9\r", "_x_xFFFF\u{ffff}"] {
            assert!(would_be_misread(text), "{text:?}");
        }
        for text in [
            "",
            "_x0042_",
            "_x0042",
            "_x004\u{1}",
            "_x0042 \u{1}",
            "_x00é2\u{1}",
            "_x0042\n",
        ] {
            assert!(!would_be_misread(text), "{text:?}");
        }
    }
}
