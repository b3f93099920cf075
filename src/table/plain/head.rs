//! Where a foreign header is, and what stands between its cells.

use std::collections::HashSet;

use crate::domain::{Extent, Finding, Place, shorten};
use crate::table::beginning::separator_line_of;
use crate::table::dialect::{Delimiter, Start};
use crate::table::error::Refusal;
use crate::table::forms::key;
use crate::table::guard::take_off;
use crate::table::rows::Records;
use crate::table::source::Source;

/// What the beginning of the text tells.
pub(super) struct Head {
    pub delimiter: Delimiter,
    /// Where the header begins.
    pub start: Start,
    /// The filled rows above it, with their filled cells.
    pub above: Vec<(Place, String)>,
}

/// No beginning is longer than this, in bytes; more is not looked at.
const HEAD_BYTES_MAX: u64 = 256 * 1024;

/// How many rows may stand above the header: reports of HR systems begin with a title, filters and a date.
const ABOVE_MAX: usize = 30;

/// One record of the beginning.
struct Record {
    start: Start,
    cells: Vec<String>,
}

impl Record {
    fn is_filled(&self) -> bool {
        self.cells.iter().any(|cell| !cell.trim().is_empty())
    }
}

/// The header and the delimiter by which it holds the most `names`; without names, by which the most rows are alike.
pub(super) fn find(
    source: &Source,
    start: Start,
    forced: Option<Delimiter>,
    names: &[String],
) -> Result<Head, Refusal> {
    let (start, hint) = separator_line_of(source, start)?;
    let mut best: Option<(Score, Delimiter, usize, Vec<Record>)> = None;
    for delimiter in Delimiter::ALL {
        if forced.is_some_and(|forced| forced != delimiter) {
            continue;
        }
        let records = beginning(source, start, delimiter);
        let found = if names.is_empty() {
            alike(&records)
        } else {
            named(&records, names)
        };
        let Some((at, score)) = found else { continue };
        let score = (score.0, score.1, hint == Some(delimiter));
        // The first of equals wins: the most usual delimiter.
        if best.as_ref().is_none_or(|(best, ..)| score > *best) {
            best = Some((score, delimiter, at, records));
        }
    }
    let Some((_, delimiter, at, mut records)) = best else {
        let first = beginning(source, start, forced.unwrap_or_default());
        let first = first.iter().find(|record| record.is_filled());
        return Err(first.map_or_else(empty, |first| not_found(first, names)).into());
    };
    let header = records.get(at).map_or(start, |record| record.start);
    records.truncate(at);
    Ok(Head {
        delimiter,
        start: header,
        above: records
            .iter()
            .filter(|record| record.is_filled())
            .map(|record| {
                let filled: Vec<&str> = record
                    .cells
                    .iter()
                    .map(String::as_str)
                    .filter(|cell| !cell.trim().is_empty())
                    .collect();
                (
                    Place::row(record.start.line, record.start.row),
                    filled.join(" | "),
                )
            })
            .collect(),
    })
}

type Score = (usize, usize, bool);

fn beginning(source: &Source, start: Start, delimiter: Delimiter) -> Vec<Record> {
    let piece = source.piece(start.offset, HEAD_BYTES_MAX);
    let mut records = Records::new(piece, delimiter.byte(), start);
    let mut taken = Vec::new();
    while taken.len() <= ABOVE_MAX {
        // What cannot be read here will be a finding of the scan.
        let Some(Ok(place)) = records.advance() else { break };
        taken.push(Record {
            start: Start {
                offset: start.offset + records.offset(),
                line: place.line,
                row: place.row,
                ..start
            },
            cells: records.cells.iter().map(str::to_owned).collect(),
        });
    }
    taken
}

/// The first record with the most of the names, exact ones first, then those that differ in nothing anybody means.
fn named(records: &[Record], names: &[String]) -> Option<(usize, (usize, usize))> {
    let exact: HashSet<&str> = names.iter().map(|name| name.trim()).collect();
    let loose: HashSet<String> = names.iter().map(|name| key(name)).collect();
    let mut best = None;
    for (index, record) in records.iter().enumerate() {
        let cells = || record.cells.iter().map(|cell| take_off(cell).trim());
        let is_exact = cells()
            .filter(|cell| exact.contains(cell))
            .collect::<HashSet<_>>()
            .len();
        let is_loose = cells()
            .map(key)
            .filter(|cell| loose.contains(cell))
            .collect::<HashSet<_>>()
            .len();
        let score = (is_exact.max(is_loose), is_exact);
        if score.0 > 0 && best.is_none_or(|(_, best)| score > best) {
            best = Some((index, score));
        }
    }
    best
}

/// The first full record of the width that most records have.
fn alike(records: &[Record]) -> Option<(usize, (usize, usize))> {
    let filled: Vec<(usize, &Record)> = records
        .iter()
        .enumerate()
        .filter(|(_, record)| record.is_filled())
        .collect();
    let count = |width: usize| {
        filled
            .iter()
            .filter(|(_, record)| record.cells.len() == width)
            .count()
    };
    let width = filled
        .iter()
        .map(|(_, record)| record.cells.len())
        .max_by_key(|width| (count(*width), *width))?;
    let is_full = |record: &Record| {
        let cells = record
            .cells
            .strip_suffix(&[String::new()])
            .unwrap_or(&record.cells);
        record.cells.len() == width && cells.iter().all(|cell| !cell.trim().is_empty())
    };
    let (at, _) = filled
        .iter()
        .find(|(_, record)| is_full(record))
        .or_else(|| filled.iter().find(|(_, record)| record.cells.len() == width))?;
    // One column is no table as long as another delimiter gives several.
    let agreeing = if width > 1 { count(width) } else { 0 };
    Some((*at, (agreeing * (width - 1), width)))
}

/// Says which rows above the header were passed over.
pub(super) fn told_above(above: &[(Place, String)], header_row: u64) -> Option<Finding> {
    let (place, text) = above.first()?;
    let rows = match above.len() {
        1 => format!("row {} stands", place.row),
        count => format!("{count} rows stand"),
    };
    Some(
        Finding::warning(
            "rows-above-header",
            Extent::Sheet,
            format!("{rows} above the header, which is in row {header_row}; they are passed over"),
            "nothing needs to be done; reports begin with a title",
        )
        .at(*place)
        .found(text),
    )
}

pub(super) fn empty() -> Finding {
    Finding::error(
        "file-empty",
        Extent::Sheet,
        "the file has no header row",
        "look why the file was written without anything in it",
    )
}

fn not_found(first: &Record, names: &[String]) -> Finding {
    let shown: Vec<String> = names
        .iter()
        .take(5)
        .map(|name| format!("`{}`", shorten(name)))
        .collect();
    let more = match names.len().saturating_sub(shown.len()) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Finding::error(
        "header-not-found",
        Extent::Sheet,
        format!(
            "none of the first {} rows holds a column that the settings name ({}{more})",
            ABOVE_MAX + 1,
            shown.join(", ")
        ),
        "look whether this is the right file, whether its language or its delimiter has changed (`source.delimiter` takes `,`, `;`, `tab` and `|`), and whether it has a header at all",
    )
    .at(Place::row(first.start.line, first.start.row))
    .found(&first.cells.join(" | "))
}
