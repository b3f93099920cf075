//! Everybody in files, and what is looked up in them before the rows are written.

use super::super::rounds::NoChanges;
use super::ExportError;
use super::changes::Changes;
use super::pour::{Base, Tally, tally};
use super::told::ReadingTold;
use crate::domain::{Columns, DeltaLink, Reading, Repeats, SnapshotId, UserKey};
use crate::graph::{DirectoryReader, Lookup};
use crate::state::{Snapshot, StagedUser, Staging, StateError, StateFolder};

/// Completing takes a moment, in which somebody else may come to be incomplete.
pub(super) const COMPLETIONS_MAX: usize = 4;

/// Everybody, in files.
pub(super) struct Whole {
    pub held: Held,
    pub changes: Changes,
    pub repeats: Repeats,
    pub tally: Tally,
    pub reading: Reading,
    pub told: ReadingTold,
}

/// The files the changes come on top of.
pub(super) enum Held {
    Staging(Staging),
    Snapshot {
        state: StateFolder,
        snapshot: SnapshotId,
        /// For the changes.
        staging: Staging,
    },
}

/// A snapshot belongs to one thread, so it is opened where it is read.
pub(super) struct Opened(Option<Snapshot>);

impl Held {
    pub fn base(&self) -> Result<Opened, ExportError> {
        let Held::Snapshot { state, snapshot, .. } = self else {
            return Ok(Opened(None));
        };
        let opened = state.open_snapshot(snapshot)?;
        let gone = || StateError::Contradiction {
            path: state.snapshot_file(snapshot),
            detail: "the snapshot went away while it was brought up to date".to_owned(),
        };
        Ok(Opened(Some(opened.ok_or_else(gone)?)))
    }

    pub fn remove(self) -> Result<(), ExportError> {
        match self {
            Held::Staging(staging) | Held::Snapshot { staging, .. } => Ok(staging.remove()?),
        }
    }

    pub fn staging(&self) -> &Staging {
        match self {
            Held::Staging(staging) | Held::Snapshot { staging, .. } => staging,
        }
    }
}

impl Opened {
    pub fn base<'a>(&'a self, held: &'a Held) -> Base<'a> {
        match &self.0 {
            Some(snapshot) => Base::Snapshot(snapshot),
            None => Base::Staged(held.staging()),
        }
    }
}

/// Counts everybody in the files, in a thread that may block.
pub(super) async fn look_through(
    held: Held,
    mut changes: Changes,
    mut repeats: Repeats,
) -> Result<(Held, Changes, Repeats, Tally), ExportError> {
    let looking = tokio::task::spawn_blocking(move || {
        let tally = {
            let opened = held.base()?;
            tally(&opened.base(&held), &mut changes, &mut repeats)?
        };
        Ok((held, changes, repeats, tally))
    });
    super::joined(looking.await)
}

/// What came of reading by itself whoever is in no range and of whom the changes do not say everything.
pub(super) enum Completed {
    Nobody,
    All,
    /// Some of them changed in just this moment: the changes are to be taken in first.
    Moved,
}

/// Reads them, and looks into the changes after `from` whether what was read now was so then already. `scratch` is where these
/// changes are put and forgotten.
pub(super) async fn complete(
    reader: &DirectoryReader,
    columns: &Columns,
    changes: &mut Changes,
    tally: &Tally,
    mut scratch: Changes,
    from: &DeltaLink,
) -> Result<Completed, ExportError> {
    if tally.incomplete.is_empty() {
        return Ok(Completed::Nobody);
    }
    let keys: Vec<UserKey> = tally.incomplete.iter().copied().map(UserKey::Id).collect();
    let found = reader.users_by_key(&keys, columns).await?;
    match scratch.play(reader, from).await {
        Ok(_) => {}
        Err(NoChanges::Failed(error)) => return Err(error),
        Err(NoChanges::Lost(_) | NoChanges::Refused(_)) => return Ok(Completed::Moved),
    }
    let mut all = true;
    for (id, lookup) in tally.incomplete.iter().zip(found) {
        match lookup {
            Lookup::Found(user) if !scratch.says_manager(*id)? => changes.complete(&user)?,
            _ => all = false,
        }
    }
    Ok(if all { Completed::All } else { Completed::Moved })
}

/// Notes who was read in a range; `false` when it was not read to its end.
pub(super) fn note_range(staging: &Staging, number: u32, repeats: &mut Repeats) -> Result<bool, StateError> {
    let Some(mut rows) = staging.reader(number)? else {
        return Ok(false);
    };
    let mut user = StagedUser::empty();
    while rows.next_head(&mut user)? {
        repeats.note(user.id);
    }
    Ok(true)
}
