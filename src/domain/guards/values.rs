//! The values: one for too many people, and a column that was moved.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use super::report::{gate, users, worst_or_refused};
use super::spelling::one_spelling;
use super::{GuardReport, Limits, Permission};
use crate::catalogue::{Attribute, Spread};
use crate::domain::{Change, Plan, UserChanges, shorten, told_text};

/// Who gets one value, in whatever spellings.
struct Getters {
    attribute: &'static Attribute,
    /// The spelling that was met first, and how often it stands in the plan. Most values have no other, and most people get a
    /// value that nobody else gets.
    first: (Box<str>, u64),
    /// How often each other spelling does.
    others: BTreeMap<String, u64>,
}

impl Getters {
    fn counted(&self) -> u64 {
        self.first.1 + self.others.values().sum::<u64>()
    }

    /// Counts one more who gets this spelling.
    fn count(&mut self, spelling: String) {
        if *self.first.0 == *spelling {
            self.first.1 += 1;
        } else {
            *self.others.entry(spelling).or_default() += 1;
        }
    }

    fn spellings(&self) -> impl Iterator<Item = (&str, u64)> {
        let others = self.others.iter().map(|(text, count)| (text.as_str(), *count));
        std::iter::once((&*self.first.0, self.first.1)).chain(others)
    }

    /// The most frequent spelling, and of those the first by its letters.
    fn spelling(&self) -> &str {
        let most = self
            .spellings()
            .max_by(|(one, counted), (two, others)| counted.cmp(others).then(two.cmp(one)));
        most.map_or("", |(text, _)| text)
    }
}

pub(super) fn same_values(plan: &Plan, limits: &Limits) -> Vec<GuardReport> {
    let mut people: HashMap<(&'static str, Box<str>), Getters> = HashMap::new();
    // Whoever is made gets one of two switches, as everybody must.
    let is_switch =
        |user: &UserChanges, change: &Change| user.is_new && change.attribute.name == "accountEnabled";
    let valued = plan
        .changes()
        .filter(|(user, change)| has_a_value(change) && !is_switch(user, change));
    for (_, change) in valued {
        let key = (
            change.attribute.name,
            one_spelling(change.attribute, &change.after).into(),
        );
        let spelling = change.after.to_cell();
        match people.entry(key) {
            Entry::Occupied(mut known) => known.get_mut().count(spelling),
            Entry::Vacant(place) => {
                place.insert(Getters {
                    attribute: change.attribute,
                    first: (spelling.into(), 1),
                    others: BTreeMap::new(),
                });
            }
        }
    }
    // Only the most frequent value of each column is of interest; of several, the first by its letters.
    let mut per_column: BTreeMap<&str, Getters> = BTreeMap::new();
    for ((column, _), getters) in people {
        let is_better = per_column.get(column).is_none_or(|known| {
            let (counted, most) = (getters.counted(), known.counted());
            counted > most || (counted == most && getters.spelling() < known.spelling())
        });
        if is_better {
            per_column.insert(column, getters);
        }
    }
    let total = plan.users_total();
    let report = |column: Option<&str>, spread: Spread, counted: u64, value: &str, spellings: usize| {
        let limit = match spread {
            Spread::Individual => &limits.same_value_individual,
            Spread::Shared => &limits.same_value_shared,
        };
        GuardReport {
            guard: "max-same-value",
            column: column.map(str::to_owned),
            passed: counted <= limit.value.users(total),
            counted,
            limit: limit.value.in_words(total),
            origin: limit.origin.clone(),
            flag: format!("--max-same-value {counted}"),
            known: true,
            message: match column {
                Some(column) => format!(
                    "`{column}` would become “{}” for {}{}",
                    shorten(value),
                    users(counted),
                    match spellings {
                        0 | 1 => String::new(),
                        many => format!(", in {many} spellings"),
                    }
                ),
                None => "no value would be set".to_owned(),
            },
        }
    };
    let reports = per_column
        .into_iter()
        .map(|(column, getters)| {
            report(
                Some(column),
                getters.attribute.spread,
                getters.counted(),
                &told_text(getters.attribute, getters.spelling()),
                getters.spellings().count(),
            )
        })
        .collect();
    worst_or_refused(reports, || report(None, Spread::Shared, 0, "", 0))
}

/// Whether a value is put; actions on accounts put none, and have a guard of their own.
fn has_a_value(change: &Change) -> bool {
    !change.is_clear() && change.attribute.account_part().is_none()
}

pub(super) fn shuffled(plan: &Plan, limits: &Limits) -> Vec<GuardReport> {
    let report = |column: Option<&str>, people: u64| {
        let message = match column {
            Some(column) => format!(
                "`{column}` would give {people} users a value that other users of the sheet had: was the column sorted or shifted alone?"
            ),
            None => "no column looks sorted or shifted alone".to_owned(),
        };
        let report = gate(
            limits,
            Permission::Shuffled,
            "shuffled",
            "shuffled",
            people,
            "default",
            message,
        );
        GuardReport {
            column: column.map(str::to_owned),
            ..report
        }
    };
    let moved = crate::domain::shuffle::moved_columns(plan);
    if moved.is_empty() {
        return vec![report(None, 0)];
    }
    moved
        .into_iter()
        .map(|(column, people)| report(Some(column), people))
        .collect()
}
