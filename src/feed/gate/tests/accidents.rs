//! The accidents of nights: each is refused, by the right measure, and named.

use super::*;

fn rules() -> GateRules {
    GateRules::default()
}

fn verdict(then: &[Vec<String>], now: &[Vec<String>]) -> Verdict {
    let (last, now) = nights(then, now);
    judged(Some(&last), &now, &rules())
}

#[test]
fn an_ordinary_night_passes() {
    let mut rows = people(203);
    rows.drain(0..2);
    rows[10][3] = "Team lead".to_owned();
    rows[11][4].clear();
    rows.reverse();
    let verdict = verdict(&people(200), &rows);
    assert_eq!(
        (verdict.outcome, refused(&verdict), verdict.hints.as_slice()),
        (GateOutcome::Passed, vec![], &[][..])
    );
}

#[test]
fn a_file_that_was_cut_off_is_refused_and_called_so() {
    let (last, mut now) = nights(&people(200), &people(150));
    now.figures.file.ends_with_line_end = false;
    now.figures.file.unreadable = 1;
    let verdict = judged(Some(&last), &now, &rules());
    assert_eq!(
        refused(&verdict),
        [
            (MeasureName::RowsLost, None),
            (MeasureName::KeyChurn, None),
            (MeasureName::LastLine, None)
        ]
    );
    assert_eq!(verdict.hints, [Hint::CutOff]);
    assert_eq!(verdict.measures[3].name, MeasureName::UnreadableRows);
}

#[test]
fn a_file_that_was_written_twice_is_refused_and_called_so() {
    let mut rows = people(200);
    rows.push(COLUMNS.map(str::to_owned).to_vec());
    rows.extend(people(200));
    let verdict = verdict(&people(200), &rows);
    assert_eq!(
        refused(&verdict),
        [
            (MeasureName::DuplicateKeys, None),
            (MeasureName::RowsGained, None)
        ]
    );
    assert_eq!(
        verdict.hints,
        [
            Hint::HeaderAmongRows { rows: 1 },
            Hint::Doubled { keys: 200, of: 201 }
        ]
    );
}

#[test]
fn a_column_that_was_emptied_is_refused_and_named() {
    let mut rows = people(200);
    rows.iter_mut().for_each(|row| row[3].clear());
    let verdict = verdict(&people(200), &rows);
    let job = Some("Job");
    assert_eq!(
        refused(&verdict),
        [
            (MeasureName::BlanksGrown, job),
            (MeasureName::DistinctLost, job),
            (MeasureName::ValuesChanged, job)
        ]
    );
    assert_eq!(
        verdict.hints,
        [Hint::ColumnEmptied {
            column: "Job".to_owned()
        }]
    );
}

#[test]
fn columns_that_were_shifted_are_refused_and_it_is_said_where_the_values_stand() {
    // `Note` lost its cell: what stood in `Job` stands in `Note`, and what stood in `City` in `Job`.
    let rows: Vec<Vec<String>> = people(100)
        .into_iter()
        .map(|row| {
            vec![
                row[0].clone(),
                row[1].clone(),
                row[3].clone(),
                row[4].clone(),
                String::new(),
            ]
        })
        .collect();
    let verdict = verdict(&people(100), &rows);
    assert_eq!(verdict.outcome, GateOutcome::Refused);
    let moved = |column: &str, now_in: &str| Hint::ColumnMoved {
        column: column.to_owned(),
        now_in: now_in.to_owned(),
        by: -1,
        same: 100,
        of: 100,
    };
    assert!(
        verdict.hints.contains(&moved("Job", "Note")),
        "{:?}",
        verdict.hints
    );
    assert!(
        verdict.hints.contains(&moved("City", "Job")),
        "{:?}",
        verdict.hints
    );
}

#[test]
fn keys_that_moved_into_another_column_are_found_there() {
    let rows: Vec<Vec<String>> = people(100)
        .into_iter()
        .map(|row| {
            vec![
                format!("r{}", row[0]),
                row[0].clone(),
                row[1].clone(),
                row[3].clone(),
                row[4].clone(),
            ]
        })
        .collect();
    let verdict = verdict(&people(100), &rows);
    assert_eq!(verdict.refused().next().unwrap().name, MeasureName::KeyChurn);
    assert_eq!(
        verdict.hints,
        [Hint::KeysMoved {
            now_in: "Name".to_owned(),
            same: 100,
            of: 100
        }]
    );
}

#[test]
fn a_file_of_last_week_is_refused_and_called_so() {
    let (last, mut now) = nights(&people(100), &people(100));
    now.figures.file.modified = "2026-11-22T22:00:00Z".parse().unwrap();
    let verdict = judged(Some(&last), &now, &rules());
    assert_eq!(
        refused(&verdict),
        [(MeasureName::Age, None), (MeasureName::OlderThanLast, None)]
    );
    assert_eq!(
        verdict.hints,
        [Hint::OlderFile {
            last: NIGHT.parse().unwrap()
        }]
    );
}

#[test]
fn a_missing_column_cannot_be_lifted_and_its_new_name_is_proposed() {
    let (last, _) = nights(&people(100), &[]);
    let now = counted(
        &table(
            &["Key", "Name", "Note", "job ", "City", "Shoe size"],
            &people(100),
        ),
        facts(NEXT),
    );
    let limits = GateLimits::of(&rules()).unwrap();
    let verdict = judge(
        &now,
        Some(&last),
        &limits,
        &[MeasureName::ColumnMissing],
        NEXT.parse().unwrap(),
    );
    assert_eq!(refused(&verdict), [(MeasureName::ColumnMissing, Some("Job"))]);
    assert_eq!(
        verdict.hints,
        [Hint::ColumnRenamed {
            column: "Job".to_owned(),
            now: "job ".to_owned()
        }]
    );
    let new = verdict
        .measures
        .iter()
        .find(|measure| measure.name == MeasureName::ColumnsNew)
        .unwrap();
    assert_eq!(
        (&new.now, new.standing),
        (&Amount::Text("job , Shoe size".to_owned()), Standing::Warned)
    );
}

#[test]
fn renumbered_people_are_refused_though_nobody_came_or_went() {
    let mut rows = people(100);
    rows.iter_mut().take(6).for_each(|row| row[0].push('x'));
    assert_eq!(
        refused(&verdict(&people(100), &rows)),
        [(MeasureName::KeyChurn, None)]
    );
}

#[test]
fn hashes_that_cannot_be_read_refuse_what_they_are_for_and_the_rest_is_measured() {
    let (mut last, now) = nights(&people(100), &people(80));
    last.prints = None;
    let verdict = judged(Some(&last), &now, &rules());
    let of = |name| refused(&verdict).iter().filter(|(own, _)| *own == name).count();
    assert_eq!(
        [
            MeasureName::RowsLost,
            MeasureName::KeyChurn,
            MeasureName::ValuesChanged
        ]
        .map(of),
        [1, 1, 4]
    );
}
