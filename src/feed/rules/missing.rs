//! People who hold a number and are not in the file.

use super::super::settings::{FeedSettings, Missing};
use super::left::{leave_alone, left_alone};
use super::{Decided, PersonWish, Told, ToldKind};
use crate::domain::{Directory, Limit, UserState, Value};

/// More people than a night lets pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany {
    pub counted: u64,
    pub allowed: u64,
    /// How many hold a number.
    pub holders: u64,
}

fn at_most(max: Limit, counted: u64, holders: u64) -> Result<(), TooMany> {
    let allowed = max.users(holders);
    if counted <= allowed {
        return Ok(());
    }
    Err(TooMany {
        counted,
        allowed,
        holders,
    })
}

/// Whether no more people are switched off because they have left than `max` lets pass.
///
/// # Errors
/// Too many: a last day that is wrong for many would switch many off.
pub fn not_too_many_leavers(decided: &Decided, max: Limit, holders: u64) -> Result<(), TooMany> {
    at_most(max, decided.switched_off(), holders)
}

/// Whether it counts in how many files somebody is missing: whose account is off, or whom the directory on premises sees to, begins
/// anew when that is so no longer.
pub fn is_counted_missing(user: &UserState, directory: &Directory, settings: &FeedSettings) -> bool {
    directory.value(user, "accountEnabled") != Value::Boolean(false)
        && left_alone(user, directory, settings.people) != Some(ToldKind::Synced)
}

/// Decides about who is missing: `missing` are those whom the settings are about. Whose account is switched off already is not
/// counted: that is how it should end. Who is left alone counts for no limit, neither among the missing nor among the `holders`.
/// `days` tells in how many files of different days, this one included, somebody is missing, and whether a person has let them pass on
/// an earlier one: then they count for no limit any more.
///
/// # Errors
/// Too many at once: then it is the file that is wrong, and nothing of it is believed.
pub fn decide_missing(
    settings: &FeedSettings,
    max: Limit,
    directory: &Directory,
    missing: &[&UserState],
    holders: u64,
    days: impl Fn(&UserState) -> (u32, bool),
    decided: &mut Decided,
) -> Result<u64, TooMany> {
    let rules = &settings.missing;
    if rules.action == Missing::Nothing {
        return Ok(missing.len() as u64);
    }
    let active: Vec<&UserState> = missing
        .iter()
        .copied()
        .filter(|user| directory.value(user, "accountEnabled") != Value::Boolean(false))
        .collect();
    let in_reach = |user: &&UserState| left_alone(user, directory, settings.people).is_none();
    // A report does nothing to anybody, however long it is.
    if rules.action == Missing::Disable {
        at_most(
            max,
            active
                .iter()
                .copied()
                .filter(in_reach)
                .filter(|user| !days(user).1)
                .count() as u64,
            holders,
        )?;
    }
    let nights = rules.nights().max(1);
    for user in &active {
        let (days, _) = days(user);
        let is_counted = is_counted_missing(user, directory, settings);
        if rules.action == Missing::Disable && (days >= nights || !is_counted) {
            let wish = PersonWish {
                row: None,
                user: Some(user.id),
                upn: user.upn.clone(),
                cells: Vec::new(),
                disable: Some("missing.action"),
            };
            match left_alone(user, directory, settings.people) {
                Some(kind) => leave_alone(kind, wish, decided),
                None => decided.people.push(wish),
            }
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

#[cfg(test)]
mod tests {
    use super::super::tests::{BASE, people};
    use super::*;
    use crate::feed::settings::MissingRules;
    use crate::feed::testing::id;

    #[test]
    fn so_many_may_leave_in_one_night_and_no_more() {
        let mut decided = Decided::default();
        for user in 1..=3 {
            decided.people.push(PersonWish {
                row: Some(user),
                user: None,
                upn: String::new(),
                cells: Vec::new(),
                disable: Some("leavers.last-day"),
            });
        }
        assert_eq!(not_too_many_leavers(&decided, Limit::Users(3), 60), Ok(()));
        assert_eq!(
            not_too_many_leavers(&decided, Limit::Users(2), 60),
            Err(TooMany {
                counted: 3,
                allowed: 2,
                holders: 60
            })
        );
        // Who is missing is counted by a limit of its own.
        decided.people[0].row = None;
        assert_eq!(not_too_many_leavers(&decided, Limit::Users(2), 60), Ok(()));
    }

    #[test]
    fn who_is_missing_is_waited_for_and_too_many_stop_the_night() {
        let people = people();
        let missing: Vec<_> = [1, 2, 3]
            .iter()
            .filter_map(|number| people.user(&id(*number)))
            .collect();
        let run = |settings: &str, days: u32, holders: u64| {
            let settings: FeedSettings = toml::from_str(&format!("{BASE}{settings}")).unwrap();
            let mut decided = Decided::default();
            let max = settings
                .missing
                .max
                .as_ref()
                .map(|max| Limit::parse(&max.text()).unwrap());
            let max = max.unwrap_or(MissingRules::MAX);
            let counted = decide_missing(
                &settings,
                max,
                &people,
                &missing,
                holders,
                |_| (days, false),
                &mut decided,
            );
            counted.map(|_| format!("{} off, {} told", decided.people.len(), decided.told.len()))
        };
        let off = "[missing]\naction = 'disable'\n";
        // The third is switched off already.
        assert_eq!(run("", 9, 10), Ok("0 off, 0 told".to_owned()));
        assert_eq!(
            run("[missing]\naction = 'report'\n", 9, 10),
            Ok("0 off, 2 told".to_owned())
        );
        assert_eq!(run(off, 2, 10), Ok("0 off, 2 told".to_owned()));
        assert_eq!(run(off, 3, 10), Ok("2 off, 0 told".to_owned()));
        assert_eq!(
            run(&format!("{off}nights = 1\n"), 1, 10),
            Ok("2 off, 0 told".to_owned())
        );
        let too_many = TooMany {
            counted: 2,
            allowed: 1,
            holders: 10,
        };
        assert_eq!(run(&format!("{off}max = 1\n"), 3, 10), Err(too_many));
        assert_eq!(run(&format!("{off}max = '10%'\n"), 1, 10), Err(too_many));
        // Nothing is done to anybody.
        assert_eq!(
            run("[missing]\naction = 'report'\nmax = '10%'\n", 1, 10),
            Ok("0 off, 2 told".to_owned())
        );
    }
}
