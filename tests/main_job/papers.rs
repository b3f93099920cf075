//! A plan on paper: the page and the workbook, beside the plan that can be applied.

use super::big::id;
use super::stand::Stand;

/// A sheet in which so many people get a new title.
fn edited(people: usize) -> Stand {
    let stand = Stand::of(40);
    let ids: Vec<String> = stand.ordinary().iter().take(people).map(id).collect();
    let mut sheet = stand.export();
    for (at, user) in ids.iter().enumerate() {
        sheet.set(user, "jobTitle", format!("Paper {at}"));
    }
    stand.save("users.csv", &sheet);
    stand
}

#[test]
fn the_page_the_workbook_and_the_sealed_plan_are_written_and_are_private() {
    let stand = edited(3);
    stand
        .run(&["plan", "users.csv", "-o", "plan.xlsx", "--html", "plan.html"])
        .must(0)
        .says(&[
            "The plan as a page is in plan.html.",
            "The plan as a workbook is in plan.xlsx.",
        ]);
    stand
        .run(&["plan", "users.csv", "-o", "plan.json", "--html", "again.html"])
        .must(0);
    let page = stand.read("plan.html");
    assert!(
        page.contains("<ins>Paper 2</ins>") && page.ends_with("</html>"),
        "{page}"
    );
    // The page names the plan that can be applied.
    let sealed: serde_json::Value = serde_json::from_str(&stand.read("plan.json")).unwrap();
    assert!(page.contains(sealed["fingerprint"].as_str().unwrap()));
    assert!(std::fs::read(stand.path("plan.xlsx")).unwrap().starts_with(b"PK"));
    #[cfg(unix)]
    for name in ["plan.html", "plan.xlsx"] {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(stand.path(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    assert!(stand.history().is_empty());
}

#[test]
fn a_refused_plan_is_on_paper_and_says_so_and_is_not_sealed() {
    let stand = edited(5);
    let refused = ["plan", "users.csv", "--max-users", "4"];
    stand
        .run(&[&refused[..], &["-o", "plan.xlsx", "--html", "plan.html"]].concat())
        .must(4);
    assert!(stand.path("plan.xlsx").is_file());
    assert!(
        stand
            .read("plan.html")
            .contains("This plan cannot be applied as it is.")
    );
    stand
        .run(&[&refused[..], &["-o", "plan.json"]].concat())
        .must(4)
        .says(&["The plan file was not written"]);
    assert!(!stand.path("plan.json").exists());
}

#[test]
fn a_workbook_of_a_plan_is_not_taken_for_a_sheet_of_users() {
    let stand = edited(3);
    stand.run(&["plan", "users.csv", "-o", "plan.xlsx"]).must(0);
    let ran = stand.run(&["apply", "plan.xlsx", "--yes"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(stand.history().is_empty());
}

#[test]
fn files_that_would_stand_in_each_others_way_are_refused() {
    let stand = edited(1);
    let exported = stand.read("users.csv");
    for (arguments, words) in [
        (&["-o", "plan.html"][..], "add `--html plan.html`"),
        (&["--html", "plan.pdf"], "let it end in `.html` or `.htm`"),
        (&["--handover", "handover.xlsx"], "let it end in `.csv`"),
        (
            &["-o", "notes.txt"],
            "`-o` writes the plan as `.json` or as a workbook",
        ),
        (&["-o", "users.csv"], "this would replace `users.csv`"),
        (
            &["-o", "same.xlsx", "--html", "./same.xlsx"],
            "name the same file",
        ),
        (
            &["--conflict-sheet", "same.csv", "--handover", "same.csv"],
            "`--handover` and `--conflict-sheet` name the same file",
        ),
    ] {
        stand
            .run(&[&["plan", "users.csv"], arguments].concat())
            .must(2)
            .says(&[words]);
    }
    assert_eq!(stand.read("users.csv"), exported);
    assert!(!stand.path("same.xlsx").exists());
}
