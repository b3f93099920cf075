//! Runs that take other runs back, read in one pass: which there are, and what is put back so still.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use super::error::{Doing, StateError};
use super::folder::{StateFolder, journal_file};
use super::journal::{Head, RunRecord};
use super::lock::ASKED_BACK;
use crate::domain::{Cell, ChangeOutcome, Operation, OperationResult, Outcome, RunId, cell_of};

/// A run that takes another one back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndoRun {
    pub id: RunId,
    pub of: RunId,
    /// The name of the sheet that the other one was made of.
    pub sheet: String,
}

/// A cell that later runs put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutBack {
    /// When the last of them did.
    pub at: Timestamp,
    /// Which of them, the newest first.
    pub by: Vec<RunId>,
}

/// Every run of a state folder that takes another one back, as one look found them.
#[derive(Debug, Default)]
pub struct Undos {
    runs: Vec<UndoRun>,
    asked: Vec<(RunId, String)>,
    there: HashSet<RunId>,
    unreadable: Option<StateError>,
}

impl StateFolder {
    /// Looks at the heads of all runs, each once.
    ///
    /// # Errors
    /// The runs cannot be listed. What is wrong with one of them, [`Undos::all_readable`] says.
    pub fn undos(&self) -> Result<Undos, StateError> {
        let mut undos = Undos::default();
        // Also older ones than a run in question: the clock of the machine may have been set back between the two.
        for id in self.run_ids()? {
            let folder = self.run_folder(&id);
            let asked = folder.join(ASKED_BACK);
            let head = Head::open(&journal_file(&folder));
            let head = head.and_then(|head| Ok((head, asked.try_exists().doing("look for", &asked)?)));
            match head {
                Ok((head, is_asked)) => {
                    let sheet = head.header.sheet_name;
                    if is_asked {
                        undos.asked.push((id.clone(), sheet.clone()));
                    }
                    if let Some(of) = head.header.undoes {
                        let id = id.clone();
                        undos.runs.push(UndoRun { id, of, sheet });
                    }
                }
                Err(error) => undos.unreadable = undos.unreadable.or(Some(error)),
            }
            undos.there.insert(id);
        }
        Ok(undos)
    }

    /// The cells of this run that later runs put back, and when: as far as the service accepted it, and as far as no run took
    /// that back again. A run that cannot be read is passed over.
    pub fn put_back(&self, run: &RunId) -> Result<HashMap<Cell, Timestamp>, StateError> {
        let undos = self.undos()?;
        let cells = undos.below(self, run, &mut Vec::new(), false)?;
        Ok(cells.into_iter().map(|(cell, back)| (cell, back.at)).collect())
    }
}

impl Undos {
    /// The runs that take another one back, newest first.
    pub fn runs(&self) -> &[UndoRun] {
        &self.runs
    }

    /// Those of this run.
    pub fn of<'u>(&'u self, run: &'u RunId) -> impl Iterator<Item = &'u UndoRun> {
        self.runs.iter().filter(move |undo| undo.of == *run)
    }

    /// Runs that somebody wanted to take back while nothing of them could be, with the names of their sheets.
    pub fn asked(&self) -> &[(RunId, String)] {
        &self.asked
    }

    /// Whether the folder has this run.
    pub fn has(&self, run: &RunId) -> bool {
        self.there.contains(run)
    }

    /// Itself, where every run could be read.
    ///
    /// # Errors
    /// One could not: whether it takes another one back is not known.
    pub fn all_readable(mut self) -> Result<Undos, StateError> {
        self.unreadable.take().map_or(Ok(self), Err)
    }

    /// The cells of this run that later runs put back, as [`StateFolder::put_back`] tells them.
    ///
    /// # Errors
    /// The journal of one of them cannot be read.
    pub fn put_back(&self, state: &StateFolder, run: &RunId) -> Result<HashMap<Cell, PutBack>, StateError> {
        self.below(state, run, &mut Vec::new(), true)
    }

    /// `above`: only damaged headers could lead in a circle.
    fn below(
        &self,
        state: &StateFolder,
        run: &RunId,
        above: &mut Vec<RunId>,
        is_strict: bool,
    ) -> Result<HashMap<Cell, PutBack>, StateError> {
        let mut cells: HashMap<Cell, PutBack> = HashMap::new();
        if above.contains(run) {
            return Ok(cells);
        }
        above.push(run.clone());
        for undo in self.of(run) {
            let undone = self.below(state, &undo.id, above, is_strict)?;
            let written = match written(state, &undo.id) {
                Err(error) if is_strict => return Err(error),
                written => written.unwrap_or_default(),
            };
            for (cell, at) in written {
                if undone.get(&cell).is_none_or(|undone| undone.at <= at) {
                    let back = cells
                        .entry(cell)
                        .or_insert_with(|| PutBack { at, by: Vec::new() });
                    back.at = at.max(back.at);
                    if !back.by.contains(&undo.id) {
                        back.by.push(undo.id.clone());
                    }
                }
            }
        }
        above.pop();
        Ok(cells)
    }
}

/// What a run wrote, and when.
fn written(state: &StateFolder, run: &RunId) -> Result<Vec<(Cell, Timestamp)>, StateError> {
    let Some(record) = RunRecord::open(state, run)? else {
        return Err(StateError::Io {
            action: "open",
            path: journal_file(&state.run_folder(run)),
            source: std::io::ErrorKind::NotFound.into(),
        });
    };
    let mut written = Vec::new();
    record.results::<StateError>(|operation, result| {
        written.extend(accepted(&operation, result.as_ref()));
        Ok(())
    })?;
    Ok(written)
}

/// The cells of an operation that the service accepted, and when.
fn accepted(operation: &Operation, result: Option<&OperationResult>) -> Vec<(Cell, Timestamp)> {
    let is_accepted = |change: &&ChangeOutcome| match &change.outcome {
        Outcome::Accepted | Outcome::Confirmed | Outcome::NotVisible => true,
        Outcome::AlreadyThere { after_send } => *after_send == Some(true),
        Outcome::Lost { .. }
        | Outcome::Refused { .. }
        | Outcome::Moved { .. }
        | Outcome::NotSent { .. }
        | Outcome::InDoubt { .. } => false,
    };
    let cells = |result: &OperationResult| {
        let accepted = result.outcomes.iter().filter(is_accepted);
        accepted
            .flat_map(|told| {
                let changes = operation.changes().iter();
                changes.filter(move |change| change.attribute == told.attribute)
            })
            .map(|change| (cell_of(operation.user, change), result.finished_at))
            .collect()
    };
    result.map(cells).unwrap_or_default()
}

#[cfg(test)]
#[path = "undos_tests.rs"]
mod tests;
