//! The values: one for too many people, and a column that was moved.

use std::collections::{BTreeMap, HashMap};

use super::report::{gate, users, worst_or_refused};
use super::{GuardReport, Limits, Permission};
use crate::catalogue::{Attribute, Spread};
use crate::domain::{Plan, shorten, told_text};

pub(super) fn same_values(plan: &Plan, limits: &Limits) -> Vec<GuardReport> {
    let mut people: HashMap<(&'static str, String), (&'static Attribute, u64)> = HashMap::new();
    for (_, change) in plan.changes().filter(|(_, change)| !change.is_clear()) {
        let key = (change.attribute.name, change.after.to_cell());
        people.entry(key).or_insert((change.attribute, 0)).1 += 1;
    }
    // Only the most frequent value of each column is of interest.
    let mut per_column: BTreeMap<&str, (&'static Attribute, u64, String)> = BTreeMap::new();
    for ((column, value), (attribute, counted)) in people {
        let entry = per_column.entry(column).or_insert((attribute, 0, String::new()));
        if (counted, &entry.2) > (entry.1, &value) || counted > entry.1 {
            *entry = (attribute, counted, value);
        }
    }
    let total = plan.users_total();
    let report = |column: Option<&str>, spread: Spread, counted: u64, value: &str| {
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
                    "`{column}` would become “{}” for {}",
                    shorten(value),
                    users(counted)
                ),
                None => "no value would be set".to_owned(),
            },
        }
    };
    let reports = per_column
        .into_iter()
        .map(|(column, (attribute, counted, value))| {
            report(
                Some(column),
                attribute.spread,
                counted,
                &told_text(attribute, &value),
            )
        })
        .collect();
    worst_or_refused(reports, || report(None, Spread::Shared, 0, ""))
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
