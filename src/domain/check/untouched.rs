//! Rows that came back as they left: told by their whole text, before any cell is looked at.
//!
//! Whatever is not plainly the same goes the long way, cell by cell, which says the same of such a row and takes longer.

use std::sync::{Arc, OnceLock};

use super::{CheckOptions, CheckedRow, Name, name_column};
use crate::catalogue::Kind;
use crate::domain::{Base, BaseRow, ColumnRole, ParsedRow, SheetColumn, UpnKey, UserId, is_told_whole};

/// Checks the rows of one sheet.
#[derive(Debug)]
pub struct Checker<'c> {
    columns: &'c [SheetColumn],
    options: &'c CheckOptions,
    names: Option<usize>,
    /// Of the first base that was seen: its columns, and whether the sheet has them in front in the same order.
    order: OnceLock<(Arc<[String]>, bool)>,
}

impl<'c> Checker<'c> {
    /// For a sheet with these columns.
    pub fn new(columns: &'c [SheetColumn], options: &'c CheckOptions) -> Checker<'c> {
        Checker {
            columns,
            options,
            names: name_column(columns),
            order: OnceLock::new(),
        }
    }

    /// What [`CheckedRow::check`] says of the row, sooner where nobody touched it.
    pub fn check(&self, parsed: ParsedRow, base: Base) -> CheckedRow {
        let untouched = match &base {
            Base::Row(base) => self.untouched(&parsed, base),
            Base::None | Base::Unusable(_) => None,
        };
        match untouched {
            None => CheckedRow::check(parsed, self.columns, base, self.options),
            Some((id, upn)) => CheckedRow {
                name: Name::Own(upn).in_cell(self.names, &parsed.raw.cells),
                raw: parsed.raw,
                id: Some(id),
                has_base: true,
                readable: true,
                name_is_wish: true,
                more: None,
            },
        }
    }

    /// Whom a row is about that is letter by letter what was exported; `None` for any other, and where anything is unusual.
    fn untouched(&self, parsed: &ParsedRow, base: &BaseRow) -> Option<(UserId, UpnKey)> {
        let is_usual = parsed.findings.is_empty()
            && parsed.key.is_none()
            && parsed.address.is_none()
            && self.options.key.is_none()
            && !self.options.ids_decide;
        // A base that lacks cells says nothing of them.
        let is_whole = base.cells().len() == base.columns().len();
        let (id, upn) = parsed
            .id
            .zip(parsed.upn.as_ref())
            .filter(|_| is_usual && is_whole)?;
        // Messages name the user so.
        if !is_told_whole(upn.as_str()) || !self.is_same(parsed, base) {
            return None;
        }
        // Both columns are in the sheet, so they were compared, if the base has them.
        let exported = UpnKey::new(base.text("userPrincipalName")?);
        let is_it = UserId::parse(base.text("id")?) == Some(id) && exported == *upn;
        is_it.then_some((id, exported))
    }

    fn is_same(&self, parsed: &ParsedRow, base: &BaseRow) -> bool {
        let cells = &parsed.raw.cells;
        let in_order = self.has_order_of(base.columns());
        if in_order && !cells.begins_with(base.cells()) {
            return false;
        }
        let checked = if in_order { base.columns().len() } else { 0 };
        self.columns
            .iter()
            .enumerate()
            .skip(checked)
            .all(|(index, column)| {
                let text = cells.get(index);
                match column.role {
                    ColumnRole::Attribute(attribute) => {
                        let exported = base.text_near(attribute.name, index);
                        text.is_some() && text == exported && !may_differ(attribute.kind, text)
                    }
                    ColumnRole::Action | ColumnRole::Invitation(_) => text == Some(""),
                    ColumnRole::Snapshot | ColumnRole::Other => text.is_some(),
                }
            })
    }

    /// Whether the columns of the base are the first ones of the sheet.
    fn has_order_of(&self, base: &Arc<[String]>) -> bool {
        let compare = || {
            let is_it = |(name, column): (&String, &SheetColumn)| match column.role {
                ColumnRole::Attribute(attribute) => {
                    attribute.name == name && !may_differ(attribute.kind, None)
                }
                _ => false,
            };
            base.len() <= self.columns.len() && base.iter().zip(self.columns).all(is_it)
        };
        let (known, is_same) = self.order.get_or_init(|| (Arc::clone(base), compare()));
        if Arc::ptr_eq(known, base) {
            *is_same
        } else {
            compare()
        }
    }
}

/// A picture may have changed while the name of its file did not.
fn may_differ(kind: Kind, text: Option<&str>) -> bool {
    kind == Kind::Picture && text != Some("")
}
