//! What decays a little every night.

use super::*;

/// Good nights of which each was held against the ones before; the number of the first that is refused, and its verdict.
fn first_refused(files: &[Vec<Vec<String>>], rules: &GateRules) -> Option<(usize, Verdict)> {
    let limits = GateLimits::of(rules).unwrap();
    let most = usize::try_from(limits.nights).unwrap();
    let mut good: Vec<Counted> = Vec::new();
    for (number, rows) in files.iter().enumerate() {
        let now = counted(&table(&COLUMNS, rows), facts(NIGHT));
        let last = good.last().map(|last| LastGood {
            nights: good
                .iter()
                .rev()
                .take(most)
                .map(|night| night.figures.clone())
                .collect(),
            ..LastGood::of(last.figures.clone(), Some(last.prints.clone()))
        });
        let verdict = judge(&now, last.as_ref(), &limits, &[], NIGHT.parse().unwrap());
        if verdict.outcome == GateOutcome::Refused {
            return Some((number, verdict));
        }
        good.push(now);
    }
    None
}

/// Nights in which the column loses cells of so many more people each.
fn blanking(step: usize, nights: usize) -> Vec<Vec<Vec<String>>> {
    (0..nights)
        .map(|night| {
            let mut rows = people(200);
            rows.iter_mut().take(step * night).for_each(|row| row[4].clear());
            rows
        })
        .collect()
}

#[test]
fn a_column_that_loses_a_twentieth_every_night_is_refused_in_the_third_night_of_it() {
    let (night, verdict) = first_refused(&blanking(10, 6), &GateRules::default()).unwrap();
    assert_eq!(night, 3);
    assert_eq!(
        refused(&verdict),
        [(MeasureName::BlanksGrownOverNights, Some("City"))]
    );
    assert_eq!(
        verdict.measures[0].then,
        Some(Amount::Share { count: 0, of: 200 })
    );
    assert_eq!(verdict.hints, [Hint::LittleByLittle { nights: 3 }]);
    // Beside the last night alone it would go on for ever.
    let alone: GateRules = toml::from_str("nights = 1").unwrap();
    assert_eq!(first_refused(&blanking(10, 6), &alone), None);
}

#[test]
fn rows_that_go_a_few_every_night_are_refused_when_a_tenth_is_gone() {
    let files: Vec<_> = (0..10).map(|night| people(200 - 4 * night)).collect();
    let (night, verdict) = first_refused(&files, &GateRules::default()).unwrap();
    assert_eq!((night, verdict.refused().count()), (6, 1));
    let measure = &verdict.measures[0];
    assert_eq!(
        (measure.name, &measure.now, &measure.then),
        (
            MeasureName::RowsLostOverNights,
            &Amount::Count(176),
            &Some(Amount::Count(200))
        )
    );
    let said: GateRules = toml::from_str("rows-lost-over-nights = \"5%\"").unwrap();
    assert_eq!(first_refused(&files, &said).unwrap().0, 3);
}

#[test]
fn different_keys_count_where_rows_are_there_for_nobody() {
    let rules: GateRules = toml::from_str("duplicate-keys = \"off\"\nkey-churn = \"off\"").unwrap();
    let files: Vec<_> = (0..10)
        .map(|night| {
            let mut rows = people(200);
            rows.iter_mut()
                .take(4 * night)
                .for_each(|row| row[0] = "E00199".to_owned());
            rows
        })
        .collect();
    let (night, verdict) = first_refused(&files, &rules).unwrap();
    assert_eq!((night, &verdict.measures[0].now), (6, &Amount::Count(176)));
}

#[test]
fn values_that_become_few_are_refused_when_six_of_ten_are_gone() {
    let files: Vec<_> = [100, 60, 39]
        .map(|kinds| {
            let mut rows = people(200);
            for (n, row) in rows.iter_mut().enumerate() {
                row[1] = format!("Name {}", n % kinds);
            }
            rows
        })
        .to_vec();
    let rules: GateRules = toml::from_str("values-changed = \"off\"").unwrap();
    let (night, verdict) = first_refused(&files, &rules).unwrap();
    assert_eq!(
        (night, refused(&verdict)),
        (2, vec![(MeasureName::DistinctLostOverNights, Some("Name"))])
    );
}

#[test]
fn a_share_of_the_directory_that_falls_little_by_little_is_refused_too() {
    let beside = |named| {
        let mut now = counted(&table(&COLUMNS, &people(50)), facts(NIGHT));
        now.figures.directory = Some(DirectoryFacts {
            holders: 100,
            named,
            ..DirectoryFacts::default()
        });
        now
    };
    let (best, before, now) = (beside(90), beside(79), beside(69));
    let last = LastGood {
        nights: vec![before.figures.clone(), best.figures],
        ..LastGood::of(before.figures, Some(before.prints))
    };
    let verdict = judged(Some(&last), &now, &GateRules::default());
    assert_eq!(refused(&verdict), [(MeasureName::CoverageLostOverNights, None)]);
    assert_eq!(
        verdict.measures[0].then,
        Some(Amount::Share { count: 90, of: 100 })
    );
}

#[test]
fn what_one_night_may_lose_sets_what_several_may() {
    let limits = |text: &str| GateLimits::of(&toml::from_str(text).unwrap()).unwrap();
    let percent = |threshold: &crate::domain::Sourced<Threshold>| match threshold.value {
        Threshold::At(
            crate::domain::Limit::UsersOrPercent(_, percent) | crate::domain::Limit::Percent(percent),
        ) => percent,
        _ => 0,
    };
    let usual = limits("");
    assert_eq!(usual.nights, 14);
    assert_eq!(percent(&usual.rows_lost_over_nights), 10);
    assert_eq!(percent(&usual.coverage_lost_over_nights), 20);
    assert_eq!(percent(&usual.column.blanks_grown_over_nights), 10);
    assert_eq!(percent(&usual.column.distinct_lost_over_nights), 60);
    let said = limits("rows-lost = \"20%\"\n[columns.City]\nblanks-grown = 15\ndistinct-lost = \"80%\"\n");
    assert_eq!(percent(&said.rows_lost_over_nights), 40);
    assert_eq!(said.rows_lost_over_nights.origin, "from gate.rows-lost");
    assert_eq!(percent(&said.of_column("City").blanks_grown_over_nights), 30);
    assert_eq!(percent(&said.of_column("City").distinct_lost_over_nights), 80);
    assert_eq!(percent(&said.of_column("Job").blanks_grown_over_nights), 10);
    let off = limits("rows-lost = \"off\"\n[columns.City]\nblanks-grown = \"off\"\n");
    assert_eq!(off.rows_lost_over_nights.value, Threshold::Off);
    assert_eq!(
        off.of_column("City").blanks_grown_over_nights.value,
        Threshold::Off
    );
    for wrong in ["nights = 0", "nights = 367", "coverage-lost = 101"] {
        assert_eq!(
            GateLimits::of(&toml::from_str(wrong).unwrap()).unwrap_err().len(),
            1,
            "{wrong}"
        );
    }
}

#[test]
fn what_a_person_lets_pass_begins_a_new_row_of_nights_and_nothing_else_does() {
    let (last, now) = nights(&people(200), &people(180));
    let limits = GateLimits::of(&GateRules::default()).unwrap();
    let begins = |last: Option<&LastGood>, now: &Counted, lifted: &[MeasureName]| {
        judge(now, last, &limits, lifted, NEXT.parse().unwrap()).begins()
    };
    assert!(begins(None, &now, &[]));
    assert!(begins(Some(&last), &now, &[MeasureName::RowsLost]));
    let (last, same) = nights(&people(200), &people(200));
    assert!(!begins(Some(&last), &same, &[]));
    assert!(
        !begins(Some(&last), &same, &[MeasureName::RowsLost]),
        "nothing was lifted by it"
    );
    let mut old = same;
    old.figures.file.modified = "2026-11-22T22:00:00Z".parse().unwrap();
    let both = [MeasureName::Age, MeasureName::OlderThanLast];
    assert!(
        !begins(Some(&last), &old, &both),
        "an old file has the same people"
    );
}

#[test]
fn a_file_must_be_newer_than_one_whose_plan_waits() {
    let (mut last, now) = nights(&people(50), &people(50));
    last.newest = Some("2026-11-29T22:30:00Z".parse().unwrap());
    let verdict = judged(Some(&last), &now, &GateRules::default());
    assert_eq!(refused(&verdict), [(MeasureName::OlderThanLast, None)]);
}

#[test]
fn in_a_small_company_several_nights_may_lose_twice_as_many_as_one() {
    let files: Vec<_> = [30, 28, 26, 24, 23].map(people).to_vec();
    let (night, verdict) = first_refused(&files, &GateRules::default()).unwrap();
    assert_eq!(
        (night, refused(&verdict)),
        (4, vec![(MeasureName::RowsLostOverNights, None)])
    );
}

#[test]
fn the_nights_are_those_of_so_many_days_however_many_files_came_on_each() {
    let of = |hours: i64| {
        let mut file = facts(NIGHT);
        file.modified -= jiff::SignedDuration::from_hours(hours);
        counted(&table(&COLUMNS, &people(1)), file).figures
    };
    // Every twelve hours, the newest first, from 22:00 of a day.
    let nights: Vec<Figures> = (0..40).map(|n| of(12 * n)).collect();
    assert_eq!(LastGood::of_days(nights.clone(), 14).len(), 28);
    assert_eq!(LastGood::of_days(nights.clone(), 2).len(), 4);
    assert_eq!(LastGood::of_days(nights, 1).len(), 1);
    let daily: Vec<Figures> = (0..15).map(|n| of(24 * n)).collect();
    assert_eq!(LastGood::of_days(daily, 14).len(), 14);
}
