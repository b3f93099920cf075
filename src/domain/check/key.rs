//! The key column of a row beside what was exported.

use super::super::cell::check_key;
use crate::domain::{BaseRow, CheckedRow, ColumnRole, Extent, Finding, SheetColumn, UserId, shorten};

impl CheckedRow {
    /// Holds the key column against what was exported: that is what the row was about, whatever the directory says by now.
    pub(super) fn settle_key(&mut self, base: &BaseRow, columns: &[SheetColumn]) -> Result<(), Box<Finding>> {
        let Some(key) = self.key() else { return Ok(()) };
        let attribute = key.attribute();
        let is_it = |column: &SheetColumn| column.role == ColumnRole::Attribute(attribute);
        let (Some(exported), Some(index)) = (base.text(attribute.name), columns.iter().position(is_it))
        else {
            return Ok(());
        };
        let place = self.raw.place().at(index);
        let text = self.raw.cells.get(index).unwrap_or_default().to_owned();
        let text = text.as_str();
        let told = |finding: Finding| {
            finding
                .at(place)
                .column(attribute.name)
                .user(self.label())
                .found(text)
        };
        match check_key(attribute, exported, text) {
            Ok(note) => {
                let note = note.map(|note| told(note).exported(exported));
                let more = self.more_mut();
                more.findings.extend(note);
                more.key = None;
                Ok(())
            }
            Err(()) => Err(Box::new(told(Finding::error(
                "keys-disagree",
                Extent::Row,
                format!(
                    "the row was exported with the {} `{}`, and now says another one",
                    attribute.name,
                    shorten(exported)
                ),
                "put the exported key back; to change it, use the sheet without `--key`",
            )))),
        }
    }
}

/// A base found by the name of a row whose id is another: what was exported of one user says nothing about the other.
pub(super) fn other_base(exported: UserId) -> Finding {
    Finding::error(
        "other-base",
        Extent::Row,
        format!(
            "the base knows this userPrincipalName as the user with the id `{exported}`, not as this one"
        ),
        "correct the id or the name, or give the export this row came from",
    )
}
