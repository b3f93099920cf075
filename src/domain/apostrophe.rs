//! The guard apostrophe: when the reader of a sheet takes one off, and so what an exported text looks like in a cell nobody touched.
//!
//! The rule is here and not in the room that reads and writes sheets, because whether a cell is an edit depends on it.

/// The text that a cell of a file stands for.
pub fn take_off(text: &str) -> &str {
    if would_lose_apostrophe(text) {
        &text[1..]
    } else {
        text
    }
}

/// Whether a cell, as the reader hands it on, is the exported text untouched. A sheet that was written without the guard
/// shows the exported text bare, and reading takes its own apostrophe for a guard.
pub fn is_exported_text(exported: &str, cell: &str) -> bool {
    cell == exported || cell == take_off(exported)
}

/// Whether a spreadsheet would run or rewrite the text: it starts with a formula sign, a tab or a line break (that of another
/// program may follow a guard in the place of the one that was guarded); or is a boolean word, `inf` or
/// `nan`; or has at most 40 characters, a digit, and no letters or one run of them that is short or begins like a month.
pub fn is_risky(text: &str) -> bool {
    if text.starts_with(['\t', '\r', '\n']) {
        return true;
    }
    let text = text.trim();
    text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
        || is_one_of(text, WORDS)
        || looks_like_number_or_date(text)
}

/// Whether reading takes the first character off.
pub fn would_lose_apostrophe(text: &str) -> bool {
    text.strip_prefix('\'')
        .is_some_and(|rest| rest.starts_with('\'') || is_risky(rest))
}

/// English, Dutch, German and French spreadsheets turn these into a boolean or an error.
const WORDS: &[&str] = &[
    "true", "false", "waar", "onwaar", "wahr", "falsch", "vrai", "faux", "inf", "nan",
];

/// The beginnings of the months' names in the same languages.
const MONTHS: &[&str] = &[
    "jan", "feb", "fév", "fev", "mar", "mrt", "maa", "mär", "apr", "avr", "may", "mai", "mei", "jun", "jul",
    "jui", "aug", "aoû", "aou", "sep", "oct", "okt", "nov", "dec", "déc", "dez",
];

/// Longer texts are never taken for a number or a date.
const NUMBER_CHARS_MAX: usize = 40;

fn is_one_of(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| word.eq_ignore_ascii_case(text))
}

fn looks_like_number_or_date(text: &str) -> bool {
    if text.chars().nth(NUMBER_CHARS_MAX).is_some() || !text.chars().any(char::is_numeric) {
        return false;
    }
    let mut runs = text
        .split(|c: char| !c.is_alphabetic())
        .filter(|run| !run.is_empty());
    match (runs.next(), runs.next()) {
        (None, _) => true,
        (Some(run), None) => {
            let lower = run.to_lowercase();
            lower.chars().count() <= 2 || MONTHS.iter().any(|month| lower.starts_with(month))
        }
        (Some(_), Some(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guard_is_taken_off_when_the_line_break_behind_it_became_another_one() {
        for (saved, text) in [
            ("'\r\nx", "\r\nx"),
            ("'\nx", "\nx"),
            ("'\rx", "\rx"),
            ("''\nx", "'\nx"),
        ] {
            assert_eq!(take_off(saved), text, "{saved:?}");
        }
    }

    #[test]
    fn an_exported_text_is_untouched_with_and_without_the_guard() {
        assert!(is_exported_text("=1", "=1"));
        assert!(
            is_exported_text("'007", "'007"),
            "the guard was written and taken off"
        );
        assert!(
            is_exported_text("'007", "007"),
            "no guard was written, and its own apostrophe was taken off"
        );
        assert!(is_exported_text("''s", "'s"));
        assert!(
            !is_exported_text("'s", "s"),
            "the reader leaves this apostrophe alone"
        );
        assert!(!is_exported_text("007", "'007"));
        assert!(!is_exported_text("=1", "=2"));
    }
}
