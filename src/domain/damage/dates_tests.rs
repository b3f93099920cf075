//! Dates as the spreadsheets of several countries write them, and dates that a person changed.

use super::*;

#[test]
fn a_date_in_another_spelling_is_the_same_date() {
    for (base, edited) in [
        ("1-2", "01-02-26"),
        ("1-2", "1-feb"),
        ("1-2", "2-Jan"),
        ("1-2", "01. Feb"),
        ("1-2", "02/01/2026"),
        ("3/4", "03/04/26"),
        ("3/4", "4-Mar"),
        ("24/7", "24-jul"),
        ("24/7", "24. Jul"),
        ("3.12", "03. Dez"),
        ("3.12", "3. Dez"),
        ("10.1.24", "10/01/24"),
        ("10-11-12", "2010-11-12"),
        ("2024-01-05", "5-1-2024"),
        ("2024-01-05", "05.01.2024"),
        ("2024-01-05", "1/5/2024"),
        ("2024-01-05", "05-01-24"),
        ("2024-01-05", "5 januari 2024"),
        ("2024-01-05", "5. Januar 2024"),
        ("2024-01-05", "5 janvier 2024"),
        ("2024-01-05", "5 de enero de 2024"),
        ("2024-01-05", "January 5, 2024"),
        ("2024-01-05", "5 gennaio 2024"),
        ("2024-01-05", "45296"),
        ("2024-01-05", "43834"),
        ("2024-01-05", "5-1-2024 00:00"),
        ("MAR-1", "03/01/26"),
        ("MAR1", "1-Mar"),
        ("MAR1", "01-mrt"),
        ("MAR1", "1. Mrz"),
        ("MAR1", "01/03/2026"),
        ("MARCH1", "1-Mar"),
        ("SEPT2", "2-Sep"),
        ("SEPT2", "02-sept"),
        ("DEC1", "1-Dec"),
        ("DEC1", "01-déc"),
        ("OCT-4", "4-Oct"),
        ("OKT4", "04-okt"),
        ("1MRT", "1-mrt"),
        ("MAR26", "26-Mar"),
        ("May 2024", "05/01/24"),
        ("5/2024", "mei-24"),
        ("3/99", "Mar-99"),
        ("1 maart 2024", "01-03-24"),
        ("2026-06-05T00:00:00Z", "5-6-2026"),
        ("2026-06-05T00:00:00Z", "05/06/2026 00:00:00"),
        ("2026-06-05T00:00:00Z", "6/5/2026 12:00 AM"),
        ("2026-06-05T12:30:00Z", "5-6-2026 12:30"),
        ("2026-06-05T12:30:15Z", "5-6-2026 12:30"),
        ("2026-06-05T00:00:00Z", "46178"),
        ("2026-06-05T12:00:00Z", "46178.5"),
    ] {
        assert!(rewritten(base, edited).is_some(), "{base} {edited}");
    }
}

#[test]
fn another_date_and_a_text_that_is_none_are_edits() {
    for (base, edited) in [
        ("03/04/2026", "04/03/2026"),
        ("01-02-26", "02-01-26"),
        ("1-2", "1-3"),
        ("1-2", "2-1"),
        ("1-2", "1-2-3"),
        ("1-2", "01-03-26"),
        ("1-2", "1-mrt"),
        ("2024-01-05", "2024-05-01"),
        ("2024-01-05", "05-01-2025"),
        ("2024-01-05", "2024"),
        ("2024-01-05", "45297"),
        ("2024-01-05", "6 januari 2024"),
        ("MAR1", "2-Mar"),
        ("MAR1", "MAR2"),
        ("MAR1", "1-Apr"),
        ("Room 1-2", "01-02-26"),
        ("Zaal 3", "3-mrt"),
        ("3.13", "3-mrt"),
        ("2026-06-05T00:00:00Z", "5-6-2027"),
        ("2026-06-05T00:00:00Z", "5-6-2026 13:00"),
        ("2026-06-05T12:30:00Z", "5-6-2026 12:31"),
        ("1-2", "12"),
        ("Jan", "1-jan"),
        ("2026-02-30", "30-2-2026"),
        ("", "1-feb"),
    ] {
        assert_eq!(rewritten(base, edited), None, "{base} {edited}");
    }
}

#[test]
fn a_date_tells_how_many_days_it_may_mean() {
    let shown = |text: &str| -> Vec<String> { days(text).0.iter().map(|(day, _)| day.to_string()).collect() };
    assert_eq!(shown("5-6-2025"), ["2025-06-05", "2025-05-06"]);
    assert_eq!(shown("13-6-2025"), ["2025-06-13"]);
    assert_eq!(shown("6/13/2025"), ["2025-06-13"]);
    assert_eq!(shown("5.5.2025"), ["2025-05-05"]);
    assert_eq!(shown("5 juni 2025"), ["2025-06-05"]);
    assert_eq!(shown("2025/06/05"), ["2025-06-05"]);
    assert_eq!(shown("5-6-2025 00:00"), ["2025-06-05", "2025-05-06"]);
    for text in [
        "05-06-25",
        "5-6",
        "13-13-2025",
        "30-2-2025",
        "5-6-2025 12:30",
        "soon",
    ] {
        assert_eq!(shown(text), [""; 0], "{text}");
    }
}

#[test]
fn the_order_of_day_and_month_shows_beside_the_base() {
    let base = "2026-06-13T00:00:00Z";
    assert_eq!(orders(base, "13-6-2026"), (vec![Order::DayFirst], '-'));
    assert_eq!(orders(base, "6/13/2026"), (vec![Order::MonthFirst], '/'));
    assert_eq!(orders("2026-06-05", "5/6/2026").0, [Order::DayFirst]);
    assert_eq!(
        orders("2026-05-05", "5/5/2026").0,
        [Order::DayFirst, Order::MonthFirst]
    );
    assert_eq!(orders("2026-06-05", "7/6/2026").0, []);
}

#[test]
fn a_lost_century_and_a_day_in_letters_are_recognised() {
    for text in ["05-06-26", "5/6/26", "5.6.26", "5-jun-26"] {
        assert!(has_short_year(text), "{text}");
    }
    for text in [
        "5-6-2026",
        "01 42 68",
        "12-345-67",
        "5-6",
        "10-99-99",
        "Room 5-6-26",
    ] {
        assert!(!has_short_year(text), "{text}");
    }
    for text in ["1-feb", "2-Jan", "Mar-01", "01. Mrz"] {
        assert!(is_short_day(text), "{text}");
    }
    for text in ["1 May", "May 2", "MAR1", "1-2", "1-feb-2026", "Mar-Jan"] {
        assert!(!is_short_day(text), "{text}");
    }
}
