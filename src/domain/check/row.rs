//! What is known of a checked row, and what becomes known later. A row that asks for nothing is kept small.

use std::sync::LazyLock;

use thin_vec::ThinVec;

use super::{CheckedCell, CheckedRow, Name, name_column, wanted_name};
use crate::catalogue::Attribute;
use crate::domain::cells;
use crate::domain::edit::UserKey;
use crate::domain::invitation::InvitationCells;
use crate::domain::{
    CellTexts, CellTextsBuilder, Extent, Finding, KeyValue, Place, RawRow, SheetColumn, UserId,
};

/// What a row has that asks for something, or of which something is said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct More {
    /// The value of the key column, as long as it must still agree with the directory.
    pub key: Option<Box<KeyValue>>,
    /// Whether a word stands in the column of actions, whatever it says.
    pub has_action: bool,
    /// What it says of an invitation.
    pub invitation: Option<Box<InvitationCells>>,
    /// How messages name the user, where that is not the name that finds it.
    pub label: Option<Box<str>>,
    /// Whom the row wants its user to be called like, so that somebody else with that name is noticed.
    pub wanted_name: Option<Box<UserKey>>,
    /// Columns in which another spelling of the same number is meant.
    pub accept_derived: ThinVec<String>,
    pub cells: ThinVec<CheckedCell>,
    /// Cells that a finding about their column holds back, with its rule.
    pub held: ThinVec<(&'static Attribute, &'static str)>,
    /// Cells without a base that have a finding: the live value may explain it.
    pub doubted: ThinVec<(usize, &'static Attribute)>,
    pub findings: ThinVec<Finding>,
}

/// What most rows have.
static NOTHING: LazyLock<More> = LazyLock::new(More::default);

impl CheckedRow {
    pub(super) fn more(&self) -> &More {
        self.more.as_deref().unwrap_or(&NOTHING)
    }

    /// Makes room for it.
    pub(super) fn more_mut(&mut self) -> &mut More {
        self.more.get_or_insert_default()
    }

    /// Gives up what says nothing.
    pub(super) fn slim(&mut self, columns: &[SheetColumn]) {
        let Some(more) = &mut self.more else { return };
        let upn = self.name.key(&self.raw.cells);
        let upn = upn.as_ref().map_or("", |name| name.as_str());
        more.label = more.label.take().filter(|label| **label != *upn);
        let name = std::mem::replace(&mut self.name, Name::NONE);
        self.name = name.in_cell(name_column(columns), &self.raw.cells);
        let More {
            key: None,
            has_action: false,
            invitation: None,
            label: None,
            wanted_name: None,
            accept_derived: _,
            cells,
            held,
            doubted,
            findings,
        } = &**more
        else {
            return;
        };
        let says_nothing = cells.is_empty() && held.is_empty() && doubted.is_empty() && findings.is_empty();
        if says_nothing {
            self.more = None;
        }
    }

    /// Whether nobody touched it, and nothing is said of it.
    pub fn asks_for_nothing(&self) -> bool {
        self.more.is_none() && self.has_base && self.id.is_some()
    }

    /// Packs the texts of rows that ask for nothing and of which nothing is said; the others get memory of their own, so that what
    /// they were read with is free.
    pub fn pack(rows: &mut [CheckedRow]) {
        let (slim, others): (Vec<_>, Vec<_>) = rows.iter_mut().partition(|row| row.more.is_none());
        cells::pack(slim.into_iter().map(|row| &mut row.raw.cells));
        let mut texts = CellTextsBuilder::default();
        others.iter().for_each(|row| texts.push_row(&row.raw.cells));
        for (row, cells) in others.into_iter().zip(texts.finish()) {
            row.raw.cells = cells;
        }
    }

    /// The texts that stand open, to be packed ([`CellTexts::pack`]) when all rows were looked over. What a cell that asks for
    /// something says stands with it ([`CheckedCell::text`]).
    pub fn open_texts(rows: &mut [CheckedRow]) -> Vec<&mut CellTexts> {
        let texts = rows.iter_mut().map(|row| &mut row.raw.cells);
        texts.filter(|texts| !texts.is_packed()).collect()
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

    /// The value of the key column, as long as the directory must agree with it.
    pub fn key(&self) -> Option<&KeyValue> {
        self.more().key.as_deref()
    }

    /// Whether it is known what was exported, so that a blank cell is a clear.
    pub fn has_base(&self) -> bool {
        self.has_base
    }

    /// Whether its cells could be told apart.
    pub fn is_readable(&self) -> bool {
        self.readable
    }

    /// The cells that ask for something, in the order of the columns.
    pub fn cells(&self) -> &[CheckedCell] {
        &self.more().cells
    }

    /// What is wrong or noteworthy in this row.
    pub fn findings(&self) -> &[Finding] {
        &self.more().findings
    }

    /// Adds what only becomes known beside other rows.
    pub fn add_finding(&mut self, finding: Finding) {
        let finding = finding.user(self.label());
        self.more_mut().findings.push(finding);
    }

    /// Cells without a base that have a finding of their own.
    pub fn doubted(&self) -> &[(usize, &'static Attribute)] {
        &self.more().doubted
    }

    /// Takes the findings of one cell away, and may put another in their place. A cell that keeps its value asks for nothing.
    pub(in crate::domain) fn replace_finding(&mut self, column: usize, finding: Option<Finding>) {
        let is_it = |finding: &Finding| {
            finding.extent == Extent::Cell && finding.place.and_then(|place| place.column) == Some(column)
        };
        if let Some(more) = &mut self.more {
            more.findings.retain(|finding| !is_it(finding));
        }
        if let Some(finding) = finding {
            let more = self.more_mut();
            more.cells.retain(|cell| cell.column != column);
            self.add_finding(finding);
        }
    }

    /// Puts a finding in the place of another.
    pub(in crate::domain) fn put_finding(&mut self, at: usize, finding: Finding) {
        if let Some(place) = self.more_mut().findings.get_mut(at) {
            *place = finding;
        }
    }

    /// Holds one cell back because of a finding about its column.
    pub(in crate::domain) fn hold(&mut self, column: usize, rule: &'static str) {
        let Some(more) = &mut self.more else { return };
        let held = &mut more.held;
        more.cells.retain(|cell| {
            let stays = cell.column != column;
            if !stays {
                held.push((cell.attribute, rule));
            }
            stays
        });
        more.wanted_name = wanted_name(&more.cells).map(Box::new);
    }

    /// The cells that are held back because of a finding about their column, with its rule.
    pub(in crate::domain) fn held(&self) -> &[(&'static Attribute, &'static str)] {
        &self.more().held
    }

    /// Whether an error holds back the whole row.
    pub fn is_held(&self) -> bool {
        self.more()
            .findings
            .iter()
            .any(|finding| finding.is_error() && finding.extent == Extent::Row)
    }

    /// Whether the name in the row is a key that must agree with the id, not the wish to rename.
    pub(in crate::domain) fn name_is_key(&self) -> bool {
        !self.name_is_wish
    }

    /// The userPrincipalName the row asks for.
    pub(in crate::domain) fn wanted_name(&self) -> Option<&UserKey> {
        self.more().wanted_name.as_deref()
    }

    /// Whether a value that is the present one in a spreadsheet's spelling is meant as it stands.
    pub(in crate::domain) fn accepts_derived(&self, attribute: &Attribute) -> bool {
        self.more()
            .accept_derived
            .iter()
            .any(|column| column == attribute.name)
    }
}
