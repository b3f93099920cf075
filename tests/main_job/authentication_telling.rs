//! Telephone numbers and addresses for signing in are told in part: every stream and every file that is not worked with is searched.

use std::path::{Path, PathBuf};

use super::authentication_contacts::{COLUMNS, EMAIL, MOBILE, set, stand};
use super::big::id;
use super::stand::Ran;

/// Every file below a folder but those that must hold the values.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// Whether a file holds a text; a workbook is looked into.
fn holds(path: &Path, text: &str) -> bool {
    let bytes = std::fs::read(path).unwrap();
    let has = |bytes: &[u8]| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    if path.extension().is_some_and(|extension| extension == "xlsx") {
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        return (0..archive.len()).any(|at| {
            let mut inside = Vec::new();
            std::io::Read::read_to_end(&mut archive.by_index(at).unwrap(), &mut inside).unwrap();
            has(&inside)
        });
    }
    has(&bytes)
}

#[test]
fn values_are_told_in_part_everywhere_unless_somebody_asks() {
    let stand = stand(30);
    let users: Vec<String> = stand.ordinary().iter().take(2).map(id).collect();
    let (user, other) = (users[0].clone(), users[1].clone());
    set(
        &stand,
        &user,
        &[(MOBILE, "+31 655512121"), (EMAIL, "annabel@home.example")],
    )
    .must(0);
    let secrets = ["55512121", "77734343", "11223344", "annabel", "belinda"];
    let mut sheet = stand.export_columns(COLUMNS);
    sheet.keep_rows(&[&user, &other]);
    sheet.set(&user, MOBILE, "+31 677734343");
    sheet.set(&user, EMAIL, "belinda@home.example");
    // One that is an error with a certain repair, and one in conflict.
    sheet.set(&other, MOBILE, "+31611223344");
    stand.save("edited.csv", &sheet);
    let mut streams = Vec::new();
    let mut keep = |ran: Ran| streams.push((ran.command.clone(), ran.stdout + &ran.stderr));
    keep(
        stand
            .run(&["check", "edited.csv", "--fix", "-o", "fixed.csv"])
            .must(0),
    );
    keep(stand.run(&["check", "edited.csv", "--json"]).must(3));
    keep(
        stand
            .run(&[
                "plan",
                "edited.csv",
                "--skip-errors",
                "--html",
                "plan.html",
                "-o",
                "plan.xlsx",
                "--handover",
                "handover.csv",
            ])
            .must(0),
    );
    keep(stand.run(&["plan", "edited.csv", "--full", "--json"]).must(3));
    sheet.set(&other, MOBILE, "");
    stand.save("edited.csv", &sheet);
    // Somebody else writes meanwhile.
    set(&stand, &user, &[(MOBILE, "+31 611223344")]).must(0);
    keep(
        stand
            .run(&["plan", "edited.csv", "--conflict-sheet", "conflicts.csv"])
            .must(5),
    );
    keep(stand.run(&["apply", "edited.csv", "--yes"]).must(5));
    keep(
        stand
            .run(&[
                "apply",
                "edited.csv",
                "--yes",
                "--conflicts",
                "mine",
                "--progress",
                "json",
            ])
            .must(0),
    );
    let run = stand.newest_run();
    keep(stand.run(&["report", &run]).must(0));
    keep(stand.run(&["report", &run, "--format", "csv"]).must(0));
    keep(stand.run(&["report", &run, "--json"]).must(0));
    let snapshots = stand.json(&["snapshots"], 0);
    let oldest = snapshots.as_array().unwrap().last().unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    keep(stand.run(&["diff", &oldest, "live", "-o", "diff.csv"]).must(0));
    keep(stand.run(&["diff", &oldest, "live", "--json"]).must(0));
    keep(stand.run(&["undo", &run, "--yes", "--json"]).must(0));
    keep(stand.run(&["resume", &run]).must(0));
    for (command, text) in &streams {
        for secret in secrets {
            assert!(!text.contains(secret), "{command} tells {secret}:\n{text}");
        }
    }
    assert!(
        streams.iter().any(|(_, text)| text.contains("+31 ••••••43")),
        "{streams:?}"
    );
    assert!(streams.iter().any(|(_, text)| text.contains("b•••@home.example")));
    let mut found = Vec::new();
    files(&stand.path(""), &mut found);
    // Sheets of people, snapshots and journals hold the values: they are what is worked with.
    let working = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        ["users.csv", "edited.csv", "fixed.csv"].contains(&name.as_str())
            || path.to_string_lossy().contains("/snapshots/")
            || path.to_string_lossy().contains("/runs/")
            || name.contains("needs-work")
            // The sheet that somebody had edited, kept by an export.
            || name.contains(" (kept ")
    };
    let told: Vec<&PathBuf> = found.iter().filter(|path| !working(path)).collect();
    for name in [
        "plan.html",
        "plan.xlsx",
        "handover.csv",
        "conflicts.csv",
        "diff.csv",
        "report.csv",
    ] {
        assert!(
            told.iter().any(|path| path.to_string_lossy().ends_with(name)),
            "{name}: {told:?}"
        );
    }
    for path in told {
        for secret in secrets {
            assert!(!holds(path, secret), "{} tells {secret}", path.display());
        }
    }
    // Whoever asks is told.
    let whole = stand.run(&["report", &run, "--show-contacts"]).must(0).stdout
        + &stand
            .run(&["report", &run, "--format", "csv", "--show-contacts"])
            .must(0)
            .stdout;
    assert!(whole.contains("+31 677734343"), "{whole}");
    set(&stand, &user, &[(MOBILE, "+31 699999999")]).must(0);
    // A report that is fed back asks for nothing that it tells in part.
    let report = stand.report(&stand.newest_run());
    assert_eq!(report.of(&user, EMAIL), "a•••@home.example");
}

#[test]
fn a_choice_about_a_number_told_in_part_does_not_count_and_one_about_the_whole_number_does() {
    let stand = stand(30);
    let user = id(&stand.ordinary()[0]);
    set(&stand, &user, &[(MOBILE, "+31 655512121")]).must(0);
    let mut sheet = stand.export_columns(COLUMNS);
    sheet.keep_rows(&[&user]);
    sheet.set(&user, MOBILE, "+31 677734343");
    stand.save("edited.csv", &sheet);
    set(&stand, &user, &[(MOBILE, "+31 611223344")]).must(0);
    let written = stand.history().len();
    let choose = |flags: &[&str]| {
        let plan = [
            &["plan", "edited.csv", "--conflict-sheet", "conflicts.csv"],
            flags,
        ]
        .concat();
        let ran = stand.run(&plan).must(5);
        let mut conflicts = stand.sheet("conflicts.csv");
        let choice = conflicts
            .header
            .iter()
            .position(|name| name == "_choice")
            .unwrap();
        conflicts
            .rows
            .iter_mut()
            .for_each(|row| row[choice] = "mine".to_owned());
        stand.save("conflicts.csv", &conflicts);
        ran
    };
    let apply = ["apply", "edited.csv", "--yes", "--choices", "conflicts.csv"];
    choose(&[]).says(&["a choice about them does not count", "--show-contacts"]);
    stand.run(&apply).must(5);
    assert_eq!(stand.history().len(), written);
    std::fs::remove_file(stand.path("conflicts.csv")).unwrap();
    choose(&["--show-contacts"]);
    stand.run(&apply).must(0);
    assert_eq!(stand.history().len(), written + 1);
}
