//! From an approved plan to a run: the journal is written first, whole.

use std::collections::HashSet;
use std::path::PathBuf;

use super::args::RunArgs;
use super::connect::{Connected, Job};
use super::error::CliError;
use super::exit::Exit;
use super::invitations;
use super::listener::Heard;
use super::passwords;
use super::reports;
use super::runner::run_journal;
use crate::domain::{
    ApprovedOperations, ApprovedPlan, Operation, OperationNumber, PlannedRow, RowStatus, RunId,
};
use crate::engine::Work;
use crate::state::{Journal, RowStanding, RunHeader, RunLock, RunRow, SheetShape, StateFolder};

/// What a new run is begun with.
pub struct Start {
    header: RunHeader,
}

impl Start {
    pub fn new(approved: &ApprovedPlan, sheet: &SheetShape, verb: &str, connected: &Connected) -> Start {
        let now = jiff::Timestamp::now();
        let chance = uuid::Uuid::new_v4().into_bytes();
        let plan = approved.plan();
        let binding = plan.binding();
        Start {
            header: RunHeader {
                run: RunId::new(now, [chance[0], chance[1]]),
                tenant: connected.tenant.clone(),
                graph_url: connected.graph_url.clone(),
                command: format!("{verb} {}", binding.sheet_name),
                sheet_name: binding.sheet_name.clone(),
                sheet_path: sheet.path.display().to_string(),
                sheet_sha256: binding.sheet_sha256.clone(),
                delimiter: sheet.delimiter,
                bom: sheet.bom,
                crlf: sheet.crlf,
                reading: sheet.reading.clone(),
                header: sheet.header.clone(),
                plan_fingerprint: plan.fingerprint(),
                snapshots: binding
                    .snapshots
                    .iter()
                    .chain(&binding.restores)
                    .map(ToString::to_string)
                    .collect(),
                started_at: now,
                report_dir: None,
                summary: serde_json::to_value(plan.summary()).unwrap_or_default(),
                undoes: None,
                passwords_of_sheet: connected.session.offers_passwords(),
                signed_in: connected.signed_in.clone(),
                resumed_by: Vec::new(),
            },
        }
    }
}

impl Start {
    /// Its name.
    pub fn run(&self) -> &RunId {
        &self.header.run
    }

    /// A run that takes another one back.
    pub fn undo(approved: &ApprovedPlan, sheet: &SheetShape, run: &RunId, connected: &Connected) -> Start {
        let mut start = Start::new(approved, sheet, "undo", connected);
        start.header.command = format!("undo {run}");
        start.header.undoes = Some(run.clone());
        start
    }
}

/// A run that is written down, and of which nothing was sent. It needs the plan no more.
pub struct Begun {
    journal: Journal,
    operations: ApprovedOperations,
    known: Vec<Work>,
    report_dir: PathBuf,
    has_errors: bool,
}

/// Begins a run and takes it to its end. `known` says of some operations what is left of them; the others are sent whole.
pub async fn carry_out(
    job: Job<'_>,
    how: &RunArgs,
    start: Start,
    approved: &ApprovedPlan,
    known: Vec<Work>,
) -> Result<Exit, CliError> {
    begin(job, how, start, approved, known)?.carry(job, how).await
}

/// Writes a run down. Whoever is done with the plan then can let it go: the run may take hours.
pub fn begin(
    job: Job<'_>,
    how: &RunArgs,
    start: Start,
    approved: &ApprovedPlan,
    known: Vec<Work>,
) -> Result<Begun, CliError> {
    let report_dir = report_dir(how, &start.header.run, job.state)?;
    let mut header = start.header;
    header.report_dir = Some(report_dir.display().to_string());
    reports::probe(&header.run, &report_dir)?;
    let operations = approved.operations();
    open_private_files(job, how, operations.as_slice(), &known)?;
    let lock = RunLock::take(job.state, &header.run)?;
    let journal = Journal::create(
        lock,
        header,
        run_rows(approved, &operations),
        operations.as_slice().iter().cloned(),
    )?;
    if let Some(listener) = &job.context.listener {
        listener.hear(Heard::RunBegan(journal.header().run.clone()));
    }
    Ok(Begun {
        journal,
        operations,
        known,
        report_dir,
        has_errors: approved.plan().errors() > 0,
    })
}

impl Begun {
    /// Takes it to its end.
    pub async fn carry(self, job: Job<'_>, how: &RunArgs) -> Result<Exit, CliError> {
        let Begun {
            journal,
            operations,
            known,
            report_dir,
            has_errors,
        } = self;
        let exit = run_journal(job, how, journal, operations, known, &report_dir).await?;
        // What was skipped because of an error still needs somebody, even where no row of the report says so.
        let skipped = exit == Exit::Done && has_errors;
        Ok(if skipped { Exit::SomeFailed } else { exit })
    }
}

/// Opens the files for passwords and for links, when what is still to be sent has some; what is settled needs none.
///
/// # Errors
/// A file cannot be made, or is there already.
pub fn open_private_files(
    job: Job<'_>,
    how: &RunArgs,
    operations: &[Operation],
    known: &[Work],
) -> Result<(), CliError> {
    let settled: HashSet<OperationNumber> = known
        .iter()
        .filter(|work| work.is_settled())
        .map(Work::number)
        .collect();
    let to_send = operations.iter().filter(|one| !settled.contains(&one.number));
    passwords::begin(job, how, to_send.clone())?;
    invitations::begin(job, how, to_send)
}

/// Where the report goes: where the person says, else beside the journal.
pub fn report_dir(how: &RunArgs, run: &RunId, state: &StateFolder) -> Result<PathBuf, CliError> {
    let folder = match &how.report_dir {
        Some(folder) => folder.clone(),
        None => state.root().join("reports").join(run.as_str()),
    };
    state.make_folder(&folder).map_err(|error| {
        CliError::usage(format!(
            "cannot make the report folder `{}`: {error}",
            folder.display()
        ))
        .hint("name another folder with `--report-dir DIR`")
    })?;
    Ok(std::path::absolute(&folder).unwrap_or(folder))
}

/// The sheet's rows as the journal keeps them, each with the operations that write it; one at a time.
fn run_rows<'a>(
    approved: &'a ApprovedPlan,
    operations: &'a ApprovedOperations,
) -> impl Iterator<Item = RunRow> + 'a {
    let mut by_user: std::collections::HashMap<_, Vec<_>> = std::collections::HashMap::new();
    for operation in operations.as_slice() {
        by_user.entry(operation.user).or_default().push(operation);
    }
    let row = move |planned: &PlannedRow| {
        let own = planned
            .user
            .and_then(|user| by_user.get(&user))
            .map(Vec::as_slice)
            .unwrap_or_default();
        let numbers = own
            .iter()
            .filter(|operation| {
                operation
                    .changes()
                    .iter()
                    .any(|change| planned.writes.iter().any(|name| name == change.attribute.name))
            })
            .map(|operation| operation.number);
        RunRow {
            row: planned.row,
            line: planned.line,
            user: planned.user,
            user_label: planned.label().into_owned(),
            cells: planned.cells.clone(),
            standing: standing(planned),
            notes: planned.notes.to_vec(),
            remarks: planned.remarks.to_vec(),
            operations: numbers.collect(),
            writes: (!planned.writes.is_empty())
                .then(|| planned.writes.iter().map(|name| name.to_string()).collect()),
        }
    };
    approved.plan().rows().iter().map(row)
}

fn standing(planned: &PlannedRow) -> RowStanding {
    let in_conflict = planned
        .notes
        .iter()
        .any(|note| note.status == RowStatus::Conflict);
    match (planned.writes.is_empty(), planned.notes.is_empty()) {
        _ if in_conflict => RowStanding::Conflict,
        (false, _) => RowStanding::Planned,
        (true, false) => RowStanding::Skipped,
        (true, true) => RowStanding::Unchanged,
    }
}
