//! How messages name the user of a planned row: nearly always as one of its cells does.

use std::borrow::Cow;

use serde::{Deserialize, Serialize, Serializer};

use super::{PlannedRow, RowNote, There};
use crate::domain::in_cell::TextInCell;
use crate::domain::{CellTexts, CheckedRow, UserId, UserState, is_told_whole, shorten};

/// A name, or where in the row it stands.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "Box<str>")]
pub struct Label(Kept);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kept {
    Own(Box<str>),
    InCell(TextInCell),
}

impl From<Box<str>> for Label {
    fn from(name: Box<str>) -> Label {
        Label(Kept::Own(name))
    }
}

impl From<String> for Label {
    fn from(name: String) -> Label {
        Label(Kept::Own(name.into()))
    }
}

impl Label {
    /// For a row that is about this user; where nobody was found, as the row itself names somebody.
    pub(in crate::domain) fn of(row: &CheckedRow, user: Option<&UserState>) -> Label {
        let Some(user) = user else {
            return row.label().into_owned().into();
        };
        let in_cell = row.name_in_cell().filter(|text| text.seems(&user.upn));
        match in_cell.filter(|_| is_told_whole(&user.upn)) {
            Some(text) => Label(Kept::InCell(text)),
            None => shorten(&user.upn).into(),
        }
    }

    /// A name that one of these cells has is not kept beside them.
    pub(super) fn in_cell_of(&mut self, cells: &CellTexts) {
        let Kept::Own(name) = &self.0 else { return };
        let column = cells.iter().position(|text| *text == **name);
        if let Some(text) = column.and_then(|column| TextInCell::of(column, name)) {
            self.0 = Kept::InCell(text);
        }
    }
}

impl PlannedRow {
    /// How messages name the user.
    pub fn label(&self) -> Cow<'_, str> {
        match &self.label.0 {
            Kept::Own(name) => Cow::Borrowed(name),
            Kept::InCell(text) => Cow::Owned(text.text(&self.cells)),
        }
    }
}

/// A row as it stands in the file of a plan.
#[derive(Serialize)]
struct InFile<'r> {
    row: u64,
    line: u64,
    cells: &'r CellTexts,
    user: Option<UserId>,
    label: Cow<'r, str>,
    writes: &'r [Cow<'static, str>],
    notes: &'r [RowNote],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    remarks: &'r [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    there: Option<There>,
}

impl Serialize for PlannedRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Whatever is added to a row must be named here.
        let PlannedRow {
            row,
            line,
            cells,
            user,
            label: _,
            writes,
            notes,
            remarks,
            there,
        } = self;
        let cells = cells.at_hand();
        let in_file = InFile {
            row: *row,
            line: *line,
            cells: &cells,
            user: *user,
            label: self.label(),
            writes,
            notes,
            remarks,
            there: *there,
        };
        in_file.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_not_kept_beside_a_cell_that_says_it_and_is_kept_where_none_does() {
        let cells: CellTexts = ["7", "ann@x.example", "Ann"].into_iter().collect();
        let kept = |name: &str, cells: &CellTexts| {
            let mut label = Label::from(name.to_owned());
            label.in_cell_of(cells);
            label.0
        };
        assert_eq!(
            kept("ann@x.example", &cells),
            Kept::InCell(TextInCell::of(1, "ann@x.example").unwrap())
        );
        assert_eq!(kept("Ann@x.example", &cells), Kept::Own("Ann@x.example".into()));
        let wide: CellTexts = (0..70_000)
            .map(|index| if index == 69_999 { "far" } else { "x" })
            .collect();
        assert_eq!(kept("far", &wide), Kept::Own("far".into()));
    }
}
