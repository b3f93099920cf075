//! Feeds that would be silent for ever: settings that name no file, a folder that is not there.

use super::feed_office::{Office, SETTINGS};
use super::stand::people;

#[test]
fn a_folder_that_is_not_there_is_told_with_the_one_that_is() {
    let office = Office::open(5, people(0), &SETTINGS.replace("\"inbox/", "\"inbxo/"));
    office.drop(&office.text());
    for command in ["run", "check"] {
        office.stand.run(&["feed", command, "FEED.toml"]).must(2).says(&[
            "source.path: the folder `inbxo` is not there",
            "did you mean `inbox`?",
        ]);
    }
    let elsewhere = SETTINGS.replace("\"inbox/", "\"/somewhere/else/");
    office.stand.write("FEED.toml", elsewhere);
    office
        .stand
        .run(&["feed", "run", "FEED.toml"])
        .must(2)
        .says(&["`/` holds no `somewhere`", "look whether the share is mounted"]);
}

#[test]
fn a_path_that_never_named_a_file_is_quiet_until_a_file_is_overdue() {
    let settings = SETTINGS.replace("hr-*.csv", "hrr-*.csv");
    let office = Office::open(5, people(0), &settings);
    office.drop(&office.text());
    office.stand.write("inbox/notes.txt", "");
    let quiet = office.start(&["--dry-run"], 0);
    let quiet = quiet["message"].as_str().unwrap();
    assert!(
        quiet.contains("no file has come since the feed was first started"),
        "{quiet}"
    );
    office.start(&[], 0);
    office
        .stand
        .run(&["feed", "check", "FEED.toml"])
        .must(0)
        .says(&["there is no file `inbox/hrr-*.csv` now: its folder holds `hr-001.csv`, `notes.txt`"]);
    office
        .stand
        .write("FEED.toml", format!("{settings}[gate]\nage = \"1s\"\n"));
    std::thread::sleep(std::time::Duration::from_secs(2));
    // The moment of the first start is kept, and a rehearsal sees it.
    for more in [&["--dry-run"][..], &[]] {
        let overdue = office.start(more, 4);
        assert_eq!(overdue["outcome"], "refused", "{overdue:#}");
        assert_eq!(overdue["refusals"][0]["rule"], "gate.age", "{overdue:#}");
        let found = overdue["refusals"][0]["found"].as_str().unwrap();
        assert!(
            found.contains("no file has come since the feed was first started"),
            "{found}"
        );
        assert!(
            overdue.to_string().contains("/FEED.toml` lists what is there"),
            "{overdue:#}"
        );
    }
    let forever = format!("{settings}[gate]\nage = \"off\"\n");
    office.stand.write("FEED.toml", forever);
    office.start(&[], 0);
    // The file that was meant is taken as any first one.
    office.stand.write("FEED.toml", SETTINGS);
    assert_eq!(office.start(&["--go"], 0)["outcome"], "unchanged");
    assert_eq!(
        office.start(&[], 0)["message"],
        "there is no file `inbox/hr-*.csv`; nothing was to be done"
    );
}

#[test]
fn files_that_were_all_refused_do_not_make_the_nights_after_them_quiet() {
    let settings = format!("{SETTINGS}[gate]\nage = \"1s\"\nrows-min = 50\n");
    let office = Office::open(5, people(0), &settings);
    office.drop(&office.text());
    office.start(&["--go"], 4);
    std::thread::sleep(std::time::Duration::from_secs(2));
    let overdue = office.start(&[], 4);
    let found = overdue["refusals"][0]["found"].as_str().unwrap();
    assert!(found.contains("which was not taken"), "{overdue:#}");
}
