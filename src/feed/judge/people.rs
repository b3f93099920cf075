//! Managers, joiners and leavers.

use super::Judge;
use crate::domain::{Limit, NameTemplate, Permission};
use crate::feed::judged::{ManagerMapping, Rule};
use crate::feed::settings::{FeedSettings, LeaverAction, LeaverRules, Missing};

impl Judge {
    pub(super) fn manager(&mut self, settings: &FeedSettings) -> Option<ManagerMapping> {
        let own = settings.manager.as_ref()?;
        let rule = self.rule("manager", own.column.as_deref(), own.value.as_deref())?;
        Some(ManagerMapping {
            rule,
            blank: own.blank,
            authority: own.authority,
        })
    }

    pub(super) fn joiners(&mut self, settings: &FeedSettings) -> (Option<NameTemplate>, Option<Rule>) {
        let Some(own) = &settings.joiners else {
            return (None, None);
        };
        let first_day = own.first_day.as_deref();
        let first_day = first_day.and_then(|source| self.template("joiners.first-day", source));
        let names = own
            .names
            .as_deref()
            .and_then(|text| match text.parse::<NameTemplate>() {
                Ok(template) => Some(template),
                Err(reason) => {
                    self.problem(
                        "joiners.names",
                        reason,
                        "write it like `{givenName}.{surname}@contoso.com`",
                    );
                    None
                }
            });
        for attribute in names.iter().flat_map(NameTemplate::attributes) {
            if !settings.attributes.contains_key(attribute.name) {
                self.problem(
                    "joiners.names",
                    format!(
                        "it is made of `{}`, and the feed says nothing about that",
                        attribute.name
                    ),
                    format!("add `[attributes.{}]`", attribute.name),
                );
            }
        }
        if own.create {
            self.needs(settings, "joiners.create", Permission::Create, "it makes users");
            if own.first_day.is_none() {
                self.problem(
                    "joiners.create",
                    "nothing says when somebody begins, so everybody whom the directory does not know by number would be made at once",
                    "write `first-day`, the template of a date",
                );
            }
            if own.names.is_none() && !settings.attributes.contains_key("userPrincipalName") {
                self.problem(
                    "joiners.create",
                    "nothing says what the userPrincipalName of new people is",
                    "write `names = \"{givenName}.{surname}@contoso.com\"` under [joiners], or map `[attributes.userPrincipalName]`",
                );
            }
            if !settings.attributes.contains_key("displayName") {
                self.problem(
                    "joiners.create",
                    "Microsoft makes nobody without a displayName, and the feed says nothing about it",
                    "add `[attributes.displayName]`",
                );
            }
        }
        (names, first_day)
    }

    pub(super) fn leavers(&mut self, settings: &FeedSettings) -> (Limit, Option<Rule>, Option<Rule>) {
        if settings.missing.action == Missing::Disable {
            self.needs(
                settings,
                "missing.action",
                Permission::Disable,
                "it switches accounts off",
            );
            self.one_switch(settings, "missing.action");
        }
        let Some(own) = &settings.leavers else {
            return (LeaverRules::MAX, None, None);
        };
        let last_day = own.last_day.as_deref();
        let last_day = last_day.and_then(|source| self.template("leavers.last-day", source));
        let has_left = own.when.as_deref();
        let has_left = has_left.and_then(|source| self.condition("leavers.when", source, "row"));
        if own.last_day.is_none() && own.when.is_none() {
            self.problem(
                "leavers",
                "nothing says who has left",
                "write `last-day`, a template of a date, or `when`, an expression that is true for them",
            );
        }
        if own.action == LeaverAction::Disable {
            let key = if self.spots.offset("leavers.action") == usize::MAX {
                "leavers"
            } else {
                "leavers.action"
            };
            self.needs(settings, key, Permission::Disable, "it switches accounts off");
            self.one_switch(settings, key);
        }
        let max = own
            .max
            .as_ref()
            .and_then(|limit| self.limit("leavers.max", limit));
        (max.unwrap_or(LeaverRules::MAX), last_day, has_left)
    }

    /// Two rules for one switch would turn it on and off every night.
    fn one_switch(&mut self, settings: &FeedSettings, key: &str) {
        if settings.attributes.contains_key("accountEnabled") {
            self.problem(
                key,
                "it switches accounts off, and [attributes.accountEnabled] says whether they are on as well",
                "keep one of the two",
            );
        }
    }
}
