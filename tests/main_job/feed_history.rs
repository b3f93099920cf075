//! Every start stands in the history of its feed, also one that took no file or could not begin; what is always the same stands there once.

use serde_json::Value as Json;

use super::feed_office::{Office, SETTINGS};
use super::stand::people;

/// The outcomes, how many starts each stands for, and its file.
fn history(office: &Office) -> Vec<(String, u64, String)> {
    let told = office.stand.json(&["feed", "history", "FEED.toml"], 0);
    let entry = |night: &Json| {
        let file = night["file"].as_str().unwrap_or_default();
        (
            night["outcome"].as_str().unwrap().to_owned(),
            night["times"].as_u64().unwrap(),
            file.rsplit(['/', '\\']).next().unwrap_or_default().to_owned(),
        )
    };
    told["nights"].as_array().unwrap().iter().map(entry).collect()
}

fn entry(outcome: &str, times: u64, file: &str) -> (String, u64, String) {
    (outcome.to_owned(), times, file.to_owned())
}

#[test]
fn starts_that_took_no_file_stand_in_the_history_each_end_once() {
    let settings = format!("{SETTINGS}[notify]\nmetrics = \"feed.prom\"\n");
    let mut office = Office::open(20, people(0), &settings);
    office.start(&[], 0);
    office.start(&["--dry-run"], 0);
    let third = office.start(&[], 0);
    assert_eq!(
        (&third["outcome"], &third["times"]),
        (&"no-file".into(), &2.into())
    );
    let metrics = std::fs::read_to_string(office.stand.path("feed.prom")).unwrap();
    assert!(
        metrics.contains("dirsheet_feed_repeats{feed=\"hr\"} 2"),
        "{metrics}"
    );
    let first = office.text();
    office.night(&["--go"], 0);
    office.drop(&first);
    assert_eq!(office.start(&[], 0)["outcome"], "seen-before");
    std::fs::remove_file(office.stand.path("inbox/hr-002.csv")).unwrap();
    office.set(3, "Dept", "Board");
    office.night(&[], 0);
    // The first file once more, after another: it is old, or a correction.
    office.drop(&first);
    for times in 1..=3 {
        let refused = office.start(&[], 4);
        assert_eq!(refused["times"], times, "{refused:#}");
    }
    assert_eq!(
        history(&office),
        [
            entry("refused", 3, "hr-004.csv"),
            entry("done", 1, "hr-003.csv"),
            entry("seen-before", 1, "hr-002.csv"),
            entry("nothing", 1, "hr-001.csv"),
            entry("no-file", 2, ""),
        ]
    );
    let text = office.stand.run(&["feed", "history", "FEED.toml"]).must(0);
    for told in [
        "refused  hr-004.csv, 3 times since ",
        "    the file was taken before, on ",
        "no-file, 2 times since ",
    ] {
        assert!(text.stdout.contains(told), "{}", text.stdout);
    }
}

#[test]
fn silence_that_is_overdue_stands_in_the_history_with_who_was_told() {
    let settings =
        format!("{SETTINGS}[gate]\nage = \"1s\"\n[[notify.webhooks]]\nurl = {{ env = \"NOT_SET\" }}\n");
    let office = Office::open(5, people(0), &settings);
    office.start(&[], 0);
    std::thread::sleep(std::time::Duration::from_secs(2));
    office.start(&[], 4);
    office.start(&[], 4);
    let told = office.stand.json(&["feed", "history", "FEED.toml"], 0);
    let newest = &told["nights"][0];
    assert_eq!(
        (&newest["outcome"], &newest["times"], &newest["exit"]),
        (&"refused".into(), &2.into(), &4.into()),
        "{told:#}"
    );
    assert!(newest["note"].as_str().unwrap().contains("gate.age"), "{told:#}");
    assert!(
        newest["told"][0].as_str().unwrap().contains("not told"),
        "{told:#}"
    );
    assert!(
        newest["first_started_at"].as_str() < newest["started_at"].as_str(),
        "{told:#}"
    );
}

#[test]
fn a_start_that_could_not_begin_stands_in_the_history_with_its_mistakes() {
    let office = Office::settled(5);
    let wrong = SETTINGS.replace("surname =", "surnme =");
    for _ in 0..2 {
        office.stand.write("FEED.toml", &wrong);
        office.stand.run(&["feed", "run", "FEED.toml"]).must(2);
    }
    // A rehearsal is no start.
    office
        .stand
        .run(&["feed", "run", "FEED.toml", "--dry-run"])
        .must(2);
    let misplaced = SETTINGS.replace("archive = \"archive\"", "archive = \"inbox/hr-001.csv\"");
    office
        .stand
        .write("inbox/hr-001.csv", "a file in the place of a folder");
    office.stand.write("FEED.toml", misplaced);
    office.stand.run(&["feed", "run", "FEED.toml"]).must(2);
    // The history is shown also with the settings that are wrong.
    office.stand.write("FEED.toml", &wrong);
    let told = office.stand.json(&["feed", "history", "FEED.toml"], 0);
    let nights = told["nights"].as_array().unwrap();
    let outcomes: Vec<&str> = nights
        .iter()
        .map(|night| night["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(outcomes, ["failed", "failed", "nothing"], "{told:#}");
    assert!(
        nights[0]["note"].as_str().unwrap().contains("source.archive"),
        "{told:#}"
    );
    assert!(nights[1]["note"].as_str().unwrap().contains("surnme"), "{told:#}");
    assert_eq!(
        (&nights[1]["times"], &nights[1]["exit"]),
        (&2.into(), &2.into()),
        "{told:#}"
    );
}

#[test]
fn a_file_that_stays_where_it_is_and_is_refused_by_every_start_is_one_night() {
    let settings = SETTINGS.replace("quarantine = \"quarantine\"\n", "");
    let office = Office::open(20, people(0), &settings);
    office.night(&["--go"], 0);
    let half: Vec<String> = office.text().lines().take(10).map(str::to_owned).collect();
    office.drop(&format!("{}\n", half.join("\n")));
    for times in 1..=3 {
        let refused = office.start(&[], 4);
        assert_eq!(refused["times"], times, "{refused:#}");
    }
    assert_eq!(
        history(&office),
        [
            entry("refused", 3, "hr-002.csv"),
            entry("nothing", 1, "hr-001.csv")
        ]
    );
    // What lets it pass is told of the last of them, and holds.
    let refused = office.start(&[], 4);
    let command = refused["command"].as_str().unwrap();
    let lift = command.split(" --lift ").nth(1).unwrap();
    office.start(&["--file", "inbox/hr-002.csv", "--lift", lift], 0);
}
