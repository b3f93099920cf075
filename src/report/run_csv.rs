//! A run as CSV: the sheet's own columns in its own order, then what became of each row.
//!
//! The same writer makes both files: the report of all rows, and the rows that still need work. The second can be fed back as
//! it is, because the added columns are ignored when a sheet is read and `_snapshot` still tells each row's base.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::domain::{
    CellTexts, Change, Contacts, Operation, OperationResult, Outcome, RowNote, RowStatus, UserId, masked,
};
use crate::table::{SheetWriter, WriteStyle, attribute_of_header};

pub use crate::table::REPORT_COLUMNS;

/// One row of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportLine {
    pub row: u64,
    pub line: u64,
    pub user: Option<UserId>,
    /// How messages name the user.
    pub label: String,
    /// The sheet's own cells.
    pub cells: CellTexts,
    pub status: RowStatus,
    /// What was written: `jobTitle: “Analyst” → “Lead”`.
    pub changes: String,
    pub error_code: String,
    pub error: String,
    pub hint: String,
    pub request_id: String,
    pub finished_at: String,
    /// What reading back showed of what the service accepted: the worst of `confirmed`, `not visible yet`, `not checked` and
    /// `lost`; empty when nothing was accepted. In JSON only.
    pub verified: &'static str,
}

/// What is known of a row when its line is made.
#[derive(Debug)]
pub struct RowFacts<'a> {
    pub row: u64,
    pub line: u64,
    pub user: Option<UserId>,
    pub label: &'a str,
    pub cells: &'a CellTexts,
    pub status: RowStatus,
    pub notes: &'a [RowNote],
    /// What is told although nothing is left to do.
    pub remarks: &'a [String],
    pub results: &'a [(Operation, Option<OperationResult>)],
    pub contacts: Contacts,
}

impl ReportLine {
    /// Puts the outcomes of a row into words.
    pub fn new(facts: RowFacts<'_>) -> ReportLine {
        let mut changes = Vec::new();
        let mut problems: Vec<(String, String, String)> = Vec::new();
        let mut request_id = String::new();
        let mut finished_at = None;
        let mut verified = "";
        let mut not_visible = false;
        let mut so_before: Vec<&str> = Vec::new();
        for (operation, result) in facts.results {
            let Some(result) = result else {
                problems.push((
                    "not sent".to_owned(),
                    "the run ended before this was sent".to_owned(),
                    "`dirsheet resume RUN` sends it".to_owned(),
                ));
                continue;
            };
            finished_at = finished_at.max(Some(result.finished_at));
            let unmade = told_of_making(operation, result, facts.contacts);
            for (change, outcome) in operation.changes().iter().zip(&result.outcomes) {
                verified = worst(verified, &outcome.outcome);
                not_visible |= matches!(outcome.outcome, Outcome::NotVisible);
                match told(change, &outcome.outcome, facts.contacts) {
                    // Somebody else's work is no change of this run.
                    None if matches!(
                        outcome.outcome,
                        Outcome::AlreadyThere {
                            after_send: Some(false)
                        }
                    ) =>
                    {
                        so_before.push(change.attribute.name);
                    }
                    None => changes.push(format!(
                        "{}: {} → {}",
                        change.attribute.name,
                        shown(&facts.contacts.cell(change.attribute, &change.before)),
                        shown(&facts.contacts.cell(change.attribute, &change.after))
                    )),
                    Some(problem) if unmade.is_none() => problems.push(problem),
                    Some(_) => {}
                }
                if let Outcome::Refused { refusal } = &outcome.outcome
                    && let Some(refused) = &refusal.request_id
                {
                    request_id.clone_from(refused);
                }
            }
            problems.extend(unmade);
            if request_id.is_empty() {
                request_id = result.request_id.clone().unwrap_or_default();
            }
        }
        let so_before = (!so_before.is_empty()).then(|| {
            format!(
                "{}: so already before this run, which sent nothing for it",
                so_before.join(", ")
            )
        });
        problems.extend(
            facts
                .notes
                .iter()
                .map(|note| (note.code.clone(), note.message.clone(), note.hint.clone())),
        );
        ReportLine {
            row: facts.row,
            line: facts.line,
            // Of a user whom the run made the sheet knows no id, and the answer may.
            user: facts.results.iter().find_map(made).or(facts.user),
            label: facts.label.to_owned(),
            cells: facts.cells.clone(),
            status: facts.status,
            changes: changes.join("; "),
            error_code: joined(problems.iter().map(|(code, _, _)| code.as_str())),
            error: joined(problems.iter().map(|(_, error, _)| error.as_str())),
            hint: joined(
                problems
                    .iter()
                    .map(|(_, _, hint)| hint.as_str())
                    .chain(not_visible.then_some(NOT_VISIBLE_YET))
                    .chain(so_before.as_deref())
                    .chain(facts.remarks.iter().map(String::as_str)),
            ),
            request_id,
            finished_at: finished_at.map(|at| at.to_string()).unwrap_or_default(),
            verified,
        }
    }

    fn added_cells(&self) -> [&str; REPORT_COLUMNS.len()] {
        [
            self.status.as_str(),
            &self.changes,
            &self.error_code,
            &self.error,
            &self.hint,
            &self.request_id,
            &self.finished_at,
        ]
    }
}

const NOT_VISIBLE_YET: &str = "the service accepted it, and it was not visible yet when it was read back; `dirsheet resume RUN` looks again";

/// The service's id of the user whom this operation made.
fn made((_, result): &(Operation, Option<OperationResult>)) -> Option<UserId> {
    result.as_ref().and_then(|result| result.made)
}

/// What is to be told of a row of which one more change stands like this.
fn worst(known: &'static str, outcome: &Outcome) -> &'static str {
    const WORDS: [&str; 5] = ["", "confirmed", "not visible yet", "not checked", "lost"];
    let word = match outcome {
        Outcome::Confirmed => WORDS[1],
        Outcome::NotVisible => WORDS[2],
        Outcome::Accepted => WORDS[3],
        Outcome::Lost { .. } => WORDS[4],
        Outcome::AlreadyThere { .. }
        | Outcome::Refused { .. }
        | Outcome::Moved { .. }
        | Outcome::NotSent { .. }
        | Outcome::InDoubt { .. } => WORDS[0],
    };
    let rank = |word: &str| WORDS.iter().position(|known| *known == word);
    if rank(word) > rank(known) { word } else { known }
}

/// Code, sentence and hint of an outcome that is not a success.
fn told(change: &Change, outcome: &Outcome, contacts: Contacts) -> Option<(String, String, String)> {
    let attribute = change.attribute.name;
    match outcome {
        Outcome::Accepted | Outcome::Confirmed | Outcome::NotVisible | Outcome::AlreadyThere { .. } => None,
        Outcome::Lost { live } => Some((
            "lost".to_owned(),
            format!(
                "{attribute}: the service accepted it, but the directory holds {}",
                shown(&contacts.cell(change.attribute, live))
            ),
            "somebody or something else wrote it after this run: look at both values, then export again"
                .to_owned(),
        )),
        Outcome::Refused { refusal } => Some((
            refusal.code.clone(),
            format!("{attribute}: {}", without(&refusal.message, change, contacts)),
            refusal.hint.clone(),
        )),
        Outcome::Moved { live } => Some((
            "moved".to_owned(),
            format!(
                "{attribute}: somebody else changed it meanwhile to {}",
                shown(&contacts.cell(change.attribute, live))
            ),
            "look at both values, then export again or correct the sheet".to_owned(),
        )),
        Outcome::NotSent { reason } => Some((
            "not sent".to_owned(),
            format!("{attribute}: {reason}"),
            "`dirsheet resume RUN` sends it".to_owned(),
        )),
        Outcome::InDoubt { reason } => Some((
            "in doubt".to_owned(),
            format!("{attribute}: {reason}"),
            "`dirsheet resume RUN` reads the directory and decides".to_owned(),
        )),
    }
}

/// One sentence for a user who was not made, instead of one for each cell of the same request: where all of them ended alike.
fn told_of_making(
    operation: &Operation,
    result: &OperationResult,
    contacts: Contacts,
) -> Option<(String, String, String)> {
    let first = &result.outcomes.first()?.outcome;
    let alike = result.outcomes.iter().all(|change| change.outcome == *first);
    if !operation.makes_the_user() || !alike {
        return None;
    }
    let (reason, what) = match first {
        Outcome::Refused { refusal } => (&refusal.message, "the user was not made"),
        Outcome::NotSent { reason } => (reason, "the user was not made"),
        Outcome::InDoubt { reason } => (reason, "the user may have been made"),
        _ => return None,
    };
    let changes = operation.changes();
    let reason = changes.iter().fold(reason.clone(), |reason, change| {
        without(&reason, change, contacts)
    });
    let (code, _, hint) = told(changes.first()?, first, contacts)?;
    Some((code, format!("{what}: {reason}"), hint))
}

/// The service's words, which may repeat what was sent.
fn without(message: &str, change: &Change, contacts: Contacts) -> String {
    let mut message = message.to_owned();
    for value in [&change.before, &change.after] {
        let text = value.to_cell();
        if !text.is_empty() {
            message = message.replace(&text, &contacts.text(change.attribute, &text));
        }
    }
    message
}

/// Different texts once each, in order.
fn joined<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let mut different: Vec<&str> = Vec::new();
    for text in texts {
        if !text.is_empty() && !different.contains(&text) {
            different.push(text);
        }
    }
    different.join(" | ")
}

fn shown(text: &str) -> String {
    if text.is_empty() {
        "(empty)".to_owned()
    } else {
        format!("“{}”", crate::domain::shorten(text))
    }
}

/// Which rows a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selection {
    All,
    /// Only rows that still need work.
    NeedsWork,
}

/// A report file being written.
pub struct ReportFile<W: Write> {
    writer: SheetWriter<W>,
    selection: Selection,
    /// The sheet's own columns; report columns of an earlier run are left out.
    own: Vec<usize>,
    /// Those of them whose cells are told in part.
    masked: Vec<usize>,
    rows: u64,
}

impl<W: Write> ReportFile<W> {
    /// Begins the file with the sheet's header and the added columns. What still needs work is a sheet to be fed back, so its cells
    /// are the sheet's, whatever `contacts` says.
    pub fn begin(
        sink: W,
        style: WriteStyle,
        header: &[String],
        selection: Selection,
        contacts: Contacts,
    ) -> io::Result<ReportFile<W>> {
        let is_own = |name: &str| {
            !REPORT_COLUMNS
                .iter()
                .any(|added| added.eq_ignore_ascii_case(name.trim()))
        };
        let own: Vec<usize> = (0..header.len())
            .filter(|index| is_own(&header[*index]))
            .collect();
        let is_masked = |index: &usize| {
            let attribute = header.get(*index).and_then(|text| attribute_of_header(text));
            attribute.is_some_and(|attribute| attribute.is_masked())
        };
        let masked = match (selection, contacts) {
            (Selection::All, Contacts::Masked) => own.iter().copied().filter(is_masked).collect(),
            _ => Vec::new(),
        };
        let mut writer = SheetWriter::new(sink, style)?;
        let names: Vec<&str> = own
            .iter()
            .map(|index| header[*index].as_str())
            .chain(REPORT_COLUMNS)
            .collect();
        writer.write_header(&names)?;
        Ok(ReportFile {
            writer,
            selection,
            own,
            masked,
            rows: 0,
        })
    }

    /// Adds a row, if the file is about it.
    pub fn add(&mut self, line: &ReportLine) -> io::Result<()> {
        if self.selection == Selection::NeedsWork && !line.status.needs_work() {
            return Ok(());
        }
        self.rows += 1;
        let own = self.own.iter().map(|index| {
            let text = line.cells.get(*index).unwrap_or_default();
            if self.masked.contains(index) {
                Cow::Owned(masked(text))
            } else {
                Cow::Borrowed(text)
            }
        });
        let added = line.added_cells().map(Cow::Borrowed);
        self.writer.write_row(own.chain(added))
    }

    /// Writes the rest out; gives back the sink and the number of rows.
    pub fn finish(self) -> io::Result<(W, u64)> {
        let (sink, _) = self.writer.finish()?;
        Ok((sink, self.rows))
    }
}

#[cfg(test)]
#[path = "run_csv_tests.rs"]
mod tests;
