//! Plans with actions on accounts: how they are told, sealed, and handed over.

use dirsheet::sandbox::SandboxOptions;

use super::accounts::{enabled, leavers, options};
use super::sheet::Sheet;
use super::stand::Stand;

#[test]
fn deletes_are_told_first_and_in_words() {
    let stand = Stand::open(options(40));
    let ids = enabled(&stand, 3);
    let header = ["id", "jobTitle", "_action"];
    let rows: [&[&str]; 3] = [
        &[&ids[0], "<clear>", ""],
        &[&ids[1], "", "revoke-sessions"],
        &[&ids[2], "", "delete"],
    ];
    stand.save("sheet.csv", &Sheet::new(&header, &rows));
    stand.edit(&ids[0], "jobTitle", "Clerk");
    let told = stand
        .run(&["plan", "sheet.csv", "--allow", "delete,revoke-sessions"])
        .must(0);
    let at = |words: &str| {
        told.stdout
            .find(words)
            .unwrap_or_else(|| panic!("{words}: {told:?}"))
    };
    assert!(at("Deleted (1 account)") < at("Actions on accounts (1)"));
    assert!(at("Actions on accounts (1)") < at("Cleared (1 cell)"));
    at("is deleted; for 30 days `restore` brings it back");
    at("1 change cannot be undone later: signInSessions (revoked for good)");
    let page = [
        "plan",
        "sheet.csv",
        "--allow",
        "delete,revoke-sessions",
        "--html",
        "plan.html",
    ];
    stand.run(&page).must(0);
    assert!(stand.read("plan.html").contains("Deleted"));
}

#[test]
fn a_sealed_plan_of_actions_is_carried_out_and_what_is_done_already_is_not_done_again() {
    let stand = Stand::open(options(60));
    let ids = enabled(&stand, 3);
    leavers(
        &stand,
        &[
            (&ids[0], "delete"),
            (&ids[1], "delete"),
            (&ids[2], "revoke-sessions"),
        ],
    );
    let allow = ["--allow", "delete,revoke-sessions"];
    let plan = [
        "plan",
        "leavers.csv",
        "-o",
        "plan.json",
        "--handover",
        "others.csv",
    ];
    stand.run(&[&plan[..], &allow].concat()).must(0);
    stand.edit(&ids[1], "deletedDateTime", "2026-01-02T00:00:00Z");
    stand
        .run(&[&["apply", "plan.json", "--yes"][..], &allow].concat())
        .must(0);
    let mut done: Vec<(String, String)> = stand
        .history()
        .into_iter()
        .map(|write| (write.method, write.user_id))
        .collect();
    // The requests of one batch are carried out in any order.
    done.sort();
    assert_eq!(
        done,
        [
            ("DELETE".to_owned(), ids[0].clone()),
            ("POST".to_owned(), ids[2].clone())
        ]
    );
}

#[test]
fn an_action_that_nobody_here_may_do_is_handed_over_by_its_word() {
    let stand = Stand::open(SandboxOptions {
        roles: vec![
            "User.ReadWrite.All".to_owned(),
            "Organization.Read.All".to_owned(),
            "RoleManagement.Read.Directory".to_owned(),
        ],
        app_role: None,
        ..options(60)
    });
    let ids = enabled(&stand, 1);
    leavers(&stand, &[(&ids[0], "delete")]);
    stand
        .run(&["plan", "leavers.csv", "--handover", "others.csv"])
        .must(0)
        .says(&[
            "accountState: would be deleted",
            "Nothing to write: 1 row is held back (1 cell not sent).",
        ]);
    let sheet = stand.sheet("others.csv");
    assert_eq!(sheet.of(&ids[0], "accountState new"), "delete");
}

#[test]
fn a_row_with_an_action_never_makes_a_user() {
    let stand = Stand::open(options(60));
    let header = ["userPrincipalName", "displayName", "accountEnabled", "_action"];
    for action in ["delete", "restore", "revoke-sessions", "reset-password"] {
        let row: &[&str] = &["nobody@contoso.example", "Nobody", "true", action];
        stand.save("sheet.csv", &Sheet::new(&header, &[row]));
        let ran = stand.run(&[
            "apply",
            "sheet.csv",
            "--yes",
            "--allow",
            "create,delete,restore,revoke-sessions",
        ]);
        ran.must(3)
            .says(&["no user of the directory has the userPrincipalName"]);
    }
    assert!(stand.history().is_empty());
}

#[test]
fn a_delete_waits_with_the_cell_of_its_row_that_has_an_error() {
    let stand = Stand::open(options(60));
    let ids = enabled(&stand, 3);
    let allow = ["--yes", "--skip-errors", "--allow", "delete"];
    let exported = stand.export();
    let with_base: Vec<usize> = [1, 2]
        .map(|index| {
            exported
                .rows
                .iter()
                .position(|row| row.contains(&ids[index]))
                .unwrap()
        })
        .to_vec();
    // Without a base and with one.
    let header = ["id", "jobTitle", "_action"];
    let rows: [&[&str]; 1] = [&[&ids[0], "bad\ttitle", "delete"]];
    stand.save("bare.csv", &Sheet::new(&header, &rows));
    let mut sheet = exported.clone();
    sheet.header.push("_action".to_owned());
    for row in &mut sheet.rows {
        row.push(String::new());
    }
    sheet.rows = with_base.iter().map(|row| sheet.rows[*row].clone()).collect();
    sheet.set(&ids[1], "jobTitle", "bad\ttitle");
    sheet.set(&ids[1], "_action", "delete");
    sheet.set(&ids[2], "_action", "delete");
    stand.save("based.csv", &sheet);
    for (name, code) in [("bare.csv", 6), ("based.csv", 6)] {
        let ran = stand.run(&[&["apply", name][..], &allow].concat()).must(code);
        ran.says(&["cannot be changed in the same run"]);
    }
    let deleted: Vec<String> = stand.history().into_iter().map(|write| write.user_id).collect();
    assert_eq!(deleted, [ids[2].clone()], "the row without an error goes");
}
