//! Blanks: no-break and zero-width ones, doubled ones, and line breaks that became blanks.

use super::super::invisible::{is_invisible, line_feeds, visible};

/// Whether only blanks, invisible characters or lost line breaks tell the two apart. A blank between two words that was not
/// there before, or a line break, was typed by a person.
pub(super) fn rewritten(base: &str, edited: &str) -> Option<&'static str> {
    if base == edited || !letters(base).eq(letters(edited)) {
        return None;
    }
    let (base, edited) = (line_feeds(base), line_feeds(edited));
    let breaks = |text: &str| text.trim().matches('\n').count();
    if breaks(&edited) > breaks(&base) {
        return None;
    }
    if breaks(&edited) < breaks(&base) {
        let joined = visible(&base.replace('\n', ""));
        return (words(&base) == words(&edited) || joined == visible(&edited))
            .then_some("a line break was lost");
    }
    // Programs drop joiners and never put them there.
    let joiners = |text: &str| text.chars().filter(|c| is_joiner(*c)).count();
    let lost_joiners = joiners(&edited) < joiners(&base);
    if joiners(&edited) > joiners(&base) {
        return None;
    }
    if visible(&base) == visible(&edited)
        || (lost_joiners && without_joiners(&base) == without_joiners(&edited))
    {
        return Some("only blanks or invisible characters differ");
    }
    (words(&base) == words(&edited)).then_some("only the number of blanks differs")
}

/// Everything but blanks and what nobody sees: nearly every edit differs here.
fn letters(text: &str) -> impl Iterator<Item = char> {
    text.chars()
        .filter(|c| !c.is_whitespace() && !is_invisible(*c) && !is_joiner(*c))
}

/// The marks that join letters and emoji, which old programs drop.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe0f}')
}

/// The words between the blanks, as the eye reads them.
fn words(text: &str) -> Vec<String> {
    visible(text).split_whitespace().map(str::to_owned).collect()
}

fn without_joiners(text: &str) -> String {
    text.chars()
        .filter(|c| !is_invisible(*c) && !is_joiner(*c))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_that_changed_by_themselves_are_no_edit() {
        for (base, edited) in [
            ("Jan\u{a0}Smit", "Jan Smit"),
            ("Jan Smit", "Jan\u{a0}Smit"),
            ("Jan\u{200b}Smit", "JanSmit"),
            ("Jan  Smit", "Jan Smit"),
            ("Jan Smit", "Jan   Smit"),
            ("Jan\u{202f}Smit", "Jan Smit"),
            ("Dam 1\nBak 3", "Dam 1 Bak 3"),
            ("Dam 1\r\nBak 3", "Dam 1Bak 3"),
            ("Dam 1\n\nBak 3", "Dam 1\nBak 3"),
            ("a\tb", "a b"),
            ("🧑\u{200d}🍳", "🧑🍳"),
            ("soft\u{ad}ware", "software"),
        ] {
            assert!(rewritten(base, edited).is_some(), "{base:?} {edited:?}");
        }
    }

    #[test]
    fn words_that_were_joined_or_parted_are_edits() {
        for (base, edited) in [
            ("JanSmit", "Jan Smit"),
            ("علیرضا", "علی\u{200c}رضا"),
            ("Jan Smit", "JanSmit"),
            ("+31 6 12345678", "+31612345678"),
            ("Dam 1 Bak 3", "Dam 1\nBak 3"),
            ("Dam 1\nBak 3", "Dam 1\nBak 4"),
            ("Jan Smit", "Jan Smit"),
            ("Jan Smit", "Jan Smits"),
            ("Dam 1\nBak 3", "Dam 1"),
            ("Jan Smit", "Smit Jan"),
        ] {
            assert_eq!(rewritten(base, edited), None, "{base:?} {edited:?}");
        }
    }
}
