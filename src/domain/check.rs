//! From a raw row to a checked one: who it is about, which cells a person changed, and what is wrong with them.
//!
//! A cell counts as changed only against its base, the text that was exported. Without a base every filled cell counts,
//! and the directory decides later whether it is already so.

use super::base::{Base, ColumnRole, SheetColumn};
use super::cell::{CellCheck, check_cell};
use super::edit::{CLEAR_WORD, Edit, UserKey};
use super::invitation::InvitationCells;
use super::minor::in_row;
use super::{Extent, Finding, KeyValue, ParsedRow, Place, RawRow, UpnKey, UserId, Value, shorten};
use crate::catalogue::Attribute;

pub(super) mod actions;
mod holding;
mod inviting;
mod key;
mod listed;
mod pointing;

/// A cell that asks for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedCell {
    pub column: usize,
    pub attribute: &'static Attribute,
    pub edit: Edit,
    /// The exported text; `None` without a base.
    pub base: Option<String>,
}

/// A row whose cells are all either untouched, an edit, or a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedRow {
    raw: RawRow,
    id: Option<UserId>,
    /// The userPrincipalName that finds the user: the exported one where a base is known, so that a rename is an edit.
    upn: Option<UpnKey>,
    /// The value of the key column, as long as it must still agree with the directory.
    key: Option<KeyValue>,
    has_base: bool,
    readable: bool,
    /// Where the words of actions stand.
    action_column: Option<usize>,
    /// What it says of an invitation.
    invitation: Option<InvitationCells>,
    /// Whether the name in the row is what its user is to be called; else it is a key, never a rename.
    name_is_wish: bool,
    label: String,
    /// Whom the row wants its user to be called like, so that somebody else with that name is noticed.
    wanted_name: Option<UserKey>,
    /// Columns in which another spelling of the same number is meant.
    accept_derived: Vec<String>,
    cells: Vec<CheckedCell>,
    /// Cells that a finding about their column holds back, with its rule.
    held: Vec<(&'static Attribute, &'static str)>,
    /// Cells without a base that have a finding: the live value may explain it.
    doubted: Vec<(usize, &'static Attribute)>,
    findings: Vec<Finding>,
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
            upn,
            key,
            has_base: false,
            readable: true,
            action_column: None,
            invitation: None,
            name_is_wish: false,
            label,
            wanted_name: None,
            accept_derived: options.accept_derived.clone(),
            cells: Vec::new(),
            held: Vec::new(),
            doubted: Vec::new(),
            findings,
        };
        let base = match base {
            Base::None => None,
            Base::Row(base) => Some(base),
            Base::Unusable(finding) => {
                row.findings.push(finding.at(row.raw.place()).user(&row.label));
                return row;
            }
        };
        row.has_base = base.is_some();
        let broken = row.findings.iter().any(|finding| finding.extent == Extent::Row);
        if let Some(base) = &base {
            // Names change hands; the exported id says who was meant even where the column was taken out.
            let exported_id = base.text("id").and_then(UserId::parse);
            if let (Some(id), Some(exported)) = (row.id, exported_id)
                && id != exported
            {
                let place = row.raw.place();
                row.findings
                    .push(key::other_base(exported).at(place).user(&row.label));
                return row;
            }
            row.id = row.id.or(exported_id);
            if let Some(exported) = base.text("userPrincipalName") {
                row.name_is_wish = true;
                if row.id.is_some() || row.key.is_some() {
                    row.upn = Some(UpnKey::new(exported));
                }
            }
            if let Err(finding) = row.settle_key(base, columns) {
                row.findings.push(*finding);
                return row;
            }
        }
        if options.ids_decide && row.id.is_some() {
            row.name_is_wish = true;
            row.upn = None;
        }
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
                    row.cells.push(CheckedCell {
                        column: index,
                        attribute,
                        edit,
                        base: exported.map(str::to_owned),
                    });
                    warning
                }
                CellCheck::Problem(finding) => Some(finding),
            };
            if let Some(finding) = finding {
                let place = row.raw.place().at(index);
                let finding = finding.about(attribute).at(place);
                let finding = finding.column(&column.header).found(text);
                row.findings.push(match exported {
                    Some(exported) => finding.exported(exported),
                    None => {
                        row.doubted.push((index, attribute));
                        finding
                    }
                });
            }
        }
        if let Some((index, finding)) = in_row(&row.cells, base.as_ref()) {
            row.findings.push(finding.at(row.raw.place().at(index)));
        }
        row.read_actions(columns);
        row.read_invitation(columns);
        for finding in &mut row.findings {
            if finding.user.is_none() && !row.label.is_empty() {
                finding.user = Some(row.label.clone());
            }
        }
        if broken {
            row.cells.clear();
        }
        row.wanted_name = wanted_name(&row.cells);
        // Many rows are held, most with one cell.
        row.cells.shrink_to_fit();
        row
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
            upn: None,
            key: None,
            has_base: false,
            readable: false,
            action_column: None,
            invitation: None,
            name_is_wish: false,
            label,
            wanted_name: None,
            accept_derived: Vec::new(),
            cells: Vec::new(),
            held: Vec::new(),
            doubted: Vec::new(),
            findings,
        };
        if !row.is_held() {
            row.findings.push(
                Finding::error(
                    "row-not-readable",
                    Extent::Row,
                    "the cells of this row cannot be told apart",
                    "open the file in a text editor and look at this line and the one before it",
                )
                .at(row.raw.place()),
            );
        }
        row
    }

    /// The row as it was read.
    pub fn raw(&self) -> &RawRow {
        &self.raw
    }

    /// Where the row stands in the sheet.
    pub fn place(&self) -> Place {
        self.raw.place()
    }

    /// The user's object id: the one in the row, else the one that was exported.
    pub fn id(&self) -> Option<UserId> {
        self.id
    }

    /// The userPrincipalName that finds the user.
    pub fn upn(&self) -> Option<&UpnKey> {
        self.upn.as_ref()
    }

    /// The value of the key column, as long as the directory must agree with it.
    pub fn key(&self) -> Option<&KeyValue> {
        self.key.as_ref()
    }

    /// Whether it is known what was exported, so that a blank cell is a clear.
    pub fn has_base(&self) -> bool {
        self.has_base
    }

    /// Whether its cells could be told apart.
    pub fn is_readable(&self) -> bool {
        self.readable
    }

    /// How messages name the user.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The cells that ask for something, in the order of the columns.
    pub fn cells(&self) -> &[CheckedCell] {
        &self.cells
    }

    /// What is wrong or noteworthy in this row.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Adds what only becomes known beside other rows.
    pub fn add_finding(&mut self, finding: Finding) {
        self.findings.push(finding.user(self.label.clone()));
    }

    /// Cells without a base that have a finding of their own.
    pub fn doubted(&self) -> &[(usize, &'static Attribute)] {
        &self.doubted
    }

    /// Takes the findings of one cell away, and may put another in their place. A cell that keeps its value asks for nothing.
    pub(super) fn replace_finding(&mut self, column: usize, finding: Option<Finding>) {
        let is_it = |finding: &Finding| {
            finding.extent == Extent::Cell && finding.place.and_then(|place| place.column) == Some(column)
        };
        self.findings.retain(|finding| !is_it(finding));
        if let Some(finding) = finding {
            self.cells.retain(|cell| cell.column != column);
            self.add_finding(finding);
        }
    }

    /// Puts a finding in the place of another.
    pub(super) fn put_finding(&mut self, at: usize, finding: Finding) {
        if let Some(place) = self.findings.get_mut(at) {
            *place = finding;
        }
    }

    /// Holds one cell back because of a finding about its column.
    pub(super) fn hold(&mut self, column: usize, rule: &'static str) {
        let held = &mut self.held;
        self.cells.retain(|cell| {
            let stays = cell.column != column;
            if !stays {
                held.push((cell.attribute, rule));
            }
            stays
        });
        self.wanted_name = wanted_name(&self.cells);
    }

    /// The cells that are held back because of a finding about their column, with its rule.
    pub(super) fn held(&self) -> &[(&'static Attribute, &'static str)] {
        &self.held
    }

    /// Whether an error holds back the whole row.
    pub fn is_held(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.is_error() && finding.extent == Extent::Row)
    }

    /// Whether the name in the row is a key that must agree with the id, not the wish to rename.
    pub(super) fn name_is_key(&self) -> bool {
        !self.name_is_wish
    }

    /// The userPrincipalName the row asks for.
    pub(super) fn wanted_name(&self) -> Option<&UserKey> {
        self.wanted_name.as_ref()
    }

    /// Whether a value that is the present one in a spreadsheet's spelling is meant as it stands.
    pub(super) fn accepts_derived(&self, attribute: &Attribute) -> bool {
        self.accept_derived.iter().any(|column| column == attribute.name)
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
