//! Nights without a new file: quiet for as long as no file is overdue.

use std::collections::BTreeMap;
use std::path::Path;

use super::gate;
use super::incoming::lying;
use super::night::{Ended, Night, day_of, today};
use super::opening::whole_path;
use super::remembering::last_good;
use super::run::Desk;
use super::waiting::waiting;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::domain::shorten;
use crate::feed::{NightOutcome, Refusal};
use crate::state::{self, Ledger};
use crate::table::file_sha256;

/// A night without a file is quiet, until the last file that was taken is older than a file may be, and unless a plan waits.
///
/// # Errors
/// A new file is overdue.
pub fn no_file(
    desk: &Desk<'_>,
    why: &str,
    ledger: &mut Ledger,
    night: &mut Night,
) -> Result<Ended, CliError> {
    let last = ledger.last_processed()?;
    // A slip in the pattern shows beside the names that lie there.
    night.summary.help_here.extend(lying(desk.loaded));
    if last.is_none() && ledger.last_good()?.is_none() {
        return none_ever(desk, why, ledger, night);
    }
    let plan = last.as_ref().and_then(|last| waiting(last, desk.state));
    quiet_or_overdue(desk, NightOutcome::NoFile, why, plan, ledger, night)
}

/// No file was ever taken: it may be too early, and it may be that the settings name no file of this world.
fn none_ever(desk: &Desk<'_>, why: &str, ledger: &mut Ledger, night: &mut Night) -> Result<Ended, CliError> {
    let first = ledger.first_start(night.summary.started_at)?;
    let newest = ledger.nights(1)?.pop().map(|newest| newest.started_at);
    let (since, told) = match newest {
        None => (
            first,
            format!("no file has come since the feed was first started, on {first:.0}"),
        ),
        Some(at) => (
            at,
            format!("no file has come since the one of {at:.0}, which was not taken"),
        ),
    };
    let command = format!(
        "`dirsheet feed check {}` lists what is there",
        desk.settings_word()
    );
    let age = desk.loaded.feed.gate.age.value;
    if let Some(age) = age.filter(|age| night.summary.started_at.duration_since(since) > *age) {
        night.if_it_fails = Some(NightOutcome::Refused);
        night.summary.refusals.push(Refusal {
            rule: "gate.age".to_owned(),
            found: told,
            allowed: format!("a file in {} h", age.as_hours()),
            help: format!(
                "look whether the HR system sends a file, and whether `source.path` names it ({command}); set `gate.age` where files come less often"
            ),
            ..Refusal::default()
        });
        return Err(CliError::new(
            Exit::GuardRefused,
            format!("{why}, and one is overdue"),
        ));
    }
    let until = age.and_then(|age| since.checked_add(age).ok());
    let until = until.map_or_else(String::new, |until| format!(", and refused from {until:.0} on"));
    let message = format!("{why}: {told}; nothing was to be done");
    Ok(Ended::new(NightOutcome::NoFile, Exit::Done, message).help(format!(
        "if a file should be there, look at `source.path`: {command}; a night without one is quiet now{until}"
    )))
}

/// A file that was taken is no new file. When another was taken since, somebody has put it there again, or has taken back what the
/// other said; which of the two a person knows.
///
/// # Errors
/// Another one was taken since, or a new one is overdue.
pub fn seen_before(
    desk: &Desk<'_>,
    before: &state::Night,
    ledger: &Ledger,
    night: &mut Night,
) -> Result<Ended, CliError> {
    let why = format!("the file was taken before, on {:.0}", before.started_at);
    if let Some(changed) = changed_since(desk, before, ledger)? {
        let command = format!(
            "dirsheet feed run {} --again{}",
            desk.settings_word(),
            desk.context.place
        );
        night.remarks.push(format!(
            "`{changed}` was changed after that night, and the file was not looked at with it: `{command}` takes it once more"
        ));
    }
    if ledger.last_processed()?.is_none_or(|last| last.id == before.id) {
        let plan = waiting(before, desk.state);
        return quiet_or_overdue(desk, NightOutcome::SeenBefore, &why, plan, ledger, night);
    }
    night.if_it_fails = Some(NightOutcome::Refused);
    Err(CliError::new(
        Exit::GuardRefused,
        format!("{why}, and another one since; nothing was written"),
    )
    .hint("if it is an old file, remove it; if it is right, `--again` takes it once more"))
}

fn quiet_or_overdue(
    desk: &Desk<'_>,
    outcome: NightOutcome,
    why: &str,
    plan: Option<&Path>,
    ledger: &Ledger,
    night: &mut Night,
) -> Result<Ended, CliError> {
    let look = |plan: &Path| {
        format!(
            "a sealed plan waits for approval: look at it, and approve it with `dirsheet apply {} --feed {} --state-dir {}{}` and the flags that its night has told besides, or remove it",
            whole_path(plan),
            desk.settings_word(),
            whole_path(desk.state.root()),
            desk.context.directory
        )
    };
    // A file whose plan waits was taken, though it is no good one yet.
    let taken = ledger.last_processed()?.map(|last| last.file.modified);
    let good = last_good(ledger, 1)?.map(|last| last.newest());
    match (
        taken
            .max(good)
            .and_then(|newest| gate::overdue(desk.loaded, newest)),
        plan,
    ) {
        (None, Some(plan)) => {
            let message = format!("{why}, and a sealed plan waits for approval still");
            Ok(Ended::new(NightOutcome::Waiting, Exit::Waiting, message).help(look(plan)))
        }
        (None, None) => {
            let message = format!("{why}; nothing was to be done");
            Ok(Ended::new(outcome, Exit::Done, message))
        }
        (Some(refusal), plan) => {
            night.if_it_fails = Some(NightOutcome::Refused);
            night.summary.refusals.push(refusal);
            let overdue = CliError::new(Exit::GuardRefused, format!("{why}, and a new one is overdue"));
            Err(overdue.hints(plan.map(look)))
        }
    }
}

/// Whether the content of the last file has been delivered once more, on a later day: nothing has changed in it but the day, on which
/// people may begin or have left. One whose plan waits, or whose run was taken back, is not believed a second time by itself.
///
/// # Errors
/// The ledger cannot be read, or the time zone is not known.
pub fn is_delivered_anew(
    desk: &Desk<'_>,
    before: &state::Night,
    file: &state::NightFile,
    ledger: &Ledger,
) -> Result<bool, CliError> {
    let settings = &desk.loaded.feed.settings;
    let is_last = ledger.last_processed()?.is_some_and(|last| last.id == before.id);
    let is_later = day_of(settings, before.started_at)? < today(settings)?;
    let is_new = file.modified > before.file.modified;
    let is_good = ledger.last_good()?.is_some_and(|good| good.night == before.id);
    Ok(is_last && is_later && is_new && is_good)
}

/// The settings and the tables of words beside them, each with the hash of its file; one that cannot be read has none.
pub fn hashes(desk: &Desk<'_>) -> BTreeMap<String, String> {
    let loaded = desk.loaded;
    let tables = loaded.feed.settings.tables.values();
    let tables = tables.map(|table| (table.file.clone(), loaded.path(&table.file)));
    let own = (loaded.name.clone(), desk.arguments.settings.clone());
    let all = [own].into_iter().chain(tables);
    all.filter_map(|(name, path)| Some((name, file_sha256(&path).ok()?)))
        .collect()
}

/// Which of them is another than in that night; `None` also where the night did not keep them.
fn changed_since(
    desk: &Desk<'_>,
    before: &state::Night,
    ledger: &Ledger,
) -> Result<Option<String>, CliError> {
    let Some(then) = ledger.settings_of(before.id)? else {
        return Ok(None);
    };
    let now = hashes(desk);
    let mut changed = now.iter().filter(|(name, hash)| then.get(*name) != Some(*hash));
    Ok(changed.next().map(|(name, _)| shorten(name)))
}
