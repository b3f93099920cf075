//! A run as a person reads it at its end, and as JSON.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::run_csv::ReportLine;
use super::{Paint, plan};
use crate::domain::{Actor, Outcome, RowStatus, RunId};

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
    /// What became of the cells the service accepted.
    pub verified: Verified,
    /// Errors of the sheet that held something back. Those of the sheet as a whole, such as a column that is not known, stand in no row.
    pub sheet_errors: u64,
    /// The report files, where they were written.
    pub files: Vec<String>,
    /// Who began it, where that is known.
    pub signed_in: Option<Actor>,
    /// Who else went on with it.
    pub resumed_by: Vec<Actor>,
}

/// Accepted cells, by what reading them back showed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Verified {
    pub confirmed: u64,
    pub not_visible: u64,
    pub lost: u64,
    /// Nobody has looked.
    pub not_checked: u64,
}

impl Verified {
    /// Counts one more cell.
    pub fn add(&mut self, outcome: &Outcome) {
        match outcome {
            // Seen after its own request, whose answer said nothing or never came.
            Outcome::Confirmed
            | Outcome::AlreadyThere {
                after_send: Some(true),
            } => self.confirmed += 1,
            Outcome::NotVisible => self.not_visible += 1,
            Outcome::Lost { .. } => self.lost += 1,
            Outcome::Accepted => self.not_checked += 1,
            Outcome::AlreadyThere { .. }
            | Outcome::Refused { .. }
            | Outcome::Moved { .. }
            | Outcome::NotSent { .. }
            | Outcome::InDoubt { .. } => {}
        }
    }

    /// Whether it was looked, and not one of the cells that the service accepted was seen.
    pub fn shows_nothing(self) -> bool {
        self.not_visible > 0 && self.confirmed + self.lost + self.not_checked == 0
    }

    fn json(self) -> Json {
        json!({
            "confirmed": self.confirmed,
            "not_visible_yet": self.not_visible,
            "lost": self.lost,
            "not_checked": self.not_checked,
        })
    }

    /// `Read back: 214 cells confirmed.`; nothing when nothing was written.
    fn text(self, run: &RunId) -> String {
        let parts: Vec<String> = [
            (self.confirmed, "confirmed"),
            (self.not_visible, "not visible yet"),
            (self.lost, "lost"),
            (self.not_checked, "not checked"),
        ]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{} {word}", plan::counted(count, "cell", "cells")))
        .collect();
        if parts.is_empty() {
            return String::new();
        }
        let again = if self.not_visible + self.not_checked > 0 {
            format!(" `dirsheet resume {run}` looks again.")
        } else {
            String::new()
        };
        format!("Read back: {}.{again}\n", parts.join(", "))
    }
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
        text.push_str(if summary.needing_work() + summary.sheet_errors == 0 {
            "Nothing was written: no row asks for anything that is not so already.\n"
        } else {
            "Nothing was written.\n"
        });
    }
    if summary.needing_work() == 0 && summary.sheet_errors > 0 {
        text.push_str(&format!(
            "{} of the sheet as a whole held back what stands in no row of the report.\n  help: `dirsheet check SHEET` names it; correct the sheet itself, and apply it again\n",
            plan::counted(summary.sheet_errors, "error", "errors"),
        ));
    }
    text.push_str(&summary.verified.text(&summary.run));
    if let Some(finished_at) = summary.finished_at {
        let seconds = finished_at.duration_since(summary.started_at).as_secs().max(0);
        text.push_str(&format!("Took {}.\n", plan::duration(seconds.unsigned_abs())));
    }
    if !summary.resumed_by.is_empty() {
        text.push_str(&hands_text(summary));
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

/// `begun by … and carried on by …`: several have worked on the run. `None` where it was one, or nobody knows.
pub fn hands(signed_in: Option<&Actor>, resumed_by: &[Actor]) -> Option<String> {
    let others: Vec<String> = resumed_by.iter().map(ToString::to_string).collect();
    (!others.is_empty()).then(|| match signed_in {
        Some(who) => format!("begun by {who} and carried on by {}", others.join(", ")),
        None => format!("carried on by {}", others.join(", ")),
    })
}

/// Who has worked on a run, as a line; empty where nobody knows.
pub fn hands_text(summary: &RunSummary) -> String {
    match (
        hands(summary.signed_in.as_ref(), &summary.resumed_by),
        &summary.signed_in,
    ) {
        (Some(hands), _) => format!("This run was {hands}.\n"),
        (None, Some(who)) => format!("Written as {who}.\n"),
        (None, None) => String::new(),
    }
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
        "_verified": line.verified,
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
        "sheet_errors": summary.sheet_errors,
        "verified": summary.verified.json(),
        "files": summary.files,
        "signed_in": summary.signed_in,
        "resumed_by": summary.resumed_by,
        "rows": lines.iter().map(row_json).collect::<Json>(),
    })
}
