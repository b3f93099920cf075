//! The users that a directory holds, found by id and by name, in little memory: there may be a million of them.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::domain::{UpnKey, UserId, UserState};

/// Users, and where each is.
#[derive(Debug, Clone, Default)]
pub(super) struct Users {
    all: Vec<UserState>,
    by_id: HashMap<UserId, u32>,
    /// By a hash of the name they have: the name itself is with the user.
    by_name: HashMap<u64, u32>,
    /// By name, for those whose hash is another's.
    by_other_name: HashMap<UpnKey, u32>,
}

impl Users {
    /// Adds a user whom nobody looks for by name; one that is there already takes the place of the former. Tells where it is, and
    /// the former.
    pub fn insert_by_id(&mut self, user: UserState) -> (u32, Option<UserState>) {
        let next = self.all.len() as u32;
        let at = *self.by_id.entry(user.id).or_insert(next);
        match self.all.get_mut(at as usize) {
            Some(former) => (at, Some(std::mem::replace(former, user))),
            None => {
                self.all.push(user);
                (at, None)
            }
        }
    }

    /// Adds a user; one that is there already takes the place of the former, and is found by the later name.
    pub fn insert(&mut self, user: UserState) {
        let name = UpnKey::new(&user.upn);
        let (at, former) = self.insert_by_id(user);
        if let Some(former) = former {
            self.forget_name(&UpnKey::new(&former.upn), at);
        }
        // Whoever was read last has the name.
        self.by_other_name.remove(&name);
        let hash = hash_of(&name);
        match self.by_name.get(&hash) {
            Some(other) if *other != at && !self.has_name(*other, &name) => {
                self.by_other_name.insert(name, at);
            }
            _ => {
                self.by_name.insert(hash, at);
            }
        }
    }

    /// Takes a user out. Its place stays empty: nothing but the id is kept there.
    pub fn remove(&mut self, id: &UserId) {
        if let Some(at) = self.by_id.remove(id)
            && let Some(user) = self.all.get_mut(at as usize)
        {
            let name = UpnKey::new(&std::mem::take(&mut user.upn));
            user.values = Vec::new();
            user.unread = Vec::new();
            self.forget_name(&name, at);
        }
    }

    /// How many places there are, with those that stay empty.
    #[cfg(test)]
    pub fn places(&self) -> usize {
        self.all.len()
    }

    /// The name finds this user no more.
    fn forget_name(&mut self, name: &UpnKey, at: u32) {
        if self.by_other_name.get(name) == Some(&at) {
            self.by_other_name.remove(name);
        }
        let hash = hash_of(name);
        if self.by_name.get(&hash) == Some(&at) {
            self.by_name.remove(&hash);
        }
    }

    fn has_name(&self, at: u32, name: &UpnKey) -> bool {
        self.all.get(at as usize).is_some_and(|user| name.is(&user.upn))
    }

    /// Everybody, in the order in which they were added.
    pub fn all(&self) -> impl Iterator<Item = &UserState> {
        let is_there = |(at, user): &(u32, &UserState)| self.by_id.get(&user.id) == Some(at);
        (0..).zip(&self.all).filter(is_there).map(|(_, user)| user)
    }

    /// The user with this id.
    pub fn by_id(&self, id: &UserId) -> Option<&UserState> {
        self.all.get(*self.by_id.get(id)? as usize)
    }

    /// The user with this name.
    pub fn by_name(&self, name: &UpnKey) -> Option<&UserState> {
        let by_hash = || {
            let at = self.by_name.get(&hash_of(name)).copied();
            at.filter(|at| self.has_name(*at, name))
        };
        let at = self.by_other_name.get(name).copied().or_else(by_hash)?;
        self.all.get(at as usize)
    }
}

fn hash_of(name: &UpnKey) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Value;

    fn user(id: u8, upn: &str) -> UserState {
        UserState {
            id: UserId::parse(&format!("00000000-0000-4000-8000-0000000000{id:02}")).unwrap(),
            upn: upn.to_owned(),
            synced: None,
            restricted: false,
            agent: false,
            values: vec![Value::Boolean(true)],
            unread: Vec::new(),
        }
    }

    fn found(users: &Users, name: &str) -> Option<(String, String)> {
        let user = users.by_name(&UpnKey::new(name))?;
        Some((user.id.to_string()[34..].to_owned(), user.upn.clone()))
    }

    #[test]
    fn who_was_read_last_has_the_name_and_is_found_by_the_later_one() {
        let mut users = Users::default();
        let told = |id: &str, upn: &str| Some((id.to_owned(), upn.to_owned()));
        users.insert(user(1, "Ann@x.example"));
        users.insert(user(2, "bob@x.example"));
        assert_eq!(found(&users, "ANN@x.example"), told("01", "Ann@x.example"));
        users.insert(user(1, "anna@x.example"));
        assert_eq!(found(&users, "anna@x.example"), told("01", "anna@x.example"));
        assert_eq!(found(&users, "ann@x.example"), None);
        users.insert(user(3, "ann@x.example"));
        assert_eq!(found(&users, "ann@x.example"), told("03", "ann@x.example"));
        users.insert(user(2, "anna@x.example"));
        assert_eq!(found(&users, "anna@x.example"), told("02", "anna@x.example"));
        users.insert(user(1, "ann@x.example"));
        assert_eq!(found(&users, "ann@x.example"), told("01", "ann@x.example"));
        assert_eq!(found(&users, "cas@x.example"), None);
        let all: Vec<&str> = users.all().map(|user| user.upn.as_str()).collect();
        assert_eq!(all, ["ann@x.example", "anna@x.example", "ann@x.example"]);
        assert_eq!(
            users.by_id(&user(3, "").id).map(|user| user.upn.as_str()),
            Some("ann@x.example")
        );
    }

    #[test]
    fn who_was_taken_out_is_found_by_nothing_until_it_is_there_again() {
        let mut users = Users::default();
        users.insert(user(1, "ann@x.example"));
        users.insert(user(2, "bob@x.example"));
        users.remove(&user(1, "").id);
        assert_eq!(
            (found(&users, "ann@x.example"), users.by_id(&user(1, "").id)),
            (None, None)
        );
        assert_eq!(users.all().count(), 1);
        let kept = &users.all[0];
        assert_eq!((kept.upn.capacity(), kept.values.capacity()), (0, 0));
        users.insert(user(1, "anna@x.example"));
        let all: Vec<&str> = users.all().map(|user| user.upn.as_str()).collect();
        assert_eq!(all, ["bob@x.example", "anna@x.example"]);
        assert!(found(&users, "anna@x.example").is_some() && found(&users, "ann@x.example").is_none());
    }
}
