//! Texts of a directory made harmless and visible: control characters as signs, what nobody sees by its number.

use unicode_width::UnicodeWidthChar;

use crate::domain::{is_blank, is_direction_control, is_invisible};

/// A text on one line that no terminal runs and that turns no line around.
pub(super) fn harmless(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' => '␊',
            '\r' => '␍',
            '\t' => '␉',
            c if c.is_control() || is_direction_control(c) => char::REPLACEMENT_CHARACTER,
            c => c,
        })
        .collect()
}

/// The same with the characters that nobody sees named, as `<U+200B>`: where texts differ in nothing else, they are what
/// matters.
pub(super) fn named(text: &str) -> String {
    let nothing_else = is_blank(text);
    let mut named = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unseen(c) || (nothing_else && !matches!(c, ' ' | '\n' | '\r' | '\t')) {
            named.push_str(&number(c));
        } else {
            named.push_str(&harmless(c.encode_utf8(&mut [0; 4])));
        }
    }
    named
}

/// Whether a reader cannot tell that the character is there, or takes it for an ordinary blank.
pub(super) fn is_unseen(c: char) -> bool {
    is_invisible(c)
        || (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        || (c.is_whitespace() && !matches!(c, ' ' | '\n' | '\r' | '\t'))
}

/// `<U+200B>`.
pub(super) fn number(c: char) -> String {
    format!("<U+{:04X}>", u32::from(c))
}

/// How many columns of a terminal a harmless text takes.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// The text and blanks up to so many columns, cut with `…` where it is wider.
pub(super) fn fitted(text: &str, columns: usize) -> String {
    let mut fitted = String::with_capacity(columns);
    let mut used = 0;
    let is_wider = width(text) > columns;
    let room = if is_wider {
        columns.saturating_sub(1)
    } else {
        columns
    };
    for c in text.chars() {
        let wide = c.width().unwrap_or(0);
        if used + wide > room {
            break;
        }
        used += wide;
        fitted.push(c);
    }
    if is_wider {
        fitted.push('…');
        used += 1;
    }
    fitted.extend(std::iter::repeat_n(' ', columns.saturating_sub(used)));
    fitted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_a_terminal_that_it_would_run() {
        assert_eq!(harmless("a\u{1b}[31mb\n\u{202e}c"), "a\u{fffd}[31mb␊\u{fffd}c");
        assert_eq!(named("a\u{1b}b\u{a0}\u{200b}\n"), "a<U+001B>b<U+00A0><U+200B>␊");
        // A joiner is part of an emoji, and told where there is nothing else.
        assert_eq!(named("👩\u{200d}🚀"), "👩\u{200d}🚀");
        assert_eq!(named(" \u{200d}"), " <U+200D>");
    }

    #[test]
    fn columns_are_those_of_a_terminal() {
        for (text, columns, expected) in [
            ("abc", 5, "abc  "),
            ("abcdef", 5, "abcd…"),
            ("日本語", 6, "日本語"),
            ("日本語", 5, "日本…"),
            ("日本語", 4, "日… "),
            ("e\u{301}", 2, "e\u{301} "),
        ] {
            assert_eq!(fitted(text, columns), expected, "{text}");
        }
    }
}
