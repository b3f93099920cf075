//! Nights without a new file: quiet for as long as no file is overdue.

use super::gate;
use super::night::{Ended, Night};
use super::opening::Opened;
use super::remembering::last_good;
use super::waiting::waiting;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::feed::NightOutcome;
use crate::state::{self, Ledger, StateFolder};

/// A night without a file is quiet, until the last good file is older than a file may be.
///
/// # Errors
/// A new file is overdue.
pub fn no_file(loaded: &Opened, why: &str, ledger: &Ledger, night: &mut Night) -> Result<Ended, CliError> {
    quiet_or_overdue(loaded, NightOutcome::NoFile, why, ledger, night)
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
        if let Some(plan) = waiting(before, state) {
            let message = format!("{why}, and its sealed plan waits for approval still");
            return Ok(Ended::new(NightOutcome::Waiting, Exit::Waiting, message)
                .help(format!("look at `{}`, and apply it or remove it", plan.display())));
        }
        return quiet_or_overdue(loaded, NightOutcome::SeenBefore, &why, ledger, night);
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
    ledger: &Ledger,
    night: &mut Night,
) -> Result<Ended, CliError> {
    let last = last_good(ledger, 1)?;
    match last.and_then(|last| gate::overdue(loaded, &last)) {
        None => {
            let message = format!("{why}; nothing was to be done");
            Ok(Ended::new(outcome, Exit::Done, message))
        }
        Some(refusal) => {
            night.if_it_fails = Some(NightOutcome::Refused);
            night.summary.refusals.push(refusal);
            Err(CliError::new(
                Exit::GuardRefused,
                format!("{why}, and a new one is overdue"),
            ))
        }
    }
}
