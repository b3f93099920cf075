//! When two values are the same.

use super::*;

fn list(items: &[&str]) -> Value {
    Value::list(items.iter().map(|item| (*item).to_owned()).collect())
}

fn reference(number: u8, upn: &str) -> Value {
    Value::Reference(Reference {
        id: id(number),
        upn: Some(upn.to_owned()),
    })
}

#[test]
fn these_values_are_the_same_and_need_no_write() {
    for (name, left, right) in [
        ("displayName", text("Zoë"), text("Zoe\u{308}")),
        ("streetAddress", text("Dam 1\r\nBak 3"), text("Dam 1\nBak 3")),
        ("streetAddress", text("Dam 1\rBak 3"), text("Dam 1\nBak 3")),
        ("jobTitle", text(""), Value::Empty),
        ("mail", text("Jan@Example.com"), text("jan@example.COM")),
        ("userPrincipalName", text("Jan@x.nl"), text("jan@x.nl")),
        ("preferredLanguage", text("en-us"), text("en-US")),
        ("usageLocation", text("nl"), text("NL")),
        (
            "otherMails",
            list(&["a@x.nl", "B@x.nl"]),
            list(&["b@X.nl", "a@x.nl", "a@x.nl"]),
        ),
        ("otherMails", Value::List(Vec::new()), Value::Empty),
        ("mobilePhone", text("+31\u{a0}6"), text("\u{202a}+31 6\u{202c} ")),
        (
            "employeeHireDate",
            text("2026-06-05T00:00:00Z"),
            text("2026-06-05T02:00:00+02:00"),
        ),
        (
            "employeeHireDate",
            text("2026-06-05T00:00:00.000Z"),
            text("2026-06-05T00:00:00Z"),
        ),
        ("passwordPolicies", text("B, A"), text("A,B")),
        ("passwordPolicies", text("None"), Value::Empty),
        (
            "passwordPolicies",
            text("DisableStrongPassword, None"),
            text("DisableStrongPassword"),
        ),
        ("manager", reference(3, "old@x.nl"), reference(3, "new@x.nl")),
    ] {
        assert!(same(attribute(name), &left, &right), "{name} {left:?} {right:?}");
        assert!(same(attribute(name), &right, &left), "{name} {right:?} {left:?}");
    }
}

#[test]
fn these_values_differ() {
    for (name, left, right) in [
        ("displayName", text("Zoë"), text("Zoe")),
        ("displayName", text("jan"), text("Jan")),
        ("displayName", text("Jan"), text("Jаn")),
        ("displayName", text("Jan"), text("Jan ")),
        ("displayName", text("A  B"), text("A B")),
        ("jobTitle", text("None"), Value::Empty),
        ("employeeId", text("007"), text("7")),
        ("ageGroup", text("minor"), text("Minor")),
        ("mobilePhone", text("+31612345678"), text("+31 6 12345678")),
        ("mobilePhone", text("0612"), text("612")),
        (
            "employeeHireDate",
            text("2026-06-05T00:00:00Z"),
            text("2026-06-05T00:00:01Z"),
        ),
        (
            "employeeHireDate",
            text("2026-06-05T00:00:00Z"),
            text("2026-06-05T00:00:00+02:00"),
        ),
        ("otherMails", list(&["a@x.nl"]), list(&["a@x.nl", "b@x.nl"])),
        ("businessPhones", list(&["A"]), list(&["a"])),
        ("accountEnabled", Value::Boolean(false), Value::Empty),
        ("accountEnabled", Value::Boolean(false), Value::Boolean(true)),
        ("manager", reference(3, "boss@x.nl"), reference(4, "boss@x.nl")),
        ("manager", reference(3, "boss@x.nl"), Value::Empty),
        ("passwordPolicies", text("DisableStrongPassword"), text("None")),
    ] {
        assert!(!same(attribute(name), &left, &right), "{name} {left:?} {right:?}");
        assert!(!same(attribute(name), &right, &left), "{name} {right:?} {left:?}");
    }
}

#[test]
fn a_cell_shows_a_value_as_the_export_writes_it() {
    for (value, cell) in [
        (Value::Empty, ""),
        (Value::Boolean(true), "true"),
        (Value::Integer(-7), "-7"),
        (list(&["a", "b"]), "a; b"),
        (list(&[]), ""),
        (reference(3, "boss@x.nl"), "boss@x.nl"),
        (
            Value::Reference(Reference { id: id(3), upn: None }),
            "00000000-0000-4000-8000-000000000003",
        ),
    ] {
        assert_eq!(value.to_cell(), cell);
    }
}

#[test]
fn every_value_comes_back_from_json_as_it_was() {
    for value in [
        Value::Empty,
        text("null"),
        text("true"),
        text("7"),
        text(""),
        Value::Boolean(false),
        Value::Integer(i64::MAX),
        list(&["a; b", "c"]),
        reference(3, "boss@x.nl"),
        Value::Reference(Reference { id: id(3), upn: None }),
    ] {
        let json = serde_json::to_string(&value).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&json).unwrap(), value, "{json}");
    }
}

#[test]
fn a_name_is_a_key_without_case_but_not_without_its_alphabet() {
    assert_eq!(UpnKey::new(" Jan@X.NL "), UpnKey::new("jan@x.nl"));
    assert_eq!(UpnKey::new("ÉVA@x.nl"), UpnKey::new("éva@x.nl"));
    assert_ne!(UpnKey::new("\u{212a}im@x.nl"), UpnKey::new("kim@x.nl"));
    assert_ne!(UpnKey::new("jаn@x.nl"), UpnKey::new("jan@x.nl"));
}
