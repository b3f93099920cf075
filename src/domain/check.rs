//! From a raw row to a checked one: who it is about, which cells a person changed, and what is wrong with them.
//!
//! A cell counts as changed only against its base, the text that was exported. Without a base every filled cell counts,
//! and the directory decides later whether it is already so.

use super::base::{Base, ColumnRole, SheetColumn};
use super::cell::{CellCheck, check_cell};
use super::edit::{CLEAR_WORD, Edit, UserKey};
use super::header_row::SECOND_HEADER;
use super::minor::in_row;
use super::{Extent, Finding, ParsedRow, Place, RawRow, UpnKey, UserId, Value, shorten};
use crate::catalogue::Attribute;

pub(super) mod actions;
mod asking;
mod holding;
mod inviting;
mod key;
mod listed;
mod name;
mod pointing;
mod row;
mod untouched;

pub use asking::CheckedCell;
use name::{Name, name_column};
use row::More;
pub use untouched::Checker;

/// A row whose cells are all either untouched, an edit, or a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedRow {
    raw: RawRow,
    id: Option<UserId>,
    /// The userPrincipalName that finds the user: the exported one where a base is known, so that a rename is an edit.
    name: Name,
    has_base: bool,
    readable: bool,
    /// Whether the name in the row is what its user is to be called; else it is a key, never a rename.
    name_is_wish: bool,
    /// What most rows do not have: they ask for nothing, and nothing is wrong with them.
    more: Option<Box<More>>,
}

/// What a person allowed beforehand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckOptions {
    /// Columns in which another spelling of the same number is meant (`--accept-derived`).
    pub accept_derived: Vec<String>,
    /// Columns whose values moved to other rows are meant so (`--allow shuffled`).
    pub allow_shuffled: bool,
    /// First passwords may stand in the sheet; no check sees them.
    pub passwords_in_sheet: bool,
    /// The column that says whom a row is about (`--key`).
    pub key: Option<&'static Attribute>,
    /// What a bare text in a manager cell is a value of (`--manager-by`); without it, a display name.
    pub manager_by: Option<&'static Attribute>,
    /// In a row without a base the `id` alone says whom it is about, and another name is the wish to rename: so it is in the sheet
    /// that a feed makes, whose ids are read from the directory in the same night.
    pub ids_decide: bool,
}

impl CheckedRow {
    /// Compares every cell with its base and checks what differs.
    pub fn check(
        parsed: ParsedRow,
        columns: &[SheetColumn],
        base: Base,
        options: &CheckOptions,
    ) -> CheckedRow {
        let label = parsed.label();
        let ParsedRow {
            raw,
            id,
            upn,
            key,
            findings,
            ..
        } = parsed;
        let mut row = CheckedRow {
            raw,
            id,
            name: upn.into(),
            has_base: false,
            readable: true,
            name_is_wish: false,
            more: Some(Box::new(More {
                key: key.map(Box::new),
                label: Some(label.into()),
                accept_derived: options.accept_derived.iter().cloned().collect(),
                findings: findings.into(),
                ..More::default()
            })),
        };
        row.settle(columns, base, options);
        row.slim(columns);
        row
    }

    fn settle(&mut self, columns: &[SheetColumn], base: Base, options: &CheckOptions) {
        let row = self;
        // Its cells are names of columns, and nothing is to be said of each.
        if row.findings().iter().any(|finding| finding.rule == SECOND_HEADER) {
            return;
        }
        let base = match base {
            Base::None => None,
            Base::Row(base) => Some(base),
            Base::Unusable(finding) => {
                let finding = finding.at(row.raw.place()).user(row.label());
                row.more_mut().findings.push(finding);
                return;
            }
        };
        row.has_base = base.is_some();
        let broken = row.findings().iter().any(|finding| finding.extent == Extent::Row);
        if let Some(base) = &base {
            // Names change hands; the exported id says who was meant even where the column was taken out.
            let exported_id = base.text("id").and_then(UserId::parse);
            if let (Some(id), Some(exported)) = (row.id, exported_id)
                && id != exported
            {
                let place = row.raw.place();
                let finding = key::other_base(exported).at(place).user(row.label());
                row.more_mut().findings.push(finding);
                return;
            }
            row.id = row.id.or(exported_id);
            if let Some(exported) = base.text("userPrincipalName") {
                row.name_is_wish = true;
                if row.id.is_some() || row.key().is_some() {
                    row.name = Name::Own(UpnKey::new(exported));
                }
            }
            if let Err(finding) = row.settle_key(base, columns) {
                row.more_mut().findings.push(*finding);
                return;
            }
        }
        if options.ids_decide && row.id.is_some() {
            row.name_is_wish = true;
            row.name = Name::NONE;
        }
        let more = row.more.get_or_insert_default();
        for (index, column) in columns.iter().enumerate() {
            let ColumnRole::Attribute(attribute) = column.role else {
                continue;
            };
            // A cell that is missing is not an empty one: a row that is too short asks for nothing there.
            let Some(text) = row.raw.cells.get(index) else {
                continue;
            };
            let exported = base
                .as_ref()
                .and_then(|base| base.text_near(attribute.name, index));
            let finding = match check_cell(
                attribute,
                &column.header,
                text,
                row.raw.is_bared(index),
                exported,
                options,
            ) {
                CellCheck::Untouched => None,
                CellCheck::Edit(edit, warning) => {
                    more.cells
                        .push(CheckedCell::new(index, attribute, edit, exported, text));
                    warning
                }
                CellCheck::Problem(finding) => Some(finding),
            };
            if let Some(finding) = finding {
                let place = row.raw.place().at(index);
                let finding = finding.about(attribute).at(place);
                let finding = finding.column(&column.header).found(text);
                more.findings.push(match exported {
                    Some(exported) => finding.exported(exported),
                    None => {
                        more.doubted.push((index, attribute));
                        finding
                    }
                });
            }
        }
        if let Some((index, finding)) = in_row(&more.cells, base.as_ref()) {
            more.findings.push(finding.at(row.raw.place().at(index)));
        }
        row.read_actions(columns);
        row.read_invitation(columns);
        let more = row.more.get_or_insert_default();
        let label = more.label.as_deref().filter(|label| !label.is_empty());
        for finding in &mut more.findings {
            if finding.user.is_none() {
                finding.user = label.map(str::to_owned);
            }
        }
        if broken {
            more.cells.clear();
        }
        more.wanted_name = wanted_name(&more.cells).map(Box::new);
        // Many rows are held, most with one cell.
        more.cells.shrink_to_fit();
    }

    /// A row whose cells cannot be trusted: it asks for nothing and is told of everywhere.
    pub fn unreadable(raw: RawRow, columns: &[SheetColumn], findings: Vec<Finding>) -> CheckedRow {
        let cell_of = |name: &str| {
            let is_it = |column: &SheetColumn| matches!(column.role, ColumnRole::Attribute(attribute) if attribute.name == name);
            let index = columns.iter().position(is_it)?;
            raw.cells.get(index).filter(|cell| !cell.trim().is_empty())
        };
        let label = cell_of("userPrincipalName")
            .or_else(|| cell_of("id"))
            .map_or_else(String::new, shorten);
        let mut row = CheckedRow {
            raw,
            id: None,
            name: Name::NONE,
            has_base: false,
            readable: false,
            name_is_wish: false,
            more: Some(Box::new(More {
                label: Some(label.into()),
                findings: findings.into(),
                ..More::default()
            })),
        };
        if !row.is_held() {
            let finding = Finding::error(
                "row-not-readable",
                Extent::Row,
                "the cells of this row cannot be told apart",
                "open the file in a text editor and look at this line and the one before it",
            )
            .at(row.raw.place());
            row.more_mut().findings.push(finding);
        }
        row
    }
}

/// The userPrincipalName that these cells ask for.
fn wanted_name(cells: &[CheckedCell]) -> Option<UserKey> {
    cells.iter().find_map(|cell| match &cell.edit {
        Edit::Set(Value::Text(name)) if cell.attribute.name == "userPrincipalName" => {
            Some(UserKey::Upn(UpnKey::new(name)))
        }
        Edit::Set(_) | Edit::Clear | Edit::Refer(_) | Edit::ReferHolder(_) => None,
    })
}

/// The warning for a read-only column of a sheet without a base: its cells are not looked at.
pub fn read_only_without_base(column: usize, header: &str) -> Finding {
    Finding::warning(
        "read-only-column",
        Extent::Column,
        format!(
            "`{}` cannot be changed, so its cells are not looked at in rows without a base",
            shorten(header)
        ),
        format!("nothing to do; to empty another cell of such a row write `{CLEAR_WORD}`"),
    )
    .at(Place::cell(1, 1, column))
    .column(header)
}
