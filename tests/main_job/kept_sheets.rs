//! An export over a file that is there: edits are kept beside it, an export of before leaves no litter.

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
        .says(&["`users.csv` was there and not as an export leaves it; it is kept as `users (kept 2"]);
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
