//! Workbooks: exported, edited, given back.

use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;

use super::big::id;
use super::stand::Stand;

#[test]
fn a_workbook_goes_to_a_file_and_takes_no_flags_of_csv() {
    let stand = Stand::of(20);
    for (arguments, told) in [
        (&["export", "--format", "xlsx"][..], "cannot go to stdout"),
        (
            &["export", "-o", "users.xlsx", "--delimiter", ";"],
            "`--delimiter` is for CSV files",
        ),
        (
            &["export", "-o", "users.xlsx", "--guard", "full"],
            "`--guard` is for CSV files",
        ),
        (
            &["export", "-o", "users.xlsx", "--raw"],
            "`--raw` is for CSV files",
        ),
        (
            &["export", "-o", "users.csv", "--lock"],
            "`--lock` is for workbooks",
        ),
        (&["export", "-o", "users.ods"], "no .ods file is written"),
    ] {
        stand.run(arguments).must(2).says(&[told]);
    }
    assert_eq!(stand.stats().http_requests, 0);
    stand.run(&["export", "-o", "users.xlsx"]).must(0);
    stand
        .run(&["export", "-o", "renamed", "--format", "xlsx", "--lock"])
        .must(0);
    for name in ["users.xlsx", "renamed"] {
        assert!(
            std::fs::read(stand.path(name)).unwrap().starts_with(b"PK"),
            "{name}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_workbook_that_the_disk_has_no_room_for_is_said_and_not_there() {
    let stand = Stand::of(2_000);
    stand.write("users.xlsx", "the file of yesterday");
    // The snapshot of these columns is smaller than the rows in a worksheet.
    let arguments = ["export", "-o", "users.xlsx", "--columns", "minimal"];
    let ran = super::stand::limited(&stand, 500, &arguments).must(1);
    assert!(ran.stderr.contains("is the disk full?"), "{ran:?}");
    assert_eq!(stand.read("users.xlsx"), "the file of yesterday");
    assert_eq!(stand.json(&["snapshots"], 0), serde_json::json!([]));
    let left: Vec<String> = std::fs::read_dir(stand.path(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.contains("users"))
        .collect();
    assert_eq!(left, ["users.xlsx"]);
}

/// Gives a part of a workbook another content, as a program that saves it would.
fn rewrite(stand: &Stand, file: &str, name: &str, change: impl Fn(&str) -> String) {
    let bytes = std::fs::read(stand.path(file)).unwrap();
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut written = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        let part_name = part.name().unwrap().into_owned();
        let mut content = String::new();
        part.read_to_string(&mut content).unwrap();
        if part_name == name {
            let changed = change(&content);
            assert_ne!(changed, content, "nothing was changed");
            content = changed;
        }
        written
            .start_file(part_name.as_str(), SimpleFileOptions::default())
            .unwrap();
        written.write_all(content.as_bytes()).unwrap();
    }
    std::fs::write(stand.path(file), written.finish().unwrap().into_inner()).unwrap();
}

/// The worksheet with the users.
const USERS: &str = "xl/worksheets/sheet2.xml";

#[test]
fn an_untouched_workbook_plans_nothing_and_an_edited_cell_is_exactly_that_change() {
    let stand = Stand::of(120);
    let users: Vec<String> = stand.ordinary().iter().take(4).map(id).collect();
    for (user, title) in users.iter().zip([
        "Harbour Master 77",
        "=HYPERLINK(\"http://evil.example\")",
        "0042",
        "'007 _x0041_",
    ]) {
        stand.edit(user, "jobTitle", title);
    }
    for preset in ["default", "all", "minimal", "hr"] {
        stand
            .run(&["export", "-o", "users.xlsx", "--columns", preset])
            .must(0);
        let plan = stand.json(&["plan", "users.xlsx"], 0);
        assert_eq!(plan["changes"], serde_json::json!([]), "{preset}");
        assert_eq!(plan["findings"], serde_json::json!([]), "{preset}");
        assert_eq!(plan["sheet"]["format"], "xlsx");
        assert_eq!(plan["sheet"]["rows"], 120);
    }
    rewrite(&stand, "users.xlsx", USERS, |sheet| {
        sheet.replace("Harbour Master 77", "Pilot")
    });
    let plan = stand.json(&["plan", "users.xlsx"], 0);
    let changes = plan["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 1, "{changes:#?}");
    assert_eq!(changes[0]["user"], users[0].as_str());
    assert_eq!(
        (&changes[0]["column"], &changes[0]["after"]),
        (&"jobTitle".into(), &"Pilot".into())
    );
    stand.run(&["apply", "users.xlsx", "--yes"]).must(0);
    assert_eq!(stand.dump()[&users[0]]["jobTitle"], "Pilot");
}

#[test]
fn an_emptied_cell_clears_and_a_formula_without_its_value_does_not() {
    let stand = Stand::of(60);
    let users: Vec<String> = stand.ordinary().iter().take(3).map(id).collect();
    let titles = ["Title 77", "Title 88", "Title 99"];
    for (user, title) in users.iter().zip(titles) {
        stand.edit(user, "jobTitle", title);
    }
    stand.run(&["export", "-o", "users.xlsx"]).must(0);
    let text = |title: &str| format!("t=\"inlineStr\"><is><t>{title}</t></is></c>");
    rewrite(&stand, "users.xlsx", USERS, |sheet| {
        sheet
            .replace(&text("Title 77"), "/>")
            .replace(&text("Title 88"), "><f>UPPER(A1)</f></c>")
            .replace(&text("Title 99"), "t=\"str\"><f>UPPER(A1)</f><v>ID</v></c>")
    });
    stand
        .run(&["apply", "users.xlsx", "--yes"])
        .must(3)
        .says(&["formula-without-value", "nothing was written"]);
    let plan = stand.json(&["plan", "users.xlsx", "--skip-errors"], 0);
    let changes: Vec<(&str, &serde_json::Value)> = plan["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| (change["user"].as_str().unwrap(), &change["after"]))
        .collect();
    assert_eq!(changes.len(), 2, "{changes:?}");
    assert!(changes.contains(&(&users[0], &serde_json::Value::Null)));
    assert!(changes.contains(&(&users[2], &"ID".into())));
    let mut rules: Vec<&str> = plan["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["rule"].as_str().unwrap())
        .collect();
    rules.sort_unstable();
    assert_eq!(rules, ["formula-cells", "formula-without-value"]);
}

#[test]
fn an_earlier_workbook_is_a_base_like_an_earlier_csv_file() {
    let stand = Stand::of(40);
    stand.run(&["export", "-o", "base.xlsx"]).must(0);
    stand.run(&["export", "-o", "users.csv"]).must(0);
    let user = id(&stand.ordinary()[0]);
    let mut sheet = stand.sheet("users.csv");
    sheet.drop_columns(&["_snapshot"]);
    sheet.set(&user, "jobTitle", "Pilot");
    stand.save("users.csv", &sheet);
    let plan = stand.json(&["plan", "users.csv", "--base", "base.xlsx"], 0);
    assert_eq!(plan["changes"].as_array().map(Vec::len), Some(1), "{plan:#}");
}

/// Rule and cell of every finding that is no warning.
fn found(stand: &Stand, file: &str, code: i32) -> Vec<(String, String)> {
    let answer = stand.json(&["check", file], code);
    let mut found: Vec<(String, String)> = answer["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["severity"] != "warning")
        .map(|finding| {
            let text = |name: &str| finding[name].as_str().unwrap_or_default().to_owned();
            (text("rule"), text("cell"))
        })
        .collect();
    found.sort();
    found
}

#[test]
fn an_annotated_sheet_says_the_same_when_it_is_checked_and_nothing_once_it_is_mended() {
    let stand = Stand::of(60);
    let users: Vec<String> = stand.ordinary().iter().take(4).map(id).collect();
    for (number, user) in users.iter().enumerate() {
        stand.edit(user, "employeeId", format!("00421{number}"));
    }
    let mut sheet = stand.export();
    let good = sheet.clone();
    sheet.set(&users[0], "usageLocation", "Spain");
    sheet.set(&users[1], "jobTitle", "#NAME?");
    sheet.set(&users[1], "accountEnabled", "maybe");
    sheet.set(
        &users[2],
        "employeeId",
        good.of(&users[2], "employeeId").trim_start_matches('0'),
    );
    sheet.set(&users[3], "jobTitle", "Pilot");
    stand.save("users.csv", &sheet);
    stand
        .run(&["check", "users.csv", "--annotate", "users.xlsx"])
        .must(3);
    let told = found(&stand, "users.csv", 3);
    assert_eq!(told.len(), 4, "{told:?}");
    assert_eq!(found(&stand, "users.xlsx", 3), told);
    stand.run(&["plan", "users.xlsx"]).must(3);
    let text = |text: &str| format!("<is><t>{text}</t></is>");
    rewrite(&stand, "users.xlsx", USERS, |data| {
        data.replace(&text("Spain"), &text("ES"))
            .replace(&text("#NAME?"), &text(good.of(&users[1], "jobTitle")))
            .replace(&text("maybe"), &text(good.of(&users[1], "accountEnabled")))
    });
    let left = found(&stand, "users.xlsx", 0);
    assert!(
        left.iter().all(|(rule, _)| rule == "number-rewritten"),
        "{left:?}"
    );
    let plan = stand.json(&["plan", "users.xlsx"], 0);
    let mut changed: Vec<&str> = plan["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| change["column"].as_str().unwrap())
        .collect();
    changed.sort_unstable();
    let expected: &[&str] = if good.of(&users[0], "usageLocation") == "ES" {
        &["jobTitle"]
    } else {
        &["jobTitle", "usageLocation"]
    };
    assert_eq!(changed, expected);
}

#[test]
fn an_annotated_sheet_is_a_workbook_of_its_own_for_its_owner_only() {
    let stand = Stand::of(20);
    stand.export();
    stand
        .run(&["check", "users.csv", "--annotate", "users.csv"])
        .must(2)
        .says(&["let it end in `.xlsx`"]);
    stand.run(&["export", "-o", "users.xlsx"]).must(0);
    stand
        .run(&["check", "users.xlsx", "--annotate", "./users.xlsx"])
        .must(2)
        .says(&["there already"]);
    stand
        .run(&["check", "users.xlsx", "--annotate", "told.xlsx"])
        .must(0)
        .says(&["told.xlsx"]);
    stand.run(&["plan", "told.xlsx", "--detailed-exitcode"]).must(0);
    stand.write(
        "latin.csv",
        b"userPrincipalName,jobTitle\r\nzoe@contoso.example,Zo\xeb\r\n",
    );
    let guessed = ["check", "latin.csv", "--annotate", "latin.xlsx"];
    stand.run(&guessed).must(3).says(&["was guessed", "--encoding"]);
    assert!(!stand.path("latin.xlsx").exists());
    stand
        .run(&[&guessed[..], &["--encoding", "latin1"]].concat())
        .must(0);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(stand.path("told.xlsx"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
