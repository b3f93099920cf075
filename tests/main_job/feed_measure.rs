//! Which nights later files are held against, and what the history says of those that a person let pass.

use serde_json::Value as Json;

use super::feed_office::{Office, SETTINGS};
use super::stand::people;

/// From this person on the numbers have other people.
fn others(office: &mut Office, from: usize) {
    for number in from..40 {
        office.set(number, "First", "Zoe");
        office.set(number, "Last", &format!("Other{number}"));
        office.set(number, "Mail", &format!("other{number}@fabrikam.example"));
    }
}

fn obeyed(office: &Office, night: &Json, code: i32) -> Json {
    let command = night["command"]
        .as_str()
        .unwrap_or_else(|| panic!("no command: {night:#}"));
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    office.stand.json(&words, code)
}

fn rules(night: &Json) -> Vec<&str> {
    let refusals = night["refusals"].as_array().unwrap().iter();
    refusals.map(|one| one["rule"].as_str().unwrap()).collect()
}

#[test]
fn a_night_that_is_nearly_all_dead_letters_is_no_measure_and_the_good_night_before_it_stays_one() {
    let mut office = Office::settled(40);
    let right = office.rows.clone();
    others(&mut office, 4);
    let refused = office.night(&[], 4);
    assert!(rules(&refused).contains(&"gate.disputed"), "{refused:#}");
    let night = obeyed(&office, &refused, 6);
    assert_eq!(night["counts"]["dead_letters"], 36, "{night:#}");
    let message = night["message"].as_str().unwrap();
    assert!(
        message.ends_with(
            "; nothing was believed of most of 40 rows, so no later file is held against this one"
        ),
        "{message}"
    );
    assert!(
        night["help"]
            .to_string()
            .contains("held against the last good one"),
        "{night:#}"
    );
    // What was let pass stands in the history.
    let history = office.stand.json(&["feed", "history", "FEED.toml"], 0);
    let lifted = &history["nights"][0]["lifted"];
    assert!(
        lifted.as_array().unwrap().contains(&"disputed".into()),
        "{history:#}"
    );
    assert_eq!(&night["lifted"], lifted);
    let text = office.stand.run(&["feed", "history", "FEED.toml"]).must(0).stdout;
    assert!(
        text.contains("\n    lifted: ") && text.contains("so no later file"),
        "{text}"
    );
    // The right file is what it was, and the wrong one is refused once more.
    office.rows = right;
    office.set(3, "Dept", "Board");
    assert_eq!(office.night(&[], 0)["counts"]["users_written"], 1);
    others(&mut office, 4);
    let again = office.night(&[], 4);
    assert!(rules(&again).contains(&"gate.disputed"), "{again:#}");
}

#[test]
fn after_a_first_night_that_is_nearly_all_dead_letters_the_next_file_is_a_first_one_again() {
    let mut office = Office::open(40, people(0), SETTINGS);
    let right = office.rows.clone();
    others(&mut office, 4);
    let refused = office.night(&["--go"], 4);
    let night = obeyed(&office, &refused, 6);
    assert!(
        night["help"]
            .to_string()
            .contains("a first one again, and needs `--go`"),
        "{night:#}"
    );
    office.rows = right;
    let first = office.night(&[], 4);
    assert!(
        first["message"].to_string().contains("this is the first file"),
        "{first:#}"
    );
    office.start(&["--go"], 0);
}

#[test]
fn rows_of_which_a_single_cell_needs_a_person_make_a_night_no_less_of_a_measure() {
    let mut office = Office::of(40);
    for number in 1..40 {
        office.set(number, "Boss", "N9999");
    }
    let first = office.night(&["--go"], 6);
    assert_eq!(first["counts"]["dead_letters"], 39, "{first:#}");
    office.set(3, "Dept", "Board");
    let next = office.night(&[], 6);
    assert_eq!(next["counts"]["users_written"], 1, "{next:#}");
    for night in [&first, &next] {
        assert!(
            !night["message"].to_string().contains("nothing was believed"),
            "{night:#}"
        );
    }
}

#[test]
fn what_an_undo_holds_makes_a_night_no_less_of_a_measure() {
    let settings = format!("{SETTINGS}max-users = \"90%\"\nmax-same-value = \"90%\"\n");
    let mut office = Office::open(40, people(0), &settings);
    office.night(&["--go"], 0);
    for number in 1..25 {
        office.set(number, "Title", "Lead");
    }
    let refused = office.night(&[], 4);
    obeyed(&office, &refused, 0);
    let run = office.stand.newest_run();
    office.stand.run(&["undo", &run, "--yes"]).must(0);
    office.set(3, "Dept", "Board");
    let refused = office.night(&[], 4);
    let night = obeyed(&office, &refused, 6);
    assert_eq!(night["counts"]["dead_letters"], 24, "{night:#}");
    assert!(
        !night["message"].to_string().contains("nothing was believed"),
        "{night:#}"
    );
    office.set(5, "Dept", "Board");
    assert_eq!(office.night(&[], 6)["counts"]["users_written"], 1);
}

#[test]
fn other_people_under_the_numbers_are_refused_in_every_night_but_not_again_once_they_were_let_pass() {
    let mut office = Office::settled(40);
    others(&mut office, 30);
    let refused = office.night(&[], 4);
    assert_eq!(rules(&refused), ["gate.disputed"], "{refused:#}");
    assert!(
        refused["help"].to_string().contains("10 of the 40 people"),
        "{refused:#}"
    );
    let night = obeyed(&office, &refused, 6);
    assert_eq!(night["counts"]["dead_letters"], 10, "{night:#}");
    office.set(3, "Dept", "Board");
    let next = office.night(&[], 6);
    assert_eq!(next["counts"]["users_written"], 1, "{next:#}");
    assert!(next["lifted"].is_null(), "{next:#}");
    // Of a night that was refused nothing was let pass, whatever was typed.
    assert!(refused["lifted"].is_null(), "{refused:#}");
}

#[test]
fn a_dry_run_that_is_refused_says_what_comes_before_the_command_that_lets_the_file_pass() {
    let mut office = Office::settled(40);
    others(&mut office, 30);
    let shown = office.night(&["--dry-run"], 4);
    assert_eq!(shown["command"], Json::Null, "{shown:#}");
    let help = shown["help"].to_string();
    for part in ["start first without `--dry-run`", "with `--lift disputed`"] {
        assert!(help.contains(part), "{part}: {help}");
    }
    let told = help
        .split('`')
        .find(|part| part.starts_with("dirsheet feed run"))
        .unwrap();
    let words: Vec<&str> = told.split(' ').skip(1).collect();
    let refused = office.stand.json(&words, 4);
    // From here on a dry run of the file that was refused tells the command, for it is one that passes.
    let file = refused["papers"]["file"].as_str().unwrap();
    let shown = office.start(&["--dry-run", "--file", file], 4);
    obeyed(&office, &shown, 6);
}

#[test]
fn a_night_that_a_later_start_took_to_its_end_has_its_users_in_the_history() {
    let office = Office::killed_at_its_writes();
    office.start(&[], 0);
    let history = office.stand.json(&["feed", "history", "FEED.toml"], 0);
    let nights = history["nights"].as_array().unwrap();
    let of_run = |night: &&Json| night["note"].to_string().contains("took its run to the end");
    let night = nights.iter().find(of_run).unwrap();
    assert_eq!(night["counts"]["users_written"], 100, "{night:#}");
    assert_eq!(night["counts"]["users_failed"], 0, "{night:#}");
}
