//! Findings as a person reads them: where, what was found, what is allowed, what to do.

use std::collections::BTreeMap;

use super::Paint;
use crate::domain::{Finding, Severity};

/// How many findings a terminal gets before the rest is folded; `--json` lists all.
pub const FINDINGS_SHOWN_MAX: usize = 200;

/// The findings in order. When there are too many, errors are shown before warnings, and these before what was repaired; what
/// is left out is counted by rule and column.
pub fn findings_text(sheet: &str, findings: &[Finding], shown_max: usize, paint: Paint) -> String {
    let mut shown: Vec<usize> = (0..findings.len()).collect();
    shown.sort_by_key(|at| findings.get(*at).map(|finding| weight(finding.severity)));
    let folded = shown.split_off(shown.len().min(shown_max));
    shown.sort_unstable();
    let mut text: String = shown
        .iter()
        .filter_map(|at| findings.get(*at))
        .map(|finding| one(sheet, finding, paint))
        .collect();
    let mut groups: BTreeMap<(u8, &str, &str), Vec<&Finding>> = BTreeMap::new();
    for finding in folded.iter().filter_map(|at| findings.get(*at)) {
        let column = finding.column.as_deref().unwrap_or_default();
        groups
            .entry((weight(finding.severity), finding.rule, column))
            .or_default()
            .push(finding);
    }
    if !groups.is_empty() {
        text.push_str(&format!(
            "… and {} more; `--json` lists all of them:\n",
            folded.len()
        ));
    }
    for ((_, rule, column), group) in groups {
        let Some(first) = group.first() else { continue };
        let column = if column.is_empty() {
            String::new()
        } else {
            format!(" {column}")
        };
        let at = first
            .place
            .map_or_else(String::new, |place| format!(", the first in line {}", place.line));
        text.push_str(&format!(
            "    {}[{rule}]{column}: {}{at}\n",
            word(first.severity, paint),
            group.len()
        ));
    }
    text
}

/// What is shown first when not everything is.
fn weight(severity: Severity) -> u8 {
    match severity {
        Severity::Error => 0,
        Severity::Warning => 1,
        Severity::Repaired => 2,
    }
}

fn word(severity: Severity, paint: Paint) -> String {
    match severity {
        Severity::Error => paint.bad("error"),
        Severity::Warning => paint.warn("warning"),
        Severity::Repaired => paint.good("repaired"),
    }
}

fn one(sheet: &str, finding: &Finding, paint: Paint) -> String {
    let word = word(finding.severity, paint);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Extent, Place};

    #[test]
    fn an_error_is_never_folded_behind_what_was_repaired() {
        let repaired = |row| {
            Finding::repaired("number-rewritten", "kept", "nothing", "007")
                .at(Place::cell(row, row, 1))
                .column("employeeId")
        };
        let mut findings: Vec<Finding> = (2..12).map(repaired).collect();
        findings.push(
            Finding::error("spreadsheet-error", Extent::Cell, "an error value", "mend it")
                .at(Place::cell(12, 12, 2)),
        );
        let text = findings_text("u.csv", &findings, 3, Paint::new(false));
        assert!(text.contains("u.csv:12 C12: error[spreadsheet-error]"), "{text}");
        assert_eq!(text.matches("help:").count(), 3, "{text}");
        assert!(
            text.contains("… and 8 more")
                && text.contains("repaired[number-rewritten] employeeId: 8, the first in line 4"),
            "{text}"
        );
    }
}
