//! What a person took back of a feed's runs: which cells its nights leave alone, and what `undo` and the history say of it.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::night::Night;
use super::resuming::feed_of;
use super::run::Desk;
use crate::cli::error::CliError;
use crate::domain::{Cell, RunId, UserId, Value, cell_of};
use crate::feed::{Decided, Ground, MappedRow, Match, TakenBack, ToldKind, hold_back, said_otherwise};
use crate::report::counted;
use crate::state::{Ledger, RunRecord, StateError, StateFolder};

/// What was taken back, and what the night has to do with it.
#[derive(Debug, Default)]
pub struct Undone {
    cells: Vec<TakenBack>,
    /// Of these the file says something else by now.
    pub otherwise: Vec<(UserId, &'static str)>,
    /// These are written because somebody says that HR is right.
    pub by_word: Vec<(UserId, &'static str)>,
}

impl Undone {
    /// Everything that was taken back of the feed's runs and not released since.
    ///
    /// # Errors
    /// The ledger or a journal cannot be read: then nobody knows what must not be written.
    pub fn of(state: &StateFolder, ledger: &Ledger, feed: &str) -> Result<Undone, CliError> {
        let mut undos = state.undos()?;
        undos.retain(|undo| feed_of(&undo.sheet) == Some(feed));
        if undos.is_empty() {
            return Ok(Undone::default());
        }
        let released = ledger.released()?;
        let of_undos: HashSet<&RunId> = undos.iter().map(|undo| &undo.id).collect();
        let mut own: BTreeMap<&RunId, &RunId> = BTreeMap::new();
        for undo in undos.iter().filter(|undo| !of_undos.contains(&undo.of)) {
            // The newest is told.
            own.entry(&undo.of).or_insert(&undo.id);
        }
        let mut cells: HashMap<(UserId, &'static str), TakenBack> = HashMap::new();
        for (run, by) in own {
            let back = state.put_back(run)?;
            let is_released = |cell: &Cell, at: &jiff::Timestamp| {
                let released = released.get(&(cell.0.to_string(), cell.1.to_owned()));
                released.is_some_and(|released| at <= released)
            };
            let back: HashMap<Cell, jiff::Timestamp> = back
                .into_iter()
                .filter(|(cell, at)| !is_released(cell, at))
                .collect();
            if back.is_empty() {
                continue;
            }
            // What the run wrote, and what stood there when it was taken back.
            let undos = undos
                .iter()
                .filter(|undo| undo.of == *run)
                .map(|undo| (&undo.id, true));
            for (run, is_undo) in [(run, false)].into_iter().chain(undos) {
                let Some(record) = RunRecord::open(state, run)? else {
                    continue;
                };
                record.results::<StateError>(|operation, _| {
                    for change in operation.changes() {
                        let Some(at) = back.get(&cell_of(operation.user, change)) else {
                            continue;
                        };
                        let key = (operation.user, change.attribute.name);
                        let one = cells.entry(key).or_insert_with(|| TakenBack {
                            user: operation.user,
                            attribute: change.attribute,
                            values: Vec::new(),
                            by: by.to_string(),
                            at: *at,
                        });
                        let value: &Value = if is_undo { &change.before } else { &change.after };
                        if !one.values.contains(value) {
                            one.values.push(value.clone());
                        }
                        if *at >= one.at {
                            (one.at, one.by) = (*at, by.to_string());
                        }
                    }
                    Ok(())
                })?;
            }
        }
        Ok(Undone {
            cells: cells.into_values().collect(),
            ..Undone::default()
        })
    }

    /// What the file says of them by now; nothing of a file that is fed again, which is no word of HR's.
    pub fn weigh(&mut self, rows: &[MappedRow], matches: &[Match], ground: Ground<'_>) {
        self.otherwise = said_otherwise(rows, matches, &self.cells, ground);
    }

    /// Leaves to a person what HR still says of them; unless somebody says that HR is right.
    pub fn hold(&mut self, decided: &mut Decided, ground: Ground<'_>, desk: &Desk<'_>, night: &mut Night) {
        if self.cells.is_empty() {
            return;
        }
        if desk.arguments.write_undone {
            self.by_word = hold_back(&mut decided.clone(), &self.cells, ground.directory);
            return;
        }
        let held = hold_back(decided, &self.cells, ground.directory).len() as u64;
        night.summary.counts.taken_back += held;
    }
}

/// What is said at the end of a night that left such cells to a person.
pub fn told(night: &Night, decided: &Decided) -> Option<String> {
    let count = night.summary.counts.taken_back;
    let without_row = if decided.told_of(ToldKind::ForAPerson) > 0 {
        ", and the reasons"
    } else {
        ""
    };
    (count > 0).then(|| {
        format!(
            "{} that a person took back with `undo` HR still says, and the feed has not written them again: the dead letters{without_row} say which; correct them in the HR system, or let them be written with `--write-undone`",
            counted(count, "cell", "cells")
        )
    })
}

/// What whoever takes a run of a feed back must know; `None` where it is none.
pub fn told_by_undo(run: &RunId, sheet: &str) -> Option<String> {
    let feed = feed_of(sheet)?;
    Some(format!(
        "{run} was written by the feed `{feed}`. What is set back stays so: as long as the HR system says the same, the feed's nights leave these cells to a person, each time as dead letters, and write nothing of them. Correct it in the HR system. If HR was right, `dirsheet feed run FEED.toml --refeed DEAD-LETTERS.csv --write-undone` writes it again; if the column is not for the feed to write, set its `authority` or `blank` in FEED.toml."
    ))
}
