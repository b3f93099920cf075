//! People whom nobody is: when they are made, by which name, and with what.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::ToSpan;
use jiff::civil::Date;

use super::super::MappedRow;
use super::super::matching::{Doubt, Match};
use super::super::settings::JoinerRules;
use super::cells::{CellRule, Standing, damaged, may_write};
use super::leavers::has_left;
use super::namesakes::{Namesake, Namesakes};
use super::{Ground, Wish};
use crate::catalogue;
use crate::domain::{KeyValue, UpnKey, UserKey, is_blank, shorten};

/// What becomes of a joiner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Waits {
    Made {
        upn: String,
        /// Who has all the names of this person already, in words.
        namesakes: Option<String>,
    },
    ForTheDay {
        from: Date,
    },
    NotMade,
    /// Has left before anybody made an account.
    Gone,
    ForAPerson(Doubt),
}

/// What becomes of all joiners of a file.
pub struct Joining {
    /// For each row.
    rows: Vec<Option<Waits>>,
}

impl Joining {
    pub fn decide(rows: &[MappedRow], matches: &[Match], ground: Ground<'_>) -> Joining {
        // A name that a row brings belongs to it; a made one goes around it.
        let mut taken: HashSet<UpnKey> = rows.iter().filter_map(own_name).map(UpnKey::new).collect();
        let alike = nearly_one(rows, matches, ground);
        let nobodys = rows.iter().zip(matches);
        let nobodys = nobodys.filter(|(_, found)| **found == Match::Nobody);
        let new = nobodys
            .map(|(row, _)| row)
            .filter(|row| when(row, ground).is_none());
        let namesakes = Namesakes::find(new, matches, ground);
        let decided = rows.iter().zip(matches).map(|(row, found)| {
            (*found == Match::Nobody).then(|| match (when(row, ground), alike.get(&row.row)) {
                (None | Some(Waits::ForTheDay { .. }), Some(doubt)) => Waits::ForAPerson(doubt.clone()),
                (Some(waits), _) => waits,
                (None, None) => match namesakes.of(row) {
                    Some(Namesake::PerhapsThem(doubt)) => Waits::ForAPerson(doubt.clone()),
                    Some(Namesake::Others(told)) => named(row, ground, &mut taken, Some(told)),
                    None => named(row, ground, &mut taken, None),
                },
            })
        });
        Joining {
            rows: decided.collect(),
        }
    }

    /// What becomes of the joiner in this row.
    pub fn of(&self, index: usize) -> &Waits {
        const NOBODY: &Waits = &Waits::NotMade;
        self.rows.get(index).and_then(Option::as_ref).unwrap_or(NOBODY)
    }
}

/// What a joiner is made with; the manager comes by itself.
pub fn cells_of(row: &MappedRow, upn: &str, ground: Ground<'_>) -> Vec<Wish> {
    let wish = |name: &str, text: &str, rule: &str| {
        Some(Wish {
            attribute: catalogue::by_name(name)?,
            text: text.to_owned(),
            before: String::new(),
            rule: rule.to_owned(),
        })
    };
    let own = own_name(row).is_some();
    let name_rule = if own {
        "attributes.userPrincipalName"
    } else {
        "joiners.names"
    };
    let mut cells: Vec<Wish> = wish("userPrincipalName", upn, name_rule).into_iter().collect();
    let key = row.key.as_deref().unwrap_or_default();
    cells.extend(wish(ground.key.name, key, "key"));
    for cell in &row.cells {
        let new = Standing {
            live: None,
            is_unread: false,
        };
        let is_said = cells.iter().any(|known| known.attribute == cell.attribute);
        if !is_said && may_write(is_blank(&cell.text), new, CellRule::default()) {
            let rule = format!("attributes.{}", cell.attribute.name);
            cells.extend(wish(cell.attribute.name, &cell.text, &rule));
        }
    }
    if cells.iter().all(|cell| cell.attribute.name != "accountEnabled") {
        cells.extend(wish("accountEnabled", "true", "joiners.create"));
    }
    cells
}

/// New people whose numbers differ only in zeros in front and blanks, by their rows: perhaps one person, of whom two accounts would
/// be made.
fn nearly_one(rows: &[MappedRow], matches: &[Match], ground: Ground<'_>) -> HashMap<u64, Doubt> {
    let mut of: BTreeMap<String, Vec<(u64, &str)>> = BTreeMap::new();
    let new = rows
        .iter()
        .zip(matches)
        .filter(|(row, found)| found.user().is_none() && !has_left(row, ground));
    for (row, _) in new {
        if let Some(text) = row.key.as_deref()
            && let Some(key) = KeyValue::new(ground.key, text)
        {
            of.entry(key.loose()).or_default().push((row.row, text));
        }
    }
    let mut doubts = HashMap::new();
    for alike in of.values().filter(|alike| alike.len() > 1) {
        let told: Vec<String> = alike
            .iter()
            .take(5)
            .map(|(row, text)| format!("`{}` (row {row})", shorten(text)))
            .collect();
        let doubt = Doubt::new(
            format!(
                "new people have nearly the same number, so they may be one person: {}",
                told.join(", ")
            ),
            "leave one row for each person in the file, with all zeros of the number; if they are two people, give one of them another number",
        );
        doubts.extend(alike.iter().map(|(row, _)| (*row, doubt.clone())));
    }
    doubts
}

/// What is told of somebody who would be made in these days, and has left already; `None` where the first day is another.
pub fn left_before(row: &MappedRow, ground: Ground<'_>) -> Option<String> {
    let rules = ground.settings.joiners.as_ref()?;
    let is_in_window = row.first_day.is_some() && window(row, rules, ground.today).is_none();
    is_in_window.then(|| match row.last_day {
        Some(day) if !row.has_left => {
            format!("is new, and has left already, with {day} as the last day: nobody is made")
        }
        _ => "is new, and has left already: nobody is made".to_owned(),
    })
}

/// What keeps the joiner from being made tonight, if anything does.
fn when(row: &MappedRow, ground: Ground<'_>) -> Option<Waits> {
    if has_left(row, ground) {
        return Some(Waits::Gone);
    }
    let rules = match &ground.settings.joiners {
        Some(rules) if rules.create => rules,
        _ => return Some(Waits::NotMade),
    };
    if let Some(waits) = window(row, rules, ground.today) {
        return Some(waits);
    }
    if let Some(doubt) = row.cells.iter().find_map(damaged) {
        return Some(Waits::ForAPerson(doubt));
    }
    (!row.problems.is_empty()).then(|| {
        Waits::ForAPerson(Doubt::new(
            "the person is new, and is made whole or not at all",
            "correct what else is said of this row",
        ))
    })
}

/// Whether the first day lets the account be made today.
fn window(row: &MappedRow, rules: &JoinerRules, today: Date) -> Option<Waits> {
    rules.first_day.as_ref()?;
    let Some(first) = row.first_day else {
        // An unreadable day is told as a problem of the mapping.
        return row.problems.is_empty().then(|| {
            Waits::ForAPerson(Doubt::new(
                "the person is new and the row has no first day, so it is not known when the account is made",
                "enter the first day in the HR system",
            ))
        });
    };
    let before = i64::from(rules.days_before());
    let after = i64::from(rules.days_after());
    let from = first.checked_sub(before.days()).unwrap_or(Date::MIN);
    let until = first.checked_add(after.days()).unwrap_or(Date::MAX);
    if today < from {
        return Some(Waits::ForTheDay { from });
    }
    (today > until).then(|| {
        Waits::ForAPerson(Doubt::new(
            format!(
                "nobody holds the number, and the first day, {first}, is more than {after} days ago: an account should be there"
            ),
            "give the user who is meant the number in the directory, or make the account by hand",
        ))
    })
}

/// The name of the joiner, which nobody has.
fn named(row: &MappedRow, ground: Ground<'_>, taken: &mut HashSet<UpnKey>, namesakes: Option<&str>) -> Waits {
    let made = |upn: String| Waits::Made {
        upn,
        namesakes: namesakes.map(str::to_owned),
    };
    let is_there = |name: &str| ground.directory.find(&UserKey::Upn(UpnKey::new(name)));
    if let Some(name) = own_name(row) {
        return match is_there(name) {
            None => made(name.to_owned()),
            Some(user) => Waits::ForAPerson(Doubt::new(
                format!(
                    "nobody holds the number, and `{}` has the name that the person would get",
                    shorten(&user.upn)
                ),
                "give that user the number in the directory if it is the same person; else give the new one another name",
            )),
        };
    }
    let Some(template) = ground.names else {
        return Waits::ForAPerson(Doubt::new(
            "the person is new, and nothing says the userPrincipalName",
            "set `joiners.names`, or a rule for `userPrincipalName`",
        ));
    };
    let value = |attribute: &catalogue::Attribute| row.cell(attribute.name).map(|cell| cell.text.as_str());
    if let Some(attribute) = template.unreadable(value) {
        return Waits::ForAPerson(Doubt::new(
            format!(
                "the name is made of `{}`, whose Chinese characters have no known reading: a Japanese name would be written as if it were Chinese",
                attribute.name
            ),
            "give a column with the name in Latin letters; where all such names are Chinese, map `userPrincipalName` with `ascii(han=\"pinyin\")`",
        ));
    }
    let names = template.names(value);
    let free = names
        .into_iter()
        .find(|name| is_there(name).is_none() && taken.insert(UpnKey::new(name)));
    free.map_or_else(
        || {
            Waits::ForAPerson(Doubt::new(
                format!("no free name could be made of `{template}` for the new person"),
                "fill what the name is made of in the HR system, or give the row a userPrincipalName",
            ))
        },
        made,
    )
}

/// The name that a row brings.
fn own_name(row: &MappedRow) -> Option<&str> {
    let cell = row.cell("userPrincipalName")?;
    (!is_blank(&cell.text)).then(|| cell.text.trim())
}

#[cfg(test)]
#[path = "joiners_tests.rs"]
mod tests;
