//! Holds the figures of a file against those of the last good one, the directory, and the thresholds.

use std::collections::HashSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::best::{is_said, over_nights};
use super::blanks::grown;
use super::directory::beside_directory;
use super::hints::hints;
use super::limits::{GateLimits, Threshold};
use super::measure::{Amount, GateOutcome, Measure, MeasureLimit, MeasureName, Standing, Verdict};
use super::tables::tables;
use super::weigh::{held, passed_if, plain};
use super::{ColumnFigures, Counted, Figures, Prints};
use crate::domain::Sourced;

/// A column that fewer than one in so many rows fill has no usual number of values.
const RARE_OF: u64 = 10;

/// Whether hardly a row fills it.
pub(super) fn is_rare(column: &ColumnFigures, rows: u64) -> bool {
    column.blanks * RARE_OF > rows * (RARE_OF - 1)
}

/// What is kept of the last good night, and of those before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastGood {
    pub figures: Figures,
    /// `None` when they cannot be read any more; then keys and values are not compared, and the measures say so.
    pub prints: Option<Prints>,
    /// The last good nights of which the best counts, the newest first, this one among them.
    pub nights: Vec<Figures>,
    /// The newest file that was taken, where that is another: its plan waits.
    pub newest: Option<Timestamp>,
}

impl LastGood {
    /// One good night and nothing before it.
    pub fn of(figures: Figures, prints: Option<Prints>) -> LastGood {
        LastGood {
            figures,
            prints,
            nights: Vec::new(),
            newest: None,
        }
    }

    /// Those of the last so many days, the newest first, for a feed may run every hour; with one day, the last night alone.
    pub fn of_days(nights: Vec<Figures>, days: u64) -> Vec<Figures> {
        if days == 1 {
            return nights.into_iter().take(1).collect();
        }
        let mut seen: HashSet<Date> = HashSet::new();
        nights
            .into_iter()
            .take_while(|night| {
                seen.insert(TimeZone::UTC.to_datetime(night.file.modified).date());
                seen.len() as u64 <= days
            })
            .collect()
    }

    /// When the newest file that was taken was written.
    pub fn newest(&self) -> Timestamp {
        let own = self.figures.file.modified;
        self.newest.map_or(own, |newest| newest.max(own))
    }
}

/// Judges a file at `moment`. `lifted` are measures of which a person has said that they may pass this once; a missing column
/// cannot be lifted, because nothing could be made of the rows.
pub fn judge(
    now: &Counted,
    last: Option<&LastGood>,
    limits: &GateLimits,
    lifted: &[MeasureName],
    moment: Timestamp,
) -> Verdict {
    let mut judging = Judging {
        measures: Vec::new(),
        lifted,
    };
    judging.columns(&now.figures, last);
    judging.file(now, limits, moment);
    if let Some(last) = last {
        judging.against(now, last, limits);
    }
    for column in &now.figures.mapped {
        judging.column(now, column, last, limits);
    }
    if let Some(facts) = &now.figures.directory {
        // Where rows are gone, so are people, and once is enough.
        let rows_are_gone = is_said(&judging.measures, MeasureName::RowsLost, None);
        let said_already = |measure: &Measure| rows_are_gone && measure.name == MeasureName::CoverageLost;
        for measure in beside_directory(facts, now.figures.keys, last, limits) {
            if !said_already(&measure) {
                judging.add(measure);
            }
        }
    }
    if let Some(last) = last {
        for measure in tables(&now.figures, &last.figures, limits) {
            judging.add(measure);
        }
        for measure in over_nights(&now.figures, last, limits, &judging.measures) {
            judging.add(measure);
        }
    }
    let mut measures = judging.measures;
    let hints = hints(now, last, &measures);
    measures.sort_by_key(|measure| measure.standing);
    let is_refused = measures
        .iter()
        .any(|measure| measure.standing == Standing::Refused);
    Verdict {
        outcome: match (is_refused, last) {
            (true, _) => GateOutcome::Refused,
            (false, None) => GateOutcome::FirstRun,
            (false, Some(_)) => GateOutcome::Passed,
        },
        last_good: last.map(|last| last.figures.file.modified),
        measures,
        hints,
    }
}

struct Judging<'a> {
    measures: Vec<Measure>,
    lifted: &'a [MeasureName],
}

impl Judging<'_> {
    fn add(&mut self, mut measure: Measure) {
        let may_pass = measure.name.can_be_lifted() && self.lifted.contains(&measure.name);
        if measure.standing == Standing::Refused && may_pass {
            measure.standing = Standing::Lifted;
        }
        self.measures.push(measure);
    }

    fn columns(&mut self, figures: &Figures, last: Option<&LastGood>) {
        for header in &figures.missing {
            let measure = plain(
                MeasureName::ColumnMissing,
                Amount::Text("not there".to_owned()),
                Standing::Refused,
            );
            let was_there = last.is_some_and(|last| last.figures.columns.contains(header));
            self.add(Measure {
                column: Some(header.clone()),
                then: last.map(|_| Amount::Text(if was_there { "there" } else { "not there" }.to_owned())),
                ..measure
            });
        }
        let Some(last) = last else { return };
        let other = |here: &[String], there: &[String]| -> Vec<String> {
            let other = here
                .iter()
                .filter(|header| !there.contains(header) && !figures.missing.contains(header));
            other.cloned().collect()
        };
        for (name, headers) in [
            (
                MeasureName::ColumnsNew,
                other(&figures.columns, &last.figures.columns),
            ),
            (
                MeasureName::ColumnsGone,
                other(&last.figures.columns, &figures.columns),
            ),
        ] {
            if !headers.is_empty() {
                let measure = plain(name, Amount::Text(headers.join(", ")), Standing::Warned);
                self.add(measure);
            }
        }
    }

    /// What needs nothing to be held against.
    fn file(&mut self, now: &Counted, limits: &GateLimits, moment: Timestamp) {
        let figures = &now.figures;
        let Sourced { value: least, origin } = &limits.rows_min;
        let rows = Amount::Count(figures.rows);
        self.add(Measure {
            limit: Some(MeasureLimit {
                allowed: Amount::Count(*least),
                percent: None,
                origin: origin.clone(),
            }),
            ..plain(MeasureName::RowsMin, rows, passed_if(figures.rows >= *least))
        });
        self.add(held(
            MeasureName::DuplicateKeys,
            figures.duplicate_keys,
            figures.keys,
            &limits.duplicate_keys,
        ));
        self.add(held(
            MeasureName::RowsWithoutKey,
            figures.rows_without_key,
            figures.rows,
            &limits.rows_without_key,
        ));
        let age = moment.duration_since(figures.file.modified);
        let measure = plain(MeasureName::Age, Amount::Seconds(age.as_secs()), Standing::Off);
        self.add(match limits.age.value {
            Some(most) => Measure {
                limit: Some(MeasureLimit {
                    allowed: Amount::Seconds(most.as_secs()),
                    percent: None,
                    origin: limits.age.origin.clone(),
                }),
                standing: passed_if(age <= most),
                ..measure
            },
            None => measure,
        });
        if figures.file.unreadable > 0 {
            let rows = Amount::Share {
                count: figures.file.unreadable,
                of: figures.rows + figures.left_out + figures.file.unreadable,
            };
            self.add(plain(MeasureName::UnreadableRows, rows, Standing::Warned));
        }
    }

    fn against(&mut self, now: &Counted, last: &LastGood, limits: &GateLimits) {
        let (here, then) = (&now.figures, &last.figures);
        let rows = |name, count: u64, limit| Measure {
            now: Amount::Count(here.rows),
            then: Some(Amount::Count(then.rows)),
            ..held(name, count, then.rows, limit)
        };
        self.add(rows(
            MeasureName::RowsLost,
            then.rows.saturating_sub(here.rows),
            &limits.rows_lost,
        ));
        self.add(rows(
            MeasureName::RowsGained,
            here.rows.saturating_sub(then.rows),
            &limits.rows_gained,
        ));
        let churn = last.prints.as_ref().map(|prints| {
            let common = now.prints.common(prints);
            (now.prints.keys() - common) + (prints.keys() - common)
        });
        self.add(match churn {
            Some(churn) => Measure {
                now: Amount::Count(here.keys),
                then: Some(Amount::Count(then.keys)),
                ..held(MeasureName::KeyChurn, churn, then.keys, &limits.key_churn)
            },
            None => plain(
                MeasureName::KeyChurn,
                Amount::Text("not compared".to_owned()),
                not_compared(&limits.key_churn),
            ),
        });
        let in_words = |ends: bool| Amount::Text(if ends { "ends" } else { "has no end" }.to_owned());
        let (ends, ended) = (here.file.ends_with_line_end, then.file.ends_with_line_end);
        self.add(Measure {
            then: Some(in_words(ended)),
            ..plain(MeasureName::LastLine, in_words(ends), passed_if(ends || !ended))
        });
        let newest = last.newest();
        let is_older = here.file.modified < newest;
        self.add(Measure {
            then: Some(Amount::Moment(newest)),
            ..plain(
                MeasureName::OlderThanLast,
                Amount::Moment(here.file.modified),
                passed_if(!is_older),
            )
        });
        let is_same = here.file.encoding == then.file.encoding;
        self.add(Measure {
            then: Some(Amount::Text(then.file.encoding.clone())),
            ..plain(
                MeasureName::Encoding,
                Amount::Text(here.file.encoding.clone()),
                if is_same {
                    Standing::Passed
                } else {
                    Standing::Warned
                },
            )
        });
    }

    fn column(
        &mut self,
        now: &Counted,
        column: &ColumnFigures,
        last: Option<&LastGood>,
        limits: &GateLimits,
    ) {
        let limits = limits.of_column(&column.header);
        let rows = now.figures.rows;
        let of = |measure: Measure| Measure {
            column: Some(column.header.clone()),
            ..measure
        };
        if limits.blanks.value != Threshold::Off {
            self.add(of(held(MeasureName::Blanks, column.blanks, rows, &limits.blanks)));
        }
        let Some(last) = last else { return };
        let then = last
            .figures
            .mapped
            .iter()
            .find(|then| then.header == column.header);
        if let Some(then) = then {
            self.add(of(grown(now, column, last, then, &limits.blanks_grown)));
            // Of a column that hardly anybody has, such as the last day, the values come and go.
            let lost = match is_rare(then, last.figures.rows) {
                true => 0,
                false => then.distinct.saturating_sub(column.distinct),
            };
            self.add(of(Measure {
                now: Amount::Count(column.distinct),
                then: Some(Amount::Count(then.distinct)),
                ..held(
                    MeasureName::DistinctLost,
                    lost,
                    then.distinct,
                    &limits.distinct_lost,
                )
            }));
        }
        let position = |prints: &Prints| {
            prints
                .columns()
                .iter()
                .position(|header| *header == column.header)
        };
        let compared = last.prints.as_ref().and_then(|prints| {
            let (here, there) = (position(&now.prints)?, position(prints)?);
            let (mut changed, mut common) = (0, 0);
            for (row, row_then) in now.prints.pairs(prints) {
                common += 1;
                changed += u64::from(now.prints.cell(row, here) != prints.cell(row_then, there));
            }
            Some((changed, common))
        });
        self.add(of(match compared {
            Some((changed, common)) => held(
                MeasureName::ValuesChanged,
                changed,
                common,
                &limits.values_changed,
            ),
            None => plain(
                MeasureName::ValuesChanged,
                Amount::Text("not compared".to_owned()),
                not_compared(&limits.values_changed),
            ),
        }));
    }
}

/// What cannot be compared with the last good file, because its hashes cannot be read or the column was not read then, is for a person.
fn not_compared(limit: &Sourced<Threshold>) -> Standing {
    if limit.value == Threshold::Off {
        Standing::Off
    } else {
        Standing::Refused
    }
}
