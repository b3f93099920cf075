//! A journal's operations to their end: the canary and its question, the rest, the proof, the report.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use super::args::RunArgs;
use super::canary::{self, Verdict};
use super::connect::Job;
use super::error::CliError;
use super::exit::Exit;
use super::keeper::Keeper;
use super::passwords;
use super::reports;
use super::warning::WarningKind;
use crate::catalogue::Attribute;
use crate::domain::{ApprovedOperations, OperationNumber, RowStatus};
use crate::engine::{
    Applied, ApplyContext, ProveContext, Proved, Reporter, Stop, StopReason, Suspects, VERIFY_PATIENCE, Work,
    apply, prove,
};
use crate::report::{Verified, run_json, run_text};
use crate::state::{Journal, RunState};
use crate::terminal::Progress;

/// Why the operations of a journal were not all carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Halt {
    /// The engine stopped.
    Stopped(StopReason),
    /// After a good canary nobody could be asked, or the answer was no.
    Canary,
    /// The canary was not as it should be.
    BadCanary,
    /// What was written could not be read back.
    Unproved,
}

/// Takes a journal to its end and writes its report.
pub async fn run_journal(
    job: Job<'_>,
    how: &RunArgs,
    journal: Journal,
    operations: ApprovedOperations,
    known: Vec<Work>,
    report_dir: &Path,
) -> Result<Exit, CliError> {
    let run = journal.header().run.clone();
    let (output, warner) = (job.context.output, job.context.warner());
    let in_journal = |error: CliError| {
        let exit = if error.exit == Exit::Usage {
            Exit::Unexpected
        } else {
            error.exit
        };
        CliError { exit, ..error }
            .hint(format!(
                "what was done is in the journal: `dirsheet report {run}` shows it"
            ))
            .hint(format!(
                "if something is left to do, `dirsheet resume {run}` goes on"
            ))
    };
    let (journal, halt) = carry_through(job, how, journal, operations, known)
        .await
        .map_err(in_journal)?;
    let state = if journal.remaining_count() == 0 {
        RunState::Finished
    } else {
        RunState::Interrupted
    };
    let record = journal
        .finish(state, jiff::Timestamp::now())
        .map_err(|error| in_journal(error.into()))?;
    let report = match reports::write(
        &record,
        report_dir,
        output.contacts,
        Keeper::new(job.state, output),
    ) {
        Ok(report) => report,
        Err(error) => {
            // The files could not be written; what happened is told all the same.
            let report = reports::read(&record, output.contacts).map_err(in_journal)?;
            if output.json {
                output.json(&run_json(&report.summary, &report.lines))?;
            }
            return Err(in_journal(error));
        }
    };
    if report.summary.remaining > 0 {
        let left = record.remaining().map_err(|error| in_journal(error.into()))?;
        if passwords::are_set(&job.connected.session, left.iter().map(|one| &one.operation)) {
            let told = format!(
                "What is left to do sets passwords: `dirsheet resume {run} --passwords FILE`, with a new file."
            );
            warner.say(WarningKind::NeedsPasswords, &told);
        } else if record.header().passwords_of_sheet && left.iter().any(|one| one.operation.sets_password()) {
            let told = "What is left to do takes its first passwords out of the sheet: keep it where it is, unchanged.";
            warner.say(WarningKind::NeedsPasswords, told);
        }
    }
    if output.json {
        output.json(&run_json(&report.summary, &report.lines))?;
    } else {
        output.data(&run_text(&report.summary, &report.lines, output.paint()))?;
    }
    if report.summary.verified.shows_nothing() && halt.is_none() {
        let told = format!(
            "Nothing of what the service accepted shows in the directory so far: `dirsheet resume {run}` looks again."
        );
        warner.complain(WarningKind::NotProved, &told);
    }
    let summary = &report.summary;
    Ok(ending(halt, summary.remaining, &summary.rows, summary.verified))
}

/// The canary, the rest, and the proof.
async fn carry_through(
    job: Job<'_>,
    how: &RunArgs,
    journal: Journal,
    operations: ApprovedOperations,
    known: Vec<Work>,
) -> Result<(Journal, Option<Halt>), CliError> {
    let context = apply_context(job, how, &operations).await;
    let (first_rows, rest) = match how.canary {
        Some(rows) => canary::split(operations, rows),
        None => (ApprovedOperations::from_journal(Vec::new()), operations),
    };
    let numbers: HashSet<OperationNumber> = first_rows.as_slice().iter().map(|one| one.number).collect();
    let (first, others): (Vec<Work>, Vec<Work>) = known
        .into_iter()
        .partition(|work| numbers.contains(&work.number()));
    let mut journal = journal;
    let (mut operations, mut known) = (rest, others);
    if operations.as_slice().is_empty() {
        // The canary is the whole run.
        (operations, known) = (first_rows, first);
    } else if !numbers.is_empty() {
        let (after, stopped) = pass(job, journal, first_rows, first, &context).await?;
        journal = after;
        if let Some(reason) = stopped {
            prove_written(job, how, &mut journal).await?;
            return Ok((journal, Some(Halt::Stopped(reason))));
        }
        // A canary is there to be looked at, whatever is said about the rest.
        let proved = read_back(job, how, &mut journal, Some(&numbers)).await?;
        let left = operations.as_slice().len();
        let halt = match canary::go_on(job, how, &mut journal, &numbers, &proved, left).await? {
            Verdict::Go => None,
            Verdict::Wait => Some(Halt::Canary),
            Verdict::Bad => Some(Halt::BadCanary),
        };
        if let Some(halt) = halt {
            let asked_to_end = job.stop.reason().filter(|_| job.stop.is_draining());
            return Ok((journal, Some(asked_to_end.map_or(halt, Halt::Stopped))));
        }
    }
    let (mut journal, stopped) = pass(job, journal, operations, known, &context).await?;
    let unproved = prove_written(job, how, &mut journal).await?;
    Ok((journal, stopped.map(Halt::Stopped).or(unproved)))
}

/// What all passes of a run share beside the reporter, which each has for itself.
struct Shared {
    recheck: bool,
    failed_max: Option<u64>,
    suspects: Arc<Suspects>,
}

async fn apply_context(job: Job<'_>, how: &RunArgs, operations: &ApprovedOperations) -> Shared {
    let total = operations.as_slice().len() as u64;
    let mut attributes: Vec<&'static Attribute> = Vec::new();
    for change in operations.as_slice().iter().flat_map(|one| one.changes()) {
        if !attributes.contains(&change.attribute) {
            attributes.push(change.attribute);
        }
    }
    Shared {
        recheck: !how.no_recheck,
        failed_max: how.stop_after_failures.map(|limit| limit.users(total).max(1)),
        suspects: Arc::new(Suspects::new(job.connected.not_permitted(&attributes).await)),
    }
}

/// Carries some operations out.
async fn pass(
    job: Job<'_>,
    journal: Journal,
    operations: ApprovedOperations,
    known: Vec<Work>,
    shared: &Shared,
) -> Result<(Journal, Option<StopReason>), CliError> {
    let (progress, reporter) = job.context.progress();
    let context = ApplyContext {
        session: Arc::clone(&job.connected.session),
        reporter,
        stop: job.stop.clone(),
        deadline: job.deadline,
        recheck: shared.recheck,
        failed_max: shared.failed_max,
        suspects: Arc::clone(&shared.suspects),
        pauses: Arc::default(),
    };
    let applied = apply(journal, operations, known, &context).await;
    drop(context);
    progress.finish().await;
    let Applied { journal, stopped } = applied?;
    Ok((journal, stopped))
}

/// Reads back what was written, unless nobody wants to know; says why it could not be done, if so.
async fn prove_written(job: Job<'_>, how: &RunArgs, journal: &mut Journal) -> Result<Option<Halt>, CliError> {
    if how.no_verify {
        return Ok(None);
    }
    let proved = read_back(job, how, journal, None).await?;
    if let Some(reason) = proved.unread {
        let told = format!(
            "What was written could not be read back: {reason}. `dirsheet resume {}` looks again.",
            journal.header().run
        );
        job.context.warner().complain(WarningKind::NotProved, &told);
        return Ok(Some(Halt::Unproved));
    }
    if proved.hidden > 0 {
        let told = format!(
            "Of {} requests the service does not show what it accepted. `dirsheet resume {}` looks again.",
            proved.hidden,
            journal.header().run
        );
        job.context.warner().complain(WarningKind::NotProved, &told);
        return Ok(Some(Halt::Unproved));
    }
    let asked = proof_stop(job).is_draining() && journal.unproved_count() > 0;
    Ok(asked.then(|| Halt::Stopped(job.stop.reason().unwrap_or(StopReason::Interrupted))))
}

/// A run that stopped because of refusals has time to look at what it wrote. One that was asked to end has not, and one whose
/// service does not answer would wait for nothing.
fn proof_stop(job: Job<'_>) -> Stop {
    match job.stop.reason() {
        None | Some(StopReason::Failures) => job.stop.after_writing(),
        Some(_) => job.stop.clone(),
    }
}

async fn read_back(
    job: Job<'_>,
    how: &RunArgs,
    journal: &mut Journal,
    only: Option<&HashSet<OperationNumber>>,
) -> Result<Proved, CliError> {
    let (progress, reporter): (Progress, Reporter) = job.context.progress();
    let context = ProveContext {
        reader: &job.connected.reader.clone().until(job.deadline),
        patience: how.verify_patience.unwrap_or(VERIFY_PATIENCE),
        reporter: &reporter,
        stop: &proof_stop(job),
    };
    let proved = prove(journal, only, context).await;
    drop(reporter);
    progress.finish().await;
    Ok(proved?)
}

/// The exit code of a run.
fn ending(halt: Option<Halt>, remaining: u64, rows: &[(RowStatus, u64)], verified: Verified) -> Exit {
    match halt {
        Some(Halt::Canary | Halt::Stopped(StopReason::Interrupted)) => Exit::Interrupted,
        Some(Halt::BadCanary) => Exit::SomeFailed,
        Some(Halt::Unproved | Halt::Stopped(StopReason::Deadline | StopReason::Unavailable)) => {
            Exit::Unavailable
        }
        Some(Halt::Stopped(StopReason::SignIn)) => Exit::SignIn,
        Some(Halt::Stopped(StopReason::Journal | StopReason::Passwords)) => Exit::Unexpected,
        Some(Halt::Stopped(StopReason::Failures)) => Exit::SomeFailed,
        // A few rows got no clear answer: `resume` looks and decides.
        None if remaining > 0 => Exit::Unavailable,
        None if rows
            .iter()
            .any(|(status, count)| status.needs_work() && *count > 0) =>
        {
            Exit::SomeFailed
        }
        // Some of it being late is how directories are; all of it is not known to have happened.
        None if verified.shows_nothing() => Exit::Unavailable,
        None => Exit::Done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_of_which_nothing_shows_is_not_done_and_one_of_which_some_is_late_is() {
        let rows = [(RowStatus::Updated, 3)];
        for (confirmed, not_visible, exit) in
            [(0, 4, Exit::Unavailable), (1, 3, Exit::Done), (0, 0, Exit::Done)]
        {
            let verified = Verified {
                confirmed,
                not_visible,
                ..Verified::default()
            };
            assert_eq!(ending(None, 0, &rows, verified), exit, "{verified:?}");
        }
    }

    #[test]
    fn every_way_to_end_has_its_code() {
        let good = [(RowStatus::Updated, 3), (RowStatus::Failed, 0)];
        let bad = [(RowStatus::Updated, 3), (RowStatus::Failed, 1)];
        for (halt, remaining, rows, exit) in [
            (None, 0, good, Exit::Done),
            (None, 0, bad, Exit::SomeFailed),
            (None, 1, good, Exit::Unavailable),
            (Some(Halt::Canary), 5, good, Exit::Interrupted),
            (Some(Halt::BadCanary), 5, good, Exit::SomeFailed),
            (Some(Halt::Unproved), 0, good, Exit::Unavailable),
            (
                Some(Halt::Stopped(StopReason::Failures)),
                5,
                bad,
                Exit::SomeFailed,
            ),
            (
                Some(Halt::Stopped(StopReason::Interrupted)),
                5,
                good,
                Exit::Interrupted,
            ),
            (
                Some(Halt::Stopped(StopReason::Deadline)),
                5,
                bad,
                Exit::Unavailable,
            ),
            (
                Some(Halt::Stopped(StopReason::Unavailable)),
                5,
                bad,
                Exit::Unavailable,
            ),
            (Some(Halt::Stopped(StopReason::SignIn)), 5, bad, Exit::SignIn),
            (Some(Halt::Stopped(StopReason::Journal)), 5, bad, Exit::Unexpected),
        ] {
            assert_eq!(
                ending(halt, remaining, &rows, Verified::default()),
                exit,
                "{halt:?}"
            );
        }
    }
}
