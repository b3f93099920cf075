//! Cells of a worksheet whose text is not what it seems, so that nothing may be written for them.

use super::header::Header;
use super::vocabulary::Meaning;
use crate::domain::{Extent, Finding, Place, shorten};

/// One such cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldCell {
    pub place: Place,
    pub reason: HeldReason,
}

/// Why its text does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeldReason {
    /// A formula that was never computed, or not saved with its value.
    FormulaWithoutValue,
    /// A formula whose value is an empty text. It matters only where the cell would empty something.
    FormulaGivesNothing,
    /// A formula that looks into another file; its value may be of any age.
    ExternalFormula,
    /// The cell lies under another one. `B2:B9`, shared by all cells of the range.
    Merged(std::sync::Arc<str>),
}

impl HeldCell {
    /// Whether the cell may be left alone when it asks for nothing.
    pub fn only_if_edited(&self) -> bool {
        self.reason == HeldReason::FormulaGivesNothing
    }

    /// Whether it stands below the header, in a column that has a name.
    pub(super) fn is_of_user(&self, header: &Header, header_row: u64) -> bool {
        let column = self.place.column.and_then(|column| header.columns().get(column));
        self.place.row > header_row && column.is_some_and(|column| column.meaning != Meaning::Blank)
    }

    /// What is said of it; `header` and `text` are those of the cell.
    pub fn finding(&self, header: &str, text: &str) -> Finding {
        let (rule, message, help) = match &self.reason {
            HeldReason::FormulaWithoutValue => (
                "formula-without-value",
                "the cell holds a formula without its value, so nobody knows what was meant".to_owned(),
                "open the workbook in the spreadsheet program and save it, so that the formula is computed; better still, paste its value in its place",
            ),
            HeldReason::FormulaGivesNothing => (
                "formula-without-value",
                "the formula in the cell gives nothing, and an empty cell would clear the value in the directory".to_owned(),
                "empty the cell if the value should go, or put the exported value back",
            ),
            HeldReason::ExternalFormula => (
                "external-formula",
                "the formula in the cell looks into another file, so its value may be an old one".to_owned(),
                "open both files, look whether the value is right, and paste it in the formula's place (in Excel: `Paste Special`, `Values`)",
            ),
            HeldReason::Merged(range) => (
                "merged-cells",
                format!(
                    "the cells {} are merged: only the first has a value, and it is not clear whether this one has the same or none",
                    shorten(range)
                ),
                "take the merging apart (in Excel: `Unmerge Cells`) and fill in every cell",
            ),
        };
        Finding::error(rule, Extent::Cell, message, help)
            .at(self.place)
            .column(header)
            .found(text)
    }
}
