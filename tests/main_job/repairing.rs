//! `check --fix`: a copy in which every certain repair was made, the sheet itself left alone, and each repair listed.

use serde_json::Value;

use super::stand::Stand;

/// An export that lost zeros and a plus on the way, and got two edits: a country by its name, and a title.
fn damaged() -> (Stand, [String; 3]) {
    let stand = Stand::of(30);
    let ids: Vec<String> = stand
        .ordinary()
        .iter()
        .take(3)
        .map(|user| user["id"].as_str().unwrap().to_owned())
        .collect();
    let ids: [String; 3] = ids.try_into().unwrap();
    stand.edit(&ids[0], "employeeId", "00012345");
    stand.edit(&ids[1], "mobilePhone", "+31612345678");
    let mut sheet = stand.export();
    sheet.set(&ids[0], "employeeId", "12345");
    sheet.set(&ids[1], "mobilePhone", "31612345678");
    sheet.set(&ids[2], "usageLocation", "Belgium");
    sheet.set(&ids[2], "jobTitle", "Head of Repairs");
    stand.save("users.csv", &sheet);
    (stand, ids)
}

#[test]
fn a_repaired_copy_has_only_the_edits_left_and_the_sheet_is_as_it_was() {
    let (stand, ids) = damaged();
    let before = std::fs::read(stand.path("users.csv")).unwrap();
    stand.run(&["check", "users.csv"]).must(3);
    stand
        .run(&["check", "users.csv", "--fix", "-o", "repaired.csv"])
        .must(0)
        .says(&[
            "3 cells put right, no error is left",
            "“12345” → “00012345”",
            "“Belgium” → “BE”",
        ]);
    assert_eq!(std::fs::read(stand.path("users.csv")).unwrap(), before);
    let repaired = stand.sheet("repaired.csv");
    assert_eq!(repaired.of(&ids[0], "employeeId"), "00012345");
    assert_eq!(repaired.of(&ids[1], "mobilePhone"), "+31612345678");
    stand.run(&["check", "repaired.csv"]).must(0).says(&["no errors"]);
    let plan = stand.json(&["plan", "repaired.csv"], 0);
    let mut changes: Vec<(&str, &Value)> = plan["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| (change["column"].as_str().unwrap(), &change["after"]))
        .collect();
    changes.sort_by_key(|(column, _)| *column);
    assert_eq!(
        changes,
        [
            ("jobTitle", &Value::from("Head of Repairs")),
            ("usageLocation", &Value::from("BE"))
        ]
    );
}

#[test]
fn the_repairs_are_listed_for_programs_too() {
    let (stand, ids) = damaged();
    let answer = stand.json(&["check", "users.csv", "--fix", "-o", "repaired.csv"], 0);
    assert_eq!(answer["fixed"]["file"], "repaired.csv");
    let cells = answer["fixed"]["cells"].as_array().unwrap();
    let put: Vec<&str> = cells.iter().map(|cell| cell["put"].as_str().unwrap()).collect();
    assert_eq!(put.len(), 3, "{cells:#?}");
    assert!(put.contains(&"00012345") && put.contains(&"+31612345678") && put.contains(&"BE"));
    assert_eq!(stand.sheet("repaired.csv").of(&ids[2], "usageLocation"), "BE");
}

#[test]
fn a_repair_never_replaces_the_sheet_and_never_loses_a_row() {
    let (stand, _) = damaged();
    let before = std::fs::read(stand.path("users.csv")).unwrap();
    stand
        .run(&["check", "users.csv", "--fix", "-o", "./users.csv"])
        .must(2)
        .says(&["is there already"]);
    stand.run(&["check", "users.csv", "--fix"]).must(2);
    assert_eq!(std::fs::read(stand.path("users.csv")).unwrap(), before);
    let mut ragged = before;
    ragged.extend_from_slice(b"\"half a row\",\"and no more\"\r\n");
    stand.write("ragged.csv", ragged);
    stand
        .run(&["check", "ragged.csv", "--fix", "-o", "repaired.csv"])
        .must(3)
        .says(&["no copy of `ragged.csv` was written", "ragged-row"]);
    assert!(!stand.path("repaired.csv").exists());
}

#[test]
fn a_guessed_encoding_is_neither_copied_nor_taken_for_a_base() {
    let (stand, _) = damaged();
    let latin = b"userPrincipalName,jobTitle\nnobody@contoso.example,Chef Zo\xeb\n";
    stand.write("latin.csv", latin);
    for arguments in [&["--fix", "-o", "copy.csv"][..], &["--annotate", "copy.xlsx"]] {
        stand
            .run(&[&["check", "latin.csv"][..], arguments].concat())
            .must(3)
            .says(&["no copy of `latin.csv` was written", "encoding-guessed"]);
        stand.json(&[&["check", "latin.csv"][..], arguments].concat(), 3);
        assert!(!stand.path(arguments[arguments.len() - 1]).exists());
    }
    stand
        .run(&["check", "users.csv", "--base", "latin.csv"])
        .must(2)
        .says(&["the encoding of the base `latin.csv` had to be guessed"]);
}

#[test]
fn a_base_that_is_refused_tells_where_it_is_wrong() {
    let (stand, ids) = damaged();
    let id = &ids[0];
    for (bytes, words) in [
        (
            format!("id,jobTitle\r\n{id},\"two\r\nlines\"\r\n{},Chef,more\r\n", ids[1]),
            "(base.csv:4 row 3: ",
        ),
        (
            format!(
                "id,jobTitle\r\n{id},\"two\r\nlines\"\r\n{},Chef \"x\"\r\n",
                ids[1]
            ),
            "(base.csv:4 B3 jobTitle: a quote stands inside",
        ),
        (
            format!("id,jobTitle\r\n{id},\"Chef\r\n"),
            "base.csv:2 B2: the quote that opens in line 2",
        ),
        (
            format!("id,jobTitle\r\r\n{id},Chef\r\r\n"),
            "base.csv:1: every line ends with CR CR LF",
        ),
    ] {
        stand.write("base.csv", bytes);
        stand
            .run(&["check", "users.csv", "--base", "base.csv"])
            .must(2)
            .says(&[words]);
    }
}

#[test]
fn a_base_file_has_flags_of_its_own_for_how_it_is_read() {
    let (stand, ids) = damaged();
    let user = &ids[0];
    let base = format!("id,displayName,jobTitle\r\n{user},Zo\u{eb},Chef\r\n");
    stand.write("latin.csv", encoding_rs::mem::encode_latin1_lossy(&base));
    stand.write(
        "users.csv",
        format!("id,displayName,jobTitle\r\n{user},Zo\u{eb},Cook\r\n").as_bytes(),
    );
    stand
        .run(&["check", "users.csv", "--base", "latin.csv"])
        .must(2)
        .says(&["--base-encoding"]);
    let told = [
        "check",
        "users.csv",
        "--base",
        "latin.csv",
        "--base-encoding",
        "ansi",
    ];
    let answer = stand.json(&told, 0);
    assert_eq!(answer["findings"].as_array().map(Vec::len), Some(0), "{answer:#}");
    stand
        .run(&["plan", "users.csv", "--worksheet", "Users"])
        .must(2)
        .says(&["`--worksheet` is for workbooks, and `users.csv` is a text file"]);
}
