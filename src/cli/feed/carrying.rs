//! The ordinary road for the sheet of a night: plan, guards, and then a run or a sealed plan.

use std::path::{Path, PathBuf};

use super::night::{Ended, Night};
use super::opening::Opened;
use super::resuming::how;
use crate::cli::args::{FeedRunArgs, GuardArgs, SheetArgs};
use crate::cli::args_conflicts::SettleArgs;
use crate::cli::args_invite::InviteArgs;
use crate::cli::carry::{Start, carry_out};
use crate::cli::choices::Chosen;
use crate::cli::connect::Job;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::prepare::{Planned, plan_sheet};
use crate::cli::{invitations, passwords, photos, reports};
use crate::domain::{
    ApprovedPlan, ConflictPolicy, GuardReport, NotApproved, Obstacle, Permission, RowStatus,
};
use crate::feed::schedule::shell_word;
use crate::feed::{DeadLetter, Doubt, NightOutcome, OutcomeSheet, Refusal, never_allowed};
use crate::report::{counted, figures};
use crate::state::{KeptFigures, Ledger, NightId, PlanFile, RunRecord};
use crate::table::AtomicFile;
use crate::terminal::Progress;

/// What became of the sheet.
pub struct Carried {
    pub ended: Ended,
    /// Rows of the source that were held back on the way, or refused by the service.
    pub letters: Vec<DeadLetter>,
}

/// Plans the sheet, and carries it out as far as the settings let it. `more` is allowed besides what they allow.
#[expect(
    clippy::too_many_arguments,
    reason = "a night in its middle knows all of these"
)]
pub async fn carry(
    path: &Path,
    sheet: &OutcomeSheet,
    loaded: &Opened,
    arguments: &FeedRunArgs,
    more: &[Permission],
    ledger: &mut Ledger,
    (begun, kept): (Option<NightId>, Option<&KeptFigures>),
    job: Job<'_>,
    night: &mut Night,
) -> Result<Carried, CliError> {
    let (progress, reporter) = Progress::start(job.context.output.progress());
    let guards = guard_args(loaded);
    let planned = plan_sheet(path, &sheet_args(), &guards, &Chosen::default(), job, &reporter).await;
    drop(reporter);
    progress.finish().await;
    // What the checks of a sheet find is told with its cells.
    let mut planned = planned.inspect_err(|error| {
        night.summary.quotes_cells = error.exit == Exit::SheetErrors;
    })?;
    loaded.feed.set_limits(&mut planned.limits);
    planned.limits.allowed.extend(more);
    let letters = held_back(&planned, sheet);
    if planned.unusable {
        night.summary.quotes_cells = true;
        return Err(unusable(&planned));
    }
    job.context.output.say(&figures(&planned.plan, planned.forecast));
    let Planned {
        plan, limits, shape, ..
    } = planned;
    let approved = plan
        .approve(&limits, true, true)
        .map_err(|not| not_approved(&not, night))?;
    let summary = approved.plan().summary();
    if summary.users_changed == 0 {
        let ended = Ended::new(NightOutcome::Unchanged, Exit::Done, "there is nothing to write");
        return Ok(Carried { ended, letters });
    }
    if arguments.dry_run {
        let message = format!(
            "{} would change; nothing was written",
            users(summary.users_changed)
        );
        return Ok(Carried {
            ended: Ended::new(NightOutcome::Shown, Exit::Done, message),
            letters,
        });
    }
    let above = arguments.approve_above.or(loaded.feed.settings.approve.above);
    if above.is_some_and(|above| summary.users_changed > above) {
        let file = PlanFile::new(approved.plan().clone(), shape, jiff::Timestamp::now())
            .map_err(|error| CliError::new(Exit::Unexpected, error.to_string()))?;
        let ended = seal(&file, loaded, job, night, summary.users_changed)?;
        return Ok(Carried { ended, letters });
    }
    let caller = limits.people.caller;
    job.connected
        .check_permissions(approved.plan(), caller.as_deref())
        .await?;
    let how = how(loaded, arguments, &night.stamp())?;
    passwords::check(approved.plan(), &how, &job.connected.session)?;
    invitations::check(approved.plan(), &how, job.context.output)?;
    photos::check_kept(approved.plan(), job.state)?;
    let start = Start::new(&approved, &shape, "apply", job.connected);
    let run = start.run().clone();
    night.summary.run = Some(run.to_string());
    if let Some(id) = begun {
        ledger.run_begins(id, &run, kept)?;
    }
    let exit = carry_out(job, &how, start, &approved, Vec::new()).await?;
    run_ended(&run, exit, sheet, letters, &approved, job, night)
}

/// What became of the run, as its journal says.
fn run_ended(
    run: &crate::domain::RunId,
    exit: Exit,
    sheet: &OutcomeSheet,
    mut letters: Vec<DeadLetter>,
    approved: &ApprovedPlan,
    job: Job<'_>,
    night: &mut Night,
) -> Result<Carried, CliError> {
    let Some(record) = RunRecord::open(job.state, run)? else {
        return Err(CliError::new(
            Exit::Unexpected,
            format!("the journal of {run} is gone"),
        ));
    };
    let report = reports::read(&record, job.context.output.contacts)?;
    let (mut written, mut failed) = (0, 0);
    letters.clear();
    for line in &report.lines {
        match line.status {
            RowStatus::Updated => written += 1,
            RowStatus::Partial => {
                written += 1;
                failed += 1;
            }
            RowStatus::Failed | RowStatus::NotSent => failed += 1,
            RowStatus::Unchanged | RowStatus::Skipped | RowStatus::Conflict => {}
        }
        let needs_person = line.status.needs_work() && line.status != RowStatus::NotSent;
        if let Some(row) = sheet.source_of(line.row).filter(|_| needs_person) {
            letters.push(DeadLetter {
                row,
                doubts: vec![Doubt {
                    reason: line.error.clone(),
                    help: line.hint.clone(),
                }],
            });
        }
    }
    night.summary.counts.users_written = written;
    night.summary.counts.users_failed = failed;
    if let Some(folder) = &record.header().report_dir {
        let all = Path::new(folder).join(format!("{run}-report.csv"));
        let rest = Path::new(folder).join(format!("{run}-needs-work.csv"));
        let there = |path: PathBuf| path.exists().then(|| path.display().to_string());
        night.summary.papers.report = there(all);
        night.summary.papers.needs_work = there(rest);
    }
    let planned = approved.plan().summary().users_changed;
    let ended = match exit {
        Exit::Done => Ended::new(NightOutcome::Written, exit, format!("{} written", users(written))),
        Exit::SomeFailed => Ended::new(
            NightOutcome::NeedsPerson,
            exit,
            format!("{written} of {} written", users(planned)),
        ),
        other => Ended::new(
            NightOutcome::Unfinished,
            other,
            format!("{run} ended early, with {written} of {} written", users(planned)),
        )
        .help("the next start of the feed goes on with it"),
    };
    Ok(Carried { ended, letters })
}

/// Leaves the plan for a person.
fn seal(
    file: &PlanFile,
    loaded: &Opened,
    job: Job<'_>,
    night: &mut Night,
    changed: u64,
) -> Result<Ended, CliError> {
    let (settings, state) = (&loaded.feed.settings, job.state);
    let folder = match &settings.approve.folder {
        Some(folder) => loaded.path(folder),
        None => state.root().join("feeds").join(&settings.name),
    };
    std::fs::create_dir_all(&folder).map_err(|error| {
        CliError::usage(format!("cannot make the folder `{}`: {error}", folder.display()))
    })?;
    let path = folder.join(format!("{}-{}.plan.json", settings.name, night.stamp()));
    // Whoever approves may stand in another folder, and have another state folder.
    let path = std::path::absolute(&path).unwrap_or(path);
    let root = std::path::absolute(state.root()).unwrap_or_else(|_| state.root().to_owned());
    let mut sealed = AtomicFile::create(&path)?;
    file.write(&mut sealed).map_err(|error| {
        CliError::new(
            Exit::Unexpected,
            format!("cannot write `{}`: {error}", path.display()),
        )
    })?;
    sealed.commit()?;
    night.fingerprint = Some(file.fingerprint.clone());
    night.summary.papers.plan = Some(path.display().to_string());
    let passwords = if settings.joiners.as_ref().is_some_and(|joiners| joiners.create) {
        " --passwords FILE"
    } else {
        ""
    };
    Ok(Ended::new(
        NightOutcome::Waiting,
        Exit::Waiting,
        format!(
            "{} would change, and above so many a person approves; nothing was written",
            users(changed)
        ),
    )
    .help(format!(
        "look at the plan and approve it: `dirsheet apply {} --state-dir {}{}{}{passwords}`",
        shell_word(&path.display().to_string()),
        shell_word(&root.display().to_string()),
        job.context.directory,
        flags(loaded)
    )))
}

/// So many users, in words.
fn users(count: u64) -> String {
    counted(count, "user", "users")
}

/// The feed's own limits, as flags of `apply`.
fn flags(loaded: &Opened) -> String {
    let guards = &loaded.feed.settings.guards;
    let limits = [
        ("--max-users", &guards.max_users),
        ("--max-column", &guards.max_column),
        ("--max-clears", &guards.max_clears),
        ("--max-same-value", &guards.max_same_value),
        ("--max-enables", &guards.max_enables),
        ("--max-licenses", &guards.max_licenses),
    ];
    let mut text: String = limits
        .iter()
        .filter_map(|(flag, limit)| Some(format!(" {flag} {}", shell_word(&limit.as_ref()?.text()))))
        .collect();
    if !guards.allow.is_empty() {
        text.push_str(&format!(" --allow {}", shell_word(&guards.allow.join(","))));
    }
    text
}

/// Rows that the checks or the plan held back, and why.
fn held_back(planned: &Planned, sheet: &OutcomeSheet) -> Vec<DeadLetter> {
    let rows = planned.plan.rows().iter();
    let letter = rows.filter_map(|row| {
        let notes = row.notes.iter().filter(|note| note.status.needs_work());
        let doubts: Vec<Doubt> = notes
            .map(|note| Doubt {
                reason: note.message.clone(),
                help: note.hint.clone(),
            })
            .collect();
        let source = sheet.source_of(row.row)?;
        (!doubts.is_empty()).then_some(DeadLetter { row: source, doubts })
    });
    letter.collect()
}

fn unusable(planned: &Planned) -> CliError {
    let errors = planned.findings.iter().filter(|finding| finding.is_error());
    errors.fold(
        CliError::new(
            Exit::SheetErrors,
            "what the file says cannot be used as a whole; nothing was written",
        ),
        |error, finding| error.hint(format!("{}: {}", finding.message, finding.help)),
    )
}

fn not_approved(not: &NotApproved, night: &mut Night) -> CliError {
    match not.obstacle {
        Obstacle::Guards => {
            let refused = not.guards.iter().filter(|guard| !guard.passed);
            night.summary.refusals = refused.map(refusal).collect();
            CliError::new(
                Exit::GuardRefused,
                "a guard refused the plan; nothing was written",
            )
        }
        Obstacle::SheetErrors => CliError::new(
            Exit::SheetErrors,
            "what the file says has errors; nothing was written",
        ),
        Obstacle::Conflicts => CliError::new(Exit::Conflicts, "there are conflicts; nothing was written"),
    }
}

/// What a guard refused, with the key of the settings that would let it pass.
fn refusal(guard: &GuardReport) -> Refusal {
    let help = match guard.flag.split_once(' ') {
        Some(("--allow", words)) => match never_allowed(words) {
            Some(reason) => format!("look at the file; {reason}"),
            None => format!("if this is meant, add \"{words}\" to `guards.allow`"),
        },
        Some((flag, value)) => format!(
            "look at the file; if this is meant, set `guards.{} = {value}`",
            flag.trim_start_matches('-')
        ),
        None => "look at the file".to_owned(),
    };
    Refusal {
        rule: format!("guard {}", guard.guard),
        found: guard.message.clone(),
        allowed: format!("{}, {}", guard.limit, guard.origin),
        help,
        counted: Some(guard.counted),
    }
}

fn sheet_args() -> SheetArgs {
    SheetArgs {
        base: None,
        delimiter: None,
        encoding: None,
        worksheet: None,
        base_delimiter: None,
        base_encoding: None,
        base_worksheet: None,
        accept_derived: Vec::new(),
        key: None,
        manager_by: None,
        photos: None,
        ids_decide: true,
    }
}

/// Errors and conflicts hold back cells and rows, which become dead letters; the limits come from the feed afterwards.
fn guard_args(loaded: &Opened) -> GuardArgs {
    GuardArgs {
        max_users: None,
        max_column: None,
        max_clears: None,
        max_same_value: None,
        max_enables: None,
        max_members: None,
        max_licenses: None,
        max_roles: None,
        max_actions: None,
        allow: loaded.feed.allow.clone(),
        new_names: None,
        invite: InviteArgs {
            invite_redirect: None,
            max_invites: None,
        },
        expect: None,
        settle: SettleArgs {
            conflicts: Some(ConflictPolicy::Skip),
            choices: None,
        },
        skip_errors: true,
    }
}
