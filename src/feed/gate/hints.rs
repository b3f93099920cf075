//! What kind of accident a refused file looks like.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strsim::osa_distance;

use super::judge::LastGood;
use super::{Amount, Counted, Measure, MeasureName, Prints, Standing};

/// One thing that a refused file looks like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hint {
    /// What stood in a column the last time stands in another one now.
    ColumnMoved {
        column: String,
        now_in: String,
        /// So many columns to the right; to the left below 0.
        by: i64,
        same: u64,
        of: u64,
    },
    /// The keys of the last time stand in another column now.
    KeysMoved { now_in: String, same: u64, of: u64 },
    /// A column that is read and was filled is empty.
    ColumnEmptied { column: String },
    /// The directory holds a value for so many people of whom the file has a blank, and a blank clears it.
    ValuesBlanked {
        attribute: String,
        columns: Vec<String>,
        blanked: u64,
        held: u64,
    },
    /// Hardly a key of a first file is known: the number is probably looked for in the wrong place.
    HardlyKnown {
        /// The attribute that holds the key.
        key: String,
        known: u64,
        of: u64,
        first_match: bool,
    },
    /// So many people of a first file have other names or addresses in it: it is probably that of another company.
    OtherPeople { disputed: u64, of: u64 },
    /// A table of words has so many rows fewer.
    TableShrank { table: String, lost: u64 },
    /// It got worse little by little, over so many good nights.
    LittleByLittle { nights: u64 },
    /// A column that is missing is probably there under another name.
    ColumnRenamed { column: String, now: String },
    /// Most keys stand twice.
    Doubled { keys: u64, of: u64 },
    /// The header stands among the rows: several files in one.
    HeaderAmongRows { rows: u64 },
    /// Fewer rows, and the last line ends in the middle.
    CutOff,
    /// The file was written before the last good one.
    OlderFile { last: Timestamp },
}

/// So many of a hundred must be alike before a column is said to have moved.
const ALIKE_PERCENT: u64 = 80;
/// With fewer people two columns are alike by chance.
const PEOPLE_MIN: u64 = 5;

/// All that speak from the figures; told only of what was refused.
pub(super) fn hints(now: &Counted, last: Option<&LastGood>, measures: &[Measure]) -> Vec<Hint> {
    let is_refused = |name: MeasureName| {
        measures
            .iter()
            .any(|m| m.name == name && m.standing == Standing::Refused)
    };
    let columns = |name: MeasureName| {
        let refused = measures
            .iter()
            .filter(move |m| m.name == name && m.standing == Standing::Refused);
        refused.filter_map(|measure| measure.column.as_deref())
    };
    let figures = &now.figures;
    let mut hints = Vec::new();
    for column in columns(MeasureName::ColumnMissing) {
        if let Some(now) = nearest(
            column,
            figures
                .columns
                .iter()
                .filter(|known| figures.mapped.iter().all(|m| m.header != **known)),
        ) {
            hints.push(Hint::ColumnRenamed {
                column: column.to_owned(),
                now: now.to_owned(),
            });
        }
    }
    if figures.header_rows > 0
        && (is_refused(MeasureName::DuplicateKeys) || is_refused(MeasureName::RowsGained))
    {
        hints.push(Hint::HeaderAmongRows {
            rows: figures.header_rows,
        });
    }
    if is_refused(MeasureName::DuplicateKeys) && figures.duplicate_keys * 100 >= figures.keys * ALIKE_PERCENT
    {
        hints.push(Hint::Doubled {
            keys: figures.duplicate_keys,
            of: figures.keys,
        });
    }
    let is_short = is_refused(MeasureName::RowsLost) || is_refused(MeasureName::RowsMin);
    let was_whole = last.is_none_or(|last| last.figures.file.ends_with_line_end);
    if is_short && was_whole && !figures.file.ends_with_line_end {
        hints.push(Hint::CutOff);
    }
    let facts = figures.directory.iter().flat_map(|facts| &facts.attributes);
    hints.extend(
        facts
            .filter(|facts| refused_attribute(measures, &facts.attribute))
            .map(|facts| Hint::ValuesBlanked {
                attribute: facts.attribute.clone(),
                columns: facts.columns.clone(),
                blanked: facts.blanked,
                held: facts.held,
            }),
    );
    let facts = figures.directory.as_ref();
    hints.extend(
        facts
            .filter(|_| is_refused(MeasureName::Disputed))
            .map(|facts| Hint::OtherPeople {
                disputed: facts.disputed,
                of: facts.found,
            }),
    );
    let Some(last) = last else {
        hints.extend(
            facts
                .filter(|_| is_refused(MeasureName::UnknownKeys))
                .map(|facts| Hint::HardlyKnown {
                    key: facts.key.clone(),
                    known: figures.keys.saturating_sub(facts.unknown_keys),
                    of: figures.keys,
                    first_match: facts.first_match,
                }),
        );
        return hints;
    };
    for measure in measures {
        if measure.standing == Standing::Refused
            && let Some(table) = &measure.table
            && let Amount::Share { count, .. } = measure.counted
        {
            hints.push(Hint::TableShrank {
                table: table.clone(),
                lost: count,
            });
        }
    }
    let mut refused = measures
        .iter()
        .filter(|measure| measure.standing == Standing::Refused);
    if refused.any(|measure| measure.name.is_over_nights()) {
        hints.push(Hint::LittleByLittle {
            nights: last.nights.len() as u64,
        });
    }
    if is_refused(MeasureName::OlderThanLast) {
        hints.push(Hint::OlderFile { last: last.newest() });
    }
    for column in &figures.mapped {
        let before = last
            .figures
            .mapped
            .iter()
            .find(|before| before.header == column.header);
        let was_filled = before.is_some_and(|before| before.blanks < last.figures.rows);
        if figures.rows > 0
            && column.blanks == figures.rows
            && was_filled
            && columns(MeasureName::BlanksGrown).any(|refused| refused == column.header)
        {
            hints.push(Hint::ColumnEmptied {
                column: column.header.clone(),
            });
        }
    }
    if let Some(prints) = &last.prints {
        if is_refused(MeasureName::KeyChurn) {
            hints.extend(keys_moved(&now.prints, prints));
        }
        let changed: Vec<&str> = columns(MeasureName::ValuesChanged)
            .chain(columns(MeasureName::BlanksGrown))
            .collect();
        for (column, header) in prints.columns().iter().enumerate() {
            if changed.contains(&header.as_str()) {
                hints.extend(column_moved(now, last, prints, column));
            }
        }
    }
    hints
}

fn refused_attribute(measures: &[Measure], attribute: &str) -> bool {
    measures
        .iter()
        .any(|m| m.attribute.as_deref() == Some(attribute) && m.standing == Standing::Refused)
}

fn column_moved(now: &Counted, last: &LastGood, prints: &Prints, column: usize) -> Option<Hint> {
    let header = prints.columns().get(column)?;
    let mut best: Option<(u64, usize)> = None;
    let mut of = 0;
    for (here, candidate) in now.prints.all_columns().iter().enumerate() {
        if candidate == header {
            continue;
        }
        let mut same = 0;
        of = 0;
        for (row, row_then) in now.prints.pairs(prints) {
            let then = prints.cell(row_then, column);
            if then != 0 {
                of += 1;
                same += u64::from(now.prints.cell(row, here) == then);
            }
        }
        if best.is_none_or(|(most, _)| same > most) {
            best = Some((same, here));
        }
    }
    let (same, here) = best.filter(|(same, _)| of >= PEOPLE_MIN && same * 100 >= of * ALIKE_PERCENT)?;
    let now_in = now.prints.all_columns().get(here)?.clone();
    let position = |columns: &[String], header: &str| columns.iter().position(|known| known == header);
    let there = position(&now.figures.columns, &now_in)?;
    let then = position(&last.figures.columns, header)?;
    Some(Hint::ColumnMoved {
        column: header.clone(),
        by: there as i64 - then as i64,
        now_in,
        same,
        of,
    })
}

fn keys_moved(now: &Prints, last: &Prints) -> Option<Hint> {
    // Where most keys are the same ones, they have not moved.
    if now.common(last) * 2 >= now.keys() {
        return None;
    }
    let keys = last.keys_as_cells();
    let of = now.rows() as u64;
    let held = |prints: &Prints, column: usize| {
        let held = (0..prints.rows()).filter(|row| keys.binary_search(&prints.cell(*row, column)).is_ok());
        held.count() as u64
    };
    // Numbers of managers are keys too, and stood there the last time as well.
    let stood_there = |header: &String| {
        let column = last.columns().iter().position(|known| known == header);
        column.is_some_and(|column| held(last, column) * 100 >= last.rows() as u64 * ALIKE_PERCENT)
    };
    let (same, column) = now
        .all_columns()
        .iter()
        .enumerate()
        .filter(|(_, header)| !stood_there(header))
        .map(|(column, _)| (held(now, column), column))
        .max()?;
    (of >= PEOPLE_MIN && same * 100 >= of * ALIKE_PERCENT).then(|| Hint::KeysMoved {
        now_in: now.all_columns().get(column).cloned().unwrap_or_default(),
        same,
        of,
    })
}

/// The header that is most like a name, when one is.
fn nearest<'a>(name: &str, headers: impl Iterator<Item = &'a String>) -> Option<&'a str> {
    let plain = |text: &str| -> String {
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .take(64)
            .collect()
    };
    let wanted = plain(name);
    let length = wanted.chars().count();
    headers
        .map(|header| (osa_distance(&wanted, &plain(header)), header.as_str()))
        .filter(|(steps, _)| *steps <= (length / 3).max(1) && *steps < length)
        .min_by_key(|(steps, _)| *steps)
        .map(|(_, header)| header)
}
