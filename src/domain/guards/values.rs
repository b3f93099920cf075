//! The values: one for too many people, and a column that was moved.

use std::collections::{BTreeMap, HashMap};

use super::report::{gate, users, worst_or_refused};
use super::spelling::one_spelling;
use super::{GuardReport, Limits, Permission};
use crate::catalogue::{Attribute, Spread};
use crate::domain::{Change, Plan, UserChanges, shorten, told_text};

/// Who gets one value, in whatever spellings.
struct Getters {
    attribute: &'static Attribute,
    counted: u64,
    /// How often each spelling stands in the plan.
    spellings: BTreeMap<String, u64>,
}

impl Getters {
    /// The most frequent spelling, and of those the first by its letters.
    fn spelling(&self) -> &str {
        let most = self.spellings.values().max();
        let of_most = self.spellings.iter().find(|(_, count)| Some(*count) == most);
        of_most.map_or("", |(text, _)| text.as_str())
    }
}

pub(super) fn same_values(plan: &Plan, limits: &Limits) -> Vec<GuardReport> {
    let mut people: HashMap<(&'static str, String), Getters> = HashMap::new();
    // Whoever is made gets one of two switches, as everybody must.
    let is_switch =
        |user: &UserChanges, change: &Change| user.is_new && change.attribute.name == "accountEnabled";
    let valued = plan
        .changes()
        .filter(|(user, change)| has_a_value(change) && !is_switch(user, change));
    for (_, change) in valued {
        let key = (
            change.attribute.name,
            one_spelling(change.attribute, &change.after),
        );
        let getters = people.entry(key).or_insert_with(|| Getters {
            attribute: change.attribute,
            counted: 0,
            spellings: BTreeMap::new(),
        });
        getters.counted += 1;
        *getters.spellings.entry(change.after.to_cell()).or_default() += 1;
    }
    // Only the most frequent value of each column is of interest; of several, the first by its letters.
    let mut per_column: BTreeMap<&str, Getters> = BTreeMap::new();
    for ((column, _), getters) in people {
        let is_better = per_column.get(column).is_none_or(|known| {
            getters.counted > known.counted
                || (getters.counted == known.counted && getters.spelling() < known.spelling())
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
                getters.counted,
                &told_text(getters.attribute, getters.spelling()),
                getters.spellings.len(),
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
