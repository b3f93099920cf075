//! What differs between two texts, so that the eye falls on it: the part they begin with, the part they end with, and what
//! stands between, once before and once after.

use unicode_normalization::char::is_combining_mark;

/// Two texts, taken apart. Each is `prefix`, its own middle, `suffix`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Difference<'t> {
    pub prefix: &'t str,
    pub before: &'t str,
    pub after: &'t str,
    pub suffix: &'t str,
}

/// A word that is longer is cut between its letters.
const WORD_CHARS_MAX: usize = 20;

impl<'t> Difference<'t> {
    /// Takes two texts apart. A word is not cut, so that a reader sees both words whole; a number is, because its one wrong
    /// digit is what matters.
    pub fn between(before: &'t str, after: &'t str) -> Difference<'t> {
        let common = before
            .char_indices()
            .zip(after.chars())
            .take_while(|((_, one), other)| one == other)
            .last()
            .map_or(0, |((at, c), _)| at + c.len_utf8());
        let places: Vec<usize> = boundaries(&before[..common]).rev().collect();
        let start = cut(&places, |at, how| {
            is_cut(before, at, how) && is_cut(after, at, how)
        });
        let (rest_before, rest_after) = (&before[start..], &after[start..]);
        let common: usize = rest_before
            .chars()
            .rev()
            .zip(rest_after.chars().rev())
            .take_while(|(one, other)| one == other)
            .map(|(c, _)| c.len_utf8())
            .sum();
        let shared = &rest_before[rest_before.len() - common..];
        let places: Vec<usize> = boundaries(shared).map(|at| common - at).collect();
        let kept = cut(&places, |kept, how| {
            is_cut(rest_before, rest_before.len() - kept, how)
                && is_cut(rest_after, rest_after.len() - kept, how)
        });
        Difference {
            prefix: &before[..start],
            before: &rest_before[..rest_before.len() - kept],
            after: &rest_after[..rest_after.len() - kept],
            suffix: &rest_before[rest_before.len() - kept..],
        }
    }

    /// Whether the texts have nothing in common at their ends.
    pub fn is_whole(&self) -> bool {
        self.prefix.is_empty() && self.suffix.is_empty()
    }
}

/// Where a text may be cut in two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    BetweenWords,
    BetweenLetters,
}

/// Every place between two characters, both ends included.
fn boundaries(text: &str) -> impl DoubleEndedIterator<Item = usize> {
    text.char_indices()
        .map(|(at, _)| at)
        .chain(std::iter::once(text.len()))
}

/// The first place where both texts may be cut, `places` being ordered from the most in common to the least.
fn cut(places: &[usize], may: impl Fn(usize, Cut) -> bool) -> usize {
    let first = |how| places.iter().position(|at| may(*at, how));
    let (letters, words) = (first(Cut::BetweenLetters), first(Cut::BetweenWords));
    match (letters, words) {
        (Some(letters), Some(words)) if words - letters <= WORD_CHARS_MAX => places[words],
        (Some(letters), _) => places[letters],
        (None, _) => 0,
    }
}

fn is_cut(text: &str, at: usize, how: Cut) -> bool {
    let (Some(left), Some(right)) = (text[..at].chars().next_back(), text[at..].chars().next()) else {
        return true;
    };
    if belongs_to_left(right) || left == JOINER || (is_flag(left) && is_flag(right)) {
        return false;
    }
    let is_word = |c: char| c.is_alphabetic() || is_combining_mark(c);
    how == Cut::BetweenLetters || !(is_word(left) && is_word(right))
}

/// Holds the parts of an emoji together.
const JOINER: char = '\u{200d}';

/// A character that changes the one before it and cannot stand alone.
pub(super) fn belongs_to_left(c: char) -> bool {
    is_combining_mark(c)
        || matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}' | JOINER)
}

/// Half of a flag.
fn is_flag(c: char) -> bool {
    matches!(c, '\u{1f1e6}'..='\u{1f1ff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parts(before: &str, after: &str) -> (String, String, String, String) {
        let found = Difference::between(before, after);
        let own = |text: &str| text.to_owned();
        (
            own(found.prefix),
            own(found.before),
            own(found.after),
            own(found.suffix),
        )
    }

    #[test]
    fn words_are_kept_whole_and_numbers_are_not() {
        for (before, after, prefix, middle, other, suffix) in [
            ("Sales", "Commercial", "", "Sales", "Commercial", ""),
            (
                "Commercial Manager",
                "Commercial Director",
                "Commercial ",
                "Manager",
                "Director",
                "",
            ),
            (
                "Software Engineer",
                "Senior Software Engineer",
                "",
                "",
                "Senior ",
                "Software Engineer",
            ),
            ("Manager", "Manager Sales", "Manager", "", " Sales", ""),
            ("Sales", "Salesman", "", "Sales", "Salesman", ""),
            ("+31612345678", "+31612345578", "+31612345", "6", "5", "78"),
            ("AMS-0.02", "AMS-0.09", "AMS-0.0", "2", "9", ""),
            ("aaa", "aaaa", "", "aaa", "aaaa", ""),
            ("11", "111", "11", "", "1", ""),
            ("", "new", "", "", "new", ""),
            ("a\u{a0}b", "a b", "a", "\u{a0}", " ", "b"),
            // A letter is not parted from its accent, an emoji not from what makes it.
            ("1e\u{301}", "1e\u{300}", "1", "e\u{301}", "e\u{300}", ""),
            ("👩‍🚀 Ops", "👩‍🔬 Ops", "", "👩‍🚀", "👩‍🔬", " Ops"),
            ("🇳🇱", "🇳🇴", "", "🇳🇱", "🇳🇴", ""),
        ] {
            let expected = (prefix.into(), middle.into(), other.into(), suffix.into());
            assert_eq!(parts(before, after), expected, "{before:?} {after:?}");
        }
    }

    #[test]
    fn a_very_long_word_is_cut_between_its_letters() {
        let (before, after) = (format!("{}x", "a".repeat(60)), format!("{}y", "a".repeat(60)));
        let found = Difference::between(&before, &after);
        assert_eq!((found.prefix.len(), found.before, found.after), (60, "x", "y"));
    }

    proptest! {
        #[test]
        fn the_parts_put_together_are_the_texts(before in "[ab1 \u{301}é👩‍]{0,12}", after in "[ab1 \u{301}é👩‍]{0,12}") {
            let found = Difference::between(&before, &after);
            prop_assert_eq!(format!("{}{}{}", found.prefix, found.before, found.suffix), before.clone());
            prop_assert_eq!(format!("{}{}{}", found.prefix, found.after, found.suffix), after.clone());
            prop_assert!(before == after || !(found.before.is_empty() && found.after.is_empty()));
        }
    }
}
