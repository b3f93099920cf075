//! A file that is written over one that is there: what somebody wrote into that is kept beside it, and one of before leaves no litter.

use super::big::id;
use super::stand::Stand;

/// The names beside the sheets of a stand.
fn names(stand: &Stand) -> Vec<String> {
    let entries = std::fs::read_dir(stand.path("")).unwrap();
    let name = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    let mut names: Vec<String> = entries
        .map(name)
        .filter(|name| !name.starts_with(".local"))
        .collect();
    names.sort();
    names
}

#[test]
fn an_export_over_an_edited_sheet_keeps_it_and_says_so_and_one_over_an_export_leaves_no_litter() {
    let stand = Stand::of(12);
    let user = id(&stand.ordinary()[0]);
    for name in ["users.csv", "users.xlsx", "users.jsonl"] {
        for _ in 0..3 {
            let ran = stand.run(&["export", "-o", name, "--full"]).must(0);
            assert!(!ran.stderr.contains("kept"), "{ran:?}");
        }
    }
    assert_eq!(names(&stand), ["users.csv", "users.jsonl", "users.xlsx"]);
    let mut sheet = stand.sheet("users.csv");
    sheet.set(&user, "jobTitle", "Typed for days");
    stand.save("users.csv", &sheet);
    let edited = stand.read("users.csv");
    let ran = stand
        .run(&["export", "-o", "users.csv", "--quiet"])
        .must(0)
        .says(&[
            "`users.csv` was there and is not known to be as dirsheet wrote it; it is kept as `users (kept 2",
        ]);
    assert_eq!(ran.stderr.lines().count(), 1, "{ran:?}");
    let kept = ran.stderr.split('`').nth(3).unwrap();
    assert_eq!(stand.read(kept), edited);
    assert_ne!(stand.read("users.csv"), edited);
    // What was kept is a sheet like any other.
    stand.run(&["plan", kept]).must(0).says(&[]);
    // The new one is an export's again, and goes without a word.
    let told = stand.json(&["export", "-o", "users.csv"], 0);
    assert!(told["kept"].is_null(), "{told}");
    stand.write("users.csv", "id,jobTitle\n");
    let told = stand.json(&["export", "-o", "users.csv"], 0);
    let second = told["kept"].as_str().unwrap();
    assert_eq!(stand.read(second), "id,jobTitle\n");
    assert_ne!(second, kept);
    assert_eq!(names(&stand).len(), 5);
}

#[test]
fn an_export_that_fails_leaves_the_edited_sheet_where_it_is() {
    let mut stand = Stand::of(12);
    stand.write("users.csv", "mine");
    stand.close_directory();
    let ran = stand.run(&["export", "-o", "users.csv"]);
    assert_ne!(ran.code, Some(0), "{ran:?}");
    assert_eq!(stand.read("users.csv"), "mine");
    assert_eq!(names(&stand), ["users.csv"]);
}

#[test]
fn a_repaired_copy_in_the_place_of_its_sheet_holds_what_somebody_edited_and_no_export_removes_it() {
    let stand = Stand::of(12);
    let user = id(&stand.ordinary()[0]);
    stand.run(&["export", "-o", "users.csv"]).must(0);
    let mut sheet = stand.sheet("users.csv");
    sheet.set(&user, "jobTitle", "Typed for days");
    stand.save("users.csv", &sheet);
    stand
        .run(&["check", "users.csv", "--fix", "-o", "repaired.csv"])
        .must(0);
    std::fs::rename(stand.path("repaired.csv"), stand.path("users.csv")).unwrap();
    let copy = stand.read("users.csv");
    let told = stand.json(&["export", "-o", "users.csv"], 0);
    assert_eq!(stand.read(told["kept"].as_str().unwrap()), copy);
    assert!(copy.contains("Typed for days"));
}

/// The names of the files that a run says it kept.
fn kept(told: &str) -> Vec<String> {
    let lines = told.lines().filter(|line| line.contains("it is kept as `"));
    lines
        .map(|line| line.split('`').nth(3).unwrap().to_owned())
        .collect()
}

fn append(stand: &Stand, name: &str, text: &str) -> Vec<u8> {
    let mut bytes = std::fs::read(stand.path(name)).unwrap();
    bytes.extend_from_slice(text.as_bytes());
    stand.write(name, &bytes);
    bytes
}

#[test]
fn what_somebody_wrote_into_a_paper_of_a_plan_or_a_diff_is_kept_and_other_papers_give_way() {
    let stand = Stand::of(20);
    let mut sheet = stand.export();
    sheet.set(&id(&stand.ordinary()[0]), "jobTitle", "On paper");
    stand.save("users.csv", &sheet);
    let plan = [
        "plan",
        "users.csv",
        "-o",
        "plan.xlsx",
        "--html",
        "plan.html",
        "--handover",
        "rest.csv",
    ];
    let sealed = ["plan", "users.csv", "-o", "plan.json"];
    let diff = ["diff", "users.csv", "live", "-o", "diff.csv"];
    for _ in 0..2 {
        for command in [&plan[..], &sealed, &diff] {
            let ran = stand.run(command).must(0);
            assert!(kept(&ran.stderr).is_empty(), "{ran:?}");
        }
    }
    for (command, name, text) in [
        (&plan[..], "plan.html", "<!-- not Anna -->"),
        (&plan, "rest.csv", "done,,,\n"),
        (&sealed, "plan.json", "\n"),
        (&diff, "diff.csv", "looked at\n"),
    ] {
        let noted = append(&stand, name, text);
        let ran = stand.run(command).must(0);
        let names = kept(&ran.stderr);
        assert_eq!(names.len(), 1, "{name}: {ran:?}");
        assert_eq!(std::fs::read(stand.path(&names[0])).unwrap(), noted);
        assert!(kept(&stand.run(command).must(0).stderr).is_empty(), "{name}");
    }
    // What nobody remembers may be edited: it is kept once. The other one is byte by byte what is written now.
    sheet.set(&id(&stand.ordinary()[0]), "jobTitle", "On another paper");
    stand.save("users.csv", &sheet);
    std::fs::remove_dir_all(stand.state().join("sheets")).unwrap();
    assert_eq!(kept(&stand.run(&plan).must(0).stderr).len(), 2);
    assert!(kept(&stand.run(&plan).must(0).stderr).is_empty());
}

#[test]
fn notes_in_a_report_are_kept_when_it_is_written_again() {
    let stand = Stand::of(20);
    let mut sheet = stand.export();
    sheet.set(&id(&stand.ordinary()[0]), "jobTitle", "Reported");
    stand.save("users.csv", &sheet);
    stand
        .run(&["apply", "users.csv", "--yes", "--report-dir", "reports"])
        .must(0);
    let run = stand.newest_run();
    let again = ["resume", &run];
    assert!(kept(&stand.run(&again).must(0).stderr).is_empty());
    let noted = append(&stand, &format!("reports/{run}-report.csv"), "told Anna\n");
    // A file of rows that need work is out of date: there are none.
    let rest = format!("reports/{run}-needs-work.csv");
    stand.write(&rest, "mine\n");
    let ran = stand.run(&again).must(0);
    let names = kept(&ran.stderr);
    assert_eq!(names.len(), 2, "{ran:?}");
    assert_eq!(std::fs::read(stand.path(&names[0])).unwrap(), noted);
    assert_eq!(std::fs::read(stand.path(&names[1])).unwrap(), b"mine\n");
    assert!(!stand.path(&rest).exists());
}

#[cfg(unix)]
#[test]
fn no_writer_follows_a_link_to_nowhere_or_puts_a_file_in_its_place() {
    let stand = Stand::of(12);
    let sheet = stand.export();
    stand.save("users.csv", &sheet);
    for (command, name) in [
        (&["export", "-o"][..], "a.csv"),
        (&["plan", "users.csv", "-o"], "a.json"),
        (&["plan", "users.csv", "-o"], "a.xlsx"),
        (&["plan", "users.csv", "--html"], "a.html"),
        (&["plan", "users.csv", "--handover"], "b.csv"),
        (&["plan", "users.csv", "--conflict-sheet"], "c.csv"),
        (&["diff", "users.csv", "live", "-o"], "d.csv"),
        (&["check", "users.csv", "--annotate"], "b.xlsx"),
        (&["check", "users.csv", "--fix", "-o"], "e.csv"),
    ] {
        std::os::unix::fs::symlink("share/gone", stand.path(name)).unwrap();
        let ran = stand.run(&[command, &[name]].concat()).must(2);
        ran.says(&["it is a link, and what it points to cannot be found"]);
        assert!(stand.path(name).is_symlink(), "{name}");
    }
    assert!(!stand.path("share").exists());
}
