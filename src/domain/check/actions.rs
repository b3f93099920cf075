//! The cell of the column `_action`.

use super::{CheckedCell, CheckedRow};
use crate::catalogue::AccountPart;
use crate::domain::account::AccountAction;
use crate::domain::edit::Edit;
use crate::domain::invisible::is_blank;
use crate::domain::key_value::Holders;
use crate::domain::{ColumnRole, Directory, Extent, Finding, SheetColumn, UserKey, same};

impl CheckedRow {
    /// Takes in what the row wants for its account. What is not beyond doubt holds back the whole row.
    pub(super) fn read_actions(&mut self, columns: &[SheetColumn]) {
        let is_it = |column: &SheetColumn| column.role == ColumnRole::Action;
        let Some(column) = columns.iter().position(is_it) else {
            return;
        };
        let text = self.raw.cells.get(column).unwrap_or_default().to_owned();
        self.more_mut().has_action = !is_blank(&text);
        let told = match AccountAction::read(&text) {
            Ok(actions) => self.take_actions(&actions, column),
            Err(unknown) => {
                let words = AccountAction::ALL.map(|action| format!("`{}`", action.word()));
                let help = match unknown.meant {
                    Some(meant) => format!("did you mean `{}`?", meant.word()),
                    None => "empty the cell if nothing is to be done".to_owned(),
                };
                // Nothing is repaired for anybody here: what happens to an account is typed.
                Some(Finding::error(
                    "unknown-action",
                    Extent::Row,
                    format!("`{}` is no action; there are {}", unknown.word, words.join(", ")),
                    help,
                ))
            }
        };
        if let Some(finding) = told {
            let finding = finding
                .at(self.raw.place().at(column))
                .column("_action")
                .found(&text);
            let more = self.more_mut();
            more.cells.clear();
            more.findings.push(finding);
        }
    }

    /// Whether the row has a word for an action, whatever it says.
    pub(in crate::domain) fn has_action(&self) -> bool {
        self.more().has_action
    }

    /// Whether its user is to be deleted or restored.
    pub(in crate::domain) fn moves_account(&self) -> bool {
        self.cells().iter().any(is_state)
    }

    /// Whether a password in this row would be sent: it resets one, or it names nobody who is there. A guest gets none.
    pub fn may_set_password(&self, directory: &Directory) -> bool {
        self.resets_password()
            || self.may_be_new()
                && match self.key() {
                    Some(key) => matches!(key.holders(directory), Holders::None { .. }),
                    None => self
                        .upn()
                        .is_none_or(|upn| directory.find(&UserKey::Upn(upn.into_owned())).is_none()),
                }
    }

    /// Whether it gives its user a new password.
    pub fn resets_password(&self) -> bool {
        let resets = |cell: &CheckedCell| cell.attribute.account_part() == Some(AccountPart::Password);
        self.cells().iter().any(resets)
    }

    /// Whether it may be about somebody who is to be made, as far as the sheet tells.
    pub fn may_be_new(&self) -> bool {
        self.id().is_none() && !self.has_base() && self.invitation().is_none()
    }

    /// Whether its user is to come back from the deleted ones.
    pub(in crate::domain) fn restores_account(&self) -> bool {
        let wish = AccountAction::Restore.wish();
        let is_it = |cell: &CheckedCell| match (&cell.edit, &wish) {
            (Edit::Set(value), Some((attribute, wanted))) => cell.attribute == *attribute && value == wanted,
            _ => false,
        };
        self.cells().iter().any(is_it)
    }

    /// Adds a cell for each action, unless they do not go together or with the rest of the row.
    fn take_actions(&mut self, actions: &[AccountAction], column: usize) -> Option<Finding> {
        for action in actions {
            let (attribute, value) = action.wish()?;
            match self.cells().iter().find(|cell| cell.attribute == attribute) {
                None => {
                    let text = value.to_cell();
                    let cell = CheckedCell::new(column, attribute, Edit::Set(value), None, &text);
                    self.more_mut().cells.push(cell);
                }
                Some(CheckedCell {
                    edit: Edit::Set(other),
                    ..
                }) if same(attribute, other, &value) => {}
                Some(cell) => {
                    let is_other = |one: &&AccountAction| {
                        cell.column == column
                            && *one != action
                            && one.wish().is_some_and(|(of, _)| of == attribute)
                    };
                    let (other, help) = match actions.iter().find(is_other) {
                        Some(other) => (format!("`{}`", other.word()), "leave one of the two words"),
                        None => (
                            format!("the cell of `{}`", attribute.name),
                            "leave one of the two: the action, or the cell",
                        ),
                    };
                    return Some(Finding::error(
                        "actions-contradict",
                        Extent::Row,
                        format!(
                            "`{}` and {other} of this row contradict each other",
                            action.word()
                        ),
                        help,
                    ));
                }
            }
        }
        // Without a base a cell may say only what is so already; then the directory decides (`alone`).
        let others = || self.cells().iter().any(|cell| !is_state(cell));
        (self.has_base && self.moves_account() && others()).then(not_alone)
    }
}

fn is_state(cell: &CheckedCell) -> bool {
    cell.attribute.account_part() == Some(AccountPart::State)
}

/// Something else is wanted of a user who is to be deleted or restored.
pub(in crate::domain) fn not_alone() -> Finding {
    Finding::error(
        "action-not-alone",
        Extent::Row,
        "a user who is deleted or restored cannot be changed in the same run",
        "do one after the other: two runs, each with its own sheet",
    )
}
