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
    let words = [
        "own-paper",
        "this is a plan as a workbook",
        "plan SHEET -o plan.json",
    ];
    stand.run(&["apply", "plan.xlsx", "--yes"]).must(3).says(&words);
    let changes = ["plan", "plan.xlsx", "--worksheet", "Changes"];
    stand.run(&changes).must(3).says(&words);
    assert!(stand.history().is_empty());
}

#[test]
fn what_was_handed_over_and_what_differs_are_not_taken_for_sheets_of_users() {
    let stand = edited(3);
    stand
        .run(&["plan", "users.csv", "--handover", "handover.csv"])
        .must(0)
        .says(&["There is nothing to hand over; handover.csv has only its header."]);
    for name in ["diff.csv", "diff.xlsx"] {
        stand.run(&["diff", "users.csv", "live", "-o", name]).must(0);
    }
    for (name, word) in [
        ("handover.csv", "`plan --handover`"),
        ("diff.csv", "`diff -o`"),
        ("diff.xlsx", "`diff -o`"),
    ] {
        let words = ["own-paper", word, "not a sheet of users"];
        stand.run(&["apply", name, "--yes"]).must(3).says(&words);
    }
    assert!(stand.history().is_empty());
}

#[test]
fn a_paper_takes_the_place_of_an_older_one_and_never_of_a_sheet() {
    let stand = edited(3);
    let mine = "id,jobTitle\n1,typed for days\n";
    for arguments in [
        &["plan", "users.csv", "--handover"][..],
        &["diff", "users.csv", "live", "-o"],
    ] {
        stand.write("mine.csv", mine);
        stand.run(&[arguments, &["mine.csv"]].concat()).must(2).says(&[
            "mine.csv",
            "there already",
            "name a new file",
        ]);
        assert_eq!(stand.read("mine.csv"), mine);
        stand.write("mine.csv", "");
        for _ in 0..2 {
            stand.run(&[arguments, &["mine.csv"]].concat()).must(0);
        }
        stand.run(&[arguments, &["users.csv"]].concat()).must(2);
    }
}

#[test]
fn a_plan_takes_the_place_of_an_older_plan_and_of_nothing_else() {
    let stand = edited(3);
    stand
        .run(&["export", "-o", "mine.xlsx", "--columns", "jobTitle"])
        .must(0);
    let sheet = std::fs::read(stand.path("mine.xlsx")).unwrap();
    let others: [(&str, &str, &[u8]); 4] = [
        ("-o", "mine.xlsx", &sheet),
        ("-o", "mine.json", b"{\"feed\": \"written by hand\"}"),
        ("-o", "people.json", b"id,jobTitle\n1,typed for days\n"),
        (
            "--html",
            "mine.html",
            b"<!DOCTYPE html><title>Plan for us</title>",
        ),
    ];
    for (flag, name, bytes) in others {
        stand.write(name, bytes);
        stand.run(&["plan", "users.csv", flag, name]).must(2).says(&[
            &format!("`{flag} {name}`"),
            "there already",
            "name a new file",
        ]);
        assert_eq!(std::fs::read(stand.path(name)).unwrap(), bytes, "{name}");
        stand.write(name, "");
        for _ in 0..2 {
            stand.run(&["plan", "users.csv", flag, name]).must(0);
        }
    }
}

#[test]
fn where_no_key_is_taken_none_is_advised() {
    let stand = edited(1);
    let snapshot = stand.json(&["snapshots"], 0)[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    stand.write("numbers.csv", "employeeId,jobTitle\n7,Nurse\n");
    for arguments in [
        &["diff", "numbers.csv", "live"][..],
        &["plan", "--restore", &snapshot, "--rows-of", "numbers.csv"],
    ] {
        let ran = stand.run(arguments).must(2).says(&[
            "neither `id` nor `userPrincipalName`",
            "put one of them into the sheet",
        ]);
        assert!(!ran.stderr.contains("--key"), "{ran:?}");
    }
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
