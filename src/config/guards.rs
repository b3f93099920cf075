//! What a profile and the file say of limits: the guards', the age of plans, and how many snapshots are kept.

use super::raw::{ConfigError, LimitText, RawGuards, RawSnapshots};
use crate::domain::{Limit, Limits, Retention, Sealing, Sourced, UserKey, parse_age};

pub(super) fn sealing(guards: &RawGuards, origin: &str) -> Result<Sealing, ConfigError> {
    let mut sealing = Sealing::default();
    if let Some(text) = &guards.max_plan_age {
        sealing.max_age = Sourced {
            value: parse_age(text).map_err(|reason| ConfigError::Setting {
                setting: "guards.max_plan_age".to_owned(),
                origin: origin.to_owned(),
                reason,
            })?,
            origin: format!("guards.max_plan_age in {origin}"),
        };
    }
    if let Some(users) = guards.typed_over {
        sealing.typed_over = Sourced {
            value: users,
            origin: format!("guards.typed_over in {origin}"),
        };
    }
    Ok(sealing)
}

pub(super) fn retention(raw: RawSnapshots, origin: &str) -> Result<Option<Sourced<Retention>>, ConfigError> {
    let retention = Retention::new(raw.keep, raw.keep_days).map_err(|reason| ConfigError::Setting {
        setting: "snapshots".to_owned(),
        origin: origin.to_owned(),
        reason,
    })?;
    Ok(retention.map(|value| Sourced {
        value,
        origin: format!("snapshots in {origin}"),
    }))
}

pub(super) fn limits(guards: &RawGuards, origin: &str) -> Result<Limits, ConfigError> {
    let mut limits = Limits::default();
    let mut wrong = Vec::new();
    // Whoever has mended one should not hear of the next only then.
    let mut parse = |setting: &str, text: &Option<LimitText>| {
        let text = text.as_ref()?;
        match Limit::parse(&text.text()) {
            Ok(value) => Some(Sourced {
                value,
                origin: format!("guards.{setting} in {origin}"),
            }),
            Err(reason) => {
                wrong.push(ConfigError::Setting {
                    setting: format!("guards.{setting}"),
                    origin: origin.to_owned(),
                    reason,
                });
                None
            }
        }
    };
    if let Some(limit) = parse("max_users", &guards.max_users) {
        limits.users = limit;
    }
    if let Some(limit) = parse("max_column", &guards.max_column) {
        limits.column = Some(limit);
    }
    if let Some(limit) = parse("max_clears", &guards.max_clears) {
        limits.clears = limit;
    }
    if let Some(limit) = parse("max_same_value", &guards.max_same_value) {
        limits.same_value_individual = limit.clone();
        limits.same_value_shared = limit;
    }
    if let Some(limit) = parse("max_actions", &guards.max_actions) {
        limits.actions = limit;
    }
    if let Some(limit) = parse("max_enables", &guards.max_enables) {
        limits.enables = limit;
    }
    if let Some(limit) = parse("max_members", &guards.max_members) {
        limits.members = limit;
    }
    if let Some(limit) = parse("max_invites", &guards.max_invites) {
        limits.invites = limit;
    }
    if let Some(limit) = parse("max_licenses", &guards.max_licenses) {
        limits.licenses = limit;
    }
    if let Some(limit) = parse("max_roles", &guards.max_roles) {
        limits.roles = limit;
    }
    let mut protected = Vec::new();
    for name in &guards.protected {
        match UserKey::parse(name) {
            Some(key) => protected.push(key),
            None => wrong.push(ConfigError::Setting {
                setting: "guards.protected".to_owned(),
                origin: origin.to_owned(),
                reason: format!("`{name}` is neither a userPrincipalName nor an object id"),
            }),
        }
    }
    match (wrong.len(), wrong.pop()) {
        (1, Some(only)) => return Err(only),
        (_, Some(last)) => {
            wrong.push(last);
            return Err(ConfigError::Several { all: wrong });
        }
        (_, None) => {}
    }
    if !protected.is_empty() {
        limits.protected = Sourced {
            value: protected,
            origin: format!("guards.protected in {origin}"),
        };
    }
    limits.protected_filter = guards.protected_filter.as_ref().map(|filter| Sourced {
        value: filter.clone(),
        origin: format!("guards.protected_filter in {origin}"),
    });
    Ok(limits)
}
