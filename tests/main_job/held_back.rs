//! What is said where nothing is written because something is held back: never that it is so already.

use super::stand::Stand;

/// An export of one person with a column more, in whose cell something is asked for.
fn with_column(header: &str) -> Stand {
    let stand = Stand::of(5);
    let exported = stand
        .run(&["export", "--columns", "id,displayName"])
        .must(0)
        .stdout;
    let mut lines = exported.lines().map(|line| line.trim_start_matches('\u{feff}'));
    let (head, first) = (lines.next().unwrap(), lines.next().unwrap());
    stand.write("users.csv", format!("{header},{head}\nNurse,{first}\n"));
    stand
}

#[test]
fn a_column_that_is_misspelt_is_no_reason_to_say_that_everything_is_so_already() {
    let stand = with_column("jobTitel");
    let words = ["plan", "users.csv", "--skip-errors"];
    for ran in [stand.run(&words[..2]), stand.run(&words)] {
        assert!(
            ran.stderr
                .contains("Nothing to write: 1 error of the sheet as a whole")
                || ran
                    .stdout
                    .contains("Nothing to write: 1 error of the sheet as a whole"),
            "{ran:?}"
        );
        assert!(!format!("{ran:?}").contains("so already"), "{ran:?}");
    }
    let applied = stand.run(&["apply", "users.csv", "--skip-errors", "--yes"]).must(6).says(&[
        "Nothing was written.\n1 error of the sheet as a whole held back what stands in no row of the report.\n",
        "help: `dirsheet check SHEET` names it",
    ]);
    assert!(!format!("{applied:?}").contains("so already"), "{applied:?}");
    let run = stand.newest_run();
    let told = stand.json(&["report", &run], 0);
    assert_eq!(
        (&told["sheet_errors"], &told["summary"]["unchanged"]),
        (&1.into(), &1.into())
    );
    assert_eq!(stand.stats().writes_received, 0);
}

#[test]
fn a_cell_that_is_held_back_is_counted_and_the_other_rows_ask_for_nothing() {
    let stand = Stand::of(6);
    let user = super::big::id(&stand.ordinary()[0]);
    stand.wish("id,usageLocation", "usageLocation", &[(&user, "Spain (!)")]);
    let rows = stand.sheet("users.csv").rows.len();
    let told = format!(
        "Nothing to write: 1 row is held back (1 error); the other {} ask for nothing.",
        rows - 1
    );
    let ran = stand.run(&["plan", "users.csv", "--skip-errors"]).says(&[&told]);
    assert!(!format!("{ran:?}").contains("so already"), "{ran:?}");
    stand
        .run(&["apply", "users.csv", "--skip-errors", "--yes"])
        .must(6)
        .says(&["needs-work.csv"]);
}
