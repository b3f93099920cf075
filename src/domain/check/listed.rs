//! Whom the cells of a row name where a cell holds several.

use crate::catalogue::Kind;
use crate::domain::{CheckedRow, Edit, UserKey, Value};

impl CheckedRow {
    /// The users whom cells with several of them name.
    pub fn listed_references(&self) -> impl Iterator<Item = UserKey> {
        let lists = self
            .cells()
            .iter()
            .filter_map(|cell| match (cell.attribute.kind, &cell.edit) {
                (Kind::References { .. }, Edit::Set(Value::List(items))) => Some(items),
                _ => None,
            });
        lists.flatten().filter_map(|item| UserKey::parse(item))
    }
}
