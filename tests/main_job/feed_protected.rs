//! Users whom a feed never changes because it says so itself, and that it is said where nobody protects anybody.

use super::feed_office::{Office, SETTINGS, name};
use super::stand::people;

const WARNING: &str = "nobody is protected";

fn settings(list: &str) -> String {
    SETTINGS.replace("[guards]\n", &format!("[guards]\nprotected = [{list}]\n"))
}

#[test]
fn whom_the_feed_protects_is_left_to_a_person_by_name_and_by_id() {
    let list = format!(
        "\"{}@contoso.example\", \"00000000-0000-4000-8000-000000000007\"",
        name(5).to_uppercase()
    );
    let mut office = Office::open(40, people(0), &settings(&list));
    office.night(&["--go"], 0);
    for number in [5, 6, 7] {
        office.set(number, "Dept", "Board");
    }
    let night = office.night(&[], 6);
    assert_eq!(night["counts"]["users_written"], 1, "{night:#}");
    assert_eq!(night["counts"]["dead_letters"], 2, "{night:#}");
    assert_eq!(office.user(&name(7))["department"], "Board");
    for number in [5, 6] {
        assert_ne!(office.user(&name(number))["department"], "Board");
    }
    let letters = std::fs::read_to_string(night["papers"]["dead_letters"].as_str().unwrap()).unwrap();
    assert!(
        letters.contains("the user is on the list of `guards.protected`"),
        "{letters}"
    );
}

#[test]
fn a_name_that_the_directory_does_not_have_stops_the_night_and_one_that_is_none_is_a_mistake() {
    let mut office = Office::open(40, people(0), &settings("\"nobody@contoso.example\""));
    office.set(5, "Dept", "Board");
    let refused = office.night(&["--go"], 2);
    let told = refused["help_here"].to_string();
    assert!(
        told.contains("nobody@contoso.example") && told.contains("guards.protected of the feed `hr`"),
        "{refused:#}"
    );
    office.stand.write("FEED.toml", settings("\"the board\""));
    office.stand.run(&["feed", "check", "FEED.toml"]).must(2).says(&[
        "guards.protected.1",
        "the entry is neither a userPrincipalName nor an object id",
    ]);
}

#[test]
fn that_nobody_is_protected_is_said_by_a_check_and_in_the_first_night_alone() {
    let mut office = Office::of(20);
    office.drop(&office.text());
    office
        .stand
        .run(&["feed", "check", "FEED.toml"])
        .must(0)
        .says(&[WARNING]);
    let first = office.start(&["--go"], 0);
    assert!(first["help"].to_string().contains(WARNING), "{first:#}");
    office.set(5, "Dept", "Board");
    let second = office.night(&[], 0);
    assert!(!second["help"].to_string().contains(WARNING), "{second:#}");
    let office = Office::open(
        20,
        people(0),
        &settings(&format!("\"{}@contoso.example\"", name(5))),
    );
    office.drop(&office.text());
    let checked = office.stand.run(&["feed", "check", "FEED.toml"]).must(0);
    assert!(!checked.stderr.contains(WARNING), "{}", checked.stderr);
    let first = office.start(&["--go"], 0);
    assert!(!first["help"].to_string().contains(WARNING), "{first:#}");
}
