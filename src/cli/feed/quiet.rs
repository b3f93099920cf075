//! Nights without a new file: quiet for as long as no file is overdue.

use std::path::Path;

use super::gate;
use super::night::{Ended, Night};
use super::opening::Opened;
use super::remembering::last_good;
use super::waiting::waiting;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::feed::NightOutcome;
use crate::state::{self, Ledger, StateFolder};

/// A night without a file is quiet, until the last file that was taken is older than a file may be, and unless a plan waits.
///
/// # Errors
/// A new file is overdue.
pub fn no_file(
    loaded: &Opened,
    state: &StateFolder,
    why: &str,
    ledger: &Ledger,
    night: &mut Night,
) -> Result<Ended, CliError> {
    let last = ledger.last_processed()?;
    let plan = last.as_ref().and_then(|last| waiting(last, state));
    quiet_or_overdue(loaded, NightOutcome::NoFile, why, plan, ledger, night)
}

/// A file that was taken is no new file. When another was taken since, somebody has put it there again, or has taken back what the
/// other said; which of the two a person knows.
///
/// # Errors
/// Another one was taken since, or a new one is overdue.
pub fn seen_before(
    loaded: &Opened,
    state: &StateFolder,
    before: &state::Night,
    ledger: &Ledger,
    night: &mut Night,
) -> Result<Ended, CliError> {
    let why = format!("the file was taken before, on {:.0}", before.started_at);
    if ledger.last_processed()?.is_none_or(|last| last.id == before.id) {
        let plan = waiting(before, state);
        return quiet_or_overdue(loaded, NightOutcome::SeenBefore, &why, plan, ledger, night);
    }
    night.if_it_fails = Some(NightOutcome::Refused);
    Err(CliError::new(
        Exit::GuardRefused,
        format!("{why}, and another one since; nothing was written"),
    )
    .hint("if it is an old file, remove it; if it is right, `--again` takes it once more"))
}

fn quiet_or_overdue(
    loaded: &Opened,
    outcome: NightOutcome,
    why: &str,
    plan: Option<&Path>,
    ledger: &Ledger,
    night: &mut Night,
) -> Result<Ended, CliError> {
    let look = |plan: &Path| {
        format!(
            "a sealed plan waits for approval: look at `{}`, and apply it or remove it",
            plan.display()
        )
    };
    // A file whose plan waits was taken, though it is no good one yet.
    let taken = ledger.last_processed()?.map(|last| last.file.modified);
    let good = last_good(ledger, 1)?.map(|last| last.newest());
    match (
        taken.max(good).and_then(|newest| gate::overdue(loaded, newest)),
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
