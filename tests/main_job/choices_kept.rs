//! What was decided stays decided: over two sittings, for every kind of value, and not for a value nobody saw.

use serde_json::json;

use super::big::id;
use super::choosing::{choose, conflict_sheet, disputed};
use super::sheet::unguarded;
use super::stand::Stand;

#[test]
fn a_second_sheet_of_conflicts_carries_what_the_first_one_decided() {
    let (stand, [one, two]) = disputed();
    let mut first = conflict_sheet(&stand);
    choose(&mut first, &one, "jobTitle", "theirs");
    stand.save("conflicts.csv", &first);
    stand
        .run(&[
            "plan",
            "users.csv",
            "--choices",
            "conflicts.csv",
            "--conflict-sheet",
            "rest.csv",
        ])
        .must(5)
        .says(&["The 2 cells in conflict are in rest.csv, beside 1 that was decided"]);
    let mut rest = stand.sheet("rest.csv");
    assert_eq!(rest.rows.len(), 3);
    choose(&mut rest, &one, "department", "mine");
    // A column is known by every name that a header may have.
    let (at, user) = (rest.column("column"), rest.column("id"));
    for row in &mut rest.rows {
        if row[user] == two {
            "Job title".clone_into(&mut row[at]);
        }
    }
    choose(&mut rest, &two, "Job title", "mine");
    stand.save("rest.csv", &rest);
    stand
        .run(&["apply", "users.csv", "--yes", "--choices", "rest.csv"])
        .must(0);
    let after = stand.dump();
    assert_eq!(after[&one]["jobTitle"], "Theirs");
    assert_eq!(after[&one]["department"], "Mine too");
    assert_eq!(after[&two]["jobTitle"], "Mine three");
}

#[test]
fn cells_of_every_kind_are_decided_and_a_cleared_one_too() {
    for word in ["mine", "theirs"] {
        let stand = Stand::of(40);
        let users = stand.ordinary();
        let ids: Vec<String> = users.iter().map(id).collect();
        let (user, boss, other) = (&ids[1], &ids[2], &ids[3]);
        stand.edit(user, "jobTitle", "Was");
        stand.edit(user, "manager", json!(ids[4]));
        stand.edit(user, "otherMails", json!(["was@contoso.example"]));
        stand.edit(user, "mobilePhone", "+31 6 00000000");
        let mut sheet = stand.export();
        sheet.set(user, "jobTitle", "");
        sheet.set(user, "manager", boss.as_str());
        sheet.set(user, "otherMails", "b@contoso.example; a@contoso.example");
        sheet.set(user, "mobilePhone", "'+31612345678");
        stand.save("users.csv", &sheet);
        stand.edit(user, "jobTitle", "Theirs");
        stand.edit(user, "manager", json!(other));
        stand.edit(user, "otherMails", json!(["c@contoso.example"]));
        stand.edit(user, "mobilePhone", "0042");
        stand
            .run(&["plan", "users.csv", "--conflict-sheet", "conflicts.csv"])
            .must(5);
        let mut conflicts = stand.sheet("conflicts.csv");
        assert_eq!(conflicts.rows.len(), 4);
        for column in ["jobTitle", "manager", "otherMails", "mobilePhone"] {
            choose(&mut conflicts, user, column, word);
        }
        let of = |column: &str, name: &str| {
            let at = (0..4).find(|row| conflicts.cell(*row, "column") == column);
            conflicts.cell(at.unwrap(), name).to_owned()
        };
        assert_eq!(of("jobTitle", "sheet"), "");
        assert!(unguarded(&of("manager", "sheet")).ends_with(&format!("({boss})")));
        assert!(unguarded(&of("manager", "directory")).ends_with(&format!("({other})")));
        // A spreadsheet program would make numbers of these.
        assert_eq!(of("mobilePhone", "sheet"), "'+31612345678");
        assert_eq!(of("mobilePhone", "directory"), "'0042");
        stand.save("conflicts.csv", &conflicts);
        stand
            .run(&["apply", "users.csv", "--yes", "--choices", "conflicts.csv"])
            .must(0);
        let after = &stand.dump()[user];
        let expected = if word == "mine" {
            json!([null, boss, "+31612345678", "b@contoso.example"])
        } else {
            json!(["Theirs", other, "0042", "c@contoso.example"])
        };
        let found = [
            &after["jobTitle"],
            &after["manager"],
            &after["mobilePhone"],
            &after["otherMails"][0],
        ];
        assert_eq!(json!(found), expected, "{word}");
    }
}

#[test]
fn a_value_that_a_spreadsheet_program_rewrote_in_the_sheet_of_conflicts_is_told_as_such() {
    let (stand, [one, _]) = disputed();
    stand.edit(&one, "jobTitle", "0042");
    let mut sheet = conflict_sheet(&stand);
    choose(&mut sheet, &one, "jobTitle", "theirs");
    let at = sheet.column("directory");
    for row in &mut sheet.rows {
        if row[at] == "'0042" {
            "42".clone_into(&mut row[at]);
        }
    }
    stand.save("conflicts.csv", &sheet);
    stand
        .run(&["apply", "users.csv", "--yes", "--choices", "conflicts.csv"])
        .must(5)
        .says(&[
            "a spreadsheet program rewrote the value in the sheet of conflicts",
            "is written by no flag",
            "--conflict-sheet conflicts.xlsx",
        ]);
}

#[test]
fn neither_choice_counts_when_the_directory_goes_back_to_the_exported_value() {
    for word in ["mine", "theirs"] {
        let (stand, [one, _]) = disputed();
        let mut sheet = conflict_sheet(&stand);
        choose(&mut sheet, &one, "jobTitle", word);
        stand.save("conflicts.csv", &sheet);
        let row =
            (0..3).find(|row| sheet.cell(*row, "column") == "jobTitle" && sheet.cell(*row, "id") == one);
        stand.edit(&one, "jobTitle", unguarded(sheet.cell(row.unwrap(), "exported")));
        let policy = ["--conflicts", "mine"];
        let chosen = ["apply", "users.csv", "--yes", "--choices", "conflicts.csv"];
        stand.run(&[&chosen[..], &policy].concat()).must(6);
        assert_ne!(stand.dump()[&one]["jobTitle"], "Mine", "{word}");
        assert_eq!(stand.dump()[&one]["department"], "Mine too");
    }
}
