//! A run as a person reads it at its end, and as JSON.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::run_csv::ReportLine;
use super::{Paint, plan};
use crate::domain::{RowStatus, RunId};

/// The figures of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunSummary {
    pub run: RunId,
    /// `running`, `interrupted` or `finished`.
    pub state: &'static str,
    pub tenant: String,
    pub command: String,
    pub started_at: jiff::Timestamp,
    pub finished_at: Option<jiff::Timestamp>,
    /// Rows by status, every status named.
    pub rows: Vec<(RowStatus, u64)>,
    /// Operations that `resume` would still work on.
    pub remaining: u64,
    /// The report files, where they were written.
    pub files: Vec<String>,
}

impl RunSummary {
    pub fn of(&self, status: RowStatus) -> u64 {
        self.rows
            .iter()
            .find(|(known, _)| *known == status)
            .map_or(0, |(_, count)| *count)
    }

    /// Rows that still need somebody.
    pub fn needing_work(&self) -> u64 {
        self.rows
            .iter()
            .filter(|(status, _)| status.needs_work())
            .map(|(_, count)| *count)
            .sum()
    }
}

/// The end of a run: rows by status, the errors by kind, what to do next.
pub fn run_text(summary: &RunSummary, lines: &[ReportLine], paint: Paint) -> String {
    let mut text = format!(
        "{}\n",
        paint.bold(&format!("{}: {}", summary.run, summary.command))
    );
    for (status, count) in summary.rows.iter().filter(|(_, count)| *count > 0) {
        let word = format!("{:>9}", status.as_str());
        let word = match status {
            RowStatus::Updated => paint.good(&word),
            RowStatus::Failed => paint.bad(&word),
            RowStatus::Partial | RowStatus::Conflict | RowStatus::Skipped | RowStatus::NotSent => {
                paint.warn(&word)
            }
            RowStatus::Unchanged => paint.dim(&word),
        };
        text.push_str(&format!("  {word}  {count}\n"));
    }
    text.push_str(&reasons(lines, paint));
    let written = summary.of(RowStatus::Updated) + summary.of(RowStatus::Partial);
    if written == 0 && summary.remaining == 0 {
        text.push_str(if summary.needing_work() == 0 {
            "Nothing was written: no row asks for anything that is not so already.\n"
        } else {
            "Nothing was written.\n"
        });
    }
    if let Some(finished_at) = summary.finished_at {
        let seconds = finished_at.duration_since(summary.started_at).as_secs().max(0);
        text.push_str(&format!("Took {}.\n", plan::duration(seconds.unsigned_abs())));
    }
    for file in &summary.files {
        text.push_str(&format!("Written: {file}\n"));
    }
    if summary.remaining > 0 {
        text.push_str(&format!(
            "{} still to do: `dirsheet resume {}` goes on where this run ended.\n",
            plan::counted(summary.remaining, "request is", "requests are"),
            summary.run
        ));
    }
    text
}

/// What kept rows from being written, most frequent first, each with one example and what to do.
fn reasons(lines: &[ReportLine], paint: Paint) -> String {
    let mut reasons: BTreeMap<&str, (u64, &ReportLine)> = BTreeMap::new();
    for line in lines
        .iter()
        .filter(|line| line.status.needs_work() && !line.error_code.is_empty())
    {
        reasons.entry(line.error_code.as_str()).or_insert((0, line)).0 += 1;
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(code, (count, _))| (std::cmp::Reverse(*count), *code));
    let mut text = String::new();
    for (code, (count, example)) in reasons {
        let rows = plan::counted(count, "row", "rows");
        text.push_str(&format!(
            "  {} {code}: for example row {} {}: {}\n      {}\n",
            paint.bold(&rows),
            example.row,
            example.label,
            example.error,
            paint.dim(&example.hint)
        ));
    }
    text
}

/// Rows by status, as an object.
pub fn summary_json(summary: &RunSummary) -> Json {
    Json::Object(
        summary
            .rows
            .iter()
            .map(|(status, count)| (status.as_str().to_owned(), json!(count)))
            .collect(),
    )
}

/// One row, with the names of the report's columns.
pub fn row_json(line: &ReportLine) -> Json {
    json!({
        "row": line.row,
        "line": line.line,
        "user": line.user,
        "userPrincipalName": line.label,
        "_status": line.status.as_str(),
        "_changes": line.changes,
        "_error_code": line.error_code,
        "_error": line.error,
        "_hint": line.hint,
        "_request_id": line.request_id,
        "_finished_at": line.finished_at,
    })
}

/// The answer of `apply --json`, `resume --json` and `report --format json`.
pub fn run_json(summary: &RunSummary, lines: &[ReportLine]) -> Json {
    json!({
        "run": summary.run,
        "state": summary.state,
        "tenant": summary.tenant,
        "command": summary.command,
        "started_at": summary.started_at,
        "finished_at": summary.finished_at,
        "summary": summary_json(summary),
        "remaining": summary.remaining,
        "files": summary.files,
        "rows": lines.iter().map(row_json).collect::<Json>(),
    })
}
