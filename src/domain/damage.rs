//! What a spreadsheet did to a cell, as far as it can be told for sure.
//!
//! Certainties only, until the damage doctor moves in here: a value that no person types (`#NAME?`, `3.16E+10`, a formula),
//! and a cell that differs from its base only as a spreadsheet rewrites a number, a date, a truth word or blanks.
//! Everything doubtful stays an edit.

use super::invisible::visible;
use super::kinds::truth;
use super::number::{is_evaluated, is_rounded_number, is_same_number};
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

/// The most characters a spreadsheet keeps in one cell.
const SPREADSHEET_CELL_CHARS_MAX: usize = 32_767;

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
    if text.starts_with('=') {
        return Some(CellProblem {
            rule: "formula",
            message: "the cell holds a formula instead of what it works out".to_owned(),
            help: "let the spreadsheet paste the values, not the formulas, and save again".to_owned(),
            repair: None,
        });
    }
    if text.contains('\u{fffd}') {
        return Some(CellProblem {
            rule: "lost-letters",
            message: "the cell holds the mark for letters that could not be read".to_owned(),
            help: "save the sheet as UTF-8 and type the letters again".to_owned(),
            repair: None,
        });
    }
    if text.encode_utf16().count() >= SPREADSHEET_CELL_CHARS_MAX {
        return Some(CellProblem {
            rule: "cut-short",
            message: format!(
                "the text has {SPREADSHEET_CELL_CHARS_MAX} characters or more, where spreadsheets cut a cell off"
            ),
            help: "shorten the text, or put the exported value back".to_owned(),
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

/// What a spreadsheet rewrote without asking; the cell keeps its base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rewritten {
    Number,
    Formula,
    Date,
    Truth,
    Blanks,
}

impl Rewritten {
    /// The stable name of the finding.
    pub fn rule(self) -> &'static str {
        match self {
            Rewritten::Number => "number-rewritten",
            Rewritten::Formula => "formula-worked-out",
            Rewritten::Date => "date-rewritten",
            Rewritten::Truth => "truth-word-rewritten",
            Rewritten::Blanks => "blanks-rewritten",
        }
    }

    /// What happened to the cell, in one sentence.
    pub fn message(self) -> &'static str {
        match self {
            Rewritten::Number => {
                "a spreadsheet rewrote this as a number; the exported value is kept and nothing is written"
            }
            Rewritten::Formula => {
                "a spreadsheet worked this out like a formula; the exported value is kept and nothing is written"
            }
            Rewritten::Date => {
                "a spreadsheet rewrote this as a date; the exported value is kept and nothing is written"
            }
            Rewritten::Truth => {
                "a spreadsheet took this word for a truth value; the exported value is kept and nothing is written"
            }
            Rewritten::Blanks => {
                "only blanks or invisible characters differ; the exported value is kept and nothing is written"
            }
        }
    }
}

/// Whether `edited` is what a spreadsheet makes of `base`, so that it says nothing about what a person wants.
pub(super) fn rewritten(kind: Kind, base: &str, edited: &str) -> Option<Rewritten> {
    if kind == Kind::Boolean {
        return None;
    }
    if is_same_number(base, edited) {
        Some(Rewritten::Number)
    } else if is_evaluated(base, edited) {
        Some(Rewritten::Formula)
    } else if is_same_date(base, edited) && shape(base) != shape(edited) {
        Some(Rewritten::Date)
    } else if base != edited && truth(base).is_some() && truth(base) == truth(edited) {
        Some(Rewritten::Truth)
    } else if base != edited && visible(base) == visible(edited) {
        Some(Rewritten::Blanks)
    } else {
        None
    }
}

/// The text with every digit as a zero. A spreadsheet that rewrites a date gives it its own shape; 03/04/2026 that became
/// 04/03/2026 was typed by a person.
fn shape(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect()
}

/// Whether both are the same day, and `edited` is spelled as a spreadsheet shows a date: three numbers, or a short month.
fn is_same_date(base: &str, edited: &str) -> bool {
    let (Some(base), Some(shown)) = (Day::readings(base), Day::readings(edited)) else {
        return false;
    };
    shown.written_out
        && base.days.iter().any(|before| {
            shown.days.iter().any(|after| {
                let years = match (before.year, after.year) {
                    (Some(before), Some(after)) => before % 100 == after % 100,
                    (None, _) => true,
                    (Some(_), None) => false,
                };
                years && (before.day, before.month) == (after.day, after.month)
            })
        })
}

/// A day as it may be meant; the year may be missing.
struct Day {
    day: u32,
    month: u32,
    year: Option<u32>,
}

struct Readings {
    days: Vec<Day>,
    /// Three parts, or a month in letters: `01-02-26`, `1-feb`. Two bare numbers are rather a house or a room.
    written_out: bool,
}

impl Day {
    fn readings(text: &str) -> Option<Readings> {
        let parts: Vec<&str> = text
            .trim()
            .split(['-', '/', '.', ' '])
            .filter(|part| !part.is_empty())
            .collect();
        let number = |part: &str| (part.len() <= 4).then(|| part.parse::<u32>().ok()).flatten();
        let named = parts.iter().any(|part| month_name(part).is_some());
        let day = |day, month, year| Day { day, month, year };
        let days = match parts.as_slice() {
            [first, second] => match (number(first), number(second)) {
                (Some(first), Some(second)) => vec![day(first, second, None), day(second, first, None)],
                (Some(first), None) => vec![day(first, month_name(second)?, None)],
                (None, Some(second)) => vec![day(second, month_name(first)?, None)],
                (None, None) => return None,
            },
            [year, month, first] if year.len() == 4 => {
                vec![day(number(first)?, number(month)?, Some(number(year)?))]
            }
            [first, second, last] if matches!(last.len(), 2 | 4) => {
                let year = Some(number(last)?);
                match (number(first), number(second)) {
                    (Some(first), Some(second)) => vec![
                        day(first, second, year),
                        day(second, first, year),
                        // Some countries put the year first, with two digits as well.
                        day(number(last)?, second, Some(first)),
                    ],
                    (Some(first), None) => vec![day(first, month_name(second)?, year)],
                    (None, Some(second)) => vec![day(second, month_name(first)?, year)],
                    (None, None) => return None,
                }
            }
            _ => return None,
        };
        let days: Vec<Day> = days
            .into_iter()
            .filter(|day| (1..=31).contains(&day.day) && (1..=12).contains(&day.month))
            .collect();
        (!days.is_empty()).then_some(Readings {
            days,
            written_out: parts.len() == 3 || named,
        })
    }
}

/// The months as English, Dutch and German spreadsheets shorten them.
fn month_name(text: &str) -> Option<u32> {
    const MONTHS: [&[&str]; 12] = [
        &["jan"],
        &["feb"],
        &["mar", "mrt", "mär", "mrz"],
        &["apr"],
        &["may", "mei", "mai"],
        &["jun"],
        &["jul"],
        &["aug"],
        &["sep", "sept"],
        &["oct", "okt"],
        &["nov"],
        &["dec", "dez"],
    ];
    let lower = text.to_lowercase();
    MONTHS
        .iter()
        .position(|names| names.contains(&lower.as_str()))
        .and_then(|index| u32::try_from(index + 1).ok())
}
