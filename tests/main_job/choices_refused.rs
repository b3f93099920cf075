//! Sheets of conflicts that are refused: as choices, as a sheet of users, and as a file whose place a new one would take.

use super::choosing::{choose, conflict_sheet, disputed};
use super::stand::Stand;

#[test]
fn everything_that_is_wrong_with_the_choices_is_told_at_once() {
    let (stand, [one, two]) = disputed();
    let mut sheet = conflict_sheet(&stand);
    choose(&mut sheet, &one, "jobTitle", "yes");
    choose(&mut sheet, &one, "department", "mine");
    choose(&mut sheet, &two, "jobTitle", "ours");
    let (id_at, column_at) = (sheet.column("id"), sheet.column("column"));
    for (at, text) in [(column_at, "jobTitel"), (id_at, "nobody")] {
        let mut row = sheet.rows[0].clone();
        row[at] = text.to_owned();
        sheet.rows.push(row);
    }
    let mut again = sheet.rows[sheet.rows.len() - 2].clone();
    again[column_at] = "department".to_owned();
    let choice_at = sheet.column("_choice");
    again[choice_at] = "theirs".to_owned();
    again[id_at].clone_from(&one);
    let values = sheet
        .rows
        .iter()
        .find(|row| row[column_at] == "department")
        .unwrap()
        .clone();
    for name in ["exported", "sheet", "directory"] {
        let at = sheet.column(name);
        again[at].clone_from(&values[at]);
    }
    sheet.rows.push(again);
    stand.save("conflicts.csv", &sheet);
    let before = stand.stats().token_requests;
    stand
        .run(&["apply", "users.csv", "--yes", "--choices", "conflicts.csv"])
        .must(2)
        .says(&[
            "nothing was written",
            "`yes` is no choice; write `mine`, `theirs`, or nothing",
            "`ours` is no choice",
            "conflicts.csv:5 E5: there is no column `jobTitel`",
            "conflicts.csv:6 A6: `nobody` is no id of a user",
            "says something else about `department` of the same user",
            "conflicts.csv:7 I7: I",
            ", 7 problems",
        ]);
    // It is told before anybody signs in.
    assert_eq!(stand.stats().token_requests, before);
    assert!(stand.history().is_empty());
}

#[test]
fn choices_for_another_sheet_and_a_sheet_of_another_kind_are_refused() {
    let (stand, [one, _]) = disputed();
    let mut sheet = conflict_sheet(&stand);
    choose(&mut sheet, &one, "jobTitle", "mine");
    stand.save("conflicts.csv", &sheet);
    let mut users = stand.sheet("users.csv");
    stand
        .run(&["apply", "users.csv", "--yes", "--choices", "users.csv"])
        .must(2)
        .says(&["there is no column `_choice`", "there is no column `directory`"]);
    users.set(&one, "jobTitle", "Mine, but later");
    stand.save("users.csv", &users);
    for arguments in [
        ["apply", "users.csv", "--yes", "--choices", "conflicts.csv"],
        ["plan", "users.csv", "--full", "--choices", "conflicts.csv"],
    ] {
        stand.run(&arguments).must(2).says(&[
            "3 rows were made before this sheet was changed",
            "--conflict-sheet",
        ]);
    }
    assert!(stand.history().is_empty());
    stand
        .run(&["apply", "users.csv", "--yes", "--choices", "nowhere.csv"])
        .must(2)
        .says(&[
            "the choices in `nowhere.csv` cannot be used",
            "there is no file `nowhere.csv`",
        ]);
}

#[test]
fn a_sheet_of_conflicts_takes_no_other_files_place_and_has_a_known_ending() {
    let (stand, _) = disputed();
    let sheet = stand.read("users.csv");
    for (arguments, told) in [
        (
            ["--conflict-sheet", "users.csv", "--full"].as_slice(),
            "would replace",
        ),
        (
            &["--conflict-sheet", "a.csv", "--handover", "a.csv"],
            "the same file",
        ),
        (&["--conflict-sheet", "a.ods"], "must end in `.csv` or `.xlsx`"),
        (
            &["--conflict-sheet", "a.csv", "--choices", "a.csv"],
            "cannot be used",
        ),
    ] {
        stand
            .run(&[&["plan", "users.csv"], arguments].concat())
            .must(2)
            .says(&[told]);
    }
    assert_eq!(stand.read("users.csv"), sheet);
    stand
        .run(&["apply", "users.csv", "--yes"])
        .must(5)
        .says(&["plan users.csv --conflict-sheet conflicts.xlsx"]);
}

#[test]
fn a_sheet_of_conflicts_gives_way_to_a_new_one_only_while_nothing_is_chosen_in_it() {
    let (stand, [one, _]) = disputed();
    let again = ["plan", "users.csv", "--conflict-sheet", "conflicts.csv"];
    conflict_sheet(&stand);
    let mut sheet = conflict_sheet(&stand);
    choose(&mut sheet, &one, "jobTitle", "theirs");
    stand.save("conflicts.csv", &sheet);
    let filled = stand.read("conflicts.csv");
    stand
        .run(&again)
        .must(2)
        .says(&["choices are written in it", "like `conflicts.xlsx`"]);
    assert_eq!(stand.read("conflicts.csv"), filled);
    stand
        .run(&[&again[..], &["--choices", "conflicts.csv"]].concat())
        .must(2)
        .says(&["would replace"]);
    stand.write("other.csv", "id,what\r\n1,2\r\n");
    stand
        .run(&["plan", "users.csv", "--conflict-sheet", "other.csv"])
        .must(2)
        .says(&["it is no sheet of conflicts"]);
    assert_eq!(stand.read("other.csv"), "id,what\r\n1,2\r\n");
}

#[test]
fn a_sheet_of_conflicts_is_no_sheet_of_users_and_says_how_it_is_given() {
    let (stand, _) = disputed();
    conflict_sheet(&stand);
    for arguments in [
        &["apply", "conflicts.csv", "--yes"][..],
        &["plan", "conflicts.csv"],
        &["check", "conflicts.csv"],
    ] {
        stand.run(arguments).must(3).says(&[
            "`conflicts.csv` is a sheet of conflicts, and not a sheet of users",
            "add `--choices conflicts.csv`",
        ]);
    }
    assert!(stand.history().is_empty());
}

#[test]
fn choices_that_were_made_with_another_base_write_nothing() {
    let stand = Stand::of(40);
    let mut sheet = stand.export();
    let user = super::big::id(&stand.ordinary()[1]);
    let at = sheet.column("_snapshot");
    sheet.header.remove(at);
    for row in &mut sheet.rows {
        row.remove(at);
    }
    stand.save("old export.csv", &sheet);
    sheet.set(&user, "jobTitle", "Mine");
    stand.save("users.csv", &sheet);
    stand.edit(&user, "jobTitle", "Theirs");
    stand
        .run(&[
            "plan",
            "./users.csv",
            "--base",
            "old export.csv",
            "--conflict-sheet",
            "conflicts.csv",
        ])
        .must(5)
        .says(&["`dirsheet apply ./users.csv --base 'old export.csv' --choices conflicts.csv`"]);
    let mut conflicts = stand.sheet("conflicts.csv");
    choose(&mut conflicts, &user, "jobTitle", "theirs");
    stand.save("conflicts.csv", &conflicts);
    stand
        .run(&["apply", "users.csv", "--yes", "--choices", "conflicts.csv"])
        .must(2)
        .says(&["1 row was made with another base", "--base"]);
    assert!(stand.history().is_empty());
    stand
        .run(&[
            "apply",
            "users.csv",
            "--yes",
            "--base",
            "old export.csv",
            "--choices",
            "conflicts.csv",
        ])
        .must(0);
    assert_eq!(stand.dump()[&user]["jobTitle"], "Theirs");
}

#[test]
fn choices_that_were_made_for_another_tenant_or_sheet_are_told_apart() {
    let (mut stand, _) = disputed();
    conflict_sheet(&stand);
    let users = stand.read("users.csv");
    stand.write("other.csv", format!("{users}\r\n"));
    stand
        .run(&["apply", "other.csv", "--yes", "--choices", "conflicts.csv"])
        .must(2)
        .says(&["3 rows were made for another sheet"]);
    let other = Stand::of(40);
    stand.turn_to(&other);
    stand
        .run(&["apply", "users.csv", "--yes", "--choices", "conflicts.csv"])
        .must(2)
        .says(&["3 rows were made for another tenant"]);
    assert!(stand.history().is_empty() && other.history().is_empty());
}

#[test]
fn a_choice_about_a_user_or_a_column_that_the_sheet_does_not_have_is_refused() {
    let (stand, [one, two]) = disputed();
    let mut sheet = conflict_sheet(&stand);
    choose(&mut sheet, &one, "jobTitle", "mine");
    let row = sheet
        .rows
        .iter()
        .position(|row| row[sheet.column("_choice")] == "mine");
    let row = sheet.rows[row.unwrap()].clone();
    let (mut nobody, mut nothing) = (row.clone(), row);
    nobody[sheet.column("id")] = "99999999-9999-4999-8999-999999999999".to_owned();
    nothing[sheet.column("column")] = "employeeLeaveDateTime".to_owned();
    sheet.rows.extend([nobody, nothing]);
    stand.save("conflicts.csv", &sheet);
    let refused = stand
        .run(&["apply", "users.csv", "--yes", "--choices", "conflicts.csv"])
        .must(2)
        .says(&[
            "2 problems",
            "conflicts.csv:5 I5: no row of the sheet is about a user with the id 99999999",
            "conflicts.csv:6 I6: the sheet has no column `employeeLeaveDateTime`",
        ]);
    assert!(!refused.stderr.contains(&two));
    assert!(stand.history().is_empty());
}

#[test]
fn a_workbook_with_choices_on_a_second_page_is_refused() {
    let (stand, _) = disputed();
    let sheet = conflict_sheet(&stand);
    let mut book = rust_xlsxwriter::Workbook::new();
    for name in ["Users", "Users (2)"] {
        let page = book.add_worksheet().set_name(name).unwrap();
        for (row, cells) in std::iter::once(&sheet.header).chain(&sheet.rows).enumerate() {
            for (column, cell) in cells.iter().enumerate() {
                page.write_string(row as u32, column as u16, super::sheet::unguarded(cell))
                    .unwrap();
            }
        }
    }
    stand.write("conflicts.xlsx", book.save_to_buffer().unwrap());
    stand
        .run(&["apply", "users.csv", "--yes", "--choices", "conflicts.xlsx"])
        .must(2)
        .says(&["leave the one with the choices, and remove the others"]);
}

#[test]
fn nobody_is_invited_to_choose_before_the_sheet_is_corrected() {
    let (stand, [one, _]) = disputed();
    let mut users = stand.sheet("users.csv");
    users.set(&one, "usageLocation", "Nowhere");
    stand.save("users.csv", &users);
    let plan = ["plan", "users.csv", "--conflict-sheet", "conflicts.csv"];
    let told = stand
        .run(&plan)
        .must(3)
        .says(&["conflicts.csv was not written: correct the sheet first"]);
    assert!(!told.stderr.contains("Write `mine`"), "{}", told.stderr);
    assert!(!stand.path("conflicts.csv").exists());
    // What is left out is left out of the choices too.
    stand.run(&[&plan[..], &["--skip-errors"]].concat()).must(5);
    assert_eq!(stand.sheet("conflicts.csv").rows.len(), 3);
}
