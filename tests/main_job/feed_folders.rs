//! Folders that a night needs and cannot use: found before anything is written, all at once.

use super::feed_office::{Office, SETTINGS};
use super::stand::people;

/// Everything that lies in the stand's folder and the folders of the feed, but for what the state folder keeps.
fn lying(office: &Office) -> Vec<String> {
    let mut found = Vec::new();
    for folder in ["", "inbox", "archive", "quarantine", "passwords", "plans"] {
        for entry in std::fs::read_dir(office.stand.path(folder)).into_iter().flatten() {
            found.push(format!("{folder}/{}", entry.unwrap().file_name().display()));
        }
    }
    found.sort();
    found
}

#[test]
fn folders_that_cannot_be_written_to_are_told_all_at_once_before_anything_is_written() {
    let mut office = Office::settled(40);
    std::fs::remove_dir_all(office.stand.path("archive")).unwrap();
    office.stand.write("archive", "a file in its place");
    office.stand.write("blocked", "a file where a folder should be");
    let settings = SETTINGS
        .replace(
            "quarantine = \"quarantine\"",
            "quarantine = \"blocked/quarantine\"",
        )
        .replace("passwords = \"passwords\"", "passwords = \"blocked/passwords\"");
    office
        .stand
        .write("FEED.toml", settings + "[approve]\nfolder = \"archive/plans\"\n");
    office.set(3, "Title", "Lead");
    office.drop(&office.text());
    let before = lying(&office);
    let told = [
        "5 folders of the feed cannot be used; nothing was written",
        "line 7: source.archive: `archive` cannot be written to",
        "archive` is a file: move the file away, or name another folder",
        "line 8: source.quarantine: `blocked/quarantine` cannot be written to",
        "blocked` is a file",
        "joiners.passwords: `blocked/passwords`",
        "approve.folder: `archive/plans`",
        "--report-dir: `blocked/reports`",
    ];
    let start = ["feed", "run", "FEED.toml", "--report-dir", "blocked/reports"];
    office.stand.run(&start).must(2).says(&told);
    assert!(office.stand.history().is_empty());
    assert_eq!(lying(&office), before);
    // Whoever rehearses is warned, and sees what would be done.
    let shown = office
        .stand
        .run(&["feed", "run", "FEED.toml", "--dry-run"])
        .must(0);
    shown.says(&["4 folders of the feed cannot be used", "1 user would change"]);
    let checked = office.stand.run(&["feed", "check", "FEED.toml"]).must(2);
    assert!(!checked.stderr.contains("in order"), "{}", checked.stderr);
    checked.says(&[
        "FEED.toml:7: source.archive: `archive` cannot be written to",
        "FEED.toml:8: source.quarantine:",
        "FEED.toml has 4 problems",
    ]);
    // Whoever looks at one file may stand where the feed does not run.
    let look = ["feed", "check", "FEED.toml", "inbox/hr-002.csv"];
    office.stand.run(&look).must(0).says(&[
        "warning: 4 folders of the feed cannot be used, and a night would end here",
        "line 7: source.archive: `archive` cannot be written to",
        "FEED.toml is in order but for its folders. hr-002.csv: 40 rows count",
    ]);
    let told = office.stand.json(&look, 0);
    assert_eq!(told["settings"].as_array().unwrap().len(), 0, "{told:#}");
    assert_eq!(told["folders"][0]["key"], "source.archive", "{told:#}");
    assert_eq!(told["file"]["rows"], 40, "{told:#}");
    std::fs::remove_file(office.stand.path("archive")).unwrap();
    std::fs::remove_file(office.stand.path("blocked")).unwrap();
    assert_eq!(office.start(&[], 0)["counts"]["users_written"], 1);
}

#[test]
fn what_is_made_for_a_try_is_gone_afterwards() {
    let office = Office::open(
        5,
        people(0),
        &format!("{SETTINGS}[approve]\nfolder = \"plans/of/hr\"\n"),
    );
    office.drop(&office.text());
    let before = lying(&office);
    office.stand.run(&["feed", "check", "FEED.toml"]).must(0);
    assert_eq!(lying(&office), before);
    assert!(!office.stand.state().exists(), "a check makes no state folder");
}

#[test]
fn a_state_folder_in_which_the_feed_has_no_room_ends_the_night_before_it_begins() {
    let office = Office::of(5);
    office.drop(&office.text());
    let feeds = office.stand.state().join("feeds");
    std::fs::create_dir_all(&feeds).unwrap();
    std::fs::write(feeds.join("hr"), "a file in its place").unwrap();
    for command in ["run", "check"] {
        office
            .stand
            .run(&["feed", command, "FEED.toml"])
            .must(2)
            .says(&["the state folder: ", "hr` is a file"]);
    }
}

#[cfg(unix)]
#[test]
fn the_folder_that_files_come_from_is_no_archive_under_another_name_either() {
    let office = Office::of(5);
    office.drop(&office.text());
    std::os::unix::fs::symlink(office.stand.path("inbox"), office.stand.path("archive")).unwrap();
    office
        .stand
        .run(&["feed", "run", "FEED.toml", "--go"])
        .must(2)
        .says(&["source.archive: `archive` is the folder of `inbox` by another name"]);
    assert!(office.stand.path("inbox/hr-001.csv").exists());
    std::fs::rename(office.stand.path("archive"), office.stand.path("passwords")).unwrap();
    let start = ["feed", "run", "FEED.toml", "--go", "--report-dir", "inbox"];
    office.stand.run(&start).must(2).says(&[
        "joiners.passwords: `passwords` is the folder of `inbox` by another name",
        "--report-dir: `inbox` is the folder of `inbox`",
    ]);
    std::fs::remove_file(office.stand.path("passwords")).unwrap();
    // No report has the name of the one file that is ever taken.
    office
        .stand
        .write("FEED.toml", SETTINGS.replace("hr-*.csv", "hr-001.csv"));
    office.stand.run(&start).must(0);
    office.drop(&office.text());
    office
        .stand
        .write("FEED.toml", SETTINGS.replace("\"archive\"", "\"./inbox\""));
    office
        .stand
        .run(&["feed", "run", "FEED.toml", "--go"])
        .must(2)
        .says(&["line 7: source.archive: `./inbox` is the folder that `source.path` takes files from"]);
}

#[test]
fn a_run_of_before_is_taken_to_its_end_also_where_the_folders_of_files_are_gone() {
    let office = Office::killed_at_its_writes();
    let (inbox, away) = (office.stand.path("inbox"), office.stand.path("not mounted"));
    std::fs::rename(&inbox, &away).unwrap();
    let night = office.start(&[], 2);
    assert_eq!(night["resumed"].as_array().unwrap().len(), 1, "{night:#}");
    let message = night["message"].as_str().unwrap();
    assert!(
        message.contains("what an earlier night began is at its end, and nothing else was written"),
        "{night:#}"
    );
    assert!(night["help"].to_string().contains("source.path"), "{night:#}");
    assert_eq!(office.stand.history().len(), 100);
    // With nothing to go on with, a start does not begin.
    office
        .stand
        .run(&["feed", "run", "FEED.toml"])
        .must(2)
        .says(&["a folder of the feed cannot be used; nothing was written"]);
    std::fs::rename(&away, &inbox).unwrap();
    assert_eq!(office.start(&[], 0)["outcome"], "unchanged");
    assert_eq!(office.stand.history().len(), 100);
}
