//! The users that a directory holds, found by id and by name, in little memory: there may be a million of them.

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use crate::domain::sparing::push_sparingly;
use crate::domain::{UpnKey, UserId, UserState};

/// Users, and where each is.
#[derive(Debug, Clone, Default)]
pub(super) struct Users {
    /// In the order in which they were added; who was taken out left the place empty.
    all: Vec<Option<UserState>>,
    /// By id and by name, which stand with the user.
    by_id: HashTable<u32>,
    by_name: HashTable<u32>,
}

impl Users {
    /// Adds a user whom nobody looks for by name; one that is there already takes the place of the former. Tells where it is, and
    /// the former.
    pub fn insert_by_id(&mut self, user: UserState) -> (u32, Option<UserState>) {
        match self.place_of(&user.id) {
            Some(at) => (
                at,
                self.all
                    .get_mut(at as usize)
                    .and_then(|place| place.replace(user)),
            ),
            None => {
                let at = self.all.len() as u32;
                let hash = user.id.hashed();
                push_sparingly(&mut self.all, Some(user));
                let all = &self.all;
                let hash_at = |at: &u32| user_at(all, *at).map_or(0, |user| user.id.hashed());
                self.by_id.insert_unique(hash, at, hash_at);
                (at, None)
            }
        }
    }

    /// Adds a user; one that is there already takes the place of the former, and is found by the later name.
    pub fn insert(&mut self, user: UserState) {
        let name = UpnKey::new(&user.upn);
        let (at, former) = self.insert_by_id(user);
        if let Some(former) = former {
            self.forget_name(&former, at);
        }
        let all = &self.all;
        let has_name = |at: &u32| user_at(all, *at).is_some_and(|user| name.is(&user.upn));
        let hash_at = |at: &u32| user_at(all, *at).map_or(0, |user| UpnKey::new(&user.upn).hashed());
        // Whoever was read last has the name.
        match self.by_name.entry(name.hashed(), has_name, hash_at) {
            Entry::Occupied(mut entry) => *entry.get_mut() = at,
            Entry::Vacant(entry) => drop(entry.insert(at)),
        }
    }

    /// Takes a user out.
    pub fn remove(&mut self, id: &UserId) {
        let Some(at) = self.place_of(id) else { return };
        if let Ok(entry) = self.by_id.find_entry(id.hashed(), |known| *known == at) {
            entry.remove();
        }
        if let Some(user) = self.all.get_mut(at as usize).and_then(Option::take) {
            self.forget_name(&user, at);
        }
    }

    /// How many places there are, with those that stay empty.
    #[cfg(test)]
    pub fn places(&self) -> usize {
        self.all.len()
    }

    /// The name of a user who was at this place finds nobody there any more.
    fn forget_name(&mut self, user: &UserState, at: u32) {
        let hash = UpnKey::new(&user.upn).hashed();
        if let Ok(entry) = self.by_name.find_entry(hash, |known| *known == at) {
            entry.remove();
        }
    }

    /// Everybody, in the order in which they were added.
    pub fn all(&self) -> impl Iterator<Item = &UserState> {
        self.all.iter().flatten()
    }

    /// Where the user with this id is.
    fn place_of(&self, id: &UserId) -> Option<u32> {
        let is_it = |at: &u32| user_at(&self.all, *at).is_some_and(|user| user.id == *id);
        self.by_id.find(id.hashed(), is_it).copied()
    }

    /// The user with this id.
    pub fn by_id(&self, id: &UserId) -> Option<&UserState> {
        user_at(&self.all, self.place_of(id)?)
    }

    /// The user with this name.
    pub fn by_name(&self, name: &UpnKey) -> Option<&UserState> {
        let has_name = |at: &u32| user_at(&self.all, *at).is_some_and(|user| name.is(&user.upn));
        user_at(&self.all, *self.by_name.find(name.hashed(), has_name)?)
    }
}

fn user_at(all: &[Option<UserState>], at: u32) -> Option<&UserState> {
    all.get(at as usize)?.as_ref()
}

#[cfg(test)]
mod tests {
    use thin_vec::thin_vec;

    use super::*;
    use crate::domain::Value;

    fn user(id: u8, upn: &str) -> UserState {
        UserState {
            id: UserId::parse(&format!("00000000-0000-4000-8000-0000000000{id:02}")).unwrap(),
            upn: upn.to_owned(),
            synced: None,
            restricted: false,
            agent: false,
            values: thin_vec![Value::Boolean(true)],
            unread: Default::default(),
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
        assert!(users.all[0].is_none(), "nothing of them is kept");
        users.insert(user(1, "anna@x.example"));
        let all: Vec<&str> = users.all().map(|user| user.upn.as_str()).collect();
        assert_eq!(all, ["bob@x.example", "anna@x.example"]);
        assert!(found(&users, "anna@x.example").is_some() && found(&users, "ann@x.example").is_none());
    }
}
