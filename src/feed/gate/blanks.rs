//! Blank cells of a column beside an earlier file. Where a blank takes nothing away, people who are new and have no value yet are no
//! loss: the column is held against those who were in the earlier file.

use super::judge::LastGood;
use super::limits::Threshold;
use super::measure::{Measure, MeasureName, Standing};
use super::weigh::points_grown;
use super::{ColumnFigures, Counted, Figures, Prints};
use crate::domain::{Limit, Sourced};

/// Whether an empty cell of the column takes nothing away from anybody; not where nobody knows.
pub(super) fn keeps(figures: &Figures, header: &str) -> bool {
    figures.directory.as_ref().is_some_and(|facts| {
        let mut attributes = facts.attributes.iter();
        !attributes.any(|own| own.clears && own.columns.iter().any(|column| column == header))
    })
}

/// By how much the blanks grew since the last good file.
pub(super) fn grown(
    now: &Counted,
    column: &ColumnFigures,
    last: &LastGood,
    then: &ColumnFigures,
    limit: &Sourced<Threshold>,
) -> Measure {
    let name = MeasureName::BlanksGrown;
    let of_both = last
        .prints
        .as_ref()
        .filter(|_| keeps(&now.figures, &column.header));
    if let Some((here, there, people)) = of_both.and_then(|then| common(&now.prints, then, &column.header)) {
        return points_grown(name, (here, people), (there, people), limit);
    }
    points_grown(
        name,
        (column.blanks, now.figures.rows),
        (then.blanks, last.figures.rows),
        limit,
    )
}

/// In how many rows of people who are in both files the column is blank, here and there, and how many they are.
fn common(now: &Prints, then: &Prints, header: &str) -> Option<(u64, u64, u64)> {
    let place = |prints: &Prints| prints.columns().iter().position(|known| known == header);
    let (here, there) = (place(now)?, place(then)?);
    let mut counted = (0, 0, 0);
    for (row, row_then) in now.pairs(then) {
        counted.0 += u64::from(now.cell(row, here) == 0);
        counted.1 += u64::from(then.cell(row_then, there) == 0);
        counted.2 += 1;
    }
    (counted.2 > 0).then_some(counted)
}

/// A growth of blanks over several nights, of which the hashes are gone: where a blank keeps, it is one only as far as cells that
/// were filled are filled no more.
pub(super) fn unless_filled(
    measure: Measure,
    now: &Figures,
    column: &ColumnFigures,
    (then_blanks, then_rows): (u64, u64),
    limit: &Sourced<Threshold>,
) -> Measure {
    if measure.standing != Standing::Refused || !keeps(now, &column.header) {
        return measure;
    }
    let filled_then = then_rows.saturating_sub(then_blanks);
    let filled_now = now.rows.saturating_sub(column.blanks);
    let lost = filled_then.saturating_sub(filled_now);
    let points = match limit.value {
        Threshold::At(Limit::Percent(points) | Limit::UsersOrPercent(_, points)) => points,
        Threshold::At(Limit::Users(_)) | Threshold::Off => 0,
    };
    let is_lost = u128::from(lost) * 100 > u128::from(points) * u128::from(then_rows);
    Measure {
        standing: if is_lost {
            Standing::Refused
        } else {
            Standing::Passed
        },
        ..measure
    }
}
