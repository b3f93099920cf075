//! Sealed plans of a feed that wait for approval: which still do, and those that a newer file has overtaken.

use std::path::{Path, PathBuf};

use super::undo_runs::OfFeed;
use crate::cli::error::CliError;
use crate::domain::RunId;
use crate::state::{
    self, Ledger, NightId, NightOutcome, PlanFile, RunRecord, RunState, StateFolder, WITHDRAWN,
};

/// So many nights back a plan is looked for; older plans are refused for their age.
const NIGHTS: u32 = 60;

/// The run that carried out the night's sealed plan, if somebody approved it.
pub fn approved(night: &state::Night, state: &StateFolder) -> Option<RunId> {
    let plan = PlanFile::read(night.plan.as_ref()?).ok()?;
    run_of_plan(&plan.fingerprint, state)
}

/// The newest run of a plan.
fn run_of_plan(fingerprint: &str, state: &StateFolder) -> Option<RunId> {
    let runs = state.list_runs().ok()?;
    let mut runs = runs.into_iter().map(|run| run.id);
    runs.find(|run| {
        let record = RunRecord::open(state, run).ok().flatten();
        record.is_some_and(|record| record.header().plan_fingerprint == fingerprint)
    })
}

/// The plan of a night, where it is there and nobody has approved it.
pub fn waiting<'n>(night: &'n state::Night, state: &StateFolder) -> Option<&'n Path> {
    let plan = night.plan.as_deref()?;
    let waits = night.outcome == Some(NightOutcome::AwaitsApproval) && plan.exists();
    (waits && approved(night, state).is_none()).then_some(plan)
}

/// Settles which night is the last good one: it has been written whole, and nobody has taken that back. The file of a night that
/// waited for approval, or whose run was cut off, becomes it when its run is at its end; one whose run was undone is it no longer.
///
/// # Errors
/// The ledger or a journal cannot be read or written.
pub fn settle_good(ledger: &mut Ledger, state: &StateFolder, undos: &OfFeed) -> Result<(), CliError> {
    if let Some(waits) = ledger.waiting()? {
        let run = match (&waits.night.run, &waits.fingerprint) {
            (Some(run), _) => Some(run.clone()),
            (None, Some(fingerprint)) => run_of_plan(fingerprint, state),
            (None, None) => approved(&waits.night, state),
        };
        if let Some(run) = run
            && is_whole(&run, state)
            && !undos.is_taken_back(state, &run)?
        {
            ledger.waiting_is_good()?;
        }
    }
    while let Some(good) = ledger.last_good()? {
        let Some(night) = ledger.night(good.night)? else {
            break;
        };
        let run = night.run.clone().or_else(|| approved(&night, state));
        match run {
            Some(run) if undos.is_taken_back(state, &run)? => {}
            _ => break,
        }
        ledger.disown_last()?;
    }
    Ok(())
}

/// Whether a run came to its end, with nothing left and nothing given up.
fn is_whole(run: &RunId, state: &StateFolder) -> bool {
    let runs = state.list_runs().unwrap_or_default();
    let own = runs.into_iter().find(|listed| listed.id == *run);
    let overview = own.and_then(|listed| listed.overview.ok());
    overview.is_some_and(|overview| overview.state == RunState::Finished && overview.remaining == 0)
        && !state.is_given_up(run)
}

/// Withdraws the waiting plans of earlier nights: a newer file has said what is right now, and a plan from before it would write what
/// HR has taken back. The ledger knows them from here on by their fingerprint, and their files are put aside. Each is told.
///
/// # Errors
/// The ledger or a journal cannot be read or written.
pub fn withdraw(
    ledger: &mut Ledger,
    state: &StateFolder,
    undos: &OfFeed,
    own: Option<NightId>,
) -> Result<Vec<String>, CliError> {
    let mut told = Vec::new();
    for earlier in ledger.nights(NIGHTS)? {
        let Some(plan) = earlier.plan.as_deref() else {
            continue;
        };
        if own == Some(earlier.id) || earlier.outcome != Some(NightOutcome::AwaitsApproval) {
            continue;
        }
        // The file may lie elsewhere by now; a ledger of an earlier version knows the file alone.
        let fingerprint = match ledger.sealed(earlier.id)? {
            Some(kept) => Some(kept),
            None => PlanFile::read(plan).ok().map(|file| file.fingerprint),
        };
        // One whose run was given up or taken back could be applied once more.
        let run = fingerprint
            .as_ref()
            .and_then(|fingerprint| run_of_plan(fingerprint, state));
        let is_carried_out = match run {
            Some(run) => is_whole(&run, state) && !undos.is_taken_back(state, &run)?,
            None => false,
        };
        if is_carried_out || (fingerprint.is_none() && !plan.exists()) {
            continue;
        }
        ledger.withdraw(earlier.id, fingerprint.as_deref())?;
        let what = format!(
            "the plan of {:.0} that waited for approval is withdrawn, because a newer file was taken",
            earlier.started_at
        );
        if !plan.exists() {
            told.push(format!(
                "{what}; it lies at `{}` no more, and is refused wherever it lies",
                plan.display()
            ));
            continue;
        }
        let mut aside = plan.as_os_str().to_owned();
        aside.push(".");
        aside.push(WITHDRAWN);
        let aside = PathBuf::from(aside);
        told.push(match std::fs::rename(plan, &aside) {
            Ok(()) => format!("{what}: it is `{}` now", aside.display()),
            Err(error) => format!(
                "{what}; its file `{}` could not be put aside: {error}; `apply` with the feed's state folder refuses it",
                plan.display()
            ),
        });
    }
    Ok(told)
}
