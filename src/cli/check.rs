//! `check`: everything that can be said about a sheet without the network.

use super::args::CheckArgs;
use super::connect::Context;
use super::error::CliError;
use super::exit::Exit;
use super::prepare::{prepare, tell_findings};
use crate::domain::Finding;
use crate::report::{check_json, sheet_line};
use crate::terminal::Progress;

pub async fn run(context: &Context, arguments: &CheckArgs) -> Result<Exit, CliError> {
    let state = context.state()?;
    let (progress, reporter) = Progress::start(context.output.progress());
    let prepared = prepare(
        &arguments.sheet,
        &arguments.reading,
        None,
        &state,
        &reporter,
        context.output,
    )
    .await;
    drop(reporter);
    progress.finish().await;
    let prepared = prepared?;
    let mut intake = prepared.intake;
    crate::domain::find_doubles(&mut intake.rows);
    let findings = intake.all_findings();
    if context.output.json {
        context
            .output
            .json(&check_json(Some(&prepared.facts), &findings))?;
    } else if findings.is_empty() {
        context
            .output
            .say(&sheet_line(&prepared.name, prepared.facts.rows, &findings));
    } else {
        tell_findings(context.output, &prepared.name, prepared.facts.rows, &findings);
    }
    Ok(if findings.iter().any(Finding::is_error) {
        Exit::SheetErrors
    } else {
        Exit::Done
    })
}
