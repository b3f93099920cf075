//! `runs`, `report` and `snapshots`: what the state folder remembers.

use serde_json::{Value as Json, json};

use super::args::ReportFormat;
use super::connect::Context;
use super::error::CliError;
use super::exit::Exit;
use super::{reports, resume};
use crate::domain::{Reading, RowStatus};
use crate::report::{ReportFile, Selection, counted, hands, hands_text, run_json, run_text};
use crate::state::{Doubts, RunState};

/// `runs`: newest first.
pub fn runs(context: &Context) -> Result<Exit, CliError> {
    let state = context.state()?;
    let listed = state.list_runs()?;
    let output = context.output;
    if output.json {
        let one = |run: &crate::state::ListedRun| match &run.overview {
            Ok(overview) => {
                let doubts = state.doubts(overview).ok();
                json!({
                "id": overview.id,
                "state": overview.state.as_str(),
                "started_at": overview.started_at,
                "finished_at": overview.finished_at,
                "tenant": overview.tenant,
                "command": overview.command,
                "sheet": overview.sheet,
                "updated": overview.counts.of(RowStatus::Updated),
                "failed": overview.counts.of(RowStatus::Failed),
                "in_doubt": doubts.map(|doubts| doubts.in_doubt),
                "accepted": doubts.map(|doubts| doubts.accepted),
                "rows": overview.counts,
                "remaining": overview.remaining,
                "signed_in": overview.signed_in,
                "resumed_by": overview.resumed_by,
                })
            }
            Err(error) => json!({ "id": run.id, "state": "damaged", "error": error.to_string() }),
        };
        output.json(&listed.iter().map(one).collect::<Json>())?;
        return Ok(Exit::Done);
    }
    if listed.is_empty() {
        output.say("No runs yet.");
    }
    let mut text = String::new();
    for run in &listed {
        match &run.overview {
            Ok(overview) => {
                let Doubts { in_doubt, accepted } = state.doubts(overview).unwrap_or_default();
                let doubtful = |status| match status {
                    RowStatus::Failed => in_doubt,
                    _ => 0,
                };
                let rows = overview.counts.iter();
                let counts: Vec<String> = rows
                    .map(|(status, count)| (status.as_str(), count.saturating_sub(doubtful(status))))
                    .chain([("in doubt", in_doubt)])
                    .filter(|(_, count)| *count > 0)
                    .map(|(word, count)| format!("{count} {word}"))
                    .collect();
                let told = match accepted {
                    0 => String::new(),
                    _ => format!(
                        "; {} accepted and not confirmed (`dirsheet resume` looks again)",
                        counted(accepted, "request", "requests")
                    ),
                };
                // Accepted is not confirmed: such a run is not at its end.
                let state_word = match overview.state {
                    RunState::Finished if accepted > 0 => "accepted",
                    state => state.as_str(),
                };
                let hands = hands(overview.signed_in.as_ref(), &overview.resumed_by);
                text.push_str(&format!(
                    "{}  {:<11}  {}  {}{told}{}{}\n",
                    overview.id,
                    state_word,
                    overview.command,
                    counts.join(", "),
                    match overview.remaining {
                        0 => String::new(),
                        _ if state.is_given_up(&run.id) => "; given up by `dirsheet undo`".to_owned(),
                        left => format!(
                            "; {} still to do (`dirsheet resume`)",
                            counted(left, "request", "requests")
                        ),
                    },
                    hands.map(|hands| format!("; {hands}")).unwrap_or_default()
                ));
            }
            Err(error) => text.push_str(&format!("{}  damaged      {error}\n", run.id)),
        }
    }
    output.data(&text)?;
    Ok(Exit::Done)
}

/// Bytes as a person reads them: `640 kB`, `1.2 MB`.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

/// `report RUN`.
pub fn report(context: &Context, run: &str, format: Option<ReportFormat>) -> Result<Exit, CliError> {
    let state = context.state()?;
    let record = resume::record(&state, &resume::run_id(run)?)?;
    let report = reports::read(&record, context.output.contacts)?;
    let output = context.output;
    if output.json && format == Some(ReportFormat::Csv) {
        return Err(
            CliError::usage("`--json` and `--format csv` contradict each other").hint("name one of them"),
        );
    }
    match format {
        Some(ReportFormat::Json) => output.json(&run_json(&report.summary, &report.lines))?,
        None if output.json => output.json(&run_json(&report.summary, &report.lines))?,
        None => {
            let mut text = run_text(&report.summary, &report.lines, output.paint());
            // Where several have worked on it, it is told already.
            if report.summary.resumed_by.is_empty() {
                text.push_str(&hands_text(&report.summary));
            }
            output.data(&text)?;
        }
        Some(ReportFormat::Csv) => {
            let failed = |error: std::io::Error| {
                CliError::new(Exit::Unexpected, format!("cannot write the report: {error}"))
            };
            let mut file = ReportFile::begin(
                Vec::new(),
                reports::style(&record),
                &record.header().header,
                Selection::All,
                output.contacts,
            )
            .map_err(failed)?;
            for line in &report.lines {
                file.add(line).map_err(failed)?;
            }
            let (bytes, _) = file.finish().map_err(failed)?;
            output.data(&String::from_utf8_lossy(&bytes))?;
        }
    }
    Ok(Exit::Done)
}

/// `snapshots`: newest first.
pub fn snapshots(context: &Context) -> Result<Exit, CliError> {
    let listed = context.state()?.list_snapshots()?;
    let output = context.output;
    if output.json {
        // Never the link.
        let reading = |reading: &Reading| {
            json!({
                "way": reading.way.as_str(),
                "exact": reading.exact,
                "moment": reading.moment,
                "refreshed": reading.refreshed,
            })
        };
        let one = |snapshot: &crate::state::ListedSnapshot| match &snapshot.meta {
            Ok(meta) => json!({
                "id": meta.id,
                "tenant": meta.tenant,
                "taken_at": meta.taken_at,
                "users": meta.users,
                "columns": meta.columns,
                "filter": meta.filter,
                "reading": meta.reading.as_deref().map(reading),
                "bytes": snapshot.bytes,
            }),
            Err(error) => json!({ "id": snapshot.id, "bytes": snapshot.bytes, "error": error.to_string() }),
        };
        output.json(&listed.iter().map(one).collect::<Json>())?;
        return Ok(Exit::Done);
    }
    if listed.is_empty() {
        output.say("No snapshots yet; `dirsheet export` makes one.");
    }
    let mut text = String::new();
    for snapshot in &listed {
        match &snapshot.meta {
            Ok(meta) => {
                let filter = meta
                    .filter
                    .as_ref()
                    .map(|filter| format!(", filter {filter}"))
                    .unwrap_or_default();
                text.push_str(&format!(
                    "{}  {} users, {} columns, {}, tenant {}{filter}\n",
                    meta.id,
                    meta.users,
                    meta.columns.len(),
                    size(snapshot.bytes),
                    meta.tenant
                ));
            }
            Err(error) => text.push_str(&format!("{}  damaged: {error}\n", snapshot.id)),
        }
    }
    output.data(&text)?;
    if listed.len() > 1 {
        let bytes = listed.iter().map(|snapshot| snapshot.bytes).sum();
        output.say(&format!("{} snapshots, {}.", listed.len(), size(bytes)));
    }
    Ok(Exit::Done)
}
