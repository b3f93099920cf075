//! What spreadsheets do to cells, measured with real ones (see the design notes), and what a person does.

use super::super::damage::{Rewritten, rewritten};
use crate::catalogue::Kind;

const TEXT: Kind = Kind::Text { max: None };

#[test]
fn what_a_spreadsheet_rewrites_keeps_its_base() {
    for (base, edited, what) in [
        ("1,000", "1000", Rewritten::Number),
        ("1.000", "1000", Rewritten::Number),
        ("1,000", "1", Rewritten::Number),
        ("1.000", "1", Rewritten::Number),
        ("1 000", "1000", Rewritten::Number),
        ("1\u{a0}234", "1234", Rewritten::Number),
        ("1000", "1,000", Rewritten::Number),
        ("-1,234,567", "-1234567", Rewritten::Number),
        ("1234567890123456", "1234567890123460", Rewritten::Number),
        ("1234567890123456", "1234567890123450", Rewritten::Number),
        ("12345678901234567890", "12345678901234600000", Rewritten::Number),
        ("12345678901234567890", "1.23456789012346E+019", Rewritten::Number),
        ("(0612345678)", "-612345678", Rewritten::Number),
        (".5", "0.5", Rewritten::Number),
        ("12.", "12", Rewritten::Number),
        ("1e-5", "0.00001", Rewritten::Number),
        ("12E45", "1.2E+046", Rewritten::Number),
        ("30000000000", "3E+10", Rewritten::Number),
        ("+31-20-1234567", "-1234556", Rewritten::Formula),
        ("=1+1", "2", Rewritten::Formula),
        ("+1+1", "2", Rewritten::Formula),
        ("1-2", "01-02-26", Rewritten::Date),
        ("1-2", "1-feb", Rewritten::Date),
        ("1-2", "2-Jan", Rewritten::Date),
        ("1-2", "01. Feb", Rewritten::Date),
        ("3/4", "03/04/26", Rewritten::Date),
        ("24/7", "24-jul", Rewritten::Date),
        ("10.1.24", "10/01/24", Rewritten::Date),
        ("10-11-12", "2010-11-12", Rewritten::Date),
        ("2024-01-05", "5-1-2024", Rewritten::Date),
        ("2024-01-05", "05.01.2024", Rewritten::Date),
        ("2024-01-05", "1/5/2024", Rewritten::Date),
        ("MAR-1", "03/01/26", Rewritten::Date),
        ("true", "TRUE", Rewritten::Truth),
        ("true", "WAAR", Rewritten::Truth),
        ("False", "FALSCH", Rewritten::Truth),
        ("Jan\u{a0}Smit", "Jan Smit", Rewritten::Blanks),
        ("Jan\u{200b}Smit", "JanSmit", Rewritten::Blanks),
    ] {
        assert_eq!(rewritten(TEXT, base, edited), Some(what), "{base:?} {edited:?}");
    }
}

#[test]
fn what_a_person_changed_stays_an_edit() {
    for (base, edited) in [
        ("03/04/2026", "04/03/2026"),
        ("01-02-26", "02-01-26"),
        ("1,000", "2000"),
        ("1,000", "10000"),
        ("1234567890123456", "1234567890129999"),
        ("1234567890123456", "1234567890123457"),
        ("1234567890123456", "2234567890123460"),
        ("123456789012345", "123456789012340"),
        ("12,34", "1234"),
        ("1-2", "1-3"),
        ("1-2", "2-1"),
        ("1-2", "1-2-3"),
        ("1-2", "01-03-26"),
        ("2024-01-05", "2024-05-01"),
        ("2024-01-05", "05-01-2025"),
        ("2024-01-05", "2024"),
        ("true", "false"),
        ("true", "FALSE"),
        ("yes", "true"),
        ("Jan Smit", "Jan Smits"),
        ("Jan  Smit", "Jan Smit"),
        ("+31-20-1234567", "0201234567"),
        ("+31612345678", "612345678"),
        ("-", "0"),
        ("", "0"),
        ("0", ""),
        ("E5", "5"),
        ("1E5", "1E6"),
        ("1e999999", "0"),
        ("Room 1-2", "01-02-26"),
    ] {
        assert_eq!(rewritten(TEXT, base, edited), None, "{base:?} {edited:?}");
    }
}

#[test]
fn truth_values_have_no_damage_of_their_own() {
    assert_eq!(rewritten(Kind::Boolean, "true", "TRUE"), None);
}

#[test]
fn numbers_of_absurd_size_are_compared_without_trouble() {
    for (base, edited) in [
        ("1E2147483647", "1E-2147483648"),
        ("1E99999999999", "1"),
        (&"9".repeat(1000), "1E+1000"),
        ("+99999999999999999999-1", "1"),
    ] {
        assert_eq!(rewritten(TEXT, base, edited), None);
    }
}
