//! A plan that a program holds, and what it takes to carry it out.

use std::path::Path;

use super::{CliError, Exit, GuardArgs, Planned, RunArgs};
use crate::cli::apply::{Way, refused};
use crate::cli::args::ApplyArgs;
use crate::cli::{sealed, typed};
use crate::domain::{ConflictPolicy, Contacts, Obstacle};
use crate::report::plan_json;
use crate::state::PlanFile;

/// A plan, with what was said when it was made.
pub struct Made {
    pub planned: Planned,
    /// What stands in its way.
    pub obstacle: Option<Obstacle>,
    pub(super) guards: GuardArgs,
    pub(super) made_at: jiff::Timestamp,
}

impl Made {
    /// The same as `plan --json`.
    pub fn json(&self) -> serde_json::Value {
        let planned = &self.planned;
        plan_json(
            &planned.facts,
            &planned.findings,
            &Contacts::Masked.plan(&planned.plan),
            &planned.guards,
            planned.forecast,
            &planned.choice_notes,
        )
    }
}

/// The plan file of a plan, and the command line it is applied with.
///
/// # Errors
/// What stands in its way before anything is asked.
pub(super) fn sealed_of(made: &Made, how: RunArgs) -> Result<(PlanFile, ApplyArgs), CliError> {
    let planned = &made.planned;
    if made.obstacle.is_some() {
        return Err(why_not(made));
    }
    if planned.plan.rows().is_empty() {
        return Err(CliError::usage("the sheet has no rows; nothing was written"));
    }
    let sheet = &planned.shape.path;
    // A plan file may travel without its sheet; this plan does not travel, and a sheet that was taken away is taken back.
    if !sheet.is_file() {
        return Err(CliError::usage(format!(
            "the sheet `{}` is not there any more; nothing was written",
            sheet.display()
        ))
        .hint("put it back as it was, or make a new plan"));
    }
    let arguments = of_sealed(sheet, &made.guards, how);
    sealed::check_flags(&arguments)?;
    let file = PlanFile::new(planned.plan.clone(), planned.shape.clone(), made.made_at);
    let file =
        file.map_err(|error| CliError::new(Exit::Unexpected, format!("the plan cannot be sealed: {error}")))?;
    Ok((file, arguments))
}

/// The command line that a sealed plan would be applied with. What its conflicts were to become was decided when it was made; of
/// cells that moved since, only leaving them alone can be decided now.
pub(super) fn of_sealed(sheet: &Path, guards: &GuardArgs, how: RunArgs) -> ApplyArgs {
    let mut guards = guards.clone();
    guards.skip_errors = false;
    guards.settle.conflicts = Some(guards.settle.policy()).filter(|policy| *policy == ConflictPolicy::Skip);
    ApplyArgs {
        sheet: Some(sheet.to_owned()),
        guards,
        run: RunArgs { yes: true, ..how },
        ..ApplyArgs::default()
    }
}

/// Why a plan with an obstacle is not carried out.
fn why_not(made: &Made) -> CliError {
    let (planned, guards) = (&made.planned, &made.guards);
    let way = Way {
        sheet: typed::word(&planned.shape.path.display().to_string()),
        is_void: false,
    };
    let (skip_errors, skip_conflicts) = planned.skips(guards);
    // The plan itself is given back.
    match planned
        .plan
        .clone()
        .approve(&planned.limits, skip_errors, skip_conflicts)
    {
        Err(not) => CliError {
            findings: planned.findings.clone(),
            ..refused(&not, &way)
        },
        // An obstacle does not go away by itself.
        Ok(_) => CliError::new(
            Exit::Unexpected,
            "the plan was not carried out; nothing was written",
        ),
    }
}
