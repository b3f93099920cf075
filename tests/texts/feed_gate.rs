//! What a person reads of a feed's health gate.

use std::borrow::Cow;

use dirsheet::domain::{SourceRow, SourceTable};
use dirsheet::feed::gate::{
    AttributeFacts, Counted, DirectoryFacts, FileFacts, GateLimits, LastGood, RowKey, TableFigures, Verdict,
    judge,
};
use dirsheet::feed::settings::GateRules;
use dirsheet::report::{Paint, feed_gate_json, feed_gate_refusal, feed_gate_text};

/// Kept beside the other texts.
#[track_caller]
fn kept(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

const COLUMNS: [&str; 4] = ["Employee ID", "Legal Name", "Job Title", "City"];

fn counted(columns: &[&str], rows: &[[String; 4]], modified: &str, ends: bool) -> Counted {
    let columns = columns.iter().map(|header| (*header).to_owned()).collect();
    let rows = rows
        .iter()
        .zip(2..)
        .map(|(cells, row)| SourceRow::new(row, cells.iter().map(String::as_str)));
    let table = SourceTable::new(columns, rows.collect());
    let file = FileFacts {
        name: "workday-20261129.csv".to_owned(),
        sha256: "ab".repeat(32),
        bytes: 1,
        modified: modified.parse().unwrap(),
        encoding: "UTF-8".to_owned(),
        ends_with_line_end: ends,
        unreadable: u64::from(!ends),
    };
    Counted::of(&table, &COLUMNS.map(str::to_owned), file, |row| {
        RowKey::Key(Cow::Borrowed(row.cell(0)))
    })
}

fn people(count: usize) -> Vec<[String; 4]> {
    let person = |n: usize| {
        [
            format!("{}", 100_000 + n),
            format!("Person {n}"),
            format!("Job {}", n % 40),
            format!("City {}", n % 12),
        ]
    };
    (0..count).map(person).collect()
}

fn verdict(now: &Counted, has_last: bool) -> Verdict {
    let last = counted(&COLUMNS, &people(1200), "2026-11-28T01:10:00Z", true);
    let last = LastGood::of(last.figures, Some(last.prints));
    let limits = GateLimits::of(&GateRules::default()).unwrap();
    judge(
        now,
        has_last.then_some(&last),
        &limits,
        &[],
        "2026-11-29T01:30:00Z".parse().unwrap(),
    )
}

fn shown(now: &Counted, has_last: bool) -> String {
    let verdict = &verdict(now, has_last);
    feed_gate_text(&now.figures, verdict, false, Paint::new(false))
}

const TONIGHT: &str = "2026-11-29T01:10:00Z";

#[test]
fn a_file_that_was_cut_off() {
    let now = counted(&COLUMNS, &people(700), TONIGHT, false);
    kept("feed_gate_cut_off", &shown(&now, true));
    let judged = verdict(&now, true);
    let told: Vec<String> = judged
        .refused()
        .map(feed_gate_refusal)
        .map(|one| {
            format!(
                "{}: {}; allowed {}\n  {}",
                one.rule, one.found, one.allowed, one.help
            )
        })
        .collect();
    kept("feed_gate_refusals", &told.join("\n"));
}

#[test]
fn columns_that_have_shifted_and_one_that_was_renamed() {
    let rows: Vec<[String; 4]> = people(1200)
        .into_iter()
        .map(|[key, name, job, city]| [key, job, city, name])
        .collect();
    kept(
        "feed_gate_shifted",
        &shown(&counted(&COLUMNS, &rows, TONIGHT, true), true),
    );
    let renamed = ["Employee ID", "Legal Name", "Job\u{202e}Titel", "City"];
    kept(
        "feed_gate_renamed",
        &shown(&counted(&renamed, &people(1200), TONIGHT, true), true),
    );
}

#[test]
fn a_file_that_passes_and_a_first_one() {
    let now = counted(&COLUMNS, &people(1203), TONIGHT, true);
    let full = feed_gate_text(&now.figures, &verdict(&now, true), true, Paint::new(false));
    kept("feed_gate_passed_full", &full);
    kept("feed_gate_first_run", &shown(&now, false));
}

#[test]
fn a_refusal_for_programs() {
    let now = counted(&COLUMNS, &people(1), "2026-11-20T01:10:00Z", true);
    let json = feed_gate_json(&now.figures, &verdict(&now, true));
    kept("feed_gate_json", &serde_json::to_string_pretty(&json).unwrap());
}

/// What the directory has to do with a file that names so many of 1,500, with so many blanks.
fn beside(named: u64, blanked: u64) -> Option<DirectoryFacts> {
    let attribute = |name: &str, clears, blanked| AttributeFacts {
        attribute: name.to_owned(),
        columns: vec!["Job Title".to_owned()],
        clears,
        held: 1100,
        blanked,
    };
    Some(DirectoryFacts {
        unknown_keys: 20,
        holders: 1500,
        named,
        attributes: vec![
            attribute("jobTitle", true, blanked),
            attribute("companyName", false, blanked),
        ],
        key: "employeeId".to_owned(),
        first_match: true,
        found: 1480,
        disputed: 0,
        comparable: 0,
    })
}

fn words(rows: u64) -> Vec<TableFigures> {
    vec![TableFigures {
        name: "departments".to_owned(),
        rows,
        sha256: format!("{rows}"),
    }]
}

#[test]
fn a_first_file_beside_a_directory_that_knows_more() {
    let mut now = counted(&COLUMNS, &people(1200), TONIGHT, true);
    now.figures.directory = beside(400, 500);
    kept("feed_gate_first_beside_directory", &shown(&now, false));
}

#[test]
fn a_first_file_of_which_the_directory_knows_hardly_a_key() {
    let mut now = counted(&COLUMNS, &people(1200), TONIGHT, true);
    now.figures.directory = beside(12, 0).map(|facts| DirectoryFacts {
        unknown_keys: 1188,
        ..facts
    });
    kept("feed_gate_first_hardly_known", &shown(&now, false));
}

#[test]
fn a_column_that_is_blank_by_a_trace_too_often() {
    let mut last = people(100_000);
    last.iter_mut().take(10_000).for_each(|row| row[3].clear());
    let mut rows = last.clone();
    rows.iter_mut()
        .skip(10_000)
        .take(5_004)
        .for_each(|row| row[3].clear());
    let last = counted(&COLUMNS, &last, "2026-11-28T01:10:00Z", true);
    let last = LastGood::of(last.figures, Some(last.prints));
    let now = counted(&COLUMNS, &rows, TONIGHT, true);
    let limits = GateLimits::of(&GateRules::default()).unwrap();
    let judged = judge(
        &now,
        Some(&last),
        &limits,
        &[],
        "2026-11-29T01:30:00Z".parse().unwrap(),
    );
    let told: Vec<String> = judged
        .refused()
        .map(feed_gate_refusal)
        .map(|one| one.found)
        .collect();
    assert_eq!(
        told,
        ["15,004 (15.0 %), last good 10,000 (10.0 %); counted 5.004 points"]
    );
}

#[test]
fn a_file_that_decayed_little_by_little() {
    let night = |rows: Vec<[String; 4]>, named, blanked, table| {
        let mut night = counted(&COLUMNS, &rows, "2026-11-28T01:10:00Z", true);
        night.figures.directory = beside(named, blanked);
        night.figures.tables = words(table);
        night
    };
    let with_blanks = |count: usize| {
        let mut rows = people(1200);
        rows.iter_mut().take(count).for_each(|row| row[3].clear());
        rows
    };
    let best = night(with_blanks(0), 1200, 0, 30);
    let last = night(with_blanks(100), 1150, 0, 30);
    let mut now = night(with_blanks(150), 890, 100, 12);
    now.figures.file.modified = TONIGHT.parse().unwrap();
    let last = LastGood {
        nights: vec![last.figures.clone(), best.figures],
        ..LastGood::of(last.figures, Some(last.prints))
    };
    let limits = GateLimits::of(&GateRules::default()).unwrap();
    let moment = "2026-11-29T01:30:00Z".parse().unwrap();
    let judged = judge(&now, Some(&last), &limits, &[], moment);
    let told: Vec<String> = judged
        .refused()
        .map(feed_gate_refusal)
        .map(|one| {
            format!(
                "{}: {}; allowed {}\n  {}",
                one.rule, one.found, one.allowed, one.help
            )
        })
        .collect();
    let text = feed_gate_text(&now.figures, &judged, false, Paint::new(false));
    kept("feed_gate_decayed", &format!("{text}\n{}", told.join("\n")));
}
