//! The part of the live directory that a sheet names.

mod users;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use users::Users;

use super::former::{DeletedUser, Former};
use super::key_value::loose;
use super::{Columns, IdentityKey, Products, Reference, RoleBook, UpnKey, UserId, UserKey, UserState, Value};
use crate::catalogue::{AccountPart, Attribute, DELETED, account_attribute};

/// The users a sheet is about and the users its cells point to, as they are now.
#[derive(Debug, Clone)]
pub struct Directory {
    columns: Columns,
    users: Users,
    /// Users of whom only the names are kept: rows name them and ask for nothing.
    named: Users,
    /// Deleted users that somebody asked for by id; they are nobody's manager and hold no name.
    deleted: HashMap<UserId, UserState>,
    /// Deleted users by the name they had, as far as it was asked for.
    former: HashMap<UpnKey, Vec<Former>>,
    users_total: u64,
    /// Attributes this cloud does not have.
    lacking: Vec<&'static Attribute>,
    /// Attributes that users may be named by, and who holds what of them, in a loose spelling.
    watched: HashMap<&'static str, HashMap<String, Vec<UserId>>>,
    /// Who manages whom, as far as it was read; it may be known of users that are not held here.
    managers: HashMap<UserId, Option<Reference>>,
    /// What the tenant has bought, where that was read.
    products: Option<Arc<Products>>,
    /// The roles of the tenant, where that was read.
    roles: Option<Arc<RoleBook>>,
    /// The verified domains of the tenant, where they were asked for and could be read.
    domains: Option<Vec<String>>,
    /// Identities of which the service did not tell who has them.
    unknown_identities: HashSet<IdentityKey>,
    /// Users whom the service refused to show, and why.
    not_shown: HashMap<UserKey, String>,
}

impl Directory {
    /// An empty directory that was read with these columns.
    pub fn new(columns: Columns) -> Directory {
        Directory {
            columns,
            users: Users::default(),
            named: Users::default(),
            deleted: HashMap::new(),
            former: HashMap::new(),
            users_total: 0,
            lacking: Vec::new(),
            watched: HashMap::new(),
            managers: HashMap::new(),
            products: None,
            roles: None,
            domains: None,
            unknown_identities: HashSet::new(),
            not_shown: HashMap::new(),
        }
    }

    /// Adds a user; one that is read twice is kept as it was read last.
    pub fn insert(&mut self, user: UserState) {
        if self.is_deleted(&user) {
            self.deleted.insert(user.id, user);
            return;
        }
        for (name, holders) in &mut self.watched {
            if let Some(Value::Text(text)) = user.value(&self.columns, name) {
                let holders = holders.entry(loose(text)).or_default();
                if !holders.contains(&user.id) {
                    holders.push(user.id);
                }
            }
        }
        self.note_manager(&user);
        self.named.remove(&user.id);
        self.users.insert(user);
    }

    fn is_deleted(&self, user: &UserState) -> bool {
        let state = user.value(&self.columns, account_attribute(AccountPart::State).name);
        matches!(state, Some(Value::Text(state)) if state == DELETED)
    }

    /// Adds a user whom a row names that asks for nothing: its values are not kept, and count as not read. Nobody but such
    /// a row finds it.
    pub fn insert_named(&mut self, user: UserState) {
        if self.is_deleted(&user) {
            return self.insert(user);
        }
        self.managers.remove(&user.id);
        self.users.remove(&user.id);
        self.note_manager(&user);
        // Whoever is there already, because some users were read again, keeps the place.
        self.named.insert_by_id(UserState {
            values: Default::default(),
            unread: Default::default(),
            ..user
        });
    }

    /// Somebody whom a row names that asks for nothing.
    pub(super) fn named(&self, id: &UserId) -> Option<&UserState> {
        self.named.by_id(id)
    }

    /// Forgets a user who turned out to be deleted.
    pub fn remove(&mut self, id: &UserId) {
        self.managers.remove(id);
        self.users.remove(id);
        self.named.remove(id);
    }

    /// Forgets everybody who was read, to read them anew.
    pub fn forget_users(&mut self) {
        self.users = Users::default();
        self.named = Users::default();
        self.managers.clear();
        self.watched.values_mut().for_each(HashMap::clear);
    }

    /// Adds a deleted user who is found by the name it had.
    pub fn insert_former(&mut self, DeletedUser { user, deleted }: DeletedUser) {
        let known = self.former.entry(UpnKey::new(&user.upn)).or_default();
        if known.iter().all(|one| one.id != user.id) {
            known.push(Former { id: user.id, deleted });
        }
        self.deleted.insert(user.id, user);
    }

    /// The deleted users who had this name.
    pub(super) fn formerly(&self, name: &UpnKey) -> &[Former] {
        self.former.get(name).map_or(&[], Vec::as_slice)
    }

    /// Keeps account of who holds what in this attribute, for every user that is added from now on.
    pub fn watch(&mut self, attribute: &'static Attribute) {
        self.watched.entry(attribute.name).or_default();
    }

    /// The users whose value is this one in a loose spelling, by name.
    pub(super) fn near(&self, attribute: &Attribute, loose_text: &str) -> Vec<&UserState> {
        let ids = self
            .watched
            .get(attribute.name)
            .and_then(|holders| holders.get(loose_text));
        // A user that was read twice may hold something else by now.
        let holds = |user: &&UserState| loose(&self.value(user, attribute.name).to_cell()) == loose_text;
        let mut users: Vec<&UserState> = ids
            .into_iter()
            .flatten()
            .filter_map(|id| self.users.by_id(id))
            .filter(holds)
            .collect();
        users.sort_by(|a, b| (&a.upn, a.id).cmp(&(&b.upn, b.id)));
        users
    }

    /// Remembers whose manager is who, without keeping the user.
    pub fn note_manager(&mut self, user: &UserState) {
        if self.is_unread(user, "manager") {
            return;
        }
        match user.value(&self.columns, "manager") {
            Some(Value::Reference(manager)) => self.set_manager(user.id, Some(manager.clone())),
            Some(_) => self.set_manager(user.id, None),
            None => {}
        }
    }

    /// Remembers who the manager of a user is, or that there is none to be seen.
    pub fn set_manager(&mut self, user: UserId, manager: Option<Reference>) {
        self.managers.insert(user, manager);
    }

    /// The manager of a user; `None` when it was not read, `Some(None)` when there is none.
    pub fn manager_of(&self, user: &UserId) -> Option<Option<&Reference>> {
        self.managers.get(user).map(Option::as_ref)
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

    /// What the tenant has bought, where licences were asked for and it could be read.
    pub fn set_products(&mut self, products: Option<Arc<Products>>) {
        self.products = products;
    }

    /// What the tenant has bought; `None` when it is not known.
    pub fn products(&self) -> Option<&Products> {
        self.products.as_deref()
    }

    /// The verified domains of the tenant; `None` when they could not be read.
    pub fn set_verified_domains(&mut self, domains: Option<Vec<String>>) {
        // Every tenant has one: an answer without any does not tell.
        self.domains = domains.filter(|domains| !domains.is_empty());
    }

    /// The verified domains of the tenant; `None` when they are not known.
    pub fn verified_domains(&self) -> Option<&[String]> {
        self.domains.as_deref()
    }

    /// Identities of which the service did not tell who has them, or not all of who do.
    pub fn set_unknown_identities(&mut self, keys: Vec<IdentityKey>) {
        self.unknown_identities = keys.into_iter().collect();
    }

    /// Identities that somebody may have although nobody here does.
    pub fn unknown_identities(&self) -> &HashSet<IdentityKey> {
        &self.unknown_identities
    }

    /// Users whom the service refused to show, and why: they are neither known nor known not to be there.
    pub fn set_not_shown(&mut self, not_shown: HashMap<UserKey, String>) {
        self.not_shown = not_shown;
    }

    /// Whether the service refused to show anybody.
    pub(super) fn hides_somebody(&self) -> bool {
        !self.not_shown.is_empty()
    }

    /// Why the service does not show this user, if it refused to.
    pub(super) fn not_shown(&self, key: &UserKey) -> Option<&str> {
        self.not_shown.get(key).map(String::as_str)
    }

    /// The roles of the tenant, where roles were asked for and could be read.
    pub fn set_roles(&mut self, roles: Option<Arc<RoleBook>>) {
        self.roles = roles;
    }

    /// The roles of the tenant; `None` when they are not known.
    pub fn roles(&self) -> Option<&RoleBook> {
        self.roles.as_deref()
    }

    /// Whether users of this cloud have no such attribute.
    pub fn lacks(&self, attribute: &Attribute) -> bool {
        self.lacking.contains(&attribute)
    }

    /// The attributes that were read.
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// Whether nobody is held here, not even by name.
    pub fn is_empty(&self) -> bool {
        self.users.all().chain(self.named.all()).next().is_none()
    }

    /// Everybody who is held here with values, and not deleted.
    pub fn all(&self) -> impl Iterator<Item = &UserState> {
        self.users.all()
    }

    /// The user with this id.
    pub fn user(&self, id: &UserId) -> Option<&UserState> {
        self.users.by_id(id)
    }

    /// The user with this id, or the deleted one.
    pub fn anywhere(&self, id: &UserId) -> Option<&UserState> {
        self.users.by_id(id).or_else(|| self.deleted.get(id))
    }

    /// The user with this id or userPrincipalName.
    pub fn find(&self, key: &UserKey) -> Option<&UserState> {
        match key {
            UserKey::Id(id) => self.users.by_id(id),
            UserKey::Upn(upn) => self.users.by_name(upn),
        }
    }

    /// Whether the value of an attribute that was asked for is unknown for this user.
    pub fn is_unread(&self, user: &UserState, attribute: &str) -> bool {
        user.is_unread(&self.columns, attribute)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn user(upn: &str) -> UserState {
        UserState {
            id: UserId::parse("00000000-0000-4000-8000-000000000001").unwrap(),
            upn: upn.to_owned(),
            synced: None,
            restricted: false,
            agent: false,
            values: thin_vec::thin_vec![Value::Text("Sales".to_owned())],
            unread: Default::default(),
        }
    }

    #[test]
    fn of_whom_only_the_name_is_kept_is_found_as_such_alone_and_forgotten_like_anybody() {
        let department = crate::catalogue::by_name("department").unwrap();
        let mut directory = Directory::new(vec![department].into());
        let (id, key) = (user("").id, UserKey::Upn(UpnKey::new("ann@x.example")));
        // Kept whole, kept by name, found by key, by the name there is.
        let told = |directory: &Directory| {
            let whole = directory.user(&id).map(|user| user.values.len());
            let named = directory
                .named(&id)
                .map(|user| (user.upn.clone(), user.values.len()));
            (
                whole,
                named,
                directory.find(&key).is_some(),
                directory.all().count(),
                directory.is_empty(),
            )
        };
        let nobody = (None, None, false, 0, true);
        let by_name = |upn: &str| (None, Some((upn.to_owned(), 0)), false, 0, false);
        let whole = (Some(1), None, true, 1, false);
        assert_eq!(told(&directory), nobody);
        for _ in 0..3 {
            directory.insert_named(user("ann@x.example"));
        }
        assert_eq!(told(&directory), by_name("ann@x.example"));
        assert_eq!(
            directory.named.places(),
            1,
            "who is read again takes no more room"
        );
        directory.insert(user("ann@x.example"));
        assert_eq!(told(&directory), whole);
        directory.insert_named(user("anna@x.example"));
        assert_eq!(told(&directory), by_name("anna@x.example"));
        let is_unread = |user: Option<&UserState>| {
            user.map(|user| ["department", "city"].map(|name| directory.is_unread(user, name)))
        };
        // The city was not asked for.
        assert_eq!(is_unread(directory.named(&id)), Some([true, false]));
        assert_eq!(is_unread(Some(&user(""))), Some([false, false]));
        directory.remove(&id);
        assert_eq!(told(&directory), nobody);
        directory.insert_named(user("ann@x.example"));
        directory.forget_users();
        assert_eq!(told(&directory), nobody);
    }
}
