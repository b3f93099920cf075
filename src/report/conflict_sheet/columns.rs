//! The columns of the sheet of conflicts, and how they look in a workbook.

use crate::domain::Side;
use crate::table::FormColumn;

/// The columns, in their order. The last but one is for the person who decides.
pub const CONFLICT_COLUMNS: [&str; 10] = [
    ID,
    "userPrincipalName",
    "displayName",
    "row",
    COLUMN,
    "exported",
    SHEET,
    DIRECTORY,
    CHOICE,
    PLAN,
];

/// The look of a workbook to decide in: the three values wide, and the words to choose from in the column for the choice.
pub const CONFLICT_FORM: [FormColumn; 10] = [
    shown(ID, 13.0),
    shown("userPrincipalName", 34.0),
    shown("displayName", 24.0),
    shown("row", 8.0),
    shown(COLUMN, 20.0),
    shown("exported", 30.0),
    shown(SHEET, 30.0),
    shown(DIRECTORY, 30.0),
    FormColumn {
        name: CHOICE,
        width: 14.0,
        words: &[Side::Mine.as_str(), Side::Theirs.as_str()],
    },
    shown(PLAN, 13.0),
];

const fn shown(name: &'static str, width: f64) -> FormColumn {
    FormColumn {
        name,
        width,
        words: &[],
    }
}

pub(super) const ID: &str = "id";
pub(super) const COLUMN: &str = "column";
pub(super) const SHEET: &str = "sheet";
pub(super) const DIRECTORY: &str = "directory";
/// The column for the choice.
pub(super) const CHOICE: &str = "_choice";
/// The column that ties a row to the sheet and the tenant.
pub(super) const PLAN: &str = "_plan";
