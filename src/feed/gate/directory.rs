//! A file beside what the directory holds now: whom it names, and where it is blank for people of whom a value is known. This needs no
//! night before, and no file that was better.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::judge::LastGood;
use super::limits::{GateLimits, Threshold};
use super::measure::{Amount, Measure, MeasureLimit, MeasureName, Standing};
use super::weigh::{allowed, held, passed_if, plain, points_grown};
use crate::catalogue::{self, Attribute, ClearRule};
use crate::domain::{Directory, KeyValue, Limit, Sourced, UserState, Value, foreseen, is_blank};
use crate::feed::disputed::{disputed, with_more_than_numbers};
use crate::feed::rules::left_alone;
use crate::feed::settings::{Authority, Blank, PeopleRules};
use crate::feed::{Feed, MappedRow, Match};

/// Of the keys of a first file at least so many percent must be known, where the directory can know any.
const KNOWN_MIN: u64 = 10;

/// What the directory has to do with the file. It holds no value of any cell.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryFacts {
    /// Keys of the file that nobody in the directory holds, or will hold after this night.
    pub unknown_keys: u64,
    /// Users whose account is on and who hold a key, or will after this night, because first matching found them.
    pub holders: u64,
    /// Of them those whom the file names.
    pub named: u64,
    pub attributes: Vec<AttributeFacts>,
    /// The attribute that holds the key.
    #[serde(default)]
    pub key: String,
    /// Rows tell people whose key nobody holds by something else.
    #[serde(default)]
    pub first_match: bool,
    /// People whom the rows are about, by their number or else, and those of them of whom the row has other names or the address of
    /// somebody else.
    #[serde(default)]
    pub found: u64,
    #[serde(default)]
    pub disputed: u64,
    /// Of how many of them something besides the number can be compared.
    #[serde(default)]
    pub comparable: u64,
}

/// One attribute of the people whom the rows are about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttributeFacts {
    pub attribute: String,
    /// The columns that its rule reads.
    pub columns: Vec<String>,
    /// A blank takes the directory's value away.
    pub clears: bool,
    /// People for whom the directory holds a value, and of whom the service would let it be written.
    pub held: u64,
    /// Of them those for whom the file has a blank.
    pub blanked: u64,
}

/// An attribute that a feed reads out of its file.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    pub attribute: &'static Attribute,
    pub columns: &'a [String],
    pub clears: bool,
    /// Whom the feed leaves alone.
    pub people: PeopleRules,
}

impl<'a> Reading<'a> {
    /// Those of a feed, in the order of its settings; the manager is the last.
    pub fn all(feed: &'a Feed) -> Vec<Reading<'a>> {
        let clears = |attribute: &Attribute, blank: Blank, authority: Authority| {
            blank == Blank::Clear && authority == Authority::Always && attribute.clear != ClearRule::Never
        };
        let manager = feed.manager.as_ref().and_then(|own| {
            let attribute = catalogue::by_name("manager")?;
            Some(Reading {
                attribute,
                columns: &own.rule.columns,
                clears: clears(attribute, own.blank, own.authority),
                people: feed.settings.people,
            })
        });
        let attributes = feed.attributes.iter().map(|own| Reading {
            attribute: own.attribute,
            columns: &own.rule.columns,
            clears: clears(own.attribute, own.blank, own.authority),
            people: feed.settings.people,
        });
        attributes.chain(manager).collect()
    }
}

impl DirectoryFacts {
    /// Counts. `matches` says whom each row is about; the directory holds everybody.
    pub fn of(
        rows: &[MappedRow],
        matches: &[Match],
        directory: &Directory,
        key: &'static Attribute,
        readings: &[Reading<'_>],
    ) -> DirectoryFacts {
        let mut facts = DirectoryFacts {
            key: key.name.to_owned(),
            first_match: rows.iter().any(|row| !row.first_match.is_empty()),
            ..DirectoryFacts::default()
        };
        // As the matching compares them.
        let comparable = |text: &str| KeyValue::new(key, text).map(|value| value.text().to_owned());
        let keys: Vec<Option<String>> = rows
            .iter()
            .map(|row| row.key.as_deref().and_then(comparable))
            .collect();
        let in_file: HashSet<&str> = keys.iter().flatten().map(String::as_str).collect();
        let mut known: HashSet<&str> = HashSet::new();
        let is_on = |user: &UserState| directory.value(user, "accountEnabled") != Value::Boolean(false);
        for user in directory.all() {
            let holds = comparable(&directory.value(user, key.name).to_cell());
            let named = holds.as_deref().and_then(|holds| in_file.get(holds).copied());
            known.extend(named);
            if holds.is_some() && is_on(user) {
                facts.holders += 1;
                facts.named += u64::from(named.is_some());
            }
        }
        for (key, found) in keys.iter().zip(matches) {
            if matches!(found, Match::FirstTime { .. }) {
                known.extend(key.as_deref());
            }
        }
        facts.unknown_keys = (in_file.len() - known.len()) as u64;
        (facts.found, facts.disputed) = disputed(rows, matches, directory, key);
        facts.comparable = with_more_than_numbers(rows, matches, directory);
        facts.attributes = readings.iter().map(AttributeFacts::none_yet).collect();
        for (row, found) in rows.iter().zip(matches) {
            let Some(user) = found.user().and_then(|id| directory.user(&id)) else {
                continue;
            };
            if matches!(found, Match::FirstTime { .. }) && is_on(user) {
                facts.holders += 1;
                facts.named += 1;
            }
            for (reading, counted) in readings.iter().zip(&mut facts.attributes) {
                let Some(text) = text_of(row, reading.attribute) else {
                    continue;
                };
                // What is mastered elsewhere no blank takes away, on any night, and nothing of people who are left alone.
                let is_ours = foreseen(reading.attribute, user).is_none()
                    && left_alone(user, directory, reading.people).is_none();
                if is_ours && holds_something(user, directory, reading.attribute) {
                    counted.held += 1;
                    counted.blanked += u64::from(is_blank(text));
                }
            }
        }
        facts
    }

    /// Those whom the file does not name, of all who hold a key.
    pub(super) fn not_named(&self) -> (u64, u64) {
        (self.holders.saturating_sub(self.named), self.holders)
    }

    /// The unknown keys of a first file. A person looks at its figures anyway, and its share is what is expected from then on; but
    /// where hardly a key is known although the directory could know them, it is the key that is wrong, and everybody would be new.
    fn first_unknown(&self, keys: u64, limit: &Sourced<Threshold>) -> Measure {
        let measure = held(MeasureName::UnknownKeys, self.unknown_keys, keys, limit);
        if measure.standing != Standing::Refused {
            return measure;
        }
        if !self.is_strange_to(keys) {
            return Measure {
                standing: Standing::Warned,
                ..measure
            };
        }
        Measure {
            limit: Some(MeasureLimit {
                allowed: Amount::Count(Limit::Percent(100 - KNOWN_MIN).users(keys)),
                percent: Some(100 - KNOWN_MIN),
                origin: "of a first file".to_owned(),
            }),
            ..measure
        }
    }

    /// People whose row is perhaps not theirs. Many of them are too many, unless nearly as many were so in the last good file: what has
    /// not been put right for years is no news, and its rows are dead letters anyway. Half of what a first file may have is news.
    fn other_people(&self, then: Option<&DirectoryFacts>, limit: &Sourced<Threshold>) -> Measure {
        let measure = held(MeasureName::Disputed, self.disputed, self.found, limit);
        let (Some(then), Threshold::At(at)) = (then, limit.value) else {
            return measure;
        };
        let wide = |count: u64| u128::from(count);
        let usual = (wide(then.disputed) * wide(self.found)).checked_div(wide(then.found));
        let more = wide(self.disputed).saturating_sub(usual.unwrap_or_default());
        let is_news = more * 2 > wide(allowed(MeasureName::Disputed, at, self.found));
        Measure {
            then: Some(Amount::Share {
                count: then.disputed,
                of: then.found,
            }),
            standing: match measure.standing {
                Standing::Refused if !is_news => Standing::Passed,
                standing => standing,
            },
            ..measure
        }
    }

    /// Whether hardly any of so many keys is known, although people hold keys or can be told by something else.
    fn is_strange_to(&self, keys: u64) -> bool {
        let can_be_known = self.holders > 0 || self.first_match;
        can_be_known && self.unknown_keys > Limit::Percent(100 - KNOWN_MIN).users(keys)
    }

    fn share(&self) -> Amount {
        Amount::Share {
            count: self.named,
            of: self.holders,
        }
    }

    /// By how much the share of whom the file names fell since then. It may fall because more people hold a key; so fewer must be
    /// named as well.
    pub(super) fn lost(
        &self,
        name: MeasureName,
        then: &DirectoryFacts,
        limit: &Sourced<Threshold>,
    ) -> Measure {
        let measure = points_grown(name, self.not_named(), then.not_named(), limit);
        let fewer = then.named.saturating_sub(self.named);
        let are_gone = match limit.value {
            Threshold::Off => false,
            Threshold::At(at) => fewer > allowed(name, at, then.named),
        };
        let standing = match measure.standing {
            Standing::Refused if !are_gone => Standing::Passed,
            standing => standing,
        };
        Measure {
            now: self.share(),
            then: Some(then.share()),
            standing,
            ..measure
        }
    }
}

impl AttributeFacts {
    fn none_yet(reading: &Reading<'_>) -> AttributeFacts {
        AttributeFacts {
            attribute: reading.attribute.name.to_owned(),
            columns: reading.columns.to_vec(),
            clears: reading.clears,
            held: 0,
            blanked: 0,
        }
    }
}

/// What the row says; `None` where nothing could be made of it, which is a dead letter and no blank.
fn text_of<'r>(row: &'r MappedRow, attribute: &Attribute) -> Option<&'r str> {
    if attribute.name == "manager" {
        return row.manager.as_deref();
    }
    let mut cells = row.cells.iter();
    cells
        .find(|cell| cell.attribute == attribute)
        .map(|cell| cell.text.as_str())
}

fn holds_something(user: &UserState, directory: &Directory, attribute: &Attribute) -> bool {
    match user.value(directory.columns(), attribute.name) {
        None | Some(Value::Empty) => false,
        Some(Value::Text(text)) => !is_blank(text),
        Some(_) => true,
    }
}

/// The measures that the directory gives.
pub(super) fn beside_directory(
    facts: &DirectoryFacts,
    keys: u64,
    last: Option<&LastGood>,
    limits: &GateLimits,
) -> Vec<Measure> {
    let mut measures = Vec::new();
    let then = last.and_then(|last| last.figures.directory.as_ref());
    let name = MeasureName::UnknownKeys;
    let limit = &limits.unknown_keys;
    measures.push(match (last, then) {
        // People without an account are in the file of every night; that they become many is the accident.
        (Some(last), Some(then)) => {
            let before = (then.unknown_keys, last.figures.keys);
            points_grown(name, (facts.unknown_keys, keys), before, limit)
        }
        (Some(_), None) => held(name, facts.unknown_keys, keys, limit),
        (None, _) => facts.first_unknown(keys, limit),
    });
    // Figures of earlier versions do not have it.
    let is_known = then.is_none_or(|then| !then.key.is_empty());
    if facts.found > 0 && is_known && (last.is_none() || then.is_some()) {
        measures.push(facts.other_people(then, &limits.disputed));
    }
    if facts.holders > 0 {
        measures.push(least(facts, then.is_none(), &limits.coverage_min));
        if let Some(then) = then.filter(|then| then.holders > 0) {
            measures.push(facts.lost(MeasureName::CoverageLost, then, &limits.coverage_lost));
        }
    }
    for counted in facts.attributes.iter().filter(|counted| counted.held > 0) {
        let limit = limits.values_blanked(&counted.columns, counted.held);
        let before = then.and_then(|then| {
            let mut attributes = then.attributes.iter();
            attributes.find(|one| one.attribute == counted.attribute)
        });
        measures.push(blanked(counted, before, limit));
    }
    measures
}

/// Whether enough of those who hold a key are named. Nobody can say how many that are: a file may be that of one branch. So less
/// than half is told in the first night, in which a person looks, and refused where `coverage-min` says so.
fn least(facts: &DirectoryFacts, is_first: bool, limit: &Sourced<Threshold>) -> Measure {
    let share = facts.share();
    let Threshold::At(at) = limit.value else {
        let is_little = facts.named * 2 < facts.holders;
        let standing = if is_first && is_little {
            Standing::Warned
        } else {
            Standing::Off
        };
        return plain(MeasureName::CoverageMin, share, standing);
    };
    let least = at.users(facts.holders);
    let percent = match at {
        Limit::Users(_) => None,
        Limit::Percent(percent) | Limit::UsersOrPercent(_, percent) => Some(percent),
    };
    Measure {
        limit: Some(MeasureLimit {
            allowed: Amount::Count(least),
            percent,
            origin: limit.origin.clone(),
        }),
        ..plain(MeasureName::CoverageMin, share, passed_if(facts.named >= least))
    }
}

/// Whether the file is blank for too many of whom the directory holds a value. Where a blank keeps, nothing comes of it: it is told
/// in the night in which it begins, and not in every night after it.
fn blanked(counted: &AttributeFacts, before: Option<&AttributeFacts>, limit: &Sourced<Threshold>) -> Measure {
    let measure = held(MeasureName::ValuesBlanked, counted.blanked, counted.held, limit);
    let was_so = before.is_some_and(|before| {
        held(MeasureName::ValuesBlanked, before.blanked, before.held, limit).standing == Standing::Refused
    });
    let standing = match measure.standing {
        Standing::Refused if !counted.clears && was_so => Standing::Passed,
        Standing::Refused if !counted.clears => Standing::Warned,
        standing => standing,
    };
    Measure {
        attribute: Some(counted.attribute.clone()),
        standing,
        ..measure
    }
}
