//! The thresholds of `[gate]`, read, with the defaults where nothing is said.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use crate::domain::{Limit, Sourced, parse_age, shorten};
use crate::feed::settings::{ColumnGate, GateRules, LimitText};

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
    /// Of the people found by the file.
    pub disputed: Sourced<Threshold>,
    /// How many good nights there are to be the best of.
    pub nights: u64,
    pub rows_lost_over_nights: Sourced<Threshold>,
    /// Fewest who must be named, not most.
    pub coverage_min: Sourced<Threshold>,
    /// In points of a hundred, as the next.
    pub coverage_lost: Sourced<Threshold>,
    pub coverage_lost_over_nights: Sourced<Threshold>,
    /// Rows that a table of words may lose.
    pub table_rows: Sourced<Threshold>,
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
    pub blanks_grown_over_nights: Sourced<Threshold>,
    pub distinct_lost: Sourced<Threshold>,
    pub distinct_lost_over_nights: Sourced<Threshold>,
    pub values_changed: Sourced<Threshold>,
    /// Of the attributes that are made of the column.
    pub values_blanked: Sourced<Threshold>,
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

/// In a small file a few rows are a large share; in a very small one [`super::weigh`] makes this smaller.
const FLOOR: u64 = 3;
/// Different values that several nights may lose, in percent.
const DISTINCT_MOST: u64 = 60;
const NIGHTS: u64 = 14;
const NIGHTS_MOST: u64 = 366;
const AGE: SignedDuration = SignedDuration::from_hours(36);

impl GateLimits {
    /// Reads the rules.
    ///
    /// # Errors
    /// Every threshold that cannot be read.
    pub fn of(rules: &GateRules) -> Result<GateLimits, Vec<LimitProblem>> {
        let mut reader = Reader { problems: Vec::new() };
        let share = |percent| Threshold::At(Limit::UsersOrPercent(FLOOR, percent));
        let usual = |value| Sourced::default_value(value);
        let none = usual(Threshold::At(Limit::Users(0)));
        let off = usual(Threshold::Off);
        let r = rules;
        let rows_lost = reader.read("rows-lost", r.rows_lost.as_ref(), &usual(share(5)));
        let coverage_lost = reader.points("gate.coverage-lost", r.coverage_lost.as_ref(), &usual(share(10)));
        let blanks_grown = reader.points("gate.blanks-grown", r.blanks_grown.as_ref(), &usual(share(5)));
        let distinct_lost = reader.read("distinct-lost", r.distinct_lost.as_ref(), &usual(share(50)));
        let mut limits = GateLimits {
            rows_min: match r.rows_min {
                Some(value) => Sourced {
                    value,
                    origin: "gate.rows-min".to_owned(),
                },
                None => Sourced::default_value(1),
            },
            rows_gained: reader.read("rows-gained", r.rows_gained.as_ref(), &usual(share(20))),
            key_churn: reader.read("key-churn", r.key_churn.as_ref(), &usual(share(10))),
            duplicate_keys: reader.read("duplicate-keys", r.duplicate_keys.as_ref(), &none),
            rows_without_key: reader.read("rows-without-key", r.rows_without_key.as_ref(), &none),
            unknown_keys: reader.read("unknown-keys", r.unknown_keys.as_ref(), &usual(share(20))),
            disputed: reader.read("disputed", r.disputed.as_ref(), &usual(share(20))),
            nights: reader.nights(r.nights),
            rows_lost_over_nights: reader.read(
                "rows-lost-over-nights",
                r.rows_lost_over_nights.as_ref(),
                &doubled(&rows_lost, 100),
            ),
            coverage_min: reader.read("coverage-min", r.coverage_min.as_ref(), &off),
            coverage_lost_over_nights: reader.points(
                "gate.coverage-lost-over-nights",
                r.coverage_lost_over_nights.as_ref(),
                &doubled(&coverage_lost, 100),
            ),
            table_rows: reader.read(
                "table-rows",
                r.table_rows.as_ref(),
                &usual(Threshold::At(Limit::UsersOrPercent(1, 5))),
            ),
            age: reader.age(r.age.as_deref()),
            column: ColumnLimits {
                blanks: off,
                blanks_grown_over_nights: reader.points(
                    "gate.blanks-grown-over-nights",
                    r.blanks_grown_over_nights.as_ref(),
                    &doubled(&blanks_grown, 100),
                ),
                distinct_lost_over_nights: reader.read(
                    "distinct-lost-over-nights",
                    r.distinct_lost_over_nights.as_ref(),
                    &doubled(&distinct_lost, DISTINCT_MOST),
                ),
                values_changed: reader.read("values-changed", r.values_changed.as_ref(), &usual(share(30))),
                values_blanked: reader.read("values-blanked", r.values_blanked.as_ref(), &usual(share(5))),
                blanks_grown,
                distinct_lost,
            },
            rows_lost,
            coverage_lost,
            columns: BTreeMap::new(),
        };
        for (header, column) in &rules.columns {
            let read = reader.column(header, column, &limits.column, rules);
            limits.columns.insert(header.clone(), read);
        }
        if reader.problems.is_empty() {
            Ok(limits)
        } else {
            Err(reader.problems)
        }
    }

    /// That of an attribute that is made of these columns, of which so many values are held: the strictest of those that have their
    /// own.
    pub(super) fn values_blanked(&self, columns: &[String], held: u64) -> &Sourced<Threshold> {
        let all = columns.iter().filter_map(|header| self.columns.get(header));
        all.map(|column| &column.values_blanked)
            .filter(|limit| limit.origin.starts_with("gate.columns."))
            .min_by_key(|limit| match limit.value {
                Threshold::Off => u64::MAX,
                Threshold::At(at) => at.users(held),
            })
            .unwrap_or(&self.column.values_blanked)
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
        name: &str,
        text: Option<&LimitText>,
        usual: &Sourced<Threshold>,
    ) -> Sourced<Threshold> {
        self.over(&format!("gate.{name}"), text, usual)
    }

    fn over(
        &mut self,
        key: &str,
        text: Option<&LimitText>,
        usual: &Sourced<Threshold>,
    ) -> Sourced<Threshold> {
        let Some(text) = text else { return usual.clone() };
        let key = key.to_owned();
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
        key: &str,
        text: Option<&LimitText>,
        usual: &Sourced<Threshold>,
    ) -> Sourced<Threshold> {
        let is_said = text.is_some();
        let read = self.over(key, text, usual);
        match read.value {
            Threshold::At(Limit::Users(points)) if points <= 100 => Sourced {
                value: Threshold::At(Limit::Percent(points)),
                ..read
            },
            Threshold::At(Limit::Users(points)) if is_said => {
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

    fn column(
        &mut self,
        header: &str,
        own: &ColumnGate,
        usual: &ColumnLimits,
        rules: &GateRules,
    ) -> ColumnLimits {
        let key = |name: &str| format!("gate.columns.{header}.{name}");
        let blanks_grown = self.points(
            &key("blanks-grown"),
            own.blanks_grown.as_ref(),
            &usual.blanks_grown,
        );
        let distinct_lost = self.over(
            &key("distinct-lost"),
            own.distinct_lost.as_ref(),
            &usual.distinct_lost,
        );
        // What is said for one night of this column goes before what is usual for several.
        let several =
            |one: &Sourced<Threshold>, said: bool, for_all: bool, usual: &Sourced<Threshold>, most| {
                if said && !for_all {
                    doubled(one, most)
                } else {
                    usual.clone()
                }
            };
        let blanks = several(
            &blanks_grown,
            own.blanks_grown.is_some(),
            rules.blanks_grown_over_nights.is_some(),
            &usual.blanks_grown_over_nights,
            100,
        );
        let distinct = several(
            &distinct_lost,
            own.distinct_lost.is_some(),
            rules.distinct_lost_over_nights.is_some(),
            &usual.distinct_lost_over_nights,
            DISTINCT_MOST,
        );
        ColumnLimits {
            blanks: self.over(&key("blanks"), own.blanks.as_ref(), &usual.blanks),
            blanks_grown_over_nights: self.points(
                &key("blanks-grown-over-nights"),
                own.blanks_grown_over_nights.as_ref(),
                &blanks,
            ),
            distinct_lost_over_nights: self.over(
                &key("distinct-lost-over-nights"),
                own.distinct_lost_over_nights.as_ref(),
                &distinct,
            ),
            values_changed: self.over(
                &key("values-changed"),
                own.values_changed.as_ref(),
                &usual.values_changed,
            ),
            values_blanked: self.over(
                &key("values-blanked"),
                own.values_blanked.as_ref(),
                &usual.values_blanked,
            ),
            blanks_grown,
            distinct_lost,
        }
    }

    fn nights(&mut self, nights: Option<u64>) -> u64 {
        match nights {
            None => NIGHTS,
            Some(nights) if (1..=NIGHTS_MOST).contains(&nights) => nights,
            Some(nights) => {
                self.problems.push(LimitProblem {
                    key: "gate.nights".to_owned(),
                    message: format!("`{nights}` nights cannot be held against"),
                    help: format!("write 1 to {NIGHTS_MOST}"),
                });
                NIGHTS
            }
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

/// What several nights together may come to where nothing is said of them: twice what one may, but no more percent than `most`
/// unless one night may be more.
fn doubled(one: &Sourced<Threshold>, most: u64) -> Sourced<Threshold> {
    let twice = |percent: u64| percent.saturating_mul(2).min(most.max(percent));
    let value = match one.value {
        Threshold::Off => Threshold::Off,
        Threshold::At(Limit::Users(count)) => Threshold::At(Limit::Users(count.saturating_mul(2))),
        Threshold::At(Limit::Percent(percent)) => Threshold::At(Limit::Percent(twice(percent))),
        Threshold::At(Limit::UsersOrPercent(floor, percent)) => {
            // Different values are few in a large file too, and all of them are soon gone.
            let floor = if most < 100 {
                floor
            } else {
                floor.saturating_mul(2)
            };
            Threshold::At(Limit::UsersOrPercent(floor, twice(percent)))
        }
    };
    let origin = if one.origin.starts_with("gate.") {
        format!("from {}", one.origin)
    } else {
        one.origin.clone()
    };
    Sourced { value, origin }
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
