//! Texts of a directory made harmless and visible: control characters as signs, what nobody sees by its number.

use unicode_width::UnicodeWidthChar;

use crate::catalogue::{Attribute, short_name};
use crate::domain::{Value, fingerprint_digits, is_blank, is_direction_control, is_invisible};

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

/// A value as it would stand in a cell; of a picture the beginning of its fingerprint, which tells whether two are the same. Which
/// file it is, and how large, is told above the plan.
pub(super) fn as_told(value: &Value) -> String {
    let cell = value.to_cell();
    match fingerprint_digits(&cell) {
        Some(digits) => format!("photo {}…", digits.get(..8).unwrap_or(digits)),
        None => cell,
    }
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

/// How many characters of a value are shown beside another one, and how many of those they have in common.
const BESIDE_MAX: usize = 400;
const COMMON_MAX: usize = 40;

/// Values of one cell to be held beside each other, in quotes. Nothing unseen stays unseen, and what is too long is shown from
/// where the values part, so that two that differ never look the same there.
pub fn beside<const N: usize>(texts: [&str; N]) -> [String; N] {
    let longest = texts.iter().map(|text| text.chars().count()).max().unwrap_or(0);
    let first = texts.first().copied().unwrap_or_default();
    let common = texts
        .iter()
        .map(|text| {
            let pairs = text.chars().zip(first.chars());
            pairs.take_while(|(one, other)| one == other).count()
        })
        .min()
        .unwrap_or(0);
    let skipped = if longest > BESIDE_MAX {
        common.saturating_sub(COMMON_MAX)
    } else {
        0
    };
    texts.map(|text| {
        let rest: String = text.chars().skip(skipped).collect();
        let cut: String = rest.chars().take(BESIDE_MAX).collect();
        let begins = if skipped > 0 { "…" } else { "" };
        let ends = if cut.len() < rest.len() {
            format!("…” ({} characters)", text.chars().count())
        } else {
            "”".to_owned()
        };
        format!("“{begins}{}{ends}", named(&cut))
    })
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

/// The name of a column that fits: extensions begin with the same forty characters.
pub(super) fn short_enough(attribute: &'static Attribute, most: usize) -> &'static str {
    short_name(attribute)
        .filter(|_| width(attribute.name) > most)
        .unwrap_or(attribute.name)
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
    fn values_beside_each_other_look_different_where_they_are() {
        assert_eq!(beside(["Chef", "Chef\u{200b}"]), ["“Chef”", "“Chef<U+200B>”"]);
        assert_eq!(beside(["Chef", "Chef "]), ["“Chef”", "“Chef ”"]);
        let long = "x".repeat(1_000);
        let (one, other) = (format!("{long}one"), format!("{long}other"));
        let [one, other] = beside([&one, &other]);
        assert!(
            one.ends_with("xxone”") && other.ends_with("xxother”"),
            "{one} {other}"
        );
        let [one, other] = beside([&format!("a{long}"), &format!("b{long}")]);
        assert!(
            one.starts_with("“a") && one.ends_with("…” (1001 characters)"),
            "{one}"
        );
        assert_ne!(one, other);
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

    #[test]
    fn of_a_picture_the_beginning_of_its_fingerprint_is_told_and_of_all_else_the_cell() {
        let picture = crate::domain::fingerprint(b"");
        assert_eq!(as_told(&Value::Text(picture)), "photo e3b0c442…");
        assert_eq!(as_told(&Value::Text("sha256:no".to_owned())), "sha256:no");
    }
}
