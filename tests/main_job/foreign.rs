//! Files of other programs, all the way to the directory: the portal's template, and a file in a code page.

use super::big::id;
use super::stand::Stand;

#[test]
fn the_portals_template_blocks_and_never_keeps_a_password() {
    let stand = Stand::of(60);
    let users: Vec<_> = stand
        .ordinary()
        .into_iter()
        .filter(|user| user["accountEnabled"] == true)
        .take(2)
        .collect();
    let name = |index: usize| users[index]["userPrincipalName"].as_str().unwrap();
    let text = format!(
        "version:v1.0\r\n\
         User name [userPrincipalName] Required,Initial password [passwordProfile] Required,Block sign in (Yes/No) [accountEnabled] Required,Job title [jobTitle]\r\n\
         Example: chris@contoso.com,Example: myPassword1234,Example: No,\r\n\
         {},Hunter2Hunter2,Yes,Blocked one\r\n\
         {},Hunter2Hunter2,No,Open one\r\n",
        name(0),
        name(1),
    );
    stand.write("template.csv", &text);
    let plan = stand.json(&["plan", "template.csv", "--allow", "disable"], 0);
    assert_eq!(plan["summary"]["users_changed"], 2);
    assert_eq!(
        plan["summary"]["cells_changed"], 3,
        "the one that is open stays open"
    );
    stand
        .run(&["apply", "template.csv", "--yes", "--allow", "disable"])
        .must(0);
    let after = stand.dump();
    for (user, enabled, title) in [(&users[0], false, "Blocked one"), (&users[1], true, "Open one")] {
        assert_eq!(after[&id(user)]["accountEnabled"], enabled);
        assert_eq!(after[&id(user)]["jobTitle"], title);
    }

    // The report can be fed back: what was turned round is not turned again.
    let run = stand.newest_run();
    let report = stand.report(&run);
    assert!(
        report.header.contains(&"accountEnabled".to_owned()),
        "{:?}",
        report.header
    );
    stand.save("again.csv", &report);
    let plan = stand.json(&["plan", "again.csv"], 0);
    assert_eq!(plan["changes"].as_array().map(Vec::len), Some(0), "{plan}");

    let kept = files_with(&stand.path("."), "Hunter2", "template.csv");
    assert_eq!(kept, Vec::<String>::new());
}

/// The files below a folder that hold a text, one left out.
fn files_with(folder: &std::path::Path, text: &str, except: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, text, except));
        } else if !path.ends_with(except) {
            let bytes = std::fs::read(&path).unwrap_or_default();
            if bytes.windows(text.len()).any(|window| window == text.as_bytes()) {
                found.push(path.display().to_string());
            }
        }
    }
    found
}

#[test]
fn a_file_in_a_code_page_with_few_letters_must_be_named_and_an_export_proves_the_guess() {
    let stand = Stand::of(20);
    let user = id(&stand.ordinary()[0]);
    let bytes = [
        format!("id;jobTitle;city\r\n{user};").as_bytes(),
        b"Caf\xe9;Orl\xe9ans\r\n",
    ]
    .concat();
    stand.write("old.csv", &bytes);
    let findings = stand.json(&["check", "old.csv"], 3);
    assert_eq!(findings["findings"][0]["rule"], "encoding-guessed");
    assert_eq!(findings["findings"][0]["severity"], "error");
    assert_eq!(findings["sheet"]["encoding"], "windows-1252");
    // An export that came back in a code page: its own letters prove the guess.
    stand.edit(&user, "city", "Orléans");
    let mut exported = stand.export();
    exported.keep_columns(&["id", "userPrincipalName", "city", "_snapshot"]);
    exported.keep_rows(&[&user]);
    let letters: Vec<u8> = exported
        .bytes(Default::default())
        .strip_prefix("\u{feff}".as_bytes())
        .map(|bytes| String::from_utf8_lossy(bytes).chars().map(|c| c as u8).collect())
        .unwrap();
    stand.write("back.csv", &letters);
    let findings = stand.json(&["check", "back.csv"], 0);
    assert_eq!(findings["findings"][0]["rule"], "encoding-guessed");
    assert_eq!(findings["findings"][0]["severity"], "warning");
    let named = stand.json(&["check", "old.csv", "--encoding", "ansi"], 0);
    assert_eq!(named["findings"].as_array().map(Vec::len), Some(0), "{named}");
    stand
        .run(&["check", "old.csv", "--encoding", "klingon"])
        .must(2)
        .says(&["windows-1252"]);
    stand
        .run(&["apply", "old.csv", "--yes", "--encoding", "cp1252"])
        .must(0);
    let after = stand.dump();
    assert_eq!(after[&user]["jobTitle"], "Café");
    assert_eq!(after[&user]["city"], "Orléans");
}
