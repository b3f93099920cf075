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
    let parse = |setting: &str, text: &LimitText| {
        Limit::parse(&text.text())
            .map(|value| Sourced {
                value,
                origin: format!("guards.{setting} in {origin}"),
            })
            .map_err(|reason| ConfigError::Setting {
                setting: format!("guards.{setting}"),
                origin: origin.to_owned(),
                reason,
            })
    };
    if let Some(text) = &guards.max_users {
        limits.users = parse("max_users", text)?;
    }
    if let Some(text) = &guards.max_column {
        limits.column = Some(parse("max_column", text)?);
    }
    if let Some(text) = &guards.max_clears {
        limits.clears = parse("max_clears", text)?;
    }
    if let Some(text) = &guards.max_same_value {
        limits.same_value_individual = parse("max_same_value", text)?;
        limits.same_value_shared = limits.same_value_individual.clone();
    }
    if let Some(text) = &guards.max_actions {
        limits.actions = parse("max_actions", text)?;
    }
    if let Some(text) = &guards.max_enables {
        limits.enables = parse("max_enables", text)?;
    }
    if let Some(text) = &guards.max_members {
        limits.members = parse("max_members", text)?;
    }
    if let Some(text) = &guards.max_invites {
        limits.invites = parse("max_invites", text)?;
    }
    if let Some(text) = &guards.max_licenses {
        limits.licenses = parse("max_licenses", text)?;
    }
    if let Some(text) = &guards.max_roles {
        limits.roles = parse("max_roles", text)?;
    }
    let protected = guards.protected.iter().map(|name| {
        UserKey::parse(name).ok_or_else(|| ConfigError::Setting {
            setting: "guards.protected".to_owned(),
            origin: origin.to_owned(),
            reason: format!("`{name}` is neither a userPrincipalName nor an object id"),
        })
    });
    let protected = protected.collect::<Result<Vec<_>, _>>()?;
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
