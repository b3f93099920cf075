//! An inbox in which more than one file lies: the newest is taken, and those that lay beside it make no alarm.

use std::time::{Duration, SystemTime};

use serde_json::Value as Json;

use super::feed_office::{Office, SETTINGS};
use super::stand::people;

fn files(office: &Office, folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(office.stand.path(folder)).into_iter().flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// Three files that HR wrote while nobody took any.
fn full(settings: &str) -> Office {
    let mut office = Office::open(20, people(0), settings);
    office.night(&["--go"], 0);
    for department in ["Board", "Law", "Care"] {
        office.set(3, "Dept", department);
        office.drop(&office.text());
        // Clocks of file systems are coarse.
        std::thread::sleep(Duration::from_millis(50));
    }
    office
}

#[test]
fn older_files_beside_the_newest_go_to_quarantine_in_the_same_night_and_are_told_once() {
    let office = full(SETTINGS);
    office.start(&["--dry-run"], 0);
    assert_eq!(files(&office, "inbox").len(), 3);
    let night = office.start(&[], 0);
    assert_eq!(night["file"], "hr-004.csv", "{night:#}");
    let message = night["message"].as_str().unwrap();
    assert!(
        message.ends_with("; 2 older files that lay beside it were passed over"),
        "{message}"
    );
    let told = night["help_here"].to_string();
    assert!(
        told.contains("passed over: `hr-002.csv`, `hr-003.csv`; they lie in"),
        "{told}"
    );
    assert!(files(&office, "inbox").is_empty());
    let aside = files(&office, "quarantine");
    assert!(aside.len() == 2 && aside[0].starts_with("hr-002-"), "{aside:?}");
    let next = office.start(&[], 0);
    assert_eq!(next["outcome"], "no-file", "{next:#}");
    let history = office.stand.json(&["feed", "history", "FEED.toml"], 0);
    let passed = history["nights"][1]["passed_over"].as_array().unwrap();
    assert_eq!(passed.len(), 2, "{history:#}");
    let text = office.stand.run(&["feed", "history", "FEED.toml"]).must(0).stdout;
    assert!(
        text.contains("\n    older files passed over: hr-002.csv, hr-003.csv\n"),
        "{text}"
    );
}

#[test]
fn without_a_quarantine_they_stay_and_no_start_takes_them_until_one_is_delivered_anew() {
    let office = full(&SETTINGS.replace("quarantine = \"quarantine\"\n", ""));
    office.start(&[], 0);
    assert_eq!(files(&office, "inbox"), ["hr-002.csv", "hr-003.csv"]);
    assert_eq!(office.start(&[], 0)["outcome"], "no-file");
    // Delivered later, and old all the same: that is heard.
    let path = office.stand.path("inbox/hr-002.csv");
    let mut text = std::fs::read_to_string(&path).unwrap();
    text = text.replace("Clerk", "Chef");
    std::fs::write(&path, text).unwrap();
    let old = SystemTime::now() - Duration::from_secs(3600);
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    file.set_modified(old).unwrap();
    let refused = office.start(&[], 4);
    assert!(
        refused["refusals"].to_string().contains("gate.older-than-last"),
        "{refused:#}"
    );
}

#[test]
fn a_file_that_is_refused_passes_nothing_over_and_one_that_is_let_pass_does() {
    let mut office = full(SETTINGS);
    office.rows.truncate(10);
    office.drop(&office.text());
    let refused = office.start(&[], 4);
    assert_eq!(files(&office, "inbox").len(), 3);
    let command = refused["command"].as_str().unwrap();
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    let night = office.stand.json(&words, 0);
    assert!(
        night["message"].to_string().contains("3 older files"),
        "{night:#}"
    );
    assert_eq!(night["lifted"], refused_names(&refused), "{night:#}");
    assert!(files(&office, "inbox").is_empty());
}

fn refused_names(refused: &Json) -> Json {
    let refusals = refused["refusals"].as_array().unwrap().iter();
    refusals.map(|one| one["lift"].clone()).collect()
}

#[test]
fn without_an_archive_files_that_were_taken_stay_and_are_not_passed_over() {
    let mut office = Office::open(20, people(0), &SETTINGS.replace("archive = \"archive\"\n", ""));
    office.night(&["--go"], 0);
    for department in ["Board", "Law"] {
        office.set(3, "Dept", department);
        let night = office.night(&[], 0);
        assert!(!night["message"].to_string().contains("passed over"), "{night:#}");
    }
    assert_eq!(files(&office, "inbox").len(), 3);
    assert!(files(&office, "quarantine").is_empty());
}

#[test]
fn a_file_that_somebody_names_passes_nothing_over_that_it_was_not_held_against_where_files_come_to() {
    let mut office = Office::settled(20);
    office.set(3, "Dept", "Board");
    office.drop(&office.text());
    std::thread::sleep(Duration::from_millis(50));
    // A copy that was edited by hand, and newer than what HR has written.
    office.set(3, "Dept", "Law");
    office.stand.write("mine.csv", office.text());
    let night = office.start(&["--file", "mine.csv"], 0);
    assert!(!night["message"].to_string().contains("passed over"), "{night:#}");
    assert_eq!(files(&office, "inbox"), ["hr-002.csv"]);
    // What HR has written is older, and that is heard.
    let refused = office.start(&[], 4);
    assert!(
        refused["refusals"].to_string().contains("gate.older-than-last"),
        "{refused:#}"
    );
}

#[test]
fn the_file_of_the_night_is_not_passed_over_under_another_spelling_of_its_path() {
    let settings = SETTINGS
        .replace("quarantine = \"quarantine\"\n", "")
        .replace("archive = \"archive\"\n", "")
        .replace("[guards]", "[guards]\nmax-users = 3");
    let mut office = Office::open(20, people(0), &settings);
    office.night(&["--go"], 0);
    for number in 1..6 {
        office.set(number, "Title", "Lead");
    }
    office.night(&[], 4);
    let night = office.start(&["--file", "inbox/../inbox/hr-002.csv", "--lift", "max-users"], 0);
    assert!(!night["message"].to_string().contains("passed over"), "{night:#}");
    assert_eq!(office.start(&[], 0)["outcome"], "seen-before");
}

#[test]
fn two_files_in_every_night_are_heard_from_the_second_night_on() {
    let mut office = Office::settled(20);
    for (night, code) in [0, 6].into_iter().enumerate() {
        for part in ["Berlin", "Paris"] {
            office.set(3, "Dept", &format!("{part} {night}"));
            office.drop(&office.text());
            std::thread::sleep(Duration::from_millis(50));
        }
        let told = office.start(&[], code);
        let is_again = told["message"].to_string().contains("as in the night before");
        assert_eq!(is_again, code == 6, "{told:#}");
        assert_eq!(
            told["help"].to_string().contains("a feed of its own"),
            code == 6,
            "{told:#}"
        );
    }
    office.set(3, "Dept", "Board");
    office.night(&[], 0);
}
