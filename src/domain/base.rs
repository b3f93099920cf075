//! What a row is checked against: the columns of its sheet, and its cells as they were exported.

use std::sync::Arc;

use super::{CellTexts, Finding, InvitationPart};
use crate::catalogue::Attribute;

/// What one column of the sheet is to the checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnRole {
    Attribute(&'static Attribute),
    Snapshot,
    /// What is to be done to the account.
    Action,
    /// Something of an invitation.
    Invitation(InvitationPart),
    /// Carried along and never read: report columns, and columns that are a finding already.
    Other,
}

/// One column of the sheet: its header and its role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetColumn {
    pub header: String,
    pub role: ColumnRole,
}

/// The exported cells of one user: the texts as they left, by the attribute's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseRow {
    columns: Arc<[String]>,
    cells: CellTexts,
}

impl BaseRow {
    /// The cells of one user, in the order of the columns.
    pub fn new(columns: Arc<[String]>, cells: impl Into<CellTexts>) -> BaseRow {
        BaseRow {
            columns,
            cells: cells.into(),
        }
    }

    /// The names of its columns.
    pub(super) fn columns(&self) -> &Arc<[String]> {
        &self.columns
    }

    /// The exported texts, in the order of the columns.
    pub(super) fn cells(&self) -> &CellTexts {
        &self.cells
    }

    /// The same where the column is expected at a place: most sheets have the columns in the order in which they left.
    pub fn text_near(&self, attribute: &str, place: usize) -> Option<&str> {
        match self.columns.get(place) {
            Some(column) if column == attribute => self.cells.get(place),
            _ => self.text(attribute),
        }
    }

    /// The exported text of an attribute; `None` when the column was not exported.
    pub fn text(&self, attribute: &str) -> Option<&str> {
        let index = self.columns.iter().position(|column| column == attribute)?;
        self.cells.get(index)
    }
}

/// What is known of a row's base when the row is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    /// A foreign sheet: no base, blank means keep.
    None,
    /// The exported cells of this user.
    Row(BaseRow),
    /// The base was named but cannot be used; the finding says why.
    Unusable(Finding),
}
