//! What a person who has looked at a refused file may let pass for one night, and the command that does it.

use serde_json::Value as Json;

use super::feed_office::{Office, SETTINGS, name};
use super::stand::people;

/// The words of the command that a refusal tells.
fn words(night: &Json) -> Vec<String> {
    let command = night["command"]
        .as_str()
        .unwrap_or_else(|| panic!("no command: {night:#}"));
    let told = format!("if the file is right: `{command}`");
    assert!(night["help"].to_string().contains(&told), "{night:#}");
    let words = command.strip_prefix("dirsheet ").unwrap();
    words.split(' ').map(str::to_owned).collect()
}

/// Does what a refusal tells to do.
fn obeyed(office: &Office, night: &Json, code: i32) -> Json {
    let words = words(night);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    office.stand.json(&words, code)
}

fn rules(night: &Json) -> Vec<&str> {
    let refusals = night["refusals"].as_array().unwrap().iter();
    refusals.map(|one| one["rule"].as_str().unwrap()).collect()
}

/// An office of which at most three users may be changed in one night.
fn strict() -> Office {
    let settings = SETTINGS.replace("[guards]", "[guards]\nmax-users = 3");
    let office = Office::open(40, people(0), &settings);
    office.night(&["--go"], 0);
    office
}

fn promote(office: &mut Office, count: usize, title: &str) {
    for number in 1..=count {
        office.set(number, "Title", title);
    }
}

#[test]
fn a_refused_night_tells_one_command_that_lets_the_file_pass_and_the_next_night_is_refused_again() {
    let mut office = strict();
    promote(&mut office, 5, "Lead");
    // The gate comes first, so what it lets pass stands in the command of the guard too.
    office.rows.truncate(30);
    let gate = office.night(&[], 4);
    assert_eq!(rules(&gate), ["gate.rows-lost", "gate.key-churn"], "{gate:#}");
    let guard = obeyed(&office, &gate, 4);
    assert_eq!(rules(&guard), ["guard max-users"], "{guard:#}");
    let told = words(&guard);
    assert!(
        told.contains(&"rows-lost,key-churn,max-users".to_owned()),
        "{told:?}"
    );
    let passed = obeyed(&office, &guard, 0);
    assert_eq!(passed["counts"]["users_written"], 5, "{passed:#}");
    assert_eq!(passed["command"], Json::Null);
    promote(&mut office, 5, "Chief");
    let again = office.night(&[], 4);
    assert_eq!(rules(&again), ["guard max-users"], "{again:#}");
}

#[test]
fn the_command_that_a_dry_run_tells_names_its_file_and_each_flag_once() {
    let settings = SETTINGS.replace("[guards]", "[guards]\nmax-users = 3");
    let mut office = Office::open(40, people(0), &settings);
    let other = ["--state-dir", "other"];
    office.night(&[&other[..], &["--go"]].concat(), 0);
    promote(&mut office, 5, "Lead");
    let shown = office.night(&[&other[..], &["--dry-run"]].concat(), 4);
    let help = shown["help"].to_string();
    let command = help
        .split('`')
        .find(|part| part.starts_with("dirsheet feed run"))
        .unwrap();
    assert_eq!(command.matches("--state-dir").count(), 1, "{command}");
    assert!(
        command.contains("--file ") && !help.contains("writes nothing"),
        "{help}"
    );
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    let refused = office.stand.json(&words, 4);
    obeyed(&office, &refused, 0);
}

#[test]
fn the_command_of_a_refusal_has_the_flags_that_were_typed() {
    let mut office = strict();
    promote(&mut office, 5, "Lead");
    let typed = ["--state-dir", "other state", "--report-dir", "papers"];
    let first = office.night(&typed, 4);
    assert!(
        first["message"].as_str().unwrap().contains("first file"),
        "{first:#}"
    );
    assert_eq!(first["command"], Json::Null);
    let file = office.stand.path("inbox/hr-002.csv").display().to_string();
    let word = ["--go", "--write-undone", "--file", &file];
    let refused = office.start(&[&typed[..], &word].concat(), 4);
    let command = refused["command"].as_str().unwrap();
    let state = format!("--state-dir '{}'", office.stand.path("other state").display());
    // Whoever reads it in a message stands in another folder.
    let whole = |name: &str| office.stand.path(name).display().to_string();
    for part in [
        &format!(
            "dirsheet feed run {} --file {}/hr-002-",
            whole("FEED.toml"),
            whole("quarantine")
        ),
        ".csv --lift max-users --go --write-undone",
        &format!("--report-dir {}", whole("papers")),
        &state,
    ] {
        assert!(command.contains(part), "{part}: {command}");
    }
    let ran = office.run(&typed[..2]).must(4);
    assert!(ran.stderr.contains("first file"), "{}", ran.stderr);
}

#[test]
fn the_limits_of_leavers_and_missing_people_are_lifted_for_one_night_and_name_what_was_found() {
    let settings = format!("{SETTINGS}[missing]\naction = \"disable\"\nnights = 1\nmax = 2\n");
    let mut office = Office::open(60, people(0), &settings);
    office.night(&["--go"], 0);
    for number in 10..21 {
        office.set(number, "To", "2021-01-31");
    }
    office.rows.truncate(57);
    let refused = office.night(&[], 4);
    let first = &refused["refusals"][0];
    assert_eq!(first["rule"], "leavers.max", "{refused:#}");
    let help = first["help"].as_str().unwrap();
    assert!(
        help.contains("if these 11 are right, `--lift leavers.max`")
            && help.contains("`max = 11` under [leavers]"),
        "{help}"
    );
    let refused = obeyed(&office, &refused, 4);
    assert_eq!(rules(&refused), ["missing.max"], "{refused:#}");
    let passed = obeyed(&office, &refused, 0);
    assert_eq!(passed["counts"]["users_written"], 14, "{passed:#}");
    assert_eq!(office.user(&name(59))["accountEnabled"], false);
}

#[test]
fn people_who_are_missing_for_several_days_are_lifted_once_and_remembered_until_they_are_back() {
    let settings = format!("{SETTINGS}[missing]\naction = \"disable\"\nnights = 3\nmax = 2\n");
    let mut office = Office::open(60, people(0), &settings);
    office.night(&["--go"], 0);
    let all = office.rows.clone();
    office.rows.truncate(57);
    let refused = office.night(&[], 4);
    let help = refused["refusals"][0]["help"].as_str().unwrap();
    assert!(
        help.contains("(`missing.nights`), and who was let pass counts no more"),
        "{help}"
    );
    let passed = obeyed(&office, &refused, 0);
    assert_eq!(
        (&passed["counts"]["missing"], &passed["counts"]["users_written"]),
        (&Json::from(3), &Json::from(0)),
        "{passed:#}"
    );
    // They are not too many any more; two others are little enough, and three are not.
    office.rows.truncate(55);
    assert_eq!(office.night(&[], 0)["counts"]["missing"], 5);
    office.rows.truncate(54);
    let refused = office.night(&[], 4);
    let who = refused["refusals"][0]["who"].as_array().unwrap();
    assert_eq!(who.len(), 3, "{refused:#}");
    // Whoever is back is forgotten.
    office.rows = all;
    office.set(2, "Title", "Lead");
    office.night(&[], 0);
    office.rows.truncate(57);
    let refused = office.night(&[], 4);
    assert_eq!(rules(&refused), ["missing.max"], "{refused:#}");
    obeyed(&office, &refused, 0);
    // The third day, without a word.
    let ledger = office.stand.state().join("feeds/hr/ledger.sqlite");
    let connection = rusqlite::Connection::open(ledger).unwrap();
    connection
        .execute("UPDATE missing SET days = 2, last_day = '2026-01-01'", [])
        .unwrap();
    drop(connection);
    office.set(1, "Title", "Lead");
    office.night(&[], 0);
    assert_eq!(office.user(&name(59))["accountEnabled"], false);
}

#[test]
fn a_guard_that_counts_people_who_are_missing_from_the_file_says_so() {
    let settings = SETTINGS.replace("[guards]", "[guards]\nmax-users = 2");
    let settings = format!("{settings}[missing]\naction = \"disable\"\nnights = 1\n");
    let mut office = Office::open(60, people(0), &settings);
    office.night(&["--go"], 0);
    office.rows.truncate(57);
    let refused = office.night(&[], 4);
    assert_eq!(rules(&refused), ["guard max-users"], "{refused:#}");
    let found = refused["refusals"][0]["found"].as_str().unwrap();
    assert!(
        found.contains("3 of them are missing from the file, and would be switched off by `missing.action`"),
        "{found}"
    );
}

#[test]
fn lifting_without_the_file_after_it_went_to_quarantine_is_a_mistake_that_is_told() {
    let mut office = strict();
    promote(&mut office, 5, "Lead");
    office.night(&[], 4);
    let forgotten = office.start(&["--lift", "max-users"], 2);
    let help = forgotten["help"][0].as_str().unwrap().to_owned();
    assert!(
        help.contains("quarantine/hr-002-") && help.ends_with(".csv --lift max-users`"),
        "{forgotten:#}"
    );
    assert!(
        forgotten["message"]
            .as_str()
            .unwrap()
            .contains("is in quarantine"),
        "{forgotten:#}"
    );
    // Without the flag it is a night without a file, as ever.
    assert_eq!(office.start(&[], 0)["outcome"], "no-file");
}

#[test]
fn what_is_lifted_is_about_the_file_that_was_refused_and_never_about_one_that_came_since() {
    let settings = format!("{SETTINGS}[missing]\naction = \"disable\"\nnights = 1\nmax = 2\n");
    let mut office = Office::open(60, people(0), &settings);
    office.night(&["--go"], 0);
    let all = office.rows.clone();
    office.rows.truncate(57);
    let refused = office.night(&[], 4);
    assert_eq!(rules(&refused), ["missing.max"], "{refused:#}");
    // The next one lacks others, and would pass the gate as this one did.
    office.rows = [&all[..20], &all[23..]].concat();
    let forgotten = office.night(&["--lift", "missing.max"], 2);
    let message = forgotten["message"].as_str().unwrap();
    assert!(message.contains("this one was not"), "{forgotten:#}");
    assert!(office.stand.history().is_empty());
    // The new file lies where it lay, and the refused one passes by the command that is told.
    let help = forgotten["help"][0].as_str().unwrap();
    let command = help.split('`').nth(1).unwrap_or_else(|| panic!("{help}"));
    assert!(command.contains("quarantine/hr-002-"), "{command}");
    assert!(office.stand.path("inbox/hr-003.csv").exists());
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    let passed = office.stand.json(&words, 0);
    assert_eq!(passed["counts"]["users_written"], 3, "{passed:#}");
    // A file that was good, or that nobody has held against anything, is none that was refused either.
    let archive = std::fs::read_dir(office.stand.path("archive")).unwrap();
    let first = archive.map(|entry| entry.unwrap().path()).min().unwrap();
    for file in [first.to_str().unwrap(), "inbox/hr-003.csv"] {
        let lift = ["--file", file, "--again", "--lift", "missing.max"];
        let refused = office.start(&lift, 2);
        let help = refused["help"][0].as_str().unwrap();
        assert!(help.contains("start without `--lift`"), "{refused:#}");
    }
}

#[test]
fn a_refused_file_that_was_overwritten_in_its_place_is_not_passed_by_the_command_that_was_told() {
    let settings = SETTINGS
        .replace("[guards]", "[guards]\nmax-users = 3")
        .replace("inbox/hr-*.csv", "inbox/hr.csv")
        .replace("quarantine = \"quarantine\"\n", "");
    let mut office = Office::open(40, people(0), &settings);
    office.stand.write("inbox/hr.csv", office.text());
    office.start(&["--go"], 0);
    promote(&mut office, 5, "Lead");
    office.stand.write("inbox/hr.csv", office.text());
    let refused = office.start(&[], 4);
    promote(&mut office, 9, "Chief");
    office.stand.write("inbox/hr.csv", office.text());
    let overwritten = obeyed(&office, &refused, 2);
    assert!(
        overwritten["message"]
            .as_str()
            .unwrap()
            .contains("this one was not"),
        "{overwritten:#}"
    );
    assert!(office.stand.history().is_empty());
}

#[test]
fn the_command_after_a_forgotten_file_lifts_all_that_it_was_refused_for_also_after_a_night_that_failed() {
    let mut office = strict();
    promote(&mut office, 5, "Lead");
    office.rows.truncate(30);
    let gate = office.night(&[], 4);
    let guard = obeyed(&office, &gate, 4);
    let file = guard["papers"]["file"].as_str().unwrap().to_owned();
    office.stand.set("AZURE_CLIENT_SECRET", "none of ours");
    office.start(&["--file", &file], 7);
    let forgotten = office.start(&["--lift", "rows-lost"], 2);
    let help = forgotten["help"][0].as_str().unwrap();
    assert!(
        help.contains("--lift rows-lost,key-churn,max-users`"),
        "{forgotten:#}"
    );
}

#[test]
fn a_sealed_plan_whose_limit_was_lifted_is_approved_by_the_command_that_is_told() {
    let mut office = strict();
    promote(&mut office, 5, "Lead");
    let refused = office.night(&["--approve-above", "4"], 4);
    let night = obeyed(&office, &refused, 21);
    let help = night["help"][0].as_str().unwrap();
    assert!(
        help.contains("--max-users 5") && !help.contains("--max-users 3"),
        "{help}"
    );
    let command = help.split('`').nth(1).unwrap_or_else(|| panic!("{help}"));
    let words: Vec<&str> = command.split(' ').skip(1).chain(["--yes"]).collect();
    office.stand.run(&words).must(0);
    assert_eq!(office.stand.history().len(), 5);
}

#[test]
fn a_name_that_lifts_nothing_is_told_with_the_one_that_was_meant() {
    let office = Office::of(3);
    let lift = |name: &str| {
        office
            .stand
            .run(&["feed", "run", "FEED.toml", "--lift", name])
            .must(2)
    };
    lift("max-user").says(&["did you mean `max-users`?", "rows-lost", "missing.max"]);
    lift("column-missing").says(&["without a column that is read nothing can be made of the rows"]);
    office.stand.run(&["feed", "run", "--help"]).must(0).says(&[
        "`max-users`",
        "`leavers.max`",
        "`missing.max`",
    ]);
}
