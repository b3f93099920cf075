//! `apply PLAN.json`: exactly that plan, or nothing.

use super::apply::{Under, Way, go_on, refused, survey_plan};
use super::args::ApplyArgs;
use super::connect::Job;
use super::error::CliError;
use super::exit::Exit;
use super::feed::approving;
use super::knowledge;
use super::limits::limits;
use super::prepare::forecast_of;
use super::sealed;
use crate::domain::inspect;
use crate::report::{PlanView, plan_text};
use crate::state::PlanFile;

/// Applies it; `feed` are the settings that were named for it.
pub async fn apply(
    job: Job<'_>,
    arguments: &ApplyArgs,
    file: PlanFile,
    feed: Option<approving::Opened>,
) -> Result<Exit, CliError> {
    let context = job.context;
    let known = sealed::check_withdrawn(&file, arguments, job)?;
    let approval = approving::check(feed, known, &file, arguments, context)?;
    sealed::check_binding(&file, job)?;
    sealed::check_plan_age(&file, arguments, job)?;
    sealed::check_fingerprint(&file.plan, arguments)?;
    let profile = match &approval {
        Some(approval) => approval.limits(&context.config.limits),
        None => context.config.limits.clone(),
    };
    let arguments = &match &approval {
        Some(approval) => approval.with_flags(arguments, &file.plan)?,
        None => arguments.clone(),
    };
    let mut limits = limits(&profile, &arguments.guards);
    limits.unattended = arguments.run.yes;
    knowledge::read(&file.plan, &mut limits, job).await?;
    if approval.is_some() {
        approving::check_list(&limits)?;
    }
    // Errors were held back when the plan was made: it would not have been written otherwise.
    let skip_conflicts = true;
    let approved = file.plan.approve(&limits, true, skip_conflicts).map_err(|not| {
        let error = refused(&not, &Way::default());
        match &approval {
            Some(approval) => approval.tell_of_people(error, &not.plan, &limits),
            None => error,
        }
    })?;
    if !arguments.run.yes {
        let plan = approved.plan();
        let forecast = forecast_of(plan, job.connected);
        let view = PlanView {
            paint: context.output.paint_error(),
            full: arguments.full,
            decides_by_sheet: false,
        };
        let told = context.output.contacts.plan(plan);
        context
            .output
            .say(&plan_text(&told, &inspect(plan, &limits), forecast, view));
    }
    let policy = arguments.guards.settle.policy();
    let known = survey_plan(&approved, policy, true, job).await?;
    let caller = limits.people.caller;
    let under = Under {
        profile: &profile,
        arguments,
        approval: approval.as_ref(),
    };
    go_on(job, under, approved, &file.sheet, known, caller).await
}
