//! Rows out of what was read and what changed: each user once, as the changes left it.
//!
//! The order is that of the ranges, and of the service inside each; who came meanwhile stands at the end.

use std::collections::{HashMap, HashSet};

use super::ExportError;
use super::changes::{Changes, Fate, fill_in};
use super::rows::Rows;
use crate::catalogue::MANAGER;
use crate::domain::{Columns, NOT_READ_WORD, Repeats, UserId};
use crate::state::{Snapshot, StagedUser, Staging, StateError};
use crate::table::RowSink;

/// What the changes come on top of.
pub(super) enum Base<'a> {
    Staged(&'a Staging),
    Snapshot(&'a Snapshot),
}

/// What a look through all users tells before the rows are written.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub users: u64,
    /// Users who are in no range, and of whom the changes do not say everything.
    pub incomplete: Vec<UserId>,
    /// Names of managers that changes named.
    names: HashMap<UserId, String>,
    /// In a snapshot managers stand by name: what these names are now, nothing where somebody is gone.
    renamed: HashMap<String, String>,
}

/// Counts, and finds the names that are needed.
pub(super) fn tally(
    base: &Base<'_>,
    changes: &mut Changes,
    repeats: &mut Repeats,
) -> Result<Tally, ExportError> {
    let mut tally = Tally::default();
    let mut met: HashSet<UserId> = HashSet::new();
    repeats.again();
    let mut see = |id: UserId, upn: &str, changes: &Changes| -> Option<Fate> {
        if changes.names_as_manager(id) {
            tally.names.insert(id, upn.to_owned());
        }
        let fate = changes.fate(id);
        if fate.is_some() {
            met.insert(id);
        }
        tally.users += u64::from(fate != Some(Fate::Gone));
        fate
    };
    match base {
        Base::Staged(staging) => {
            let mut user = StagedUser::empty();
            for range in &staging.plan().ranges {
                let mut reader = reader_of(staging, range.number)?;
                while reader.next_head(&mut user)? {
                    if repeats.is_first(user.id) {
                        see(user.id, &user.upn, changes);
                    }
                }
            }
        }
        Base::Snapshot(snapshot) => {
            let mut renamed = HashMap::new();
            let mut now = StagedUser::empty();
            snapshot.for_each(|user| {
                match see(user.id, &user.upn, changes) {
                    None => {}
                    Some(Fate::Gone) => {
                        renamed.insert(user.upn, String::new());
                    }
                    Some(Fate::Now(_)) => {
                        changes.of(user.id, &mut now)?;
                        if now.upn != user.upn && !now.upn.is_empty() {
                            renamed.insert(user.upn, now.upn.clone());
                        }
                    }
                }
                Ok::<(), ExportError>(())
            })?;
            tally.renamed = renamed;
        }
    }
    for (id, fate) in changes.users() {
        if matches!(fate, Fate::Now(_)) && !met.contains(&id) {
            tally.users += 1;
            if changes.lacks(id)? {
                tally.incomplete.push(id);
            }
        }
    }
    Ok(tally)
}

/// Writes all rows.
pub(super) fn pour<S: RowSink>(
    base: &Base<'_>,
    changes: &mut Changes,
    repeats: &mut Repeats,
    tally: &Tally,
    columns: &Columns,
    rows: &mut Rows<S>,
) -> Result<(), ExportError> {
    let mut pouring = Pouring {
        manager: columns.iter().position(|attribute| attribute.name == MANAGER),
        is_quiet: changes.is_empty(),
        changes,
        tally,
        met: HashSet::new(),
        now: StagedUser::empty(),
        other: StagedUser::empty(),
    };
    repeats.again();
    match base {
        Base::Staged(staging) => {
            let mut user = StagedUser::empty();
            for range in &staging.plan().ranges {
                let mut reader = reader_of(staging, range.number)?;
                while reader.next(&mut user)? {
                    if repeats.is_first(user.id) {
                        pouring.add(&mut user, rows)?;
                    }
                }
            }
        }
        Base::Snapshot(snapshot) => snapshot.for_each(|user| {
            let mut user = StagedUser {
                id: user.id,
                upn: user.upn,
                manager: None,
                cells: user.cells.to_vec(),
                untold: Vec::new(),
            };
            pouring.add(&mut user, rows)
        })?,
    }
    pouring.add_new(rows)
}

fn reader_of(staging: &Staging, number: u32) -> Result<crate::state::RowsReader, ExportError> {
    let reader = staging.reader(number)?;
    Ok(reader.ok_or_else(|| StateError::Contradiction {
        path: format!("range {number}").into(),
        detail: "a range was not read to its end".to_owned(),
    })?)
}

struct Pouring<'a> {
    manager: Option<usize>,
    /// Nobody changed, which is the usual case and costs nothing.
    is_quiet: bool,
    changes: &'a mut Changes,
    tally: &'a Tally,
    met: HashSet<UserId>,
    now: StagedUser,
    other: StagedUser,
}

impl Pouring<'_> {
    /// A user of the base, as the changes left it.
    fn add<S: RowSink>(&mut self, user: &mut StagedUser, rows: &mut Rows<S>) -> Result<(), ExportError> {
        if self.is_quiet {
            return rows.add(&user.id, &user.upn, &mut user.cells);
        }
        match self.changes.of(user.id, &mut self.now)? {
            Some(Fate::Gone) => {
                self.met.insert(user.id);
                Ok(())
            }
            Some(Fate::Now(_)) => {
                self.met.insert(user.id);
                let mut now = std::mem::replace(&mut self.now, StagedUser::empty());
                let told = now.manager.is_some();
                fill_in(&mut now, user);
                self.finish(&mut now, told, rows)?;
                self.now = now;
                Ok(())
            }
            None => self.finish(user, false, rows),
        }
    }

    /// Users who are in no range: they came after it was read.
    fn add_new<S: RowSink>(&mut self, rows: &mut Rows<S>) -> Result<(), ExportError> {
        for (id, fate) in self.changes.users() {
            if matches!(fate, Fate::Now(_)) && !self.met.contains(&id) {
                let mut now = StagedUser::empty();
                self.changes.of(id, &mut now)?;
                for place in std::mem::take(&mut now.untold) {
                    if let Some(cell) = now.cells.get_mut(place) {
                        cell.clear();
                        if Some(place) != self.manager {
                            cell.push_str(NOT_READ_WORD);
                        }
                    }
                }
                self.finish(&mut now, true, rows)?;
            }
        }
        Ok(())
    }

    /// `told`: whether a change said who the manager is.
    fn finish<S: RowSink>(
        &mut self,
        user: &mut StagedUser,
        told: bool,
        rows: &mut Rows<S>,
    ) -> Result<(), ExportError> {
        if let Some(cell) = self.manager.and_then(|place| user.cells.get_mut(place)) {
            match user.manager {
                Some(Some(manager)) => match self.changes.of(manager, &mut self.other)? {
                    Some(Fate::Gone) => cell.clear(),
                    Some(Fate::Now(_)) if !self.other.upn.is_empty() => cell.clone_from(&self.other.upn),
                    // Nobody said otherwise, so it is the name that was read.
                    _ if !told => {}
                    _ => match self.tally.names.get(&manager) {
                        Some(name) => cell.clone_from(name),
                        None => *cell = manager.to_string(),
                    },
                },
                Some(None) => cell.clear(),
                None => {
                    if let Some(name) = self.tally.renamed.get(cell.as_str()) {
                        cell.clone_from(name);
                    }
                }
            }
        }
        rows.add(&user.id, &user.upn, &mut user.cells)
    }
}
