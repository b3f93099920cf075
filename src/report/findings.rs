//! Findings as a person reads them: where, what was found, what is allowed, what to do.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::Paint;
use super::changes::spans;
use crate::domain::{Finding, Severity};

/// How many findings a terminal gets before the rest is folded; `--json` lists all.
pub const FINDINGS_SHOWN_MAX: usize = 200;

/// How often one sentence is told before the other lines that it is about are only listed.
const SAME_SHOWN_MAX: usize = 3;

/// The findings in order. What says the same of many lines is told a few times, with the lines of the others behind it. When there
/// are too many, errors are shown before warnings, and these before what was repaired; what is left out is counted by rule and column.
pub fn findings_text(sheet: &str, findings: &[Finding], shown_max: usize, paint: Paint) -> String {
    let same = Same::among(findings);
    let mut shown: Vec<usize> = (0..findings.len())
        .filter(|at| !same.listed.contains(at))
        .collect();
    shown.sort_by_key(|at| findings.get(*at).map(|finding| weight(finding.severity)));
    let folded = shown.split_off(shown.len().min(shown_max));
    shown.sort_unstable();
    let mut text: String = shown
        .iter()
        .filter_map(|at| Some((at, findings.get(*at)?)))
        .map(|(at, finding)| one(sheet, finding, paint) + &same.behind(*at))
        .collect();
    let mut groups: BTreeMap<(u8, &str, &str), (&Finding, usize)> = BTreeMap::new();
    for (at, finding) in folded.iter().filter_map(|at| Some((at, findings.get(*at)?))) {
        let column = finding.column.as_deref().unwrap_or_default();
        let group = groups
            .entry((weight(finding.severity), finding.rule, column))
            .or_insert((finding, 0));
        group.1 += 1 + same.count(*at);
    }
    if !groups.is_empty() {
        let behind: usize = folded.iter().map(|at| same.count(*at)).sum();
        text.push_str(&format!(
            "… and {} more; `--json` lists all of them:\n",
            folded.len() + behind
        ));
    }
    for ((_, rule, column), (first, count)) in groups {
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
            count
        ));
    }
    text
}

/// The findings that say nothing but what another one says of another line.
struct Same {
    /// Those that are only listed.
    listed: HashSet<usize>,
    /// The last one of a sentence that is told, and the lines of the others.
    lines: HashMap<usize, Vec<u64>>,
}

impl Same {
    fn among(findings: &[Finding]) -> Same {
        let mut groups: HashMap<(&str, &str, &str, &str), Vec<usize>> = HashMap::new();
        for (at, finding) in findings.iter().enumerate() {
            let is_about_its_line_alone = finding.found.as_deref().is_some_and(|text| !text.is_empty())
                || finding.base.is_some()
                || finding.repair.is_some();
            if finding.place.is_none() || is_about_its_line_alone {
                continue;
            }
            let column = finding.column.as_deref().unwrap_or_default();
            let sentence = (
                finding.rule,
                column,
                finding.message.as_str(),
                finding.help.as_str(),
            );
            groups.entry(sentence).or_default().push(at);
        }
        let (mut listed, mut lines) = (HashSet::new(), HashMap::new());
        // One line more is told as quickly as it is listed.
        for group in groups
            .into_values()
            .filter(|group| group.len() > SAME_SHOWN_MAX + 1)
        {
            let (told, others) = group.split_at(SAME_SHOWN_MAX);
            let places = others.iter().filter_map(|at| findings.get(*at)?.place);
            if let Some(last) = told.last() {
                lines.insert(*last, places.map(|place| place.line).collect());
                listed.extend(others);
            }
        }
        Same { listed, lines }
    }

    /// How many are listed behind this finding.
    fn count(&self, at: usize) -> usize {
        self.lines.get(&at).map_or(0, Vec::len)
    }

    /// What is said behind this finding.
    fn behind(&self, at: usize) -> String {
        self.lines.get(&at).map_or_else(String::new, |lines| {
            let (told, is_cut) = spans(lines.iter().copied(), SPANS_MAX);
            let rest = if is_cut { ", …; `--json` lists all" } else { "" };
            format!("    … the same of {} more lines: {told}{rest}\n", lines.len())
        })
    }
}

/// How many runs of lines are named at most.
const SPANS_MAX: usize = 12;

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
    let mut text = format!(
        "{}: {word}[{}]: {}\n",
        paint.bold(&finding.place_in(sheet)),
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
        // The help says it already.
        Severity::Error | Severity::Warning if finding.help.contains(&format!("`{repair}`")) => String::new(),
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
    fn one_sentence_about_many_lines_is_told_a_few_times_and_the_lines_are_listed() {
        let lost = |row| {
            Finding::error("unknown-snapshot", Extent::Row, "no snapshot", "name a base")
                .at(Place::row(row, row))
        };
        let mut findings: Vec<Finding> = (2..39).chain([41]).map(lost).collect();
        findings.push(lost(40).found("other"));
        let text = findings_text("u.csv", &findings, 200, Paint::new(false));
        assert_eq!(text.matches("help:").count(), SAME_SHOWN_MAX + 1, "{text}");
        assert!(
            text.contains("    … the same of 35 more lines: 5-38, 41\n"),
            "{text}"
        );
        let few = findings_text("u.csv", &findings[..4], 200, Paint::new(false));
        assert_eq!(few.matches("help:").count(), 4, "{few}");
    }

    #[test]
    fn what_is_folded_counts_the_lines_that_would_have_been_listed() {
        let error = |row: u64, text: String| {
            Finding::error("no-key", Extent::Row, text, "fill it").at(Place::row(row, row))
        };
        let mut findings: Vec<Finding> = (2..5).map(|row| error(row, format!("other {row}"))).collect();
        findings.extend((5..105).map(|row| error(row, "the same".to_owned())));
        let text = findings_text("u.csv", &findings, 3, Paint::new(false));
        assert!(
            text.contains("… and 100 more") && text.contains("error[no-key]: 100"),
            "{text}"
        );
    }

    #[test]
    fn what_is_probably_meant_is_said_once() {
        let finding = |help: &str| {
            let finding = Finding::error("unknown-column", Extent::Column, "no attribute", help);
            findings_text("u.csv", &[finding.repair("jobTitle")], 9, Paint::new(false))
        };
        assert!(!finding("did you mean `jobTitle`?").contains("perhaps"));
        assert!(finding("rename it").contains("(perhaps `jobTitle`)"));
    }

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
