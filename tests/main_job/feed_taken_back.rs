//! What a person takes back with `undo` is written by no later night, as long as HR says the same and nobody says that HR is right.

use serde_json::Value as Json;

use super::feed_office::{Office, name};

/// A night that gave two people another department, taken back by a person.
fn taken_back() -> Office {
    let mut office = Office::settled(20);
    office.set(3, "Dept", "WRONG");
    office.set(4, "Dept", "WRONG");
    assert_eq!(office.night(&[], 0)["outcome"], "written");
    let run = office.stand.newest_run();
    office.stand.run(&["undo", &run, "--yes"]).must(0).says(&[
        &format!("{run} was written by the feed `hr`"),
        "leave these cells to a person",
        "--write-undone",
    ]);
    office
}

fn department(office: &Office, number: usize) -> Json {
    office.user(&name(number))["department"].clone()
}

fn letters(night: &Json) -> String {
    std::fs::read_to_string(night["papers"]["dead_letters"].as_str().unwrap()).unwrap()
}

#[test]
fn the_next_file_writes_nothing_that_was_taken_back_until_hr_says_something_else() {
    let mut office = taken_back();
    let before = (department(&office, 3), department(&office, 4));
    office.set(9, "Dept", "Board");
    // HR has corrected one of the two.
    office.set(4, "Dept", "Care");
    let night = office.night(&[], 6);
    assert_eq!(night["counts"]["taken_back"], 1, "{night:#}");
    assert_eq!(department(&office, 3), before.0);
    assert_eq!(department(&office, 4), "Care");
    assert_eq!(department(&office, 9), "Board");
    let told = letters(&night);
    assert!(
        told.contains("a person took `WRONG` back with `undo` (run-"),
        "{told}"
    );
    assert_eq!(told.lines().count(), 2, "{told}");
    assert!(
        night["help"]
            .to_string()
            .contains("what a person took back with `undo` (1 cell, number or account)"),
        "{night:#}"
    );
    // The next night says it again, and a value that comes once more after another one is new.
    office.set(4, "Dept", "WRONG");
    let night = office.night(&[], 6);
    assert_eq!(night["counts"]["taken_back"], 1, "{night:#}");
    assert_eq!(department(&office, 3), before.0);
    assert_eq!(department(&office, 4), "WRONG");
}

#[test]
fn somebody_who_says_that_hr_is_right_feeds_the_dead_letters_and_later_nights_write_the_cell_again() {
    let mut office = taken_back();
    office.set(9, "Dept", "Board");
    let night = office.night(&[], 6);
    assert_eq!(night["counts"]["taken_back"], 2, "{night:#}");
    let path = night["papers"]["dead_letters"].as_str().unwrap().to_owned();
    // One of the two rows is right.
    let text = letters(&night);
    let kept: Vec<&str> = text.lines().filter(|line| !line.contains("N1005")).collect();
    std::fs::write(&path, format!("{}\n", kept.join("\n"))).unwrap();
    // Without the word nothing is different.
    assert_eq!(office.start(&["--refeed", &path], 6)["counts"]["taken_back"], 1);
    assert_ne!(department(&office, 3), "WRONG");
    office.start(&["--refeed", &path, "--write-undone"], 0);
    assert_eq!(department(&office, 3), "WRONG");
    assert_ne!(department(&office, 4), "WRONG");
    // Somebody else changes it: the feed sets it right as any other cell.
    let id = office.id(&name(3));
    office.stand.edit(&id, "department", Json::from("By hand"));
    office.set(9, "Dept", "Law");
    let night = office.night(&[], 6);
    assert_eq!(night["counts"]["taken_back"], 1, "{night:#}");
    assert_eq!(department(&office, 3), "WRONG");
}

#[test]
fn an_undo_that_is_taken_back_itself_holds_nothing_and_a_dry_run_tells_what_is_held() {
    let mut office = taken_back();
    office.set(9, "Dept", "Board");
    office.drop(&office.text());
    let dry = office.start(&["--dry-run"], 0);
    assert_eq!(dry["counts"]["taken_back"], 2, "{dry:#}");
    let undo = office.stand.newest_run();
    office.stand.run(&["undo", &undo, "--yes"]).must(0);
    let night = office.start(&[], 0);
    assert_eq!(night["counts"]["taken_back"], 0, "{night:#}");
    assert_eq!(department(&office, 3), "WRONG");
}

#[test]
fn a_leaver_whom_a_person_switched_on_again_stays_on_and_is_told_every_night() {
    let mut office = Office::settled(20);
    office.set(7, "To", "2026-01-01");
    office.night(&[], 0);
    assert_eq!(office.user(&name(7))["accountEnabled"], false);
    let run = office.stand.newest_run();
    office.stand.run(&["undo", &run, "--yes"]).must(0);
    office.set(9, "Dept", "Board");
    let night = office.night(&[], 6);
    assert_eq!(office.user(&name(7))["accountEnabled"], true);
    assert!(letters(&night).contains("HAS LEFT"), "{}", letters(&night));
    // HR has corrected the last day, and enters it anew later.
    office.set(7, "To", "");
    office.night(&[], 0);
    office.set(7, "To", "2026-02-01");
    office.night(&[], 0);
    assert_eq!(office.user(&name(7))["accountEnabled"], false);
}

#[test]
fn the_history_tells_a_night_that_was_taken_back() {
    let office = taken_back();
    let told = office.stand.json(&["feed", "history", "FEED.toml"], 0);
    let nights = told["nights"].as_array().unwrap();
    assert_eq!(nights[0]["undone"]["cells"], 2, "{told:#}");
    assert_eq!(
        nights[0]["undone"]["by"][0],
        office.stand.newest_run().as_str(),
        "{told:#}"
    );
    assert!(nights[1]["undone"].is_null(), "{told:#}");
    let text = office.stand.run(&["feed", "history", "FEED.toml"]).must(0);
    let line = format!("    taken back by {}: 2 cells", office.stand.newest_run());
    assert!(text.stdout.contains(&line), "{}", text.stdout);
}
