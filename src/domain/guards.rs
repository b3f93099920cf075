//! Limits over a whole plan, looked at before the first write.
//!
//! A refusal names the guard, what was counted, the limit, where the limit was set and the flag that lifts it.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;

use super::{Plan, UserKey, Value};
use crate::catalogue::{Attribute, Spread};

/// A limit and where it was set (`default`, `--max-users`, a file, a variable).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sourced<T> {
    pub value: T,
    pub origin: String,
}

impl<T> Sourced<T> {
    /// A value that nobody set.
    pub fn default_value(value: T) -> Sourced<T> {
        Sourced {
            value,
            origin: "default".to_owned(),
        }
    }
}

/// How many users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    Users(u64),
    /// A share of the directory, in percent.
    Percent(u64),
    /// The larger of the two: small directories need a floor.
    UsersOrPercent(u64, u64),
}

impl Limit {
    /// The number of users this allows in a directory of that size.
    pub fn users(self, users_total: u64) -> u64 {
        let share = |percent: u64| (users_total.saturating_mul(percent)) / 100;
        match self {
            Limit::Users(users) => users,
            Limit::Percent(percent) => share(percent),
            Limit::UsersOrPercent(users, percent) => users.max(share(percent)),
        }
    }

    /// `12` or `5%`.
    pub fn parse(text: &str) -> Result<Limit, String> {
        let number = |digits: &str| digits.trim().parse::<u64>().ok();
        match text.strip_suffix('%') {
            Some(percent) => number(percent)
                .filter(|percent| *percent <= 100)
                .map(Limit::Percent),
            None => number(text).map(Limit::Users),
        }
        .ok_or_else(|| {
            format!("`{text}` is not a limit; write a number of users like `200`, or a share like `5%`")
        })
    }

    fn in_words(self, users_total: u64) -> String {
        let users = self.users(users_total);
        match self {
            Limit::Users(_) => users.to_string(),
            Limit::Percent(percent) => format!("{users} ({percent}% of {users_total})"),
            Limit::UsersOrPercent(floor, percent) => {
                format!("{users} (the larger of {floor} and {percent}% of {users_total})")
            }
        }
    }
}

/// What is off unless it is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Permission {
    /// Switch accounts off.
    Disable,
    /// Change userPrincipalNames.
    Rename,
    /// Touch users of the protected list.
    Protected,
    /// Give a column's values to other people than had them.
    Shuffled,
}

impl Permission {
    /// Every permission with the word that gives it.
    pub const NAMES: [(&'static str, Permission); 4] = [
        ("disable", Permission::Disable),
        ("rename", Permission::Rename),
        ("protected", Permission::Protected),
        ("shuffled", Permission::Shuffled),
    ];
}

/// All limits of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Users changed.
    pub users: Sourced<Limit>,
    /// Clears per column.
    pub clears: Sourced<Limit>,
    /// People who get one and the same value in a column whose values belong to one person.
    pub same_value_individual: Sourced<Limit>,
    /// The same for columns whose values many people share.
    pub same_value_shared: Sourced<Limit>,
    pub allowed: Vec<Permission>,
    /// Users nobody may touch through a sheet, such as break-glass accounts.
    pub protected: Sourced<Vec<UserKey>>,
    /// Exactly this many users must change.
    pub expect: Option<u64>,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            users: Sourced::default_value(Limit::UsersOrPercent(20, 20)),
            clears: Sourced::default_value(Limit::UsersOrPercent(10, 2)),
            same_value_individual: Sourced::default_value(Limit::Users(5)),
            same_value_shared: Sourced::default_value(Limit::UsersOrPercent(20, 20)),
            allowed: Vec::new(),
            protected: Sourced::default_value(Vec::new()),
            expect: None,
        }
    }
}

/// What one guard counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GuardReport {
    pub guard: &'static str,
    /// The column, for guards that count per column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    pub passed: bool,
    pub counted: u64,
    /// The limit in words.
    pub limit: String,
    /// Where the limit was set.
    pub origin: String,
    /// The flag that lifts it.
    pub flag: String,
    /// One sentence: what was counted.
    pub message: String,
}

/// Looks at the whole plan. Guards per column report only their worst column when they pass, and every column they refuse.
pub fn inspect(plan: &Plan, limits: &Limits) -> Vec<GuardReport> {
    let mut reports = vec![users_changed(plan, limits)];
    reports.extend(clears(plan, limits));
    reports.extend(same_values(plan, limits));
    reports.push(permission(
        plan,
        limits,
        Permission::Rename,
        "rename",
        "userPrincipalNames changed",
        |attribute, _| attribute.name == "userPrincipalName",
    ));
    reports.push(permission(
        plan,
        limits,
        Permission::Disable,
        "disable",
        "accounts switched off",
        |attribute, after| attribute.name == "accountEnabled" && *after == Value::Boolean(false),
    ));
    reports.push(protected_users(plan, limits));
    reports.extend(shuffled(plan, limits));
    reports.extend(limits.expect.map(|expected| expect(plan, expected)));
    reports
}

fn users_changed(plan: &Plan, limits: &Limits) -> GuardReport {
    let counted = plan.users().len() as u64;
    let total = plan.users_total();
    let allowed = limits.users.value.users(total);
    GuardReport {
        guard: "max-users",
        column: None,
        passed: counted <= allowed,
        counted,
        limit: limits.users.value.in_words(total),
        origin: limits.users.origin.clone(),
        flag: format!("--max-users {counted}"),
        message: format!("{counted} of {total} users would be changed"),
    }
}

fn clears(plan: &Plan, limits: &Limits) -> Vec<GuardReport> {
    let mut per_column: BTreeMap<&str, u64> = BTreeMap::new();
    for (_, change) in plan.changes().filter(|(_, change)| change.is_clear()) {
        *per_column.entry(change.attribute.name).or_default() += 1;
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
        message: match column {
            Some(column) => format!("`{column}` would be cleared for {counted} users"),
            None => "nothing would be cleared".to_owned(),
        },
    };
    worst_or_refused(
        per_column
            .into_iter()
            .map(|(column, counted)| report(Some(column), counted))
            .collect(),
        || report(None, 0),
    )
}

fn same_values(plan: &Plan, limits: &Limits) -> Vec<GuardReport> {
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
            message: match column {
                Some(column) => format!(
                    "`{column}` would become “{}” for {counted} users",
                    super::shorten(value)
                ),
                None => "no value would be set".to_owned(),
            },
        }
    };
    let reports = per_column
        .into_iter()
        .map(|(column, (attribute, counted, value))| report(Some(column), attribute.spread, counted, &value))
        .collect();
    worst_or_refused(reports, || report(None, Spread::Shared, 0, ""))
}

/// All refusals, or else the report that came closest to its limit.
fn worst_or_refused(reports: Vec<GuardReport>, none: impl FnOnce() -> GuardReport) -> Vec<GuardReport> {
    let refused: Vec<GuardReport> = reports.iter().filter(|report| !report.passed).cloned().collect();
    if !refused.is_empty() {
        return refused;
    }
    vec![
        reports
            .into_iter()
            .max_by_key(|report| report.counted)
            .unwrap_or_else(none),
    ]
}

/// A guard that lets nothing pass unless its permission was given.
fn gate(
    limits: &Limits,
    needed: Permission,
    guard: &'static str,
    counted: u64,
    origin: &str,
    message: String,
) -> GuardReport {
    let allowed = limits.allowed.contains(&needed);
    let (limit, origin) = if allowed {
        ("allowed", "--allow")
    } else {
        ("0", origin)
    };
    GuardReport {
        guard,
        column: None,
        passed: allowed || counted == 0,
        counted,
        limit: limit.to_owned(),
        origin: origin.to_owned(),
        flag: format!("--allow {guard}"),
        message,
    }
}

fn permission(
    plan: &Plan,
    limits: &Limits,
    needed: Permission,
    name: &'static str,
    what: &str,
    concerns: impl Fn(&Attribute, &Value) -> bool,
) -> GuardReport {
    let counted = plan
        .changes()
        .filter(|(_, change)| concerns(change.attribute, &change.after))
        .count() as u64;
    gate(
        limits,
        needed,
        name,
        counted,
        "default",
        format!("{what}: {counted}"),
    )
}

fn shuffled(plan: &Plan, limits: &Limits) -> Vec<GuardReport> {
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
            people,
            "default",
            message,
        );
        GuardReport {
            column: column.map(str::to_owned),
            ..report
        }
    };
    let moved = super::shuffle::moved_columns(plan);
    if moved.is_empty() {
        return vec![report(None, 0)];
    }
    moved
        .into_iter()
        .map(|(column, people)| report(Some(column), people))
        .collect()
}

fn protected_users(plan: &Plan, limits: &Limits) -> GuardReport {
    let protected: HashSet<&UserKey> = limits.protected.value.iter().collect();
    let touched: Vec<String> = plan
        .users()
        .iter()
        .filter(|user| {
            protected.contains(&UserKey::Id(user.user))
                || protected.contains(&UserKey::Upn(super::UpnKey::new(&user.upn)))
        })
        .map(|user| super::shorten(&user.upn))
        .collect();
    let message = match touched.as_slice() {
        [] => "no protected user is touched".to_owned(),
        users => format!("protected users would be changed: {}", users.join(", ")),
    };
    let counted = touched.len() as u64;
    gate(
        limits,
        Permission::Protected,
        "protected",
        counted,
        &limits.protected.origin,
        message,
    )
}

fn expect(plan: &Plan, expected: u64) -> GuardReport {
    let counted = plan.users().len() as u64;
    GuardReport {
        guard: "expect",
        column: None,
        passed: counted == expected,
        counted,
        limit: format!("exactly {expected}"),
        origin: "--expect".to_owned(),
        flag: format!("--expect {counted}"),
        message: format!("{counted} users would be changed, {expected} were expected"),
    }
}
