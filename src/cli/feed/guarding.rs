//! The guards of a night: the limits of the feed, whom they leave to a person, and what a refusal says.

use std::collections::BTreeMap;
use std::path::Path;

use super::by_hand::{BY_HAND, by_hand, leave_out, left_to_people};
use super::night::Night;
use super::opening::Opened;
use super::run::Desk;
use crate::cli::args::GuardArgs;
use crate::cli::args_conflicts::SettleArgs;
use crate::cli::args_invite::InviteArgs;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::domain::{
    ApprovedPlan, Change, ConflictPolicy, GuardReport, Limits, NotApproved, Obstacle, Permission, Plan,
    Sourced, inspect,
};
use crate::feed::schedule::shell_word;
use crate::feed::{LIFTED_GUARDS, Lift, NightOutcome, OutcomeSheet, Refusal, never_allowed};
use crate::report::counted;
use crate::state::Ledger;

/// What a refusal is told with.
#[derive(Clone, Copy)]
pub struct Ground<'a> {
    pub loaded: &'a Opened,
    /// Users whom the plan switches off because they are not in the file.
    pub missing: u64,
    /// The sheet that the night leaves when it is refused; a dry run leaves none.
    pub sheet: Option<&'a Path>,
    /// What stands in it.
    pub outcome: &'a OutcomeSheet,
    /// What was lifted, as flags of `apply`.
    pub lifted: &'a [String],
    /// How many rows were taken out of that sheet because their people are for a person.
    pub left_out: u64,
    /// Cells or rows of the sheet have errors, which a feed holds back and makes dead letters of.
    pub has_errors: bool,
    /// Which column has most of what the plan changes, and of what it clears, in words.
    pub most: [&'a str; 2],
    /// The flags by which another command finds the same place.
    pub place: &'a str,
}

/// A plan that may be carried out.
pub struct Passed {
    pub approved: ApprovedPlan,
    /// What was lifted for it, as the flags of `apply` that its approval needs as well.
    pub lifted: Vec<String>,
}

/// Approves the plan of a night. What counts over the whole plan is looked at first; then those whom a guard about people refuses
/// are left to a person, so that one administrator in the file does not stop the night of everybody else.
///
/// # Errors
/// A guard refuses the plan, and nobody has lifted it.
pub fn approve(
    mut plan: Plan,
    mut limits: Limits,
    lifts: &[Lift],
    ground: Ground<'_>,
    night: &mut Night,
) -> Result<Passed, CliError> {
    if let Some((error, names)) = names_nobody(&limits) {
        // The file is not at fault: it stays where it is. Whom the list names leaves the machine in no message.
        night.if_it_fails = Some(NightOutcome::Failed);
        night.summary.help_here.push(names);
        if let Some(sheet) = ground.sheet {
            // It has values of people, and nobody is to apply it; a feed that starts often would leave one each time.
            let _gone = std::fs::remove_file(sheet);
        }
        return Err(error.hint("the file stays where it is, and the next start takes it"));
    }
    let most = [most(&plan, |_| true), most(&plan, Change::is_clear)];
    let over = inspect(&plan, &limits);
    let over = over.iter().filter(|guard| !guard.passed);
    let over = over.filter(|guard| !guard.is_of_people());
    let (lifted, refused): (Vec<&GuardReport>, Vec<&GuardReport>) =
        over.partition(|guard| lifts.contains(&Lift::Guard(guard.guard)));
    let lifted = as_flags(lifted);
    let ground = Ground {
        lifted: &lifted,
        most: [&most[0], &most[1]],
        ..ground
    };
    if !refused.is_empty() {
        let rows = left_to_people(&plan, &limits);
        return Err(match leave_out(ground, &rows) {
            Ok(ground) => guards_refused(refused, ground, night),
            // A sheet that is not what it is said to be must not be there.
            Err(error) => guards_refused(
                refused,
                Ground {
                    sheet: None,
                    ..ground
                },
                night,
            )
            .hint(error),
        });
    }
    Lift::take_away(lifts, &mut limits);
    plan.leave_to_people(&limits, by_a_person);
    let approved = plan
        .approve(&limits, true, true)
        .map_err(|not| not_approved(&not, ground, night))?;
    Ok(Passed { approved, lifted })
}

/// That the list of protected people names users whom the directory does not have, and, for this machine alone, whom. No word lifts
/// that but one that opens the whole list.
pub fn names_nobody(limits: &Limits) -> Option<(CliError, String)> {
    let nobody = &limits.people.listed_nobody;
    if nobody.is_empty() || limits.allowed.contains(&Permission::Protected) {
        return None;
    }
    let count = counted(nobody.len() as u64, "user", "users");
    let error = CliError::usage(format!(
        "`guards.protected` names {count} whom the directory does not have, so it is not known whom it protects; nothing was written"
    ))
    .hint("correct the list, with object ids where names may change");
    let names = format!(
        "{} names users whom the directory does not have: {}",
        limits.protected.origin,
        nobody.join(", ")
    );
    Some((error, names))
}

/// One flag for each of these guards, with the most that it counted.
pub fn as_flags<'g>(guards: impl IntoIterator<Item = &'g GuardReport>) -> Vec<String> {
    let mut most: BTreeMap<&str, &GuardReport> = BTreeMap::new();
    for guard in guards {
        let known = most.entry(guard.guard).or_insert(guard);
        if guard.counted > known.counted {
            *known = guard;
        }
    }
    most.into_values().map(|guard| guard.flag.clone()).collect()
}

/// What to do about somebody whom the guards leave to a person.
pub fn by_a_person(needed: Permission) -> String {
    let word = Permission::NAMES.iter().find(|(_, own)| *own == needed);
    let word = word.map_or("", |(word, _)| word);
    match never_allowed(word) {
        Some(_) => {
            format!(
                "change the user by hand, or with a sheet of its own: `dirsheet apply SHEET --allow {word}`"
            )
        }
        None => format!(
            "change the user by hand; or add \"{word}\" to `guards.allow` in FEED.toml, and the feed does it"
        ),
    }
}

fn not_approved(not: &NotApproved, ground: Ground<'_>, night: &mut Night) -> CliError {
    match not.obstacle {
        Obstacle::Guards => {
            let refused = not.guards.iter().filter(|guard| !guard.passed);
            guards_refused(refused, ground, night)
        }
        Obstacle::SheetErrors => CliError::new(
            Exit::SheetErrors,
            "what the file says has errors; nothing was written",
        ),
        Obstacle::Conflicts => CliError::new(Exit::Conflicts, "there are conflicts; nothing was written"),
    }
}

fn guards_refused<'g>(
    refused: impl IntoIterator<Item = &'g GuardReport>,
    ground: Ground<'_>,
    night: &mut Night,
) -> CliError {
    let refused: Vec<&GuardReport> = refused.into_iter().collect();
    let by_hand = by_hand(&refused, ground);
    let told = refused.into_iter();
    night.summary.refusals = told
        .map(|guard| refusal(guard, ground, by_hand.as_deref()))
        .collect();
    CliError::new(
        Exit::GuardRefused,
        "a guard refused the plan; nothing was written",
    )
}

/// What a guard refused, with the key of the settings that would let it pass.
fn refusal(guard: &GuardReport, ground: Ground<'_>, by_hand: Option<&str>) -> Refusal {
    let lift = LIFTED_GUARDS.iter().find(|name| **name == guard.guard);
    let help = match (lift, guard.flag.split_once(' ')) {
        (_, Some(("--allow", "unknown-roles"))) => {
            "give the app the permission `RoleManagement.Read.Directory`, so that it knows who is an administrator; if it has it, the service did not tell it tonight, and the next night may pass".to_owned()
        }
        (_, Some(("--allow", words))) => match never_allowed(words) {
            Some(reason) => match by_hand.filter(|_| BY_HAND.contains(&words)) {
                Some(by_hand) => format!("look at the file; {reason}, with the sheet of this night: {by_hand}"),
                None => format!("look at the file; {reason}"),
            },
            None => format!("if this is meant, add \"{words}\" to `guards.allow`"),
        },
        (Some(name), Some((_, value))) => format!(
            "look at the file; if this is meant, `--lift {name}` lets it pass once, and `guards.{name} = {value}` for good"
        ),
        (None, Some((flag, value))) => format!(
            "look at the file; if this is meant, set `{} = {value}` under the guards of the profile in config.toml",
            flag.trim_start_matches('-').replace('-', "_")
        ),
        (_, None) => "look at the file".to_owned(),
    };
    Refusal {
        rule: format!("guard {}", guard.guard),
        found: format!(
            "{}{}{}",
            guard.message,
            of_column(guard, ground.most),
            of_missing(guard, ground.missing)
        ),
        allowed: format!("{}, {}", guard.limit, guard.origin),
        help,
        lift: lift.map(|name| (*name).to_owned()),
        counted: Some(guard.counted),
        ..Refusal::default()
    }
}

/// The column with most of these changes, and how many it has; empty where there is none.
fn most(plan: &Plan, is_meant: impl Fn(&Change) -> bool) -> String {
    let mut columns: BTreeMap<&str, u64> = BTreeMap::new();
    for (_, change) in plan.changes().filter(|(_, change)| is_meant(change)) {
        *columns.entry(change.attribute.name).or_default() += 1;
    }
    // The first of those that have as many.
    let most = columns.into_iter().rev().max_by_key(|(_, count)| *count);
    most.map_or_else(String::new, |(column, count)| {
        format!("; most of it in `{column}`: {}", counted(count, "user", "users"))
    })
}

/// Where to look first, of a limit that counts over all columns.
fn of_column<'m>(guard: &GuardReport, [changed, cleared]: [&'m str; 2]) -> &'m str {
    match (guard.guard, &guard.column) {
        ("max-users", None) => changed,
        ("max-clears", None) => cleared,
        _ => "",
    }
}

/// That a guard counts people who are missing from the file, whom nobody would look for behind its figure.
fn of_missing(guard: &GuardReport, missing: u64) -> String {
    let is_about_them = match guard.column.as_deref() {
        Some(column) => column == "accountEnabled",
        None => ["max-users", "disable"].contains(&guard.guard),
    };
    if missing == 0 || !is_about_them {
        return String::new();
    }
    let people = counted(missing, "of them is", "of them are");
    format!("; {people} missing from the file, and would be switched off by `missing.action`")
}

/// The feed's own limits as flags of `apply`; `lifted` stand in the place of what they lift.
pub fn limits(loaded: &Opened, lifted: &[String]) -> String {
    let guards = &loaded.feed.settings.guards;
    let limits = [
        ("--max-users", &guards.max_users),
        ("--max-column", &guards.max_column),
        ("--max-clears", &guards.max_clears),
        ("--max-same-value", &guards.max_same_value),
        ("--max-enables", &guards.max_enables),
        ("--max-licenses", &guards.max_licenses),
    ];
    let is_lifted = |flag: &str| {
        lifted
            .iter()
            .any(|own| own.split(' ').next().is_some_and(|own| own == flag))
    };
    let mut text: String = limits
        .iter()
        .filter(|(flag, _)| !is_lifted(flag))
        .filter_map(|(flag, limit)| Some(format!(" {flag} {}", shell_word(&limit.as_ref()?.text()))))
        .collect();
    lifted.iter().for_each(|flag| text.push_str(&format!(" {flag}")));
    text
}

/// Errors and conflicts hold back cells and rows, which become dead letters; the limits come from the feed afterwards.
pub fn guard_args(loaded: &Opened) -> GuardArgs {
    GuardArgs {
        max_users: None,
        max_column: None,
        max_clears: None,
        max_same_value: None,
        max_enables: None,
        max_members: None,
        max_licenses: None,
        max_roles: None,
        max_actions: None,
        allow: loaded.feed.allow.clone(),
        new_names: None,
        invite: InviteArgs {
            invite_redirect: None,
            max_invites: None,
        },
        expect: None,
        settle: SettleArgs {
            conflicts: Some(ConflictPolicy::Skip),
            choices: None,
        },
        skip_errors: true,
        protected: Some(&loaded.feed.protected)
            .filter(|list| !list.is_empty())
            .map(|list| Sourced {
                value: list.clone(),
                origin: format!("guards.protected of the feed `{}`", loaded.feed.settings.name),
            }),
    }
}

/// What is said where neither the feed nor its profile protects anybody.
pub const NOBODY_PROTECTED: &str = "nobody is protected: neither `guards.protected` of the feed nor that of a profile names anybody whom no night may change, such as the board or accounts for emergencies";

/// In the first night somebody looks; so that is when it is said that nobody is protected.
///
/// # Errors
/// The ledger cannot be read.
pub fn tell_of_protection(desk: &Desk<'_>, ledger: &Ledger, night: &mut Night) -> Result<(), CliError> {
    let limits = &desk.context.config.limits;
    let is_list = !limits.protected.value.is_empty() || !desk.loaded.feed.protected.is_empty();
    if !is_list && limits.protected_filter.is_none() && ledger.last_processed()?.is_none() {
        night.remarks.push(NOBODY_PROTECTED.to_owned());
    }
    Ok(())
}
