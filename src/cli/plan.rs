//! `plan`: what a sheet would change. Nothing here can write to the directory.

use std::io::Write;
use std::path::Path;

use super::args::PlanArgs;
use super::connect::{Connected, Context, Job};
use super::error::CliError;
use super::exit::Exit;
use super::handover;
use super::prepare::{Planned, tell_findings};
use super::reading;
use super::restore::{self, plan_what};
use crate::domain::{ConflictPolicy, Obstacle};
use crate::report::{PlanView, plan_json, plan_text};
use crate::state::PlanFile;
use crate::table::AtomicFile;
use crate::terminal::Progress;

pub async fn run(context: &Context, arguments: &PlanArgs) -> Result<Exit, CliError> {
    restore::check_flags(&arguments.restore)?;
    if let Some(sheet) = &arguments.sheet {
        reading::check_flags(sheet, &arguments.reading)?;
    }
    let state = context.state()?;
    let base = arguments.reading.base.as_deref().map(Path::new);
    let rows_of = arguments.restore.rows_of.as_deref();
    for output in [&arguments.output, &arguments.handover].into_iter().flatten() {
        for input in [arguments.sheet.as_deref(), base, rows_of].into_iter().flatten() {
            check_is_another(input, output)?;
        }
    }
    let file = arguments.output.as_deref().map(AtomicFile::create).transpose()?;
    let handover = arguments
        .handover
        .as_deref()
        .map(AtomicFile::create)
        .transpose()?;
    let connected = Connected::open(context, &state).await?;
    let (progress, reporter) = Progress::start(context.output.progress());
    let job = Job::new(context, &state, &connected, None);
    let planned = plan_what(
        arguments.sheet.as_deref(),
        &arguments.restore,
        &arguments.reading,
        &arguments.guards,
        job,
        &reporter,
    )
    .await;
    let people = match (&planned, &handover) {
        (Ok(planned), Some(_)) => handover::read(&planned.plan, job, &reporter).await,
        _ => Ok(None),
    };
    drop(reporter);
    progress.finish().await;
    let closed = connected.close().await;
    let (planned, people) = (planned?, people?);
    closed?;
    show(context, &planned, arguments)?;
    if let Some(file) = handover {
        let path = file.path().to_owned();
        let rows = handover::write(file, &planned.plan, people.as_ref())?;
        let word = if rows == 1 { "row" } else { "rows" };
        let message = format!(
            "What is not sent is in {} ({rows} {word}), for the people who can do it.",
            path.display()
        );
        context.output.say(&message);
    }
    let exit = verdict(&planned, arguments);
    if arguments.fingerprint {
        // Whoever approves a plan by its fingerprint must be able to apply it.
        if exit == Exit::Done || exit == Exit::Changes {
            context
                .output
                .data(&format!("{}\n", planned.plan.fingerprint()))?;
        } else {
            let complaint = "No fingerprint is printed, because this plan may not be applied as it is.";
            context.output.complain(complaint);
        }
    }
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
fn show(context: &Context, planned: &Planned, arguments: &PlanArgs) -> Result<(), CliError> {
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
    let to_stdout = !arguments.fingerprint;
    let view = PlanView {
        paint: if to_stdout {
            output.paint()
        } else {
            output.paint_error()
        },
        full: arguments.full,
    };
    let text = plan_text(&planned.plan, &planned.guards, planned.forecast, view);
    if to_stdout {
        output.data(&text)
    } else {
        output.say(&text);
        Ok(())
    }
}

/// A plan never takes the place of what it was made from, whatever way the file is named.
fn check_is_another(input: &Path, output: &Path) -> Result<(), CliError> {
    match (input.canonicalize(), output.canonicalize()) {
        (Ok(read), Ok(written)) if read == written => Err(CliError::usage(format!(
            "the plan would replace `{}`, from which it is made",
            input.display()
        ))
        .hint("name another file: `-o plan.json`")),
        _ => Ok(()),
    }
}

/// What `apply` would say to this plan.
fn verdict(planned: &Planned, arguments: &PlanArgs) -> Exit {
    let skip_errors = arguments.guards.skip_errors && !planned.unusable;
    let skip_conflicts = arguments.guards.conflicts != ConflictPolicy::Stop;
    match planned
        .plan
        .obstacle(&planned.guards, skip_errors, skip_conflicts)
    {
        Some(Obstacle::SheetErrors) => Exit::SheetErrors,
        Some(Obstacle::Guards) => Exit::GuardRefused,
        Some(Obstacle::Conflicts) => Exit::Conflicts,
        None if arguments.detailed_exitcode && !planned.plan.is_empty() => Exit::Changes,
        None => Exit::Done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_does_not_replace_its_sheet() {
        let folder = tempfile::tempdir().unwrap();
        let sheet = folder.path().join("users.csv");
        std::fs::write(&sheet, "id\n").unwrap();
        std::fs::create_dir(folder.path().join("sub")).unwrap();
        let same = folder.path().join("sub").join("..").join("users.csv");
        for output in [&sheet, &same] {
            let error = check_is_another(&sheet, output).unwrap_err();
            assert_eq!(error.exit, Exit::Usage);
            assert!(error.message.contains("would replace"), "{}", error.message);
        }
        // A file that is not there yet, and a base that is a snapshot's name.
        assert_eq!(check_is_another(&sheet, &folder.path().join("plan.json")), Ok(()));
        assert_eq!(
            check_is_another(Path::new("snap-20261123-163203-224f"), &sheet),
            Ok(())
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_the_sheet_is_the_sheet() {
        let folder = tempfile::tempdir().unwrap();
        let (sheet, link) = (folder.path().join("users.csv"), folder.path().join("plan.json"));
        std::fs::write(&sheet, "id\n").unwrap();
        std::os::unix::fs::symlink(&sheet, &link).unwrap();
        assert!(check_is_another(&sheet, &link).is_err());
    }
}
