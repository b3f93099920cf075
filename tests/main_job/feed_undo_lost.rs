//! An undo that cannot be read, is gone, or came after the file: the night holds more rather than less, and says so.

use std::time::{Duration, SystemTime};

use serde_json::Value as Json;

use super::feed_office::{Office, SETTINGS, name};
use super::stand::people;

/// A night that gave somebody another department, taken back by a person; the run and its undo.
fn taken_back() -> (Office, String, String) {
    let mut office = Office::settled(20);
    office.set(3, "Dept", "WRONG");
    assert_eq!(office.night(&[], 0)["outcome"], "written");
    let run = office.stand.newest_run();
    office.stand.run(&["undo", &run, "--yes"]).must(0);
    let undo = office.stand.newest_run();
    (office, run, undo)
}

fn department(office: &Office, number: usize) -> Json {
    office.user(&name(number))["department"].clone()
}

fn letters(night: &Json) -> String {
    std::fs::read_to_string(night["papers"]["dead_letters"].as_str().unwrap()).unwrap()
}

fn journal(office: &Office, run: &str) -> std::path::PathBuf {
    office.stand.state().join("runs").join(run).join("journal.sqlite")
}

/// A night that must not write anything, and what it says.
fn refused(office: &mut Office) -> String {
    office.set(9, "Dept", "Board");
    let before = (department(office, 3), department(office, 9));
    office.drop(&office.text());
    let ran = office.stand.run(&["feed", "run", "FEED.toml", "--json"]);
    assert_ne!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!((department(office, 3), department(office, 9)), before);
    format!("{}{}", ran.stdout, ran.stderr)
}

#[test]
fn an_undo_that_cannot_be_read_lets_no_night_write() {
    let (mut office, _, undo) = taken_back();
    let path = journal(&office, &undo);
    let kept = std::fs::read(&path).unwrap();
    std::fs::write(&path, "no database. ".repeat(100)).unwrap();
    let told = refused(&mut office);
    assert!(told.contains("it is not known what a person took back"), "{told}");
    std::fs::write(&path, kept).unwrap();
    let night = office.start(&[], 6);
    assert_eq!(night["counts"]["taken_back"], 1, "{night:#}");
}

#[test]
fn an_undo_that_a_night_has_seen_and_that_is_gone_lets_no_night_write_until_somebody_says_that_hr_is_right() {
    let (mut office, _, undo) = taken_back();
    office.set(8, "Dept", "Board");
    office.night(&[], 6);
    let folder = office.stand.state().join("runs").join(&undo);
    std::fs::rename(&folder, office.stand.path("moved")).unwrap();
    let told = refused(&mut office);
    assert!(
        told.contains(&format!("`{undo}`")) && told.contains("is not in"),
        "{told}"
    );
    // A plain word is not enough: which file is right must be said.
    let file = office.lying("inbox");
    office
        .stand
        .run(&["feed", "run", "FEED.toml", "--write-undone"])
        .must(2);
    office.start(&["--file", &file, "--write-undone"], 0);
    assert_eq!(department(&office, 3), "WRONG");
    office.set(9, "Dept", "Care");
    office.night(&[], 0);
}

#[test]
fn an_undo_of_an_undo_whose_middle_is_gone_is_not_taken_for_one_of_a_night() {
    let (mut office, run, undo) = taken_back();
    office.stand.run(&["undo", &undo, "--yes"]).must(0);
    for gone in [&run, &undo] {
        let folder = office.stand.state().join("runs").join(gone);
        std::fs::rename(&folder, office.stand.path(gone)).unwrap();
    }
    let told = refused(&mut office);
    assert!(told.contains(&format!("`{undo}`")), "{told}");
    let file = office.lying("inbox");
    office.start(&["--file", &file, "--write-undone"], 0);
    assert_eq!(department(&office, 9), "Board");
    office.set(9, "Dept", "Care");
    office.night(&[], 0);
}

#[test]
fn a_file_from_before_the_undo_and_one_that_is_taken_again_release_nothing() {
    let (mut office, ..) = taken_back();
    // What HR said a week ago is something else.
    office.set(3, "Dept", "Long ago");
    office.drop(&office.text());
    let file = office.lying("inbox");
    let old = SystemTime::now() - Duration::from_secs(3600);
    std::fs::File::options()
        .write(true)
        .open(&file)
        .unwrap()
        .set_modified(old)
        .unwrap();
    office.start(&["--lift", "older-than-last"], 2);
    office.start(&[], 4);
    let refused = office.lying("quarantine");
    office.start(&["--file", &refused, "--lift", "older-than-last"], 0);
    assert_eq!(department(&office, 3), "Long ago");
    office.set(3, "Dept", "WRONG");
    let night = office.night(&["--again"], 6);
    assert_eq!(night["counts"]["taken_back"], 1, "{night:#}");
    assert_eq!(department(&office, 3), "Long ago");
}

#[test]
fn who_was_made_and_whose_run_was_taken_back_is_not_made_again_after_the_account_was_deleted() {
    let mut office = Office::settled(20);
    let new = super::feed_office::row_of(30);
    office.rows.push(new);
    let last = office.rows.len() - 1;
    office.set(last, "From", &today());
    office.set(last, "Mail", "");
    office.set(last, "Last", "Newly");
    assert_eq!(office.night(&[], 0)["outcome"], "written");
    let made = office.id("first.newly");
    let run = office.stand.newest_run();
    // Nothing of it can be taken back; that somebody wanted to counts.
    office
        .stand
        .run(&["undo", &run, "--yes"])
        .must(6)
        .says(&["Whom it made no night makes again"]);
    office
        .stand
        .edit(&made, "deletedDateTime", "2026-01-02T00:00:00Z");
    office.set(9, "Dept", "Board");
    let night = office.night(&[], 6);
    assert_eq!(night["counts"]["joiners"], 0, "{night:#}");
    assert_eq!(department(&office, 9), "Board");
    let told = letters(&night);
    assert!(told.contains("it is not made again"), "{told}");
    let path = night["papers"]["dead_letters"].as_str().unwrap().to_owned();
    let again = office.start(&["--refeed", &path, "--write-undone"], 0);
    assert!(
        again["message"]
            .as_str()
            .unwrap()
            .contains("makes 1 account again"),
        "{again:#}"
    );
    let users = office.stand.dump().into_values();
    let there = users.filter(|user| user["surname"] == "Newly" && user["deletedDateTime"].is_null());
    assert_eq!(there.count(), 1);
}

fn today() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%d").to_string()
}

#[test]
fn who_was_missing_and_was_switched_on_again_is_no_missing_person_too_many_and_a_row_lets_them_go() {
    let missing = "[missing]\naction = \"disable\"\nnights = 1\nmax = 1\n";
    let settings = SETTINGS.replace("[leavers]\nlast-day = '{{ row[\"To\"] }}'\n", missing);
    let mut office = Office::open(20, people(0), &settings);
    office.night(&["--go"], 0);
    let gone = office.rows.remove(7);
    office.night(&[], 0);
    assert_eq!(office.user(&name(7))["accountEnabled"], false);
    let run = office.stand.newest_run();
    office
        .stand
        .run(&["undo", &run, "--yes"])
        .must(0)
        .says(&["1 account is switched on again: no night switches them off"]);
    // One more is missing, and one is what the settings let pass.
    let other = office.rows.remove(7);
    let night = office.night(&[], 6);
    assert_eq!(night["counts"]["taken_back"], 1, "{night:#}");
    assert_eq!(office.user(&name(7))["accountEnabled"], true);
    assert_eq!(office.user(&name(8))["accountEnabled"], false);
    // Both are back, and the first is missing once more.
    office.rows.extend([gone, other]);
    office.night(&[], 0);
    office.rows.remove(18);
    office.night(&[], 0);
    assert_eq!(office.user(&name(7))["accountEnabled"], false);
}

#[test]
fn an_undo_with_another_state_folder_says_that_no_night_knows_of_it() {
    let (office, run, undo) = taken_back();
    let told = office.stand.run(&["undo", &undo, "--yes"]).must(0);
    assert!(
        told.stderr.contains("hold none of these cells any more"),
        "{}",
        told.stderr
    );
    // As it is where a state folder was copied to a laptop without its feeds.
    std::fs::rename(office.stand.state().join("feeds"), office.stand.path("feeds")).unwrap();
    let told = office.stand.run(&["undo", &run, "--yes"]).must(0);
    assert!(
        told.stderr.contains("its nights do not know of this `undo`"),
        "{}",
        told.stderr
    );
}
