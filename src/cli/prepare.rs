//! The part of the road that `check`, `plan` and `apply` share: from a path to a sheet, to checked rows, to a plan.

use std::path::{Path, PathBuf};

use super::args::{GuardArgs, SheetArgs};
use super::choices::Chosen;
use super::connect::{Connected, Job};
use super::domains;
use super::error::CliError;
use super::exit::Exit;
use super::knowledge;
use super::limits::limits;
use super::open::open;
use super::output::Output;
use super::photos;
use super::reading;
use super::sheet_passwords::SheetPasswords;
use super::survey_told;
use crate::catalogue;
use crate::domain::{
    CheckOptions, ConflictPolicy, Finding, Forecast, GuardReport, Inviting, Joining, Limits, Pace,
    Permission, Plan, PlanBinding, Settling, build_plan, forecast, inspect, shorten,
};
use crate::engine::{
    BATCHES_IN_FLIGHT, Bases, Intake, PictureFacts, Reporter, Wanted, settle_pictures, survey_for_rows,
    take_in,
};
use crate::report::{
    ChoiceNotes, FINDINGS_SHOWN_MAX, SheetFacts, check_json, findings_text, holds_choices, sheet_line,
};
use crate::state::{SheetShape, StateFolder};
use crate::table::{Encoding, Layout, LineEnd, Origin, Sheet, SheetError};

/// A sheet, read and checked.
pub struct Prepared {
    pub facts: SheetFacts,
    pub shape: SheetShape,
    pub name: String,
    pub sha256: String,
    pub sheet: Sheet,
    pub intake: Intake,
    pub pictures: Vec<PictureFacts>,
    /// First passwords, where these may stand in the sheet.
    pub passwords: SheetPasswords,
}

/// Reads and checks a sheet. `connected` is `None` offline. A file that is no sheet ends the command with its findings.
pub async fn prepare(
    path: &Path,
    reading: &SheetArgs,
    allowed: &[Permission],
    connected: Option<&Connected>,
    state: &StateFolder,
    reporter: &Reporter,
    output: Output,
) -> Result<Prepared, CliError> {
    for column in &reading.accept_derived {
        if catalogue::by_name(column).is_none() && !catalogue::is_tenants_own(column) {
            return Err(
                CliError::usage(format!("`--accept-derived {column}`: there is no such column"))
                    .hint("`dirsheet columns` lists them"),
            );
        }
    }
    let check = CheckOptions {
        accept_derived: reading.accept_derived.clone(),
        allow_shuffled: allowed.contains(&Permission::Shuffled),
        passwords_in_sheet: allowed.contains(&Permission::PasswordsInSheet),
        key: reading.key,
        manager_by: reading.manager_by,
        ids_decide: reading.ids_decide,
    };
    let folder = photos::folder(reading)?;
    let (sheet, base) = match open(path, reading, connected, state).await? {
        Ok(opened) => opened,
        Err(error) => return Err(unusable(&error, output)),
    };
    let of_folder = photos::folder_name(path, reading, state);
    let path = path.to_owned();
    let meant_for = connected.map(|connected| (connected.tenant.clone(), connected.graph_url.clone()));
    let (state, reporter) = (state.clone(), reporter.clone());
    let work = tokio::task::spawn_blocking(move || {
        if holds_choices(&sheet).is_some() {
            return Err(no_sheet_of_users(&path));
        }
        let place = meant_for.as_ref();
        let place = place.map(|(tenant, service)| (tenant.as_str(), service.as_str()));
        let mut bases = Bases::new(&state, place, base)?;
        let mut intake = take_in(&sheet, &mut bases, &check, &reporter)?;
        let passwords = if check.passwords_in_sheet {
            SheetPasswords::take(&sheet, &mut intake)
        } else {
            SheetPasswords::default()
        };
        // A check keeps nothing.
        let store = meant_for.map(|_| state.pictures());
        let pictures = settle_pictures(&mut intake, folder.as_ref(), store.as_ref());
        let mut prepared = prepared(&path, sheet, intake, pictures);
        prepared.passwords = passwords;
        prepared.name = of_folder.unwrap_or(prepared.name);
        Ok::<_, CliError>(prepared)
    });
    match work.await {
        Ok(prepared) => prepared,
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    }
}

fn prepared(path: &Path, sheet: Sheet, intake: Intake, pictures: Vec<PictureFacts>) -> Prepared {
    // A report on a workbook is a CSV file for people.
    let dialect = sheet.layout().dialect();
    let (format, encoding, delimiter, worksheet) = match sheet.layout() {
        Layout::Text(dialect) => {
            let delimiter = dialect.delimiter.to_string();
            ("csv", Some(dialect.encoding.as_str()), Some(delimiter), None)
        }
        Layout::Workbook(facts) => (facts.format, None, None, Some(facts.worksheet.clone())),
    };
    let header: Vec<String> = sheet
        .header()
        .columns()
        .iter()
        .map(|column| column.text.clone())
        .collect();
    Prepared {
        facts: SheetFacts {
            format,
            encoding,
            delimiter,
            worksheet,
            origin: sheet.origin().map(Origin::as_str),
            rows: intake.rows_seen,
            columns: header.clone(),
        },
        shape: SheetShape {
            path: std::path::absolute(path).unwrap_or_else(|_| PathBuf::from(path)),
            header,
            delimiter: dialect.map_or(',', |dialect| char::from(dialect.delimiter.byte())),
            bom: dialect.is_none_or(|dialect| dialect.encoding != Encoding::Utf8),
            crlf: dialect.is_none_or(|dialect| dialect.line_end == LineEnd::CrLf),
            reading: Some(reading::as_read(&sheet)),
        },
        name: sheet.name().to_owned(),
        sha256: sheet.sha256().to_owned(),
        sheet,
        intake,
        pictures,
        passwords: SheetPasswords::default(),
    }
}

/// A file that cannot be used as a sheet at all: its findings are told like any others.
fn unusable(error: &SheetError, output: Output) -> CliError {
    let findings = error.findings();
    let told = if output.json {
        output.json(&check_json(None, findings, None))
    } else {
        output.complain(&findings_text(
            error.name(),
            findings,
            FINDINGS_SHOWN_MAX,
            output.paint_error(),
        ));
        Ok(())
    };
    told.err().unwrap_or_else(|| CliError {
        findings: findings.to_vec(),
        ..CliError::new(
            Exit::SheetErrors,
            format!(
                "`{}` cannot be used as a sheet; nothing was written",
                error.name()
            ),
        )
    })
}

fn no_sheet_of_users(path: &Path) -> CliError {
    let path = shorten(&path.display().to_string());
    CliError::new(
        Exit::SheetErrors,
        format!("`{path}` is a sheet of conflicts, and not a sheet of users; nothing was written"),
    )
    .hint(format!(
        "give the sheet that the conflicts are about, and add `--choices {path}`"
    ))
}

/// A plan and everything that is said about it.
pub struct Planned {
    pub facts: SheetFacts,
    pub shape: SheetShape,
    pub name: String,
    pub findings: Vec<Finding>,
    pub plan: Plan,
    pub guards: Vec<GuardReport>,
    pub limits: Limits,
    pub forecast: Forecast,
    /// The sheet as a whole cannot be used, whatever is skipped.
    pub unusable: bool,
    /// Choices that change nothing.
    pub choice_notes: ChoiceNotes,
    /// The pictures that the sheet names.
    pub pictures: Vec<PictureFacts>,
}

impl Planned {
    /// Whether rows with errors, and conflicts, may be passed over. A sheet that cannot be used as a whole is never passed over.
    pub fn skips(&self, guards: &GuardArgs) -> (bool, bool) {
        let skip_errors = guards.skip_errors && !self.unusable;
        (skip_errors, guards.settle.policy() != ConflictPolicy::Stop)
    }
}

/// Reads the sheet and the directory and makes the plan. Nothing here can write to the directory.
pub async fn plan_sheet(
    path: &Path,
    reading: &SheetArgs,
    guards: &GuardArgs,
    chosen: &Chosen,
    job: Job<'_>,
    reporter: &Reporter,
) -> Result<Planned, CliError> {
    let prepared = prepare(
        path,
        reading,
        &guards.allow,
        Some(job.connected),
        job.state,
        reporter,
        job.context.output,
    )
    .await?;
    let Job {
        context,
        connected,
        stop,
        ..
    } = job;
    let Prepared {
        facts,
        shape,
        name,
        sha256,
        sheet,
        mut intake,
        pictures,
        passwords,
        ..
    } = prepared;
    let binding = PlanBinding {
        tenant: connected.tenant.clone(),
        graph_url: connected.graph_url.clone(),
        sheet_name: name.clone(),
        sheet_sha256: sha256,
        snapshots: intake.snapshots.clone(),
        base_file: intake.base_file.clone(),
        restores: None,
        catalogue: catalogue::VERSION,
    };
    let choices = chosen.about(&binding)?;
    let joining = guards.allow.contains(&Permission::Create).then_some(Joining {
        names: guards.new_names.as_ref(),
    });
    let inviting = guards.allow.contains(&Permission::Invite).then_some(Inviting {
        redirect: guards.invite.invite_redirect.as_deref(),
    });
    let wanted = Wanted::by_rows(&intake.rows);
    let wanted = match joining {
        Some(joining) => wanted.with_joiners(&intake.rows, joining.names),
        None => wanted,
    };
    let wanted = wanted.in_cloud(connected.cloud);
    let began = survey_told::Began::now(connected);
    let (mut directory, told) = survey_for_rows(&connected.reader, &wanted, reporter, stop).await?;
    began.tell(job, told.as_ref(), (wanted.named(), directory.users_total()));
    drop(wanted);
    connected.pace_for(directory.users_total());
    domains::learn(&intake.rows, guards, connected, &mut directory).await?;
    let not_known = domains::not_known(&sheet, &intake.rows, guards, &directory);
    intake.findings.extend(not_known);
    passwords.weigh(&mut intake.rows, |row| row.may_set_password(&directory));
    let sheet_errors = intake.sheet_errors();
    let mut plan = build_plan(
        binding,
        &mut intake.rows,
        sheet_errors,
        &directory,
        Settling::new(guards.settle.policy(), &choices)
            .with_new_users(joining)
            .with_guests(inviting),
    );
    let chosen_passwords = passwords.of_plan(&plan)?;
    intake.findings.extend(passwords.finding(chosen_passwords.len()));
    connected.session.offer_passwords(chosen_passwords);
    let columns: Vec<_> = sheet
        .header()
        .attribute_columns()
        .map(|(_, attribute)| attribute)
        .collect();
    let choice_notes = chosen.notes(&choices, &columns, &plan)?;
    let mut limits = limits(&context.config.limits, guards);
    let knowledge = knowledge::read(&plan, &mut limits, job).await?;
    knowledge.foresee(&mut plan, &limits, &directory);
    let reports = inspect(&plan, &limits);
    let forecast = forecast_of(&plan, connected);
    Ok(Planned {
        facts,
        shape,
        name,
        findings: job
            .context
            .output
            .findings(photos::findings(path, reading, job.state, &intake)),
        unusable: intake.is_unusable(),
        choice_notes,
        guards: reports,
        limits,
        forecast,
        plan,
        pictures,
    })
}

/// What the plan will cost: nearly every changed user has one request in the first stage, relations of the same users follow, and
/// authentication methods come last, at a pace of their own.
pub fn forecast_of(plan: &Plan, connected: &Connected) -> Forecast {
    let (stages, methods) = plan.requests_by_stage();
    let forecast = forecast(&stages, pace(connected));
    let limits = crate::graph::Limits::for_directory(Some(plan.users_total()));
    // Without a budget of writes there is none for a lane.
    let has_pace = connected.session.pace_state().writes.is_some();
    let lane = |budget: Option<crate::graph::Budget>| match budget.filter(|_| has_pace) {
        Some(budget) => (f64::from(budget.units_max), budget.per_second()),
        None => (0.0, f64::INFINITY),
    };
    let (methods_at_once, methods_each_second) = lane(limits.methods);
    let (guests_at_once, guests_each_second) = lane(limits.invitations);
    forecast
        .with_invitations(plan.summary().users_invited, guests_at_once, guests_each_second)
        .and_methods(methods, methods_at_once, methods_each_second)
}

/// The pace a forecast reckons with: what is left of the write budget and how it refills, and an ordinary answer time.
fn pace(connected: &Connected) -> Pace {
    let (burst, per_second) = match connected.session.pace_state().writes {
        Some(fill) => (f64::from(fill.left), fill.per_second),
        None => (f64::INFINITY, f64::INFINITY),
    };
    Pace {
        burst,
        per_second,
        seconds_per_batch: 0.5,
        batches_in_flight: BATCHES_IN_FLIGHT as f64,
    }
}

/// Findings for people on stderr, and the line that counts them.
pub fn tell_findings(output: Output, sheet: &str, rows: u64, findings: &[Finding]) {
    if findings.is_empty() {
        return;
    }
    output.complain(&findings_text(
        sheet,
        findings,
        FINDINGS_SHOWN_MAX,
        output.paint_error(),
    ));
    output.complain(&sheet_line(sheet, rows, findings));
}
