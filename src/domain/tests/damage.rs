//! What spreadsheets do to cells, measured with real ones (see the design notes), and what a person does.

use super::super::damage::rewritten;
use crate::catalogue::Kind;

const TEXT: Kind = Kind::Text { max: None };

#[test]
fn what_a_spreadsheet_rewrites_keeps_its_base() {
    for (base, edited, what) in [
        ("1,000", "1000", "number-rewritten"),
        ("1.000", "1000", "number-rewritten"),
        ("1,000", "1", "number-rewritten"),
        ("1.000", "1", "number-rewritten"),
        ("1 000", "1000", "number-rewritten"),
        ("1\u{a0}234", "1234", "number-rewritten"),
        ("1000", "1,000", "number-rewritten"),
        ("-1,234,567", "-1234567", "number-rewritten"),
        ("1234567890123456", "1234567890123460", "number-rewritten"),
        ("1234567890123456", "1234567890123450", "number-rewritten"),
        ("12345678901234567890", "12345678901234600000", "number-rewritten"),
        (
            "12345678901234567890",
            "1.23456789012346E+019",
            "number-rewritten",
        ),
        ("(0612345678)", "-612345678", "number-rewritten"),
        (".5", "0.5", "number-rewritten"),
        ("12.", "12", "number-rewritten"),
        ("1e-5", "0.00001", "number-rewritten"),
        ("12E45", "1.2E+046", "number-rewritten"),
        ("30000000000", "3E+10", "number-rewritten"),
        ("+31-20-1234567", "-1234556", "formula-worked-out"),
        ("=1+1", "2", "formula-worked-out"),
        ("+1+1", "2", "formula-worked-out"),
        ("1-2", "01-02-26", "date-rewritten"),
        ("1-2", "1-feb", "date-rewritten"),
        ("1-2", "2-Jan", "date-rewritten"),
        ("1-2", "01. Feb", "date-rewritten"),
        ("3/4", "03/04/26", "date-rewritten"),
        ("24/7", "24-jul", "date-rewritten"),
        ("10.1.24", "10/01/24", "date-rewritten"),
        ("10-11-12", "2010-11-12", "date-rewritten"),
        ("2024-01-05", "5-1-2024", "date-rewritten"),
        ("2024-01-05", "05.01.2024", "date-rewritten"),
        ("2024-01-05", "1/5/2024", "date-rewritten"),
        ("MAR-1", "03/01/26", "date-rewritten"),
        ("true", "TRUE", "truth-word-rewritten"),
        ("true", "WAAR", "truth-word-rewritten"),
        ("False", "FALSCH", "truth-word-rewritten"),
        ("Jan\u{a0}Smit", "Jan Smit", "blanks-rewritten"),
        ("Jan\u{200b}Smit", "JanSmit", "blanks-rewritten"),
        ("Jan  Smit", "Jan Smit", "blanks-rewritten"),
        ("12:30", "12:30:00", "time-rewritten"),
        ("50%", "50,00%", "number-rewritten"),
        ("O'Neil", "O’Neil", "automatic-correction"),
        ("Zoë", "Zo?", "lost-letters"),
        ("anna@x.nl", "mailto:anna@x.nl", "link-added"),
        ("'s-Gravenhage", "s-Gravenhage", "sign-lost"),
        ("'t Hof 1\r\nDelft", "t Hof 1\nDelft", "sign-lost"),
        ("@home", "home", "sign-lost"),
        ("007", "=\"007\"", "formula-worked-out"),
        ("=Sales", "#NAME?", "formula-worked-out"),
        ("+Sales", "#NAAM?", "formula-worked-out"),
    ] {
        let damage = rewritten(TEXT, base, edited).map(|damage| damage.rule);
        assert_eq!(damage, Some(what), "{base:?} {edited:?}");
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
        ("+31-20-1234567", "0201234567"),
        ("+31612345678", "612345678"),
        ("-", "0"),
        ("", "0"),
        ("0", ""),
        ("E5", "5"),
        ("1E5", "1E6"),
        ("1e999999", "0"),
        ("Room 1-2", "01-02-26"),
        ("Sales", "#NAME?"),
        ("12:30", "12:45"),
        ("50%", "60%"),
        ("O’Neil", "O'Neil"),
        ("chef", "Chef"),
        ("Zoë", "Zoe"),
        ("anna@x.nl", "mailto:ben@x.nl"),
        ("home", "@home"),
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
