//! The guards of a night: the limits of the feed, whom they leave to a person, and what a refusal says.

use super::night::Night;
use super::opening::Opened;
use crate::cli::args::GuardArgs;
use crate::cli::args_conflicts::SettleArgs;
use crate::cli::args_invite::InviteArgs;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::domain::{
    ApprovedPlan, ConflictPolicy, GuardReport, Limits, NotApproved, Obstacle, Permission, Plan, inspect,
};
use crate::feed::schedule::shell_word;
use crate::feed::{Refusal, never_allowed};

/// Approves the plan of a night. What counts over the whole plan is looked at first; then those whom a guard about people refuses
/// are left to a person, so that one administrator in the file does not stop the night of everybody else.
///
/// # Errors
/// A guard refuses the plan.
pub fn approve(mut plan: Plan, limits: &Limits, night: &mut Night) -> Result<ApprovedPlan, CliError> {
    let counted = inspect(&plan, limits).into_iter();
    let refused: Vec<GuardReport> = counted
        .filter(|guard| !guard.passed && !guard.is_of_people())
        .collect();
    if !refused.is_empty() {
        return Err(guards_refused(&refused, night));
    }
    plan.leave_to_people(limits, by_a_person);
    plan.approve(limits, true, true)
        .map_err(|not| not_approved(&not, night))
}

/// What to do about somebody whom the guards leave to a person.
fn by_a_person(needed: Permission) -> String {
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

fn not_approved(not: &NotApproved, night: &mut Night) -> CliError {
    match not.obstacle {
        Obstacle::Guards => {
            let refused = not.guards.iter().filter(|guard| !guard.passed);
            guards_refused(refused, night)
        }
        Obstacle::SheetErrors => CliError::new(
            Exit::SheetErrors,
            "what the file says has errors; nothing was written",
        ),
        Obstacle::Conflicts => CliError::new(Exit::Conflicts, "there are conflicts; nothing was written"),
    }
}

fn guards_refused<'g>(refused: impl IntoIterator<Item = &'g GuardReport>, night: &mut Night) -> CliError {
    let refused = refused.into_iter();
    night.summary.refusals = refused.map(refusal).collect();
    CliError::new(
        Exit::GuardRefused,
        "a guard refused the plan; nothing was written",
    )
}

/// What a guard refused, with the key of the settings that would let it pass.
fn refusal(guard: &GuardReport) -> Refusal {
    let help = match guard.flag.split_once(' ') {
        Some(("--allow", words)) => match never_allowed(words) {
            Some(reason) => format!("look at the file; {reason}"),
            None => format!("if this is meant, add \"{words}\" to `guards.allow`"),
        },
        Some((flag, value)) => format!(
            "look at the file; if this is meant, set `guards.{} = {value}`",
            flag.trim_start_matches('-')
        ),
        None => "look at the file".to_owned(),
    };
    Refusal {
        rule: format!("guard {}", guard.guard),
        found: guard.message.clone(),
        allowed: format!("{}, {}", guard.limit, guard.origin),
        help,
        counted: Some(guard.counted),
    }
}

/// The feed's own limits, as flags of `apply`.
pub fn flags(loaded: &Opened) -> String {
    let guards = &loaded.feed.settings.guards;
    let limits = [
        ("--max-users", &guards.max_users),
        ("--max-column", &guards.max_column),
        ("--max-clears", &guards.max_clears),
        ("--max-same-value", &guards.max_same_value),
        ("--max-enables", &guards.max_enables),
        ("--max-licenses", &guards.max_licenses),
    ];
    let mut text: String = limits
        .iter()
        .filter_map(|(flag, limit)| Some(format!(" {flag} {}", shell_word(&limit.as_ref()?.text()))))
        .collect();
    if !guards.allow.is_empty() {
        text.push_str(&format!(" --allow {}", shell_word(&guards.allow.join(","))));
    }
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
    }
}
