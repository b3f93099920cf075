//! What a person took back of a feed's runs: which cells its nights leave alone, and what `undo` says of it.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;

use super::night::Night;
use super::run::Desk;
use super::undo_runs::OfFeed;
use crate::cli::args::FeedRunArgs;
use crate::cli::error::CliError;
use crate::domain::{Cell, Change, Operation, OperationResult, Plan, RunId, UserId, Value, cell_of};
use crate::feed::{
    Decided, Ground, MadeBefore, MappedRow, Match, TakenBack, ToldKind, feed_of, hold_back, not_again,
    said_otherwise, unmatch,
};
use crate::report::counted;
use crate::state::{Ledger, PutBack, Released, RunHeader, RunRecord, StateError, StateFolder};

/// A user and an attribute.
type Place = (UserId, &'static str);

/// In the place of an attribute: that the user is made.
const MADE: &str = "made";

/// What was taken back, and what the night has to do with it.
#[derive(Debug, Default)]
pub struct Undone {
    cells: Vec<TakenBack>,
    made: Vec<MadeBefore>,
    by: HashMap<Place, Vec<RunId>>,
    gone: Vec<String>,
    /// Of these the file says something else by now.
    otherwise: Vec<Place>,
    /// These are written because somebody says that HR is right.
    by_word: Vec<Place>,
    /// Of these the people are made again for the same reason.
    made_by_word: Vec<MadeBefore>,
}

/// What a night reads of one run that was taken back.
struct Taken<'a> {
    run: &'a RunId,
    back: HashMap<Cell, PutBack>,
}

impl Undone {
    /// Everything that was taken back of the feed's runs and not released since.
    ///
    /// # Errors
    /// The ledger or a journal cannot be read: then nobody knows what must not be written.
    pub fn of(
        state: &StateFolder,
        ledger: &Ledger,
        of_feed: &OfFeed,
        key: &'static str,
    ) -> Result<Undone, CliError> {
        let released = ledger.released()?;
        let is_released = |user: UserId, name: &str, by: &RunId| {
            released.contains(&(user.to_string(), name.to_owned(), by.to_string()))
        };
        let mut undone = Undone {
            gone: of_feed.gone.clone(),
            ..Undone::default()
        };
        let mut cells: BTreeMap<Place, TakenBack> = BTreeMap::new();
        for run in &of_feed.runs {
            let mut back = of_feed.undos.put_back(state, run)?;
            let is_back = !back.is_empty();
            back.retain(|(user, name, _), back| {
                back.by.retain(|by| !is_released(*user, name, by));
                !back.by.is_empty()
            });
            undone.made_of(state, of_feed, run, is_back, key, &is_released)?;
            if back.is_empty() {
                continue;
            }
            for ((user, name, _), back) in &back {
                let by = undone.by.entry((*user, *name)).or_default();
                by.extend(back.by.iter().cloned());
            }
            let taken = Taken { run, back };
            taken.add(state, of_feed, &mut cells)?;
        }
        undone.cells = cells.into_values().collect();
        Ok(undone)
    }

    /// Whom a run made that was taken back.
    fn made_of(
        &mut self,
        state: &StateFolder,
        of_feed: &OfFeed,
        run: &RunId,
        is_back: bool,
        key: &'static str,
        is_released: &dyn Fn(UserId, &str, &RunId) -> bool,
    ) -> Result<(), CliError> {
        let asked = of_feed.undos.asked().iter().any(|(asked, _)| asked == run);
        let standing = of_feed.undos.of(run).find(|undo| {
            // One that was taken back itself, and holds no cell any more, is no word of anybody's.
            is_back || of_feed.undos.of(&undo.id).next().is_none()
        });
        let by = match standing {
            Some(undo) => undo.id.clone(),
            None if asked => run.clone(),
            None => return Ok(()),
        };
        // Without its journal nothing is known of them; a run that is gone was looked at above.
        let Some(record) = RunRecord::open(state, run)? else {
            return Ok(());
        };
        let mut made: BTreeMap<UserId, MadeBefore> = BTreeMap::new();
        let mut numbers: HashMap<UserId, String> = HashMap::new();
        record.results::<StateError>(|operation, result| {
            let of_key = operation
                .changes()
                .iter()
                .find(|change| change.attribute.name == key);
            if let Some(change) = of_key {
                numbers.insert(operation.user, change.after.to_cell());
            }
            if is_made(&operation, result.as_ref()) {
                made.insert(
                    operation.user,
                    MadeBefore {
                        user: operation.user,
                        upn: operation.upn.clone(),
                        number: None,
                        run: run.clone(),
                        by: by.clone(),
                    },
                );
            }
            Ok(())
        })?;
        let made = made
            .into_values()
            .filter(|one| !is_released(one.user, MADE, &one.by));
        self.made.extend(made.map(|one| MadeBefore {
            number: numbers.remove(&one.user),
            ..one
        }));
        Ok(())
    }

    /// Leaves to a person the rows that are about nobody any more: whose number was taken back, and who would be made once more.
    pub fn unmatch(
        &mut self,
        rows: &[MappedRow],
        matches: &mut [Match],
        ground: Ground<'_>,
        desk: &Desk<'_>,
        night: &mut Night,
    ) {
        if desk.arguments.write_undone {
            let again = not_again(rows, &mut matches.to_vec(), &self.made, ground);
            let again = again.into_iter().filter_map(|at| self.made.get(at));
            self.made_by_word = again.cloned().collect();
            return;
        }
        let numbers = unmatch(rows, matches, &self.cells, ground);
        let accounts = not_again(rows, matches, &self.made, ground).len() as u64;
        night.summary.counts.taken_back += numbers + accounts;
    }

    /// What the file says of them by now. Nothing is said by a file from before the undo, nor by one that somebody takes again.
    pub fn weigh(
        &mut self,
        rows: &[MappedRow],
        matches: &[Match],
        ground: Ground<'_>,
        modified: Timestamp,
        desk: &Desk<'_>,
    ) {
        let arguments = desk.arguments;
        if arguments.again || arguments.refeed.is_some() {
            return;
        }
        let told: Vec<TakenBack> = self
            .cells
            .iter()
            .filter(|one| modified > one.at)
            .cloned()
            .collect();
        self.otherwise = said_otherwise(rows, matches, &told, ground);
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

    /// Whether somebody switched this account on again, and nobody says that HR is right.
    pub fn holds_account(&self, user: UserId, arguments: &FeedRunArgs) -> bool {
        let is_off = |one: &TakenBack| one.user == user && one.is_switched_off();
        !arguments.write_undone && self.cells.iter().any(is_off)
    }

    /// What is written from this night on as any other cell; `is_said` of what the file says, `is_written` by somebody's word.
    pub fn released(&self, is_said: bool, is_written: bool) -> Released {
        let otherwise = self.otherwise.iter().filter(|_| is_said);
        let by_word = self.by_word.iter().filter(|_| is_written);
        let cells = otherwise.chain(by_word).flat_map(|place| {
            let by = self.by.get(place).into_iter().flatten();
            by.map(|by| (place.0, place.1.to_owned(), by.clone()))
        });
        let made = self.made_by_word.iter().filter(|_| is_written);
        let made = made.map(|one| (one.user, MADE.to_owned(), one.by.clone()));
        Released {
            cells: cells.chain(made).collect(),
            gone: self.gone.iter().filter(|_| is_written).cloned().collect(),
        }
    }

    /// What somebody's word lets be written over what a person took back; `None` where nothing is.
    pub fn told_by_word(&self) -> Option<String> {
        let (cells, made) = (self.by_word.len() as u64, self.made_by_word.len() as u64);
        let users: HashSet<UserId> = self.by_word.iter().map(|(user, _)| *user).collect();
        if cells + made == 0 {
            return None;
        }
        let made = match made {
            0 => String::new(),
            made => format!(" and makes {} again", counted(made, "account", "accounts")),
        };
        Some(format!(
            "`--write-undone` writes over {} of {} that a person took back with `undo`{made}",
            counted(cells, "cell", "cells"),
            counted(users.len() as u64, "user", "users"),
        ))
    }
}

fn is_made(operation: &Operation, result: Option<&OperationResult>) -> bool {
    operation.makes_the_user() && result.is_some_and(OperationResult::is_done_by_run)
}

impl Taken<'_> {
    /// What the run wrote, and what stood there when it was taken back.
    fn add(
        &self,
        state: &StateFolder,
        of_feed: &OfFeed,
        cells: &mut BTreeMap<Place, TakenBack>,
    ) -> Result<(), CliError> {
        let undos = of_feed.undos.of(self.run).map(|undo| (&undo.id, true));
        for (run, is_undo) in [(self.run, false)].into_iter().chain(undos) {
            let Some(record) = RunRecord::open(state, run)? else {
                continue;
            };
            record.results::<StateError>(|operation, _| {
                for change in operation.changes() {
                    let Some(back) = self.back.get(&cell_of(operation.user, change)) else {
                        continue;
                    };
                    let by = back.by.first().map(ToString::to_string).unwrap_or_default();
                    let key = (operation.user, change.attribute.name);
                    let one = cells.entry(key).or_insert_with(|| TakenBack {
                        user: operation.user,
                        attribute: change.attribute,
                        values: Vec::new(),
                        by: by.clone(),
                        at: back.at,
                    });
                    let value: &Value = if is_undo { &change.before } else { &change.after };
                    if !one.values.contains(value) {
                        one.values.push(value.clone());
                    }
                    if back.at >= one.at {
                        (one.at, one.by) = (back.at, by);
                    }
                }
                Ok(())
            })?;
        }
        Ok(())
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
            "HR still says what a person took back with `undo` ({}), and the feed has not written it again: the dead letters{without_row} say which; correct it in the HR system, or let it be written with `--refeed` and `--write-undone`",
            counted(count, "cell, number or account", "cells, numbers or accounts")
        )
    })
}

/// What whoever takes a run of a feed back must know; `None` where it is none.
pub fn told_by_undo(state: &StateFolder, header: &RunHeader, plan: &Plan) -> Option<String> {
    let (run, feed) = (&header.run, feed_of(&header.sheet_name)?);
    if !state.has_feed(feed) {
        return Some(format!(
            "{run} was written by the feed `{feed}`, which has not run with this state folder (`{}`): its nights do not know of this `undo`, and write again what HR still says. Undo with the feed's own `--state-dir`, or correct it in the HR system before the next night.",
            state.root().display()
        ));
    }
    if let Some(of) = &header.undoes {
        return Some(format!(
            "{run} took back {of}, which the feed `{feed}` has written. Once it is taken back itself, the feed's nights hold none of these cells any more: they write what the HR system says."
        ));
    }
    let is_on =
        |change: &Change| change.attribute.name == "accountEnabled" && change.after == Value::Boolean(true);
    let on = plan.users().iter().filter(|user| user.changes.iter().any(is_on));
    let on = match on.count() as u64 {
        0 => String::new(),
        count => format!(
            " {} switched on again: no night switches them off, also if they have left, until HR has said that they are here.",
            counted(count, "account is", "accounts are")
        ),
    };
    Some(format!(
        "{run} was written by the feed `{feed}`. What is set back stays so: as long as the HR system says the same, the feed's nights leave these cells to a person, each time as dead letters, and write nothing of them.{on} Correct it in the HR system. If HR was right, `dirsheet feed run FEED.toml --refeed DEAD-LETTERS.csv --write-undone` writes the rows of that file again; if the column is not for the feed to write, set its `authority` or `blank` in FEED.toml."
    ))
}

/// What is said where a run of a feed made people and nothing of it can be taken back; `None` where it is no feed's.
pub fn told_of_made(state: &StateFolder, header: &RunHeader) -> Option<String> {
    let (run, feed) = (&header.run, feed_of(&header.sheet_name)?);
    state.has_feed(feed).then(|| {
        format!(
            "{run} was written by the feed `{feed}`. Whom it made no night makes again from now on: delete the accounts that are not wanted. If HR was right, `dirsheet feed run FEED.toml --refeed DEAD-LETTERS.csv --write-undone` makes them again."
        )
    })
}
