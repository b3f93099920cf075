//! Letters that an encoding could not carry.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;

use super::super::mojibake::undo_mojibake;

/// The longest text, in characters, for which every way of losing letters is tried.
const LONG: usize = 2_048;

/// Whether `edited` is `base` with letters lost: a `?`, `_` or `�` where the base has a letter that the encoding lacks, or
/// the plain letter where it has one that Western code pages lack (`Łukasz`, `Lukasz`).
pub(super) fn rewritten(base: &str, edited: &str) -> Option<&'static str> {
    if base == edited || base.is_ascii() {
        return None;
    }
    if with_gaps(base, edited) {
        return Some("an encoding lost letters of this text");
    }
    flattened(base, edited).map(|_| "an encoding took the accents off letters it does not have")
}

/// Whether `edited` is `base` after a program read it in the wrong encoding and saved it again: `ZoÃ«` for `Zoë`.
pub(super) fn misread(base: &str, edited: &str) -> Option<&'static str> {
    if edited.is_ascii() || base == edited {
        return None;
    }
    let undone = undo_mojibake(edited)?;
    undone
        .nfc()
        .eq(base.nfc())
        .then_some("a program read this text in the wrong encoding")
}

/// Whether some letters beyond ASCII became one mark or several (as many as bytes), and all others are the same.
fn with_gaps(base: &str, edited: &str) -> bool {
    let shown: Vec<char> = edited.chars().collect();
    let is_mark = |c: char| matches!(c, '?' | '_' | '\u{fffd}');
    if !shown.iter().any(|c| is_mark(*c)) {
        return false;
    }
    // Nearly always one mark stands for one letter.
    let one_to_one = base.chars().count() == shown.len()
        && base
            .chars()
            .zip(&shown)
            .all(|(c, shown)| c == *shown || (is_lost_as(c, *shown)));
    if one_to_one {
        return base.chars().zip(&shown).any(|(c, shown)| c != *shown);
    }
    // All places of the edited text at which the base may have got so far, and whether a letter was lost on the way there.
    let mut ends = BTreeSet::from([(0, false)]);
    // In a long text only one mark for one letter is looked for, or the places would be too many.
    let marks_max = if shown.len() > LONG { 1 } else { 4 };
    for c in base.chars() {
        let mut next = BTreeSet::new();
        for (at, lost) in ends {
            if shown.get(at) == Some(&c) {
                next.insert((at + 1, lost));
            }
            if c.is_ascii() {
                continue;
            }
            let mark = shown.get(at).copied().filter(|mark| is_lost_as(c, *mark));
            for length in 1..=c.len_utf8().min(marks_max) {
                if mark.is_none() || shown.get(at + length - 1).copied() != mark {
                    break;
                }
                next.insert((at + length, true));
            }
        }
        if next.is_empty() {
            return false;
        }
        ends = next;
    }
    ends.contains(&(shown.len(), true))
}

/// Whether a mark may stand for this character: some programs put `_` in the place of a letter, and none in that of a dash.
fn is_lost_as(c: char, mark: char) -> bool {
    !c.is_ascii() && (matches!(mark, '?' | '\u{fffd}') || (mark == '_' && c.is_alphanumeric()))
}

/// The letters that became plain ones, where nothing else differs and Windows-1252 lacks every one of them; `None` when that is
/// not so, or when one of them came through in the same text.
pub fn flattened(base: &str, edited: &str) -> Option<Vec<char>> {
    let (mut before, mut after) = (base.nfc(), edited.nfc());
    let mut flattened = Vec::new();
    loop {
        match (before.next(), after.next()) {
            (None, None) => break,
            (Some(one), Some(two)) if one == two => {}
            (Some(one), Some(two)) if !is_western(one) && plain(one) == Some(two) => flattened.push(one),
            _ => return None,
        }
    }
    let came_through = edited.nfc().any(|c| flattened.contains(&c));
    (!flattened.is_empty() && !came_through).then_some(flattened)
}

/// Whether Windows-1252 has the character.
fn is_western(c: char) -> bool {
    c.is_ascii()
        || ('\u{a0}'..='\u{ff}').contains(&c)
        || matches!(
            c,
            '€' | '‚'
                | 'ƒ'
                | '„'
                | '…'
                | '†'
                | '‡'
                | 'ˆ'
                | '‰'
                | 'Š'
                | '‹'
                | 'Œ'
                | 'Ž'
                | '‘'
                | '’'
                | '“'
                | '”'
                | '•'
                | '–'
                | '—'
                | '˜'
                | '™'
                | 'š'
                | '›'
                | 'œ'
                | 'ž'
                | 'Ÿ'
        )
}

/// What Windows puts in the place of a letter it lacks.
fn plain(c: char) -> Option<char> {
    match c {
        'Ł' => Some('L'),
        'ł' => Some('l'),
        'Đ' => Some('D'),
        'đ' => Some('d'),
        'Ħ' => Some('H'),
        'ħ' => Some('h'),
        'ı' => Some('i'),
        // Dashes that do not break.
        '\u{2010}' | '\u{2011}' => Some('-'),
        _ => {
            let mut parts = std::iter::once(c).nfd();
            let first = parts.next()?;
            (first.is_ascii() && parts.next().is_some()).then_some(first)
        }
    }
}

/// Whether there is nothing but question marks in words of two or more, as when every letter was lost: `???? ?????`.
pub(super) fn holds_only_gaps(text: &str) -> bool {
    text.split_whitespace().any(|word| word.len() >= 2)
        && text
            .chars()
            .all(|c| c == '?' || c.is_whitespace() || matches!(c, '.' | ',' | '-'))
        && text.contains("??")
}

/// Whether a question mark or the mark for a lost letter stands inside a word: `Bj?rn`.
pub(super) fn has_gap_inside_word(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    letters
        .windows(3)
        .any(|three| three[0].is_alphabetic() && three[1] == '?' && three[2].is_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lost_letters_are_seen_beside_the_base() {
        for (base, edited) in [
            ("Zoë", "Zo?"),
            ("Zoë", "Zo\u{fffd}"),
            ("Zoë", "Zo\u{fffd}\u{fffd}"),
            ("山田太郎", "????"),
            ("山田太郎 (Tokyo)", "____ (Tokyo)"),
            ("🧑 Cook", "?? Cook"),
            ("Εσωτερικός", "??????????"),
            ("Łukasz", "?ukasz"),
            ("Łukasz Wałęsa", "Lukasz Walesa"),
            ("Čapek", "Capek"),
            ("Ştefan", "Stefan"),
            ("Zoë?", "Zo??"),
            ("mid\u{2011}week", "mid-week"),
            ("Ağaoğlu Zoë", "Agaoglu Zoë"),
        ] {
            assert!(rewritten(base, edited).is_some(), "{base} {edited}");
        }
    }

    #[test]
    fn what_a_person_writes_otherwise_is_an_edit() {
        for (base, edited) in [
            ("Zoë", "Zoe"),
            ("Zoë", "Zoé"),
            ("Müller", "Mueller"),
            ("Zoë", "Zoë?"),
            ("Zoe", "Zo?"),
            ("Zoë", "Zoo?"),
            ("Zoë", "?"),
            ("Zoë", "Zo"),
            ("Łukasz", "Lucas"),
            ("Łukasz Müller", "Lukasz Muller"),
            ("Łukasz Łoś", "Lukasz Łoś"),
            ("Zoë", "Zo????"),
            ("山田太郎", "Tarō Yamada"),
            ("Zoë", "Zoë"),
            ("Sales – EMEA", "Sales _ EMEA"),
        ] {
            assert_eq!(rewritten(base, edited), None, "{base} {edited}");
        }
    }

    #[test]
    fn a_misread_text_is_its_base() {
        for (base, edited) in [
            ("Zoë", "ZoÃ«"),
            ("Zoë", "ZoÃƒÂ«"),
            ("O’Neil", "Oâ€™Neil"),
            ("Zoe\u{308}", "ZoÃ«"),
            ("Łukasz", "Å\u{81}ukasz"),
        ] {
            assert!(misread(base, edited).is_some(), "{base} {edited}");
        }
        for (base, edited) in [
            ("Zoë", "ZoÃ©"),
            ("Zoë", "Zoé"),
            ("Zoe", "ZoÃ«"),
            ("ZoÃ«", "Zoë"),
            ("Zoë", "Zoe"),
            ("Zoë", "Zoë"),
        ] {
            assert_eq!(misread(base, edited), None, "{base} {edited}");
        }
    }

    #[test]
    fn a_long_text_of_lost_letters_is_compared_in_good_time() {
        let base = "é".repeat(1_000);
        assert!(rewritten(&base, &"?".repeat(2_000)).is_some());
        assert_eq!(rewritten(&base, &"?".repeat(2_001)), None);
        let longer = "é".repeat(500_000);
        assert!(rewritten(&longer, &"?".repeat(500_000)).is_some());
        assert_eq!(rewritten(&longer, &"?".repeat(500_001)), None);
    }

    #[test]
    fn a_text_of_question_marks_alone_says_nothing() {
        for text in ["??", "????? ????", "???, ?."] {
            assert!(holds_only_gaps(text), "{text}");
        }
        for text in ["?", "? ?", "Why??", "...", "-"] {
            assert!(!holds_only_gaps(text), "{text}");
        }
    }

    #[test]
    fn a_question_mark_inside_a_word_is_suspicious() {
        assert!(has_gap_inside_word("Bj?rn") && has_gap_inside_word("Jos?e"));
        for text in ["Who?", "why? because", "?", "a ? b", "50?50", "Bjørn"] {
            assert!(!has_gap_inside_word(text), "{text}");
        }
    }
}
