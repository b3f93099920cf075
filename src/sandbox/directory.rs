//! The store: users in the order they came, found by id, user principal name, address or anchor.
//!
//! The indexes hold 64-bit hashes instead of texts, and every hit is compared with the record it leads to:
//! two names with the same hash could hide one another, but never be taken for one another.

use super::{
    appointments, chance,
    record::{self, Record, Setting},
    tenant::Tenant,
    view::View,
};
use serde_json::{Value, json};
use std::collections::HashMap;
use tokio::time::Instant;
use uuid::Uuid;

pub mod at;
pub mod changes;
mod dump;
pub mod ranks;

/// No manager.
const NOBODY: u32 = u32::MAX;

/// What a write does to one user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effect {
    /// Properties set or unset.
    pub settings: Vec<Setting>,
    /// The manager set (by place) or removed; `None` leaves it.
    pub manager: Option<Option<u32>>,
}

/// A user as it comes in, before it has a place.
#[derive(Debug, Clone, Default)]
pub struct NewUser {
    /// The id.
    pub id: Uuid,
    /// The properties; `id` is not among them.
    pub record: Record,
    /// Names of directory roles held.
    pub roles: Vec<String>,
}

#[derive(Debug)]
struct Before {
    record: Record,
    manager: u32,
    until: Instant,
    /// The version of the directory before the first write that is not settled.
    version: u64,
}

/// All users of the tenant.
#[derive(Debug)]
pub struct Directory {
    /// The tenant.
    pub tenant: Tenant,
    /// Counts the changes.
    pub version: u64,
    /// Whether pictures are stored in other bytes than they were sent.
    pub rewrites_photos: bool,
    ids: Vec<Uuid>,
    records: Vec<Record>,
    managers: Vec<u32>,
    roles: HashMap<u32, Vec<String>>,
    index: HashMap<u64, u32>,
    before: HashMap<u32, Before>,
    /// How many of them are deleted.
    deleted: usize,
    /// Users that some readers do not see yet, and until when.
    newborn: HashMap<u32, Instant>,
    ranks: ranks::Ranks,
    changes: changes::Changes,
}

/// What an index entry is about.
#[derive(Clone, Copy)]
enum Key {
    Id = 1,
    Name = 2,
    Address = 3,
    Anchor = 4,
}

fn key(kind: Key, text: &str) -> u64 {
    chance::hash(kind as u64, text.to_lowercase().as_bytes())
}

impl Directory {
    /// An empty directory.
    pub fn new(tenant: Tenant) -> Self {
        Directory {
            tenant,
            version: 0,
            rewrites_photos: false,
            ids: Vec::new(),
            records: Vec::new(),
            managers: Vec::new(),
            roles: HashMap::new(),
            index: HashMap::new(),
            before: HashMap::new(),
            deleted: 0,
            newborn: HashMap::new(),
            ranks: ranks::Ranks::default(),
            changes: changes::Changes::default(),
        }
    }

    /// How many users, the deleted ones among them.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether nobody is there.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Makes room for so many users.
    pub fn reserve(&mut self, users: usize) {
        self.ids.reserve(users);
        self.records.reserve(users);
        self.managers.reserve(users);
        self.index.reserve(users * 3);
    }

    /// The bytes of all records and indexes, for the figures.
    pub fn bytes(&self) -> usize {
        let records: usize = self.records.iter().map(|record| record.bytes() + 16).sum();
        records + self.ids.capacity() * 16 + self.managers.capacity() * 4 + self.index.capacity() * 17
    }

    /// Adds a user; an id or a name that is there already is refused with the name of the property.
    pub fn add(&mut self, user: NewUser) -> Result<u32, &'static str> {
        let id = user.id.to_string();
        if self.find(Key::Id, &id).is_some() {
            return Err("id");
        }
        let name = user.record.text(*at::UPN).unwrap_or_default();
        let deleted = user.record.raw(*at::DELETED).is_some();
        if !deleted && self.find(Key::Name, &name).is_some() {
            return Err("userPrincipalName");
        }
        let place = u32::try_from(self.ids.len()).map_err(|_| "id")?;
        self.ids.push(user.id);
        let roles = json!(user.roles);
        let record = match user.record.raw(*at::ROLES) {
            None if !user.roles.is_empty() => user.record.with(&[record::packed(*at::ROLES, &roles)]),
            _ => user.record,
        };
        self.records.push(record);
        self.managers.push(NOBODY);
        self.deleted += usize::from(self.is_deleted(place));
        self.note_roles(place);
        for key in self.keys(place) {
            self.index.insert(key, place);
        }
        self.stand(place, &ranks::ranked(), true);
        self.note_birth(place);
        Ok(place)
    }

    /// The place of a user named by id or user principal name.
    pub fn resolve(&self, name: &str) -> Option<u32> {
        self.resolve_any(name).filter(|place| !self.is_deleted(*place))
    }

    /// The same, deleted users included; those have lost their name and are found by id.
    pub fn resolve_any(&self, name: &str) -> Option<u32> {
        match Uuid::try_parse(name) {
            Ok(id) => self.find(Key::Id, &id.to_string()),
            Err(_) => self.find(Key::Name, name),
        }
    }

    /// The place of a deleted user.
    pub fn resolve_deleted(&self, id: &str) -> Option<u32> {
        self.resolve_any(id).filter(|place| self.is_deleted(*place))
    }

    /// Whether the user at a place is among the deleted ones.
    pub fn is_deleted(&self, place: u32) -> bool {
        self.record(place).raw(*at::DELETED).is_some()
    }

    /// Whether anybody is.
    pub fn has_deleted(&self) -> bool {
        self.deleted > 0 || !self.before.is_empty()
    }

    /// The same for a reader: `stale` readers do not see who was just created or restored, and still see who was just deleted.
    pub fn resolve_seen(&self, name: &str, stale: Option<Instant>) -> Option<u32> {
        let place = self.resolve_any(name)?;
        let hidden = stale.is_some_and(|now| self.newborn.get(&place).is_some_and(|until| *until > now));
        (!hidden && !self.view(place, stale).is_deleted()).then_some(place)
    }

    /// Hides a new user from stale readers until then.
    pub fn hide_newborn(&mut self, place: u32, until: Instant) {
        self.newborn.insert(place, until);
    }

    /// The user who holds a user principal name.
    pub fn by_name(&self, name: &str) -> Option<u32> {
        self.find(Key::Name, name)
    }

    /// The user who holds an address.
    pub fn by_address(&self, address: &str) -> Option<u32> {
        self.find(Key::Address, address)
    }

    /// The user who holds an on-premises anchor.
    pub fn by_anchor(&self, anchor: &str) -> Option<u32> {
        self.find(Key::Anchor, anchor)
    }

    fn find(&self, kind: Key, text: &str) -> Option<u32> {
        let place = *self.index.get(&key(kind, text))?;
        let same = match kind {
            Key::Id => self.id(place).eq_ignore_ascii_case(text),
            Key::Name => self.same(place, *at::UPN, text),
            Key::Anchor => self.same(place, *at::ANCHOR, text),
            Key::Address => self
                .addresses(place)
                .iter()
                .any(|known| known.to_lowercase() == text.to_lowercase()),
        };
        same.then_some(place)
    }

    fn same(&self, place: u32, slot: u8, text: &str) -> bool {
        self.record(place)
            .text(slot)
            .is_some_and(|known| known.to_lowercase() == text.to_lowercase())
    }

    /// Every index key of a user.
    fn keys(&self, place: u32) -> Vec<u64> {
        let record = self.record(place);
        if record.raw(*at::GONE).is_some() {
            return Vec::new();
        }
        let mut keys = vec![key(Key::Id, &self.id(place))];
        if self.is_deleted(place) {
            // Its name and addresses are free for others.
            return keys;
        }
        keys.extend(record.text(*at::UPN).map(|name| key(Key::Name, &name)));
        keys.extend(record.text(*at::ANCHOR).map(|anchor| key(Key::Anchor, &anchor)));
        keys.extend(
            self.addresses(place)
                .iter()
                .map(|address| key(Key::Address, address)),
        );
        keys
    }

    /// The addresses a user holds, without their `SMTP:`.
    fn addresses(&self, place: u32) -> Vec<String> {
        let bare = |text: &str| text.split_once(':').map_or(text, |(_, rest)| rest).to_owned();
        match self.record(place).value(*at::PROXIES) {
            Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(bare).collect(),
            _ => self.record(place).text(*at::MAIL).into_iter().collect(),
        }
    }

    /// The id of the user at a place.
    pub fn id(&self, place: u32) -> String {
        self.ids
            .get(place as usize)
            .map(Uuid::to_string)
            .unwrap_or_default()
    }

    /// The id of the user at a place, unwritten.
    pub fn uuid(&self, place: u32) -> Uuid {
        self.ids.get(place as usize).copied().unwrap_or_default()
    }

    /// The record of the user at a place, as it is now.
    pub fn record(&self, place: u32) -> &Record {
        static NONE: std::sync::LazyLock<Record> = std::sync::LazyLock::new(Record::default);
        self.records.get(place as usize).unwrap_or(&NONE)
    }

    /// The manager of a user, as it is now.
    pub fn manager(&self, place: u32) -> Option<u32> {
        self.managers
            .get(place as usize)
            .copied()
            .filter(|manager| *manager != NOBODY)
    }

    /// The directory roles a user holds.
    pub fn roles(&self, place: u32) -> &[String] {
        self.roles.get(&place).map_or(&[], Vec::as_slice)
    }

    /// Carries out a write; with a lag, what was there before stays to be read for a while.
    pub fn apply(&mut self, place: u32, effect: &Effect, stale_until: Option<Instant>) {
        if (place as usize) >= self.records.len() {
            return;
        }
        if let Some(until) = stale_until {
            let (record, manager) = (self.record(place).clone(), self.managers[place as usize]);
            let before = self.before.entry(place).or_insert(Before {
                record,
                manager,
                until,
                version: self.version,
            });
            before.until = until;
        }
        // Most writes touch no index.
        let indexed = effect
            .settings
            .iter()
            .any(|(slot, _)| [*at::UPN, *at::MAIL, *at::PROXIES, *at::ANCHOR, *at::DELETED].contains(slot));
        if indexed {
            for key in self.keys(place) {
                if self.index.get(&key) == Some(&place) {
                    self.index.remove(&key);
                }
            }
        }
        let slots: Vec<u8> = effect.settings.iter().map(|(slot, _)| *slot).collect();
        self.note(place, effect);
        self.stand(place, &slots, false);
        let was_deleted = self.is_deleted(place);
        self.records[place as usize] = self.record(place).with(&effect.settings);
        self.deleted = self.deleted + usize::from(self.is_deleted(place)) - usize::from(was_deleted);
        self.stand(place, &slots, true);
        if indexed {
            for key in self.keys(place) {
                self.index.insert(key, place);
            }
        }
        if let Some(manager) = effect.manager {
            self.managers[place as usize] = manager.unwrap_or(NOBODY);
        }
        if slots.contains(&*at::ROLES) {
            self.note_roles(place);
        }
        self.version += 1;
    }

    /// Keeps the names of a user's roles at hand.
    fn note_roles(&mut self, place: u32) {
        let held = appointments::held(&self.view(place, None));
        let names: Vec<String> = held.into_iter().map(|(name, _)| name).collect();
        if names.is_empty() {
            self.roles.remove(&place);
        } else {
            self.roles.insert(place, names);
        }
    }

    /// Forgets what is no longer shown as stale.
    pub fn settle(&mut self, now: Instant) {
        self.before.retain(|_, before| before.until > now);
        self.newborn.retain(|_, until| *until > now);
    }

    /// The user as a reader sees it: `stale` readers still get what was there before, while the lag lasts.
    pub fn view(&self, place: u32, stale: Option<Instant>) -> View<'_> {
        let old = stale.and_then(|now| self.before.get(&place).filter(|before| before.until > now));
        View {
            directory: self,
            place,
            record: old.map_or_else(|| self.record(place), |before| &before.record),
            manager: match old {
                Some(before) => Some(before.manager).filter(|manager| *manager != NOBODY),
                None => self.manager(place),
            }
            .filter(|manager| !self.is_deleted(*manager)),
            among_deleted: false,
        }
    }
}
