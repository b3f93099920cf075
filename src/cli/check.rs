//! `check`: everything that can be said about a sheet without the network.

use std::path::Path;

use super::args::{CheckArgs, SheetArgs};
use super::connect::Context;
use super::copy;
use super::error::CliError;
use super::exit::Exit;
use super::keeper::Keeper;
use super::photos;
use super::prepare::{Prepared, prepare, tell_findings};
use super::reading;
use crate::domain::{Finding, Permission, find_doubles};
use crate::report::{Fixes, check_json, sheet_line};
use crate::state::StateFolder;

pub async fn run(context: &Context, arguments: &CheckArgs) -> Result<Exit, CliError> {
    copy::check_targets(arguments)?;
    let state = context.state()?;
    let sheet = photos::sheet_or_folder(
        arguments.sheet.as_deref(),
        &arguments.reading,
        &state,
        context.output,
    )?
    .ok_or_else(|| CliError::usage("`check` needs a sheet, or a folder of photos with `--photos`"))?;
    let (prepared, findings) = look(context, &state, &sheet, &arguments.reading, &arguments.allow).await?;
    let fixes = Fixes::of(&findings);
    // The findings are told in any case: they say why there is no copy.
    let copied = copy::write(
        arguments,
        &prepared,
        &findings,
        &fixes,
        Keeper::new(&state, context.output),
    );
    let output = context.output;
    let fixed = arguments.output.as_deref().filter(|_| copied.is_ok());
    let fixed = fixed.map(|copy| (copy, &fixes));
    if output.json {
        output.json(&check_json(Some(&prepared.facts), &findings, fixed))?;
    } else {
        if findings.is_empty() {
            output.say(&sheet_line(&prepared.name, prepared.facts.rows, &findings));
        } else {
            tell_findings(output, &prepared.name, prepared.facts.rows, &findings);
        }
        if let Some((copy, fixes)) = fixed {
            output.complain(&fixes.told(copy, &findings));
        }
        if let (Some(target), Ok(())) = (&arguments.annotate, &copied) {
            output.say(&format!("The sheet with comments is in {}.", target.display()));
        }
    }
    copied?;
    let is_settled = |finding: &Finding| arguments.fix && fixes.settles(finding);
    let errors_left = findings
        .iter()
        .any(|finding| finding.is_error() && !is_settled(finding));
    // The process ends: giving back the memory of a million rows, one by one, would only be waited for.
    std::mem::forget(prepared.intake);
    Ok(if errors_left {
        Exit::SheetErrors
    } else {
        Exit::Done
    })
}

/// A check never writes to the directory, so that it did not this time is no news.
fn without_promise(error: CliError) -> CliError {
    let message = error.message.trim_end_matches("; nothing was written").to_owned();
    CliError { message, ..error }
}

/// Reads the sheet, and finds what can be found without the network.
///
/// # Errors
/// The file is no sheet, or the base is none.
pub async fn look(
    context: &Context,
    state: &StateFolder,
    sheet: &Path,
    reading: &SheetArgs,
    allow: &[Permission],
) -> Result<(Prepared, Vec<Finding>), CliError> {
    reading::check_flags(sheet, reading)?;
    let (progress, reporter) = context.progress();
    let prepared = prepare(sheet, reading, allow, None, state, &reporter, context.output).await;
    drop(reporter);
    progress.finish().await;
    let mut prepared = prepared.map_err(without_promise)?;
    // Whom a row is about is not known here: it may be somebody new where that is to be allowed.
    let creates = allow.contains(&Permission::Create);
    let Prepared {
        intake, passwords, ..
    } = &mut prepared;
    passwords.weigh(&mut intake.rows, |row| {
        row.resets_password() || (creates && row.may_be_new())
    });
    intake.findings.extend(passwords.offline_finding());
    find_doubles(&mut prepared.intake.rows);
    let findings = photos::findings(sheet, reading, state, &prepared.intake);
    Ok((prepared, context.output.findings(findings)))
}
