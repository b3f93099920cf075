//! A file beside the best of the last good nights: what decays a little every night is little enough in each.

use super::blanks::unless_filled;
use super::judge::{LastGood, is_rare};
use super::limits::GateLimits;
use super::measure::{Amount, Measure, MeasureName, Standing};
use super::weigh::{held, points_grown};
use super::{ColumnFigures, Figures};

/// The measures over several nights. One is left out where the same was refused, or lifted, beside the last night: it would say it
/// twice. With one night there is no best.
pub(super) fn over_nights(
    now: &Figures,
    last: &LastGood,
    limits: &GateLimits,
    measures: &[Measure],
) -> Vec<Measure> {
    let nights = &last.nights;
    if nights.len() < 2 {
        return Vec::new();
    }
    let is_said = |name: MeasureName, column: Option<&str>| is_said(measures, name, column);
    let mut found = Vec::new();
    if !is_said(MeasureName::RowsLost, None) {
        found.extend(rows(now, nights, limits));
    }
    if !is_said(MeasureName::CoverageLost, None) && !is_said(MeasureName::RowsLost, None) {
        found.extend(coverage(now, nights, limits));
    }
    for column in &now.mapped {
        let header = column.header.as_str();
        let limits = limits.of_column(header);
        let of = |measure: Measure| Measure {
            column: Some(header.to_owned()),
            ..measure
        };
        let then = || {
            let columns = nights.iter().map(|night| (night, of_header(night, header)));
            columns.filter_map(|(night, column)| Some((night, column?)))
        };
        let least = then()
            .map(|(night, column)| (column.blanks, night.rows))
            .filter(|(_, rows)| *rows > 0)
            .min_by(|one, other| share_order(*one, *other));
        if let Some(least) = least.filter(|_| !is_said(MeasureName::BlanksGrown, Some(header))) {
            let limit = &limits.blanks_grown_over_nights;
            let name = MeasureName::BlanksGrownOverNights;
            let measure = points_grown(name, (column.blanks, now.rows), least, limit);
            found.push(of(unless_filled(measure, now, column, least, limit)));
        }
        let most = then().map(|(_, column)| column.distinct).max();
        if let Some(most) = most.filter(|_| !is_said(MeasureName::DistinctLost, Some(header))) {
            found.push(of(Measure {
                now: Amount::Count(column.distinct),
                then: Some(Amount::Count(most)),
                ..held(
                    MeasureName::DistinctLostOverNights,
                    if is_rare(column, now.rows) {
                        0
                    } else {
                        most.saturating_sub(column.distinct)
                    },
                    most,
                    &limits.distinct_lost_over_nights,
                )
            }));
        }
    }
    found
}

/// Whether it was refused, or a person lets it pass.
pub(super) fn is_said(measures: &[Measure], name: MeasureName, column: Option<&str>) -> bool {
    measures.iter().any(|measure| {
        measure.name == name
            && measure.column.as_deref() == column
            && matches!(measure.standing, Standing::Refused | Standing::Lifted)
    })
}

/// Rows, or different keys, whichever lost more: rows may be there for nobody.
fn rows(now: &Figures, nights: &[Figures], limits: &GateLimits) -> Option<Measure> {
    let of = |figure: fn(&Figures) -> u64| {
        let best = nights.iter().map(figure).max()?;
        Some((figure(now), best, best.saturating_sub(figure(now))))
    };
    let (rows, keys) = (of(|night| night.rows)?, of(|night| night.keys)?);
    let is_keys = share_order((keys.2, keys.1), (rows.2, rows.1)).is_gt();
    let (here, best, lost) = if is_keys { keys } else { rows };
    Some(Measure {
        now: Amount::Count(here),
        then: Some(Amount::Count(best)),
        ..held(
            MeasureName::RowsLostOverNights,
            lost,
            best,
            &limits.rows_lost_over_nights,
        )
    })
}

fn coverage(now: &Figures, nights: &[Figures], limits: &GateLimits) -> Option<Measure> {
    let here = now.directory.as_ref().filter(|facts| facts.holders > 0)?;
    let best = nights
        .iter()
        .filter_map(|night| night.directory.as_ref())
        .filter(|facts| facts.holders > 0)
        .min_by(|one, other| share_order(one.not_named(), other.not_named()))?;
    Some(here.lost(
        MeasureName::CoverageLostOverNights,
        best,
        &limits.coverage_lost_over_nights,
    ))
}

fn of_header<'a>(night: &'a Figures, header: &str) -> Option<&'a ColumnFigures> {
    night.mapped.iter().find(|column| column.header == header)
}

/// The smaller share first, without losing anything by rounding.
fn share_order(one: (u64, u64), other: (u64, u64)) -> std::cmp::Ordering {
    let product = |count: u64, of: u64| u128::from(count) * u128::from(of.max(1));
    product(one.0, other.1).cmp(&product(other.0, one.1))
}
