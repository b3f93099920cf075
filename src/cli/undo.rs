//! `undo`: takes back what a run wrote, where nobody changed it since.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::PathBuf;

use super::apply::{cells_in_conflict, cells_were, guards_refused, survey_plan};
use super::args::{RowRange, UndoArgs};
use super::ask::confirm;
use super::carry::{Start, carry_out};
use super::connect::{Connected, Context, Job};
use super::crossed::directory_name;
use super::error::CliError;
use super::exit::Exit;
use super::feed::undone::{told_by_undo, told_of_made};
use super::photos;
use super::prepare::forecast_of;
use super::resume::{check_belongs, record, run_id, warn_of_others};
use super::undo_limits::{asked, limits};
use super::warning::WarningKind;
use crate::catalogue;
use crate::domain::{
    ApprovedPlan, ConflictPolicy, Directory, Forecast, Freshness, GuardReport, NotApproved, Obstacle, Plan,
    PlanBinding, RunId, SharedRequest, SnapshotId, Undo, UndoRow, WrittenOperation, build_undo, inspect,
};
use crate::engine::{Wanted, made_users, survey};
use crate::report::{PlanView, SheetFacts, amount, figures, undo_json, undo_text};
use crate::state::{RunHeader, RunLock, RunRecord, SheetShape, StateError, TenantLock};
use crate::table::Encoding;

/// A read may lag behind a write: this long after it, the value from before proves nothing. Microsoft names no bound, and says
/// that it is usually seconds.
const READS_MAY_LAG: jiff::SignedDuration = jiff::SignedDuration::from_mins(15);

pub async fn run(context: &Context, arguments: &UndoArgs) -> Result<Exit, CliError> {
    let state = context.state()?;
    let run = run_id(&arguments.run)?;
    drop(record(&state, &run)?);
    let connected = Connected::open(context, &state).await?;
    let _alone = TenantLock::take(&state, &connected.tenant)?;
    // From here on no other process can go on with the run, so what is read of it stays true.
    let held = RunLock::take(&state, &run)?;
    let job = Job::new(context, &state, &connected, arguments.how.deadline);
    let exit = take_back(job, arguments, &run, &held).await;
    let closed = connected.close().await;
    let exit = exit?;
    closed?;
    Ok(exit)
}

async fn take_back(
    job: Job<'_>,
    arguments: &UndoArgs,
    run: &RunId,
    held: &RunLock,
) -> Result<Exit, CliError> {
    let record = record(job.state, run)?;
    let header = record.header().clone();
    check_belongs(&header, job.connected)?;
    warn_of_others(&header, job.connected, &job.context.warner());
    let freshness = Freshness {
        since: jiff::Timestamp::now() - READS_MAY_LAG,
        put_back: job.state.put_back(run)?,
    };
    let mut undo = gather(&record, arguments, &freshness)?;
    let has_made = undo.written.values().any(|one| one.of_newcomer);
    if undo.newcomers().next().is_some() {
        let made = made_users(&record)?;
        job.connected.session.trust_made(made.iter());
    }
    let unsent = record.remaining_count();
    drop(record);
    let directory = look(job, &mut undo).await?;
    job.connected.pace_for(directory.users_total());
    let plan = build_undo(binding(&header), &undo, &directory, arguments.conflicts);
    let forecast = forecast_of(&plan, job.connected);
    let approved = approve(job, arguments, &header, plan, forecast)?;
    let plan = approved.plan();
    if plan.is_empty() {
        let output = job.context.output;
        if output.json {
            output.json(&as_json(&header, &output.contacts.plan(plan), &[], forecast))?;
        }
        give_up(job, arguments, held, unsent, plan).await?;
        let whole = arguments.rows.is_empty() && arguments.columns.is_empty();
        if whole
            && has_made
            && let Some(told) = told_of_made(job.state, &header)
        {
            held.ask_back()?;
            job.context.warner().say(WarningKind::UndoOfFeed, &told);
        }
        // What cannot be taken back needs somebody.
        return Ok(if needs_somebody(plan) {
            output.say(&format!(
                "Nothing of {run} can be taken back. Nothing was written."
            ));
            Exit::SomeFailed
        } else {
            output.say(&format!("Nothing is left to undo of {run}. Nothing was written."));
            Exit::Done
        });
    }
    job.connected.check_permissions(plan, None).await?;
    photos::check_kept(plan, job.state)?;
    if let Some(told) = told_by_undo(job.state, &header, plan) {
        job.context.warner().say(WarningKind::UndoOfFeed, &told);
    }
    if unsent > 0 {
        let told = format!(
            "{run} was not finished. After this `resume` refuses it, and the {unsent} requests that it has not sent stay undone."
        );
        job.context.warner().say(WarningKind::Unsent, &told);
    }
    let mut known = Vec::new();
    if !arguments.how.yes {
        let summary = plan.summary();
        let directory = directory_name(job).await;
        let question = format!("In {directory}: set back {}?", amount(&summary));
        confirm(job, "undo", question).await?;
        // Only what somebody else changed meanwhile is left alone.
        known = survey_plan(&approved, arguments.conflicts, false, job).await?;
    }
    let start = Start::undo(&approved, &shape(&header), run, job.connected);
    carry_out(job, &arguments.how, start, &approved, known).await
}

/// Of a run that was broken off nothing may be there to be taken back, and the rest of it must not follow either.
async fn give_up(
    job: Job<'_>,
    arguments: &UndoArgs,
    held: &RunLock,
    unsent: u64,
    plan: &Plan,
) -> Result<(), CliError> {
    let run = held.run();
    let closed = job.state.is_given_up(run) || !job.state.undone_by(run)?.is_empty();
    if unsent == 0 || closed {
        return Ok(());
    }
    let whole = arguments.rows.is_empty() && arguments.columns.is_empty();
    // What is left because of a conflict, or cannot be taken back, is for somebody to decide first.
    if whole && plan.conflicts().is_empty() && !needs_somebody(plan) {
        if !arguments.how.yes {
            let question = format!(
                "Nothing of {run} is there to be taken back. Give up the {unsent} requests that it has not sent yet?"
            );
            confirm(job, "undo", question).await?;
        }
        held.give_up()?;
        let told = format!(
            "What {run} had not sent yet, or what may have been lost on its way ({unsent} requests), is given up: `resume` refuses it."
        );
        job.context.warner().say(WarningKind::Unsent, &told);
    } else {
        let told =
            format!("{run} was not finished: `dirsheet resume {run}` would still send {unsent} requests.");
        job.context.warner().say(WarningKind::Unsent, &told);
    }
    Ok(())
}

/// What the run wrote, as far as it was asked for.
fn gather(record: &RunRecord, arguments: &UndoArgs, freshness: &Freshness) -> Result<Undo, CliError> {
    let mut rows = Vec::new();
    let mut written = HashMap::new();
    let mut columns = BTreeSet::new();
    record.rows(|row| {
        for (operation, result) in &row.results {
            columns.extend(operation.changes().iter().map(|change| change.attribute.name));
            if !written.contains_key(&operation.number) {
                let announced = record.was_announced(operation.number);
                let mut one = WrittenOperation::of(operation, result.as_ref(), announced, freshness);
                one.keep_columns(&arguments.columns);
                // Nothing was made before it was about to be, and a colleague may have been faster than a late resume.
                one.not_before = record
                    .first_announced(one.number)
                    .or(Some(record.header().started_at));
                written.insert(one.number, one);
            }
        }
        rows.push(UndoRow {
            row: row.row.row,
            line: row.row.line,
            cells: row.row.cells,
            user: row.row.user,
            label: row.row.user_label,
            operations: row.row.operations,
            writes: row.row.writes,
        });
        Ok::<(), StateError>(())
    })?;
    let run = &record.header().run;
    check_rows(run, &rows, &arguments.rows)?;
    check_columns(run, &columns, &arguments.columns)?;
    let mut undo = Undo { rows, written };
    undo.keep_rows(|row| is_wanted(row, &arguments.rows))
        .map_err(|shared| untold(run, shared))?;
    Ok(undo)
}

fn is_wanted(row: u64, ranges: &[RowRange]) -> bool {
    ranges.is_empty()
        || ranges
            .iter()
            .any(|range| (range.first..=range.last).contains(&row))
}

/// A journal of an older dirsheet does not keep which row asked for which cell.
fn untold(run: &RunId, SharedRequest { wanted, other }: SharedRequest) -> CliError {
    CliError::usage(format!(
        "`--rows`: the rows {wanted} and {other} name the same user, and the journal of {run}, which an older dirsheet began, does not tell which of them wrote which cell; nothing was written"
    ))
    .hint(format!("name both of them (`--rows {wanted},{other}`), or neither"))
}

/// Both ends of a range must be rows of the sheet: a mistyped number would silently undo less or more.
fn check_rows(run: &RunId, rows: &[UndoRow], ranges: &[RowRange]) -> Result<(), CliError> {
    let known: HashSet<u64> = rows.iter().map(|row| row.row).collect();
    let ends = ranges.iter().flat_map(|range| [range.first, range.last]);
    match ends.into_iter().find(|row| !known.contains(row)) {
        None => Ok(()),
        Some(row) => Err(CliError::usage(format!(
            "`--rows`: the sheet of {run} has no row {row}; nothing was written"
        ))
        .hint(format!(
            "`dirsheet report {run}` lists its rows, by the numbers a spreadsheet shows"
        ))),
    }
}

fn check_columns(run: &RunId, written: &BTreeSet<&str>, asked: &[String]) -> Result<(), CliError> {
    let Some(column) = asked.iter().find(|column| !written.contains(column.as_str())) else {
        return Ok(());
    };
    let error = if catalogue::by_name(column).is_none() {
        format!("`--columns {column}`: there is no such column; nothing was written")
    } else {
        format!("`--columns {column}`: {run} changes no such column; nothing was written")
    };
    let known: Vec<&str> = written.iter().copied().collect();
    Err(CliError::usage(error).hint(match known[..] {
        [] => "it wrote nothing; `dirsheet runs` lists the runs, and how many rows each changed".to_owned(),
        _ => format!("it changes {}", known.join(", ")),
    }))
}

/// The users as they are now.
async fn look(job: Job<'_>, undo: &mut Undo) -> Result<Directory, CliError> {
    // Whom the run made, it knows by ids of its own.
    job.connected.reader.meet_newcomers(undo.newcomers()).await?;
    for own in undo.guests() {
        if let Some(id) = job.connected.session.let_go(own) {
            undo.settle_guest(own, id);
        }
    }
    let wanted = Wanted::of(undo.keys(), &undo.attributes()).in_cloud(job.connected.cloud);
    read(job, &wanted).await
}

async fn read(job: Job<'_>, wanted: &Wanted) -> Result<Directory, CliError> {
    let (progress, reporter) = job.context.progress();
    let found = survey(&job.connected.reader, wanted, &reporter, job.stop).await;
    drop(reporter);
    progress.finish().await;
    Ok(found?)
}

fn binding(header: &RunHeader) -> PlanBinding {
    PlanBinding {
        tenant: header.tenant.clone(),
        graph_url: header.graph_url.clone(),
        sheet_name: header.sheet_name.clone(),
        sheet_sha256: header.sheet_sha256.clone(),
        snapshots: header
            .snapshots
            .iter()
            .filter_map(|id| SnapshotId::parse(id))
            .collect(),
        base_file: None,
        restores: None,
        catalogue: catalogue::VERSION,
    }
}

/// Shows the plan and lets it through, or says why not.
fn approve(
    job: Job<'_>,
    arguments: &UndoArgs,
    header: &RunHeader,
    plan: Plan,
    forecast: Forecast,
) -> Result<ApprovedPlan, CliError> {
    let output = job.context.output;
    let limits = limits(arguments, &plan, &job.context.config.limits);
    let asked = asked(inspect(&plan, &limits));
    let view = PlanView {
        paint: output.paint_error(),
        full: arguments.full,
        decides_by_sheet: false,
    };
    let whole = |plan: &Plan| undo_text(&output.contacts.plan(plan), &header.run, &asked, forecast, view);
    if !arguments.how.yes || (plan.is_empty() && needs_somebody(&plan) && !output.json) {
        output.say(&whole(&plan));
    } else if !output.json {
        output.say(&figures(&plan, forecast));
    }
    let skip_conflicts = arguments.conflicts != ConflictPolicy::Stop;
    plan.approve(&limits, true, skip_conflicts).map_err(|not| {
        let NotApproved { plan, obstacle, .. } = *not;
        if output.json {
            if let Err(error) = output.json(&as_json(header, &output.contacts.plan(&plan), &asked, forecast)) {
                return error;
            }
        } else if arguments.how.yes {
            output.say(&whole(&plan));
        }
        match obstacle {
            Obstacle::Guards => guards_refused(&asked),
            // An undo has no errors of a sheet; what it cannot take back is left alone and told.
            Obstacle::SheetErrors | Obstacle::Conflicts => cells_in_conflict(&plan).fold(
                CliError::new(
                    Exit::Conflicts,
                    format!(
                        "{} changed by somebody else after the run; nothing was written",
                        cells_were(plan.conflicts().len())
                    ),
                ),
                CliError::hint,
            )
            .hint("`--conflicts skip` leaves them as they are, `--conflicts mine` writes the values from before the run"),
        }
    })
}

/// Whether something of the run stays as it is.
fn needs_somebody(plan: &Plan) -> bool {
    plan.rows().iter().any(|row| !row.notes.is_empty())
}

fn shape(header: &RunHeader) -> SheetShape {
    SheetShape {
        path: PathBuf::from(&header.sheet_path),
        header: header.header.clone(),
        delimiter: header.delimiter,
        bom: header.bom,
        crlf: header.crlf,
        reading: header.reading.clone(),
    }
}

fn as_json(header: &RunHeader, plan: &Plan, guards: &[GuardReport], forecast: Forecast) -> serde_json::Value {
    let encoding = if header.bom {
        Encoding::Utf8Bom
    } else {
        Encoding::Utf8
    };
    let facts = SheetFacts {
        format: "csv",
        encoding: Some(encoding.as_str()),
        delimiter: Some(match header.delimiter {
            '\t' => "tab".to_owned(),
            other => other.to_string(),
        }),
        worksheet: None,
        origin: None,
        rows: plan.rows().len() as u64,
        columns: header.header.clone(),
    };
    undo_json(&facts, plan, guards, forecast)
}
