//! What the gate lets through and what it refuses.

mod accidents;
mod beside_directory;
mod blanks;
mod over_nights;
mod properties;
mod unknown_keys;

use std::borrow::Cow;

use jiff::Timestamp;

use super::*;
use crate::domain::{SourceRow, SourceTable};
use crate::feed::settings::{GateRules, LimitText};

pub(super) const NIGHT: &str = "2026-11-28T22:00:00Z";
pub(super) const NEXT: &str = "2026-11-29T22:00:00Z";

pub(super) fn facts(modified: &str) -> FileFacts {
    FileFacts {
        name: "hr.csv".to_owned(),
        sha256: "00".repeat(32),
        bytes: 1,
        modified: modified.parse().unwrap(),
        encoding: "UTF-8".to_owned(),
        ends_with_line_end: true,
        unreadable: 0,
    }
}

/// The columns of every file here; `Key`, `Name`, `Job` and `City` are read, `Note` is not.
pub(super) const COLUMNS: [&str; 5] = ["Key", "Name", "Note", "Job", "City"];

/// Person number `n`.
pub(super) fn person(n: usize) -> Vec<String> {
    vec![
        format!("E{n:05}"),
        format!("Person {n}"),
        "x".to_owned(),
        format!("Job {}", n % 7),
        format!("City {}", n % 11),
    ]
}

pub(super) fn people(count: usize) -> Vec<Vec<String>> {
    (0..count).map(person).collect()
}

pub(super) fn table(columns: &[&str], rows: &[Vec<String>]) -> SourceTable {
    let rows = rows
        .iter()
        .zip(2..)
        .map(|(cells, row)| SourceRow::new(row, cells.iter().map(String::as_str)));
    SourceTable::new(
        columns.iter().map(|header| (*header).to_owned()).collect(),
        rows.collect(),
    )
}

pub(super) fn counted(table: &SourceTable, file: FileFacts) -> Counted {
    let mapped: Vec<String> = ["Name", "Key", "City", "Job"].map(str::to_owned).to_vec();
    let at = table.column("Key");
    Counted::of(table, &mapped, file, |row| {
        at.map_or(RowKey::Empty, |at| RowKey::Key(Cow::Borrowed(row.cell(at))))
    })
}

/// The file of a good night, and that of the next, as its rows say.
pub(super) fn nights(then: &[Vec<String>], now: &[Vec<String>]) -> (LastGood, Counted) {
    let last = counted(&table(&COLUMNS, then), facts(NIGHT));
    let last = LastGood::of(
        last.figures,
        Some(Prints::from_bytes(&last.prints.to_bytes()).unwrap()),
    );
    (last, counted(&table(&COLUMNS, now), facts(NEXT)))
}

pub(super) fn judged(last: Option<&LastGood>, now: &Counted, rules: &GateRules) -> Verdict {
    let moment: Timestamp = "2026-11-29T23:00:00Z".parse().unwrap();
    judge(now, last, &GateLimits::of(rules).unwrap(), &[], moment)
}

pub(super) fn refused(verdict: &Verdict) -> Vec<(MeasureName, Option<&str>)> {
    verdict
        .refused()
        .map(|measure| (measure.name, measure.column.as_deref()))
        .collect()
}

#[test]
fn the_figures_are_exact_and_hold_no_value() {
    let mut rows = people(20);
    rows[3][3].clear();
    rows[4][3] = "  ".to_owned();
    rows[5][0] = " E00001 ".to_owned();
    rows[6][0].clear();
    rows[7] = COLUMNS.map(str::to_owned).to_vec();
    let figures = counted(&table(&COLUMNS, &rows), facts(NIGHT)).figures;
    assert_eq!((figures.rows, figures.keys, figures.duplicate_keys), (20, 18, 1));
    assert_eq!((figures.rows_without_key, figures.header_rows), (1, 1));
    let job = figures
        .mapped
        .iter()
        .find(|column| column.header == "Job")
        .unwrap();
    assert_eq!((job.position, job.blanks, job.distinct), (3, 2, 8));
    let json = serde_json::to_string(&figures).unwrap();
    assert!(!json.contains("Person") && !json.contains("E0000"), "{json}");
    assert_eq!(serde_json::from_str::<Figures>(&json).unwrap(), figures);
}

#[test]
fn the_kept_hashes_are_small_and_read_back_and_nothing_else_is_read_as_them() {
    let prints = counted(&table(&COLUMNS, &people(1000)), facts(NIGHT)).prints;
    let bytes = prints.to_bytes();
    assert!(bytes.len() < 1000 * (8 + 4 * 4) + 100, "{}", bytes.len());
    let read = Prints::from_bytes(&bytes).unwrap();
    assert_eq!((read.keys(), read.columns()), (1000, prints.columns()));
    assert!(read.holds("E00999") && !read.holds("E01000"));
    assert_eq!(read.to_bytes(), bytes);
    for wrong in [&bytes[..bytes.len() - 1], &bytes[1..], b"dshP\x02", b""] {
        assert_eq!(Prints::from_bytes(wrong), Err(NotPrints));
    }
}

#[test]
fn the_hash_is_the_same_in_every_version() {
    let prints = counted(&table(&COLUMNS, &[person(1)]), facts(NIGHT)).prints;
    let digits: String = prints.to_bytes()[75..]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(digits, "296a18ab05deee4bb922838875f39739");
}

#[test]
fn a_first_night_needs_a_person_and_bad_figures_are_refused_all_the_same() {
    let (_, now) = nights(&[], &people(50));
    let verdict = judged(None, &now, &GateRules::default());
    assert_eq!(
        (verdict.outcome, refused(&verdict)),
        (GateOutcome::FirstRun, vec![])
    );
    let mut rows = people(50);
    rows[1][0] = "E00000".to_owned();
    rows[2][0].clear();
    let (_, now) = nights(&[], &rows);
    let verdict = judged(None, &now, &GateRules::default());
    assert_eq!(verdict.outcome, GateOutcome::Refused);
    assert_eq!(
        refused(&verdict),
        [
            (MeasureName::DuplicateKeys, None),
            (MeasureName::RowsWithoutKey, None)
        ]
    );
    let (_, now) = nights(&[], &[]);
    assert_eq!(
        refused(&judged(None, &now, &GateRules::default())),
        [(MeasureName::RowsMin, None)]
    );
}

#[test]
fn thresholds_come_from_the_settings_and_off_lifts_one() {
    let text = |text: &str| Some(LimitText::Text(text.to_owned()));
    let (last, now) = nights(&people(100), &people(90));
    let mut rules = GateRules {
        rows_lost: text("9%"),
        ..GateRules::default()
    };
    let verdict = judged(Some(&last), &now, &rules);
    let lost = &verdict.measures[0];
    assert_eq!(
        (lost.name, lost.standing),
        (MeasureName::RowsLost, Standing::Refused)
    );
    assert_eq!(
        (&lost.now, &lost.then),
        (&Amount::Count(90), &Some(Amount::Count(100)))
    );
    let limit = lost.limit.as_ref().unwrap();
    assert_eq!(
        (&limit.allowed, limit.percent, limit.origin.as_str()),
        (&Amount::Count(9), Some(9), "gate.rows-lost")
    );
    for lifted in [text("off"), text("10%"), Some(LimitText::Number(10))] {
        rules.rows_lost = lifted;
        assert_eq!(judged(Some(&last), &now, &rules).outcome, GateOutcome::Passed);
    }
    rules.key_churn = text("8%");
    let moment = NEXT.parse().unwrap();
    let limits = GateLimits::of(&rules).unwrap();
    let verdict = judge(&now, Some(&last), &limits, &[MeasureName::KeyChurn], moment);
    assert_eq!(
        (verdict.outcome, verdict.measures[0].standing),
        (GateOutcome::Passed, Standing::Lifted)
    );
}

#[test]
fn what_is_no_threshold_is_told_with_its_key_all_at_once() {
    let rules: GateRules = toml::from_str(
        "rows-lost = \"5 percent\"\nblanks-grown = 101\nage = \"yesterday\"\n[columns.\"Job Title\"]\nblanks = \"120%\"\nvalues-changed = \"off\"\n",
    )
    .unwrap();
    let keys: Vec<String> = GateLimits::of(&rules)
        .unwrap_err()
        .into_iter()
        .map(|problem| problem.key)
        .collect();
    assert_eq!(
        keys,
        [
            "gate.rows-lost",
            "gate.blanks-grown",
            "gate.age",
            "gate.columns.Job Title.blanks"
        ]
    );
}

#[test]
fn one_column_may_have_thresholds_of_its_own() {
    let mut rows = people(100);
    rows.iter_mut()
        .take(40)
        .for_each(|row| row[4] = format!("{} moved", row[4]));
    let (last, now) = nights(&people(100), &rows);
    let mut rules = GateRules::default();
    assert_eq!(
        refused(&judged(Some(&last), &now, &rules)),
        [(MeasureName::ValuesChanged, Some("City"))]
    );
    rules = toml::from_str("[columns.City]\nvalues-changed = \"40%\"\n[columns.Job]\nblanks = 0\n").unwrap();
    assert_eq!(judged(Some(&last), &now, &rules).outcome, GateOutcome::Passed);
}

#[test]
fn every_measure_has_a_word_of_its_own_and_only_a_missing_column_cannot_be_lifted() {
    let words: std::collections::BTreeSet<&str> =
        MeasureName::ALL.into_iter().map(MeasureName::as_str).collect();
    assert_eq!(words.len(), MeasureName::ALL.len());
    let fixed: Vec<MeasureName> = MeasureName::ALL
        .into_iter()
        .filter(|name| !name.can_be_lifted())
        .collect();
    assert_eq!(fixed, [MeasureName::ColumnMissing]);
}
