//! What the readers of both kinds of workbook hand on: cells with their places, and what is not as it seems.

use super::fault::Fault;
use crate::domain::column_letters;
use crate::table::typed_cell::TypedKind;

/// A cell's place, counted from 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Spot {
    pub row: u32,
    pub column: u16,
}

impl Spot {
    /// `P17`.
    pub fn name(self) -> String {
        format!(
            "{}{}",
            column_letters(usize::from(self.column)),
            u64::from(self.row) + 1
        )
    }

    /// From `P17`; `None` when no worksheet has such a cell.
    pub fn parse(text: &str) -> Option<Spot> {
        let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (letters, digits) = text.split_at(letters);
        if !(1..=3).contains(&letters.len()) || digits.starts_with('0') {
            return None;
        }
        let column = letters.bytes().fold(0u32, |column, letter| {
            column * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1
        });
        Some(Spot {
            row: row_number(digits)?,
            column: u16::try_from(column - 1)
                .ok()
                .filter(|column| *column < COLUMNS_MAX)?,
        })
    }
}

/// A row's number as a workbook writes it, counted from 1 there and from 0 here.
pub(super) fn row_number(digits: &str) -> Option<u32> {
    let is_plain = (1..=7).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let row: u32 = digits.parse().ok().filter(|_| is_plain)?;
    (1..=super::ROWS_MAX).contains(&row).then(|| row - 1)
}

/// The most columns a worksheet has.
pub(super) const COLUMNS_MAX: u16 = 16_384;

/// Cells that were merged into one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Merged {
    pub first: Spot,
    pub last: Spot,
}

impl Merged {
    /// `B2:B9`.
    pub fn name(&self) -> String {
        format!("{}:{}", self.first.name(), self.last.name())
    }

    /// From `B2:B9`.
    pub fn parse(text: &str) -> Option<Merged> {
        let (first, last) = text.split_once(':').unwrap_or((text, text));
        let (first, last) = (Spot::parse(first)?, Spot::parse(last)?);
        (first.row <= last.row && first.column <= last.column).then_some(Merged { first, last })
    }
}

/// How much the value beside a formula is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Formula {
    /// It was computed when the workbook was saved.
    Valued,
    /// It was computed from another file.
    External,
    /// There is none; the formula, as far as it is known.
    Bare(String),
}

/// Something about one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Noted {
    pub spot: Spot,
    pub formula: Formula,
}

/// What a first look at a worksheet showed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Looked {
    /// In the order of the cells.
    pub formulas: Vec<Noted>,
    pub merged: Vec<Merged>,
}

/// Whether the reading goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    On,
    Enough,
}

/// Takes the filled cells of a worksheet, row by row and from left to right, each with what it holds where that is no text.
pub(super) type TakeCell<'t> = dyn FnMut(Spot, &str, Option<TypedKind>) -> Result<Flow, Fault> + 't;

/// Whether a formula looks into another file: `[1]Sheet1!A1` in .xlsx, `'file:///C:/x.ods'#$Sheet1.A1` in .ods.
pub(super) fn looks_outside(formula: &str) -> bool {
    if formula.contains("'#") || formula.contains("'file:") {
        return true;
    }
    formula.match_indices('[').any(|(at, _)| {
        let (before, after) = (&formula[..at], &formula[at + 1..]);
        let Some((file, sheet)) = after.split_once(']') else {
            return false;
        };
        let is_quoted = before.matches('\'').count() % 2 == 1;
        let is_file = is_quoted || (!file.is_empty() && file.bytes().all(|byte| byte.is_ascii_digit()));
        // The name of a worksheet follows, and not the rest of a table's column.
        let names_sheet = if is_quoted {
            sheet.contains("'!")
        } else {
            sheet.trim_start_matches(is_of_name).starts_with('!')
        };
        is_file && names_sheet && (is_quoted || !before.ends_with(is_of_name))
    })
}

/// What names without quotes are made of.
fn is_of_name(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_as_they_are_written() {
        for (text, row, column) in [("A1", 0, 0), ("p17", 16, 15), ("XFD1048576", 1_048_575, 16_383)] {
            let spot = Spot { row, column };
            assert_eq!(Spot::parse(text), Some(spot));
            assert_eq!(spot.name(), text.to_uppercase());
        }
        for text in [
            "",
            "A",
            "1",
            "A0",
            "A01",
            "A1048577",
            "XFE1",
            "AAAA1",
            "A-1",
            "A1 ",
            "Ä1",
            "A99999999999",
        ] {
            assert_eq!(Spot::parse(text), None, "{text}");
        }
        assert_eq!(
            Merged::parse("B2:C9").map(|merged| merged.name()).as_deref(),
            Some("B2:C9")
        );
        for text in ["C9:B2", "B2:", "B2:C9:D1", ""] {
            assert_eq!(Merged::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_formula_that_looks_into_another_file_is_told_from_one_that_looks_into_a_table() {
        for formula in [
            "[1]Sheet1!$A$1",
            "VLOOKUP(A2,'[2]HR (old), list'!$A:$C,3,0)",
            "A1+[12]S.x!B2",
            "SUM('C:\\x\\[plan.xlsx]Sheet1'!A1)",
            "of:='file:///C:/x.ods'#$Sheet1.A1",
        ] {
            assert!(looks_outside(formula), "{formula}");
        }
        for formula in [
            "A1&B1",
            "Sheet1!A1",
            "Table1[Name]",
            "Table1[2024]&Sheet1!A1",
            "Table1[[#This Row],[2024]]&Sheet1!A1",
            "\"[x]\"",
            "of:=[.A1]&[.B1]",
        ] {
            assert!(!looks_outside(formula), "{formula}");
        }
    }
}
