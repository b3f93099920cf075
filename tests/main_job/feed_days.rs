//! Days that stand for none, people who have left before anybody made them an account, and numbers that are nearly one.

use super::feed_office::{Office, Row, SETTINGS, name, row_of};
use super::stand::people;

/// Somebody whom the directory does not know.
fn new(number: &str, last: &str, from: &str, to: &str) -> Row {
    let mut row = row_of(41);
    for (column, text) in [
        ("Nr", number),
        ("Last", last),
        ("Mail", ""),
        ("From", from),
        ("To", to),
    ] {
        row.insert(column.to_owned(), text.to_owned());
    }
    row
}

fn day(days: i64) -> String {
    let today = jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date();
    today
        .checked_add(jiff::Span::new().days(days))
        .unwrap()
        .to_string()
}

#[test]
fn a_last_day_that_cannot_be_switches_nobody_off_and_one_of_9999_is_none() {
    let mut office = Office::settled(40);
    for (number, last_day) in [
        (5, "1900-01-01"),
        (6, "0001-01-01"),
        (7, "9999-12-31"),
        (8, "2999-12-31"),
        // The zero of many clocks, and a day before the first one, 2020-01-01.
        (9, "1970-01-01"),
        (10, "2019-12-31"),
    ] {
        office.set(number, "To", last_day);
        office.set(number, "Dept", "Board");
    }
    let night = office.night(&[], 6);
    let counts = &night["counts"];
    assert_eq!(
        [
            &counts["dead_letters"],
            &counts["leavers"],
            &counts["users_written"]
        ]
        .map(|count| count.as_u64().unwrap()),
        [4, 0, 6],
        "{night:#}"
    );
    for number in 5..11 {
        let user = office.user(&name(number));
        assert_eq!(
            (&user["accountEnabled"], &user["department"]),
            (&true.into(), &"Board".into()),
            "{number}"
        );
    }
    let letters = std::fs::read_to_string(night["papers"]["dead_letters"].as_str().unwrap()).unwrap();
    for told in [
        "leavers.last-day (column `To`): `1900-01-01` is before 1950",
        "leavers.last-day (column `To`): `1970-01-01` is not after 1970-01-01",
        "leavers.last-day (column `To`): the last day, `2019-12-31`, is before the first, `2020-01-01`",
    ] {
        assert!(letters.contains(told), "{told}: {letters}");
    }
}

#[test]
fn a_first_day_of_1900_makes_nobody() {
    let mut office = Office::settled(40);
    office.rows.push(new("N2001", "Zero", "1900-01-01", ""));
    let night = office.night(&[], 6);
    assert_eq!(
        (&night["counts"]["joiners"], &night["counts"]["dead_letters"]),
        (&0.into(), &1.into()),
        "{night:#}"
    );
    let letters = std::fs::read_to_string(night["papers"]["dead_letters"].as_str().unwrap()).unwrap();
    assert!(
        letters.contains("joiners.first-day (column `From`): `1900-01-01` is before 1950"),
        "{letters}"
    );
}

#[test]
fn who_has_left_before_an_account_was_made_is_counted_and_told() {
    let mut office = Office::settled(40);
    office.rows.push(new("N2001", "Short", &day(-5), &day(-1)));
    office
        .rows
        .push(new("N2002", "Longago", "2015-01-01", "2016-01-01"));
    let night = office.night(&[], 0);
    assert_eq!(
        (&night["counts"]["joiners"], &night["counts"]["joiners_gone"]),
        (&0.into(), &1.into()),
        "{night:#}"
    );
    let reasons = std::fs::read_to_string(night["papers"]["reasons"].as_str().unwrap()).unwrap();
    assert!(
        reasons.contains("is new, and has left already") && reasons.contains("N2001"),
        "{reasons}"
    );
    assert!(!reasons.contains("N2002"), "{reasons}");
    assert_eq!(office.stand.history().len(), 0);
}

#[test]
fn two_new_people_whose_numbers_differ_in_zeros_alone_are_both_for_a_person() {
    let mut office = Office::settled(40);
    office.rows.push(new("0042", "Alpha", &day(0), ""));
    office.rows.push(new("42", "Beta", &day(0), ""));
    office.rows.push(new("N2003", "Gamma", &day(0), ""));
    let night = office.night(&[], 6);
    assert_eq!(
        (&night["counts"]["joiners"], &night["counts"]["dead_letters"]),
        (&1.into(), &2.into()),
        "{night:#}"
    );
    let letters = std::fs::read_to_string(night["papers"]["dead_letters"].as_str().unwrap()).unwrap();
    for part in [
        "Alpha",
        "Beta",
        "nearly the same number",
        "`0042` (row 42), `42` (row 43)",
    ] {
        assert!(letters.contains(part), "{part}: {letters}");
    }
    assert!(!letters.contains("Gamma"), "{letters}");
}

#[test]
fn a_number_that_stands_twice_is_nearly_that_of_a_third_row_as_well() {
    let mut office = Office::settled(60);
    for (number, last) in [("0042", "Alpha"), ("42", "Beta"), ("42", "Beta")] {
        office.rows.push(new(number, last, &day(0), ""));
    }
    let refused = office.night(&[], 4);
    let file = refused["papers"]["file"].as_str().unwrap();
    let night = office.start(&["--file", file, "--lift", "duplicate-keys"], 6);
    let counts = &night["counts"];
    assert_eq!(
        (&counts["joiners"], &counts["dead_letters"]),
        (&0.into(), &3.into()),
        "{night:#}"
    );
}

#[test]
fn a_day_that_stands_for_none_is_not_written_where_its_column_is_mapped_either() {
    let settings = SETTINGS.replace(
        "[manager]",
        "employeeHireDate = { column = \"From\" }\nemployeeLeaveDateTime = { column = \"To\" }\n[manager]",
    );
    let mut options = people(0);
    options.roles.push("User-LifeCycleInfo.ReadWrite.All".to_owned());
    let mut office = Office::open(40, options, &settings);
    for row in &mut office.rows {
        row.insert("From".to_owned(), String::new());
    }
    office.night(&["--go"], 0);
    for (number, from, to) in [
        (5, "1900-01-01", ""),
        (6, "", "9999-12-31"),
        (7, "2024-05-01", "2999-12-31"),
        (8, "2024-05-01", "2024-01-31"),
        (9, "", "1970-01-01"),
        (10, "", "2035-05-31"),
    ] {
        office.set(number, "From", from);
        office.set(number, "To", to);
    }
    let night = office.night(&[], 6);
    let counts = &night["counts"];
    assert_eq!(
        (
            &counts["dead_letters"],
            &counts["users_written"],
            &counts["leavers"]
        ),
        (&3.into(), &3.into(), &0.into()),
        "{night:#}"
    );
    for (number, hired, leaves) in [
        (5, None, None),
        (6, None, None),
        (7, Some("2024-05-01"), None),
        (8, Some("2024-05-01"), None),
        (9, None, None),
        (10, None, Some("2035-05-31")),
    ] {
        let user = office.user(&name(number));
        let day = |attribute: &str| user[attribute].as_str().map(|text| text[..10].to_owned());
        assert_eq!(
            (
                day("employeeHireDate").as_deref(),
                day("employeeLeaveDateTime").as_deref()
            ),
            (hired, leaves),
            "{number}"
        );
        assert_eq!(user["accountEnabled"], true, "{number}");
    }
}

#[test]
fn new_people_of_nearly_one_number_are_not_made_where_letters_of_one_are_damaged_too() {
    let mut office = Office::settled(40);
    office.rows.push(new("0042", "MÃ¼ller", &day(0), ""));
    office.rows.push(new("42", "Beta", &day(0), ""));
    let night = office.night(&[], 6);
    assert_eq!(
        (&night["counts"]["joiners"], &night["counts"]["dead_letters"]),
        (&0.into(), &2.into()),
        "{night:#}"
    );
}

#[test]
fn a_wrong_day_of_somebody_who_is_left_alone_switches_nobody_off_and_asks_nobody() {
    let settings = SETTINGS.replace("[guards]", "[people]\nsynced = \"leave\"\n[guards]");
    let mut office = Office::open(40, people(0), &settings);
    office.night(&["--go"], 0);
    office
        .stand
        .edit(&office.id(&name(5)), "onPremisesSyncEnabled", true);
    office.set(5, "To", "1900-01-01");
    let night = office.night(&[], 0);
    assert_eq!(
        (&night["counts"]["dead_letters"], &night["counts"]["leavers"]),
        (&0.into(), &0.into()),
        "{night:#}"
    );
    assert_eq!(office.user(&name(5))["accountEnabled"], true);
}
