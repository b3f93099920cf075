//! A run's report: lines from its journal, and the two CSV files.

use std::collections::HashSet;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use super::error::CliError;
use super::exit::Exit;
use super::keeper::{Keeper, KeptFile};
use crate::domain::{Contacts, RowStatus, RunId};
use crate::report::{ReportFile, ReportLine, RowFacts, RunSummary, Selection, Verified};
use crate::state::{ReportRow, RunHeader, RunRecord, StateError};
use crate::table::{AtomicFile, Delimiter, Guard, LineEnd, WriteStyle};

/// What is told of a run.
pub struct Report {
    pub summary: RunSummary,
    pub lines: Vec<ReportLine>,
}

/// The report of a run, without files.
pub fn read(record: &RunRecord, contacts: Contacts) -> Result<Report, CliError> {
    let mut lines = Vec::new();
    let mut verified = Verified::default();
    let mut counted = HashSet::new();
    record.rows(|row: ReportRow| {
        // Several rows may share an operation.
        for (_, result) in row.results.iter().filter(|(one, _)| counted.insert(one.number)) {
            let outcomes = result.iter().flat_map(|result| &result.outcomes);
            outcomes.for_each(|one| verified.add(&one.outcome));
        }
        lines.push(line(&row, contacts));
        Ok::<(), StateError>(())
    })?;
    let header = record.header();
    let counts = record.counts()?;
    let summary = RunSummary {
        run: header.run.clone(),
        state: record.state().as_str(),
        tenant: header.tenant.clone(),
        command: header.command.clone(),
        started_at: header.started_at,
        finished_at: record.finished_at(),
        rows: RowStatus::ALL
            .into_iter()
            .map(|status| (status, counts.of(status)))
            .collect(),
        remaining: record.remaining_count(),
        // Journals of an older dirsheet do not tell.
        sheet_errors: header.summary["errors"].as_u64().unwrap_or(0),
        verified,
        files: Vec::new(),
        signed_in: header.signed_in.clone(),
        resumed_by: header.resumed_by.clone(),
    };
    Ok(Report { summary, lines })
}

/// The report files of a run that are there: of all rows, and of the rows that still need work.
pub fn files(header: &RunHeader) -> [Option<PathBuf>; 2] {
    let there = |name: &str| {
        let folder = Path::new(header.report_dir.as_ref()?);
        Some(folder.join(format!("{}-{name}.csv", header.run))).filter(|path| path.exists())
    };
    [there("report"), there("needs-work")]
}

/// Tries whether the report can be written, before anything is done that it would have to tell of.
pub fn probe(run: &RunId, folder: &Path) -> Result<(), CliError> {
    AtomicFile::create(&folder.join(format!("{run}-report.csv")))
        .map(drop)
        .map_err(|error| CliError::from(error).hint("name another folder with `--report-dir DIR`"))
}

/// Writes both files into the folder: all rows, and the rows that still need work where there are any. Where there are none, such a
/// file of an earlier attempt of the run is removed: it would say that rows were not sent that were. What somebody wrote into either is kept.
pub fn write(
    record: &RunRecord,
    folder: &Path,
    contacts: Contacts,
    keeper: Keeper<'_>,
) -> Result<Report, CliError> {
    let mut report = read(record, contacts)?;
    let run = &report.summary.run;
    let all = folder.join(format!("{run}-report.csv"));
    write_file(
        record,
        &report.lines,
        keeper.begin(&all)?,
        (Selection::All, contacts),
    )?;
    let mut files = vec![all];
    let rest = folder.join(format!("{run}-needs-work.csv"));
    if report.summary.needing_work() > 0 {
        write_file(
            record,
            &report.lines,
            keeper.begin_copy(&rest)?,
            (Selection::NeedsWork, contacts),
        )?;
        files.push(rest);
    } else if let Err(error) = keeper.remove(&rest) {
        return Err(CliError::new(
            Exit::Unexpected,
            format!(
                "cannot remove `{}`, which is out of date: {error}",
                rest.display()
            ),
        )
        .hint("no row needs work any more; remove the file yourself"));
    }
    report.summary.files = files.iter().map(|file| file.display().to_string()).collect();
    Ok(report)
}

fn write_file(
    record: &RunRecord,
    lines: &[ReportLine],
    file: KeptFile<'_>,
    (selection, contacts): (Selection, Contacts),
) -> Result<(), CliError> {
    let path = file.path().to_owned();
    let failed = |error: std::io::Error| {
        CliError::new(
            Exit::Unexpected,
            format!("cannot write the report `{}`: {error}", path.display()),
        )
        .hint(format!(
            "the run itself is in the journal; `dirsheet report {} --format csv` prints the report",
            record.header().run
        ))
    };
    let file = BufWriter::new(file);
    let mut report = ReportFile::begin(file, style(record), &record.header().header, selection, contacts)
        .map_err(failed)?;
    for line in lines {
        report.add(line).map_err(failed)?;
    }
    let (file, _) = report.finish().map_err(failed)?;
    let file = file.into_inner().map_err(|error| failed(error.into_error()))?;
    file.commit().map(drop)
}

/// As the sheet was laid out, always guarded: a report holds the service's words.
pub fn style(record: &RunRecord) -> WriteStyle {
    let header = record.header();
    WriteStyle {
        bom: header.bom,
        delimiter: match header.delimiter {
            ';' => Delimiter::Semicolon,
            '\t' => Delimiter::Tab,
            '|' => Delimiter::Pipe,
            _ => Delimiter::Comma,
        },
        line_end: if header.crlf { LineEnd::CrLf } else { LineEnd::Lf },
        quote_all: true,
        guard: Guard::Run,
    }
}

/// One row in words.
pub fn line(row: &ReportRow, contacts: Contacts) -> ReportLine {
    ReportLine::new(RowFacts {
        row: row.row.row,
        line: row.row.line,
        user: row.row.user,
        label: &row.row.user_label,
        cells: &row.row.cells,
        status: row.status,
        notes: &row.row.notes,
        remarks: &row.row.remarks,
        results: &row.results,
        contacts,
    })
}
