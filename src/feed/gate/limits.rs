//! The thresholds of `[gate]`, read, with the defaults where nothing is said.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use crate::domain::{Limit, Sourced, parse_age, shorten};
use crate::feed::settings::{GateRules, LimitText};

/// A threshold, or that nothing is held against one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threshold {
    Off,
    At(Limit),
}

/// All thresholds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateLimits {
    pub rows_min: Sourced<u64>,
    pub rows_lost: Sourced<Threshold>,
    pub rows_gained: Sourced<Threshold>,
    pub key_churn: Sourced<Threshold>,
    pub duplicate_keys: Sourced<Threshold>,
    pub rows_without_key: Sourced<Threshold>,
    pub unknown_keys: Sourced<Threshold>,
    /// `None`: any age.
    pub age: Sourced<Option<SignedDuration>>,
    /// Of every column that is not named.
    pub column: ColumnLimits,
    /// Of single columns, by header.
    pub columns: BTreeMap<String, ColumnLimits>,
}

/// The thresholds of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnLimits {
    /// Blanks, whatever the last file had.
    pub blanks: Sourced<Threshold>,
    /// In points of a hundred; a limit of users and percent allows either.
    pub blanks_grown: Sourced<Threshold>,
    pub distinct_lost: Sourced<Threshold>,
    pub values_changed: Sourced<Threshold>,
}

/// A threshold that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitProblem {
    /// `gate.rows-lost`, `gate.columns.Job Title.blanks`.
    pub key: String,
    /// What was found.
    pub message: String,
    /// What is allowed.
    pub help: String,
}

/// In a small file a few rows are a large share.
const FLOOR: u64 = 3;
const AGE: SignedDuration = SignedDuration::from_hours(36);

impl GateLimits {
    /// Reads the rules.
    ///
    /// # Errors
    /// Every threshold that cannot be read.
    pub fn of(rules: &GateRules) -> Result<GateLimits, Vec<LimitProblem>> {
        let mut reader = Reader { problems: Vec::new() };
        let share = |percent| Threshold::At(Limit::UsersOrPercent(FLOOR, percent));
        let none = Threshold::At(Limit::Users(0));
        let limits = GateLimits {
            rows_min: match rules.rows_min {
                Some(value) => Sourced {
                    value,
                    origin: "gate.rows-min".to_owned(),
                },
                None => Sourced::default_value(1),
            },
            rows_lost: reader.read("gate", "rows-lost", rules.rows_lost.as_ref(), share(5)),
            rows_gained: reader.read("gate", "rows-gained", rules.rows_gained.as_ref(), share(20)),
            key_churn: reader.read("gate", "key-churn", rules.key_churn.as_ref(), share(10)),
            duplicate_keys: reader.read("gate", "duplicate-keys", rules.duplicate_keys.as_ref(), none),
            rows_without_key: reader.read("gate", "rows-without-key", rules.rows_without_key.as_ref(), none),
            unknown_keys: reader.read("gate", "unknown-keys", rules.unknown_keys.as_ref(), share(20)),
            age: reader.age(rules.age.as_deref()),
            column: ColumnLimits {
                blanks: Sourced::default_value(Threshold::Off),
                blanks_grown: reader.points(
                    "gate",
                    rules.blanks_grown.as_ref(),
                    &Sourced::default_value(share(5)),
                ),
                distinct_lost: reader.read("gate", "distinct-lost", rules.distinct_lost.as_ref(), share(50)),
                values_changed: reader.read(
                    "gate",
                    "values-changed",
                    rules.values_changed.as_ref(),
                    share(30),
                ),
            },
            columns: BTreeMap::new(),
        };
        let mut limits = limits;
        for (header, column) in &rules.columns {
            let path = format!("gate.columns.{header}");
            let usual = &limits.column;
            let read = ColumnLimits {
                blanks: reader.over(&path, "blanks", column.blanks.as_ref(), &usual.blanks),
                blanks_grown: reader.points(&path, column.blanks_grown.as_ref(), &usual.blanks_grown),
                distinct_lost: reader.over(
                    &path,
                    "distinct-lost",
                    column.distinct_lost.as_ref(),
                    &usual.distinct_lost,
                ),
                values_changed: reader.over(
                    &path,
                    "values-changed",
                    column.values_changed.as_ref(),
                    &usual.values_changed,
                ),
            };
            limits.columns.insert(header.clone(), read);
        }
        if reader.problems.is_empty() {
            Ok(limits)
        } else {
            Err(reader.problems)
        }
    }

    /// Those of one column.
    pub fn of_column(&self, header: &str) -> &ColumnLimits {
        self.columns.get(header).unwrap_or(&self.column)
    }
}

struct Reader {
    problems: Vec<LimitProblem>,
}

impl Reader {
    fn read(
        &mut self,
        path: &str,
        name: &str,
        text: Option<&LimitText>,
        usual: Threshold,
    ) -> Sourced<Threshold> {
        self.over(path, name, text, &Sourced::default_value(usual))
    }

    fn over(
        &mut self,
        path: &str,
        name: &str,
        text: Option<&LimitText>,
        usual: &Sourced<Threshold>,
    ) -> Sourced<Threshold> {
        let Some(text) = text else { return usual.clone() };
        let key = format!("{path}.{name}");
        match threshold(text) {
            Ok(value) => Sourced { value, origin: key },
            Err((message, help)) => {
                self.problems.push(LimitProblem {
                    key,
                    message,
                    help: help.to_owned(),
                });
                usual.clone()
            }
        }
    }

    /// Points of a hundred, written `5` or `5%`.
    fn points(
        &mut self,
        path: &str,
        text: Option<&LimitText>,
        usual: &Sourced<Threshold>,
    ) -> Sourced<Threshold> {
        let read = self.over(path, "blanks-grown", text, usual);
        match read.value {
            Threshold::At(Limit::Users(points)) if points <= 100 => Sourced {
                value: Threshold::At(Limit::Percent(points)),
                ..read
            },
            Threshold::At(Limit::Users(points)) => {
                self.problems.push(LimitProblem {
                    key: read.origin,
                    message: format!("`{points}` points are more than all rows"),
                    help: "write up to `100`, or `\"off\"`".to_owned(),
                });
                usual.clone()
            }
            _ => read,
        }
    }

    fn age(&mut self, text: Option<&str>) -> Sourced<Option<SignedDuration>> {
        let Some(text) = text else {
            return Sourced::default_value(Some(AGE));
        };
        let origin = "gate.age".to_owned();
        if text.trim() == "off" {
            return Sourced { value: None, origin };
        }
        match parse_age(text) {
            Ok(age) => Sourced {
                value: Some(age),
                origin,
            },
            Err(message) => {
                self.problems.push(LimitProblem {
                    key: origin,
                    message,
                    help: "write a number and `s`, `m`, `h` or `d`, or `\"off\"`".to_owned(),
                });
                Sourced::default_value(Some(AGE))
            }
        }
    }
}

/// A threshold, or what was found and what is allowed.
fn threshold(text: &LimitText) -> Result<Threshold, (String, &'static str)> {
    let text = match text {
        LimitText::Number(number) => return Ok(Threshold::At(Limit::Users(*number))),
        LimitText::Text(text) => text.trim(),
    };
    if text == "off" {
        return Ok(Threshold::Off);
    }
    Limit::parse(text).map(Threshold::At).map_err(|_| {
        (
            format!("`{}` is no threshold", shorten(text)),
            "write a number like `200`, a share between quotes like `\"5%\"`, or `\"off\"`",
        )
    })
}
