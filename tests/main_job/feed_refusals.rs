//! What a refusal names, so that somebody knows where to look: people, rows and columns; and what of that leaves the machine.

use serde_json::Value as Json;

use super::feed_office::{Office, SETTINGS, name};
use super::receiver::Receiver;
use super::stand::people;

fn reasons(night: &Json) -> String {
    std::fs::read_to_string(night["papers"]["reasons"].as_str().unwrap()).unwrap()
}

#[test]
fn people_who_are_missing_or_have_left_are_named_here_and_in_the_reasons_and_in_no_message() {
    let settings = format!(
        "{SETTINGS}[missing]\naction = \"disable\"\nmax = 2\n[[notify.webhooks]]\nurl = {{ env = \"HOOK\" }}\n"
    );
    let mut office = Office::open(60, people(0), &settings);
    let hook = Receiver::open();
    office.stand.set("HOOK", &hook.at("hook"));
    office.night(&["--go"], 0);
    office.rows.truncate(57);
    let ran = office.run(&[]).must(4);
    let refused: Json = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(refused["refusals"][0]["rule"], "missing.max", "{refused:#}");
    let who = refused["refusals"][0]["who"].as_array().unwrap();
    assert_eq!(who.len(), 3, "{refused:#}");
    let named = format!("    {}@contoso.example, ", name(57));
    assert!(ran.stderr.contains(&named), "{}", ran.stderr);
    let told = reasons(&refused);
    assert_eq!(told.matches("is not in the file").count(), 3, "{told}");
    let heard = hook.heard();
    let last = &heard.last().unwrap().body;
    assert!(
        last.contains("missing.max") && !last.contains(&format!("{}@", name(57))),
        "{last}"
    );
    let mut office = Office::settled(60);
    for number in 10..21 {
        office.set(number, "To", "2021-01-31");
    }
    let ran = office.run(&[]).must(4);
    assert!(ran.stderr.contains(" and 6 more\n"), "{}", ran.stderr);
    let refused: Json = serde_json::from_str(&ran.stdout).unwrap();
    let who = refused["refusals"][0]["who"].as_array().unwrap();
    assert_eq!(who.len(), 11, "{refused:#}");
    let told = reasons(&refused);
    assert_eq!(
        told.matches("would be switched off (leavers.last-day)").count(),
        11,
        "{told}"
    );
}

#[test]
fn rows_with_doubled_numbers_or_without_one_are_named() {
    let mut office = Office::settled(60);
    for number in 20..32 {
        office.set(number, "Nr", "N1001");
    }
    office.set(5, "Nr", "");
    let refused = office.night(&[], 4);
    let found = |rule: &str| {
        let mut refusals = refused["refusals"].as_array().unwrap().iter();
        let one = refusals.find(|one| one["rule"] == rule).unwrap();
        one["found"].as_str().unwrap().to_owned()
    };
    let doubled = found("gate.duplicate-keys");
    assert!(
        doubled.ends_with("; rows 2, 22, 23, 24, 25, 26, 27, 28, 29, 30 and 3 more"),
        "{doubled}"
    );
    assert!(
        found("gate.rows-without-key").ends_with("; rows 7"),
        "{refused:#}"
    );
    let told = reasons(&refused);
    assert_eq!(
        told.matches("its number stands in another row too").count(),
        13,
        "{told}"
    );
    assert_eq!(told.matches("it has no number").count(), 1, "{told}");
    // Refused once more it is the same file of reasons.
    let again = office.start(&["--file", refused["papers"]["file"].as_str().unwrap()], 4);
    assert_eq!(
        again["papers"]["reasons"], refused["papers"]["reasons"],
        "{again:#}"
    );
}

#[test]
fn a_guard_that_counts_over_all_columns_names_the_one_with_most() {
    let settings = SETTINGS.replace("[guards]", "[guards]\nmax-users = 3");
    let mut office = Office::open(40, people(0), &settings);
    office.night(&["--go"], 0);
    for number in 1..6 {
        office.set(number, "Title", "Lead");
    }
    office.set(9, "Dept", "Board");
    let refused = office.night(&[], 4);
    let found = refused["refusals"][0]["found"].as_str().unwrap();
    assert!(found.contains("; most of it in `jobTitle`: 5 users"), "{found}");
}

#[test]
fn a_word_for_nothing_is_told_in_the_words_of_a_feed() {
    let mut office = Office::settled(20);
    office.set(3, "Dept", "NULL");
    let night = office.night(&[], 6);
    let letters = std::fs::read_to_string(night["papers"]["dead_letters"].as_str().unwrap()).unwrap();
    assert!(
        letters.contains("reads like a wish to empty the cell"),
        "{letters}"
    );
    assert!(!letters.contains("<clear>"), "{letters}");
    assert!(
        letters.contains("blank = ") && letters.contains("not in ["),
        "{letters}"
    );
}

#[test]
fn a_slip_in_the_pattern_names_what_lies_there_and_settings_that_changed_are_told_with_again() {
    let office = Office::settled(20);
    office
        .stand
        .write("FEED.toml", SETTINGS.replace("hr-*.csv", "hrr-*.csv"));
    office.drop(&office.text());
    let ran = office.stand.run(&["feed", "run", "FEED.toml", "--json"]).must(0);
    assert!(
        ran.stderr.contains("its folder holds `hr-002.csv`"),
        "{}",
        ran.stderr
    );
    // The same file, with other settings than those of its night.
    office
        .stand
        .write("FEED.toml", SETTINGS.replace("jobTitle = {", "companyName = {"));
    let seen = office.start(&[], 0);
    assert_eq!(seen["outcome"], "seen-before", "{seen:#}");
    let help = seen["help"].to_string();
    assert!(
        help.contains("`FEED.toml` was changed after that night"),
        "{help}"
    );
    let command = help.split('`').nth(3).unwrap();
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    assert!(command.contains("/FEED.toml --again"), "{command}");
    let again = office.stand.json(&words, 0);
    assert_eq!(again["counts"]["users_written"], 20, "{again:#}");
}
