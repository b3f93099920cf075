//! The first page of an exported workbook: what it is, what an emptied cell means, what each column holds.

use rust_xlsxwriter::{Workbook, Worksheet, XlsxError};

use super::look::{ColumnLook, Formats, Role};
use super::{DATA_SHEET, READ_ME_SHEET};
use crate::catalogue::{clear_in_words, kind_in_words, write_in_words};
use crate::domain::CLEAR_WORD;
use crate::table::SNAPSHOT_COLUMN;

/// What an exported workbook says of the directory it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryFacts {
    /// The snapshot's name.
    pub snapshot: String,
    /// The tenant's id.
    pub tenant: String,
    pub taken_at: jiff::Timestamp,
    /// The OData filter that chose the users.
    pub filter: Option<String>,
}

/// What the page begins with; by it a page that was saved alone is known.
pub(in crate::table) const TITLE: &str = "Users of a directory, to be edited and given back";

/// Columns of the table at the end of the page, and their widths.
const COLUMNS: [(&str, f64); 5] = [
    ("Column", 30.0),
    ("In the portal", 28.0),
    ("Can be changed", 36.0),
    ("Can be emptied", 16.0),
    // The longest text stands last, where it needs no second line.
    ("Holds", 100.0),
];

/// Fills the first page.
pub(super) fn write(
    workbook: &mut Workbook,
    facts: &DirectoryFacts,
    users: u64,
    columns: &[ColumnLook],
    formats: &Formats,
) -> Result<(), XlsxError> {
    let page = workbook.worksheet_from_name(READ_ME_SHEET)?;
    page.set_screen_gridlines(false);
    for (column, (_, width)) in (0..).zip(COLUMNS) {
        page.set_column_width(column, width)?;
    }
    page.write_string_with_format(0, 0, TITLE, &formats.title)?;
    let mut row = 2;
    for (name, value) in told(facts, users) {
        page.write_string_with_format(row, 0, name, &formats.strong)?;
        page.write_string_with_format(row, 1, value, &formats.line)?;
        row += 1;
    }
    row += 1;
    page.write_string_with_format(row, 0, "How it works", &formats.strong)?;
    for rule in rules() {
        row += 1;
        page.write_string_with_format(row, 0, rule, &formats.line)?;
    }
    row += 2;
    write_columns(page, row, columns, formats)
}

fn write_columns(
    page: &mut Worksheet,
    mut row: u32,
    columns: &[ColumnLook],
    formats: &Formats,
) -> Result<(), XlsxError> {
    for (column, (heading, _)) in (0..).zip(COLUMNS) {
        page.write_string_with_format(row, column, heading, formats.header(Role::Editable))?;
    }
    for look in columns {
        row += 1;
        for (column, text) in (0..).zip(told_of(look)) {
            page.write_string_with_format(row, column, text, &formats.entry)?;
        }
    }
    Ok(())
}

fn told(facts: &DirectoryFacts, users: u64) -> Vec<(&'static str, String)> {
    let mut told = vec![
        ("Users", users.to_string()),
        (
            "Exported at",
            format!("{} (UTC)", facts.taken_at.strftime("%Y-%m-%d %H:%M:%S")),
        ),
        ("Tenant", facts.tenant.clone()),
        ("Snapshot", facts.snapshot.clone()),
    ];
    told.extend(facts.filter.clone().map(|filter| ("Only users with", filter)));
    told
}

/// The rules of the sheet, a line each.
fn rules() -> Vec<String> {
    vec![
        format!(
            "Edit the cells of the worksheet “{DATA_SHEET}” and save. Then `dirsheet check FILE` looks for mistakes, and `dirsheet plan FILE` shows what would change. Nothing is written before `dirsheet apply FILE`."
        ),
        "A cell that you leave as it is, is never written. A row or a column that you delete means nothing: nobody is deleted, nothing is emptied.".to_owned(),
        format!(
            "A cell that you empty clears that value in the directory. {CLEAR_WORD} does the same; the word is not translated."
        ),
        format!(
            "Leave “id” and “{SNAPSHOT_COLUMN}” as they are: they say who a row is about and which values it was exported with. A row without “{SNAPSHOT_COLUMN}” keeps what is blank in it, and only {CLEAR_WORD} clears."
        ),
        "You may sort, filter, hide, move and delete rows and columns. Always sort whole rows.".to_owned(),
        "Every cell is text, so that telephone numbers keep their + and numbers of employees their zeros. Please leave the format at “Text”, and paste values only.".to_owned(),
        "Grey columns are there to go by. An edit in one of them is refused, with the reason.".to_owned(),
        "Where a cell offers a list, other values may be typed as well, except where the table below names the only ones.".to_owned(),
    ]
}

/// The line of the table about one column.
fn told_of(look: &ColumnLook) -> [String; 5] {
    let name = look.name.clone();
    let Some(attribute) = look.attribute else {
        let holds = if name == SNAPSHOT_COLUMN {
            "the snapshot the row was exported from"
        } else {
            ""
        };
        return [
            name,
            String::new(),
            "no: leave it as it is".to_owned(),
            "–".to_owned(),
            holds.to_owned(),
        ];
    };
    let change = match look.role {
        Role::Key => "no: it says who the row is about",
        Role::ReadOnly | Role::Editable => write_in_words(attribute.write),
    };
    [
        name,
        attribute.label.to_owned(),
        change.to_owned(),
        clear_in_words(attribute).to_owned(),
        kind_in_words(attribute.kind),
    ]
}
