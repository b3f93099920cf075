//! The formula guard: a reversible apostrophe before cells that a spreadsheet would run.
//!
//! Writing puts one apostrophe before a cell the chosen [`Guard`] covers, and always before a text that would lose its own
//! apostrophe when read (it starts with `'` followed by something risky or by another `'`), or is nothing else. Reading drops one
//! apostrophe exactly when what follows is risky or starts with `'`. So every text comes back as it was, `'s-Gravesande`
//! is never touched, and a program that swallows the apostrophe hands back the bare text, which is right too.
//!
//! With [`Guard::Off`] nothing is put on, and such a file must be read with the guard left alone
//! ([`super::ReadOptions::keep_guard`]) to come back exactly. Read as usual, a text may have lost an apostrophe of its own;
//! the checks know this ([`crate::domain::is_exported_text`]).

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use crate::domain::would_lose_apostrophe;
pub use crate::domain::{is_risky, take_off};

/// Which cells get the apostrophe when a sheet is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Guard {
    /// Those a spreadsheet would run ([`would_run`]).
    #[default]
    Run,
    /// Those a spreadsheet would run or rewrite ([`is_risky`]).
    Full,
    /// None.
    Off,
}

impl Guard {
    /// The word that chooses it.
    pub fn as_str(self) -> &'static str {
        match self {
            Guard::Run => "run",
            Guard::Full => "full",
            Guard::Off => "off",
        }
    }

    /// Whether a cell with this text gets an apostrophe.
    pub fn covers(self, text: &str) -> bool {
        match self {
            Guard::Run => would_run(text) || must_double(text),
            Guard::Full => is_risky(text) || must_double(text),
            Guard::Off => false,
        }
    }
}

impl fmt::Display for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Guard {
    type Err = String;

    fn from_str(text: &str) -> Result<Guard, String> {
        [Guard::Run, Guard::Full, Guard::Off]
            .into_iter()
            .find(|guard| guard.as_str() == text)
            .ok_or_else(|| {
                format!("`{text}` is not a formula guard: use `run` (cells a spreadsheet would run), `full` (also cells it would rewrite) or `off`")
            })
    }
}

/// The text as a cell of a file shows it.
pub fn put_on(text: &str, guard: Guard) -> Cow<'_, str> {
    if guard.covers(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Whether a text begins with an apostrophe of its own that must not stand alone: reading would take it for the guard's, or
/// a spreadsheet that swallows it would leave a blank cell, which means clearing.
fn must_double(text: &str) -> bool {
    would_lose_apostrophe(text) || text.strip_prefix('\'').is_some_and(|rest| rest.trim().is_empty())
}

/// The text as a cell shows it that runs nothing: only an apostrophe of its own is doubled, where reading would take it for
/// the guard's.
pub(super) fn keep_apostrophe(text: &str) -> Cow<'_, str> {
    if would_lose_apostrophe(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Whether a spreadsheet would run the text as a formula or a command: it starts with `=`, `@`, a tab, a carriage return
/// or a full-width form of a formula sign, or with `+` or `-` and is neither a plain phone number nor a plain number.
pub fn would_run(text: &str) -> bool {
    if text.starts_with(['\t', '\r']) {
        return true;
    }
    let text = text.trim_start();
    let mut rest = text.chars();
    match rest.next() {
        Some('=' | '@' | '＝' | '＋' | '－' | '＠') => true,
        Some('+' | '-') => !is_plain_phone(rest.as_str()) && !is_plain_number(rest.as_str()),
        _ => false,
    }
}

/// What follows the sign of a phone number: digits, blanks, dots, dashes, slashes and parentheses, at least three digits,
/// a digit or a parenthesis first. A spreadsheet may compute with it, but it can call nothing.
fn is_plain_phone(rest: &str) -> bool {
    rest.starts_with(|c: char| c.is_ascii_digit() || c == '(' || is_blank(c))
        && rest
            .trim_start_matches(is_blank)
            .starts_with(|c: char| c.is_ascii_digit() || c == '(')
        && rest.chars().filter(char::is_ascii_digit).count() >= 3
        && rest.chars().all(|c| {
            c.is_ascii_digit()
                || is_blank(c)
                || matches!(c, '.' | '-' | '/' | '(' | ')' | '\u{2010}'..='\u{2013}')
        })
}

/// Digits with at most one decimal sign.
fn is_plain_number(rest: &str) -> bool {
    rest.starts_with(|c: char| c.is_ascii_digit())
        && rest.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ',')
        && rest.chars().filter(|c| !c.is_ascii_digit()).count() <= 1
}

/// A blank inside a line: space, no-break space and their narrow forms, but no tab and no line end.
fn is_blank(c: char) -> bool {
    c.is_whitespace() && !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_spreadsheet_would_run_and_what_it_would_rewrite() {
        // text, would run, is risky
        for (text, runs, risky) in [
            ("", false, false),
            ("=1+1", true, true),
            ("  =1+1", true, true),
            ("\n=1+1", true, true),
            ("=", true, true),
            ("@SUM(1)", true, true),
            ("\tx", true, true),
            ("\rx", true, true),
            ("\nx", false, true),
            ("＝1+1", true, true),
            ("＋31 6 12345678", true, true),
            ("－1", true, true),
            ("＠x", true, true),
            ("+31 6 12345678", false, true),
            ("+31\u{a0}6\u{a0}12345678", false, true),
            ("+31-20-1234567", false, true),
            ("+1 (425) 555-0100", false, true),
            ("+(31) 20 1234567", false, true),
            ("+49/30/1234.56", false, true),
            ("-020 1234567", false, true),
            ("+31", false, true),
            ("-1", false, true),
            ("-1.5", false, true),
            ("-1,5", false, true),
            ("+1,000.50", true, true),
            ("+1-2", true, true),
            ("+1+1", true, true),
            ("-2+3", true, true),
            ("+1+100200", true, true),
            ("+-100200", true, true),
            ("+100*200", true, true),
            ("+31 6 12345678\n=1", true, true),
            ("+31 6 12345678\t", true, true),
            ("+1 425 555 0100 ext. 5", true, true),
            ("+cmd|' /C calc'!A0", true, true),
            ("-cmd", true, true),
            ("- none", true, true),
            ("-", true, true),
            ("+", true, true),
            ("0042", false, true),
            (" 42 ", false, true),
            ("1.10", false, true),
            ("2024-01-05", false, true),
            ("1E5", false, true),
            ("12e45", false, true),
            ("MAR-1", false, true),
            ("1. Mai", false, true),
            ("1 décembre 2024", false, true),
            ("50%", false, true),
            ("True", false, true),
            ("ONWAAR", false, true),
            ("nan", false, true),
            ("2024-03-01T00:00:00Z", false, false),
            ("1234 AB Den Haag", false, false),
            ("Room 12", false, false),
            ("'s-Gravesande", false, false),
            ("ann@contoso.com", false, false),
            ("snap-20261123-150312-9f3a", false, false),
            ("11111111111111111111111111111111111111111", false, false),
        ] {
            assert_eq!(would_run(text), runs, "would_run {text:?}");
            assert_eq!(is_risky(text), risky, "is_risky {text:?}");
        }
    }

    #[test]
    fn each_guard_writes_its_own_cells_with_an_apostrophe() {
        // text, run, full
        for (text, run, full) in [
            ("=1+1", "'=1+1", "'=1+1"),
            ("+31 6 12345678", "+31 6 12345678", "'+31 6 12345678"),
            ("0042", "0042", "'0042"),
            ("'s-Gravesande", "'s-Gravesande", "'s-Gravesande"),
            ("'t Hooft", "'t Hooft", "'t Hooft"),
            ("'007", "''007", "''007"),
            ("'=1+1", "''=1+1", "''=1+1"),
            ("''", "'''", "'''"),
            // A program that swallows the apostrophe must not leave an empty cell.
            ("'", "''", "''"),
            ("' ", "'' ", "'' "),
        ] {
            assert_eq!(put_on(text, Guard::Run), run);
            assert_eq!(put_on(text, Guard::Full), full);
            assert_eq!(put_on(text, Guard::Off), text);
            assert_eq!(take_off(run), text);
            assert_eq!(take_off(full), text);
        }
    }

    #[test]
    fn a_guard_is_named_by_its_word_and_nothing_else() {
        for guard in [Guard::Run, Guard::Full, Guard::Off] {
            assert_eq!(guard.to_string().parse(), Ok(guard));
        }
        let error = "on".parse::<Guard>().unwrap_err();
        assert!(error.contains("`full`"), "{error}");
    }

    fn nasty() -> impl Strategy<Value = String> {
        prop_oneof![
            proptest::collection::vec(
                prop_oneof![
                    Just('\''),
                    Just('='),
                    Just('+'),
                    Just('-'),
                    Just('@'),
                    Just('＝'),
                    Just('\t'),
                    Just('\r'),
                    Just(' '),
                    Just('0'),
                    Just('7'),
                    Just('.'),
                    Just('e'),
                    Just('m'),
                    Just('a'),
                    Just('r'),
                    any::<char>()
                ],
                0..8
            )
            .prop_map(|chars| chars.into_iter().collect()),
            any::<String>(),
        ]
    }

    proptest! {
        #[test]
        fn every_text_comes_back_from_the_guard(text in nasty()) {
            for guard in [Guard::Run, Guard::Full] {
                let shown = put_on(&text, guard);
                prop_assert_eq!(take_off(&shown), text.as_str());
            }
        }

        #[test]
        fn nothing_that_would_run_is_left_bare(text in nasty()) {
            for guard in [Guard::Run, Guard::Full] {
                prop_assert!(!would_run(&put_on(&text, guard)));
            }
            prop_assert!(!would_run(&text) || is_risky(&text));
        }

        #[test]
        fn phone_numbers_with_a_plus_stay_as_they_are(text in "\\+[0-9]{1,3} ?(\\(0\\))?[0-9]{1,3}[ ./-]?[0-9]{3,7}") {
            prop_assert_eq!(put_on(&text, Guard::Run), text.as_str());
            prop_assert_eq!(take_off(&text), text.as_str());
        }
    }
}
