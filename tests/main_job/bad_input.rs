//! Files that are no sheet, and sheets that are not sound: a finding with place and remedy, and nothing written.

use std::io::Write;

use serde_json::Value;

use super::big::id;
use super::sheet::{Saving, Sheet};
use super::stand::Stand;

/// Every finding of these rules is complete: what is wrong, and what to do.
#[track_caller]
fn findings<'f>(answer: &'f Value, rule: &str) -> Vec<&'f Value> {
    let found: Vec<&Value> = answer["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["rule"] == rule)
        .collect();
    assert!(!found.is_empty(), "no {rule} in {:#}", answer["findings"]);
    for finding in &found {
        assert!(!finding["message"].as_str().unwrap().is_empty());
        assert!(!finding["help"].as_str().unwrap().is_empty());
    }
    found
}

/// `check`, `plan` and `apply` all refuse the file with this rule and exit code 3, and nothing is written.
#[track_caller]
fn refused(stand: &Stand, file: &str, rule: &str) -> Value {
    let answer = stand.json(&["check", file], 3);
    findings(&answer, rule);
    let said = stand.run(&["check", file]).must(3).says(&[rule, "help: "]);
    assert_eq!(said.stdout, "", "findings are for people, not data");
    stand.run(&["plan", file]).must(3).says(&[rule]);
    stand
        .run(&["apply", file, "--yes"])
        .must(3)
        .says(&[rule, "nothing was written"]);
    assert!(stand.history().is_empty());
    assert_eq!(stand.stats().writes_received, 0);
    answer
}

#[test]
fn files_that_are_no_sheet_are_refused() {
    let stand = Stand::of(20);
    let utf32: Vec<u8> = "\u{feff}id;jobTitle\r\n"
        .chars()
        .flat_map(|c| u32::from(c).to_le_bytes())
        .collect();
    // A byte order mark says UTF-8, and then a letter is not.
    let latin = b"\xef\xbb\xbfid,displayName\r\n1,Zo\xeb\r\n".to_vec();
    let files: [(&str, Vec<u8>, &str); 8] = [
        ("empty.csv", Vec::new(), "file-empty"),
        ("mark.csv", "\u{feff}".into(), "file-empty"),
        ("blank.csv", "\r\n\r\n".into(), "file-empty"),
        (
            "workbook.xlsx",
            b"PK\x03\x04\x14\0\x06\0xl/workbook.xml [Content_Types].xml".to_vec(),
            "workbook-damaged",
        ),
        (
            "old.xls",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0".to_vec(),
            "file-is-a-workbook",
        ),
        ("wide.csv", utf32, "encoding-not-read"),
        ("latin.csv", latin, "encoding-not-utf8"),
        ("nul.csv", b"id,jobTitle\r\n1,a\0b\r\n".to_vec(), "nul-byte"),
    ];
    for (name, bytes, rule) in files {
        stand.write(name, bytes);
        let answer = stand.json(&["check", name], 3);
        let rules: Vec<&str> = answer["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| finding["rule"].as_str().unwrap())
            .collect();
        assert!(rules.contains(&rule), "{name}: {rules:?}");
        refused(&stand, name, rule);
    }
    std::fs::create_dir(stand.path("folder.csv")).unwrap();
    refused(&stand, "folder.csv", "file-is-a-folder");
    refused(&stand, "absent.csv", "file-not-found");
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let stand = Stand::of(20);
    stand.export();
    let path = stand.path("users.csv");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    // Root reads everything.
    if std::fs::read(&path).is_err() {
        refused(&stand, "users.csv", "file-not-readable");
    }
}

#[test]
fn a_header_alone_asks_for_nothing() {
    let stand = Stand::of(20);
    stand.write("users.csv", "id,userPrincipalName,jobTitle,_snapshot\r\n");
    stand.run(&["check", "users.csv"]).must(0).says(&["0 rows"]);
    stand
        .run(&["apply", "users.csv", "--yes"])
        .must(0)
        .says(&["no-rows", "nothing to do"]);
    assert!(stand.history().is_empty());
}

#[test]
fn a_header_that_cannot_be_understood_is_refused_with_its_cell() {
    let stand = Stand::of(20);
    let user = id(&stand.ordinary()[0]);
    for (header, rule, cell) in [
        ("id,jobTitel", "unknown-column", Some("B1")),
        ("id,jobTitle,JOBTITLE", "duplicate-column", Some("C1")),
        ("displayName,jobTitle", "no-key-column", None),
        ("id,", "column-without-name", Some("B2")),
    ] {
        let cells = header.matches(',').count();
        stand.write(
            "users.csv",
            format!("{header}\r\n{user}{}\r\n", ",x".repeat(cells)),
        );
        let answer = refused(&stand, "users.csv", rule);
        if let Some(cell) = cell {
            assert_eq!(findings(&answer, rule)[0]["cell"], cell, "{header}");
        }
    }
    let answer = stand.json(&["check", "users.csv"], 3);
    assert!(answer["sheet"].is_object() || answer["sheet"].is_null());
    stand.write("users.csv", format!("id,jobTitel\r\n{user},x\r\n"));
    stand.run(&["check", "users.csv"]).must(3).says(&["jobTitle"]);
}

#[test]
fn rows_that_are_not_sound_are_refused_with_their_place() {
    let stand = Stand::of(20);
    let users = stand.ordinary();
    let (anna, ben) = (id(&users[0]), id(&users[1]));
    let name = users[0]["userPrincipalName"].as_str().unwrap();
    let stranger = "0a1b2c3d-0000-4000-8000-00000000000f";
    let cases = [
        (format!("id,jobTitle,city\r\n{anna},One\r\n"), "ragged-row", true),
        (format!("id,jobTitle\r\n{anna},One,Two\r\n"), "ragged-row", true),
        (
            format!("id,jobTitle\r\n{anna},\"One\r\n"),
            "quote-not-closed",
            true,
        ),
        (
            format!("id,jobTitle\r\n{anna},\"One\"two\r\n"),
            "text-after-quote",
            true,
        ),
        ("id,jobTitle\r\nnobody,One\r\n".to_owned(), "not-an-id", true),
        (
            "id,userPrincipalName,jobTitle\r\n,,One\r\n".to_owned(),
            "no-key",
            true,
        ),
        (
            format!("id,jobTitle,_snapshot\r\n{anna},One,yesterday\r\n"),
            "not-a-snapshot",
            true,
        ),
        (
            format!("id,jobTitle\r\n{anna},One\r\n{anna},Two\r\n"),
            "rows-contradict",
            true,
        ),
        (
            format!("id,jobTitle\r\n{stranger},One\r\n"),
            "unknown-user",
            false,
        ),
        (
            "userPrincipalName,jobTitle\r\nno.one@contoso.example,One\r\n".to_owned(),
            "unknown-user",
            false,
        ),
        (
            format!("id,userPrincipalName,jobTitle\r\n{ben},{name},One\r\n"),
            "keys-disagree",
            false,
        ),
        (
            format!("id,manager\r\n{anna},no.one@contoso.example\r\n"),
            "unknown-reference",
            false,
        ),
        (format!("id,manager\r\n{anna},{anna}\r\n"), "own-manager", false),
    ];
    for (text, rule, offline) in cases {
        stand.write("users.csv", &text);
        if offline {
            let answer = refused(&stand, "users.csv", rule);
            assert!(
                findings(&answer, rule)[0]["line"].as_u64().unwrap() >= 2,
                "{text}"
            );
        } else {
            stand.run(&["check", "users.csv"]).must(0);
            let plan = stand.json(&["plan", "users.csv"], 3);
            let found = findings(&plan, rule);
            assert_eq!(found[0]["line"], 2, "{text}");
            stand
                .run(&["apply", "users.csv", "--yes"])
                .must(3)
                .says(&[rule, "nothing was written"]);
        }
        assert!(stand.history().is_empty(), "{text}");
    }
}

#[test]
fn a_second_header_row_is_one_error_that_names_its_row() {
    let stand = Stand::of(20);
    let mut sheet = stand.export();
    let header: Vec<String> = sheet.header.clone();
    sheet.rows.insert(3, header);
    stand.save("users.csv", &sheet);
    let answer = stand.json(&["check", "users.csv"], 3);
    let all = answer["findings"].as_array().unwrap();
    assert_eq!(all.len(), 1, "{all:#?}");
    assert_eq!(
        (&all[0]["rule"], &all[0]["row"]),
        (&"second-header".into(), &5.into())
    );
    stand
        .run(&["check", "users.csv"])
        .must(3)
        .says(&["this row is a second header", "delete the row"]);
    stand.run(&["plan", "users.csv", "--skip-errors"]).must(0);
}

#[test]
fn two_rows_of_one_user_that_agree_are_one_wish() {
    let stand = Stand::of(20);
    let user = id(&stand.ordinary()[0]);
    stand.write(
        "users.csv",
        format!("id,jobTitle\r\n{user},Same\r\n{user},Same\r\n"),
    );
    stand.run(&["apply", "users.csv", "--yes"]).must(0);
    assert_eq!(stand.history().len(), 1);
}

#[test]
fn a_single_cell_of_a_hundred_megabytes_is_refused() {
    let stand = Stand::of(20);
    let user = id(&stand.ordinary()[0]);
    let mut file = std::fs::File::create(stand.path("users.csv")).unwrap();
    write!(file, "id,jobTitle\r\n{user},\"").unwrap();
    let megabyte = vec![b'x'; 1 << 20];
    (0..100).for_each(|_| file.write_all(&megabyte).unwrap());
    file.write_all(b"\"\r\n").unwrap();
    drop(file);
    let answer = stand.json(&["check", "users.csv"], 3);
    let found = answer["findings"].as_array().unwrap();
    assert!(
        found
            .iter()
            .any(|finding| finding["rule"] == "cell-too-long" || finding["rule"] == "file-too-large"),
        "{found:?}"
    );
    assert!(
        answer.to_string().len() < 10_000,
        "a message never repeats the cell"
    );
    stand
        .run(&["apply", "users.csv", "--yes"])
        .must(3)
        .says(&["nothing was written"]);
    assert!(stand.history().is_empty());
}

#[test]
fn the_errors_of_some_cells_stop_all_unless_they_are_to_be_skipped() {
    let stand = Stand::of(60);
    let mut sheet = stand.export();
    let users: Vec<String> = stand.ordinary().iter().take(3).map(id).collect();
    sheet.set(&users[0], "jobTitle", "Good");
    sheet.set(&users[1], "jobTitle", "Good too");
    sheet.set(&users[1], "usageLocation", "Atlantis");
    sheet.set(&users[2], "id", "not an id");
    stand.save("users.csv", &sheet);
    let plan = stand.json(&["plan", "users.csv"], 3);
    assert_eq!(
        plan["changes"].as_array().unwrap().len(),
        2,
        "the good changes are shown all the same"
    );
    stand
        .run(&["apply", "users.csv", "--yes"])
        .must(3)
        .says(&["--skip-errors"]);
    assert!(stand.history().is_empty());
    let done = stand.json(&["apply", "users.csv", "--yes", "--skip-errors"], 6);
    assert_eq!(done["summary"]["updated"], 1, "{:#}", done["summary"]);
    assert_eq!(done["summary"]["partial"], 1);
    assert_eq!(done["summary"]["skipped"], 1);
    assert_eq!(stand.history().len(), 2);
}

#[test]
fn an_unknown_delimiter_and_a_forced_one_are_understood() {
    let stand = Stand::of(20);
    let sheet = stand.export();
    let user = id(&stand.ordinary()[0]);
    let mut small = Sheet::new(&["id", "jobTitle"], &[&[&user, "Pilot"]]);
    small.header[1] = "Job title".to_owned();
    for delimiter in [b';', b'\t'] {
        stand.write(
            "users.csv",
            small.bytes(Saving {
                delimiter,
                ..Saving::default()
            }),
        );
        stand.run(&["check", "users.csv"]).must(0);
    }
    stand
        .run(&["check", "users.csv", "--delimiter", ","])
        .must(3)
        .says(&["help: "]);
    stand.run(&["check", "users.csv", "--delimiter", ":"]).must(2);
    assert!(!sheet.rows.is_empty());
}
