//! `resume`: goes on with a run that ended early, as if it had not.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::args::ResumeArgs;
use super::ask::confirm;
use super::carry::{open_private_files, report_dir};
use super::connect::{Connected, Context, Job};
use super::crossed::directory_name;
use super::error::CliError;
use super::exit::Exit;
use super::keeper::Keeper;
use super::output::Output;
use super::passwords;
use super::reports::{self, Report};
use super::runner::run_journal;
use super::sheet_passwords::SheetPasswords;
use super::warning::{Warner, WarningKind};
use crate::domain::{ApprovedOperations, Operation, RunId, UserId, is_same_service};
use crate::engine::{look_again, made_users, unmade_users};
use crate::report::{counted, hands, run_json, run_text};
use crate::state::{Journal, RunHeader, RunLock, RunRecord, RunState, StateFolder, TenantLock};

pub async fn run(context: &Context, arguments: &ResumeArgs) -> Result<Exit, CliError> {
    let state = context.state()?;
    let run = run_id(&arguments.run)?;
    let record = record(&state, &run)?;
    let unproved = if arguments.how.no_verify {
        0
    } else {
        record.unproved_count()
    };
    if record.remaining_count() == 0 && unproved == 0 {
        // It may have been killed before its last report was written, with an earlier one in place.
        let report = if record.state() == RunState::Finished {
            let folder = report_folder(&record, arguments, &state)?;
            reports::write(
                &record,
                &folder,
                context.output.contacts,
                Keeper::new(&state, context.output),
            )?
        } else {
            let ended = record.finished_at();
            drop(record);
            close(&state, &run, arguments, ended, context.output)?
        };
        context.output.say(&format!("{run} has nothing left to do."));
        if context.output.json {
            context.output.json(&run_json(&report.summary, &report.lines))?;
        } else {
            context
                .output
                .data(&run_text(&report.summary, &report.lines, context.output.paint()))?;
        }
        return Ok(if report.summary.needing_work() > 0 {
            Exit::SomeFailed
        } else {
            Exit::Done
        });
    }
    drop(record);
    let connected = Connected::open(context, &state).await?;
    let _alone = TenantLock::take(&state, &connected.tenant)?;
    let job = Job::new(context, &state, &connected, arguments.how.deadline);
    let exit = go_on(job, arguments, &run).await;
    let closed = connected.close().await;
    let exit = exit.map_err(|error| match error.exit {
        Exit::Interrupted | Exit::Unavailable => error.hint(format!("`dirsheet resume {run}` goes on")),
        _ => error,
    })?;
    closed?;
    Ok(exit)
}

/// Ends a run that was killed after its last outcome and before its report. No network is needed for that.
fn close(
    state: &StateFolder,
    run: &RunId,
    arguments: &ResumeArgs,
    ended: Option<jiff::Timestamp>,
    output: Output,
) -> Result<Report, CliError> {
    let journal = Journal::resume(RunLock::take(state, run)?)?.ok_or_else(|| unknown(run))?;
    let folder = report_folder(&journal, arguments, state)?;
    // One that ended in order keeps the moment it ended at.
    let record = journal.finish(RunState::Finished, ended.unwrap_or_else(jiff::Timestamp::now))?;
    reports::write(&record, &folder, output.contacts, Keeper::new(state, output))
}

/// Where the run began to write its report, unless another folder is named now.
fn report_folder(
    record: &RunRecord,
    arguments: &ResumeArgs,
    state: &StateFolder,
) -> Result<PathBuf, CliError> {
    let header = record.header();
    match (&arguments.how.report_dir, &header.report_dir) {
        (None, Some(folder)) => {
            // It may be gone by now.
            state.make_folder(Path::new(folder)).map_err(|error| {
                CliError::usage(format!("cannot make the report folder `{folder}`: {error}"))
                    .hint("name another folder with `--report-dir DIR`")
            })?;
            Ok(PathBuf::from(folder))
        }
        _ => report_dir(&arguments.how, &header.run, state),
    }
}

async fn go_on(job: Job<'_>, arguments: &ResumeArgs, run: &RunId) -> Result<Exit, CliError> {
    let Job {
        context,
        state,
        connected,
        ..
    } = job;
    // From here on no other process can work on the run, so what is read of it stays true.
    let lock = RunLock::take(state, run)?;
    refuse_undone(state, run)?;
    let mut journal = Journal::resume(lock)?.ok_or_else(|| unknown(run))?;
    let header = journal.header().clone();
    check_belongs(&header, connected)?;
    warn_of_others(&header, connected, &context.warner());
    let remaining = journal.remaining()?;
    let earlier: HashMap<_, _> = remaining
        .iter()
        .filter_map(|one| one.last.clone().map(|last| (one.operation.number, last)))
        .collect();
    let operations: Vec<_> = remaining.into_iter().map(|one| one.operation).collect();
    if header.passwords_of_sheet && passwords::are_set(&connected.session, operations.iter()) {
        offer_passwords_of_sheet(job, arguments, &journal, &operations)?;
    }
    passwords::check_operations(&arguments.how, &connected.session, operations.iter())?;
    // Reading back needs nobody's leave.
    if !arguments.how.yes && !operations.is_empty() {
        let question = format!(
            "In {}: go on with {} of {run} ({})?",
            directory_name(job).await,
            counted(operations.len() as u64, "request", "requests"),
            header.command
        );
        confirm(job, "resume", question).await?;
    }
    // What is only read back may be of new users as well.
    if journal.unproved_count() > 0 || operations.iter().any(|one| one.newcomers().next().is_some()) {
        let made = made_users(&journal)?;
        connected.session.trust_made(made.iter());
        let unmade = unmade_users(&journal)?;
        let unmade = unmade.iter().map(|(user, upn)| (*user, upn.as_str()));
        connected.session.give_up_newcomers(unmade);
    }
    let (progress, reporter) = context.progress();
    let known = look_again(
        operations.clone(),
        &earlier,
        header.undoes.is_none(),
        &connected.reader,
        &reporter,
        job.stop,
    )
    .await;
    drop(reporter);
    progress.finish().await;
    let folder = report_folder(&journal, arguments, state)?;
    // A look that failed leaves no empty file behind.
    let known = known?;
    drop(earlier);
    open_private_files(job, &arguments.how, &operations, &known)?;
    // Whoever only reads back what others wrote does not stand among them.
    if let Some(who) = connected.signed_in.as_ref().filter(|_| !operations.is_empty()) {
        journal.go_on_as(who)?;
    }
    let operations = ApprovedOperations::from_journal(operations);
    run_journal(job, &arguments.how, journal, operations, known, &folder).await
}

/// The first passwords of a run whose sheet held them come out of the same sheet again; no journal has them.
///
/// # Errors
/// The sheet does not tell them, and there is no file for new ones.
fn offer_passwords_of_sheet(
    job: Job<'_>,
    arguments: &ResumeArgs,
    journal: &RunRecord,
    operations: &[Operation],
) -> Result<(), CliError> {
    let names: HashMap<UserId, &str> = operations
        .iter()
        .map(|one| (one.user, one.upn.as_str()))
        .collect();
    let mut rows = Vec::new();
    journal.rows(|row| {
        let name = row.row.user.and_then(|user| names.get(&user));
        rows.extend(name.map(|name| (row.row, (*name).to_owned())));
        Ok::<(), CliError>(())
    })?;
    match SheetPasswords::of_run(journal.header(), &rows, job.state) {
        Ok(found) => job.connected.session.offer_passwords(found),
        Err(reason) if arguments.how.passwords.is_some() => job.context.warner().complain(
            WarningKind::NewPasswords,
            &format!("warning: the first passwords were in the sheet, and {reason}: new ones are made"),
        ),
        Err(reason) => {
            return Err(CliError::usage(format!(
                "the first passwords of this run were in its sheet, and {reason}; nothing was written"
            ))
            .hint("put the sheet back as it was, or add `--passwords FILE`: then new ones are made, and stand in that new file"));
        }
    }
    Ok(())
}

/// A run is carried on, or taken back, only in the directory in which it began. A practice directory may have come back on another
/// port.
pub fn check_belongs(header: &RunHeader, connected: &Connected) -> Result<(), CliError> {
    if header.tenant == connected.tenant && is_same_service(&header.graph_url, &connected.graph_url) {
        return Ok(());
    }
    Err(CliError::usage(format!(
        "{} belongs to tenant `{}` at {}, and this is tenant `{}` at {}",
        header.run, header.tenant, header.graph_url, connected.tenant, connected.graph_url
    )))
}

/// Says plainly that somebody else began the run: it is allowed, and nobody should do it without knowing. A run of an older
/// dirsheet does not tell who began it.
pub fn warn_of_others(header: &RunHeader, connected: &Connected, warner: &Warner) {
    let Some(began) = &header.signed_in else { return };
    let present = connected.signed_in.as_ref();
    let mut all = std::iter::once(began).chain(&header.resumed_by);
    if present.is_some_and(|who| all.all(|one| one.is_same(who))) {
        return;
    }
    let hands = hands(Some(began), &header.resumed_by).unwrap_or_else(|| format!("begun by {began}"));
    let present = match present {
        Some(who) => format!("you are signed in as {who}"),
        None => "this sign-in does not tell who it is".to_owned(),
    };
    let told = format!("warning: {} was {hands}, and {present}", header.run);
    warner.complain(WarningKind::OtherHands, &told);
}

/// Going on with a run that was taken back would write again what was undone.
fn refuse_undone(state: &StateFolder, run: &RunId) -> Result<(), CliError> {
    if state.is_given_up(run) {
        return Err(
            CliError::usage(format!("{run} was given up by `undo` before all of it was sent"))
                .hint("to write its sheet after all, make a new plan of it: `dirsheet plan SHEET`"),
        );
    }
    match state.undone_by(run)?.first() {
        None => Ok(()),
        Some(undo) => Err(CliError::usage(format!(
            "{run} was taken back by {undo}, and going on with it would write again what was undone"
        ))
        .hint("to write its sheet after all, make a new plan of it: `dirsheet plan SHEET`")),
    }
}

/// A run's name, as typed.
pub fn run_id(text: &str) -> Result<RunId, CliError> {
    RunId::parse(text).ok_or_else(|| {
        CliError::usage(format!(
            "`{text}` is not the name of a run (like `run-20261123-150312-9f3a`)"
        ))
        .hint("`dirsheet runs` lists them")
    })
}

/// A run's journal, for reading.
pub fn record(state: &StateFolder, run: &RunId) -> Result<RunRecord, CliError> {
    RunRecord::open(state, run)?.ok_or_else(|| unknown(run))
}

fn unknown(run: &RunId) -> CliError {
    CliError::usage(format!("there is no run `{run}` in the state folder")).hint("`dirsheet runs` lists them")
}
