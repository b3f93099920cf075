//! A sheet given back with comments: which cell gets which colour and which words, and the list on the first page.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use crate::domain::{Extent, Finding, Place, Severity};
use crate::table::{AnnotationLine, Annotations, CellMark, DATA_SHEET, Header, Sheet, Tone, write_annotated};

/// How many findings the first page lists.
const LISTED_MAX: usize = 20_000;

/// The longest comment, in characters; what is longer is cut, and the first page has it whole.
const NOTE_CHARS_MAX: usize = 3_000;

/// The headings of the list on the first page, and their widths.
const COLUMNS: [(&str, u16); 9] = [
    ("Cell", 10),
    ("Weight", 10),
    ("User", 34),
    ("Column", 22),
    ("Found", 30),
    ("What is wrong", 70),
    ("What to do", 70),
    ("Exported", 30),
    ("Rule", 26),
];

/// Writes the sheet as a workbook with comments, and hands the sink back. `folder` is where its rows wait meanwhile.
///
/// # Errors
/// Those of the sink and of the temporary file; the sheet is larger than a worksheet can be.
pub fn annotate<W: Write + Send>(
    sink: W,
    sheet: &Sheet,
    findings: &[Finding],
    folder: Option<&Path>,
) -> io::Result<W> {
    let annotations = annotations(sheet.name(), sheet.header(), sheet.header_row(), findings);
    write_annotated(sink, sheet, &annotations, folder)
}

/// Decides what is said where.
pub fn annotations(name: &str, header: &Header, header_row: u64, findings: &[Finding]) -> Annotations {
    // A finding about a whole row stands where people look first.
    let key = ["userPrincipalName", "id"]
        .into_iter()
        .find_map(|name| header.index_of(name))
        .unwrap_or(0);
    let mut notes: BTreeMap<(u64, usize), (Tone, Vec<String>)> = BTreeMap::new();
    let mut lines = Vec::new();
    for finding in findings {
        let place = target(finding, header_row, key);
        if let Some((row, column)) = place {
            let (tone, told) = notes
                .entry((row, column))
                .or_insert((tone(finding.severity), Vec::new()));
            *tone = (*tone).min(self::tone(finding.severity));
            told.push(note(finding));
        }
        if lines.len() < LISTED_MAX {
            lines.push(AnnotationLine {
                place: place.map(|(row, column)| Place::cell(row, row, column)),
                tone: tone(finding.severity),
                texts: line(finding),
            });
        }
    }
    Annotations {
        title: format!("What was found in {name}"),
        summary: summary(findings),
        columns: COLUMNS.to_vec(),
        lines,
        marks: notes
            .into_iter()
            .map(|(at, (tone, told))| {
                let note: String = told.join("\n\n").chars().take(NOTE_CHARS_MAX).collect();
                (at, CellMark { tone, note })
            })
            .collect(),
    }
}

fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Error => Tone::Bad,
        Severity::Warning => Tone::Doubtful,
        Severity::Repaired => Tone::Good,
    }
}

/// The cell that is marked: that of the finding, the header for a whole column, the key for a whole row.
fn target(finding: &Finding, header_row: u64, key: usize) -> Option<(u64, usize)> {
    let place = finding.place?;
    match (finding.extent, place.column) {
        (Extent::Column, Some(column)) => Some((header_row, column)),
        (_, Some(column)) => Some((place.row, column)),
        (Extent::Row | Extent::Cell, None) => Some((place.row, key)),
        (Extent::Sheet | Extent::Column, None) => None,
    }
}

/// The comment: what is wrong, what to do, what was there before.
fn note(finding: &Finding) -> String {
    let mut text = format!("{}: {}", word(finding.severity), finding.message);
    text.push_str(&format!("\nWhat to do: {}", finding.help));
    if let Some(base) = finding.told_export().filter(|_| finding.extent == Extent::Cell) {
        text.push_str(&match base.as_str() {
            "" => "\nExported: empty".to_owned(),
            base => format!("\nExported: {base}"),
        });
    }
    if let Some(repair) = finding
        .repair
        .as_deref()
        .filter(|repair| finding.base.as_deref() != Some(*repair))
    {
        text.push_str(&format!("\nPerhaps: {repair}"));
    }
    text.push_str(&format!("\n[{}]", finding.rule));
    text
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "Error",
        Severity::Warning => "Warning",
        Severity::Repaired => "Repaired",
    }
}

/// The line on the first page, its first column left out.
fn line(finding: &Finding) -> Vec<String> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    vec![
        word(finding.severity).to_owned(),
        text(&finding.user),
        text(&finding.column),
        text(&finding.found),
        finding.message.clone(),
        finding.help.clone(),
        text(&finding.base),
        finding.rule.to_owned(),
    ]
}

fn summary(findings: &[Finding]) -> Vec<String> {
    let count = |severity| {
        findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    };
    let mut summary = vec![
        format!(
            "{} errors, {} warnings, {} cells that only a program changed (the exported value is kept).",
            count(Severity::Error),
            count(Severity::Warning),
            count(Severity::Repaired)
        ),
        "Red cells must be mended before anything is written, yellow ones looked at; green ones need nothing. The comment in each cell says what is wrong and what to do.".to_owned(),
        format!("Mend the cells of the worksheet “{DATA_SHEET}”, save this workbook, and check it again: it takes the place of the sheet it was made from."),
    ];
    let more = findings.len().saturating_sub(LISTED_MAX);
    if more > 0 {
        summary.push(format!(
            "{more} more are not listed here; `dirsheet check --json` lists all of them."
        ));
    }
    summary
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::ReadOptions;

    fn decided(findings: &[Finding]) -> Annotations {
        let text = "jobTitle,userPrincipalName\nPilot,a@x.example\n";
        let sheet = Sheet::from_bytes("users.csv", text.into(), ReadOptions::default()).unwrap();
        annotations(sheet.name(), sheet.header(), sheet.header_row(), findings)
    }

    fn error(extent: Extent) -> Finding {
        Finding::error("a-rule", extent, "it is wrong", "mend it")
    }

    #[test]
    fn a_finding_stands_at_its_cell_its_header_its_key_or_on_the_first_page_only() {
        for (finding, at) in [
            (error(Extent::Cell).at(Place::cell(9, 7, 0)), Some((7, 0))),
            (error(Extent::Row).at(Place::row(9, 7)), Some((7, 1))),
            (error(Extent::Column).at(Place::cell(9, 7, 0)), Some((1, 0))),
            (error(Extent::Sheet).at(Place::cell(1, 1, 1)), Some((1, 1))),
            (error(Extent::Sheet), None),
            (error(Extent::Sheet).at(Place::row(1, 1)), None),
        ] {
            let decided = decided(std::slice::from_ref(&finding));
            let marked: Vec<(u64, usize)> = decided.marks.keys().copied().collect();
            assert_eq!(marked, at.into_iter().collect::<Vec<_>>(), "{finding:?}");
            assert_eq!(decided.lines.len(), 1);
            assert_eq!(decided.lines[0].texts.len() + 1, COLUMNS.len());
        }
    }

    #[test]
    fn the_worst_of_several_findings_colours_the_cell_and_all_are_in_its_comment() {
        let at = |finding: Finding| finding.at(Place::cell(2, 2, 0));
        let repaired = Finding::repaired("b-rule", "it was changed", "nothing to do", "007").exported("007");
        let warning = Finding::warning("c-rule", Extent::Cell, "it is odd", "look");
        let decided = decided(&[at(repaired), at(warning), at(error(Extent::Cell).repair("Pilot"))]);
        let mark = &decided.marks[&(2, 0)];
        assert_eq!(mark.tone, Tone::Bad);
        assert_eq!(
            mark.note,
            "Repaired: it was changed\nWhat to do: nothing to do\nExported: 007\n[b-rule]\n\n\
             Warning: it is odd\nWhat to do: look\n[c-rule]\n\n\
             Error: it is wrong\nWhat to do: mend it\nPerhaps: Pilot\n[a-rule]"
        );
    }

    #[test]
    fn a_flood_of_findings_is_counted_and_every_cell_is_still_marked() {
        let many: Vec<Finding> = (0..=LISTED_MAX as u64)
            .map(|row| error(Extent::Cell).at(Place::cell(row + 2, row + 2, 0)))
            .collect();
        let decided = decided(&many);
        assert_eq!(
            (decided.lines.len(), decided.marks.len()),
            (LISTED_MAX, LISTED_MAX + 1)
        );
        assert!(
            decided.summary.iter().any(|line| line.starts_with("1 more")),
            "{:?}",
            decided.summary
        );
    }
}
