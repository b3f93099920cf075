//! Who is missing from the file of a night.

use std::collections::{BTreeMap, HashSet};

use super::finishing::write_told;
use super::night::Night;
use super::opening::{self, Opened};
use super::run::Desk;
use super::undone::Undone;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::domain::{Directory, Limit, UserState};
use crate::feed::settings::Missing;
use crate::feed::{
    Decided, Feed, Ground, Lift, Mapper, Mapping, Match, NightOutcome, Refusal, Told, ToldKind, TooMany,
    decide_missing, is_counted_missing, left_alone, missing_people, not_too_many_leavers,
};
use crate::state::{Ledger, MissingTally};
use crate::table::PlainTable;

/// Every text that may be somebody's number in the file, whatever became of its row.
pub fn all_keys(loaded: &Opened, plain: &PlainTable, mapping: &Mapping) -> Result<Vec<String>, CliError> {
    let counted: HashSet<u64> = mapping.rows.iter().map(|row| row.row).collect();
    let mut keys: Vec<String> = mapping.rows.iter().filter_map(|row| row.key.clone()).collect();
    // A row whose number is unreadable, or that cannot be trusted, names nobody for sure and everybody perhaps.
    let unsure: HashSet<u64> = mapping
        .rows
        .iter()
        .filter(|row| row.key.is_none())
        .map(|row| row.row)
        .collect();
    let rows = plain.table.rows().iter();
    let doubtful = rows.clone().filter(|row| unsure.contains(&row.row()));
    let untrusted = plain.unreadable.iter().map(|one| &one.row);
    for row in doubtful.chain(untrusted) {
        keys.extend(row.cells().map(str::to_owned));
    }
    let mapper = Mapper::new(&loaded.feed, plain.table.columns())
        .map_err(|problems| opening::refused(&loaded.folder, &problems))?;
    let left_out = rows.filter(|row| !counted.contains(&row.row()));
    for row in left_out {
        let own = mapper.explain(row).into_iter();
        let mut own = own.filter(|worked| worked.rule.key == loaded.feed.key.rule.key);
        keys.extend(own.next().and_then(|worked| worked.result.ok()));
    }
    Ok(keys)
}

/// Whether no more people are switched off in this night, because they have left, than the settings or `lifted` let pass.
///
/// # Errors
/// Too many: a last day that is wrong for many switches many off.
pub fn judge_leavers(
    desk: &Desk<'_>,
    ground: Ground<'_>,
    decided: &Decided,
    night: &mut Night,
) -> Result<(), CliError> {
    let max = max_or_lifted(desk.loaded.feed.leavers_max, Lift::Leavers, &desk.arguments.lift);
    let Err(too_many) = not_too_many_leavers(decided, max, holders(ground, |_| true)) else {
        return Ok(());
    };
    night.summary.counts.leavers = decided.leavers();
    let leavers = decided
        .people
        .iter()
        .filter(|one| one.disable.is_some() && one.row.is_some());
    let who = leavers.map(|one| Told {
        row: one.row,
        who: one.upn.clone(),
        kind: ToldKind::Leaver,
        message: format!("would be switched off ({})", one.disable.unwrap_or_default()),
    });
    let who = who.collect();
    Err(refused(
        desk,
        night,
        Lift::Leavers,
        (too_many, who),
        "would be switched off because they have left",
        ("look at the last days in the file", ""),
        "too many people have left at once; nothing was written",
    ))
}

/// The limit, unless somebody has said that it may be passed this once.
fn max_or_lifted(max: Limit, own: Lift, lifted: &[Lift]) -> Limit {
    if lifted.contains(&own) {
        Limit::Users(u64::MAX)
    } else {
        max
    }
}

/// Ends the night for a limit of people.
fn refused(
    desk: &Desk<'_>,
    night: &mut Night,
    limit: Lift,
    (too_many, who): (TooMany, Vec<Told>),
    what: &str,
    (look, more): (&str, &str),
    message: &str,
) -> CliError {
    let (rule, counted) = (limit.as_str(), too_many.counted);
    let table = rule.split('.').next().unwrap_or(rule);
    night.if_it_fails = Some(NightOutcome::Refused);
    let refusal = Refusal {
        rule: rule.to_owned(),
        found: format!(
            "{} of {} people who hold a number {what}",
            too_many.counted, too_many.holders
        ),
        allowed: too_many.allowed.to_string(),
        help: format!(
            "{look}; if these {counted} are right, `--lift {rule}` lets them pass once, and `max = {counted}` under [{table}] in FEED.toml for good{more}"
        ),
        lift: Some(rule.to_owned()),
        ..Refusal::default()
    };
    let refusal = refusal.about(who.iter().map(|told| told.who.clone()));
    night.summary.refusals.push(refusal);
    write_told(desk, who, night);
    CliError::new(Exit::GuardRefused, message)
}

/// Those of these people whom `missing.users` means.
///
/// # Errors
/// It cannot be worked out for somebody.
pub fn missed<'d>(
    feed: &Feed,
    people: Vec<&'d UserState>,
    directory: &Directory,
) -> Result<Vec<&'d UserState>, CliError> {
    let mut missed: Vec<&UserState> = Vec::new();
    for user in people {
        let values: BTreeMap<String, String> = directory
            .columns()
            .iter()
            .map(|column| {
                (
                    column.name.to_owned(),
                    directory.value(user, column.name).to_cell(),
                )
            })
            .collect();
        let is_missed = feed.is_missed(&values).map_err(|problem| {
            CliError::usage(format!(
                "`{}` cannot be worked out for somebody; nothing was written",
                problem.rule
            ))
            .hint(problem.message)
            .hint(problem.help)
        })?;
        if is_missed {
            missed.push(user);
        }
    }
    Ok(missed)
}

/// How many of these in the directory hold a number.
fn holders(ground: Ground<'_>, of: impl Fn(&UserState) -> bool) -> u64 {
    let directory = ground.directory;
    let holds = |user: &&UserState| of(user) && !directory.value(user, ground.key.name).to_cell().is_empty();
    directory.all().filter(holds).count() as u64
}

/// Decides about them, and says who they are. Who is held because of `undone` counts for no limit.
///
/// # Errors
/// Too many.
#[expect(
    clippy::too_many_arguments,
    reason = "a night in its middle knows all of these"
)]
pub fn missing(
    desk: &Desk<'_>,
    keys: &[String],
    (mapping, matches): (&Mapping, &[Match]),
    ground: Ground<'_>,
    ledger: &Ledger,
    undone: &Undone,
    decided: &mut Decided,
    night: &mut Night,
) -> Result<MissingTally, CliError> {
    let (loaded, lifted) = (desk.loaded, &desk.arguments.lift);
    let directory = ground.directory;
    let (feed, key) = (&loaded.feed, ground.key);
    let keys = keys.iter().map(String::as_str);
    let all = missing_people(keys, &mapping.rows, matches, directory, key);
    let missed = missed(feed, all, directory).inspect_err(|_| night.summary.quotes_cells = true)?;
    let holders = holders(ground, |user| {
        left_alone(user, directory, feed.settings.people).is_none()
    });
    let days = ledger.missing_with(ground.today)?;
    let let_pass = ledger.missing_let()?;
    let days_of = |user: &UserState| {
        let key = user.id.to_string();
        // Whom a person switched on again nobody switches off tonight.
        let is_let = let_pass.contains(&key) || undone.holds_account(user.id, desk.arguments);
        (days.get(&key).copied().unwrap_or(1), is_let)
    };
    match decide_missing(
        &feed.settings,
        max_or_lifted(feed.missing_max, Lift::Missing, lifted),
        directory,
        &missed,
        holders,
        days_of,
        decided,
    ) {
        Ok(count) => night.summary.counts.missing = count,
        Err(too_many) => {
            night.summary.counts.missing = too_many.counted;
            let rules = &feed.settings.missing;
            let nights = match (rules.action, rules.nights()) {
                (Missing::Disable, nights @ 2..) => format!(
                    "; nobody is switched off before the file of a day {nights} misses them too (`missing.nights`), and who was let pass counts no more on the days until then"
                ),
                _ => String::new(),
            };
            let counted = missed
                .iter()
                .filter(|user| is_counted_missing(user, directory, &feed.settings))
                .filter(|user| {
                    left_alone(user, directory, feed.settings.people).is_none() && !days_of(user).1
                });
            let who = counted.map(|user| Told {
                row: None,
                who: user.upn.clone(),
                kind: ToldKind::Missing,
                message: "is not in the file".to_owned(),
            });
            let who = who.collect();
            return Err(refused(
                desk,
                night,
                Lift::Missing,
                (too_many, who),
                "are not in the file",
                ("look whether the file is whole", &nights),
                "too many people are missing from the file; nothing was written",
            ));
        }
    }
    Ok(MissingTally {
        day: ground.today,
        let_pass: lifted.contains(&Lift::Missing),
        keys: missed
            .iter()
            .filter(|user| is_counted_missing(user, directory, &feed.settings))
            .map(|user| user.id.to_string())
            .collect(),
    })
}
