//! A user as the directory holds it now.

use std::sync::Arc;

use thin_vec::ThinVec;

use super::{UserId, Value};
use crate::catalogue::Attribute;

/// Which attributes a set of users was read with, in order.
pub type Columns = Arc<[&'static Attribute]>;

/// One user as read from the directory: what identifies it, what decides whether it can be written, and one value per column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserState {
    pub id: UserId,
    /// Empty only in answers of a service that hides it.
    pub upn: String,
    /// `onPremisesSyncEnabled`: true now, false once, null never or converted to cloud.
    pub synced: Option<bool>,
    /// In a restricted management administrative unit.
    pub restricted: bool,
    /// An agent user (`#microsoft.graph.agentUser`): shown, never edited.
    pub agent: bool,
    /// In the order of the [`Columns`] the user was read with.
    pub values: ThinVec<Value>,
    /// Attributes that were asked for and that the answer left out: their values are unknown, not empty.
    pub unread: ThinVec<&'static str>,
}

impl UserState {
    /// The value of an attribute, if it was among the columns.
    pub fn value(&self, columns: &Columns, name: &str) -> Option<&Value> {
        let index = columns.iter().position(|attribute| attribute.name == name)?;
        self.values.get(index)
    }

    /// Whether the value of one of the columns is unknown: the answer left it out, or it was not kept. Who is kept by name
    /// alone has no value that anybody knows.
    pub fn is_unread(&self, columns: &Columns, name: &str) -> bool {
        let is_among = columns.iter().any(|attribute| attribute.name == name);
        self.unread.contains(&name) || (is_among && self.value(columns, name).is_none())
    }

    /// The same user in more columns: what was not asked for is unread.
    pub fn in_columns(self, own: &Columns, wider: &Columns) -> UserState {
        if own == wider {
            return self;
        }
        let mut unread = self.unread;
        let values = wider.iter().map(|attribute| {
            let place = own.iter().position(|known| known == attribute);
            match place.and_then(|place| self.values.get(place)) {
                Some(value) => value.clone(),
                None => {
                    unread.push(attribute.name);
                    Value::Empty
                }
            }
        });
        let values = values.collect();
        UserState {
            values,
            unread,
            ..self
        }
    }
}
