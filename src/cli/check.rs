//! `check`: everything that can be said about a sheet without the network.

use super::annotate;
use super::args::CheckArgs;
use super::connect::Context;
use super::error::CliError;
use super::exit::Exit;
use super::fix;
use super::prepare::{prepare, tell_findings};
use crate::domain::Finding;
use crate::report::{Fixes, check_json, sheet_line};
use crate::terminal::Progress;

pub async fn run(context: &Context, arguments: &CheckArgs) -> Result<Exit, CliError> {
    if let Some(copy) = &arguments.output {
        fix::check_target(copy)?;
    }
    if let Some(target) = &arguments.annotate {
        annotate::check_target(target)?;
    }
    let state = context.state()?;
    let (progress, reporter) = Progress::start(context.output.progress());
    let prepared = prepare(
        &arguments.sheet,
        &arguments.reading,
        &[],
        None,
        &state,
        &reporter,
        context.output,
    )
    .await;
    drop(reporter);
    progress.finish().await;
    let mut prepared = prepared?;
    crate::domain::find_doubles(&mut prepared.intake.rows);
    let findings = prepared.intake.all_findings();
    let fixes = Fixes::of(&findings);
    if let Some(copy) = &arguments.output {
        fix::write(copy, &prepared, &findings, &fixes)?;
    }
    if let Some(target) = &arguments.annotate {
        annotate::write(target, &prepared, &findings)?;
    }
    let output = context.output;
    let fixed = arguments.output.as_deref().map(|copy| (copy, &fixes));
    if output.json {
        output.json(&check_json(Some(&prepared.facts), &findings, fixed))?;
    } else {
        if findings.is_empty() {
            output.say(&sheet_line(&prepared.name, prepared.facts.rows, &findings));
        } else {
            tell_findings(output, &prepared.name, prepared.facts.rows, &findings);
        }
        if let Some(copy) = &arguments.output {
            output.complain(&fixes.told(copy, &findings));
        }
        if let Some(target) = &arguments.annotate {
            output.say(&format!("The sheet with comments is in {}.", target.display()));
        }
    }
    let is_settled = |finding: &Finding| arguments.fix && fixes.settles(finding);
    let errors_left = findings
        .iter()
        .any(|finding| finding.is_error() && !is_settled(finding));
    Ok(if errors_left {
        Exit::SheetErrors
    } else {
        Exit::Done
    })
}
