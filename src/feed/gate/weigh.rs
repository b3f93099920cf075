//! One figure held against its threshold.

use super::limits::Threshold;
use super::measure::{Amount, Measure, MeasureLimit, MeasureName, Standing};
use crate::domain::{Limit, Sourced};

/// What a limit allows of so many. Of a few people, a few are most of them: never more than two of five are little enough.
pub(super) fn allowed(name: MeasureName, at: Limit, of: u64) -> u64 {
    match at {
        Limit::UsersOrPercent(floor, percent) => {
            little(name, floor, of).max(Limit::Percent(percent).users(of))
        }
        Limit::Users(_) | Limit::Percent(_) => at.users(of),
    }
}

fn little(name: MeasureName, floor: u64, of: u64) -> u64 {
    match name {
        // Different values, and rows of a table, are few in a large company too.
        MeasureName::DistinctLost | MeasureName::DistinctLostOverNights | MeasureName::TableRows => floor,
        _ => floor.min(of.saturating_mul(2) / 5),
    }
}

/// Whether a share (of blanks, of people who are not named) grew by more points than may be, and by more than so few as are always
/// little enough.
pub(super) fn points_grown(
    name: MeasureName,
    now: (u64, u64),
    then: (u64, u64),
    limit: &Sourced<Threshold>,
) -> Measure {
    let grown = points(now, then);
    let measure = Measure {
        now: Amount::Share {
            count: now.0,
            of: now.1,
        },
        then: Some(Amount::Share {
            count: then.0,
            of: then.1,
        }),
        counted: Amount::PointTenths(grown / TENTH),
        ..plain(name, Amount::PointTenths(0), Standing::Off)
    };
    let (floor, points) = match limit.value {
        Threshold::Off => return measure,
        Threshold::At(Limit::Percent(points)) => (0, points),
        Threshold::At(Limit::Users(floor)) => (floor, 0),
        Threshold::At(Limit::UsersOrPercent(floor, points)) => (little(name, floor, then.1), points),
    };
    // Shares as fractions, so that nothing is lost by rounding: now.0/now.1 - then.0/then.1 > points/100.
    let wide = |number: u64| i128::from(number);
    let difference = wide(now.0) * wide(then.1) - wide(then.0) * wide(now.1);
    let is_more = difference * 100 > wide(points) * wide(now.1) * wide(then.1);
    let is_many = now.0.saturating_sub(then.0) > floor;
    let is_refused = is_more && is_many;
    let allowed = (points * 10) as i64;
    // Cut to tenths it would look as if it were allowed.
    let counted = if is_refused && grown / TENTH <= allowed {
        Amount::PointMillionths(grown)
    } else {
        measure.counted
    };
    Measure {
        counted,
        limit: Some(MeasureLimit {
            allowed: Amount::PointTenths(allowed),
            percent: None,
            origin: limit.origin.clone(),
        }),
        standing: passed_if(!is_refused),
        ..measure
    }
}

/// Millionths of a point in a tenth of one.
const TENTH: i64 = 100_000;

/// By how many points of a hundred a share grew, in millionths; 0 where it fell.
fn points(now: (u64, u64), then: (u64, u64)) -> i64 {
    // Of nothing the share is nothing.
    let whole = |(count, of): (u64, u64)| {
        if of == 0 {
            (0, 1)
        } else {
            (i128::from(count), i128::from(of))
        }
    };
    let (now, then) = (whole(now), whole(then));
    let grown = (now.0 * then.1 - then.0 * now.1) * 100_000_000 / (now.1 * then.1);
    i64::try_from(grown.max(0)).unwrap_or(i64::MAX)
}

/// A count held against a limit that may be a share of `of`.
pub(super) fn held(name: MeasureName, count: u64, of: u64, limit: &Sourced<Threshold>) -> Measure {
    let counted = Amount::Share { count, of };
    let (limit, standing) = match limit.value {
        Threshold::Off => (None, Standing::Off),
        Threshold::At(at) => {
            let allowed = allowed(name, at, of);
            let percent = match at {
                Limit::Users(_) => None,
                Limit::Percent(percent) | Limit::UsersOrPercent(_, percent) => Some(percent),
            };
            let limit = MeasureLimit {
                allowed: Amount::Count(allowed),
                percent,
                origin: limit.origin.clone(),
            };
            (Some(limit), passed_if(count <= allowed))
        }
    };
    Measure {
        name,
        column: None,
        attribute: None,
        table: None,
        now: counted.clone(),
        then: None,
        counted,
        limit,
        standing,
    }
}

pub(super) fn plain(name: MeasureName, now: Amount, standing: Standing) -> Measure {
    Measure {
        name,
        column: None,
        attribute: None,
        table: None,
        counted: now.clone(),
        now,
        then: None,
        limit: None,
        standing,
    }
}

pub(super) fn passed_if(passes: bool) -> Standing {
    if passes {
        Standing::Passed
    } else {
        Standing::Refused
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_that_is_too_much_by_less_than_a_tenth_of_a_point_is_told_to_the_digit_that_shows_it() {
        let limit = Sourced::default_value(Threshold::At(Limit::Percent(5)));
        for (now, then, counted, standing) in [
            ((50, 1000), (0, 1000), Amount::PointTenths(50), Standing::Passed),
            ((60, 1000), (0, 1000), Amount::PointTenths(60), Standing::Refused),
            (
                (503, 10_000),
                (0, 10_000),
                Amount::PointMillionths(5_030_000),
                Standing::Refused,
            ),
            // The tenths of both, cut, differ by 4.9.
            (
                (599, 10_000),
                (95, 10_000),
                Amount::PointMillionths(5_040_000),
                Standing::Refused,
            ),
            ((1, 1000), (9, 1000), Amount::PointTenths(0), Standing::Passed),
            ((1, 10), (0, 0), Amount::PointTenths(100), Standing::Passed),
        ] {
            let measure = points_grown(MeasureName::BlanksGrown, now, then, &limit);
            assert_eq!(
                (measure.counted, measure.standing),
                (counted, standing),
                "{now:?} {then:?}"
            );
        }
    }
}
