//! What is cleared: how much of a column, and a column as a whole.

use std::collections::{BTreeMap, HashSet};

use super::report::{gate, users, worst_or_refused};
use super::{GuardReport, Limits, Permission};
use crate::domain::item_by_item::is_item_by_item;
use crate::domain::{ClearedColumn, Plan, UserId};

/// A column that fewer people of the sheet have a value in is not called emptied: two clears are two clears.
const FILLED_MIN: u64 = 3;

pub(super) fn clears(plan: &Plan, limits: &Limits) -> Vec<GuardReport> {
    // Users, and of a list that is changed item by item only those who get nothing in its place.
    let mut per_column: BTreeMap<&str, HashSet<UserId>> = BTreeMap::new();
    for (user, change) in plan.changes().filter(|(user, change)| user.clears(change)) {
        per_column
            .entry(change.attribute.name)
            .or_default()
            .insert(user.user);
    }
    let mut per_column: BTreeMap<&str, u64> = per_column
        .into_iter()
        .map(|(column, users)| (column, users.len() as u64))
        .collect();
    // Of a list that is changed item by item, who keeps an item. What nobody counted stays as it is.
    let lists = plan.columns_cleared().iter();
    for list in lists.filter(|column| is_item_by_item(column.attribute)) {
        if let Some(counted) = per_column.get_mut(list.attribute.name) {
            *counted = list.cleared;
        }
    }
    let total = plan.users_total();
    let allowed = limits.clears.value.users(total);
    let report = |column: Option<&str>, counted: u64| GuardReport {
        guard: "max-clears",
        column: column.map(str::to_owned),
        passed: counted <= allowed,
        counted,
        limit: limits.clears.value.in_words(total),
        origin: limits.clears.origin.clone(),
        flag: format!("--max-clears {counted}"),
        known: true,
        message: match column {
            Some(column) => format!("`{column}` would be cleared for {}", users(counted)),
            None => "nothing would be cleared".to_owned(),
        },
    };
    worst_or_refused(
        per_column
            .into_iter()
            .map(|(column, counted)| report(Some(column), counted))
            .filter(|report| report.counted > 0)
            .collect(),
        || report(None, 0),
    )
}

/// Columns that the sheet would empty for everybody in it who has a value, however few they are.
pub(super) fn emptied(plan: &Plan, limits: &Limits) -> Vec<GuardReport> {
    let report = |column: Option<&ClearedColumn>| GuardReport {
        column: column.map(|column| column.attribute.name.to_owned()),
        ..gate(
            limits,
            Permission::Emptied,
            "column-emptied",
            "emptied",
            column.map_or(0, ClearedColumn::at_stake),
            "default",
            match column {
                None => "no column would be emptied for everybody".to_owned(),
                Some(ClearedColumn {
                    attribute,
                    filled,
                    at_stake: None,
                    ..
                }) => format!(
                    "`{}` would be emptied for every one of the {filled} users of the sheet who have a value",
                    attribute.name
                ),
                Some(ClearedColumn {
                    attribute,
                    filled,
                    at_stake: Some(at_stake),
                    ..
                }) => format!(
                    "`{}` would be emptied for every one of the {at_stake} users of the sheet whose value can be written now, of {filled} who have one",
                    attribute.name
                ),
            },
        )
    };
    let emptied: Vec<GuardReport> = plan
        .columns_cleared()
        .iter()
        .filter(|column| {
            column.filled >= FILLED_MIN && column.cleared > 0 && column.cleared >= column.at_stake()
        })
        .map(|column| report(Some(column)))
        .collect();
    if emptied.is_empty() {
        vec![report(None)]
    } else {
        emptied
    }
}
