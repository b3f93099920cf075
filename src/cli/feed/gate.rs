//! The gate in a night: the file's figures, against those of the last good one and against the directory.

use std::borrow::Cow;
use std::collections::HashMap;

use jiff::Timestamp;

use super::finishing::write_told;
use super::night::Night;
use super::opening::Opened;
use super::remembering::last_good;
use super::run::Desk;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::domain::{Directory, SourceRow};
use crate::feed::gate::{
    Counted, DirectoryFacts, FileFacts, GateOutcome, Measure, MeasureName, Reading, RowKey, Standing,
    Verdict, judge,
};
use crate::feed::{Lift, Mapping, Match, NightOutcome, Refusal, Told, ToldKind, Warning};
use crate::report::{feed_gate_hint, feed_gate_refusal, feed_gate_text};
use crate::state::{Ledger, NightFile};
use crate::table::PlainTable;
use crate::terminal::ProgressMode;

/// Counts a file, by itself and beside the directory.
pub fn count(
    loaded: &Opened,
    plain: &PlainTable,
    mapping: &Mapping,
    (matches, directory): (&[Match], &Directory),
    name: &str,
    file: &NightFile,
) -> Counted {
    let feed = &loaded.feed;
    let keys: HashMap<u64, Option<&str>> = mapping
        .rows
        .iter()
        .map(|row| (row.row, row.key.as_deref()))
        .collect();
    let mapped: Vec<String> = feed.columns_read().into_iter().map(str::to_owned).collect();
    let facts = FileFacts {
        name: name.to_owned(),
        sha256: plain.sha256.clone(),
        bytes: file.bytes,
        modified: file.modified,
        encoding: plain.encoding().0.to_owned(),
        ends_with_line_end: plain.ends_with_line_end,
        unreadable: plain.unreadable.len() as u64,
    };
    let mut counted = Counted::of(&plain.table, &mapped, facts, |row: &SourceRow| {
        match keys.get(&row.row()) {
            None => RowKey::LeftOut,
            Some(None) => RowKey::Empty,
            Some(Some(key)) => RowKey::Key(Cow::Owned((*key).to_owned())),
        }
    });
    counted.figures.directory = Some(DirectoryFacts::of(
        &mapping.rows,
        matches,
        directory,
        feed.key.attribute,
        &Reading::all(feed),
    ));
    counted.figures.tables.clone_from(&loaded.tables);
    counted
}

/// A file that passed.
pub struct Passed {
    /// A person has let pass what parts it from the files before it.
    pub begins: bool,
}

/// Judges a file, shows what was measured, and ends the night where it may not go on.
///
/// # Errors
/// The file is refused, or is the first and nobody has said that it is right.
pub fn pass(
    desk: &Desk<'_>,
    counted: &Counted,
    ledger: &Ledger,
    night: &mut Night,
) -> Result<Passed, CliError> {
    let (output, arguments, loaded) = (desk.context.output, desk.arguments, desk.loaded);
    let last = match last_good(ledger, loaded.feed.gate.nights) {
        // Somebody has said that this file is right whatever was before.
        Err(_) if arguments.go => None,
        last => last?,
    };
    let lifted = Lift::measures(&arguments.lift);
    let verdict = judge(
        counted,
        last.as_ref(),
        &loaded.feed.gate,
        &lifted,
        Timestamp::now(),
    );
    night.teller.gate(&measured(&verdict));
    night.summary.warnings = warnings(&verdict);
    let is_refused = verdict.outcome == GateOutcome::Refused;
    if !is_refused
        && output.progress() != ProgressMode::Json
        && (arguments.dry_run || is_worth_a_look(&verdict))
    {
        output.say(&feed_gate_text(
            &counted.figures,
            &verdict,
            false,
            output.paint_error(),
        ));
    }
    if passes(&verdict, arguments.go || arguments.dry_run) {
        return Ok(Passed {
            begins: verdict.begins(),
        });
    }
    night.summary.refusals = refusals(&verdict, counted);
    write_rows(desk, &verdict, counted, night);
    if night.summary.refusals.is_empty() {
        // The file is not at fault: it stays where it is, for the same command with `--go`.
        night.if_it_fails = Some(NightOutcome::Failed);
        return Err(CliError::new(
            Exit::GuardRefused,
            "this is the first file, and nothing is there to hold it against; nothing was written",
        )
        .hint("look at what would be done with `--dry-run --report-dir DIR`, and if it is right, run once with `--go`"));
    }
    night.if_it_fails = Some(NightOutcome::Refused);
    let hints = verdict.hints.iter().map(feed_gate_hint);
    if counted.figures.rows == 0 && night.summary.counts.rows == 0 {
        return Err(CliError::new(
            Exit::GuardRefused,
            "the file has the names of its columns and no rows; the gate refused it, and nothing was written",
        )
        .hints(hints));
    }
    Err(CliError::new(
        Exit::GuardRefused,
        "the gate refused the file; nothing was written",
    )
    .hints(hints))
}

/// What is said where no file comes any more.
pub fn overdue(loaded: &Opened, modified: Timestamp) -> Option<Refusal> {
    let age = loaded.feed.gate.age.value?;
    let late = Timestamp::now().duration_since(modified) > age;
    late.then(|| Refusal {
        rule: "gate.age".to_owned(),
        found: format!("the last file that was taken is of {modified:.0}"),
        allowed: format!("a file in {} h", age.as_hours()),
        help: "look why the HR system sends no file; set `gate.age` where files come less often".to_owned(),
        ..Refusal::default()
    })
}

/// Whether the night may go on.
fn passes(verdict: &Verdict, go: bool) -> bool {
    match verdict.outcome {
        GateOutcome::Passed => true,
        GateOutcome::FirstRun => go,
        GateOutcome::Refused => false,
    }
}

/// Everything that was measured, and whether it passed.
fn measured(verdict: &Verdict) -> Vec<(Refusal, bool)> {
    let refused: Vec<&Measure> = verdict.refused().collect();
    let passed = |measure: &Measure| !refused.iter().any(|one| std::ptr::eq(*one, measure));
    verdict
        .measures
        .iter()
        .map(|measure| (feed_gate_refusal(measure), passed(measure)))
        .collect()
}

/// So many rows of a refusal are told; the reasons have all.
const ROWS_SHOWN: usize = 10;

/// What the gate refused, in words, with the first rows where it is about some.
fn refusals(verdict: &Verdict, counted: &Counted) -> Vec<Refusal> {
    let told = |measure: &Measure| {
        let mut refusal = feed_gate_refusal(measure);
        let (rows, _) = rows_of(measure, counted);
        let shown: Vec<String> = rows.iter().take(ROWS_SHOWN).map(u64::to_string).collect();
        if !shown.is_empty() {
            refusal.found.push_str(&format!("; rows {}", shown.join(", ")));
        }
        if rows.len() > ROWS_SHOWN {
            refusal
                .found
                .push_str(&format!(" and {} more", rows.len() - ROWS_SHOWN));
        }
        refusal
    };
    verdict.refused().map(told).collect()
}

/// The rows that a measure is about, and what is wrong with each.
fn rows_of<'c>(measure: &Measure, counted: &'c Counted) -> (&'c [u64], &'static str) {
    match measure.name {
        MeasureName::DuplicateKeys => (&counted.doubled, "its number stands in another row too"),
        MeasureName::RowsWithoutKey => (&counted.without_key, "it has no number"),
        _ => (&[], ""),
    }
}

/// Writes all rows that a refusal is about into the reasons of the night.
fn write_rows(desk: &Desk<'_>, verdict: &Verdict, counted: &Counted, night: &mut Night) {
    let mut told = Vec::new();
    for measure in verdict.refused() {
        let (rows, what) = rows_of(measure, counted);
        told.extend(rows.iter().map(|row| Told {
            row: Some(*row),
            who: String::new(),
            kind: ToldKind::ForAPerson,
            message: format!("gate.{}: {what}", measure.name.as_str()),
        }));
    }
    told.sort_by_key(|told| told.row);
    write_told(desk, told, night);
}

/// What the gate warns of, in words.
fn warnings(verdict: &Verdict) -> Vec<Warning> {
    let warned = verdict.measures.iter();
    let warned = warned.filter(|measure| measure.standing == Standing::Warned);
    warned
        .map(feed_gate_refusal)
        .map(|told| Warning {
            rule: told.rule,
            found: told.found,
        })
        .collect()
}

/// Whether something besides passed measures is to be seen.
fn is_worth_a_look(verdict: &Verdict) -> bool {
    let quiet = |measure: &Measure| matches!(measure.standing, Standing::Passed | Standing::Off);
    verdict.outcome == GateOutcome::FirstRun || !verdict.measures.iter().all(quiet)
}
