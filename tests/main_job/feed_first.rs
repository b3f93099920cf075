//! The first night of a feed: what even `--go` does not let pass.

use super::feed_office::{Office, SETTINGS};
use super::stand::people;

/// An office whose file says other numbers and addresses than the directory, but for so many people.
fn strangers(known: usize) -> Office {
    // Nobody is made: they begin in the future.
    let mut office = Office::open(40, people(0), SETTINGS);
    for number in known..40 {
        office.set(number, "Nr", &format!("X{number}"));
        office.set(number, "Mail", &format!("x{number}@elsewhere.example"));
        office.set(number, "From", "2099-01-01");
        office.set(number, "Boss", "");
    }
    office
}

#[test]
fn a_first_file_of_which_hardly_a_key_is_known_is_refused_even_with_a_go() {
    for known in [0, 3] {
        let office = strangers(known);
        let refused = office.night(&["--go"], 4);
        assert_eq!(
            (&refused["outcome"], &refused["refusals"][0]["rule"]),
            (&"refused".into(), &"gate.unknown-keys".into()),
            "{refused:#}"
        );
        let help = refused["help"].to_string();
        for part in [
            &format!("the directory knows {known} of 40 keys"),
            "`key.attribute` (employeeId)",
            "the column of [key]",
            "`key.first-match`",
            "--lift unknown-keys --go",
        ] {
            assert!(help.contains(part), "{part}: {help}");
        }
        let file = refused["papers"]["file"].as_str().unwrap();
        assert!(file.contains("quarantine"), "{refused:#}");
        // Who knows better says both; one word alone is not enough.
        let lift = ["--file", file, "--lift", "unknown-keys"];
        office.start(&lift, 4);
        let passed = office.start(&[&lift[..], &["--go"]].concat(), 0);
        assert_eq!(passed["counts"]["joiners_waiting"], 40 - known, "{passed:#}");
    }
    // A tenth is enough to know that the key is the right one.
    let office = strangers(4);
    assert_eq!(office.night(&["--go"], 0)["outcome"], "unchanged");
}

/// An office whose file has the same numbers and other people, but for so many.
fn another_company(same: usize) -> Office {
    let mut office = Office::open(40, people(0), SETTINGS);
    for number in same..40 {
        office.set(number, "First", "Zoe");
        office.set(number, "Last", &format!("Other{number}"));
        office.set(number, "Mail", &format!("other{number}@fabrikam.example"));
    }
    office
}

#[test]
fn a_first_file_with_the_numbers_of_other_people_is_refused_even_with_a_go_and_never_believed() {
    let office = another_company(4);
    let refused = office.night(&["--go"], 4);
    assert_eq!(refused["refusals"][0]["rule"], "gate.disputed", "{refused:#}");
    assert_eq!(refused["refusals"][0]["found"], "36 (90.0 %)", "{refused:#}");
    let help = refused["help"].to_string();
    for part in ["36 of the 40 people", "another company", "--lift disputed --go"] {
        assert!(help.contains(part), "{part}: {help}");
    }
    // The right file is a first one still.
    let right: Office = Office::open(40, people(0), SETTINGS);
    office.drop(&right.text());
    office.start(&[], 4);
    assert_eq!(office.start(&["--go"], 0)["outcome"], "unchanged");
    // Some mistakes are usual: they are dead letters.
    let office = another_company(33);
    let night = office.night(&["--go"], 6);
    assert_eq!(night["counts"]["dead_letters"], 7, "{night:#}");
}
