//! `plan`: what a sheet would change. Nothing here can write to the directory.

use std::collections::BTreeMap;

use super::args::{GuardArgs, PlanArgs};
use super::choices::{self, Chosen};
use super::connect::{Connected, Context, Job};
use super::error::CliError;
use super::exit::Exit;
use super::handover;
use super::keeper::Keeper;
use super::limits;
use super::papers::Papers;
use super::photos;
use super::prepare::{Planned, tell_findings};
use super::reading;
use super::restore::{self, plan_what};
use crate::domain::{ConflictPolicy, GuardReport, Limits, Obstacle, inspect};
use crate::report::{PlanView, counted, plan_json, plan_text};

pub async fn run(context: &Context, arguments: &PlanArgs) -> Result<Exit, CliError> {
    restore::check_flags(&arguments.restore)?;
    limits::check_flags(&arguments.guards)?;
    if let Some(sheet) = &arguments.sheet {
        reading::check_flags(sheet, &arguments.reading)?;
    }
    let chosen = Chosen::read(arguments.guards.settle.choices.as_deref())?;
    let state = context.state()?;
    let sheet = photos::sheet_or_folder(
        arguments.sheet.as_deref(),
        &arguments.reading,
        &state,
        context.output,
    )?;
    let papers = Papers::begin(arguments, Keeper::new(&state, context.output))?;
    let connected = Connected::open(context, &state).await?;
    let (progress, reporter) = context.progress();
    let job = Job::new(context, &state, &connected, None);
    let planned = plan_what(
        sheet.as_deref(),
        &arguments.restore,
        &arguments.reading,
        &arguments.guards,
        &chosen,
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
    choices::tell(&planned.choice_notes, context.output);
    show(context, &planned, arguments)?;
    let obstacle = obstacle(&planned, &arguments.guards);
    if arguments.fingerprint {
        // Whoever approves a plan by its fingerprint must be able to apply it.
        if obstacle.is_none() {
            let fingerprint = planned.plan.fingerprint();
            context.output.data(&format!("{fingerprint}\n"))?;
        } else {
            let complaint = "No fingerprint is printed, because this plan may not be applied as it is.";
            context.output.complain(complaint);
        }
    }
    let exit = match obstacle {
        Some(Obstacle::SheetErrors) => Exit::SheetErrors,
        Some(Obstacle::Guards) => Exit::GuardRefused,
        Some(Obstacle::Conflicts) => Exit::Conflicts,
        None if arguments.detailed_exitcode && !planned.plan.is_empty() => Exit::Changes,
        None => Exit::Done,
    };
    let void = planned.plan.void_conflicts() as u64;
    let lifted = lifted(context, &planned);
    papers.write(planned, people.as_ref(), obstacle, &lifted, context.output)?;
    let stands = match obstacle {
        Some(Obstacle::SheetErrors) => "the sheet has errors",
        Some(Obstacle::Guards) => "a guard refuses it",
        Some(Obstacle::Conflicts) => "there are conflicts",
        None => {
            if void > 0 && arguments.guards.settle.policy() == ConflictPolicy::Mine {
                let cells = counted(void, "cell stays", "cells stay");
                context.output.complain(&format!(
                    "{cells} in conflict although `--conflicts mine` was asked: what was decided there was about other values. `apply` writes the others and ends with exit code 6."
                ));
            }
            return Ok(exit);
        }
    };
    context
        .output
        .complain(&format!("This plan may not be applied as it is: {stands}."));
    Ok(exit)
}

/// The plan on stdout; the findings on stderr, or all of it as JSON.
fn show(context: &Context, planned: &Planned, arguments: &PlanArgs) -> Result<(), CliError> {
    let output = context.output;
    if output.json {
        let Planned {
            facts,
            findings,
            plan,
            guards,
            forecast,
            choice_notes,
            ..
        } = planned;
        let plan = output.contacts.plan(plan);
        return output.json(&plan_json(
            facts,
            findings,
            &plan,
            guards,
            *forecast,
            choice_notes,
        ));
    }
    photos::tell(output, &planned.pictures);
    tell_findings(output, &planned.name, planned.facts.rows, &planned.findings);
    let to_stdout = !arguments.fingerprint;
    let view = PlanView {
        paint: if to_stdout {
            output.paint()
        } else {
            output.paint_error()
        },
        full: arguments.full,
        decides_by_sheet: arguments.conflicts.conflict_sheet.is_some(),
    };
    let text = plan_text(
        &output.contacts.plan(&planned.plan),
        &planned.guards,
        planned.forecast,
        view,
    );
    if to_stdout {
        output.data(&text)
    } else {
        output.say(&text);
        Ok(())
    }
}

/// The flags without which a guard would refuse the plan. They are in no plan file.
fn lifted(context: &Context, planned: &Planned) -> Vec<String> {
    let limits = Limits {
        people: planned.limits.people.clone(),
        ..context.config.limits.clone()
    };
    // Of one flag the highest number; each permission has a word of its own.
    let mut flags: BTreeMap<String, GuardReport> = BTreeMap::new();
    for guard in inspect(&planned.plan, &limits)
        .into_iter()
        .filter(|guard| !guard.passed)
    {
        let (name, value) = guard.flag.split_once(' ').unwrap_or((&guard.flag, ""));
        let is_number = value.bytes().all(|byte| byte.is_ascii_digit());
        let key = if is_number { name } else { &guard.flag }.to_owned();
        match flags.get(&key) {
            Some(known) if known.counted >= guard.counted => {}
            _ => drop(flags.insert(key, guard)),
        }
    }
    flags.into_values().map(|guard| guard.flag).collect()
}

/// What `apply` would say to this plan.
pub fn obstacle(planned: &Planned, guards: &GuardArgs) -> Option<Obstacle> {
    let (skip_errors, skip_conflicts) = planned.skips(guards);
    planned
        .plan
        .obstacle(&planned.guards, skip_errors, skip_conflicts)
}
