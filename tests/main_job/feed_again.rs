//! The same file on another day, people who share a manager, and columns that hardly anybody has.

use std::time::{Duration, SystemTime};

use super::feed_office::{Office, SETTINGS, name};

/// As if the nights so far had been two days earlier.
fn two_days_pass(office: &Office) {
    let ledger = office.stand.state().join("feeds/hr/ledger.sqlite");
    let connection = rusqlite::Connection::open(ledger).unwrap();
    let days = Duration::from_secs(2 * 24 * 3600).as_micros() as i64;
    let moved = connection.execute("UPDATE nights SET started_at = started_at - ?1", [days]);
    assert!(moved.unwrap() > 0);
}

#[test]
fn the_same_content_delivered_on_a_later_day_switches_off_who_has_left_since() {
    let settings = |zone: &str| format!("{SETTINGS}[schedule]\ntime-zone = \"{zone}\"\n");
    // Twenty-six hours apart: it is always a later day in the second.
    let (west, east) = (settings("Etc/GMT+12"), settings("Pacific/Kiritimati"));
    let mut office = Office::of(20);
    office.stand.write("FEED.toml", &west);
    let zone = jiff::tz::TimeZone::get("Etc/GMT+12").unwrap();
    let today = zone.to_datetime(jiff::Timestamp::now()).date();
    office.set(7, "To", &today.to_string());
    assert_eq!(office.night(&["--go"], 0)["counts"]["leavers"], 0);
    // Once more on the same day: it is no new file.
    assert_eq!(office.night(&[], 0)["outcome"], "seen-before");
    office.stand.write("FEED.toml", &east);
    two_days_pass(&office);
    let later = office.start(&[], 0);
    assert_eq!(later["counts"]["leavers"], 1, "{later:#}");
    assert_eq!(office.user(&name(7))["accountEnabled"], false);
    assert_eq!(office.user(&name(8))["accountEnabled"], true);
}

#[test]
fn the_same_content_of_a_night_that_a_person_took_back_is_not_written_again_on_a_later_day() {
    let mut office = Office::settled(40);
    office.set(7, "Dept", "WRONG");
    assert_eq!(office.night(&[], 0)["outcome"], "written");
    let run = office.stand.newest_run();
    office.stand.run(&["undo", &run, "--yes"]).must(0);
    let writes = office.stand.history().len();
    two_days_pass(&office);
    assert_eq!(office.night(&[], 0)["outcome"], "seen-before");
    assert_eq!(office.stand.history().len(), writes);
    assert_ne!(office.user(&name(7))["department"], "WRONG");
}

#[test]
fn the_same_content_with_its_old_date_is_no_new_file_on_a_later_day() {
    let office = Office::of(20);
    office.night(&["--go"], 0);
    let before = std::fs::metadata(office.last()).unwrap().modified().unwrap();
    two_days_pass(&office);
    office.drop(&office.text());
    let inbox = office.stand.path("inbox/hr-002.csv");
    let old = before - Duration::from_secs(60);
    std::fs::File::options()
        .write(true)
        .open(inbox)
        .unwrap()
        .set_modified(old)
        .unwrap();
    assert!(old < SystemTime::now());
    assert_eq!(office.start(&[], 0)["outcome"], "seen-before");
}

#[test]
fn a_manager_whose_own_row_needs_a_person_costs_nobody_else_a_dead_letter() {
    let mut office = Office::settled(40);
    // Everybody reports to the first, whose row has the address of somebody else.
    let other = office.rows[5]["Mail"].clone();
    office.set(0, "Mail", &other);
    office.set(9, "Dept", "Board");
    let night = office.night(&[], 6);
    assert_eq!(night["counts"]["users_written"], 1, "{night:#}");
    let letters = night["counts"]["dead_letters"].as_u64().unwrap();
    assert!(letters <= 2, "{night:#}");
}

#[test]
fn an_address_of_somebody_with_other_names_gives_nobody_a_number() {
    let mut office = Office::settled(20);
    // A row without a holder, whose address is that of a machine nobody has given a number.
    let scanner = office.user(&name(11));
    let id = scanner["id"].as_str().unwrap();
    office.stand.edit(id, "employeeId", serde_json::Value::Null);
    for (property, value) in [("displayName", "Scanner"), ("givenName", ""), ("surname", "")] {
        let value = if value.is_empty() {
            serde_json::Value::Null
        } else {
            value.into()
        };
        office.stand.edit(id, property, value);
    }
    office.set(11, "Dept", "Board");
    let night = office.night(&[], 6);
    assert_eq!(night["counts"]["users_written"], 0, "{night:#}");
    let after = office.user(&name(11));
    assert_eq!(
        (&after["displayName"], &after["employeeId"]),
        (&"Scanner".into(), &serde_json::Value::Null)
    );
    let letters = std::fs::read_to_string(night["papers"]["dead_letters"].as_str().unwrap()).unwrap();
    assert!(letters.contains("whose names are others: `Scanner`"), "{letters}");
}

#[test]
fn last_days_that_come_and_go_refuse_no_night() {
    let mut office = Office::of(120);
    for number in 10..17 {
        office.set(number, "To", &format!("2090-01-{number}"));
    }
    office.night(&["--go"], 0);
    // Four of seven last days were mistakes.
    for number in 10..14 {
        office.set(number, "To", "");
    }
    assert_eq!(office.night(&[], 0)["outcome"], "unchanged");
}

#[test]
fn numbers_of_managers_are_not_taken_for_keys_that_moved() {
    let mut office = Office::settled(40);
    for number in 0..40 {
        office.set(number, "Nr", &format!("Z{number}"));
    }
    let refused = office.night(&[], 4);
    assert!(
        refused["refusals"].to_string().contains("key-churn"),
        "{refused:#}"
    );
    assert!(!refused["help"].to_string().contains("Boss"), "{refused:#}");
}
