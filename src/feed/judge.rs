//! What the settings mean together: everything that is wrong is found at once, with its line.

mod attributes;
mod folders;
mod guards;
mod people;
mod rules;
mod tables;
mod watching;

pub use guards::never_allowed;

use std::collections::BTreeMap;

pub(super) use attributes::known as known_attribute;

use super::SettingsProblem;
use super::judged::{Feed, NamedRule, Rule, RuleSource};
use super::settings::{Missing, MissingRules, Spots, WrittenFeed};
use super::template::Templates;
use crate::catalogue;
use crate::domain::{Limit, SourceTable, parse_age};

/// Judges a `FEED.toml`. `tables`: what each file of `[tables]` holds, or why it could not be read.
///
/// # Errors
/// Everything that is wrong, in the order of the file.
pub fn judge(
    written: WrittenFeed,
    tables: &BTreeMap<String, Result<SourceTable, String>>,
) -> Result<Feed, Vec<SettingsProblem>> {
    let WrittenFeed {
        settings,
        problems,
        spots,
    } = written;
    let mut judge = Judge {
        spots,
        problems,
        templates: Templates::new(super::Words::default()),
    };
    let words = judge.words(&settings, tables);
    judge.templates = Templates::new(words);
    let feed = judge.feed(&settings);
    let Judge {
        mut problems,
        templates,
        spots,
    } = judge;
    problems.sort_by_key(|problem| problem.line.unwrap_or(usize::MAX));
    match feed {
        Some(feed) if problems.is_empty() => Ok(Feed {
            settings,
            templates,
            spots,
            ..feed
        }),
        _ => Err(problems),
    }
}

/// What was found so far.
struct Judge {
    spots: Spots,
    problems: Vec<SettingsProblem>,
    templates: Templates,
}

impl Judge {
    /// Tells a problem, unless the key was told as broken before.
    fn problem(&mut self, key: &str, message: impl Into<String>, help: impl Into<String>) {
        if !self.spots.is_broken(key) {
            self.problems.push(SettingsProblem {
                line: self.spots.line(key),
                key: key.to_owned(),
                message: message.into(),
                help: help.into(),
            });
        }
    }

    fn age(&mut self, key: &str, text: Option<&str>, default: jiff::SignedDuration) -> jiff::SignedDuration {
        match text.map(parse_age) {
            None => default,
            Some(Ok(age)) => age,
            Some(Err(reason)) => {
                self.problem(key, reason, "write a number and `s`, `m`, `h` or `d`");
                default
            }
        }
    }

    /// `None` when something is wrong that leaves no feed to speak of; it was told then.
    fn feed(&mut self, settings: &super::settings::FeedSettings) -> Option<Feed> {
        self.name(&settings.name);
        if settings.source.path.trim().is_empty() {
            self.problem(
                "source.path",
                "there is no path to a file",
                "write the path from the folder of FEED.toml",
            );
        }
        self.folders(settings);
        let stable_for = self.age(
            "source.stable-for",
            settings.source.stable_for.as_deref(),
            jiff::SignedDuration::from_secs(10),
        );
        let rows = settings
            .rows
            .as_deref()
            .and_then(|source| self.condition("rows", source, "row"));
        let key = self.key(settings);
        let first_match = self.first_match(settings);
        let attributes = self.attributes(settings);
        let manager = self.manager(settings);
        let (names, first_day) = self.joiners(settings);
        let (leavers_max, last_day, has_left) = self.leavers(settings);
        let missing_max = self.missing(settings);
        let missing_users = self.missing_users(settings);
        let allow = self.allowed(settings);
        let protected = self.protected(settings);
        let limits = self.limits(settings);
        let gate = self.gate(&settings.gate);
        self.notices(&settings.notify);
        self.schedule(&settings.schedule);
        self.does_something(settings);
        let gate_columns = settings.gate.columns.keys();
        let gate_columns = gate_columns
            .map(|name| (name.clone(), self.spots.line(&format!("gate.columns.{name}"))))
            .collect();
        Some(Feed {
            settings: settings.clone(),
            key: key?,
            first_match,
            attributes,
            manager,
            rows,
            first_day,
            last_day,
            has_left,
            names,
            leavers_max,
            missing_max,
            stable_for,
            gate: gate?,
            allow,
            protected,
            limits,
            missing_users,
            gate_columns,
            templates: Templates::new(super::Words::default()),
            spots: Spots::default(),
        })
    }

    fn name(&mut self, name: &str) {
        let is_sound = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if name.is_empty() || name.len() > 64 || !name.chars().all(is_sound) {
            self.problem(
                "name",
                format!("`{}` is no name of a feed", crate::domain::shorten(name)),
                "write 1 to 64 letters without accents, digits, `-` and `_`",
            );
        }
    }

    fn does_something(&mut self, settings: &super::settings::FeedSettings) {
        let does = !settings.attributes.is_empty()
            || settings.manager.is_some()
            || settings.joiners.is_some()
            || settings.leavers.is_some()
            || settings.missing.action != Missing::Nothing;
        if !does {
            self.problem(
                "attributes",
                "the feed would do nothing: it has no [attributes], no [manager], no [joiners], no [leavers] and no [missing]",
                "say what the file says about an attribute, like `[attributes.department]` with `column = \"Department\"`",
            );
        }
    }

    fn missing(&mut self, settings: &super::settings::FeedSettings) -> Limit {
        let own = &settings.missing;
        if own.nights == Some(0) {
            self.problem(
                "missing.nights",
                "0 nights would do it before anybody was missed",
                "write how many files of different days somebody must be missing in, 1 or more",
            );
        }
        let max = own
            .max
            .as_ref()
            .and_then(|limit| self.limit("missing.max", limit));
        max.unwrap_or(MissingRules::MAX)
    }

    fn missing_users(&mut self, settings: &super::settings::FeedSettings) -> Option<Rule> {
        let source = settings.missing.users.as_deref()?;
        let rule = self.condition("missing.users", source, "user")?;
        let mut known: Vec<&str> = settings.attributes.keys().map(String::as_str).collect();
        known.extend(["accountEnabled", "userType", "userPrincipalName"]);
        known.push(settings.key.attribute.as_deref().unwrap_or("employeeId"));
        for name in &rule.columns {
            if !known.contains(&name.as_str()) {
                let help = match super::nearest(name, known.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("it can be {}", super::near::listed(known.iter().copied())),
                };
                self.problem(
                    "missing.users",
                    format!(
                        "`user` has no `{}` here: it has what the feed maps, and a few others",
                        crate::domain::shorten(name)
                    ),
                    help,
                );
            }
        }
        Some(rule)
    }

    fn key(&mut self, settings: &super::settings::FeedSettings) -> Option<NamedRule> {
        let own = &settings.key;
        let rule = self.rule("key", own.column.as_deref(), own.value.as_deref());
        let name = own.attribute.as_deref().unwrap_or("employeeId");
        let attribute = self.finding_attribute("key.attribute", name)?;
        Some(NamedRule {
            attribute,
            rule: rule?,
        })
    }

    fn first_match(&mut self, settings: &super::settings::FeedSettings) -> Vec<NamedRule> {
        let mut found = Vec::new();
        let mut names: Vec<&String> = settings.key.first_match.keys().collect();
        names.sort_by_key(|name| self.spots.offset(&format!("key.first-match.{name}")));
        for name in names {
            let key = format!("key.first-match.{name}");
            let Some(text) = settings.key.first_match.get(name) else {
                continue;
            };
            let is_template = text.contains("{{") || text.contains("{%");
            let rule = if is_template {
                self.rule(&key, None, Some(text))
            } else {
                self.rule(&key, Some(text), None)
            };
            if let (Some(attribute), Some(rule)) = (self.finding_attribute(&key, name), rule) {
                found.push(NamedRule { attribute, rule });
            }
        }
        found
    }

    /// An attribute by whose value a user can be found.
    fn finding_attribute(&mut self, key: &str, name: &str) -> Option<&'static catalogue::Attribute> {
        let attribute = attributes::known(name);
        let finds = attribute.filter(|attribute| {
            catalogue::KEY_NAMES.contains(&attribute.name)
                || attribute.name == "userPrincipalName"
                || attribute.name.starts_with("onPremisesExtensionAttributes.")
                || attribute.extension.is_some()
        });
        if finds.is_none() {
            let mut known = catalogue::KEY_NAMES.to_vec();
            known.push("userPrincipalName");
            let help = match super::nearest(name, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!(
                    "it can be {}, one of the fifteen extension attributes, or an extension of the tenant",
                    super::near::listed(known)
                ),
            };
            let what = if attribute.is_some() {
                "tells nobody apart"
            } else {
                "is no attribute"
            };
            self.problem(key, format!("`{}` {what}", crate::domain::shorten(name)), help);
        }
        finds
    }
}

impl Rule {
    /// How a person reads it: the column, or the template.
    pub fn text(&self) -> String {
        match &self.source {
            RuleSource::Column(column) => format!("column \"{column}\""),
            RuleSource::Template(template) => template.clone(),
        }
    }
}

#[cfg(test)]
pub(in crate::feed) mod tests;
