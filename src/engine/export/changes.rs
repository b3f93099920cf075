//! What the service tells of changes, beside what was read: in memory only who changed and where that stands in a file.

use std::collections::{HashMap, HashSet};

use super::super::rounds::{self, NoChanges};
use super::landing::staged;
use super::{ExportError, user_cells};
use crate::catalogue::MANAGER;
use crate::domain::{Columns, DeltaLink, UserId, UserState};
use crate::graph::{ChangedUser, DeltaItem, DirectoryReader};
use crate::state::{ChangesFile, StagedUser};

/// What became of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Gone,
    /// The place of the row.
    Now(u64),
}

/// Changes, the last of each user.
pub(super) struct Changes {
    columns: Columns,
    fates: HashMap<UserId, Fate>,
    file: ChangesFile,
    /// Managers whose names have to be found.
    managers: HashSet<UserId>,
    /// Whether somebody was deleted and is back: the service then shows that manager again, and tells nothing of the reports.
    returned: bool,
}

impl Changes {
    pub fn new(columns: &Columns, file: ChangesFile) -> Changes {
        Changes {
            columns: columns.clone(),
            fates: HashMap::new(),
            file,
            managers: HashSet::new(),
            returned: false,
        }
    }

    /// Takes in what has changed since a link. What comes later is the truth. Gives the link after it, and whether it came to a round
    /// that was told in a single answer.
    pub async fn play(
        &mut self,
        reader: &DirectoryReader,
        link: &DeltaLink,
    ) -> Result<(DeltaLink, bool), NoChanges<ExportError>> {
        let columns = self.columns.clone();
        rounds::play(reader, &columns, link, |item| self.take_in(item)).await
    }

    pub fn take_in(&mut self, item: DeltaItem) -> Result<(), ExportError> {
        match item {
            DeltaItem::Gone(id) => {
                self.fates.insert(id, Fate::Gone);
            }
            DeltaItem::Changed(changed) => {
                let mut row = self.row(&changed);
                self.returned |= self.fate(row.id) == Some(Fate::Gone);
                if let Some(Fate::Now(at)) = self.fates.get(&row.id) {
                    let mut before = StagedUser::empty();
                    self.file.read(*at, &mut before)?;
                    fill_in(&mut row, &before);
                }
                self.managers.extend(row.manager.flatten());
                let at = self.file.add(&row)?;
                self.fates.insert(row.id, Fate::Now(at));
            }
        }
        Ok(())
    }

    fn row(&self, changed: &ChangedUser) -> StagedUser {
        let names: Vec<&'static str> = self.columns.iter().map(|attribute| attribute.name).collect();
        let user = &changed.user;
        let untold = |name: &str| match name {
            MANAGER => true,
            "userPrincipalName" => user.upn.is_empty(),
            name => user.unread.contains(&name),
        };
        StagedUser {
            id: user.id,
            upn: user.upn.clone(),
            manager: changed.manager,
            cells: user_cells(user, &names),
            untold: (0..)
                .zip(&names)
                .filter(|(_, name)| untold(name))
                .map(|(place, _)| place)
                .collect(),
        }
    }

    /// Whether there is something about a user that neither a change nor what was read before says. Somebody whose name moved from a
    /// range that was not read yet into one that was is in no range, and a change of the name says nothing of the manager.
    pub fn lacks(&mut self, id: UserId) -> Result<bool, ExportError> {
        let mut row = StagedUser::empty();
        let Some(Fate::Now(_)) = self.of(id, &mut row)? else {
            return Ok(false);
        };
        let manager = self.columns.iter().position(|column| column.name == MANAGER);
        let lacks_more = row.untold.iter().any(|place| Some(*place) != manager);
        Ok(lacks_more || (manager.is_some() && row.manager.is_none()))
    }

    /// Whether a change says who the manager of a user is now.
    pub fn says_manager(&mut self, id: UserId) -> Result<bool, ExportError> {
        let mut row = StagedUser::empty();
        let fate = self.of(id, &mut row)?;
        Ok(matches!(fate, Some(Fate::Now(_))) && row.manager.is_some())
    }

    /// Takes from a user who was read by itself what the changes do not say.
    pub fn complete(&mut self, user: &UserState) -> Result<(), ExportError> {
        let mut row = StagedUser::empty();
        if let Some(Fate::Now(_)) = self.of(user.id, &mut row)? {
            fill_in(&mut row, &staged(user, &self.columns));
            self.managers.extend(row.manager.flatten());
            let at = self.file.add(&row)?;
            self.fates.insert(row.id, Fate::Now(at));
        }
        Ok(())
    }

    /// What became of a user, as far as anything did; read into `row` where the user is still there.
    pub fn of(&mut self, id: UserId, row: &mut StagedUser) -> Result<Option<Fate>, ExportError> {
        let fate = self.fates.get(&id).copied();
        if let Some(Fate::Now(at)) = fate {
            self.file.read(at, row)?;
        }
        Ok(fate)
    }

    /// Columns of people who did not change that may still be as they were when they were read.
    pub fn stale(&self) -> Option<&'static str> {
        let has_manager = self.columns.iter().any(|column| column.name == MANAGER);
        (self.returned && has_manager).then_some(MANAGER)
    }

    /// The users, in the order in which they changed last.
    pub fn users(&self) -> Vec<(UserId, Fate)> {
        let mut users: Vec<(UserId, Fate)> = self.fates.iter().map(|(id, fate)| (*id, *fate)).collect();
        users.sort_unstable_by_key(|(id, fate)| match fate {
            Fate::Gone => (0, *id),
            Fate::Now(at) => (*at + 1, *id),
        });
        users
    }

    pub fn is_empty(&self) -> bool {
        self.fates.is_empty()
    }

    pub fn len(&self) -> u64 {
        self.fates.len() as u64
    }

    pub fn fate(&self, id: UserId) -> Option<Fate> {
        self.fates.get(&id).copied()
    }

    /// Whether somebody's manager is this user since a change.
    pub fn names_as_manager(&self, id: UserId) -> bool {
        self.managers.contains(&id)
    }
}

/// What a change says nothing of is as it was before.
pub(super) fn fill_in(row: &mut StagedUser, before: &StagedUser) {
    if row.upn.is_empty() {
        row.upn.clone_from(&before.upn);
    }
    if row.manager.is_none() {
        row.manager = before.manager;
    }
    let mut still = Vec::new();
    for place in std::mem::take(&mut row.untold) {
        if before.untold.contains(&place) {
            still.push(place);
        } else if let (Some(cell), Some(known)) = (row.cells.get_mut(place), before.cells.get(place)) {
            cell.clone_from(known);
        }
    }
    row.untold = still;
}
