//! What a spreadsheet did to a cell, as far as it can be told for sure.
//!
//! Two certainties only, until the damage doctor moves in here: a value that no person types (`#NAME?`, `3.16E+10`), and a
//! cell that differs from its base only in how a spreadsheet writes the same number. Everything doubtful stays an edit.

use super::rules::CellProblem;
use crate::catalogue::{Attribute, Kind};

/// The error values of Excel and LibreOffice, in English, Dutch, German, French and Spanish.
const ERROR_VALUES: [&str; 24] = [
    "#NAME?",
    "#N/A",
    "#REF!",
    "#VALUE!",
    "#DIV/0!",
    "#NUM!",
    "#NULL!",
    "#SPILL!",
    "#CALC!",
    "#NAAM?",
    "#N/B",
    "#VERW!",
    "#WAARDE!",
    "#DEEL/0!",
    "#GETAL!",
    "#LEEG!",
    "#NV",
    "#BEZUG!",
    "#WERT!",
    "#ZAHL!",
    "#NOM?",
    "#VALEUR!",
    "#NOMBRE?",
    "#¡VALOR!",
];

/// A value that only a spreadsheet writes: never sent, whatever the base.
pub(super) fn certain(attribute: &Attribute, text: &str) -> Option<CellProblem> {
    let upper = text.to_uppercase().replace(['\u{a0}', '\u{202f}', ' '], "");
    let is_error_value = ERROR_VALUES.contains(&upper.as_str())
        || ["ERR:", "FOUT:", "FEHLER:"]
            .iter()
            .any(|word| is_numbered(&upper, word));
    if is_error_value {
        return Some(CellProblem {
            rule: "spreadsheet-error",
            message: "the cell holds an error value of the spreadsheet, not a value".to_owned(),
            help: "put the right value into the cell, or the exported value back".to_owned(),
            repair: None,
        });
    }
    (is_number_like(attribute.kind) && is_rounded_number(text)).then(|| CellProblem {
        rule: "scientific-notation",
        message: "the spreadsheet rounded a long number, and its last digits are lost".to_owned(),
        help: "format the column as text and type the whole number again".to_owned(),
        repair: None,
    })
}

fn is_numbered(text: &str, word: &str) -> bool {
    text.strip_prefix(word)
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
}

/// Kinds whose values are often long digits.
fn is_number_like(kind: Kind) -> bool {
    match kind {
        Kind::Text { .. } | Kind::Phone { .. } | Kind::TextList { .. } | Kind::Integer => true,
        Kind::Email { .. }
        | Kind::UserPrincipalName
        | Kind::MailNickname { .. }
        | Kind::Language
        | Kind::Country
        | Kind::Boolean
        | Kind::DateTime
        | Kind::Guid
        | Kind::Choice(_)
        | Kind::Flags(_)
        | Kind::EmailList { .. }
        | Kind::Json
        | Kind::Reference => false,
    }
}

/// `1.23457E+11`, `3,16E+10`: a mantissa with decimals and a signed exponent, as spreadsheets show long numbers.
fn is_rounded_number(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else {
        return false;
    };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let Some((whole, decimals)) = mantissa.split_once(['.', ',']) else {
        return false;
    };
    digits(whole.trim_start_matches('-'))
        && digits(decimals)
        && exponent.strip_prefix(['+', '-']).is_some_and(digits)
}

/// Whether `edited` is only how a spreadsheet writes the number that `base` is: lost zeros, a lost plus, a dropped `.0`,
/// shortened or exponent form. Such a cell keeps its base.
///
/// A spreadsheet takes a plus or zeros away and never puts them there: a cell that gained them was edited by a person.
pub(super) fn is_same_number(base: &str, edited: &str) -> bool {
    let shown = edited.trim();
    let gained_zeros =
        shown.len() > 1 && shown.starts_with('0') && !shown.starts_with("0.") && !shown.starts_with("0,");
    if shown.starts_with('+') || gained_zeros {
        return false;
    }
    let (Some(base_number), Some(edited_number)) = (Number::read(base), Number::read(edited)) else {
        return false;
    };
    if base_number == edited_number {
        return true;
    }
    // A rounded form shows only its first digits: the base must begin with them and have as many places.
    is_rounded_number(edited.trim()) && base_number.rounds_to(&edited_number)
}

/// A decimal number as its significant digits and the power of ten of the last of them.
#[derive(Debug, PartialEq, Eq)]
struct Number {
    negative: bool,
    digits: String,
    power: i64,
}

impl Number {
    fn read(text: &str) -> Option<Number> {
        let text = text.trim();
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = match text.split_once(['E', 'e']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, decimals) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
        let digits = format!("{whole}{decimals}");
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let mut power = i64::from(exponent) - decimals.len() as i64;
        let significant = digits.trim_start_matches('0');
        let trimmed = significant.trim_end_matches('0');
        power += (significant.len() - trimmed.len()) as i64;
        if trimmed.is_empty() {
            return Some(Number {
                negative: false,
                digits: String::new(),
                power: 0,
            });
        }
        Some(Number {
            negative,
            digits: trimmed.to_owned(),
            power,
        })
    }

    /// Whether the other one is this number cut to fewer digits (the last of them rounded).
    fn rounds_to(&self, other: &Number) -> bool {
        let magnitude = |number: &Number| number.digits.len() as i64 + number.power;
        let kept = other.digits.len();
        // Fewer than three common digits prove nothing.
        if self.negative != other.negative
            || magnitude(self) != magnitude(other)
            || kept < 3
            || kept >= self.digits.len()
        {
            return false;
        }
        self.digits[..kept - 1] == other.digits[..kept - 1]
            && self.digits.as_bytes()[kept - 1].abs_diff(other.digits.as_bytes()[kept - 1]) <= 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_in_another_spelling_is_recognised_as_the_same() {
        let same = [
            ("00012345", "12345"),
            ("0612345678", "612345678"),
            ("+31612345678", "31612345678"),
            ("1E5", "100000"),
            ("1.10", "1.1"),
            ("1,50", "1,5"),
            ("42", " 42 "),
            ("000", "0"),
            ("31612345678", "3.16123E+10"),
            ("123456789012", "1,23457E+11"),
            ("12345678901234567890", "1.23456789012346E+019"),
        ];
        for (base, edited) in same {
            assert!(is_same_number(base, edited), "{base} {edited}");
        }
    }

    #[test]
    fn another_number_or_a_text_is_an_edit() {
        let other = [
            ("007", "8"),
            ("+31612345678", "31612345679"),
            ("31612345678", "3.26123E+10"),
            ("31612345678", "3.1E+9"),
            ("Zaal 7", "7"),
            ("7", ""),
            ("020-1234567", "201234567"),
            // Nothing but a person adds a plus or zeros.
            ("31612345678", "+31612345678"),
            ("42", "00042"),
        ];
        for (base, edited) in other {
            assert!(!is_same_number(base, edited), "{base} {edited}");
        }
    }
}
