//! New values that look like damage, where the exported text cannot say so, or there is none.

use super::super::Severity;
use super::{cut, dates, letters, numbers};
use crate::catalogue::{Attribute, Kind};

/// What may be wrong with a new value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    pub rule: &'static str,
    pub severity: Severity,
    pub message: String,
    pub help: String,
}

/// Said of a cell whose exported text is not known.
const UNKNOWN_BASE: &str = "; without the exported value nobody can tell";

/// What a new value makes one doubt. `base` is the exported text, where it is known; `header` the text above the column.
pub fn doubt(attribute: &Attribute, header: &str, base: Option<&str>, text: &str) -> Option<Doubt> {
    let text = text.trim();
    let told = |rule, severity, message: String, help: String| {
        let message = if base.is_none() {
            message + UNKNOWN_BASE
        } else {
            message
        };
        Some(Doubt {
            rule,
            severity,
            message,
            help,
        })
    };
    let put_back = format!("if it is meant, add `--accept-derived {}`", attribute.name);
    if !text.is_empty() && (text.eq_ignore_ascii_case(header.trim()) || text == attribute.name) {
        return Some(Doubt {
            rule: "header-in-cell",
            severity: Severity::Error,
            message: "the cell holds the name of its column, as when a header row is pasted among the rows"
                .to_owned(),
            help: format!("put the right value into the cell, or delete the row; {put_back}"),
        });
    }
    if base.is_some_and(|base| dates::is_turned(base, text)) {
        return told(
            "date-turned",
            Severity::Warning,
            "this is the exported date with day and month exchanged".to_owned(),
            "look whether another day is meant, or a program took the day for the month".to_owned(),
        );
    }
    if matches!(attribute.kind, Kind::Phone { .. }) {
        return doubt_phone(base, text).and_then(|(rule, message)| {
            let help = format!("format the column as text and type the number again; {put_back}");
            told(rule, Severity::Error, message.to_owned(), help)
        });
    }
    if !is_free_text(attribute.kind) {
        return None;
    }
    if numbers::has_empty_decimal(text) && !base.is_some_and(numbers::has_empty_decimal) {
        return told(
            "decimal-added",
            Severity::Warning,
            "a whole number with `.0` behind it is what scripts write when a column of numbers has gaps"
                .to_owned(),
            "look whether this is what was meant; read the column as text in the script".to_owned(),
        );
    }
    if numbers::is_worked_out(text) && !base.is_some_and(numbers::is_worked_out) {
        return told(
            "perhaps-worked-out",
            Severity::Warning,
            "a spreadsheet works out a number like this from what was typed, such as `20-1234567`".to_owned(),
            "look whether this is what was meant; format the column as text before typing".to_owned(),
        );
    }
    if text == "None" && base.is_some() {
        return told(
            "word-for-nothing",
            Severity::Warning,
            "scripts write `None` where there is no value, and it would be written as it stands".to_owned(),
            "write `<clear>` to clear the value".to_owned(),
        );
    }
    if dates::has_short_year(text) && !base.is_some_and(dates::has_short_year) {
        // Whoever has no base may hold the very value that the directory holds.
        let severity = if base.is_some() {
            Severity::Error
        } else {
            Severity::Warning
        };
        return told(
            "two-digit-year",
            severity,
            "this reads like a date whose century was lost, as spreadsheets show dates".to_owned(),
            format!("write the date like `2026-06-05`; {put_back}"),
        );
    }
    if dates::is_short_day(text) && !base.is_some_and(dates::is_short_day) {
        return told(
            "perhaps-a-date",
            Severity::Warning,
            "a spreadsheet shows a date like this, perhaps where something like `1-2` or `MAR1` was typed"
                .to_owned(),
            "look whether this is what was meant; format the column as text before typing".to_owned(),
        );
    }
    if cut::is_suspicious(text) && base.is_none_or(|base| base.trim() != text) {
        return told(
            "cut-short",
            Severity::Warning,
            "the text has exactly 255 characters, where old formats cut a text off".to_owned(),
            "look at its end".to_owned(),
        );
    }
    if letters::has_gap_inside_word(text) && !base.is_some_and(letters::has_gap_inside_word) {
        return told(
            "lost-letters",
            Severity::Warning,
            "a question mark stands inside a word, as when a letter was lost".to_owned(),
            "look at the word; save the sheet as UTF-8 and type the letter again".to_owned(),
        );
    }
    None
}

/// What no telephone number holds, and programs write.
fn doubt_phone(base: Option<&str>, text: &str) -> Option<(&'static str, &'static str)> {
    let is_new = |is_it: fn(&str) -> bool| is_it(text) && !base.is_some_and(is_it);
    if is_new(dates::is_short_day) {
        return Some((
            "perhaps-a-date",
            "a spreadsheet shows a date like this; no telephone number has a month in it",
        ));
    }
    if is_new(numbers::is_worked_out) {
        return Some((
            "perhaps-worked-out",
            "a spreadsheet works out a number like this from what was typed, such as `+31-20-1234567` or `(0612345678)`",
        ));
    }
    is_new(numbers::has_empty_decimal).then_some((
        "decimal-added",
        "a program wrote this number with a decimal, as when a column of numbers has gaps",
    ))
}

/// Kinds that take any text, so that no rule of theirs would refuse what a spreadsheet made of it.
fn is_free_text(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Text { .. } | Kind::TextList { .. } | Kind::MailNickname { .. }
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;

    #[track_caller]
    fn told(base: Option<&str>, text: &str) -> Option<(&'static str, Severity)> {
        let attribute = catalogue::by_name("onPremisesExtensionAttributes.extensionAttribute1").unwrap();
        doubt(attribute, "Extension 1", base, text).map(|doubt| (doubt.rule, doubt.severity))
    }

    #[test]
    fn new_values_that_look_like_damage_are_doubted() {
        use Severity::{Error, Warning};
        let long = "x".repeat(255);
        for (base, text, rule, severity) in [
            (Some("Cook"), "05-06-26", "two-digit-year", Error),
            (Some(""), "5/6/26", "two-digit-year", Error),
            (None, "05-06-26", "two-digit-year", Warning),
            (Some("Cook"), "1-feb", "perhaps-a-date", Warning),
            (None, "Mar-01", "perhaps-a-date", Warning),
            (Some("Cook"), &long, "cut-short", Warning),
            (None, "Bj?rn", "lost-letters", Warning),
            (Some("Cook"), "extension 1", "header-in-cell", Error),
            (Some("2001-12-07"), "2001-07-12", "date-turned", Warning),
            (Some("03/04/2026"), "04/03/2026", "date-turned", Warning),
            (Some("40012"), "40013.0", "decimal-added", Warning),
            (None, "40013,0", "decimal-added", Warning),
            (Some("Cook"), "None", "word-for-nothing", Warning),
        ] {
            assert_eq!(told(base, text), Some((rule, severity)), "{base:?} {text}");
        }
    }

    #[test]
    fn new_values_in_the_manner_of_the_old_ones_are_believed() {
        let almost = "x".repeat(254);
        for (base, text) in [
            (Some("05-06-26"), "06-06-26"),
            (Some("1-feb"), "1-mrt"),
            (Some("Bj?rn"), "Bj?rk"),
            (Some("Cook"), "2026-06-05"),
            (Some("Cook"), "5-6-2026"),
            (None, "1-2"),
            (None, "Why?"),
            (None, &almost),
            (None, "Extension 10"),
            (Some("2001-12-07"), "2001-12-08"),
            (Some("2001-07-07"), "2001-07-07"),
            (Some("2001-12-07"), "2002-07-12"),
            (Some("40012.0"), "40013.0"),
            (Some("Cook"), "2.01"),
            (Some("Cook"), "Version 2.0"),
            (None, "None"),
        ] {
            assert_eq!(told(base, text), None, "{base:?} {text}");
        }
    }

    #[test]
    fn a_telephone_number_has_no_month_and_no_decimals() {
        let attribute = catalogue::by_name("mobilePhone").unwrap();
        let told =
            |base, text| doubt(attribute, "Mobile", base, text).map(|doubt| (doubt.rule, doubt.severity));
        assert_eq!(
            told(Some("+31 20 1"), "mrt-06"),
            Some(("perhaps-a-date", Severity::Error))
        );
        assert_eq!(
            told(None, "31612345678.0"),
            Some(("decimal-added", Severity::Error))
        );
        for text in ["-1234556", "-612345678", "1.23457"] {
            assert_eq!(
                told(Some(""), text),
                Some(("perhaps-worked-out", Severity::Error)),
                "{text}"
            );
        }
        for text in ["+31 6 12345678", "020-1234567", "ext. 12", "555.0199"] {
            assert_eq!(told(None, text), None, "{text}");
        }
    }

    #[test]
    fn a_turned_moment_is_doubted_in_a_column_of_dates() {
        let attribute = catalogue::by_name("employeeHireDate").unwrap();
        let told = |base, text| doubt(attribute, "Hire date", Some(base), text).map(|doubt| doubt.rule);
        assert_eq!(
            told("2001-12-07T00:00:00Z", "2001-07-12T00:00:00Z"),
            Some("date-turned")
        );
        assert_eq!(told("2001-12-07T00:00:00Z", "2001-07-12"), Some("date-turned"));
        assert_eq!(told("2001-12-07T00:00:00Z", "2001-12-08"), None);
    }

    #[test]
    fn it_is_said_when_only_the_exported_value_could_tell() {
        let attribute = catalogue::by_name("jobTitle").unwrap();
        let message = |base| doubt(attribute, "jobTitle", base, "1-feb").unwrap().message;
        assert!(message(None).contains("without the exported value nobody can tell"));
        assert!(!message(Some("Cook")).contains("without"));
    }
}
