//! The userPrincipalName of a row. It nearly always stands in one of the row's cells, and is not kept beside it.

use std::borrow::Cow;

use super::CheckedRow;
use crate::domain::in_cell::TextInCell;
use crate::domain::{CellTexts, ColumnRole, SheetColumn, UpnKey};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Name {
    Own(UpnKey),
    /// `None` where there is no name; so it takes no more room than a name.
    InCell(Option<TextInCell>),
}

impl Name {
    /// No name.
    pub const NONE: Name = Name::InCell(None);

    /// The name, which may stand in one of these cells.
    pub fn key<'n>(&'n self, cells: &CellTexts) -> Option<Cow<'n, UpnKey>> {
        match self {
            Name::Own(name) => Some(Cow::Borrowed(name)),
            Name::InCell(text) => text.map(|text| Cow::Owned(UpnKey::new(&text.text(cells)))),
        }
    }

    /// A name that stands in this cell is not kept beside it.
    pub fn in_cell(self, column: Option<usize>, cells: &CellTexts) -> Name {
        let found = column.and_then(|column| Some((column, cells.get(column)?)));
        match (&self, found) {
            (Name::Own(name), Some((column, text))) if name.is(text) => {
                TextInCell::of(column, text).map_or(self, |text| Name::InCell(Some(text)))
            }
            _ => self,
        }
    }
}

impl From<Option<UpnKey>> for Name {
    fn from(name: Option<UpnKey>) -> Name {
        name.map_or(Name::NONE, Name::Own)
    }
}

/// Where the names of users stand.
pub(super) fn name_column(columns: &[SheetColumn]) -> Option<usize> {
    let is_it = |column: &SheetColumn| matches!(column.role, ColumnRole::Attribute(attribute) if attribute.name == "userPrincipalName");
    columns.iter().position(is_it)
}

impl CheckedRow {
    /// The userPrincipalName that finds the user.
    pub fn upn(&self) -> Option<Cow<'_, UpnKey>> {
        self.name.key(&self.raw.cells)
    }

    /// Whether there is one.
    pub fn has_upn(&self) -> bool {
        self.name != Name::NONE
    }

    /// The same, where it is not plainly this one.
    pub(in crate::domain) fn upn_unless(&self, name: &str) -> Option<Cow<'_, UpnKey>> {
        match &self.name {
            Name::InCell(Some(text)) if text.seems(name) => None,
            _ => self.upn().filter(|own| !own.is(name)),
        }
    }

    /// Where the name stands in the row, if it does.
    pub(in crate::domain) fn name_in_cell(&self) -> Option<TextInCell> {
        match self.name {
            Name::InCell(text) => text,
            Name::Own(_) => None,
        }
    }

    /// How messages name the user.
    pub fn label(&self) -> Cow<'_, str> {
        match (&self.more().label, &self.name) {
            (Some(label), _) => Cow::Borrowed(label),
            (None, Name::Own(name)) => Cow::Borrowed(name.as_str()),
            (None, Name::InCell(None)) => Cow::Borrowed(""),
            (None, Name::InCell(Some(text))) => {
                let name = UpnKey::new(&text.text(&self.raw.cells));
                Cow::Owned(name.as_str().to_owned())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_kept_beside_its_row_only_where_no_cell_says_it() {
        let cells: CellTexts = [" Ann@X.example ", "Chef"].into_iter().collect();
        let own = |name: &str| Name::Own(UpnKey::new(name));
        let kept = own("ann@x.example").in_cell(Some(0), &cells);
        assert!(matches!(kept, Name::InCell(Some(_))));
        assert_eq!(kept.key(&cells).as_deref(), Some(&UpnKey::new("ann@x.example")));
        for (name, column) in [
            ("ann@x.example", None),
            ("bob@x.example", Some(0)),
            ("chef", Some(7)),
        ] {
            assert_eq!(own(name).in_cell(column, &cells), own(name));
        }
        assert_eq!(Name::NONE.in_cell(Some(0), &cells).key(&cells), None);
    }

    #[test]
    fn a_row_is_small() {
        assert_eq!((size_of::<Name>(), size_of::<CheckedRow>()), (16, 88));
    }
}
