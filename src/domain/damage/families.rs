//! The families of damage beside a base, in the order in which they are asked.

use super::super::invisible::line_feeds;
use super::{blanks, cut, dates, errors, letters, marks, money, numbers, times, truth, typing};
use crate::catalogue::Kind;

/// What a program did to a cell; the cell keeps what it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Damage {
    /// The stable name of the finding.
    pub rule: &'static str,
    /// What happened, as a sentence without its end.
    pub happened: &'static str,
}

/// One family of damage: whether the second text is what a program makes of the first, and how to say it.
type Family = (&'static str, fn(&str, &str) -> Option<&'static str>);

/// In the order in which they are asked: the first that knows the answer names it.
const FAMILIES: [Family; 16] = [
    ("number-rewritten", numbers::rewritten),
    ("number-rewritten", money::rewritten),
    ("formula-worked-out", worked_out),
    ("date-rewritten", dates::rewritten),
    ("time-rewritten", times::rewritten),
    ("truth-word-rewritten", truth::rewritten),
    ("blanks-rewritten", blanks::rewritten),
    ("automatic-correction", typing::rewritten),
    ("lost-letters", letters::rewritten),
    ("mojibake", letters::misread),
    ("cut-short", cut::rewritten),
    ("link-added", marks::link),
    ("sign-lost", marks::apostrophe),
    ("sign-lost", marks::sign),
    ("formula-worked-out", marks::wrapper),
    ("formula-worked-out", error_of_formula),
];

/// Whether `edited` is what a program makes of `base`, so that it says nothing about what a person wants.
pub fn rewritten(kind: Kind, base: &str, edited: &str) -> Option<Damage> {
    // Truth values are read in every spelling, and what was empty or is empty now has no spelling.
    if kind == Kind::Boolean || base == edited || base.trim().is_empty() || edited.trim().is_empty() {
        return None;
    }
    // People write telephone numbers in groups; a spreadsheet that groups takes a comma, a point or a no-break space.
    if matches!(kind, Kind::Phone { .. } | Kind::TextList { .. }) && is_grouped_by_blanks(base, edited) {
        return None;
    }
    // Whatever else a program does, it writes its own line ends.
    let has_returns = base.contains('\r') || edited.contains('\r');
    recognised(base, edited)
        .or_else(|| has_returns.then(|| recognised(&line_feeds(base), &line_feeds(edited)))?)
}

fn recognised(base: &str, edited: &str) -> Option<Damage> {
    FAMILIES
        .iter()
        .find_map(|(rule, recognised)| recognised(base, edited).map(|happened| Damage { rule, happened }))
}

/// Whether `edited` is `base` with blanks put between its digits.
fn is_grouped_by_blanks(base: &str, edited: &str) -> bool {
    let base = base.trim();
    !base.contains(' ')
        && edited.trim().contains(' ')
        && base.bytes().all(|b| b.is_ascii_digit() || b == b'+')
        && edited.trim().replace(' ', "") == base
}

fn worked_out(base: &str, edited: &str) -> Option<&'static str> {
    numbers::is_evaluated(base, edited).then_some("a spreadsheet worked this out like a formula")
}

/// A text that begins like a formula and became an error.
fn error_of_formula(base: &str, edited: &str) -> Option<&'static str> {
    (base.trim_start().starts_with(['=', '+', '-', '@']) && errors::is_error_value(edited))
        .then_some("a spreadsheet took this for a formula and could not work it out")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_telephone_number_that_somebody_put_into_groups_is_an_edit() {
        let phone = Kind::Phone { max: 64 };
        let text = Kind::Text { max: None };
        assert_eq!(rewritten(phone, "601234567", "601 234 567"), None);
        for (kind, edited) in [
            (phone, "601\u{a0}234\u{a0}567"),
            (phone, "601,234,567"),
            (text, "601 234 567"),
        ] {
            let damage = rewritten(kind, "601234567", edited);
            assert_eq!(
                damage.map(|damage| damage.rule),
                Some("number-rewritten"),
                "{edited}"
            );
        }
    }
}
