//! A plan as a workbook: what it comes to on the first page, and every change with old and new side by side.

use std::io::{self, Write};
use std::path::Path;

use jiff::Timestamp;

use super::paper::Paper;
use super::plan::origin;
use crate::domain::{AccountAction, Change, Part, Severity, Side, UserChanges};
use crate::table::{BookCell, BookWriter, Shade};

/// Writes the workbook, and hands the sink back. `folder` is where its rows wait meanwhile.
///
/// # Errors
/// Those of the sink and of the temporary files; more changes than a worksheet has rows.
pub fn write_book<W: Write + Send>(
    paper: &Paper<'_>,
    sink: W,
    folder: &Path,
    made_at: Timestamp,
) -> io::Result<W> {
    let mut book = BookWriter::new(sink, folder, made_at)?;
    book.page("Plan", &paper.title, &first_page(paper))?;
    if !paper.privileged.is_empty() {
        privileged(paper, &mut book)?;
    }
    changes(paper, &mut book)?;
    if !paper.conflicts.is_empty() {
        conflicts(paper, &mut book)?;
    }
    if !paper.settled.is_empty() {
        settled(paper, &mut book)?;
    }
    if !paper.withheld.is_empty() {
        withheld(paper, &mut book)?;
    }
    if !paper.left_alone.is_empty() {
        left_alone(paper, &mut book)?;
    }
    if !paper.findings.is_empty() {
        findings(paper, &mut book)?;
    }
    book.finish()
}

fn first_page<'p>(paper: &'p Paper<'_>) -> Vec<(String, BookCell<'p>)> {
    let line = |name: &str, told: String| (name.to_owned(), BookCell::plain(told));
    let gap = || line("", String::new());
    let mut lines = Vec::new();
    if let Some(obstacle) = paper.obstacle {
        lines.push((
            "Cannot be applied as it is".to_owned(),
            BookCell::shaded(obstacle, Shade::Danger),
        ));
    }
    if !paper.privileged.is_empty() {
        let told = format!("{} given or taken; see the next page", paper.privileged.len());
        lines.push((
            "Privileged roles".to_owned(),
            BookCell::shaded(told, Shade::Danger),
        ));
    }
    lines.extend(paper.figures.iter().map(|figure| line("", figure.clone())));
    lines.push(gap());
    lines.extend(paper.facts.iter().map(|(name, value)| line(name, value.clone())));
    for guard in paper.guards {
        let mut told = format!("{}; limit {}, {}", guard.message, guard.limit, origin(guard));
        if !guard.passed {
            told = format!("REFUSED: {told}; if this is meant, add {}", guard.flag);
        }
        let shade = match (guard.passed, guard.known) {
            (true, true) => Shade::Plain,
            (true, false) => Shade::Wary,
            (false, _) => Shade::Danger,
        };
        if guard.passed && !guard.known {
            told = format!("unknown: {told}");
        }
        lines.push((format!("Guard {}", guard.guard), BookCell::shaded(told, shade)));
    }
    lines.push(gap());
    for count in paper.review.columns() {
        let told = format!("{} set, {} cleared", count.set, count.cleared);
        lines.push(line(&format!("Column {}", count.attribute.name), told));
    }
    lines.push(gap());
    for count in paper.review.departments() {
        let name = match count.department {
            "" => "(no department)",
            name => name,
        };
        let told = format!("{} users, {} cells", count.users, count.cells);
        lines.push(line(&format!("Department {name}"), told));
    }
    lines
}

fn privileged<W: Write + Send>(paper: &Paper<'_>, book: &mut BookWriter<W>) -> io::Result<()> {
    const COLUMNS: [(&str, u16); 4] = [
        ("Row of the sheet", 10),
        ("Who", 34),
        ("What", 11),
        ("Privileged role", 40),
    ];
    let rows = paper.privileged.iter().map(|(user, change, role)| {
        let what = if change.takes_role() { "loses" } else { "gets" };
        vec![
            BookCell::plain(user.row.to_string()),
            who(user),
            BookCell::shaded(what, Shade::Danger),
            BookCell::shaded(role.as_str(), Shade::Danger),
        ]
    });
    book.table("Privileged roles", &COLUMNS, rows)
}

/// No heading is the name of an attribute: nobody should be able to hand this workbook to `apply` as a sheet.
const CHANGES: [(&str, u16); 8] = [
    ("Row of the sheet", 10),
    ("What", 11),
    ("Who", 34),
    ("Known as", 26),
    ("Now works in", 24),
    ("What changes", 24),
    ("Old", 40),
    ("New", 40),
];

fn changes<W: Write + Send>(paper: &Paper<'_>, book: &mut BookWriter<W>) -> io::Result<()> {
    let rows = Part::ALL.into_iter().flat_map(|part| {
        let (word, shade) = match part {
            Part::Deleted => ("Deleted", Shade::Danger),
            Part::Account => ("Account", Shade::Wary),
            Part::Cleared => ("Cleared", Shade::Danger),
            Part::Sensitive => ("Sensitive", Shade::Wary),
            Part::Ordinary => ("Other", Shade::New),
        };
        paper.review.users().iter().flat_map(move |user| {
            let changes = user.changes.iter().filter(move |change| Part::of(change) == part);
            changes.map(move |change| {
                vec![
                    BookCell::plain(user.row.to_string()),
                    BookCell::shaded(
                        word,
                        if part == Part::Ordinary {
                            Shade::Plain
                        } else {
                            shade
                        },
                    ),
                    who(user),
                    BookCell::plain(user.person.display_name.as_str()),
                    BookCell::plain(user.person.department.as_str()),
                    BookCell::plain(change.attribute.name),
                    BookCell::shaded(change.before.to_cell(), Shade::Quiet),
                    BookCell::shaded(after(change), shade),
                ]
            })
        })
    });
    book.table("Changes", &CHANGES, rows)
}

fn who(user: &UserChanges) -> BookCell<'_> {
    if user.invitation.is_some() {
        BookCell::shaded(format!("{} (guest)", user.upn), Shade::Wary)
    } else if user.is_new {
        BookCell::shaded(format!("{} (new)", user.upn), Shade::Wary)
    } else {
        BookCell::plain(user.upn.as_str())
    }
}

/// What comes; of an action on the account in words.
fn after(change: &Change) -> String {
    match AccountAction::of(change) {
        Some(action) => action.in_words().to_owned(),
        None => change.after.to_cell(),
    }
}

fn conflicts<W: Write + Send>(paper: &Paper<'_>, book: &mut BookWriter<W>) -> io::Result<()> {
    const COLUMNS: [(&str, u16); 6] = [
        ("Row of the sheet", 10),
        ("Who", 34),
        ("What changes", 24),
        ("Exported", 40),
        ("In the sheet", 40),
        ("In the directory", 40),
    ];
    let rows = paper.conflicts.iter().map(|conflict| {
        vec![
            BookCell::plain(conflict.row.to_string()),
            BookCell::plain(conflict.upn.as_str()),
            BookCell::plain(conflict.attribute.name),
            BookCell::shaded(conflict.base.as_str(), Shade::Quiet),
            BookCell::shaded(conflict.edited.to_cell(), Shade::Wary),
            BookCell::shaded(conflict.live.to_cell(), Shade::Wary),
        ]
    });
    book.table("Conflicts", &COLUMNS, rows)
}

fn settled<W: Write + Send>(paper: &Paper<'_>, book: &mut BookWriter<W>) -> io::Result<()> {
    const COLUMNS: [(&str, u16); 8] = [
        ("Row of the sheet", 10),
        ("Who", 34),
        ("What changes", 24),
        ("Exported", 40),
        ("In the sheet", 40),
        ("In the directory", 40),
        ("Chosen", 10),
        ("Chosen where", 26),
    ];
    let rows = paper.settled.iter().map(|one| {
        let conflict = &one.conflict;
        // What counts is coloured, what was given up is not.
        let (edited, live) = match one.choice {
            Side::Mine => (Shade::New, Shade::Quiet),
            Side::Theirs => (Shade::Quiet, Shade::New),
        };
        vec![
            BookCell::plain(conflict.row.to_string()),
            BookCell::plain(conflict.upn.as_str()),
            BookCell::plain(conflict.attribute.name),
            BookCell::shaded(conflict.base.as_str(), Shade::Quiet),
            BookCell::shaded(conflict.edited.to_cell(), edited),
            BookCell::shaded(conflict.live.to_cell(), live),
            BookCell::plain(one.choice.as_str()),
            BookCell::plain(one.by.in_words()),
        ]
    });
    book.table("Settled", &COLUMNS, rows)
}

fn withheld<W: Write + Send>(paper: &Paper<'_>, book: &mut BookWriter<W>) -> io::Result<()> {
    const COLUMNS: [(&str, u16); 7] = [
        ("Row of the sheet", 10),
        ("Who", 34),
        ("What changes", 24),
        ("Old", 40),
        ("New, not sent", 40),
        ("Why", 60),
        ("Who could do it", 60),
    ];
    let rows = paper.withheld.iter().map(|held| {
        vec![
            BookCell::plain(held.row.to_string()),
            BookCell::plain(held.upn.as_str()),
            BookCell::plain(held.change.attribute.name),
            BookCell::shaded(held.change.before.to_cell(), Shade::Quiet),
            BookCell::shaded(held.change.after.to_cell(), Shade::Wary),
            BookCell::plain(held.reason.message()),
            BookCell::plain(held.hint()),
        ]
    });
    book.table("Not sent", &COLUMNS, rows)
}

fn left_alone<W: Write + Send>(paper: &Paper<'_>, book: &mut BookWriter<W>) -> io::Result<()> {
    const COLUMNS: [(&str, u16); 4] = [
        ("Row of the sheet", 10),
        ("Who", 34),
        ("Why", 60),
        ("What to do", 60),
    ];
    let rows = paper.left_alone.iter().map(|(row, note)| {
        vec![
            BookCell::plain(row.row.to_string()),
            BookCell::plain(row.label().into_owned()),
            BookCell::plain(note.message.as_str()),
            BookCell::plain(note.hint.as_str()),
        ]
    });
    book.table("Not set back", &COLUMNS, rows)
}

fn findings<W: Write + Send>(paper: &Paper<'_>, book: &mut BookWriter<W>) -> io::Result<()> {
    const COLUMNS: [(&str, u16); 7] = [
        ("Cell", 10),
        ("Weight", 10),
        ("Who", 34),
        ("Heading", 24),
        ("Found", 40),
        ("What is wrong", 70),
        ("What to do", 70),
    ];
    let rows = paper.findings.iter().map(|finding| {
        let place = finding
            .place
            .map(|place| place.cell_name().unwrap_or_else(|| format!("row {}", place.row)));
        let shade = match finding.severity {
            Severity::Error => Shade::Danger,
            Severity::Warning => Shade::Wary,
            Severity::Repaired => Shade::New,
        };
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        vec![
            BookCell::plain(place.unwrap_or_default()),
            BookCell::shaded(finding.severity.as_str(), shade),
            BookCell::plain(text(&finding.user)),
            BookCell::plain(text(&finding.column)),
            BookCell::plain(text(&finding.found)),
            BookCell::plain(finding.message.as_str()),
            BookCell::plain(finding.help.as_str()),
        ]
    });
    book.table("Findings", &COLUMNS, rows)
}
