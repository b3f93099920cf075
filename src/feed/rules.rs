//! What becomes of the people of a file: who is made, who has left, which of their cells differ, and what a person must look at.
//!
//! A leaver's other cells are still written: the file goes on saying them, and who looks later finds the department they left from.
//! Only `accountEnabled` is not, which would be at odds with switching off. Nobody is switched on because a last day is gone: a
//! person may be switched off for other reasons, so it is only told.

mod cells;
mod joiners;
mod leavers;
mod left;
mod managers;
mod missing;
mod namesakes;
mod not_again;
mod touched;
mod undone;

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::civil::Date;

use super::matching::{Doubt, Match};
use super::settings::FeedSettings;
use super::{MappedRow, MappingProblem};
use crate::catalogue::Attribute;
use crate::domain::{CLEAR_WORD, Directory, NameTemplate, UserId, UserState, Value, shorten};
use cells::{Standing, concerns, is_unread, judge};
use joiners::{Joining, Waits, cells_of, left_before};
use leavers::{has_left, leaving};
pub use left::left_alone;
use left::{leave_alone, tell_of_days};
use managers::Managers;
pub use missing::{TooMany, decide_missing, is_counted_missing, not_too_many_leavers};
pub use not_again::{MadeBefore, not_again};
pub use touched::{Touched, touched};
pub use undone::{TakenBack, hold_back, said_otherwise, unmatch};

/// What the rules look at.
#[derive(Clone, Copy)]
pub struct Ground<'a> {
    pub settings: &'a FeedSettings,
    /// Everybody, with the attributes of the settings, `userType` and `accountEnabled`.
    pub directory: &'a Directory,
    /// The attribute that holds the number.
    pub key: &'static Attribute,
    /// Makes the names of joiners who bring none.
    pub names: Option<&'a NameTemplate>,
    /// The day of the night.
    pub today: Date,
}

/// What the night wants of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonWish {
    /// The row of the source; `None` for who is not in it.
    pub row: Option<u64>,
    /// `None` for a joiner.
    pub user: Option<UserId>,
    /// The userPrincipalName, of a joiner the one that is made.
    pub upn: String,
    /// What differs.
    pub cells: Vec<Wish>,
    /// The account is switched off, because of this rule.
    pub disable: Option<&'static str>,
}

/// One cell that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    pub attribute: &'static Attribute,
    /// As a cell of a sheet says it.
    pub text: String,
    /// What the directory holds, as a cell.
    pub before: String,
    /// The rule of `FEED.toml`: `attributes.department`, `manager`, `key`.
    pub rule: String,
}

/// A row that a person must look at, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    pub row: u64,
    pub doubts: Vec<Doubt>,
}

/// What is told of a person and asks for nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub row: Option<u64>,
    /// The userPrincipalName, or the number where there is none.
    pub who: String,
    pub kind: ToldKind,
    pub message: String,
}

/// What is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToldKind {
    /// A joiner whose day is still to come, or who is not to be made.
    JoinerWaits,
    /// A joiner who has left already.
    JoinerGone,
    /// A leaver who is only reported.
    Leaver,
    /// Somebody at work whose account is switched off.
    SwitchedOff,
    /// A manager who is not there yet.
    ManagerWaits,
    /// Not in the file.
    Missing,
    /// Synced from on-premises, and left alone because the settings say so.
    Synced,
    /// In a restricted administrative unit, and left alone because the settings say so.
    Restricted,
    /// A guest, and left alone because the settings say so.
    Guest,
    /// A new person with all the names of somebody who is there.
    Namesake,
    /// Not in the file either, and a person must do what the night could not.
    ForAPerson,
}

/// What a file asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decided {
    /// Whom something is written to.
    pub people: Vec<PersonWish>,
    pub letters: Vec<DeadLetter>,
    pub told: Vec<Told>,
    /// People of the directory whom a row is about.
    pub matched: u64,
    /// Those of them of whom nothing differs.
    pub unchanged: u64,
    /// Rows of people who have left and whom nobody is.
    pub gone: u64,
}

impl Decided {
    /// How many are made.
    pub fn joiners(&self) -> u64 {
        self.people.iter().filter(|one| one.user.is_none()).count() as u64
    }

    /// How many are switched off or reported to have left.
    pub fn leavers(&self) -> u64 {
        self.switched_off() + self.told_of(ToldKind::Leaver)
    }

    /// How many are switched off because a row says that they have left.
    pub fn switched_off(&self) -> u64 {
        let off = |one: &&PersonWish| one.disable.is_some() && one.row.is_some();
        self.people.iter().filter(off).count() as u64
    }

    /// Columns that the night would empty for everybody in the directory who has a value.
    pub fn emptied(&self, directory: &Directory) -> Vec<&'static str> {
        let mut clears: BTreeMap<&'static str, u64> = BTreeMap::new();
        for wish in self.people.iter().flat_map(|one| &one.cells) {
            if wish.text == CLEAR_WORD {
                *clears.entry(wish.attribute.name).or_default() += 1;
            }
        }
        let is_all = |(column, cleared): &(&'static str, u64)| {
            let filled = |user: &&UserState| !directory.value(user, column).to_cell().is_empty();
            *cleared >= directory.all().filter(filled).count() as u64
        };
        clears
            .into_iter()
            .filter(is_all)
            .map(|(column, _)| column)
            .collect()
    }

    /// How many of this kind are told.
    pub fn told_of(&self, kind: ToldKind) -> u64 {
        self.told.iter().filter(|one| one.kind == kind).count() as u64
    }

    /// Cells that differ.
    pub fn cells(&self) -> u64 {
        self.people.iter().map(|one| one.cells.len() as u64).sum()
    }

    fn letter(&mut self, row: u64, doubt: Doubt) {
        match self.letters.iter_mut().rev().find(|letter| letter.row == row) {
            Some(letter) => letter.doubts.push(doubt),
            None => self.letters.push(DeadLetter {
                row,
                doubts: vec![doubt],
            }),
        }
    }
}

/// Decides about every row of a file. `matches` says whom each row is about, in the order of the rows.
pub fn decide(rows: &[MappedRow], matches: &[Match], ground: Ground<'_>) -> Decided {
    let mut decided = Decided::default();
    let joining = Joining::decide(rows, matches, ground);
    let managers = Managers::new(rows, matches, &joining, ground);
    for (index, (row, found)) in rows.iter().zip(matches).enumerate() {
        let letters_before = decided.letters.len();
        for problem in row
            .problems
            .iter()
            .filter(|problem| concerns(problem, found, ground))
        {
            decided.letter(row.row, of_mapping(problem));
        }
        if row.problems.iter().any(|problem| problem.rule == "rows") {
            // It is not known whether the row counts at all.
            continue;
        }
        match found {
            Match::Unclear(doubt) => decided.letter(row.row, doubt.clone()),
            Match::Nobody => joiner(index, row, &joining, &managers, ground, &mut decided),
            Match::Holder(_) | Match::FirstTime { .. } => {
                existing(row, found, &managers, ground, letters_before, &mut decided);
            }
        }
    }
    decided.letters.sort_by_key(|letter| letter.row);
    decided
}

fn of_mapping(problem: &MappingProblem) -> Doubt {
    let column = problem
        .column
        .as_ref()
        .map(|column| format!(" (column `{column}`)"))
        .unwrap_or_default();
    Doubt::new(
        format!("{}{column}: {}", problem.rule, problem.message),
        problem.help.clone(),
    )
}

/// Somebody who is there. `letters_before` are the letters of the rows before it.
fn existing(
    row: &MappedRow,
    found: &Match,
    managers: &Managers<'_>,
    ground: Ground<'_>,
    letters_before: usize,
    decided: &mut Decided,
) {
    let directory = ground.directory;
    let Some(user) = found.user().and_then(|id| directory.user(&id)) else {
        return;
    };
    decided.matched += 1;
    let mut wish = PersonWish {
        row: Some(row.row),
        user: Some(user.id),
        upn: user.upn.clone(),
        cells: Vec::new(),
        disable: None,
    };
    if let (Match::FirstTime { .. }, Some(key)) = (found, &row.key) {
        wish.cells.push(Wish {
            attribute: ground.key,
            text: key.clone(),
            before: String::new(),
            rule: "key".to_owned(),
        });
    }
    let left = has_left(row, ground);
    for cell in &row.cells {
        let name = cell.attribute.name;
        if name == ground.key.name || (left && name == "accountEnabled") {
            continue;
        }
        let live = directory.value(user, name);
        let standing = Standing {
            live: Some(&live),
            is_unread: is_unread(user, name, directory),
        };
        match judge(cell, standing, cells::rule_of(ground.settings, cell.attribute)) {
            Ok(Some(_)) if name == "accountEnabled" && live == Value::Boolean(false) => {
                // Where there are rules for leavers, they tell it.
                if ground.settings.leavers.is_none() {
                    decided.told.push(Told {
                        row: Some(row.row),
                        who: user.upn.clone(),
                        kind: ToldKind::SwitchedOff,
                        message: "is switched off, and the file says on; a feed switches nobody on"
                            .to_owned(),
                    });
                }
            }
            Ok(Some(text)) => wish.cells.push(Wish {
                attribute: cell.attribute,
                text,
                before: live.to_cell(),
                rule: format!("attributes.{name}"),
            }),
            Ok(None) => {}
            Err(doubt) => decided.letter(row.row, doubt),
        }
    }
    managers.of_existing(row, user, &mut wish, decided);
    leaving(row, left, user.id, &mut wish, ground, decided);
    let alone = left_alone(user, directory, ground.settings.people);
    if let Some(kind) = alone {
        // Of whom nothing is written, nothing needs to be corrected.
        decided.letters.truncate(letters_before);
        tell_of_days(kind, row, user, ground, decided);
    }
    if wish.cells.is_empty() && wish.disable.is_none() {
        decided.unchanged += 1;
    } else if let Some(kind) = alone {
        leave_alone(kind, wish, decided);
    } else {
        decided.people.push(wish);
    }
}

/// Somebody whom nobody is.
fn joiner(
    index: usize,
    row: &MappedRow,
    joining: &Joining,
    managers: &Managers<'_>,
    ground: Ground<'_>,
    decided: &mut Decided,
) {
    let who = row.key.clone().unwrap_or_default();
    let tell_of = |decided: &mut Decided, kind, message: String| {
        decided.told.push(Told {
            row: Some(row.row),
            who: shorten(&who),
            kind,
            message,
        });
    };
    let tell = |decided: &mut Decided, message| tell_of(decided, ToldKind::JoinerWaits, message);
    match joining.of(index) {
        Waits::Made { upn, namesakes } => {
            if let Some(message) = namesakes {
                tell_of(decided, ToldKind::Namesake, message.clone());
            }
            let mut wish = PersonWish {
                row: Some(row.row),
                user: None,
                upn: upn.clone(),
                cells: cells_of(row, upn, ground),
                disable: None,
            };
            managers.of_joiner(row, &mut wish, decided);
            decided.people.push(wish);
        }
        Waits::ForTheDay { from } => tell(decided, format!("is new, and is made from {from} on")),
        Waits::NotMade => tell(
            decided,
            "is new, and nobody is made: `joiners.create` is not set".to_owned(),
        ),
        Waits::Gone => {
            decided.gone += 1;
            if let Some(message) = left_before(row, ground) {
                tell_of(decided, ToldKind::JoinerGone, message);
            }
        }
        Waits::ForAPerson(doubt) => decided.letter(row.row, doubt.clone()),
    }
}

/// The rows that stand under several keys in one place: by the number in small letters.
fn by_key(rows: &[MappedRow], ground: Ground<'_>) -> HashMap<String, usize> {
    let mut found = HashMap::new();
    let mut twice = HashSet::new();
    for (index, row) in rows.iter().enumerate() {
        if let Some(key) = row.key.as_deref().and_then(|key| key_text(key, ground))
            && found.insert(key.clone(), index).is_some()
        {
            twice.insert(key);
        }
    }
    found.retain(|key, _| !twice.contains(key));
    found
}

fn key_text(text: &str, ground: Ground<'_>) -> Option<String> {
    crate::domain::KeyValue::new(ground.key, text).map(|value| value.text().to_lowercase())
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
