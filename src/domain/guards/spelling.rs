//! One spelling for values that a person takes for the same, so that a limit is not got round by a blank.
//!
//! Only for counting. What is written, and whether there is anything to write, is decided by [`same`](crate::domain::same), which is
//! stricter: whoever writes a number with other blanks means that change.

use unicode_normalization::UnicodeNormalization;

use crate::catalogue::{Attribute, Kind};
use crate::domain::Value;
use crate::domain::invisible::visible;
use crate::domain::value::comparable;

/// The values of the attribute that get the same text are the same for a reader.
pub(super) fn one_spelling(attribute: &Attribute, value: &Value) -> String {
    match value {
        Value::Empty => String::new(),
        Value::Boolean(_) | Value::Integer(_) => value.to_cell(),
        Value::Reference(reference) => reference.id.to_string(),
        Value::References(people) => {
            let mut ids: Vec<String> = people.iter().map(|one| one.id.to_string()).collect();
            ids.sort();
            ids.join("\n")
        }
        Value::Text(text) => text_spelling(attribute, text),
        Value::List(items) => {
            let mut items: Vec<String> = items.iter().map(|item| text_spelling(attribute, item)).collect();
            items.sort();
            items.dedup();
            items.join("\n")
        }
    }
}

fn text_spelling(attribute: &Attribute, text: &str) -> String {
    if is_telephone(attribute) {
        let number = telephone(text);
        // A text without a digit, such as `n/a`, is no number.
        if number.bytes().any(|byte| byte.is_ascii_digit()) {
            return number;
        }
    }
    match attribute.kind {
        // These have one spelling for each meaning, in which capitals may matter (the `T` of a moment) or not.
        Kind::DateTime | Kind::Flags(_) | Kind::Json => comparable(attribute.kind, text),
        _ => {
            let plain: String = visible(text).nfkc().flat_map(char::to_lowercase).collect();
            plain.split_whitespace().collect::<Vec<_>>().join(" ")
        }
    }
}

/// Telephone numbers; the business phone is a list for the service.
fn is_telephone(attribute: &Attribute) -> bool {
    matches!(attribute.kind, Kind::Phone { .. }) || attribute.name == "businessPhones"
}

/// Digits and letters alone (an extension is written with letters), without the `(0)` that nobody dials from abroad and without
/// the `+` or `00` in front.
fn telephone(text: &str) -> String {
    let plain: String = text.nfkc().flat_map(char::to_lowercase).collect();
    let without_trunk = plain.replace("(0)", "");
    let kept: String = without_trunk.chars().filter(|c| c.is_alphanumeric()).collect();
    let is_abroad = !without_trunk.contains('+');
    match kept.strip_prefix("00") {
        Some(number) if is_abroad => number.to_owned(),
        _ => kept,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::by_name;

    fn text(name: &str, text: &str) -> String {
        one_spelling(by_name(name).unwrap(), &Value::Text(text.to_owned()))
    }

    #[test]
    fn a_telephone_number_is_its_digits() {
        let one = text("mobilePhone", "+31612345678");
        for other in [
            "+31 6 1234 5678",
            "+31-6-12345678",
            "+31 (0)6 1234 5678",
            "0031 6 12.34.56.78",
            "\u{202a}+31\u{a0}6\u{2011}12345678\u{202c}",
            "+３１ 6 1234 5678",
        ] {
            assert_eq!(text("mobilePhone", other), one, "{other}");
        }
        for other in ["+31612345679", "+31 6 1234 5678 ext. 9", "06 1234 5678", "n/a"] {
            assert_ne!(text("mobilePhone", other), one, "{other}");
        }
        let business = by_name("businessPhones").unwrap();
        let list = |item: &str| one_spelling(business, &Value::List(vec![item.to_owned()]));
        assert_eq!(list("+31 20 555"), list("0031-20-555"));
    }

    #[test]
    fn texts_differ_neither_by_capitals_nor_by_blanks_nor_by_what_nobody_sees() {
        for (name, left, right) in [
            ("city", "Den Haag", " DEN  HAAG\u{200b}"),
            ("employeeId", "E0041", "e0041"),
            ("mail", "Desk@example.com", "desk@EXAMPLE.com"),
            ("department", "Caf\u{e9}", "Cafe\u{301}"),
            (
                "employeeHireDate",
                "2026-01-02T00:00:00Z",
                "2026-01-02T00:00:00.000Z",
            ),
        ] {
            assert_eq!(text(name, left), text(name, right), "{name}");
        }
        assert_ne!(text("employeeId", "007"), text("employeeId", "7"));
        assert_ne!(text("city", "Delft"), text("city", "Delfs"));
    }
}
