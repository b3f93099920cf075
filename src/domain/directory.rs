//! The part of the live directory that a sheet names.

use std::collections::HashMap;

use crate::catalogue::Attribute;

use super::{Columns, Reference, UpnKey, UserId, UserKey, UserState, Value};

/// The users a sheet is about and the users its cells point to, as they are now.
#[derive(Debug, Clone)]
pub struct Directory {
    columns: Columns,
    users: HashMap<UserId, UserState>,
    by_upn: HashMap<UpnKey, UserId>,
    users_total: u64,
    /// Attributes this cloud does not have.
    lacking: Vec<&'static Attribute>,
}

impl Directory {
    /// An empty directory that was read with these columns.
    pub fn new(columns: Columns) -> Directory {
        Directory {
            columns,
            users: HashMap::new(),
            by_upn: HashMap::new(),
            users_total: 0,
            lacking: Vec::new(),
        }
    }

    /// Adds a user; one that is read twice is kept as it was read last.
    pub fn insert(&mut self, user: UserState) {
        self.by_upn.insert(UpnKey::new(&user.upn), user.id);
        self.users.insert(user.id, user);
    }

    /// How many users the whole directory has, for guards that count shares.
    pub fn set_users_total(&mut self, users_total: u64) {
        self.users_total = users_total;
    }

    /// Users in the whole directory, not only those held here.
    pub fn users_total(&self) -> u64 {
        self.users_total
    }

    /// Attributes that users of this cloud do not have at all, and that were not asked for therefore.
    pub fn set_lacking(&mut self, lacking: Vec<&'static Attribute>) {
        self.lacking = lacking;
    }

    /// Whether users of this cloud have no such attribute.
    pub fn lacks(&self, attribute: &Attribute) -> bool {
        self.lacking.contains(&attribute)
    }

    /// The attributes that were read.
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// The user with this id.
    pub fn user(&self, id: &UserId) -> Option<&UserState> {
        self.users.get(id)
    }

    /// The user with this id or userPrincipalName.
    pub fn find(&self, key: &UserKey) -> Option<&UserState> {
        match key {
            UserKey::Id(id) => self.users.get(id),
            UserKey::Upn(upn) => self.users.get(self.by_upn.get(upn)?),
        }
    }

    /// The value of an attribute of a user; [`Value::Empty`] when it was not read. The name is always known.
    pub fn value(&self, user: &UserState, attribute: &str) -> Value {
        match user.value(&self.columns, attribute) {
            Some(value) => value.clone(),
            None if attribute == "userPrincipalName" && !user.upn.is_empty() => Value::Text(user.upn.clone()),
            None => Value::Empty,
        }
    }
}

impl UserState {
    /// How a cell points to this user.
    pub fn reference(&self) -> Reference {
        Reference {
            id: self.id,
            upn: (!self.upn.is_empty()).then(|| self.upn.clone()),
        }
    }
}
