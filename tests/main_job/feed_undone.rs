//! What a person said no to, and what was cut off: which night the next file is held against.

use serde_json::Value as Json;

use super::feed_office::{Office, SETTINGS};
use super::stand::people;

fn rules(night: &Json) -> Vec<&str> {
    let refusals = night["refusals"].as_array().unwrap();
    refusals.iter().map(|one| one["rule"].as_str().unwrap()).collect()
}

/// So many people have another title.
fn titles(office: &mut Office, people: usize, title: &str) {
    (1..=people).for_each(|at| office.set(at, "Title", title));
}

fn apply(office: &Office, waits: &Json) {
    let plan = waits["papers"]["plan"].as_str().unwrap();
    let apply = ["apply", plan, "--yes", "--feed", "FEED.toml"];
    office.stand.run(&apply).must(0);
}

fn undo(office: &Office) {
    let run = office.stand.newest_run();
    office.stand.run(&["undo", &run, "--yes"]).must(0);
}

#[test]
fn a_plan_that_was_approved_and_undone_is_no_good_night() {
    let mut office = Office::settled(40);
    titles(&mut office, 12, "WRONG");
    let waits = office.night(&["--approve-above", "3"], 21);
    apply(&office, &waits);
    undo(&office);
    titles(&mut office, 20, "WRONG");
    let refused = office.night(&[], 4);
    assert_eq!(
        rules(&refused),
        ["gate.values-changed (column `Title`)"],
        "{refused:#}"
    );
}

#[test]
fn a_night_that_was_undone_is_good_no_longer_and_a_dry_run_does_not_settle_that() {
    let mut office = Office::settled(40);
    titles(&mut office, 12, "WRONG");
    assert_eq!(office.night(&[], 0)["outcome"], "written");
    undo(&office);
    titles(&mut office, 20, "WRONG");
    office.drop(&office.text());
    let dry = office.start(&["--dry-run"], 4);
    assert_eq!(rules(&dry), ["gate.values-changed (column `Title`)"], "{dry:#}");
    let refused = office.start(&[], 4);
    assert_eq!(
        rules(&refused),
        ["gate.values-changed (column `Title`)"],
        "{refused:#}"
    );
}

#[test]
fn a_first_plan_is_known_again_when_its_file_is_gone() {
    let mut office = Office::of(40);
    titles(&mut office, 5, "Lead");
    let waits = office.night(&["--go", "--approve-above", "3"], 21);
    let told = waits["help"].to_string();
    assert!(told.contains("--state-dir"), "{waits:#}");
    apply(&office, &waits);
    std::fs::remove_file(office.stand.path(waits["papers"]["plan"].as_str().unwrap())).unwrap();
    office.set(6, "Title", "Lead");
    assert_eq!(office.night(&[], 0)["outcome"], "written");
}

#[test]
fn while_a_plan_waits_every_start_says_so_and_a_new_file_becomes_overdue() {
    let mut office = Office::of(40);
    titles(&mut office, 5, "Lead");
    office.night(&["--go", "--approve-above", "3"], 21);
    let again = office.start(&[], 21);
    assert_eq!(again["outcome"], "waiting", "{again:#}");
    office
        .stand
        .write("FEED.toml", format!("{SETTINGS}[gate]\nage = \"1s\"\n"));
    std::thread::sleep(std::time::Duration::from_secs(2));
    let overdue = office.start(&[], 4);
    assert_eq!(rules(&overdue), ["gate.age"], "{overdue:#}");
    assert!(overdue["help"].to_string().contains("plan waits"), "{overdue:#}");
}

#[test]
fn a_file_dated_in_the_future_is_refused() {
    let office = Office::open(40, people(0), SETTINGS);
    office.drop(&office.text());
    let path = office.stand.path("inbox/hr-001.csv");
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(24 * 3600);
    file.set_modified(later).unwrap();
    let refused = office.start(&["--go"], 4);
    assert!(
        refused["message"].as_str().unwrap().contains("in the future"),
        "{refused:#}"
    );
}
