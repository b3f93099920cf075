//! Exports: what is in them, how they are laid out, and that an untouched one asks for nothing, however it is saved.

use serde_json::Value;

use super::big::id;
use super::sheet::{Saving, Sheet, unguarded};
use super::stand::Stand;

/// The plan of this file has nothing in it: no change, no conflict, no error.
#[track_caller]
fn plans_nothing(stand: &Stand, file: &str, arguments: &[&str], what: &str) {
    let ran = stand.run(&[&["plan", file, "--json", "--detailed-exitcode"][..], arguments].concat());
    let plan: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{what}: {ran:?}"));
    assert_eq!(
        plan["changes"].as_array().map(Vec::len),
        Some(0),
        "{what}: {:#}",
        plan["changes"]
    );
    let errors: Vec<&Value> = plan["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["severity"] != "warning")
        .collect();
    assert!(errors.is_empty(), "{what}: {errors:#?}");
    assert_eq!(ran.code, Some(0), "{what}: {}", ran.stderr);
}

#[test]
fn an_untouched_export_plans_nothing_for_every_preset_and_delimiter_however_it_is_saved() {
    let stand = Stand::of(120);
    for preset in ["default", "all", "minimal", "hr"] {
        for (delimiter, byte) in [(",", b','), (";", b';'), ("tab", b'\t')] {
            stand
                .run(&[
                    "export",
                    "-o",
                    "users.csv",
                    "--columns",
                    preset,
                    "--delimiter",
                    delimiter,
                ])
                .must(0);
            plans_nothing(&stand, "users.csv", &[], &format!("{preset} {delimiter}"));
            let sheet = Sheet::parse_with(&std::fs::read(stand.path("users.csv")).unwrap(), byte);
            assert_eq!(sheet.rows.len(), 120);
            for (crlf, bom, quote_all) in [(false, false, false), (true, true, false), (false, true, true)] {
                let saving = Saving {
                    delimiter: byte,
                    crlf,
                    bom,
                    quote_all,
                };
                stand.write("saved.csv", sheet.bytes(saving));
                plans_nothing(&stand, "saved.csv", &[], &format!("{preset} {saving:?}"));
            }
        }
    }
}

#[test]
fn an_untouched_export_for_programs_plans_nothing_either() {
    let stand = Stand::of(120);
    for arguments in [
        &["--raw"][..],
        &["--guard", "full"],
        &["--guard", "run"],
        &["--raw", "--guard", "run"],
        &["--raw", "--delimiter", "tab"],
    ] {
        stand
            .run(&[&["export", "-o", "users.csv", "--columns", "all"][..], arguments].concat())
            .must(0);
        plans_nothing(&stand, "users.csv", &[], &format!("{arguments:?}"));
    }
}

#[test]
fn every_row_holds_what_the_directory_holds() {
    let stand = Stand::of(300);
    let sheet = stand.export();
    let users = stand.dump();
    assert_eq!(sheet.rows.len(), users.len());
    for (row, user) in sheet.cells("id").into_iter().enumerate() {
        let user = &users[user];
        for column in [
            "userPrincipalName",
            "displayName",
            "jobTitle",
            "department",
            "city",
            "streetAddress",
            "employeeId",
            "mobilePhone",
        ] {
            assert_eq!(
                unguarded(sheet.cell(row, column)),
                unguarded(user[column].as_str().unwrap_or_default()),
                "{column}"
            );
        }
        assert_eq!(
            sheet.cell(row, "accountEnabled"),
            user["accountEnabled"].to_string()
        );
        let manager = match user["manager"].as_str() {
            Some(manager) => users[manager]["userPrincipalName"].as_str().unwrap(),
            None => "",
        };
        assert_eq!(sheet.cell(row, "manager"), manager);
        let division = user["employeeOrgData"]["division"].as_str().unwrap_or_default();
        assert_eq!(sheet.cell(row, "employeeOrgData.division"), division);
    }
}

#[test]
fn columns_are_chosen_by_name_in_any_case_and_unknown_ones_are_named() {
    let stand = Stand::of(20);
    let ran = stand.run(&["export", "--columns", "JOBTITLE,city"]).must(0);
    let sheet = Sheet::parse(ran.stdout.as_bytes());
    assert_eq!(
        sheet.header,
        ["id", "userPrincipalName", "jobTitle", "city", "_snapshot"]
    );
    stand
        .run(&["export", "--columns", "jobTitel,city,shoeSize"])
        .must(2)
        .says(&["`jobTitel`, `shoeSize`", "dirsheet columns"]);
    stand
        .run(&["export", "--columns", "passwordProfile.password"])
        .must(2)
        .says(&["cannot be exported"]);
    for preset in ["default", "all", "minimal", "hr"] {
        let ran = stand.run(&["export", "--columns", preset]).must(0);
        let sheet = Sheet::parse(ran.stdout.as_bytes());
        let listed = stand.json(&["columns"], 0);
        let mut columns: Vec<&str> = listed["presets"][preset]
            .as_array()
            .unwrap()
            .iter()
            .map(|name| name.as_str().unwrap())
            .collect();
        columns.push("_snapshot");
        assert_eq!(sheet.header, columns, "{preset}");
    }
}

#[test]
fn a_filter_takes_some_users_and_a_wrong_one_is_refused() {
    let stand = Stand::of(200);
    let title = "Harbour Master";
    let users: Vec<String> = stand.ordinary().iter().take(3).map(id).collect();
    users.iter().for_each(|user| stand.edit(user, "jobTitle", title));
    let ran = stand
        .run(&["export", "--filter", "jobTitle eq 'Harbour Master'"])
        .must(0);
    let sheet = Sheet::parse(ran.stdout.as_bytes());
    let mut found = sheet.cells("id");
    let mut expected: Vec<&str> = users.iter().map(String::as_str).collect();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
    let listed = stand.json(&["snapshots"], 0);
    assert_eq!(listed[0]["filter"], "jobTitle eq 'Harbour Master'");
    assert_eq!(listed[0]["users"], 3);
    stand
        .run(&["export", "-o", "users.csv", "--filter", "jobTitle likes 'x'"])
        .must(2)
        .says(&["help: "]);
    assert!(!stand.path("users.csv").exists());
}

#[test]
fn json_lines_hold_one_object_for_each_user() {
    let stand = Stand::of(50);
    stand.run(&["export", "-o", "users.jsonl"]).must(0);
    let text = stand.read("users.jsonl");
    let objects: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(objects.len(), 50);
    let users = stand.dump();
    for object in &objects {
        let user = &users[object["id"].as_str().unwrap()];
        assert_eq!(object["userPrincipalName"], user["userPrincipalName"]);
        assert!(object["_snapshot"].as_str().unwrap().starts_with("snap-"));
    }
    let ran = stand
        .run(&["export", "--format", "jsonl", "--columns", "minimal"])
        .must(0);
    assert_eq!(ran.stdout.lines().count(), 50);
}

#[test]
fn a_file_for_people_and_one_for_programs_are_laid_out_differently() {
    let stand = Stand::of(120);
    let users: Vec<String> = stand.ordinary().iter().take(2).map(id).collect();
    stand.edit(&users[0], "jobTitle", "=HYPERLINK(\"http://evil.example\")");
    stand.edit(&users[1], "mobilePhone", "+31 6 12345678");
    stand.run(&["export", "-o", "people.csv"]).must(0);
    let people = std::fs::read(stand.path("people.csv")).unwrap();
    assert!(people.starts_with("\u{feff}\"id\",".as_bytes()));
    assert!(people.windows(2).any(|pair| pair == b"\r\n"));
    let sheet = Sheet::parse(&people);
    assert!(sheet.of(&users[0], "jobTitle").starts_with("'=HYPERLINK"));
    assert_eq!(sheet.of(&users[1], "mobilePhone"), "+31 6 12345678");
    let ran = stand.run(&["export", "-o", "raw.csv", "--raw"]).must(0);
    ran.says(&["begin like a formula"]);
    let raw = std::fs::read(stand.path("raw.csv")).unwrap();
    assert!(raw.starts_with(b"id,"));
    let sheet = Sheet::parse(&raw);
    assert!(sheet.of(&users[0], "jobTitle").starts_with("=HYPERLINK"));
    let ran = stand.run(&["export"]).must(0);
    assert!(ran.stdout.starts_with("id,"), "stdout is for programs");
    stand.run(&["export", "--guard", "sometimes"]).must(2);
}

#[test]
fn an_export_that_fails_in_the_middle_leaves_the_old_file_and_no_half_snapshot() {
    let stand = Stand::of(2_500);
    stand.write("users.csv", "the file of yesterday");
    stand.faults("stale-page,after=1");
    let ran = stand.run(&["export", "-o", "users.csv"]);
    assert!(matches!(ran.code, Some(2 | 8)), "{ran:?}");
    assert_eq!(stand.read("users.csv"), "the file of yesterday");
    assert_eq!(stand.json(&["snapshots"], 0), serde_json::json!([]));
    let left: Vec<String> = std::fs::read_dir(stand.path(""))
        .unwrap()
        .chain(std::fs::read_dir(stand.state().join("snapshots")).unwrap())
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| !["users.csv", ".local", ".lock"].contains(&name.as_str()))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    stand.faults("");
    stand.run(&["export", "-o", "users.csv"]).must(0);
    assert_eq!(stand.sheet("users.csv").rows.len(), 2_500);
}

#[cfg(unix)]
#[test]
fn an_interrupted_export_leaves_nothing_behind() {
    let stand = Stand::open(dirsheet::sandbox::SandboxOptions {
        latency: std::time::Duration::from_millis(400),
        ..super::stand::people(9_000)
    });
    let child = stand.command(&["export", "-o", "users.csv"]).spawn().unwrap();
    super::stand::until("a first page", || stand.stats().list_pages > 1);
    super::stand::interrupt(&child);
    super::stand::finish(child, "export".to_owned()).must(130);
    assert!(!stand.path("users.csv").exists());
    assert_eq!(stand.json(&["snapshots"], 0), serde_json::json!([]));
}

#[cfg(unix)]
#[test]
fn everything_that_is_written_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    fn walk(path: &std::path::Path, wrong: &mut Vec<String>) {
        for entry in std::fs::read_dir(path).unwrap() {
            let entry = entry.unwrap();
            let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
            if entry.path().is_dir() {
                // Above the state folder the system decides.
                let is_ours = entry
                    .path()
                    .components()
                    .any(|part| part.as_os_str() == "dirsheet");
                if is_ours && mode != 0o700 {
                    wrong.push(format!("{} {mode:o}", entry.path().display()));
                }
                walk(&entry.path(), wrong);
            } else if mode != 0o600 {
                wrong.push(format!("{} {mode:o}", entry.path().display()));
            }
        }
    }
    let stand = Stand::of(30);
    let user = id(&stand.ordinary()[0]);
    let mut sheet = stand.export();
    sheet.set(&user, "jobTitle", "Pilot");
    std::fs::remove_file(stand.path("users.csv")).unwrap();
    stand.run(&["export", "-o", "users.csv"]).must(0);
    stand.write(".edited.csv", sheet.bytes(Saving::default()));
    std::fs::rename(stand.path(".edited.csv"), stand.path("edited.csv")).unwrap();
    stand.run(&["plan", "edited.csv", "-o", "plan.json"]).must(0);
    stand.run(&["apply", "plan.json", "--yes"]).must(0);
    std::fs::remove_file(stand.path("edited.csv")).unwrap();
    let mut wrong = Vec::new();
    walk(&stand.path(""), &mut wrong);
    assert!(wrong.is_empty(), "{wrong:#?}");
    let state = std::fs::metadata(stand.state()).unwrap().permissions().mode() & 0o777;
    assert_eq!(state, 0o700);
}

#[test]
fn a_place_that_cannot_be_written_is_said_before_anything_is_read() {
    let stand = Stand::of(20);
    let before = stand.stats().http_requests;
    stand
        .run(&["export", "-o", "missing/users.csv"])
        .must(2)
        .says(&["there is no folder"]);
    stand
        .run(&["export", "-o", "."])
        .must(2)
        .says(&["it is a folder"]);
    assert_eq!(stand.stats().http_requests, before);
}
