//! Findings as a person reads them: where, what was found, what is allowed, what to do.

use super::Paint;
use crate::domain::{Finding, Severity};

/// How many findings a terminal gets before the rest is folded; `--json` lists all.
pub const FINDINGS_SHOWN_MAX: usize = 200;

/// The findings in order, then a line that counts them. Empty text when there are none.
pub fn findings_text(sheet: &str, findings: &[Finding], shown_max: usize, paint: Paint) -> String {
    let mut text = String::new();
    for finding in findings.iter().take(shown_max) {
        text.push_str(&one(sheet, finding, paint));
    }
    if findings.len() > shown_max {
        let rest = findings.len() - shown_max;
        text.push_str(&format!("… and {rest} more; `--json` lists all of them\n"));
    }
    text
}

fn one(sheet: &str, finding: &Finding, paint: Paint) -> String {
    let word = match finding.severity {
        Severity::Error => paint.bad("error"),
        Severity::Warning => paint.warn("warning"),
        Severity::Repaired => paint.good("repaired"),
    };
    let mut place = sheet.to_owned();
    if let Some(at) = finding.place {
        place.push_str(&format!(":{}", at.line));
        if let Some(cell) = at.cell_name() {
            place.push_str(&format!(" {cell}"));
        }
    }
    if let Some(column) = &finding.column {
        place.push_str(&format!(" {column}"));
    }
    let mut text = format!(
        "{}: {word}[{}]: {}\n",
        paint.bold(&place),
        finding.rule,
        finding.message
    );
    if let Some(found) = finding.found.as_deref().filter(|found| !found.is_empty()) {
        text.push_str(&format!("    found: “{found}”"));
        match &finding.user {
            Some(user) => text.push_str(&format!(" ({user})\n")),
            None => text.push('\n'),
        }
    }
    if let Some(base) = finding
        .base
        .as_deref()
        .filter(|base| finding.repair.as_deref() != Some(*base))
    {
        text.push_str(&match base {
            "" => "    exported: empty\n".to_owned(),
            base => format!("    exported: “{base}”\n"),
        });
    }
    let repair = finding.repair.as_deref().map(|repair| match finding.severity {
        Severity::Repaired => format!(" (kept: `{repair}`)"),
        Severity::Error | Severity::Warning => format!(" (perhaps `{repair}`)"),
    });
    text.push_str(&format!(
        "    help: {}{}\n",
        finding.help,
        repair.unwrap_or_default()
    ));
    text
}

/// `3 errors, 1 warning in users.csv (60 rows)`.
pub fn sheet_line(sheet: &str, rows: u64, findings: &[Finding]) -> String {
    let count = |severity: Severity| {
        findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    };
    let parts: Vec<String> = [
        (count(Severity::Error), "error", "errors"),
        (count(Severity::Warning), "warning", "warnings"),
        (count(Severity::Repaired), "repaired cell", "repaired cells"),
    ]
    .into_iter()
    .filter(|(count, _, _)| *count > 0)
    .map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many }))
    .collect();
    let rows = if rows == 1 {
        "1 row".to_owned()
    } else {
        format!("{rows} rows")
    };
    if parts.is_empty() {
        format!("no errors in {sheet} ({rows})")
    } else {
        format!("{} in {sheet} ({rows})", parts.join(", "))
    }
}
