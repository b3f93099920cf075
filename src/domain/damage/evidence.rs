//! What the cells that only a spreadsheet changed tell about its country: which number of a date is the day, and its words for
//! true and false. With that evidence a date that may mean two days means one.
//!
//! A cell counts only beside its base, where it is certain what it was. A cell nobody and nothing changed says nothing: it was
//! written by the export, not by the spreadsheet.

use std::collections::HashMap;

use super::super::{CheckedRow, ColumnRole, Extent, Finding, Severity, SheetColumn};
use super::dates::{self, Order};
use super::truth::Spoken;
use crate::catalogue::Kind;

/// So many dates of a sheet must agree before one that reads the other way round is doubted.
const AGREEING_MIN: u64 = 3;

/// How often the day came first, and how often the month.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Votes {
    day_first: u64,
    month_first: u64,
}

impl Votes {
    /// The order all cells agree on; one or two cells may be edits themselves.
    fn unanimous(self) -> Option<Order> {
        match (self.day_first, self.month_first) {
            (AGREEING_MIN.., 0) => Some(Order::DayFirst),
            (0, AGREEING_MIN..) => Some(Order::MonthFirst),
            _ => None,
        }
    }

    /// The order that nearly all agree on, so that the others are suspicious.
    fn prevailing(self) -> Option<Order> {
        let (most, fewest, order) = if self.day_first >= self.month_first {
            (self.day_first, self.month_first, Order::DayFirst)
        } else {
            (self.month_first, self.day_first, Order::MonthFirst)
        };
        (most >= AGREEING_MIN && most >= fewest * 3).then_some(order)
    }
}

/// Settles what only the whole sheet can settle about single cells: dates that may mean two days, answers where a truth value
/// is wanted, and dates that only match their base turned round.
pub(in super::super) fn settle(rows: &mut [CheckedRow], columns: &[SheetColumn]) {
    let mut votes: HashMap<char, Votes> = HashMap::new();
    let mut answers = false;
    for (row, finding) in rows
        .iter()
        .flat_map(|row| row.findings().iter().map(move |finding| (row, finding)))
    {
        answers |= finding.rule == "not-true-or-false";
        if let Some((order, separator)) = vote(row, finding) {
            let votes = votes.entry(separator).or_default();
            match order {
                Order::DayFirst => votes.day_first += 1,
                Order::MonthFirst => votes.month_first += 1,
                Order::YearFirst | Order::Named => {}
            }
        }
    }
    let spoken = if answers {
        spoken(rows, columns)
    } else {
        Spoken::default()
    };
    if votes.is_empty() && spoken == Spoken::default() {
        return;
    }
    for row in rows {
        let settled: Vec<(usize, Finding)> = row
            .findings()
            .iter()
            .enumerate()
            .filter_map(|(at, finding)| Some((at, settled(row, finding, &votes, &spoken)?)))
            .collect();
        for (at, finding) in settled {
            row.put_finding(at, finding);
        }
    }
}

/// The text of the cell a finding is about.
fn cell(row: &CheckedRow, finding: &Finding) -> Option<String> {
    let column = finding.place.filter(|_| finding.extent == Extent::Cell)?.column?;
    row.raw().cells.at_hand().get(column).map(str::to_owned)
}

/// The order in which a rewritten date shows its base, when it can only be one.
fn vote(row: &CheckedRow, finding: &Finding) -> Option<(Order, char)> {
    if finding.rule != "date-rewritten" || finding.severity != Severity::Repaired {
        return None;
    }
    let (orders, separator) = dates::orders(finding.exported_text()?, &cell(row, finding)?);
    match orders.as_slice() {
        [order @ (Order::DayFirst | Order::MonthFirst)] => Some((*order, separator)),
        _ => None,
    }
}

/// The languages of the truth words in the columns that take them.
fn spoken(rows: &[CheckedRow], columns: &[SheetColumn]) -> Spoken {
    let is_word = |role: &ColumnRole| matches!(role, ColumnRole::Attribute(attribute) if attribute.kind == Kind::Boolean);
    let places = columns.iter().enumerate();
    let places: Vec<usize> = places
        .filter(|(_, column)| is_word(&column.role))
        .map(|(index, _)| index)
        .collect();
    let mut spoken = Spoken::default();
    for row in rows.iter().filter(|_| !places.is_empty()) {
        let cells = row.raw().cells.at_hand();
        let words = places.iter().filter_map(|place| cells.get(*place));
        words.for_each(|word| spoken.hear(word));
    }
    spoken
}

/// What the finding becomes with the evidence of the sheet; `None` when it stays.
fn settled(
    row: &CheckedRow,
    finding: &Finding,
    votes: &HashMap<char, Votes>,
    spoken: &Spoken,
) -> Option<Finding> {
    match finding.rule {
        "not-a-date" => {
            let text = cell(row, finding)?;
            let (days, separator) = dates::days(&text);
            let order = votes.get(&separator)?.unanimous()?;
            // One day was certain before.
            let (day, _) = days
                .iter()
                .filter(|_| days.len() > 1)
                .find(|(_, read)| *read == order)?;
            let mut finding = finding.clone().repair(day.to_string());
            let first = if order == Order::DayFirst { "day" } else { "month" };
            finding.message = format!(
                "{}; the other dates of the sheet begin with the {first}",
                finding.message
            );
            Some(finding)
        }
        "not-true-or-false" => Some(
            finding
                .clone()
                .repair(spoken.answer(&cell(row, finding)?)?.to_string()),
        ),
        "date-rewritten" => {
            let (order, separator) = vote(row, finding)?;
            let prevailing = votes.get(&separator)?.prevailing()?;
            (order != prevailing).then(|| turned(finding))
        }
        _ => None,
    }
}

/// A date that is its base only when read the other way round than the rest of the sheet: perhaps another day is meant.
fn turned(finding: &Finding) -> Finding {
    let mut turned = Finding::error(
        "date-turned",
        Extent::Cell,
        "this reads as the exported date only with day and month the other way round than in the rest of the sheet, so another day may be meant",
        "write the date like `2026-06-05`, or put the exported value back",
    );
    turned.place = finding.place;
    turned.column.clone_from(&finding.column);
    turned.user.clone_from(&finding.user);
    turned.found.clone_from(&finding.found);
    match finding.exported_text() {
        Some(exported) => turned.exported(exported),
        None => turned,
    }
}
