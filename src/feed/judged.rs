//! A feed whose settings were judged: attributes found, templates compiled, limits and lengths of time read.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use minijinja::Value;

use super::gate::GateLimits;
use super::mapped::MappingProblem;
use super::settings::{Authority, Blank, FeedSettings, Spots};
use super::template::{Templates, user_value};
use crate::catalogue::Attribute;
use crate::domain::{Limit, Limits, NameTemplate, Permission, Sourced, UserKey};

/// Everything that `FEED.toml` says, and nothing that is wrong.
#[derive(Debug)]
pub struct Feed {
    /// The settings as they were written, for what needs no judging: paths, notices, the schedule.
    pub settings: FeedSettings,
    /// How a row finds its user, and the attribute that holds the number.
    pub key: NamedRule,
    /// Where nobody has the number yet: what may tell who it is, in the order of the file.
    pub first_match: Vec<NamedRule>,
    /// What the file says about each attribute, in the order of the file.
    pub attributes: Vec<AttributeMapping>,
    pub manager: Option<ManagerMapping>,
    /// True for rows that count.
    pub rows: Option<Rule>,
    pub first_day: Option<Rule>,
    pub last_day: Option<Rule>,
    /// True for people who have left, whatever the date.
    pub has_left: Option<Rule>,
    /// Makes the names of joiners who bring none.
    pub names: Option<NameTemplate>,
    /// Most who may be switched off in one night because they have left, of all who hold a key.
    pub leavers_max: Limit,
    /// Most who may be missing from a file, of all who hold a key.
    pub missing_max: Limit,
    /// The file is complete when its size has not moved for so long.
    pub stable_for: SignedDuration,
    /// What a file must be like before anything is planned from it.
    pub gate: GateLimits,
    /// What is allowed that is off by default.
    pub allow: Vec<Permission>,
    /// Users whom the feed never changes, besides those of the profile.
    pub protected: Vec<UserKey>,
    pub(super) limits: FeedLimits,
    pub(super) missing_users: Option<Rule>,
    /// Columns that the gate names, with the lines on which it does.
    pub(super) gate_columns: Vec<(String, Option<usize>)>,
    pub(super) templates: Templates,
    pub(super) spots: Spots,
}

/// One rule: a column, or a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// As `FEED.toml` names it: `attributes.mobilePhone`.
    pub key: String,
    /// Its line in `FEED.toml`.
    pub line: Option<usize>,
    pub source: RuleSource,
    /// The columns of the file that it reads, as far as they stand there by name.
    pub columns: Vec<String>,
}

/// Where a rule takes its text from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleSource {
    /// A column of the file.
    Column(String),
    /// A template or an expression.
    Template(String),
}

/// A rule whose text is the value of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedRule {
    pub attribute: &'static Attribute,
    pub rule: Rule,
}

/// What the file says about one attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeMapping {
    pub attribute: &'static Attribute,
    pub rule: Rule,
    pub blank: Blank,
    pub authority: Authority,
}

/// Who is whose manager, by the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManagerMapping {
    pub rule: Rule,
    pub blank: Blank,
    pub authority: Authority,
}

/// The limits that the feed sets; what it does not set is the profile's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct FeedLimits {
    pub(super) users: Option<Limit>,
    pub(super) column: Option<Limit>,
    pub(super) clears: Option<Limit>,
    pub(super) same_value: Option<Limit>,
    pub(super) enables: Option<Limit>,
    pub(super) licenses: Option<Limit>,
}

impl Feed {
    /// Puts the feed's limits over those of the profile, and allows what the feed allows.
    pub fn set_limits(&self, limits: &mut Limits) {
        let own = &self.limits;
        let said = |name: &str, value: Limit| Sourced {
            value,
            origin: format!("guards.{name} of the feed `{}`", self.settings.name),
        };
        if let Some(limit) = own.users {
            limits.users = said("max-users", limit);
        }
        if let Some(limit) = own.column {
            limits.column = Some(said("max-column", limit));
        }
        if let Some(limit) = own.clears {
            limits.clears = said("max-clears", limit);
        }
        if let Some(limit) = own.same_value {
            limits.same_value_individual = said("max-same-value", limit);
            limits.same_value_shared = said("max-same-value", limit);
        }
        if let Some(limit) = own.enables {
            limits.enables = said("max-enables", limit);
        }
        if let Some(limit) = own.licenses {
            limits.licenses = said("max-licenses", limit);
        }
        limits.allowed.extend(self.allow.iter().copied());
        limits.unattended = true;
    }

    /// The line of `FEED.toml` on which a key like `source.encoding` stands, or the table around it.
    pub fn line(&self, key: &str) -> Option<usize> {
        self.spots.line(key)
    }

    /// All rules, in the order in which they are worked out.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rows
            .iter()
            .chain([&self.key.rule])
            .chain(self.first_match.iter().map(|own| &own.rule))
            .chain(self.attributes.iter().map(|own| &own.rule))
            .chain(self.manager.iter().map(|own| &own.rule))
            .chain(&self.first_day)
            .chain(&self.last_day)
            .chain(&self.has_left)
    }

    /// The columns of the file that some rule reads, as far as they stand there by name.
    pub fn columns_read(&self) -> BTreeSet<&str> {
        self.rules()
            .flat_map(|rule| rule.columns.iter().map(String::as_str))
            .collect()
    }

    /// Whether a user whom the file does not name is one of those whom `missing` is about. `values`: the user's attributes by name,
    /// as texts; one that is not there is an empty text. Without `missing.users` everybody is.
    ///
    /// # Errors
    /// When the expression cannot be worked out for this user.
    pub fn is_missed(&self, values: &BTreeMap<String, String>) -> Result<bool, MappingProblem> {
        let Some(rule) = &self.missing_users else {
            return Ok(true);
        };
        let texts = rule.columns.iter().map(|name| {
            let text = values.get(name).map(String::as_str).unwrap_or_default();
            (name.clone(), Value::from(text))
        });
        let context = user_value(&texts.collect());
        self.templates
            .is_true(&rule.key, &context)
            .map_err(|fault| MappingProblem {
                rule: rule.key.clone(),
                column: None,
                message: fault.message,
                help: fault.help,
            })
    }
}
