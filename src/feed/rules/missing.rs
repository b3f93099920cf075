//! People who hold a number and are not in the file.

use super::super::settings::{FeedSettings, LimitText, Missing};
use super::{Decided, PersonWish, Told, ToldKind};
use crate::domain::{Directory, Limit, UserState, Value};

/// In so many files of different days somebody is missing before anything is done.
const NIGHTS: u32 = 3;
/// Small directories need a floor: two percent of thirty people are nobody.
const MAX: Limit = Limit::UsersOrPercent(3, 2);

/// More people are missing than a night lets pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooManyMissing {
    pub missing: u64,
    pub allowed: u64,
    /// How many hold a number.
    pub holders: u64,
}

/// Decides about who is missing: `missing` are those whom the settings are about. Whose account is switched off already is not
/// counted: that is how it should end. `days` tells in how many files of different days, this one included, somebody is missing.
///
/// # Errors
/// Too many at once: then it is the file that is wrong, and nothing of it is believed.
pub fn decide_missing(
    settings: &FeedSettings,
    directory: &Directory,
    missing: &[&UserState],
    holders: u64,
    days: impl Fn(&UserState) -> u32,
    decided: &mut Decided,
) -> Result<u64, TooManyMissing> {
    let rules = &settings.missing;
    if rules.action == Missing::Nothing {
        return Ok(missing.len() as u64);
    }
    let active: Vec<&UserState> = missing
        .iter()
        .copied()
        .filter(|user| directory.value(user, "accountEnabled") != Value::Boolean(false))
        .collect();
    let limit = match rules.max.as_ref().map(LimitText::text) {
        // What cannot be read was refused with the settings.
        Some(text) => Limit::parse(&text).unwrap_or(Limit::Users(0)),
        None => MAX,
    };
    let allowed = limit.users(holders);
    if active.len() as u64 > allowed {
        return Err(TooManyMissing {
            missing: active.len() as u64,
            allowed,
            holders,
        });
    }
    let nights = rules.nights.unwrap_or(NIGHTS).max(1);
    for user in &active {
        let days = days(user);
        if rules.action == Missing::Disable && days >= nights {
            decided.people.push(PersonWish {
                row: None,
                user: Some(user.id),
                upn: user.upn.clone(),
                cells: Vec::new(),
                disable: Some("missing.action"),
            });
            continue;
        }
        let message = match days {
            1 => "is not in the file".to_owned(),
            days => format!("is not in the files of {days} days"),
        };
        decided.told.push(Told {
            row: None,
            who: user.upn.clone(),
            kind: ToldKind::Missing,
            message,
        });
    }
    Ok(active.len() as u64)
}
