//! Which users changed, and in which of their properties, since the directory was opened: one entry for each of them.

use super::{Directory, Effect, NOBODY, at};
use std::collections::BTreeMap;
use tokio::time::Instant;

/// The manager, among the places of the properties.
pub const MANAGER: u8 = u8::MAX;

/// What became of one user. Versions are those of the directory after the change; 0 is never.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// When the user came to be.
    pub born: u64,
    /// The last change of all.
    pub last: u64,
    /// The last change of each property that ever changed.
    slots: Vec<(u8, u64)>,
    /// The place of the last manager that is no longer one.
    pub former_manager: Option<u32>,
}

impl Change {
    /// When a property changed last.
    pub fn of(&self, slot: u8) -> u64 {
        let own = self.slots.iter().find(|(known, _)| *known == slot);
        own.map_or(0, |(_, version)| *version)
    }

    fn note(&mut self, slot: u8, version: u64) {
        self.last = version;
        match self.slots.iter_mut().find(|(known, _)| *known == slot) {
            Some((_, last)) => *last = version,
            None => self.slots.push((slot, version)),
        }
    }
}

/// The changes of all users, in the order of their places.
#[derive(Debug, Default)]
pub struct Changes {
    noted: bool,
    users: BTreeMap<u32, Change>,
}

impl Directory {
    /// From now on changes are noted; what was done to fill the directory is not one.
    pub fn note_changes(&mut self) {
        self.version = 0;
        self.changes.noted = true;
    }

    /// What became of a user since then.
    pub fn change(&self, place: u32) -> Option<&Change> {
        self.changes.users.get(&place)
    }

    /// Everybody who changed, from a place on.
    pub fn changed(&self, from: u32) -> impl DoubleEndedIterator<Item = (u32, &Change)> {
        self.changes
            .users
            .range(from..)
            .map(|(place, change)| (*place, change))
    }

    /// Everybody before a place who changed, the nearest first.
    pub fn changed_before(&self, place: u32) -> impl Iterator<Item = u32> {
        self.changes.users.range(..place).rev().map(|(place, _)| *place)
    }

    /// The place of a user, be it deleted or gone.
    pub fn place_of(&self, id: uuid::Uuid) -> Option<u32> {
        let place = self.resolve_any(&id.to_string());
        place.or_else(|| {
            self.ids
                .iter()
                .position(|own| *own == id)
                .and_then(|at| u32::try_from(at).ok())
        })
    }

    /// The version that every reader sees: with a lag, the one before the first write that some do not see yet.
    pub fn settled_version(&self) -> u64 {
        let now = Instant::now();
        let held = self.before.values().filter(|before| before.until > now);
        held.map(|before| before.version).min().unwrap_or(self.version)
    }

    pub(super) fn note_birth(&mut self, place: u32) {
        if self.changes.noted {
            self.version += 1;
            let change = self.changes.users.entry(place).or_default();
            (change.born, change.last) = (self.version, self.version);
        }
    }

    /// Notes what a write is about to change. What is written as it was changes nothing.
    pub(super) fn note(&mut self, place: u32, effect: &Effect) {
        if !self.changes.noted {
            return;
        }
        let version = self.version + 1;
        let record = self.record(place);
        let other = effect
            .settings
            .iter()
            .filter(|(slot, json)| record.raw(*slot) != json.as_deref());
        let slots: Vec<u8> = other.map(|(slot, _)| *slot).collect();
        let former = self.manager(place);
        let manager = effect.manager.filter(|manager| *manager != former);
        if slots.is_empty() && manager.is_none() {
            return;
        }
        let change = self.changes.users.entry(place).or_default();
        for slot in &slots {
            change.note(*slot, version);
        }
        if manager.is_some() {
            change.note(MANAGER, version);
            change.former_manager = former;
        }
        // Whoever has a deleted manager has none.
        if slots.contains(&*at::DELETED) && place != NOBODY {
            for (at, manager) in self
                .managers
                .iter()
                .enumerate()
                .filter(|(_, manager)| **manager == place)
            {
                let report = self.changes.users.entry(at as u32).or_default();
                report.note(MANAGER, version);
                report.former_manager = Some(*manager);
            }
        }
    }
}
