//! The ordinary road for the sheet of a night: plan, guards, and then a run or a sealed plan.

use std::path::Path;

use super::guarding::{Ground, Passed, approve, guard_args};
use super::night::{Ended, Night};
use super::opening::{Opened, whole_path};
use super::resuming::{how, tally};
use crate::cli::args::{FeedRunArgs, SheetArgs};
use crate::cli::carry::{Start, carry_out};
use crate::cli::choices::Chosen;
use crate::cli::connect::Job;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::prepare::{Planned, forecast_of, plan_sheet};
use crate::cli::{invitations, passwords, photos, reports};
use crate::domain::{ApprovedPlan, CLEAR_WORD, Limits, Permission, Plan, RowStatus, UserChanges, inspect};
use crate::feed::schedule::shell_word;
use crate::feed::{DeadLetter, Doubt, NightOutcome, OutcomeSheet, Told, ToldKind};
use crate::report::{counted, figures};
use crate::state::{KeptFigures, Ledger, NightId, PlanFile, RunRecord};
use crate::table::AtomicFile;

/// What became of the sheet.
pub struct Carried {
    pub ended: Ended,
    pub held: Held,
}

/// What was held back on the way, or refused by the service.
#[derive(Default)]
pub struct Held {
    /// By the rows of the source.
    pub letters: Vec<DeadLetter>,
    /// Of people who are in no row of it.
    pub told: Vec<Told>,
}

impl Held {
    /// Puts what is to be said of a row of the sheet where it belongs.
    fn put(&mut self, sheet: &OutcomeSheet, row: u64, who: &str, mut doubts: Vec<Doubt>) {
        if let Some(source) = sheet.source_of(row) {
            // Else the row of an administrator who has left says what it says every night.
            if sheet.switches_off(row) {
                let leaver = Doubt {
                    reason: "the person HAS LEFT, and the row is not carried out whole".to_owned(),
                    help: "see that the account is switched off".to_owned(),
                };
                doubts.insert(0, leaver);
            }
            self.letters.push(DeadLetter { row: source, doubts });
            return;
        }
        self.told.extend(doubts.into_iter().map(|doubt| Told {
            row: None,
            who: who.to_owned(),
            kind: ToldKind::ForAPerson,
            message: format!(
                "is not in the file, and was not switched off: {}; {}",
                doubt.reason, doubt.help
            ),
        }));
    }
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
    let (progress, reporter) = job.context.progress();
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
    if planned.unusable {
        night.summary.quotes_cells = true;
        return Err(unusable(&planned));
    }
    let has_errors = planned.findings.iter().any(|finding| finding.is_error());
    let Planned {
        plan, limits, shape, ..
    } = planned;
    let caller = limits.people.caller.clone();
    let missing = sheet.sources.iter().filter(|source| source.is_none()).count() as u64;
    let ground = Ground {
        loaded,
        missing,
        sheet: Some(path).filter(|_| !arguments.dry_run),
        outcome: sheet,
        lifted: &[],
        left_out: 0,
        has_errors,
        most: ["", ""],
        place: &job.context.place,
    };
    let of_feed = limits.clone();
    let Passed { approved, mut lifted } = approve(plan, limits, &arguments.lift, ground, night)?;
    let forecast = forecast_of(approved.plan(), job.connected);
    job.context.output.say(&figures(approved.plan(), forecast));
    let held = held_back(approved.plan(), sheet);
    let summary = approved.plan().summary();
    if summary.users_changed == 0 {
        let ended = Ended::new(NightOutcome::Unchanged, Exit::Done, "there is nothing to write");
        return Ok(Carried { ended, held });
    }
    if arguments.dry_run {
        let message = format!(
            "{} would change; nothing was written",
            users(summary.users_changed)
        );
        return Ok(Carried {
            ended: Ended::new(NightOutcome::Shown, Exit::Done, message),
            held,
        });
    }
    let above = arguments.approve_above.or(loaded.feed.settings.approve.above);
    if above.is_some_and(|above| summary.users_changed > above) {
        let file = PlanFile::new(approved.plan().clone(), shape, jiff::Timestamp::now())
            .map_err(|error| CliError::new(Exit::Unexpected, error.to_string()))?;
        lifted.extend(allowed_by_all(approved.plan(), of_feed, more));
        let ended = seal(&file, loaded, arguments, job, &lifted, night)?;
        return Ok(Carried { ended, held });
    }
    job.connected
        .check_permissions(approved.plan(), caller.as_deref())
        .await?;
    let how = how(loaded, arguments, &night.stamp())?;
    passwords::check(approved.plan(), &how, &job.connected.session)?;
    invitations::check(approved.plan(), &how, &job.context.warner())?;
    photos::check_kept(approved.plan(), job.state)?;
    let start = Start::new(&approved, &shape, "apply", job.connected);
    let run = start.run().clone();
    night.summary.run = Some(run.to_string());
    if let Some(id) = begun {
        ledger.run_begins(id, &run, kept)?;
    }
    let exit = carry_out(job, &how, start, &approved, Vec::new()).await?;
    run_ended(&run, exit, sheet, &approved, job, night)
}

/// What became of the run, as its journal says.
fn run_ended(
    run: &crate::domain::RunId,
    exit: Exit,
    sheet: &OutcomeSheet,
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
    let [written, failed] = tally(report.lines.iter().map(|line| (line.status, 1)));
    let mut held = Held::default();
    for line in &report.lines {
        let needs_person = line.status.needs_work() && line.status != RowStatus::NotSent;
        if needs_person {
            let doubt = Doubt {
                reason: line.error.clone(),
                help: line.hint.clone(),
            };
            held.put(sheet, line.row, &line.label, vec![doubt]);
        }
    }
    night.summary.counts.users_written = written;
    night.summary.counts.users_failed = failed;
    let files = reports::files(record.header());
    let [all, rest] = files.map(|file| file.map(|path| path.display().to_string()));
    night.summary.papers.report = all;
    night.summary.papers.needs_work = rest;
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
    Ok(Carried { ended, held })
}

/// What the night allowed besides the settings because it knows the whole directory, as flags of `apply`, which knows the plan alone.
fn allowed_by_all(plan: &Plan, mut limits: Limits, more: &[Permission]) -> Vec<String> {
    limits.allowed.retain(|own| !more.contains(own));
    let refused = inspect(plan, &limits).into_iter();
    let refused = refused.filter(|guard| !guard.passed && !guard.is_of_people());
    let mut flags: Vec<String> = refused
        .map(|guard| guard.flag)
        .filter(|flag| flag.starts_with("--allow "))
        .collect();
    flags.dedup();
    flags
}

/// Leaves the plan for a person.
fn seal(
    file: &PlanFile,
    loaded: &Opened,
    arguments: &FeedRunArgs,
    job: Job<'_>,
    lifted: &[String],
    night: &mut Night,
) -> Result<Ended, CliError> {
    let (settings, state) = (&loaded.feed.settings, job.state);
    let folder = match &settings.approve.folder {
        Some(folder) => loaded.path(folder),
        None => state.root().join("feeds").join(&settings.name),
    };
    state.make_folder(&folder).map_err(|error| {
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
    let keeps = settings.joiners.as_ref().and_then(|own| own.passwords.as_ref());
    let passwords = match keeps {
        // `apply --feed` writes them there as a night does.
        None if file.plan.users().iter().any(UserChanges::is_made) => {
            let name = format!("{}-{}-passwords.csv", settings.name, night.stamp());
            format!(" --passwords {}", whole_path(&path.with_file_name(name)))
        }
        _ => String::new(),
    };
    let lifted: String = lifted.iter().map(|flag| format!(" {flag}")).collect();
    Ok(Ended::new(
        NightOutcome::Waiting,
        Exit::Waiting,
        format!(
            "{} would change, and above so many a person approves; nothing was written",
            users(file.plan.summary().users_changed)
        ),
    )
    .help(format!(
        "look at the plan and approve it: `dirsheet apply {} --feed {} --state-dir {}{}{lifted}{passwords}`",
        shell_word(&path.display().to_string()),
        whole_path(&arguments.settings),
        shell_word(&root.display().to_string()),
        job.context.directory,
    )))
}

/// So many users, in words.
fn users(count: u64) -> String {
    counted(count, "user", "users")
}

/// Rows that the checks or the plan held back, and why.
fn held_back(plan: &Plan, sheet: &OutcomeSheet) -> Held {
    let mut held = Held::default();
    for row in plan.rows() {
        let notes = row.notes.iter().filter(|note| note.status.needs_work());
        let doubts: Vec<Doubt> = notes
            .map(|note| Doubt {
                reason: note.message.clone(),
                help: in_words_of_a_feed(&note.hint),
            })
            .collect();
        if !doubts.is_empty() {
            held.put(sheet, row.row, &row.label(), doubts);
        }
    }
    held
}

/// What the checks of a sheet say of emptying a cell, in the words of a feed: a word of a sheet in an HR system would be one more
/// value to correct.
fn in_words_of_a_feed(hint: &str) -> String {
    if !hint.contains(CLEAR_WORD) {
        return hint.to_owned();
    }
    "correct the value in the HR system, or leave the cell empty there (with `blank = \"clear\"` an empty cell takes the value away); where the HR system writes such a word for nothing, let the rule make it empty, like `value = '{{ row[\"Title\"] if row[\"Title\"] not in [\"NULL\", \"-\"] }}'`".to_owned()
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
