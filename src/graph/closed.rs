//! Columns with a permission of their own, for which the service refuses a whole list: they are left out, and the list is read.
//!
//! <https://learn.microsoft.com/graph/api/user-list>. Their values stay unread, and why is told with the other values that
//! could not be read.

use std::sync::PoisonError;

use super::call_error::CallError;
use super::error::GraphError;
use super::query::Selection;
use super::reader::DirectoryReader;
use crate::catalogue::{Attribute, ReadRule};
use crate::domain::{Columns, UserState};

impl DirectoryReader {
    /// What to ask for: these columns without those that the service refused to show.
    ///
    /// # Errors
    /// A column that cannot be read this way.
    pub(super) fn open_selection(&self, columns: &Columns) -> Result<Selection, CallError> {
        Selection::without(columns, &self.closed_names())
    }

    /// The columns that the service refused to show so far.
    pub(super) fn closed_names(&self) -> Vec<&'static str> {
        let closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        closed.iter().map(|(name, _)| *name).collect()
    }

    /// After a refusal: leaves out what may be the reason. First the columns that the token does not cover, when it tells, then
    /// every column that must be asked for (a licence may be missing too). Gives what was left out, nothing where nothing can be.
    pub(super) async fn close_columns(&self, columns: &Columns, error: &GraphError) -> Vec<&'static str> {
        if error.status != 403 {
            return Vec::new();
        }
        let granted = self.session.granted().await.unwrap_or_default();
        let mut closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        let open: Vec<&'static Attribute> = columns
            .iter()
            .copied()
            .filter(|attribute| matches!(attribute.read, ReadRule::ListOptIn { .. }))
            .filter(|attribute| closed.iter().all(|(name, _)| *name != attribute.name))
            .collect();
        let not_covered = |attribute: &&&'static Attribute| {
            !granted.is_empty() && !attribute.read_permission.covered_by(&granted)
        };
        let mut leave: Vec<&'static Attribute> = open.iter().filter(not_covered).copied().collect();
        if leave.is_empty() {
            leave = open;
        }
        let reason =
            |attribute: &Attribute| format!("{error}; it needs {}", attribute.read_permission.in_words());
        closed.extend(leave.iter().map(|attribute| (attribute.name, reason(attribute))));
        leave.iter().map(|attribute| attribute.name).collect()
    }

    /// Takes columns in again that were not the reason of the refusal.
    pub(super) fn reopen_columns(&self, names: &[&'static str]) {
        let mut closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        closed.retain(|(name, _)| !names.contains(name));
    }

    /// Remembers for the end of the reading whose values were left out.
    pub(super) fn note_closed(&self, users: &[&mut UserState]) {
        let closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, reason) in closed.iter() {
            for _ in users.iter().filter(|user| user.unread.contains(name)) {
                self.untold.note(name, || reason.clone());
            }
        }
    }
}
