//! What is wrong or noteworthy in a sheet.

use std::path::Path;

use super::{Error, Settings, SheetOptions};
use crate::cli::hosted;
use crate::domain;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Severity {
    /// Nothing is written while it stands, unless [`PlanOptions::skip_errors`](crate::PlanOptions::skip_errors) holds back its cell or row.
    Error,
    /// It is said, and the work goes on.
    Warning,
    /// Damage by a spreadsheet that was undone with the help of the export; nothing is written for the cell.
    Repaired,
}

/// One finding, with its place in the sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// A stable name; `docs/problems.md` has a paragraph for each.
    pub rule: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// The spreadsheet's row, counted from 1 with the header; `None` for what is about the whole sheet.
    pub row: Option<u64>,
    /// The line of the file, counted from 1; another than the row once a cell holds a line break.
    pub line: Option<u64>,
    /// The cell as a spreadsheet names it: `P17`.
    pub cell: Option<String>,
    /// The header of its column.
    pub column: Option<String>,
    /// The user as the row names it.
    pub user: Option<String>,
    /// What was found, shortened.
    pub found: Option<String>,
    /// What is wrong, and what is allowed.
    pub message: String,
    /// What to do.
    pub help: String,
    /// The text that would be right, where that is certain.
    pub repair: Option<String>,
}

/// A sheet that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Checked {
    /// How many rows it has, without the header.
    pub rows: u64,
    /// Its columns, as the header writes them.
    pub columns: Vec<String>,
    /// Everything that was found, in the order of the sheet.
    pub findings: Vec<Finding>,
}

impl Checked {
    /// Whether something holds back a write.
    pub fn has_errors(&self) -> bool {
        let mut findings = self.findings.iter();
        findings.any(|finding| finding.severity == Severity::Error)
    }
}

/// Checks a sheet without the network, against the snapshot that its rows name, as `dirsheet check` does.
///
/// Nobody signs in; the snapshot is looked for in the state folder of the settings. These are read as for a sign-in all the same, with the
/// secret of a profile, and a mistake in them is an error here too.
///
/// # Errors
/// [`ErrorKind::SheetErrors`](crate::ErrorKind::SheetErrors) when the file is no sheet at all, with its findings;
/// [`ErrorKind::Usage`](crate::ErrorKind::Usage) when the settings or the options are wrong.
pub async fn check(
    settings: &Settings,
    sheet: impl AsRef<Path>,
    options: &SheetOptions,
) -> Result<Checked, Error> {
    let (flags, environment) = settings.resolve()?;
    let (sheet, reading) = (sheet.as_ref(), options.reading()?);
    let checked = hosted::check(&flags, &environment, sheet, &reading).await;
    let (facts, findings) = checked.map_err(Error::of)?;
    Ok(Checked {
        rows: facts.rows,
        columns: facts.columns,
        findings: told(&findings),
    })
}

/// Findings as they are told.
pub(super) fn told(findings: &[domain::Finding]) -> Vec<Finding> {
    let one = |finding: &domain::Finding| Finding {
        rule: finding.rule,
        severity: match finding.severity {
            domain::Severity::Error => Severity::Error,
            domain::Severity::Warning => Severity::Warning,
            domain::Severity::Repaired => Severity::Repaired,
        },
        row: finding.place.map(|place| place.row),
        line: finding.place.map(|place| place.line),
        cell: finding.place.and_then(|place| place.cell_name()),
        column: finding.column.clone(),
        user: finding.user.clone(),
        found: finding.found.clone(),
        message: finding.message.clone(),
        help: finding.help.clone(),
        repair: finding.repair.clone(),
    };
    findings.iter().map(one).collect()
}
