//! A night that only a person may mean: its sheet, and the command by which it is applied.

use serde_json::Value as Json;

use super::feed_office::{Office, SETTINGS, name};
use super::stand::people;

fn rules(night: &Json) -> Vec<&str> {
    let refusals = night["refusals"].as_array().unwrap().iter();
    refusals.map(|one| one["rule"].as_str().unwrap()).collect()
}

#[test]
fn values_that_went_to_other_people_are_applied_by_a_person_with_the_command_that_is_told() {
    let settings = SETTINGS.replace("[guards]", "[guards]\nmax-users = 3");
    let mut office = Office::open(60, people(0), &settings);
    for number in 1..13 {
        office.set(number, "Title", &format!("Title {number}"));
    }
    office.night(&["--go", "--lift", "max-users"], 0);
    for number in 1..13 {
        office.set(number, "Title", &format!("Title {}", number % 12 + 1));
    }
    // A cell that the feed would make a dead letter of, and that would stop an `apply`.
    office.set(30, "Dept", "NULL");
    let refused = office.night(&[], 4);
    assert_eq!(
        rules(&refused),
        ["guard max-users", "guard shuffled"],
        "{refused:#}"
    );
    assert_eq!(refused["command"], Json::Null, "no feed may do that");
    let help = refused["refusals"][1]["help"].as_str().unwrap();
    let command = help.split('`').nth(1).unwrap_or_else(|| panic!("{help}"));
    let words: Vec<&str> = command.split(' ').skip(1).chain(["--yes"]).collect();
    let allowed = "--allow create,disable,shuffled --skip-errors";
    assert!(command.contains(allowed), "{command}");
    assert!(
        help.contains("only until the next file is taken, which removes the sheet"),
        "{help}"
    );
    // Whom the feed protects by now counts, and without its settings nobody knows.
    let written = office.stand.history().len();
    let protected = format!("[guards]\nprotected = [\"{}@contoso.example\"]", name(4));
    office
        .stand
        .write("FEED.toml", settings.replace("[guards]", &protected));
    let ran = office.stand.run(&words).must(4);
    let mut help = ran.stderr.lines().filter(|line| line.starts_with("  help:"));
    assert!(
        ran.stderr.contains("guards.protected of the feed `hr`")
            && ran
                .stderr
                .contains("take the rows of these people out of the sheet")
            && !help.any(|line| line.contains("--allow protected")),
        "{}",
        ran.stderr
    );
    let at = words.iter().position(|word| *word == "--feed").unwrap();
    let bare: Vec<&str> = [&words[..at], &words[at + 2..]].concat();
    office
        .stand
        .run(&bare)
        .must(2)
        .says(&["a night of the feed `hr` left to a person", "--feed FEED.toml"]);
    office.stand.write("FEED.toml", &settings);
    assert_eq!(office.stand.history().len(), written);
    office.stand.run(&words).must(6);
    assert_eq!(office.user(&name(1))["jobTitle"], "Title 2");
    // What a killed start left is no better.
    let killed = office
        .stand
        .state()
        .join("feeds/hr/feed-hr-20260101-000000-000.csv");
    std::fs::write(&killed, "id,jobTitle\n").unwrap();
    office.set(30, "Dept", "Sales");
    // A newer file that is taken says what is right from then on.
    let sheet = std::path::Path::new(words[1]);
    assert!(sheet.exists(), "{}", sheet.display());
    office.set(20, "Dept", "Board");
    office.night(&[], 0);
    assert!(!sheet.exists() && !killed.exists(), "{}", sheet.display());
    let written = office.stand.history().len();
    office.stand.run(&words).must(3).says(&["there is no file"]);
    assert_eq!(office.stand.history().len(), written);
}
