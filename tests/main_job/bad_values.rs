//! The wrong text for every attribute of the catalogue: named with its cell, and nothing is written.

use std::collections::BTreeMap;

use dirsheet::catalogue::{self, Attribute, ClearRule, Kind};
use serde_json::Value;

use super::big::id;
use super::stand::Stand;

/// Texts that this attribute must never take, each with the rule that says so.
fn wrong(attribute: &Attribute) -> Vec<(String, &'static str)> {
    let long = |max: u16| "x".repeat(usize::from(max) + 1);
    let mut texts: Vec<(String, &str)> = match attribute.kind {
        Kind::Text { max: Some(max) } => vec![(long(max), "too-long")],
        Kind::Text { max: None } => Vec::new(),
        Kind::Phone { max } => vec![(long(max), "too-long")],
        Kind::SignInPhone { .. } => vec![
            ("+31612345678".to_owned(), "not-a-sign-in-number"),
            ("0612345678".to_owned(), "not-a-sign-in-number"),
            ("reception".to_owned(), "not-a-sign-in-number"),
        ],
        Kind::Email { .. } => vec![("no address".to_owned(), "not-an-address")],
        Kind::WebAddress => vec![
            ("notaurl".to_owned(), "not-a-web-address"),
            ("javascript:alert(1)".to_owned(), "not-a-web-address"),
        ],
        Kind::UserPrincipalName => vec![("no at sign".to_owned(), "not-a-user-principal-name")],
        Kind::MailNickname { max } => vec![
            ("with blank".to_owned(), "not-a-mail-nickname"),
            (long(max), "too-long"),
        ],
        Kind::Language => vec![("Dutch or so".to_owned(), "not-a-language")],
        Kind::Country => vec![
            ("Atlantis".to_owned(), "not-a-country"),
            ("ZZ".to_owned(), "not-a-country"),
        ],
        Kind::Boolean => vec![("maybe".to_owned(), "not-true-or-false")],
        Kind::Integer => vec![("many".to_owned(), "not-a-number")],
        Kind::DateTime => vec![
            ("5-6-2026".to_owned(), "not-a-date"),
            ("2026-13-01".to_owned(), "not-a-date"),
            ("soon".to_owned(), "not-a-date"),
        ],
        Kind::Choice(_) | Kind::Flags(_) => vec![("Whatever".to_owned(), "not-a-choice")],
        Kind::TextList { item_max, .. } => vec![(long(item_max), "too-long")],
        Kind::EmailList { .. } => vec![("a@example.com; nonsense".to_owned(), "not-an-address")],
        Kind::Identities { .. } => vec![
            (
                "emailAddress|contoso.example|a@b.example".to_owned(),
                "not-an-identity",
            ),
            ("nonsense".to_owned(), "not-an-identity"),
        ],
        Kind::Reference => vec![("00123".to_owned(), "not-a-user")],
        Kind::References { .. } => vec![
            ("a@example.com; 00123".to_owned(), "not-a-user"),
            ("a@b; c@b; d@b; e@b; f@b; g@b".to_owned(), "too-many-items"),
        ],
        Kind::Picture => vec![("../anna.jpg".to_owned(), "not-a-file-name")],
        Kind::Guid | Kind::Json => Vec::new(),
    };
    texts.push(("a\u{1}b".to_owned(), "control-character"));
    if attribute.clear == ClearRule::Never {
        texts.push(("<clear>".to_owned(), "not-clearable"));
        texts.push((String::new(), "not-clearable"));
    }
    texts
}

#[test]
fn a_wrong_text_is_found_in_every_column_that_can_be_written() {
    let stand = Stand::of(400);
    let writable: Vec<&Attribute> = catalogue::all()
        .filter(|attribute| attribute.is_writable() && attribute.is_exportable())
        .collect();
    assert!(writable.len() > 40, "{}", writable.len());
    let names: Vec<&str> = writable.iter().map(|attribute| attribute.name).collect();
    // What is to be emptied must be there.
    for user in stand.ordinary() {
        stand.edit(&id(&user), "aboutMe", "me");
        stand.edit(&id(&user), "mySite", "https://example.com");
        stand.edit(&id(&user), "birthday", "1980-01-01T00:00:00Z");
    }
    // The sign-in lacks the permission of one column, whose cells are then not read.
    stand
        .run(&["export", "-o", "users.csv", "--columns", &names.join(",")])
        .must(6);
    let mut sheet = stand.sheet("users.csv");
    let mut users = stand.ordinary().into_iter();
    let mut expected = BTreeMap::new();
    let mut kept = Vec::new();
    for attribute in writable {
        for (text, rule) in wrong(attribute) {
            let told = catalogue::rules_of(attribute);
            assert!(
                rule == "control-character" || told.contains(&rule),
                "{}: {rule} is not in docs/attributes.md",
                attribute.name
            );
            let user = users
                .find(|user| !text.is_empty() || !user[attribute.name].is_null())
                .unwrap();
            sheet.set(&id(&user), attribute.name, text.as_str());
            expected.insert((id(&user), attribute.name.to_owned()), rule);
            kept.push(id(&user));
        }
    }
    sheet.keep_rows(&kept.iter().map(String::as_str).collect::<Vec<_>>());
    stand.save("users.csv", &sheet);
    let answer = stand.json(&["check", "users.csv"], 3);
    let found = answer["findings"].as_array().unwrap();
    let mut missing = Vec::new();
    for ((user, column), rule) in &expected {
        let row = sheet.row_of(user);
        let one = found.iter().find(|finding| {
            finding["severity"] == "error"
                && finding["column"] == column.as_str()
                && finding["cell"] == cell_name(&sheet.header, column, row)
        });
        match one {
            Some(finding) => {
                // A text of exactly the length at which some programs cut may be told as that.
                if finding["rule"] != *rule && finding["rule"] != "cut-short" {
                    missing.push(format!("{column}: {} instead of {rule}", finding["rule"]));
                }
                assert!(!finding["help"].as_str().unwrap().is_empty());
                assert!(!finding["user"].as_str().unwrap().is_empty());
            }
            None => missing.push(format!("{column}: no {rule} for {:?}", sheet.of(user, column))),
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    stand
        .run(&["apply", "users.csv", "--yes"])
        .must(3)
        .says(&["nothing was written"]);
    assert!(stand.history().is_empty());
    // Held back cell by cell there is nothing left to send.
    stand
        .run(&["apply", "users.csv", "--yes", "--skip-errors"])
        .must(6);
    assert!(stand.history().is_empty());
}

/// `P17`, as a spreadsheet counts.
fn cell_name(header: &[String], column: &str, row: usize) -> String {
    let mut index = header.iter().position(|name| name == column).unwrap() + 1;
    let mut letters = String::new();
    while index > 0 {
        letters.insert(0, char::from(b'A' + ((index - 1) % 26) as u8));
        index = (index - 1) / 26;
    }
    format!("{letters}{}", row + 2)
}

#[test]
fn an_edited_cell_of_a_read_only_column_is_found_and_an_untouched_one_is_not() {
    let stand = Stand::of(60);
    let ran = stand.run(&["export", "-o", "users.csv", "--columns", "all"]);
    ran.must(0);
    let mut sheet = stand.sheet("users.csv");
    let users: Vec<Value> = stand.ordinary();
    let read_only: Vec<&Attribute> = catalogue::all()
        .filter(|attribute| !attribute.is_writable() && attribute.name != "id")
        .filter(|attribute| sheet.header.iter().any(|name| name == attribute.name))
        .collect();
    assert!(read_only.len() > 15, "{}", read_only.len());
    let user = id(&users[0]);
    for attribute in &read_only {
        sheet.set(&user, attribute.name, "edited");
    }
    stand.save("users.csv", &sheet);
    let answer = stand.json(&["check", "users.csv"], 3);
    let found = answer["findings"].as_array().unwrap();
    assert!(
        found.iter().all(|finding| finding["rule"] == "read-only"),
        "{found:#?}"
    );
    assert_eq!(found.len(), read_only.len());
    stand.run(&["apply", "users.csv", "--yes"]).must(3);
    assert!(stand.history().is_empty());
}

#[test]
fn marks_that_nobody_sees_at_the_ends_of_a_cell_are_taken_off_and_named() {
    let stand = Stand::of(40);
    let user = id(&stand.ordinary()[0]);
    let mut sheet = stand.export();
    sheet.set(&user, "jobTitle", "\u{202e}Juggler\u{200b}");
    stand.save("users.csv", &sheet);
    let words = ["marks-taken-off", "U+202E, U+200B"];
    stand.run(&["check", "users.csv"]).must(0).says(&words);
    stand.run(&["apply", "users.csv", "--yes"]).must(0).says(&words);
    assert_eq!(stand.dump()[&user]["jobTitle"], "Juggler");
}
