//! Sealed plans of a feed that wait for approval: which still do, and those that a newer file has overtaken.

use std::path::{Path, PathBuf};

use crate::cli::error::CliError;
use crate::state::{self, Ledger, NightId, NightOutcome, PlanFile, RunRecord, StateFolder, WITHDRAWN};

/// So many nights back a plan is looked for; older plans are refused for their age.
const NIGHTS: u32 = 60;

/// The run that carried out the night's sealed plan, if somebody approved it.
pub fn approved(night: &state::Night, state: &StateFolder) -> Option<String> {
    let plan = PlanFile::read(night.plan.as_ref()?).ok()?;
    let runs = state.list_runs().ok()?;
    let carried = runs.into_iter().find(|run| {
        let record = RunRecord::open(state, &run.id).ok().flatten();
        record.is_some_and(|record| record.header().plan_fingerprint == plan.fingerprint)
    });
    carried.map(|run| run.id.to_string())
}

/// The plan of a night, where it is there and nobody has approved it.
pub fn waiting<'n>(night: &'n state::Night, state: &StateFolder) -> Option<&'n Path> {
    let plan = night.plan.as_deref()?;
    let waits = night.outcome == Some(NightOutcome::AwaitsApproval) && plan.exists();
    (waits && approved(night, state).is_none()).then_some(plan)
}

/// The file of a night whose sealed plan somebody has approved since is a good one: the next is held against it.
///
/// # Errors
/// The ledger cannot be read or written.
pub fn take_approved(ledger: &mut Ledger, state: &StateFolder) -> Result<(), CliError> {
    match ledger.waiting()? {
        Some(night) if approved(&night, state).is_some() => Ok(ledger.waiting_is_good()?),
        _ => Ok(()),
    }
}

/// Puts the waiting plans of earlier nights out of the way: a newer file has said what is right now, and a plan from before it would
/// write what HR has taken back. Each is told with its place.
///
/// # Errors
/// The ledger cannot be read.
pub fn withdraw(ledger: &Ledger, state: &StateFolder, own: Option<NightId>) -> Result<Vec<String>, CliError> {
    let mut told = Vec::new();
    for earlier in ledger.nights(NIGHTS)? {
        if own == Some(earlier.id) {
            continue;
        }
        let Some(plan) = waiting(&earlier, state) else {
            continue;
        };
        let mut aside = plan.as_os_str().to_owned();
        aside.push(".");
        aside.push(WITHDRAWN);
        let aside = PathBuf::from(aside);
        told.push(match std::fs::rename(plan, &aside) {
            Ok(()) => format!(
                "the plan of {:.0} that waited for approval is withdrawn, because a newer file was taken: it is `{}` now",
                earlier.started_at,
                aside.display()
            ),
            Err(error) => format!(
                "the plan `{}` is overtaken by a newer file and could not be put aside: {error}; do not apply it",
                plan.display()
            ),
        });
    }
    Ok(told)
}
