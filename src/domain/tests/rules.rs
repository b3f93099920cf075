//! What each kind of cell may hold.

use super::super::rules::{clear, interpret, read_cell};
use super::*;

#[track_caller]
pub fn reads(name: &str, cell: &str, value: Value) {
    match read_cell(attribute(name), cell) {
        Ok(Edit::Set(read)) => assert_eq!(read, value, "{name} {cell:?}"),
        other => panic!("{name} {cell:?}: {other:?}"),
    }
}

#[track_caller]
pub fn refuses(name: &str, cell: &str, rule: &str) -> Option<String> {
    match read_cell(attribute(name), cell) {
        Err(problem) => {
            assert_eq!(problem.rule, rule, "{name} {cell:?}: {}", problem.message);
            assert!(!problem.message.is_empty() && !problem.help.is_empty(), "{rule}");
            problem.repair
        }
        Ok(edit) => panic!("{name} {cell:?} was read as {edit:?}"),
    }
}

#[test]
fn good_cells_of_every_kind_become_these_values() {
    let list = |items: &[&str]| Value::List(items.iter().map(|item| (*item).to_owned()).collect());
    for (name, cell, value) in [
        ("jobTitle", " Chef de cuisine ", text("Chef de cuisine")),
        ("jobTitle", "'s-Gravesande", text("'s-Gravesande")),
        (
            "jobTitle",
            "Εσωτερικός Ελεγκτής 🧑‍🍳",
            text("Εσωτερικός Ελεγκτής 🧑‍🍳"),
        ),
        ("displayName", "می‌خواهم", text("می‌خواهم")),
        ("displayName", "@home team", text("@home team")),
        ("surname", "Null", text("Null")),
        ("surname", "Clear", text("Clear")),
        ("city", "Leer", text("Leer")),
        ("streetAddress", "Dam 1\nBak 3", text("Dam 1\nBak 3")),
        ("mobilePhone", "+31 6 1234 5678", text("+31 6 1234 5678")),
        (
            "mobilePhone",
            "\u{202a}+31612345678\u{202c}",
            text("+31612345678"),
        ),
        ("mobilePhone", "\u{a0}020-1234567\u{200b}", text("020-1234567")),
        (
            "mail",
            "o'Neil+x@sub.example.com",
            text("o'Neil+x@sub.example.com"),
        ),
        (
            "userPrincipalName",
            "jan_doe#EXT#@contoso.com",
            text("jan_doe#EXT#@contoso.com"),
        ),
        ("mailNickname", "jan.smit", text("jan.smit")),
        ("preferredLanguage", "NL-nl", text("nl-NL")),
        ("preferredLanguage", "zh-hans-cn", text("zh-Hans-CN")),
        ("usageLocation", "nl", text("NL")),
        ("employeeHireDate", "2026-06-05", text("2026-06-05T00:00:00Z")),
        ("employeeHireDate", "2024-02-29", text("2024-02-29T00:00:00Z")),
        (
            "employeeHireDate",
            "2026-06-05T02:00:00+02:00",
            text("2026-06-05T00:00:00Z"),
        ),
        (
            "employeeHireDate",
            "2026-03-29T02:30:00+01:00",
            text("2026-03-29T01:30:00Z"),
        ),
        (
            "employeeHireDate",
            "2026-06-05T00:00:00.0000000Z",
            text("2026-06-05T00:00:00Z"),
        ),
        ("ageGroup", "NOTADULT", text("NotAdult")),
        ("passwordPolicies", "none", text("None")),
        (
            "passwordPolicies",
            "DisableStrongPassword; disablepasswordexpiration",
            text("DisablePasswordExpiration, DisableStrongPassword"),
        ),
        ("otherMails", "a@x.nl; b@y.nl ;", list(&["a@x.nl", "b@y.nl"])),
        ("businessPhones", "+31 20 1234567", list(&["+31 20 1234567"])),
        ("employeeOrgData.costCenter", "0042", text("0042")),
        (
            "onPremisesExtensionAttributes.extensionAttribute3",
            "1E5",
            text("1E5"),
        ),
    ] {
        reads(name, cell, value);
    }
}

#[test]
fn truth_words_are_read_in_five_languages_and_in_any_case() {
    for (word, truth) in [
        ("true", true),
        ("TRUE", true),
        ("Waar", true),
        ("WAHR", true),
        ("vrai", true),
        ("VERDADERO", true),
        ("False", false),
        ("onwaar", false),
        ("FALSCH", false),
        ("Faux", false),
        ("falso", false),
    ] {
        reads("accountEnabled", word, Value::Boolean(truth));
    }
    for word in ["1", "0", "yes", "ja", "on", "t", "truе", "true false"] {
        refuses("accountEnabled", word, "not-true-or-false");
    }
}

#[test]
fn a_reference_is_a_name_or_an_id() {
    let edit = |cell: &str| read_cell(attribute("manager"), cell);
    assert_eq!(
        edit(" Boss@Example.com "),
        Ok(Edit::Refer(UserKey::Upn(UpnKey::new("boss@example.com"))))
    );
    assert_eq!(
        edit("00000000-0000-4000-8000-00000000000A"),
        Ok(Edit::Refer(UserKey::Id(id(10))))
    );
    let holder =
        |name: &str, text: &str| Ok(Edit::ReferHolder(KeyValue::new(attribute(name), text).unwrap()));
    assert_eq!(edit("EmployeeId: 00123"), holder("employeeId", "00123"));
    assert_eq!(edit("The Boss"), holder("displayName", "The Boss"));
    for cell in ["123", "employeeId:"] {
        refuses("manager", cell, "not-a-user");
    }
}

#[test]
fn the_clear_word_clears_in_any_case() {
    for word in ["<clear>", "<CLEAR>", " <Clear> "] {
        assert_eq!(read_cell(attribute("jobTitle"), word), Ok(Edit::Clear));
        assert_eq!(read_cell(attribute("otherMails"), word), Ok(Edit::Clear));
        assert_eq!(read_cell(attribute("manager"), word), Ok(Edit::Clear));
        assert_eq!(
            read_cell(attribute("usageLocation"), word).unwrap_err().rule,
            "not-clearable"
        );
    }
}

#[test]
fn a_text_that_only_resembles_the_clear_word_is_never_written() {
    for cell in [
        "<leeg>",
        "< clear >",
        "<clear",
        "clear>",
        "[clear]",
        "(Clear)",
        "{clear}",
        "＜clear＞",
        "<сlear>",
        "<cl\u{200b}ear>",
        "<löschen>",
        "<null>",
        "<>",
        "NULL",
        "null",
        "n/a",
        "N/A",
        "(empty)",
        "(cleared)",
        "-",
        "–",
        "—",
        "leeg",
    ] {
        let problem = read_cell(attribute("jobTitle"), cell);
        let rule = problem.err().map(|problem| problem.rule);
        assert!(
            matches!(rule, Some("word-for-nothing" | "control-character")),
            "{cell:?}: {rule:?}"
        );
    }
}

#[test]
fn every_attribute_can_be_cleared_or_says_why_not() {
    for attribute in catalogue::all() {
        match clear(attribute) {
            Ok(edit) => {
                assert_eq!(edit, Edit::Clear);
                assert!(attribute.is_writable(), "{}", attribute.name);
            }
            Err(problem) => {
                let expected = if attribute.is_writable() {
                    "not-clearable"
                } else {
                    "read-only"
                };
                assert_eq!(problem.rule, expected, "{}", attribute.name);
                assert!(problem.message.contains(attribute.name));
                assert!(!problem.help.is_empty());
            }
        }
    }
}

#[test]
fn a_read_only_attribute_gives_its_reason_whatever_the_cell_holds() {
    for attribute in catalogue::all().filter(|attribute| !attribute.is_writable()) {
        for cell in ["x", "<clear>", "true", "#NAME?"] {
            let problem = read_cell(attribute, cell).unwrap_err();
            assert_eq!(problem.rule, "read-only", "{}", attribute.name);
            assert!(
                problem
                    .message
                    .starts_with(&format!("`{}` cannot be changed: ", attribute.name))
            );
        }
    }
}

#[test]
fn a_cell_with_nothing_to_see_is_not_taken_for_an_empty_one() {
    for cell in [
        " ",
        "\u{a0}",
        "\t",
        "\u{200b}",
        "\u{feff}",
        "\u{200d}\u{200c}",
        "\n",
    ] {
        refuses("jobTitle", cell, "only-blanks");
    }
}

#[test]
fn control_characters_are_refused_and_line_breaks_belong_into_addresses_only() {
    for cell in [
        "a\u{0}b",
        "a\u{7}b",
        "a\tb",
        "a\nb",
        "a\r\nb",
        "a\u{85}b",
        "a\u{2028}b",
        "a\u{202e}b",
        "a\u{2066}b",
    ] {
        refuses("displayName", cell, "control-character");
    }
    refuses("streetAddress", "a\tb", "control-character");
    refuses("otherMails", "a@x.nl\nb@x.nl", "control-character");
}

#[test]
fn lengths_are_counted_in_utf16_units_and_end_exactly_at_the_limit() {
    for (name, max) in [
        ("displayName", 256),
        ("givenName", 64),
        ("surname", 64),
        ("jobTitle", 128),
        ("department", 64),
        ("companyName", 64),
        ("officeLocation", 128),
        ("employeeId", 16),
        ("mobilePhone", 64),
        ("businessPhones", 64),
        ("mailNickname", 64),
        ("streetAddress", 1024),
        ("postalCode", 40),
        ("onPremisesExtensionAttributes.extensionAttribute15", 1024),
    ] {
        let full = "x".repeat(max);
        assert!(read_cell(attribute(name), &full).is_ok(), "{name}");
        refuses(name, &format!("{full}x"), "too-long");
    }
    reads("employeeId", &"𝕏".repeat(8), text(&"𝕏".repeat(8)));
    refuses("employeeId", &"𝕏".repeat(9), "too-long");
    reads("employeeId", &"é".repeat(16), text(&"é".repeat(16)));
}

#[test]
fn a_text_as_long_as_a_spreadsheet_cell_was_cut_off() {
    assert!(read_cell(attribute("employeeType"), &"x".repeat(32_766)).is_ok());
    refuses("employeeType", &"x".repeat(32_767), "cut-short");
    refuses("faxNumber", &"1".repeat(40_000), "cut-short");
}

#[test]
fn what_only_a_spreadsheet_writes_is_never_a_value() {
    for cell in [
        "#NAME?",
        "#naam?",
        "#N/A",
        "Err:509",
        "Err :509",
        "Fout:509",
        "#DIV/0!",
        "#¡VALOR!",
    ] {
        refuses("jobTitle", cell, "spreadsheet-error");
        refuses("mail", cell, "spreadsheet-error");
    }
    for cell in ["1.23457E+11", "1,23E+10", "3E+10", "-1.5E-07"] {
        refuses("mobilePhone", cell, "scientific-notation");
        refuses("employeeId", cell, "scientific-notation");
    }
    for cell in ["=B2&C2", "=1+1", "=cmd|' /C calc'!A0"] {
        refuses("jobTitle", cell, "formula");
    }
    refuses("displayName", "Zo\u{fffd}", "lost-letters");
}

#[test]
fn a_text_of_the_directory_can_be_understood_where_it_could_not_be_written() {
    assert_eq!(
        interpret(attribute("passwordPolicies"), ""),
        Some(Edit::Set(Value::Empty))
    );
    assert_eq!(
        interpret(attribute("assignedPlans"), "[]"),
        Some(Edit::Set(text("[]")))
    );
    assert_eq!(interpret(attribute("userPrincipalName"), "no name"), None);
}
