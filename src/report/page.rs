//! A plan as one page that needs nothing else: no network, no second file, and no script to be read.
//!
//! Its script and style are allowed by their checksums and nothing else is, so a value that slipped through as markup could
//! still do nothing.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest;

use super::difference::Difference;
use super::paper::Paper;
use super::plan::{counted, origin};
use super::visible::{is_unseen, number};
use crate::domain::{
    Alike, Change, Conflict, DepartmentCount, Finding, GuardReport, Part, Settled, UserChanges, Withheld,
};

/// By this a page is known again.
const MARK: &[u8] = b"<meta name=\"generator\" content=\"dirsheet plan --html\">";

/// The mark stands before the first thing of any length.
const BEGINNING_BYTES: u64 = 4096;

/// Whether the file is such a page, so that a newer one may take its place.
pub fn is_plan_page(path: &Path) -> bool {
    let mut beginning = Vec::new();
    let is_read = File::open(path)
        .and_then(|file| file.take(BEGINNING_BYTES).read_to_end(&mut beginning))
        .is_ok();
    is_read && beginning.windows(MARK.len()).any(|part| part == MARK)
}

/// Writes the page, piece by piece.
///
/// # Errors
/// Those of `out`.
pub fn write_page(paper: &Paper<'_>, out: &mut impl Write) -> io::Result<()> {
    // What a checkout may have done to the ends of lines would change the checksums.
    let (style, script) = (STYLE.replace('\r', ""), SCRIPT.replace('\r', ""));
    let page = Page {
        policy: format!(
            "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
            checksum(&style),
            checksum(&script)
        ),
        style,
        script,
        paper,
    };
    page.write_into(out)
}

const STYLE: &str = include_str!("page/plan.css");
const SCRIPT: &str = include_str!("page/plan.js");

/// As a content security policy names a text.
fn checksum(text: &str) -> String {
    let digest = digest::digest(&digest::SHA256, text.as_bytes());
    format!("sha256-{}", STANDARD.encode(digest.as_ref()))
}

#[derive(Template)]
#[template(path = "plan.html", config = "src/report/page/askama.toml")]
struct Page<'p> {
    policy: String,
    style: String,
    script: String,
    paper: &'p Paper<'p>,
}

/// How many findings the page lists.
const FINDINGS_SHOWN_MAX: usize = 2_000;

/// How many departments have a bar of their own.
const DEPARTMENTS_SHOWN_MAX: usize = 30;

/// A line of the table of changes.
struct Line<'p> {
    user: &'p UserChanges,
    change: &'p Change,
    part: Part,
    cells: Cells,
}

/// Before and after, taken apart.
struct Cells {
    prefix: String,
    before: String,
    after: String,
    suffix: String,
}

impl Cells {
    fn of(change: &Change) -> Cells {
        let (before, after) = (change.before.to_cell(), change.after.to_cell());
        let difference = Difference::between(&before, &after);
        Cells {
            prefix: seen(difference.prefix),
            before: seen(difference.before),
            after: seen(difference.after),
            suffix: seen(difference.suffix),
        }
    }

    fn was_empty(&self) -> bool {
        self.prefix.is_empty() && self.before.is_empty() && self.suffix.is_empty()
    }

    fn is_empty_now(&self) -> bool {
        self.prefix.is_empty() && self.after.is_empty() && self.suffix.is_empty()
    }
}

/// One bar of a chart: its name, what is told beside it, and the two lengths of a hundred.
struct Bar {
    name: String,
    told: String,
    set: u64,
    cleared: u64,
}

impl Page<'_> {
    /// Every change: the most dangerous part first, and inside it in the order of the sheet.
    fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        Part::ALL.into_iter().flat_map(move |part| {
            self.paper.review.users().iter().flat_map(move |user| {
                user.changes
                    .iter()
                    .filter(move |change| Part::of(change) == part)
                    .map(move |change| Line {
                        user,
                        change,
                        part,
                        cells: Cells::of(change),
                    })
            })
        })
    }

    fn cells_changed(&self) -> u64 {
        Part::ALL.iter().map(|part| self.paper.review.cells(*part)).sum()
    }

    fn new_users(&self) -> usize {
        let users = self.paper.review.users().iter();
        users.filter(|user| user.is_made()).count()
    }

    fn guests(&self) -> usize {
        let users = self.paper.review.users().iter();
        users.filter(|user| user.invitation.is_some()).count()
    }

    /// How many cells each part has, for the eye.
    fn parts(&self) -> Vec<(&'static str, &'static str, u64)> {
        let told = |part: &Part| {
            let rare = matches!(part, Part::Deleted | Part::Account);
            !rare || self.paper.review.cells(*part) > 0
        };
        let parts = Part::ALL.into_iter().filter(told);
        parts
            .map(|part| (word(&part), class(&part), self.paper.review.cells(part)))
            .collect()
    }

    fn columns(&self) -> Vec<Bar> {
        let columns = self.paper.review.columns();
        let most = columns.first().map_or(1, |count| count.set + count.cleared);
        columns
            .iter()
            .map(|count| Bar {
                name: count.attribute.name.to_owned(),
                told: match (count.set, count.cleared) {
                    (set, 0) => format!("{set} set"),
                    (0, cleared) => format!("{cleared} cleared"),
                    (set, cleared) => format!("{set} set, {cleared} cleared"),
                },
                set: share(count.set, most),
                cleared: share(count.cleared, most),
            })
            .collect()
    }

    fn departments(&self) -> Vec<Bar> {
        let departments = self.paper.review.departments();
        let shown = departments.len().min(DEPARTMENTS_SHOWN_MAX);
        let (shown, rest) = departments.split_at(shown);
        let most = shown.first().map_or(1, |count| count.users);
        let told = |users, cells| {
            format!(
                "{}, {}",
                counted(users, "user", "users"),
                counted(cells, "cell", "cells")
            )
        };
        let mut bars: Vec<Bar> = shown
            .iter()
            .map(|count| Bar {
                name: department(count.department),
                told: told(count.users, count.cells),
                set: share(count.users, most),
                cleared: 0,
            })
            .collect();
        if !rest.is_empty() {
            let sum = |of: fn(&DepartmentCount<'_>) -> u64| rest.iter().map(of).sum();
            bars.push(Bar {
                name: format!("others ({} departments)", rest.len()),
                told: told(sum(|count| count.users), sum(|count| count.cells)),
                set: 0,
                cleared: 0,
            });
        }
        bars
    }

    fn alike(&self) -> impl Iterator<Item = (&Alike<'_>, Cells)> {
        let alike = self.paper.review.alike().iter();
        alike.map(|alike| (alike, Cells::of(alike.change)))
    }

    fn findings(&self) -> &[Finding] {
        let findings = self.paper.findings;
        &findings[..findings.len().min(FINDINGS_SHOWN_MAX)]
    }

    fn findings_folded(&self) -> usize {
        self.paper.findings.len() - self.findings().len()
    }

    fn conflicts(&self) -> &[Conflict] {
        self.paper.conflicts
    }

    fn settled(&self) -> &[Settled] {
        self.paper.settled
    }

    fn withheld(&self) -> impl Iterator<Item = (&Withheld, Cells)> {
        let withheld = self.paper.withheld.iter();
        withheld.map(|withheld| (withheld, Cells::of(&withheld.change)))
    }

    fn guards(&self) -> &[GuardReport] {
        self.paper.guards
    }
}

/// The length of a bar of a hundred; what is there has one.
fn share(count: u64, most: u64) -> u64 {
    match count {
        0 => 0,
        count => (count * 100 / most.max(1)).max(1),
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand on references")]
fn word(part: &Part) -> &'static str {
    match part {
        Part::Deleted => "Deleted",
        Part::Account => "Account",
        Part::Cleared => "Cleared",
        Part::Sensitive => "Sensitive",
        Part::Ordinary => "Other",
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand on references")]
fn class(part: &Part) -> &'static str {
    match part {
        Part::Deleted | Part::Cleared => "cleared",
        Part::Account | Part::Sensitive => "sensitive",
        Part::Ordinary => "other",
    }
}

fn department(name: &str) -> String {
    match name {
        "" => "(none)".to_owned(),
        name => seen(name),
    }
}

/// A text with its lines, and with everything nobody sees named: on a page there is room for it.
fn seen(text: impl AsRef<str>) -> String {
    let text = text.as_ref();
    let mut seen = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unseen(c) {
            seen.push_str(&number(c));
        } else {
            seen.push(c);
        }
    }
    seen
}

/// The place of a finding, as a spreadsheet names it.
fn place(finding: &Finding) -> String {
    finding
        .place
        .map(|place| place.cell_name().unwrap_or_else(|| format!("row {}", place.row)))
        .unwrap_or_default()
}

fn optional(text: &Option<String>) -> String {
    text.as_deref().map(seen).unwrap_or_default()
}
