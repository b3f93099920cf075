//! The sealed plan of a feed when somebody approves it: with the settings as they are now, and made anew without whom they protect.

use serde_json::Value as Json;

use super::feed_office::{Office, SETTINGS, name, row_of};
use super::stand::people;

/// The command that the night tells, without the program's name.
fn told(night: &Json, begin: &str) -> Vec<String> {
    let help = night["help"].as_array().unwrap().iter();
    let help: Vec<&str> = help.map(|one| one.as_str().unwrap()).collect();
    command(&help.join("\n"), begin)
}

fn command(text: &str, begin: &str) -> Vec<String> {
    let command = text.split('`').find(|part| part.starts_with(begin));
    let command = command.unwrap_or_else(|| panic!("no `{begin}` in {text}"));
    command.split(' ').skip(1).map(str::to_owned).collect()
}

fn run<'w>(office: &Office, words: &'w [String], more: &[&'w str]) -> super::stand::Ran {
    let words: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .chain(more.iter().copied())
        .collect();
    office.stand.run(&words)
}

/// Five people have another title, and a plan waits.
fn waiting() -> (Office, Json) {
    let mut office = Office::settled(40);
    for number in 1..6 {
        office.set(number, "Title", "Lead");
    }
    let night = office.night(&["--approve-above", "3"], 21);
    (office, night)
}

#[test]
fn a_plan_of_a_feed_needs_the_settings_of_that_feed_and_no_others() {
    let (office, night) = waiting();
    let plan = night["papers"]["plan"].as_str().unwrap();
    let copy = office.stand.path("copy.json").display().to_string();
    std::fs::copy(plan, &copy).unwrap();
    for path in [plan, copy.as_str()] {
        office.stand.run(&["apply", path, "--yes"]).must(2).says(&[
            "the plan is one of the feed `hr`",
            "nothing was written",
            "add `--feed FEED.toml`",
        ]);
    }
    office.stand.write(
        "OTHER.toml",
        SETTINGS.replace("name = \"hr\"", "name = \"other\""),
    );
    office
        .stand
        .run(&["apply", plan, "--yes", "--feed", "OTHER.toml"])
        .must(2)
        .says(&["one of the feed `hr`", "the settings of the feed `other`"]);
    // Also where no ledger knows the plan.
    let elsewhere = [
        "apply",
        plan,
        "--yes",
        "--feed",
        "OTHER.toml",
        "--state-dir",
        "other",
    ];
    office
        .stand
        .run(&elsewhere)
        .must(2)
        .says(&["one of the feed `hr`"]);
    assert!(office.stand.history().is_empty());
    let words = told(&night, "dirsheet apply");
    assert!(
        words.contains(&"--feed".to_owned()) && !words.iter().any(|word| word == "--allow"),
        "{words:?}"
    );
    run(&office, &words, &["--yes"]).must(0);
    assert_eq!(office.user(&name(5))["jobTitle"], "Lead");
}

#[test]
fn who_is_protected_since_the_plan_was_made_stops_it_by_name_and_the_told_command_makes_it_without_them() {
    let (office, night) = waiting();
    let plan = night["papers"]["plan"].as_str().unwrap().to_owned();
    let list = format!("[guards]\nprotected = [\"{}@contoso.example\"]\n", name(3));
    let settings = SETTINGS.replace("[guards]\n", &list);
    office.stand.write("FEED.toml", settings);
    let apply = told(&night, "dirsheet apply");
    let refused = run(&office, &apply, &["--yes"]).must(4).says(&[
        &format!(
            "{}@contoso.example: a protected user is changed by a person",
            name(3)
        ),
        "without this user",
    ]);
    assert!(office.stand.history().is_empty());
    let anew = command(&refused.stderr, "dirsheet feed run");
    assert!(anew.contains(&"--again".to_owned()), "{anew:?}");
    let ran = run(&office, &anew, &["--json"]).must(21);
    let second: Json = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(second["counts"]["dead_letters"], 1, "{second:#}");
    let newer = second["papers"]["plan"].as_str().unwrap();
    assert_ne!(newer, plan);
    // The first one is withdrawn.
    run(&office, &apply, &["--yes"]).must(2);
    let apply = told(&second, "dirsheet apply");
    // The row of the protected person is skipped, and told.
    run(&office, &apply, &["--yes"]).must(6);
    assert_eq!(office.user(&name(3))["jobTitle"], "Clerk");
    for number in [1, 2, 4, 5] {
        assert_eq!(office.user(&name(number))["jobTitle"], "Lead", "{number}");
    }
}

#[test]
fn limits_of_now_count_and_what_is_typed_wins() {
    let (office, night) = waiting();
    let settings = SETTINGS.replace("[guards]\n", "[guards]\nmax-users = 4\n");
    office.stand.write("FEED.toml", settings);
    let apply = told(&night, "dirsheet apply");
    run(&office, &apply, &["--yes"])
        .must(4)
        .says(&["guards.max-users of the feed `hr`"]);
    run(&office, &apply, &["--yes", "--max-users", "5"]).must(0);
}

#[test]
fn first_passwords_of_an_approved_plan_lie_where_those_of_a_night_do() {
    for passwords in ["passwords = \"passwords\"\n", ""] {
        let settings = SETTINGS.replace("passwords = \"passwords\"\n", passwords);
        let mut office = Office::open(40, people(0), &settings);
        office.night(&["--go"], 0);
        let mut new = row_of(40);
        let today = jiff::Timestamp::now().strftime("%Y-%m-%d").to_string();
        new.insert("From".to_owned(), today);
        office.rows.push(new);
        let night = office.night(&["--approve-above", "0"], 21);
        let apply = told(&night, "dirsheet apply");
        let typed = apply.iter().position(|word| word == "--passwords");
        assert_eq!(typed.is_none(), !passwords.is_empty(), "{apply:?}");
        assert!(!apply.contains(&"FILE".to_owned()), "{apply:?}");
        run(&office, &apply, &["--yes"]).must(0);
        let file = match typed {
            Some(at) => apply[at + 1].clone(),
            None => office.lying("passwords"),
        };
        assert!(
            file.contains("/hr-") && file.ends_with("-passwords.csv"),
            "{file}"
        );
        assert_eq!(std::fs::read_to_string(file).unwrap().lines().count(), 2);
    }
}

/// The settings, with this list of protected people.
fn protecting(settings: &str, who: &str) -> String {
    let list = format!("[guards]\nprotected = [\"{who}@contoso.example\"]\n");
    settings.replace("[guards]\n", &list)
}

#[test]
fn a_plan_that_is_made_anew_waits_also_where_too_few_are_left_for_the_settings_to_let_it() {
    let settings = format!("{SETTINGS}[approve]\nabove = 4\n");
    let mut office = Office::open(40, people(0), &settings);
    office.night(&["--go"], 0);
    for number in 1..6 {
        office.set(number, "Title", "Lead");
    }
    let night = office.night(&[], 21);
    office.stand.write("FEED.toml", protecting(&settings, &name(3)));
    let apply = told(&night, "dirsheet apply");
    let refused = run(&office, &apply, &["--yes"]).must(4);
    let anew = command(&refused.stderr, "dirsheet feed run");
    run(&office, &anew, &[]).must(21);
    assert!(office.stand.history().is_empty(), "{anew:?}");
}

#[test]
fn a_list_that_names_nobody_by_now_is_to_be_corrected_and_no_flag_opens_it() {
    let (office, night) = waiting();
    office.stand.write("FEED.toml", protecting(SETTINGS, "nobody"));
    let apply = told(&night, "dirsheet apply");
    let refused = run(&office, &apply, &["--yes"]).must(2).says(&[
        "`guards.protected` names 1 user whom the directory does not have",
        "nobody@contoso.example",
        "correct the list",
    ]);
    assert!(!refused.stderr.contains("--allow"), "{}", refused.stderr);
    assert!(office.stand.history().is_empty());
}

#[test]
fn a_state_folder_that_does_not_know_the_plan_is_refused_with_the_settings_and_without_them() {
    let (office, night) = waiting();
    let plan = night["papers"]["plan"].as_str().unwrap();
    let elsewhere = ["apply", plan, "--yes", "--state-dir", "other"];
    let with_settings = [&elsewhere[..], &["--feed", "FEED.toml"]].concat();
    office.stand.run(&with_settings).must(2).says(&[
        "no feed of the state folder `other` knows the plan",
        "`--state-dir`",
    ]);
    office.stand.run(&elsewhere).must(2).says(&[
        "the plan is made of a sheet of the feed `hr`, and this state folder does not know it",
        "--feed FEED.toml --state-dir FOLDER",
    ]);
    assert!(office.stand.history().is_empty());
}

#[test]
fn settings_with_another_content_than_in_the_night_are_told_before_anything_is_written() {
    const TOLD: &str = "is another than in the night that made the plan";
    for (added, is_told) in [("", false), ("# looked at again\n", true)] {
        let (office, night) = waiting();
        office.stand.write("FEED.toml", format!("{SETTINGS}{added}"));
        let apply = told(&night, "dirsheet apply");
        let ran = run(&office, &apply, &["--yes"]).must(0);
        assert_eq!(ran.stderr.contains(TOLD), is_told, "{}", ran.stderr);
    }
}

#[test]
fn a_later_start_tells_a_command_that_approves_the_plan() {
    let (office, _) = waiting();
    let later = office.start(&[], 21);
    let apply = told(&later, "dirsheet apply");
    run(&office, &apply, &["--yes"]).must(0);
    assert_eq!(office.user(&name(5))["jobTitle"], "Lead");
}

#[test]
fn a_plan_that_is_made_anew_has_what_was_lifted_for_the_first_one_or_is_a_first_night_as_it_was() {
    let settings = SETTINGS.replace("[guards]\n", "[guards]\nmax-users = 3\n");
    for is_first in [false, true] {
        let mut office = Office::open(40, people(0), &settings);
        if !is_first {
            office.night(&["--go"], 0);
        }
        for number in 1..6 {
            office.set(number, "Title", "Lead");
        }
        let go: &[&str] = if is_first { &["--go"] } else { &[] };
        let refused = office.night(go, 4);
        let lift = command(
            &format!("`{}`", refused["command"].as_str().unwrap()),
            "dirsheet feed",
        );
        let go = if lift.contains(&"--go".to_owned()) {
            &[]
        } else {
            go
        };
        let ran = run(
            &office,
            &lift,
            &[go, &["--approve-above", "3", "--json"][..]].concat(),
        );
        let night: Json = serde_json::from_str(&ran.must(21).stdout).unwrap();
        office.stand.write("FEED.toml", protecting(&settings, &name(3)));
        let apply = told(&night, "dirsheet apply");
        let refused = run(&office, &apply, &["--yes"]).must(4);
        let anew = command(&refused.stderr, "dirsheet feed run");
        assert_eq!(anew.contains(&"--go".to_owned()), is_first, "{anew:?}");
        run(&office, &anew, &[]).must(21);
        assert!(office.stand.history().is_empty());
    }
}
