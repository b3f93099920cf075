//! `apply`: carries out a sheet or a sealed plan.

use std::collections::HashMap;
use std::path::Path;

use super::args::ApplyArgs;
use super::ask::confirm;
use super::carry::{Start, begin};
use super::choices::{self, Chosen};
use super::connect::{Connected, Context, Job};
use super::crossed::directory_name;
use super::error::CliError;
use super::exit::Exit;
use super::feed::approving;
use super::interactive;
use super::invitations;
use super::knowledge;
use super::limits::{self, limits};
use super::passwords;
use super::photos;
use super::plan_file;
use super::prepare::{Planned, tell_findings};
use super::reading;
use super::restore::{self, plan_what};
use super::sealed;
use super::settle;
use super::typed;
use crate::domain::{
    ApprovedPlan, ConflictPolicy, GuardReport, Limits, NotApproved, Obstacle, Plan, PlannedRow, Role,
    RowStatus, inspect, shorten,
};
use crate::engine::{Work, look_again};
use crate::report::{ChoiceNotes, PlanView, amount, counted, figures, origin, plan_json, plan_text};
use crate::state::{PlanFile, SheetShape, TenantLock, WITHDRAWN};

/// How many cells an error lists; `dirsheet plan` shows all of them.
const CELLS_SHOWN_MAX: usize = 10;

pub async fn run(context: &Context, arguments: &ApplyArgs) -> Result<Exit, CliError> {
    let state = context.state()?;
    restore::check_flags(&arguments.restore)?;
    interactive::check(&arguments.seal)?;
    let sealed = match arguments.sheet.as_deref().filter(|path| is_plan_file(path)) {
        Some(path) => {
            sealed::check_flags(arguments)?;
            Some((PlanFile::read(path)?, approving::settings(arguments)?))
        }
        None if arguments.seal.max_age.is_some() => {
            return Err(CliError::usage(
                "`--max-age` is for plan files; this plan is made now; nothing was written",
            )
            .hint("leave it out"));
        }
        None => {
            limits::check_flags(&arguments.guards)?;
            if let Some(sheet) = &arguments.sheet {
                reading::check_flags(sheet, &arguments.reading)?;
            }
            None
        }
    };
    let arguments = &match sealed {
        Some(_) => arguments.clone(),
        None => approving::of_sheet(arguments)?,
    };
    let chosen = Chosen::read(arguments.guards.settle.choices.as_deref())?;
    let connected = Connected::open(context, &state).await?;
    let _alone = TenantLock::take(&state, &connected.tenant)?;
    let job = Job::new(context, &state, &connected, arguments.run.deadline);
    let exit = match sealed {
        Some((file, feed)) => plan_file::apply(job, arguments, file, feed).await,
        None => apply_sheet(job, arguments, chosen).await,
    };
    let closed = connected.close().await;
    let exit = exit?;
    closed?;
    Ok(exit)
}

/// A plan file has a name that ends in `.json`, as no sheet has.
fn is_plan_file(path: &Path) -> bool {
    // One that was withdrawn is known, and refused with the reason.
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("json") || extension == WITHDRAWN)
}

async fn apply_sheet(job: Job<'_>, arguments: &ApplyArgs, mut chosen: Chosen) -> Result<Exit, CliError> {
    let context = job.context;
    let mut planned = make_plan(job, arguments, &chosen).await?;
    let output = context.output;
    choices::tell(&planned.choice_notes, output);
    // Whatever moved while the questions were answered is asked about again.
    while let Some(answers) = settle::ask(job, &planned, arguments).await? {
        chosen = chosen.with_answers(&answers);
        let before = planned;
        planned = make_plan(job, arguments, &chosen).await?;
        if planned.plan.binding().sheet_sha256 != before.plan.binding().sheet_sha256 {
            return Err(CliError::usage(format!(
                "the sheet `{}` was changed while the questions were answered; nothing was written",
                shorten(&planned.name)
            ))
            .hint("start again: the answers were about what the sheet said before"));
        }
        choices::tell(&planned.choice_notes.without(&before.choice_notes), output);
    }
    planned.limits.unattended = arguments.run.yes;
    let guards = &arguments.guards;
    if !output.json || !arguments.run.yes {
        photos::tell(output, &planned.pictures);
        tell_findings(output, &planned.name, planned.facts.rows, &planned.findings);
        // Whoever says yes beforehand has seen the plan, or does not want to; the figures are enough.
        if arguments.run.yes {
            output.say(&figures(&planned.plan, planned.forecast));
        } else {
            let view = PlanView {
                paint: output.paint_error(),
                full: arguments.full,
                decides_by_sheet: false,
            };
            let told = output.contacts.plan(&planned.plan);
            output.say(&plan_text(&told, &planned.guards, planned.forecast, view));
        }
    }
    if arguments.feed.is_some() {
        approving::check_list(&planned.limits)?;
    }
    let (skip_errors, skip_conflicts) = planned.skips(guards);
    let approved = match planned.plan.approve(&planned.limits, skip_errors, skip_conflicts) {
        Ok(approved) => approved,
        Err(not) => {
            let way = Way::of(arguments, &planned.choice_notes);
            // Whoever said yes beforehand has seen only figures; what stands in the way is shown whole.
            if !output.json && arguments.run.yes {
                let view = PlanView {
                    paint: output.paint_error(),
                    full: arguments.full,
                    decides_by_sheet: false,
                };
                let told = output.contacts.plan(&not.plan);
                output.say(&plan_text(&told, &not.guards, planned.forecast, view));
            }
            if output.json {
                output.json(&plan_json(
                    &planned.facts,
                    &planned.findings,
                    &output.contacts.plan(&not.plan),
                    &not.guards,
                    planned.forecast,
                    &planned.choice_notes,
                ))?;
            }
            let error = refused(&not, &way);
            return Err(match arguments.feed {
                Some(_) => approving::of_sheet_refused(error),
                None => error,
            });
        }
    };
    sealed::check_fingerprint(approved.plan(), arguments)?;
    let caller = planned.limits.people.caller;
    let under = Under {
        profile: &context.config.limits,
        arguments,
        approval: None,
    };
    go_on(job, under, approved, &planned.shape, Vec::new(), caller).await
}

/// The plan of the sheet, with these choices about its conflicts.
async fn make_plan(job: Job<'_>, arguments: &ApplyArgs, chosen: &Chosen) -> Result<Planned, CliError> {
    let (progress, reporter) = job.context.progress();
    let (reading, guards) = (&arguments.reading, &arguments.guards);
    let sheet = photos::sheet_or_folder(arguments.sheet.as_deref(), reading, job.state, job.context.output)?;
    let planned = plan_what(
        sheet.as_deref(),
        &arguments.restore,
        reading,
        guards,
        chosen,
        job,
        &reporter,
    )
    .await;
    drop(reporter);
    progress.finish().await;
    planned
}

/// The live cells are compared again just before the write. `believe`: whether a wanted value that is there already counts as
/// done, see [`look_again`].
pub async fn survey_plan(
    approved: &ApprovedPlan,
    policy: ConflictPolicy,
    believe: bool,
    job: Job<'_>,
) -> Result<Vec<Work>, CliError> {
    let operations = approved.operations().into_vec();
    let (progress, reporter) = job.context.progress();
    let reader = &job.connected.reader;
    let work = look_again(operations, &HashMap::new(), believe, reader, &reporter, job.stop).await;
    drop(reporter);
    progress.finish().await;
    let work = work?;
    stop_where_moved(&work, policy)?;
    Ok(work)
}

/// Refuses to go on where somebody else changed a cell since, unless that was foreseen.
fn stop_where_moved(work: &[Work], policy: ConflictPolicy) -> Result<(), CliError> {
    let moved: Vec<String> = work.iter().flat_map(sealed::moved).collect();
    if moved.is_empty() || policy != ConflictPolicy::Stop {
        return Ok(());
    }
    let mut error = CliError::new(
        Exit::Conflicts,
        format!(
            "{} changed by somebody else after the plan was made; nothing was written",
            cells_were(moved.len())
        ),
    );
    for cell in moved.iter().take(CELLS_SHOWN_MAX) {
        error = error.hint(cell.clone());
    }
    Err(error.hint("make the plan again, or add `--conflicts skip` to leave these cells alone"))
}

/// What a plan is held against.
#[derive(Clone, Copy)]
pub struct Under<'a> {
    /// The limits under the flags.
    pub profile: &'a Limits,
    pub arguments: &'a ApplyArgs,
    /// Of the sealed plan of a feed.
    pub approval: Option<&'a approving::Approval>,
}

/// Asks, and writes.
pub async fn go_on(
    job: Job<'_>,
    under: Under<'_>,
    approved: ApprovedPlan,
    sheet: &SheetShape,
    mut known: Vec<Work>,
    caller: Option<Vec<Role>>,
) -> Result<Exit, CliError> {
    let context = job.context;
    let arguments = under.arguments;
    let (how, policy) = (&arguments.run, arguments.guards.settle.policy());
    if approved.plan().rows().is_empty() {
        context.output.say("The sheet has no rows. Nothing was written.");
        return Ok(Exit::Done);
    }
    job.connected
        .check_permissions(approved.plan(), caller.as_deref())
        .await?;
    passwords::check(approved.plan(), how, &job.connected.session)?;
    invitations::check(approved.plan(), how, &job.context.warner())?;
    photos::check_kept(approved.plan(), job.state)?;
    let summary = approved.plan().summary();
    if summary.users_changed > 0 && !how.yes {
        if arguments.seal.interactive {
            interactive::confirm(job, approved.plan()).await?;
        } else {
            let directory = directory_name(job).await;
            let question = format!("In {directory}: write {}?", amount(&summary));
            confirm(job, "apply", question).await?;
        }
        // While the question stood there, perhaps for hours, somebody may have changed what the plan is about, and whom.
        guard_again(job, under, approved.plan()).await?;
        known = survey_plan(&approved, policy, true, job).await?;
    }
    let start = Start::new(&approved, sheet, "apply", job.connected);
    let begun = begin(job, how, start, &approved, known)?;
    drop(approved);
    begun.carry(job, how).await
}

/// Who holds roles and whom the profile protects is read once more, and the guards look at the plan with it.
async fn guard_again(job: Job<'_>, under: Under<'_>, plan: &Plan) -> Result<(), CliError> {
    let mut limits = limits(under.profile, &under.arguments.guards);
    knowledge::read(plan, &mut limits, job).await?;
    let is_of_feed = under.arguments.feed.is_some();
    if is_of_feed {
        approving::check_list(&limits)?;
    }
    let guards = inspect(plan, &limits);
    if guards.iter().all(|guard| guard.passed) {
        return Ok(());
    }
    let became = "this became so while the question waited for its answer";
    let refused = guards_refused(&guards);
    Err(match under.approval {
        Some(approval) => approval.tell_of_people(refused.hint(became), plan, &limits),
        None if is_of_feed => approving::of_sheet_refused(refused.hint(became)),
        None => refused.hint(format!("{became}; look at the plan again: `dirsheet plan`")),
    })
}

/// How conflicts are settled one by one.
#[derive(Default)]
pub struct Way {
    /// The sheet and how it is read, as on the command line.
    pub sheet: String,
    /// Choices that were made do not count any more.
    pub is_void: bool,
}

impl Way {
    fn of(arguments: &ApplyArgs, notes: &ChoiceNotes) -> Way {
        Way {
            sheet: typed::sheet(arguments.sheet.as_deref(), &arguments.reading, &arguments.guards),
            is_void: !notes.void.is_empty(),
        }
    }

    fn hints(&self) -> [String; 2] {
        let all = if self.is_void {
            "`--conflicts skip` leaves them as they are; what was decided about other values is written by no flag"
        } else {
            "`--conflicts skip` leaves them as they are, `--conflicts mine` writes the sheet's values"
        };
        let each = format!(
            "to decide cell by cell: `dirsheet plan {} --conflict-sheet {}`",
            self.sheet,
            typed::free_name("conflicts")
        );
        [all.to_owned(), each]
    }
}

/// Why nothing was written.
pub fn refused(not: &NotApproved, way: &Way) -> CliError {
    let NotApproved {
        plan,
        obstacle,
        guards,
    } = not;
    match obstacle {
        Obstacle::SheetErrors => CliError::new(
            Exit::SheetErrors,
            format!(
                "the sheet has {}; nothing was written",
                counted(plan.errors(), "error", "errors")
            ),
        )
        .hint("correct them; `--skip-errors` holds back only these cells and rows, where the sheet as a whole is sound"),
        Obstacle::Guards => guards_refused(guards),
        Obstacle::Conflicts => cells_in_conflict(plan).fold(
            CliError::new(
                Exit::Conflicts,
                format!("{} changed by you and by somebody else; nothing was written", cells_were(plan.conflicts().len())),
            ),
            CliError::hint,
        )
        .hints(way.hints()),
    }
}

/// Which guards refused, and how on.
pub fn guards_refused(guards: &[GuardReport]) -> CliError {
    guards.iter().filter(|guard| !guard.passed).fold(
        CliError::new(
            Exit::GuardRefused,
            "a guard refused the plan; nothing was written",
        ),
        |error, guard| {
            error.hint(format!(
                "{}: {}; the limit is {}, {}; if this is meant, add `{}`",
                guard.guard,
                guard.message,
                guard.limit,
                origin(guard),
                guard.flag
            ))
        },
    )
}

/// The first cells in conflict in words: whoever said yes beforehand has not seen the plan.
pub fn cells_in_conflict(plan: &Plan) -> impl Iterator<Item = String> {
    let of_row = |row: &PlannedRow| {
        let (number, label) = (row.row, shorten(&row.label()));
        let in_conflict = row.notes.iter().filter(|note| note.status == RowStatus::Conflict);
        in_conflict
            .map(move |note| format!("row {number} {label} {}", note.message))
            .collect::<Vec<_>>()
    };
    plan.rows().iter().flat_map(of_row).take(CELLS_SHOWN_MAX)
}

pub fn cells_were(count: usize) -> String {
    match count {
        1 => "1 cell was".to_owned(),
        many => format!("{many} cells were"),
    }
}
