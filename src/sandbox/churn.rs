//! Others who write: changes at a steady rate while a client reads, in an order that the seed decides.
//!
//! They edit, rename across the whole alphabet, set managers, delete, restore, create, and now and then take somebody
//! away for good. Nothing is asked of a permission: they are the other people of the tenant.

use super::{
    chance::{self, Chance},
    deleted,
    directory::{Directory, Effect, NewUser},
    edit, record,
    record::Record,
    schema,
    service::{Service, lock},
};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

/// How often the rate is caught up with.
const TICK: Duration = Duration::from_millis(10);

/// Where they are.
#[derive(Debug)]
pub struct Churn {
    chance: Chance,
    seed: u64,
    changes: u64,
    stopped: bool,
    /// Those whom they deleted.
    deleted: Vec<u32>,
}

impl Churn {
    /// Before the first change.
    pub fn of(seed: u64) -> Churn {
        Churn {
            chance: Chance::new(seed, 0xC4_02_4E),
            seed,
            changes: 0,
            stopped: false,
            deleted: Vec::new(),
        }
    }
}

/// Lets them begin, when the options say so.
pub fn start(service: &Arc<Service>) {
    let Some(rate) = service.options.churn.filter(|rate| *rate > 0) else {
        return;
    };
    // A directory that is dropped ends them.
    let service = Arc::downgrade(service);
    let begun = Instant::now();
    tokio::spawn(async move {
        let mut made = 0_u64;
        loop {
            tokio::time::sleep(TICK).await;
            let due = (begun.elapsed().as_secs_f64() * f64::from(rate)) as u64;
            while made < due {
                let Some(service) = service.upgrade() else { return };
                if !service.churn_once() {
                    return;
                }
                made += 1;
            }
        }
    });
}

impl Service {
    /// One more change; false when they were told to stop.
    fn churn_once(&self) -> bool {
        // Held until the change is in: who stops them waits for it.
        let mut churn = lock(&self.churn);
        if churn.stopped {
            return false;
        }
        let mut directory = self.directory_mut();
        churn.changes += 1;
        let done = match churn.chance.below(100) {
            0..8 => match newcomer(&mut churn, &directory) {
                Some(user) => self.bear(&mut directory, user).map(|_| ()),
                None => Ok(()),
            },
            roll => match change(&mut churn, &directory, roll) {
                Some((place, effect)) => self.store(&mut directory, place, &effect),
                None => Ok(()),
            },
        };
        // A full disk ends them; the client is told of it by its own writes.
        done.is_ok()
    }

    /// Stops them: how many changes they made. The last one is in.
    pub fn stop_churn(&self) -> u64 {
        let mut churn = lock(&self.churn);
        churn.stopped = true;
        churn.changes
    }
}

fn somebody(churn: &mut Churn, directory: &Directory) -> Option<u32> {
    (0..50)
        .map(|_| churn.chance.below(directory.len()) as u32)
        .find(|place| !directory.is_deleted(*place) && directory.len() > *place as usize)
}

/// A name that nobody has, anywhere in the alphabet.
fn name(churn: &mut Churn, directory: &Directory) -> String {
    let letter = char::from(b'a' + churn.chance.below(26) as u8);
    let number = churn.changes;
    let domain = directory.tenant.domains.first().map_or("", String::as_str);
    format!("{letter}{}.moved{number}@{domain}", churn.chance.below(1_000))
}

fn newcomer(churn: &mut Churn, directory: &Directory) -> Option<NewUser> {
    let name = name(churn, directory);
    let (nick, _) = name.split_once('@')?;
    let values = [
        ("displayName", json!(format!("Newcomer {}", churn.changes))),
        ("userPrincipalName", json!(name)),
        ("mailNickname", json!(nick)),
        ("userType", json!("Member")),
        ("accountEnabled", json!(true)),
        ("city", json!("Delft")),
        ("createdDateTime", json!("2026-01-01T00:00:00Z")),
    ];
    let set = values
        .iter()
        .filter_map(|(name, value)| Some((schema::slot(name)?, value.to_string())));
    Some(NewUser {
        id: chance::guid(churn.seed ^ 0xC4_02_4E, churn.changes),
        record: Record::of(set),
        roles: Vec::new(),
    })
}

fn change(churn: &mut Churn, directory: &Directory, roll: usize) -> Option<(u32, Effect)> {
    let text = |churn: &mut Churn, words: &[&str]| match churn.chance.below(words.len() + 1) {
        0 => Value::Null,
        at => json!(format!(
            "{} {}",
            words.get(at - 1).copied().unwrap_or(""),
            churn.changes
        )),
    };
    let set = |place: u32, name: &str, value: Value| edit::effect(directory, place, name, &value).ok();
    match roll {
        8..16 => {
            let place = somebody(churn, directory)?;
            let mut effect = Effect::default();
            let slot = schema::slot("deletedDateTime")?;
            effect
                .settings
                .push((slot, Some(deleted::later(directory, place, slot))));
            churn.deleted.push(place);
            Some((place, effect))
        }
        16..23 if !churn.deleted.is_empty() => {
            let at = churn.chance.below(churn.deleted.len());
            let place = churn.deleted.swap_remove(at);
            // Another one may have restored it by now, or taken its name.
            if !directory.is_deleted(place) {
                return None;
            }
            let name = name(churn, directory);
            Some((
                place,
                Effect {
                    settings: vec![
                        (schema::slot("deletedDateTime")?, None),
                        (schema::slot("userPrincipalName")?, Some(record::quote(&name))),
                    ],
                    manager: None,
                },
            ))
        }
        23..25 if !churn.deleted.is_empty() => {
            let at = churn.chance.below(churn.deleted.len());
            let place = churn.deleted.swap_remove(at);
            directory
                .is_deleted(place)
                .then(|| (place, deleted::gone(directory, place)))
        }
        25..42 => {
            let place = somebody(churn, directory)?;
            let name = name(churn, directory);
            Some((place, set(place, "userPrincipalName", json!(name))?))
        }
        42..50 => {
            let (place, manager) = (somebody(churn, directory)?, somebody(churn, directory)?);
            let manager = (place != manager && churn.chance.below(4) > 0).then_some(manager);
            Some((
                place,
                Effect {
                    settings: Vec::new(),
                    manager: Some(manager),
                },
            ))
        }
        _ => {
            let place = somebody(churn, directory)?;
            let (name, words): (&str, &[&str]) = match churn.chance.below(6) {
                0 => ("jobTitle", &["Nurse", "Clerk", "Director"]),
                1 => ("city", &["Utrecht", "Zoetermeer"]),
                2 => ("department", &["Care", "Finance"]),
                3 => ("officeLocation", &["Room", "Floor"]),
                4 => ("employeeOrgData.division", &["North", "South"]),
                _ => ("mobilePhone", &["+31 6"]),
            };
            let value = text(churn, words);
            Some((place, set(place, name, value)?))
        }
    }
}
