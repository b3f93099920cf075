//! Cells that a person took back with `undo` while HR goes on saying them. A feed that wrote them again at night would overrule the
//! one person who has looked, so they are for a person until HR says something else, or somebody says that HR is right.

use std::collections::HashMap;

use jiff::Timestamp;

use super::super::matching::{Doubt, Match};
use super::super::settings::Blank;
use super::super::{MappedCell, MappedRow};
use super::cells::{self, CellRule, Standing, says_something};
use super::leavers::has_left;
use super::{Decided, Ground, Told, ToldKind, is_unread};
use crate::catalogue::Attribute;
use crate::domain::{
    CLEAR_WORD, Directory, Edit, Holders, KeyValue, UpnKey, UserId, UserKey, UserState, Value, interpret,
    is_blank, same, shorten,
};

/// One cell that was taken back.
#[derive(Debug, Clone, PartialEq)]
pub struct TakenBack {
    pub user: UserId,
    pub attribute: &'static Attribute,
    /// What the feed had written there.
    pub values: Vec<Value>,
    /// The run that took it back, and when.
    pub by: String,
    pub at: Timestamp,
}

/// Where the switching off of an account stands.
const ACCOUNT: &str = "accountEnabled";

impl TakenBack {
    /// Whether a text of the file is a value that was taken back. A value that cannot be told from it is.
    fn is_said_by(&self, text: &str, directory: &Directory) -> bool {
        let text = text.trim();
        let filled: Vec<&Value> = self.values.iter().filter(|value| !is_nothing(value)).collect();
        let is_person = filled.iter().all(|value| value.pointed_to().len() == 1);
        let wanted = match interpret(self.attribute, text) {
            _ if text == CLEAR_WORD || is_blank(text) => Value::Empty,
            Some(Edit::Set(value)) => value,
            Some(Edit::Clear) => Value::Empty,
            // Whom a name means, the directory knows; where the cell was emptied, any name is another value.
            _ if is_person => return filled.iter().any(|value| points_to(value, text, directory)),
            _ => return true,
        };
        let mut values = self.values.iter();
        values.any(|value| match (is_nothing(value), is_nothing(&wanted)) {
            (false, false) => same(self.attribute, value, &wanted) || value.to_cell() == text,
            (was_empty, is_empty) => was_empty == is_empty,
        })
    }

    /// Whether what was taken back is that the account was switched off.
    pub fn is_switched_off(&self) -> bool {
        self.attribute.name == ACCOUNT && self.values.contains(&Value::Boolean(false))
    }

    /// `` `undo` (run-… of 2026-11-29T08:30:04Z) ``.
    fn told(&self) -> String {
        format!("`undo` ({} of {:.0})", self.by, self.at)
    }
}

fn is_nothing(value: &Value) -> bool {
    value.to_cell().is_empty()
}

fn points_to(value: &Value, text: &str, directory: &Directory) -> bool {
    let found = directory.find(&UserKey::Upn(UpnKey::new(text)));
    value
        .pointed_to()
        .iter()
        .any(|to| found.is_some_and(|user| user.id == to.id) || to.to_cell().eq_ignore_ascii_case(text))
}

const HELP: &str = "correct it in the HR system if HR is wrong; if HR is right, feed this file of dead letters with this row alone (take the others out) and `--refeed FILE --write-undone`, or write the value by hand";

fn by_cell(taken: &[TakenBack]) -> HashMap<(UserId, &'static str), &TakenBack> {
    taken
        .iter()
        .map(|one| ((one.user, one.attribute.name), one))
        .collect()
}

/// Takes back whom first matching found where a person has taken back that they were found: their number was written and is gone again,
/// so it is not known whose row it is. Nobody's manager is told by such a row either. How many.
pub fn unmatch(rows: &[MappedRow], matches: &mut [Match], taken: &[TakenBack], ground: Ground<'_>) -> u64 {
    let taken = by_cell(taken);
    let mut count = 0;
    for (row, found) in rows.iter().zip(matches) {
        let Match::FirstTime { user, .. } = found else {
            continue;
        };
        let (one, text) = (taken.get(&(*user, ground.key.name)), row.key.as_deref());
        let (Some(one), Some(text)) = (one, text) else {
            continue;
        };
        if !one.is_said_by(text, ground.directory) {
            continue;
        }
        let has_left = if has_left(row, ground) {
            "the person HAS LEFT, and "
        } else {
            ""
        };
        let name = ground.directory.user(user).map_or("", |user| user.upn.as_str());
        *found = Match::Unclear(Doubt::new(
            format!(
                "{has_left}a person took the number `{}` of `{}` back with {}, and HR still says so: it is not known whose row it is, and nothing of it is written",
                shorten(text),
                shorten(name),
                one.told()
            ),
            HELP,
        ));
        count += 1;
    }
    count
}

/// Takes out of what the night wants whatever a person took back, and tells it in the rows; the cells, by user and attribute. Where
/// the number itself was taken back it is not known whose row it is, and nothing of it is written.
pub fn hold_back(
    decided: &mut Decided,
    taken: &[TakenBack],
    directory: &Directory,
) -> Vec<(UserId, &'static str)> {
    let taken = by_cell(taken);
    let mut held = Vec::new();
    let mut told: Vec<(Option<u64>, String, Doubt)> = Vec::new();
    for wish in &mut decided.people {
        let Some(user) = wish.user else { continue };
        let of = |name: &'static str| taken.get(&(user, name)).copied();
        let mut is_whole = false;
        let mut doubts = Vec::new();
        if let Some(one) = wish
            .disable
            .and_then(|_| of(ACCOUNT))
            .filter(|one| one.is_switched_off())
        {
            wish.disable = None;
            held.push((user, ACCOUNT));
            let has_left = if wish.row.is_some() {
                "the person HAS LEFT, and "
            } else {
                ""
            };
            doubts.push(Doubt::new(
                format!(
                    "{has_left}a person switched the account on again with {}: it is not switched off",
                    one.told()
                ),
                "see whether it must be off, and switch it off by hand; or correct the row in the HR system",
            ));
        }
        wish.cells.retain(|cell| {
            let name = cell.attribute.name;
            let Some(one) = of(name).filter(|one| one.is_said_by(&cell.text, directory)) else {
                return true;
            };
            held.push((user, name));
            is_whole |= cell.rule == "key";
            let said = match cell.text.as_str() {
                CLEAR_WORD => "the emptying of the cell".to_owned(),
                text => format!("`{}`", shorten(text)),
            };
            doubts.push(Doubt::new(
                format!(
                    "{}: a person took {said} back with {}, and HR still says so: it is not written again",
                    cell.rule,
                    one.told()
                ),
                HELP,
            ));
            false
        });
        if is_whole {
            wish.cells.clear();
            wish.disable = None;
        }
        told.extend(
            doubts
                .into_iter()
                .map(|doubt| (wish.row, wish.upn.clone(), doubt)),
        );
    }
    if held.is_empty() {
        return held;
    }
    decided
        .people
        .retain(|wish| wish.user.is_none() || !wish.cells.is_empty() || wish.disable.is_some());
    for (row, who, doubt) in told {
        match row {
            Some(row) => decided.letter(row, doubt),
            None => decided.told.push(Told {
                row: None,
                who,
                kind: ToldKind::ForAPerson,
                message: format!("is not in the file; {}; {}", doubt.reason, doubt.help),
            }),
        }
    }
    decided.letters.sort_by_key(|letter| letter.row);
    held
}

/// The cells that were taken back and of which the file says something else by now: with that it is a new value, also when the old
/// one comes again. A blank that keeps says nothing.
pub fn said_otherwise(
    rows: &[MappedRow],
    matches: &[Match],
    taken: &[TakenBack],
    ground: Ground<'_>,
) -> Vec<(UserId, &'static str)> {
    let taken = by_cell(taken);
    if taken.is_empty() {
        return Vec::new();
    }
    let mut otherwise = Vec::new();
    for (row, found) in rows.iter().zip(matches) {
        let Some(user) = found.user() else { continue };
        let standing_of = |name: &'static str| {
            let state = ground.directory.user(&user)?;
            Some((
                ground.directory.value(state, name),
                is_unread(state, name, ground.directory),
            ))
        };
        let mut weigh = |cell: &MappedCell, rule: CellRule| {
            let Some(one) = taken.get(&(user, cell.attribute.name)) else {
                return;
            };
            let known = standing_of(cell.attribute.name);
            let standing = Standing {
                live: known.as_ref().map(|(live, _)| live),
                is_unread: known.as_ref().is_none_or(|(_, is_unread)| *is_unread),
            };
            if says_something(cell, standing, rule) && !one.is_said_by(&cell.text, ground.directory) {
                otherwise.push((user, cell.attribute.name));
            }
        };
        let says_account = row.cells.iter().any(|cell| cell.attribute.name == ACCOUNT);
        for cell in &row.cells {
            // Whether somebody has left is asked below.
            if cell.attribute.name != ACCOUNT || ground.settings.leavers.is_none() {
                weigh(cell, cells::rule_of(ground.settings, cell.attribute));
            }
        }
        if let Some(text) = row.key.clone() {
            let attribute = ground.key;
            weigh(&MappedCell { attribute, text }, CellRule::default());
        }
        if let (Some(one), Some(rule)) = (taken.get(&(user, "manager")), ground.settings.manager.as_ref()) {
            // The file has the number of the manager, and what was taken back is the manager.
            let named = row.manager.as_deref().filter(|text| !is_blank(text));
            let held = named.and_then(|text| manager_of(text, ground));
            let is_other = match (named, held) {
                (Some(_), Some(manager)) => {
                    let mut values = one.values.iter();
                    !values.any(|value| points_to(value, &manager.upn, ground.directory))
                }
                (Some(_), None) => false,
                (None, _) => {
                    let clears = rule.blank == Blank::Clear && row.manager.is_some();
                    clears && !one.values.contains(&Value::Empty)
                }
            };
            if is_other {
                otherwise.push((user, "manager"));
            }
        }
        // Somebody who was missing is there again, and works here.
        let is_asked = ground.settings.leavers.is_some() || !says_account;
        if is_asked && taken.contains_key(&(user, ACCOUNT)) && !has_left(row, ground) {
            otherwise.push((user, ACCOUNT));
        }
    }
    otherwise
}

fn manager_of<'d>(number: &str, ground: Ground<'d>) -> Option<&'d UserState> {
    match KeyValue::new(ground.key, number)?.holders(ground.directory) {
        Holders::One(user) => Some(user),
        _ => None,
    }
}

#[cfg(test)]
#[path = "undone_tests.rs"]
mod tests;
