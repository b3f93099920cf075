//! Cells of a workbook that are no texts. Beside a text they are doubtful: what was typed, and how it was shown, is not in the file.

use crate::catalogue::{Attribute, Kind};
use crate::domain::{Extent, Finding, Place};

/// One such cell below the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypedCell {
    /// Counted from 1.
    pub row: u32,
    pub column: u16,
    pub kind: TypedKind,
}

/// What the cell holds instead of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypedKind {
    /// A number of at most 15 digits.
    Number,
    /// A number of more digits than spreadsheets keep.
    LongNumber,
    /// A date, a time, or both.
    Moment,
    Truth,
    Percentage,
}

/// From here on a number has more than 15 digits.
const LONG_FROM: f64 = 1e15;

impl TypedKind {
    /// The kind of a number.
    pub(super) fn of_number(value: f64) -> TypedKind {
        if value.abs() >= LONG_FROM {
            TypedKind::LongNumber
        } else {
            TypedKind::Number
        }
    }
}

/// Whether a column takes texts that look like anything, so that no rule of its own finds a number or a date strange.
pub(super) fn takes_any_text(attribute: &Attribute) -> bool {
    matches!(
        attribute.kind,
        Kind::Text { .. } | Kind::TextList { .. } | Kind::MailNickname { .. } | Kind::Phone { .. }
    )
}

/// Whether a number has as many digits as a telephone number has at least, and nothing but digits.
fn may_be_dialled(text: &str) -> bool {
    const DIGITS_LEAST: usize = 6;
    let digits = text.strip_prefix('+').unwrap_or(text);
    digits.len() >= DIGITS_LEAST && digits.bytes().all(|byte| byte.is_ascii_digit())
}

impl TypedCell {
    /// What is said of the cell where it asks for a new value; `None` where its type says nothing against it. An error where the value
    /// that was meant cannot be known.
    pub fn finding(&self, attribute: &Attribute, header: &str, text: &str) -> Option<Finding> {
        if !takes_any_text(attribute) || text.trim().is_empty() {
            return None;
        }
        let meant = format!(
            "if the text that was found is meant, add `--accept-derived {}`",
            attribute.name
        );
        let finding = match self.kind {
            // The rules for telephone numbers know what a number has lost.
            TypedKind::Number if matches!(attribute.kind, Kind::Phone { .. }) && may_be_dialled(text) => {
                return None;
            }
            // A format that puts zeros in front says what was meant; `0.5` is no such format.
            TypedKind::Number if text.starts_with(['0', '+']) && text.len() > 1 && !text.contains('.') => {
                return None;
            }
            TypedKind::Number => Finding::warning(
                "number-in-text",
                Extent::Cell,
                "the cell holds a number and not a text: zeros that were typed in front of it are gone",
                "look whether zeros belong in front; format the column as text before typing",
            ),
            TypedKind::LongNumber => Finding::error(
                "long-number",
                Extent::Cell,
                "the cell holds a number of more than 15 digits, and spreadsheets keep no more, so nobody knows the last ones",
                format!("format the column as text and type all digits again; {meant}"),
            ),
            TypedKind::Moment => Finding::error(
                "date-in-text",
                Extent::Cell,
                format!(
                    "the cell holds a date or a time, and `{}` takes a text: what was typed and how it was shown is not in the workbook",
                    attribute.name
                ),
                format!("format the column as text and type what is meant; {meant}"),
            ),
            TypedKind::Truth => Finding::warning(
                "truth-in-text",
                Extent::Cell,
                "the cell holds a truth value and not a text: it would be written as it is found, whatever word the spreadsheet shows",
                "format the column as text and type the word that is meant",
            ),
            TypedKind::Percentage => Finding::warning(
                "percentage-in-text",
                Extent::Cell,
                "the cell holds a percentage and not a text: it would be written as it is found, with all its digits",
                "look whether this is what was meant; format the column as text before typing",
            ),
        };
        let row = u64::from(self.row);
        let place = Place::cell(row, row, usize::from(self.column));
        Some(finding.at(place).column(header).found(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;

    #[test]
    fn what_a_cell_holds_is_doubted_in_columns_of_texts_alone() {
        use TypedKind::{LongNumber, Moment, Number, Percentage, Truth};
        for (name, kind, text, rule) in [
            ("employeeId", Number, "107", Some(("number-in-text", false))),
            ("employeeId", Number, "000107", None),
            ("employeeId", Number, "0.5", Some(("number-in-text", false))),
            ("mobilePhone", Number, "4150", Some(("number-in-text", false))),
            ("mobilePhone", Number, "-0.25", Some(("number-in-text", false))),
            (
                "employeeId",
                LongNumber,
                "1234567890123450",
                Some(("long-number", true)),
            ),
            ("jobTitle", Moment, "2026-05-03", Some(("date-in-text", true))),
            ("jobTitle", Truth, "TRUE", Some(("truth-in-text", false))),
            ("jobTitle", Percentage, "50%", Some(("percentage-in-text", false))),
            ("jobTitle", Moment, "", None),
            ("mobilePhone", Number, "31612345678", None),
            ("mobilePhone", Moment, "2026-05-03", Some(("date-in-text", true))),
            ("accountEnabled", Truth, "TRUE", None),
            ("employeeHireDate", Moment, "2026-05-03", None),
            ("usageLocation", Truth, "TRUE", None),
        ] {
            let cell = TypedCell {
                row: 2,
                column: 3,
                kind,
            };
            let attribute = catalogue::by_name(name).unwrap();
            let told = cell.finding(attribute, name, text);
            let told = told.as_ref().map(|finding| (finding.rule, finding.is_error()));
            assert_eq!(told, rule, "{name} {kind:?} {text}");
        }
    }

    #[test]
    fn fifteen_digits_are_kept_and_sixteen_are_not() {
        assert_eq!(TypedKind::of_number(999_999_999_999_999.0), TypedKind::Number);
        assert_eq!(TypedKind::of_number(-1e15), TypedKind::LongNumber);
    }
}
