//! Whom a look at the directory is about, and what is asked of them.

use std::collections::{BTreeSet, HashSet};

use super::siblings::with_siblings;
use crate::catalogue::{self, Attribute, Cloud};
use crate::domain::{
    CheckedRow, Columns, Edit, IdentityKey, KeyValue, NameTemplate, Operation, PersonFacts, UpnKey, UserId,
    UserKey, UserState, Value,
};

/// Which users to look up, and with which attributes.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub(super) keys: HashSet<UserKey>,
    /// Users whom only rows name that ask for nothing: it is enough that they are there. In order, each once.
    pub(super) untouched: Vec<UserId>,
    /// Whoever holds one of these is wanted too.
    pub(super) values: HashSet<KeyValue>,
    /// Names of deleted users whom rows want back.
    pub(super) former: HashSet<UpnKey>,
    /// Whoever has one of these addresses is wanted too.
    pub(super) addresses: BTreeSet<String>,
    /// Whoever has one of these identities is wanted too.
    pub(super) identities: BTreeSet<IdentityKey>,
    /// Whom cells make managers: the way up from them is followed.
    pub(super) managers: HashSet<UserKey>,
    pub(super) columns: Columns,
    /// Those of the keys, values and addresses for whom it is asked what is read for each user by itself: it is slow, and nobody else needs it.
    pub(super) beside: Beside,
    pub(super) lacking: Vec<&'static Attribute>,
}

/// For whom it is asked what is read for each user by itself.
#[derive(Debug, Clone, Default)]
pub(super) struct Beside {
    pub keys: HashSet<UserKey>,
    pub values: HashSet<KeyValue>,
    pub addresses: BTreeSet<String>,
}

/// A value that neither clears nor points to somebody: what other users have is nothing to it.
fn is_plain_value(edit: &Edit) -> bool {
    matches!(
        edit,
        Edit::Set(Value::Text(_) | Value::Boolean(_) | Value::Integer(_))
    )
}

impl Wanted {
    /// Everybody the rows name: their own users, the users their cells point to, and the holders of names they want to take.
    pub fn by_rows(rows: &[CheckedRow]) -> Wanted {
        let mut keys = HashSet::new();
        let mut untouched = Vec::new();
        let mut is_plain = true;
        let mut values = HashSet::new();
        let mut managers = HashSet::new();
        let mut beside = Beside::default();
        let mut attributes = about_people();
        let addresses: BTreeSet<String> = rows
            .iter()
            .filter_map(|row| row.guest_address().map(str::to_owned))
            .collect();
        if !addresses.is_empty() {
            let of_guests = ["mail", "otherMails", "identities", "userType"];
            attributes.extend(of_guests.into_iter().filter_map(catalogue::by_name));
        }
        for row in rows {
            let mut asked = row.cells().iter().map(|cell| cell.attribute);
            if asked.any(|attribute| attribute.is_read_by_itself())
                || row
                    .doubted()
                    .iter()
                    .any(|(_, attribute)| attribute.is_read_by_itself())
            {
                beside.keys.extend(row.id().map(UserKey::Id));
                beside
                    .keys
                    .extend(row.upn().map(|name| UserKey::Upn(name.into_owned())));
                beside.values.extend(row.key().cloned());
                beside.addresses.extend(row.guest_address().map(str::to_owned));
            }
            if row.asks_for_nothing() {
                untouched.extend(row.id());
                continue;
            }
            is_plain &= row.cells().iter().all(|cell| is_plain_value(&cell.edit));
            keys.extend(row.id().map(UserKey::Id));
            // The name is needed only where no id finds the user, or where both must agree.
            match (row.id(), row.key()) {
                (None, Some(key)) => {
                    values.insert(key.clone());
                }
                (None, None) => keys.extend(row.upn().map(|name| UserKey::Upn(name.into_owned()))),
                (Some(_), _) if !row.has_base() => {
                    keys.extend(row.upn().map(|name| UserKey::Upn(name.into_owned())))
                }
                (Some(_), _) => {}
            }
            keys.extend(row.references().cloned());
            keys.extend(row.listed_references());
            values.extend(row.holders().cloned());
            for key in row.key().into_iter().chain(row.holders()) {
                if !attributes.contains(&key.attribute()) {
                    attributes.push(key.attribute());
                }
            }
            // What the directory holds may explain what looks wrong in a row without a base.
            for (_, attribute) in row.doubted() {
                if !attributes.contains(attribute) {
                    attributes.push(attribute);
                }
            }
            for cell in row.cells() {
                if !attributes.contains(&cell.attribute) {
                    attributes.push(cell.attribute);
                }
                if let Edit::Refer(manager) = &cell.edit {
                    managers.insert(manager.clone());
                }
                if let (Edit::Set(Value::Text(upn)), "userPrincipalName") = (&cell.edit, cell.attribute.name)
                {
                    keys.insert(UserKey::Upn(UpnKey::new(upn)));
                }
            }
        }
        untouched.retain(|id| !keys.contains(&UserKey::Id(*id)));
        untouched.sort_unstable();
        untouched.dedup();
        untouched.shrink_to_fit();
        let wanted = Wanted {
            keys,
            untouched,
            values,
            former: rows.iter().filter_map(CheckedRow::former_name).collect(),
            addresses,
            identities: rows.iter().flat_map(CheckedRow::new_identities).collect(),
            managers,
            columns: with_siblings(&attributes),
            beside,
            lacking: Vec::new(),
        };
        let finds_others = !wanted.values.is_empty()
            || !wanted.former.is_empty()
            || !wanted.addresses.is_empty()
            || !wanted.identities.is_empty();
        if is_plain && !finds_others {
            wanted
        } else {
            wanted.whole()
        }
    }

    /// Whether the user is asked for by id or name.
    pub(in crate::engine) fn names(&self, user: &UserState) -> bool {
        self.keys.contains(&UserKey::Id(user.id)) || self.keys.contains(&UserKey::Upn(UpnKey::new(&user.upn)))
    }

    /// Whether only rows name the user that ask for nothing, unless the user is asked for otherwise.
    pub(in crate::engine) fn is_untouched(&self, user: &UserId) -> bool {
        self.untouched.binary_search(user).is_ok()
    }

    /// Everybody with all that is asked for: what others have may decide.
    fn whole(mut self) -> Wanted {
        self.keys.extend(self.untouched.drain(..).map(UserKey::Id));
        self
    }

    fn just(keys: HashSet<UserKey>, attributes: &[&'static Attribute]) -> Wanted {
        Wanted {
            beside: Beside {
                keys: keys.clone(),
                ..Beside::default()
            },
            keys,
            untouched: Vec::new(),
            values: HashSet::new(),
            former: HashSet::new(),
            addresses: BTreeSet::new(),
            identities: BTreeSet::new(),
            managers: HashSet::new(),
            columns: with_siblings(attributes),
            lacking: Vec::new(),
        }
    }

    /// These users, with these attributes and what a plan says of people.
    pub fn of(keys: HashSet<UserKey>, attributes: &[&'static Attribute]) -> Wanted {
        let attributes = [&about_people()[..], attributes].concat();
        Wanted::just(keys, &attributes)
    }

    /// Whoever has the employee number of a row that names nobody may be the one who is meant.
    pub fn with_joiners(self, rows: &[CheckedRow], names: Option<&NameTemplate>) -> Wanted {
        let mut wanted = self.whole();
        // Whoever has a name that a template would make.
        let made = names.map(|template| rows.iter().flat_map(move |row| row.names_by(template)));
        wanted.keys.extend(
            made.into_iter()
                .flatten()
                .map(|name| UserKey::Upn(UpnKey::new(&name))),
        );
        let number = catalogue::by_name("employeeId");
        let strangers = rows.iter().filter(|row| row.id().is_none() && !row.has_base());
        for cell in strangers.flat_map(CheckedRow::cells) {
            if let Edit::Set(Value::Text(text)) = &cell.edit
                && Some(cell.attribute) == number
            {
                wanted.values.extend(KeyValue::new(cell.attribute, text));
            }
        }
        wanted
    }

    /// Without what users of this cloud do not have: a request that names it would be refused as a whole.
    pub fn in_cloud(mut self, cloud: Cloud) -> Wanted {
        let (lacking, there): (Vec<_>, Vec<_>) =
            self.columns.iter().copied().partition(|one| cloud.lacks(one));
        self.lacking = lacking;
        self.columns = there.into();
        self
    }

    /// The users of these operations, with the attributes they write.
    pub fn by_operations<'o>(operations: impl Iterator<Item = &'o Operation>) -> Wanted {
        let mut keys = HashSet::new();
        let mut beside = HashSet::new();
        let mut attributes: Vec<&'static Attribute> = Vec::new();
        for operation in operations {
            keys.insert(UserKey::Id(operation.user));
            let mut asked = operation.changes().iter().map(|change| change.attribute);
            if asked.any(Attribute::is_read_by_itself) {
                beside.insert(UserKey::Id(operation.user));
            }
            for change in operation.changes() {
                if !attributes.contains(&change.attribute) {
                    attributes.push(change.attribute);
                }
            }
        }
        let mut wanted = Wanted::just(keys, &attributes);
        wanted.beside.keys = beside;
        wanted
    }
}

/// What a plan says of each person.
fn about_people() -> Vec<&'static Attribute> {
    PersonFacts::ATTRIBUTES
        .iter()
        .filter_map(|name| catalogue::by_name(name))
        .collect()
}

impl Wanted {
    /// How many users are asked for by id, name, value or address.
    pub fn named(&self) -> usize {
        self.keys.len()
            + self.untouched.len()
            + self.values.len()
            + self.addresses.len()
            + self.identities.len()
    }

    /// The attributes to read, in catalogue order.
    pub(in crate::engine) fn columns(&self) -> &Columns {
        &self.columns
    }

    /// Those that a list of users holds.
    pub(super) fn listed(&self) -> Columns {
        let listed = self.columns.iter().copied();
        listed
            .filter(|attribute| !attribute.is_read_by_itself())
            .collect()
    }
}
