//! `plan`: what a sheet would change. Nothing here can write to the directory.

use super::args::PlanArgs;
use super::connect::{Connected, Context, Job};
use super::error::CliError;
use super::exit::Exit;
use super::handover;
use super::papers::Papers;
use super::prepare::{Planned, plan_sheet, tell_findings};
use super::reading;
use crate::domain::{ConflictPolicy, Obstacle};
use crate::report::{PlanView, plan_json, plan_text};
use crate::terminal::Progress;

pub async fn run(context: &Context, arguments: &PlanArgs) -> Result<Exit, CliError> {
    reading::check_flags(&arguments.sheet, &arguments.reading)?;
    let state = context.state()?;
    let papers = Papers::begin(arguments)?;
    let connected = Connected::open(context, &state).await?;
    let (progress, reporter) = Progress::start(context.output.progress());
    let job = Job::new(context, &state, &connected, None);
    let planned = plan_sheet(
        &arguments.sheet,
        &arguments.reading,
        &arguments.guards,
        job,
        &reporter,
    )
    .await;
    let people = match (&planned, papers.hands_over()) {
        (Ok(planned), true) => handover::read(&planned.plan, job, &reporter).await,
        _ => Ok(None),
    };
    drop(reporter);
    progress.finish().await;
    let closed = connected.close().await;
    let (planned, people) = (planned?, people?);
    closed?;
    show(context, &planned, arguments.full)?;
    let obstacle = obstacle(&planned, arguments);
    let exit = match obstacle {
        Some(Obstacle::SheetErrors) => Exit::SheetErrors,
        Some(Obstacle::Guards) => Exit::GuardRefused,
        Some(Obstacle::Conflicts) => Exit::Conflicts,
        None if arguments.detailed_exitcode && !planned.plan.is_empty() => Exit::Changes,
        None => Exit::Done,
    };
    papers.write(planned, people.as_ref(), obstacle, context.output)?;
    Ok(exit)
}

/// The plan on stdout; the findings on stderr, or all of it as JSON.
fn show(context: &Context, planned: &Planned, full: bool) -> Result<(), CliError> {
    let output = context.output;
    if output.json {
        let Planned {
            facts,
            findings,
            plan,
            guards,
            forecast,
            ..
        } = planned;
        return output.json(&plan_json(facts, findings, plan, guards, *forecast));
    }
    tell_findings(output, &planned.name, planned.facts.rows, &planned.findings);
    let view = PlanView {
        paint: output.paint(),
        full,
    };
    output.data(&plan_text(&planned.plan, &planned.guards, planned.forecast, view))
}

/// What `apply` would say to this plan.
fn obstacle(planned: &Planned, arguments: &PlanArgs) -> Option<Obstacle> {
    let skip_errors = arguments.guards.skip_errors && !planned.unusable;
    let skip_conflicts = arguments.guards.conflicts != ConflictPolicy::Stop;
    planned
        .plan
        .obstacle(&planned.guards, skip_errors, skip_conflicts)
}
