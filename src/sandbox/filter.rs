//! `$filter`: the subset that the documents give for users, with the operators of each property.
//!
//! A filter is read into a tree first; then every place in it is compared with what the property supports, and
//! with whether the request is an advanced query; only then it is used.

use super::{
    directory::{at, ranks::Range},
    filter_read,
    reply::Refusal,
    view::View,
};
use serde_json::Value;
use std::ops::Bound;

/// A filter that may be used.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// Both.
    And(Box<Filter>, Box<Filter>),
    /// Either.
    Or(Box<Filter>, Box<Filter>),
    /// The opposite.
    Not(Box<Filter>),
    /// A comparison.
    Test(Test),
    /// An identity by its issuer and what that assigned; one that is the userPrincipalName is not found so.
    Identity {
        slot: u8,
        issuer: String,
        assigned: String,
    },
}

/// One comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    pub(super) slot: u8,
    pub(super) leaf: Option<&'static str>,
    pub(super) compare: Compare,
    pub(super) values: Vec<Value>,
}

/// How a value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compare {
    Equal,
    Unequal,
    AtLeast,
    AtMost,
    OneOf,
    Starts,
    Ends,
    Counts(bool),
}

impl Filter {
    /// Reads a filter; `advanced` says whether the request carries both parameters of an advanced query.
    pub fn read(text: &str, advanced: bool) -> Result<Filter, Refusal> {
        filter_read::read(text, advanced)
    }

    /// Whether a user passes.
    pub fn passes(&self, user: &View<'_>) -> bool {
        match self {
            Filter::And(a, b) => a.passes(user) && b.passes(user),
            Filter::Or(a, b) => a.passes(user) || b.passes(user),
            Filter::Not(inner) => !inner.passes(user),
            Filter::Test(test) => test.passes(user),
            Filter::Identity {
                slot,
                issuer,
                assigned,
            } => {
                let text = |one: &Value, part: &str| one.get(part).and_then(Value::as_str).map(str::to_owned);
                user.value(*slot).as_array().is_some_and(|all| {
                    all.iter().any(|one| {
                        // Nothing documents that what an issuer assigned is told apart by no case.
                        text(one, "issuer").is_some_and(|own| own.to_lowercase() == issuer.to_lowercase())
                            && text(one, "issuerAssignedId").as_ref() == Some(assigned)
                            && one["signInType"] != "userPrincipalName"
                    })
                })
            }
        }
    }

    /// A range of a text without case, outside of which nobody passes; `None` when there is none to tell.
    pub fn range(&self, slot: u8) -> Option<Range> {
        match self {
            Filter::And(a, b) => match (a.range(slot), b.range(slot)) {
                (Some(a), Some(b)) => Some((higher(a.0, b.0), lower(a.1, b.1))),
                (one, other) => one.or(other),
            },
            Filter::Or(a, b) => {
                let (a, b) = (a.range(slot)?, b.range(slot)?);
                // What lies between the two is looked at and does not pass.
                let wider = |a: Bound<String>, b: Bound<String>, first: bool| match (a, b) {
                    (Bound::Unbounded, _) | (_, Bound::Unbounded) => Bound::Unbounded,
                    (a, b) => {
                        let swap = (text_of(&a) <= text_of(&b)) == first;
                        Bound::Included(text_of(if swap { &a } else { &b }).to_owned())
                    }
                };
                Some((wider(a.0, b.0, true), wider(a.1, b.1, false)))
            }
            Filter::Test(test) if test.slot == slot && test.leaf.is_none() => test.range(),
            _ => None,
        }
    }

    /// The ids it names, when it is nothing but `id eq '…' or …`.
    pub fn ids(&self) -> Option<Vec<&str>> {
        match self {
            Filter::Or(a, b) => {
                let mut ids = a.ids()?;
                ids.extend(b.ids()?);
                Some(ids)
            }
            Filter::Test(test) if test.slot == *at::ID && test.compare == Compare::Equal => {
                test.values.iter().map(Value::as_str).collect()
            }
            _ => None,
        }
    }

    /// Whether a property is part of it.
    pub fn mentions(&self, slot: u8) -> bool {
        match self {
            Filter::And(a, b) | Filter::Or(a, b) => a.mentions(slot) || b.mentions(slot),
            Filter::Not(inner) => inner.mentions(slot),
            Filter::Test(test) => test.slot == slot,
            Filter::Identity { slot: own, .. } => *own == slot,
        }
    }
}

fn text_of(bound: &Bound<String>) -> &str {
    match bound {
        Bound::Included(text) | Bound::Excluded(text) => text,
        Bound::Unbounded => "",
    }
}

/// The narrower of two beginnings, or nearly so: at one and the same text both are good.
fn higher(a: Bound<String>, b: Bound<String>) -> Bound<String> {
    if text_of(&a) >= text_of(&b) { a } else { b }
}

/// The narrower of two ends.
fn lower(a: Bound<String>, b: Bound<String>) -> Bound<String> {
    match (&a, &b) {
        (Bound::Unbounded, _) => b,
        (_, Bound::Unbounded) => a,
        _ if text_of(&a) <= text_of(&b) => a,
        _ => b,
    }
}

/// The first text behind all that begin with this one.
fn behind(start: &str) -> Bound<String> {
    let mut letters: Vec<char> = start.chars().collect();
    while let Some(last) = letters.pop() {
        if let Some(next) = (last..=char::MAX).nth(1) {
            letters.push(next);
            return Bound::Excluded(letters.into_iter().collect());
        }
    }
    Bound::Unbounded
}

impl Test {
    fn range(&self) -> Option<Range> {
        let texts: Option<Vec<String>> = self
            .values
            .iter()
            .map(|value| value.as_str().map(str::to_lowercase))
            .collect();
        let texts = texts?;
        let (first, last) = (texts.iter().min()?.clone(), texts.iter().max()?.clone());
        match self.compare {
            Compare::Equal | Compare::OneOf => Some((Bound::Included(first), Bound::Included(last))),
            Compare::AtLeast => Some((Bound::Included(first), Bound::Unbounded)),
            Compare::AtMost => Some((Bound::Unbounded, Bound::Included(first))),
            Compare::Starts => {
                let end = behind(&first);
                Some((Bound::Included(first), end))
            }
            _ => None,
        }
    }

    fn passes(&self, user: &View<'_>) -> bool {
        let mut found = user.value(self.slot);
        if let Some(leaf) = self.leaf {
            found = found.get(leaf).cloned().unwrap_or(Value::Null);
        }
        if let Compare::Counts(empty) = self.compare {
            return found.as_array().is_none_or(Vec::is_empty) == empty;
        }
        match &found {
            Value::Array(items) => items.iter().any(|item| self.holds(item)),
            single => self.holds(single),
        }
    }

    fn holds(&self, found: &Value) -> bool {
        let same = |wanted: &Value| order(found, wanted) == Some(std::cmp::Ordering::Equal);
        let first = self.values.first().unwrap_or(&Value::Null);
        let texts = || match (found, first) {
            (Value::String(found), Value::String(wanted)) => {
                Some((found.to_lowercase(), wanted.to_lowercase()))
            }
            _ => None,
        };
        match self.compare {
            Compare::Equal => same(first),
            Compare::Unequal => !same(first),
            Compare::OneOf => self.values.iter().any(same),
            Compare::AtLeast => order(found, first).is_some_and(std::cmp::Ordering::is_ge),
            Compare::AtMost => order(found, first).is_some_and(std::cmp::Ordering::is_le),
            Compare::Starts => texts().is_some_and(|(found, wanted)| found.starts_with(&wanted)),
            Compare::Ends => texts().is_some_and(|(found, wanted)| found.ends_with(&wanted)),
            Compare::Counts(_) => false,
        }
    }
}

/// How two values stand to each other: texts without case, nothing with null but null.
pub fn order(a: &Value, b: &Value) -> Option<std::cmp::Ordering> {
    match (a, b) {
        (Value::Null, Value::Null) => Some(std::cmp::Ordering::Equal),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (Value::String(a), Value::String(b)) => Some(a.to_lowercase().cmp(&b.to_lowercase())),
        (Value::Number(a), Value::Number(b)) => a.as_f64()?.partial_cmp(&b.as_f64()?),
        _ => None,
    }
}

#[cfg(test)]
#[path = "filter_tests.rs"]
mod tests;
