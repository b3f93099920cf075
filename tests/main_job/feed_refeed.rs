//! Dead letters that are fed again after a newer file, and after a spreadsheet has saved them in its own way.

use std::time::Duration;

use dirsheet::sandbox::SandboxOptions;
use serde_json::Value as Json;

use super::feed_office::{Office, SETTINGS, name};
use super::stand::people;

/// An office with one dead letter, and the text of its file.
fn with_a_letter() -> (Office, Json, String) {
    with_settings(SETTINGS)
}

fn with_settings(settings: &str) -> (Office, Json, String) {
    let mut office = Office::open(40, people(0), settings);
    office.night(&["--go"], 0);
    office.set(4, "Boss", "N4444");
    office.set(4, "Title", "Chef équipe");
    let night = office.night(&[], 6);
    let letters = std::fs::read_to_string(night["papers"]["dead_letters"].as_str().unwrap()).unwrap();
    (office, night, letters)
}

fn department(office: &Office) -> Json {
    office.user(&name(4))["department"].clone()
}

#[test]
fn dead_letters_of_a_night_before_a_newer_file_are_refused_until_somebody_lets_them_pass() {
    let (mut office, _, letters) = with_a_letter();
    office
        .stand
        .write("mended.csv", letters.replace("N4444", "N1003"));
    // HR has said something else since, and still has the wrong manager.
    office.set(4, "Dept", "Board");
    let newer = office.night(&[], 6);
    let newer = newer["papers"]["dead_letters"].as_str().unwrap();
    assert_eq!(department(&office), "Board");
    for more in [&[][..], &["--dry-run"][..]] {
        let refused = office.start(&[&["--refeed", "mended.csv"], more].concat(), 4);
        assert_eq!(refused["outcome"], "refused", "{refused:#}");
        let message = refused["message"].as_str().unwrap();
        for part in [
            "1 row is (row 2) of the night of ",
            "is the last that was taken",
            "nothing was written",
        ] {
            assert!(message.contains(part), "{part}: {message}");
        }
        assert!(!message.contains("hr-003"), "{message}");
        assert!(
            refused["help_here"].to_string().contains("`hr-003.csv`"),
            "{refused:#}"
        );
        let help = refused["help"].to_string();
        assert!(help.contains(newer) && help.contains("--again"), "{help}");
    }
    assert_eq!(department(&office), "Board");
    // The rows of the newer night are those that count.
    let text = std::fs::read_to_string(newer).unwrap();
    office.stand.write("newer.csv", text.replace("N4444", "N1003"));
    office.start(&["--refeed", "newer.csv"], 0);
    assert_eq!(department(&office), "Board");
    let passed = office.start(&["--refeed", "mended.csv", "--again"], 0);
    assert!(
        passed["help"].to_string().contains("`--again` lets rows pass"),
        "{passed:#}"
    );
    assert_ne!(department(&office), "Board");
}

#[test]
fn every_row_of_dead_letters_must_say_of_which_known_night_it_is() {
    let (office, _, letters) = with_a_letter();
    let stamp = letters.trim_end().rsplit('"').nth(1).unwrap().to_owned();
    assert!(stamp.starts_with("night-20"), "{stamp}");
    let row = letters.lines().nth(1).unwrap();
    let other = |text: &str| {
        format!(
            "{letters}{}\r\n",
            row.replace(&stamp, text).replace("N1005", "N1006")
        )
    };
    for (text, told) in [
        ("", "without a word in `_night`"),
        ("11/30/2026", "of no night that this feed knows, by `_night`"),
        (
            "night-20200101-000000-000",
            "of no night that this feed knows, by `_night`",
        ),
        ("dry-run-20200101-000000-000", "of a dry run"),
    ] {
        office.stand.write("mended.csv", other(text));
        let refused = office.start(&["--refeed", "mended.csv"], 4);
        let message = refused["message"].as_str().unwrap();
        assert!(message.contains(told) && message.contains("(row 3)"), "{message}");
        if told.contains("no night that this feed") {
            // What stands in a cell stays on this machine.
            assert!(!message.contains(text), "{message}");
            let here = refused["help_here"].to_string();
            assert!(here.contains(&format!("`{text}` (row 3)")), "{here}");
            let dry = office.start(&["--refeed", "mended.csv", "--again", "--dry-run"], 0);
            assert!(!dry["help"].to_string().contains(text), "{dry:#}");
        }
    }
    // Files of before this column have none.
    let old: Vec<String> = letters
        .lines()
        .map(|line| line.rsplit_once(',').unwrap().0.to_owned())
        .collect();
    office.stand.write("mended.csv", old.join("\r\n"));
    let refused = office.start(&["--refeed", "mended.csv"], 4);
    assert!(
        refused["message"].to_string().contains("without a word"),
        "{refused:#}"
    );
    assert_eq!(office.stand.history().len(), 1);
}

#[test]
fn a_night_whose_plan_waits_has_overtaken_the_letters_of_the_night_before_and_the_same_file_again_has_not() {
    let (mut office, _, letters) = with_a_letter();
    office
        .stand
        .write("mended.csv", letters.replace("N4444", "N1003"));
    office.start(&["--again", "--file", &office.last()], 6);
    office.start(&["--refeed", "mended.csv", "--dry-run"], 0);
    office.set(9, "Dept", "Board");
    office.night(&["--approve-above", "0"], 21);
    office.start(&["--refeed", "mended.csv"], 4);
}

#[test]
fn letters_that_are_fed_and_need_a_person_again_stay_letters_of_their_own_night() {
    let (mut office, _, letters) = with_a_letter();
    office.stand.write("mended.csv", &letters);
    let again = office.start(&["--refeed", "mended.csv"], 6);
    let path = again["papers"]["dead_letters"].as_str().unwrap().to_owned();
    let stamp = letters.trim_end().rsplit('"').nth(1).unwrap();
    assert!(std::fs::read_to_string(&path).unwrap().contains(stamp));
    office.set(9, "Dept", "Board");
    office.night(&[], 6);
    office.start(&["--refeed", &path], 4);
}

/// The letters as a spreadsheet saves them, in this encoding.
fn saved(letters: &str, delimiter: &str) -> String {
    letters
        .trim_start_matches('\u{FEFF}')
        .replace("\",\"", &format!("\"{delimiter}\""))
}

fn in_windows_1252(text: &str) -> Vec<u8> {
    let byte = |letter: char| u8::try_from(u32::from(letter)).unwrap_or(b'?');
    text.chars().map(byte).collect()
}

#[test]
fn dead_letters_are_read_as_they_are_saved_whatever_the_settings_say_of_the_hr_file() {
    let settings = SETTINGS.replace(
        "stable-for",
        "encoding = \"utf-8\"\ndelimiter = \",\"\nworksheet = \"Export\"\nstable-for",
    );
    let (office, _, letters) = with_settings(&settings);
    let mended = letters
        .replace("N4444", "N1003")
        .replace("Chef équipe", "Chef études");
    let bytes: [Vec<u8>; 3] = [
        mended.clone().into_bytes(),
        saved(&mended, ";").into_bytes(),
        [
            &[0xFF, 0xFE][..],
            &saved(&mended, "\t")
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect::<Vec<u8>>(),
        ]
        .concat(),
    ];
    for (at, bytes) in bytes.iter().enumerate() {
        std::fs::write(office.stand.path("mended.csv"), bytes).unwrap();
        let night = office.start(&["--refeed", "mended.csv"], 0);
        assert_eq!(night["counts"]["rows"], 1, "{at}: {night:#}");
        assert_eq!(office.user(&name(4))["jobTitle"], "Chef études", "{at}");
    }
    // A few letters of a code page are too few to know it by.
    std::fs::write(
        office.stand.path("mended.csv"),
        in_windows_1252(&saved(&letters, ";")),
    )
    .unwrap();
    let refused = office.start(&["--refeed", "mended.csv"], 3);
    assert!(
        refused["message"].to_string().contains("is not known"),
        "{refused:#}"
    );
    let help = refused["help"].to_string();
    assert!(
        help.contains("CSV UTF-8") && !help.contains("source.encoding"),
        "{help}"
    );
    assert_eq!(office.user(&name(4))["jobTitle"], "Chef études");
}

#[test]
fn letters_in_the_code_page_of_the_hr_system_are_read_by_it_and_those_in_utf_8_as_such() {
    let settings = SETTINGS.replace("stable-for", "encoding = \"windows-1252\"\nstable-for");
    let mut office = Office::open(40, people(0), &settings);
    let drop = |office: &Office, number: u32| {
        let path = office.stand.path(&format!("inbox/hr-{number:03}.csv"));
        std::fs::write(path, in_windows_1252(&office.text())).unwrap();
    };
    drop(&office, 1);
    office.start(&["--go"], 0);
    office.set(4, "Boss", "N4444");
    office.set(4, "Title", "Chef équipe");
    drop(&office, 2);
    let night = office.start(&[], 6);
    let letters = std::fs::read_to_string(night["papers"]["dead_letters"].as_str().unwrap()).unwrap();
    let title = || office.user(&name(4))["jobTitle"].clone();
    for (word, bytes) in [
        ("Chef études", None),
        ("Chargé études", Some(in_windows_1252 as fn(&str) -> Vec<u8>)),
    ] {
        let mended = letters.replace("Chef équipe", word);
        let bytes = bytes.map_or_else(
            || mended.clone().into_bytes(),
            |bytes| bytes(&saved(&mended, ";")),
        );
        std::fs::write(office.stand.path("mended.csv"), bytes).unwrap();
        office.start(&["--refeed", "mended.csv"], 6);
        assert_eq!(title(), word);
    }
}

#[test]
fn letters_are_overtaken_by_a_night_that_wrote_and_was_killed_before_its_file_was_taken() {
    let settings = format!("{SETTINGS}max-users = \"90%\"\nmax-same-value = \"90%\"\n");
    let slow = SandboxOptions {
        latency: Duration::from_millis(150),
        ..people(0)
    };
    let mut office = Office::open(400, slow, &settings);
    office.set(4, "Boss", "N4444");
    let night = office.night(&["--go"], 6);
    let letters = std::fs::read_to_string(night["papers"]["dead_letters"].as_str().unwrap()).unwrap();
    office
        .stand
        .write("mended.csv", letters.replace("N4444", "N1003"));
    office.set(4, "Dept", "Board");
    office.kill_a_night();
    // The start takes the run of the killed night to its end, and its file is still to be taken.
    let refused = office.start(&["--refeed", "mended.csv"], 4);
    let message = refused["message"].to_string();
    assert!(
        message.contains("is the last of which something was written"),
        "{message}"
    );
    assert_eq!(department(&office), "Board");
    // Letters that were fed say nothing new of anybody else.
    office.start(&["--refeed", "mended.csv", "--again"], 0);
    let newer = office.start(&[], 6);
    let newer = newer["papers"]["dead_letters"].as_str().unwrap();
    let text = std::fs::read_to_string(newer).unwrap().replace("N4444", "N1003");
    for _ in 0..2 {
        office.stand.write("newer.csv", &text);
        office.start(&["--refeed", "newer.csv"], 0);
    }
    assert_eq!(department(&office), "Board");
}

#[test]
fn letters_are_overtaken_by_the_sheet_of_a_refused_night_that_a_person_has_applied() {
    let settings = SETTINGS.replace("[guards]", "[guards]\nmax-users = 3");
    let mut office = Office::open(60, people(0), &settings);
    for number in 1..13 {
        office.set(number, "Title", &format!("Title {number}"));
    }
    office.set(30, "Boss", "N4444");
    let night = office.night(&["--go", "--lift", "max-users"], 6);
    let letters = std::fs::read_to_string(night["papers"]["dead_letters"].as_str().unwrap()).unwrap();
    office
        .stand
        .write("mended.csv", letters.replace("N4444", "N1003"));
    for number in 1..13 {
        office.set(number, "Title", &format!("Title {}", number % 12 + 1));
    }
    office.set(30, "Dept", "Board");
    let refused = office.night(&[], 4);
    let help = refused["refusals"][1]["help"].as_str().unwrap();
    let command = help.split('`').nth(1).unwrap_or_else(|| panic!("{help}"));
    let words: Vec<&str> = command.split(' ').skip(1).chain(["--yes"]).collect();
    office.start(&["--refeed", "mended.csv", "--dry-run"], 0);
    office.stand.run(&words);
    let department = || office.user(&name(30))["department"].clone();
    assert_eq!(department(), "Board");
    let refused = office.start(&["--refeed", "mended.csv"], 4);
    assert!(
        refused["message"].to_string().contains("something was written"),
        "{refused:#}"
    );
    assert_eq!(department(), "Board");
}

#[test]
fn letters_whose_night_no_state_folder_knows_are_refused_there_and_the_command_that_is_told_passes_them() {
    let (office, _, letters) = with_a_letter();
    office
        .stand
        .write("mended.csv", letters.replace("N4444", "N1003"));
    let refused = office.start(&["--refeed", "mended.csv", "--state-dir", "other"], 4);
    let message = refused["message"].to_string();
    for part in ["has taken no file", "1 row is (row 2) of no night"] {
        assert!(message.contains(part), "{message}");
    }
    let help = refused["help"].to_string();
    assert!(help.contains("have another state folder"), "{help}");
    let command = help
        .split('`')
        .find(|part| part.starts_with("dirsheet feed run"))
        .unwrap();
    assert_eq!(command.matches("--state-dir").count(), 1, "{command}");
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    office.stand.json(&words, 0);
    // Rows without a word are of before, and here nothing can have been said since.
    let rows = letters.replace("N4444", "N1003");
    let stamp = letters.trim_end().rsplit('"').nth(1).unwrap();
    office.stand.write("mended.csv", rows.replace(stamp, ""));
    office.start(&["--refeed", "mended.csv", "--state-dir", "third"], 0);
}

#[test]
fn letters_that_look_like_one_code_page_and_are_of_another_by_the_settings_are_refused() {
    let settings = SETTINGS.replace("stable-for", "encoding = \"windows-1250\"\nstable-for");
    let mut office = Office::open(40, people(0), &settings);
    office.night(&["--go"], 0);
    office.set(4, "Boss", "N4444");
    let night = office.night(&[], 6);
    let letters = std::fs::read_to_string(night["papers"]["dead_letters"].as_str().unwrap()).unwrap();
    let title =
        "généralités délégués réservés évènements éducatifs étrangers créés métiers élèves présidés étés";
    let mended = letters
        .replace("Clerk", title)
        .replace("Care", "Qualité générale, sécurité à Sète");
    std::fs::write(
        office.stand.path("mended.csv"),
        in_windows_1252(&saved(&mended, ";")),
    )
    .unwrap();
    let refused = office.start(&["--refeed", "mended.csv"], 3);
    let message = refused["message"].to_string();
    assert!(message.contains("which `source.encoding` names"), "{message}");
    std::fs::write(office.stand.path("mended.csv"), &mended).unwrap();
    office.start(&["--refeed", "mended.csv"], 6);
    assert_eq!(office.user(&name(4))["jobTitle"], title);
}
