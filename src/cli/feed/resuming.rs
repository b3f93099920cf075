//! A run that an earlier night began and did not end is taken to its end before anything else.

use std::path::PathBuf;

use super::night::Night;
use super::opening::Opened;
use crate::cli::args::{FeedRunArgs, ResumeArgs, RunArgs};
use crate::cli::connect::Context;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::resume;
use crate::domain::{RowStatus, RunId};
use crate::feed::feed_of;
use crate::report::hands;
use crate::state::{RunRecord, RunState, StateFolder};

/// The runs of the feed that have something left to do, oldest first.
///
/// # Errors
/// The folder cannot be read, or a run of the feed, or one that may be.
fn open_runs(state: &StateFolder, feed: &str) -> Result<Vec<RunId>, CliError> {
    let mut open: Vec<RunId> = Vec::new();
    for run in state.list_runs()? {
        let overview = match run.overview {
            Ok(overview) => overview,
            // It may have something left to do that nobody can tell; a new plan must not be written over it.
            Err(error) => match state.sheet_of(&run.id) {
                Ok(sheet) if feed_of(&sheet) != Some(feed) => continue,
                _ if state.is_given_up(&run.id) => continue,
                _ => return Err(error.into()),
            },
        };
        let is_open = overview.state != RunState::Finished || overview.remaining > 0;
        if is_open && feed_of(&overview.sheet) == Some(feed) && !state.is_given_up(&run.id) {
            open.push(run.id);
        }
    }
    open.reverse();
    Ok(open)
}

/// Whether there is one.
pub fn is_open(state: &StateFolder, feed: &str) -> bool {
    open_runs(state, feed).is_ok_and(|open| !open.is_empty())
}

/// Takes them to their end, and says which.
///
/// # Errors
/// One that does not end now: what it would still write must not meet a new plan.
pub async fn resume_open(
    context: &Context,
    arguments: &FeedRunArgs,
    state: &StateFolder,
    loaded: &Opened,
    night: &mut Night,
) -> Result<(), CliError> {
    for run in open_runs(state, &loaded.feed.settings.name)? {
        context
            .output
            .say(&format!("{run} of an earlier night did not end; it goes on now."));
        let how = ResumeArgs {
            run: run.to_string(),
            how: how(loaded, arguments, &format!("{}-{run}", night.stamp()))?,
        };
        let exit = Box::pin(resume::run(context, &how)).await?;
        night.summary.resumed.push(run.to_string());
        tell_of(&run, state, loaded, night)?;
        if !matches!(exit, Exit::Done | Exit::SomeFailed) {
            return Err(CliError::new(
                exit,
                format!("{run} of an earlier night could not be taken to its end"),
            )
            .hint("the next start goes on with it; until then nothing new is planned"));
        }
    }
    Ok(())
}

/// What became of it: the night that began it could not say so.
fn tell_of(run: &RunId, state: &StateFolder, loaded: &Opened, night: &mut Night) -> Result<(), CliError> {
    let Some(record) = RunRecord::open(state, run)? else {
        return Ok(());
    };
    let [written, left] = tally(record.counts()?.iter());
    let mut told = format!(
        "{run}, which an earlier night began, has written {written} users and not, or not wholly, {left}: `dirsheet report {run}` shows them"
    );
    let folder = loaded.feed.settings.joiners.as_ref();
    if let Some(folder) = folder.and_then(|joiners| joiners.passwords.as_ref()) {
        told.push_str(&format!(
            "; the first passwords of accounts that it made are in `{}`",
            loaded.path(folder).display()
        ));
    }
    let header = record.header();
    if let Some(hands) = hands(header.signed_in.as_ref(), &header.resumed_by) {
        told.push_str(&format!("; it was {hands}"));
    }
    night.before.told.push(told);
    night.before.needs_person |= left > 0;
    Ok(())
}

/// How many users a run wrote to, and how many it could not or not wholly; those of a night that was cut off.
pub fn users_of(state: &StateFolder, run: &RunId) -> Result<[u64; 2], CliError> {
    let Some(record) = RunRecord::open(state, run)? else {
        return Ok([0, 0]);
    };
    Ok(tally(record.counts()?.iter()))
}

/// How many users were written to, and how many could not be, or not wholly: who is written in part is both.
pub fn tally(rows: impl Iterator<Item = (RowStatus, u64)>) -> [u64; 2] {
    rows.fold([0, 0], |[written, failed], (status, rows)| match status {
        RowStatus::Updated => [written + rows, failed],
        RowStatus::Partial => [written + rows, failed + rows],
        RowStatus::Failed | RowStatus::NotSent => [written, failed + rows],
        RowStatus::Unchanged | RowStatus::Skipped | RowStatus::Conflict => [written, failed],
    })
}

/// How a run of a feed is carried out: nobody is asked.
pub fn how(loaded: &Opened, arguments: &FeedRunArgs, stamp: &str) -> Result<RunArgs, CliError> {
    Ok(RunArgs {
        yes: true,
        report_dir: arguments.report_dir.clone(),
        deadline: arguments.deadline,
        canary: None,
        stop_after_failures: None,
        no_verify: false,
        verify_patience: None,
        no_recheck: false,
        passwords: passwords_file(loaded, stamp)?,
        invitations: None,
    })
}

/// The new file for first passwords, where the settings name a folder for them, which is made.
///
/// # Errors
/// The folder cannot be made.
pub fn passwords_file(loaded: &Opened, stamp: &str) -> Result<Option<PathBuf>, CliError> {
    let settings = &loaded.feed.settings;
    let folder = settings
        .joiners
        .as_ref()
        .and_then(|joiners| joiners.passwords.as_ref());
    let Some(folder) = folder.map(|folder| loaded.path(folder)) else {
        return Ok(None);
    };
    std::fs::create_dir_all(&folder).map_err(|error| {
        CliError::usage(format!("cannot make the folder `{}`: {error}", folder.display()))
            .hint("`joiners.passwords` names it")
    })?;
    Ok(Some(
        folder.join(format!("{}-{stamp}-passwords.csv", settings.name)),
    ))
}
