//! Whom the cells of a row point to.

use super::CheckedRow;
use crate::domain::edit::Edit;
use crate::domain::{KeyValue, UserKey};

impl CheckedRow {
    /// The users this row names beside its own, so that they can be looked up together: those it points to, and
    /// whoever may already have the name it wants.
    pub fn references(&self) -> impl Iterator<Item = &UserKey> {
        self.cells()
            .iter()
            .filter_map(|cell| match &cell.edit {
                Edit::Refer(key) => Some(key),
                Edit::Clear | Edit::Set(_) | Edit::ReferHolder(_) => None,
            })
            .chain(self.wanted_name())
    }

    /// The values by which its cells point to users.
    pub fn holders(&self) -> impl Iterator<Item = &KeyValue> {
        self.cells().iter().filter_map(|cell| match &cell.edit {
            Edit::ReferHolder(key) => Some(key),
            Edit::Clear | Edit::Set(_) | Edit::Refer(_) => None,
        })
    }
}
