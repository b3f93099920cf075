//! The demo and the samples: what the README's first command shows must work, and every sample must be what it says.

#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::{Command, Output};

/// Runs the real binary in a folder of its own, with nothing of this computer's settings.
fn dirsheet(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dirsheet"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("HOME", folder)
        .env("CI", "true")
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn sample(name: &str) -> String {
    format!("{}/samples/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_demo_shows_the_whole_road_and_every_step_ends_as_foretold() {
    let home = tempfile::tempdir().unwrap();
    // Twice: a newcomer runs it again, and it makes its own folder anew.
    for _ in 0..2 {
        let demo = dirsheet(home.path(), &["demo"]);
        let (shown, said) = (text(&demo.stdout), text(&demo.stderr));
        assert_eq!(demo.status.code(), Some(0), "{shown}\n{said}");
        for command in ["export", "check", "plan", "apply", "runs"] {
            assert!(
                shown.contains(&format!("$ dirsheet {command}")),
                "{command}\n{shown}"
            );
        }
        assert!(!shown.contains("was expected"), "{shown}");
        assert!(
            said.contains("3 errors, 1 repaired cell in users-edited.csv (37 rows)"),
            "{said}"
        );
        for what in [
            "→ (cleared)",
            "Conflicts (1)",
            "Forecast: 15 requests",
            "13\n",
            "Nothing was written.",
        ] {
            assert!(shown.contains(what), "{what}\n{shown}");
        }
    }
    let folder = home.path().join("dirsheet-demo");
    for file in ["users.csv", "users-edited.csv", "directory.csv"] {
        assert!(folder.join(file).is_file(), "{file}");
    }
    assert_eq!(std::fs::read_dir(folder.join("reports")).unwrap().count(), 2);
}

#[test]
fn the_demo_run_again_keeps_what_a_person_saved_in_its_folder() {
    let home = tempfile::tempdir().unwrap();
    assert_eq!(dirsheet(home.path(), &["demo"]).status.code(), Some(0));
    let folder = home.path().join("dirsheet-demo");
    std::fs::write(folder.join("my-users.csv"), "an afternoon").unwrap();
    std::fs::write(folder.join("users.csv"), "in the way").unwrap();
    std::fs::create_dir(folder.join("mine")).unwrap();
    std::fs::write(folder.join("mine/notes.txt"), "a morning").unwrap();
    assert_eq!(dirsheet(home.path(), &["demo"]).status.code(), Some(0));
    for (name, kept) in [("my-users.csv", "an afternoon"), ("mine/notes.txt", "a morning")] {
        assert_eq!(std::fs::read_to_string(folder.join(name)).unwrap(), kept);
    }
    assert_ne!(
        std::fs::read_to_string(folder.join("users.csv")).unwrap(),
        "in the way"
    );
}

#[test]
fn the_demo_never_touches_a_folder_that_is_not_its_own() {
    let home = tempfile::tempdir().unwrap();
    let mine = home.path().join("mine");
    std::fs::create_dir(&mine).unwrap();
    std::fs::write(mine.join("thesis.txt"), "ten years").unwrap();
    let demo = dirsheet(home.path(), &["demo", "mine"]);
    assert_eq!(demo.status.code(), Some(2));
    assert!(text(&demo.stderr).contains("is not empty"));
    assert_eq!(
        std::fs::read_to_string(mine.join("thesis.txt")).unwrap(),
        "ten years"
    );
    assert_eq!(std::fs::read_dir(&mine).unwrap().count(), 1);
}

#[test]
fn the_sample_users_are_what_an_export_of_the_sample_directory_writes() {
    let home = tempfile::tempdir().unwrap();
    assert_eq!(dirsheet(home.path(), &["demo", "d"]).status.code(), Some(0));
    let exported = std::fs::read_to_string(home.path().join("d/users.csv")).unwrap();
    let snapshot = exported
        .split("\"snap-")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap();
    let exported = exported.replace(&format!("snap-{snapshot}"), "snap-00000000-000000-0000");
    assert_eq!(exported, std::fs::read_to_string(sample("users.csv")).unwrap());
}

#[test]
fn the_edited_sample_has_exactly_three_bad_cells_and_one_that_is_repaired() {
    let home = tempfile::tempdir().unwrap();
    let (edited, base) = (sample("users-edited.csv"), sample("users.csv"));
    let check = dirsheet(home.path(), &["check", &edited, "--base", &base, "--json"]);
    assert_eq!(check.status.code(), Some(3), "{}", text(&check.stderr));
    let json: serde_json::Value = serde_json::from_slice(&check.stdout).unwrap();
    let found: Vec<(&str, &str)> = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| {
            (
                finding["severity"].as_str().unwrap(),
                finding["column"].as_str().unwrap(),
            )
        })
        .collect();
    let expected = [
        ("error", "mobilePhone"),
        ("error", "usageLocation"),
        ("repaired", "employeeId"),
        ("error", "employeeHireDate"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_cell_that_kept_its_exported_value_is_told_in_the_report_and_needs_no_work() {
    let home = tempfile::tempdir().unwrap();
    assert_eq!(dirsheet(home.path(), &["demo", "d"]).status.code(), Some(0));
    let reports: Vec<String> = std::fs::read_dir(home.path().join("d/reports"))
        .unwrap()
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    let with = |text: &str| reports.iter().filter(|report| report.contains(text)).count();
    assert_eq!(
        with("employeeId: “303” was not written"),
        1,
        "in the report of all rows only"
    );
    assert_eq!(with("noor.dewit@contoso.example"), 1);
}

#[test]
fn the_sample_photos_find_their_users_by_name_and_by_id() {
    let home = tempfile::tempdir().unwrap();
    assert_eq!(dirsheet(home.path(), &["demo", "d"]).status.code(), Some(0));
    let photos = sample("photos");
    let apply = dirsheet(
        home.path(),
        &[
            "apply",
            "--photos",
            &photos,
            "--yes",
            "--sandbox",
            "--state-dir",
            "d/state",
        ],
    );
    assert_eq!(apply.status.code(), Some(0), "{}", text(&apply.stderr));
    assert!(text(&apply.stdout).contains('3'), "{}", text(&apply.stdout));
    let export = dirsheet(
        home.path(),
        &[
            "export",
            "-o",
            "users.csv",
            "--photos",
            "out",
            "--columns",
            "minimal",
            "--sandbox",
            "--state-dir",
            "d/state",
        ],
    );
    assert_eq!(export.status.code(), Some(0), "{}", text(&export.stderr));
    let pictures = std::fs::read_dir(home.path().join("out")).unwrap();
    let jpegs = pictures.filter(|file| {
        file.as_ref()
            .unwrap()
            .path()
            .extension()
            .is_some_and(|end| end == "jpg")
    });
    assert_eq!(jpegs.count(), 3);
}
