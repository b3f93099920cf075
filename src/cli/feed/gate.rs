//! The gate in a night: the file's figures, against those of the last good one and against the directory.

use std::borrow::Cow;
use std::collections::HashMap;

use jiff::Timestamp;

use super::opening::Opened;
use crate::cli::error::CliError;
use crate::domain::{Directory, SourceRow};
use crate::feed::gate::{
    Amount, Counted, DirectoryFacts, FileFacts, GateLimits, GateOutcome, Hint, LastGood, Measure, RowKey,
    Verdict, judge,
};
use crate::feed::{Feed, Mapping, Refusal};
use crate::table::PlainTable;

/// Counts a file.
pub fn count(
    feed: &Feed,
    plain: &PlainTable,
    mapping: &Mapping,
    name: &str,
    bytes: u64,
    modified: Timestamp,
) -> Counted {
    let keys: HashMap<u64, Option<&str>> = mapping
        .rows
        .iter()
        .map(|row| (row.row, row.key.as_deref()))
        .collect();
    let mapped: Vec<String> = feed.columns_read().into_iter().map(str::to_owned).collect();
    let facts = FileFacts {
        name: name.to_owned(),
        sha256: plain.sha256.clone(),
        bytes,
        modified,
        encoding: plain.encoding().0.to_owned(),
        ends_with_line_end: plain.ends_with_line_end,
        unreadable: plain.unreadable.len() as u64,
    };
    Counted::of(&plain.table, &mapped, facts, |row: &SourceRow| {
        match keys.get(&row.row()) {
            None => RowKey::LeftOut,
            Some(None) => RowKey::Empty,
            Some(Some(key)) => RowKey::Key(Cow::Owned((*key).to_owned())),
        }
    })
}

/// Judges it.
pub fn weigh(
    loaded: &Opened,
    counted: &Counted,
    last: Option<&LastGood>,
    directory: &Directory,
) -> Result<Verdict, CliError> {
    let feed = &loaded.feed;
    let limits = GateLimits::of(&feed.settings.gate).map_err(|problems| {
        problems.iter().fold(
            CliError::usage("the thresholds of the gate cannot be read; nothing was written"),
            |error, problem| error.hint(format!("{}: {}", problem.key, problem.message)),
        )
    })?;
    let key = feed.key.attribute.name;
    let held: Vec<String> = directory
        .all()
        .map(|user| directory.value(user, key).to_cell())
        .filter(|held| !held.is_empty())
        .collect();
    let facts = DirectoryFacts::of(&counted.prints, held.iter().map(String::as_str));
    Ok(judge(counted, last, Some(facts), &limits, &[], Timestamp::now()))
}

/// What is said where no file comes any more.
pub fn overdue(loaded: &Opened, last: &LastGood) -> Option<Refusal> {
    let age = GateLimits::of(&loaded.feed.settings.gate).ok()?.age.value?;
    let modified = last.figures.file.modified;
    let late = Timestamp::now().duration_since(modified) > age;
    late.then(|| Refusal {
        rule: "gate.age".to_owned(),
        found: format!("the last good file is of {modified:.0}"),
        allowed: format!("a file in {} h", age.as_hours()),
        help: "look why the HR system sends no file; set `gate.age` where files come less often".to_owned(),
    })
}

/// Whether the night may go on.
pub fn passes(verdict: &Verdict, go: bool) -> bool {
    match verdict.outcome {
        GateOutcome::Passed => true,
        GateOutcome::FirstRun => go,
        GateOutcome::Refused => false,
    }
}

/// Everything that was measured, and whether it passed.
pub fn measured(verdict: &Verdict) -> Vec<(Refusal, bool)> {
    let refused: Vec<&Measure> = verdict.refused().collect();
    let passed = |measure: &Measure| !refused.iter().any(|one| std::ptr::eq(*one, measure));
    verdict
        .measures
        .iter()
        .map(|measure| (refusal(measure), passed(measure)))
        .collect()
}

/// What the gate refused, in words.
pub fn refusals(verdict: &Verdict) -> Vec<Refusal> {
    verdict.refused().map(refusal).collect()
}

fn refusal(measure: &Measure) -> Refusal {
    let word = measure.name.as_str();
    let rule = match &measure.column {
        Some(column) => format!("gate.{word} (column `{column}`)"),
        None => format!("gate.{word}"),
    };
    let then = measure
        .then
        .as_ref()
        .map(|then| format!("; the last good file had {}", amount(then)))
        .unwrap_or_default();
    Refusal {
        rule,
        found: format!(
            "{} (this file has {}{then})",
            amount(&measure.counted),
            amount(&measure.now)
        ),
        allowed: measure.limit.as_ref().map_or_else(
            || "none".to_owned(),
            |limit| format!("{} ({})", amount(&limit.allowed), limit.origin),
        ),
        help: format!("look at the file; if it is right, set `gate.{word}` for it"),
    }
}

/// What kind of accident it looks like.
pub fn hint(hint: &Hint) -> String {
    match hint {
        Hint::ColumnMoved {
            column,
            now_in,
            same,
            of,
            ..
        } => format!("{same} of {of} values of `{column}` stand in `{now_in}` now: columns were shifted"),
        Hint::KeysMoved { now_in, same, of } => {
            format!("{same} of {of} numbers of the last file stand in `{now_in}` now")
        }
        Hint::ColumnEmptied { column } => format!("`{column}` was filled and is empty in every row"),
        Hint::ColumnRenamed { column, now } => format!("`{column}` is probably called `{now}` now"),
        Hint::Doubled { keys, of } => format!("{keys} of {of} numbers stand twice: the file looks doubled"),
        Hint::HeaderAmongRows { rows } => {
            format!("the header stands {rows} times among the rows: several files in one")
        }
        Hint::CutOff => "the last line ends in the middle: the file looks cut off".to_owned(),
        Hint::OlderFile { last } => format!("the file is older than the last good one, of {last:.0}"),
    }
}

fn amount(amount: &Amount) -> String {
    match amount {
        Amount::Count(count) => count.to_string(),
        Amount::Share { count, of } => format!("{count} of {of}"),
        Amount::PointTenths(tenths) => format!("{}.{} points", tenths / 10, (tenths % 10).abs()),
        Amount::Seconds(seconds) => format!("{} h", seconds / 3600),
        Amount::Moment(moment) => format!("{moment:.0}"),
        Amount::Text(text) => text.clone(),
    }
}
