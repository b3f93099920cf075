//! `plan`: what a sheet would change. Nothing here can write to the directory.

use std::io::Write;

use super::args::PlanArgs;
use super::connect::{Connected, Context, Job};
use super::error::CliError;
use super::exit::Exit;
use super::prepare::{Planned, plan_sheet, tell_findings};
use crate::domain::{ConflictPolicy, Obstacle};
use crate::engine::Stop;
use crate::report::{PlanView, plan_json, plan_text};
use crate::state::PlanFile;
use crate::table::AtomicFile;
use crate::terminal::Progress;

pub async fn run(context: &Context, arguments: &PlanArgs) -> Result<Exit, CliError> {
    let state = context.state()?;
    let file = arguments.output.as_deref().map(AtomicFile::create).transpose()?;
    let connected = Connected::open(context, &state).await?;
    let (progress, reporter) = Progress::start(context.output.progress());
    let stop = Stop::new();
    let listening = stop.listen(None);
    let job = Job {
        context,
        state: &state,
        connected: &connected,
        stop: &stop,
    };
    let planned = plan_sheet(
        &arguments.sheet,
        &arguments.reading,
        &arguments.guards,
        job,
        &reporter,
    )
    .await;
    listening.abort();
    drop(reporter);
    progress.finish().await;
    connected.close().await?;
    let planned = planned?;
    show(context, &planned, arguments.full)?;
    let exit = verdict(&planned, arguments);
    if let Some(mut file) = file {
        if exit == Exit::Done || exit == Exit::Changes {
            let sealed = PlanFile::new(planned.plan, planned.shape, jiff::Timestamp::now());
            let path = file.path().to_owned();
            let written = sealed.write(&mut file).and_then(|()| file.flush());
            written.map_err(|error| {
                CliError::new(
                    Exit::Unexpected,
                    format!("cannot write `{}`: {error}", path.display()),
                )
            })?;
            file.commit()?;
            context.output.say(&format!(
                "The plan is in {}; its fingerprint is {}.",
                path.display(),
                sealed.fingerprint
            ));
        } else {
            context
                .output
                .complain("The plan file was not written, because this plan may not be applied as it is.");
        }
    }
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
fn verdict(planned: &Planned, arguments: &PlanArgs) -> Exit {
    let skip_errors = arguments.guards.skip_errors && !planned.unusable;
    let skip_conflicts = arguments.guards.conflicts != ConflictPolicy::Stop;
    match planned.plan.obstacle(&planned.guards, skip_errors, skip_conflicts) {
        Some(Obstacle::SheetErrors) => Exit::SheetErrors,
        Some(Obstacle::Guards) => Exit::GuardRefused,
        Some(Obstacle::Conflicts) => Exit::Conflicts,
        None if arguments.detailed_exitcode && !planned.plan.is_empty() => Exit::Changes,
        None => Exit::Done,
    }
}
