//! The list of runs, newest first.

use std::cmp::Reverse;
use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::error::{Doing, StateError};
use super::folder::{StateFolder, journal_file};
use super::journal::{Head, RunRecord, RunState, announced_until, seen_from_outside, unproved_count};
use super::status::StatusCounts;
use crate::domain::{Actor, RunId, SnapshotId};

/// One line of `dirsheet runs`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunOverview {
    pub id: RunId,
    pub state: RunState,
    pub started_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    pub tenant: String,
    /// `apply users.csv`
    pub command: String,
    /// The sheet's name.
    pub sheet: String,
    /// Rows by status.
    pub counts: StatusCounts,
    /// Operations that `resume` has something to do about.
    pub remaining: u64,
    /// Who began it, where that is known.
    pub signed_in: Option<Actor>,
    /// Who else went on with it.
    pub resumed_by: Vec<Actor>,
}

/// What of a run is not certain.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Doubts {
    /// Rows among the failed ones of which something was sent and no answer is known.
    pub in_doubt: u64,
    /// Operations that the service accepted and no read has confirmed.
    pub accepted: u64,
}

/// A run in the list: what it is, or why it cannot be read.
#[derive(Debug)]
pub struct ListedRun {
    pub id: RunId,
    pub overview: Result<RunOverview, StateError>,
}

/// A run that began longer ago than this is not expected to write any more.
const RUN_MAX: SignedDuration = SignedDuration::from_hours(7 * 24);

impl StateFolder {
    /// The names of all runs, newest first.
    pub(super) fn run_ids(&self) -> Result<Vec<RunId>, StateError> {
        let folder = self.runs();
        let mut ids = Vec::new();
        for entry in std::fs::read_dir(&folder).doing("list", &folder)? {
            let name = entry.doing("list", &folder)?.file_name();
            ids.extend(name.to_str().and_then(RunId::parse));
        }
        ids.sort_unstable_by(|a, b| b.cmp(a));
        // A folder without a journal is a run that never began; where that cannot be told, whoever opens it is told why.
        ids.retain(|id| journal_file(&self.run_folder(id)).try_exists().unwrap_or(true));
        Ok(ids)
    }

    /// When the runs of this folder announced their writes to a tenant, whoever works on them, in order: as far back as one run
    /// began within `window` after the last write of the run before. What was announced before that longer pause says nothing about
    /// a budget that refills in one window.
    ///
    /// It is a help for keeping the service's pace and no record: what cannot be read counts as nothing, and so do runs that
    /// began a week before.
    pub fn write_moments(&self, tenant: &str, now: Timestamp, window: SignedDuration) -> Vec<Timestamp> {
        let oldest = now.checked_sub(RUN_MAX).unwrap_or(Timestamp::MIN);
        let oldest = RunId::new(oldest, [0, 0]);
        let window = i64::try_from(window.as_micros()).unwrap_or(i64::MAX);
        let mut since = now.as_microsecond().saturating_sub(window);
        let mut moments = Vec::new();
        for id in self.run_ids().unwrap_or_default() {
            if id < oldest {
                break;
            }
            let announced = announced_until(&journal_file(&self.run_folder(&id)), tenant, since);
            if let Ok(Some(announced)) = announced {
                moments.extend(announced.moments);
                since = since.min(announced.started_at.saturating_sub(window));
            }
        }
        moments.sort_unstable();
        moments
            .into_iter()
            .filter_map(|at| Timestamp::from_microsecond(at).ok())
            .collect()
    }

    /// The runs that take this one back, newest first, whatever became of them. A run that cannot be read is passed over.
    pub fn undone_by(&self, run: &RunId) -> Result<Vec<RunId>, StateError> {
        let undos = self.undos()?;
        Ok(undos.of(run).map(|undo| undo.id.clone()).collect())
    }

    /// The snapshots that a run with something left to do is based on, each with one such run. A run that is finished needs none:
    /// its journal holds every value from before, which is what `undo` writes.
    ///
    /// # Errors
    /// Also when the head of an unfinished journal cannot be read: it may name any snapshot.
    pub fn snapshots_in_use(&self) -> Result<HashMap<SnapshotId, RunId>, StateError> {
        let mut needed = HashMap::new();
        for run in self.list_runs()? {
            let unfinished = match &run.overview {
                Ok(overview) => overview.state != RunState::Finished || overview.remaining > 0,
                Err(_) => true,
            };
            if !unfinished || self.is_given_up(&run.id) {
                continue;
            }
            // The head may be readable where the entries are not.
            let head = Head::open(&journal_file(&self.run_folder(&run.id)))?;
            let named = head.header.snapshots.iter();
            needed.extend(named.filter_map(|name| Some((SnapshotId::parse(name)?, run.id.clone()))));
        }
        Ok(needed)
    }

    /// All runs, newest first; one that cannot be read is listed with the reason.
    pub fn list_runs(&self) -> Result<Vec<ListedRun>, StateError> {
        let ids = self.run_ids()?;
        let mut runs: Vec<ListedRun> = ids
            .into_iter()
            .map(|id| ListedRun {
                overview: self.overview(&id),
                id,
            })
            .collect();
        // A name tells the second; two runs of one second are told apart by what their headers say.
        runs.sort_by_cached_key(|run| {
            let second: String = run
                .id
                .as_str()
                .chars()
                .take("run-20261123-150312".len())
                .collect();
            let started_at = run.overview.as_ref().ok().map(|overview| overview.started_at);
            Reverse((second, started_at))
        });
        Ok(runs)
    }

    /// What of a run is not certain. All entries are read for it, so it is for people who look at a list.
    ///
    /// # Errors
    /// The entries cannot be read.
    pub fn doubts(&self, run: &RunOverview) -> Result<Doubts, StateError> {
        let accepted = unproved_count(&journal_file(&self.run_folder(&run.id)))?;
        // Whatever is in doubt remains to be done.
        let record = match run.remaining {
            0 => None,
            _ => RunRecord::open(self, &run.id)?,
        };
        let in_doubt = record.map_or(Ok(0), |record| record.tally().map(|(_, in_doubt)| in_doubt))?;
        Ok(Doubts { in_doubt, accepted })
    }

    /// The sheet of a run, as its head says it, for a run whose entries cannot be read.
    ///
    /// # Errors
    /// The head cannot be read either.
    pub fn sheet_of(&self, run: &RunId) -> Result<String, StateError> {
        Ok(Head::open(&journal_file(&self.run_folder(run)))?
            .header
            .sheet_name)
    }

    fn overview(&self, id: &RunId) -> Result<RunOverview, StateError> {
        let run_folder = self.run_folder(id);
        let head = Head::open(&journal_file(&run_folder))?;
        // A run that ended is known by its head, whatever became of its entries: nobody may take it for none.
        let (counts, remaining) = match head.ending {
            Some(ending) => ending,
            // Going on, or ended by force: only the entries tell.
            None => match RunRecord::open(self, id)? {
                Some(record) => (record.tally()?.0, record.remaining_count()),
                None => (StatusCounts::default(), 0),
            },
        };
        Ok(RunOverview {
            id: id.clone(),
            state: seen_from_outside(head.state, &run_folder)?,
            started_at: head.header.started_at,
            finished_at: head.finished_at,
            tenant: head.header.tenant,
            command: head.header.command,
            sheet: head.header.sheet_name,
            counts,
            remaining,
            signed_in: head.header.signed_in,
            resumed_by: head.header.resumed_by,
        })
    }
}

#[cfg(test)]
#[path = "runs_tests.rs"]
mod tests;
