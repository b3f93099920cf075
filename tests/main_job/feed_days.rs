//! Days that stand for none, people who have left before anybody made them an account, and numbers that are nearly one.

use super::feed_office::{Office, Row, name, row_of};

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
fn a_last_day_of_1900_switches_nobody_off_and_one_of_9999_is_none() {
    let mut office = Office::settled(40);
    for (number, last_day) in [
        (5, "1900-01-01"),
        (6, "0001-01-01"),
        (7, "9999-12-31"),
        (8, "2999-12-31"),
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
        [2, 0, 4],
        "{night:#}"
    );
    for number in 5..9 {
        let user = office.user(&name(number));
        assert_eq!(
            (&user["accountEnabled"], &user["department"]),
            (&true.into(), &"Board".into()),
            "{number}"
        );
    }
    let letters = std::fs::read_to_string(night["papers"]["dead_letters"].as_str().unwrap()).unwrap();
    assert!(
        letters.contains("leavers.last-day (column `To`): `1900-01-01` is before 1950"),
        "{letters}"
    );
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
    let night = office.night(&["--lift", "duplicate-keys"], 6);
    let counts = &night["counts"];
    assert_eq!(
        (&counts["joiners"], &counts["dead_letters"]),
        (&0.into(), &3.into()),
        "{night:#}"
    );
}
