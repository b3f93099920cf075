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
    let tenths = |(blanks, rows): (u64, u64)| (blanks * 1000).checked_div(rows).unwrap_or(0) as i64;
    let grown = tenths(now) - tenths(then);
    let measure = Measure {
        now: Amount::Share {
            count: now.0,
            of: now.1,
        },
        then: Some(Amount::Share {
            count: then.0,
            of: then.1,
        }),
        ..plain(name, Amount::PointTenths(grown.max(0)), Standing::Off)
    };
    let measure = Measure {
        counted: Amount::PointTenths(grown.max(0)),
        ..measure
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
    Measure {
        limit: Some(MeasureLimit {
            allowed: Amount::PointTenths((points * 10) as i64),
            percent: None,
            origin: limit.origin.clone(),
        }),
        standing: passed_if(!(is_more && is_many)),
        ..measure
    }
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
