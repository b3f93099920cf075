//! Choices that change nothing are told, once each, with file, line and cell; and none is applied to a value nobody saw.

use super::choosing::{choose, conflict_sheet, disputed};
use super::sheet::unguarded;

#[test]
fn every_choice_that_does_not_count_is_told_once_with_its_cell() {
    let (stand, [one, two]) = disputed();
    let mut sheet = conflict_sheet(&stand);
    choose(&mut sheet, &one, "jobTitle", "mine");
    choose(&mut sheet, &one, "department", "mine");
    choose(&mut sheet, &two, "jobTitle", "theirs");
    let (id_at, column_at) = (sheet.column("id"), sheet.column("column"));
    let row_of = |user: &str, column: &str| {
        let found = sheet
            .rows
            .iter()
            .position(|row| row[id_at] == user && row[column_at] == column);
        found.unwrap()
    };
    let (moved, settled, doubled) = (
        row_of(&one, "jobTitle"),
        row_of(&one, "department"),
        row_of(&two, "jobTitle"),
    );
    let again = sheet.rows[doubled].clone();
    sheet.rows.push(again);
    stand.save("conflicts.csv", &sheet);
    stand.edit(&one, "jobTitle", "Theirs again");
    stand.edit(&one, "department", "Mine too");
    let line = |row: usize| row + 2;
    let lines = [
        format!(
            "conflicts.csv:{0} I{0}: row {1} ",
            line(moved),
            unguarded(sheet.cell(moved, "row"))
        ),
        format!(
            "conflicts.csv:{0} I{0}: department of {one} is not in conflict now",
            line(settled)
        ),
        format!(
            "conflicts.csv:5 I5: I{} says the same about `jobTitle`",
            line(doubled)
        ),
    ];
    for arguments in [
        &["plan", "users.csv", "--choices", "conflicts.csv"][..],
        &["apply", "users.csv", "--yes", "--choices", "conflicts.csv"],
    ] {
        let done = stand.run(arguments).must(5);
        for line in &lines {
            assert_eq!(
                done.stderr.matches(line.as_str()).count(),
                1,
                "{line}\n{}",
                done.stderr
            );
        }
    }
    // Who asked for quiet, or reads the JSON, is told as well.
    let chosen = ["plan", "users.csv", "--choices", "conflicts.csv"];
    let quiet = stand.run(&[&chosen[..], &["--quiet"]].concat()).must(5);
    let told = stand.json(&chosen, 5);
    assert_eq!(told["summary"]["choices_void"], 1);
    let refused = stand.json(&["apply", "users.csv", "--yes", "--choices", "conflicts.csv"], 5);
    for (line, (kind, at)) in lines.iter().zip([("void", 0), ("unused", 1), ("unused", 0)]) {
        assert!(quiet.stderr.contains(line.as_str()), "{line}\n{}", quiet.stderr);
        for answer in [&told, &refused] {
            let found = answer["choices"][kind][at].as_str().unwrap();
            assert!(found.starts_with(line.as_str()), "{line}\n{}", answer["choices"]);
        }
    }
    assert!(stand.history().is_empty());
    assert_eq!(stand.dump()[&one]["jobTitle"], "Theirs again");
}

#[test]
fn a_plan_says_which_cells_stay_in_conflict_although_mine_was_asked() {
    let (stand, [one, _]) = disputed();
    let mut sheet = conflict_sheet(&stand);
    choose(&mut sheet, &one, "jobTitle", "mine");
    stand.save("conflicts.csv", &sheet);
    stand.edit(&one, "jobTitle", "Theirs again");
    let chosen = ["users.csv", "--choices", "conflicts.csv", "--conflicts", "mine"];
    let plan = stand.run(&[&["plan"], &chosen[..]].concat()).must(0);
    let help = "1 cell was decided about when other values stood there, so no flag writes it";
    assert!(plan.stdout.contains(help), "{}", plan.stdout);
    assert!(
        !plan.stdout.contains("`--conflicts mine` writes"),
        "{}",
        plan.stdout
    );
    let last = plan.stderr.trim_end().lines().last().unwrap();
    assert!(
        last.starts_with("1 cell stays in conflict although `--conflicts mine` was asked"),
        "{last}"
    );
    let done = stand.json(&[&["apply", "--yes"], &chosen[..]].concat(), 6);
    let hints: Vec<&str> = done["rows"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|row| row["_hint"].as_str())
        .collect();
    assert!(
        hints.iter().any(|hint| hint.contains("so no flag writes it")),
        "{hints:?}"
    );
    assert_eq!(stand.dump()[&one]["jobTitle"], "Theirs again");
}

#[test]
fn a_cell_that_was_left_to_the_directory_is_not_written_when_that_goes_back_to_the_exported_value() {
    let (stand, [one, _]) = disputed();
    let mut sheet = conflict_sheet(&stand);
    choose(&mut sheet, &one, "jobTitle", "theirs");
    choose(&mut sheet, &one, "department", "mine");
    stand.save("conflicts.csv", &sheet);
    let row = (0..sheet.rows.len())
        .find(|row| sheet.cell(*row, "column") == "jobTitle" && sheet.cell(*row, "id") == one);
    let exported = sheet.cell(row.unwrap(), "exported").to_owned();
    stand.edit(&one, "jobTitle", exported.as_str());
    let chosen = [
        "apply",
        "users.csv",
        "--yes",
        "--choices",
        "conflicts.csv",
        "--conflicts",
    ];
    stand
        .run(&[&chosen[..], &["stop"]].concat())
        .must(5)
        .says(&["does not count any more"]);
    stand.run(&[&chosen[..], &["skip"]].concat()).must(6);
    let after = stand.dump();
    assert_eq!(after[&one]["jobTitle"], exported.as_str());
    assert_eq!(after[&one]["department"], "Mine too");
}

#[test]
fn what_was_chosen_stands_in_the_json_and_in_the_plan_file() {
    let (stand, [one, two]) = disputed();
    let mut sheet = conflict_sheet(&stand);
    choose(&mut sheet, &one, "jobTitle", "theirs");
    stand.save("conflicts.csv", &sheet);
    let flags = [
        "plan",
        "users.csv",
        "--choices",
        "conflicts.csv",
        "--conflicts",
        "mine",
    ];
    let told = stand.json(&flags, 0);
    let settled = told["settled"].as_array().unwrap();
    assert_eq!(settled.len(), 3);
    for cell in settled {
        let mut names: Vec<&String> = cell.as_object().unwrap().keys().collect();
        names.sort_unstable();
        let documented = [
            "base",
            "by",
            "choice",
            "column",
            "edited",
            "live",
            "row",
            "user",
            "userPrincipalName",
        ];
        assert_eq!(names, documented);
        let is_chosen = cell["user"] == one.as_str() && cell["column"] == "jobTitle";
        let expected = if is_chosen {
            ("theirs", "sheet")
        } else {
            ("mine", "flag")
        };
        assert_eq!(
            (cell["choice"].as_str(), cell["by"].as_str()),
            (Some(expected.0), Some(expected.1))
        );
    }
    let of_two = settled.iter().find(|cell| cell["user"] == two.as_str()).unwrap();
    assert_eq!(
        (&of_two["edited"], &of_two["live"]),
        (&"Mine three".into(), &"=Theirs()".into())
    );
    stand.run(&[&flags[..], &["-o", "plan.json"]].concat()).must(0);
    let file: serde_json::Value =
        serde_json::from_slice(&std::fs::read(stand.path("plan.json")).unwrap()).unwrap();
    assert_eq!(file["plan"]["settled"].as_array().unwrap().len(), 3);
    assert_eq!(file["fingerprint"], told["fingerprint"]);
    stand
        .run(&["apply", "plan.json"])
        .must(2)
        .says(&["Conflicts settled (3): mine for 2 cells, theirs for 1 cell"]);
    stand.run(&["apply", "plan.json", "--yes"]).must(0);
}
