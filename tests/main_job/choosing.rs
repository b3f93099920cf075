//! Conflicts written down as a sheet, decided cell by cell, and read back.

use super::big::id;
use super::sheet::{Sheet, unguarded};
use super::stand::Stand;

/// A directory in which somebody else changed three cells of two users that the sheet changes too, and the two users.
pub fn disputed() -> (Stand, [String; 2]) {
    let stand = Stand::of(40);
    let mut sheet = stand.export();
    let users = stand.ordinary();
    let (one, two) = (id(&users[1]), id(&users[2]));
    sheet.set(&one, "jobTitle", "Mine");
    sheet.set(&one, "department", "Mine too");
    sheet.set(&one, "officeLocation", "Undisputed");
    sheet.set(&two, "jobTitle", "Mine three");
    stand.save("users.csv", &sheet);
    stand.edit(&one, "jobTitle", "Theirs");
    stand.edit(&one, "department", "Theirs too");
    stand.edit(&two, "jobTitle", "=Theirs()");
    (stand, [one, two])
}

/// The sheet of conflicts of `users.csv`.
pub fn conflict_sheet(stand: &Stand) -> Sheet {
    stand
        .run(&["plan", "users.csv", "--conflict-sheet", "conflicts.csv"])
        .must(5)
        .says(&[
            "The 3 cells in conflict are in conflicts.csv",
            "--choices conflicts.csv",
        ]);
    stand.sheet("conflicts.csv")
}

#[test]
fn the_sheet_of_conflicts_holds_the_disputed_cells_and_no_others() {
    let (stand, [one, two]) = disputed();
    let before = stand.sheet("users.csv");
    let sheet = conflict_sheet(&stand);
    assert_eq!(
        sheet.header,
        [
            "id",
            "userPrincipalName",
            "displayName",
            "row",
            "column",
            "exported",
            "sheet",
            "directory",
            "_choice",
            "_plan"
        ]
    );
    let mut cells: Vec<[&str; 4]> = (0..sheet.rows.len())
        .map(|row| ["id", "column", "sheet", "directory"].map(|name| unguarded(sheet.cell(row, name))))
        .collect();
    let mut expected = [
        [one.as_str(), "jobTitle", "Mine", "Theirs"],
        [one.as_str(), "department", "Mine too", "Theirs too"],
        [two.as_str(), "jobTitle", "Mine three", "=Theirs()"],
    ];
    cells.sort_unstable();
    expected.sort_unstable();
    assert_eq!(cells, expected);
    for (row, cells) in sheet.rows.iter().enumerate() {
        assert!(sheet.cell(row, "_choice").is_empty());
        assert_eq!(sheet.cell(row, "_plan"), sheet.cell(0, "_plan"));
        let user = sheet.cell(row, "id");
        assert_eq!(
            unguarded(sheet.cell(row, "displayName")),
            unguarded(before.of(user, "displayName"))
        );
        let place = (before.row_of(user) + 2).to_string();
        assert_eq!(unguarded(sheet.cell(row, "row")), place, "{cells:?}");
    }
    // What a spreadsheet would run has its apostrophe.
    assert!(sheet.cells("directory").contains(&"'=Theirs()"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(stand.path("conflicts.csv"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    assert!(stand.history().is_empty());
}

#[test]
fn without_a_conflict_no_sheet_of_conflicts_is_written() {
    let stand = Stand::of(40);
    let sheet = stand.export();
    stand.save("users.csv", &sheet);
    stand
        .run(&["plan", "users.csv", "--conflict-sheet", "conflicts.csv"])
        .must(0)
        .says(&["No conflict is left, so conflicts.csv was not written."]);
    assert!(!stand.path("conflicts.csv").exists());
}

/// Fills in the choice of one cell.
pub fn choose(sheet: &mut Sheet, user: &str, column: &str, word: &str) {
    let (of_user, of_column, choice) = (
        sheet.column("id"),
        sheet.column("column"),
        sheet.column("_choice"),
    );
    let row = sheet
        .rows
        .iter_mut()
        .find(|row| row[of_user] == user && row[of_column] == column)
        .unwrap();
    row[choice] = word.to_owned();
}

#[test]
fn apply_writes_the_cells_that_were_chosen_and_leaves_the_others_as_they_are() {
    let (stand, [one, two]) = disputed();
    let mut sheet = conflict_sheet(&stand);
    choose(&mut sheet, &one, "jobTitle", "theirs");
    choose(&mut sheet, &one, "department", " MINE ");
    stand.save("conflicts.csv", &sheet);
    let before = stand.dump();
    let chosen = ["apply", "users.csv", "--yes", "--choices", "conflicts.csv"];
    // The blank one is still in conflict.
    stand
        .run(&chosen)
        .must(5)
        .says(&["1 cell was changed by you and by somebody else"]);
    assert!(stand.history().is_empty());
    let done = stand.json(&[&chosen[..], &["--conflicts", "skip"]].concat(), 6);
    assert_eq!(done["summary"]["updated"], 1);
    let mut expected = before;
    let user = expected.get_mut(&one).unwrap();
    user["department"] = "Mine too".into();
    user["officeLocation"] = "Undisputed".into();
    super::big::same_directory(&expected, &stand.dump());
    assert_eq!(stand.dump()[&two]["jobTitle"], "=Theirs()");
}

#[test]
fn when_every_cell_is_decided_nothing_is_left_to_do_and_a_sealed_plan_holds_the_outcome() {
    let (stand, [one, two]) = disputed();
    let mut sheet = conflict_sheet(&stand);
    choose(&mut sheet, &one, "jobTitle", "theirs");
    choose(&mut sheet, &one, "department", "mine");
    choose(&mut sheet, &two, "jobTitle", "mine");
    stand.save("conflicts.csv", &sheet);
    stand
        .run(&[
            "plan",
            "users.csv",
            "--choices",
            "conflicts.csv",
            "-o",
            "plan.json",
        ])
        .must(0)
        .says(&[
            "Conflicts settled (3): mine for 2 cells, theirs for 1 cell",
            "theirs, chosen in the sheet of conflicts: ",
        ]);
    stand
        .run(&["apply", "plan.json", "--yes", "--choices", "conflicts.csv"])
        .must(2)
        .says(&["`--choices` has no meaning for a plan file"]);
    assert!(stand.history().is_empty());
    stand.run(&["apply", "plan.json", "--yes"]).must(0);
    let after = stand.dump();
    assert_eq!(after[&one]["jobTitle"], "Theirs");
    assert_eq!(after[&one]["department"], "Mine too");
    assert_eq!(after[&two]["jobTitle"], "Mine three");
}

#[test]
fn a_choice_does_not_count_when_the_directory_moved_again() {
    let (stand, [one, two]) = disputed();
    let mut sheet = conflict_sheet(&stand);
    choose(&mut sheet, &one, "jobTitle", "mine");
    choose(&mut sheet, &one, "department", "mine");
    choose(&mut sheet, &two, "jobTitle", "mine");
    stand.save("conflicts.csv", &sheet);
    stand.edit(&one, "jobTitle", "Theirs again");
    let chosen = ["apply", "users.csv", "--yes", "--choices", "conflicts.csv"];
    stand
        .run(&chosen)
        .must(5)
        .says(&["does not count any more", "Theirs again", "nothing was written"]);
    assert!(stand.history().is_empty());
    // Not even when the sheet is to win everywhere else.
    stand
        .run(&[&chosen[..], &["--conflicts", "mine"]].concat())
        .must(6);
    assert_eq!(stand.dump()[&one]["jobTitle"], "Theirs again");
    assert_eq!(stand.dump()[&two]["jobTitle"], "Mine three");
}

#[test]
fn a_choice_about_a_cell_that_is_not_in_conflict_any_more_changes_nothing() {
    let (stand, [one, _]) = disputed();
    let mut sheet = conflict_sheet(&stand);
    choose(&mut sheet, &one, "jobTitle", "theirs");
    stand.save("conflicts.csv", &sheet);
    stand.edit(&one, "jobTitle", "Mine");
    stand
        .run(&[
            "plan",
            "users.csv",
            "--choices",
            "conflicts.csv",
            "--conflicts",
            "skip",
        ])
        .must(0)
        .says(&["is not in conflict now; the choice changes nothing"]);
}

/// The same rows as a workbook.
fn as_workbook(sheet: &Sheet) -> Vec<u8> {
    use dirsheet::table::{WorkbookStyle, WorkbookWriter};
    let mut writer = WorkbookWriter::new(Vec::new(), WorkbookStyle::plain()).unwrap();
    let header: Vec<&str> = sheet.header.iter().map(String::as_str).collect();
    writer.write_header(&header).unwrap();
    for row in &sheet.rows {
        let cells: Vec<String> = row.iter().map(|cell| unguarded(cell).to_owned()).collect();
        writer.write_row(&cells).unwrap();
    }
    writer.finish().unwrap().0
}

#[test]
fn a_workbook_of_conflicts_is_written_and_its_choices_are_read() {
    let (stand, [one, two]) = disputed();
    stand
        .run(&["plan", "users.csv", "--conflict-sheet", "blank.xlsx"])
        .must(5);
    let options = dirsheet::table::ReadOptions::default();
    let blank = dirsheet::table::Sheet::open(&stand.path("blank.xlsx"), options).unwrap();
    let header: Vec<&str> = blank
        .header()
        .columns()
        .iter()
        .map(|column| column.text.as_str())
        .collect();
    assert_eq!(header, conflict_sheet(&stand).header);
    assert_eq!(blank.rows().count(), 3);
    let apply = |file: &str, policy: &str, code: i32| {
        let arguments = [
            "apply",
            "users.csv",
            "--yes",
            "--choices",
            file,
            "--conflicts",
            policy,
        ];
        stand.run(&arguments).must(code)
    };
    // Nothing was chosen in the one that was written, so all of it is left to the policy.
    apply("blank.xlsx", "stop", 5);
    assert!(stand.history().is_empty());
    let mut sheet = conflict_sheet(&stand);
    choose(&mut sheet, &one, "jobTitle", "theirs");
    choose(&mut sheet, &two, "jobTitle", "mine");
    stand.write("filled.xlsx", as_workbook(&sheet));
    apply("filled.xlsx", "skip", 6);
    let after = stand.dump();
    assert_eq!(after[&one]["jobTitle"], "Theirs");
    assert_eq!(after[&one]["department"], "Theirs too");
    assert_eq!(after[&two]["jobTitle"], "Mine three");
}
