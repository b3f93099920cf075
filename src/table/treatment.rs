//! What is done to the cells of a column before anybody sees them.

use std::borrow::Cow;

use super::foreign::{json_list, one_or_zero};
use super::guard;
use crate::catalogue::Attribute;
use crate::domain::yes_or_no;

/// How the cells of one column are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Treatment {
    /// As they stand, the formula guard taken off.
    Plain,
    /// As they stand, apostrophes and all.
    Kept,
    /// Secrets: never read.
    Blank,
    /// Yes means false, and no means true. Any other word is left out, and a finding.
    Inverted,
    /// As CLI for Microsoft 365 writes this attribute.
    Cli(&'static Attribute),
}

impl Treatment {
    /// The cell as it is delivered.
    pub(super) fn apply(self, cell: &str) -> Cow<'_, str> {
        match self {
            Treatment::Plain => Cow::Borrowed(guard::take_off(cell)),
            Treatment::Kept => Cow::Borrowed(cell),
            Treatment::Blank => Cow::Borrowed(""),
            Treatment::Inverted => Cow::Borrowed(match yes_or_no(guard::take_off(cell)) {
                Some(true) => "false",
                Some(false) => "true",
                None => "",
            }),
            Treatment::Cli(attribute) => {
                let text = guard::take_off(cell);
                if let Some(value) = one_or_zero(attribute, text) {
                    return Cow::Borrowed(value);
                }
                match json_list(attribute, text) {
                    Some(list) => Cow::Owned(list),
                    None => Cow::Borrowed(text),
                }
            }
        }
    }

    /// Whether the cell is filled and says nothing that could be turned round.
    pub(super) fn refuses(self, cell: &str) -> bool {
        self == Treatment::Inverted && !cell.trim().is_empty() && yes_or_no(guard::take_off(cell)).is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_to_an_opposite_question_is_turned_round() {
        // cell, what is delivered, whether it is refused
        for (cell, delivered, refused) in [
            ("Yes", "false", false),
            ("No", "true", false),
            ("TRUE", "false", false),
            ("False", "true", false),
            (" ja ", "false", false),
            ("Nein", "true", false),
            ("Sí", "false", false),
            ("si", "false", false),
            ("FAUX", "true", false),
            ("'true", "false", false),
            ("", "", false),
            ("  ", "", false),
            ("maybe", "", true),
            ("1", "", true),
            ("0", "", true),
            ("y", "", true),
            ("<clear>", "", true),
            ("not blocked", "", true),
        ] {
            let treatment = Treatment::Inverted;
            assert_eq!(treatment.apply(cell), delivered, "{cell:?}");
            assert_eq!(treatment.refuses(cell), refused, "{cell:?}");
        }
    }

    #[test]
    fn other_columns_are_delivered_as_they_stand_or_not_at_all() {
        assert_eq!(Treatment::Plain.apply("'=1+1"), "=1+1");
        assert_eq!(Treatment::Kept.apply("'=1+1"), "'=1+1");
        assert_eq!(Treatment::Blank.apply("Pa$$w0rd"), "");
        let enabled = crate::catalogue::by_name("accountEnabled").unwrap();
        assert_eq!(Treatment::Cli(enabled).apply("0"), "false");
        assert_eq!(Treatment::Cli(enabled).apply("perhaps"), "perhaps");
        assert!(!Treatment::Plain.refuses("maybe"));
    }
}
